"""One rate in the family: every area a dot on one line, the ordinary band, the mean, and ours named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analytics.figures._draw import FIXED_AXIS, band, figure, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from analytics.words import rate

__all__ = ["HEIGHT", "family_strip"]

HEIGHT = 132
_NARROWEST = 330


def family_strip(
    peers: Sequence[tuple[str, float]],
    *,
    ours: tuple[str, float],
    mean: float,
    ordinary: tuple[float, float],
    view: View,
) -> dict[str, Any]:
    """peers: names and rates of the others. ordinary: where a like area would lie, NaN for none."""
    t = tokens(view.scheme)
    name, value = ours
    finite = [v for v in (*(rate_ for _, rate_ in peers), value, mean, ordinary[1]) if math.isfinite(v)]
    ticks = nice_ticks(max(finite) * 1.06, 6)
    top = max(max(finite) * 1.06, ticks[-1])
    shapes = [
        line(0, 0.5, top, 0.5, view=view, color="chart-grid"),
        line(0, 0, top, 0, view=view, color="chart-axis"),
        line(mean, 0, mean, 1, view=view, color="chart-zero", width=2),
    ]
    if math.isfinite(ordinary[0]):
        shapes.insert(0, band(ordinary[0], 0, ordinary[1], 1, view=view))
    # Two names above the line: apart where they would meet.
    words = (f"family mean {rate(mean)}", f"{name} {rate(value)}")
    widths = [text_width(words[0], SIZE_AXIS), text_width(words[1], bold=True)]
    places = [_inside(at, width, top) for at, width in zip((mean, value), widths, strict=True)]
    meet = abs(places[0] - places[1]) < (sum(widths) / 2 + 12) / _NARROWEST * top
    name_of: dict[str, Any] = {"view": view, "anchor": "center", "valign": "bottom"}
    notes = [
        text(words[0], places[0], 1, color="chart-note", size=SIZE_AXIS, yshift=21 if meet else 3, **name_of),
        text(words[1], places[1], 1, color="chart-ours", bold=True, yshift=2, **name_of),
    ]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,
            "x": [v for _, v in peers],
            "y": [0.5] * len(peers),
            "hovertext": [f"<b>{who}</b><br>{rate(v)}" for who, v in peers],
            "hoverinfo": "text",
            "marker": {"size": 11, "color": t["chart-peer-dot"], "line": {"width": 1.5, "color": t["chart-halo"]}},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,
            "x": [value],
            "y": [0.5],
            "hovertext": [f"<b>{name}</b><br>{rate(value)}, family mean {rate(mean)}"],
            "hoverinfo": "text",
            "marker": {"size": 16, "color": t["chart-ours"], "line": {"width": 1.5, "color": t["chart-halo"]}},
        },
    ]
    return figure(
        data,
        view,
        HEIGHT,
        margin={"l": 6, "r": 10, "t": 46, "b": 28},
        xaxis={**FIXED_AXIS, "range": [0, top], "tickvals": ticks},
        yaxis={**FIXED_AXIS, "range": [0, 1], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )


def _inside(at: float, width: float, top: float) -> float:
    """The middle of a name that stays within the chart."""
    half = width / 2 / _NARROWEST * top
    return min(max(at, half), top - half)
