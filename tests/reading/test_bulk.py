"""Many articles at once come back in order, and a reader is made only where there is something to read."""

import os
import signal
import time
from contextlib import suppress
from functools import partial

import pytest

from bot.app_sources import make_reader
from bot.errors import UnreadableSource
from bot.model import Article, Reading, Span
from bot.reading.bulk import Reader, bulk_reader


def articles(count: int) -> list[Article]:
    text = "“Yes,” Anna Berg said."
    return [Article(str(number), text, Span(0, len(text))) for number in range(count)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_given_however_often_it_is_called(jobs: int) -> None:
    with bulk_reader(partial(make_reader, "rules"), jobs) as read:
        for count in (20, 0, 3):
            found = list(read(articles(count)))
            assert [article.id for article, _ in found] == [str(number) for number in range(count)]
            assert all(isinstance(reading, Reading) and len(reading.quotations) == 1 for _, reading in found)


def test_nothing_to_read_makes_no_reader() -> None:
    def refuse() -> Reader:
        raise AssertionError("made for nothing")

    with bulk_reader(refuse) as read:
        assert list(read([])) == []


def faulty() -> Reader:
    """A reader with a fault: it fails over article 3, and article 5 gets its process killed."""
    reader = make_reader("rules")

    def read(article: Article) -> Reading:
        if article.id == "3":
            raise RuntimeError("lost the thread")
        if article.id == "5":
            os.kill(os.getpid(), signal.SIGKILL)
        return reader(article)

    return read


def test_an_article_that_cannot_be_read_costs_no_other() -> None:
    with bulk_reader(faulty) as read:
        outcomes = dict(read(articles(5)))
    problems = {article.id: str(outcome) for article, outcome in outcomes.items() if isinstance(outcome, UnreadableSource)}
    assert list(problems) == ["3"]
    assert "RuntimeError: lost the thread" in problems["3"]


def test_a_killed_process_costs_only_the_article_it_read() -> None:
    with bulk_reader(faulty, apart=True) as read:
        for _ in range(2):
            outcomes = list(read(articles(20)))
            assert [article.id for article, _ in outcomes] == [str(number) for number in range(20)]
            problems = {article.id: str(outcome) for article, outcome in outcomes if isinstance(outcome, UnreadableSource)}
            assert list(problems) == ["3", "5"]
            assert "was killed" in problems["5"]


def endless() -> Reader:
    """A reader that comes to no end over article 2, whatever happens in it."""
    reader = make_reader("rules")

    def read(article: Article) -> Reading:
        while article.id == "2":
            with suppress(Exception):
                sum(range(1_000))
        return reader(article)

    return read


def test_an_article_that_takes_for_ever_is_its_error_and_costs_no_other() -> None:
    with bulk_reader(endless, apart=True, seconds=0.3) as read:
        outcomes = list(read(articles(5)))
    assert [article.id for article, outcome in outcomes if isinstance(outcome, Reading)] == ["0", "1", "3", "4"]
    assert str(outcomes[2][1]) == "2: took more than 0.3 s of computing to read"


@pytest.mark.parametrize("words", ["said Merz, ", "Merz said - "])
def test_an_endless_sentence_takes_time_as_its_length(words: str) -> None:
    read = make_reader("rules")

    def took(length: int) -> float:
        text = words * (length // len(words))
        started = time.process_time()
        read(Article("a", text, Span(0, len(text))))
        return time.process_time() - started

    took(1_000)
    shorter, longer = (min(took(length) for _ in range(3)) for length in (10_000, 40_000))  # the least disturbed of three
    assert longer < 8 * shorter
