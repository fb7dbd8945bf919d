"""Changes on one screen: a row each, both counts, the ratio with its interval on a log axis, the change in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, ROWS, figure, line, segments, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from analytics.words import change, change_limit, integer

__all__ = ["forest", "forest_height"]

_TICKS = (0.5, 0.75, 1.0, 1.5, 2.0)
_RANGE = (math.log(0.44), math.log(2.3))
_MARK = {"rose": ("triangle-up", "higher"), "fell": ("triangle-down", "lower")}
_WORD = {"rose": "higher-text", "fell": "lower-text"}
_ROW = {"wide": 24, "narrow": 54}


def forest_height(rows: int, view: View) -> int:
    """Pixels for a forest of so many rows: header, rows, axis."""
    return 28 + rows * _ROW[view.width] + 34


def forest(
    frame: pd.DataFrame,
    *,
    name: str,
    heading: str,
    current_label: str,
    previous_label: str,
    view: View,
    total: bool = False,
    sparks: Sequence[Sequence[float]] | None = None,
) -> dict[str, Any]:
    """The change chart as drawn in the design, where `sparks` are given with a small line of months in each row.

    frame: a row a line of the chart, in order, the first being the total where `total`. Columns: `name`, previous,
    compared, change_pct, change_lower_cl, change_upper_cl, verdict ("rose", "fell", "no clear change",
    "too few", "no data"); changes in %, NaN where there is none. sparks: for each row its months, NaN for a gap.
    """
    before_at, now_at = (0.37, 0.46) if sparks is None else (0.45, 0.52)
    wide = view.width == "wide"
    t = tokens(view.scheme)
    n = len(frame)
    shapes: list[dict[str, Any]] = [line(0, 0, 0, n, view=view, color="chart-zero", width=1.5)]
    shapes += [
        line(math.log(tick), 0, math.log(tick), n, view=view, color="chart-grid") for tick in _TICKS if tick != 1.0
    ]
    notes: list[dict[str, Any]] = []
    if wide:
        notes += [
            text(heading, 0, 1, view=view, paper="xy", valign="bottom", color="chart-note", size=SIZE_AXIS),
            text(
                previous_label,
                before_at,
                1,
                view=view,
                paper="xy",
                anchor="right",
                valign="bottom",
                color="chart-note",
                size=SIZE_AXIS,
            ),
            text(
                current_label,
                now_at,
                1,
                view=view,
                paper="xy",
                anchor="right",
                valign="bottom",
                color="chart-note",
                size=SIZE_AXIS,
            ),
            text(
                "Change",
                1,
                1,
                view=view,
                paper="xy",
                anchor="right",
                valign="bottom",
                color="chart-note",
                size=SIZE_AXIS,
            ),
        ]
    notes += [
        text(
            "fewer&nbsp;",
            0,
            1,
            view=view,
            paper="y",
            anchor="right",
            valign="bottom",
            color="chart-note",
            size=SIZE_AXIS,
        ),
        text("&nbsp;more", 0, 1, view=view, paper="y", valign="bottom", color="chart-note", size=SIZE_AXIS),
    ]
    marks: dict[str, list[tuple[float, float, str]]] = {"rose": [], "fell": [], "": []}
    strokes: dict[str, list[tuple[float, float, float]]] = {"rose": [], "fell": [], "": []}
    leaving: list[tuple[float, float, str]] = []
    for index, row in enumerate(frame.to_dict("records")):
        y = n - index - 0.5 if wide else n - index - 0.78
        label_y = n - index - 0.5 if wide else n - index - 0.3
        verdict = row["verdict"]
        kind = verdict if verdict in _MARK else ""
        strong = bool(kind) or (total and index == 0)
        figures = _figures(row, verdict)
        notes.append(
            text(
                str(row[name]), 0, label_y, view=view, paper="x", bold=strong, behind=not wide,
                color="text" if strong else "chart-text",
            )
        )  # fmt: skip
        if wide:
            notes.append(text(integer(row["previous"]), before_at, label_y, view=view, paper="x", anchor="right"))
            notes.append(text(integer(row["compared"]), now_at, label_y, view=view, paper="x", anchor="right"))
            notes.append(
                text(
                    figures,
                    1,
                    label_y,
                    view=view,
                    paper="x",
                    anchor="right",
                    bold=bool(kind),
                    color=_WORD.get(verdict, "chart-text"),
                )
            )
        else:
            both = f"{integer(row['previous'])} to {integer(row['compared'])}&nbsp;&nbsp;"
            words = f"{both}<b>{figures}</b>" if kind else both + figures
            notes.append(
                text(
                    words,
                    1,
                    label_y,
                    view=view,
                    paper="x",
                    anchor="right",
                    behind=True,
                    color=_WORD.get(verdict, "chart-text"),
                )
            )
        shapes.append(
            line(
                0,
                n - index - 1,
                1,
                n - index - 1,
                view=view,
                paper="x",
                color="chart-axis" if total and index == 0 else "chart-grid",
            )
        )
        if verdict in {"too few", "no data"} or not _finite(row["change_pct"]):
            continue
        ratio, low, high = (_log(row[key]) for key in ("change_pct", "change_lower_cl", "change_upper_cl"))
        strokes[kind].append((max(low, _RANGE[0]), min(high, _RANGE[1]), y))
        if low < _RANGE[0]:
            leaving.append((_RANGE[0], y, "left"))
        if high > _RANGE[1]:
            leaving.append((_RANGE[1], y, "right"))
        hover = (
            f"<b>{row[name]}</b><br>{integer(row['previous'])} to {integer(row['compared'])} incidents<br>"
            f"{figures}, 95 % interval {change_limit(row['change_lower_cl'])} to "
            f"{change_limit(row['change_upper_cl'])}<br>"
            f"{verdict}"
        )
        marks[kind].append((min(max(ratio, _RANGE[0]), _RANGE[1]), y, hover))
    data: list[dict[str, Any]] = []
    for kind, parts in strokes.items():
        color = t[_MARK[kind][1]] if kind else t["level"]
        if parts:
            xs, ys = segments(*zip(*parts, strict=True))
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": xs,
                    "y": ys,
                    "hoverinfo": "skip",
                    "line": {"color": color, "width": 2},
                }
            )
    if leaving:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x for x, _, _ in leaving],
                "y": [y for _, y, _ in leaving],
                "hoverinfo": "skip",
                "marker": {
                    "symbol": [f"arrow-{side}-open" for _, _, side in leaving],
                    "size": 8,
                    "color": t["level"],
                    "line": {"width": 1.5},
                },
            }
        )
    for kind, points in marks.items():
        symbol, color = (_MARK[kind][0], t[_MARK[kind][1]]) if kind else ("circle", t["level"])
        if points:
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
    axis = {
        **FIXED_AXIS,
        "range": [_RANGE[0] - 0.02, _RANGE[1] + 0.02],
        "domain": ([0.48, 0.88] if sparks is None else [0.55, 0.9])
        if wide
        else [0.02 if sparks is None else 0.36, 0.98],
        "tickvals": [math.log(tick) for tick in _TICKS],
        "ticktext": [change(100 * (tick - 1)) if tick != 1 else "0" for tick in _TICKS],
    }
    more: dict[str, Any] = {}
    if sparks is not None:
        data += _sparks(sparks, view)
        months = max((len(values) for values in sparks), default=1)
        more["xaxis2"] = {
            **FIXED_AXIS,
            "range": [-0.5, months - 0.5],
            "domain": [0.24, 0.37] if wide else [0.0, 0.32],
            "anchor": "y",
            "showticklabels": False,
        }
    return figure(
        data,
        view,
        forest_height(n, view),
        meta=ROWS,
        margin={"l": 0, "r": 0, "t": 26, "b": 30},
        xaxis=axis,
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
        **more,
    )


def _sparks(sparks: Sequence[Sequence[float]], view: View) -> list[dict[str, Any]]:
    """Each row's months as a line from zero to its own top, with a dot at the last month there is."""
    t = tokens(view.scheme)
    base, room = (0.14, 0.72) if view.width == "wide" else (0.04, 0.4)
    xs: list[Any] = []
    ys: list[Any] = []
    ends: tuple[list[float], list[float]] = ([], [])
    for index, values in enumerate(sparks):
        known = [(x, value) for x, value in enumerate(values) if math.isfinite(value)]
        top = max((value for _, value in known), default=0.0) or 1.0
        floor = len(sparks) - index - 1 + base
        xs += [*range(len(values)), None]
        ys += [floor + room * value / top if math.isfinite(value) else None for value in values] + [None]
        if known:
            ends[0].append(known[-1][0])
            ends[1].append(floor + room * known[-1][1] / top)
    small = {"type": "scatter", "xaxis": "x2", "hoverinfo": "skip"}
    line_style = {"color": t["chart-peer-line"], "width": 1.25}
    return [
        {**small, "mode": "lines", "x": xs, "y": ys, "connectgaps": False, "line": line_style},
        {**small, "mode": "markers", "x": ends[0], "y": ends[1], "marker": {"color": t["chart-ours"], "size": 5}},
    ]


def _figures(row: dict[str, Any], verdict: str) -> str:
    if verdict in {"too few", "no data"}:
        return "too few to tell" if verdict == "too few" else "no data"
    return change(row["change_pct"]) if _finite(row["change_pct"]) else "from none"


def _finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _log(percent: float) -> float:
    ratio = 1 + percent / 100
    return math.log(ratio) if ratio > 0 else -math.inf
