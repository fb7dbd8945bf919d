"""Wards shaded by a measure, drawn as outlines in metres, the ones that stand out named beside the land."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures._draw import figure, text, text_width
from analytics.figures._legend import LEGEND_HEIGHT, step_legend
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.frames import records
from analytics.panels._model import View
from analytics.statistics.classes import class_of
from geo.drawing import Drawing, Rings
from geo.labels import Label, placed_labels

__all__ = ["Named", "ward_map", "ward_map_height"]

_WIDTH = {"wide": 500, "narrow": 320}
"""Pixels the map is laid out for; where there is more, it grows as far as its height allows."""
_HEIGHT = {"wide": (400, 560), "narrow": (300, 460)}
_INSET = 20
_STEP = {"wide": 46, "narrow": 42}
_LINE = 19
_MARGIN = 10


@dataclass(frozen=True)
class Named:
    """A ward named on the map, and what stands under its name: "highest, 221.6"."""

    code: str
    name: str
    words: str


def ward_map_height(drawing: Drawing, view: View) -> int:
    """Pixels for the map with its names and its legend."""
    lowest, highest = _HEIGHT[view.width]
    land = (_WIDTH[view.width] + (60 if view.width == "wide" else 0)) * drawing.height / max(drawing.width, 1.0)
    return round(min(max(land + 124 + LEGEND_HEIGHT, lowest), highest))


def ward_map(
    frame: pd.DataFrame,
    *,
    drawing: Drawing,
    limits: Sequence[float],
    limit_words: Sequence[str],
    unit: str,
    named: Sequence[Named],
    focus: str | None,
    view: View,
) -> dict[str, Any]:
    """The ward map as drawn in the design.

    frame: a row a ward asked for: ward_code, value (missing: no data), hover, visitor_ward. Wards of the drawing
    without a row are outlines only. limits: where the classes of the shading begin, lowest first; limit_words: how
    they are written. named: in the order of their importance. A click hands on `[ward_code]`.
    """
    t = tokens(view.scheme)
    rows = {row["ward_code"]: row for row in records(frame)}
    colors = _colors(len(limits) + 1)
    data: list[dict[str, Any]] = []
    for code, rings in drawing.rings.items():
        row = rows.get(code)
        trace = _outline(rings, color=t["surface"], width=1) | {"fill": "toself", "name": code}
        if row is None:
            trace |= {"fillcolor": t["surface-quiet"], "line": {"color": t["map-line"], "width": 1}}
        else:
            trace |= {"customdata": [code], "hoveron": "fills", "hoverinfo": "text", "text": row["hover"]}
            if pd.isna(row["value"]):
                trace |= {"fillcolor": t["unknown-wash"], "fillpattern": _hatch(t)}
            else:
                trace["fillcolor"] = t[colors[int(class_of(row["value"], limits))]]
        data.append(trace)
    data.append(_outline(drawing.outline, color=t["map-line-outer"], width=1.5))
    if focus in drawing.rings:
        data.append(_outline(drawing.rings[focus], color=t["surface"], width=6))
        data.append(_outline(drawing.rings[focus], color=t["text"], width=3))

    pixel, room = _room(drawing, view)
    shown = [name for name in named if name.code in drawing.points]
    labels = placed_labels(
        [drawing.points[name.code] for name in shown],
        [_size(name) for name in shown],
        land=drawing.land,
        pixel=pixel,
        frame=room,
    )
    data += _leaders(shown, labels, drawing, t)
    visitors = {code for code, row in rows.items() if row["visitor_ward"] is True}
    data.append(_marks(shown, visitors, drawing, t))
    notes = [
        text(
            f"<b>{'<br>'.join(_wrapped(name.name))}</b><br>{name.words}",
            label.x,
            label.y,
            view=view,
            color="map-label",
            anchor=label.xanchor,
            valign=label.yanchor,
            behind=label.over_land,
            xshift={"left": 3, "center": 0, "right": -3}[label.xanchor],
            yshift={"bottom": 2, "middle": 0, "top": -2}[label.yanchor],
        )
        for name, label in zip(shown, labels, strict=True)
    ]
    missing = any(pd.isna(row["value"]) for row in rows.values())
    shapes, words = step_legend(
        colors,
        limit_words,
        unit,
        left=_INSET,
        step=_STEP[view.width],
        missing="no data" if missing else "",
        view=view,
    )
    bar_shapes, bar_words = _scale_bar(drawing, view)
    west, south, east, north = _extent(drawing, labels, pixel)
    return figure(
        data,
        view,
        ward_map_height(drawing, view),
        margin={"l": 0, "r": 0, "t": 0, "b": LEGEND_HEIGHT},
        xaxis={"visible": False, "range": [west, east], "constrain": "range"},
        yaxis={"visible": False, "range": [south, north], "scaleanchor": "x", "scaleratio": 1, "constrain": "range"},
        shapes=shapes + bar_shapes,
        annotations=notes + words + bar_words,
    )


def _colors(classes: int) -> list[str]:
    """The steps of the blue ramp for so many classes, light to dark; always its two ends from two classes on."""
    if classes == 1:
        return ["seq-3"]
    return [f"seq-{1 + round(float(step))}" for step in np.linspace(0, 4, classes)]


def _outline(rings: Rings, *, color: str, width: float) -> dict[str, Any]:
    xs: list[int | None] = []
    ys: list[int | None] = []
    for ring_x, ring_y in rings:
        xs += [*ring_x, None]
        ys += [*ring_y, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs[:-1],
        "y": ys[:-1],
        "line": {"color": color, "width": width},
        "hoverinfo": "skip",
    }


def _hatch(t: Any) -> dict[str, Any]:
    return {"shape": "/", "fgcolor": t["unknown"], "bgcolor": t["unknown-wash"], "size": 8, "solidity": 0.2}


def _room(drawing: Drawing, view: View) -> tuple[float, tuple[float, float, float, float]]:
    """Metres a pixel, and the frame there is for land and names, the land in its middle."""
    width = _WIDTH[view.width]
    height = ward_map_height(drawing, view) - LEGEND_HEIGHT
    pixel = max(drawing.width / (width - 2 * _MARGIN), drawing.height / (height - 2 * _MARGIN))
    side = (width * pixel - drawing.width) / 2 - 0.4 * _MARGIN * pixel
    above = (height * pixel - drawing.height) / 2 - 0.4 * _MARGIN * pixel
    return pixel, (-side, -above, drawing.width + side, drawing.height + above)


def _extent(drawing: Drawing, labels: Sequence[Label], pixel: float) -> tuple[float, float, float, float]:
    """Land and names together, with a margin."""
    boxes = [(0.0, 0.0, drawing.width, drawing.height), *(label.box for label in labels)]
    edge = _MARGIN * pixel
    return (
        min(box[0] for box in boxes) - edge,
        min(box[1] for box in boxes) - edge,
        max(box[2] for box in boxes) + edge,
        max(box[3] for box in boxes) + edge,
    )


def _wrapped(name: str, most: int = 20) -> list[str]:
    """A long name in two lines of about equal length.

    >>> _wrapped("West Thurrock and South Stifford")
    ['West Thurrock and', 'South Stifford']
    """
    if len(name) <= most or " " not in name:
        return [name]
    spaces = [i for i, c in enumerate(name) if c == " "]
    cut = min(spaces, key=lambda i: abs(i - len(name) / 2))
    return [name[:cut], name[cut + 1 :]]


def _size(name: Named) -> tuple[float, float]:
    lines = _wrapped(name.name)
    width = max(*(text_width(line, bold=True) for line in lines), text_width(name.words))
    return width + 4, _LINE * (len(lines) + 1)


def _leaders(named: Sequence[Named], labels: Sequence[Label], drawing: Drawing, t: Any) -> list[dict[str, Any]]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for name, label in zip(named, labels, strict=True):
        x, y = drawing.points[name.code]
        xs += [x, label.x, None]
        ys += [y, label.y, None]
    stroke = {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip"}
    return [
        {**stroke, "line": {"color": t["surface"], "width": 3.5}},
        {**stroke, "line": {"color": t["map-label"], "width": 1.25}},
    ]


def _marks(named: Sequence[Named], visitors: set[str], drawing: Drawing, t: Any) -> dict[str, Any]:
    points = [drawing.points[name.code] for name in named]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "hoverinfo": "skip",
        "marker": {
            "symbol": ["diamond" if name.code in visitors else "circle" for name in named],
            "size": [9 if name.code in visitors else 7 for name in named],
            "color": t["surface"],
            "line": {"width": 1.5, "color": t["map-label"]},
        },
    }


def _scale_bar(drawing: Drawing, view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A bar of a round length, drawn in the map's own metres at its right end, so it stays true at every size."""
    rough = drawing.width / 5
    power = 10 ** math.floor(math.log10(rough))
    metres = max(part * power for part in (1, 2, 5) if part * power <= rough)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    color = tokens(view.scheme)["map-line-outer"]
    east = drawing.width
    stroke = {"type": "line", "xref": "x", "yref": "paper", "ysizemode": "pixel", "yanchor": 0}
    stroke["line"] = {"color": color, "width": 1.5}
    ends = [(east - metres, east, -40, -40), (east, east, -40, -34), (east - metres, east - metres, -40, -34)]
    shapes = [{**stroke, "x0": x0, "x1": x1, "y0": y0, "y1": y1} for x0, x1, y0, y1 in ends]
    note = text(
        words, east - metres / 2, 0, view=view, paper="y", anchor="center", size=SIZE_AXIS, color="chart-note",
        yshift=-52,
    )  # fmt: skip
    return shapes, [note]
