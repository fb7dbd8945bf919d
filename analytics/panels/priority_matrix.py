"""The problems in their order, the evidence on each, and how far the order hangs on the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.figures.matrix import MatrixCell, MatrixRow, matrix, matrix_height
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import (
    DRAWS,
    FILTERS_USED,
    Cell,
    Ranking,
    evidence_link,
    judgement_words,
    months_words,
    priority_sources,
    ranking_of,
)
from analytics.panels._ranking_words import nothing_to_rank, ranking_caveats, ranking_finding, top_words
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import count_of, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_priority_matrix_panel"]

ID = "priority_matrix"
COLUMNS = (
    Column("rank", "Rank", "integer"),
    Column("problem", "Problem"),
    Column("criterion", "Criterion"),
    Column("weight_pct", "Weight", "percent1"),
    Column("words", "Evidence"),
    Column("value", "Value, 0 to 1", "ratio"),
    Column("value_lower", "Value, lower 95 %", "ratio"),
    Column("value_upper", "Value, upper 95 %", "ratio"),
    Column("state", "From"),
    Column("evidence_value", "Value of the evidence", "ratio"),
    Column("evidence", "Evidence as a number", "ratio", hidden=True),
    Column("problem_key", "Problem key", hidden=True),
    Column("criterion_key", "Criterion key", hidden=True),
    Column("link", "Where the evidence stands", hidden=True),
)


@panel(ID, page="priorities", title="Which problems come first, on what evidence?", uses=FILTERS_USED)
def build_priority_matrix_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a problem and criterion: evidence, value from 0 to 1 with 95 % limits, and where it is from.

    Missing values are unscored, never 0: in the robustness they are drawn evenly from 0 to 1, in the score they stand
    at 0.5 (METHODS section 7).
    """
    ranking = ranking_of(cursor, selection, context)
    made: dict[str, Any] = {"id": ID, "title": "Priority matrix", "columns": COLUMNS}
    if ranking is None:
        return Panel(**made, table=_no_rows(), **nothing_to_rank(selection, context))
    order = np.argsort(ranking.ranks, kind="stable")
    n, k = len(ranking.problems), len(ranking.criteria)
    top = ranking.top
    made["figure_height"] = matrix_height(n, [criterion.short for criterion in ranking.criteria], view)
    return Panel(
        **made,
        table=_table(ranking, order, selection, context),
        glance=_glance(ranking, order),
        glance_columns=_glance_columns(ranking),
        sentence=ranking_finding(ranking),
        subtitle=f"{count_of(n, 'problem')} on {count_of(k, 'criterion', 'criteria')}, "
        f"{months_words(ranking.evidence)}{_change_words(ranking)}. Places {judgement_words(ranking, selection)}",
        reading="Figure: the evidence; bar: its value from 0 to 1",
        figure=matrix(
            [_row(ranking, i, context) for i in order],
            criteria=[criterion.short for criterion in ranking.criteria],
            weights=[percent(100 * weight) for weight in ranking.weights],
            top=top,
            top_words=top_words(top),
            heading="Problem, by score",
            places_heading=f"Place in {DRAWS:,} weightings",
            view=view,
        ),
        figure_alt=f"Priority matrix: {count_of(n, 'problem')} scored on {count_of(k, 'criterion', 'criteria')}, with "
        "the share of weightings in which each is among the first. The table holds the figures.",
        caveats=ranking_caveats(ranking, selection),
        sources=priority_sources(ranking.evidence, selection, context),
        facts={
            "top": [ranking.problems[i].name for i in order[:top]],
            "top_share": {ranking.problems[i].name: round(float(ranking.top_share[i]), 1) for i in order},
            "weights": {one.name: float(w) for one, w in zip(ranking.criteria, ranking.weights, strict=True)},
        },
    )


def _change_words(ranking: Ranking) -> str:
    """The months of the change, where they are not those of the other evidence."""
    evidence = ranking.evidence
    beside = evidence.table.compared.beside(evidence.months)
    return f"; change: {beside}" if beside and any(one.key == "change" for one in ranking.criteria) else ""


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=[column.key for column in COLUMNS])


def _table(ranking: Ranking, order: np.ndarray, selection: Selection, context: Context) -> pd.DataFrame:
    rows = []
    for i in order:
        problem = ranking.problems[i]
        for criterion, weight in zip(ranking.criteria, ranking.weights, strict=True):
            cell = ranking.cells[problem.key, criterion.key]
            rows.append(
                {
                    "rank": int(ranking.ranks[i]),
                    "problem": problem.name,
                    "criterion": criterion.name,
                    "weight_pct": 100 * weight,
                    "words": cell.score.words,
                    "value": cell.score.value,
                    "value_lower": cell.score.lower,
                    "value_upper": cell.score.upper,
                    "state": cell.state,
                    "evidence_value": cell.evidence.value,
                    "evidence": cell.evidence.evidence,
                    "problem_key": problem.key,
                    "criterion_key": criterion.key,
                    "link": evidence_link(criterion, problem, selection, context),
                }
            )
    return pd.DataFrame(rows, columns=[column.key for column in COLUMNS])


def _glance(ranking: Ranking, order: np.ndarray) -> pd.DataFrame:
    rows = []
    for i in order:
        problem = ranking.problems[i]
        row: dict[str, Any] = {"rank": int(ranking.ranks[i]), "problem": problem.name}
        for criterion in ranking.criteria:
            cell = ranking.cells[problem.key, criterion.key]
            row[criterion.key] = f"{cell.score.words}: {cell.score.value:.2f}" if cell.score.known else cell.score.words
        row |= {"score": ranking.score[i], "top_share": ranking.top_share[i]}
        rows.append(row)
    return pd.DataFrame(rows)


def _glance_columns(ranking: Ranking) -> tuple[Column, ...]:
    return (
        Column("problem", "Problem"),
        Column("rank", "Rank", "integer"),
        *(
            Column(criterion.key, f"{criterion.name}, {percent(100 * weight)}")
            for criterion, weight in zip(ranking.criteria, ranking.weights, strict=True)
        ),
        Column("score", "Score", "ratio"),
        Column("top_share", top_words(ranking.top).capitalize(), "percent"),
    )


def _row(ranking: Ranking, i: int, context: Context) -> MatrixRow:
    problem = ranking.problems[i]
    cells = [_cell(ranking.cells[problem.key, one.key], one) for one in ranking.criteria]
    shares = ranking.robustness.rank_acceptability[i] if ranking.robustness is not None else []
    low, high = ranking.score_lower[i], ranking.score_upper[i]
    span = f"<br>{low:.2f} to {high:.2f}, as what is unscored may be anything" if high - low > 0.005 else ""
    return MatrixRow(
        rank=str(ranking.ranks[i]),
        name=problem.name,
        cells=cells,
        score=f"{ranking.score[i]:.2f}",
        places=[float(share) for share in shares[: min(3, ranking.top)]],
        top=percent(ranking.top_share[i]),
        score_range=f"{low:.2f} to {high:.2f}" if high - low > 0.05 else "",
        hover=f"<b>{problem.name}</b><br>score {ranking.score[i]:.2f}{span}<br>"
        f"{top_words(ranking.top)} in {percent(ranking.top_share[i])} of weightings<br>"
        f"{covers_words(problem, context)}",
    )


def covers_words(problem: Any, context: Context) -> str:
    """What a problem covers: "Vehicle crime in 3 wards", "no recorded data"."""
    if problem.people_only:
        return "no recorded data: scored by people"
    parts = [*problem.categories, *(f"offence {code}" for code in problem.codes)]
    what = ", ".join(parts) or "crime and ASB"
    names = context.ward_names()
    where = [names.get(code, code) for code in problem.wards]
    return what + (f" in {where[0]}" if len(where) == 1 else f" in {len(where)} wards" if where else "")


def _cell(cell: Cell, criterion: Criterion) -> MatrixCell:
    score, entry = cell.score, cell.entry
    lines = [f"<b>{criterion.name}</b>"]
    if score.known:
        span = "" if score.upper - score.lower < 0.005 else f", 95 % {score.lower:.2f} to {score.upper:.2f}"
        lines.append(f"{score.words}: value {score.value:.2f}{span}")
    else:
        why = "nobody has entered a score" if score.words == "unscored" else score.words
        lines.append(f"unscored: {why}")
    if entry is not None:
        lines.append(f"entered by {entry.by}" + (f": {entry.reason}" if entry.reason else ""))
        if cell.evidence.known:
            lines.append(f"evidence {cell.evidence.words}: value {cell.evidence.value:.2f}")
    words = score.words if score.known else "unscored"
    return MatrixCell(words, score.value, score.lower, score.upper, cell.state, cell.evidence.value, "<br>".join(lines))
