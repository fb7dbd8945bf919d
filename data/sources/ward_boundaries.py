"""Electoral ward boundaries."""

from __future__ import annotations

from data.sources._source import boundaries

__all__ = ["SOURCE"]

SOURCE = boundaries("ward_boundaries", "Electoral ward boundaries", required=True)
