"""The download folder: which files are whole, what they are, and where they came from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.get.errors import GetError

__all__ = ["DownloadFolder", "Item"]

_FORMAT = 1


@dataclass(frozen=True)
class Item:
    """A file of the folder: its request (what exactly was asked of whom), checksum, size, and when it was retrieved."""

    source: str
    request: str
    sha256: str
    bytes: int
    retrieved: str
    title: str = ""
    note: str = ""


class DownloadFolder:
    """A folder that knows its files.

    ``downloads.json`` records every whole file; ``SHA256SUMS`` repeats the checksums in the form that ``sha256sum -c``
    reads. A file is written aside and renamed when it is whole, so a file that is there is never half a file. Pieces of
    unfinished downloads are in ``.partial``.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record = path / "downloads.json"
        path.mkdir(parents=True, exist_ok=True)
        self.items: dict[str, Item] = {}
        self.facts: dict[str, Any] = {}
        if self.record.exists():
            self._read_record()

    def has(self, name: str, request: str) -> bool:
        """Whether the file is there, whole, unchanged, and the answer to this very request."""
        item, path = self.items.get(name), self.path / name
        if item is None or item.request != request or not path.is_file() or path.stat().st_size != item.bytes:
            return False
        return _sha256(path.read_bytes()) == item.sha256

    def add(self, name: str, content: bytes, *, source: str, request: str, title: str = "", note: str = "") -> None:
        """Write a whole file and record it; its pieces are no longer needed."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write_whole(path, content)
        self.items[name] = Item(
            source=source,
            request=request,
            sha256=_sha256(content),
            bytes=len(content),
            retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
            title=title,
            note=note,
        )
        self.save()
        self.drop_work(name)

    def of_source(self, source: str) -> dict[str, Item]:
        """The recorded files of a source, in the order of their names."""
        return {name: item for name, item in sorted(self.items.items()) if item.source == source}

    def work(self, name: str) -> Path:
        """A folder for the pieces of a file that is not whole yet; the same in every run."""
        folder = self.path / ".partial" / name.replace("/", "--")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def drop_work(self, name: str) -> None:
        """Remove the pieces: the file is whole."""
        folder = self.path / ".partial" / name.replace("/", "--")
        if not folder.exists():
            return
        shutil.rmtree(folder)
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()

    def save(self) -> None:
        """Bring ``downloads.json`` and ``SHA256SUMS`` up to date."""
        items = {name: asdict(item) for name, item in sorted(self.items.items())}
        record = {"format": _FORMAT, **self.facts, "files": items}
        self._write_whole(self.record, (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode())
        sums = "".join(f"{item.sha256}  {name}\n" for name, item in sorted(self.items.items()))
        self._write_whole(self.path / "SHA256SUMS", sums.encode())

    def _read_record(self) -> None:
        try:
            record = json.loads(self.record.read_text("utf-8"))
            items = {name: Item(**entry) for name, entry in record.pop("files").items()}
            found = record.pop("format")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise GetError(
                f"{self.record} is damaged ({error})", "Remove it: the files it names are then downloaded again."
            ) from error
        if found != _FORMAT:
            raise GetError(f"{self.record} is of format {found}, this program knows {_FORMAT}", "Use a newer program.")
        self.items, self.facts = items, record

    def _write_whole(self, path: Path, content: bytes) -> None:
        aside = path.with_name(path.name + ".part")
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
