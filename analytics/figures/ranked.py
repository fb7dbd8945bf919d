"""Areas in order: a dot with its interval for each, the line to compare with, and figures in columns beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, ROWS, figure, line, nice_ticks, segments, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View

__all__ = ["Beside", "ranked", "ranked_height"]

_ROW = {"wide": 24, "narrow": 46}
_NARROWEST = 530
"""Pixels of the narrowest wide drawing: half a page at 1,440."""


@dataclass(frozen=True)
class Beside:
    """A column of figures right of the dots: the frame's column of ready-made words, its heading, its width."""

    key: str
    heading: str
    share: float
    """Width as a share of the chart."""
    color_key: str | None = None
    """A column that names the colour role of each cell."""


def ranked_height(rows: int, view: View) -> int:
    """Pixels for so many rows with header and axis."""
    return 26 + rows * _ROW[view.width] + 34


def ranked(
    frame: pd.DataFrame,
    *,
    name: str,
    value: str,
    lower: str | None,
    upper: str | None,
    words: str,
    hover: str,
    key: str,
    reference: float | None,
    reference_words: str,
    beside: Sequence[Beside],
    strong: Sequence[bool],
    view: View,
    heading: str = "",
) -> dict[str, Any]:
    """Ranked dots as drawn in the design.

    frame: a row an area, in order. `name`, `words` (the value as written), `hover` and `key` (what a click hands on)
    name its columns; `lower` and `upper` the interval's ends, None for none. strong: rows in ours blue and bold.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    across = view.room or _NARROWEST
    n = len(frame)
    rows = frame.to_dict("records")
    shown = [row for row in rows if _finite(row[value])]
    ends = [row[upper] if upper and _finite(row[upper]) else row[value] for row in shown]
    top = max([*ends, reference or 0.0, 1e-9]) * 1.02
    ticks = nice_ticks(top, 4)
    right = 1 - (sum(column.share for column in beside) if wide else 0)
    longest = max([text_width(str(row[name]), bold=flag) for row, flag in zip(rows, strong, strict=True)], default=0)
    left = min((longest + 12) / across, 0.5) if wide else 0.02
    shapes = [line(tick, 0, tick, n, view=view, color="chart-grid" if tick else "chart-axis") for tick in ticks]
    notes: list[dict[str, Any]] = []
    if reference is not None and _finite(reference):
        # On a phone names stand above their dots: there the line keeps to the dots.
        pieces = [(0.0, float(n))] if wide else [(n - i - 0.98, n - i - 0.54) for i in range(n)]
        shapes += [line(reference, y0, reference, y1, view=view, color="level", width=2) for y0, y1 in pieces]
        notes.append(
            text(
                f"<b>{reference_words}</b>",
                reference,
                1 if wide else 0,
                view=view,
                paper="y",
                size=SIZE_AXIS,
                anchor="center" if 0.2 * top < reference < 0.8 * top else "left" if reference <= 0.2 * top else "right",
                valign="bottom" if wide else "top",
                yshift=0 if wide else -14,
            )
        )
    if wide:
        head: dict[str, Any] = {
            "view": view,
            "paper": "xy",
            "valign": "bottom",
            "color": "chart-note",
            "size": SIZE_AXIS,
        }
        notes.append(text(heading, 0, 1, **head))
        edge = 1.0
        for column in reversed(beside):
            notes.append(text(column.heading, edge, 1, anchor="right", **head))
            edge -= column.share
    bold = {index for index, flag in enumerate(strong) if flag}
    for index, row in enumerate(rows):
        label_y = n - index - 0.5 if wide else n - index - 0.3
        is_strong = index in bold
        label: dict[str, Any] = {
            "view": view,
            "paper": "x",
            "bold": is_strong,
            "color": "text" if is_strong else "chart-text",
        }
        notes.append(text(str(row[name]), 0, label_y, **label))
        if wide:
            edge = 1.0
            for column in reversed(beside):
                role = row[column.color_key] if column.color_key else "chart-text"
                notes.append(
                    text(
                        str(row[column.key]),
                        edge,
                        label_y,
                        view=view,
                        paper="x",
                        anchor="right",
                        color=role,
                        bold=role != "chart-text",
                    )
                )
                edge -= column.share
        else:
            notes.append(text(str(row[words]), 1, label_y, view=view, paper="x", anchor="right", bold=is_strong))
        if wide and _finite(row[value]):
            end = row[upper] if upper and _finite(row[upper]) else row[value]
            start = row[lower] if lower and _finite(row[lower]) else row[value]
            room = (text_width(str(row[words])) + 14) / (across * (right - left)) * top
            before = (reference is not None and row[value] < reference and start - room > 0) or end + room > top
            notes.append(
                text(
                    str(row[words]),
                    start if before else end,
                    label_y,
                    view=view,
                    anchor="right" if before else "left",
                    xshift=-6 if before else 6,
                    bold=is_strong,
                    color="chart-ours" if is_strong else "chart-text",
                    behind=True,
                )
            )
        elif wide:
            notes.append(text(str(row[words]), 0, label_y, view=view, color="unknown-text", xshift=6))
        shapes.append(line(0, n - index - 1, 1, n - index - 1, view=view, paper="x", color="chart-grid"))
    data: list[dict[str, Any]] = []
    for ours in (False, True):
        color = t["chart-ours"] if ours else t["level"]
        part = [
            (row, n - i - (0.5 if wide else 0.76))
            for i, row in enumerate(rows)
            if (i in bold) is ours and _finite(row[value])
        ]
        if not part:
            continue
        if lower and upper:
            xs, ys = segments([r[lower] for r, _ in part], [r[upper] for r, _ in part], [y for _, y in part])
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": xs,
                    "y": ys,
                    "hoverinfo": "skip",
                    "line": {"color": color, "width": 2},
                }
            )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [r[value] for r, _ in part],
                "y": [y for _, y in part],
                "customdata": [[r[key]] for r, _ in part],
                "hovertext": [r[hover] for r, _ in part],
                "hoverinfo": "text",
                "marker": {
                    "size": 12 if ours else 10,
                    "color": color,
                    "line": {"width": 1.5, "color": t["chart-halo"]},
                },
            }
        )
    return figure(
        data,
        view,
        ranked_height(n, view),
        meta=ROWS,
        margin={"l": 0, "r": 0, "t": 24 if wide else 4, "b": 34},
        xaxis={
            **FIXED_AXIS,
            "range": [0, top],
            "domain": [left, right - (0.02 if beside and wide else 0)],
            "tickvals": ticks,
        },
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )


def _finite(value: Any) -> bool:
    return value is not None and not pd.isna(value) and math.isfinite(value)
