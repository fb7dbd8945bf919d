"""Wards side by side: each a small control chart, months that a rule singles out marked; a click looks at the ward."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures._breaks import break_spans, is_shaded
from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.months import runs
from analytics.panels._model import View

__all__ = ["LETTERS", "SmallChart", "ward_grid", "ward_grid_height"]

LETTERS = "abcdefghij"
_COLUMNS = {"wide": 5, "narrow": 2}
_WIDTH = {"wide": 1080, "narrow": 320}
_ROW = 118
_NAME = 290
"""Pixels a chart has across where the room is given: the longest names of wards."""
_MARK = 15
"""Pixels of the mark before the name of a ward that stands out."""
_HEAD = 34
_FOOT = 20


@dataclass(frozen=True)
class SmallChart:
    """One ward. values, centre, lower, upper, rule, side: one a month (NaN where there is none); hovers likewise.

    strong: its name in bold with a triangle (its latest month stands out); chosen: it is the ward looked at.
    """

    code: str
    name: str
    values: np.ndarray
    centre: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    rule: np.ndarray
    side: np.ndarray
    hovers: Sequence[str]
    strong: bool
    chosen: bool


def ward_grid_height(count: int, view: View) -> int:
    """Pixels for so many wards."""
    return view.tall(math.ceil(max(count, 1) / _columns(view)) * _ROW + 6)


def _columns(view: View) -> int:
    return _COLUMNS[view.width] if view.room is None else max(view.room // _NAME, 1)


def ward_grid(
    charts: Sequence[SmallChart],
    months: Sequence[date],
    *,
    breaks: pd.DataFrame,
    common: bool,
    write: Callable[[Any], str],
    view: View,
) -> dict[str, Any]:
    """The grid, row by row. breaks: in the order of LETTERS. common: one scale for all, else each to its own top."""
    t = tokens(view.scheme)
    columns = _columns(view)
    height = ward_grid_height(len(charts), view)
    tall = _ROW if view.height is None else (height - 6) / math.ceil(max(len(charts), 1) / columns)
    gap = 0.022 if view.width == "wide" else 0.05
    share = (1 - gap * (columns - 1)) / columns
    gutter = 0.032 if view.width == "wide" else 0.09
    n = len(months)
    tops = [_top(one) for one in charts]
    if common:
        tops = [max(tops)] * len(tops)
    data: list[dict[str, Any]] = []
    marks: list[tuple[float, float, SmallChart]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    width = share * view.across(_WIDTH[view.width])
    for index, (one, top) in enumerate(zip(charts, tops, strict=True)):
        row, column = divmod(index, columns)
        left = column * (share + gap)
        high, low = 1 - (row * tall + _HEAD) / height, 1 - ((row + 1) * tall - _FOOT) / height
        suffix = "" if index == 0 else str(index + 1)
        refs: dict[str, Any] = {"xref": f"x{suffix}", "yref": f"y{suffix}"}
        inside = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        axes[f"xaxis{suffix}"] = {
            **FIXED_AXIS,
            "domain": [left + gutter, left + share],
            "range": [-0.6, n - 0.4],
            "anchor": f"y{suffix}",
            "automargin": False,
            **_ticks(months),
        }
        axes[f"yaxis{suffix}"] = {
            **FIXED_AXIS,
            "domain": [low, high],
            "range": [0, top],
            "anchor": f"x{suffix}",
            "showticklabels": False,
        }
        mark = next((k[-1] for most in (2, 3, 5, 8) if len(k := nice_ticks(top * 0.98, most)) > 1), 0)
        for tick in {0, mark}:
            color = "chart-grid" if tick else "chart-axis"
            shapes.append({**line(-0.6, tick, n - 0.4, tick, view=view, color=color), **refs})
            notes.append(
                text(
                    write(tick) if tick else "0", -0.6, tick, view=view, anchor="right", size=SIZE_AXIS,
                    color="chart-note", xshift=-3, **refs,
                )
            )  # fmt: skip
        name_color = "chart-ours" if one.chosen else "text" if one.strong else "chart-text"
        notes.append(
            text(
                _whole(one.name, width - _MARK * one.strong, bold=one.strong),
                left, high, view=view, paper="xy", valign="bottom", yshift=12,
                xshift=_MARK * one.strong, bold=one.strong or one.chosen, color=name_color,
            )
        )  # fmt: skip
        _breaks(breaks, months, top, refs, shapes, notes, view, named=row == 0)
        data += _traces(one, months, top, inside, t, view)
        if one.strong:
            marks.append((left, high + 23 / height, one))
    if marks:  # on axes over the whole: a mark beyond its own chart's axes would not be drawn
        axes |= {f"{side}axis{len(charts) + 1}": {**FIXED_AXIS, "range": [0, 1], "visible": False} for side in "xy"}
        data.append(_before_the_names(marks, view.across(_WIDTH[view.width]), str(len(charts) + 1), t))
    return figure(data, view, height, margin={"l": 0, "r": 0, "t": 0, "b": 0}, shapes=shapes, annotations=notes, **axes)


def _whole(name: str, width: float, *, bold: bool) -> str:
    """The name, cut with an ellipsis where it is wider than its chart."""
    if text_width(name, bold=bold) <= width:
        return name
    while text_width(f"{name}…", bold=bold) > width:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _top(one: SmallChart) -> float:
    known = [v for v in (*one.values, *one.upper) if not math.isnan(v)]
    return (max(known, default=1.0) or 1.0) * 1.12


def _ticks(months: Sequence[date]) -> dict[str, Any]:
    places = [i for i, month in enumerate(months) if month.month == 1]
    if len(places) > 4:
        places = places[:: math.ceil(len(places) / 3)]
    if not places:
        places = [0]
    return {"tickvals": places, "ticktext": [str(months[i].year) for i in places]}


def _traces(
    one: SmallChart, months: Sequence[date], top: float, inside: dict[str, str], t: Any, view: View
) -> list[dict[str, Any]]:
    n = len(months)
    xs = list(range(n))
    plain: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": xs, **inside}

    def listed(values: np.ndarray) -> list[float | None]:
        return [None if math.isnan(v) else float(v) for v in values]

    data: list[dict[str, Any]] = []
    if not np.isnan(one.upper).any():
        data += [
            {**plain, "y": listed(one.lower), "line": {"width": 0}},
            {**plain, "y": listed(one.upper), "line": {"width": 0}, "fill": "tonexty", "fillcolor": t["chart-band"]},
            {**plain, "y": listed(one.centre), "line": {"width": 1, "color": t["level"]}},
        ]
    absent = [month for month, value in zip(months, one.values, strict=True) if math.isnan(value)]
    place = {month: i for i, month in enumerate(months)}
    for start, end in runs(absent):
        middle = (place[start] + place[end]) / 2
        data.append({**hatched([middle], 0, top, place[end] - place[start] + 1, view=view), **inside})
    marked = one.rule > 0
    names = {1: "triangle-up", -1: "triangle-down"}
    colors = {1: t["higher"], -1: t["lower"]}
    data.append(
        {
            **plain,
            "mode": "lines+markers",
            "hoverinfo": "text",
            "hovertext": list(one.hovers),
            "y": listed(one.values),
            "connectgaps": False,
            "customdata": [[one.code]] * n,
            "line": {"color": t["chart-ours"], "width": 1.5},
            "marker": {
                "size": [8 if m else 3 for m in marked],
                "symbol": [
                    names.get(int(s), "circle") if m else "circle" for m, s in zip(marked, one.side, strict=True)
                ],
                "color": [
                    colors.get(int(s), t["chart-ours"]) if m else t["chart-ours"]
                    for m, s in zip(marked, one.side, strict=True)
                ],
            },
        }
    )
    return data


def _before_the_names(
    marks: Sequence[tuple[float, float, SmallChart]], across: float, axis: str, t: Any
) -> dict[str, Any]:
    """The latest month's triangle where the name of its ward begins. marks: places as shares of the whole."""
    up = [bool(one.side[-1] > 0) for *_, one in marks]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x + 6 / across for x, *_ in marks],
        "y": [y for _, y, _ in marks],
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [one.hovers[-1] for *_, one in marks],
        "customdata": [[one.code] for *_, one in marks],
        "marker": {
            "size": 10,
            "symbol": [f"triangle-{'up' if high else 'down'}" for high in up],
            "color": [t["higher" if high else "lower"] for high in up],
        },
    }


def _breaks(
    breaks: pd.DataFrame,
    months: Sequence[date],
    top: float,
    refs: dict[str, Any],
    shapes: list[dict[str, Any]],
    notes: list[dict[str, Any]],
    view: View,
    *,
    named: bool,
) -> None:
    """Shades and dashed lines in every chart; their letters in the first row."""
    t = tokens(view.scheme)
    place = {month: i for i, month in enumerate(months)}
    letters = dict(zip(breaks["break_id"], LETTERS, strict=False))
    for start, end, row in break_spans(breaks, months):
        if is_shaded(row):
            met = [place[month] for month in months if start <= month <= end]
            x, role = met[0] - 0.5, "chart-shade-text"
            box = {"type": "rect", "layer": "below", "x0": x, "x1": met[-1] + 0.5, "y0": 0, "y1": top, **refs}
            shapes.insert(0, {**box, "fillcolor": t["chart-shade"], "line": {"width": 0}})
        else:
            x, role = place[start] - 0.5, "chart-break"
            shapes.append({**line(x, 0, x, top, view=view, color="chart-break", width=1.25, dash="dash"), **refs})
        if named and row.break_id in letters:
            notes.append(
                text(
                    f"<b>{letters[row.break_id]}</b>", x, top, view=view, color=role, size=SIZE_AXIS,
                    valign="bottom", yshift=-3, **refs,
                )
            )  # fmt: skip
