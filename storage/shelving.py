"""Putting articles and their readings away: a batch in one transaction, each table written once for all of it."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ActorRef, Article, Reading, Span, paragraph_spans
from bot.ports import Stored
from bot.terms import stems
from storage.citing import passages_of
from storage.records import event_row, mention_row, moment, quotation_row
from storage.revisions import revise
from storage.tables import (
    BLOCK,
    PASSAGE,
    actors,
    articles,
    counters,
    coverage,
    coverage_blocks,
    day_of,
    events,
    mentions,
    passages,
    quotations,
)

_COUNTED = {"quotation": quotations, "event": events}
_MANY = 400
"""Ids in one statement: well under every engine's limit of parameters."""
_ALIASES = 40
"""Descriptors kept of a discovered actor."""

Batch = Sequence[tuple[Article, Reading]]
Row = dict[str, Any]


def digest_of(article: Article) -> str:
    """The same for the same text and metadata."""
    given = (article.text, article.body, article.outlet, article.title, article.url, article.published_on, article.published_at)
    return hashlib.sha256(repr(given).encode("utf-8", "surrogatepass")).hexdigest()


def is_same(row: Mapping[Any, Any], digest: str, reader: str) -> bool:
    """Whether a stored article has this digest and was read by this reader."""
    return (row["digest"], row["reader"]) == (digest, reader)


async def shelve(connection: AsyncConnection, batch: Batch) -> list[Stored]:
    """Store articles, see ``bot.ports.Library.add_all``; one that comes twice in a batch is revised by its second text."""
    outcomes: list[Stored] = []
    for part in _without_repeats(batch):
        outcomes += await _Shelving(connection).add(part)
    return outcomes


def _without_repeats(batch: Batch) -> Iterator[Batch]:
    """The batch in parts, in order, none of which holds an article twice."""
    part: list[tuple[Article, Reading]] = []
    ids: set[str] = set()
    for article, reading in batch:
        if article.id in ids:
            yield part
            part, ids = [], set()
        part.append((article, reading))
        ids.add(article.id)
    yield part


class _Shelving:
    """One part's worth of adding: rows are gathered, then written."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._rows: dict[Table, list[Row]] = {table: [] for table in (articles, passages, quotations, events, mentions)}
        self._revised: list[Row] = []
        self._covered: Counter[tuple[int, str]] = Counter()
        self._said: Counter[str] = Counter()

    async def add(self, part: Batch) -> list[Stored]:
        held = await self._held([article.id for article, _ in part])
        digests = [digest_of(article) for article, _ in part]
        fresh = [article.id not in held for article, _ in part]
        key = await self._number("article", sum(fresh))
        outcomes = []
        for (article, reading), digest in zip(part, digests, strict=True):
            await asyncio.sleep(0)  # whoever asks meanwhile waits for one article's rows, not for a batch's
            old = held.get(article.id)
            if old and is_same(old, digest, reading.reader):
                outcomes.append(Stored.UNCHANGED)
                continue
            outcomes.append(Stored.REVISED if old else Stored.NEW)
            self._put(_article_row(article, reading, digest, old, key))
            await self._gather(old["key"] if old else key, article, reading, old)
            key += old is None
        await self._write([reading for (_, reading), done in zip(part, outcomes, strict=True) if done is not Stored.UNCHANGED])
        return outcomes

    async def _held(self, ids: Sequence[str]) -> dict[str, Mapping[Any, Any]]:
        found: dict[str, Mapping[Any, Any]] = {}
        for at in range(0, len(ids), _MANY):
            rows = await self._connection.execute(select(articles).where(articles.c.id.in_(ids[at : at + _MANY])))
            found |= {row["id"]: row for row in rows.mappings()}
        return found

    async def _number(self, name: str, many: int) -> int:
        """The first of ``many`` fresh numbers; the row is locked until the transaction ends."""
        taken = (counters.c.last + many).label("last")
        found = await self._connection.execute(
            update(counters).where(counters.c.name == name).values(last=taken).returning(counters.c.last)
        )
        return int(found.scalar_one()) - many + 1

    def _put(self, row: Row) -> None:
        """A new article's row is inserted, an old one's updated; both are counted in the coverage."""
        (self._revised if "changed" in row else self._rows[articles]).append(row)
        self._covered[row["day"], row["outlet"] or ""] += 1

    async def _gather(self, key: int, article: Article, reading: Reading, old: Mapping[Any, Any] | None) -> None:
        kept: dict[tuple[str, str], int] = {}
        if old:
            kept = await self._clear(key)
            self._covered[old["day"], old["outlet"] or ""] -= 1
        paragraphs = paragraph_spans(article.text)
        self._rows[passages] += _passage_rows(key, article.text, paragraphs)
        around = _Surroundings(article.text, paragraphs)
        said = [quotation_row(article, q, around.stems(q.paragraph, q.content)) for q in reading.quotations]
        self._said.update(row["speaker"] for row in said if row["speaker"] and row["statement"])
        happened = [event_row(e, around.stems(e.paragraph, (e.evidence,))) for e in reading.events]
        for table, rows in ((quotations, said), (events, happened)):
            for position, row in enumerate(rows):
                number = kept.pop((table.name, _identity(table, row, article.text)), 0) if kept else 0
                row |= {"article": key, "position": position, "number": number}
            self._rows[table] += rows
        self._rows[mentions] += [{"article": key} | mention_row(article, n, found) for n, found in enumerate(reading.mentions)]

    async def _clear(self, key: int) -> dict[tuple[str, str], int]:
        """Remove what was read in the article; the numbers of quotations and events by their table and content."""
        kept: dict[tuple[str, str], int] = {}
        text = "".join((await self._connection.execute(passages_of(key))).scalars())
        for rows in (quotations, events):
            found = await self._connection.execute(select(rows).where(rows.c.article == key).order_by(rows.c.position))
            for row in found.mappings():
                kept.setdefault((rows.name, _identity(rows, row, text)), row["number"])
                if rows is quotations and row["speaker"] and row["statement"]:
                    self._said[row["speaker"]] -= 1
            await self._connection.execute(delete(rows).where(rows.c.article == key))
        await self._connection.execute(delete(mentions).where(mentions.c.article == key))
        await self._connection.execute(delete(passages).where(passages.c.key.between(key << PASSAGE, (key + 1 << PASSAGE) - 1)))
        return kept

    async def _write(self, readings: Sequence[Reading]) -> None:
        await self._actors(readings)
        for name, table in _COUNTED.items():
            await self._numbered(name, self._rows[table])
        for changed in (True, False):
            await self._revise([row for row in self._revised if row["changed"] is changed], changed)
        for table, rows in self._rows.items():
            for at in range(0, len(rows), _MANY):
                await self._connection.execute(insert(table), rows[at : at + _MANY])
        await self._cover()
        await self._count_said()
        if readings:
            await revise(self._connection)

    async def _revise(self, rows: Sequence[Row], changed: bool) -> None:
        """Update old articles' rows; what an outlet changed counts as read now, another reader's reading is no change."""
        if rows:
            fields: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name not in ("id", "key", "changed")}
            put = update(articles).where(articles.c.id == bindparam("held")).values(fields)
            put = put.values(read_at=func.now()) if changed else put
            given = [{f"new_{name}": row[name] for name in fields} | {"held": row["id"]} for row in rows]
            await self._connection.execute(put, given)

    async def _numbered(self, name: str, rows: Sequence[Row]) -> None:
        """Give fresh numbers to rows that have none, and every row its moment."""
        wanting = [row for row in rows if not row["number"]]
        first = await self._number(name, len(wanting)) if wanting else 0
        for number, row in enumerate(wanting, first):
            row["number"] = number
        for row in rows:
            row["moment"] = moment(row.pop("day"), row["number"])

    async def _cover(self) -> None:
        blocks: Counter[tuple[int, str]] = Counter()
        for (day, outlet), by in self._covered.items():
            blocks[day // BLOCK, outlet] += by
        for table, changes in ((coverage, self._covered), (coverage_blocks, blocks)):
            keys = [column.name for column in table.primary_key]
            rows = [dict(zip(keys, key, strict=True)) | {"articles": by} for key, by in sorted(changes.items())]
            if rows:
                made = self._insert(table)
                changed = {"articles": table.c.articles + made.excluded.articles, "read_at": func.now()}
                await self._connection.execute(made.on_conflict_do_update(index_elements=keys, set_=changed), rows)

    async def _count_said(self) -> None:
        rows = [{"whose": speaker, "more": by} for speaker, by in sorted(self._said.items()) if by]
        if rows:
            put = update(actors).where(actors.c.id == bindparam("whose")).values(said=actors.c.said + bindparam("more"))
            await self._connection.execute(put, rows)

    async def _actors(self, readings: Sequence[Reading]) -> None:
        named = {actor.id: actor for reading in readings for actor in _named(reading)}
        found = [actor for reading in readings for actor in reading.discovered]
        new = {actor.id for actor in found}
        rows = [_actor_row(actor) for id, actor in sorted(named.items()) if id not in new]
        if rows:
            await self._connection.execute(self._insert(actors).on_conflict_do_nothing(index_elements=["id"]), rows)
        known = await self._aliases([actor.id for actor in found])
        discovered: dict[str, Row] = {}
        for actor in found:
            aliases = known[actor.id] = tuple(dict.fromkeys([*known.get(actor.id, ()), *actor.aliases]))[:_ALIASES]
            more = {"discovered": True, "aliases": json.dumps(aliases), "belongs_to": actor.belongs_to}
            discovered[actor.id] = _actor_row(actor.ref) | more
        if discovered:
            made = self._insert(actors)
            changed = {name: made.excluded[name] for name in ("name", "type", "discovered", "aliases", "belongs_to")}
            put = made.on_conflict_do_update(index_elements=["id"], set_=changed)
            await self._connection.execute(put, [row for _, row in sorted(discovered.items())])

    async def _aliases(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        held: dict[str, tuple[str, ...]] = {}
        for at in range(0, len(ids), _MANY):
            query = select(actors.c.id, actors.c.aliases).where(actors.c.id.in_(ids[at : at + _MANY]))
            held |= {row.id: tuple(json.loads(row.aliases)) for row in await self._connection.execute(query)}
        return held

    def _insert(self, table: Table) -> Any:
        return (sqlite if self._connection.dialect.name == "sqlite" else postgresql).insert(table)


def _article_row(article: Article, reading: Reading, digest: str, old: Mapping[Any, Any] | None, key: int) -> Row:
    """A row of ``articles``; an old one's says too whether its outlet changed it."""
    row: Row = {
        "key": old["key"] if old else key,
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
    return row | {"changed": old["digest"] != digest} if old else row


def _passage_rows(key: int, text: str, paragraphs: Sequence[Span]) -> list[Row]:
    starts = [0, *(span.start for span in paragraphs)]
    ends = [*starts[1:], len(text)]
    return [
        {"key": key << PASSAGE | number, "start": start, "text": text[start:end]}
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


class _Surroundings:
    """The stems of the paragraphs around spans, each stretch of text stemmed once."""

    def __init__(self, text: str, paragraphs: Sequence[Span]) -> None:
        self._text = text
        self._paragraphs = paragraphs
        self._known: dict[tuple[int, int], tuple[str, ...]] = {}

    def stems(self, paragraph: int, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        inside = self._paragraphs[paragraph - 1] if 0 < paragraph <= len(self._paragraphs) else (0, 0)
        start = min([inside[0], *(span[0] for span in spans)])
        end = max([inside[1], *(span[1] for span in spans)])
        if (start, end) not in self._known:
            self._known[start, end] = stems(self._text[start:end])
        return self._known[start, end]


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


def _actor_row(actor: ActorRef) -> Row:
    return {"id": actor.id, "name": actor.name, "type": actor.type, "discovered": False, "aliases": "[]", "belongs_to": None}
