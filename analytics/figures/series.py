"""A monthly series: ours with dots, the ordinary range behind it, months that are not loaded hatched, breaks named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._breaks import break_lines, draw_breaks
from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.months import label_range, runs, write_month
from analytics.panels._model import View
from analytics.words import integer

__all__ = ["monthly_line"]

_NARROWEST = {"wide": 400, "narrow": 300}
"""Pixels of the narrowest drawing."""


def monthly_line(
    frame: pd.DataFrame,
    *,
    breaks: pd.DataFrame,
    view: View,
    height: int,
) -> dict[str, Any]:
    """The monthly line as drawn in the design.

    frame: a row a month, none left out: month, incidents (missing where not loaded), centre, ordinary_lower,
    ordinary_upper (NaN where there is no ordinary range), side (1 where the month stands out as high, -1 as low, else
    0), latest (True for a month that later files may complete), and hover. breaks: the register's rows; they are
    named above the line.
    """
    t = tokens(view.scheme)
    months: list[date] = list(frame["month"])
    n = len(months)
    values = frame["incidents"].astype("float64")
    place = {month: index for index, month in enumerate(months)}
    highest = max(values.max() if values.notna().any() else 1.0, frame["ordinary_upper"].fillna(0).max(), 1.0)
    levels = break_lines(breaks, months)
    room = height - 40
    # The peak's own words above it, and above these the breaks' names.
    top = highest * max(1.16 * room / max(room - 20 * levels, 60), room / max(room - 28 - 20 * levels, 60))
    ticks = [tick for tick in nice_ticks(highest * 1.16, 4) if tick < top * 0.94]
    shapes: list[dict[str, Any]] = [
        line(-0.5, tick, n - 0.5, tick, view=view, color="chart-grid") for tick in ticks[1:]
    ]
    numbers = [integer(tick) for tick in ticks]
    # Above their lines inside the chart; left of it where its first months are not loaded, clear of the hatching.
    beside = bool(pd.isna(values.iloc[0]))
    left = max(text_width(number, SIZE_AXIS) + 8 for number in numbers) / _NARROWEST[view.width] if beside else 0.0
    valign = "middle" if beside else "bottom"
    notes: list[dict[str, Any]] = [
        text(number, 0, tick, view=view, paper="x", valign=valign, color="chart-note", size=SIZE_AXIS)
        for number, tick in zip(numbers, ticks, strict=True)
    ]
    edge = n - 0.4
    ordinary, labels = _ordinary_range(frame, edge, view)
    notes += labels
    data: list[dict[str, Any]] = ordinary
    missing = [month for month, value in zip(months, values, strict=True) if pd.isna(value)]
    for start, end in runs(missing):
        centre_x = (place[start] + place[end]) / 2
        width = place[end] - place[start] + 1
        data.append(hatched([centre_x], 0, top, width, view=view))
        names = (
            label_range(start, end).removesuffix(f" {end.year}") if start.year == end.year else label_range(start, end)
        )
        words = f"<b>not loaded</b><br>{names}" if width > n / 6 else f"<b>{'not<br>loaded'}</b>"
        notes.append(
            text(
                words,
                centre_x,
                top * 0.5,
                view=view,
                anchor="center",
                color="unknown-text",
                behind=True,
                size=SIZE_AXIS,
            )
        )
    colors = [t[{1: "higher", -1: "lower"}.get(side, "chart-ours")] for side in frame["side"]]
    latest = [bool(last) for last in frame["latest"]]
    data.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(range(n)),
            "y": [None if pd.isna(v) else v for v in values],
            "connectgaps": False,
            "customdata": [[f"{m:%Y-%m}"] for m in months],
            "hovertext": list(frame["hover"]),
            "hoverinfo": "text",
            "line": {"color": t["chart-ours"], "width": 2.5},
            "marker": {
                "color": [t["surface"] if hollow else color for hollow, color in zip(latest, colors, strict=True)],
                "line": {
                    "width": 1.5,
                    "color": [
                        color if hollow else t["chart-halo"] for hollow, color in zip(latest, colors, strict=True)
                    ],
                },
                "size": [12 if side else 8 if n <= 36 else 5 for side in frame["side"]],
                "symbol": [{1: "triangle-up", -1: "triangle-down"}.get(side, "circle") for side in frame["side"]],
            },
        }
    )
    shown = [i for i in range(n) if not pd.isna(values.iloc[i])]
    if shown:
        last, peak = shown[-1], max(shown, key=lambda i: values.iloc[i])
        notes.append(
            text(
                integer(values.iloc[last]),
                max(edge, last + 0.6),
                values.iloc[last],
                view=view,
                bold=True,
                color="chart-ours",
            )
        )
        if peak != last:
            notes.append(
                text(
                    f"{integer(values.iloc[peak])} in {write_month(months[peak], full=True).split()[0]}",
                    peak,
                    values.iloc[peak],
                    view=view,
                    anchor="center",
                    valign="bottom",
                    yshift=6,
                    bold=True,
                    behind=True,
                )
            )
    notes = _apart(notes, edge, top, height)
    draw_breaks(breaks, months, top, shapes, notes, view=view, numbers=[] if beside else numbers)
    ticks_x = [i for i, m in enumerate(months) if m.month == 1] or [0]
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 12, "b": 28},
        bargap=0,
        xaxis={
            **FIXED_AXIS,
            "range": [-0.6, n - 0.4],
            "domain": [left, 0.89],
            "tickvals": ticks_x,
            "ticktext": [write_month(months[i]) for i in ticks_x],
            "showline": True,
            "ticks": "outside",
            "ticklabelposition": "outside right",
        },
        yaxis={**FIXED_AXIS, "range": [0, top], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )


def _ordinary_range(frame: pd.DataFrame, edge: float, view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The grey band from lower to upper limit with its mean, and the limits' values at the right."""
    t = tokens(view.scheme)
    lower, centre, upper = (frame[key].astype("float64") for key in ("ordinary_lower", "centre", "ordinary_upper"))
    if not upper.notna().all():
        return [], []
    xs = [-0.5, *range(len(frame)), len(frame) - 0.5]

    def stretched(values: pd.Series) -> list[float]:
        return [values.iloc[0], *values, values.iloc[-1]]

    plain = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": xs}
    data = [
        {**plain, "y": stretched(lower), "line": {"width": 0}},
        {**plain, "y": stretched(upper), "line": {"width": 0}, "fill": "tonexty", "fillcolor": t["chart-band"]},
        {**plain, "y": stretched(centre), "line": {"width": 1.5, "color": t["level"]}},
    ]
    labels = [
        text(integer(limit.iloc[-1]), edge, limit.iloc[-1], view=view, color="chart-note", size=SIZE_AXIS)
        for limit in (lower, upper)
    ]
    return data, labels


def _apart(notes: list[dict[str, Any]], edge: float, top: float, height: int) -> list[dict[str, Any]]:
    """Labels at the right edge at least 17 px from each other; the bold one, ours, keeps its place."""
    room = 17 * top / max(height - 40, 1)
    mine = [note for note in notes if note["xref"] == "x" and note["x"] >= edge and note["text"].startswith("<b>")]
    for note in notes:
        if note["xref"] == "x" and note["x"] == edge and note not in mine:
            for other in mine:
                gap = note["y"] - other["y"]
                if abs(gap) < room:
                    note["yshift"] = (1 if gap >= 0 else -1) * (room - abs(gap)) / top * (height - 40)
    return notes
