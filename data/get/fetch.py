"""Asking a web server for bytes, patiently: whole answers, parts of a file, and files that go on where they stopped."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from data.get.errors import GetError, NetworkClosedError, NotPublishedError, RangesNotServedError

__all__ = ["Fetcher", "Part"]

_Answer = TypeVar("_Answer")

_CHUNK = 256 * 1024
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_NO_WAY_OUT = {errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EACCES, errno.EPERM}
_LONGEST_PAUSE = 60.0
_USER_AGENT = "community-safety-dashboard (python -m data get)"


@dataclass(frozen=True)
class Part:
    """Bytes ``start`` to ``start + len(data)`` of a file of ``total`` bytes; ``version`` is the file's ETag or date."""

    data: bytes
    start: int
    total: int
    version: str


class _TryAgainError(Exception):
    """This attempt failed in a way that another may not."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        self.reason = reason
        self.pause = pause
        super().__init__(reason)


class Fetcher:
    """Requests with patience: a busy server (503) or a cut connection is asked again after a growing pause.

    Parameters
    ----------
    attempts : int
        How often a request is made in a row without anything coming back.
    first_pause : float
        Seconds before the second attempt; doubled each time, at most a minute. A server's ``Retry-After`` goes first.
    timeout : float
        Seconds without a byte after which a connection counts as cut.
    say : callable
        Told in plain words of every pause.
    """

    def __init__(
        self,
        *,
        attempts: int = 6,
        first_pause: float = 1.0,
        timeout: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.attempts = attempts
        self.first_pause = first_pause
        self.timeout = timeout
        self.sleep = sleep
        self.say = say
        self._reached: set[str] = set()

    def read(self, address: str) -> bytes:
        """The whole answer.

        Raises
        ------
        NotPublishedError, NetworkClosedError, GetError
        """

        def attempt() -> bytes:
            with self._open(address) as response:
                body = b"".join(_chunks(response))
                length = response.headers.get("Content-Length")
                if length is not None and len(body) < int(length):
                    raise _TryAgainError("the connection was cut")
                return body

        return self._patiently(address, attempt)

    def read_part(self, address: str, start: int, stop: int, version: str = "") -> Part:
        """Bytes ``start`` to ``stop`` of a file (fewer where it ends before).

        A connection that is cut is taken up where it broke off. ``version`` is the file's version seen before: if it is
        another one now, the parts would not fit together.

        Raises
        ------
        RangesNotServedError
            The server gives the whole file only.
        NotPublishedError, NetworkClosedError, GetError
        """
        got = bytearray()
        seen = version

        def attempt() -> Part:
            nonlocal seen
            asked = start + len(got)
            with self._open(address, {"Range": f"bytes={asked}-{stop - 1}"}) as response:
                if response.status != http.HTTPStatus.PARTIAL_CONTENT:
                    raise RangesNotServedError(address)
                here, total = _content_range(response, address)
                if here != asked:
                    raise GetError(f"{address}: the server sent another part than asked for", "Try again later.")
                if seen and _version(response) != seen:
                    raise GetError(f"{address} was replaced while it was read", "Run the same command again.")
                seen = _version(response)
                for chunk in _chunks(response):
                    got.extend(chunk)
            if start + len(got) < min(stop, total):
                raise _TryAgainError("the connection was cut")
            return Part(bytes(got), start, total, seen)

        return self._patiently(address, attempt, progress=lambda: len(got))

    def read_file(self, address: str, path: Path, advance: Callable[[int, int | None], None] | None = None) -> None:
        """Download a file to ``path``, going on where an earlier try stopped if it is still the same file.

        Beside ``path`` a file named ``path`` + ``.version`` remembers, until it is whole, which version the bytes are
        of.
        """
        version_file = path.with_name(path.name + ".version")

        def have() -> int:
            return path.stat().st_size if path.exists() else 0

        def attempt() -> None:
            known = version_file.read_text("utf-8") if version_file.exists() else ""
            headers = {"Range": f"bytes={have()}-", "If-Range": known} if have() and known else {}
            total: int | None
            with self._open(address, headers, begin_again=path) as response:
                goes_on = response.status == http.HTTPStatus.PARTIAL_CONTENT
                if goes_on:
                    here, total = _content_range(response, address)
                    if here != have():
                        raise GetError(f"{address}: the server sent another part than asked for", "Try again later.")
                else:
                    length = response.headers.get("Content-Length")
                    total = int(length) if length is not None else None
                    version_file.write_text(_version(response), "utf-8")
                with path.open("ab" if goes_on else "wb") as file:
                    for chunk in _chunks(response):
                        file.write(chunk)
                        if advance:
                            advance(file.tell(), total)
            if total is not None and have() < total:
                raise _TryAgainError("the connection was cut")

        self._patiently(address, attempt, progress=have)
        version_file.unlink(missing_ok=True)

    def _patiently(
        self, address: str, attempt: Callable[[], _Answer], progress: Callable[[], int] = lambda: 0
    ) -> _Answer:
        """Attempt until it works, or until ``attempts`` in a row brought nothing (``progress`` did not grow)."""
        host = urlsplit(address).hostname or address
        failures, pause = 0, self.first_pause
        while True:
            before = progress()
            try:
                return attempt()
            except (_TryAgainError, OSError, http.client.HTTPException) as error:
                again = self._worth_another(host, error)
                failures, pause = (1, self.first_pause) if progress() > before else (failures + 1, pause)
                if failures >= self.attempts:
                    raise GetError(
                        f"{host}: {again.reason}, {failures} times in a row",
                        "Run the same command again later: what was downloaded is kept.",
                    ) from error
                wait = min(pause if again.pause is None else again.pause, _LONGEST_PAUSE)
                self.say(f"{host}: {again.reason}; trying again in {wait:.0f} s")
                self.sleep(wait)
                pause *= 2

    def _worth_another(self, host: str, error: Exception) -> _TryAgainError:
        """What to say of a failure that may pass; raises for one that will not."""
        if isinstance(error, _TryAgainError):
            return error
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise GetError(
                f"{host}: its certificate cannot be verified ({cause.verify_message})",
                "Where a filtering proxy stands between, name its certificate in SSL_CERT_FILE.",
            ) from error
        if host not in self._reached and _is_no_way_out(cause):
            raise NetworkClosedError(
                f"There is no way from this computer to {host} ({_in_words(cause)})",
                "Run the same command where the network is open and bring the folder here; what it holds is kept.",
            ) from error
        of_network = isinstance(error, urllib.error.URLError | ConnectionError | TimeoutError | ssl.SSLError)
        if isinstance(error, OSError) and not of_network:
            raise error  # a full disk, a folder that may not be written
        return _TryAgainError(_in_words(cause))

    @contextmanager
    def _open(
        self, address: str, headers: dict[str, str] | None = None, begin_again: Path | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """The opened answer; what its status says is wrong is raised.

        ``begin_again``: a work file to be dropped where the server says that there is nothing after it (416).
        """
        host = urlsplit(address).hostname or address
        if urlsplit(address).scheme not in {"http", "https"}:
            raise GetError(f"{address} is not a web address", "Correct the address table (--addresses).")
        request = urllib.request.Request(address, headers={"User-Agent": _USER_AGENT, **(headers or {})})
        try:
            response = urllib.request.urlopen(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            with error:
                self._reached.add(host)
                if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and begin_again is not None:
                    begin_again.unlink(missing_ok=True)
                    raise _TryAgainError("the part downloaded before does not fit", 0.0) from error
                raise _of_status(error, address) from error
        with response:
            self._reached.add(host)
            yield response


def _of_status(error: urllib.error.HTTPError, address: str) -> Exception:
    """What a status other than success means here."""
    if error.code in _BUSY:
        asked = error.headers.get("Retry-After") or ""
        return _TryAgainError(f"the server is busy ({error.code})", float(asked) if asked.isdigit() else None)
    if error.code in {404, 410}:
        return NotPublishedError(f"{address} does not exist ({error.code})", "Check the address table (--addresses).")
    if error.code in {401, 403}:
        return GetError(
            f"{address} is refused ({error.code})", "It may not be published, or be closed to this computer's network."
        )
    return GetError(f"{address}: the server answered {error.code} {error.reason}", "Check the address table.")


def _is_no_way_out(cause: object) -> bool:
    if isinstance(cause, socket.gaierror):
        return True
    if isinstance(cause, OSError):
        return cause.errno in _NO_WAY_OUT or "Tunnel connection failed" in str(cause)
    return False


def _in_words(cause: object) -> str:
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    if isinstance(cause, http.client.IncompleteRead | ConnectionResetError | http.client.RemoteDisconnected):
        return "the connection was cut"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(cause).__name__


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while chunk := response.read(_CHUNK):
        yield chunk


def _content_range(response: http.client.HTTPResponse, address: str) -> tuple[int, int]:
    """First byte and size of the whole file, from ``Content-Range: bytes 0-99/1234``."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if not found:
        raise GetError(f"{address}: the server does not say which part it sent", "Try again later.")
    return int(found[1]), int(found[2])


def _version(response: http.client.HTTPResponse) -> str:
    """The strong ETag, or else the date of last change: what may stand in ``If-Range``."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
