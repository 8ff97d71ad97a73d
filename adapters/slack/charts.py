"""A chart beside a table of counts; the table stays, as the words and for whoever can't see it.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block (since June 2026; the SDK has no model of it)
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.slack.limits import cut
from bot.replies import Table, line_text

Json = dict[str, Any]
CHART = "data_visualization"
SERIES, POINTS, TITLE, NAME = 6, 20, 50, 20
_COUNT = re.compile(r"\d{1,9}")
_MARKUP = re.compile(r"[<>&*_~`:@#|]")
"""Not known to be looked for in charts: names that have any are not shown there."""


def chart_of(table: Table) -> Iterator[Json]:
    """Bars for a table whose columns after the first hold whole numbers; nothing for any other table."""
    rows = [[line_text(cell).strip() for cell in row] for row in table.rows]
    names, width = [cut(name, NAME) for name in table.header[1:]], len(table.header)
    labels = [cut(row[0], NAME) for row in rows if row]
    fits = 2 <= len(rows) <= POINTS and 1 <= len(names) <= SERIES and all(len(row) == width for row in rows)
    if not fits or not _are_names(labels) or not _are_names(names):
        return
    if not all(_COUNT.fullmatch(cell) for row in rows for cell in row[1:]):
        return
    series = [_series(name, labels, [row[number] for row in rows]) for number, name in enumerate(names, 1)]
    title = cut(_MARKUP.sub(" ", table.header[0]), TITLE) or cut(", ".join(names), TITLE)
    yield {"type": CHART, "title": title, "chart": {"type": "bar", "series": series, "axis_config": {"categories": labels}}}


def without_charts(blocks: Sequence[Json]) -> list[Json]:
    """For places that may not take charts."""
    return [block for block in blocks if block["type"] != CHART]


def _series(name: str, labels: Sequence[str], counts: Sequence[str]) -> Json:
    points = [{"label": label, "value": int(count)} for label, count in zip(labels, counts, strict=True)]
    return {"name": name, "data": points}


def _are_names(names: Sequence[str]) -> bool:
    """All there, all different, and plain."""
    return all(names) and len(set(names)) == len(names) and not any(_MARKUP.search(name) for name in names)
