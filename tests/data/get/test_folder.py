"""The download folder's record."""

import hashlib
import json
from pathlib import Path

import pytest

from data.get.errors import GetError
from data.get.folder import DownloadFolder


def test_knows_what_is_whole(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path / "new" / "downloads")
    folder.add("lookups/a.csv", b"one", source="lookup", request="q1")
    again = DownloadFolder(tmp_path / "new" / "downloads")
    assert again.has("lookups/a.csv", "q1")
    assert not again.has("lookups/a.csv", "q2")
    assert not again.has("lookups/b.csv", "q1")
    (again.path / "lookups/a.csv").write_bytes(b"two")
    assert not again.has("lookups/a.csv", "q1")
    (again.path / "lookups/a.csv").unlink()
    assert not again.has("lookups/a.csv", "q1")


def test_checksums_in_the_usual_form(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path)
    folder.add("b.csv", b"two", source="lookup", request="q")
    folder.add("a.csv", b"one", source="lookup", request="q")
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert lines == [
        f"{hashlib.sha256(b'one').hexdigest()}  a.csv",
        f"{hashlib.sha256(b'two').hexdigest()}  b.csv",
    ]


def test_no_half_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DownloadFolder(tmp_path)
    folder.add("a.csv", b"one", source="lookup", request="q")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        folder.add("a.csv", b"another", source="lookup", request="q")
    assert (tmp_path / "a.csv").read_bytes() == b"one"
    assert DownloadFolder(tmp_path).has("a.csv", "q")


@pytest.mark.parametrize("record", ["{", "[]", '{"files": {"a": {}}}', '{"format": 1, "files": {"a": {"colour": 1}}}'])
def test_damaged_record(tmp_path: Path, record: str) -> None:
    (tmp_path / "downloads.json").write_text(record)
    with pytest.raises(GetError, match=r"downloads\.json is damaged"):
        DownloadFolder(tmp_path)


def test_record_of_a_newer_program(tmp_path: Path) -> None:
    DownloadFolder(tmp_path).save()
    record = json.loads((tmp_path / "downloads.json").read_text())
    (tmp_path / "downloads.json").write_text(json.dumps(record | {"format": 2}))
    with pytest.raises(GetError, match="format 2"):
        DownloadFolder(tmp_path)
