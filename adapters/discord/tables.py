"""Table -> texts: in columns where it is narrow, else a line a row.

Discord has no tables. Columns need a code block, which shows no links and wraps on a phone, so only small
tables without links get one; in it a source's words keep their quotation marks and nothing comes alive.
"""

from collections.abc import Iterator, Sequence

from adapters.discord import markdown
from adapters.discord.split import split_line
from bot.replies import Citation, Inline, Line, Style, Table, Words, line_text

WIDEST = 56
"""Columns of a code block on a small screen, with the gaps."""


def table_texts(table: Table, limit: int) -> Iterator[str]:
    """Markdown texts of at most ``limit`` units, rows in order; nothing for a table without words."""
    cells = [list(table.header), *([line_text(cell) for cell in row] for row in table.rows)]
    if not any(cell.strip() for row in cells for cell in row):
        return
    if _narrow(table, cells):
        yield from _columns(cells, limit)
    else:
        yield from _lines(table, limit)


def _narrow(table: Table, cells: Sequence[Sequence[str]]) -> bool:
    linked = any(isinstance(part, Citation) and part.url for row in table.rows for cell in row for part in cell)
    ragged = any(len(row) != len(table.header) for row in cells)
    return not linked and not ragged and "\n" not in "".join(map("".join, cells)) and sum(_widths(cells)) <= WIDEST


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]


def _columns(cells: Sequence[Sequence[str]], limit: int) -> Iterator[str]:
    widths = _widths(cells)
    rows = ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    block: list[str] = []
    for row in map(markdown.code, rows):
        if block and sum(map(markdown.length, block)) + len(block) + markdown.length(row) + 10 > limit:
            yield _fenced(block)
            block = []
        block.append(row)
    yield _fenced(block)


def _fenced(rows: Sequence[str]) -> str:
    return "```\n" + "\n".join(rows) + "\n```"


def _lines(table: Table, limit: int) -> Iterator[str]:
    header: list[Line] = [(Words(cell, Style.STRONG),) for cell in table.header]
    for cells in (header, *table.rows):
        row = tuple(_joined(cells))
        yield from (text for part in split_line(row, limit) if (text := markdown.line(part)).strip())


def _joined(cells: Sequence[Line]) -> Iterator[Inline]:
    for number, cell in enumerate(cells):
        if number:
            yield Words(" · ")
        yield from cell
