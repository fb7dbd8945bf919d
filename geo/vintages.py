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
        number_of_row, distinct = pd.factorize(codes)  # -1 where there is no code
        answers = self._answers(pd.Index(distinct))
        new_code = np.array([*answers["lsoa_code"], None], dtype=object)[number_of_row]
        status = np.array([*answers["status"], "missing"], dtype=object)[number_of_row]

        rows = np.flatnonzero(np.array([*answers["is_several"], False], dtype=bool)[number_of_row])
        if len(rows):
            old_code = codes.iloc[rows]
            chosen = self._chosen_by_point(old_code, rows, easting, northing, areas)
            by_point = chosen.notna().to_numpy()
            new_code[rows[by_point]] = chosen[by_point].to_numpy()
            new_code[rows[~by_point]] = self._dealt_by_share(old_code[~by_point])
            status[rows] += np.where(by_point, "_by_point", "_by_population").astype(object)
        return pd.DataFrame({"lsoa_code": new_code, "status": status}, index=codes.index, dtype="str")

    def _answers(self, codes: pd.Index) -> pd.DataFrame:
        """What can be said of each code (a row) without a point: ``lsoa_code``, ``status``, ``is_several``.

        ``is_several``: the 2011 area became several; ``lsoa_code`` is null and ``status`` only its change.
        """
        of_2011_area = self.pairs.groupby("lsoa11_code")
        successors = of_2011_area.agg(
            change=("change", "first"), lsoa_code=("lsoa21_code", "first"), n=("share", "size")
        )
        answers = successors.reindex(codes)
        is_2011 = answers["n"].notna()
        is_current = ~is_2011 & codes.isin(self.pairs["lsoa21_code"])
        is_several = answers["n"] > 1
        status = answers["change"].astype("object")
        status[is_current] = "current"
        status[~is_2011 & ~is_current] = "unknown"
        # A redrawn area with a single listed successor leaves nothing to choose, but is not passed over in silence.
        status[(status == "irregular") & ~is_several] = "irregular_by_population"
        new_code = answers["lsoa_code"].astype("object").mask(is_several, None)
        new_code[is_current] = codes[is_current]
        return pd.DataFrame({"lsoa_code": new_code, "status": status, "is_several": is_several})

    def _chosen_by_point(
        self,
        codes: pd.Series,
        rows: npt.NDArray[np.intp],
        easting: npt.ArrayLike | None,
        northing: npt.ArrayLike | None,
        areas: gpd.GeoDataFrame | None,
    ) -> pd.Series:
        """2021 code by the point, null where the point lies in none of the areas that the row's 2011 area became."""
        if easting is None or northing is None or areas is None:
            return pd.Series(None, index=codes.index, dtype="str")
        pairs = self.pairs[self.pairs["lsoa11_code"].isin(codes.unique())]
        candidates = areas[areas["code"].isin(pairs["lsoa21_code"])]
        x, y = np.asarray(easting, dtype=np.float64)[rows], np.asarray(northing, dtype=np.float64)[rows]
        found = assign_areas(x, y, candidates).to_numpy(dtype=object)
        allowed = set(zip(pairs["lsoa11_code"], pairs["lsoa21_code"], strict=True))
        chosen = [new if (old, new) in allowed else None for old, new in zip(codes, found, strict=True)]
        return pd.Series(chosen, index=codes.index, dtype="str")

    def _dealt_by_share(self, codes: pd.Series) -> npt.NDArray[np.object_]:
        """2021 codes for rows without a point: the rows of each 2011 area dealt out in proportion to the shares.

        The k-th row of an area goes to the part of [0, 1) that holds the fractional part of k times the golden ratio:
        multiples of it cover the interval evenly in every stretch of rows.
        """
        place = (codes.groupby(codes).cumcount().to_numpy() + 1) * _GOLDEN_RATIO % 1.0
        dealt = np.full(len(codes), None, dtype=object)
        rows_of_code = codes.groupby(codes).indices
        pairs = self.pairs[self.pairs["lsoa11_code"].isin(list(rows_of_code))]
        for code, parts in pairs.groupby("lsoa11_code"):
            rows = rows_of_code[code]
            part = np.searchsorted(np.cumsum(parts["share"].to_numpy())[:-1], place[rows], side="right")
            dealt[rows] = parts["lsoa21_code"].to_numpy()[part]
        return dealt


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
