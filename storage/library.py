"""Articles and all that was read in them: implements ``bot.ports.Library``."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Actor, ActorRef, Article, ArticleHead, Cited, CitedEvent, Coverage, Reading
from bot.ports import Library, Phrased, Scope, Stored
from bot.reports import EVERYBODY, corrected
from storage.citing import quotation_numbered
from storage.database import Database
from storage.developing import develop, developments_of
from storage.keeping import outlived, remove
from storage.reports import corrections_in
from storage.retrieval import Search
from storage.revisions import Moment
from storage.shelving import digest_of, is_same, shelve
from storage.surroundings import (
    article_row,
    article_with,
    articles_after,
    coverage_in,
    discovered,
    leading_to,
    mentions_of,
    paragraphs_in,
    reading_of,
    speakers_in,
)

T = TypeVar("T")

_SITTING = "in a sitting nothing is awaited but the library, and nothing is written"
_PAGE = 100
"""Articles fetched at once where all are gone through."""


class StoredLibrary:
    """The library on a database, as it is seen in a circle; with a ``moment``, as it is at that one."""

    def __init__(self, database: Database, circle: str | None = EVERYBODY, moment: Moment | None = None) -> None:
        self._database = database
        self._circle = circle
        self._moment = moment

    def seen_in(self, circle: str | None) -> "StoredLibrary":
        """See ``bot.ports.Library``."""
        return StoredLibrary(self._database, circle, self._moment)

    async def sitting(self, work: Callable[[Library], Coroutine[Any, Any, T]]) -> T:
        """See ``bot.ports.Library``."""
        return await self._at(lambda moment: _run(work(StoredLibrary(self._database, self._circle, moment))))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await self._at(lambda moment: work(moment.connection))

    async def _at(self, work: Callable[[Moment], T]) -> T:
        if self._moment:
            return work(self._moment)
        return await self._database.read(lambda connection: work(Moment(connection, self._database.remembered)))

    async def _searched(self, work: Callable[[Search], T]) -> T:
        return await self._at(lambda moment: work(Search(moment, self._circle)))

    def _writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        if self._moment:
            raise RuntimeError(_SITTING)
        return self._database.writing()

    async def add(self, article: Article, reading: Reading) -> Stored:
        """See ``bot.ports.Library``."""
        return (await self.add_all([(article, reading)]))[0]

    async def add_all(self, batch: Sequence[tuple[Article, Reading]]) -> list[Stored]:
        """See ``bot.ports.Library``."""
        async with self._writing() as connection:
            return await shelve(connection, batch)

    async def known(self, article: Article, reader: str) -> bool:
        """See ``bot.ports.Library``."""
        row = await self._read(lambda connection: article_row(connection, article.id))
        return row is not None and is_same(row, digest_of(article), reader)

    async def outlived(self, before: datetime | None, characters: int | None, spare: datetime, limit: int) -> list[str]:
        """See ``bot.keeping.Shelf``."""
        return await self._read(lambda connection: outlived(connection, before, characters, spare, limit))

    async def remove(self, articles: Sequence[str]) -> int:
        """See ``bot.keeping.Shelf``."""
        async with self._writing() as connection:
            return await remove(connection, articles)

    async def reading(self, article: str) -> Reading | None:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: reading_of(connection, article))

    async def quotations(
        self, speakers: Sequence[str], scope: Scope, *, words: Sequence[str] = (), limit: int = 200
    ) -> list[Cited]:
        """See ``bot.ports.Library``."""
        return await self._searched(lambda search: search.quotations(speakers, scope, words, limit))

    async def phrase(self, words: str, scope: Scope, *, limit: int = 50) -> Phrased:
        """See ``bot.ports.Library``."""
        return await self._searched(lambda search: search.phrase(words, scope, limit))

    async def similar(self, stems: Sequence[str], scope: Scope, *, speakers: Sequence[str] = (), limit: int = 50) -> list[Cited]:
        """See ``bot.ports.Library``."""
        return await self._searched(lambda search: search.similar(stems, scope, speakers, limit))

    async def events(
        self, scope: Scope, *, actors: Sequence[str] = (), types: Sequence[str] = (), words: Sequence[str] = (), limit: int = 200
    ) -> list[CitedEvent]:
        """See ``bot.ports.Library``."""
        return await self._searched(lambda search: search.events(actors, types, scope, words, limit))

    async def mentions(self, actor: str, scope: Scope, *, limit: int = 20) -> list[tuple[ArticleHead, int]]:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: mentions_of(connection, actor, scope, limit))

    async def quotation(self, number: int) -> Cited | None:
        """See ``bot.ports.Library``."""
        found = await self._read(
            lambda c: corrected(quotation_numbered(c, number), corrections_in(c, self._circle)),
        )
        return found[0] if found else None

    async def paragraphs(self, article: str, first: int, last: int) -> list[tuple[int, str]]:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: paragraphs_in(connection, article, first, last))

    async def leading(self, found: Sequence[Cited], back: int) -> dict[int, str]:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: leading_to(connection, found, back))

    async def article(self, id: str) -> Article | None:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: article_with(connection, id))

    async def developments(self, articles: Sequence[str]) -> dict[str, str]:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: developments_of(connection, articles))

    async def develop(self, went: Mapping[str, str]) -> None:
        """See ``bot.ports.Library``."""
        if went:
            async with self._writing() as connection:
                await develop(connection, went)

    async def coverage(self, scope: Scope) -> Coverage:
        """See ``bot.ports.Library``."""
        return await self._at(lambda moment: moment.get(("coverage", scope), lambda connection: coverage_in(connection, scope)))

    async def actors(self) -> list[Actor]:
        """See ``bot.ports.Library``."""
        return await self._read(discovered)

    async def speakers(self, scope: Scope, *, limit: int = 50) -> list[tuple[ActorRef, int]]:
        """See ``bot.ports.Library``."""
        return await self._read(lambda connection: speakers_in(connection, scope, limit))

    async def articles(self) -> AsyncIterator[Article]:
        """See ``bot.ports.Library``."""
        after = (-1, -1)
        while True:
            found, after = await self._read(partial(articles_after, after=after, many=_PAGE))
            for article in found:
                yield article
            if not found:
                return


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Runs to its end what never has to wait."""
    try:
        work.send(None)
    except StopIteration as ended:
        made: T = ended.value
        return made
    work.close()
    raise RuntimeError(_SITTING)
