"""The map of Hotspots: land, shading, ward lines, places more than chance would give, names and numbers.

Everything is drawn in metres as SVG outlines, like the ward map, so it is crisp at every size, needs no WebGL, and the
picture of it is the same drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import shapely

from analytics.figures._draw import figure, text, text_width
from analytics.figures._legend import LEGEND_HEIGHT, step_legend
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from geo.drawing import Drawing, Rings

__all__ = ["Background", "Key", "MapMark", "MapShape", "Overlay", "hotspot_map", "hotspot_map_height"]

_HEIGHT = {"wide": (440, 600), "narrow": (350, 460)}
_LAID_OUT = {"wide": 760, "narrow": 350}
_INSET = 20
_LINE = 17
_MARGIN = 0.03
_LEGEND_ROW = 24
_FEW_MARKED = 12
"""Hatched places up to which names make way for them."""
_SIDES = ((0, 18, 180), (18, 0, 270), (-18, 0, 90), (0, -18, 0))
"""Of a number: pixels right and up from its place, and the angle from which the disc stands off to there."""
_MOVES = sorted(
    ((right, up) for right in (0.0, 0.4, -0.4, 0.8, -0.8) for up in (0.0, 1.2, -1.2, 2.4, -2.4)),
    key=lambda move: abs(move[0]) + abs(move[1]),
)
"""Where a name is tried: to the right and up, in halves of its width and height, the nearest first."""
_DASHES = {"solid": "solid", "dashed": "4px,3px", "dotted": "1.5px,3px"}
# Marks of the overlays, for the map and, around (0, 0), for the legend.
_SYMBOLS = (
    ("square", "M -4,-4 L 4,-4 L 4,4 L -4,4 Z"),
    ("triangle-up", "M -5,-4 L 5,-4 L 0,5 Z"),
    ("diamond", "M 0,-5.5 L 5.5,0 L 0,5.5 L -5.5,0 Z"),
    ("triangle-down", "M -5,4 L 5,4 L 0,-5 Z"),
    ("cross", "M -1.7,-5 L 1.7,-5 L 1.7,-1.7 L 5,-1.7 L 5,1.7 L 1.7,1.7 L 1.7,5 L -1.7,5 L -1.7,1.7 L -5,1.7 L -5,-1.7 "
              "L -1.7,-1.7 Z"),
)  # fmt: skip


@dataclass(frozen=True)
class MapShape:
    """An area to fill: a shapely geometry in metres, its colour's role, what the hover says, and what a click hands on.

    outline: the role of its line, "" for none. hatch: a pattern over the fill in this role. In a legend key "dot" makes
    a circle, `width` its diameter in pixels.
    """

    shape: Any
    fill: str = ""
    hover: str = ""
    key: str = ""
    outline: str = ""
    width: float = 1.5
    dash: Literal["solid", "dashed", "dotted"] = "solid"
    hatch: str = ""
    pattern: Literal["/", "\\", "x", "."] = "/"


@dataclass(frozen=True)
class MapMark:
    """A numbered place, in metres: the number of a hotspot, its hover, and whether it is the one looked at."""

    x: float
    y: float
    number: int
    hover: str
    chosen: bool = False


@dataclass(frozen=True)
class Key:
    """What the legend says: title, roles of the steps with the limits between them, and lone boxes with words."""

    title: str
    roles: Sequence[str] = ()
    limits: Sequence[str] = ()
    boxes: Sequence[tuple[MapShape, str]] = ()
    words: Sequence[str] = field(default_factory=tuple)
    """Words below the steps instead of limits between them: one a step."""


@dataclass(frozen=True)
class Background:
    """Pictures below the map: an address with {west}, {south}, {east}, {north}, {width} and {height} to fill."""

    url: str
    credit: str


@dataclass(frozen=True)
class Overlay:
    """Places of the partnership's own: shapely points, lines and polygons in metres, and the name of each or ""."""

    name: str
    shapes: Sequence[Any]
    labels: Sequence[str]


def hotspot_map_height(drawing: Drawing, view: View, overlays: int = 0) -> int:
    """Pixels for the map and its legend; overlays: how many the legend names."""
    lowest, highest = _HEIGHT[view.width]
    land = _LAID_OUT[view.width] * drawing.height / max(drawing.width, 1.0)
    return round(min(max(land + 20, lowest - LEGEND_HEIGHT), highest - LEGEND_HEIGHT)) + _below(view, overlays)


def _below(view: View, overlays: int) -> int:
    """Pixels for the legend: on a phone boxes stand below the steps, not beside them."""
    narrow = view.width == "narrow"
    rows = -(-overlays // 2) if narrow else min(overlays, 1)
    return LEGEND_HEIGHT + _LEGEND_ROW * (rows + narrow)


def hotspot_map(
    *,
    drawing: Drawing,
    corner: tuple[float, float],
    names: dict[str, str],
    shapes: Sequence[MapShape],
    over: Sequence[MapShape] = (),
    dots: Sequence[dict[str, Any]] = (),
    marks: Sequence[MapMark] = (),
    overlays: Sequence[Overlay] = (),
    key: Key,
    at: tuple[int, int, int] | None,
    months: Sequence[tuple[str, str]] = (),
    all_months: str = "",
    background: Background | None = None,
    view: View,
) -> dict[str, Any]:
    """The map.

    shapes lie under the ward lines, over lies above them; dots are finished traces in metres from the corner; at is the
    view (easting, northing, width) or None for everything; months are (YYYY-MM, words) to choose from, all_months the
    words for all of them. A click hands on `[key]` of a shape or `[number]` of a mark.
    """
    t = tokens(view.scheme)
    moved = at is not None
    data: list[dict[str, Any]] = [
        _rings(drawing.outline)
        | {"fill": "toself", "fillcolor": "rgba(0,0,0,0)" if background else t["map-land"], "line": {"width": 0}}
    ]
    seen_through = {"opacity": 0.72} if background else {}
    data += [trace | seen_through for shape in shapes if (trace := _filled(shape, corner, t))]
    lines: Rings = tuple(ring for rings in drawing.rings.values() for ring in rings)
    data.append(_rings(lines) | {"line": {"color": t["map-line"], "width": 1}})
    data.append(_rings(drawing.outline) | {"line": {"color": t["map-line-outer"], "width": 1.75}})
    data += dots
    data += [trace for shape in over if (trace := _filled(shape, corner, t))]
    data += [trace for i, overlay in enumerate(overlays) for trace in _places(overlay, i, corner, t)]
    height = hotspot_map_height(drawing, view, len(overlays))
    below = _below(view, len(overlays))
    shape = (height - below) / _LAID_OUT[view.width]
    west, south, east, north = _window(drawing, corner, at, shape)
    pixel = max((east - west) / _LAID_OUT[view.width], (north - south) / (height - below))
    sides = _sides(marks, corner, pixel)
    if marks:
        data += _numbers(marks, sides, corner, t)
    middle = (south + north) / 2
    # A view asked for is as wide as it says: up and down the drawing shows what there is room for.
    tall = [south, north] if at is None else [middle - 1, middle + 1]
    small = [shapely.bounds(one.shape) - np.tile(corner, 2) for one in shapes if one.hatch]
    few = len(small) <= _FEW_MARKED
    marked = [tuple(box) for box in small if few and box[2] - box[0] < 30 * pixel]
    notes = _ward_names(drawing, names, marks, corner, (west, south, east, north), pixel, view, marked)
    notes += [
        text(
            str(mark.number), mark.x - corner[0], mark.y - corner[1], view=view, bold=True, size=14,
            color="text-on-strong" if mark.chosen else "surface", anchor="center", xshift=right, yshift=up,
            captureevents=False, name="number",
        )
        for mark, (right, up, _) in zip(marks, sides, strict=True)
    ]  # fmt: skip
    boxes, words = _legend(key, view)
    named, names_of_places = _overlay_legend(overlays, view)
    if background and background.credit:
        notes.append(
            text(background.credit, 1, 0, view=view, paper="xy", size=SIZE_AXIS, color="map-label", anchor="right",
                 xshift=-8, yshift=12, behind=True)
        )  # fmt: skip
    bar, bar_words = _scale_bar(west, south, east, north, pixel, view)
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 0, "b": below},
        plot_bgcolor=t["map-water"],
        dragmode="pan" if view.width == "wide" or moved else False,
        hoverdistance=12,
        xaxis={"visible": False, "range": [west, east], "constrain": "range"},
        yaxis={
            "visible": False,
            "range": tall,
            "scaleanchor": "x",
            "scaleratio": 1,
            "constrain": "range",
        },
        shapes=boxes + named + bar,
        images=[_picture(background, corner, (west, south, east, north), shape, view)] if background else [],
        annotations=notes + words + names_of_places + bar_words,
        meta={
            "corner": [round(c) for c in corner],
            "whole": [round(drawing.width), round(drawing.height)],
            "months": [list(month) for month in months],
            "all": all_months,
        },
    )


def _window(
    drawing: Drawing, corner: tuple[float, float], at: tuple[int, int, int] | None, shape: float
) -> tuple[float, float, float, float]:
    """West, south, east, north of what is shown; shape: height over width. A view wholly off the land shows all."""
    edge = _MARGIN * max(drawing.width, drawing.height)
    everything = (-edge, -edge, drawing.width + edge, drawing.height + edge)
    if at is None:
        return everything
    x, y, half = at[0] - corner[0], at[1] - corner[1], at[2] / 2
    if not (-half < x < drawing.width + half and -half < y < drawing.height + half):
        return everything
    tall = half * shape
    return (x - half, y - tall, x + half, y + tall)


def _picture(
    background: Background, corner: tuple[float, float], window: Sequence[float], shape: float, view: View
) -> dict[str, Any]:
    """The background for the view and a little around it, in one picture."""
    west, south, east, north = window
    wide = 1.2 * max(east - west, (north - south) / shape)
    tall = wide * shape
    x0, y1 = (west + east - wide) / 2, (south + north + tall) / 2
    pixels = 1400 if view.width == "wide" else 800
    places = {
        "west": round(x0 + corner[0]), "east": round(x0 + wide + corner[0]),
        "south": round(y1 - tall + corner[1]), "north": round(y1 + corner[1]),
        "width": pixels, "height": round(pixels * shape),
    }  # fmt: skip
    return {
        "source": background.url.format_map(places), "xref": "x", "yref": "y", "x": x0, "y": y1, "sizex": wide,
        "sizey": tall, "sizing": "stretch", "layer": "below", "opacity": 1 if view.scheme == "light" else 0.5,
    }  # fmt: skip


def _rings(rings: Rings) -> dict[str, Any]:
    xs: list[int | None] = []
    ys: list[int | None] = []
    for ring_x, ring_y in rings:
        xs += [*ring_x, None]
        ys += [*ring_y, None]
    return {"type": "scatter", "mode": "lines", "x": xs[:-1], "y": ys[:-1], "hoverinfo": "skip"}


def _filled(shape: MapShape, corner: tuple[float, float], t: Any) -> dict[str, Any] | None:
    xs, ys = _outline(shape.shape, corner)
    if not xs:
        return None
    trace: dict[str, Any] = {
        "type": "scatter", "mode": "lines", "x": xs, "y": ys, "fill": "toself",
        "fillcolor": t[shape.fill] if shape.fill else "rgba(0,0,0,0)",
        "line": {"color": t[shape.outline], "width": shape.width, "dash": _DASHES[shape.dash]}
        if shape.outline
        else {"width": 0},
        "hoverinfo": "skip",
    }  # fmt: skip
    if shape.hatch:
        trace["fillpattern"] = {
            "shape": shape.pattern, "fgcolor": t[shape.hatch], "bgcolor": trace["fillcolor"], "size": 7,
            "solidity": 0.25,
        }  # fmt: skip
    if shape.hover:
        trace |= {"hoveron": "fills", "hoverinfo": "text", "text": shape.hover}
    if shape.key:
        trace["customdata"] = [shape.key]
    return trace


def _outline(shape: Any, corner: tuple[float, float]) -> tuple[list[Any], list[Any]]:
    """All rings of a geometry in whole metres from the corner; holes run the other way round."""
    xs: list[Any] = []
    ys: list[Any] = []
    for part in shapely.get_parts(shapely.orient_polygons(shape)) if shape is not None else ():
        if not isinstance(part, shapely.Polygon) or part.is_empty:
            continue
        for ring in (part.exterior, *part.interiors):
            metres = np.round(shapely.get_coordinates(ring) - corner).astype(int)
            xs += [*metres[:, 0].tolist(), None]
            ys += [*metres[:, 1].tolist(), None]
    return xs[:-1], ys[:-1]


def _places(overlay: Overlay, number: int, corner: tuple[float, float], t: Any) -> list[dict[str, Any]]:
    """An overlay: marks for its points, lines for the rest."""
    hover = [f"<b>{label}</b><br>{overlay.name}" if label else overlay.name for label in overlay.labels]
    symbol, _ = _SYMBOLS[number % len(_SYMBOLS)]
    spots: tuple[list[Any], list[Any], list[str]] = ([], [], [])
    lines: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for shape, words in zip(overlay.shapes, hover, strict=True):
        for part in shapely.get_parts(shape):
            metres = np.round(shapely.get_coordinates(part) - corner).astype(int)
            into = spots if part.geom_type == "Point" else lines
            into[0].extend(metres[:, 0].tolist())
            into[1].extend(metres[:, 1].tolist())
            into[2].extend([words] * len(metres))
            if into is lines:
                for values in lines:
                    values.append(None)
    made: list[dict[str, Any]] = []
    if lines[0]:
        stroke = {"color": t["map-label"], "width": 1.5, "dash": "2px,2px"}
        made.append({"type": "scatter", "mode": "lines", "x": lines[0], "y": lines[1], "text": lines[2],
                     "hoverinfo": "text", "line": stroke})  # fmt: skip
    if spots[0]:
        mark = {"symbol": symbol, "size": 8, "color": t["map-label"], "line": {"width": 1, "color": t["surface"]}}
        made.append({"type": "scatter", "mode": "markers", "x": spots[0], "y": spots[1], "text": spots[2],
                     "hoverinfo": "text", "marker": mark})  # fmt: skip
    return made


def _overlay_legend(overlays: Sequence[Overlay], view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    t = tokens(view.scheme)
    shapes, notes = [], []
    left, row = float(_INSET), -_below(view, 0) - 10.0
    for i, overlay in enumerate(overlays):
        if i and view.width == "narrow" and i % 2 == 0:
            left, row = float(_INSET), row - _LEGEND_ROW
        points = any(shapely.get_dimensions(shape) == 0 for shape in overlay.shapes)
        path = _SYMBOLS[i % len(_SYMBOLS)][1] if points else "M -10,0 L 10,0"
        shapes.append({
            "type": "path", "path": _moved(path, left + 10, row), "xref": "paper", "yref": "paper",
            "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": 0, "fillcolor": t["map-label"],
            "line": {"color": t["map-label"], "width": 1 if points else 1.5, "dash": "solid" if points else "2px,2px"},
        })  # fmt: skip
        notes.append(_small(overlay.name, left + 26, row, view))
        left += max(26 + text_width(overlay.name, SIZE_AXIS) + 22, 165 if view.width == "narrow" else 0)
    return shapes, notes


def _moved(path: str, x: float, y: float) -> str:
    """A path of points "x,y" with everything moved."""
    steps = []
    for step in path.split(" "):
        a, comma, b = step.partition(",")
        steps.append(f"{float(a) + x:g},{float(b) + y:g}" if comma else step)
    return " ".join(steps)


def _sides(marks: Sequence[MapMark], corner: tuple[float, float], pixel: float) -> list[tuple[int, int, int]]:
    """Where each number stands off its place: above, or beside or below where it would cover another or its place."""
    places = [((mark.x - corner[0]) / pixel, (mark.y - corner[1]) / pixel) for mark in marks]
    discs: list[tuple[float, float]] = []
    sides = []
    for index, (x, y) in enumerate(places):
        others = [place for i, place in enumerate(places) if i != index]

        def covered(side: tuple[int, int, int], x: float = x, y: float = y, others: Any = others) -> int:
            at = (x + side[0], y + side[1])
            return sum(math.dist(at, disc) < 25 for disc in discs) + sum(math.dist(at, dot) < 15 for dot in others)

        right, up, angle = min(_SIDES, key=covered)
        discs.append((x + right, y + up))
        sides.append((right, up, angle))
    return sides


def _numbers(
    marks: Sequence[MapMark], sides: Sequence[tuple[int, int, int]], corner: tuple[float, float], t: Any
) -> list[dict[str, Any]]:
    """A dot on each place and, above or beside it, the disc its number stands on."""
    x, y = [mark.x - corner[0] for mark in marks], [mark.y - corner[1] for mark in marks]
    place = {"type": "scatter", "mode": "markers", "x": x, "y": y}
    plain = {"hoverinfo": "text", "text": [mark.hover for mark in marks], "customdata": [[m.number] for m in marks]}
    return [
        {
            **place, "hoverinfo": "skip",
            "marker": {"size": 6, "color": t["surface"], "line": {"width": 1.5, "color": t["map-gi"]}},
        },
        {
            **place, **plain,
            "marker": {
                "size": 23, "symbol": "circle", "standoff": 18, "angle": [angle for *_, angle in sides], "opacity": 1,
                "color": [t["action"] if mark.chosen else t["text"] for mark in marks],
                "line": {"width": 2, "color": t["surface"]},
            },
        },
    ]  # fmt: skip


def _ward_names(
    drawing: Drawing,
    names: dict[str, str],
    marks: Sequence[MapMark],
    corner: tuple[float, float],
    window: tuple[float, float, float, float],
    pixel: float,
    view: View,
    marked: Sequence[tuple[float, float, float, float]] = (),
) -> list[dict[str, Any]]:
    """Names of wards where there is room for them: the larger wards first, never over a number, each other or what is
    marked, and never moved out of their own ward: there they would name another."""
    west, south, east, north = window
    places = [(mark.x - corner[0], mark.y - corner[1]) for mark in marks]
    taken = [(x - 14 * pixel, y - 6 * pixel, x + 14 * pixel, y + 32 * pixel) for x, y in places] + list(marked)
    size = {code: _extent(rings) for code, rings in drawing.rings.items()}
    notes = []
    for code in sorted(drawing.points, key=lambda c: -size[c]):
        lines = _wrapped(names.get(code, ""))
        wide = max(text_width(line, SIZE_AXIS) for line in lines) * pixel / 2 + 2 * pixel
        tall = (_LINE * len(lines) / 2 + 4) * pixel  # with a gap, or two names read as one
        x0, y0 = drawing.points[code]
        own = shapely.Polygon(np.column_stack(drawing.rings[code][0]))
        for right, up in _MOVES:
            x, y = x0 + right * wide, y0 + up * tall
            if (right or up) and not shapely.contains_xy(own, x, y):
                continue
            box = (x - wide, y - tall, x + wide, y + tall)
            outside = box[0] < west or box[2] > east or box[1] < south or box[3] > north
            if outside or any(_meet(box, other) for other in taken):
                continue
            taken.append(box)
            notes.append(
                text("<br>".join(lines), x, y, view=view, size=SIZE_AXIS, color="map-label", anchor="center",
                     captureevents=False, name=f"ward {code}")
            )  # fmt: skip
            break
    return notes


def _extent(rings: Rings) -> float:
    x, y = rings[0]
    return float((max(x) - min(x)) * (max(y) - min(y)))


def _meet(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _wrapped(name: str, most: int = 15) -> list[str]:
    """A long name in two lines of about equal length."""
    if len(name) <= most or " " not in name:
        return [name]
    spaces = [i for i, c in enumerate(name) if c == " "]
    cut = min(spaces, key=lambda i: abs(i - len(name) / 2))
    return [name[:cut], name[cut + 1 :]]


def _legend(key: Key, view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    step = 46 if view.width == "wide" else 42
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    left = float(_INSET)
    if key.roles:
        shapes, notes = step_legend(key.roles, key.limits, key.title, left=_INSET, step=step, view=view)
        left += len(key.roles) * step + 24
    elif key.title:
        notes.append(_small(key.title, _INSET - 1, -17, view))
    row = -35
    if view.width == "narrow" and key.roles:
        left, row = float(_INSET), -LEGEND_HEIGHT - 8
    for shape, words in key.boxes:
        box = max(shape.width, 12) if shape.key == "dot" else 22
        width = box + 10 + text_width(words, SIZE_AXIS)
        if view.width == "narrow" and left > _INSET and left + width > _LAID_OUT["narrow"]:
            left, row = float(_INSET), row - 20
        at = row - 6 if shape.key == "dot" else row
        shapes.append(_box(shape, left, at, view))
        if shape.hatch:
            shapes.append(_hatched(shape, left, at, view))
        notes.append(_small(words, left + box + 8, at, view))
        left += width + 20
    return shapes, notes


def _small(words: str, left: float, below: float, view: View) -> dict[str, Any]:
    return text(words, 0, 0, view=view, paper="xy", size=SIZE_AXIS, color="chart-note", xshift=left, yshift=below)


def _box(shape: MapShape, left: float, row: float, view: View) -> dict[str, Any]:
    t = tokens(view.scheme)
    dot = shape.key == "dot"
    radius, half = (shape.width / 2, max(shape.width / 2, 6)) if dot else (6, 11)
    line: dict[str, Any] = {"width": 0, "color": t["map-line"]}
    if shape.outline:
        line = {"width": 1.5, "color": t[shape.outline], "dash": _DASHES[shape.dash]}
    return {
        "type": "circle" if dot else "rect",
        "xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": 0,
        "x0": left + half - radius if dot else left, "x1": left + half + radius if dot else left + 22,
        "y0": row - radius, "y1": row + radius,
        "fillcolor": t[shape.fill] if shape.fill else "rgba(0,0,0,0)",
        "line": line,
    }  # fmt: skip


def _hatched(shape: MapShape, left: float, row: float, view: View) -> dict[str, Any]:
    """The hatch over a box of the legend: the lines that the map draws, as one path."""
    up = [f"M {left + x:g},{row - 6:g} L {left + x + 8:g},{row + 6:g}" for x in (0, 7, 14)]
    down = [f"M {left + x:g},{row + 6:g} L {left + x + 8:g},{row - 6:g}" for x in (0, 7, 14)]
    dots = [f"M {left + x:g},{row + y:g} L {left + x + 1.5:g},{row + y:g}" for x in (3, 10, 17) for y in (-3, 3)]
    strokes = {"/": up, "\\": down, "x": up + down, ".": dots}[shape.pattern]
    return {
        "type": "path", "path": " ".join(strokes), "xref": "paper", "yref": "paper",
        "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": 0,
        "line": {"width": 1.5, "color": tokens(view.scheme)[shape.hatch]},
    }  # fmt: skip


def _scale_bar(
    west: float, south: float, east: float, north: float, pixel: float, view: View
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A bar of a round length in the map's own metres, so it stays true at every size and zoom."""
    rough = (east - west) / 6
    power = 10 ** math.floor(math.log10(max(rough, 1.0)))
    metres = max(part * power for part in (1, 2, 5) if part * power <= max(rough, 1.0))
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    left = west + 0.02 * (east - west)
    stroke: dict[str, Any] = {
        "type": "line", "xref": "x", "yref": "paper", "ysizemode": "pixel", "yanchor": 0,
        "line": {"color": tokens(view.scheme)["map-line-outer"], "width": 1.5},
    }  # fmt: skip
    ends = [(left, left + metres, 14, 14), (left, left, 14, 20), (left + metres, left + metres, 14, 20)]
    shapes = [{**stroke, "x0": x0, "x1": x1, "y0": y0, "y1": y1} for x0, x1, y0, y1 in ends]
    note = text(
        words, left + metres, 0, view=view, paper="y", size=SIZE_AXIS, color="map-label", xshift=6, yshift=18
    )  # fmt: skip
    return shapes, [note]


def together(shapes: Iterable[Any]) -> Any:
    """Cells that touch as one shape."""
    return shapely.union_all(shapely.buffer(np.array(list(shapes), dtype=object), 0.01))
