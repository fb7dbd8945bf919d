"""The tables of the state, as the steps that made them. A step is never edited: a change is a new one at the end."""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "COLUMNS", "MIGRATIONS"]

APPLICATION_ID = 0x43535053
"""Marks the file as ours ("CSPS")."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE documents (
        kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (typeof(version) = 'integer'), created TEXT NOT NULL, changed TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    );
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, snapshot TEXT NOT NULL, query TEXT NOT NULL,
        created TEXT NOT NULL, changed TEXT NOT NULL, locked TEXT, copied_from TEXT
    );
    CREATE TABLE session_values (
        session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, kind TEXT NOT NULL, key TEXT NOT NULL,
        body TEXT NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (typeof(version) = 'integer'), changed TEXT NOT NULL,
        PRIMARY KEY (session, kind, key)
    );
    CREATE TABLE session_history (
        number INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT,
        who TEXT NOT NULL, reason TEXT NOT NULL, changed TEXT NOT NULL
    );
    CREATE INDEX history_of_session ON session_history (session, number);
    CREATE TABLE workshops (
        session TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE, code TEXT NOT NULL UNIQUE,
        agencies TEXT NOT NULL, opened TEXT NOT NULL, closed TEXT
    );
    CREATE TABLE participants (
        id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        agency TEXT NOT NULL, joined TEXT NOT NULL
    );
    CREATE INDEX participants_of_session ON participants (session);
    CREATE TABLE rounds (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        kind TEXT NOT NULL, title TEXT NOT NULL, items TEXT NOT NULL,
        detail TEXT NOT NULL, opened TEXT NOT NULL, closed TEXT
    );
    CREATE UNIQUE INDEX one_open_round ON rounds (session) WHERE closed IS NULL;
    CREATE TABLE answers (
        round INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
        participant TEXT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
        item TEXT NOT NULL, value REAL NOT NULL CHECK (typeof(value) = 'real'), changed TEXT NOT NULL,
        PRIMARY KEY (round, participant, item)
    );
    """,
)

COLUMNS: dict[str, frozenset[str]] = {
    "documents": frozenset({"kind", "id", "name", "body", "version", "created", "changed"}),
    "sessions": frozenset({"id", "name", "snapshot", "query", "created", "changed", "locked", "copied_from"}),
    "session_values": frozenset({"session", "kind", "key", "body", "who", "reason", "version", "changed"}),
    "session_history": frozenset({"number", "session", "kind", "key", "body", "who", "reason", "changed"}),
    "workshops": frozenset({"session", "code", "agencies", "opened", "closed"}),
    "participants": frozenset({"id", "session", "agency", "joined"}),
    "rounds": frozenset({"id", "session", "kind", "title", "items", "detail", "opened", "closed"}),
    "answers": frozenset({"round", "participant", "item", "value", "changed"}),
}
"""What the tables hold once every step is taken: a file edited by hand is told by what it lacks."""
