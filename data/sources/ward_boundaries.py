"""Electoral ward boundaries."""

from __future__ import annotations

from data.sources._source import OS_ATTRIBUTION, Source

__all__ = ["SOURCE"]

SOURCE = Source(
    name="ward_boundaries",
    section="geography",
    key="ward_boundaries",
    title="Electoral ward boundaries",
    publisher="Office for National Statistics",
    required=True,
    many=True,
    attribution=OS_ATTRIBUTION,
)
