"""Level against change: each category by its rate over the family's mean and its change over the others' change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, line, segments, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from analytics.words import change

__all__ = ["HEIGHT", "QuadrantPoint", "quadrant"]

HEIGHT = {"wide": 430, "narrow": 400}
_WIDTH = {"wide": 600, "narrow": 320}
_TICKS = (0.25, 1 / 3, 0.5, 2 / 3, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
_MOST = math.log(4.2)
_SIDES = tuple(
    (anchor, valign, dx, dy)
    for far in (0, 9)
    for valign, dy in (("bottom", 3 + far), ("top", -3 - far))
    for anchor, dx in (("left", 7 + far // 2), ("right", -7 - far // 2))
)
"""Where a name may stand about its dot, the nearest places first."""


@dataclass(frozen=True)
class QuadrantPoint:
    """A category: ratios with their 95 % intervals. sure: told apart from the family in level or change."""

    name: str
    level: tuple[float, float, float]
    change: tuple[float, float, float]
    sure: bool
    both: bool
    """Above the family and rising against it, both surely."""
    hover: str


def quadrant(points: Sequence[QuadrantPoint], *, view: View) -> dict[str, Any]:
    """The points on two log axes with their intervals; names stand where there is room, the sure ones first."""
    t = tokens(view.scheme)
    height, width = view.tall(HEIGHT[view.width]), view.across(_WIDTH[view.width])
    reach_x, reach_y = (_reach([point.level for point in points]), _reach([point.change for point in points]))
    shapes = [
        line(0, -reach_y, 0, reach_y, view=view, color="chart-zero", width=1.5),
        line(-reach_x, 0, reach_x, 0, view=view, color="chart-zero", width=1.5),
    ]
    corner: dict[str, Any] = {"view": view, "paper": "xy", "color": "chart-note", "size": SIZE_AXIS}
    them = " against them" if view.width == "wide" else ""
    notes = [
        text(f"below, rising{them}", 0, 1, valign="top", **corner),
        text(f"above, rising{them}", 1, 1, anchor="right", valign="top", **corner),
        text(f"below, falling{them}", 0, 0, valign="bottom", **corner),
        text(f"above, falling{them}", 1, 0, anchor="right", valign="bottom", **corner),
    ]
    data: list[dict[str, Any]] = []
    for kind in ("plain", "sure", "both"):
        part = [p for p in points if ("both" if p.both else "sure" if p.sure else "plain") == kind]
        if not part:
            continue
        color = t[{"plain": "level", "sure": "chart-ours", "both": "higher"}[kind]]
        places = [(_at(p.level[0], reach_x), _at(p.change[0], reach_y)) for p in part]
        xs, ys = segments(
            [_at(p.level[1], reach_x) for p in part],
            [_at(p.level[2], reach_x) for p in part],
            [y for _, y in places],
        )
        upright_y, upright_x = segments(
            [_at(p.change[1], reach_y) for p in part],
            [_at(p.change[2], reach_y) for p in part],
            [x for x, _ in places],
        )
        stroke = {"color": t["chart-peer-line"] if kind == "plain" else color, "width": 1.5}
        data.append({
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": stroke,
            "opacity": 0.55 if kind == "plain" else 1.0, "x": [*xs, *upright_x], "y": [*ys, *upright_y],
        })  # fmt: skip
        data.append({
            "type": "scatter", "mode": "markers", "cliponaxis": False,
            "x": [x for x, _ in places], "y": [y for _, y in places],
            "hovertext": [p.hover for p in part], "hoverinfo": "text",
            "marker": {
                "symbol": "triangle-up" if kind == "both" else "circle",
                "size": {"plain": 10, "sure": 12, "both": 14}[kind],
                "color": color,
                "line": {"width": 1.5, "color": t["chart-halo"]},
            },
        })  # fmt: skip
    notes += _names(points, reach_x, reach_y, (width, height - 80), view)
    return figure(
        data,
        view,
        height,
        margin={"l": 4, "r": 8, "t": 10, "b": 46},
        xaxis={
            **FIXED_AXIS,
            **_ticks(reach_x),
            "range": [-reach_x, reach_x],
            "title": {"text": "Rate against the family mean", "standoff": 6},
        },
        yaxis={
            **FIXED_AXIS,
            **_ticks(reach_y),
            "range": [-reach_y, reach_y],
            "title": {"text": "Change against the others’ change", "standoff": 10},
        },
        shapes=shapes,
        annotations=notes,
    )


def _reach(values: Sequence[tuple[float, float, float]]) -> float:
    """Far enough for every point; intervals may leave."""
    widest = max((abs(math.log(v[0])) for v in values if v[0] > 0), default=0.0) * 1.25
    return min(max(widest, math.log(1.35)), _MOST)


def _at(ratio: float, reach: float) -> float:
    return min(max(math.log(ratio), -reach), reach) if ratio > 0 else -reach


def _ticks(reach: float) -> dict[str, Any]:
    kept = [value for value in _TICKS if abs(math.log(value)) <= reach]
    if len(kept) > 7:
        kept = [value for value in kept if value in {0.25, 0.5, 1.0, 2.0, 4.0}]
    words = ["same" if value == 1.0 else change(100 * (value - 1)) for value in kept]
    return {"tickvals": [math.log(value) for value in kept], "ticktext": words}


def _names(
    points: Sequence[QuadrantPoint], reach_x: float, reach_y: float, size: tuple[float, float], view: View
) -> list[dict[str, Any]]:
    """Names beside their dots, the sure ones first; a name that would meet another or a dot is left to the hover."""
    width, height = size
    dots = [
        ((_at(p.level[0], reach_x) / reach_x + 1) / 2 * width, (_at(p.change[0], reach_y) / reach_y + 1) / 2 * height)
        for p in points
    ]
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in dots]
    strokes = _strokes(points, reach_x, reach_y, size)
    order = sorted(
        range(len(points)),
        key=lambda i: (not points[i].both, not points[i].sure, -math.hypot(*_from_middle(dots[i], size))),
    )
    made = []
    for index in order:
        point, (x, y) = points[index], dots[index]
        wide = text_width(point.name, SIZE_AXIS, bold=point.sure)
        best: tuple[int, str, str, int, int, tuple[float, float, float, float]] | None = None
        for anchor, valign, dx, dy in _SIDES:
            x0 = x + dx - (0 if anchor == "left" else wide)
            y0 = y + dy - (0 if valign == "bottom" else 17)
            box = (x0, y0, x0 + wide, y0 + 17)
            inside = box[0] >= 0 and box[2] <= width and box[1] >= 20 and box[3] <= height - 20
            own = taken[index]
            if not inside or any(_meet(box, other) for other in taken if other is not own):
                continue
            crossed = sum(_meet(box, stroke) for stroke in strokes)
            if best is None or crossed < best[0]:
                best = (crossed, anchor, valign, dx, dy, box)
        if best is None or (best[0] > 1 and not point.sure):
            continue
        _, anchor, valign, dx, dy, box = best
        taken.append(box)
        made.append(
            text(
                point.name,
                _at(point.level[0], reach_x),
                _at(point.change[0], reach_y),
                view=view,
                anchor=anchor,
                valign=valign,
                xshift=dx,
                yshift=dy,
                size=SIZE_AXIS,
                bold=point.sure,
                color="text" if point.sure else "chart-text",
                behind=True,
            )
        )
    return made


def _strokes(
    points: Sequence[QuadrantPoint], reach_x: float, reach_y: float, size: tuple[float, float]
) -> list[tuple[float, float, float, float]]:
    """The axes and the intervals as thin boxes in pixels: what a name had better not lie on."""
    width, height = size

    def across(ratio: float) -> float:
        return (_at(ratio, reach_x) / reach_x + 1) / 2 * width

    def up(ratio: float) -> float:
        return (_at(ratio, reach_y) / reach_y + 1) / 2 * height

    made = [(width / 2 - 1, 0.0, width / 2 + 1, height), (0.0, height / 2 - 1, width, height / 2 + 1)]
    for point in points:
        x, y = across(point.level[0]), up(point.change[0])
        made.append((across(point.level[1]), y - 1, across(point.level[2]), y + 1))
        made.append((x - 1, up(point.change[1]), x + 1, up(point.change[2])))
    return made


def _from_middle(dot: tuple[float, float], size: tuple[float, float]) -> tuple[float, float]:
    return dot[0] - size[0] / 2, dot[1] - size[1] / 2


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
