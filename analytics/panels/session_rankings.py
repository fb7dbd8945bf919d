"""The rankings of two sessions side by side, and what moves between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.rank_pairs import RankPair, rank_pairs, rank_pairs_height
from analytics.frames import records
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, Ranking, months_words, priority_sources
from analytics.panels._ranking_words import top_words
from analytics.panels._registry import panel
from analytics.panels._sessions import Two, nothing_to_compare, two_sessions
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, count_of, is_missing, number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_session_rankings_panel"]

ID = "session_rankings"


@panel(ID, page="priorities", title="How do two sessions rank the problems?", uses=FILTERS_USED, live=True)
def build_session_rankings_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a problem: rank, score and share among the first in the session that is open, and in the other.

    Both on this page's evidence. moved: places by which it stands higher here. Missing: not ranked in that session.
    """
    made: dict[str, Any] = {"id": ID, "title": "Two sessions side by side"}
    two = two_sessions(cursor, selection, context)
    columns = _columns(("here", "there") if isinstance(two, str) else two.names)
    if isinstance(two, str):
        nothing = pd.DataFrame(columns=[column.key for column in columns])
        return Panel(**made, columns=columns, table=nothing, **nothing_to_compare(two))
    frame = _table(two)
    here = frame[frame["rank_here"].notna()]
    heads = ("Here", "There") if view.width == "narrow" else (_short(two.names[0]), _short(two.names[1]))
    pairs = [_pair(row, len(here)) for row in records(here)]
    return Panel(
        **made,
        columns=columns,
        table=frame,
        sentence=_finding(frame, two),
        subtitle=f"Ranks in “{two.names[0]}” and “{two.names[1]}”, both on the evidence of "
        f"{months_words(two.rankings[0].evidence)}",
        figure=rank_pairs(pairs, left=heads[0], right=heads[1], view=view, downwards=True),
        figure_height=rank_pairs_height(len(pairs)),
        figure_alt="The ranks of both sessions side by side, a line for each problem. The table holds the figures.",
        caveats=_caveats(frame, two),
        sources=priority_sources(two.rankings[0].evidence, selection, context),
    )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"


def _columns(names: tuple[str, str]) -> tuple[Column, ...]:
    here, there = names
    return (
        Column("problem", "Problem"),
        Column("rank_here", f"Rank, {here}", "integer"),
        Column("rank_there", f"Rank, {there}", "integer"),
        Column("moved_words", f"Against {there}"),
        Column("score_here", f"Score, {here}", "ratio"),
        Column("score_there", f"Score, {there}", "ratio"),
        Column("top_here", f"Among the first, {here}", "percent"),
        Column("top_there", f"Among the first, {there}", "percent"),
        Column("moved", "Places higher here", "integer", hidden=True),
        Column("problem_key", "Problem key", hidden=True),
    )


def _places(ranking: Ranking) -> dict[str, tuple[str, float, float, float]]:
    """Name, rank, score and share of each problem, by key, the first first."""
    return {
        ranking.problems[i].key: (
            ranking.problems[i].name,
            float(ranking.ranks[i]),
            float(ranking.score[i]),
            float(ranking.top_share[i]),
        )
        for i in np.argsort(ranking.ranks, kind="stable")
    }


def _table(two: Two) -> pd.DataFrame:
    here, there = (_places(ranking) for ranking in two.rankings)
    missing = ("", float("nan"), float("nan"), float("nan"))
    rows = []
    for key in (*here, *(key for key in there if key not in here)):
        a, b = here.get(key, missing), there.get(key, missing)
        moved = b[1] - a[1]
        rows.append(
            {
                "problem": a[0] or b[0],
                "rank_here": a[1],
                "rank_there": b[1],
                "moved_words": _moved(moved, in_here=key in here),
                "score_here": a[2],
                "score_there": b[2],
                "top_here": a[3],
                "top_there": b[3],
                "moved": moved,
                "problem_key": key,
            }
        )
    return pd.DataFrame(rows, columns=[column.key for column in _columns(("", ""))])


def _moved(moved: float, *, in_here: bool) -> str:
    if moved != moved:
        return "not ranked there" if in_here else "not ranked here"
    if not moved:
        return "the same place"
    return f"{count_of(int(abs(moved)), 'place')} {'higher' if moved > 0 else 'lower'}"


def _pair(row: dict[str, Any], n: int) -> RankPair:
    gone = is_missing(row["rank_there"])
    return RankPair(
        name=row["problem"],
        left=row["rank_here"],
        left_words=f"{row['rank_here']:.0f}",
        right=float("nan") if gone else row["rank_there"],
        right_words="" if gone else f"{row['rank_there']:.0f}  {row['problem']}",
        best=float("nan"),
        worst=float("nan"),
        why="not ranked",
        hover=f"<b>{row['problem']}</b><br>{row['moved_words']}<br>among the first in {percent(row['top_here'])} of "
        f"weightings" + ("" if gone else f", there {percent(row['top_there'])}"),
    )


def _finding(frame: pd.DataFrame, two: Two) -> str:
    top = two.rankings[0].top
    words = top_words(top) if top == 1 else f"in the {top_words(top)}"
    only_here = list(frame.loc[(frame["rank_here"] <= top) & ~(frame["rank_there"] <= top), "problem"])
    only_there = list(frame.loc[(frame["rank_there"] <= top) & ~(frame["rank_here"] <= top), "problem"])
    moved = int((frame["moved"] != 0).sum())
    if only_here or only_there:
        came = f"{_names(only_here)} {'is' if len(only_here) == 1 else 'are'} {words} only here" if only_here else ""
        there = _names(only_there) if only_there else ""
        went = f"{lower_first(there) if came else there} only there" if there else ""
        n = max(len(only_here), len(only_there))
        return fitting(
            ", ".join(filter(None, (came, went))), f"{number_word(n, capital=True)} of the {top_words(top)} differ"
        )
    if not moved:
        return "Both sessions rank the problems alike"
    verb = "changes" if moved == 1 else "change"
    first = "The first is" if top == 1 else f"The {top_words(top)} are"
    return f"{first} the same; {number_word(moved)} {'problem' if moved == 1 else 'problems'} {verb} place"


def _names(names: list[str]) -> str:
    return and_list([names[0], *(lower_first(name) for name in names[1:])], most=2)


def _caveats(frame: pd.DataFrame, two: Two) -> tuple[str, ...]:
    said = ["Here: the session that is open; there: the one beside it. Bold: three places or more apart."]
    gone = list(frame.loc[frame["rank_here"].isna(), "problem"])
    if gone:
        said.append(f"Ranked in “{two.names[1]}” alone: {_names(gone)}.")
    return tuple(said)
