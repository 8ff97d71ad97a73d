"""Tables: native ``table`` blocks where they fit, else a line of text a row."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.slack.limits import COLUMNS, PIECE, ROWS, size, weight
from adapters.slack.text import block_text, rich, rich_block, runs, text_run
from bot.replies import Line, Style, Table, Words

Json = dict[str, Any]
WEIGHT = 9000
"""JSON of one table; a longer one goes on, with its header again, in the next message."""
CELL = 600
"""Text of one cell; a table with a longer one is unreadable on a telephone and becomes text."""


def table_blocks(table: Table) -> Iterator[Json]:
    """The table in as many native tables as it needs (Slack shows one a message), or as text."""
    width = max([len(table.header), *map(len, table.rows)])
    if width == 0 or (not table.rows and not any(h.strip() for h in table.header)):
        return
    head = [_raw(text) for text in _filled(list(table.header), width)]
    rows = [[_cell(line) for line in _filled(list(row), width)] for row in table.rows]
    if width > COLUMNS or any(size(_text(cell)) > CELL for row in [head, *rows] for cell in row):
        yield from _as_text(table)
    else:
        yield from _native(head, rows)


def _native(head: list[Json], rows: list[list[Json]]) -> Iterator[Json]:
    shown = [head]
    for row in rows:
        if len(shown) > 1 and (len(shown) == ROWS or weight([{"rows": [*shown, row]}]) > WEIGHT):
            yield {"type": "table", "rows": shown}
            shown = [head]
        shown.append(row)
    yield {"type": "table", "rows": shown}


def _as_text(table: Table) -> Iterator[Json]:
    yield from rich([text_run(" | ".join(table.header), {"bold": True})], PIECE)
    for row in table.rows:
        cells: list[Json] = []
        for number, line in enumerate(row):
            cells += [text_run(" | ")] * bool(number) + runs(line)
        yield from rich(cells, PIECE)


def without_tables(blocks: Sequence[Json]) -> list[Json]:
    """For places that take none: each row a line of text."""
    told = (rich([text_run(block_text(block))], PIECE) if block["type"] == "table" else [block] for block in blocks)
    return [block for part in told for block in part]


def _filled(cells: list[Any], width: int) -> list[Any]:
    empty: Any = "" if cells and isinstance(cells[0], str) else ()
    return [*cells, *[empty] * (width - len(cells))]


def _cell(line: Line) -> Json:
    if all(isinstance(part, Words) and part.style in (Style.PLAIN, Style.NOTE, Style.QUOTED) for part in line):
        return _raw("".join(str(element["text"]) for element in runs(line)))
    return rich_block(runs(line))


def _raw(text: Any) -> Json:
    return {"type": "raw_text", "text": (text or "") if str(text or "").strip() else " "}


def _text(cell: Json) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else block_text(cell)
