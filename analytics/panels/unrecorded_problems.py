"""Problems without recorded data, and what people say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, criteria_of, evidence_of, ranking_of, unrecorded_why
from analytics.panels._ranking_words import top_words
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, number_word, percent, write_date

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_unrecorded_problems_panel"]

ID = "unrecorded_problems"
NOBODY = "nobody has scored it"
COLUMNS = (
    Column("problem", "Problem"),
    Column("criterion", "Criterion"),
    Column("score", "Score by people"),
    Column("reason", "Reason"),
    Column("by", "Who and when"),
    Column("rank_words", "Rank"),
    Column("value", "Value, 0 to 1", "ratio", hidden=True),
    Column("value_lower", "Value, lower", "ratio", hidden=True),
    Column("value_upper", "Value, upper", "ratio", hidden=True),
    Column("rank", "Rank as a number", "integer", hidden=True),
    Column("top_share", "Among the first, of weightings", "percent1", hidden=True),
    Column("scored", "Criteria scored", "integer", hidden=True),
    Column("why", "Why there is no recorded data", hidden=True),
    Column("at", "Time", hidden=True),
    Column("problem_key", "Problem key", hidden=True),
    Column("criterion_key", "Criterion key", hidden=True),
)
_GLANCE = (Column("problem", "Problem"), Column("scores", "Scores by people"), Column("rank_words", "Rank"))


@panel(ID, page="priorities", title="Which problems have no recorded data?", uses=FILTERS_USED)
def build_unrecorded_problems_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a score that people gave a problem without recorded data; one without any score has a row that says so.

    rank, top_share: of the problem, in the ranking of all, which fills what nobody scored half way; missing where it is
    not ranked, as nobody has scored it. scored: criteria that count on which it has a score.
    """
    evidence = evidence_of(cursor, selection, context)
    ranking = ranking_of(cursor, selection, context)
    names = {one.key: one for one in criteria_of(selection)}
    places = {} if ranking is None else {one.key: i for i, one in enumerate(ranking.problems)}
    rows: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for problem in evidence.problems:
        why = unrecorded_why(problem, evidence.by_offence)
        if not why:
            continue
        at = places.get(problem.key)
        rank = float("nan") if at is None or ranking is None else float(ranking.ranks[at])
        share = float("nan") if at is None or ranking is None else float(ranking.top_share[at])
        scored = 0 if at is None or ranking is None else int((~np.isnan(ranking.values[at])).sum())
        words = "not ranked" if at is None or ranking is None else (
            f"{rank:.0f} of {len(ranking.problems)}, scored on {scored} of {len(ranking.criteria)} criteria"
        )  # fmt: skip
        of_problem = {
            "problem": problem.name,
            "rank_words": words,
            "rank": rank,
            "top_share": share,
            "scored": float(scored),
            "why": why,
            "problem_key": problem.key,
        }
        given = [one for one in selection.judgement.entries if one.problem == problem.key and one.criterion in names]
        told = []
        for entry in given:
            criterion = names[entry.criterion]
            score = _points(entry.value, criterion.people_scale)
            if entry.lower is not None and entry.upper is not None and entry.upper > entry.lower:
                low, high = (end * criterion.people_scale for end in (entry.lower, entry.upper))
                score += f" ({low:.3g} to {high:.3g})"
            told.append(f"{lower_first(criterion.name)} {_points(entry.value, criterion.people_scale)}")
            rows.append(
                {
                    **of_problem,
                    "criterion": criterion.name,
                    "score": score,
                    "reason": entry.reason or "no reason given",
                    "by": f"{entry.by}, {write_date(entry.at)}",
                    "value": entry.value,
                    "value_lower": entry.value if entry.lower is None else entry.lower,
                    "value_upper": entry.value if entry.upper is None else entry.upper,
                    "at": entry.at.isoformat(),
                    "criterion_key": criterion.key,
                }
            )
        if not given:
            rows.append({**of_problem, "criterion": "none", "score": NOBODY, "reason": "", "by": "", "at": "",
                         "criterion_key": ""})  # fmt: skip
        said = ", ".join(told) or NOBODY
        lines.append({"problem": problem.name, "scores": said[:1].upper() + said[1:], "rank_words": words})
    frame = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    made: dict[str, Any] = {"id": ID, "title": "Problems without recorded data", "columns": COLUMNS, "table": frame}
    if frame.empty:
        return Panel(
            **made,
            sentence="Every problem ranked here has recorded data",
            subtitle="What is not recorded is in no figure of these pages",
            message="What is not reported is in no record. Such a problem can be added on Priorities; people score it.",
            figure_height=120,
        )
    return Panel(
        **made,
        glance=pd.DataFrame(lines),
        glance_columns=_GLANCE,
        sentence=_finding(
            frame, 0 if ranking is None else ranking.top, 0 if ranking is None else len(ranking.criteria)
        ),
        subtitle="Scored by people alone; what they leave unscored may be anything from 0 to 1",
        caveats=_caveats(frame, ranking is not None, selection),
        sources=(),
        facts={"problems": [line["problem"] for line in lines]},
    )


def _points(value: float, scale: int) -> str:
    """ "4 of 5", "2.5 of 5"."""
    return f"{round(value * scale, 1):g} of {scale}"


def _finding(frame: pd.DataFrame, top: int, criteria: int) -> str:
    """How many there are; whether one is among the first by scores on at least half of the criteria."""
    problems = frame.drop_duplicates("problem_key")
    n = len(problems)
    none = f"{number_word(n, capital=True)} {'problem has' if n == 1 else 'problems have'} no recorded data"
    sure = problems[(problems["rank"] <= top) & (2 * problems["scored"] >= criteria)]
    if len(sure):
        names = and_list([str(sure["problem"].iloc[0]), *(lower_first(str(name)) for name in sure["problem"].iloc[1:])])
        verb = "is" if len(sure) == 1 else "are"
        words = top_words(top) if top == 1 else f"in the {top_words(top)}"
        return fitting(f"{names}, without recorded data, {verb} {words} by people’s scores", none)
    unscored = int((problems["score"] == NOBODY).sum())
    if unscored == n:
        return f"{none}, nor a score"
    if unscored:
        return f"{none}; nobody has scored {number_word(unscored)}"
    few = problems[2 * problems["scored"] < criteria]
    return none + (f"; {'its rank stands' if n == 1 else 'ranks stand'} on few scores" if len(few) else "")


def _caveats(frame: pd.DataFrame, ranked: bool, selection: Selection) -> tuple[str, ...]:
    said = []
    if ranked:
        shares = frame.drop_duplicates("problem_key").dropna(subset=["top_share"])
        words = top_words(int(selection.top))
        told = [f"{row.problem} {percent(row.top_share)}" for row in shares.itertuples()]
        if told:
            said.append(f"{words.capitalize()}, of weightings: {and_list(told, most=5)}.")
    codes = list(dict.fromkeys(frame.loc[frame["why"].str.contains("codes"), "problem"]))
    if codes:
        needed = and_list(codes, most=4)
        said.append(f"Not every month looked at has offence codes of incidents, which {needed} would need.")
    return tuple(said)
