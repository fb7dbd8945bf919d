"""Named documents: a kind, a name and a body of JSON. For what is saved whole, such as an agenda of the presentation.

What several people edit part by part belongs to a session's values, one row a part (`data.state.sessions`).
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from data.errors import StateConflict, StateError
from data.state._database import State, now, read_json, write_json

__all__ = ["Document", "delete_document", "list_documents", "read_document", "save_document"]


@dataclass(frozen=True)
class Document:
    """A saved document. version grows by one with each save; created and changed are UTC, ISO 8601."""

    kind: str
    id: str
    name: str
    body: Any
    version: int
    created: str
    changed: str


def list_documents(state: State, kind: str) -> list[Document]:
    """All documents of a kind, the one changed last first."""
    with state.reading() as connection:
        if connection is None:
            return []
        rows = connection.execute("SELECT * FROM documents WHERE kind = ? ORDER BY changed DESC", (kind,)).fetchall()
    return [_document(row) for row in rows]


def read_document(state: State, kind: str, id: str) -> Document | None:
    """One document; None where there is none of that kind and id."""
    with state.reading() as connection:
        if connection is None:
            return None
        row = connection.execute("SELECT * FROM documents WHERE kind = ? AND id = ?", (kind, id)).fetchone()
    return _document(row) if row else None


def save_document(
    state: State, kind: str, body: Any, *, name: str, id: str | None = None, version: int | None = None
) -> Document:
    """Save a document whole and return it as saved. id: None makes a new one with an id of its own.

    version: the one that was read (0: there must be none yet); None overwrites whatever is there.

    Raises
    ------
    StateConflict
        Someone else saved it since `version` was read; `current` is theirs (None: deleted).
    StateError
        No name; the body is no JSON; the state cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State(folder)
    ...     first = save_document(state, "agenda", ["series"], name="Board, January")
    ...     save_document(state, "agenda", [], name="Board", id=first.id, version=first.version).version
    2
    """
    name = name.strip()
    if not name:
        raise StateError("A name is needed to save this.")
    text = write_json(body)
    moment = now()
    with state.writing() as connection:
        key = (kind, id or secrets.token_hex(6))
        row = connection.execute("SELECT * FROM documents WHERE kind = ? AND id = ?", key).fetchone()
        there = row["version"] if row else 0
        if version is not None and version != there:
            raise StateConflict(
                f"“{name}” was changed by someone else in the meantime. Look at theirs, then save yours again.",
                _document(row) if row else None,
            )
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET "
            "name = excluded.name, body = excluded.body, version = excluded.version, changed = excluded.changed",
            (*key, name, text, there + 1, moment, moment),
        )
        saved = connection.execute("SELECT * FROM documents WHERE kind = ? AND id = ?", key).fetchone()
    return _document(saved)


def delete_document(state: State, kind: str, id: str) -> bool:
    """Delete a document; whether there was one."""
    with state.writing() as connection:
        return connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, id)).rowcount > 0


def _document(row: sqlite3.Row) -> Document:
    body = read_json(row["body"], f"“{row['name']}” ({row['kind']})")
    return Document(row["kind"], row["id"], row["name"], body, row["version"], row["created"], row["changed"])
