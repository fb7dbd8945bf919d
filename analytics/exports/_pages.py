"""On which page each heading of a Word document stands: LibreOffice lays it out, where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from analytics.exports._atomic import scratch_folder

__all__ = ["pages_of_headings", "read_pages"]

_LONGEST = 90
"""Seconds after which the contents stay without page numbers."""
_OUTLINE = re.compile(rb"/Title\s*<FEFF([0-9A-F]+)>.*?/Dest\[(\d+) 0 R", re.DOTALL)
_PAGES = re.compile(rb"/Type/Pages\b.*?/Kids\[([^\]]*)\]", re.DOTALL)


def pages_of_headings(document: bytes, headings: Sequence[str]) -> list[int] | None:
    """The page of each heading, in their order; None where LibreOffice is not installed or says something else.

    The bookmarks of the PDF that LibreOffice makes of the document are its headings, each with its page.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return None
    with scratch_folder("pages") as folder:
        file = Path(folder) / "document.docx"
        file.write_bytes(document)
        command = [office, "--headless", f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
                   "--convert-to", "pdf", "--outdir", folder, str(file)]  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST)
            made = file.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None
    return read_pages(made, headings)


def read_pages(made: bytes, headings: Sequence[str]) -> list[int] | None:
    """The page of each heading by the bookmarks of a PDF; None where its bookmarks are not these headings."""
    kids = _PAGES.search(made)
    if kids is None:
        return None
    number = {page: i for i, page in enumerate(re.findall(rb"(\d+) 0 R", kids[1]), 1)}
    found = [(bytes.fromhex(title.decode()).decode("utf-16-be"), page) for title, page in _OUTLINE.findall(made)]
    same = [" ".join(title.split()) for title, _ in found] == [" ".join(text.split()) for text in headings]
    return [number[page] for _, page in found] if same and all(page in number for _, page in found) else None
