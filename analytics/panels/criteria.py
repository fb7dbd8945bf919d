"""The criteria: what each asks, how the evidence becomes a value, and where the evidence stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, evidence_link, priority_sources, ranking_of
from analytics.panels._ranking_words import idle_words, nothing_to_rank, why_idle
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_criteria_panel"]

ID = "criteria"
COLUMNS = (
    Column("criterion", "Criterion"),
    Column("asks", "What it asks, and how it becomes a value from 0 to 1"),
    Column("evidence", "Evidence"),
    Column("link", "Address of the evidence", hidden=True),
    Column("counts", "Counts", hidden=True),
    Column("question", "Question", hidden=True),
    Column("explanation", "Explanation", hidden=True),
    Column("scored", "Problems scored", "integer", hidden=True),
    Column("weight_pct", "Weight", "percent1", hidden=True),
    Column("criterion_key", "Criterion key", hidden=True),
)


@panel(ID, page="priorities", title="What does each criterion ask, and where is its evidence?", uses=FILTERS_USED)
def build_criteria_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a criterion: its question, explanation, how many problems have a score, and the address of its evidence.

    evidence: the page it stands on, "people" where they enter it, "none loaded" where no problem has any. link: path
    and query of that page for the same selection; "" where people enter it.
    """
    ranking = ranking_of(cursor, selection, context)
    made: dict[str, Any] = {"id": ID, "title": "The criteria", "columns": COLUMNS}
    if ranking is None:
        nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
        return Panel(**made, table=nothing, **nothing_to_rank(selection, context))
    weights = dict(zip((one.key for one in ranking.criteria), ranking.weights, strict=True))
    rows = []
    for one in (*ranking.criteria, *ranking.idle, *ranking.unused):
        filled_here = any(ranking.cells[problem.key, one.key].evidence.known for problem in ranking.problems)
        left_out = "left out" if one in ranking.unused else f"no: {why_idle(ranking, one)}"
        rows.append(
            {
                "criterion": one.name,
                "asks": f"{one.question} {one.explanation}",
                "question": one.question,
                "explanation": one.explanation,
                "scored": sum(ranking.cells[problem.key, one.key].score.known for problem in ranking.problems),
                "counts": "yes" if one.key in weights else left_out,
                "evidence": _page(one.page) if filled_here or one.entered else "none loaded",
                "link": evidence_link(one, None, selection, context),
                "weight_pct": 100 * weights[one.key] if one.key in weights else float("nan"),
                "criterion_key": one.key,
            }
        )
    filled = sum(not one.entered for one in ranking.criteria)
    entered = len(ranking.criteria) - filled
    counted = "criterion counts" if filled == 1 else "criteria count"
    said = f"{number_word(filled, capital=True)} {counted} from the evidence"
    return Panel(
        **made,
        table=pd.DataFrame(rows, columns=[column.key for column in COLUMNS]),
        sentence=f"{said}, {number_word(entered) if entered else 'none'} from people alone",
        subtitle="What each asks, and the page its evidence stands on",
        caveats=idle_words(ranking),
        sources=priority_sources(ranking.evidence, selection, context),
    )


def _page(path: str) -> str:
    """The page of a path by its name: "Overview", "Trends"; "people" where there is none."""
    return path.strip("/").capitalize() or "Overview" if path else "people"
