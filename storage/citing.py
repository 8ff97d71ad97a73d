"""Keys of quotations and events -> what they are, with their articles and words. Runs off the event loop, see ``Database.read``."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, select

from bot.model import ActorRef, ActorType, ArticleHead, Cited, CitedEvent, Span, first_paragraph
from storage.records import actor_of, event_of, head_of, parties_in, quotation_of
from storage.tables import PASSAGE, actors, articles, events, passages, quotations

_MANY = 400
"""Keys in one statement: well under every engine's limit of parameters."""


def parts(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The keys by as many as one statement takes."""
    return (keys[at : at + _MANY] for at in range(0, len(keys), _MANY))


def quotations_at(connection: Connection, keys: Sequence[int]) -> list[Cited]:
    """The quotations with these moments, newest first."""
    found: list[Cited] = []
    for some in parts(sorted(keys, reverse=True)):
        found += _cited_by(connection, _QUOTATIONS_AT, {"keys": some})
    return found


def quotation_numbered(connection: Connection, number: int) -> list[Cited]:
    """The quotation with this number, if there is one."""
    return _cited_by(connection, _QUOTATION, {"number": number})


def events_at(connection: Connection, keys: Sequence[int]) -> list[CitedEvent]:
    """The events with these moments, newest first."""
    citing, held = _Citing(connection), list[Mapping[str, Any]]()
    for some in parts(sorted(keys, reverse=True)):
        held += _rows(connection, _EVENTS_AT, {"keys": some})
    who = actors_with(connection, {id for row in held for id in parties_in(row)})
    return [citing.cited_event(row, who) for row in held]


def actors_with(connection: Connection, ids: Iterable[str | None]) -> dict[str, ActorRef]:
    """The actors with these ids."""
    found: dict[str, ActorRef] = {}
    for some in parts(sorted(id for id in ids if id is not None)):
        found |= {row["id"]: actor_of(row) for row in _rows(connection, _ACTORS, {"ids": some})}
    return found


def whole_text(connection: Connection, article: int) -> str:
    """An article's text as received."""
    return "".join(connection.execute(passages_of(article)).scalars())


def passages_of(article: int) -> Select[str]:
    """Selects the pieces of an article's text, in order."""
    inside = passages.c.key.between(article << PASSAGE, (article + 1 << PASSAGE) - 1)
    return select(passages.c.text).where(inside).order_by(passages.c.key)


def _with_surroundings(rows: Table) -> Select[Any]:
    """A table's rows with their article's head and the passage they start in; what is searched stays where it is."""
    own = [column for column in rows.c if column.name != "search"]
    heads = [articles.c[name] for name in ("id", "outlet", "title", "url", "published_on", "published_at")]
    place = rows.c.article * (1 << PASSAGE) + rows.c.paragraph
    query = select(*own, *heads, passages.c.start, passages.c.text).join(articles, articles.c.key == rows.c.article)
    return query.outerjoin(passages, passages.c.key == place)


_SPEAKER = (actors.c.name.label("speaker_name"), actors.c.type.label("speaker_type"))
_QUOTATIONS = _with_surroundings(quotations).add_columns(*_SPEAKER).outerjoin(actors, actors.c.id == quotations.c.speaker)
_ACTORS = select(actors.c.id, actors.c.name, actors.c.type).where(actors.c.id.in_(bindparam("ids", expanding=True)))
_KEYS: BindParameter[int] = bindparam("keys", expanding=True)
_QUOTATIONS_AT = _QUOTATIONS.where(quotations.c.moment.in_(_KEYS)).order_by(quotations.c.moment.desc())
_QUOTATION = _QUOTATIONS.where(quotations.c.number == bindparam("number"))
_EVENTS_AT = _with_surroundings(events).where(events.c.moment.in_(_KEYS)).order_by(events.c.moment.desc())


def _cited_by(connection: Connection, query: Select[Any], given: Mapping[str, Any]) -> list[Cited]:
    citing = _Citing(connection)
    return [citing.cited(row) for row in _rows(connection, query, given)]


def _rows(connection: Connection, query: Select[Any], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows as dictionaries: far quicker to look into again and again than rows are."""
    found = connection.execute(query, given)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]


class _Citing:
    """Makes citations of rows; what several rows have in common, articles and speakers, is made once."""

    def __init__(self, connection: Connection) -> None:
        self._texts = _Texts(connection)
        self._heads: dict[int, ArticleHead] = {}
        self._who: dict[str, ActorRef] = {}

    def cited(self, row: Mapping[str, Any]) -> Cited:
        """The citation of a row of ``_QUOTATIONS``."""
        speaker = row["speaker"]
        if speaker and speaker not in self._who:
            self._who[speaker] = ActorRef(speaker, row["speaker_name"], ActorType(row["speaker_type"]))
        quotation = quotation_of(row, self._who)
        words = self._texts.cut(row, quotation.content)
        return Cited(row["number"], self._head(row), quotation, words, first_paragraph(row["text"] or ""), begins=row["start"])

    def cited_event(self, row: Mapping[str, Any], who: Mapping[str, ActorRef]) -> CitedEvent:
        """The citation of a row of ``_EVENTS_AT``."""
        event = event_of(row, who)
        (words,) = self._texts.cut(row, (event.evidence,))
        return CitedEvent(row["number"], self._head(row), event, words, first_paragraph(row["text"] or ""))

    def _head(self, row: Mapping[str, Any]) -> ArticleHead:
        key = row["article"]
        return self._heads.get(key) or self._heads.setdefault(key, head_of(row))


class _Texts:
    """Cuts words out of passages; the whole text is fetched only where a span runs over its passage."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._whole: dict[int, str] = {}

    def cut(self, row: Mapping[Any, Any], spans: Sequence[Span]) -> tuple[str, ...]:
        start, text = row["start"] or 0, row["text"] or ""
        if spans and (min(spans)[0] < start or max(span[1] for span in spans) > start + len(text)):
            start, text = 0, self._text(row["article"])
        return tuple([text[first - start : last - start] for first, last in spans])

    def _text(self, article: int) -> str:
        if article not in self._whole:
            self._whole[article] = whole_text(self._connection, article)
        return self._whole[article]
