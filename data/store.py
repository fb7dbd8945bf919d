"""The store: a folder of snapshots and the name of the one that serves.

::

    STORE/CURRENT              one line, the snapshot's id; replaced by one atomic rename
    STORE/snapshots/<id>/      Parquet tables, geo/ layers, manifest.json; never changed once named
    STORE/build.lock           locked while a build runs

A snapshot is written in ``snapshots/.building-…``, flushed to disk and renamed when it is whole: whatever kills a build
leaves CURRENT pointing where it pointed. What such a build left lying is swept away by the next one.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.errors import StoreError
from data.schema import FORMAT

__all__ = ["Store"]

_SNAPSHOT_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?")
_UNFINISHED = ".building-"


class Store:
    """A store folder, which need not exist yet."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.snapshots_folder = self.folder / "snapshots"

    def current(self) -> str | None:
        """Id of the snapshot that serves; None where nothing has been built yet.

        Raises
        ------
        StoreError
            CURRENT names a snapshot that is not there.
        """
        try:
            snapshot = (self.folder / "CURRENT").read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{self.folder}: the store cannot be read ({error.strerror}). Check its permissions."
            ) from error
        if not _SNAPSHOT_ID.fullmatch(snapshot) or not (self.snapshots_folder / snapshot / "manifest.json").is_file():
            raise StoreError(
                f"{self.folder}: CURRENT names {snapshot!r}, which is not a snapshot of this store. "
                "Build again, or put the id of one of its snapshots into CURRENT."
            )
        return snapshot

    def snapshots(self) -> list[str]:
        """Ids of the whole snapshots, oldest first."""
        if not self.snapshots_folder.is_dir():
            return []
        return sorted(path.name for path in self.snapshots_folder.iterdir() if _SNAPSHOT_ID.fullmatch(path.name))

    def manifest(self, snapshot: str) -> dict[str, Any]:
        """The manifest of a snapshot.

        Raises
        ------
        StoreError
            Not readable, or of a newer format than this program knows.
        """
        path = self.snapshots_folder / snapshot / "manifest.json"
        try:
            manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: the manifest cannot be read ({error}). Build again.") from error
        if manifest.get("format", 0) > FORMAT:
            raise StoreError(
                f"{self.folder}: the store is of format {manifest['format']}, written by a newer version of this "
                f"program; this one reads up to format {FORMAT}. Update the program, or build into another folder."
            )
        return manifest

    def current_manifest(self) -> dict[str, Any]:
        """The manifest of the snapshot that serves; StoreError where there is none."""
        snapshot = self.current()
        if snapshot is None:
            raise StoreError(
                f"{self.folder}: there is no store here yet. "
                f"Make one: python -m data build CONFIG.toml --store {self.folder}"
            )
        return self.manifest(snapshot)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store's lock: one build at a time. The system lets go of it when the process ends, however it ends.

        Raises
        ------
        StoreError
            Another build holds it, or the folder cannot be written.
        """
        try:
            self.snapshots_folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / "build.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(
                f"{self.folder}: the store cannot be written ({error.strerror}). Choose a folder you may write to."
            ) from error
        try:
            if not _try_lock(handle):
                holder = os.pread(handle, 20, 0).decode(errors="replace").strip() if hasattr(os, "pread") else ""
                who = f" (process {holder})" if holder else ""
                raise StoreError(
                    f"{self.folder}: another build is writing to this store{who}. "
                    "Wait until it has finished, then try again."
                )
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
            yield
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def unfinished(self, snapshot: str) -> Iterator[Path]:
        """An empty folder to write a snapshot into; gone again if that fails. Hold the lock.

        What earlier builds left unfinished is swept away first.
        """
        for left_over in self.snapshots_folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_over)
        folder = self.snapshots_folder / f"{_UNFINISHED}{snapshot}"
        folder.mkdir()
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # what stays is swept away by the next build
            raise

    def finish(self, folder: Path, snapshot: str) -> None:
        """Flush what was written, give it its name, and let it serve."""
        for path in sorted(folder.rglob("*"), reverse=True):
            _flush(path)
        _flush(folder)
        folder.rename(self.snapshots_folder / snapshot)
        _flush(self.snapshots_folder)
        aside = self.folder / "CURRENT.new"
        with aside.open("w", encoding="utf-8") as file:
            file.write(f"{snapshot}\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.folder / "CURRENT")
        _flush(self.folder)

    def free_id(self, wanted: str) -> str:
        """The wanted snapshot id, with a number behind it if it is taken (two builds within a second)."""
        taken = set(self.snapshots())
        if wanted not in taken:
            return wanted
        return next(name for n in range(2, sys.maxsize) if (name := f"{wanted}-{n}") not in taken)

    def prune(self, keep: int) -> list[str]:
        """Remove the oldest snapshots beyond ``keep``, never the one that serves; returns the removed ids."""
        current = self.current()
        others = [snapshot for snapshot in self.snapshots() if snapshot != current]
        removed = others[: max(0, len(others) - (keep - 1))]
        for snapshot in removed:
            # Renamed first: a reader sees a whole snapshot or none.
            doomed = self.snapshots_folder / f"{_UNFINISHED}removed-{snapshot}"
            (self.snapshots_folder / snapshot).rename(doomed)
            shutil.rmtree(doomed)
        return removed


def _flush(path: Path) -> None:
    """Make sure a file's content (or a folder's entries) is on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no flushing of folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        # Far beyond the text in the file, so that the holder's number stays readable.
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
