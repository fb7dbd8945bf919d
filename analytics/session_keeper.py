"""Sessions as the state of a store keeps them: each part of a judgement is a row of its own.

So two people who enter different scores at once both keep theirs, and a change writes only what it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.judgement import Judgement, JudgementError
from data.state import State, StateError, change_values, read_session, read_values

__all__ = ["KINDS", "Keeper", "judgement_rows", "rows_judgement", "state_of"]

KINDS = ("problem", "left-out", "criterion", "unused", "weight", "order", "entry")
"""Kinds of a session's values that make up its judgement."""

Rows = dict[tuple[str, str], Any]


@lru_cache(maxsize=64)
def state_of(folder: str) -> State:
    """The state beside a snapshot: `folder` is the snapshot's (STORE/snapshots/ID)."""
    return State(Path(folder).parent.parent)


def judgement_rows(judgement: Judgement) -> Rows:
    """The rows of a judgement, {(kind, key): body}.

    >>> judgement_rows(Judgement(weights=(("harm", 80.0),), unused=("family",)))
    {('unused', 'family'): True, ('weight', 'harm'): 80.0}
    """
    said = judgement.to_json()
    rows: Rows = {("problem", one["key"]): one for one in said.get("problems", [])}
    rows |= {("left-out", key): True for key in said.get("left_out", [])}
    rows |= {("criterion", one["key"]): one for one in said.get("criteria", [])}
    rows |= {("unused", key): True for key in said.get("unused", [])}
    rows |= {("weight", key): points for key, points in said.get("weights", {}).items()}
    if "order" in said:
        rows["order", "order"] = said["order"]
    rows |= {("entry", f"{one['problem']}/{one['criterion']}"): one for one in said.get("entries", [])}
    return rows


def rows_judgement(rows: Rows) -> Judgement:
    """The judgement of such rows. Raises JudgementError naming the place where a row was changed by hand."""

    def of(kind: str) -> dict[str, Any]:
        return {key: body for (row_kind, key), body in rows.items() if row_kind == kind}

    return Judgement.from_json(
        {
            "problems": list(of("problem").values()),
            "left_out": list(of("left-out")),
            "criteria": list(of("criterion").values()),
            "unused": list(of("unused")),
            "weights": of("weight"),
            "order": of("order").get("order", []),
            "entries": list(of("entry").values()),
        }
    )


class Keeper:
    """Answers `analytics.sessions` from the state file beside the snapshots."""

    def judgement(self, folder: str, session: str) -> Judgement | None:
        """The judgement of a session; None where there is none. JudgementError where the state cannot be read."""
        try:
            state = state_of(folder)
            if read_session(state, session) is None:
                return None
            values = read_values(state, session)
        except StateError as error:
            raise JudgementError(str(error)) from error
        return rows_judgement({(v.kind, v.key): v.body for v in values if v.kind in KINDS})

    def change(self, folder: str, session: str, change: Callable[[Judgement], Judgement]) -> Judgement:
        """Change a session's judgement in one piece. JudgementError where it is locked, gone, or cannot be written."""
        try:
            rows = change_values(
                state_of(folder), session, KINDS, lambda there: judgement_rows(change(rows_judgement(there)))
            )
        except StateError as error:
            raise JudgementError(str(error)) from error
        return rows_judgement(rows)
