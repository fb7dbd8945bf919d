"""LSOA (2021) boundaries."""

from __future__ import annotations

from data.sources._source import boundaries

__all__ = ["SOURCE"]

SOURCE = boundaries(
    "lsoa_boundaries",
    "LSOA (2021) boundaries",
    disables="maps by LSOA, incidents per km² by LSOA, and placing split LSOAs of 2011 by their points",
)
