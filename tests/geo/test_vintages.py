"""2011 LSOA codes to 2021 codes."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.vintages import STATUSES, lsoa_2011_to_2021

LOOKUP = pd.DataFrame(
    [
        ("U1", "U1", "U"),
        ("S1", "S1a", "S"),
        ("S1", "S1b", "S"),
        ("S1", "S1c", "S"),
        ("M1", "M", "M"),
        ("M2", "M", "M"),
        ("X1", "Xa", "X"),
        ("X1", "Xb", "X"),
        ("X2", "Xb", "X"),
    ],
    columns=["lsoa11_code", "lsoa21_code", "change_code"],
)
RESIDENTS = {"S1a": 500, "S1b": 300, "S1c": 200, "Xa": 100, "Xb": 300, "U1": 50, "M": 70}
# The three parts of S1 side by side, each 100 m wide; those of X1 above them.
PARTS = gpd.GeoDataFrame(
    {"code": ["S1a", "S1b", "S1c", "Xa", "Xb"]},
    geometry=[shapely.box(i * 100, 0, i * 100 + 100, 100) for i in range(3)]
    + [shapely.box(0, 100, 100, 200), shapely.box(100, 100, 300, 200)],
    crs="EPSG:27700",
)


def test_each_kind_of_change() -> None:
    codes = pd.Series(["U1", "M1", "M2", "M", "S1a", "X2", "E0199", None], index=list("abcdefgh"))
    mapped = lsoa_2011_to_2021(LOOKUP).map_codes(codes)
    assert mapped.index.tolist() == list("abcdefgh")
    assert mapped["lsoa_code"].fillna("-").tolist() == ["U1", "M", "M", "M", "S1a", "Xb", "-", "-"]
    assert mapped["status"].tolist() == [
        "unchanged",
        "merged",
        "merged",
        "current",
        "current",
        "irregular_by_population",
        "unknown",
        "missing",
    ]
    assert set(mapped["status"]) <= set(STATUSES)


def test_the_point_decides_between_the_parts() -> None:
    codes = pd.Series(["S1", "S1", "S1", "X1", "X1", "U1"])
    mapped = lsoa_2011_to_2021(LOOKUP, RESIDENTS).map_codes(
        codes, [50.0, 150.0, 250.0, 50.0, 150.0, 250.0], [50.0, 50.0, 50.0, 150.0, 150.0, 50.0], PARTS
    )
    assert mapped["lsoa_code"].tolist() == ["S1a", "S1b", "S1c", "Xa", "Xb", "U1"]
    assert mapped["status"].tolist() == ["split_by_point"] * 3 + ["irregular_by_point"] * 2 + ["unchanged"]


def test_a_point_in_somebody_elses_part_or_none_does_not_decide() -> None:
    mapped = lsoa_2011_to_2021(LOOKUP, RESIDENTS).map_codes(
        pd.Series(["S1", "S1", "S1"]), [50.0, 9999.0, np.nan], [150.0, 50.0, np.nan], PARTS
    )
    assert mapped["status"].tolist() == ["split_by_population"] * 3
    assert mapped["lsoa_code"].str.startswith("S1").all()


def test_without_points_the_parts_get_their_share_in_every_stretch_of_rows() -> None:
    mapping = lsoa_2011_to_2021(LOOKUP, RESIDENTS)
    mapped = mapping.map_codes(pd.Series(["S1", "U1"] * 1000))
    of_split = mapped.loc[mapped["status"] == "split_by_population", "lsoa_code"].reset_index(drop=True)
    for start in range(0, 1000, 100):
        counts = of_split.iloc[start : start + 100].value_counts()
        assert abs(counts["S1a"] - 50) <= 3
        assert abs(counts["S1b"] - 30) <= 3
        assert abs(counts["S1c"] - 20) <= 3
    assert mapped.equals(mapping.map_codes(pd.Series(["S1", "U1"] * 1000)))


def test_residents_not_known_means_equal_shares() -> None:
    for residents in (None, {"S1a": 500, "S1b": 300}, {"S1a": 0, "S1b": 0, "S1c": 0}):
        pairs = lsoa_2011_to_2021(LOOKUP, residents).pairs
        assert pairs.loc[pairs["lsoa11_code"] == "S1", "share"].tolist() == pytest.approx([1 / 3] * 3)


@given(st.lists(st.sampled_from([*LOOKUP["lsoa11_code"], *LOOKUP["lsoa21_code"], "?", None]), max_size=60))
def test_same_as_row_by_row(codes: list[str | None]) -> None:
    mapped = lsoa_2011_to_2021(LOOKUP, RESIDENTS).map_codes(pd.Series(codes, dtype="str"))
    for code, new, status in zip(codes, mapped["lsoa_code"], mapped["status"], strict=True):
        successors = set(LOOKUP.loc[LOOKUP["lsoa11_code"] == code, "lsoa21_code"])
        if code is None:
            assert status == "missing"
        elif successors:
            assert new in successors
            assert (status in {"unchanged", "merged"}) == (code[0] in "UM")
        elif code in set(LOOKUP["lsoa21_code"]):
            assert (new, status) == (code, "current")
        else:
            assert status == "unknown"
        assert pd.isna(new) == (status in {"missing", "unknown"})


def test_shares_sum_to_one() -> None:
    pairs = lsoa_2011_to_2021(LOOKUP, RESIDENTS).pairs
    assert pairs.groupby("lsoa11_code")["share"].sum().tolist() == pytest.approx([1.0] * 6)


@pytest.mark.parametrize(
    ("row", "message"),
    [(("Z1", "Z1", "Q"), "Q"), (("Z1", "Z1", None), "blank"), (("U1", "U2", "S"), "U1 has more than one")],
)
def test_a_lookup_that_contradicts_itself(row: tuple[str, str, str | None], message: str) -> None:
    lookup = pd.concat([LOOKUP, pd.DataFrame([row], columns=LOOKUP.columns)])
    with pytest.raises(ValueError, match=message):
        lsoa_2011_to_2021(lookup)


@pytest.mark.shared_data
def test_the_published_lookup() -> None:
    folder = os.environ.get("CSP_SHARED_DATA")
    if not folder:
        pytest.skip("CSP_SHARED_DATA does not name the folder of real data")
    lookup = pd.read_csv(Path(folder) / "lookups" / "lsoa11_lsoa21_lad22.csv", dtype="str")
    mapped = lsoa_2011_to_2021(lookup).map_codes(pd.Series(lookup["lsoa11_code"].unique()))
    assert len(mapped) == 34_753
    assert mapped["lsoa_code"].notna().all()
    assert (mapped["status"] == "unchanged").sum() == 33_647
