"""What is loaded: a row a police force, a cell a month; what is not loaded is hatched and says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.frames import records
from analytics.panels._model import View

__all__ = ["coverage_matrix", "coverage_matrix_height"]

_NARROW_ROW = 50
_CELL = 22
_LEAST_ROW, _MOST_ROW, _WANTED = 27, 40, 250
"""Pixels of a wide row: as many as fill the height wanted, within bounds."""
_TOP = 46
_YEAR_GAP = 0.5
_ROOM = {"wide": 700, "narrow": 320}
"""The narrowest a chart of this view gets, in pixels: decides how many month letters there is room for."""
_FILL = {"ours": "seq-5", "family": "seq-3", "other": "chart-peer"}
_LEGEND = {
    "ours": "ours, loaded",
    "family": "for the family, loaded",
    "other": "in no family, loaded",
    "missing": "not loaded: shown as missing, never as zero",
    "flagged": "a category has no rows",
}


def coverage_matrix_height(rows: int, legend: int, view: View) -> int:
    """Pixels for a matrix of so many forces with its legend."""
    return _TOP + rows * _row_height(rows, view) + _legend_lines(legend, view) * 26 + 10


def _row_height(rows: int, view: View) -> int:
    return _NARROW_ROW if view.width == "narrow" else min(max(_WANTED // max(rows, 1), _LEAST_ROW), _MOST_ROW)


def coverage_matrix(rows: pd.DataFrame, cells: pd.DataFrame, *, months: Sequence[date], view: View) -> dict[str, Any]:
    """The coverage matrix as drawn in the design.

    rows: a row a line of the matrix, in order: label, whose ("ours", "family", "other"), loaded (number of months).
    cells: a row a line and month, in any order: line (position in `rows`), month, state ("loaded", "flagged" where a
    category has no rows, "missing"), hover.
    """
    wide = view.width == "wide"
    n, row = len(rows), _row_height(len(rows), view)
    place = _places(months)
    width = (max(place.values()) + 1) if place else 1.0
    names = [text_width(row["label"], bold=row["whose"] == "ours") for row in records(rows)]
    left = max(names, default=0) + 6 if wide else 0
    counts = [f"{loaded} of {len(months)}" for loaded in rows["loaded"]]
    right = max([text_width(words) for words in [*counts, "Months"]]) + 14 if wide else 0
    data = _cells(rows, cells, place, view)
    notes = _calendar(months, place, width, _ROOM[view.width] - left - right, view)
    if wide:
        notes.append(
            text("Months", 1, 1, view=view, paper="xy", anchor="right", valign="bottom", color="chart-note",
                 size=SIZE_AXIS, xshift=right, yshift=4)
        )  # fmt: skip
    for index, line in enumerate(records(rows)):
        y = n - index - (0.5 if wide else 10 / row)
        strong = line["whose"] == "ours"
        notes.append(
            text(str(line["label"]), 0, y, view=view, paper="x", xshift=-left, bold=strong,
                 color="text" if strong else "chart-text")
        )  # fmt: skip
        notes.append(
            text(counts[index], 1, y, view=view, paper="x", anchor="right", xshift=right,
                 color="chart-text" if line["loaded"] else "unknown-text")
        )  # fmt: skip
    shown = [kind for kind in _LEGEND if kind in _kinds(rows, cells)]
    shapes, words = _legend(shown, left, view)
    bottom = _legend_lines(len(shown), view) * 26 + 10
    return figure(
        data,
        view,
        _TOP + n * row + bottom,
        margin={"l": round(left), "r": round(right), "t": _TOP, "b": bottom},
        barmode="overlay",
        xaxis={**FIXED_AXIS, "range": [0, width], "showticklabels": False, "automargin": False},
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False, "automargin": False},
        shapes=shapes,
        annotations=[*notes, *words],
    )


def _places(months: Sequence[date]) -> dict[date, float]:
    """Left edge of each month's cell, in cells; a year starts half a cell after the one before."""
    return {month: i + _YEAR_GAP * (month.year - months[0].year) for i, month in enumerate(months)}


def _cells(rows: pd.DataFrame, cells: pd.DataFrame, place: dict[date, float], view: View) -> list[dict[str, Any]]:
    """A bar a cell, one trace a colour, and a ring on the cells in which a category has no rows."""
    t = tokens(view.scheme)
    n, row = len(rows), _row_height(len(rows), view)
    gap = 0.1 if len(place) <= 60 else 0.0
    wide = view.width == "wide"
    cell_height = row - 5 if wide else _CELL
    middle = 0.5 if wide else (20 + _CELL / 2) / row
    whose = list(rows["whose"])
    kinds: dict[str, list[dict[str, Any]]] = {}
    for cell in records(cells):
        kind = "missing" if cell["state"] == "missing" else whose[cell["line"]]
        kinds.setdefault(kind, []).append(cell)
    data = []
    for kind, some in kinds.items():
        marker: dict[str, Any] = {
            "color": t["unknown-wash" if kind == "missing" else _FILL[kind]],
            "line": {"width": 0},
        }
        if kind == "missing":
            marker["pattern"] = {
                "shape": "/", "fgcolor": t["unknown"], "bgcolor": t["unknown-wash"], "size": 7, "solidity": 0.2,
            }  # fmt: skip
        data.append({
            "type": "bar", "orientation": "h", "name": kind,
            "base": [place[cell["month"]] + gap / 2 for cell in some], "x": [1 - gap] * len(some),
            "y": [n - cell["line"] - middle for cell in some], "width": cell_height / row,
            "hovertext": [cell["hover"] for cell in some], "hoverinfo": "text", "textposition": "none",
            "marker": marker,
        })  # fmt: skip
    flagged = cells[cells["state"] == "flagged"]
    if len(flagged):
        data.append({
            "type": "scatter", "mode": "markers", "name": "flagged", "hoverinfo": "skip",
            "x": [place[month] + 0.5 for month in flagged["month"]],
            "y": [n - line - middle for line in flagged["line"]],
            "marker": {"symbol": "circle", "size": 7, "color": t["unknown-wash"],
                       "line": {"width": 1.5, "color": t["unknown-text"]}},
        })  # fmt: skip
    return data


def _calendar(
    months: Sequence[date], place: dict[date, float], width: float, room: float, view: View
) -> list[dict[str, Any]]:
    """Years, and the letters of the months: all of them, those that start a quarter, or none, as there is room."""
    cell = room / width
    notes = []
    for month in months:
        first = month.month == 1 or month == months[0]
        if first and sum(m.year == month.year for m in months) * cell >= 34:
            notes.append(
                text(str(month.year), place[month], 1, view=view, paper="y", valign="bottom", bold=True, color="text",
                     yshift=22)
            )  # fmt: skip
        if cell >= 13 or (cell >= 5 and month.month % 3 == 1):
            notes.append(
                text(f"{month:%b}"[0], place[month] + 0.5, 1, view=view, paper="y", anchor="center", valign="bottom",
                     color="chart-note", size=SIZE_AXIS, yshift=4)
            )  # fmt: skip
    return notes


def _kinds(rows: pd.DataFrame, cells: pd.DataFrame) -> set[str]:
    """The legend's entries that stand for something drawn."""
    loaded = cells.loc[cells["state"] != "missing", "line"].unique()
    return {rows["whose"].iloc[line] for line in loaded} | (set(cells["state"]) & {"missing", "flagged"})


def _legend_lines(entries: int, view: View) -> int:
    return entries if view.width == "narrow" else -(-entries // 4) if entries else 0


def _legend(shown: Sequence[str], left: float, view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Swatches and words under the matrix, placed in pixels: they keep their size when the chart grows."""
    t = tokens(view.scheme)
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    x = y = 0.0
    start = -left
    for index, kind in enumerate(shown):
        if view.width == "narrow" or index % 4 == 0:
            x, y = start, -(12 + 26 * (index if view.width == "narrow" else index // 4))
        shapes += _swatch(kind, x, y, t, view)
        notes.append(
            text(_LEGEND[kind], 0, 0, view=view, paper="xy", valign="middle", color="chart-note", size=SIZE_AXIS,
                 xshift=x + 24, yshift=y - 7)
        )  # fmt: skip
        x += 24 + text_width(_LEGEND[kind], SIZE_AXIS) + 22
    return shapes, notes


def _swatch(kind: str, x: float, y: float, t: Any, view: View) -> list[dict[str, Any]]:
    """A cell of 18 by 14 pixels whose top left corner lies at (x, y) from the matrix's lower left corner."""
    pixels: dict[str, Any] = {
        "xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": 0,
        "layer": "below",
    }  # fmt: skip
    fill = {"missing": "unknown-wash", "flagged": "surface"}.get(kind) or _FILL[kind]
    box = {
        **pixels, "type": "rect", "x0": x, "x1": x + 18, "y0": y - 14, "y1": y, "fillcolor": t[fill],
        "line": {"width": 0},
    }  # fmt: skip
    if kind == "flagged":
        ring = {
            **pixels, "type": "circle", "x0": x + 5.5, "x1": x + 12.5, "y0": y - 10.5, "y1": y - 3.5,
            "fillcolor": t["unknown-wash"], "line": {"width": 1.5, "color": t["unknown-text"]},
        }  # fmt: skip
        return [ring]
    if kind != "missing":
        return [box]
    strokes = [
        {
            **pixels, "type": "line", "x0": x + a, "y0": y - 14 + b, "x1": x + c, "y1": y - 14 + d,
            "line": {"width": 1.5, "color": t["unknown"]},
        }
        for a, b, c, d in ((0, 7, 7, 14), (0, 0, 14, 14), (7, 0, 18, 11), (14, 0, 18, 4))
    ]  # fmt: skip
    return [box, *strokes]
