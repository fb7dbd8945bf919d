"""Several monthly series side by side, each from zero on its own scale, with gaps hatched and breaks lettered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.months import runs, write_month
from analytics.panels._model import View
from analytics.words import integer, is_missing

__all__ = ["LETTERS", "PROJECTED", "Series", "small_series", "small_series_height"]

LETTERS = "abcdefghij"
"""How breaks are named in the drawings: a short letter at the line, the cause in the caveats."""

PROJECTED = 6
"""Small charts that fit a screen of the presentation: two rows of three."""

_COLUMNS = {"wide": 3, "narrow": 2}
_HEIGHT = {1: 300, 2: 190, 3: 138}
"""Pixels of a drawing by the number of rows; from three rows on the same."""
_TITLE = 40
_FOOT = 24
_WIDTH = {"wide": 620, "narrow": 318}


@dataclass(frozen=True)
class Series:
    """One drawing. values: one a month, None where it is not loaded; hovers: one a month. key: its category."""

    key: str
    name: str
    values: Sequence[float | None]
    hovers: Sequence[str]


def _shape(count: int, view: View) -> tuple[int, int]:
    columns = min(_COLUMNS[view.width], count) if count != 4 else 2
    return columns, math.ceil(count / columns)


def small_series_height(count: int, view: View) -> int:
    """Pixels for so many drawings."""
    _, rows = _shape(max(count, 1), view)
    return view.tall(rows * _HEIGHT[min(rows, 3)] + 8)


def small_series(
    series: Sequence[Series],
    months: Sequence[date],
    *,
    breaks: pd.DataFrame,
    view: View,
) -> dict[str, Any]:
    """The monthly drawings.

    breaks: a row a break that is drawn, in the order
    of LETTERS: date_from, date_to, excluded, categories (None: all).
    """
    columns, rows = _shape(len(series), view)
    height = small_series_height(len(series), view)
    room = (height - 8) / rows
    each = room if view.height is not None else _HEIGHT[min(rows, 3)]
    across = view.room or _WIDTH[view.width]
    gap = 26 / across
    ends = [(_known(one.values) or [0.0])[-1] for one in series]
    last_room = max(text_width(integer(end), bold=True) for end in ends) + 12
    data: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    share = (1 - gap * (columns - 1)) / columns
    scales = [_scale(one.values) for one in series]
    gutter = max(text_width(integer(mark), SIZE_AXIS) for _, mark in scales) + 8
    width = share * across - gutter
    for index, one in enumerate(series):
        values = one.values
        row, column = divmod(index, columns)
        start = column * (share + gap)
        left, right = start + gutter / across, start + share
        high = 1 - (row * room + _TITLE) / height
        low = 1 - (row * room + each - _FOOT) / height
        suffix = "" if index == 0 else str(index + 1)
        n = len(months)
        top, mark = scales[index]
        per_pixel = n / max(width - last_room, 1)
        axes[f"xaxis{suffix}"] = {
            **FIXED_AXIS,
            "domain": [left, right],
            "range": [-0.6, n - 0.4 + last_room * per_pixel],
            "anchor": f"y{suffix}",
            "showline": False,
            "automargin": False,
            **_month_ticks(months, width - last_room),
        }
        axes[f"yaxis{suffix}"] = {
            **FIXED_AXIS,
            "domain": [low, high],
            "range": [0, top],
            "anchor": f"x{suffix}",
            "showticklabels": False,
            "automargin": False,
        }
        refs: dict[str, Any] = {"xref": f"x{suffix}", "yref": f"y{suffix}"}
        inside = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        for tick in (0, mark):
            color = "chart-grid" if tick else "chart-axis"
            shapes.append({**line(-0.6, tick, n - 0.4, tick, view=view, color=color), **refs})
            notes.append(
                text(
                    integer(tick), -0.6, tick,
                    view=view, anchor="right", size=SIZE_AXIS, color="chart-note", xshift=-3, **refs,
                )
            )  # fmt: skip
        notes.append(
            text(f"<b>{one.name}</b>", start, high, view=view, paper="xy", valign="bottom", yshift=14, color="text")
        )
        _draw_breaks(breaks, one.key, months, top, refs, shapes, notes, view)
        data += _gaps(values, months, top, inside, view)
        if index == 0:
            notes += _gap_words(values, months, top, per_pixel, refs, view)
        data += _line(values, one.hovers, months, inside, view)
        known = [i for i, v in enumerate(values) if v is not None]
        if known:
            at = known[-1]
            notes.append(
                text(
                    integer(values[at]), max(at, n - 0.6) if at == n - 1 else at, values[at],
                    view=view, bold=True, color="chart-ours", xshift=7, **refs,
                )
            )  # fmt: skip
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        bargap=0,
        shapes=shapes,
        annotations=notes,
        **axes,
    )


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _month_ticks(months: Sequence[date], width: float) -> dict[str, Any]:
    """First and last month of a short period, Januaries of a long one."""
    n = len(months)
    if n <= 18:
        places = [0, n - 1] if n > 1 else [0]
    else:
        places = [i for i, month in enumerate(months) if month.month == 1]
        every = math.ceil(len(places) * 44 / width) if places else 1
        places = places[::every]
    words = [write_month(months[i]) if n <= 18 else str(months[i].year) for i in places]
    return {"tickvals": places, "ticktext": words}


def _line(
    values: Sequence[float | None], hovers: Sequence[str], months: Sequence[date], inside: dict[str, str], view: View
) -> list[dict[str, Any]]:
    t = tokens(view.scheme)
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(range(len(months))),
            "y": list(values),
            "connectgaps": False,
            "hovertext": list(hovers),
            "hoverinfo": "text",
            "line": {"color": t["chart-ours"], "width": 2},
            "marker": {"color": t["chart-ours"], "size": 5 if len(months) <= 24 else 3},
            **inside,
        }
    ]


def _gaps(
    values: Sequence[float | None], months: Sequence[date], top: float, inside: dict[str, str], view: View
) -> list[dict[str, Any]]:
    drawn = []
    for first, last in _missing(values, months):
        bars = hatched([(first + last) / 2], 0, top, last - first + 1, view=view)
        drawn.append({**bars, **inside})
    return drawn


def _gap_words(
    values: Sequence[float | None], months: Sequence[date], top: float, per_pixel: float, refs: Any, view: View
) -> list[dict[str, Any]]:
    """ "not loaded" in the gaps that have room for it."""
    words = [("<b>not loaded</b>", 76.0), ("<b>not<br>loaded</b>", 52.0)]
    notes = []
    for first, last in _missing(values, months):
        fitting = [said for said, pixels in words if (last - first + 1) / per_pixel >= pixels]
        if fitting:
            at = (first + last) / 2
            style: dict[str, Any] = {"color": "unknown-text", "behind": True, "size": SIZE_AXIS}
            notes.append(text(fitting[0], at, top / 2, view=view, anchor="center", **style, **refs))
    return notes


def _missing(values: Sequence[float | None], months: Sequence[date]) -> list[tuple[int, int]]:
    """Stretches of months without a value, as places."""
    place = {month: i for i, month in enumerate(months)}
    absent = [month for month, value in zip(months, values, strict=True) if value is None]
    return [(place[first], place[last]) for first, last in runs(absent)]


def _scale(values: Sequence[float | None]) -> tuple[float, float]:
    """The top of a drawing and the highest round value below it."""
    top = max([*_known(values), 1.0]) * 1.12
    return top, next(ticks[-1] for most in (2, 3, 5, 8) if len(ticks := nice_ticks(top, most)) > 1)


def _draw_breaks(
    breaks: pd.DataFrame,
    key: str,
    months: Sequence[date],
    top: float,
    refs: dict[str, Any],
    shapes: list[dict[str, Any]],
    notes: list[dict[str, Any]],
    view: View,
) -> None:
    t = tokens(view.scheme)
    place = {month: i for i, month in enumerate(months)}
    for letter, row in zip(LETTERS, breaks.itertuples(), strict=False):
        named = row.categories
        if not is_missing(named) and len(named) and key not in set(named):
            continue
        start = pd.Timestamp(row.date_from).date().replace(day=1)
        end = None if pd.isna(row.date_to) else pd.Timestamp(row.date_to).date().replace(day=1)
        if row.excluded and end is not None:
            met = [place[month] for month in months if start <= month <= end]
            x, role = met[0] - 0.5, "chart-shade-text"
            shape = {"x0": x, "x1": met[-1] + 0.5, "y0": 0, "y1": top, "type": "rect", "layer": "below", **refs}
            shapes.insert(0, {**shape, "fillcolor": t["chart-shade"], "line": {"width": 0}})
        elif start in place:
            x, role = place[start] - 0.5, "chart-break"
            shapes.append({**line(x, 0, x, top, view=view, color="chart-break", width=1.5, dash="dash"), **refs})
        else:
            continue
        notes.append(
            text(f"<b>{letter}</b>", x, top, view=view, color=role, size=SIZE_AXIS, valign="bottom", yshift=-3, **refs)
        )
