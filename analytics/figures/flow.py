"""From rows read to rows used: a thin bar a step on a common track, its words above it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, text
from analytics.figures._theme import tokens
from analytics.frames import records
from analytics.panels._model import View
from analytics.words import integer

__all__ = ["row_flow", "row_flow_height"]

_ROW = 50
_BAR = 10
_LEAST = 2.5
"""Pixels a step of at least one row is wide, however small its share."""
_FILL = {"total": "chart-ours", "left out": "level", "elsewhere": "chart-peer", "used": "chart-ours"}


def row_flow_height(steps: int) -> int:
    """Pixels for so many steps."""
    return steps * _ROW + 4


def row_flow(frame: pd.DataFrame, *, view: View) -> dict[str, Any]:
    """The steps as drawn in the design: each bar from zero, on the scale of the first.

    frame: a row a step, in order: step (words), rows, kind ("total", "left out", "elsewhere", "used"), hover.
    The first step is the whole. Figures of steps that take rows away stand with a minus.
    """
    t = tokens(view.scheme)
    n = len(frame)
    whole = max(float(frame["rows"].iloc[0]), 1.0)
    tops = [n - i - 24 / _ROW for i in range(n)]
    centres = [top - _BAR / 2 / _ROW for top in tops]
    rows = frame["rows"].astype("float64").tolist()
    data = [
        {
            "type": "bar", "orientation": "h", "x": [whole] * n, "y": centres, "width": _BAR / _ROW,
            "hoverinfo": "skip", "marker": {"color": t["chart-band"], "cornerradius": 3},
        },
        {
            "type": "bar", "orientation": "h", "x": rows, "y": centres, "width": _BAR / _ROW,
            "hovertext": list(frame["hover"]), "hoverinfo": "text",
            "marker": {"color": [t[_FILL[kind]] for kind in frame["kind"]], "cornerradius": 3},
        },
    ]  # fmt: skip
    shapes, notes = [], []
    for index, step in enumerate(records(frame)):
        strong = step["kind"] in {"total", "used"}
        y = n - index - 10 / _ROW
        figures = integer(step["rows"] if strong else -step["rows"])
        color = "text" if strong else "chart-text"
        notes.append(text(str(step["step"]), 0, y, view=view, paper="x", bold=strong, color=color))
        notes.append(text(figures, 1, y, view=view, paper="x", anchor="right", bold=strong, color=color))
        if 0 < step["rows"] / whole < 0.01:
            shapes.append({
                "type": "rect", "xref": "x", "yref": "y", "xsizemode": "pixel", "xanchor": 0, "x0": 0, "x1": _LEAST,
                "y0": tops[index] - _BAR / _ROW, "y1": tops[index], "fillcolor": t[_FILL[step["kind"]]],
                "line": {"width": 0}, "layer": "above",
            })  # fmt: skip
    return figure(
        data,
        view,
        row_flow_height(n),
        margin={"l": 0, "r": 0, "t": 0, "b": 4},
        barmode="overlay",
        xaxis={**FIXED_AXIS, "range": [0, whole], "showticklabels": False, "automargin": False},
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False, "automargin": False},
        shapes=shapes,
        annotations=notes,
    )
