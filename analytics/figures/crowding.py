"""How few places hold how much: the share of places against the share of incidents they hold, beside chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, line, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View

__all__ = ["crowding"]

_TICKS = (0, 25, 50, 75, 100)


def crowding(
    places: Sequence[float],
    held: Sequence[float],
    chance: Sequence[float],
    *,
    marks: Sequence[tuple[float, float, str]],
    what: str,
    view: View,
    height: int,
) -> dict[str, Any]:
    """Curves in per cent: `held` and `chance` over `places`, busiest first.

    marks: (share of places, share held, words) on the curve. what: the places, as the axis names them.
    """
    t = tokens(view.scheme)
    shapes = [line(0, tick, 100, tick, view=view, color="chart-grid") for tick in _TICKS[1:]]
    shapes.append(line(0, 0, 100, 0, view=view, color="chart-axis"))
    notes = []
    per_pixel = 100 / (height - 56)
    least = 101.0
    for x, y, words in reversed(marks):
        at = min(y - 9 * per_pixel, least - 19 * per_pixel)
        least = at
        notes.append(text(words, x, at, view=view, bold=True, color="chart-ours", xshift=9, behind=True))
    late = min(len(places) - 1, round(0.7 * len(places)))
    notes.append(
        text("by chance alone", 99, chance[late] - 26 * per_pixel, view=view, size=SIZE_AXIS, color="chart-note",
             anchor="right")
    )  # fmt: skip
    notes.append(
        text(f"{what}, busiest first", 1, 0, view=view, paper="xy", anchor="right", size=SIZE_AXIS, color="chart-note",
             yshift=-36)
    )  # fmt: skip
    named = "Share of incidents they hold"
    notes.append(text(named, 0, 1, view=view, paper="xy", size=SIZE_AXIS, color="chart-note", yshift=14))
    axis = {**FIXED_AXIS, "tickvals": list(_TICKS), "ticktext": [f"{tick} %" for tick in _TICKS]}
    return figure(
        [
            {
                "type": "scatter", "mode": "lines", "x": list(places), "y": list(chance), "hoverinfo": "skip",
                "line": {"color": t["chart-peer-line"], "width": 2, "dash": "5px,4px"},
            },
            {
                "type": "scatter", "mode": "lines", "x": list(places), "y": list(held), "hoverinfo": "skip",
                "line": {"color": t["chart-ours"], "width": 2.5},
            },
            {
                "type": "scatter", "mode": "markers", "x": [m[0] for m in marks], "y": [m[1] for m in marks],
                "hovertext": [m[2] for m in marks], "hoverinfo": "text",
                "marker": {"size": 9, "color": t["chart-ours"], "line": {"width": 1.5, "color": t["chart-halo"]}},
            },
        ],
        view,
        height,
        margin={"l": 44, "r": 4, "t": 26, "b": 46},
        xaxis={**axis, "range": [0, 101], "automargin": False},
        yaxis={**axis, "range": [0, 101], "automargin": False},
        shapes=shapes,
        annotations=notes,
    )  # fmt: skip
