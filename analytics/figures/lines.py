"""Monthly lines: one with its 12-month average, a few together, 12-month sums, or years laid over each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._breaks import break_lines, draw_breaks
from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.figures.control import month_ticks
from analytics.months import label_range, runs
from analytics.panels._model import View

__all__ = ["Line", "lines_figure", "years_figure"]

_ROLES = ("chart-ours", "chart-second", "chart-third", "chart-fourth")
_WIDTH = {"wide": 1060, "narrow": 318}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Line:
    """One line: its name and a value and a hover a month, None where there is none. quiet: drawn thin and grey."""

    name: str
    values: Sequence[float | None]
    hovers: Sequence[str]
    quiet: bool = False


def lines_figure(
    lines: Sequence[Line],
    months: Sequence[date],
    *,
    unknown: Sequence[date],
    breaks: pd.DataFrame,
    hollow_last: bool,
    write: Callable[[Any], str],
    view: View,
    height: int,
) -> dict[str, Any]:
    """Lines on one axis from zero, named at their ends.

    unknown: months without a value for want of data, hatched. breaks: rows of the register. hollow_last: the last month
    is one that later files may complete.
    """
    t = tokens(view.scheme)
    wide = view.width == "wide"
    n = len(months)
    highest = max((v for one in lines for v in one.values if v is not None), default=1.0) or 1.0
    plot = height - 40
    top = highest * 1.08 * plot / max(plot - 20 * break_lines(breaks, months), 60)
    ticks = [tick for tick in nice_ticks(highest * 1.06, 5) if tick <= top]
    shapes = [line(-0.5, tick, n - 0.5, tick, view=view, color="chart-grid") for tick in ticks[1:]]
    notes: list[dict[str, Any]] = []
    data = _hatches(unknown, months, top, view, notes)
    ends: list[tuple[float, str, str, bool]] = []
    loud = [one for one in lines if not one.quiet]
    for one in lines:
        color = t["chart-peer-line"] if one.quiet else t[_ROLES[loud.index(one) % len(_ROLES)]]
        role = "chart-note" if one.quiet else "chart-text" if len(loud) > 1 else "chart-ours"
        known = [i for i, v in enumerate(one.values) if v is not None]
        small = 5 if n > 36 or len(loud) > 1 or not wide else 8
        colors = [color] * n
        if hollow_last and known and known[-1] == n - 1 and not one.quiet:
            colors[-1] = t["surface"]
        data.append(
            {
                "type": "scatter",
                "mode": "lines" if one.quiet else "lines+markers",
                "x": list(range(n)),
                "y": list(one.values),
                "connectgaps": False,
                "hovertext": list(one.hovers),
                "hoverinfo": "skip" if one.quiet else "text",
                "line": {"color": color, "width": 1.5 if one.quiet else 2.5},
                "marker": {"color": colors, "size": small, "line": {"width": 1.5, "color": color}},
            }
        )
        if known:
            value = one.values[known[-1]]
            words = one.name if one.quiet else f"{write(value)} {one.name}".strip()
            ends.append((float(value or 0), words, role, not one.quiet))
    room = max((text_width(words, SIZE_AXIS, bold=bold) for _, words, _, bold in ends), default=0.0) + 10
    room = room if wide else 0.0
    notes += _end_labels(ends, n - 0.4, top, plot, view) if wide else []
    draw_breaks(breaks, months, top, shapes, notes, view=view)
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 8, "b": 30},
        bargap=0,
        xaxis={
            **FIXED_AXIS,
            "range": [-0.6, n - 0.4],
            "domain": [0, 1 - room / (view.across(_WIDTH[view.width]) + 80)],
            "showline": True,
            "automargin": False,
            **month_ticks(months, view.across(_WIDTH[view.width]) - room),
        },
        yaxis=_values_axis(top, ticks, write),
        shapes=shapes,
        annotations=notes,
    )


def years_figure(
    years: Sequence[Line],
    *,
    first_month: int,
    write: Callable[[Any], str],
    view: View,
    height: int,
) -> dict[str, Any]:
    """Twelve months laid over those of earlier years: the latest strong, the year before thin, all earlier as a range.

    years: the latest last, twelve values each. first_month: the calendar month the twelve begin with.
    """
    t = tokens(view.scheme)
    wide = view.width == "wide"
    known = [v for one in years for v in one.values if v is not None]
    top = (max(known, default=1.0) or 1.0) * 1.12
    ticks = [tick for tick in nice_ticks(top, 5) if tick <= top]
    shapes = [line(-0.5, tick, 11.5, tick, view=view, color="chart-grid") for tick in ticks[1:]]
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    ends: list[tuple[float, str, str, bool]] = []
    earlier = years[:-2]
    spans = [[v for one in earlier if (v := one.values[i]) is not None] for i in range(12)]
    if earlier and all(spans):
        plain: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": list(range(12)), "hoverinfo": "skip"}
        data.append({**plain, "y": [min(span) for span in spans], "line": {"width": 0}})
        data.append(
            {
                **plain,
                "y": [max(s) for s in spans],
                "line": {"width": 0},
                "fill": "tonexty",
                "fillcolor": t["chart-band"],
            }
        )
        peak = max(range(12), key=lambda i: max(spans[i]))
        notes.append(
            text(
                "range before" if len(earlier) > 1 else earlier[0].name, min(max(peak, 1), 10), max(spans[peak]),
                view=view, anchor="center", valign="bottom", size=SIZE_AXIS, color="chart-note", yshift=2,
            )
        )  # fmt: skip
    for one, strong in zip(years[-2:], (False, True) if len(years) > 1 else (True,), strict=True):
        color = t["chart-ours" if strong else "chart-peer-line"]
        at = [i for i, v in enumerate(one.values) if v is not None]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": list(range(12)),
                "y": list(one.values),
                "connectgaps": False,
                "hovertext": list(one.hovers),
                "hoverinfo": "text",
                "line": {"color": color, "width": 2.5 if strong else 1.5},
                "marker": {"color": color, "size": 8 if strong else 4},
            }
        )
        if at:
            role = "chart-ours" if strong else "chart-note"
            ends.append((float(one.values[at[-1]] or 0), one.name, role, strong))
    room = max((text_width(words, SIZE_AXIS, bold=bold) for _, words, _, bold in ends), default=0.0) + 12
    notes += _end_labels(ends, 11.4, top, height - 40, view)
    names = [_MONTHS[(first_month - 1 + i) % 12] for i in range(12)]
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 8, "b": 30},
        xaxis={
            **FIXED_AXIS,
            "range": [-0.6, 11.4],
            "domain": [0, 1 - room / (view.across(_WIDTH[view.width]) + (80 if wide else 20))],
            "showline": True,
            "automargin": False,
            "tickvals": list(range(12)),
            "ticktext": names if wide else [name[0] for name in names],
        },
        yaxis=_values_axis(top, ticks, write),
        shapes=shapes,
        annotations=notes,
    )


def _values_axis(top: float, ticks: Sequence[float], write: Callable[[Any], str]) -> dict[str, Any]:
    return {
        **FIXED_AXIS,
        "range": [0, top],
        "tickvals": list(ticks),
        "ticktext": [write(tick) if tick else "0" for tick in ticks],
        "ticklabelstandoff": 6,
    }


def _hatches(
    unknown: Sequence[date], months: Sequence[date], top: float, view: View, notes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    place = {month: i for i, month in enumerate(months)}
    drawn = []
    for start, end in runs(unknown):
        width = place[end] - place[start] + 1
        middle = (place[start] + place[end]) / 2
        drawn.append(hatched([middle], 0, top, width, view=view))
        pixels = width / len(months) * view.across(_WIDTH[view.width])
        if pixels > 44:
            words = f"<b>not loaded</b><br>{label_range(start, end)}" if pixels > 120 else "<b>not<br>loaded</b>"
            notes.append(
                text(
                    words, middle, top * 0.45,
                    view=view, anchor="center", color="unknown-text", behind=True, size=SIZE_AXIS,
                )
            )  # fmt: skip
    return drawn


def _end_labels(
    ends: Sequence[tuple[float, str, str, bool]], edge: float, top: float, plot: float, view: View
) -> list[dict[str, Any]]:
    """Names at the right edge in the order of their values, at least 17 px apart and within the chart."""
    order = sorted(ends, key=lambda end: end[0])
    room = 17 * top / max(plot, 1)
    places: list[float] = []
    for value, *_ in order:
        places.append(max(value, places[-1] + room if places else 0.0))
    for k in range(len(places) - 1, -1, -1):
        limit = top * 0.98 if k == len(places) - 1 else places[k + 1] - room
        places[k] = min(places[k], limit)
    return [
        text(words, edge, y, view=view, bold=bold, size=SIZE_AXIS, color=role, xshift=5)
        for (_, words, role, bold), y in zip(order, places, strict=True)
    ]
