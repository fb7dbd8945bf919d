"""LSOA codes of 2011 and of 2021: which became which.

Street-level extracts carry 2011 codes until mid-2023 and 2021 codes after; archives mix both. The Office for National
Statistics publishes how the 34,753 areas of 2011 became the 35,672 of 2021 ("exact fit"): most are unchanged, some were
split, some merged, and a handful changed in ways that fit neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.assignment import assign_areas

__all__ = ["STATUSES", "LsoaMapping", "lsoa_2011_to_2021"]

#: How a row came by its 2021 code.
STATUSES = {
    "current": "already a 2021 code",
    "unchanged": "the same area under the same code",
    "merged": "the 2011 area is part of one larger 2021 area",
    "split_by_point": "the 2011 area was split; the point lies in this part",
    "split_by_population": "the 2011 area was split; shared out over its parts by residents",
    "irregular_by_point": "the 2011 area was redrawn; the point lies in this 2021 area",
    "irregular_by_population": "the 2011 area was redrawn; shared out over the 2021 areas by residents",
    "unknown": "not an LSOA code of 2011 or 2021",
    "missing": "no LSOA code",
}

_CHANGES = {"U": "unchanged", "S": "split", "M": "merged", "X": "irregular"}
_GOLDEN_RATIO = (5**0.5 - 1) / 2


@dataclass(frozen=True, eq=False)
class LsoaMapping:
    """The 2021 areas that each 2011 area became.

    Attributes
    ----------
    pairs : DataFrame
        A row is one pair of a 2011 area and a 2021 area it became: ``lsoa11_code``, ``lsoa21_code``, ``change``
        (``"unchanged"``, ``"split"``, ``"merged"``, ``"irregular"``) and ``share`` (of the 2011 area's incidents that
        go to this 2021 area; sums to 1 for each 2011 area).
    """

    pairs: pd.DataFrame

    def map_codes(
        self,
        codes: pd.Series,
        easting: npt.ArrayLike | None = None,
        northing: npt.ArrayLike | None = None,
        areas: gpd.GeoDataFrame | None = None,
    ) -> pd.DataFrame:
        """2021 code of each row, and how it came by it.

        Rows of a 2011 area that became several go to the one of these in which the point lies, if the points and the
        2021 boundaries are given. Without, they are dealt out in the proportions of ``share``: evenly along the rows,
        so that every stretch of rows (every month) is divided in the same proportions, and the same way each time.
        Single rows then say nothing of where within the 2011 area they happened; the status says so.

        Parameters
        ----------
        codes : Series of str, length n
            LSOA codes of either vintage; null where there is none.
        easting, northing : array-like of float, shape (n,), optional
            Metres, EPSG:27700.
        areas : GeoDataFrame, optional
            2021 LSOAs as from :func:`geo.boundaries.read_boundaries`; those that concern the rows are enough.

        Returns
        -------
        DataFrame, index of ``codes``
            ``lsoa_code`` (2021; null where unknown or missing) and ``status`` (a key of :data:`STATUSES`).

        Examples
        --------
        >>> lookup = pd.DataFrame(
        ...     {
        ...         "lsoa11_code": ["A", "B", "B", "C", "D"],
        ...         "lsoa21_code": ["A", "B1", "B2", "E", "E"],
        ...         "change_code": ["U", "S", "S", "M", "M"],
        ...     }
        ... )
        >>> lsoa_2011_to_2021(lookup).map_codes(pd.Series(["A", "C", "E", "B", "B", "?"]))
          lsoa_code               status
        0         A            unchanged
        1         E               merged
        2         E              current
        3        B2  split_by_population
        4        B1  split_by_population
        5       NaN              unknown
        """
        successors = self.pairs.groupby("lsoa11_code", sort=False)
        single = self.pairs[successors["lsoa21_code"].transform("size") == 1].set_index("lsoa11_code")
        several = self.pairs[~self.pairs["lsoa11_code"].isin(single.index)]
        change_of = successors["change"].first()

        is_2011 = codes.isin(change_of.index)
        is_several = codes.isin(several["lsoa11_code"])
        is_current = ~is_2011 & codes.isin(self.pairs["lsoa21_code"])
        change = codes.map(change_of)

        new_code = codes.map(single["lsoa21_code"]).astype("object")
        new_code[is_current] = codes[is_current]
        status = change.astype("object")
        status[is_current] = "current"
        status[~is_2011 & ~is_current] = "unknown"
        status[codes.isna()] = "missing"
        # A redrawn area with a single listed successor has nothing to choose from, but is never passed over in silence.
        status[(change == "irregular") & ~is_several] = "irregular_by_population"

        if is_several.any():
            rows = np.flatnonzero(is_several.to_numpy())
            chosen = self._chosen_by_point(codes.iloc[rows], rows, easting, northing, areas, several)
            by_point = chosen.notna().to_numpy()
            dealt = _dealt_by_share(codes.iloc[rows[~by_point]], several)
            new_code.iloc[rows[by_point]] = chosen[by_point].to_numpy()
            new_code.iloc[rows[~by_point]] = dealt
            status.iloc[rows] = change.iloc[rows].to_numpy() + np.where(by_point, "_by_point", "_by_population")
        return pd.DataFrame({"lsoa_code": new_code.astype("str"), "status": status.astype("str")})

    def _chosen_by_point(
        self,
        codes: pd.Series,
        rows: npt.NDArray[np.intp],
        easting: npt.ArrayLike | None,
        northing: npt.ArrayLike | None,
        areas: gpd.GeoDataFrame | None,
        several: pd.DataFrame,
    ) -> pd.Series:
        """2021 code by the point, null where the point lies in none of the areas that the row's 2011 area became."""
        if easting is None or northing is None or areas is None:
            return pd.Series(None, index=codes.index, dtype="str")
        candidates = areas[areas["code"].isin(several["lsoa21_code"])]
        x, y = np.asarray(easting, dtype=np.float64)[rows], np.asarray(northing, dtype=np.float64)[rows]
        found = assign_areas(x, y, candidates).to_numpy(dtype=object)
        allowed = set(zip(several["lsoa11_code"], several["lsoa21_code"], strict=True))
        chosen = [new if (old, new) in allowed else None for old, new in zip(codes, found, strict=True)]
        return pd.Series(chosen, index=codes.index, dtype="str")


def lsoa_2011_to_2021(lookup: pd.DataFrame, residents: Mapping[str, float] | pd.Series | None = None) -> LsoaMapping:
    """The mapping from 2011 to 2021 LSOAs in the publisher's exact-fit lookup.

    Parameters
    ----------
    lookup : DataFrame
        A row is one pair: ``lsoa11_code``, ``lsoa21_code`` and ``change_code`` (U unchanged, S split, M merged,
        X irregular).
    residents : mapping or Series, optional
        Residents by 2021 code. The areas a 2011 area became share its incidents in these proportions; equally where the
        residents of any of them are not known.

    Returns
    -------
    LsoaMapping

    Raises
    ------
    ValueError
        A change code other than U, S, M, X, or a 2011 area with two different change codes.
    """
    pairs = lookup[["lsoa11_code", "lsoa21_code", "change_code"]].drop_duplicates(ignore_index=True)
    unknown = sorted(set(pairs["change_code"].fillna("(blank)")) - set(_CHANGES))
    if unknown:
        raise ValueError(f"LSOA lookup: change code {', '.join(unknown)} is none of U, S, M, X")
    contradicting = pairs.groupby("lsoa11_code")["change_code"].nunique()
    contradicting = contradicting[contradicting > 1]
    if len(contradicting):
        raise ValueError(f"LSOA lookup: {contradicting.index[0]} has more than one change code")
    weight = pairs["lsoa21_code"].map(residents if residents is not None else {}).astype("float64")
    of_2011_area = weight.groupby(pairs["lsoa11_code"])
    is_known = of_2011_area.transform("count") == of_2011_area.transform("size")
    has_residents = is_known & (of_2011_area.transform("sum") > 0)
    weight = weight.where(has_residents, 1.0)
    pairs = pairs.assign(
        change=pairs["change_code"].map(_CHANGES),
        share=weight / weight.groupby(pairs["lsoa11_code"]).transform("sum"),
    )
    columns = ["lsoa11_code", "lsoa21_code", "change", "share"]
    return LsoaMapping(pairs=pairs[columns].sort_values(["lsoa11_code", "lsoa21_code"], ignore_index=True))


def _dealt_by_share(codes: pd.Series, several: pd.DataFrame) -> npt.NDArray[np.object_]:
    """2021 codes for rows without a point: the rows of each 2011 area dealt out in proportion to the shares.

    The k-th row of an area goes to the part of [0, 1) that holds the fractional part of k times the golden ratio:
    multiples of it cover the interval evenly in every stretch of rows.
    """
    place = (codes.groupby(codes).cumcount().to_numpy() + 1) * _GOLDEN_RATIO % 1.0
    dealt = np.full(len(codes), None, dtype=object)
    rows_of_code = codes.groupby(codes).indices
    for code, parts in several[several["lsoa11_code"].isin(list(rows_of_code))].groupby("lsoa11_code"):
        rows = rows_of_code[code]
        part = np.searchsorted(np.cumsum(parts["share"].to_numpy())[:-1], place[rows], side="right")
        dealt[rows] = parts["lsoa21_code"].to_numpy()[part]
    return dealt
