"""What people enter: saved row by row, shared by threads and processes, and never a stack trace for a broken file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from data import state as st
from data.state import State, StateConflict, StateError
from data.state._migrations import MIGRATIONS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def test_nothing_is_written_before_something_is_saved(state: State) -> None:
    assert st.list_sessions(state) == []
    assert st.read_session(state, "none") is None
    assert st.read_values(state, "none") == []
    assert st.find_live(state, "ABCDEF") is None
    assert st.list_documents(state, "agenda") == []
    state.check()
    assert not state.path.exists()


def test_the_file_is_in_wal_mode_and_its_owners_alone(state: State) -> None:
    st.new_session(state, "One", snapshot="s")
    with sqlite3.connect(state.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    if os.name != "nt":
        assert stat.S_IMODE(state.path.stat().st_mode) == 0o600


# ---- Sessions ---------------------------------------------------------------------------------------------------


def test_a_session_is_saved_reopened_copied_and_locked(tmp_path: Path) -> None:
    state = State(tmp_path)
    made = st.new_session(state, "  December   workshop ", snapshot="s1", query="from=2024-01")
    st.put_values(state, made.id, "weight", {"harm": 0.6, "volume": 0.4}, who="analyst")
    st.put_value(state, made.id, "override", "burglary/concern", {"value": 0.9}, who="housing", reason="Three meetings")

    again = State(tmp_path)
    assert [session.name for session in st.list_sessions(again)] == ["December workshop"]
    assert {value.key: value.body for value in st.read_values(again, made.id, "weight")} == {"harm": 0.6, "volume": 0.4}

    copy = st.copy_session(again, made.id, "What if", snapshot="s2")
    st.put_value(again, copy.id, "weight", "harm", 0.1)
    assert st.read_values(again, made.id, "weight")[0].body == 0.6
    assert st.read_values(again, copy.id, "override")[0].reason == "Three meetings"
    assert (copy.copied_from, copy.snapshot) == (made.id, "s2")

    assert st.lock_session(again, made.id).locked
    for change in (
        lambda: st.put_value(again, made.id, "weight", "harm", 0.5),
        lambda: st.delete_value(again, made.id, "weight", "harm"),
        lambda: st.rename_session(again, made.id, "Other"),
        lambda: st.delete_session(again, made.id),
        lambda: st.open_workshop(again, made.id, ["Council"]),
        lambda: st.open_round(again, made.id, "weight", "Weigh", [("harm", "Harm")]),
    ):
        with pytest.raises(StateError, match="locked"):
            change()
    st.lock_session(again, made.id, locked=False)
    assert st.rename_session(again, made.id, "Other").name == "Other"
    assert st.delete_session(again, made.id)
    assert st.read_values(again, made.id) == []
    assert st.history_of(again, made.id) == []


def test_every_change_stays_in_the_history_and_no_change_makes_no_line(state: State) -> None:
    made = st.new_session(state, "One", snapshot="s")
    st.put_value(state, made.id, "weight", "harm", 1, who="a")
    st.put_value(state, made.id, "weight", "harm", 1, who="a")
    st.put_value(state, made.id, "weight", "harm", 2, who="b", reason="because")
    assert st.delete_value(state, made.id, "weight", "harm", who="c")
    assert not st.delete_value(state, made.id, "weight", "harm")
    assert [(c.body, c.who, c.reason) for c in st.history_of(state, made.id)] == [
        (1, "a", ""),
        (2, "b", "because"),
        (None, "c", ""),
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_session_needs_a_name(state: State, name: str) -> None:
    with pytest.raises(StateError, match="name"):
        st.new_session(state, name, snapshot="s")


def test_what_is_no_json_is_refused(state: State) -> None:
    made = st.new_session(state, "One", snapshot="s")
    for body in (float("nan"), object()):
        with pytest.raises(StateError, match="cannot be saved"):
            st.put_value(state, made.id, "weight", "harm", body)


# ---- Two at once ------------------------------------------------------------------------------------------------


def test_two_who_enter_different_things_meet_nowhere(state: State) -> None:
    made = st.new_session(state, "One", snapshot="s")
    st.put_value(state, made.id, "weight", "harm", 0.6, version=0)
    st.put_value(state, made.id, "weight", "volume", 0.4, version=0)
    assert len(st.read_values(state, made.id)) == 2


def test_who_enters_the_same_thing_second_is_told_and_overwrites_nothing(state: State) -> None:
    made = st.new_session(state, "One", snapshot="s")
    read = st.put_value(state, made.id, "weight", "harm", 0.6)
    st.put_value(state, made.id, "weight", "harm", 0.7, who="first", version=read.version)
    with pytest.raises(StateConflict) as caught:
        st.put_values(state, made.id, "weight", {"volume": 0.1, "harm": 0.9}, versions={"harm": read.version})
    assert caught.value.current.body == 0.7
    assert {value.key: value.body for value in st.read_values(state, made.id)} == {"harm": 0.7}
    with pytest.raises(StateConflict):
        st.delete_value(state, made.id, "weight", "harm", version=read.version)


def test_a_change_of_the_whole_writes_only_what_differs(state: State) -> None:
    made = st.new_session(state, "One", snapshot="s")
    st.put_values(state, made.id, "weight", {"harm": 1, "volume": 2, "change": 3})
    st.put_value(state, made.id, "note", "a", "kept")

    def change(there: dict[tuple[str, str], object]) -> dict[tuple[str, str], object]:
        assert ("note", "a") not in there
        return {("weight", "harm"): 1, ("weight", "volume"): 9, ("order", "0"): ["harm"]}

    st.change_values(state, made.id, {"weight", "order"}, change, who="b")
    assert {(v.kind, v.key): (v.body, v.version) for v in st.read_values(state, made.id)} == {
        ("note", "a"): ("kept", 1),
        ("order", "0"): (["harm"], 1),
        ("weight", "harm"): (1, 1),
        ("weight", "volume"): (9, 2),
    }
    assert [(c.key, c.body) for c in st.history_of(state, made.id)[4:]] == [
        ("volume", 9),
        ("0", ["harm"]),
        ("change", None),
    ]
    with pytest.raises(ValueError, match="kinds"):
        st.change_values(state, made.id, {"weight"}, lambda there: {("note", "a"): 1})


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    """From a file that is not there yet: every thread makes its own State, as every process would."""
    failures: list[StateError] = []
    start = threading.Barrier(8)

    def work(number: int) -> None:
        try:
            start.wait()
            state = State(tmp_path)
            made = st.new_session(state, f"Session {number}", snapshot="s")
            for key in range(10):
                st.put_value(state, made.id, "weight", str(key), key)
        except StateError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    state = State(tmp_path)
    assert len(st.list_sessions(state)) == 8
    assert all(len(st.read_values(state, session.id)) == 10 for session in st.list_sessions(state))


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from data import state as st; s = st.State(sys.argv[1]);"
        "[st.save_document(s, 'agenda', n, name='A', id=f'{sys.argv[2]}-{n}') for n in range(40)]"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), who], cwd=ROOT, stderr=subprocess.PIPE)
        for who in "ab"
    ]
    assert [process.communicate()[1] for process in running] == [b"", b""]
    assert len(st.list_documents(State(tmp_path), "agenda")) == 80


def test_a_failure_in_the_middle_saves_nothing(state: State) -> None:
    made = st.new_session(state, "One", snapshot="s")

    def fail() -> None:
        with state.writing() as connection:
            connection.execute("UPDATE sessions SET name = 'Half'")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    found = st.read_session(state, made.id)
    assert found is not None
    assert found.name == "One"


# ---- Documents --------------------------------------------------------------------------------------------------


def test_a_document_is_saved_listed_and_deleted(state: State) -> None:
    first = st.save_document(state, "agenda", {"panels": ["series"]}, name="Board")
    st.save_document(state, "commentary", "text", name="Summary", id="2024/summary", version=0)
    assert [document.name for document in st.list_documents(state, "agenda")] == ["Board"]
    second = st.save_document(state, "agenda", [], name="Board", id=first.id, version=1)
    assert (second.version, second.created) == (2, first.created)
    with pytest.raises(StateConflict) as caught:
        st.save_document(state, "agenda", [1], name="Board", id=first.id, version=1)
    assert caught.value.current == second
    found = st.read_document(state, "commentary", "2024/summary")
    assert found is not None
    assert found.body == "text"
    assert st.delete_document(state, "agenda", first.id)
    assert not st.delete_document(state, "agenda", first.id)


# ---- Rounds -----------------------------------------------------------------------------------------------------


def joined(state: State) -> tuple[st.Session, st.Live]:
    made = st.new_session(state, "One", snapshot="s")
    return made, st.open_workshop(state, made.id, ["Council", " Police ", "Council", ""])


def test_a_code_is_found_however_it_is_typed_and_only_while_the_workshop_is_open(state: State) -> None:
    made, live = joined(state)
    assert live.agencies == ("Council", "Police")
    for typed in (live.code, live.code.lower(), f" {live.code[:3]}-{live.code[3:]} "):
        assert st.find_live(state, typed) == live
    for typed in ("", live.code[:5], live.code + "A", "' OR 1=1"):
        assert st.find_live(state, typed) is None
    st.close_workshop(state, made.id)
    assert st.find_live(state, live.code) is None
    assert st.live_workshop(state, made.id) is None
    with pytest.raises(StateError, match="No workshop is open"):
        st.join_workshop(state, live.code, "Council")
    assert st.open_workshop(state, made.id, ["Council"]).code != live.code


def test_answers_are_counted_without_names(state: State) -> None:
    made, live = joined(state)
    people = [st.join_workshop(state, live.code, agency) for agency in ("Council", "Police", "Police")]
    with pytest.raises(StateError, match="agency"):
        st.join_workshop(state, live.code, "Nobody")
    asked = st.open_round(state, made.id, "score", "Can we influence it?", [("a", "A"), ("b", "B")])
    with pytest.raises(StateError, match="A round is open"):
        st.open_round(state, made.id, "weight", "Weigh", [("a", "A")])
    st.give_answers(state, people[0].id, asked.id, {"a": 5, "b": 1})
    st.give_answers(state, people[1].id, asked.id, {"a": 2})
    st.give_answers(state, people[0].id, asked.id, {"a": 4})
    assert st.answers_of(state, asked) == st.Answers({"a": (2.0, 4.0), "b": (1.0,)}, people=2, joined=3)
    assert st.own_answers(state, people[0].id, asked.id) == {"a": 4.0, "b": 1.0}
    assert st.tally_agencies(state, made.id) == {"Council": 1, "Police": 2}
    for bad in ({"a": 6.0}, {"a": -1.0}, {"c": 1.0}, {"a": float("nan")}):
        with pytest.raises(StateError, match="between 0 and 5"):
            st.give_answers(state, people[2].id, asked.id, bad)
    st.close_round(state, asked.id)
    with pytest.raises(StateError, match="closed"):
        st.give_answers(state, people[2].id, asked.id, {"a": 1})


def test_weights_are_each_persons_shares(state: State) -> None:
    made, live = joined(state)
    people = [st.join_workshop(state, live.code, "Council") for _ in range(2)]
    asked = st.open_round(state, made.id, "weight", "What matters?", [("harm", "Harm"), ("volume", "Volume")])
    st.give_answers(state, people[0].id, asked.id, {"harm": 10, "volume": 10})
    st.give_answers(state, people[1].id, asked.id, {"harm": 3, "volume": 0})
    assert st.answers_of(state, asked).by_item == {"harm": (0.5, 1.0), "volume": (0.0, 0.5)}
    with pytest.raises(StateError, match="some weight"):
        st.give_answers(state, people[1].id, asked.id, {"harm": 0, "volume": 0})


def test_nobody_answers_in_anothers_workshop(state: State) -> None:
    made, _ = joined(state)
    asked = st.open_round(state, made.id, "score", "Q", [("a", "A")])
    other = st.new_session(state, "Two", snapshot="s")
    stranger = st.join_workshop(state, st.open_workshop(state, other.id, ["Council"]).code, "Council")
    for who in (stranger.id, "made up"):
        with pytest.raises(StateError, match="another workshop"):
            st.give_answers(state, who, asked.id, {"a": 1})


def test_locking_closes_the_workshop_and_its_round(state: State) -> None:
    made, live = joined(state)
    st.open_round(state, made.id, "score", "Q", [("a", "A")])
    st.lock_session(state, made.id)
    assert st.find_live(state, live.code) is None
    last = st.read_round(state, made.id)
    assert last is not None
    assert last.closed


# ---- Broken and closed files --------------------------------------------------------------------------------------


def _edit(statement: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(statement)
        connection.close()

    return edit


BROKEN = {
    "text": (lambda path: path.write_text("my notes\n" * 500), "cannot be read"),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:5000]), "cannot be read"),
    "other program": (lambda path: (path.unlink(), _edit("CREATE TABLE t (a)")(path)), "another program"),
    "dropped table": (_edit("DROP TABLE rounds"), "table rounds"),
    "dropped column": (_edit("ALTER TABLE session_values DROP COLUMN reason"), "session_values lacks reason"),
    "newer": (_edit("PRAGMA user_version = 999"), "newer version"),
    "body": (_edit("UPDATE session_values SET body = '{oops'"), "weight “harm”"),
    "document": (_edit("UPDATE documents SET body = 'oops'"), "“Board” \\(agenda\\)"),
    "agencies": (_edit("UPDATE workshops SET agencies = '3'"), "list of agencies of “One”"),
    "round": (_edit("UPDATE rounds SET items = '[1, 2]'"), "Round “Q”"),
    "round range": (_edit("""UPDATE rounds SET detail = '{"high": "lots"}'"""), "Round “Q”"),
    "number": (_edit("UPDATE session_values SET body = '0.9' || char(0)"), "cannot be read"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_changed_by_hand_gives_one_clear_error(tmp_path: Path, what: str) -> None:
    state = State(tmp_path)
    made, _ = joined(state)
    st.put_value(state, made.id, "weight", "harm", 0.6)
    st.save_document(state, "agenda", [], name="Board")
    st.open_round(state, made.id, "score", "Q", [("a", "A")])
    for leftover in ("-wal", "-shm"):
        Path(f"{state.path}{leftover}").unlink(missing_ok=True)
    change, words = BROKEN[what]
    change(state.path)
    before = state.path.read_bytes()

    def read_everything() -> None:
        fresh = State(tmp_path)
        fresh.check()
        st.list_sessions(fresh)
        st.read_values(fresh, made.id)
        st.list_documents(fresh, "agenda")
        st.live_workshop(fresh, made.id)
        st.read_round(fresh, made.id)

    with pytest.raises(StateError, match=words) as caught:
        read_everything()
    assert len(str(caught.value).splitlines()) == 1
    assert state.path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = st.new_session(State(tmp_path), "One", snapshot="s")
    monkeypatch.setattr("data.state._database.MIGRATIONS", (*MIGRATIONS, "ALTER TABLE sessions ADD COLUMN colour TEXT"))
    newer = State(tmp_path)
    with newer.reading() as connection:
        assert connection is not None
        row = connection.execute("SELECT id, colour FROM sessions").fetchone()
    assert tuple(row) == (made.id, None)


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_folder_is_read_and_refuses_to_save_in_one_line(tmp_path: Path, there: bool) -> None:
    store = tmp_path / "store"
    store.mkdir()
    if there:
        st.new_session(State(store), "One", snapshot="s")
    ours = [folder for folder in (tmp_path, *tmp_path.parents) if folder.stat().st_uid == os.geteuid()]
    modes = {path: path.stat().st_mode for path in [*ours, store, *store.iterdir()]}
    try:
        for path, mode in modes.items():
            path.chmod(mode | (0o055 if path.is_dir() else 0o044))
        store.chmod(0o555)
        listed, said = _as_nobody(lambda: _tried(State(store)))
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert listed == f"{['One'] if there else []} False"
    assert "read-only" in said
    assert str(store) in said


def _tried(state: State) -> str:
    listed = [session.name for session in st.list_sessions(state)]
    try:
        st.new_session(state, "Two", snapshot="s")
    except StateError as error:
        return f"{listed} {state.writable()}\n{error}"
    return f"{listed}\nsaved"


def _as_nobody(work: Callable[[], str]) -> list[str]:
    """The lines of what a process without rights says: root may write anywhere."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        os.write(writing, work().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = pipe.read().splitlines()
    os.waitpid(child, 0)
    return lines


def test_the_demonstrations_state_is_kept_out_of_the_repository() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    for name in ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "access.json"):
        run = subprocess.run(["git", "check-ignore", "-q", f"data/demo/store/{name}"], cwd=ROOT, check=False)
        assert run.returncode == 0, name
