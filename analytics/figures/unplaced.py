"""The share of rows without a place, month by month: ours in blue, other forces grey, unusual moves marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._breaks import break_lines, draw_breaks
from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.months import runs, write_month
from analytics.panels._model import View
from analytics.words import percent

__all__ = ["unplaced_lines"]

_TICKS = 40
"""Pixels for the shares at the left."""
_FLAG = 34
"""Pixels for what is said above the highest flagged month."""
_LABEL_ROOM = 19
"""Pixels that labels at the right keep from each other."""


def unplaced_lines(
    frame: pd.DataFrame,
    *,
    months: Sequence[date],
    order: Sequence[str],
    ours: Sequence[str],
    breaks: pd.DataFrame,
    view: View,
    height: int,
) -> dict[str, Any]:
    """A line a force; a month that is not loaded breaks it, and is hatched where it is ours.

    frame: a row a force and month: name, month, not_placed_pct (NaN where not loaded), flagged (bool), words (what a
    flag says, or nothing), hover. order: the names of the forces, ours among them; months: every month of the axis.
    breaks: rows of the register.
    """
    t = tokens(view.scheme)
    n = len(months)
    place = {month: index for index, month in enumerate(months)}
    highest = frame["not_placed_pct"].max()
    plot = height - 40
    below = max(plot - 20 * break_lines(breaks, months), 60)  # the names of breaks
    most = max(float(highest) if pd.notna(highest) else 0.0, 1.0) * max(1.18, below / max(below - _FLAG, 20))
    top = most * plot / below
    ticks = nice_ticks(most, 5)
    shapes = [line(-0.5, tick, n - 0.5, tick, view=view, color="chart-grid") for tick in ticks[1:]]
    shapes.append(line(-0.5, 0, n - 0.5, 0, view=view, color="chart-axis"))
    notes = [
        text(percent(tick, 0 if float(tick).is_integer() else 1), 0, tick, view=view, paper="x", xshift=-_TICKS,
             color="chart-note", size=SIZE_AXIS)
        for tick in ticks
    ]  # fmt: skip
    data: list[dict[str, Any]] = []
    ends: list[tuple[str, float, bool]] = []
    for name in [*[other for other in order if other not in ours], *ours]:
        some = frame[frame["name"] == name].set_index("month").reindex(list(months))
        mine = name in ours
        values = some["not_placed_pct"]
        flags = some["flagged"].fillna(False).astype(bool)
        data.append({"name": name, **_line(some, values, flags, mine=mine, many=n > 24, t=t)})
        known = values.dropna()
        if len(known):
            ends.append((f"{name} {percent(known.iloc[-1], 1)}", float(known.iloc[-1]), mine))
        if mine:
            missing = [m for m, value in zip(months, values, strict=True) if pd.isna(value)]
            for start, end in runs(missing):
                middle, width = (place[start] + place[end]) / 2, place[end] - place[start] + 1
                data.insert(0, hatched([middle], 0, top, width, view=view))
                notes.append(
                    text("<b>not loaded</b>" if width > n / 8 else "<b>not<br>loaded</b>", middle, top / 2, view=view,
                         anchor="center", color="unknown-text", behind=True, size=SIZE_AXIS)
                )  # fmt: skip
            said = [str(words) for words in some["words"]]
            notes += [_flag(said[i], i, values, n, top, view) for i in range(n) if flags.iloc[i] and said[i]]
    wide = view.width == "wide"
    right = round(max([text_width(words, bold=True) for words, _, _ in ends], default=0) + 14) if wide else 0
    notes += _end_labels(ends, n, top, height - 40, view) if wide else _top_labels(ends, ours, view)
    draw_breaks(breaks, months, top, shapes, notes, view=view)
    quarters = [i for i, month in enumerate(months) if month.month == 1] or [0]
    if n <= 14:
        quarters = [i for i, month in enumerate(months) if month.month % 3 == 1] or [0]
    return figure(
        data,
        view,
        height,
        margin={"l": _TICKS, "r": right, "t": 12 if wide else 30, "b": 28},
        bargap=0,
        xaxis={
            **FIXED_AXIS, "range": [-0.6, n - 0.4], "tickvals": quarters, "ticks": "outside",
            "ticktext": [write_month(months[i]) for i in quarters],
            "ticklabelposition": "outside right" if n > 14 else "outside",
        },
        yaxis={**FIXED_AXIS, "range": [0, top], "showticklabels": False, "automargin": False},
        shapes=shapes,
        annotations=notes,
    )  # fmt: skip


def _line(some: pd.DataFrame, values: pd.Series, flags: pd.Series, *, mine: bool, many: bool, t: Any) -> dict[str, Any]:
    small = 8 if mine and not many else 0.1
    return {
        "type": "scatter", "mode": "lines+markers", "x": list(range(len(values))),
        "y": [None if pd.isna(v) else round(float(v), 3) for v in values], "connectgaps": False,
        "hovertext": [None if pd.isna(h) else h for h in some["hover"]], "hoverinfo": "text",
        "line": {"color": t["chart-ours" if mine else "chart-peer-line"], "width": 2.5 if mine else 1.5},
        "marker": {
            "color": t["chart-ours" if mine else "chart-peer-dot"],
            "line": {"width": 1.5 if mine and not many else 0, "color": t["chart-halo"]},
            "size": [12 if flag else small for flag in flags],
            "symbol": ["diamond" if flag else "circle" for flag in flags],
        },
    }  # fmt: skip


def _flag(words: str, place: int, values: pd.Series, n: int, top: float, view: View) -> dict[str, Any]:
    """What a flagged month did: above the mark where it rose or no room is below, below where it fell."""
    rose = place == 0 or values.iloc[place] < 0.12 * top or not values.iloc[place] < values.iloc[place - 1]
    anchor = "left" if place < n / 8 else "right" if place > n * 7 / 8 else "center"
    side: dict[str, Any] = {"valign": "bottom", "yshift": 9} if rose else {"valign": "top", "yshift": -9}
    return text(words, place, float(values.iloc[place]), view=view, anchor=anchor, bold=True, color="text", **side)


def _end_labels(
    ends: list[tuple[str, float, bool]], n: int, top: float, pixels: float, view: View
) -> list[dict[str, Any]]:
    """Each line's name and last value at its right end, pushed apart where they would touch."""
    ordered = sorted(ends, key=lambda end: end[1])
    wanted = [value / top * pixels for _, value, _ in ordered]
    places: list[float] = []
    for y in wanted:
        places.append(max(y, places[-1] + _LABEL_ROOM) if places else y)
    over = max(places[-1] - (pixels - 8), 0) if places else 0
    places = [y - over for y in places]
    return [
        text(words, 1, value, view=view, paper="x", xshift=8, yshift=y - value / top * pixels, bold=mine,
             color="chart-ours" if mine else "chart-text")
        for (words, value, mine), y in zip(ordered, places, strict=True)
    ]  # fmt: skip


def _top_labels(ends: list[tuple[str, float, bool]], ours: Sequence[str], view: View) -> list[dict[str, Any]]:
    """On a phone: our own last values above the chart, and what the grey lines are."""
    own = ", ".join(words for words, _, mine in ends if mine)
    others = sum(not mine for _, _, mine in ends)
    rest = f"&nbsp;&nbsp;{others} other forces in grey" if others > 1 else ""
    return [
        text(
            f"<b>{own}</b>{rest}",
            0,
            1,
            view=view,
            paper="xy",
            valign="bottom",
            xshift=-_TICKS,
            yshift=6,
            color="chart-ours",
        )
    ]
