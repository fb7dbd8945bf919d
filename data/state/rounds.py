"""A live workshop: a join code, people on their own devices, and rounds in which each answers for themselves.

People have no accounts and no names: a participant is a random id (the one their device keeps) and an agency. Answers
are read without participants' ids, so that nothing above this layer can name anyone.
"""

from __future__ import annotations

import math
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.errors import StateError
from data.state._database import State, now, read_json, write_json
from data.state.sessions import require_open

__all__ = [
    "CODE_LETTERS",
    "Answers",
    "Live",
    "Participant",
    "Round",
    "answers_of",
    "close_round",
    "close_workshop",
    "find_live",
    "give_answers",
    "join_workshop",
    "live_workshop",
    "open_round",
    "open_workshop",
    "own_answers",
    "read_participant",
    "read_round",
    "rounds_of",
    "tally_agencies",
]

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and figures that nobody mistakes for each other when read from a screen."""
_CODE_LENGTH = 6
_MOST_PARTICIPANTS = 500


@dataclass(frozen=True)
class Live:
    """A session that people can join: its code and the agencies they choose from."""

    session: str
    name: str
    code: str
    agencies: tuple[str, ...]
    opened: str


@dataclass(frozen=True)
class Participant:
    """Someone's device in a workshop."""

    id: str
    session: str
    agency: str
    joined: str


@dataclass(frozen=True)
class Round:
    """One question to all. kind: "score" or "weight"; items: (id, words) of what is scored or weighed.

    detail: what the kind needs besides (the criterion, the lowest and highest score).
    """

    id: int
    session: str
    kind: str
    title: str
    items: tuple[tuple[str, str], ...]
    detail: dict[str, Any]
    opened: str
    closed: str | None


@dataclass(frozen=True)
class Answers:
    """What was answered in a round. by_item: the values of each item, sorted, so that their order tells nothing;
    people: how many answered at all; joined: how many are in the workshop."""

    by_item: dict[str, tuple[float, ...]]
    people: int
    joined: int


# ---- The workshop -------------------------------------------------------------------------------------------------


def open_workshop(state: State, session: str, agencies: Sequence[str]) -> Live:
    """Let people join a session; a code of its own every time it is opened. Who joined before stays joined.

    Raises
    ------
    StateError
        No agency to choose from; there is no such session, or it is locked.
    """
    named = list(dict.fromkeys(" ".join(agency.split()) for agency in agencies if agency.strip()))
    if not named:
        raise StateError("Name at least one agency that people can choose.")
    with state.writing() as connection:
        require_open(connection, session)
        taken = {row["code"] for row in connection.execute("SELECT code FROM workshops")}
        code = _new_code()
        while code in taken:
            code = _new_code()
        connection.execute(
            "INSERT INTO workshops VALUES (?, ?, ?, ?, NULL) ON CONFLICT (session) DO UPDATE SET "
            "code = excluded.code, agencies = excluded.agencies, opened = excluded.opened, closed = NULL",
            (session, code, write_json(named), now()),
        )
        return _live(_workshop(connection, session))


def close_workshop(state: State, session: str) -> None:
    """End a workshop: its code stops working and its round closes. What was answered stays."""
    moment = now()
    with state.writing() as connection:
        connection.execute("UPDATE rounds SET closed = ? WHERE session = ? AND closed IS NULL", (moment, session))
        connection.execute("UPDATE workshops SET closed = ? WHERE session = ? AND closed IS NULL", (moment, session))


def live_workshop(state: State, session: str) -> Live | None:
    """The workshop of a session while people can join it, else None."""
    with state.reading() as connection:
        row = _workshop(connection, session) if connection else None
    return _live(row) if row and row["closed"] is None else None


def find_live(state: State, code: str) -> Live | None:
    """The live workshop of a join code, however it was typed; None where no live workshop has it."""
    plain = "".join(letter for letter in code.upper() if letter in CODE_LETTERS)
    if len(plain) != _CODE_LENGTH:
        return None
    with state.reading() as connection:
        if connection is None:
            return None
        row = connection.execute(
            "SELECT w.*, s.name FROM workshops w JOIN sessions s ON s.id = w.session "
            "WHERE w.code = ? AND w.closed IS NULL AND s.locked IS NULL",
            (plain,),
        ).fetchone()
    return _live(row) if row else None


def join_workshop(state: State, code: str, agency: str) -> Participant:
    """Come into a live workshop. Raises StateError: no such live code, no such agency, or too many people."""
    live = find_live(state, code)
    if live is None:
        raise StateError("No workshop is open under this code. Check it against the screen.")
    if agency not in live.agencies:
        raise StateError("Choose your agency from the list.")
    with state.writing() as connection:
        require_open(connection, live.session)
        if _count_joined(connection, live.session) >= _MOST_PARTICIPANTS:
            raise StateError(f"This workshop is full: {_MOST_PARTICIPANTS} devices have joined.")
        made = Participant(secrets.token_urlsafe(16), live.session, agency, now())
        connection.execute(
            "INSERT INTO participants VALUES (?, ?, ?, ?)", (made.id, made.session, made.agency, made.joined)
        )
    return made


def read_participant(state: State, id: str) -> Participant | None:
    """A participant by the id their device keeps; None where there is none."""
    with state.reading() as connection:
        if connection is None:
            return None
        row = connection.execute("SELECT * FROM participants WHERE id = ?", (id,)).fetchone()
    return Participant(**dict(row)) if row else None


def tally_agencies(state: State, session: str) -> dict[str, int]:
    """How many devices of each agency joined a session, by agency."""
    with state.reading() as connection:
        if connection is None:
            return {}
        rows = connection.execute(
            "SELECT agency, count(*) AS n FROM participants WHERE session = ? GROUP BY agency ORDER BY agency",
            (session,),
        ).fetchall()
    return {row["agency"]: int(row["n"]) for row in rows}


# ---- Rounds -----------------------------------------------------------------------------------------------------


def open_round(
    state: State,
    session: str,
    kind: str,
    title: str,
    items: Sequence[tuple[str, str]],
    detail: Mapping[str, Any] | None = None,
) -> Round:
    """Ask everyone a question. kind: "score" or "weight"; items: (id, words). An open round must be closed first.

    Raises
    ------
    StateError
        Another round is open; nothing to ask about; there is no such session, or it is locked.
    """
    if kind not in {"score", "weight"}:
        raise StateError(f"A round scores or weighs; {kind!r} is neither.")
    if not items:
        raise StateError("There is nothing to ask about: choose at least one.")
    with state.writing() as connection:
        require_open(connection, session)
        if connection.execute("SELECT 1 FROM rounds WHERE session = ? AND closed IS NULL", (session,)).fetchone():
            raise StateError("A round is open. Close it before the next begins.")
        number = connection.execute(
            "INSERT INTO rounds VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL)",
            (session, kind, title, write_json([list(item) for item in items]), write_json(dict(detail or {})), now()),
        ).lastrowid
        return _round(connection.execute("SELECT * FROM rounds WHERE id = ?", (number,)).fetchone())


def close_round(state: State, round_id: int) -> Round:
    """End a round: nobody can answer any more. Closing a closed one changes nothing."""
    with state.writing() as connection:
        connection.execute("UPDATE rounds SET closed = coalesce(closed, ?) WHERE id = ?", (now(), round_id))
        row = connection.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
    if row is None:
        raise StateError("This round is not there any more.")
    return _round(row)


def read_round(state: State, session: str) -> Round | None:
    """The open round of a session, else the last closed one; None where there was none."""
    found = rounds_of(state, session)
    return found[-1] if found else None


def rounds_of(state: State, session: str) -> list[Round]:
    """All rounds of a session, oldest first."""
    with state.reading() as connection:
        if connection is None:
            return []
        rows = connection.execute("SELECT * FROM rounds WHERE session = ? ORDER BY id", (session,)).fetchall()
    return [_round(row) for row in rows]


def give_answers(state: State, participant: str, round_id: int, values: Mapping[str, float]) -> None:
    """Answer a round, or change one's answer while it is open; one row an item, all together.

    Raises
    ------
    StateError
        The round is closed or of another workshop; an item or a value does not belong to it.
    """
    moment = now()
    with state.writing() as connection:
        who = connection.execute("SELECT * FROM participants WHERE id = ?", (participant,)).fetchone()
        row = connection.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
        if who is None or row is None or who["session"] != row["session"]:
            raise StateError("This round belongs to another workshop. Join again with the code on the screen.")
        require_open(connection, row["session"])
        if row["closed"]:
            raise StateError("This round is closed: the answers are counted as they were.")
        asked = _round(row)
        low, high = _range(asked)
        known = {item for item, _ in asked.items}
        for item, value in values.items():
            if item not in known or not math.isfinite(value) or not low <= value <= high:
                raise StateError(f"Each answer must lie between {low:g} and {high:g}.")
        if asked.kind == "weight" and values and not sum(values.values()) > 0:
            raise StateError("Give at least one of them some weight.")
        connection.executemany(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?) ON CONFLICT (round, participant, item) "
            "DO UPDATE SET value = excluded.value, changed = excluded.changed",
            [(round_id, participant, item, float(value), moment) for item, value in values.items()],
        )


def own_answers(state: State, participant: str, round_id: int) -> dict[str, float]:
    """What one device answered in a round, for that device alone."""
    with state.reading() as connection:
        if connection is None:
            return {}
        rows = connection.execute(
            "SELECT item, value FROM answers WHERE round = ? AND participant = ?", (round_id, participant)
        ).fetchall()
    return {row["item"]: row["value"] for row in rows}


def answers_of(state: State, asked: Round) -> Answers:
    """What everyone answered in a round, without who. Weights are shares: each person's add up to 1."""
    with state.reading() as connection:
        if connection is None:
            return Answers({item: () for item, _ in asked.items}, 0, 0)
        rows = connection.execute(
            "SELECT participant, item, value FROM answers WHERE round = ?", (asked.id,)
        ).fetchall()
        joined = _count_joined(connection, asked.session)
    by_person: dict[str, dict[str, float]] = {}
    for row in rows:
        by_person.setdefault(row["participant"], {})[row["item"]] = row["value"]
    values: dict[str, list[float]] = {item: [] for item, _ in asked.items}
    for given in by_person.values():
        whole = (sum(given.values()) or 1.0) if asked.kind == "weight" else 1.0
        for item in values:
            if item in given or asked.kind == "weight":
                values[item].append(given.get(item, 0.0) / whole)
    return Answers({item: tuple(sorted(found)) for item, found in values.items()}, len(by_person), joined)


# ---- Parts ------------------------------------------------------------------------------------------------------


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(_CODE_LENGTH))


def _workshop(connection: sqlite3.Connection, session: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT w.*, s.name FROM workshops w JOIN sessions s ON s.id = w.session WHERE w.session = ?", (session,)
    ).fetchone()
    return row


def _count_joined(connection: sqlite3.Connection, session: str) -> int:
    return int(connection.execute("SELECT count(*) FROM participants WHERE session = ?", (session,)).fetchone()[0])


def _live(row: sqlite3.Row | None) -> Live:
    assert row is not None
    what = f"The list of agencies of “{row['name']}”"
    agencies = read_json(row["agencies"], what)
    if not isinstance(agencies, list):
        raise _broken(what)
    return Live(row["session"], row["name"], row["code"], tuple(map(str, agencies)), row["opened"])


def _round(row: sqlite3.Row) -> Round:
    what = f"Round “{row['title']}”"
    detail = read_json(row["detail"], what)
    try:
        items = tuple((str(id), str(words)) for id, words in read_json(row["items"], what))
        made = Round(row["id"], row["session"], row["kind"], row["title"], items, detail, row["opened"], row["closed"])
        _range(made)
    except (TypeError, ValueError, AttributeError) as error:
        raise _broken(what) from error
    return made


def _broken(what: str) -> StateError:
    return StateError(
        f"{what} cannot be read: its content was changed by hand. Put back a copy of the file of saved sessions."
    )


def _range(asked: Round) -> tuple[float, float]:
    """The lowest and highest answer: 0 to 10 for weights; for scores the round's own, else 0 to 5."""
    if asked.kind == "weight":
        return 0.0, 10.0
    return float(asked.detail.get("low", 0)), float(asked.detail.get("high", 5))
