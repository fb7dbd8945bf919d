"""Run as a program: an export into a file, killed with SIGKILL at one moment.

Usage: ``killed_exports.py MOMENT FILE STORE``. A process of its own: forking the tests' would take its threads apart.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from analytics.exports._atomic import write_whole

MOMENTS = ("begun", "half way", "written aside", "before the rename")


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str, file: Path, store: Path) -> None:
    """Write the file and be killed at the moment."""
    if moment in {"begun", "half way"}:
        from analytics.exports.assessment import write_assessment
        from data.warehouse import Warehouse

        shutil.which = lambda *_args, **_kwargs: None  # type: ignore[assignment]  # nothing but this process

        def step(share: float, _what: str) -> None:
            if moment == "begun" or share >= 0.75:  # the second half is the file
                die()

        write_assessment(Warehouse(store), [file], progress=step)
        return
    if moment == "written aside":
        os.fsync = die
    else:
        Path.replace = die  # type: ignore[method-assign]
    write_whole(file, b"half" * 100_000)  # what is written does not matter here


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
