"""Progress is one moving line on a terminal and plain lines elsewhere."""

from __future__ import annotations

import io

from data.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(stream: io.StringIO) -> str:
    progress = Progress(stream)
    progress.step("Reading", total=4)
    for number in range(4):
        progress.advance(f"file-{number}")
    progress.done("4 files")
    return stream.getvalue()


def test_a_terminal_sees_a_bar_and_in_the_end_one_line() -> None:
    written = run(Terminal())
    assert "1/4 file-0" in written
    assert "4/4 file-3" in written
    assert "█" in written
    *_, last = written.split("\r")
    assert last.removeprefix("\x1b[2K").startswith("Reading: 4 files (")


def test_a_log_sees_plain_lines_only() -> None:
    written = run(io.StringIO())
    assert written.count("\n") == 1
    assert "\r" not in written
    assert "\x1b" not in written
    assert written.startswith("Reading: 4 files (")
