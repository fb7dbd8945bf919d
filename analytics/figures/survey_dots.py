"""Survey results: a dot with its interval for each question, the wave before as a hollow dot, both on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, line, segments, text, text_width
from analytics.figures._theme import SIZE_AXIS, SIZE_TEXT, tokens
from analytics.panels._model import View

__all__ = ["DotGroup", "DotRow", "survey_dots", "survey_dots_height", "that_fit"]

_LINE = 19
_ROOM = {"wide": 380.0, "narrow": 330.0}
"""Pixels for a question; a longer one goes on in the next line, three at most."""
_MOST_LINES = 3
_TOP = 26
_TICKS = (0, 25, 50, 75, 100)
_UP, _DOWN = ("▲ ", "higher-text"), ("▼ ", "lower-text")
_MARK = {"rose": _UP, "higher": _UP, "fell": _DOWN, "lower": _DOWN}
_VALUE, _CHANGE = 0.83, 1.0
"""Right ends of the columns of values and changes, as shares of a wide chart."""


@dataclass(frozen=True)
class DotRow:
    """Shares in per cent, NaN where there is none; `why` then says why. before: of the wave before.

    change: the change, or the distance from the whole, in words; verdict: "rose", "higher", "fell", "lower" or other
    words. hover: all of it.
    """

    label: str
    value: float
    lower: float
    upper: float
    words: str
    before: float
    before_lower: float
    before_upper: float
    change: str
    verdict: str
    sampled: bool
    why: str
    hover: str


@dataclass(frozen=True)
class DotGroup:
    """Results with one survey, wave and answer in common: the answer, and all else they share."""

    heading: str
    note: str
    rows: tuple[DotRow, ...]


def survey_dots_height(groups: Sequence[DotGroup], view: View) -> int:
    """Pixels for these groups."""
    return _TOP + _inside(groups, view) + 30


def that_fit(groups: Sequence[DotGroup], view: View) -> tuple[DotGroup, ...]:
    """The first results, as many as the room of a screen holds; all of them on a page."""
    if view.height is None:
        return tuple(groups)
    left = view.height - _TOP - 30
    kept = []
    for group in groups:
        left -= _head(group, view)
        rows = []
        for row in group.rows:
            left -= _row(row, view)
            if left < 0:
                break
            rows.append(row)
        if rows:
            kept.append(replace(group, rows=tuple(rows)))
        if len(rows) < len(group.rows):
            break
    return tuple(kept)


def _inside(groups: Sequence[DotGroup], view: View) -> int:
    return sum(_head(group, view) + sum(_row(row, view) for row in group.rows) for group in groups)


def _row(row: DotRow, view: View) -> int:
    """Pixels of a row: its label's lines, on a phone with the dots below them."""
    return (7 if view.width == "wide" else 27) + _LINE * len(_label(row, view))


def _label(row: DotRow, view: View) -> list[str]:
    room = _ROOM[view.width] if view.room is None else min(_ROOM[view.width], 0.34 * view.room)
    lines = _lines(row.label, room)
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], _fitted(" ".join(lines[_MOST_LINES - 1 :]), room)]


def _head(group: DotGroup, view: View) -> int:
    """Pixels of a group's heading; on a phone its note stands below it."""
    return 34 if view.width == "wide" else 14 + _LINE * (1 + len(_lines(group.note)))


def survey_dots(groups: Sequence[DotGroup], *, beside: str, view: View) -> dict[str, Any]:
    """The chart: filled dots and thick strokes for the latest wave, hollow dots and thin strokes for the one before.

    A diamond without a stroke: people chose themselves to answer, so there is no interval. beside: what stands in the
    last column.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    inside = _inside(groups, view)
    shapes = [line(tick, 0, tick, inside, view=view, color="chart-grid") for tick in _TICKS]
    notes = _key(beside, view)
    now: list[tuple[float, float, bool, str]] = []
    before: list[tuple[float, float]] = []
    strokes: tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]] = ([], [])
    top = float(inside)
    for group in groups:
        notes += _heading(group, top, view)
        top -= _head(group, view)
        for row in group.rows:
            label, row_height = _label(row, view), _row(row, view)
            at = top - (row_height / 2 if wide else row_height - 13)
            notes += [
                text(words, 0, top - 3.5 - _LINE * (place + 0.5), view=view, paper="x")
                for place, words in enumerate(label)
            ]
            notes += _figures(row, at, view)
            shapes.append(line(0, top - row_height, 1, top - row_height, view=view, paper="x", color="chart-grid"))
            if not math.isnan(row.before):
                before.append((row.before, at))
                if not math.isnan(row.before_lower):
                    strokes[1].append((row.before_lower, row.before_upper, at))
            if not math.isnan(row.value):
                now.append((row.value, at, row.sampled, row.hover))
                if not math.isnan(row.lower):
                    strokes[0].append((row.lower, row.upper, at))
            top -= row_height
    data: list[dict[str, Any]] = []
    for parts, color, width in ((strokes[1], "chart-peer-line", 1.5), (strokes[0], "chart-ours", 3)):
        if parts:
            xs, ys = segments(*zip(*parts, strict=True))
            stroke = {"color": t[color], "width": width}
            data.append({"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip", "line": stroke})
    hollow = {"symbol": "circle", "size": 9, "color": t["surface"], "line": {"width": 2, "color": t["chart-peer-dot"]}}
    if before:
        xs, ys = (list(part) for part in zip(*before, strict=True))
        data.append({"type": "scatter", "mode": "markers", "x": xs, "y": ys, "hoverinfo": "skip", "marker": hollow})
    if now:
        filled = {
            "symbol": ["circle" if sampled else "diamond" for _, _, sampled, _ in now],
            "size": 11,
            "color": t["chart-ours"],
            "line": {"width": 1.5, "color": t["chart-halo"]},
        }
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x for x, *_ in now],
                "y": [y for _, y, *_ in now],
                "hovertext": [hover for *_, hover in now],
                "hoverinfo": "text",
                "marker": filled,
            }
        )
    axis = {
        **FIXED_AXIS,
        "range": [-1.5, 101.5],
        "domain": [0.36, 0.7] if wide else [0.02, 0.62],
        "tickvals": list(_TICKS),
        "ticktext": [f"{tick}" if tick else "0 %" for tick in _TICKS],
    }
    return figure(
        data,
        view,
        survey_dots_height(groups, view),
        margin={"l": 0, "r": 0, "t": _TOP, "b": 30},
        xaxis=axis,
        yaxis={**FIXED_AXIS, "range": [0, inside], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )


def _key(beside: str, view: View) -> list[dict[str, Any]]:
    """What the marks mean, and the heads of the columns."""
    heads = [(0.0, "left", "● latest&nbsp;&nbsp;○ wave before&nbsp;&nbsp;◆ not a sample")]
    if view.width == "wide":
        heads += [(_VALUE, "right", "Latest, 95 % interval"), (_CHANGE, "right", beside)]
    return [
        text(words, x, 1, view=view, paper="xy", anchor=anchor, valign="bottom", color="chart-note", size=SIZE_AXIS)
        for x, anchor, words in heads
    ]


def _heading(group: DotGroup, top: float, view: View) -> list[dict[str, Any]]:
    if view.width == "wide":
        at, start = top - 20, text_width(f"{group.heading}: ", SIZE_TEXT, bold=True)
        words = f"<b>{group.heading}:</b> {_fitted(group.note, (1100 if view.room is None else view.room) - start)}"
        return [text(words, 0, at, view=view, paper="x", color="text")]
    lines = [f"<b>{_fitted(group.heading, 330)}</b>", *_lines(group.note)]
    return [
        text(words, 0, top - 10 - _LINE * (place + 0.5), view=view, paper="x", color="chart-note" if place else "text")
        for place, words in enumerate(lines)
    ]


def _figures(row: DotRow, at: float, view: View) -> list[dict[str, Any]]:
    """A row's share and change in words; why there is none."""
    wide = view.width == "wide"
    if math.isnan(row.value):
        right = _VALUE if wide else 1
        why = text(row.why, right, at, view=view, paper="x", anchor="right", color="unknown-text", size=SIZE_AXIS)
        return [why]
    sign, color = _MARK.get(row.verdict, ("", "chart-text"))
    strong = bool(sign)
    if not wide:
        words = f"{sign}{row.words}"
        return [text(words, 1, at, view=view, paper="x", anchor="right", bold=strong, color=color)]
    return [
        text(row.words, _VALUE, at, view=view, paper="x", anchor="right"),
        text(f"{sign}{row.change}", _CHANGE, at, view=view, paper="x", anchor="right", bold=strong, color=color),
    ]


def _lines(words: str, room: float = 330) -> list[str]:
    """A note in lines that fit a phone."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", SIZE_TEXT) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _fitted(words: str, room: float) -> str:
    """The words, cut with an ellipsis where they do not fit; the table and the hover hold all of them."""
    if text_width(words, SIZE_TEXT) <= room:
        return words
    cut = words
    while cut and text_width(f"{cut}…", SIZE_TEXT) > room:
        cut = cut[:-1]
    return f"{cut.rstrip(' ,;:')}…"
