"""How evidence becomes a value: a drawing a criterion, its line from 0 to 1, the problems on it as dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View

__all__ = ["ValueFunction", "value_functions", "value_functions_height"]

_COLUMNS = {"wide": 3, "narrow": 1}
_HEIGHT = 196


@dataclass(frozen=True)
class ValueFunction:
    """low_words, high_words: what 0 and 1 stand for. xs, ys: the line, x from 0 (low end) to 1, as the evidence runs.
    dots: place along the axis, value, and hover of each problem."""

    name: str
    low_words: str
    high_words: str
    xs: Sequence[float]
    ys: Sequence[float]
    dots: Sequence[tuple[float, float, str]]


def value_functions_height(count: int, view: View) -> int:
    """Pixels for so many drawings."""
    return math.ceil(max(count, 1) / _COLUMNS[view.width]) * _HEIGHT


def value_functions(drawn: Sequence[ValueFunction], *, view: View) -> dict[str, Any]:
    """The drawings side by side, three in a row; below each other on a phone."""
    t = tokens(view.scheme)
    columns = _COLUMNS[view.width]
    rows = math.ceil(max(len(drawn), 1) / columns)
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    gap = 0.05 if columns > 1 else 0.0
    width = (1 - gap * (columns - 1)) / columns
    for index, one in enumerate(drawn):
        column, row = index % columns, index // columns
        left = column * (width + gap)
        top = 1 - row / rows
        number = "" if not index else str(index + 1)
        x_domain = [left + 0.03 * width, left + width]
        y_domain = [max(0.0, top - 1 / rows * (_HEIGHT - 52) / _HEIGHT), top - 30 / (_HEIGHT * rows)]
        axes[f"xaxis{number}"] = {
            **FIXED_AXIS, "range": [-0.03, 1.03], "domain": x_domain, "anchor": f"y{number}", "showticklabels": False,
            "automargin": False, "showline": True, "linecolor": t["chart-axis"],
        }  # fmt: skip
        axes[f"yaxis{number}"] = {
            **FIXED_AXIS, "range": [-0.06, 1.1], "domain": y_domain, "anchor": f"x{number}", "automargin": False,
            "showgrid": True, "tickvals": [0, 0.5, 1], "ticktext": ["0", "0.5", "1"], "showticklabels": True,
        }  # fmt: skip
        on = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": list(one.xs), "y": list(one.ys), **on, "hoverinfo": "skip",
                "line": {"color": t["chart-peer-line"], "width": 2},
            }
        )  # fmt: skip
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x for x, _, _ in one.dots],
                "y": [y for _, y, _ in one.dots],
                "hovertext": [words for _, _, words in one.dots],
                "hoverinfo": "text",
                **on,
                "marker": {"size": 9, "color": t["chart-ours"], "line": {"width": 1.5, "color": t["chart-halo"]}},
            }
        )
        low = y_domain[0]
        small: dict[str, Any] = {"view": view, "paper": "xy", "color": "chart-note", "size": SIZE_AXIS}
        notes += [
            text(one.name, left, top, view=view, paper="xy", bold=True, valign="top"),
            text(one.low_words, x_domain[0], low, valign="top", yshift=-4, **small),
            text(one.high_words, x_domain[1], low, valign="top", anchor="right",
                 yshift=-20 if len(one.low_words) + len(one.high_words) > 34 else -4, **small),
        ]  # fmt: skip
    return figure(
        data,
        view,
        value_functions_height(len(drawn), view),
        margin={"l": 22, "r": 2, "t": 0, "b": 0},
        annotations=notes,
        **axes,
    )
