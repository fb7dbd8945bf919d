"""Local authority district boundaries: where the areas of a family lie."""

from __future__ import annotations

from data.sources._source import boundaries

__all__ = ["SOURCE"]

SOURCE = boundaries(
    "district_boundaries", "Local authority district boundaries", disables="the map of where similar areas lie"
)
