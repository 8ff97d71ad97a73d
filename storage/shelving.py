"""Putting articles and their readings away: everything of a batch in one transaction."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ActorRef, Article, Reading, paragraph_spans
from bot.ports import Stored
from storage.records import event_row, mention_row, moment, quotation_row
from storage.tables import PASSAGE, actors, articles, counters, coverage, day_of, events, mentions, passages, quotations

_COUNTED = {"quotation": quotations, "event": events}


def digest_of(article: Article) -> str:
    """The same for the same text and metadata."""
    given = (article.text, article.body, article.outlet, article.title, article.url, article.published_on, article.published_at)
    return hashlib.sha256(repr(given).encode("utf-8", "surrogatepass")).hexdigest()


def is_same(row: Mapping[Any, Any], digest: str, reader: str) -> bool:
    """Whether a stored article has this digest and was read by this reader."""
    return (row["digest"], row["reader"]) == (digest, reader)


async def text_of(connection: AsyncConnection, key: int) -> str:
    """An article's text as received."""
    inside = passages.c.key.between(key << PASSAGE, (key + 1 << PASSAGE) - 1)
    found = await connection.execute(select(passages.c.text).where(inside).order_by(passages.c.key))
    return "".join(found.scalars())


class Shelving:
    """One transaction's worth of adding."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, article: Article, reading: Reading) -> Stored:
        """Store one article; see ``bot.ports.Library.add``."""
        digest = digest_of(article)
        found = await self._connection.execute(select(articles).where(articles.c.id == article.id))
        old = found.mappings().first()
        if old and is_same(old, digest, reading.reader):
            return Stored.UNCHANGED
        kept = await self._clear(old["key"]) if old else {}
        key = old["key"] if old else await self._number("article", 1)
        await self._article(key, article, reading, digest, old)
        if old:
            await self._count(old["day"], old["outlet"], -1)
        await self._count(day_of(article.published_on), article.outlet, 1)
        await self._passages(key, article)
        await self._actors(reading)
        await self._statements(key, article, reading, kept)
        return Stored.REVISED if old else Stored.NEW

    async def _number(self, name: str, many: int) -> int:
        """The first of ``many`` fresh numbers; the row is locked until the transaction ends."""
        taken = (counters.c.last + many).label("last")
        found = await self._connection.execute(
            update(counters).where(counters.c.name == name).values(last=taken).returning(counters.c.last)
        )
        return int(found.scalar_one()) - many + 1

    async def _clear(self, key: int) -> dict[tuple[str, str], int]:
        """Remove what was read in the article; the numbers of quotations and events by their table and content."""
        kept: dict[tuple[str, str], int] = {}
        text = await text_of(self._connection, key)
        for rows in (quotations, events):
            found = await self._connection.execute(select(rows).where(rows.c.article == key).order_by(rows.c.position))
            for row in found.mappings():
                kept.setdefault((rows.name, _identity(rows, row, text)), row["number"])
            await self._connection.execute(delete(rows).where(rows.c.article == key))
        await self._connection.execute(delete(mentions).where(mentions.c.article == key))
        await self._connection.execute(delete(passages).where(passages.c.key.between(key << PASSAGE, (key + 1 << PASSAGE) - 1)))
        return kept

    async def _article(self, key: int, article: Article, reading: Reading, digest: str, old: Mapping[Any, Any] | None) -> None:
        row: dict[str, Any] = {
            "id": article.id,
            "digest": digest,
            "day": day_of(article.published_on),
            "body_start": article.body.start,
            "body_end": article.body.end,
            "outlet": article.outlet,
            "title": article.title,
            "url": article.url,
            "published_on": article.published_on,
            "published_at": article.published_at,
            "reader": reading.reader,
            "revision": old["revision"] + 1 if old else 1,
        }
        if old and old["digest"] != digest:
            row["read_at"] = func.now()  # its outlet changed it; another reader's reading is no change
        written = update(articles).where(articles.c.key == key).values(row) if old else insert(articles).values(key=key, **row)
        await self._connection.execute(written)

    async def _count(self, day: int, outlet: str | None, by: int) -> None:
        made = self._insert(coverage).values(day=day, outlet=outlet or "", articles=by)
        changed = {"articles": coverage.c.articles + by, "read_at": func.now()}
        await self._connection.execute(made.on_conflict_do_update(index_elements=["day", "outlet"], set_=changed))

    async def _passages(self, key: int, article: Article) -> None:
        starts = [0, *(span.start for span in paragraph_spans(article.text))]
        ends = [*starts[1:], len(article.text)]
        rows = [
            {"key": key << PASSAGE | number, "start": start, "text": article.text[start:end]}
            for number, (start, end) in enumerate(zip(starts, ends, strict=True))
        ]
        await self._connection.execute(insert(passages), rows)

    async def _actors(self, reading: Reading) -> None:
        named = {actor.id: actor for actor in _named(reading)}
        found = {actor.id: actor for actor in reading.discovered}
        rows = [_actor_row(actor) for id, actor in sorted(named.items()) if id not in found]
        if rows:
            await self._connection.execute(self._insert(actors).on_conflict_do_nothing(index_elements=["id"]), rows)
        for id, actor in sorted(found.items()):
            held = (await self._connection.execute(select(actors.c.aliases).where(actors.c.id == id))).scalar()
            aliases = tuple(dict.fromkeys([*json.loads(held or "[]"), *actor.aliases]))[:40]
            row = _actor_row(actor.ref) | {"discovered": True, "aliases": json.dumps(aliases), "belongs_to": actor.belongs_to}
            await self._connection.execute(
                self._insert(actors)
                .values(row)
                .on_conflict_do_update(index_elements=["id"], set_={k: row[k] for k in row if k != "id"})
            )

    async def _statements(self, key: int, article: Article, reading: Reading, kept: dict[tuple[str, str], int]) -> None:
        context = _Contexts(article)
        quoted = [quotation_row(article, q, context.around(q.paragraph, q.content)) for q in reading.quotations]
        happened = [event_row(e, context.around(e.paragraph, (e.evidence,))) for e in reading.events]
        await self._numbered("quotation", key, quoted, kept, article.text)
        await self._numbered("event", key, happened, kept, article.text)
        rows = [{"article": key} | mention_row(article, n, mention) for n, mention in enumerate(reading.mentions)]
        if rows:
            await self._connection.execute(insert(mentions), rows)

    async def _numbered(
        self, name: str, key: int, rows: list[dict[str, Any]], kept: dict[tuple[str, str], int], text: str
    ) -> None:
        if not rows:
            return
        table = _COUNTED[name]
        numbers = [kept.pop((table.name, _identity(table, row, text)), 0) for row in rows]
        fresh = await self._number(name, numbers.count(0)) if 0 in numbers else 0
        for position, (row, number) in enumerate(zip(rows, numbers, strict=True)):
            if not number:
                number, fresh = fresh, fresh + 1
            row |= {"article": key, "position": position, "number": number, "moment": moment(row.pop("day"), number)}
        await self._connection.execute(insert(table), rows)

    def _insert(self, table: Table) -> Any:
        return (sqlite if self._connection.dialect.name == "sqlite" else postgresql).insert(table)


class _Contexts:
    """The paragraphs around a span, as text to be searched."""

    def __init__(self, article: Article) -> None:
        self._text = article.text
        self._paragraphs = paragraph_spans(article.text)

    def around(self, paragraph: int, spans: Sequence[tuple[int, int]]) -> str:
        inside = self._paragraphs[paragraph - 1] if 0 < paragraph <= len(self._paragraphs) else (0, 0)
        start = min([inside[0], *(span[0] for span in spans)])
        end = max([inside[1], *(span[1] for span in spans)])
        return self._text[start:end]


def _identity(table: Table, row: Any, text: str) -> str:
    """What makes a stored thing the same one after its article was read again: its words and who they belong to."""
    if table is quotations:
        return json.dumps([[text[start:end] for start, end in json.loads(row["spans"])["content"]], row["speaker"]])
    return json.dumps([row["type"], text[row["evidence_start"] : row["evidence_end"]], row["parties"]])


def _named(reading: Reading) -> Iterable[ActorRef]:
    yield from (q.speaker for q in reading.quotations if q.speaker)
    yield from (m.actor for m in reading.mentions if m.actor)
    for event in reading.events:
        yield from (*event.actors, *event.recipients, *event.reported_by)


def _actor_row(actor: ActorRef) -> dict[str, Any]:
    return {"id": actor.id, "name": actor.name, "type": actor.type, "discovered": False, "aliases": "[]", "belongs_to": None}
