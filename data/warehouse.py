"""Reading a store: DuckDB views over the snapshot that serves; safe under threads, and follows new snapshots."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.errors import StoreError
from data.schema import TABLES
from data.store import Store

__all__ = ["Snapshot", "StoreError", "Warehouse"]

_LOOK_AGAIN_SECONDS = 1.0


class Warehouse:
    """The tables of a store's current snapshot.

    >>> warehouse = Warehouse(Path("data/demo/store"))  # doctest: +SKIP
    >>> with warehouse.cursor() as cursor:  # doctest: +SKIP
    ...     cursor.execute("SELECT sum(incidents) FROM counts").fetchall()

    Every table of ``data.schema`` is a view of its name (``areas`` without its geometry, which ``area_shapes`` has as
    WKB). The connection cannot read or write anything outside the snapshot. A cursor stays with the snapshot it was
    opened on.

    Raises
    ------
    StoreError
        There is no store, or it is of a newer format.
    """

    def __init__(self, store: str | Path) -> None:
        self._store = Store(store)
        self._lock = threading.Lock()
        self._looked_at = time.monotonic()
        self._open = Snapshot.of(self._store, self._current())

    @property
    def current(self) -> Snapshot:
        """The snapshot that serves now. Work that asks more than one question takes this once and keeps to it."""
        return self._open

    @property
    def snapshot(self) -> str:
        """Id of the snapshot being read."""
        return self._open.snapshot

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return self._open.manifest

    @property
    def snapshot_dir(self) -> Path:
        """Its folder."""
        return self._open.folder

    @property
    def store_folder(self) -> Path:
        """The store's folder: snapshots, and what people entered, lie in it."""
        return self._store.folder

    def refresh(self) -> bool:
        """Turn to the store's current snapshot if there is a new one; True when that happened.

        Looks at most once a second, so it may be called with every request. Where the store cannot be read just now,
        the snapshot at hand goes on serving.
        """
        if time.monotonic() - self._looked_at < _LOOK_AGAIN_SECONDS:
            return False
        with self._lock:
            if time.monotonic() - self._looked_at < _LOOK_AGAIN_SECONDS:
                return False
            self._looked_at = time.monotonic()
            try:
                current = self._current()
                if current == self._open.snapshot:
                    return False
                opened = Snapshot.of(self._store, current)
            except StoreError:
                return False
            # The old connection is let go of here; it closes with the last of its cursors.
            self._open = opened
            return True

    def cursor(self) -> contextlib.AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one piece of work. Fetch results whole before leaving."""
        return self._open.cursor()

    def _current(self) -> str:
        current = self._store.current()
        if current is None:
            raise StoreError(
                f"{self._store.folder}: there is no store here yet. "
                f"Make one: python -m data build CONFIG.toml --store {self._store.folder}"
            )
        return current


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One snapshot, open for reading: its id, folder, manifest and cursors. It stays readable after a switch."""

    snapshot: str
    folder: Path
    manifest: dict[str, Any]
    connection: duckdb.DuckDBPyConnection

    @classmethod
    def of(cls, store: Store, snapshot: str) -> Snapshot:
        manifest = store.manifest(snapshot)
        folder = (store.snapshots_folder / snapshot).resolve()
        return cls(snapshot, folder, manifest, _connection(folder))

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one piece of work. Fetch results whole before leaving."""
        cursor = self.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def _connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database of views, closed to everything outside the snapshot's folder."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    quoted = str(folder).replace("'", "''")
    for table, declared in TABLES.items():
        columns = ", ".join(declared.columns)
        if declared.added_later and not (folder / f"{table}.parquet").is_file():
            nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in declared.types().items())
            connection.execute(f"CREATE VIEW {table} AS SELECT {nothing} LIMIT 0")
            continue
        connection.execute(
            f"CREATE VIEW {table} AS SELECT {columns} FROM read_parquet('{quoted}/{table}.parquet')"  # noqa: S608
        )
    connection.execute(
        "CREATE VIEW area_shapes AS SELECT area_type, code, name, ST_AsWKB(geometry) AS shape "  # noqa: S608
        f"FROM read_parquet('{quoted}/areas.parquet')"
    )
    connection.execute(f"SET allowed_directories = ['{quoted}/']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
