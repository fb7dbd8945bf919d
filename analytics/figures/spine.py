"""Where we stand in the family, a row a category: both rates, the family as dots on its ordinary band, word, rank."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, line, segments, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View

__all__ = ["SpineRow", "spine", "spine_height"]

_ROW = {"wide": 30, "narrow": 66}
_TICKS = ((0.25, "quarter"), (0.5, "half"), (1.0, "same"), (2.0, "twice"), (4.0, "4 times"))
_KINDS = {"much higher": "up", "higher": "up", "lower": "down", "much lower": "down"}
_MARK = {"up": ("triangle-up", "higher"), "down": ("triangle-down", "lower"), "": ("circle", "chart-ours")}
_WORD = {"up": "higher-text", "down": "lower-text", "": "chart-text"}
_LEAST, _MOST = math.log(2.3), math.log(4.6)


@dataclass(frozen=True)
class SpineRow:
    """A row: names, words as written, and ratios to the family mean. NaN: no figure.

    peers: the other members' ratios. rank: ours with its range. changes: ours and the others', as written; sure where
    the two differ by more than chance.
    """

    name: str
    ours: str
    mean: str
    band: str
    ratio: float
    ordinary: tuple[float, float]
    peers: Sequence[float]
    rank: tuple[float, float, float]
    rank_words: str
    hover: str
    changes: tuple[str, str]
    change_kind: str
    key: str
    is_total: bool = False
    is_chosen: bool = False


def spine_height(rows: int, view: View) -> int:
    """Pixels for so many rows with header and axis."""
    return (46 if view.width == "wide" else 26) + rows * _ROW[view.width] + 30


def spine(
    rows: Sequence[SpineRow], *, members: int, ours_heading: str, with_changes: bool, view: View
) -> dict[str, Any]:
    """The position chart as drawn in the design: rows in order, the first one the total where it says so."""
    wide = view.width == "wide"
    t = tokens(view.scheme)
    n = len(rows)
    reach = _reach(rows)
    spread = (0.385, 0.62) if wide and with_changes else (0.40, 0.68) if wide else (0.02, 0.98)
    words_at, ranks, rank_at = (0.632, (0.77, 0.813), 0.862) if with_changes else (0.70, (0.85, 0.93), 0.985)
    ticks = [(math.log(value), name) for value, name in _TICKS if abs(math.log(value)) < reach]
    ticks = ticks if len(ticks) <= 3 else ticks[::2]
    shapes = [line(at, 0, at, n, view=view, color="chart-grid") for at, _ in ticks if at]
    notes = _heads(members, ours_heading, words_at, (ranks[0], rank_at), with_changes=with_changes, view=view)
    if wide:
        for rank in (1, (members + 1) / 2, members):
            shapes.append({**line(rank, 0, rank, n, view=view, color="chart-grid"), "xref": "x2"})
    bands: list[dict[str, Any]] = []
    peers: list[tuple[float, float]] = []
    marks: dict[str, list[tuple[float, float, str, str]]] = {}
    ranked: list[tuple[float, float, float, float, str]] = []
    for index, row in enumerate(rows):
        bottom = n - index - 1
        y = bottom + (0.5 if wide else 0.2)
        label_y = bottom + (0.5 if wide else 0.82)
        kind = _KINDS.get(row.band, "")
        strong = row.is_total or bool(kind) or row.is_chosen
        if row.is_chosen:
            bands.append(_box(0, bottom + 0.02, 1, bottom + 0.98, view, "surface-selected", paper=True))
        shapes.append(
            line(0, bottom, 1, bottom, view=view, paper="x", color="chart-axis" if row.is_total else "chart-grid")
        )
        low, high = row.ordinary
        half = 0.29 if wide else 0.12
        if math.isfinite(low) and math.isfinite(high):
            color = "chart-band-inner" if row.is_chosen else "chart-band"
            bands.append(_box(_at(low, reach), y - half, _at(high, reach), y + half, view, color))
        peers += [(_at(ratio, reach), y) for ratio in row.peers if math.isfinite(ratio)]
        if math.isfinite(row.ratio):
            marks.setdefault(kind, []).append((_at(row.ratio, reach), y, row.hover, row.key))
        if wide and all(math.isfinite(part) for part in row.rank):
            ranked.append((*row.rank, y, f"<b>{row.name}</b><br>{row.rank_words}"))
        notes += _row_words(row, label_y, kind, strong, (words_at, rank_at), with_changes=with_changes, view=view)
    shapes = [*bands, line(0, 0, 0, n, view=view, color="chart-zero", width=1.5), *shapes]
    data = [_dots(peers, t["chart-peer-dot"], 8, t["chart-halo"])]
    for kind, points in marks.items():
        symbol, color = _MARK[kind]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "cliponaxis": False,
                "x": [p[0] for p in points],
                "y": [p[1] for p in points],
                "hovertext": [p[2] for p in points],
                "hoverinfo": "text",
                "customdata": [[p[3]] for p in points],
                "marker": {
                    "symbol": symbol,
                    "size": 14 if kind else 12,
                    "color": t[color],
                    "line": {"width": 1.5, "color": t["chart-halo"]},
                },
            }
        )
    if ranked:
        data += _ranks(ranked, view)
    layout: dict[str, Any] = {
        "margin": {"l": 0, "r": 0, "t": 44 if wide else 24, "b": 28},
        "xaxis": {
            **FIXED_AXIS,
            "range": [-reach, reach],
            "domain": list(spread),
            "tickvals": [at for at, _ in ticks],
            "ticktext": [name for _, name in ticks],
        },
        "yaxis": {**FIXED_AXIS, "range": [0, n], "showticklabels": False},
        "shapes": shapes,
        "annotations": notes,
    }
    if wide:
        ends = (1, members) if with_changes else (1, (members + 1) // 2, members)
        layout["xaxis2"] = {
            **FIXED_AXIS,
            "range": [0.4, members + 0.6],
            "domain": list(ranks),
            "tickvals": list(ends),
            "anchor": "y",
        }
    return figure(data, view, spine_height(n, view), **layout)


def _reach(rows: Sequence[SpineRow]) -> float:
    """How far the axis goes to either side: far enough for our marks and bands, within bounds."""
    values = [value for row in rows for value in (row.ratio, *row.ordinary) if math.isfinite(value) and value > 0]
    widest = max((abs(math.log(value)) for value in values), default=0.0) * 1.06
    return min(max(widest, _LEAST), _MOST)


def _at(ratio: float, reach: float) -> float:
    """A ratio's place on the log axis; what lies beyond stands at its end."""
    return min(max(math.log(ratio), -reach), reach) if ratio > 0 else -reach


def _box(x0: float, y0: float, x1: float, y1: float, view: View, color: str, *, paper: bool = False) -> dict[str, Any]:
    return {
        **line(x0, y0, x1, y1, view=view, color=color, width=0, paper="x" if paper else ""),
        "type": "rect",
        "fillcolor": tokens(view.scheme)[color],
    }


def _dots(points: Sequence[tuple[float, float]], color: str, size: float, halo: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "hoverinfo": "skip",
        "marker": {"size": size, "color": color, "line": {"width": 1, "color": halo}},
    }


def _ranks(ranked: Sequence[tuple[float, float, float, float, str]], view: View) -> list[dict[str, Any]]:
    t = tokens(view.scheme)
    xs, ys = segments([r[1] for r in ranked], [r[2] for r in ranked], [r[3] for r in ranked])
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": xs,
            "y": ys,
            "xaxis": "x2",
            "cliponaxis": False,
            "hoverinfo": "skip",
            "line": {"color": t["chart-ours-wash"], "width": 7},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [r[0] for r in ranked],
            "y": [r[3] for r in ranked],
            "xaxis": "x2",
            "cliponaxis": False,
            "hovertext": [r[4] for r in ranked],
            "hoverinfo": "text",
            "marker": {"size": 10, "color": t["chart-ours"], "line": {"width": 0}},
        },
    ]


def _heads(
    members: int, ours: str, words_at: float, ranks: tuple[float, float], *, with_changes: bool, view: View
) -> list[dict[str, Any]]:
    head: dict[str, Any] = {"view": view, "valign": "bottom", "color": "chart-note", "size": SIZE_AXIS}
    notes = [
        text("lower&nbsp;&nbsp;", 0, 1, paper="y", anchor="right", **head),
        text("&nbsp;&nbsp;higher", 0, 1, paper="y", **head),
    ]
    if view.width == "narrow":
        return notes
    notes += [
        text("Against the family mean", 0, 1, paper="y", anchor="center", yshift=18, **head),
        text("Highest bands first", 0, 1, paper="xy", **head),
        text(ours, 0.315, 1, paper="xy", anchor="right", **head),
        text("Family<br>mean", 0.38, 1, paper="xy", anchor="right", **head),
        text(f"Rank<br>of {members}", sum(ranks) / 2, 1, paper="xy", anchor="center", **head),
    ]
    if with_changes:
        notes += [
            text("Change<br>ours", 0.928, 1, paper="xy", anchor="right", **head),
            text("<br>others’", 1, 1, paper="xy", anchor="right", **head),
        ]
    return notes


def _row_words(
    row: SpineRow, y: float, kind: str, strong: bool, at: tuple[float, float], *, with_changes: bool, view: View
) -> list[dict[str, Any]]:
    said: dict[str, Any] = {"view": view, "paper": "x", "behind": view.width == "narrow" and not row.is_chosen}
    name = text(row.name, 0, y, bold=strong, color="text" if strong else "chart-text", **said)
    word: dict[str, Any] = {"bold": bool(kind), "color": _WORD[kind]}
    if view.width == "narrow":
        figures = f"{row.ours} · {row.mean}"
        right = text(figures, 1, y, anchor="right", bold=strong, **said)
        below = text(f"{row.band}, {row.rank_words}", 0, y, yshift=-17, **word, **said)
        below["font"]["size"] = SIZE_AXIS
        return [name, right, below]
    ranked = all(math.isfinite(part) for part in row.rank)
    made = [
        name,
        text(row.ours, 0.315, y, anchor="right", bold=strong, **said),
        text(row.mean, 0.38, y, anchor="right", color="chart-note", **said),
        text(row.band, at[0], y, **word, **said),
        text(row.rank_words.partition(" ")[0] if ranked else "–", at[1], y, anchor="right", **said),
    ]
    if with_changes:
        sure = row.change_kind
        color = _WORD.get(sure, "chart-text")
        made += [
            text(row.changes[0], 0.928, y, anchor="right", bold=bool(sure), color=color, **said),
            text(row.changes[1], 1, y, anchor="right", color="chart-note", **said),
        ]
    return made


def heading_for(name: str, room: float = 52) -> str:
    """Our name above its column where it fits, else "Ours"."""
    return name if text_width(name, SIZE_AXIS) <= room else "Ours"
