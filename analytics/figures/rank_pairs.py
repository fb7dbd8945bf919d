"""Two ranks of the same things side by side: volume on the left, harm on the right, a line between them.

Where a rank depends on the choice of weights there is no dot, but a hatched range with the places it could have and a
dotted line to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.figures._draw import FIXED_AXIS, figure, hatched, line, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View

__all__ = ["RankPair", "rank_pairs", "rank_pairs_height"]

_ROW = 30
_HEAD = 42


@dataclass(frozen=True)
class RankPair:
    """left, right: ranks, 1 the most; right NaN where it is hidden or there is none, `why` says which. best, worst: the
    ranks it could have."""

    name: str
    left: float
    left_words: str
    right: float
    right_words: str
    best: float
    worst: float
    why: str
    hover: str


def rank_pairs_height(rows: int) -> int:
    """Pixels for so many rows."""
    return _HEAD + rows * _ROW + 8


def _places(rows: Sequence[RankPair]) -> dict[str, int]:
    """Each thing's place on the right, from 0: a rank that is known stands at itself (equals in the next free places),
    or higher where too few places follow; the others fill what is free, in the order of the ranks they could have,
    those without any last."""
    known = sorted((row for row in rows if not math.isnan(row.right)), key=lambda row: (row.right, row.left))
    ranged = [row for row in rows if math.isnan(row.right) and not math.isnan(row.best)]
    place: dict[str, int] = {}
    free = list(range(len(known) + len(ranged)))
    for index, row in enumerate(known):
        last = len(free) - (len(known) - index)  # so that each of those behind finds a place behind this one
        spot = next((i for i, at in enumerate(free) if at >= int(row.right) - 1), last)
        place[row.name] = free.pop(min(spot, last))
    none = [row for row in rows if math.isnan(row.right) and math.isnan(row.best)]
    ranged.sort(key=lambda row: (row.best + row.worst, row.left))
    ordered = [*ranged, *sorted(none, key=lambda row: row.left)]
    for row, spot in zip(ordered, [*free, *range(len(known) + len(ranged), len(rows))], strict=True):
        place[row.name] = spot
    return place


def rank_pairs(
    rows: Sequence[RankPair], *, left: str, right: str, view: View, downwards: bool = False
) -> dict[str, Any]:
    """The pairs in the order of their left rank; on the right each known rank stands at its place.

    What rises by three places or more is bold (where there is a range: at the least). downwards: so is what falls.

    On a phone both ranks stand in one row.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    n = len(rows)
    x0, x1 = (0.44, 0.56) if wide else (0.66, 0.74)
    notes = [
        text(left, x0, -0.95, view=view, anchor="right", color="chart-note", size=SIZE_AXIS),
        text(right, x1, -0.95, view=view, color="chart-note", size=SIZE_AXIS),
    ]
    shapes: list[dict[str, Any]] = []
    dots: list[tuple[float, float, str]] = []
    hatches: list[tuple[float, float]] = []
    ordered = sorted(rows, key=lambda row: row.left)
    # On a phone there is no room for names twice: both ranks stand in one row.
    place = _places(rows) if wide else {row.name: i for i, row in enumerate(ordered)}
    for index, row in enumerate(ordered):
        y, other = index, place[row.name]
        moved = not math.isnan(row.right)
        by = row.left - (row.right if moved else row.worst)  # at least, where there is a range
        color = "chart-ours" if (abs(by) if downwards and moved else by) >= 3 else "chart-text"
        bold = color == "chart-ours"
        notes.append(
            text(f"{row.name}  {row.left_words}", x0 - 0.02, y, view=view, anchor="right", bold=bold, color=color)
        )
        if moved:
            role = "chart-ours" if bold else "chart-peer-line"
            shapes.append(line(x0, y, x1, other, view=view, color=role, width=2.5 if bold else 1.5))
            dots += [(x0, y, row.hover), (x1, other, row.hover)]
            words = row.right_words if wide else f"{row.right:.0f}"
            notes.append(text(words, x1 + 0.02, other, view=view, bold=bold, color=color))
        else:
            dots.append((x0, y, row.hover))
            if wide and not math.isnan(row.best):
                role = "chart-ours" if bold else "chart-peer-line"
                shapes.append(line(x0, y, x1, other, view=view, color=role, width=2 if bold else 1.5, dash="dot"))
            hatches.append((x1 + 0.012, other))
            words = f"{row.name}: {row.why}" if wide else row.why
            notes.append(text(words, x1 + 0.035, other, view=view, bold=bold, color="unknown-text", size=SIZE_AXIS))
    data: list[dict[str, Any]] = [
        hatched([x], y - 0.25, y + 0.25, 0.024, view=view) for x, y in hatches
    ]  # fmt: skip
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x for x, _, _ in dots],
            "y": [y for _, y, _ in dots],
            "hovertext": [words for _, _, words in dots],
            "hoverinfo": "text",
            "marker": {"size": 9, "color": t["chart-ours"], "line": {"width": 1.5, "color": t["chart-halo"]}},
        }
    )
    return figure(
        data,
        view,
        rank_pairs_height(n),
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={**FIXED_AXIS, "range": [0, 1], "showticklabels": False, "automargin": False},
        yaxis={**FIXED_AXIS, "range": [n - 0.4, -1.35], "showticklabels": False, "automargin": False},
        shapes=shapes,
        annotations=notes,
    )
