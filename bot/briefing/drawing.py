"""A timeline as a picture: days to the left of a line, what happened to the right of it."""

import io
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

_WIDTH, _DPI = 6.0, 180
"""Inches and pixels an inch: 1080 pixels wide."""
_LINE, _GAP, _MARGIN = 0.29, 0.19, 0.24
"""Inches: a line of text, the space between entries, the border."""
_FONT, _SMALL = 15, 12
_AXIS, _TEXT = 1.34, 1.52
"""Inches from the left edge: the line, and where text begins."""
_COLUMNS = 37
_MOST, _LONGEST = 14, 6
"""Entries in one picture, and lines of an entry: beyond, it would be too small or too tall for a phone."""


@dataclass(frozen=True, slots=True)
class _Colours:
    paper: str
    ink: str
    faint: str
    accent: str


_LIGHT = _Colours("#ffffff", "#1d1c1d", "#5f6368", "#1264a3")
_DARK = _Colours("#1a1d21", "#f2f3f5", "#b0b6bd", "#6cb6ff")


def draw(rows: Sequence[tuple[str, str]], *, dark: bool) -> bytes:
    """(day, text) rows from top to bottom as a PNG; a row without a day belongs to the day above."""
    colours = _DARK if dark else _LIGHT
    shown = [(day, _wrapped(text)) for day, text in rows[:_MOST]]
    if len(rows) > _MOST:
        shown.append(("", [f"and {len(rows) - _MOST} more"]))
    if not shown:
        shown = [("", ["nothing to show"])]
    height = 2 * _MARGIN + sum(len(lines) * _LINE for _, lines in shown) + _GAP * (len(shown) - 1)
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor=colours.paper)
    _draw_rows(figure, shown, height, colours)
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # shown as a box: the words stand in the reply as well
        figure.savefig(picture, format="png", facecolor=colours.paper, metadata={"Software": None})
    return picture.getvalue()


def _wrapped(text: str) -> list[str]:
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    lines = textwrap.wrap(plain, _COLUMNS, max_lines=_LONGEST, placeholder=" …")
    return lines or [""]


def _draw_rows(figure: Figure, shown: list[tuple[str, list[str]]], height: float, colours: _Colours) -> None:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(height, 0)
    axes.axis("off")
    top = _MARGIN
    dots = []
    for day, lines in shown:
        dots.append(top + _LINE / 2)
        axes.text(
            _AXIS - 0.2, top + _LINE / 2, day, ha="right", va="center", fontsize=_SMALL, color=colours.faint, parse_math=False
        )
        for number, line in enumerate(lines):
            axes.text(_TEXT, top + _LINE * (number + 0.5), line, va="center", fontsize=_FONT, color=colours.ink, parse_math=False)
        top += len(lines) * _LINE + _GAP
    axes.plot([_AXIS, _AXIS], [dots[0], dots[-1]], color=colours.faint, linewidth=1.6, zorder=1)
    axes.scatter([_AXIS] * len(dots), dots, s=46, color=colours.accent, edgecolors=colours.paper, linewidths=1.2, zorder=2)
