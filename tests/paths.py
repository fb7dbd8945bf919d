"""The addresses of all pages, read from the pages themselves: a new page is tested from its first day."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path(__file__).parents[1] / "pages"
PATHS = sorted(
    path
    for page in PAGES.glob("[a-z]*.py")
    if not page.name.startswith("not_found")
    for path in re.findall(r'^\s+path="([^"]+)",', page.read_text(encoding="utf-8"), re.M)
)
