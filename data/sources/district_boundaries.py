"""Local authority district boundaries: where the areas of a family lie."""

from __future__ import annotations

from data.sources._source import OS_ATTRIBUTION, Source

__all__ = ["SOURCE"]

SOURCE = Source(
    name="district_boundaries",
    section="geography",
    key="district_boundaries",
    title="Local authority district boundaries",
    publisher="Office for National Statistics",
    many=True,
    disables="the map of where similar areas lie",
    attribution=OS_ATTRIBUTION,
)
