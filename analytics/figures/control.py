"""The control chart: values, mean and limits; months a rule singles out as triangles, with words at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._breaks import break_lines, draw_breaks
from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.months import label_range, runs, write_month
from analytics.panels._model import View

__all__ = ["Callout", "control_figure"]

_WIDTH = {"wide": 1060, "narrow": 318}
"""Pixels a chart over the whole page has, about: to keep words from each other."""


@dataclass(frozen=True)
class Callout:
    """Words at some months: the first and last of them (places on the axis), which side, and what is said."""

    first: int
    last: int
    side: int
    words: str


def control_figure(
    frame: pd.DataFrame,
    *,
    breaks: pd.DataFrame,
    break_words: dict[str, str],
    callouts: Sequence[Callout],
    write: Callable[[Any], str],
    view: View,
    height: int,
    target: Sequence[float] | None = None,
) -> dict[str, Any]:
    """The chart as drawn in the design.

    frame: a row a month, none left out: month, drawn (NaN where not loaded), centre, lower, upper (on the scale of
    drawn; NaN where there are none), rule, side, excluded, segment (a label; limits belong to one), latest (True for
    the last month, which later files may complete), hover. breaks: rows of the register. write: a value in words.
    target: for each month, on the scale of drawn.
    """
    wide = view.width == "wide"
    months: list[date] = list(frame["month"])
    n = len(months)
    values = frame["drawn"].astype("float64")
    upper = frame["upper"].astype("float64")
    highest = max(values.max() if values.notna().any() else 0.0, upper.max() if upper.notna().any() else 0.0)
    highest = max(highest, *target) if target is not None else highest
    highest = highest if highest > 0 else 1.0
    plot = height - 40
    levels = break_lines(breaks, months)
    said_above = any(c.side > 0 for c in callouts)
    top = highest * 1.08 * plot / max(plot - 20 * levels - (24 if said_above else 6), 60)
    ticks = [tick for tick in nice_ticks(highest * 1.1, 5) if tick <= top]
    shapes: list[dict[str, Any]] = [
        line(-0.5, tick, n - 0.5, tick, view=view, color="chart-grid") for tick in ticks[1:]
    ]
    notes: list[dict[str, Any]] = []
    data: list[dict[str, Any]] = []
    labels: list[tuple[float, str, bool]] = []
    for _, piece in frame.groupby("segment", sort=True):
        data += _limits(piece, view)
    known_limits = frame[frame["upper"].notna()]
    if len(known_limits):
        last = known_limits.iloc[-1]
        labels = [
            (last["upper"], f"{write(last['upper'])} upper limit", False),
            (last["centre"], f"{write(last['centre'])} mean", True),
            (last["lower"], f"{write(last['lower'])} lower limit", False),
        ]
    if target is not None:
        data.append(_target(target, view))
        labels.append((target[-1], f"{write(target[-1])} target", True))
    place = {month: index for index, month in enumerate(months)}
    missing = [month for month, value in zip(months, values, strict=True) if pd.isna(value)]
    for start, end in runs(missing):
        width = place[end] - place[start] + 1
        middle = (place[start] + place[end]) / 2
        data.append(hatched([middle], 0, top, width, view=view))
        pixels = width / n * view.across(_WIDTH[view.width])
        words = f"<b>not loaded</b><br>{label_range(start, end)}" if pixels > 120 else "<b>not<br>loaded</b>"
        if pixels > 44:
            notes.append(
                text(
                    words, middle, top * 0.45,
                    view=view, anchor="center", color="unknown-text", behind=True, size=SIZE_AXIS,
                )
            )  # fmt: skip
    data.append(_points(frame, values, n, view))
    shown = [i for i in range(n) if not pd.isna(values.iloc[i])]
    if shown and wide:
        at = shown[-1]
        labels.append((values.iloc[at], f"{write(values.iloc[at])} in {write_month(months[at])}", True))
    room = max((text_width(words, SIZE_AXIS, bold=bold) for _, words, bold in labels), default=0.0) + 8 if wide else 0
    if wide:
        notes += _right_labels(labels, len(labels) - 1 if shown else -1, n - 0.4, top, plot, view)
    notes += _callouts(callouts, values, n, top, plot, view)
    draw_breaks(breaks, months, top, shapes, notes, view=view, break_words=break_words)
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
            **month_ticks(months, view.across(_WIDTH[view.width])),
        },
        yaxis={
            **FIXED_AXIS,
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [write(tick) if tick else "0" for tick in ticks],
            "ticklabelstandoff": 6,
        },
        shapes=shapes,
        annotations=notes,
    )


def month_ticks(months: Sequence[date], width: float) -> dict[str, Any]:
    """Ticks of a month axis: years at their January where there are several, else months, as many as fit."""
    n = len(months)
    januaries = [i for i, month in enumerate(months) if month.month == 1]
    if n > 24 and len(januaries) > 1:
        every = -(-len(januaries) * 44 // max(int(width), 1))
        places = januaries[:: max(every, 1)]
        return {
            "tickvals": places,
            "ticktext": [str(months[i].year) for i in places],
            "ticks": "outside",
            "ticklabelposition": "outside right",
        }
    every = max(-(-n * 66 // max(int(width), 1)), 1)
    places = list(range(0, n, every))
    return {"tickvals": places, "ticktext": [write_month(months[i]) for i in places], "ticks": "outside"}


def _limits(piece: pd.DataFrame, view: View) -> list[dict[str, Any]]:
    """Band, mean and dashed limits of the months that share them."""
    t = tokens(view.scheme)
    if piece["upper"].isna().any() or piece["centre"].isna().any():
        known = piece[piece["centre"].notna()]
        if known.empty or known["upper"].isna().any():
            return []
        piece = known
    xs = [piece.index[0] - 0.5, *piece.index, piece.index[-1] + 0.5]

    def along(key: str) -> list[float]:
        values = [float(v) for v in piece[key]]
        return [values[0], *values, values[-1]]

    plain: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": xs}
    dashed = {"width": 1.25, "dash": "dash", "color": t["chart-axis"]}
    return [
        {**plain, "y": along("lower"), "line": dashed},
        {**plain, "y": along("upper"), "line": dashed, "fill": "tonexty", "fillcolor": t["chart-band"]},
        {**plain, "y": along("centre"), "line": {"width": 1.5, "color": t["level"]}},
    ]


def _target(target: Sequence[float], view: View) -> dict[str, Any]:
    color = tokens(view.scheme)["chart-text"]
    values = [float(v) for v in target]
    return {
        "type": "scatter",
        "mode": "lines",
        "hoverinfo": "skip",
        "x": [-0.5, *range(len(values)), len(values) - 0.5],
        "y": [values[0], *values, values[-1]],
        "line": {"width": 2, "dash": "dot", "color": color},
    }


def _points(frame: pd.DataFrame, values: pd.Series, n: int, view: View) -> dict[str, Any]:
    t = tokens(view.scheme)
    small = 5 if n > 60 or view.width == "narrow" else 8
    colors, symbols, sizes, edges = [], [], [], []
    for row in frame.itertuples():
        side = row.side if row.rule else 0
        color = t["level"] if row.excluded else t[{1: "higher", -1: "lower"}.get(side, "chart-ours")]
        hollow = row.latest
        colors.append(t["surface"] if hollow else color)
        edges.append(color if hollow else t["chart-halo"])
        symbols.append({1: "triangle-up", -1: "triangle-down"}.get(side, "circle"))
        sizes.append((13 if n <= 60 else 10) if side else small)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(n)),
        "y": [None if pd.isna(v) else float(v) for v in values],
        "connectgaps": False,
        "customdata": [[f"{month:%Y-%m}"] for month in frame["month"]],
        "hovertext": list(frame["hover"]),
        "hoverinfo": "text",
        "line": {"color": t["chart-ours"], "width": 2.5 if n <= 60 else 1.75},
        "marker": {"color": colors, "symbol": symbols, "size": sizes, "line": {"width": 1.5, "color": edges}},
    }


def _right_labels(
    labels: list[tuple[float, str, bool]], ours: int, edge: float, top: float, plot: float, view: View
) -> list[dict[str, Any]]:
    """Names at the right edge, in the order of their values, at least 17 px apart."""
    order = sorted(range(len(labels)), key=lambda i: labels[i][0])
    room = 17 * top / max(plot, 1)
    places: list[float] = []
    for i in order:
        places.append(max(labels[i][0], places[-1] + room if places else 0.0))
    above = places[-1] - top * 0.98 if places else 0.0
    if above > 0:
        places[-1] -= above
        for k in range(len(places) - 2, -1, -1):
            places[k] = min(places[k], places[k + 1] - room)
    return [
        text(
            labels[i][1], edge, y,
            view=view, bold=labels[i][2], size=SIZE_AXIS, color="chart-ours" if i == ours else "chart-text", xshift=4,
        )
        for i, y in zip(order, places, strict=True)
    ]  # fmt: skip


def _callouts(
    callouts: Sequence[Callout], values: pd.Series, n: int, top: float, plot: float, view: View
) -> list[dict[str, Any]]:
    """The words at singled out months: above high ones, below low ones, the latest first; none over another."""
    per_pixel = n / (
        view.across(_WIDTH["wide"]) if view.width == "wide" else 275
    )  # on a phone values stand at the left
    line_room = 22 * top / plot
    taken: list[tuple[float, float, float]] = []
    notes: list[dict[str, Any]] = []
    for call in sorted(callouts, key=lambda c: -c.last):
        inside = values.iloc[call.first : call.last + 1].dropna()
        if inside.empty:
            continue
        half = text_width(call.words, SIZE_AXIS, bold=True) / 2 * per_pixel
        middle = min(max((call.first + call.last) / 2, half - 0.5), n - 1.2 - half)
        near = values.iloc[max(int(middle - half), 0) : int(middle + half) + 2].dropna()
        y = (near.max() if call.side > 0 else near.min()) if len(near) else inside.iloc[-1]
        shift = 20 if call.side > 0 else -20
        level = y + shift * top / plot
        if not 0.02 * top < level < 1.02 * top or 2 * half > n:
            continue
        start, stop = middle - half, middle + half
        if any(
            a - 8 * per_pixel < stop and start < b + 8 * per_pixel and abs(level - c) < line_room for a, b, c in taken
        ):
            continue
        taken.append((start, stop, level))
        notes.append(
            text(
                call.words, middle, y,
                view=view, bold=True, size=SIZE_AXIS, anchor="center", yshift=shift, behind=True,
                color="higher-text" if call.side > 0 else "lower-text",
            )
        )  # fmt: skip
    return notes
