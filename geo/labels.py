"""Where names stand on a drawn map: beside the land where there is room, never over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely

__all__ = ["Label", "placed_labels"]

_DIRECTIONS = 24
_DISTANCES = (16, 24, 34, 46, 60, 76, 94, 114, 136, 160, 190, 225)
_OVER_LAND = 260.0
"""Pixels of leader line that are worth not covering the land at all."""
_OUTSIDE, _COLLISION = 3000.0, 1500.0
_GAP = 3.0
_BATCH = 48
_SWEEPS = 6
"""How often labels that meet are placed again."""


class Label(NamedTuple):
    """A label's place in the units of its mark: the end of its leader line, and which side of the text touches it."""

    x: float
    y: float
    xanchor: Literal["left", "center", "right"]
    yanchor: Literal["top", "middle", "bottom"]
    over_land: bool
    box: tuple[float, float, float, float]
    """West, south, east, north of the text."""


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
    shapely.prepare(land)
    dots = [shapely.Point(x, y).buffer(5 * pixel) for x, y in marks]
    labels: list[Label] = []
    taken: list[tuple[Any, Any]] = []
    """The box and the leader line of each label placed."""

    def place(index: int) -> tuple[Label, tuple[Any, Any]]:
        (x, y), (width, height) = marks[index], sizes[index]
        others = [(box, 3.0) for i, (box, _) in enumerate(taken) if i != index]
        others += [(leader, 1.0) for i, (_, leader) in enumerate(taken) if i != index]
        others += [(dot, 1.0) for i, dot in enumerate(dots) if i != index]
        places = _candidates(x, y, width * pixel, height * pixel, pixel)
        bounds = np.array([place.bounds for place in places])
        boxes = shapely.box(*bounds.T)
        leaders = shapely.linestrings([[(x, y), (place.x, place.y)] for place in places])
        cost = np.array([place.distance for place in places], dtype=float)
        outside = 1 - shapely.area(shapely.intersection(boxes, room)) / shapely.area(boxes)
        cost += np.where(outside > 1e-9, _OUTSIDE * (1 + outside), 0.0)
        for other, weight in others:
            met = np.where(shapely.intersects(other, boxes), weight, 1.0 * shapely.intersects(other, leaders))
            cost += _COLLISION * met
        best, over_land = _best(cost, boxes, land)
        chosen = places[best]
        label = Label(chosen.x, chosen.y, chosen.xanchor, chosen.yanchor, over_land, chosen.bounds)
        return label, (boxes[best], leaders[best])

    for index in range(len(marks)):
        label, parts = place(index)
        labels.append(label)
        taken.append(parts)
    fewest = len(marks) + 1
    for _ in range(_SWEEPS):  # where many lie close, those placed first give way to those placed last
        meeting = _meeting(taken, dots)
        if not 0 < len(meeting) < fewest:
            break
        fewest = len(meeting)
        for index in meeting:
            labels[index], taken[index] = place(index)
    return labels


def _meeting(taken: Sequence[tuple[Any, Any]], dots: Sequence[Any]) -> list[int]:
    """The labels whose box lies over another's box, leader line or mark."""
    found: set[int] = set()
    for others in ([box for box, _ in taken], [leader for _, leader in taken], dots):
        for index, (box, _) in enumerate(taken):
            met = set(np.flatnonzero(shapely.intersects(box, np.array(others))).tolist()) - {index}
            found |= {index, *met} if met else set()
    return sorted(found)


class _Place(NamedTuple):
    """A place a label could take; its bounds are west, south, east, north."""

    x: float
    y: float
    xanchor: Literal["left", "center", "right"]
    yanchor: Literal["top", "middle", "bottom"]
    bounds: tuple[float, float, float, float]
    distance: float


def _candidates(x: float, y: float, width: float, height: float, pixel: float) -> list[_Place]:
    made = []
    for distance in _DISTANCES:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            along, up = math.cos(angle), math.sin(angle)
            end_x, end_y = x + distance * pixel * along, y + distance * pixel * up
            for xanchor, yanchor in _anchors(along, up):
                west = end_x - {"left": -_GAP * pixel, "center": width / 2, "right": width + _GAP * pixel}[xanchor]
                south = end_y - {"bottom": -_GAP * pixel, "middle": height / 2, "top": height + _GAP * pixel}[yanchor]
                bounds = (west, south, west + width, south + height)
                made.append(_Place(end_x, end_y, xanchor, yanchor, bounds, distance))
    return made


def _best(cost: np.ndarray, boxes: np.ndarray, land: Any) -> tuple[int, bool]:
    """The cheapest box once the land it covers counts too, and whether it covers any.

    Land is the dear part to work out, so it is looked at in the order of the rest of the cost, until no box left can
    be cheaper.
    """
    best, least, covers = 0, math.inf, False
    order = np.argsort(cost, kind="stable")
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        if cost[batch[0]] >= least:
            break
        over = shapely.intersects(land, boxes[batch])
        covered = np.zeros(len(batch))
        some = boxes[batch][over]
        covered[over] = shapely.area(shapely.intersection(some, land)) / shapely.area(some)
        whole = cost[batch] + np.where(over, _OVER_LAND * (0.5 + 0.5 * covered), 0.0)
        at = int(whole.argmin())
        if whole[at] < least:
            best, least, covers = int(batch[at]), float(whole[at]), bool(over[at])
    return best, covers


def _anchors(along: float, up: float) -> list[tuple[Any, Any]]:
    """The sides of a text that may face a mark in that direction."""
    side = "left" if along > 0 else "right"
    edge = "bottom" if up > 0 else "top"
    if abs(up) < 0.5:
        return [(side, "middle")]
    if abs(along) < 0.3:
        return [("center", edge), ("left", edge), ("right", edge)]
    return [(side, "middle"), (side, edge)]
