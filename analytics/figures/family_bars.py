"""The members of a family by their rate: dots with intervals on the ordinary band, the mean, and who has no figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, band, figure, hatched, line, nice_ticks, segments, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from analytics.words import rate

__all__ = ["family_bars", "family_bars_height"]

_ROW = {"wide": 27, "narrow": 30}
_NARROWEST = 325
"""Pixels of the narrowest drawing: a third of a page at 1,440, or a phone."""


def family_bars_height(rows: int, left_out: int, view: View) -> int:
    """Pixels for so many members with a figure and so many without."""
    return 26 + rows * _ROW[view.width] + 30 + (left_out * 24 + 10 if left_out else 0)


def family_bars(
    frame: pd.DataFrame,
    *,
    left_out: Sequence[tuple[str, str]],
    mean: float,
    ordinary: tuple[float, float],
    view: View,
) -> dict[str, Any]:
    """frame: a row a member with a figure, in order: member_name, is_self, rate_per_1000, lower_cl, upper_cl, hover.

    left_out: name and what is missing. ordinary: where a member would lie that is like the others; NaN for none.
    """
    t = tokens(view.scheme)
    across = view.room or _NARROWEST
    rows = frame.to_dict("records")
    n, gone, row_height = len(rows), len(left_out), _ROW[view.width]
    height = family_bars_height(n, gone, view)
    names = [*(str(row["member_name"]) for row in rows), *(name for name, _ in left_out)]
    longest = max((text_width(name) for name in names), default=0)
    left = min((longest + 14) / across, 0.5)
    right = 0.86
    top = max([*(row["upper_cl"] for row in rows), mean, ordinary[1] if math.isfinite(ordinary[1]) else 0.0]) * 1.03
    ticks = nice_ticks(top, 5)
    shapes = [line(tick, 0, tick, n, view=view, color="chart-grid") for tick in ticks if tick]
    if math.isfinite(ordinary[0]):
        shapes.insert(0, band(ordinary[0], 0, ordinary[1], n, view=view))
    shapes += [
        line(mean, 0, mean, n, view=view, color="chart-zero", width=2),
        line(0, 0, top, 0, view=view, color="chart-axis"),
    ]
    notes = [
        text(
            f"mean {rate(mean)}",
            mean,
            n,
            view=view,
            anchor="center",
            valign="bottom",
            color="chart-note",
            size=SIZE_AXIS,
        )
    ]
    axis: dict[str, Any] = {"view": view, "anchor": "center", "valign": "top", "color": "chart-note", "size": SIZE_AXIS}
    notes += [text(f"{tick:,}", tick, 0, yshift=-5, **axis) for tick in ticks]
    data: list[dict[str, Any]] = []
    for ours in (False, True):
        part = [(row, n - index - 0.5) for index, row in enumerate(rows) if bool(row["is_self"]) is ours]
        if not part:
            continue
        color = t["chart-ours"] if ours else t["level"]
        xs, ys = segments([r["lower_cl"] for r, _ in part], [r["upper_cl"] for r, _ in part], [y for _, y in part])
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": xs,
                "y": ys,
                "hoverinfo": "skip",
                "line": {"color": color, "width": 2.5 if ours else 2},
            }
        )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [r["rate_per_1000"] for r, _ in part],
                "y": [y for _, y in part],
                "hovertext": [r["hover"] for r, _ in part],
                "hoverinfo": "text",
                "marker": {
                    "size": 14 if ours else 10,
                    "color": color,
                    "line": {"width": 1.5, "color": t["chart-halo"]},
                },
            }
        )
        for r, y in part:
            color_role = "chart-ours" if ours else "chart-text"
            notes.append(text(str(r["member_name"]), 0, y, view=view, paper="x", bold=ours, color=color_role))
            words = rate(r["rate_per_1000"])
            notes.append(text(words, 1, y, view=view, paper="x", anchor="right", bold=ours, color=color_role))
    # Below the axis, in the same units: 24 pixels a member without a figure.
    step = 24 / row_height
    start = -(38 / row_height)
    for index, (name, words) in enumerate(left_out):
        y = start - (index + 0.5) * step
        notes.append(text(name, 0, y, view=view, paper="x", color="chart-note"))
        data.append(hatched([top / 2], y - 0.33 * step, y + 0.33 * step, top, view=view))
        notes.append(
            text(words, top / 2, y, view=view, anchor="center", color="unknown-text", size=SIZE_AXIS, behind=True)
        )
    bottom = start - gone * step
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 24, "b": 28 if not gone else 4},
        xaxis={**FIXED_AXIS, "range": [0, top], "domain": [left, right], "showticklabels": False},
        yaxis={**FIXED_AXIS, "range": [bottom if gone else 0, n], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )
