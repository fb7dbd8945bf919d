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


def funnel(frame: pd.DataFrame, *, limits: pd.DataFrame, centre: float, base: str, view: View) -> dict[str, Any]:
    """frame: a row an area: member_name, is_self, population, rate_per_1000, outside (beyond the 95 % limits), hover.

    limits: a row a number of residents: population, lower_95, upper_95, lower_998, upper_998 (what is judged by) and
    chance_lower_95, chance_upper_95 (chance alone), all as rates. base: "residents" or "households".
    """
    t = tokens(view.scheme)
    height, width = HEIGHT[view.width], _WIDTH[view.width]
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
    notes = _names(frame, right, top, (width, height - 76), view)
    said: dict[str, Any] = {"anchor": "right", "valign": "bottom", "color": "chart-note", "size": SIZE_AXIS}
    notes.append(text(f"all {rate(centre)}", right, centre, view=view, **said))
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


def _names(
    frame: pd.DataFrame, right: float, top: float, size: tuple[float, float], view: View
) -> list[dict[str, Any]]:
    """Ours and the areas outside the limits by name, as long as the names do not meet."""
    width, height = size
    wanted = frame[frame["is_self"] | frame["outside"]].sort_values(
        ["is_self", "rate_per_1000"], ascending=[False, False]
    )
    taken: list[tuple[float, float, float, float]] = []
    made = []
    for row in wanted.head(24).to_dict("records"):
        x, y = row["population"] / right * width, row["rate_per_1000"] / top * height
        bold = bool(row["is_self"])
        wide = text_width(row["member_name"], SIZE_AXIS, bold=bold)
        gap = 12 if bold else 8
        for anchor, x0 in (("left", x + gap), ("right", x - gap - wide)):
            box = (x0, y - 9, x0 + wide, y + 9)
            clear = all(box[0] > o[2] or o[0] > box[2] or box[1] > o[3] or o[1] > box[3] for o in taken)
            if box[0] >= 0 and box[2] <= width and clear:
                taken.append(box)
                made.append(
                    text(
                        row["member_name"],
                        row["population"],
                        row["rate_per_1000"],
                        view=view,
                        anchor=anchor,
                        xshift=gap if anchor == "left" else -gap,
                        bold=bold,
                        size=SIZE_AXIS,
                        color="chart-ours" if bold else "chart-text",
                    )
                )
                break
    return made
