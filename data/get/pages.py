"""Pages of an answer, kept until all of them are there."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["PageFolder"]


class PageFolder:
    """The pages of one request that have come, by the number of rows before them.

    Parameters
    ----------
    work : Path
        Folder for the pieces of the file the answer is for.
    request : str
        What is asked, without the page: another question has other pages.
    """

    def __init__(self, work: Path, request: str) -> None:
        self.path = work / hashlib.sha256(request.encode()).hexdigest()[:16]
        self.path.mkdir(parents=True, exist_ok=True)

    def page(self, offset: int, ask: Callable[[], bytes]) -> bytes:
        """The page that begins at a row: as kept, or asked for and kept."""
        kept = self.path / f"{offset:09}"
        if not kept.exists():
            aside = kept.with_suffix(".part")
            aside.write_bytes(ask())
            aside.replace(kept)
        return kept.read_bytes()

    def drop(self) -> None:
        """Forget the pages: they do not fit together."""
        shutil.rmtree(self.path)
