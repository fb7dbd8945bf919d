"""A funnel: rates over residents, and the limits between which chance and ordinary differences keep an area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from analytics.words import rate

__all__ = ["HEIGHT", "funnel"]

HEIGHT = {"wide": 430, "narrow": 380}
_WIDTH = {"wide": 400, "narrow": 320}
Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in pixels."""


def funnel(frame: pd.DataFrame, *, limits: pd.DataFrame, centre: float, base: str, view: View) -> dict[str, Any]:
    """frame: a row an area: member_name, is_self, population, rate_per_1000, outside (beyond the 95 % limits), hover.

    limits: a row a number of residents: population, lower_95, upper_95, lower_998, upper_998 (what is judged by) and
    chance_lower_95, chance_upper_95 (chance alone), all as rates. base: "residents" or "households".
    """
    t = tokens(view.scheme)
    height, width = view.tall(HEIGHT[view.width]), view.across(_WIDTH[view.width])
    k = limits["population"].to_numpy(dtype=float)
    rates = frame["rate_per_1000"].to_numpy(dtype=float)
    high = max(float(rates.max()), float(np.nanquantile(limits["upper_998"], 0.6)))
    top = high * 1.08
    right = float(k.max())
    data: list[dict[str, Any]] = []
    for names, dash, color, thick in (
        (("chance_lower_95", "chance_upper_95"), "dot", "chart-peer-line", 1.2),
        (("lower_95", "upper_95"), "dash", "level", 1.6),
        (("lower_998", "upper_998"), "solid", "level", 1.6),
    ):
        for name in names:
            data.append({
                "type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": k.tolist(),
                "y": [None if value > top else round(float(value), 4) for value in limits[name]],
                "line": {"color": t[color], "width": thick, "dash": dash},
            })  # fmt: skip
    shapes = [
        line(0, centre, right, centre, view=view, color="chart-zero", width=1.5),
        line(0, 0, right, 0, view=view, color="chart-axis"),
    ]
    for ours in (False, True):
        part = frame[frame["is_self"] == ours]
        if len(part):
            data.append({
                "type": "scatter", "mode": "markers", "cliponaxis": False,
                "x": part["population"].tolist(), "y": part["rate_per_1000"].tolist(),
                "hovertext": part["hover"].tolist(), "hoverinfo": "text",
                "marker": {
                    "size": 15 if ours else 9 if len(frame) <= 60 else 7,
                    "color": t["chart-ours" if ours else "chart-peer-dot"],
                    "line": {"width": 1.5 if len(frame) <= 60 else 0.8, "color": t["chart-halo"]},
                },
            })  # fmt: skip
    room = (width, height - 76)
    label, taken = _of_all(frame, f"all {rate(centre)}", centre, right, top, room, view)
    notes = [*_names(frame, limits, centre, taken, right, top, room, view), label]
    people = nice_ticks(right, 4)
    return figure(
        data,
        view,
        height,
        margin={"l": 4, "r": 10, "t": 10, "b": 46},
        xaxis={
            **FIXED_AXIS,
            "range": [0, right],
            "tickvals": people,
            "ticktext": [f"{tick:,.0f}" for tick in people],
            "title": {"text": base.capitalize(), "standoff": 6},
        },
        yaxis={**FIXED_AXIS, "range": [0, top], "tickvals": nice_ticks(top, 5)},
        shapes=shapes,
        annotations=notes,
    )


def _of_all(
    frame: pd.DataFrame, words: str, centre: float, right: float, top: float, size: tuple[float, float], view: View
) -> tuple[dict[str, Any], Box]:
    """The rate of all at its line, at an end where it covers no area, and the box it takes."""
    width, height = size
    level, wide = centre / top * height, text_width(words, SIZE_AXIS) + 6
    dots = list(zip(frame["population"] / right * width, frame["rate_per_1000"] / top * height, strict=True))
    ends = [
        (anchor, valign, (x0, level + y0, x0 + wide, level + y0 + 20))
        for anchor, x0 in (("right", width - wide), ("left", 4))
        for valign, y0 in (("bottom", 2), ("top", -22))
    ]

    def covers(box: Box) -> int:
        return sum(box[0] - 8 < x < box[2] + 8 and box[1] - 8 < y < box[3] + 8 for x, y in dots)

    anchor, valign, box = min(ends, key=lambda end: covers(end[2]))
    x, xshift = (right, -4) if anchor == "right" else (0, 4)
    made = text(
        words, x, centre, view=view, behind=True, anchor=anchor, valign=valign, xshift=xshift,
        yshift=2 if valign == "bottom" else -2, color="chart-note", size=SIZE_AXIS,
    )  # fmt: skip
    return made, box


def _names(
    frame: pd.DataFrame,
    limits: pd.DataFrame,
    centre: float,
    of_all: Box,
    right: float,
    top: float,
    size: tuple[float, float],
    view: View,
) -> list[dict[str, Any]]:
    """Ours and the areas outside the limits by name: clear of names and dots, and of lines where there is room."""
    width, height = size
    wanted = frame[frame["is_self"] | frame["outside"]].sort_values(
        ["is_self", "rate_per_1000"], ascending=[False, False]
    )
    level = centre / top * height
    taken = [of_all]
    if len(frame) <= 60:
        xs, ys = frame["population"] / right * width, frame["rate_per_1000"] / top * height
        taken += [(x - 4, y - 4, x + 4, y + 4) for x, y in zip(xs, ys, strict=True)]
    curves = [(limits["population"].to_numpy() / right * width, np.full(len(limits), level))]
    curves += [
        (limits["population"].to_numpy() / right * width, limits[name].to_numpy(dtype=float) / top * height)
        for name in ("lower_95", "upper_95", "lower_998", "upper_998", "chance_lower_95", "chance_upper_95")
    ]
    made = []
    for row in wanted.head(24).to_dict("records"):
        x, y = row["population"] / right * width, row["rate_per_1000"] / top * height
        bold = bool(row["is_self"])
        wide = text_width(row["member_name"], SIZE_AXIS, bold=bold)
        gap = 11 if bold else 8
        best: tuple[int, str, float, float, Box] | None = None
        for dy in (0, 14, -14, 24, -24):
            for anchor, x0 in (("left", x + gap), ("right", x - gap - wide)):
                box = (x0, y + dy - 8, x0 + wide, y + dy + 8)
                clear = not any(_meet(box, other) for other in taken if not _holds(other, x, y))
                if box[0] < 0 or box[2] > width or box[1] < 0 or box[3] > height or not clear:
                    continue
                crossed = sum(_crosses(box, *curve) for curve in curves)
                if best is None or crossed < best[0]:
                    best = (crossed, anchor, gap if anchor == "left" else -gap, dy, box)
        if best is None:
            continue
        _, anchor, xshift, yshift, box = best
        taken.append(box)
        made.append(
            text(
                row["member_name"],
                row["population"],
                row["rate_per_1000"],
                view=view,
                anchor=anchor,
                xshift=xshift,
                yshift=yshift,
                bold=bold,
                size=SIZE_AXIS,
                color="chart-ours" if bold else "chart-text",
                behind=True,
            )
        )
    return made


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _crosses(box: Box, xs: np.ndarray, ys: np.ndarray) -> bool:
    """Whether a curve runs through a box."""
    places = np.linspace(box[0], box[2], 6)
    heights = np.interp(places, xs, np.nan_to_num(ys))
    return bool(((heights >= box[1]) & (heights <= box[3])).any())
