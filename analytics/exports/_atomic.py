"""A file is there whole or not at all: written aside in the same folder, then put in place by one rename.

What a killed program leaves behind is cleared the next time: beside the file, and in the folder for temporary files.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import tempfile
import time
from pathlib import Path

__all__ = ["ASIDE", "clear_abandoned", "scratch_folder", "write_whole"]

ASIDE = ".writing-"
_DEAD_FILE, _DEAD_FOLDER = 60, 3600
"""Seconds after which something written aside is nobody's any more: a file takes under one, a folder some minutes."""
_SCRATCH = "csp-"


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`; a crash or a kill before the end leaves what was there before.

    Raises OSError where the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_abandoned(path.parent)
    handle, aside = tempfile.mkstemp(prefix=ASIDE, suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(aside).unlink()
        raise


def clear_abandoned(folder: Path) -> None:
    """Remove what a killed program was writing in the folder; what somebody writes now stays."""
    for left in folder.glob(f"{ASIDE}*"):
        with contextlib.suppress(OSError):  # gone already, or somebody else's
            age = time.time() - left.stat().st_mtime
            if left.is_dir() and age > _DEAD_FOLDER:
                shutil.rmtree(left)
            elif not left.is_dir() and age > _DEAD_FILE:
                left.unlink()


def scratch_folder(kind: str) -> tempfile.TemporaryDirectory[str]:
    """A folder for temporary files that goes with the object; those of programs that were killed are removed."""
    here = re.sub(r"\W", "", socket.gethostname())
    _clear_scratch(here)
    return tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{kind}-{here}-{os.getpid()}-")


def _clear_scratch(here: str) -> None:
    """Remove the folders of programs of this computer that run no more."""
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*-{here}-*"):
        found = re.fullmatch(rf"{_SCRATCH}[a-z]+-{here}-(\d+)-\w+", left.name)
        if found and not _runs(int(found[1])):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether a program of that number runs; where the system cannot be asked without harm (Windows): yes."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
