"""From a web address to articles."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.sources.bodies import Body
from adapters.sources.gathering import Gatherer, page_article
from adapters.sources.isolation import Workshop
from bot.errors import SourceError
from bot.model import Article
from bot.sources import Found, Gathered
from storage import Storage
from tests.adapters.sources.internet import PAGE, Internet, internet

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)


class Scene:
    """A gatherer on a played internet, with its clock."""

    def __init__(self, net: Internet, gatherer: Gatherer, time: list[datetime]) -> None:
        self.net, self._gatherer, self._time = net, gatherer, time

    def later(self, **span: float) -> None:
        self._time[0] += timedelta(**span)

    async def gather(self, *paths: str) -> list[Found]:
        return [found async for found in self._gatherer.gather([self.net.url(path) for path in paths])]


@pytest.fixture
async def scene(storage: Storage, workshop: Workshop) -> AsyncIterator[Scene]:
    time = [NOW]
    async with internet() as (net, web):
        yield Scene(net, Gatherer(web, workshop, storage.entries, lambda: time[0]), time)


def _articles(found: list[Found]) -> list[Article]:
    outcomes = [item.outcome if isinstance(item, Gathered) else item for item in found]
    return [outcome for outcome in outcomes if isinstance(outcome, Article)]


async def _note(storage: Storage, found: list[Found], at: datetime = NOW) -> None:
    noted = [(i.entry, "text" if isinstance(i.outcome, Article) else None) for i in found if isinstance(i, Gathered)]
    await storage.entries.note(noted, at)


async def test_a_page_becomes_an_article_with_what_it_says_of_itself(scene: Scene) -> None:
    (article,) = await scene.gather("/page")
    assert isinstance(article, Article)
    said = (article.title, article.outlet, article.url, article.published_on)
    assert said == ("Talks end in Riga", "Herald", scene.net.url("/page"), None)
    assert "“We will meet again in May,” Anna Berg" in article.text
    assert "About" not in article.text


async def test_bad_addresses_are_told_and_nothing_else(scene: Scene) -> None:
    found = await scene.gather("/inward", "/gone", "/robots.txt")
    assert len(found) == 3
    assert all(isinstance(item, SourceError) for item in found)


async def test_a_list_of_feeds_is_followed_once_though_it_names_itself(scene: Scene) -> None:
    found = await scene.gather("/list")
    assert len(found) == 2
    assert len(_articles(found)) == 1
    assert any("inside a list" in str(item) for item in found)


async def test_a_feeds_entry_is_fetched_once_until_the_feed_tells_it_otherwise(scene: Scene, storage: Storage) -> None:
    first = await scene.gather("/feed")
    assert [article.id for article in _articles(first)] == [scene.net.url("/talks")]
    await _note(storage, first)
    scene.later(hours=2)
    assert await scene.gather("/feed") == []
    assert scene.net.hits["/talks"] == 1
    scene.net.edited = True
    assert len(_articles(await scene.gather("/feed"))) == 1


async def test_a_long_feed_comes_whole_and_what_failed_is_tried_again_only_if_asked(scene: Scene, storage: Storage) -> None:
    found = await scene.gather("/long")
    assert len(found) == 1_200
    assert not _articles(found)
    await _note(storage, found)
    assert await scene.gather("/long") == []
    scene.later(days=30)
    assert len(await scene.gather("/long")) == 1_200


async def test_a_site_that_asks_for_patience_is_left_alone(scene: Scene) -> None:
    found = await scene.gather("/busy-pages")
    assert [str(item).split(": ")[1] for item in found] == ["asks to come back later (HTTP 503)"]
    assert scene.net.hits["/busy"] == 1


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("https://www.gazette.co.uk/talks", "https://www.gazette.co.uk/talks"),
        ("https://m.gazette.co.uk/talks", "https://m.gazette.co.uk/talks"),
        ("https://www.reuters.com/talks", "https://news.gazette.co.uk/a?x=1"),
        ("https://other.co.uk/talks", "https://news.gazette.co.uk/a?x=1"),
        ("javascript:alert(1)", "https://news.gazette.co.uk/a?x=1"),
    ],
)
def test_a_page_is_linked_where_it_was_read_unless_its_own_site_names_another_place(named: str, kept: str) -> None:
    page = PAGE.replace("</head>", f'<link rel="canonical" href="{named}"></head>')
    article = page_article(Body(page.encode()), "text/html", "https://news.gazette.co.uk/a?x=1")
    assert article.url == kept
