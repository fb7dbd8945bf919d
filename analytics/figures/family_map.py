"""Where the areas of a family lie: their outlines on the land around, each named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.figures._draw import figure, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from geo.drawing import Drawing, Rings
from geo.labels import placed_labels

__all__ = ["HEIGHT", "MapMember", "family_map"]

HEIGHT = {"wide": 560, "narrow": 440}
_WIDTH = {"wide": 325, "narrow": 310}
_MARGIN = 12
_PLAIN: dict[str, Any] = {"visible": False, "constrain": "range", "fixedrange": True}


@dataclass(frozen=True)
class MapMember:
    """An area of the family: the codes of its districts in the drawing, and whether it has a figure."""

    name: str
    codes: tuple[str, ...]
    hover: str
    is_self: bool
    complete: bool


def family_map(members: Sequence[MapMember], *, drawing: Drawing, view: View) -> dict[str, Any]:
    """Ours dark, the others blue, those left out hatched, the land around pale; names beside their marks."""
    t = tokens(view.scheme)
    height, width = HEIGHT[view.width], _WIDTH[view.width]
    of_members = {code for member in members for code in member.codes}
    land = [ring for code, rings in drawing.rings.items() if code not in of_members for ring in rings]
    data = [{**_filled(land), "fillcolor": t["surface-quiet"], "line": {"color": t["map-line"], "width": 0.7}}]
    for member in members:
        rings = [ring for code in member.codes for ring in drawing.rings[code]]
        trace = _filled(rings) | {"line": {"color": t["surface"], "width": 0.8}, "hoveron": "fills"}
        trace |= {"hoverinfo": "text", "text": member.hover}
        if member.complete:
            trace["fillcolor"] = t["chart-ours" if member.is_self else "seq-3"]
        else:
            trace["fillcolor"] = t["unknown-wash"]
            trace["fillpattern"] = {"shape": "/", "fgcolor": t["unknown"], "bgcolor": t["unknown-wash"], "size": 6,
                                    "solidity": 0.25}  # fmt: skip
            trace["line"] = {"color": t["unknown"], "width": 1}
        data.append(trace)
    points = [drawing.points[member.codes[0]] for member in members]
    pixel = max(drawing.width / (width - 2 * _MARGIN), drawing.height / (height - 2 * _MARGIN))
    side, above = (width * pixel - drawing.width) / 2, (height * pixel - drawing.height) / 2
    room = (-side, -above, drawing.width + side, drawing.height + above)
    sizes = [(text_width(member.name, SIZE_AXIS, bold=member.is_self) + 6, 19.0) for member in members]
    labels = placed_labels(points, sizes, land=drawing.land, pixel=pixel, frame=room)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for (x, y), label in zip(points, labels, strict=True):
        xs += [x, label.x, None]
        ys += [y, label.y, None]
    data.append(
        {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip",
         "line": {"color": t["map-label"], "width": 1}}
    )  # fmt: skip
    data.append(
        {"type": "scatter", "mode": "markers", "x": [x for x, _ in points], "y": [y for _, y in points],
         "hoverinfo": "skip",
         "marker": {"size": 6, "color": t["surface"], "line": {"width": 1.5, "color": t["map-label"]}}}
    )  # fmt: skip
    notes = [
        text(
            member.name, label.x, label.y, view=view, anchor=label.xanchor, valign=label.yanchor, bold=member.is_self,
            color="map-label", size=SIZE_AXIS, behind=True,
        )
        for member, label in zip(members, labels, strict=True)
    ]  # fmt: skip
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "range": [room[0], room[2]], "constrain": "range"},
        yaxis={
            "visible": False,
            "range": [room[1], room[3]],
            "scaleanchor": "x",
            "scaleratio": 1,
            "constrain": "range",
        },
        annotations=notes,
    )


def _filled(rings: Sequence[Any] | Rings) -> dict[str, Any]:
    xs: list[int | None] = []
    ys: list[int | None] = []
    for ring_x, ring_y in rings:
        xs += [*ring_x, None]
        ys += [*ring_y, None]
    return {"type": "scatter", "mode": "lines", "x": xs[:-1], "y": ys[:-1], "fill": "toself", "hoverinfo": "skip"}
