"""Reading single members out of a ZIP archive on a web server, without downloading the archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from data.get.errors import GetError
from data.get.fetch import Fetcher

__all__ = ["RangeFile", "open_remote_zip", "read_member"]

_BLOCK = 1024 * 1024


class RangeFile(io.RawIOBase):
    """A file on a web server as a seekable file object that fetches only what is read, a block at a time.

    Parameters
    ----------
    fetcher : Fetcher
    address : str
    block : int
        Bytes fetched at once.

    Raises
    ------
    RangesNotServedError
        The server gives whole files only.
    """

    def __init__(self, fetcher: Fetcher, address: str, *, block: int = _BLOCK) -> None:
        super().__init__()
        self._fetcher = fetcher
        self._address = address
        self._block = block
        self._position = 0
        first = fetcher.read_part(address, 0, 1)
        self.size = first.total
        self.version = first.version
        # The end of an archive holds its table of contents: it is read first, and kept.
        self._kept = [(self.size, b""), (self.size, b"")]
        if self.size:
            tail = max(self.size - block, 0)
            self._kept[0] = (tail, self._fetch(tail, self.size))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("cannot seek before the start of the file")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._at(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def fetch_ahead(self, start: int, stop: int) -> None:
        """Fetch these bytes now, in one request: they are about to be read."""
        if not self._holds(start, stop):
            self._kept[1] = (start, self._fetch(start, min(stop, self.size)))

    def _at(self, position: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``position``; fewer where what is held ends, none only at the end of the file."""
        if position >= self.size or length == 0:
            return b""
        if not self._holds(position, position + 1):
            self.fetch_ahead(position, position + max(length, self._block))
        for start, data in self._kept:
            if start <= position < start + len(data):
                return data[position - start : position - start + length]
        raise AssertionError("bytes were fetched but are not held")

    def _holds(self, start: int, stop: int) -> bool:
        return any(at <= start and min(stop, self.size) <= at + len(data) for at, data in self._kept)

    def _fetch(self, start: int, stop: int) -> bytes:
        return self._fetcher.read_part(self._address, start, stop, self.version).data


@contextmanager
def open_remote_zip(fetcher: Fetcher, address: str) -> Iterator[tuple[zipfile.ZipFile, RangeFile]]:
    """The archive's table of contents, read; and the file object to read members from.

    Raises
    ------
    RangesNotServedError, GetError
        The last where the file is no ZIP archive.
    """
    with RangeFile(fetcher, address) as file:
        try:
            archive = zipfile.ZipFile(io.BufferedReader(file, 64 * 1024))
        except zipfile.BadZipFile as error:
            raise GetError(f"{address} is not a whole ZIP archive ({error})", "Try again later.") from error
        with archive:
            yield archive, file


def read_member(archive: zipfile.ZipFile, name: str, file: RangeFile | None = None) -> bytes:
    """One member of the archive, checked against its checksum; from a remote archive with a single request.

    Raises
    ------
    GetError
        The member is damaged.
    """
    info = archive.getinfo(name)
    if file is not None:
        following = [other.header_offset for other in archive.infolist() if other.header_offset > info.header_offset]
        file.fetch_ahead(info.header_offset, min(following, default=archive.start_dir))
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise GetError(f"{name} came damaged out of its archive ({error})", "Run the same command again.") from error
