"""The priority matrix: evidence as the figure, its value as a bar from 0 to 1, and how often each problem comes first.

Unscored is hatched with its reason in the hover; entered values are grey, the evidence a mark on them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, hatched, text, text_width
from analytics.figures._theme import SIZE_AXIS, SIZE_TEXT, tokens
from analytics.panels._model import View

__all__ = ["MatrixCell", "MatrixRow", "matrix", "matrix_height"]

_NARROW_HEAD = 30
_ROW = {"wide": 47, "narrow": 62}
_FOOT = {"wide": 34, "narrow": 34}
_LEFT, _RIGHT = 0.165, 0.768
"""Between which shares of the chart the criteria stand."""
_PLACES = ("seq-5", "seq-4", "seq-2")
_SYLLABLES = {"Concentration": ("Concen-", "tration")}
_SMALL = 12.5
"""Below the usual smallest size only where nine columns or more must stand side by side."""


@dataclass(frozen=True)
class MatrixCell:
    """words: the evidence. value with its limits: the bar; NaN: unscored. evidence: the value of the evidence where
    people entered another; state: evidence, entered or unscored."""

    words: str
    value: float
    lower: float
    upper: float
    state: str
    evidence: float
    hover: str


@dataclass(frozen=True)
class MatrixRow:
    """A problem: rank, cells in the order of the columns, score in words, and shares in 0–1 of the first places."""

    rank: str
    name: str
    cells: Sequence[MatrixCell]
    score: str
    places: Sequence[float]
    top: str
    hover: str
    score_range: str = ""
    """The score with what is unscored at 0 and at 1, where that matters."""


@dataclass
class _Boxes:
    """Boxes of one colour as one trace."""

    xs: list[Any] = field(default_factory=list)
    ys: list[Any] = field(default_factory=list)

    def add(self, x0: float, x1: float, y0: float, y1: float) -> None:
        if x1 > x0:
            self.xs += [x0, x1, x1, x0, x0, None]
            self.ys += [y0, y0, y1, y1, y0, None]

    def trace(self, color: str) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": self.xs[:-1],
            "y": self.ys[:-1],
            "line": {"width": 0},
            "fill": "toself",
            "fillcolor": color,
            "hoverinfo": "skip",
        }


def matrix_height(rows: int, criteria: Sequence[str], view: View) -> int:
    """Pixels for so many problems under these criteria."""
    return _head(criteria, view) + rows * _ROW[view.width] + _FOOT[view.width]


def _columns(criteria: Sequence[str]) -> tuple[float, float, float]:
    """From one column's start to the next, the width of a column (both as shares of the chart), and its type size."""
    step = (_RIGHT - _LEFT) / max(len(criteria), 1)
    return step, step * 0.84, SIZE_AXIS if len(criteria) <= 8 else _SMALL


def _heads(criteria: Sequence[str]) -> list[list[str]]:
    """Each criterion's name in lines."""
    _, column, small = _columns(criteria)
    return [_lines(name, int(column * 1100), small) for name in criteria]


def _head(criteria: Sequence[str], view: View) -> int:
    """Pixels above the rows: the weight, and the longest name below it (the places' heading has two lines)."""
    if view.width == "narrow":
        return _NARROW_HEAD
    return 34 + 16 * max(2, *(len(lines) for lines in _heads(criteria)), 2)


def matrix(
    rows: Sequence[MatrixRow],
    *,
    criteria: Sequence[str],
    weights: Sequence[str],
    top: int,
    top_words: str,
    heading: str,
    places_heading: str,
    view: View,
) -> dict[str, Any]:
    """The matrix as drawn in the design; on a phone the name, the score and the share of first places alone.

    criteria: the columns' names; weights: theirs in words. top: a heavy line stands under this row.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    height = matrix_height(len(rows), criteria, view)
    boxes: dict[str, _Boxes] = {}
    hatches: list[tuple[float, float, float, float]] = []
    texts: dict[tuple[str, str, float, bool], list[tuple[float, float, str, str]]] = {}
    shapes: list[dict[str, Any]] = []

    def box(color: str, x0: float, x1: float, y0: float, y1: float) -> None:
        boxes.setdefault(color, _Boxes()).add(x0, x1, y0, y1)

    def write(words: str, x: float, y: float, *, color: str = "chart-text", align: str = "right",
              size: float = SIZE_TEXT, bold: bool = False, hover: str = "") -> None:  # fmt: skip
        words = f"<b>{words}</b>" if bold and words else words
        texts.setdefault((color, align, size, bool(hover)), []).append((x, y, words, hover))

    left = _LEFT if wide else 0.0
    score_at, bar_from, bar_to = (0.815, 0.838, 0.945) if wide else (1.0, 0.0, 0.78)
    step, column, small = _columns(criteria)
    head, tall = _head(criteria, view), _ROW[view.width]
    if wide:
        write("Weight", 0, 16, color="chart-note", size=SIZE_AXIS)
        write(heading, 0, head - 12, color="chart-note", size=SIZE_AXIS)
        for i, (lines, weight) in enumerate(zip(_heads(criteria), weights, strict=True)):
            x = left + i * step
            write(weight, x, 16, bold=True)
            for k, part in enumerate(reversed(lines)):
                write(part, x, head - 12 - 16 * k, bold=True, size=small)
        write("Score", score_at, head - 12, align="left", bold=True, size=small)
        write(places_heading, bar_from, head - 28, bold=True, size=SIZE_AXIS)
        write("first, second, third" if top >= 3 else "first places", bar_from, head - 12, color="chart-note",
              size=SIZE_AXIS)  # fmt: skip
        write(top_words, 1, head - 12, color="chart-note", align="left", size=SIZE_AXIS)
    else:
        write(f"{heading}, share {top_words}", 0, 14, color="chart-note", size=SIZE_AXIS)
    for index, row in enumerate(rows):
        above = head + index * tall
        middle = above + tall / 2
        inside = index < top
        heavy = index == top
        shapes.append(
            {
                "type": "line", "x0": 0, "x1": 1, "y0": above, "y1": above,
                "line": {"color": t["chart-zero" if heavy else "chart-axis" if not index else "chart-grid"],
                         "width": 2 if heavy else 1},
                "layer": "below",
            }
        )  # fmt: skip
        if wide:
            write(row.rank, 0, middle, color="chart-note", size=SIZE_AXIS)
            lines = _lines(row.name, 165, SIZE_TEXT)
            for k, part in enumerate(lines):
                y = middle + 17 * (k - (len(lines) - 1) / 2)
                write(part, 0.017, y, color="text" if inside else "chart-text", bold=inside, hover=row.hover)
            for i, cell in enumerate(row.cells):
                _draw_cell(cell, left + i * step, column, middle, small, box, hatches, write)
            write(row.score, score_at, middle - (8 if row.score_range else 0), align="left", bold=inside)
            if row.score_range:
                write(row.score_range, score_at, middle + 9, align="left", color="unknown-text", size=_SMALL)
            y0, y1 = middle - 12, middle + 12
        else:
            write(f"{row.rank}  {row.name}", 0, above + 18, color="text" if inside else "chart-text", bold=inside,
                  hover=row.hover)  # fmt: skip
            write(f"score {row.score}", 1, above + 18, align="left", color="chart-note", size=SIZE_AXIS)
            y0, y1 = above + 32, above + 50
        box("chart-band", bar_from, bar_to, y0, y1)
        at = bar_from
        for role, share in zip(_PLACES, row.places, strict=False):
            box(role, at, at + share * (bar_to - bar_from), y0, y1)
            at += share * (bar_to - bar_from)
        write(row.top, 1, (y0 + y1) / 2, align="left", bold=inside, size=17 if inside else 15,
              color="text" if inside else "chart-text")  # fmt: skip
    _legend(head + len(rows) * tall + 22, left if wide else 0.0, bar_from, wide, top, box, hatches, write)
    data = [boxes[role].trace(t[role]) for role in sorted(boxes, key=_layer) if boxes[role].xs]
    for x0, x1, y0, y1 in hatches:
        data.append(hatched([(x0 + x1) / 2], y0, y1, x1 - x0, view=view))
    for (color, align, size, hovers), placed in texts.items():
        data.append(
            {
                "type": "scatter",
                "mode": "text",
                "x": [x for x, _, _, _ in placed],
                "y": [y for _, y, _, _ in placed],
                "text": [words for _, _, words, _ in placed],
                "textposition": f"middle {align}",
                "textfont": {"size": size, "color": t[color]},
                "cliponaxis": False,
                **(
                    {"hovertext": [hover for _, _, _, hover in placed], "hoverinfo": "text"}
                    if hovers
                    else {"hoverinfo": "skip"}
                ),
            }
        )
    return figure(
        data,
        view,
        height,
        hoverdistance=40,
        margin={"l": 2, "r": 2, "t": 0, "b": 0},
        xaxis={**FIXED_AXIS, "range": [0, 1], "showticklabels": False, "automargin": False},
        yaxis={**FIXED_AXIS, "range": [height, 0], "showticklabels": False, "automargin": False},
        shapes=shapes,
        annotations=[text("", 0, 0, view=view)] if not rows else [],
    )


def _layer(role: str) -> int:
    order = ("chart-band", "chart-ours", "level", *_PLACES, "chart-zero")
    return order.index(role) if role in order else len(order)


def _draw_cell(cell: MatrixCell, x: float, column: float, middle: float, size: float, box: Any, hatches: Any,
               write: Any) -> None:  # fmt: skip
    unknown = math.isnan(cell.value)
    write(cell.words, x, middle - 9, color="unknown-text" if unknown else "chart-text", size=size, hover=cell.hover)
    y0, y1 = middle + 3, middle + 11
    if unknown:
        hatches.append((x, x + column, y0, y1))
        return
    box("chart-band", x, x + column, y0, y1)
    box("level" if cell.state == "entered" else "chart-ours", x, x + column * max(cell.value, 0.012), y0, y1)
    if cell.upper - cell.lower > 0.005:
        box("chart-zero", x + column * cell.lower, x + column * cell.upper, y1 + 2, y1 + 4)
    if cell.state == "entered" and not math.isnan(cell.evidence):
        at = x + column * cell.evidence
        box("chart-zero", at - 0.0012, at + 0.0012, y0 - 3, y1 + 3)


def _legend(y: float, left: float, bar_from: float, wide: bool, top: int, box: Any, hatches: Any, write: Any) -> None:
    small = {"color": "chart-note", "size": SIZE_AXIS}
    if wide:
        for at, role, words in ((0.0, "chart-ours", "from the evidence"), (0.125, "level", "entered by people")):
            box(role, left + at, left + at + 0.014, y - 4, y + 4)
            write(words, left + at + 0.017, y, **small)
        hatches.append((left + 0.25, left + 0.264, y - 4, y + 4))
        write("unscored", left + 0.267, y, **small)
        box("chart-zero", left + 0.335, left + 0.349, y - 1, y + 1)
        write("within which it may lie (95 %)", left + 0.352, y, **small)
    at = bar_from
    for role, words in zip(_PLACES, ("1st", "2nd", "3rd"), strict=True):
        width = 0.012 if wide else 0.035
        box(role, at, at + width, y - 6, y + 6)
        write(words, at + width + 0.002, y, **small)
        at += 0.04 if wide else 0.16


def _lines(name: str, width: float, size: float) -> list[str]:
    """A name in lines that fit."""
    if text_width(name, size, bold=True) > width and name in _SYLLABLES:
        return list(_SYLLABLES[name])
    lines: list[str] = []
    for word in name.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=True) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:3]
