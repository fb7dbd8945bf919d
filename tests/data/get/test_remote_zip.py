"""Members out of an archive on a server, by range."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.get.errors import GetError, RangesNotServedError
from data.get.fetch import Fetcher, Part
from data.get.remote_zip import RangeFile, open_remote_zip, read_member
from tests.data.get.publisher import Publisher, archive

CONTENT = bytes(i * 7 % 251 for i in range(3000))


class FetcherOfBytes(Fetcher):
    """Parts of bytes at hand; counts what was asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content
        self.requests: list[tuple[int, int]] = []

    def read_part(self, address: str, start: int, stop: int, version: str = "") -> Part:
        self.requests.append((start, stop))
        return Part(self.content[start:stop], start, len(self.content), "1")


@given(
    block=st.integers(1, 4000),
    steps=st.lists(st.tuples(st.integers(0, 2), st.integers(-3100, 3100), st.integers(-1, 700)), max_size=15),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_behaves_like_a_file(block: int, steps: list[tuple[int, int, int]]) -> None:
    file = io.BufferedReader(RangeFile(FetcherOfBytes(CONTENT), "x", block=block))
    plain = io.BytesIO(CONTENT)
    for whence, offset, length in steps:
        base = (0, plain.tell(), len(CONTENT))[whence]
        if base + offset >= 0:
            assert file.seek(offset, whence) == base + offset
            plain.seek(base + offset)
        assert file.read(length) == plain.read(length)
        assert file.tell() == plain.tell()


def test_seeking_before_the_start() -> None:
    with pytest.raises(ValueError, match="before the start"):
        RangeFile(FetcherOfBytes(CONTENT), "x").seek(-1)


def test_empty_file() -> None:
    assert RangeFile(FetcherOfBytes(b""), "x").read() == b""


def test_bytes_are_fetched_once() -> None:
    fetcher = FetcherOfBytes(CONTENT)
    file = RangeFile(fetcher, "x", block=500)
    assert fetcher.requests == [(0, 1), (2500, 3000)]
    file.fetch_ahead(100, 900)
    file.seek(100)
    assert file.read(800) == CONTENT[100:900]
    assert fetcher.requests[2:] == [(100, 900)]


def test_a_member_takes_one_request_and_its_own_bytes(publisher: Publisher, fetcher: Fetcher) -> None:
    bodies = {f"{i:03}-street.csv": f"{i} ".encode() * 10_000 for i in range(200)}  # 20 kB of noise beside each
    publisher.files["/big.zip"] = archive(bodies)
    with open_remote_zip(fetcher, f"{publisher.base}/big.zip") as (remote, file):
        opened = publisher.asked_for("big.zip"), publisher.sent["/big.zip"]
        for name in ("004-street.csv", "100-street.csv"):
            assert read_member(remote, name, file) == bodies[name]
    assert len(publisher.files["/big.zip"]) > 4_000_000
    assert opened == (2, 1 + 1024 * 1024)
    assert publisher.asked_for("big.zip") == 4
    assert publisher.sent["/big.zip"] - opened[1] < 2_000


def test_redirected_archive(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.files["/bucket/a.zip"] = archive({"a-street.csv": b"hello"})
    publisher.redirects["/a.zip"] = "/bucket/a.zip"
    with open_remote_zip(fetcher, f"{publisher.base}/a.zip") as (remote, file):
        assert read_member(remote, "a-street.csv", file) == b"hello"


def test_cut_and_busy_in_the_middle(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.files["/a.zip"] = archive({"a-street.csv": b"hello" * 10_000})
    publisher.fail("/a.zip", ("status", 503), ("cut", 0), ("cut", 3000))
    with open_remote_zip(fetcher, f"{publisher.base}/a.zip") as (remote, file):
        assert read_member(remote, "a-street.csv", file) == b"hello" * 10_000


def test_archive_replaced_while_it_is_read(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.files["/a.zip"] = archive({f"{i}-street.csv": b"a" for i in range(100)})
    with open_remote_zip(fetcher, f"{publisher.base}/a.zip") as (remote, file):
        publisher.files["/a.zip"] = archive({f"{i}-street.csv": b"b" for i in range(100)})
        with pytest.raises(GetError, match="was replaced"):
            read_member(remote, "1-street.csv", file)


def test_damaged_member(publisher: Publisher, fetcher: Fetcher) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as target:
        target.writestr("a-street.csv", b"hello")
    publisher.files["/a.zip"] = content.getvalue().replace(b"hello", b"hullo")
    with (
        open_remote_zip(fetcher, f"{publisher.base}/a.zip") as (remote, file),
        pytest.raises(GetError, match="damaged"),
    ):
        read_member(remote, "a-street.csv", file)


def test_not_an_archive(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.files["/a.zip"] = b"<html>Service is being maintained</html>"
    with pytest.raises(GetError, match="not a whole ZIP archive"), open_remote_zip(fetcher, f"{publisher.base}/a.zip"):
        pass


def test_server_without_ranges(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.ranges = False
    publisher.files["/a.zip"] = archive({"a-street.csv": b"hello"})
    with pytest.raises(RangesNotServedError), open_remote_zip(fetcher, f"{publisher.base}/a.zip"):
        pass
