"""What lies around quotations: articles, their readings, coverage, speakers, mentions. Runs off the event loop, see ``Database.read``."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, tuple_, union_all

from bot.model import Actor, ActorRef, Article, ArticleHead, Cited, Coverage, Reading, Span, first_paragraph
from bot.ports import Scope
from storage.citing import actors_with, parts, whole_text
from storage.records import actor_of, event_of, head_of, mention_of, parties_in, quotation_of
from storage.search import moments
from storage.tables import (
    BLOCK,
    PASSAGE,
    actors,
    articles,
    coverage,
    coverage_blocks,
    day_of,
    events,
    mentions,
    passages,
    quotations,
)

_NEVER = 1 << 30
"""A day after all days."""
_HEARD = 20_000
"""Statements at most that are counted to tell who speaks on some days."""


def article_row(connection: Connection, id: str) -> Mapping[Any, Any] | None:
    """The row of an article."""
    return connection.execute(select(articles).where(articles.c.id == id)).mappings().first()


def article_with(connection: Connection, id: str) -> Article | None:
    """The article as stored."""
    row = article_row(connection, id)
    return _article_of(row, whole_text(connection, row["key"])) if row else None


def articles_after(connection: Connection, after: tuple[int, int], many: int) -> tuple[list[Article], tuple[int, int]]:
    """Some articles in order of day and key, and where to go on."""
    later = tuple_(articles.c.day, articles.c.key) > tuple_(*after)
    query = select(articles).where(later).order_by(articles.c.day, articles.c.key).limit(many)
    rows = connection.execute(query).mappings().all()
    return [_article_of(row, whole_text(connection, row["key"])) for row in rows], (
        rows[-1]["day"],
        rows[-1]["key"],
    ) if rows else after


def reading_of(connection: Connection, article: str) -> Reading | None:
    """All that was read in an article. The discovered are those among its actors that are none of the catalogue."""
    row = article_row(connection, article)
    if row is None:
        return None
    said, happened, mentioned = [_read_in(connection, rows, row["key"]) for rows in (quotations, events, mentions)]
    ids = {r["speaker"] for r in said} | {r["actor"] for r in mentioned} | {p for r in happened for p in parties_in(r)}
    who = actors_with(connection, ids)
    return Reading(
        tuple(quotation_of(r, who) for r in said),
        tuple(event_of(r, who) for r in happened),
        tuple(mention_of(r, who) for r in mentioned),
        row["reader"],
        discovered=tuple(actor for actor in discovered(connection, list(who))),
    )


def _read_in(connection: Connection, rows: Table, article: int) -> Sequence[Mapping[Any, Any]]:
    return connection.execute(select(rows).where(rows.c.article == article).order_by(rows.c.position)).mappings().all()


def discovered(connection: Connection, ids: Sequence[str] | None = None) -> list[Actor]:
    """Actors that the catalogue does not know, by their ids; all of them, or those among some few."""
    query = select(actors).where(actors.c.discovered).order_by(actors.c.id)
    query = query if ids is None else query.where(actors.c.id.in_(ids))
    return [
        Actor(*actor_of(row), aliases=tuple(json.loads(row["aliases"])), belongs_to=row["belongs_to"])
        for row in connection.execute(query).mappings()
    ]


def paragraphs_in(connection: Connection, article: str, first: int, last: int) -> list[tuple[int, str]]:
    """Numbered paragraphs of an article."""
    key = select(articles.c.key).where(articles.c.id == article).scalar_subquery()
    inside = passages.c.key.between(key * (1 << PASSAGE) + max(first, 1), key * (1 << PASSAGE) + last)
    rows = connection.execute(select(passages.c.key, passages.c.text).where(inside).order_by(passages.c.key))
    return [(row.key & (1 << PASSAGE) - 1, first_paragraph(row.text)) for row in rows]


def leading_to(connection: Connection, found: Sequence[Cited], back: int) -> dict[int, str]:
    """By the number of each quotation, its paragraph and those before it, in one look-up for all."""
    ids = {cited.article.id for cited in found}
    keys: dict[str, int] = {}
    for some in parts(sorted(ids)):
        keys |= {
            row.id: row.key for row in connection.execute(select(articles.c.id, articles.c.key).where(articles.c.id.in_(some)))
        }
    wanted = {
        cited.number: range((keys[cited.article.id] << PASSAGE) + max(at - back, 1), (keys[cited.article.id] << PASSAGE) + at + 1)
        for cited in found
        if (at := cited.quotation.paragraph) and cited.article.id in keys
    }
    texts: dict[int, str] = {}
    for places in parts(sorted({key for stretch in wanted.values() for key in stretch})):
        rows = connection.execute(select(passages.c.key, passages.c.text).where(passages.c.key.in_(places)))
        texts |= {row.key: row.text for row in rows}
    return {number: "".join(texts.get(key, "") for key in stretch) for number, stretch in wanted.items()}


def coverage_in(connection: Connection, scope: Scope) -> Coverage:
    """What there is in a scope; years are added up by blocks of days, so this never looks at every article."""
    rows = connection.execute(_counted(scope)).mappings().all()
    outlets = {row["outlet"]: int(row["articles"]) for row in rows if row["outlet"]}
    first, last = ends_of(connection, scope)
    return Coverage(
        articles=sum(int(row["articles"]) for row in rows),
        outlets=tuple(sorted(outlets, key=lambda outlet: (-outlets[outlet], outlet))),
        first=date.fromordinal(first) if first else None,
        last=date.fromordinal(last) if last else None,
        last_read_at=max((row["read_at"] for row in rows), default=None),
    )


def _counted(scope: Scope) -> Select[Any]:
    """Articles and the last reading by outlet."""
    if scope.articles:
        few = select(articles.c.outlet, func.count().label("articles"), func.max(articles.c.read_at).label("read_at"))
        return few.where(articles.c.id.in_(scope.articles), *days(articles.c.day, scope)).group_by(articles.c.outlet)
    parts = union_all(*_stretches(scope)).subquery()
    many = func.sum(parts.c.articles).label("articles")
    return select(parts.c.outlet, many, func.max(parts.c.read_at).label("read_at")).group_by(parts.c.outlet).having(many > 0)


def _stretches(scope: Scope) -> list[Select[Any]]:
    """The scope as whole blocks with the days before and after them; what has no day is in the open scope alone."""
    since, until = day_of(scope.since), day_of(scope.until) if scope.until else _NEVER
    first, last = -(-since // BLOCK), (until + 1) // BLOCK - 1
    first = max(first, 1) if scope.until else first
    if first > last:
        return [_summed(coverage, "day", max(since, 1), until)]
    edges = [_summed(coverage, "day", since, first * BLOCK - 1)] if since else []
    edges += [_summed(coverage, "day", (last + 1) * BLOCK, until)] if scope.until else []
    return [_summed(coverage_blocks, "block", first, last), *edges]


def _summed(table: Table, key: str, first: int, last: int) -> Select[Any]:
    return select(table.c.outlet, table.c.articles, table.c.read_at).where(
        table.c[key].between(first, last), table.c.articles > 0
    )


def ends_of(connection: Connection, scope: Scope) -> tuple[int, int]:
    """The first and the last day with an article; zeros where there is none."""
    table = articles if scope.articles else coverage
    query = select(table.c.day).where(table.c.day > 0, *days(table.c.day, scope)).limit(1)
    query = query.where(articles.c.id.in_(scope.articles)) if scope.articles else query.where(coverage.c.articles > 0)
    first, last = (connection.execute(query.order_by(order)).scalar() for order in (table.c.day, table.c.day.desc()))
    return first or 0, last or 0


def days(day: ColumnElement[int], scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope's days."""
    conditions = [day >= day_of(scope.since)] if scope.since else []
    return [*conditions, day <= day_of(scope.until), day > 0] if scope.until else conditions


def speakers_in(connection: Connection, scope: Scope, limit: int) -> list[tuple[ActorRef, int]]:
    """Who makes statements in a scope and how many, most first; on some days of many, only the newest are counted."""
    if scope == Scope():
        query = select(actors, actors.c.said.label("often")).where(actors.c.said > 0)
        rows = connection.execute(query.order_by(actors.c.said.desc(), actors.c.id).limit(limit)).mappings()
        return [(actor_of(row), row["often"]) for row in rows]
    heard = select(quotations.c.speaker, quotations.c.statement)
    if scope.articles:
        heard = heard.where(quotations.c.article.in_(select(articles.c.key).where(articles.c.id.in_(scope.articles))))
    since, until = moments(scope)
    heard = heard.where(quotations.c.moment >= since, quotations.c.moment < until)
    newest = heard.order_by(quotations.c.moment.desc()).limit(_HEARD).subquery()
    often = func.count().label("often")
    counted = select(newest.c.speaker, often).where(newest.c.speaker.is_not(None), newest.c.statement).group_by(newest.c.speaker)
    found = connection.execute(counted.order_by(often.desc(), newest.c.speaker).limit(limit)).all()
    who = actors_with(connection, [row.speaker for row in found])
    return [(who[row.speaker], row.often) for row in found]


def mentions_of(connection: Connection, actor: str, scope: Scope, limit: int) -> list[tuple[ArticleHead, int]]:
    """Articles that mention an actor, newest first, and the first paragraph that does: by walking down an index."""
    if scope.articles:
        keys = select(articles.c.key).where(articles.c.id.in_(scope.articles), *days(articles.c.day, scope))
        return _first_mentions(connection, actor, list(connection.execute(keys).scalars()))[:limit]
    query = select(mentions.c.day, mentions.c.article).where(mentions.c.actor == actor, *days(mentions.c.day, scope))
    query = query.order_by(mentions.c.day.desc(), mentions.c.article.desc()).limit(1)
    found: list[int] = []
    row = connection.execute(query).first()
    while row and len(found) < limit:
        found.append(row.article)
        before = tuple_(mentions.c.day, mentions.c.article) < tuple_(row.day, row.article)
        row = connection.execute(query.where(before)).first()
    return _first_mentions(connection, actor, found)


def _first_mentions(connection: Connection, actor: str, keys: Sequence[int]) -> list[tuple[ArticleHead, int]]:
    query = select(articles, func.min(mentions.c.paragraph).label("paragraph")).join(
        mentions, mentions.c.article == articles.c.key
    )
    query = query.where(articles.c.key.in_(keys), mentions.c.actor == actor).group_by(articles.c.key)
    rows = connection.execute(query.order_by(articles.c.day.desc(), articles.c.key.desc())).mappings()
    return [(head_of(row), row["paragraph"]) for row in rows]


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
