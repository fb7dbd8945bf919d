"""The break register on an axis of months: disruptions shaded, dated breaks as dashed lines, each with its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._draw import band, line, text, text_width
from analytics.figures._theme import SIZE_AXIS
from analytics.months import write_month
from analytics.panels._model import View

__all__ = ["break_lines", "break_spans", "draw_breaks", "is_shaded"]


_NARROW = 280
"""Pixels between the ends of an axis on a phone, at least."""


def break_lines(breaks: pd.DataFrame, months: Sequence[date]) -> int:
    """How many lines of text above the chart the names of the breaks take."""
    return min(sum(1 for start, end, row in break_spans(breaks, months) if not is_shaded(row)), 3)


def break_spans(breaks: pd.DataFrame, months: Sequence[date]) -> list[tuple[date, date, Any]]:
    """The breaks that lie on this axis, with their first and last month."""
    found = []
    for row in breaks.itertuples():
        start = pd.Timestamp(row.date_from).date().replace(day=1)
        end = months[-1] if pd.isna(row.date_to) else pd.Timestamp(row.date_to).date().replace(day=1)
        if is_shaded(row):
            if any(start <= month <= end for month in months):
                found.append((start, end, row))
        elif months[0] < start <= months[-1]:
            found.append((start, end, row))
    return found


def is_shaded(row: Any) -> bool:
    return bool(row.excluded) and not pd.isna(row.date_to)


def draw_breaks(
    breaks: pd.DataFrame,
    months: Sequence[date],
    top: float,
    shapes: list[dict[str, Any]],
    notes: list[dict[str, Any]],
    *,
    view: View,
    base: float = 0.0,
    shaded_words: str = "",
    break_words: dict[str, str] | None = None,
    numbers: Sequence[str] = (),
) -> None:
    """Shade disruptions and mark dated breaks, each with its name, on an axis of month numbers.

    breaks: rows of the register. shaded_words: added to a disruption's name. break_words: more to say of a break, by
    break_id, on a second line. numbers: the axis's own, where they stand inside the chart: on a phone names begin right
    of them.
    """
    place = {month: index for index, month in enumerate(months)}
    more = break_words or {}
    level = 0
    pixels = max((text_width(number, SIZE_AXIS) + 8 for number in numbers), default=0)
    left = pixels / _NARROW * len(months) - 0.5
    shaded_to = -0.5  # how far the name of a shaded spell reaches on a phone
    for start, end, row in break_spans(breaks, months):
        if is_shaded(row):
            inside = [month for month in months if start <= month <= end]
            x0, x1 = place[inside[0]] - 0.5, place[inside[-1]] + 0.5
            shapes.insert(0, band(x0, base, x1, top, view=view, color="chart-shade"))
            shaded_to = x0 + (text_width(row.label + shaded_words, SIZE_AXIS) + 8) / _NARROW * len(months)
            notes.append(
                text(
                    row.label + shaded_words,
                    x0,
                    top,
                    view=view,
                    valign="top",
                    color="chart-shade-text",
                    size=SIZE_AXIS,
                    xshift=3,
                )
            )
            continue
        x = place[start] - 0.5
        shapes.append(line(x, base, x, top, view=view, color="chart-break", width=1.5, dash="dash"))
        words = f"{row.label}, {write_month(start)}{more.get(row.break_id, '')}"
        right = x > len(months) * 0.6
        anchor, at, shift = ("right", x, -4) if right else ("left", x, 4)
        if view.width == "narrow":  # too little room on either side: over the line, as far in as the words need
            half = text_width(words, SIZE_AXIS) / 2 / _NARROW * len(months)
            first = half + (max(shaded_to, left) if level == 0 else left)
            anchor, at, shift = "center", min(max(x, first), len(months) - 0.5 - half), 0
        notes.append(
            text(
                words,
                at,
                top,
                view=view,
                valign="top",
                color="chart-break",
                size=SIZE_AXIS,
                anchor=anchor,
                xshift=shift,
                yshift=-19 * (level % 3),
                behind=True,
            )
        )
        level += 1
