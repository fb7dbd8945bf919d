"""A built snapshot: areas, districts, families, breaks, manifest; partnerships of one and of several districts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import geopandas as gpd
import pytest

from analytics.context import load_context
from analytics.panels import build_panel
from analytics.selection import Selection
from data.check import check_store
from data.errors import LoadError
from data.schema import TABLES
from data.status import status_report, status_text
from data.warehouse import Warehouse
from tests.data.world import LSOA_C, RESIDENTS, W1, W2, W3, W4, W5, A, B, C, World, csv_text, lsoa, row


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    world.street([row()] * 3)
    return world


def test_every_table_is_written_as_declared(world: World) -> None:
    world.more = '[[indicators]]\nname = "I"\ndirection = "lower is better"\n'
    world.build()
    for table, declared in TABLES.items():
        described = world.query(f"DESCRIBE {table}")
        found = {name: kind for name, kind, *_ in described if name != "geometry"}
        assert found == declared.types(), table
        assert list(found) == list(declared.columns), table


def test_areas_carry_residents_deprivation_and_size(world: World) -> None:
    world.settings["geography"]["visitor_wards"] = [W1, "Southwest"]
    world.build()
    wards = world.query(
        "SELECT code, name, vintage, population, households, population_year, imd_score, imd_decile, visitor_ward"
        " FROM areas WHERE area_type = 'ward' ORDER BY code"
    )
    west, east = RESIDENTS[lsoa(W1, 0)], RESIDENTS[lsoa(W1, 1)]
    mean_score = (10.0 * west + 11.0 * east) / (west + east)
    assert wards[0] == (
        W1, "Northwest", "wd25", west + east, west // 2 + east // 2, 2021, pytest.approx(mean_score), None, True,
    )  # fmt: skip
    assert [ward[-1] for ward in wards] == [True, False, True, False]
    assert world.query(
        "SELECT ward_code, vintage, imd_score, imd_rank FROM areas WHERE code = $code", code=lsoa(W1, 1)
    ) == [(W1, "lsoa21", 11.0, 2)]
    [(size, longitude, latitude)] = world.query(
        "SELECT area_km2, centroid_longitude, centroid_latitude FROM areas WHERE code = $code", code=W1
    )
    assert size == pytest.approx(1.0, abs=1e-3)
    assert 0 < longitude < 1
    assert 51 < latitude < 52


def test_areas_are_geoparquet_in_metres(world: World) -> None:
    snapshot = world.build().snapshot
    areas = gpd.read_parquet(world.store / "snapshots" / snapshot / "areas.parquet")
    assert areas.crs.to_epsg() == 27700
    assert areas.columns[-1] == "geometry"
    assert len(areas) == 4 + 8
    assert areas.geometry.notna().all()


def test_lsoas_without_boundaries_are_rows_without_shape(tmp_path: Path) -> None:
    world = World.make(tmp_path, lsoa_boundaries=False)
    world.street([row()])
    snapshot = world.build().snapshot
    assert world.query("SELECT count(*), count(area_km2), count(population) FROM areas WHERE area_type = 'lsoa'") == [
        (8, 0, 8)
    ]
    assert not (world.store / "snapshots" / snapshot / "geo" / "lsoas.geojson").exists()


def test_map_layers(world: World) -> None:
    snapshot = world.build().snapshot
    folder = world.store / "snapshots" / snapshot / "geo"
    layers = {path.stem: json.loads(path.read_text()) for path in folder.iterdir()}
    assert sorted(layers) == ["lsoas", "partnership", "wards"]
    assert [feature["id"] for feature in layers["wards"]["features"]] == [
        code for (code,) in world.query("SELECT code FROM areas WHERE area_type = 'ward' ORDER BY code")
    ]


def test_several_districts_are_one_partnership(tmp_path: Path) -> None:
    world = World.make(tmp_path, districts=(A, B))
    world.street([row(W1)] * 2 + [row(W5)] * 3 + [row(None, lsoa_code=LSOA_C)])
    manifest = world.build().manifest
    assert [district["name"] for district in manifest["partnership"]["districts"]] == ["Alder", "Beck"]
    assert manifest["partnership"]["wards"] == 6
    assert world.query("SELECT district_code, sum(incidents) FROM counts GROUP BY 1 ORDER BY 1") == [(A, 2), (B, 3)]
    assert world.query("SELECT count(*) FROM areas WHERE area_type = 'ward'") == [(6,)]
    assert world.query("SELECT district_code FROM districts WHERE is_ours ORDER BY 1") == [(A,), (B,)]


def test_districts_know_their_partnership_force_and_residents(world: World) -> None:
    world.settings["population"]["district_year"] = 2023
    world.build()
    assert world.query(
        "SELECT district_code, district_name, partnership_name, force_slug, force, population, households IS NOT NULL,"
        " population_year, is_ours FROM districts ORDER BY 1"
    ) == [
        (A, "Alder", "Alder and Beck", "essex", "Essex Police", 9000, True, 2023, True),
        (B, "Beck", "Alder and Beck", "essex", "Essex Police", 8000, True, 2023, False),
        (C, "Cole", "Cole", "kent", "Kent Police", 7000, True, 2023, False),
    ]


def test_without_district_populations_the_lsoas_are_added_up(world: World) -> None:
    del world.settings["population"]["district"]
    world.build()
    assert world.query("SELECT population, population_year FROM districts WHERE district_code = 'E07990003'") == [
        (RESIDENTS[LSOA_C], 2021)
    ]


def neighbours(world: World, *rows: list[str]) -> None:
    world.write("neighbours.csv", "\ufeff" + csv_text(rows, ["AREACD", "1", "2", "3"]))


def families(world: World) -> list[tuple[object, ...]]:
    return world.query(
        "SELECT family_id, member_order, member_id, member_name, district_code, is_self FROM families ORDER BY ALL"
    )


def test_a_family_from_a_ranked_file_takes_the_nearest(world: World) -> None:
    neighbours(world, [A, C, B, ""], [B, A, C, ""])
    world.more = '[[families]]\nname = "Nearest (one)"\nfile = "neighbours.csv"\nmembers = 1\nas_at = "2026-03"\n'
    world.build()
    assert families(world) == [
        ("nearest-one", 0, A, "Alder", A, True),
        ("nearest-one", 1, C, "Cole", C, False),
    ]


def test_a_member_may_be_a_partnership_of_several_districts(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.street([row()])
    rows = [
        ["E07990008", "Dell", "E22990008", "Dell and Elm", "", ""],
        ["E07990009", "Elm", "E22990008", "Dell and Elm", "", ""],
    ]
    path = world.folder / "partnerships.csv"
    path.write_text(path.read_text() + csv_text(rows, []).lstrip())
    world.more = '[[families]]\nname = "Chosen"\ndistricts = ["E07990003"]\npartnerships = ["Dell and Elm"]\n'
    world.build()
    assert families(world) == [
        ("chosen", 0, A, "Alder", A, True),
        ("chosen", 1, C, "Cole", C, False),
        ("chosen", 2, "E22990008", "Dell and Elm", "E07990008", False),
        ("chosen", 2, "E22990008", "Dell and Elm", "E07990009", False),
    ]


def test_ourselves_may_be_a_partnership_of_several_districts(tmp_path: Path) -> None:
    world = World.make(tmp_path, districts=(A, B))
    world.street([row()])
    neighbours(world, [A, B, C, ""], [B, C, A, ""])
    world.more = '[[families]]\nname = "F"\nfile = "neighbours.csv"\nmembers = 2\n'
    world.build()
    assert families(world) == [
        ("f", 0, "E22990001", "Alder", A, True),
        ("f", 0, "E22990001", "Alder", B, True),
        ("f", 1, C, "Cole", C, False),
    ]


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ('districts = ["E06990077"]', "nobody knows 'E06990077'"),
        ('partnerships = ["Elsewhere"]', "nobody knows 'Elsewhere'"),
        ('file = "neighbours.csv"', "no row for E06990001"),
        ('file = "lookup.csv"', "no columns headed 1, 2, 3"),
    ],
)
def test_families_that_cannot_be_made(world: World, family: str, words: str) -> None:
    neighbours(world, [C, A, B, ""])
    world.more = f'[[families]]\nname = "F"\n{family}\n'
    with pytest.raises(LoadError) as caught:
        world.build()
    assert words in str(caught.value)
    assert caught.value.remedy


def test_a_partnership_with_part_of_a_district_is_no_member(world: World) -> None:
    path = world.folder / "partnerships.csv"
    path.write_text(path.read_text() + f"{C},Cole,E22990004,Cole Valley,E23000032,Kent\n")
    world.more = '[[families]]\nname = "F"\npartnerships = ["Cole Valley"]\n'
    with pytest.raises(LoadError, match=r"only part of the district 'Cole'.*list districts instead"):
        world.build()


def test_breaks_of_the_reference_and_of_the_partnership(world: World) -> None:
    world.more = (
        '[[breaks]]\nlabel = "Town centre order"\nfrom = "2025-04"\ncategories = ["Anti-social behaviour"]\n'
        f'wards = ["{W3}"]\n'
    )
    world.build()
    found = {
        row[0]: row[1:] for row in world.query("SELECT break_id, date_from, categories, wards, origin FROM breaks")
    }
    assert found["town-centre-order"] == (date(2025, 4, 1), ["Anti-social behaviour"], [W3], "config")
    assert found["snap-points-2022"][0] == date(2022, 7, 1)
    assert "gmp-2019" not in found  # of another force
    assert world.query("SELECT date_from, date_to FROM breaks WHERE excluded") == [
        (date(2020, 3, 1), date(2021, 6, 30))
    ]


def test_problems_and_harm_weights_of_the_partnership(world: World) -> None:
    world.more = (
        '[[problems]]\nname = "Cars, south"\ncategories = ["vehicle crime"]\nwards = ["southwest", "' + W4 + '"]\n'
        '[[problems]]\nname = "Modern slavery"\npeople_only = true\n'
        '[[harm]]\nname = "Ours"\nsource = "Workshop"\nweights = { "Burglary" = [1, 2, 3] }\ncodes = { "45" = 4 }\n'
    )
    world.build()
    assert world.query("SELECT problem_id, name, categories, codes, wards FROM problems ORDER BY position") == [
        ("cars-south", "Cars, south", ["Vehicle crime"], [], [W3, W4]),
        ("modern-slavery", "Modern slavery", [], [], []),
    ]
    assert world.query("SELECT set_id, unit, category, offence_code, low, central, high FROM harm_weights") == [
        ("ours", "points", "Burglary", None, 1, 2, 3),
        ("ours", "points", None, "45", 4, 4, 4),
    ]


def test_a_problem_in_a_ward_elsewhere_is_refused(world: World) -> None:
    world.more = '[[problems]]\nname = "Cars"\nwards = ["Southwst"]\n'
    with pytest.raises(LoadError, match=r"names the ward 'Southwst'.*Did you mean \"Southwest\"\?"):
        world.build()


def test_the_manifest_names_sources_with_hash_licence_and_dates(world: World) -> None:
    world.more = '[sources.street_crime]\nretrieved = "2025-11-01"\nnote = "by hand"\n'
    manifest = world.build(built_at=datetime(2025, 12, 1, 9, 30, tzinfo=UTC)).manifest
    assert manifest["snapshot"].startswith("20251201T093000Z-")
    assert manifest["built_at"] == "2025-12-01T09:30:00Z"
    by_name = {source["source"]: source for source in manifest["sources"]}
    street = by_name["street_crime"]
    assert (street["covers"], street["rows_read"], street["set_aside"]) == ("January 2025", 3, 0)
    assert (street["retrieved"], street["note"]) == ("2025-11-01", "by hand")
    assert len(by_name["lsoa_lookup"]["sha256"]) == 64
    assert all(source["licence"] and source["publisher"] and source["modified"] for source in manifest["sources"])
    assert "similar_areas" in {entry["source"] for entry in manifest["absent"]}


def test_what_is_absent_is_named_with_what_it_disables(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.street([row(W1), row(None), row(W1, lsoa_code="")])
    for section, key in [
        ("geography", "lsoa_lookup"), ("geography", "lsoa_2011_lookup"), ("geography", "partnership_lookup"),
        ("geography", "lsoa_boundaries"), ("population", "lsoa"), ("population", "district"),
        ("context", "deprivation"),
    ]:  # fmt: skip
        del world.settings[section][key]
    manifest = world.build().manifest
    assert {entry["source"] for entry in manifest["absent"]} >= {
        "lsoa_lookup", "lsoa_2011_lookup", "partnership_lookup", "lsoa_boundaries", "population_lsoa",
        "population_district", "deprivation", "similar_areas",
    }  # fmt: skip
    assert all(entry["disables"] for entry in manifest["absent"])
    assert manifest["totals"]["placed"] == 2  # by their points; no lookup says where the LSOAs are
    assert world.query("SELECT ward_code, sum(incidents) FROM counts GROUP BY 1") == [(W1, 2)]


def test_lsoa_boundaries_alone_tell_the_best_fit_ward(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.street([row(None, lsoa_code=lsoa(W3, 1))])
    del world.settings["geography"]["lsoa_lookup"]
    world.build()
    assert world.query("SELECT ward_code, lsoa_code, placement FROM incidents") == [(W3, lsoa(W3, 1), "best_fit")]


def test_wards_of_another_year_than_the_lookups_are_matched_by_shape_and_reported(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.street([row(None, lsoa_code=lsoa(W3, 1))])
    path = world.folder / "lookup.csv"
    path.write_text(path.read_text().replace(W3, "E05880003"))
    manifest = world.build().manifest
    assert [warning["code"] for warning in manifest["warnings"]] == ["ward_vintages"]
    assert world.query("SELECT ward_code FROM incidents") == [(W3,)]


def test_a_force_that_nobody_knows(world: World) -> None:
    world.settings["partnership"]["force"] = "Esex Police"
    with pytest.raises(LoadError, match=r"'Esex Police'.*Did you mean \"Essex Police\""):
        world.build()


def test_a_force_that_only_the_files_know_is_named_as_in_their_rows(world: World) -> None:
    world.settings["partnership"]["force"] = "Wexmoor Police"
    world.street([row(force="Wexmoor Police", month="2025-02")], month="2025-02", force="wexmoor")
    manifest = world.build().manifest
    assert manifest["months_loaded"] == ["2025-02"]
    assert world.query("SELECT DISTINCT force FROM coverage ORDER BY 1") == [("Essex Police",), ("Wexmoor Police",)]


def test_a_month_is_complete_only_where_every_own_force_has_it(world: World) -> None:
    """Given two forces of which one lacks February, then February is not loaded: it is never half a month."""
    world.settings["partnership"]["force"] = ["essex", "Kent Police"]
    for month in ("2025-01", "2025-02"):
        world.street([row(month=month)], month=month)
    world.street([row(force="Kent Police")], force="kent")
    manifest = world.build().manifest
    assert manifest["months_loaded"] == ["2025-01"]
    context = load_context(Warehouse(world.store))
    assert context.forces == ("Essex Police", "Kent Police")
    assert context.months_loaded == (date(2025, 1, 1),)
    selection = Selection.from_query("from=2025-01&to=2025-02", context)[0]
    totals = build_panel("category_totals", Warehouse(world.store), selection)
    assert totals.table["incidents"].sum() == 2
    assert totals.subtitle == "Incidents, Jan 2025"
    coverage = build_panel("coverage_line", Warehouse(world.store), selection)
    assert coverage.sentence == "1 of 2 months are loaded; Feb 2025 is not"
    assert "Months of Essex Police and Kent Police: 2025-01" in status_text(status_report(world.store))


def test_without_any_word_on_forces_the_one_with_most_incidents_is_ours(world: World) -> None:
    del world.settings["partnership"]["force"]
    world.settings["geography"].pop("partnership_lookup")
    world.street([row(), row()], month="2025-01")
    world.street([row(force="Kent Police", month="2025-02")], month="2025-02", force="kent")
    manifest = world.build().manifest
    assert manifest["partnership"]["force"] == "Essex Police"
    assert manifest["months_loaded"] == ["2025-01"]


def test_a_police_force_area_nobody_knows_gives_its_own_name(world: World) -> None:
    path = world.folder / "partnerships.csv"
    path.write_text(path.read_text().replace("E23000032,Kent", "E23999009,Carrow & Dale"))
    world.build()
    assert world.query("SELECT force_slug, force FROM districts WHERE district_code = $code", code=C) == [
        ("carrow-and-dale", "Carrow & Dale")
    ]


def test_every_source_says_how_many_rows_it_has_and_what_they_are(world: World) -> None:
    neighbours(world, [A, C, B, ""])
    world.more = '[[families]]\nname = "F"\nfile = "neighbours.csv"\nmembers = 1\npublisher = "The county"\n'
    found = {source["source"]: source for source in world.build().manifest["sources"]}
    assert {name: (source["rows_read"], source["covers"]) for name, source in found.items()} == {
        "street_crime": (3, "January 2025"),
        "ward_boundaries": (4, "4 wards"),
        "lsoa_boundaries": (8, "8 LSOAs"),
        "lsoa_lookup": (13, "13 LSOAs, 3 districts"),
        "lsoa_2011_lookup": (14, "13 LSOAs of 2011"),
        "partnership_lookup": (3, "3 districts, 2 partnerships"),
        "population_lsoa": (13, "13 LSOAs, 2021"),
        "population_district": (3, "3 districts"),
        "deprivation": (13, "13 LSOAs"),
        "similar_areas": (1, "1 areas"),
    }
    assert found["similar_areas"]["publisher"] == "The county"
    assert all(source["set_aside"] == 0 and source["sha256"] for source in found.values())


def test_indicators_stand_in_a_table_of_their_own_wards_by_code(world: World) -> None:
    world.more = (
        '[[indicators]]\nname = "Vehicle crime, north"\ndirection = "lower is better"\ntarget = 20\nby = "2027-03"\n'
        'categories = ["Vehicle crime"]\nwards = ["Northwest", "E05990002"]\n'
        '[[indicators]]\nname = "Reports"\ndirection = "higher is better"\n'
    )
    world.build()
    assert world.query("FROM indicators") == [
        (0, "Vehicle crime, north", ["Vehicle crime"], [W1, W2], "count", "lower is better", 20.0, date(2027, 3, 1)),
        (1, "Reports", None, None, "count", "higher is better", None, None),
    ]
    _, failures = check_store(world.store)
    assert failures == []
    world.more = world.more.replace('"Northwest"', '"Northwes"')
    with pytest.raises(LoadError, match=r"'Northwes'.*no ward of the partnership.*Did you mean 'Northwest'"):
        world.build()


def test_without_indicators_no_table_of_them(world: World) -> None:
    world.build()
    with pytest.raises(duckdb.Error, match="indicators"):
        world.query("FROM indicators")
    with Warehouse(world.store).cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM indicators").fetchone() == (0,)
