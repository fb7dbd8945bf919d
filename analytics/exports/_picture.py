"""A panel's figure as a picture without a browser: the plain Plotly dict of the screen, drawn by matplotlib.

Only what the figures of this project use is drawn: lines, markers, texts, bars, heat cells, shapes and annotations on
linear, fixed axes. A figure of another kind (a map on MapLibre tiles) has no picture here.
"""

from __future__ import annotations

import functools
import html
import io
import itertools
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analytics.exports._atomic import scratch_folder
from analytics.figures._theme import SIZE_AXIS, SIZE_TEXT, tokens
from analytics.panels import Panel

__all__ = ["Picture", "can_draw", "map_licence", "picture", "text_width"]

_FONT_FILE = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "source-sans-3-latin-wght-normal.woff2"
_DRAWN = {"scatter", "bar", "heatmap"}
_POINT = 0.72
"""Points a pixel of the figure has at 100 pixels an inch."""
_SYMBOLS = {
    "circle": "o",
    "triangle-up": "^",
    "triangle-down": "v",
    "triangle-left": "<",
    "triangle-right": ">",
    "diamond": "D",
    "square": "s",
    "arrow-left": "<",
    "arrow-right": ">",
    "arrow-up": "^",
    "arrow-down": "v",
    "line-ns": "|",
    "line-ew": "_",
    "cross": "P",
    "x": "X",
}
_AREA = {"D": 0.62, "s": 0.8}
"""Marker areas as shares of a circle's square, so that shapes look equally large."""
_PAPER = "paper"


@dataclass(frozen=True)
class Picture:
    """A PNG and its size in the figure's own pixels."""

    png: bytes
    width: int
    height: int


def can_draw(figure: Mapping[str, Any] | None) -> bool:
    """Whether the figure holds only what is drawn here."""
    return figure is not None and all(trace.get("type", "scatter") in _DRAWN for trace in figure["data"])


def picture(
    figure: Mapping[str, Any], *, width: int = 860, north: bool = False, notes: Sequence[str] = (), sharp: float = 2.0
) -> Picture:
    """The figure at `width` pixels, drawn `sharp` times as fine.

    north: an arrow to the north (maps are in metres of the National Grid, north at the top). notes: small lines below,
    such as a map's licence.

    Raises ValueError for a figure of another kind.
    """
    if not can_draw(figure):
        raise ValueError("this figure cannot be drawn without a browser")
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    layout = figure["layout"]
    below = 18 * len(notes)
    height = round(layout.get("height", 360)) + below
    with matplotlib.rc_context(
        {"font.family": _families(), "hatch.linewidth": 0.8, "axes.unicode_minus": False, "path.simplify": False}
    ):
        sheet = Figure(figsize=(width / 100, height / 100), dpi=100 * sharp, facecolor="white")
        canvas = FigureCanvasAgg(sheet)
        axes = sheet.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(0, height)
        drawing = _Drawing(axes, canvas.get_renderer(), figure, width, height, below)
        drawing.halo = north
        drawing.draw()
        if north:
            drawing.north_arrow()
        for i, note in enumerate(reversed(notes)):
            drawing.words(note, 4, 5 + 18 * i, anchor="left", valign="bottom", size=12.5, color=_ink("chart-note"))
        out = io.BytesIO()
        canvas.print_png(out, pil_kwargs={"compress_level": 4})
    return Picture(out.getvalue(), width, height)


def map_licence(panel: Panel) -> tuple[str, ...]:
    """The line that goes below a map: where north is, the licence, whose boundaries."""
    licences = " and ".join(dict.fromkeys(source.licence for source in panel.sources if source.licence))
    held = "Open Government" in licences and any("boundar" in str(source).lower() for source in panel.sources)
    line = f"North at the top, British National Grid. {licences}."
    return (line + (" Contains OS data © Crown copyright and database right." if held else ""),)


@functools.cache
def _families() -> list[str]:
    """The typeface of the screen, in the two weights a chart uses, and one that has every sign."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont
    from matplotlib import font_manager

    try:
        with scratch_folder("font") as folder:
            for name, weight in (("Regular", 400), ("Bold", 700)):
                variable = TTFont(_FONT_FILE)
                for table in ("GPOS", "GSUB", "GDEF"):  # unused here, and slow to bring to one weight
                    if table in variable:
                        del variable[table]
                font = instantiateVariableFont(variable, {"wght": weight})
                font.flavor = None
                for record in font["name"].names:
                    if record.nameID in {1, 16}:
                        record.string = f"CSP Sans {name}"
                font["OS/2"].usWeightClass = 400  # each file is asked for by its own name, not by weight
                kept = Path(_font_folder()) / f"csp-sans-{name}.ttf"
                font.save(Path(folder) / "made.ttf")
                kept.write_bytes((Path(folder) / "made.ttf").read_bytes())
                font_manager.fontManager.addfont(kept)
    except (OSError, ImportError):  # without the file or its decompressor: the next typeface in the list
        return ["Arial", "Liberation Sans", "DejaVu Sans"]
    return ["CSP Sans Regular", "DejaVu Sans"]


def _edged(color: str) -> list[Any] | None:
    """A light edge round dark words; light words stand on dark ground and need none."""
    from matplotlib.colors import rgb_to_hsv, to_rgb
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")] if rgb_to_hsv(to_rgb(_color(color)))[2] < 0.75 else None


@functools.cache
def _font_folder() -> str:
    """A folder for the typefaces, there for as long as the program runs."""
    kept = scratch_folder("fonts")
    _kept.append(kept)
    return kept.name


_kept: list[tempfile.TemporaryDirectory[str]] = []


def _bold_families() -> list[str]:
    first, *rest = _families()
    return [first.replace("Regular", "Bold"), *rest]


def _ink(role: str) -> str:
    return tokens("light")[role]


@dataclass(frozen=True)
class _Axis:
    """Where one axis puts its values: pixels from `start` to `end` for the range `low` to `high`."""

    start: float
    end: float
    low: float
    high: float
    made: Mapping[str, Any]

    def place(self, value: Any) -> float:
        number = _number(value)
        if self.made.get("type") == "log":
            number = math.log10(number) if number > 0 else math.nan
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def per_unit(self) -> float:
        return (self.end - self.start) / (self.high - self.low) if self.high != self.low else 0.0


def _number(value: Any) -> float:
    if value is None:
        return math.nan
    if isinstance(value, (date, datetime)):
        return float(value.toordinal())
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


class _Drawing:
    """One figure on one sheet. All drawing is in pixels from the lower left corner."""

    def __init__(
        self, axes: Any, renderer: Any, figure: Mapping[str, Any], width: float, height: float, below: float
    ) -> None:
        self.axes = axes
        self.halo = False
        """Whether words have a light edge, so that they can be read over lines of a map."""
        self.renderer = renderer
        self.data = figure["data"]
        self.layout = figure["layout"]
        margin = {"l": 0, "r": 0, "t": 8, "b": 28, **(self.layout.get("margin") or {})}
        self.pad = 6.0
        self.left = max(float(margin["l"]), self._room_for_labels()) + self.pad
        self.right = width - float(margin["r"]) - self.pad
        self.bottom = below + float(margin["b"]) + (4 if margin["b"] else 0)
        self.top = height - float(margin["t"])
        self.scales = {name: self._axis(name) for name in self._names()}
        self._keep_square()

    def draw(self) -> None:
        shapes = self.layout.get("shapes") or ()
        for name, axis in self.scales.items():
            self._grid(name, axis)
        for shape in shapes:
            if shape.get("layer") == "below":
                self._shape(shape, 1)
        before: Mapping[str, Any] | None = None
        for order, trace in enumerate(self.data):
            if trace.get("visible", True) is True:
                self._trace(trace, before, 2 + order * 0.001)
                before = trace
        for shape in shapes:
            if shape.get("layer") != "below":
                self._shape(shape, 4)
        for name, axis in self.scales.items():
            self._ticks(name, axis)
        for annotation in self.layout.get("annotations") or ():
            self._annotation(annotation)

    def north_arrow(self) -> None:
        """An arrow with an N in the upper right corner."""
        x, y = self.right - 16, self.top - 16
        self.axes.fill(
            [x, x - 8, x, x + 8], [y, y - 28, y - 20, y - 28], facecolor=_ink("map-label"), linewidth=0, zorder=6
        )
        self.words("<b>N</b>", x, y + 1, anchor="center", valign="bottom", size=14, color=_ink("map-label"))

    # ---- Axes ----

    def _names(self) -> list[str]:
        named = {name for name in self.layout if re.fullmatch(r"[xy]axis\d*", name)}
        for trace in self.data:
            named |= {_axis_name(trace.get("xaxis", "x")), _axis_name(trace.get("yaxis", "y"))}
        return sorted(named | {"xaxis", "yaxis"})

    def _made(self, name: str) -> Mapping[str, Any]:
        return self.layout.get(name) or {}

    def _axis(self, name: str) -> _Axis:
        made = self._made(name)
        first, last = made.get("domain") or (0.0, 1.0)
        start, end = (self.left, self.right) if name[0] == "x" else (self.bottom, self.top)
        low, high = made.get("range") or self._found(name)
        return _Axis(start + first * (end - start), start + last * (end - start), _number(low), _number(high), made)

    def _found(self, name: str) -> tuple[float, float]:
        """The range of an axis that names none: that of its values, with a little room."""
        side = name[0]
        short = name.replace("axis", "")
        values = [
            number
            for trace in self.data
            if trace.get(f"{side}axis", side) == short
            for value in _listed(trace.get(side))
            if not math.isnan(number := _number(value))
        ]
        if not values:
            return 0.0, 1.0
        room = (max(values) - min(values)) * 0.05 or 0.5
        return min(values) - room, max(values) + room

    def _keep_square(self) -> None:
        """Axes bound to each other (maps) get the same pixels a unit; the looser one shows more."""
        for name, axis in list(self.scales.items()):
            other = axis.made.get("scaleanchor")
            if not other:
                continue
            partner = _axis_name(other)
            target = min(axis.per_unit, self.scales[partner].per_unit)
            for which in (name, partner):
                one = self.scales[which]
                centre, half = (one.low + one.high) / 2, (one.end - one.start) / target / 2
                self.scales[which] = _Axis(one.start, one.end, centre - half, centre + half, one.made)

    def _room_for_labels(self) -> float:
        made = self._made("yaxis")
        if made.get("visible") is False or made.get("showticklabels") is False or made.get("tickvals") is None:
            return 0.0
        size = (made.get("tickfont") or {}).get("size", SIZE_AXIS)
        return max((self._width(words, size) for words in _tick_words(made)), default=0.0) + 8

    def _ticks_of(self, axis: _Axis) -> list[tuple[float, str]]:
        if axis.made.get("tickvals") is None:
            return []
        pairs = zip(axis.made["tickvals"], _tick_words(axis.made), strict=False)
        return [(axis.place(value), word) for value, word in pairs]

    def _ends(self, name: str, axis: _Axis) -> tuple[float, float]:
        """From where to where the axis across this one runs."""
        other = _axis_name(axis.made.get("anchor") or ("y" if name[0] == "x" else "x"))
        across = self.scales.get(other)
        if across is None:
            return (self.bottom, self.top) if name[0] == "x" else (self.left, self.right)
        return across.start, across.end

    def _grid(self, name: str, axis: _Axis) -> None:
        if axis.made.get("visible") is False:
            return
        first, last = self._ends(name, axis)
        if axis.made.get("showgrid") is True:
            for place, _ in self._ticks_of(axis):
                ends = ([place, place], [first, last]) if name[0] == "x" else ([first, last], [place, place])
                self.axes.plot(*ends, color=_ink("chart-grid"), linewidth=_POINT, zorder=0.5)
        if axis.made.get("showline") is True:
            ends = ([axis.start, axis.end], [first, first])
            self.axes.plot(
                *(ends if name[0] == "x" else ends[::-1]), color=_ink("chart-axis"), linewidth=_POINT, zorder=1.5
            )

    def _ticks(self, name: str, axis: _Axis) -> None:
        made = axis.made
        if made.get("visible") is False:
            return
        first, last = self._ends(name, axis)
        on_top = made.get("side") in {"top", "right"}
        base, away = (last, 1) if on_top else (first, -1)
        mark = 5 if made.get("ticks") == "outside" else 0
        font = made.get("tickfont") or {}
        size, color = font.get("size", SIZE_AXIS), font.get("color", _ink("chart-note"))
        right = "right" in made.get("ticklabelposition", "")
        ticks = self._ticks_of(axis)
        named = self._apart(ticks, size) if name[0] == "x" else {words for _, words in ticks}
        for place, words in ticks:
            if not min(axis.start, axis.end) - 1 <= place <= max(axis.start, axis.end) + 1:
                continue
            if mark:
                ends = ([place, place], [base, base + away * mark])
                self.axes.plot(
                    *(ends if name[0] == "x" else ends[::-1]), color=_ink("chart-axis"), linewidth=_POINT, zorder=1.5
                )
            if made.get("showticklabels") is False or words not in named:
                continue
            if name[0] == "x":
                x, y = place + (4 if right else 0), base + away * (mark + 3)
                anchor, valign = "left" if right else "center", "bottom" if on_top else "top"
            else:
                x, y, valign = base + away * (mark + 5), place, "middle"
                anchor = "left" if on_top else "right"
            self.words(words, x, y, anchor=anchor, valign=valign, size=size, color=color)

    def _apart(self, ticks: Sequence[tuple[float, str]], size: float) -> set[str]:
        """The words below an axis that do not run into each other: zero first, then from the ends inwards."""
        middle = (ticks[0][0] + ticks[-1][0]) / 2 if ticks else 0.0
        kept: list[tuple[float, float]] = []
        named = set()
        for place, words in sorted(ticks, key=lambda tick: (tick[1] not in {"0", "same"}, -abs(tick[0] - middle))):
            half = max(self._width(line, size) for line in re.split(r"<br\s*/?>", words)) / 2 + 3
            if all(place + half <= left or place - half >= right for left, right in kept):
                kept.append((place - half, place + half))
                named.add(words)
        return named

    # ---- Places ----

    def _place(self, value: Any, ref: str | None, side: str) -> float:
        if (ref or side) == _PAPER:
            start, end = (self.left, self.right) if side == "x" else (self.bottom, self.top)
            return start + _number(value) * (end - start)
        return self.scales[_axis_name(ref or side)].place(value)

    def _corner(self, shape: Mapping[str, Any], which: str) -> float:
        side = which[0]
        ref = shape.get(f"{side}ref")
        if shape.get(f"{side}sizemode") == "pixel":
            return self._place(shape.get(f"{side}anchor", 0), ref, side) + _number(shape[which])
        return self._place(shape[which], ref, side)

    # ---- Shapes and words ----

    def _shape(self, shape: Mapping[str, Any], order: float) -> None:
        from matplotlib.patches import Ellipse, Rectangle

        stroke = shape.get("line") or {}
        width = stroke.get("width", 2) * _POINT
        opacity = shape.get("opacity")  # none of its own keeps that of its colours
        fill = shape.get("fillcolor")
        look: dict[str, Any] = {
            "facecolor": _color(fill) if fill else "none", "linewidth": width, "linestyle": _dash(stroke),
            "edgecolor": _color(stroke.get("color")) if width else "none", "zorder": order, "alpha": opacity,
        }  # fmt: skip
        if shape.get("type") == "path":
            self._path(shape, look)
            return
        x0, x1, y0, y1 = (self._corner(shape, which) for which in ("x0", "x1", "y0", "y1"))
        if shape.get("type") == "line":
            self.axes.plot(
                [x0, x1], [y0, y1], color=_color(stroke.get("color")), linewidth=width, alpha=opacity,
                linestyle=_dash(stroke), zorder=order, solid_capstyle="butt",
            )  # fmt: skip
        elif shape.get("type") == "rect":
            self.axes.add_patch(Rectangle((min(x0, x1), min(y0, y1)), abs(x1 - x0), abs(y1 - y0), **look))
        elif shape.get("type") == "circle":
            self.axes.add_patch(Ellipse(((x0 + x1) / 2, (y0 + y1) / 2), abs(x1 - x0), abs(y1 - y0), **look))

    def _path(self, shape: Mapping[str, Any], look: Mapping[str, Any]) -> None:
        """Straight strokes: "M x,y L x,y … Z", any number of them."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        places: list[tuple[float, float]] = []
        codes: list[Any] = []
        for letter, x, y in re.findall(r"([MLZ])(?: *(-?[\d.]+),(-?[\d.]+))?", shape["path"]):
            if letter == "Z":
                places.append(places[0])
                codes.append(Outline.CLOSEPOLY)
                continue
            at = {"x": float(x), "y": float(y)}
            spot = [self._corner({**shape, **at}, side) for side in ("x", "y")]
            places.append((spot[0], spot[1]))
            codes.append(Outline.MOVETO if letter == "M" else Outline.LINETO)
        self.axes.add_patch(PathPatch(Outline(places, codes), **look))

    def _annotation(self, made: Mapping[str, Any]) -> None:
        if made.get("visible") is False or not made.get("text"):
            return
        x = self._place(made.get("x", 0), made.get("xref"), "x") + float(made.get("xshift", 0))
        y = self._place(made.get("y", 0), made.get("yref"), "y") + float(made.get("yshift", 0))
        font = made.get("font") or {}
        self.words(
            made["text"], x, y, anchor=made.get("xanchor", "center"), valign=made.get("yanchor", "middle"),
            size=font.get("size", SIZE_TEXT), color=font.get("color", _ink("chart-text")), align=made.get("align"),
            behind=made.get("bgcolor"),
        )  # fmt: skip

    def words(
        self, text: str, x: float, y: float, *, anchor: str, valign: str, size: float, color: str,
        align: str | None = None, behind: str | None = None,
    ) -> None:  # fmt: skip
        """Words in the few marks annotations use: bold, colour, line breaks."""
        if math.isnan(x) or math.isnan(y):
            return
        lines = [list(_runs(line, color)) for line in re.split(r"<br\s*/?>", str(text))]
        widths = [sum(self._width(run.words, size, bold=run.bold) for run in line) for line in lines]
        widest, step = max(widths, default=0.0), size * 1.3
        left = {"left": x, "right": x - widest}.get(anchor, x - widest / 2)
        top = {"top": y, "bottom": y + step * len(lines)}.get(valign, y + step * len(lines) / 2)
        if behind and behind != "rgba(0,0,0,0)":
            from matplotlib.patches import Rectangle

            self.axes.add_patch(
                Rectangle(
                    (left - 1, top - step * len(lines)), widest + 2, step * len(lines), facecolor=_color(behind),
                    linewidth=0, zorder=4.5,
                )
            )  # fmt: skip
        for i, (line, width) in enumerate(zip(lines, widths, strict=True)):
            spare = widest - width
            at = left + {"left": 0.0, "right": spare}.get(align or anchor, spare / 2)
            for run in line:
                self.axes.text(
                    at, top - step * (i + 0.5) - size * 0.34, run.words, fontsize=size * _POINT, color=run.color,
                    family=_bold_families() if run.bold else _families(), ha="left", va="baseline", zorder=5,
                    parse_math=False, path_effects=_edged(run.color) if self.halo else None,
                )  # fmt: skip
                at += self._width(run.words, size, bold=run.bold)

    def _width(self, words: str, size: float, *, bold: bool = False) -> float:
        return text_width(words, size, bold)

    # ---- Traces ----

    def _trace(self, trace: Mapping[str, Any], before: Mapping[str, Any] | None, order: float) -> None:
        x_axis = self.scales[_axis_name(trace.get("xaxis", "x"))]
        y_axis = self.scales[_axis_name(trace.get("yaxis", "y"))]
        kind = trace.get("type", "scatter")
        if kind == "bar":
            self._bars(trace, x_axis, y_axis, order)
        elif kind == "heatmap":
            self._cells(trace, x_axis, y_axis, order)
        else:
            self._scatter(trace, before, x_axis, y_axis, order)

    def _points(self, trace: Mapping[str, Any], x_axis: _Axis, y_axis: _Axis) -> list[tuple[float, float]]:
        return [
            (x_axis.place(x), y_axis.place(y)) for x, y in zip(_listed(trace["x"]), _listed(trace["y"]), strict=False)
        ]

    def _scatter(
        self, trace: Mapping[str, Any], before: Mapping[str, Any] | None, x_axis: _Axis, y_axis: _Axis, order: float
    ) -> None:
        points = self._points(trace, x_axis, y_axis)
        mode = trace.get("mode", "lines")
        stroke = trace.get("line") or {}
        width = stroke.get("width", 2.5) * _POINT
        fill = trace.get("fill")
        if fill == "toself":
            self._filled(trace, [run for run in _unbroken(points) if len(run) > 2], order, stroke)
        elif fill == "tonexty" and before is not None:
            upper, lower = points, self._points(before, x_axis, y_axis)
            for run in _unbroken(upper):
                places = {x for x, _ in run}
                back = [point for point in lower if point[0] in places and not math.isnan(point[1])]
                self._filled(trace, [run + back[::-1]], order - 0.0005, {})
        elif fill == "tozeroy":
            base = y_axis.place(0)
            for run in _unbroken(points):
                self._filled(trace, [[(run[0][0], base), *run, (run[-1][0], base)]], order - 0.0005, {})
        if "lines" in mode and width and fill != "toself":
            for run in _unbroken(points):
                drawn = _stepped(run) if stroke.get("shape") == "hv" else run
                self.axes.plot(
                    [p[0] for p in drawn], [p[1] for p in drawn], color=_color(stroke.get("color")), linewidth=width,
                    linestyle=_dash(stroke), zorder=order, solid_capstyle="butt",
                    solid_joinstyle="round", alpha=trace.get("opacity", 1),
                )  # fmt: skip
        self._errors(trace, points, x_axis, y_axis, order)
        if "markers" in mode:
            self._markers(trace.get("marker") or {}, points, order + 0.0004)
        if "text" in mode:
            font = trace.get("textfont") or {}
            for i, (words, (x, y)) in enumerate(zip(_listed(trace.get("text")), points, strict=False)):
                where = _item(trace.get("textposition", "middle center"), i)
                up = {"top": "bottom", "bottom": "top"}.get(where.split()[0], "middle")
                side = {"left": "right", "right": "left"}.get(where.split()[-1], "center")
                self.words(
                    str(words), x, y, anchor=side, valign=up, size=_item(font.get("size", SIZE_TEXT), i),
                    color=_item(font.get("color", _ink("chart-text")), i),
                )  # fmt: skip

    def _filled(
        self, trace: Mapping[str, Any], rings: list[list[tuple[float, float]]], order: float, stroke: Mapping[str, Any]
    ) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        if not rings:
            return
        outline = Outline.make_compound_path(*(Outline([*ring, ring[0]], closed=True) for ring in rings))
        pattern = trace.get("fillpattern") or {}
        width = stroke.get("width", 0) * _POINT if stroke else 0
        self.axes.add_patch(
            PathPatch(
                outline, facecolor=_color(trace.get("fillcolor") or pattern.get("bgcolor") or stroke.get("color")),
                edgecolor=_color(stroke.get("color")) if width else "none", linewidth=width, zorder=order,
                linestyle=_dash(stroke),
            )
        )  # fmt: skip
        if pattern.get("shape"):
            self.axes.add_patch(
                PathPatch(outline, facecolor="none", edgecolor=_color(pattern.get("fgcolor")), linewidth=0,
                          hatch=4 * pattern["shape"], zorder=order)
            )  # fmt: skip

    def _errors(
        self, trace: Mapping[str, Any], points: list[tuple[float, float]], x_axis: _Axis, y_axis: _Axis, order: float
    ) -> None:
        for side, axis in (("x", x_axis), ("y", y_axis)):
            error = trace.get(f"error_{side}") or {}
            if not error or error.get("visible") is False or error.get("array") is None:
                continue
            up = _listed(error["array"])
            down = up if error.get("symmetric", "arrayminus" not in error) else _listed(error["arrayminus"])
            color = _color(error.get("color") or _item((trace.get("marker") or {}).get("color"), 0))
            for (x, y), more, less in zip(points, up, down, strict=False):
                a, b = -_number(less) * axis.per_unit, _number(more) * axis.per_unit
                ends = ([x + a, x + b], [y, y]) if side == "x" else ([x, x], [y + a, y + b])
                self.axes.plot(*ends, color=color, linewidth=error.get("thickness", 2) * _POINT, zorder=order)

    def _markers(self, marker: Mapping[str, Any], points: list[tuple[float, float]], order: float) -> None:
        """The marks, those of one look in a row drawn at once."""
        edge = marker.get("line") or {}
        alike: list[tuple[dict[str, Any], list[tuple[float, float, float]]]] = []
        for i, (x, y) in enumerate(points):
            if math.isnan(x) or math.isnan(y):
                continue
            away, turn = float(_item(marker.get("standoff"), i) or 0), math.radians(_item(marker.get("angle"), i) or 0)
            x, y = x - away * math.sin(turn), y - away * math.cos(turn)
            symbol = str(_item(marker.get("symbol", "circle"), i))
            hollow = symbol.endswith("-open")
            shape = _SYMBOLS.get(symbol.removesuffix("-open"), "o")
            color = _color(_item(marker.get("color"), i) or _ink("chart-ours"))
            size = float(_item(marker.get("size", 6), i)) * _POINT
            thin = float(_item(edge.get("width", 0), i) or 0) * _POINT
            look = {
                "marker": shape,
                "facecolors": "white" if hollow else color,
                "edgecolors": color if hollow or shape in {"|", "_"} else _color(_item(edge.get("color"), i) or "#fff"),
                "linewidths": max(thin, 1.2) if hollow or shape in {"|", "_"} else thin,
                "alpha": _item(marker.get("opacity", 1), i),
            }
            if not alike or alike[-1][0] != look:
                alike.append((look, []))
            alike[-1][1].append((x, y, size**2 * _AREA.get(shape, 1.0)))
        for look, marks in alike:
            xs, ys, sizes = zip(*marks, strict=True)
            self.axes.scatter(xs, ys, s=sizes, zorder=order, **look)

    def _bars(self, trace: Mapping[str, Any], x_axis: _Axis, y_axis: _Axis, order: float) -> None:
        from matplotlib.patches import Rectangle

        across = trace.get("orientation") == "h"
        along, over = (x_axis, y_axis) if across else (y_axis, x_axis)
        lengths, places = (
            (_listed(trace["x"]), _listed(trace["y"])) if across else (_listed(trace["y"]), _listed(trace["x"]))
        )
        marker = trace.get("marker") or {}
        pattern = marker.get("pattern") or {}
        for i, (length, place) in enumerate(zip(lengths, places, strict=False)):
            base = _number(_item(trace.get("base", 0), i) or 0)
            wide = _number(_item(trace.get("width", 0.8), i))
            value, centre = _number(length), _number(place)
            if math.isnan(value) or math.isnan(centre):
                continue
            a, b = along.place(base), along.place(base + value)
            c, d = over.place(centre - wide / 2), over.place(centre + wide / 2)
            x, y, w, h = (a, c, b - a, d - c) if across else (c, a, d - c, b - a)
            color = _color(_item(marker.get("color"), i) or _ink("chart-peer"))
            self.axes.add_patch(Rectangle((x, y), w, h, facecolor=color, linewidth=0, zorder=order))
            if _item(pattern.get("shape"), i):
                self.axes.add_patch(
                    Rectangle((x, y), w, h, facecolor="none", edgecolor=_color(_item(pattern.get("fgcolor"), i)),
                              hatch="////", linewidth=0, zorder=order)
                )  # fmt: skip

    def _cells(self, trace: Mapping[str, Any], x_axis: _Axis, y_axis: _Axis, order: float) -> None:
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.patches import Rectangle

        scale = [(float(at), _color(color)) for at, color in trace["colorscale"]]
        colors = LinearSegmentedColormap.from_list("cells", _steps(scale), N=1024)
        low, high = float(trace.get("zmin", 0)), float(trace.get("zmax", 1))
        gaps = float(trace.get("xgap", 0)), float(trace.get("ygap", 0))
        xs, ys = ([_number(v) for v in _listed(trace[side])] for side in ("x", "y"))
        wide = abs(xs[1] - xs[0]) if len(xs) > 1 else 1.0
        tall = abs(ys[1] - ys[0]) if len(ys) > 1 else 1.0
        for y, row in zip(ys, trace["z"], strict=False):
            for x, value in zip(xs, row, strict=False):
                number = _number(value)
                if math.isnan(number):
                    continue
                x0, x1 = sorted((x_axis.place(x - wide / 2), x_axis.place(x + wide / 2)))
                y0, y1 = sorted((y_axis.place(y - tall / 2), y_axis.place(y + tall / 2)))
                self.axes.add_patch(
                    Rectangle(
                        (x0 + gaps[0] / 2, y0 + gaps[1] / 2), x1 - x0 - gaps[0], y1 - y0 - gaps[1], linewidth=0,
                        facecolor=colors((number - low) / ((high - low) or 1)), zorder=order,
                    )
                )  # fmt: skip


@dataclass(frozen=True)
class _Run:
    words: str
    bold: bool
    color: str


def _runs(line: str, color: str) -> Iterator[_Run]:
    """A line's stretches of one weight and colour."""
    bold, colors = 0, [color]
    for part in re.split(r"(<[^>]+>)", line):
        if part in {"<b>", "<strong>"}:
            bold += 1
        elif part in {"</b>", "</strong>"}:
            bold -= 1
        elif part.startswith("<span"):
            found = re.search(r"color:\s*([^;\"']+)", part)
            colors.append(found[1].strip() if found else colors[-1])
        elif part == "</span>" and len(colors) > 1:
            colors.pop()
        elif part and not part.startswith("<"):
            yield _Run(html.unescape(part).replace("\u202f", "\u00a0"), bold > 0, colors[-1])


@functools.lru_cache(maxsize=4096)
def text_width(words: str, size: float, bold: bool) -> float:
    """How wide the words are in the screen's typeface, in the unit of `size`."""
    plain = html.unescape(re.sub(r"<[^>]+>", "", words))
    font = _measuring(bold)
    font.set_size(100, 72)
    # Spaces at the ends have no width of their own: an "x" at each keeps them.
    width, ends = (_advance(font, f"x{text}x") for text in (plain, ""))
    return (width - ends) * size / 100


@functools.cache
def _measuring(bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    families = _bold_families() if bold else _families()
    return get_font([findfont(FontProperties(family=[family])) for family in families])


def _advance(font: Any, text: str) -> float:
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64


def _unbroken(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The stretches of a line between its gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if math.isnan(x) or math.isnan(y):
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _stepped(run: list[tuple[float, float]]) -> list[tuple[float, float]]:
    out = run[:1]
    for (_, y0), (x1, y1) in itertools.pairwise(run):
        out += [(x1, y0), (x1, y1)]
    return out


def _steps(scale: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
    """A colour scale from 0 to 1 without a jump backwards, as matplotlib wants it."""
    scale = sorted(scale, key=lambda step: step[0])
    first, last = (0.0, scale[0][1]), (1.0, scale[-1][1])
    return [first, *scale[(scale[0][0] <= 0) : len(scale) - (scale[-1][0] >= 1)], last]


def _tick_words(axis: Mapping[str, Any]) -> list[str]:
    """What stands at an axis's ticks."""
    words = axis.get("ticktext")
    if words is not None:
        return [str(word) for word in words]
    return [f"{value:,g}" if isinstance(value, (int, float)) else str(value) for value in axis["tickvals"]]


def _axis_name(short: str) -> str:
    """ "x2" → "xaxis2"."""
    return f"{short[0]}axis{short[1:].removesuffix(' domain')}"


def _listed(values: Any) -> list[Any]:
    return [] if values is None else [values] if isinstance(values, str) else list(values)


def _item(values: Any, i: int) -> Any:
    """The i-th of several values, or the one for all."""
    if isinstance(values, (list, tuple)) or hasattr(values, "__array__"):
        return values[i] if i < len(values) else None
    return values


def _dash(stroke: Mapping[str, Any]) -> Any:
    """A dash as matplotlib has it: in widths of its line."""
    name = str(stroke.get("dash") or "")
    if "px" in name:
        return (0, tuple(float(part.removesuffix("px")) / (stroke.get("width") or 1) for part in name.split(",")))
    return {"dash": (0, (4, 3)), "dot": (0, (1, 2)), "dashdot": "dashdot"}.get(name, "solid")


def _color(value: Any) -> Any:
    """A colour as matplotlib writes it; rgba() as numbers."""
    if value is None:
        return _ink("chart-text")
    found = re.fullmatch(r"rgba?\(([^)]+)\)", str(value))
    if not found:
        return value
    parts = [float(part) for part in found[1].split(",")]
    return tuple(part / 255 for part in parts[:3]) + tuple(parts[3:])
