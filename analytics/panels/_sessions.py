"""Two sessions of a workshop on the same evidence: their names, their judgements and the rankings that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analytics.context import Context
from analytics.panels._model import Way
from analytics.panels._priorities import Ranking, ranking_of
from analytics.selection import Selection
from analytics.session_keeper import state_of
from data.state import StateError, read_session

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Two", "nothing_to_compare", "two_sessions"]


@dataclass(frozen=True, eq=False)
class Two:
    """The session that is open and the one beside it. Each name is unlike the other."""

    names: tuple[str, str]
    selections: tuple[Selection, Selection]
    rankings: tuple[Ranking, Ranking]


def two_sessions(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Two | str:
    """Both sessions, or why there are no two to compare."""
    if not selection.session or not selection.compare:
        return "Open a session, and choose another under “Compare with”."
    selections = (selection, replace(selection, session=selection.compare, judgement=selection.compared))
    try:
        found = [read_session(state_of(context.folder), str(one.session)) for one in selections]
    except StateError as error:
        return str(error)
    names = [one.name if one is not None else "deleted session" for one in found]
    if names[0] == names[1]:
        names = [f"{name} ({id})" for name, id in zip(names, (selection.session, selection.compare), strict=True)]
    first, second = (ranking_of(cursor, one, context) for one in selections)
    if first is None or second is None:
        return "In one of the two there is nothing to rank."
    return Two((names[0], names[1]), selections, (first, second))


def nothing_to_compare(words: str) -> dict[str, Any]:
    """The fields of a panel without two sessions."""
    return {
        "sentence": "There are no two sessions to compare",
        "subtitle": "Both on the evidence of this page; what differs is what people said",
        "state": "no_data",
        "message": words,
        "ways": (Way("Workshop", "/workshop"),),
    }
