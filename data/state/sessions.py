"""Workshop sessions: a name, the snapshot and selection they look at, and one row for each thing that was entered.

A value has a kind and a key ("weight" of "harm", "override" of "burglary/concern"), so two people who enter different
things never meet, and two who enter the same thing are told. Every change stays in the session's history.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from data.errors import StateConflict, StateError
from data.state._database import State, now, read_json, write_json

__all__ = [
    "Change",
    "Session",
    "Value",
    "change_values",
    "copy_session",
    "delete_session",
    "delete_value",
    "history_of",
    "list_sessions",
    "lock_session",
    "new_session",
    "put_value",
    "put_values",
    "read_session",
    "read_values",
    "rename_session",
    "require_open",
]


@dataclass(frozen=True)
class Session:
    """A session. snapshot and query: the evidence it was made with; locked: when it was, None while it is open."""

    id: str
    name: str
    snapshot: str
    query: str
    created: str
    changed: str
    locked: str | None
    copied_from: str | None


@dataclass(frozen=True)
class Value:
    """One thing that was entered: its body (any JSON), who entered it and why."""

    kind: str
    key: str
    body: Any
    who: str
    reason: str
    version: int
    changed: str


@dataclass(frozen=True)
class Change:
    """One line of a session's history; body None: taken away."""

    number: int
    kind: str
    key: str
    body: Any
    who: str
    reason: str
    changed: str


def list_sessions(state: State) -> list[Session]:
    """All sessions, the one changed last first."""
    with state.reading() as connection:
        if connection is None:
            return []
        return [_session(row) for row in connection.execute("SELECT * FROM sessions ORDER BY changed DESC")]


def read_session(state: State, id: str) -> Session | None:
    """One session; None where there is none of that id."""
    with state.reading() as connection:
        row = _find(connection, id) if connection else None
    return _session(row) if row else None


def new_session(state: State, name: str, *, snapshot: str, query: str = "") -> Session:
    """Begin a session under a name. Raises StateError without a name or where nothing can be written."""
    name = _name(name)
    id, moment = secrets.token_hex(6), now()
    with state.writing() as connection:
        connection.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)", (id, name, snapshot, query, moment, moment)
        )
        return _session(_find(connection, id))


def copy_session(state: State, id: str, name: str, *, snapshot: str | None = None) -> Session:
    """A new, open session with all that was entered in another, which stays as it is (locked or not)."""
    name = _name(name)
    copied, moment = secrets.token_hex(6), now()
    with state.writing() as connection:
        old = _needed(connection, id)
        connection.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
            (copied, name, snapshot or old["snapshot"], old["query"], moment, moment, id),
        )
        connection.execute(
            "INSERT INTO session_values SELECT ?, kind, key, body, who, reason, 1, changed FROM session_values "
            "WHERE session = ?",
            (copied, id),
        )
        return _session(_find(connection, copied))


def rename_session(state: State, id: str, name: str) -> Session:
    """Give a session another name. Raises StateError where it is locked."""
    name = _name(name)
    with state.writing() as connection:
        require_open(connection, id)
        connection.execute("UPDATE sessions SET name = ?, changed = ? WHERE id = ?", (name, now(), id))
        return _session(_find(connection, id))


def lock_session(state: State, id: str, *, locked: bool = True) -> Session:
    """Close a session to every change, or open it again. Its workshop and its round close with it."""
    moment = now()
    with state.writing() as connection:
        _needed(connection, id)
        stamp = moment if locked else None
        connection.execute("UPDATE sessions SET locked = ?, changed = ? WHERE id = ?", (stamp, moment, id))
        if locked:
            connection.execute("UPDATE rounds SET closed = ? WHERE session = ? AND closed IS NULL", (moment, id))
            connection.execute("UPDATE workshops SET closed = ? WHERE session = ? AND closed IS NULL", (moment, id))
        return _session(_find(connection, id))


def delete_session(state: State, id: str) -> bool:
    """Delete a session with all that was entered in it; whether there was one. Raises StateError where it is locked."""
    with state.writing() as connection:
        if _find(connection, id) is None:
            return False
        require_open(connection, id)
        connection.execute("DELETE FROM sessions WHERE id = ?", (id,))
        return True


def read_values(state: State, session: str, kind: str | None = None) -> list[Value]:
    """What was entered in a session, by kind and key; kind None: everything."""
    with state.reading() as connection:
        if connection is None:
            return []
        rows = connection.execute(
            "SELECT * FROM session_values WHERE session = ? AND (? IS NULL OR kind = ?) ORDER BY kind, key",
            (session, kind, kind),
        ).fetchall()
    return [_value(row) for row in rows]


def put_value(
    state: State,
    session: str,
    kind: str,
    key: str,
    body: Any,
    *,
    who: str = "",
    reason: str = "",
    version: int | None = None,
) -> Value:
    """Enter one thing, and return it as saved.

    version: the one that was read (0: there must be none yet); None overwrites whatever is there.

    Raises
    ------
    StateConflict
        Someone else entered it since `version` was read; `current` is theirs (None: taken away).
    StateError
        There is no such session, it is locked, or nothing can be written.
    """
    versions = None if version is None else {key: version}
    return put_values(state, session, kind, {key: body}, who=who, reason=reason, versions=versions)[0]


def put_values(
    state: State,
    session: str,
    kind: str,
    bodies: Mapping[str, Any],
    *,
    who: str = "",
    reason: str = "",
    versions: Mapping[str, int] | None = None,
) -> list[Value]:
    """Enter several things of one kind together, all or none (weights that belong to each other). As `put_value`."""
    texts = {key: write_json(body) for key, body in bodies.items()}
    moment = now()
    with state.writing() as connection:
        require_open(connection, session)
        saved = []
        for key, text in texts.items():
            row = _row(connection, session, kind, key)
            there = row["version"] if row else 0
            if versions is not None and key in versions and versions[key] != there:
                raise _conflict(kind, key, row)
            if row is None or (row["body"], row["who"], row["reason"]) != (text, who, reason):
                _put(connection, session, kind, key, text, who, reason, moment)
            saved.append(_value(_row(connection, session, kind, key)))
    return saved


def change_values(
    state: State,
    session: str,
    kinds: Collection[str],
    change: Callable[[dict[tuple[str, str], Any]], Mapping[tuple[str, str], Any]],
    *,
    who: str = "",
) -> dict[tuple[str, str], Any]:
    """Change what stands in some kinds in one piece, and return it: {(kind, key): body}.

    `change` is handed what stands there at that moment and gives back what shall stand there; only the rows that differ
    are written, so whatever others entered since is kept. Raises StateError as `put_value`.
    """
    moment = now()
    with state.writing() as connection:
        require_open(connection, session)
        rows = connection.execute("SELECT * FROM session_values WHERE session = ?", (session,)).fetchall()
        old = {(row["kind"], row["key"]): _value(row).body for row in rows if row["kind"] in kinds}
        new = dict(change(dict(old)))
        if {kind for kind, _ in new} - set(kinds):
            raise ValueError("a change may only give back values of the kinds it was handed")
        for (kind, key), body in new.items():
            if (kind, key) not in old or old[kind, key] != body:
                _put(connection, session, kind, key, write_json(body), who, "", moment)
        for kind, key in old.keys() - new.keys():
            _take_away(connection, session, kind, key, who, "", moment)
    return new


def delete_value(
    state: State,
    session: str,
    kind: str,
    key: str,
    *,
    who: str = "",
    reason: str = "",
    version: int | None = None,
) -> bool:
    """Take one thing away again; whether it was there. Raises as `put_value`."""
    moment = now()
    with state.writing() as connection:
        require_open(connection, session)
        row = _row(connection, session, kind, key)
        if version is not None and version != (row["version"] if row else 0):
            raise _conflict(kind, key, row)
        if row is None:
            return False
        _take_away(connection, session, kind, key, who, reason, moment)
        return True


def history_of(state: State, session: str) -> list[Change]:
    """Every change of a session, oldest first."""
    with state.reading() as connection:
        if connection is None:
            return []
        rows: Iterable[sqlite3.Row] = connection.execute(
            "SELECT * FROM session_history WHERE session = ? ORDER BY number", (session,)
        ).fetchall()
    return [
        Change(
            row["number"], row["kind"], row["key"],
            None if row["body"] is None else read_json(row["body"], f"A change of {row['kind']} {row['key']}"),
            row["who"], row["reason"], row["changed"],
        )
        for row in rows
    ]  # fmt: skip


# ---- Parts ------------------------------------------------------------------------------------------------------


def require_open(connection: sqlite3.Connection, session: str) -> sqlite3.Row:
    """The session's row; StateError where there is none, or where it is locked."""
    row = _needed(connection, session)
    if row["locked"]:
        raise StateError(f"“{row['name']}” is locked: nothing in it can be changed. Open it again, or work in a copy.")
    return row


def _needed(connection: sqlite3.Connection, session: str) -> sqlite3.Row:
    row = _find(connection, session)
    if row is None:
        raise StateError("This session is not there any more: someone deleted it. Choose another, or begin a new one.")
    return row


def _find(connection: sqlite3.Connection, session: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM sessions WHERE id = ?", (session,)).fetchone()
    return row


def _row(connection: sqlite3.Connection, session: str, kind: str, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM session_values WHERE session = ? AND kind = ? AND key = ?", (session, kind, key)
    ).fetchone()
    return row


def _conflict(kind: str, key: str, row: sqlite3.Row | None) -> StateConflict:
    return StateConflict(
        f"Someone else changed {kind} “{key}” in the meantime. Look at theirs, then enter yours again.",
        _value(row) if row else None,
    )


def _put(
    connection: sqlite3.Connection, session: str, kind: str, key: str, text: str, who: str, reason: str, moment: str
) -> None:
    connection.execute(
        "INSERT INTO session_values VALUES (?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (session, kind, key) "
        "DO UPDATE SET body = excluded.body, who = excluded.who, reason = excluded.reason, "
        "version = version + 1, changed = excluded.changed",
        (session, kind, key, text, who, reason, moment),
    )
    _remember(connection, session, kind, key, text, who, reason, moment)


def _take_away(
    connection: sqlite3.Connection, session: str, kind: str, key: str, who: str, reason: str, moment: str
) -> None:
    connection.execute("DELETE FROM session_values WHERE session = ? AND kind = ? AND key = ?", (session, kind, key))
    _remember(connection, session, kind, key, None, who, reason, moment)


def _remember(
    connection: sqlite3.Connection,
    session: str,
    kind: str,
    key: str,
    text: str | None,
    who: str,
    reason: str,
    moment: str,
) -> None:
    row = (session, kind, key, text, who, reason, moment)
    connection.execute("INSERT INTO session_history VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("UPDATE sessions SET changed = ? WHERE id = ?", (moment, session))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise StateError("A session needs a name.")
    if len(name) > 120:
        raise StateError("A session's name holds at most 120 characters.")
    return name


def _session(row: sqlite3.Row | None) -> Session:
    assert row is not None
    return Session(**dict(row))


def _value(row: sqlite3.Row | None) -> Value:
    assert row is not None
    body = read_json(row["body"], f"{row['kind']} “{row['key']}”")
    return Value(row["kind"], row["key"], body, row["who"], row["reason"], row["version"], row["changed"])
