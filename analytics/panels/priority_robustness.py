"""What would have to change for a problem to enter the priorities, or to leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, Ranking, priority_sources, ranking_of
from analytics.panels._ranking_words import nothing_to_rank, top_words
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import count_of, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_priority_robustness_panel"]

ID = "priority_robustness"
COLUMNS = (
    Column("problem", "Problem"),
    Column("change", "Enters or leaves if …"),
    Column("instead", "Then"),
    Column("now", "Now", hidden=True),
    Column("criterion", "Criterion", hidden=True),
    Column("weight_now", "Weight now", "percent1", hidden=True),
    Column("weight_then", "Weight at which it changes", "percent1", hidden=True),
    Column("distance", "Points between", "percent1", hidden=True),
    Column("problem_key", "Problem key", hidden=True),
)
_NEAR = 6
"""Problems outside the first ones that are listed on screen; the download has all."""


@panel(ID, page="priorities", title="What would have to change for another choice?", uses=FILTERS_USED)
def build_priority_robustness_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a problem: the one weight whose smallest change would move it into the first ones, or out of them.

    The other weights keep their proportions. Scores stand where they are; unscored half way.
    """
    ranking = ranking_of(cursor, selection, context)
    made: dict[str, Any] = {"id": ID, "title": "What would change the choice", "columns": COLUMNS}
    if ranking is None:
        nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
        return Panel(**made, table=nothing, **nothing_to_rank(selection, context))
    frame = _table(ranking)
    inside = frame["now"].str.startswith("in")
    shown = pd.concat([frame[inside], frame[~inside].nsmallest(_NEAR, "distance", keep="first")])
    return Panel(
        **made,
        table=frame,
        glance=shown,
        glance_columns=tuple(column for column in COLUMNS if not column.hidden),
        sentence=_finding(frame, ranking),
        subtitle="The one weight that would move each problem, the others keeping their proportions",
        caveats=("From the weights and scores as they stand; a new score can change the choice as well.",),
        sources=priority_sources(ranking.evidence, selection, context),
    )


def _table(ranking: Ranking) -> pd.DataFrame:
    filled = np.where(np.isnan(ranking.values), 0.5, ranking.values)
    inside = ranking.ranks <= ranking.top
    words = top_words(ranking.top)
    rows = []
    for i in np.argsort(ranking.ranks, kind="stable"):
        steps = np.abs(ranking.tipping[i] - ranking.weights)
        row: dict[str, Any] = {
            "problem": ranking.problems[i].name,
            "now": f"in the {words}" if inside[i] else "out",
            "change": "no single weight does it",
            "instead": "stays",
            "criterion": "",
            "weight_now": float("nan"),
            "weight_then": float("nan"),
            "distance": float("nan"),
            "problem_key": ranking.problems[i].key,
        }
        if not np.isnan(steps).all():
            k = int(np.nanargmin(steps))
            now, then = float(ranking.weights[k]), float(ranking.tipping[i, k])
            other = _other(filled, ranking, i, k, then)
            side = "over" if then > now else "under"
            row |= {
                "change": f"{ranking.criteria[k].name} {side} {percent(100 * then)}, now {percent(100 * now)}",
                "instead": (f"{other} comes in" if inside[i] else f"replaces {lower_first(other)}")
                if other
                else "moves",
                "criterion": ranking.criteria[k].name,
                "weight_now": 100 * now,
                "weight_then": 100 * then,
                "distance": 100 * abs(then - now),
            }
        rows.append(row)
    return pd.DataFrame(rows, columns=[column.key for column in COLUMNS])


def _other(values: np.ndarray, ranking: Ranking, option: int, criterion: int, then: float) -> str:
    """Who changes places with a problem just beyond the weight at which it tips."""
    now = ranking.weights[criterion]
    step = 1e-6 if then > now else -1e-6
    at = min(1.0, max(0.0, then + step))
    others = np.delete(ranking.weights, criterion)
    share = others / others.sum() if others.sum() > 0 else np.full(others.size, 1 / max(others.size, 1))
    weights = np.insert(share * (1 - at), criterion, at)
    total = values @ weights
    inside = (total[None, :] > total[:, None] + 1e-12).sum(axis=1) < ranking.top
    before = ranking.ranks <= ranking.top
    moved = np.flatnonzero((inside != before) & (np.arange(len(total)) != option) & (before != before[option]))
    return ranking.problems[int(moved[0])].name if moved.size else ""


def _finding(frame: pd.DataFrame, ranking: Ranking) -> str:
    near = frame[frame["distance"].notna()].nsmallest(1, "distance", keep="first")
    words = top_words(ranking.top)
    if near.empty:
        return f"No single weight changes the {words}"
    row = near.iloc[0]
    side = "more" if row["weight_then"] > row["weight_now"] else "less"
    verb = "leaves" if str(row["now"]).startswith("in") else "enters"
    criterion = lower_first(row["criterion"])
    by = count_of(max(1, round(row["distance"])), "point")
    return fitting(
        f"{row['problem']} {verb} the {words} if {criterion} counts {by} {side}",
        f"{row['problem']} {verb} if {criterion} counts {by} {side}",
        f"The choice turns on {criterion}: {by}",
    )
