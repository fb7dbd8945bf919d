"""Telling how far a build has come: one moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

__all__ = ["Progress"]

_BAR_WIDTH = 24


class Progress:
    """Steps, and within a step a count. A terminal sees a bar; a log sees one line when each step ends.

    >>> progress = Progress(sys.stdout)
    >>> progress.step("Reading street-level files", total=2)
    >>> progress.advance("2025-01-essex"); progress.advance("2025-02-essex")
    >>> progress.done("2 files, 30 rows")
    Reading street-level files: 2 files, 30 rows (0.0 s)
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.moving = self.stream.isatty()
        self._title, self._total, self._count, self._started = "", 0, 0, 0.0

    def step(self, title: str, total: int = 0) -> None:
        """Begin a step; ``total`` pieces of work where that is known."""
        self._title, self._total, self._count, self._started = title, total, 0, time.perf_counter()
        self._draw("")

    def advance(self, what: str = "") -> None:
        """One more piece is done."""
        self._count += 1
        self._draw(what)

    def done(self, outcome: str) -> None:
        """The step is over: leave one line saying what came of it."""
        self._clear()
        print(f"{self._title}: {outcome} ({time.perf_counter() - self._started:.1f} s)", file=self.stream, flush=True)

    def _draw(self, what: str) -> None:
        if not self.moving:
            return
        bar = ""
        if self._total:
            filled = _BAR_WIDTH * self._count // self._total
            bar = f" [{'█' * filled}{'·' * (_BAR_WIDTH - filled)}] {self._count}/{self._total}"
        line = f"{self._title}{bar} {what}".rstrip()
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(f"\r\x1b[2K{line[:width]}")
        self.stream.flush()

    def _clear(self) -> None:
        if self.moving:
            self.stream.write("\r\x1b[2K")
