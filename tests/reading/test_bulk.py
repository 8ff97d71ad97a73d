"""Many articles at once come back in order, and a reader is made only where there is something to read."""

from functools import partial

import pytest

from bot.app_sources import make_reader
from bot.model import Article, Span
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
            assert all(len(reading.quotations) == 1 for _, reading in found)


def test_nothing_to_read_makes_no_reader() -> None:
    def refuse() -> Reader:
        raise AssertionError("made for nothing")

    with bulk_reader(refuse) as read:
        assert list(read([])) == []
