"""LSOA (2021) boundaries."""

from __future__ import annotations

from data.sources._source import OS_ATTRIBUTION, Source

__all__ = ["SOURCE"]

SOURCE = Source(
    name="lsoa_boundaries",
    section="geography",
    key="lsoa_boundaries",
    title="LSOA (2021) boundaries",
    publisher="Office for National Statistics",
    many=True,
    disables="maps by LSOA, incidents per km² by LSOA, and placing split LSOAs of 2011 by their points",
    attribution=OS_ATTRIBUTION,
)
