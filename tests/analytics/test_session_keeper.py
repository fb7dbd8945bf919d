"""A session's judgement in the state file: who changes one part never touches another's, however many write at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.judgement import Entry, Judgement, JudgementError, Problem
from analytics.session_keeper import Keeper, judgement_rows, rows_judgement
from data import state as st

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Eight people, each with one weight and one score, all let go at the same moment."""
    folder = str(tmp_path / "snapshots" / "one")
    session = st.new_session(st.State(tmp_path), "December", snapshot="one").id
    start = threading.Barrier(8)
    failures: list[JudgementError] = []

    def work(number: int) -> None:
        keeper = Keeper()
        score = Entry("burglary", f"c{number}", number / 10, f"Person {number}", AT)
        start.wait()
        try:
            keeper.change(
                folder, session, lambda there: there.with_weights({**dict(there.weights), f"c{number}": number})
            )
            keeper.change(folder, session, lambda there: there.with_entry(score))
        except JudgementError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    held = Keeper().judgement(folder, session)
    assert held is not None
    assert dict(held.weights) == {f"c{number}": float(number) for number in range(8)}
    assert {entry.criterion: entry.value for entry in held.entries} == {f"c{n}": n / 10 for n in range(8)}
    written = [(c.kind, c.key) for c in st.history_of(st.State(tmp_path), session)]
    assert len(written) == len(set(written)) == 16  # each wrote its own rows and no other


def test_rows_and_judgement_are_the_same_thing() -> None:
    said = Judgement(
        problems=(Problem("modern-slavery", "Modern slavery"),), left_out=("drugs",), unused=("family",),
        weights=(("harm", 80.0),), order=(("harm",), ("volume", "change")),
        entries=(Entry("drugs", "harm", 1, "A", AT),),
    )  # fmt: skip
    assert rows_judgement(judgement_rows(said)) == said


def test_a_locked_session_is_changed_by_nobody(tmp_path: Path) -> None:
    state = st.State(tmp_path)
    session = st.new_session(state, "December", snapshot="one").id
    st.lock_session(state, session)
    with pytest.raises(JudgementError, match="locked"):
        Keeper().change(str(tmp_path / "snapshots" / "one"), session, lambda there: there.with_weights({"harm": 1}))
