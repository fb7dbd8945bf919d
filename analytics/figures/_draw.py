"""Small pieces every figure is made of: texts, lines, bands and hatches as plain dicts in the theme's colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analytics.figures._theme import SIZE_TEXT, template, tokens
from analytics.panels._model import View

__all__ = [
    "FIXED_AXIS",
    "ROWS",
    "band",
    "figure",
    "hatched",
    "line",
    "nice_ticks",
    "segments",
    "text",
    "text_width",
]

FIXED_AXIS: dict[str, Any] = {
    "fixedrange": True,
    "showgrid": False,
    "showline": False,
    "ticks": "",
    "zeroline": False,
    "tickangle": 0,
}


ROWS = "rows"
"""`layout.meta` of a chart of rows: on a page it grows to half as much again at most, lest few rows lie far apart."""


def figure(data: list[dict[str, Any]], view: View, height: int, **layout: Any) -> dict[str, Any]:
    """A figure as a plain dict: data and layout with the theme's template and a fixed height in pixels."""
    return {"data": data, "layout": {"template": template(view.scheme), "height": height, "autosize": True, **layout}}


def text(
    words: str,
    x: Any,
    y: Any,
    *,
    view: View,
    color: str = "chart-text",
    bold: bool = False,
    size: float = SIZE_TEXT,
    anchor: str = "left",
    valign: str = "middle",
    paper: str = "",
    behind: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """A text in a chart. `paper` names the axes ("x", "y" or "xy") on which the place is a share of the chart."""
    t = tokens(view.scheme)
    made: dict[str, Any] = {
        "text": f"<b>{words}</b>" if bold else words,
        "x": x,
        "y": y,
        "xref": "paper" if "x" in paper else "x",
        "yref": "paper" if "y" in paper else "y",
        "xanchor": anchor,
        "yanchor": valign,
        "showarrow": False,
        "align": anchor if anchor in {"left", "right"} else "center",
        "font": {"size": size, "color": t[color]},
        "borderpad": 1,
    }
    if behind:
        made["bgcolor"] = t["surface"]
    return {**made, **more}


def line(
    x0: Any,
    y0: Any,
    x1: Any,
    y1: Any,
    *,
    view: View,
    color: str,
    width: float = 1,
    dash: str = "solid",
    paper: str = "",
) -> dict[str, Any]:
    """A straight line below the marks."""
    return {
        "type": "line",
        "x0": x0,
        "y0": y0,
        "x1": x1,
        "y1": y1,
        "xref": "paper" if "x" in paper else "x",
        "yref": "paper" if "y" in paper else "y",
        "line": {"color": tokens(view.scheme)[color], "width": width, "dash": dash},
        "layer": "below",
    }


def band(
    x0: Any, y0: Any, x1: Any, y1: Any, *, view: View, color: str = "chart-band", paper: str = ""
) -> dict[str, Any]:
    """A filled band below the marks."""
    return {
        **line(x0, y0, x1, y1, view=view, color=color, width=0, paper=paper),
        "type": "rect",
        "fillcolor": tokens(view.scheme)[color],
    }


def hatched(x: Sequence[Any], base: float, top: float, width: Any, *, view: View) -> dict[str, Any]:
    """The purple hatch over what is not known, above bands and lines: one box a place in `x`, from `base` to `top`."""
    t = tokens(view.scheme)
    widths = [width] * len(x) if not isinstance(width, Sequence) else list(width)
    xs: list[Any] = []
    ys: list[Any] = []
    for centre, wide in zip(x, widths, strict=True):
        left, right = centre - wide / 2, centre + wide / 2
        xs += [left, right, right, left, left, None]
        ys += [base, base, top, top, base, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs[:-1],
        "y": ys[:-1],
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": t["unknown-wash"],
        "fillpattern": {
            "shape": "/",
            "fgcolor": t["unknown"],
            "bgcolor": t["unknown-wash"],
            "size": 7,
            "solidity": 0.22,
        },
        "hoverinfo": "skip",
    }


def segments(starts: Sequence[float], ends: Sequence[float], ys: Sequence[float]) -> tuple[list[Any], list[Any]]:
    """Level strokes as the x and y of one trace, divided by None."""
    xs: list[Any] = []
    levels: list[Any] = []
    for a, b, y in zip(starts, ends, ys, strict=True):
        xs += [a, b, None]
        levels += [y, y, None]
    return xs, levels


def nice_ticks(top: float, most: int = 5) -> list[float]:
    """Round tick values from 0 to at or below `top`.

    >>> nice_ticks(231)
    [0, 50, 100, 150, 200]
    >>> nice_ticks(6)
    [0, 2, 4, 6]
    """
    if not top > 0:
        return [0]
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough * 0.999)
    ticks = [i * step for i in range(int(top / step * 1.0001) + 1)]
    return [int(v) if step >= 1 else round(v, 10) for v in ticks]


_NARROW = set("iljtfr.,:;'|!()[] I")
_BROAD = set("mwMWOQGD%@—")


def text_width(words: str, size: float = SIZE_TEXT, *, bold: bool = False) -> float:
    """About how many pixels a text takes in Source Sans 3; errs on the wide side.

    >>> 30 < text_width("Burglary") < 70
    True
    """
    em = sum(0.30 if c in _NARROW else 0.80 if c in _BROAD else 0.60 if c.isupper() else 0.51 for c in words)
    return em * size * (1.05 if bold else 1.0)
