"""The Data page's panels against a plain recount of the store's Parquet and against the planted truths."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.context import Context, load_context
from analytics.manifest import LoadedFile, Manifest
from analytics.months import month_range
from analytics.panels import Panel, View, build_panel, panel_specs
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.data.world import W1, W2, B, C, World, row

IDS = (
    "coverage_matrix", "row_flow", "sources", "files", "unplaced_share", "lsoa_vintages", "quarantine", "breaks",
    "absent", "warnings", "district_totals",
)  # fmt: skip
SUMS = ["read", "kept", "repeated", "set_aside", "placed", "not_placed"]
TRUTHS = json.loads((Path(__file__).parents[2] / "data" / "demo" / "truths.json").read_text(encoding="utf-8"))


def shown(panel_id: str, warehouse: Warehouse, query: str = "", view: View | None = None) -> Panel:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return build_panel(panel_id, warehouse, selection, view)


def with_manifest(panel_id: str, warehouse: Warehouse, manifest: Manifest) -> Panel:
    """The panel on the same store with another manifest."""
    context: Context = replace(load_context(warehouse), manifest=manifest)
    with warehouse.cursor() as cursor:
        return panel_specs()[panel_id].builder(cursor, Selection.default(context), context=context, view=View())


def table(warehouse: Warehouse, name: str) -> pd.DataFrame:
    frame = pd.read_parquet(warehouse.snapshot_dir / f"{name}.parquet")
    if "month" in frame:
        frame["month"] = pd.to_datetime(frame["month"]).dt.date
    return frame


def in_year(frame: pd.DataFrame, year: int) -> pd.Series:
    return pd.to_datetime(frame["month"]).dt.year == year


def built(world: World) -> Warehouse:
    world.build()
    return Warehouse(world.store)


@pytest.mark.parametrize("panel_id", IDS)
@pytest.mark.parametrize("query", ["", "from=2023-01&to=2024-12", "from=2019-01&to=2019-12", "from=2024-04&to=2024-04"])
def test_every_panel_keeps_the_rules_of_the_page(demo: Warehouse, panel_id: str, query: str):
    for view in (View(), View("dark", "narrow")):
        panel = shown(panel_id, demo, query, view)
        assert panel.sentence
        assert len(panel.sentence) <= 90
        assert not panel.sentence.endswith(".")
        assert [column.key for column in panel.columns] == list(panel.table.columns)
        assert len({column.heading for column in panel.columns}) == len(panel.columns)
        assert panel.sources
        if panel.glance is not None:
            assert {column.key for column in panel.glance_columns} <= set(panel.glance.columns)
        if panel.figure is not None:
            drawn = go.Figure(panel.figure)
            assert drawn.layout.height == panel.figure_height
            assert panel.figure_alt
        if panel.state != "ready":
            assert panel.message


# -- coverage_matrix --------------------------------------------------------------------------------------------------


def test_coverage_is_that_of_the_store_and_missing_is_never_zero(demo: Warehouse):
    panel = shown("coverage_matrix", demo)
    counted = table(demo, "coverage").groupby(["force", "month", "category"])[SUMS].sum()
    found = panel.table.set_index(["force", "month", "category"])
    loaded = found[found["state"] == "loaded"]
    assert loaded[SUMS].astype("int64").sort_index().equals(counted.sort_index().astype("int64"))
    missing = found[found["state"] == "not loaded"]
    assert missing[SUMS].isna().all(axis=None)
    gap = missing.loc["Norrick Police"].reset_index()
    assert set(gap["month"]) == {date(2024, month, 1) for month in (3, 4, 5)}
    assert set(gap["category"]) == set(counted.reset_index()["category"]) - {"Other (unrecognised)"}


def test_coverage_figure_shows_what_the_table_says(demo: Warehouse):
    panel = shown("coverage_matrix", demo)
    assert panel.figure is not None
    drawn = {trace["name"]: len(trace["x"]) for trace in panel.figure["data"]}
    cells = panel.table.drop_duplicates(["force", "month"])
    loaded = cells[cells["state"] != "not loaded"].groupby("whose").size().to_dict()
    assert drawn == {**loaded, "missing": int((cells["state"] == "not loaded").sum())}
    assert panel.glance is not None
    labels = [note["text"] for note in panel.figure["layout"]["annotations"]]
    for line in panel.glance.to_dict("records"):
        assert f"{line['months_loaded']} of 48" in labels
        assert line["label"] in labels or f"<b>{line['label']}</b>" in labels
    assert int(panel.glance["read"].sum()) == TRUTHS["files"]["read"]


def test_a_district_whose_force_has_no_file_has_a_row(demo: Warehouse):
    panel = shown("coverage_matrix", demo)
    assert panel.glance is not None
    row_of = panel.glance[panel.glance["label"].str.startswith("Greyminster")].iloc[0]
    assert row_of["months_loaded"] == 0
    assert pd.isna(row_of["read"])
    assert any("Greyminster" in caveat for caveat in panel.caveats)


def test_coverage_says_which_months_can_be_compared(world_2024_2025: Warehouse):
    panel = shown("coverage_matrix", world_2024_2025)
    assert panel.sentence == "2025 is complete for Essex; ten months of 2024 are missing"
    assert "Change can be measured for January to February only." in panel.caveats


def test_a_category_without_rows_in_a_loaded_month_is_flagged(tmp_path: Path):
    world = World.make(tmp_path)
    for month in ("2025-01", "2025-02"):
        rows = [row(W1, month=month), row(W2, month=month)]
        if month == "2025-01":
            rows.append(row(W1, month=month, category="Burglary", crime_id="b" * 64))
        world.street(rows, month=month)
    panel = shown("coverage_matrix", built(world))
    flagged = panel.table[panel.table["state"] == "no rows in the file"]
    assert [(r.month, r.category, r.read) for r in flagged.itertuples()] == [(date(2025, 2, 1), "Burglary", 0)]
    assert panel.figure is not None
    assert [len(trace["x"]) for trace in panel.figure["data"] if trace["name"] == "flagged"] == [1]
    assert any("ring" in caveat for caveat in panel.caveats)
    assert panel.glance is not None
    assert panel.glance["no_rows"].iloc[0] == "Burglary (Feb 2025)"


@pytest.fixture(scope="module")
def world_2024_2025(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small world in January and February 2024 and all of 2025; two forces' files, Kent's missing throughout."""
    world = World.make(tmp_path_factory.mktemp("world"))
    world.more = f'[[families]]\nname = "Neighbours"\ndistricts = ["{B}", "{C}"]\n'
    for month in [*month_range(date(2024, 1, 1), date(2024, 2, 1)), *month_range(date(2025, 1, 1), date(2025, 12, 1))]:
        name = f"{month:%Y-%m}"
        rows = [row(W1, month=name), row(W1, month=name), row(W2, month=name), row(None, month=name)]
        rows.append(row("E05990005", month=name))
        rows.append(
            row(None, month=name, lsoa_code="E01999901", category="Burglary", crime_id=f"{month:%Y%m}".zfill(64))
        )
        world.street(rows, month=name)
    return built(world)


# -- row_flow ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2023, 2024])
def test_the_steps_of_the_row_flow_add_up(demo: Warehouse, year: int):
    panel = shown("row_flow", demo, f"from={year}-01&to={year}-12")
    steps = panel.table.set_index("step")["rows"]
    coverage = table(demo, "coverage")
    coverage = coverage[in_year(coverage, year)]
    assert steps["Rows read"] == coverage["read"].sum()
    assert steps["Repeated crime IDs"] == coverage["repeated"].sum()
    assert steps["No location"] == coverage["not_placed"].sum()
    incidents = table(demo, "incidents")
    ours = incidents[incidents["in_partnership"] & in_year(incidents, year)]
    assert (
        steps["Wrenmouth"] == len(ours) == sum(v[str(year)] for v in TRUTHS["exact"]["by_category_and_year"].values())
    )
    assert steps["Rows read"] == steps.iloc[1:].sum()
    assert panel.sentence == f"{len(ours):,} rows of {coverage['read'].sum():,} are Wrenmouth’s"
    assert panel.figure is not None
    assert panel.figure["data"][1]["x"] == steps.tolist()


def test_rows_of_ours_in_other_forces_files_are_named(demo: Warehouse):
    incidents = table(demo, "incidents")
    others = incidents[incidents["in_partnership"] & (incidents["force"] != "Wexmoor Police")]
    panel = shown("row_flow", demo, "from=2021-01&to=2024-12")
    assert len(others) >= TRUTHS["exact"]["ours_in_the_neighbouring_force_file"]
    assert f"{len(others)} of them stand in other forces’ files" in panel.table["reason"].iloc[-1]


def test_no_rows_flow_where_no_month_is_loaded(demo: Warehouse):
    panel = shown("row_flow", demo, "from=2019-01&to=2019-06")
    assert panel.state == "no_data"
    assert panel.figure is None


# -- sources, files, warnings -----------------------------------------------------------------------------------------


def test_sources_are_those_of_the_manifest_and_what_is_not_configured(demo: Warehouse):
    panel = shown("sources", demo)
    loaded = panel.table[panel.table["state"] != "Not loaded"]
    assert sorted(loaded["file"]) == sorted(source["file"] for source in demo.manifest["sources"])
    absent = panel.table[panel.table["state"] == "Not loaded"]
    assert sorted(absent["title"]) == sorted(entry["item"] for entry in demo.manifest["absent"])
    assert absent["rows_read"].isna().all()
    street = loaded[loaded["source"] == "street_crime"]
    assert int(street["rows_read"].sum()) == TRUTHS["files"]["read"]
    assert list(street["state"]) == ["45 of 48 files", "Complete", "Complete"]
    assert list(street["covers"]) == [
        "Jan to Dec 2024, 45 files", "Jan to Dec 2023, 48 files", "Jan 2021 to Dec 2022, 96 files",
    ]  # fmt: skip
    for entry in loaded[loaded["sha256"] != ""].to_dict("records"):
        assert entry["fingerprint"].replace(" ", "") == entry["sha256"][:8]


def test_months_of_ours_that_are_missing_stand_in_the_state(world_2024_2025: Warehouse):
    panel = shown("sources", world_2024_2025)
    street = panel.table[panel.table["source"] == "street_crime"]
    assert list(street["state"]) == ["14 of 24 months"]


def test_every_file_stands_with_its_equation(demo: Warehouse):
    panel = shown("files", demo)
    manifest = pd.DataFrame(demo.manifest["files"])
    assert (
        panel.table.set_index("path")[SUMS].astype("int64").equals(manifest.set_index("file")[SUMS].rename_axis("path"))
    )
    assert (panel.table["balance"] == "Balances").all()
    assert panel.total is not None
    assert {key: panel.total[key] for key in SUMS} == {key: demo.manifest["totals"][key] for key in SUMS}
    assert "All 189 files balance" in panel.sentence


def test_a_file_that_does_not_balance_is_the_finding(demo: Warehouse):
    good = LoadedFile("a/2025-01-essex-street.csv", "Essex Police", date(2025, 1, 1), 10, 8, 1, 1, 7, 1)
    panel = with_manifest("files", demo, Manifest(files=(good, replace(good, read=13), replace(good, placed=9))))
    assert list(panel.table["balance"]) == ["Balances", "Out by 3 rows", "Out by 2 rows"]
    assert list(panel.table["balance_kind"]) == ["complete", "problem", "problem"]
    assert panel.sentence == "2 of 3 files do not balance: rows are unaccounted for"


def test_a_file_of_unusual_size_is_named(demo: Warehouse):
    """Given seven months of about 1,000 rows, when one has 300, then it may have been cut short."""

    def file(month: int, read: int) -> LoadedFile:
        return LoadedFile(
            f"z/2025-{month:02}-x-street.csv", "X Police", date(2025, month, 1), read, read, 0, 0, read, 0
        )

    files = (*(file(month, 1000 + month) for month in range(1, 7)), file(7, 300))
    panel = with_manifest("files", demo, Manifest(files=files))
    assert list(panel.table["size"] != "") == [False] * 6 + [True]
    assert any("2025-07-x-street.csv" in caveat for caveat in panel.caveats)
    few = with_manifest("files", demo, Manifest(files=files[3:]))
    assert (few.table["size"] == "").all()


def test_warnings_are_those_of_the_build(demo: Warehouse):
    panel = shown("warnings", demo)
    assert list(panel.table["message"]) == [warning["message"] for warning in demo.manifest["warnings"]]
    assert with_manifest("warnings", demo, Manifest()).state == "none_recorded"


# -- unplaced_share ---------------------------------------------------------------------------------------------------


def test_the_unplaced_share_recounted_and_its_jump_flagged(demo: Warehouse):
    panel = shown("unplaced_share", demo)
    counted = table(demo, "coverage").groupby(["force", "month"])[["kept", "not_placed"]].sum()
    share = 100 * counted["not_placed"] / counted["kept"]
    found = panel.table.set_index(["force", "month"])["not_placed_pct"]
    pd.testing.assert_series_equal(found.dropna().sort_index(), share.sort_index(), check_names=False)
    jump = TRUTHS["files"]["unplaced_jump"]
    month = date.fromisoformat(f"{jump['month']}-01")
    moved = panel.table[panel.table["flag"].str.startswith("moved")]
    assert {(r.force, r.month) for r in moved.itertuples()} == {
        (jump["force"], month),
        (jump["force"], date(2023, 12, 1)),
    }
    assert panel.sentence.endswith("two months moved by over 3 points")
    norrick = panel.table[panel.table["force"] == "Norrick Police"].set_index("month")
    assert norrick["flag"][date(2024, 4, 1)] == "not loaded"
    assert pd.isna(norrick["move_points"][date(2024, 6, 1)])


def test_the_unplaced_figure_equals_its_table(demo: Warehouse):
    panel = shown("unplaced_share", demo)
    assert panel.figure is not None
    lines = {trace["name"]: trace["y"] for trace in panel.figure["data"] if trace["type"] == "scatter"}
    for force, some in panel.table.groupby("force"):
        values = [None if pd.isna(value) else round(value, 3) for value in some["not_placed_pct"]]
        assert lines[str(force).removesuffix(" Police")] == values
    assert len(lines) == panel.table["force"].nunique()


# -- lsoa_vintages, quarantine, breaks, absent ------------------------------------------------------------------------


def test_every_row_kept_has_an_edition(demo: Warehouse):
    panel = shown("lsoa_vintages", demo)
    assert int(panel.table["rows"].sum()) == TRUTHS["files"]["kept"]
    assert panel.table["share_pct"].sum() == pytest.approx(100)


def test_quarantine_holds_every_row_and_shows_the_reasons(demo: Warehouse):
    panel = shown("quarantine", demo)
    stored = table(demo, "quarantine")
    assert len(panel.table) == len(stored) == TRUTHS["files"]["set_aside"]
    assert sorted(panel.table["raw"]) == sorted(stored["raw"])
    assert panel.glance is not None
    assert dict(zip(panel.glance["reason_words"], panel.glance["rows"], strict=True)) == {
        "Other month": 6,
        "No category": 2,
    }
    assert panel.figure is not None
    assert sorted(panel.figure["data"][0]["x"]) == [2, 6]


def test_nothing_set_aside_is_a_true_none(world_2024_2025: Warehouse):
    panel = shown("quarantine", world_2024_2025)
    assert panel.state == "none_recorded"
    assert panel.sentence == "No row had to be set aside"


def test_breaks_are_the_register_and_say_which_are_inside(demo: Warehouse):
    panel = shown("breaks", demo)
    assert sorted(panel.table["break_id"]) == sorted(table(demo, "breaks")["break_id"])
    inside = panel.table.set_index("break_id")["within"]
    assert inside["categories-2013"] == "no"
    assert inside["covid-2020"] == "yes"
    assert inside["snap-points-2022"] == "yes"


def test_what_is_absent_says_what_it_disables(world_2024_2025: Warehouse):
    panel = shown("absent", world_2024_2025)
    months = panel.table[panel.table["item"].str.contains("Mar to Dec 2024")]
    assert list(months["item"]) == ["Essex Police: Mar to Dec 2024"]
    kent = panel.table[panel.table["item"].str.startswith("Kent Police")].iloc[0]
    assert kent["state"] == "not loaded"
    assert "Cole" in kent["disables"]
    assert (panel.table["disables"] != "").all()


# -- district_totals --------------------------------------------------------------------------------------------------


def test_district_totals_are_the_planted_counts(demo: Warehouse):
    panel = shown("district_totals", demo, "from=2024-01&to=2024-12")
    found = panel.table.set_index("district_code")
    for code, incidents in TRUTHS["exact"]["by_district_2024"].items():
        if found["complete"][code]:
            assert found["incidents"][code] == incidents
    families = table(demo, "families")
    assert set(families["district_code"]) <= set(found.index)
    assert set(table(demo, "district_counts")["district_code"]) <= set(found.index)


def test_months_without_the_own_forces_file_do_not_count(demo: Warehouse):
    """Given Norrick without March to May 2024, then its districts have 9 months, and none in those three."""
    districts = table(demo, "districts")
    code = districts.loc[districts["force"] == "Norrick Police", "district_code"].iloc[0]
    counts = table(demo, "district_counts")
    mine = counts[(counts["district_code"] == code) & in_year(counts, 2024)]
    gap = mine["month"].isin([date(2024, month, 1) for month in (3, 4, 5)])
    year = shown("district_totals", demo, "from=2024-01&to=2024-12").table.set_index("district_code").loc[code]
    assert (year["months_present"], year["months_expected"], year["complete"]) == (9, 12, False)
    assert year["incidents"] == mine.loc[~gap, "incidents"].sum()
    assert year["stray_incidents"] == mine.loc[gap, "incidents"].sum()
    spring = shown("district_totals", demo, "from=2024-03&to=2024-05").table.set_index("district_code").loc[code]
    assert spring["months_present"] == 0
    assert pd.isna(spring["incidents"])


def test_rows_in_other_forces_files_are_no_count_of_a_district(world_2024_2025: Warehouse):
    """Given a district of Kent that only Essex's files mention, then it has no incidents, and strays are told apart."""
    found = shown("district_totals", world_2024_2025, "from=2025-01&to=2025-12").table.set_index("district_code")
    assert pd.isna(found["incidents"][C])
    assert found["months_present"][C] == 0
    assert found["stray_incidents"][C] == 12
    assert found["incidents"][B] == 12
    assert found["stray_incidents"][B] == 0


def test_none_recorded_in_a_loaded_district_is_zero(world_2024_2025: Warehouse):
    found = shown("district_totals", world_2024_2025, "from=2025-01&to=2025-12&category=burglary").table
    found = found.set_index("district_code")
    assert found["incidents"][B] == 0
    assert pd.isna(found["incidents"][C])


# -- real data --------------------------------------------------------------------------------------------------------


@pytest.mark.shared_data
def test_real_thurrock(thurrock: Warehouse):
    assert shown("coverage_matrix", thurrock).sentence == (
        "2025 is complete for seven forces; eight months of 2024 are missing"
    )
    flow = shown("row_flow", thurrock, "from=2025-01&to=2025-12")
    assert list(flow.table["rows"]) == [713409, 799, 0, 10556, 684824, 17230]
    found = shown("district_totals", thurrock, "from=2025-01&to=2025-12").table.set_index("district_name")
    assert found["incidents"]["Thurrock"] == 17230
    for name in ("Havering", "Bexley", "Stockport", "Solihull"):
        assert found["months_present"][name] == 0
        assert pd.isna(found["incidents"][name])
