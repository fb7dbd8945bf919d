"""How the evidence becomes a value on each criterion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.figures.value_functions import ValueFunction, value_functions, value_functions_height
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, Ranking, priority_sources, ranking_of
from analytics.panels._ranking_words import nothing_to_rank, why_idle
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import count_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_value_functions_panel"]

ID = "value_functions"
COLUMNS = (
    Column("criterion", "Criterion"),
    Column("low_words", "Value 0"),
    Column("high_words", "Value 1"),
    Column("scored", "Problems scored", "integer"),
    Column("counts", "Counts"),
    Column("weight_pct", "Weight", "percent1"),
    Column("low", "Value 0 at", "ratio", hidden=True),
    Column("high", "Value 1 at", "ratio", hidden=True),
)
_STEPS = 21


@panel(ID, page="priorities", title="How does the evidence become a value?",
       uses=FILTERS_USED)  # fmt: skip
def build_value_functions_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a criterion: both ends of its value function, how many problems it scores, and its weight."""
    ranking = ranking_of(cursor, selection, context)
    made: dict[str, Any] = {"id": ID, "title": "Criteria", "columns": COLUMNS}
    if ranking is None:
        nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
        return Panel(**made, table=nothing, **nothing_to_rank(selection, context))
    drawn = [one for one in ranking.criteria if one.key in ranking.scales]
    entered = len(ranking.criteria) - len(drawn)
    words = (
        f"{count_of(len(drawn), 'criterion', 'criteria')} {'is' if len(drawn) == 1 else 'are'} filled from the evidence"
    )
    return Panel(
        **made,
        table=_table(ranking),
        sentence=words + (f", {entered} entered by people" if entered else ", none is entered by people yet"),
        subtitle="Value from 0 (no reason for priority) to 1 (every reason)",
        reading="A dot is a problem",
        figure=value_functions([_drawn(one, ranking) for one in drawn], view=view) if drawn else None,
        figure_height=value_functions_height(len(drawn), view),
        figure_alt="The value function of each criterion that is filled from the evidence. The table explains each.",
        caveats=(
            "Why these ends: whatever lies beyond them is no more a reason than what lies at them. Weights say how "
            "much a step from 0 to 1 on one criterion counts against the same step on another.",
        ),
        sources=priority_sources(ranking.evidence, selection, context),
    )


def _table(ranking: Ranking) -> pd.DataFrame:
    weights = dict(zip((one.key for one in ranking.criteria), ranking.weights, strict=True))
    rows = []
    for one in (*ranking.criteria, *ranking.idle, *ranking.unused):
        scale = ranking.scales.get(one.key)
        scored = sum(ranking.cells[problem.key, one.key].score.known for problem in ranking.problems)
        rows.append(
            {
                "criterion": one.name,
                "low_words": scale.low_words if scale else "0",
                "high_words": scale.high_words if scale else f"{one.people_scale}",
                "scored": scored,
                "counts": "yes"
                if one.key in weights
                else "switched off"
                if one in ranking.unused
                else f"no: {why_idle(ranking, one)}",
                "weight_pct": 100 * weights[one.key] if one.key in weights else float("nan"),
                "low": scale.low if scale else 0.0,
                "high": scale.high if scale else 1.0,
            }
        )
    return pd.DataFrame(rows, columns=[column.key for column in COLUMNS])


def _drawn(one: Criterion, ranking: Ranking) -> ValueFunction:
    scale = ranking.scales[one.key]
    reach = scale.low, scale.high
    along = [i / (_STEPS - 1) for i in range(_STEPS)]
    dots = []
    for problem in ranking.problems:
        cell = ranking.cells[problem.key, one.key]
        if cell.evidence.known:
            hover = f"<b>{problem.name}</b><br>{cell.evidence.words}: value {cell.evidence.value:.2f}"
            dots.append((min(1.0, max(0.0, _place(cell.evidence.evidence, reach))), cell.evidence.value, hover))
    ys = [scale.value(reach[0] + x * (reach[1] - reach[0])) for x in along]
    return ValueFunction(one.name, scale.low_words, scale.high_words, along, ys, dots)


def _place(evidence: float, reach: tuple[float, float]) -> float:
    return math.nan if math.isnan(evidence) else (evidence - reach[0]) / (reach[1] - reach[0])
