"""The file: opened for each piece of work, brought up to date, and every fault turned into one clear line."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import StateError
from data.state._migrations import APPLICATION_ID, COLUMNS, MIGRATIONS

__all__ = ["State", "now", "read_json", "write_json"]

_BUSY_SECONDS = 5.0


class State:
    """What people entered, kept in a store's folder. Making one touches nothing: the file comes with the first save.

    Threads and processes may share a file: each piece of work has a connection of its own and a short transaction.

    >>> import tempfile
    >>> from data.state import new_session, list_sessions
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State(folder)
    ...     made = new_session(state, "December workshop", snapshot="s1")
    ...     [session.name for session in list_sessions(state)]
    ['December workshop']
    """

    FILE = "state.sqlite"

    def __init__(self, store: str | Path) -> None:
        self.path = Path(store) / self.FILE
        self._checked = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection for reading one consistent state; None where nothing was ever saved.

        Raises
        ------
        StateError
            The file is damaged, not ours, or of a newer version.
        """
        if not self.path.is_file():
            yield None
            return
        with self._connected(write=False) as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection holding the write lock: everything inside is saved together, or nothing is.

        Raises
        ------
        StateError
            As for reading; or the folder cannot be written, or another writer holds the file for seconds.
        """
        with self._connected(write=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def check(self) -> None:
        """Look whether what is there can be read. Raises StateError where not; says nothing where there is no file."""
        with self.reading() as connection:
            if connection is None:
                return
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found[0] != "ok":
                raise self._damaged(str(found[0]))

    def writable(self) -> bool:
        """Whether something can be saved: the file, or the folder it would come into, may be written."""
        if not os.access(self.path.parent, os.W_OK):
            return False
        return not self.path.exists() or os.access(self.path, os.W_OK)

    @contextlib.contextmanager
    def _connected(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._open(write=write)
        except sqlite3.Error as error:
            raise self._explained(error, write=write) from error
        try:
            yield connection
        except sqlite3.Error as error:
            raise self._explained(error, write=write) from error
        finally:
            connection.close()

    def _open(self, *, write: bool) -> sqlite3.Connection:
        new = not self.path.exists()
        if new:
            _make_private(self.path)
        address = self.path.absolute().as_uri()
        if not self.writable():
            # Where the folder is closed to writing the side files of WAL cannot be made, and nobody else writes.
            address += "?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            if not self._checked or write:
                self._bring_up_to_date(connection)
                self._checked = True
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        """Take the steps a file lacks; StateError where it is not ours, of a newer version, or lacks a table."""
        connection.execute("BEGIN")  # one look: another process may be making the tables at this moment
        version = _pragma(connection, "user_version")
        known = _pragma(connection, "application_id")
        empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        connection.execute("ROLLBACK")
        if known != APPLICATION_ID and not (version == 0 and known == 0 and empty):
            raise self._damaged("it is a database of another program")
        if version > len(MIGRATIONS):
            raise StateError(
                f"{self.path}: the saved sessions were written by a newer version of this program. "
                "Update the program; nothing was changed."
            )
        if version < len(MIGRATIONS):
            self._migrate(connection)
        for table, columns in COLUMNS.items():
            found = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
            if not columns <= found:
                lacks = ", ".join(sorted(columns - found)) if found else "all of it"
                raise self._damaged(f"table {table} lacks {lacks}")

    def _migrate(self, connection: sqlite3.Connection) -> None:
        _write_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = _pragma(connection, "user_version")  # another process may have been first
            for step in MIGRATIONS[done:]:
                for statement in step.split(";"):
                    if statement.strip():
                        connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _damaged(self, why: str) -> StateError:
        return StateError(
            f"{self.path}: the saved sessions cannot be read ({why.rstrip('.')}). The figures are not affected and "
            "nothing was changed. Put back a copy of this file, or move it away to begin with none."
        )

    def _explained(self, error: sqlite3.Error, *, write: bool) -> StateError:
        words = str(error)
        if "locked" in words or "busy" in words:
            return StateError("Someone else is saving just now. Nothing was lost: try again in a moment.")
        if "readonly" in words or (write and ("unable to open" in words or not self.writable())):
            return StateError(
                f"{self.path.parent}: the store's folder is read-only, so nothing can be saved here. "
                "Let this program write to it, or serve a copy of the store from a folder it may write to."
            )
        if "disk" in words and "full" in words:
            return StateError(f"{self.path}: the disk is full, so nothing was saved. Make room and try again.")
        return self._damaged(words)


def _make_private(path: Path) -> None:
    """Make the file readable by its owner alone: it holds what people said."""
    with contextlib.suppress(OSError):  # a folder closed to writing is told of by the opening itself
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn to WAL. SQLite does not wait by itself where another process does the same at the same moment."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def now() -> str:
    """This moment in UTC, as it is stored: 2026-11-27T10:40:00.123456+00:00."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def write_json(value: Any) -> str:
    """A value as JSON text; StateError where it is none (NaN included)."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise StateError(f"This cannot be saved: {error}.") from error


def read_json(text: object, what: str) -> Any:
    """The value of a stored JSON text; StateError naming `what` where someone broke it by hand."""
    try:
        return json.loads(str(text))
    except ValueError as error:
        raise StateError(
            f"{what} cannot be read: its content is no JSON any more ({error}). Put back a copy of the file of saved "
            "sessions, or delete this entry."
        ) from error
