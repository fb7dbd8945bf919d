"""Wards by two figures: a dot with its interval each, the ones that stand apart named beside their dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import shapely

from analytics.figures._draw import FIXED_AXIS, figure, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.frames import records
from analytics.panels._model import View
from geo.labels import placed_labels

__all__ = ["ward_scatter", "ward_scatter_height"]

_SIZE = {"wide": (430, 380), "narrow": (318, 340)}
_LEFT, _TOP, _BOTTOM = 34, 26, 46


def ward_scatter_height(view: View) -> int:
    """Pixels of the drawing."""
    return _SIZE[view.width][1]


def ward_scatter(
    frame: pd.DataFrame,
    *,
    named: Sequence[str],
    focus: str | None,
    y_title: str,
    x_title: str,
    x_ends: tuple[str, str],
    view: View,
) -> dict[str, Any]:
    """The scatter of wards.

    frame: a row a ward: ward_code, ward_name, x, y, y_lower, y_upper, visitor_ward, hover. named: codes of the wards
    whose names are written, in the order of their importance. x_ends: what the axis' two ends mean.
    """
    t = tokens(view.scheme)
    rows = records(frame)
    width, height = _SIZE[view.width]
    inner_width, inner_height = width - _LEFT, height - _TOP - _BOTTOM
    low_x, high_x = float(frame["x"].min()), float(frame["x"].max())
    spread = (high_x - low_x) or 1.0
    range_x = (low_x - 0.08 * spread, high_x + 0.08 * spread)
    top = max(float(frame["y_upper"].fillna(frame["y"]).max()), 1e-9) * 1.05
    pixel_x, pixel_y = (range_x[1] - range_x[0]) / inner_width, top / inner_height

    def at(row: dict[str, Any]) -> tuple[float, float]:
        """A ward's place in pixels from the lower left corner of the drawing."""
        return (row["x"] - range_x[0]) / pixel_x, row["y"] / pixel_y

    strokes = [
        shapely.LineString([(at(row)[0], _or(row["y_lower"], row["y"]) / pixel_y),
                            (at(row)[0], _or(row["y_upper"], row["y"]) / pixel_y)])
        for row in rows
    ]  # fmt: skip
    marks = shapely.union_all(
        [*(_square(*at(row)) for row in rows), *(stroke.buffer(3, cap_style="flat") for stroke in strokes)]
    )
    by_code = {row["ward_code"]: row for row in rows}
    written = [by_code[code] for code in named if code in by_code]
    labels = placed_labels(
        [at(row) for row in written],
        [(text_width(row["ward_name"], bold=row["ward_code"] == focus) + 4, 19.0) for row in written],
        land=marks,
        pixel=1,
        frame=(2, 2, inner_width, inner_height + 6),
    )
    ticks = nice_ticks(top, 4)
    shapes = [
        line(0, tick, 1, tick, view=view, paper="x", color="chart-grid" if tick else "chart-axis") for tick in ticks
    ]
    leaders: dict[str, list[float | None]] = {"x": [], "y": []}
    notes = []
    for row, label in zip(written, labels, strict=True):
        x, y = range_x[0] + label.x * pixel_x, label.y * pixel_y
        if shapely.Point(at(row)).distance(shapely.Point(label.x, label.y)) > 20:
            leaders["x"] += [row["x"], x, None]
            leaders["y"] += [row["y"], y, None]
        is_focus = row["ward_code"] == focus
        notes.append(
            text(
                row["ward_name"], x, y,
                view=view, anchor=label.xanchor, valign=label.yanchor, bold=is_focus,
                color="chart-ours" if is_focus else "chart-text",
                xshift={"left": 1, "center": 0, "right": -1}[label.xanchor],
            )
        )  # fmt: skip
    small: dict[str, Any] = {"view": view, "size": SIZE_AXIS, "color": "chart-note"}
    notes += [
        text(y_title, 0, 1, paper="xy", valign="bottom", yshift=8, xshift=-_LEFT, **small),
        text(x_title, 0.5, 0, paper="xy", anchor="center", valign="top", yshift=-20, **small),
        text(x_ends[0], 0, 0, paper="xy", valign="top", yshift=-2, **small),
        text(x_ends[1], 1, 0, paper="xy", anchor="right", valign="top", yshift=-2, **small),
    ]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [x for row in rows for x in (row["x"], row["x"], None)],
            "y": [y for row in rows for y in (row["y_lower"], row["y_upper"], None)],
            "hoverinfo": "skip",
            "line": {"color": t["chart-peer"], "width": 1.5},
        },
        {
            "type": "scatter",
            "mode": "lines",
            **leaders,
            "hoverinfo": "skip",
            "line": {"color": t["chart-peer-line"], "width": 1},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [row["x"] for row in rows],
            "y": [row["y"] for row in rows],
            "customdata": [[row["ward_code"]] for row in rows],
            "hovertext": [row["hover"] for row in rows],
            "hoverinfo": "text",
            "marker": {
                "symbol": ["diamond" if row["visitor_ward"] is True else "circle" for row in rows],
                "size": [12 if row["visitor_ward"] is True or row["ward_code"] == focus else 10 for row in rows],
                "color": [t["chart-ours"] if row["ward_code"] == focus else t["level"] for row in rows],
                "opacity": 1,
                "line": {"width": 1.5, "color": t["chart-halo"]},
            },
        },
    ]
    return figure(
        data,
        view,
        height,
        margin={"l": _LEFT, "r": 0, "t": _TOP, "b": _BOTTOM},
        xaxis={**FIXED_AXIS, "range": list(range_x), "showticklabels": False},
        yaxis={
            **FIXED_AXIS,
            "range": [0, top],
            "tickvals": ticks,
            "tickfont": {"size": SIZE_AXIS, "color": t["chart-note"]},
            "automargin": False,
        },
        shapes=shapes,
        annotations=notes,
    )


def _or(value: Any, other: float) -> float:
    return other if pd.isna(value) else float(value)


def _square(x: float, y: float, half: float = 7) -> Any:
    return shapely.box(x - half, y - half, x + half, y + half)
