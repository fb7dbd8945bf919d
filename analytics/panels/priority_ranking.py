"""Which places each problem takes over all the weightings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, Ranking, judgement_words, priority_sources, ranking_of
from analytics.panels._ranking_words import nothing_to_rank, top_words
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.words import number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_priority_ranking_panel"]

ID = "priority_ranking"
_OUT = "nearly always out"
_STANDING = ((90.0, "nearly always in"), (60.0, "usually in"), (40.0, "open"), (10.0, "usually out"))


@panel(ID, page="priorities", title="How sure is each problem’s place?", uses=FILTERS_USED)
def build_priority_ranking_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a problem: score, rank, the range of its ranks, and the share of weightings with which it has each rank.

    rank_low, rank_high: 95 % of the weightings. confidence: how often it is first under the weights that suit it best.
    Method: SMAA-2, METHODS section 7.
    """
    ranking = ranking_of(cursor, selection, context)
    made: dict[str, Any] = {"id": ID, "title": "How sure each place is"}
    if ranking is None or ranking.robustness is None:
        columns = _columns(ranking, selection)
        nothing = pd.DataFrame(columns=[column.key for column in columns])
        return Panel(**made, columns=columns, table=nothing, **nothing_to_rank(selection, context))
    frame = _table(ranking)
    return Panel(
        **made,
        table=frame,
        columns=_columns(ranking, selection),
        sentence=_finding(frame, ranking),
        subtitle=f"Rank by score, and 95 % of the ranks {judgement_words(ranking, selection)}",
        caveats=(
            f"Nearly always in: in at least {percent(90)} of weightings; usually in: {percent(60)}; "
            f"open: {percent(40)}; usually out: {percent(10)}; nearly always out: less.",
        ),
        sources=priority_sources(ranking.evidence, selection, context),
        facts={"method": ranking.robustness.method},
    )


def _columns(ranking: Ranking | None, selection: Selection) -> tuple[Column, ...]:
    top = int(selection.top) if ranking is None else ranking.top
    n = 0 if ranking is None else len(ranking.problems)
    return (
        Column("problem", "Problem"),
        Column("rank_words", "Rank, and 95 % of its ranks"),
        Column("top_words", f"In the {top_words(top)}" if top > 1 else "First"),
        Column("rank", "Rank", "integer", hidden=True),
        Column("range_words", "Ranks, 95 %", hidden=True),
        Column("top_share", top_words(top).capitalize(), "percent1", hidden=True),
        Column("first_share", "First, of weightings", "percent1", hidden=True),
        Column("standing", "So it is", hidden=True),
        Column("score", "Score", "ratio", hidden=True),
        Column("score_low", "Score, unscored at 0", "ratio", hidden=True),
        Column("score_high", "Score, unscored at 1", "ratio", hidden=True),
        Column("rank_low", "Best rank, 95 %", "integer", hidden=True),
        Column("rank_high", "Worst rank, 95 %", "integer", hidden=True),
        Column("confidence", "First under its own best weights", "percent1", hidden=True),
        Column("problem_key", "Problem key", hidden=True),
        *(Column(f"rank_{i}", f"Rank {i}", "percent1", hidden=True) for i in range(1, n + 1)),
    )


def _table(ranking: Ranking) -> pd.DataFrame:
    found = ranking.robustness
    assert found is not None
    rows = []
    for i in np.argsort(ranking.ranks, kind="stable"):
        shares = found.rank_acceptability[i]
        held = np.cumsum(shares)
        low, high = (1 + int(np.searchsorted(held, part - 1e-9)) for part in (0.025, 0.975))
        share = float(ranking.top_share[i])
        rows.append(
            {
                "problem": ranking.problems[i].name,
                "rank_words": f"{ranking.ranks[i]}" + (f" ({low} to {high})" if low != high else ""),
                "top_words": f"{percent(share)}: {_standing(share)}",
                "rank": int(ranking.ranks[i]),
                "range_words": f"{low}" if low == high else f"{low} to {high}",
                "top_share": share,
                "first_share": 100 * float(shares[0]),
                "standing": _standing(share),
                "score": float(ranking.score[i]),
                "score_low": float(ranking.score_lower[i]),
                "score_high": float(ranking.score_upper[i]),
                "rank_low": low,
                "rank_high": high,
                "confidence": 100 * float(found.confidence[i]),
                "problem_key": ranking.problems[i].key,
                **{f"rank_{k}": 100 * float(part) for k, part in enumerate(shares, start=1)},
            }
        )
    return pd.DataFrame(rows)


def _standing(share: float) -> str:
    return next((words for limit, words in _STANDING if share >= limit), _OUT)


def _finding(frame: pd.DataFrame, ranking: Ranking) -> str:
    out = int((frame["standing"] == _OUT).sum())
    settled = int((frame["standing"] == _STANDING[0][1]).sum())
    unsettled = len(frame) - out - settled
    words = top_words(ranking.top)
    if not unsettled:
        return fitting(f"The {words} hold in nearly all weightings", f"The {words} hold")
    compete = "problem competes" if unsettled == 1 else "problems compete"
    place = "place" if ranking.top - settled == 1 else "places"
    said = f"{number_word(unsettled, capital=True)} {compete} for {number_word(ranking.top - settled)} {place}"
    come = "comes" if out == 1 else "come"
    return fitting(f"{said}; {number_word(out)} hardly ever {come} in", said) if out else said
