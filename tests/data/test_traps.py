"""What a careful analyst knows about street-level extracts (METHODS, section 9): each trap with its treatment."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.data.world import (
    LSOA_C,
    MERGED_2011,
    SPLIT_2011,
    UNKNOWN_LSOA,
    W1,
    W2,
    W3,
    W4,
    A,
    B,
    C,
    World,
    csv_text,
    lsoa,
    point,
    row,
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def test_identical_rows_without_an_id_are_different_incidents(world: World) -> None:
    world.street([row()] * 5)
    totals = world.build().manifest["totals"]
    assert totals["kept"] == 5
    assert totals["repeated"] == 0
    assert world.query("SELECT incidents FROM counts") == [(5,)]


def test_a_repeated_id_counts_once_in_its_first_month_with_its_latest_outcome(world: World) -> None:
    burglary = {"category": "Burglary", "crime_id": "f1"}
    world.street([row(W2, **burglary, month="2025-03", outcome="Offender sent to prison")], month="2025-03")
    world.street([row(W1, **burglary, month="2025-02", outcome="Under investigation")], month="2025-02")
    world.street([row(W3, **burglary, month="2025-04")], month="2025-04")  # an outcome not stated is not the latest
    manifest = world.build().manifest
    assert world.query("SELECT month, ward_code, outcome FROM incidents") == [
        (date(2025, 2, 1), W1, "Offender sent to prison")
    ]
    assert [(file["month"], file["kept"], file["repeated"]) for file in manifest["files"]] == [
        ("2025-02", 1, 0),
        ("2025-03", 0, 1),
        ("2025-04", 0, 1),
    ]


def test_an_id_repeated_within_a_file_or_between_forces_counts_once(world: World) -> None:
    theft = {"category": "Other theft", "crime_id": "a"}
    world.street([row(**theft), row(), row(**theft)])
    world.street([row(**theft, force="Kent Police"), row(force="Kent Police")], force="kent")
    totals = world.build().manifest["totals"]
    assert (totals["read"], totals["kept"], totals["repeated"]) == (5, 3, 2)
    assert world.query("SELECT force FROM incidents WHERE crime_id = 'a'") == [("Essex Police",)]


def test_a_row_set_aside_does_not_stand_for_its_id(world: World) -> None:
    world.street([row(crime_id="a", category=""), row(crime_id="a", category="Drugs")])
    totals = world.build().manifest["totals"]
    assert (totals["kept"], totals["repeated"], totals["set_aside"]) == (1, 0, 1)


def test_rows_are_selected_by_geography_never_by_file(world: World) -> None:
    world.street([row(W1), row(None, lsoa_code=LSOA_C)])
    world.street([row(W2, force="Kent Police"), row(None, lsoa_code=LSOA_C, force="Kent Police")], force="kent")
    world.build()
    assert world.query("SELECT sum(incidents) FROM counts") == [(2,)]
    assert world.query("SELECT district_code, incidents FROM district_counts ORDER BY ALL") == [(A, 2), (C, 2)]


def test_rows_without_location_are_counted_as_not_placed(world: World) -> None:
    world.street([row(W1), row(None), row(None)])
    totals = world.build().manifest["totals"]
    assert (totals["kept"], totals["placed"], totals["not_placed"]) == (3, 1, 2)
    assert world.query("SELECT sum(incidents) FROM district_counts") == [(1,)]
    assert world.query("SELECT kept, not_placed FROM coverage") == [(3, 2)]


def test_lsoa_codes_of_2011_are_mapped_and_kept_as_they_were(world: World) -> None:
    world.street(
        [
            row(W2, lsoa_code=MERGED_2011[0]),
            row(W2, lsoa_code=MERGED_2011[1]),
            row(W3, lsoa_code=lsoa(W3, 0)),
            row(W1, 1, lsoa_code=SPLIT_2011),
        ]
    )
    manifest = world.build().manifest
    assert world.query("SELECT lsoa_code_original, lsoa_code, count(*) FROM incidents GROUP BY ALL ORDER BY ALL") == [
        (SPLIT_2011, lsoa(W1, 1), 1),  # by its point in the boundaries of 2021
        (MERGED_2011[0], lsoa(W2, 0), 1),
        (MERGED_2011[1], lsoa(W2, 0), 1),
        (lsoa(W3, 0), lsoa(W3, 0), 1),
    ]
    assert manifest["lsoa_vintages"] == {
        "2011": 4,
        "2021": 0,
        "mapped": {"merged": 2, "split_by_point": 1},
        "unknown": 0,
        "without_code": 0,
    }


def test_a_split_lsoa_without_boundaries_is_shared_out_by_residents_and_flagged(tmp_path: Path) -> None:
    world = World.make(tmp_path, lsoa_boundaries=False)
    world.street([row(W1, lsoa_code=SPLIT_2011)] * 210)
    manifest = world.build().manifest
    shares = dict(world.query("SELECT lsoa_code, incidents FROM counts"))
    assert sum(shares.values()) == 210
    assert abs(shares[lsoa(W1, 0)] - 100) <= 1  # residents: 1,000 and 1,100
    [warning] = [w for w in manifest["warnings"] if w["code"] == "split_by_population"]
    assert "210 rows" in warning["message"]


def test_an_irregular_lsoa_is_never_mapped_silently(world: World) -> None:
    world.street([row(None, lsoa_code="E01880099"), row()])
    manifest = world.build().manifest
    assert world.query("SELECT incidents FROM district_counts WHERE district_code = 'E07990003'") == [(1,)]
    assert any(warning["code"] == "irregular_by_population" for warning in manifest["warnings"])


def test_an_archive_may_mix_both_vintages(world: World) -> None:
    world.street([row(W1, lsoa_code=SPLIT_2011, month="2023-03")] * 3, month="2023-03")
    world.street([row(W1, month="2023-09")] * 2, month="2023-09")
    vintages = world.build().manifest["lsoa_vintages"]
    assert (vintages["2011"], vintages["2021"]) == (3, 2)


def test_wards_come_from_the_point_where_there_is_one(world: World) -> None:
    world.street([row(W1, lsoa_code=lsoa(W2, 0)), row(W1)])
    world.build()
    assert world.query("SELECT ward_code, placement, count(*) FROM incidents GROUP BY ALL") == [(W1, "point", 2)]


def test_wards_come_from_the_best_fit_where_there_is_only_an_lsoa(world: World) -> None:
    world.street([row(None, lsoa_code=lsoa(W4, 1))])
    world.build()
    assert world.query("SELECT ward_code, lsoa_code, placement, longitude FROM incidents") == [
        (W4, lsoa(W4, 1), "best_fit", None)
    ]


def test_a_point_outside_every_ward_goes_to_the_nearest_of_its_district_and_is_counted(world: World) -> None:
    in_the_river = point(W3, dy=-700)
    world.street([row(W3, at=in_the_river), row(W3)])
    manifest = world.build().manifest
    assert manifest["nearest_ward"] == 1
    assert world.query("SELECT ward_code, placement FROM incidents ORDER BY placement") == [
        (W3, "nearest"),
        (W3, "point"),
    ]


def test_the_nearest_ward_is_one_of_the_lsoas_own_district(tmp_path: Path) -> None:
    world = World.make(tmp_path, districts=(A, B))
    just_over_the_border = point(W2, 1, dx=300)  # in Bridge ward of district B; the LSOA says Northeast in A
    world.street([row(W2, 1, at=just_over_the_border)])
    world.build()
    assert world.query("SELECT district_code, ward_code, placement FROM incidents") == [(A, W2, "nearest")]


def test_a_row_without_lsoa_is_ours_if_its_point_is(world: World) -> None:
    world.street([row(W2, lsoa_code=""), row(W2, lsoa_code=UNKNOWN_LSOA), row(None, lsoa_code=UNKNOWN_LSOA)])
    manifest = world.build().manifest
    assert manifest["totals"]["placed"] == 2
    assert world.query("SELECT ward_code, lsoa_code, incidents FROM counts") == [(W2, lsoa(W2, 0), 2)]
    [warning] = [w for w in manifest["warnings"] if w["code"] == "unknown_lsoa"]
    assert warning["row"] == 3
    assert UNKNOWN_LSOA in warning["message"]


def test_a_row_whose_lsoa_lies_elsewhere_is_not_ours_though_its_point_is(world: World) -> None:
    world.street([row(W2, lsoa_code=LSOA_C)])
    world.build()
    assert world.query("SELECT district_code, in_partnership, ward_code FROM incidents") == [(C, False, None)]
    assert world.query("SELECT count(*) FROM counts") == [(0,)]


def test_incidents_within_the_margin_are_kept_beside_our_own(world: World) -> None:
    near, far = point(W4, 1, dx=250 + 1400), point(W4, 1, dx=250 + 1600)
    world.street([row(None, lsoa_code=LSOA_C, at=near), row(None, lsoa_code=LSOA_C, at=far), row(W4)])
    world.build()
    assert world.query("SELECT in_partnership, count(*) FROM incidents GROUP BY ALL ORDER BY ALL") == [
        (False, 1),
        (True, 1),
    ]


def test_a_missing_month_has_no_row_in_coverage(world: World) -> None:
    world.street([row(month="2025-01")], month="2025-01")
    world.street([row(month="2025-03")], month="2025-03")
    manifest = world.build().manifest
    assert manifest["months_loaded"] == ["2025-01", "2025-03"]
    assert world.query("SELECT DISTINCT month FROM coverage ORDER BY 1") == [(date(2025, 1, 1),), (date(2025, 3, 1),)]


def test_months_of_other_forces_are_not_months_of_ours(world: World) -> None:
    world.street([row(month="2025-01")], month="2025-01")
    world.street([row(W2, month="2025-02", force="Kent Police")], month="2025-02", force="kent")
    manifest = world.build().manifest
    assert manifest["months_loaded"] == ["2025-01"]
    assert (manifest["first_month"], manifest["last_month"]) == ("2025-01", "2025-02")


def test_overlapping_archives_count_a_months_rows_once_and_the_later_one_wins(world: World) -> None:
    world.settings["extracts"]["street_crime"] = ["older.zip", "newer.zip"]
    name = "2025-01/2025-01-essex-street.csv"
    world.archive("older.zip", {name: csv_text([row(), row(), row(category="Drugs", crime_id="a")])})
    world.archive("newer.zip", {name: csv_text([row(), row(), row(category="Drugs", crime_id="a", outcome="Charged")])})
    manifest = world.build().manifest
    assert manifest["totals"]["read"] == 3
    assert world.query("SELECT outcome FROM incidents WHERE crime_id = 'a'") == [("Charged",)]
    [warning] = [w for w in manifest["warnings"] if w["code"] == "replaced"]
    assert warning["file"].startswith("older.zip")


@pytest.mark.parametrize(
    "crime_type", ["violent crime", "Violence and Sexual Offences", " Violence and sexual offences "]
)
def test_spellings_of_a_category_are_one(world: World, crime_type: str) -> None:
    world.street([row(category=crime_type)])
    world.build()
    assert world.query("SELECT category FROM counts") == [("Violence and sexual offences",)]


def test_an_unknown_category_is_kept_and_reported(world: World) -> None:
    world.street([row(), row(category="Space piracy"), row(category="Space piracy")])
    manifest = world.build().manifest
    assert world.query("SELECT incidents FROM counts WHERE category = 'Other (unrecognised)'") == [(2,)]
    [warning] = manifest["files"][0]["warnings"]
    assert (warning["code"], warning["row"]) == ("unknown_category", 3)
    assert "Space piracy" in warning["message"]


@pytest.mark.parametrize(
    "at", [("0", "0"), ("NaN", "NaN"), ("inf", "51.5"), ("0.3", ""), ("0.3", "north"), ("51.5", "0.3"), ("1e3", "51.5")]
)
def test_impossible_coordinates_fall_back_to_the_lsoa(world: World, at: tuple[str, str]) -> None:
    world.street([row(), row(W4, at=at)])
    manifest = world.build().manifest
    assert world.query("SELECT placement, longitude, easting FROM incidents WHERE ward_code = $ward", ward=W4) == [
        ("best_fit", None, None)
    ]
    [other] = world.query(
        "SELECT ward_code, placement, longitude, latitude FROM incidents WHERE ward_code <> $ward", ward=W4
    )
    assert other == (W1, "point", *map(float, point(W1))), "the row beside it is placed by its point"
    [warning] = manifest["files"][0]["warnings"]
    assert (warning["code"], warning["row"]) == ("bad_coordinates", 3)


def test_a_point_far_from_its_lsoa_is_not_believed(world: World) -> None:
    world.street([row(W1, at=("-3.2", "55.9"))])
    manifest = world.build().manifest
    assert world.query("SELECT ward_code, placement FROM incidents") == [(W1, "best_fit")]
    assert [warning["code"] for warning in manifest["files"][0]["warnings"]] == ["far_point"]


def test_a_family_of_neighbours_counts_every_district_in_the_files(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.street([row(W1), row(None, lsoa_code=lsoa("E05990005", 0)), row(None, lsoa_code=LSOA_C)])
    world.build()
    assert world.query("SELECT district_code, incidents FROM district_counts ORDER BY ALL") == [(A, 1), (B, 1), (C, 1)]
