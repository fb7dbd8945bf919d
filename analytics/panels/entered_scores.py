"""Scores that people entered, beside what the evidence says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, criteria_of, ranking_of, scale_words
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import count_of, number_word, write_date

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_entered_scores_panel"]

ID = "entered_scores"
COLUMNS = (
    Column("score", "Score"),
    Column("evidence", "Evidence"),
    Column("entered_words", "Entered"),
    Column("entered", "Entered, 0 to 1", "ratio", hidden=True),
    Column("why", "Reason and who"),
    Column("problem", "Problem", hidden=True),
    Column("criterion", "Criterion", hidden=True),
    Column("reason", "Reason", hidden=True),
    Column("by", "Who and when", hidden=True),
    Column("evidence_value", "Value of the evidence", "ratio", hidden=True),
    Column("entered_lower", "Entered, lower", "ratio", hidden=True),
    Column("entered_upper", "Entered, upper", "ratio", hidden=True),
    Column("overrides", "In place of evidence", hidden=True),
    Column("at", "Time", hidden=True),
    Column("counts", "Counts", hidden=True),
)


@panel(ID, page="priorities", title="Which scores were entered by people, and why?", uses=FILTERS_USED)
def build_entered_scores_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a score people entered for a problem on a criterion, with the score of the evidence it stands beside."""
    ranking = ranking_of(cursor, selection, context)
    known_criteria = {one.key: one for one in criteria_of(selection)}
    problems = {} if ranking is None else {problem.key: problem.name for problem in ranking.problems}
    rows = []
    for entry in selection.judgement.entries:
        cell = None if ranking is None else ranking.cells.get(entry.cell)
        known = cell is not None and cell.evidence.known
        evidence = cell.evidence.words if cell is not None else ""
        problem, criterion = problems.get(entry.problem, entry.problem), entry.criterion
        asked = known_criteria.get(entry.criterion)
        if asked is not None:
            criterion = asked.name
        rows.append(
            {
                "score": f"{problem}, {lower_first(criterion)}",
                "why": f"{entry.reason or 'no reason given'}; {entry.by}, {write_date(entry.at)}",
                "problem": problem,
                "criterion": criterion,
                "evidence": f"{evidence}: {_words(cell.evidence.value, asked)}" if known and cell else "unscored",
                "entered_words": _words(entry.value, asked),
                "entered": entry.value,
                "reason": entry.reason or "no reason given",
                "by": f"{entry.by}, {write_date(entry.at)}",
                "evidence_value": cell.evidence.value if cell is not None else float("nan"),
                "entered_lower": float("nan") if entry.lower is None else entry.lower,
                "entered_upper": float("nan") if entry.upper is None else entry.upper,
                "overrides": "yes" if known else "no",
                "at": entry.at.isoformat(),
                "counts": "yes" if cell is not None else "no: problem or criterion is not ranked",
            }
        )
    frame = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    made: dict[str, Any] = {"id": ID, "title": "Scores entered by people", "columns": COLUMNS, "table": frame}
    if frame.empty:
        return Panel(
            **made,
            sentence="No score was entered by hand",
            subtitle="The evidence score stays visible beside an entered one",
            message="Every score comes from the evidence. People can enter their own on Priorities, with a reason.",
            figure_height=120,
        )
    n, instead = len(frame), int((frame["overrides"] == "yes").sum())
    said = f"{number_word(n, capital=True)} {'score was' if n == 1 else 'scores were'} entered by hand"
    if instead:
        said += f", {number_word(instead)} in place of evidence"
    return Panel(
        **made,
        sentence=said,
        subtitle="The evidence stays visible beside it, both on the scale people score on",
        caveats=(f"{count_of(n, 'score')} as given, without limits unless a spread was entered.",),
        sources=(),
    )


def _words(value: float, criterion: Criterion | None) -> str:
    return f"{value:.2f} of 1" if criterion is None else scale_words(value, criterion)
