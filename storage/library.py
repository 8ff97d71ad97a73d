"""Articles and all that was read in them: implements ``bot.ports.Library``."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from math import log
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Actor, ActorRef, Article, ArticleHead, Cited, CitedEvent, Coverage, Reading, Span
from bot.ports import Scope, Stored
from bot.reports import EVERYBODY, corrected
from bot.terms import stems, words
from storage.database import Database
from storage.records import actor_of, event_of, head_of, mention_of, parties_in, quotation_of
from storage.reports import corrections_in
from storage.search import Wanted, newest
from storage.shelving import digest_of, is_same, shelve, text_of
from storage.tables import DAY, END, PASSAGE, actors, articles, coverage, day_of, events, mentions, passages, quotations

_MANY = 400
"""Keys in one statement: well under every engine's limit of parameters."""
_RAREST = 8
"""Stems that a search for similar quotations looks up: the rarest say most."""


class StoredLibrary:
    """The library on a database, as it is seen in a circle."""

    def __init__(self, database: Database, circle: str | None = EVERYBODY) -> None:
        self._database = database
        self._circle = circle

    def seen_in(self, circle: str | None) -> "StoredLibrary":
        """See ``bot.ports.Library``."""
        return StoredLibrary(self._database, circle)

    async def add(self, article: Article, reading: Reading) -> Stored:
        """See ``bot.ports.Library``."""
        return (await self.add_all([(article, reading)]))[0]

    async def add_all(self, batch: Sequence[tuple[Article, Reading]]) -> list[Stored]:
        """See ``bot.ports.Library``."""
        async with self._database.writing() as connection:
            return await shelve(connection, batch)

    async def known(self, article: Article, reader: str) -> bool:
        """See ``bot.ports.Library``."""
        async with self._database.reading() as connection:
            row = await _article_row(connection, article.id)
            return row is not None and is_same(row, digest_of(article), reader)

    async def reading(self, article: str) -> Reading | None:
        """See ``bot.ports.Library``."""
        async with self._database.reading(snapshot=True) as connection:
            row = await _article_row(connection, article)
            if row is None:
                return None
            said, happened, mentioned = [
                (await connection.execute(select(rows).where(rows.c.article == row["key"]).order_by(rows.c.position)))
                .mappings()
                .all()
                for rows in (quotations, events, mentions)
            ]
            ids = {r["speaker"] for r in said} | {r["actor"] for r in mentioned} | {p for r in happened for p in parties_in(r)}
            who = await _actors(connection, ids)
        return Reading(
            tuple(quotation_of(r, who) for r in said),
            tuple(event_of(r, who) for r in happened),
            tuple(mention_of(r, who) for r in mentioned),
            row["reader"],
        )

    async def quotations(
        self, speakers: Sequence[str], scope: Scope, *, words: Sequence[str] = (), limit: int = 200
    ) -> list[Cited]:
        """See ``bot.ports.Library``."""
        async with self._database.reading(snapshot=True) as connection:
            corrections = await corrections_in(connection, self._circle)
            rows = await self._rows(connection, quotations, _wanted(speakers, words), scope, limit)
            given = [c.quotation for c in corrections if c.speaker and c.speaker.id in speakers]
            rows += await self._given(connection, given, {row.number for row in rows}, scope)
            found = corrected(await _cited(connection, rows), corrections)
        return [c for c in found if not c.corrected or _is_wanted(c, speakers, words)]

    async def phrase(self, words: str, scope: Scope, *, limit: int = 50) -> list[Cited]:
        """See ``bot.ports.Library``."""
        sought = _folded(words)
        terms = stems(words)
        if not terms:
            return []
        found = await self._quotations(Wanted(phrase=terms), scope, limit * 4)
        return [cited for cited in found if f" {sought} " in f" {_folded(' '.join(cited.words))} "][:limit]

    async def similar(self, stems: Sequence[str], scope: Scope, *, limit: int = 50) -> list[Cited]:
        """See ``bot.ports.Library``."""
        asked = tuple(dict.fromkeys(stems))
        rarity = await self._rarity(asked)
        rarest = sorted((stem for stem in asked if rarity[stem] > 0), key=lambda stem: -rarity[stem])[:_RAREST]
        if not rarest:
            return []
        found = await self._quotations(Wanted((tuple(rarest),)), scope, max(limit * 8, _MANY))
        weighed = [(sum(rarity[stem] for stem in _stems_in(cited) & set(asked)), cited) for cited in found]
        return [cited for weight, cited in sorted(weighed, key=lambda pair: -pair[0])[:limit] if weight]

    async def events(
        self, scope: Scope, *, actors: Sequence[str] = (), types: Sequence[str] = (), words: Sequence[str] = (), limit: int = 200
    ) -> list[CitedEvent]:
        """See ``bot.ports.Library``."""
        wanted = _wanted(actors, words, tuple(f"#{type.lower()}" for type in types))
        async with self._database.reading(snapshot=True) as connection:
            rows = await self._rows(connection, events, wanted, scope, limit)
            return await _cited_events(connection, rows)

    async def mentions(self, actor: str, scope: Scope, *, limit: int = 20) -> list[tuple[ArticleHead, int]]:
        """See ``bot.ports.Library``."""
        first = func.min(mentions.c.paragraph).label("paragraph")
        query = (
            select(articles, first)
            .join(articles, articles.c.key == mentions.c.article)
            .where(mentions.c.actor == actor, *_days(mentions.c.day, scope))
            .group_by(articles.c.key)
            .order_by(articles.c.day.desc(), articles.c.key.desc())
            .limit(limit)
        )
        query = query.where(articles.c.id.in_(scope.articles)) if scope.articles else query
        async with self._database.reading() as connection:
            return [(head_of(row), row["paragraph"]) for row in (await connection.execute(query)).mappings()]

    async def quotation(self, number: int) -> Cited | None:
        """See ``bot.ports.Library``."""
        async with self._database.reading(snapshot=True) as connection:
            found = await connection.execute(_with_article(quotations).where(quotations.c.number == number))
            cited = corrected(await _cited(connection, found.all()), await corrections_in(connection, self._circle))
        return cited[0] if cited else None

    async def paragraphs(self, article: str, first: int, last: int) -> list[tuple[int, str]]:
        """See ``bot.ports.Library``."""
        async with self._database.reading(snapshot=True) as connection:
            row = await _article_row(connection, article)
            if row is None:
                return []
            keys = [row["key"] << PASSAGE | number for number in range(max(first, 1), last + 1)]
            held = await _passages(connection, keys)
        return [(key & (1 << PASSAGE) - 1, text.split("\n")[0]) for key, (_, text) in sorted(held.items())]

    async def article(self, id: str) -> Article | None:
        """See ``bot.ports.Library``."""
        async with self._database.reading(snapshot=True) as connection:
            row = await _article_row(connection, id)
            return _article_of(row, await text_of(connection, row["key"])) if row else None

    async def coverage(self, scope: Scope) -> Coverage:
        """See ``bot.ports.Library``."""
        async with self._database.reading() as connection:
            if scope.articles:
                query = select(
                    articles.c.day,
                    articles.c.outlet,
                    func.count().label("articles"),
                    func.max(articles.c.read_at).label("read_at"),
                )
                query = query.where(articles.c.id.in_(scope.articles), *_days(articles.c.day, scope))
                found = await connection.execute(query.group_by(articles.c.day, articles.c.outlet))
            else:
                found = await connection.execute(select(coverage).where(coverage.c.articles > 0, *_days(coverage.c.day, scope)))
            rows = found.mappings().all()
        return _covered(rows)

    async def actors(self) -> list[Actor]:
        """See ``bot.ports.Library``."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(actors).where(actors.c.discovered).order_by(actors.c.id))
            return [
                Actor(*actor_of(row), aliases=tuple(json.loads(row["aliases"])), belongs_to=row["belongs_to"])
                for row in found.mappings()
            ]

    async def speakers(self, scope: Scope, *, limit: int = 50) -> list[tuple[ActorRef, int]]:
        """See ``bot.ports.Library``."""
        often = func.count().label("often")
        query = select(quotations.c.speaker, often).where(quotations.c.speaker.is_not(None), quotations.c.statement)
        if scope.since or scope.until:
            since, until = _moments(scope)
            query = query.where(quotations.c.moment >= since, quotations.c.moment < until)
        if scope.articles:
            query = query.where(quotations.c.article.in_(select(articles.c.key).where(articles.c.id.in_(scope.articles))))
        query = query.group_by(quotations.c.speaker).order_by(often.desc(), quotations.c.speaker).limit(limit)
        async with self._database.reading(snapshot=True) as connection:
            rows = (await connection.execute(query)).all()
            who = await _actors(connection, {row.speaker for row in rows})
        return [(who[row.speaker], row.often) for row in rows]

    async def articles(self) -> AsyncIterator[Article]:
        """See ``bot.ports.Library``."""
        after = (-1, -1)
        while True:
            async with self._database.reading(snapshot=True) as connection:
                later = (articles.c.day > after[0]) | ((articles.c.day == after[0]) & (articles.c.key > after[1]))
                page = await connection.execute(select(articles).where(later).order_by(articles.c.day, articles.c.key).limit(100))
                rows = page.mappings().all()
                found = [_article_of(row, await text_of(connection, row["key"])) for row in rows]
            for article in found:
                yield article
            if not rows:
                return
            after = (rows[-1]["day"], rows[-1]["key"])

    async def _quotations(self, wanted: Wanted, scope: Scope, limit: int) -> list[Cited]:
        async with self._database.reading(snapshot=True) as connection:
            found = await _cited(connection, await self._rows(connection, quotations, wanted, scope, limit))
            return corrected(found, await corrections_in(connection, self._circle))

    async def _given(self, connection: AsyncConnection, numbers: Sequence[int], held: set[int], scope: Scope) -> list[Row[Any]]:
        """The rows of quotations that corrections give to a speaker, without those held already."""
        wanted = [number for number in numbers if number not in held]
        if not wanted:
            return []
        since, until = _moments(scope)
        query = _with_article(quotations).where(quotations.c.number.in_(wanted), quotations.c.moment.between(since, until - 1))
        query = query.where(articles.c.id.in_(scope.articles)) if scope.articles else query
        return list((await connection.execute(query.order_by(quotations.c.moment.desc()))).all())

    async def _rows(self, connection: AsyncConnection, rows: Table, wanted: Wanted, scope: Scope, limit: int) -> list[Row[Any]]:
        since, until = _moments(scope)
        keys = list(
            (
                await connection.execute(newest(rows, wanted, self._database.dialect, since, until, scope.articles, limit))
            ).scalars()
        )
        found: list[Row[Any]] = []
        for some in _parts(keys):
            query = _with_article(rows).where(rows.c.moment.in_(some)).order_by(rows.c.moment.desc())
            found.extend((await connection.execute(query)).all())
        return found

    async def _rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """A weight per term, larger for rarer ones, 0 for those that occur nowhere."""
        async with self._database.reading() as connection:
            if self._database.dialect == "sqlite":
                vocabulary = table("quotations_terms", column("term"), column("doc"))
                found = [
                    (await connection.execute(select(vocabulary.c.doc).where(vocabulary.c.term == term))).scalar() or 0
                    for term in terms
                ]
            else:
                found = [
                    len((await connection.execute(newest(quotations, Wanted(((term,),)), "postgresql", 0, END, (), 5_000))).all())
                    for term in terms
                ]
        most = max([*found, 1])
        return {term: log(1 + most / often) if often else 0.0 for term, often in zip(terms, found, strict=True)}


def _wanted(actor_ids: Sequence[str], words: Sequence[str], types: tuple[str, ...] = ()) -> Wanted:
    groups = (tuple(f"@{id}" for id in actor_ids), types, tuple(word for word in words if word.strip()))
    return Wanted(tuple(group for group in groups if group))


def _is_wanted(cited: Cited, speakers: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a quotation with its corrected speaker still is what was asked for."""
    speaker = cited.quotation.speaker
    theirs = not speakers or (speaker is not None and speaker.id in speakers)
    return theirs and (not words or not set(words).isdisjoint(_stems_in(cited) | set(stems(cited.context))))


def _folded(text: str) -> str:
    return " ".join(words(text))


def _stems_in(cited: Cited) -> set[str]:
    return {stem for part in cited.words for stem in stems(part)}


def _moments(scope: Scope) -> tuple[int, int]:
    """The first moment of the scope and the first after it; an open side takes in what has no date."""
    return day_of(scope.since) << DAY, day_of(scope.until) + 1 << DAY if scope.until else END


def _days(day: ColumnElement[int], scope: Scope) -> list[ColumnElement[bool]]:
    conditions = [day >= day_of(scope.since)] if scope.since else []
    return [*conditions, day <= day_of(scope.until), day > 0] if scope.until else conditions


def _with_article(rows: Table) -> Any:
    """Select a table's rows with their article's head; the article's own columns get a prefix where names clash."""
    heads = [articles.c[name] for name in ("id", "outlet", "title", "url", "published_on", "published_at")]
    return select(rows, *heads).join(articles, articles.c.key == rows.c.article)


async def _article_row(connection: AsyncConnection, id: str) -> Mapping[Any, Any] | None:
    return (await connection.execute(select(articles).where(articles.c.id == id))).mappings().first()


def _article_of(row: Mapping[Any, Any], text: str) -> Article:
    return Article(
        id=row["id"],
        text=text,
        body=Span(row["body_start"], row["body_end"]),
        outlet=row["outlet"],
        title=row["title"],
        url=row["url"],
        published_on=row["published_on"],
        published_at=row["published_at"],
    )


def _covered(rows: Sequence[Mapping[Any, Any]]) -> Coverage:
    outlets: dict[str, int] = {}
    for row in rows:
        if row["outlet"]:
            outlets[row["outlet"]] = outlets.get(row["outlet"], 0) + row["articles"]
    days = [row["day"] for row in rows if row["day"]]
    return Coverage(
        articles=sum(row["articles"] for row in rows),
        outlets=tuple(sorted(outlets, key=lambda outlet: (-outlets[outlet], outlet))),
        first=date.fromordinal(min(days)) if days else None,
        last=date.fromordinal(max(days)) if days else None,
        last_read_at=max((row["read_at"] for row in rows), default=None),
    )


async def _actors(connection: AsyncConnection, ids: Iterable[str | None]) -> dict[str, ActorRef]:
    found: dict[str, ActorRef] = {}
    for some in _parts(sorted(id for id in ids if id is not None)):
        rows = (await connection.execute(select(actors).where(actors.c.id.in_(some)))).mappings()
        found |= {row["id"]: actor_of(row) for row in rows}
    return found


async def _passages(connection: AsyncConnection, keys: Iterable[int]) -> dict[int, tuple[int, str]]:
    found: dict[int, tuple[int, str]] = {}
    for some in _parts(sorted(set(keys))):
        rows = await connection.execute(select(passages).where(passages.c.key.in_(some)))
        found |= {row.key: (row.start, row.text) for row in rows}
    return found


def _parts(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (keys[at : at + _MANY] for at in range(0, len(keys), _MANY))


async def _cited(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Cited]:
    held = [row._mapping for row in rows]
    who = await _actors(connection, {row["speaker"] for row in held})
    texts = _Texts(await _passages(connection, [row["article"] << PASSAGE | row["paragraph"] for row in held]))
    found = []
    for row in held:
        quotation = quotation_of(row, who)
        whole = await texts.covering(connection, row["article"], row["paragraph"], quotation.content)
        said = tuple(whole.cut(span) for span in quotation.content)
        found.append(Cited(row["number"], head_of(row), quotation, said, texts.paragraph(row["article"], row["paragraph"])))
    return found


async def _cited_events(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[CitedEvent]:
    held = [row._mapping for row in rows]
    who = await _actors(connection, {id for row in held for id in parties_in(row)})
    texts = _Texts(await _passages(connection, [row["article"] << PASSAGE | row["paragraph"] for row in held]))
    found = []
    for row in held:
        event = event_of(row, who)
        whole = await texts.covering(connection, row["article"], row["paragraph"], (event.evidence,))
        found.append(CitedEvent(row["number"], head_of(row), event, whole.cut(event.evidence), row["development"]))
    return found


class _Piece:
    """Part of an article's text that starts at a code point of the whole."""

    def __init__(self, start: int, text: str) -> None:
        self._start, self._text = start, text

    def holds(self, span: Span) -> bool:
        return self._start <= span.start and span.end <= self._start + len(self._text)

    def cut(self, span: Span) -> str:
        return self._text[span.start - self._start : span.end - self._start]


class _Texts:
    """The passages that results need; the whole text is fetched only where a span runs over its paragraph."""

    def __init__(self, held: dict[int, tuple[int, str]]) -> None:
        self._held = held
        self._whole: dict[int, _Piece] = {}

    async def covering(self, connection: AsyncConnection, article: int, paragraph: int, spans: Sequence[Span]) -> _Piece:
        piece = _Piece(*self._held.get(article << PASSAGE | paragraph, (0, "")))
        if all(piece.holds(span) for span in spans):
            return piece
        if article not in self._whole:
            self._whole[article] = _Piece(0, await text_of(connection, article))
        return self._whole[article]

    def paragraph(self, article: int, number: int) -> str:
        return self._held.get(article << PASSAGE | number, (0, ""))[1].split("\n")[0]
