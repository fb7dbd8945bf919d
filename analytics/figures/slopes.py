"""Trends of several series: a row each, the change per year with its interval on a log axis, the checks in words."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, line, segments, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.frames import records
from analytics.panels._model import View
from analytics.words import change

__all__ = ["slopes", "slopes_height"]

_TICKS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4)
_MARK = {"rising": ("triangle-up", "higher"), "falling": ("triangle-down", "lower")}
_WORD = {"rising": "higher-text", "falling": "lower-text"}
_ROW = {"wide": 24, "narrow": 46}


def slopes_height(rows: int, view: View) -> int:
    """Pixels for so many rows: header, rows, axis."""
    return 28 + rows * _ROW[view.width] + 34


def slopes(frame: pd.DataFrame, *, view: View, total: bool) -> dict[str, Any]:
    """The rows as drawn.

    frame: a row a line of the chart, in order, the first being the total where `total`. Columns: name, pct_per_year,
    lower_cl, upper_cl (NaN where there is no trend to tell), verdict ("rising", "falling", "no clear trend",
    "too few"), figures (the trend as written), check (Sen's slope as written), season (as written), hover.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    n = len(frame)
    reach = _reach(frame)
    shapes = [line(0, 0, 0, n, view=view, color="chart-zero", width=1.5)]
    ticks = [tick for tick in _TICKS if reach[0] <= math.log(tick) <= reach[1]]
    shapes += [line(math.log(k), 0, math.log(k), n, view=view, color="chart-grid") for k in ticks if k != 1.0]
    small: dict[str, Any] = {"view": view, "color": "chart-note", "size": SIZE_AXIS}
    head: dict[str, Any] = {**small, "paper": "xy", "valign": "bottom"}
    notes: list[dict[str, Any]] = []
    if wide:
        notes += [
            text("Check (Sen’s slope)", 0.645, 1, anchor="right", **head),
            text("Season", 0.69, 1, **head),
            text("A year", 1, 1, anchor="right", **head),
        ]
    notes += [
        text("falling&nbsp;", 0, 1, anchor="right", paper="y", valign="bottom", **small),
        text("&nbsp;rising", 0, 1, paper="y", valign="bottom", **small),
    ]
    strokes: dict[str, list[tuple[float, float, float]]] = {"rising": [], "falling": [], "": []}
    marks: dict[str, list[tuple[float, float, str]]] = {"rising": [], "falling": [], "": []}
    for index, row in enumerate(records(frame)):
        y = n - index - 0.5 if wide else n - index - 0.76
        label = n - index - 0.5 if wide else n - index - 0.3
        kind = row["verdict"] if row["verdict"] in _MARK else ""
        strong = bool(kind) or (total and index == 0)
        plain: dict[str, Any] = {"view": view, "paper": "x", "behind": not wide}
        notes.append(text(str(row["name"]), 0, label, bold=strong, color="text" if strong else "chart-text", **plain))
        color = _WORD.get(row["verdict"], "chart-text")
        notes.append(text(row["figures"], 1, label, anchor="right", bold=bool(kind), color=color, **plain))
        if wide:
            notes.append(text(row["check"], 0.645, label, anchor="right", **plain))
            notes.append(text(row["season"], 0.69, label, **plain))
        edge = "chart-axis" if total and index == 0 else "chart-grid"
        shapes.append(line(0, n - index - 1, 1, n - index - 1, view=view, paper="x", color=edge))
        if not math.isfinite(row["pct_per_year"]):
            continue
        at, low, high = (_log(row[key]) for key in ("pct_per_year", "lower_cl", "upper_cl"))
        strokes[kind].append((max(low, reach[0]), min(high, reach[1]), y))
        marks[kind].append((min(max(at, reach[0]), reach[1]), y, row["hover"]))
    data: list[dict[str, Any]] = []
    for kind, parts in strokes.items():
        if parts:
            xs, ys = segments(*zip(*parts, strict=True))
            style = {"color": t[_MARK[kind][1]] if kind else t["level"], "width": 2}
            data.append({"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip", "line": style})
    for kind, points in marks.items():
        if points:
            symbol, color = (_MARK[kind][0], t[_MARK[kind][1]]) if kind else ("circle", t["level"])
            data.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": [p[0] for p in points],
                    "y": [p[1] for p in points],
                    "hovertext": [p[2] for p in points],
                    "hoverinfo": "text",
                    "marker": {
                        "symbol": symbol,
                        "size": 12 if kind else 10,
                        "color": color,
                        "line": {"width": 1.5, "color": t["chart-halo"]},
                    },
                }
            )
    return figure(
        data,
        view,
        slopes_height(n, view),
        margin={"l": 0, "r": 0, "t": 26, "b": 30},
        xaxis={
            **FIXED_AXIS,
            "range": [reach[0] - 0.005, reach[1] + 0.005],
            "domain": [0.23, 0.53] if wide else [0.02, 0.98],
            "tickvals": [math.log(tick) for tick in ticks],
            "ticktext": [change(100 * (tick - 1)) if tick != 1 else "0" for tick in ticks],
        },
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )


def _reach(frame: pd.DataFrame) -> tuple[float, float]:
    """The ends of the axis: all points, and intervals as far as half or one and a half times a year."""
    ends = [_log(v) for key in ("lower_cl", "upper_cl") for v in frame[key] if math.isfinite(v)]
    widest = max([math.log(1.12), *(abs(end) for end in ends if math.isfinite(end))])
    widest = min(widest, math.log(1.5))
    return -widest, widest


def _log(percent: float) -> float:
    ratio = 1 + percent / 100
    return math.log(ratio) if ratio > 0 else -math.inf
