"""Patience with servers: busy, cut, closed, changed."""

import errno
import socket
from pathlib import Path

import pytest

from data.get.errors import GetError, NetworkClosedError, NotPublishedError, RangesNotServedError
from data.get.fetch import Fetcher
from tests.data.get.publisher import Publisher

BODY = bytes(range(256)) * 400


@pytest.fixture
def address(publisher: Publisher) -> str:
    publisher.files["/files/body"] = BODY
    return f"{publisher.base}/files/body"


def test_busy_server_is_asked_again_after_growing_pauses(
    publisher: Publisher, address: str, fetcher: Fetcher, pauses: list[float]
) -> None:
    publisher.fail("/files/body", ("status", 503), ("status", 429), ("status", 502))
    assert fetcher.read(address) == BODY
    assert pauses == [0, 0, 0]  # what Retry-After asked for


def test_pauses_double_without_retry_after(
    address: str, fetcher: Fetcher, publisher: Publisher, pauses: list[float]
) -> None:
    publisher.fail("/files/body", ("cut", 0), ("cut", 0), ("cut", 0))
    assert fetcher.read(address) == BODY
    assert pauses == [1, 2, 4]


def test_gives_up_after_so_many_attempts(address: str, fetcher: Fetcher, publisher: Publisher) -> None:
    publisher.fail("/files/body", *[("status", 503)] * 9)
    with pytest.raises(GetError, match=r"busy.*4 times in a row.*kept"):
        fetcher.read(address)
    assert publisher.asked_for("/files/body") == 4


def test_cut_body_is_never_taken_for_a_whole_one(address: str, fetcher: Fetcher, publisher: Publisher) -> None:
    publisher.fail("/files/body", ("cut", 50_000))
    assert fetcher.read(address) == BODY


def test_cut_part_goes_on_where_it_broke_off(address: str, fetcher: Fetcher, publisher: Publisher) -> None:
    publisher.fail("/files/body", ("cut", 1000), ("cut", 0), ("cut", 500))
    part = fetcher.read_part(address, 100, 90_000)
    assert part.data == BODY[100:90_000]
    assert part.total == len(BODY)
    assert publisher.sent["/files/body"] == 90_000 - 100


def test_progress_starts_the_count_of_attempts_anew(address: str, fetcher: Fetcher, publisher: Publisher) -> None:
    publisher.fail("/files/body", *[("cut", 100)] * 20)
    assert fetcher.read_part(address, 0, 10_000).data == BODY[:10_000]


def test_part_beyond_the_end_is_shorter(address: str, fetcher: Fetcher) -> None:
    assert fetcher.read_part(address, len(BODY) - 10, len(BODY) + 10).data == BODY[-10:]


def test_server_without_ranges(address: str, fetcher: Fetcher, publisher: Publisher) -> None:
    publisher.ranges = False
    with pytest.raises(RangesNotServedError):
        fetcher.read_part(address, 0, 10)


def test_file_replaced_between_two_parts(address: str, fetcher: Fetcher, publisher: Publisher) -> None:
    version = fetcher.read_part(address, 0, 10).version
    publisher.files["/files/body"] = BODY[::-1]
    with pytest.raises(GetError, match="was replaced while it was read"):
        fetcher.read_part(address, 10, 20, version)


def test_nothing_there(publisher: Publisher, fetcher: Fetcher) -> None:
    with pytest.raises(NotPublishedError, match=r"nothing-here does not exist \(404\)"):
        fetcher.read(f"{publisher.base}/nothing-here")
    assert publisher.asked_for("nothing-here") == 1


def test_refused(address: str, publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.fail("/files/body", ("status", 403))
    with pytest.raises(GetError, match=r"refused \(403\)"):
        fetcher.read(address)


def test_closed_network_is_one_line_at_once(fetcher: Fetcher, pauses: list[float]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(NetworkClosedError) as caught:
        fetcher.read(f"http://127.0.0.1:{port}/archive/2025-12.zip")
    assert str(caught.value).startswith("There is no way from this computer to 127.0.0.1 (Connection refused)")
    assert "\n" not in str(caught.value)
    assert pauses == []


def test_name_that_cannot_be_resolved(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", closed)
    with pytest.raises(NetworkClosedError, match=r"data\.police\.uk \(Name or service not known\)"):
        fetcher.read("http://data.police.uk/data/archive/2025-12.zip")


def test_only_web_addresses(fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    for address in (f"file://{tmp_path}/secret", "archive.zip"):
        with pytest.raises(GetError, match="not a web address"):
            fetcher.read(address)


def test_file_taken_up_by_a_later_run(address: str, fetcher: Fetcher, publisher: Publisher, tmp_path: Path) -> None:
    impatient = Fetcher(attempts=1, sleep=lambda _: None)
    publisher.fail("/files/body", ("cut", 70_000))
    with pytest.raises(GetError, match="the connection was cut"):
        impatient.read_file(address, tmp_path / "body")
    assert (tmp_path / "body").stat().st_size == 70_000
    seen: list[int] = []
    fetcher.read_file(address, tmp_path / "body", lambda done, total: seen.append(done))
    assert (tmp_path / "body").read_bytes() == BODY
    assert seen[-1] == len(BODY)
    assert publisher.sent["/files/body"] == len(BODY)
    assert [path.name for path in tmp_path.iterdir()] == ["body"]


def test_file_that_changed_in_between_begins_anew(
    address: str, fetcher: Fetcher, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.fail("/files/body", ("cut", 70_000))
    with pytest.raises(GetError):
        Fetcher(attempts=1).read_file(address, tmp_path / "body")
    publisher.files["/files/body"] = BODY[::-1]
    fetcher.read_file(address, tmp_path / "body")
    assert (tmp_path / "body").read_bytes() == BODY[::-1]


def test_work_file_that_is_whole_already(address: str, fetcher: Fetcher, publisher: Publisher, tmp_path: Path) -> None:
    """Killed between the last byte and the end of the run: the server has nothing after what is there."""
    publisher.fail("/files/body", ("cut", 70_000))
    with pytest.raises(GetError):
        Fetcher(attempts=1).read_file(address, tmp_path / "body")
    (tmp_path / "body").write_bytes(BODY)
    fetcher.read_file(address, tmp_path / "body")
    assert (tmp_path / "body").read_bytes() == BODY


def test_server_without_ranges_sends_the_file_again(
    address: str, fetcher: Fetcher, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.ranges = False
    publisher.fail("/files/body", ("cut", 70_000))
    fetcher.read_file(address, tmp_path / "body")
    assert (tmp_path / "body").read_bytes() == BODY


def test_full_disk_is_not_the_networks_fault(
    address: str, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space left"):
        fetcher.read_file(address, tmp_path / "body")
    assert pauses == []
