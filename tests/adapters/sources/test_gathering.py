"""From a web address to articles."""

from adapters.sources.gathering import gather
from adapters.sources.isolation import Workshop
from bot.errors import SourceError
from bot.model import Article
from tests.adapters.sources.internet import internet


async def test_a_page_becomes_an_article_with_what_it_says_of_itself() -> None:
    async with internet() as (net, web), Workshop() as workshop:
        (article,) = [found async for found in gather(net.url("/page"), web, workshop)]
        assert isinstance(article, Article)
        assert (article.title, article.outlet, article.url, article.published_on) == (
            "Talks end in Riga",
            "Herald",
            net.url("/page"),
            None,
        )
        assert "“We will meet again in May,” Anna Berg" in article.text
        assert "About" not in article.text


async def test_a_bad_address_is_told_and_nothing_else() -> None:
    async with internet() as (net, web), Workshop() as workshop:
        for path in ("/inward", "/gone", "/robots.txt"):
            (found,) = [found async for found in gather(net.url(path), web, workshop)]
            assert isinstance(found, SourceError)


async def test_a_list_of_feeds_is_followed_once_though_it_names_itself() -> None:
    async with internet() as (net, web), Workshop() as workshop:
        article, other = [found async for found in gather(net.url("/list"), web, workshop)]
        assert isinstance(article, Article)
        assert isinstance(other, SourceError)
        assert "inside a list" in str(other)
