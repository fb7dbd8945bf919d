"""What is known of districts beside their residents: average deprivation, and a rough outline for the family's map."""

from __future__ import annotations

import pandas as pd
import shapely

from data.geography import Geography
from geo.simplify import simplified_coverage

__all__ = ["district_facts_frame"]

OUTLINE_METRES = 300
"""Corners of outlines smaller than this are smoothed away: a map of the country shows no less."""


def district_facts_frame(geography: Geography) -> pd.DataFrame:
    """A row is a district with at least one fact: district_code, imd_score, outline (WKB, metres of EPSG:27700).

    imd_score: the mean of its LSOAs' scores weighted by residents (the publisher's "average score"); missing where an
    LSOA has no score (other countries, older codes) or residents are not loaded.
    """
    columns: dict[str, pd.Series] = {}
    lsoas, scores, residents = geography.lsoas, geography.deprivation, geography.residents
    if scores is not None and residents is not None and len(lsoas):
        joined = lsoas[["lsoa_code", "district_code"]].merge(scores[["lsoa_code", "imd_score"]], how="left")
        joined = joined.merge(residents[["lsoa_code", "population"]], how="left", on="lsoa_code")
        weight = joined["population"].astype("float64")
        weighted = joined.assign(total=joined["imd_score"].astype("float64") * weight, weight=weight)
        by = weighted.groupby("district_code")[["total", "weight"]].sum(skipna=False)
        columns["imd_score"] = (by["total"] / by["weight"].where(by["weight"] > 0)).dropna()
    if geography.district_shapes is not None:
        shapes = geography.district_shapes
        simple = simplified_coverage(shapes.geometry.to_numpy(), OUTLINE_METRES)
        columns["outline"] = pd.Series(shapely.to_wkb(simple), index=shapes["code"].to_numpy(), dtype=object)
    frame = pd.DataFrame(columns).rename_axis("district_code").reset_index()
    return frame.reindex(columns=["district_code", "imd_score", "outline"])
