"""Puts an assessment's bytes in place and is killed by the test while it does: python killed_assessment.py FILE."""

import os
import sys
from pathlib import Path

from analytics.exports import _atomic


def stop(*_arguments: object) -> None:
    """Everything is written aside; the rename never comes."""
    print("writing", flush=True)
    sys.stdin.read()
    os._exit(9)


_atomic.os.fsync = stop  # type: ignore[attr-defined]
_atomic.write_whole(Path(sys.argv[1]), b"half" * 100_000)
