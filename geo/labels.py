"""Where names stand on a drawn map: beside the land where there is room, never over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import shapely

__all__ = ["Label", "placed_labels"]

_DIRECTIONS = 24
_DISTANCES = (16, 24, 34, 46, 60, 76, 94, 114, 136, 160)
_OVER_LAND = 260.0
"""Pixels of leader line that are worth not covering the land at all."""
_GAP = 3.0


class Label(NamedTuple):
    """A label's place in the units of its mark: the end of its leader line, and which side of the text touches it."""

    x: float
    y: float
    xanchor: Literal["left", "center", "right"]
    yanchor: Literal["top", "middle", "bottom"]
    over_land: bool


def placed_labels(
    marks: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    *,
    land: Any,
    pixel: float,
    frame: tuple[float, float, float, float],
) -> list[Label]:
    """A place for each mark's label, in the order of their importance.

    A label lies wholly in the frame, covers no other label, mark or leader line, and as little land as the length of
    its leader line is worth. Where no such place is left, the one that covers least is taken.

    Parameters
    ----------
    marks : sequence of (x, y)
        Map units (metres), y upwards.
    sizes : sequence of (width, height)
        Of each label, in pixels.
    land : shapely geometry
        What is better not covered.
    pixel : float
        Map units a pixel.
    frame : tuple of float
        West, south, east, north of the room there is, in map units.

    Examples
    --------
    >>> island = shapely.box(0, 0, 100, 100)
    >>> label, = placed_labels([(90, 50)], [(60, 20)], land=island, pixel=1, frame=(-200, -200, 300, 300))
    >>> label.xanchor, label.x > 100, label.over_land
    ('left', True, False)
    """
    room = shapely.box(*frame)
    shapely.prepare(room)
    shapely.prepare(land)
    dots = [shapely.Point(x, y).buffer(5 * pixel) for x, y in marks]
    taken: list[Any] = []
    labels: list[Label] = []
    for index, ((x, y), (width, height)) in enumerate(zip(marks, sizes, strict=True)):
        others = [*taken, *(dot for i, dot in enumerate(dots) if i != index)]
        best = min(
            _candidates(x, y, width * pixel, height * pixel, pixel),
            key=lambda c: _cost(c, land=land, room=room, others=others, pixel=pixel),
        )
        taken += [best.box, best.leader]
        labels.append(Label(best.x, best.y, best.xanchor, best.yanchor, bool(shapely.intersects(land, best.box))))
    return labels


class _Candidate(NamedTuple):
    x: float
    y: float
    xanchor: Literal["left", "center", "right"]
    yanchor: Literal["top", "middle", "bottom"]
    box: Any
    leader: Any
    distance: float


def _candidates(x: float, y: float, width: float, height: float, pixel: float) -> list[_Candidate]:
    made = []
    for distance in _DISTANCES:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            along, up = math.cos(angle), math.sin(angle)
            end_x, end_y = x + distance * pixel * along, y + distance * pixel * up
            for xanchor, yanchor in _anchors(along, up):
                left = end_x - {"left": -_GAP * pixel, "center": width / 2, "right": width + _GAP * pixel}[xanchor]
                low = end_y - {"bottom": -_GAP * pixel, "middle": height / 2, "top": height + _GAP * pixel}[yanchor]
                box = shapely.box(left, low, left + width, low + height)
                leader = shapely.LineString([(x, y), (end_x, end_y)])
                made.append(_Candidate(end_x, end_y, xanchor, yanchor, box, leader, distance))
    return made


def _anchors(along: float, up: float) -> list[tuple[Any, Any]]:
    """The sides of a text that may face a mark in that direction."""
    side = "left" if along > 0 else "right"
    edge = "bottom" if up > 0 else "top"
    if abs(up) < 0.5:
        return [(side, "middle")]
    if abs(along) < 0.3:
        return [("center", edge), ("left", edge), ("right", edge)]
    return [(side, "middle"), (side, edge)]


def _cost(candidate: _Candidate, *, land: Any, room: Any, others: list[Any], pixel: float) -> float:
    box = candidate.box
    cost = candidate.distance
    if not shapely.contains(room, box):
        cost += 3000 + 3000 * (1 - shapely.intersection(room, box).area / box.area)
    for other in others:
        if shapely.intersects(other, box) or shapely.intersects(other, candidate.leader):
            cost += 1500
    if shapely.intersects(land, box):
        cost += _OVER_LAND * (0.2 + 0.8 * shapely.intersection(land, box).area / box.area)
    return float(cost)
