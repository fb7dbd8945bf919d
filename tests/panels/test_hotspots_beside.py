"""Beside the map: concentration, repeat locations, whether hotspots hold, one area; recounted from the store."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import shapely

from analytics.context import load_context
from analytics.exports.evidence import write_evidence
from analytics.panels import Panel, View, build_panel
from analytics.selection import Selection
from analytics.words import change
from data.warehouse import Warehouse
from pages._shared.markup import markup
from pages._shared.renderers import RENDERERS

YEAR = "from=2024-01&to=2024-12"


def ask(warehouse: Warehouse, panel_id: str, query: str = "", view: View | None = None) -> Panel:
    return build_panel(panel_id, warehouse, Selection.from_query(query, load_context(warehouse))[0], view)


def incidents(warehouse: Warehouse, first: str, last: str, category: str | None = None) -> pd.DataFrame:
    rows = pd.read_parquet(warehouse.snapshot_dir / "incidents.parquet")
    month = pd.to_datetime(rows["month"])
    rows = rows[rows["in_partnership"] & (month >= first) & (month <= last)]
    return rows if category is None else rows[rows["category"] == category]


# ---- Concentration ------------------------------------------------------------------------------------------------


def test_concentration_of_lsoas_is_a_plain_recount(demo: Warehouse) -> None:
    row = ask(demo, "concentration", f"{YEAR}&category=vehicle-crime").table.iloc[0]
    counts = incidents(demo, "2024-01-01", "2024-12-01", "Vehicle crime").groupby("lsoa_code").size()
    counts = np.sort(counts.to_numpy())[::-1]
    assert (row["unit"], row["places"], row["incidents"]) == ("LSOAs", 100, counts.sum())
    assert row["places_for_half"] == 1 + int(np.argmax(np.cumsum(counts) >= counts.sum() / 2))
    for share in (1, 5, 10, 25):
        assert row[f"top_{share}_pct"] == pytest.approx(100 * counts[:share].sum() / counts.sum())
        assert row[f"chance_top_{share}_pct"] < row[f"top_{share}_pct"]
    pairs = np.abs(np.subtract.outer(counts, counts)).sum()  # of the LSOAs with incidents; the others hold none
    empty = 100 - len(counts)
    pairs += 2 * empty * counts.sum()
    assert row["gini"] == pytest.approx(pairs / (2 * 100 * counts.sum()))


def test_concentration_counts_points_of_one_side_of_july_2022_only(demo: Warehouse) -> None:
    table = ask(demo, "concentration", YEAR).table.set_index("unit")
    rows = incidents(demo, "2022-07-01", "2024-12-01").dropna(subset=["easting"])
    assert table.loc["Published points", "places"] == len(rows.groupby(["easting", "northing"]))
    crossing = ask(demo, "concentration", "from=2022-05&to=2022-08&units=points")
    assert "Published points" not in set(crossing.table["unit"])
    assert any("replaced in July 2022" in words for words in crossing.caveats)


def test_the_finding_and_the_marks_are_the_tables(demo: Warehouse) -> None:
    panel = ask(demo, "concentration", f"{YEAR}&category=vehicle-crime&units=points")
    row = panel.table.set_index("unit").loc["Published points"]
    assert f"{row['places_for_half']:,} of {row['places']:,} published points" in panel.sentence
    assert panel.figure is not None
    assert panel.figure["data"][2]["y"] == pytest.approx([row[f"top_{s}_pct"] for s in (1, 5, 10, 25)])
    assert len(ask(demo, "concentration", f"{YEAR}&category=vehicle-crime&units=points").table) == 3


# ---- Repeat locations ---------------------------------------------------------------------------------------------


def test_repeat_locations_are_a_plain_recount(demo: Warehouse) -> None:
    table = ask(demo, "repeat_locations", YEAR).table
    rows = incidents(demo, "2024-01-01", "2024-12-01").dropna(subset=["easting"])
    grouped = rows.groupby(["easting", "northing"])
    counted = grouped.agg(incidents=("incident_id", "size"), months=("month", "nunique"), last=("month", "max"))
    again = counted[counted["incidents"] >= 2]
    assert len(table) == len(again)
    assert table["incidents"].is_monotonic_decreasing
    mine = table.set_index(["easting", "northing"]).sort_index()
    again = again.sort_index()
    assert mine["incidents"].tolist() == again["incidents"].tolist()
    assert mine["months_active"].tolist() == again["months"].tolist()
    assert pd.to_datetime(mine["last_month"]).tolist() == pd.to_datetime(again["last"]).tolist()
    first = table.iloc[0]
    kinds = grouped.get_group((first["easting"], first["northing"]))["category"].value_counts()
    assert first["categories"].startswith(f"{kinds.index[0]} {kinds.iloc[0]}")
    assert first["share"] == pytest.approx(100 * first["incidents"] / len(rows))


def test_repeat_locations_never_cross_july_2022(demo: Warehouse) -> None:
    panel = ask(demo, "repeat_locations", "from=2022-01&to=2022-12")
    assert set(panel.table["months"]) == {6}
    assert any("replaced in July 2022" in words for words in panel.caveats)
    rows = incidents(demo, "2022-07-01", "2022-12-01").dropna(subset=["easting"])
    assert panel.table["incidents"].iloc[0] == rows.groupby(["easting", "northing"]).size().max()
    before = ask(demo, "repeat_locations", "from=2022-01&to=2022-06")
    assert set(before.table["months"]) == {6}
    assert not any("replaced" in words for words in before.caveats)


# ---- Do they hold? ------------------------------------------------------------------------------------------------


def _even_hits(before: pd.Series, after: pd.Series, area: pd.Series, share: float) -> float:
    """What counts catch: cells by incidents per km², those alike searched in proportion."""
    frame = pd.DataFrame({"score": before / area, "after": after, "area": area}).fillna(0)
    left, hits = share * area.sum(), 0.0
    for _, alike in sorted(frame.groupby("score"), key=lambda pair: -pair[0]):
        part = min(1.0, left / alike["area"].sum())
        hits, left = hits + part * alike["after"].sum(), left - part * alike["area"].sum()
    return hits


def test_the_baselines_are_a_plain_recount_month_by_month(demo: Warehouse) -> None:
    table = ask(demo, "hotspots_hold", f"{YEAR}&category=burglary").table.set_index(["method", "area_pct"])
    cells = ask(demo, "gi_star_cells", f"{YEAR}&category=burglary").table
    area = cells.set_index(["easting", "northing"])["area_km2"]
    rows = incidents(demo, "2023-01-01", "2024-12-01", "Burglary").dropna(subset=["easting"])
    middle = [np.floor(rows[part] / 250) * 250 + 125 for part in ("easting", "northing")]
    month = pd.to_datetime(rows["month"])
    counted = rows.groupby([*middle, month.rename("month")]).size().unstack(fill_value=0)
    counted = counted.reindex(area.index, fill_value=0)
    year = hits = same = 0.0
    for target in pd.date_range("2024-01-01", "2024-12-01", freq="MS"):
        before = [target - pd.DateOffset(months=back) for back in range(1, 13)]
        hits += _even_hits(counted[before].sum(axis=1), counted[target], area, 0.05)
        same += _even_hits(counted[before[-1]], counted[target], area, 0.05)
        year += counted[target].sum()
    row = table.loc[("Last 12 months’ counts", 5.0)]
    assert row["incidents"] == year
    assert row["caught"] == pytest.approx(hits)
    assert row["pai"] == pytest.approx(hits / year / 0.05)
    assert row["pei"] == pytest.approx(hits / row["best"])
    assert table.loc[("Same month last year", 5.0), "caught"] == pytest.approx(same)


def test_the_planted_hotspots_of_vehicle_crime_hold_beyond_chance(demo: Warehouse) -> None:
    panel = ask(demo, "hotspots_hold", f"{YEAR}&category=vehicle-crime")
    row = panel.table.set_index(["method", "area_pct"]).loc[("Hotspots", 1.0)]
    assert row["lower_cl"] > 5
    assert 0 < row["pei"] < 1
    assert row["months"] == 12
    assert panel.sentence.startswith("Hotspots hold")


def test_no_month_is_foretold_across_july_2022(demo: Warehouse) -> None:
    panel = ask(demo, "hotspots_hold", "from=2022-07&to=2023-06")
    assert panel.state == "too_few"
    assert "July 2022" in panel.message
    assert set(ask(demo, "hotspots_hold", "from=2022-07&to=2023-12").table["months"]) == {6}


# ---- One area -----------------------------------------------------------------------------------------------------

TRIANGLE = [(625_000, 411_000), (628_500, 411_500), (626_000, 414_500)]
DRAWN = "area=" + ",".join(f"{x},{y}" for x, y in TRIANGLE)


def _inside(x: float, y: float, ring: list[tuple[int, int]]) -> bool:
    """Whether a line from the point to the east crosses the ring an odd number of times."""
    crossed = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed = not crossed
    return crossed


def _by_category_and_month(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby(["category", pd.to_datetime(rows["month"]).dt.strftime("%Y-%m")]).size().unstack(fill_value=0)


@pytest.mark.parametrize(
    ("query", "column", "code"),
    [("area=E05999004", "ward_code", "E05999004"), ("area=E01990007", "lsoa_code", "E01990007")],
)
def test_a_ward_or_lsoa_is_a_plain_recount(demo: Warehouse, query: str, column: str, code: str) -> None:
    panel = ask(demo, "area_profile", f"{YEAR}&{query}")
    rows = incidents(demo, "2023-01-01", "2024-12-01")
    rows = rows[rows[column] == code]
    now = rows[pd.to_datetime(rows["month"]).dt.year == 2024]
    wanted = _by_category_and_month(now)
    table = panel.table.set_index("category")
    assert table["incidents"].sum() == panel.total["incidents"] == len(now)
    for category, counts in wanted.iterrows():
        assert table.loc[category, list(counts.index)].tolist() == counts.tolist()
        before = rows[(rows["category"] == category) & (pd.to_datetime(rows["month"]).dt.year == 2023)]
        assert table.loc[category, "previous"] == len(before)
    areas = pd.read_parquet(demo.snapshot_dir / "areas.parquet").set_index("code")
    people = areas.loc[code, "population"]
    assert panel.total["rate_per_1000"] == pytest.approx(1000 * len(now) / people)


def test_a_drawn_area_holds_the_points_inside_it(demo: Warehouse) -> None:
    panel = ask(demo, "area_profile", f"{YEAR}&{DRAWN}")
    rows = incidents(demo, "2024-01-01", "2024-12-01").dropna(subset=["easting"])
    mine = rows[[_inside(x, y, TRIANGLE) for x, y in zip(rows["easting"], rows["northing"], strict=True)]]
    wanted = _by_category_and_month(mine)
    table = panel.table.set_index("category")
    assert panel.total["incidents"] == len(mine)
    assert table.loc[wanted.index, wanted.columns].astype(int).equals(wanted.astype(int).rename_axis(columns=None))
    areas = gpd.read_parquet(demo.snapshot_dir / "areas.parquet")
    wards = areas[areas["area_type"] == "ward"]
    land = wards.intersection(shapely.Polygon(TRIANGLE)).area.sum() / 1e6
    assert panel.total["area_km2"] == pytest.approx(land, rel=0.001)
    assert "per 1,000" not in panel.sentence  # most of it lies where most people are visitors
    assert any("many visitors" in words for words in panel.caveats)


def test_the_residents_of_a_drawn_area_are_shared_out(demo: Warehouse) -> None:
    """Given an area around the whole borough, then its residents are all of them."""
    panel = ask(demo, "area_profile", f"{YEAR}&area=600000,400000,650000,400000,650000,440000,600000,440000")
    areas = pd.read_parquet(demo.snapshot_dir / "areas.parquet")
    everyone = areas.loc[areas["area_type"] == "lsoa", "population"].sum()
    assert panel.total["denominator"] == pytest.approx(everyone, rel=1e-6)
    rows = incidents(demo, "2024-01-01", "2024-12-01").dropna(subset=["easting"])
    assert panel.total["incidents"] == pytest.approx(len(rows), abs=len(rows) * 0.001)


def test_nothing_below_an_lsoa_is_compared_across_july_2022(demo: Warehouse) -> None:
    across = "from=2022-07&to=2022-12"
    drawn = ask(demo, "area_profile", f"{across}&{DRAWN}")
    assert drawn.table["change_pct"].isna().all()
    assert set(drawn.table["verdict"]) == {"no data"}
    assert any("replaced in July 2022" in words for words in drawn.caveats)
    ward = ask(demo, "area_profile", f"{across}&area=E05999001")
    assert ward.table["change_pct"].notna().any()
    assert ask(demo, "area_profile", f"{YEAR}&{DRAWN}").table["change_pct"].notna().any()


def test_the_change_of_an_area_is_written_whether_sure_or_not(demo: Warehouse) -> None:
    panel = ask(demo, "area_profile", f"{YEAR}&area=E05999001")
    written = str(panel.figure)
    unsure = panel.table[panel.table["verdict"] == "no clear change"]
    assert len(unsure)
    assert all(change(value) in written.replace("\\u202f", "\u202f") for value in unsure["change_pct"])


def test_an_unsure_change_with_an_interval_clear_of_zero_is_explained(thurrock: Warehouse) -> None:
    panel = ask(thurrock, "hotspot_list", "from=2025-01&to=2025-12")
    table = panel.table
    clear = (table["change_lower_cl"] > 0) | (table["change_upper_cl"] < 0)
    assert (clear & (table["verdict"] == "no clear change")).any()
    assert any("all places judged together" in words for words in panel.caveats)


def test_a_place_larger_than_the_ward_it_is_named_after_is_explained(demo: Warehouse) -> None:
    panel = ask(demo, "hotspot_list", YEAR)
    first = panel.table.iloc[0]
    code = next(w.code for w in load_context(demo).wards if first["name"].startswith(w.name))
    ward = ask(demo, "area_profile", f"{YEAR}&area={code}")
    assert first["incidents"] > ward.total["incidents"]
    assert "other wards" in first["name"] or " and " in first["area"]
    assert any("of others where they hold a tenth" in words for words in panel.caveats)


def test_a_hotspot_holds_what_the_list_says(demo: Warehouse) -> None:
    listed = ask(demo, "hotspot_list", f"{YEAR}&category=vehicle-crime").table
    for row in listed.head(3).itertuples():
        panel = ask(demo, "area_profile", f"{YEAR}&category=vehicle-crime&spot={row.rank}")
        assert panel.table["incidents"].sum() == row.incidents
        assert panel.table["per_km2"].iloc[0] == pytest.approx(row.incidents / row.area_km2, rel=1e-3)


def test_an_area_written_by_hand_is_used_or_named(demo: Warehouse) -> None:
    context = load_context(demo)
    used, warnings = Selection.from_query("area=625004 411006;628500,411500 626000,414500", context)
    assert used.area == "625000,411010,628500,411500,626000,414500"
    assert warnings == ()
    assert Selection.from_query(used.to_query(), context)[0].area == used.area
    for bad in ("625000,411000", "1,2,3,4,5", "9999999,1,2,3,4,5", "a,b,c,d,e,f", ",".join(["1"] * 82), "E05000000"):
        selection, warnings = Selection.from_query(f"area={bad}", context)
        assert selection.area is None, bad
        assert "“area”" in warnings[0], bad
    outside = ask(demo, "area_profile", "area=1,2,300,4,500,600")
    assert outside.state == "elsewhere"
    assert "outside" in outside.message
    crossing = ask(demo, "area_profile", "area=625000,411000,627000,413000,627000,411000,625000,413000")
    assert any("cross each other" in words for words in crossing.caveats)


# ---- Screen, evidence, real data ----------------------------------------------------------------------------------


def test_the_evidence_holds_the_figures_of_the_screen(demo: Warehouse, tmp_path: Path) -> None:
    query = f"{YEAR}&category=vehicle-crime"
    ids = ["hotspot_list", "gi_star_cells", "concentration", "repeat_locations", "hotspots_hold", "area_profile"]
    assert write_evidence(demo, tmp_path, query, panels=ids).failed == ()
    listed = pd.read_csv(tmp_path / "hotspot_list.csv")
    shown = markup(RENDERERS["spots"].build(ask(demo, "hotspot_list", query)))
    for row in listed.itertuples():
        for words in (row.ward_name, row.places, f"{row.incidents:,}", f"held in {row.held} of {row.runs}"):
            assert words in shown
    cells = pd.read_csv(tmp_path / "gi_star_cells.csv")
    by_spot = cells.dropna(subset=["hotspot"]).groupby("hotspot")["incidents"].sum()
    assert by_spot.tolist() == listed["incidents"].tolist()
    row = pd.read_csv(tmp_path / "concentration.csv").iloc[0]
    assert f"{row.places_for_half:.0f} of {row.places:.0f} LSOAs" in ask(demo, "concentration", query).sentence
    points = pd.read_csv(tmp_path / "repeat_locations.csv")
    assert f"{points['share'].head(10).sum():.0f}" in ask(demo, "repeat_locations", query).sentence


def test_one_point_and_one_incident_are_worded(demo: Warehouse) -> None:
    """Given a month and ward with a single incident, then no figure claims a pattern."""
    rows = incidents(demo, "2024-01-01", "2024-12-01").dropna(subset=["easting"])
    counted = rows.groupby(["category", "ward_code", "month"]).size()
    category, ward, month = counted[counted == 1].index[0]
    context = load_context(demo)
    slug = context.category(category).slug
    query = f"category={slug}&ward={ward}&from={month:%Y-%m}&to={month:%Y-%m}"
    assert ask(demo, "concentration", query).state == "too_few"
    assert "1 of" in ask(demo, "concentration", query).sentence
    assert ask(demo, "repeat_locations", query).sentence == "No point has a second incident"
    assert ask(demo, "hotspot_list", query).table.empty
    profile = ask(demo, "area_profile", f"{query}&area={ward}")
    assert "1 incident" in profile.sentence
    assert "incidents" not in profile.sentence


def test_an_empty_selection_is_a_true_zero(demo: Warehouse) -> None:
    context = load_context(demo)
    rows = incidents(demo, "2024-01-01", "2024-12-01", "Robbery")
    counted = rows.groupby(["ward_code", "month"]).size()
    months = sorted(rows["month"].unique())
    ward, month = next((w.code, m) for w in context.wards for m in months if (w.code, m) not in counted.index)
    query = f"category=robbery&ward={ward}&from={month:%Y-%m}&to={month:%Y-%m}"
    for panel_id in ("hotspot_list", "concentration", "repeat_locations", "area_profile"):
        panel = ask(demo, panel_id, query)
        assert panel.state == "none_recorded", panel_id
        assert "none recorded" in panel.sentence


def test_vehicle_crime_in_thurrock_2025(thurrock: Warehouse) -> None:
    query = "from=2025-01&to=2025-12&category=vehicle-crime"
    rows = incidents(thurrock, "2025-01-01", "2025-12-01", "Vehicle crime")
    panel = ask(thurrock, "hotspot_list", query)
    table = panel.table
    assert panel.sentence.replace("\u202f", " ") == "Eight places hold 49 % of vehicle crime"
    assert table["incidents"].tolist() == [332, 189, 176, 67, 39, 36, 22, 10]
    assert table["held"].tolist() == [10, 10, 10, 9, 10, 10, 5, 4]
    assert set(table["runs"]) == {10}
    assert table["name"].iloc[2] == "Grays Riverside and 2 other wards: Argyll Road and Exmouth Road"
    assert table["share"].sum() == pytest.approx(100 * table["incidents"].sum() / len(rows))
    assert any("4 are loaded without a gap" in words for words in panel.caveats)
    assert ask(thurrock, "concentration", query).table["places_for_half"].iloc[0] == 20
    assert ask(thurrock, "concentration", query).table["incidents"].tolist() == [len(rows)] * 3
    first = ask(thurrock, "repeat_locations", query).table.iloc[0]
    assert (first["place"], first["incidents"], first["months_active"]) == ("Motorway Service Area", 60, 12)
    hold = ask(thurrock, "hotspots_hold", query)
    assert hold.state == "too_few"
    assert "no month" in hold.message


# ---- Every address ------------------------------------------------------------------------------------------------

PANELS = ["hotspot_list", "concentration", "repeat_locations", "hotspots_hold", "area_profile"]


@pytest.mark.parametrize("panel_id", PANELS)
@pytest.mark.parametrize(
    "query",
    ["", "units=cells", "units=nonsense", "grid=lsoa&units=cells", "area=nonsense", "spot=2", "spot=44",
     "area=E01990001", "area=E01999999", "area=1,2,3,4,5,6",
     "area=625000,411000,627000,413000,627000,411000,625000,413000",
     "from=2019-01&to=2019-12", "from=2022-05&to=2022-08",
     "from=2024-05&to=2024-05",
     "category=bicycle-theft&ward=E05999011", "category=theft-from-the-person&ward=E05999016&from=2024-02&to=2024-02"],
)  # fmt: skip
def test_every_address_gives_a_sound_panel(demo: Warehouse, panel_id: str, query: str) -> None:
    for view in (View("light", "wide"), View("dark", "narrow")):
        panel = ask(demo, panel_id, query, view)
        assert panel.sentence
        assert len(panel.sentence) <= 90
        assert "nan" not in (panel.sentence + panel.subtitle + panel.message).lower().split()
        assert panel.state == "ready" or panel.message
        if panel.figure is not None:
            go.Figure(panel.figure)


def test_a_change_of_fewer_months_than_the_period_names_them(thurrock: Warehouse) -> None:
    """Of 2025 only January to April can be compared: list, area panel and matrix say so where the change stands."""
    query = "from=2025-01&to=2025-12"
    months = "Jan to Apr 2025 against Jan to Apr 2024"
    for panel_id in ("hotspot_list", "area_profile", "priority_matrix"):
        assert f"change: {months}" in ask(thurrock, panel_id, query).subtitle, panel_id
    ward = ask(thurrock, "area_profile", query)
    assert "; Jan to Apr 2025" in ward.sentence
    spot = ask(thurrock, "area_profile", f"{query}&spot=1")
    assert "per 1,000" not in spot.sentence
    assert any("says little" in words for words in spot.caveats)


def test_rows_without_a_place_are_one_share_everywhere(demo: Warehouse) -> None:
    """The share is of all rows kept, placed or not, with its count and base, as under the Overview."""
    line = ask(demo, "coverage_line", YEAR)
    said = f"({line.facts['not_placed']:,} of {line.facts['kept']:,})"
    share = line.caveats[0].split(" of ")[0]
    for panel_id in ("hotspot_list", "area_profile", "repeat_locations"):
        words = next(one for one in ask(demo, panel_id, YEAR).caveats if "have no place" in one)
        assert said in words, panel_id
        assert share in words, panel_id
