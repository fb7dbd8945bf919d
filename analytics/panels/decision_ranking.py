"""The ranking a decision was taken on, and where it no longer is that of today."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.decisions import Decided, decision_record, decision_time, read_decided
from analytics.panels._families import ordinal
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._priorities import FILTERS_USED, Ranking, priority_sources, ranking_of
from analytics.panels._ranking_words import top_words
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.session_keeper import state_of
from analytics.summaries import lower_first
from analytics.words import and_list, count_of, number_word, percent
from data.state import StateError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_decision_ranking_panel"]

ID = "decision_ranking"
SAME_SCORE, SAME_SHARE, SAME_WEIGHT = 0.005, 1.0, 0.005
"""Within which a score, a share of weightings (points of per cent) and a weight count as the same."""
COLUMNS = (
    Column("problem", "Problem"),
    Column("chosen_words", "Chosen"),
    Column("rank_then", "Rank then", "integer"),
    Column("rank_now", "Rank now", "integer"),
    Column("score_then", "Score then", "ratio"),
    Column("score_now", "Score now", "ratio"),
    Column("top_then", "In the first places then", "percent"),
    Column("top_now", "In the first places now", "percent"),
    Column("agrees", "Since then"),
    Column("chosen", "Place in the choice", "integer", hidden=True),
    Column("problem_key", "Problem key", hidden=True),
)


@panel(ID, page="workshop", title="Does the ranking of the decision still hold?", uses=FILTERS_USED, live=True)
def build_decision_ranking_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a problem: rank, score and share among the first, as kept with the decision and as they are now.

    Now: for the selection the decision was recorded for, on the snapshot that serves, with what the session holds.
    Missing: not ranked then, or now.
    """
    made: dict[str, Any] = {"id": ID, "title": "The ranking at the decision", "columns": COLUMNS}
    nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
    if not selection.session:
        return Panel(**made, table=nothing, **_none("No session is open", "Open a session of a workshop."))
    try:
        decided = read_decided(state_of(context.folder), selection.session)
        record = decision_record(state_of(context.folder), selection.session, context)
    except StateError as error:
        return Panel(**made, table=nothing, **_none("The decision cannot be read", str(error)))
    if decided is None or record is None:
        words = "The ranking is kept when a priority is chosen, and when the session is locked."
        return Panel(**made, table=nothing, **_none("No decision is recorded yet", words))
    there = Selection.from_query(decided.query, context)[0]
    there = replace(there, session=selection.session, judgement=selection.judgement)
    ranking = ranking_of(cursor, there, context)
    places = {one.key: place for place, one in enumerate(record.chosen, 1)}
    frame = _table(decided, ranking, places)
    newer = "the same snapshot" if decided.snapshot == context.snapshot else f"now: {context.snapshot}"
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, decided.top),
        subtitle=f"Kept on {decision_time(decided)}, with snapshot {decided.snapshot}; {newer}",
        caveats=_caveats(decided, ranking),
        sources=() if ranking is None else priority_sources(ranking.evidence, there, context),
        facts={"moved": int((frame["agrees"] != "agrees").sum())},
    )


def _none(sentence: str, message: str) -> dict[str, Any]:
    return {
        "sentence": sentence,
        "subtitle": "What was decided, beside the ranking as it is now",
        "state": "no_data",
        "message": message,
        "ways": (Way("Workshop", "/workshop"),),
    }


def _table(decided: Decided, ranking: Ranking | None, chosen: dict[str, int]) -> pd.DataFrame:
    missing = float("nan")
    now: dict[str, dict[str, Any]] = {}
    if ranking is not None:
        for i in np.argsort(ranking.ranks, kind="stable"):
            one = ranking.problems[i]
            now[one.key] = {
                "name": one.name,
                "rank": float(ranking.ranks[i]),
                "score": float(ranking.score[i]),
                "top_share": float(ranking.top_share[i]),
            }
    then = {row["key"]: row for row in decided.problems}
    rows = []
    for key in (*then, *(key for key in now if key not in then)):
        a, b = then.get(key, {}), now.get(key, {})
        rows.append(
            {
                "problem": b.get("name") or a.get("name") or key,
                "chosen_words": ordinal(chosen[key]) if key in chosen else "",
                "rank_then": a.get("rank", missing),
                "rank_now": b.get("rank", missing),
                "score_then": a.get("score", missing),
                "score_now": b.get("score", missing),
                "top_then": a.get("top_share", missing),
                "top_now": b.get("top_share", missing),
                "agrees": _agrees(a, b),
                "chosen": float(chosen.get(key, missing)),
                "problem_key": key,
            }
        )
    return pd.DataFrame(rows, columns=[column.key for column in COLUMNS])


def _agrees(then: dict[str, Any], now: dict[str, Any]) -> str:
    if not now:
        return "is not ranked now"
    if not then:
        return "is new"
    if then["rank"] != now["rank"]:
        by = int(abs(then["rank"] - now["rank"]))
        return f"moved {'up' if now['rank'] < then['rank'] else 'down'} {count_of(by, 'place')}"
    if abs(then["score"] - now["score"]) >= SAME_SCORE or abs(then["top_share"] - now["top_share"]) >= SAME_SHARE:
        return "keeps its rank, figures moved"
    return "agrees"


def _finding(frame: pd.DataFrame, top: int) -> str:
    """A chosen problem that left the first ones comes first, then how many moved."""
    words = top_words(top)
    left = frame[frame["chosen"].notna() & (frame["rank_then"] <= top) & ~(frame["rank_now"] <= top)]
    if len(left):
        row = left.iloc[0]
        now = f"now {ordinal(int(row['rank_now']))}" if row["rank_now"] == row["rank_now"] else "now not ranked"
        said = f"{row['problem']}, chosen, was {ordinal(int(row['rank_then']))} and is {now}"
        return fitting(said, f"A chosen problem is no longer {words if top == 1 else f'in the {words}'}")
    moved = int(frame["agrees"].str.contains("moved up|moved down|is new|not ranked").sum())
    if moved:
        verb = "stands" if moved == 1 else "stand"
        return f"{number_word(moved, capital=True)} of {len(frame)} problems no longer {verb} where they did"
    figures = int((frame["agrees"] != "agrees").sum())
    if figures:
        return f"Every rank of the decision holds; the figures of {number_word(figures)} have moved"
    return "The ranking of the decision is still that of today"


def _caveats(decided: Decided, ranking: Ranking | None) -> tuple[str, ...]:
    said = []
    now = {} if ranking is None else {
        one.name: float(weight) for one, weight in zip(ranking.criteria, ranking.weights, strict=True)
    }  # fmt: skip
    moved = [
        f"{lower_first(name)} {_share(decided.weights.get(name))} then, {_share(now.get(name))} now"
        for name in dict.fromkeys([*decided.weights, *now])
        if abs(decided.weights.get(name, -1.0) - now.get(name, -1.0)) >= SAME_WEIGHT
    ]
    if moved:
        said.append(f"Weights: {and_list(moved, most=5)}.")
    said.append(
        f"Agrees: the same rank, the score within {SAME_SCORE:g}, and the share of weightings in which it is among the "
        f"first {number_word(decided.top)} within one point of per cent."
    )
    return tuple(said)


def _share(weight: float | None) -> str:
    return "not used" if weight is None else percent(100 * weight)
