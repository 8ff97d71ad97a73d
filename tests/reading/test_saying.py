"""The day of what is said: of its own sentence, of the occasion it goes on with, of the article, or unknown."""

from datetime import date

from bot.actors import load_registry
from bot.model import Article, DateBasis, Span
from bot.reading import read

DAY = date(2025, 3, 14)  # a Friday


def _days(text: str) -> list[tuple[date | None, DateBasis]]:
    article = Article("a", text, Span(0, len(text)), published_on=DAY)
    return [(q.said_on, q.date_basis) for q in read(article, load_registry()).quotations if q.statement]


def test_what_goes_on_with_an_interview_has_its_day_or_none() -> None:
    text = (
        "“We will keep the border open,” Olaf Scholz said in an interview with Die Zeit published on Thursday.\n\n"
        "“And we will not ask for anything in return,” Scholz said."
    )
    assert _days(text) == [(None, DateBasis.UNKNOWN)] * 2
    stated = text.replace("in an interview with Die Zeit published on Thursday", "in Bonn on Thursday")
    assert _days(stated) == [(date(2025, 3, 13), DateBasis.STATED)] * 2


def test_another_speaker_keeps_the_article_s_day() -> None:
    text = (
        "“We will keep the border open,” Olaf Scholz said in an interview with Die Zeit published on Thursday.\n\n"
        "“That is a promise nobody believes,” Emmanuel Macron said."
    )
    assert _days(text)[1] == (DAY, DateBasis.PUBLISHED)
