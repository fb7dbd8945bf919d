"""The raw extracts of the demonstration: official layouts, a sound map, and every awkward case where it was planted."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import data.reference
from data.__main__ import main
from data.demo import places
from data.demo.extracts import OLD_HEADER, STREET_HEADER
from data.demo.plan import CATEGORIES

MONTHS = [f"{year}-{month:02d}" for year in range(2021, 2025) for month in range(1, 13)]


# Street-level files


def test_every_force_has_a_file_for_every_month_except_the_missing_ones(contents, truths) -> None:
    """Given four publishing forces, then only the months planted as missing have no file; the fifth has none."""
    missing = {("norrick", month) for month in truths["files"]["missing"]["months"]}
    expected = {
        f"{month}-{force}-street.csv"
        for month in MONTHS
        for force in ("wexmoor", "loxshire", "estermark", "norrick")
        if (force, month) not in missing
    }
    assert set(contents) == expected


def test_files_come_in_every_variant_a_reader_must_take(contents) -> None:
    """CRLF and LF, one with a byte order mark, one with another header."""
    for name, content in contents.items():
        first = content.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
        assert first.endswith(b"\r") == (name[:4] in {"2021", "2022"}), name
        header = OLD_HEADER if name == "2021-02-loxshire-street.csv" else STREET_HEADER
        assert first.decode().rstrip("\r") == header, name
        assert content.startswith(b"\xef\xbb\xbf") == (name == "2022-05-wexmoor-street.csv")
        assert b'"' not in content


def test_rows_are_as_published(raw: pd.DataFrame) -> None:
    """Fourteen categories, ASB without ID and outcome, IDs of 64 hexadecimal digits, an empty context."""
    reference = pd.read_csv(Path(data.reference.__file__).parent / "categories.csv")["category"].tolist()
    assert [plan.name for plan in CATEGORIES] == reference[:14]
    assert set(raw["Crime type"]) - {""} == set(reference[:14])
    is_asb = raw["Crime type"] == "Anti-social behaviour"
    assert (raw.loc[is_asb, ["Crime ID", "Last outcome category"]] == "").all(axis=None)
    assert raw.loc[~is_asb, "Crime ID"].str.fullmatch(r"dec0de[0-9a-f]{58}").all()
    assert (raw.loc[~is_asb, "Last outcome category"] != "").all()
    assert (raw["Context"] == "").all()
    assert (raw["Reported by"] == raw["slug"].str.capitalize() + " Police").all()
    placed = raw["LSOA code"] != ""
    assert raw.loc[placed, "Location"].str.startswith("On or near ").all()
    assert (raw.loc[~placed, ["Longitude", "Latitude", "LSOA name"]] == "").all(axis=None)
    assert (raw.loc[~placed, "Location"] == "No Location").all()
    assert raw.loc[placed, "Longitude"].str.fullmatch(r"-?\d+\.\d{6}").all()


def test_identical_anti_social_behaviour_rows_are_common(ours: pd.DataFrame) -> None:
    """As in real files a good part of ASB rows equal another in every published field."""
    asb = ours[ours["Crime type"] == "Anti-social behaviour"]
    identical = asb.duplicated(["Month", "Longitude", "Latitude", "Location", "LSOA code"], keep=False)
    assert 0.15 < identical.mean() < 0.45


def test_repeated_ids_unplaced_rows_and_spoiled_rows_are_counted(raw, incidents, truths) -> None:
    """read = kept + repeated + set aside, and the later outcome is the one planted."""
    files = truths["files"]
    assert len(raw) == files["read"]
    assert len(incidents) == files["kept"]
    spoiled = raw[(raw["Month"] != raw["file_month"]) | (raw["Crime type"] == "")]
    assert len(spoiled) == files["set_aside"]
    assert set(spoiled["file_month"]) == {files["set_aside_in"]["month"]}
    assert files["read"] == files["kept"] + files["repeated"] + files["set_aside"]
    assert int((incidents["LSOA code"] == "").sum()) == files["not_placed"]
    for example in files["repeated_later"]:
        rows = raw[raw["Crime ID"] == example["crime_id"]].sort_values("Month")
        assert list(rows["Month"]) == [example["first_month"], example["latest_month"]]
        assert list(rows["Last outcome category"]) == [example["first_outcome"], example["latest_outcome"]]


def test_unplaced_share_is_one_to_five_per_cent_and_jumps_once(raw: pd.DataFrame, truths) -> None:
    share = (raw["LSOA code"] == "").groupby([raw["slug"], raw["file_month"]]).mean()
    jump = truths["files"]["unplaced_jump"]
    assert share["wexmoor", jump["month"]] == pytest.approx(jump["share"], abs=1e-4)
    assert jump["share"] - share["wexmoor", "2023-10"] > 0.03
    others = share.drop(("wexmoor", jump["month"]))
    assert others.between(0.01, 0.06).all()
    assert others.groupby(level="slug").diff().abs().max() < 0.03


def test_lsoa_codes_change_vintage_and_snap_points_are_replaced(raw: pd.DataFrame, extracts: Path, truths) -> None:
    files = truths["files"]
    ours = raw[raw["LSOA name"].str.startswith("Wrenmouth")]
    old = set(ours.loc[ours["Month"] < files["first_month_of_2021_codes"], "LSOA code"])
    new = set(ours.loc[ours["Month"] >= files["first_month_of_2021_codes"], "LSOA code"])
    changed = {code for codes in files["changed_lsoas"].values() for code in codes}
    assert old - new == changed
    assert len(new) == 100
    lookup = pd.read_csv(extracts / "lookups" / "lsoa11_lsoa21_lad22.csv")
    assert old | {""} <= set(lookup["lsoa11_code"]) | {""}
    assert new <= set(lookup["lsoa21_code"])
    assert set(lookup["change_code"]) == {"U", "S", "M", "X"}
    points = ours.assign(point=ours["Longitude"] + " " + ours["Latitude"])
    before = set(points.loc[points["Month"] < files["first_month_of_new_snap_points"], "point"])
    after = set(points.loc[points["Month"] >= files["first_month_of_new_snap_points"], "point"])
    repeated_across = len(before & after)
    assert repeated_across == 0
    assert len(after) > 3_500


# The map


@pytest.fixture(scope="module")
def shapes(extracts: Path) -> dict[str, gpd.GeoDataFrame]:
    folder = extracts / "boundaries"
    return {
        kind: gpd.read_file(folder / kind / "E06999001.geojson").to_crs(27700) for kind in ("wards-2025", "lsoa-2021")
    }


def test_areas_tessellate_and_nest(shapes, extracts: Path) -> None:
    """No gaps, no overlaps; every ward is its LSOAs; only the ward with the island has two parts."""
    wards, lsoas = shapes["wards-2025"], shapes["lsoa-2021"]
    assert (len(wards), len(lsoas)) == (20, 100)
    for areas in (wards, lsoas):
        assert areas.geometry.is_valid.all()
        assert shapely.coverage_is_valid(areas.geometry.to_numpy())
    lookup = pd.read_csv(extracts / "lookups" / "lsoa21_ward24_lad24.csv").set_index("lsoa21_code")
    dissolved = lsoas.assign(ward=lsoas["LSOA21CD"].map(lookup["ward24_code"])).dissolve("ward")
    wanted = wards.set_index("WD25CD").loc[dissolved.index]
    assert (dissolved.geometry.symmetric_difference(wanted.geometry).area < 1).all()
    parts = wards.set_index("WD25NM").geometry.count_geometries()
    assert parts[parts > 1].to_dict() == {"Sallowby and the Levels": 2}


def test_town_is_fine_grained_and_villages_are_wide(shapes) -> None:
    area = shapes["wards-2025"].set_index("WD25NM").geometry.area / 1e6
    assert area["Market Quay"] < 3
    assert area["Great Ostrey"] > 10
    assert 90 < area.sum() < 150


def test_a_few_points_lie_in_the_river(ours: pd.DataFrame, truths) -> None:
    outside = ours["off_m"] > 0
    assert int(outside.sum()) == truths["exact"]["outside_every_ward"] > 20
    assert ours.loc[outside, "off_m"].max() < 30


def test_codes_have_the_official_patterns_and_names_are_unique(extracts: Path) -> None:
    lsoas = pd.read_csv(extracts / "lookups" / "lsoa21_ward24_lad24.csv")
    assert lsoas["lsoa21_code"].str.fullmatch(r"E01\d{6}").all()
    assert lsoas["ward24_code"].str.fullmatch(r"E05999\d{3}").all()
    assert lsoas["ltla24_code"].str.fullmatch(r"E0[67]999\d{3}").all()
    assert lsoas["lsoa21_code"].is_unique
    assert lsoas["lsoa21_name"].is_unique
    assert lsoas.groupby("ward24_code")["ltla24_code"].nunique().max() == 1
    partnerships = pd.read_csv(extracts / "lookups" / "lad24_csp24_pfa24.csv")
    assert partnerships.loc[partnerships["csp24_code"].duplicated(keep=False), "ltla24_name"].tolist() == [
        "Merestoke",
        "Thornhythe",
    ]
    assert partnerships.groupby("pfa24_code")["pfa24_name"].nunique().max() == 1


def test_residents_are_plausible(extracts: Path, truths) -> None:
    table = pd.read_csv(extracts / "population" / "census2021_residents_households_lsoa21.csv")
    mine = table[table["ltla24_code"] == "E06999001"]
    assert len(mine) == 100
    assert mine["residents_census21"].between(1_000, 2_200).all()
    assert (mine["residents_census21"] / mine["households_census21"]).between(1.4, 3).all()
    assert mine["residents_census21"].sum() == truths["borough"]["residents_2021"]
    deprivation = pd.read_csv(extracts / "deprivation" / "iod2025_lsoa21.csv")
    assert set(deprivation["lsoa21_code"]) == set(table["lsoa21_code"])
    assert deprivation["IMD_rank"].between(1, 33_755).all()
    assert deprivation["IMD_rank"].is_unique
    ordered = deprivation.sort_values("IMD_rank")
    assert ordered["IMD_score"].is_monotonic_decreasing
    assert ordered["IMD_decile"].is_monotonic_increasing


def test_neighbour_file_has_the_official_layout(extracts: Path, truths) -> None:
    path = extracts / "similar-areas" / "statistical_neighbours.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfAREACD,1,2,3")
    table = pd.read_csv(path).set_index("AREACD")
    assert list(table.columns) == [str(rank) for rank in range(1, 21)]
    nearest = table.loc["E06999001"].tolist()[:14]
    assert nearest == list(
        dict.fromkeys("E22999010" if d.partnership_code == "E22999010" else d.code for d in places.NEIGHBOURS)
    )
    assert all(code not in row.tolist() and row.is_unique for code, row in table.iterrows())


@pytest.mark.shared_data
def test_no_name_is_that_of_a_real_place() -> None:
    """Given the official lookups, then no ward, district, partnership or police area bears one of our names."""
    folder = os.environ.get("CSP_SHARED_DATA")
    if not folder:
        pytest.skip("needs the folder of real open data: set CSP_SHARED_DATA")
    lookups = Path(folder) / "lookups"
    wards = pd.read_csv(lookups / "lsoa21_ward24_lad24.csv", usecols=["ward24_name", "ltla24_name"])
    areas = pd.read_csv(lookups / "lad24_csp24_pfa24.csv").filter(like="name")
    real = {str(name).casefold() for table in (wards, areas) for column in table for name in table[column].unique()}
    invented = {places.DISTRICT_NAME, *(ward.name for ward in places.WARDS)}
    for district in places.COUNTY_DISTRICTS:
        invented |= {district.name, district.partnership_name, district.force.removesuffix(" Police")}
    assert not {name for name in invented if name.casefold() in real}


# The command


def test_committed_truths_are_the_generators(extracts: Path) -> None:
    from data.demo import refresh

    committed, generated = refresh.TRUTHS, extracts / "truths.json"
    assert json.loads(committed.read_text("utf-8")) == json.loads(generated.read_text("utf-8"))


def test_command_says_why_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file stands where the folder should be: one line, exit code 1."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main(["demo", "--into", str(blocked / "folder")]) == 1
    assert re.fullmatch(r"Error: .*cannot be written.*\n", capsys.readouterr().err)


def test_truths_name_every_ward_and_category(truths: dict[str, Any]) -> None:
    assert len(truths["exact"]["by_ward_2024"]) == 20
    assert len(truths["exact"]["by_category_and_year"]) == 14
