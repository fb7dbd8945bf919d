"""Beside the map: concentration, repeat locations, whether hotspots hold, one area; recounted from the store."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.context import load_context
from analytics.panels import Panel, View, build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse

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
    row = panel.table.set_index(["method", "area_pct"]).loc[("Hotspots (Gi*)", 1.0)]
    assert row["lower_cl"] > 5
    assert 0 < row["pei"] < 1
    assert row["months"] == 12
    assert panel.sentence.startswith("Hotspots hold")


def test_no_month_is_foretold_across_july_2022(demo: Warehouse) -> None:
    panel = ask(demo, "hotspots_hold", "from=2022-07&to=2023-06")
    assert panel.state == "too_few"
    assert "July 2022" in panel.message
    assert set(ask(demo, "hotspots_hold", "from=2022-07&to=2023-12").table["months"]) == {6}


# ---- Every address ------------------------------------------------------------------------------------------------

PANELS = ["hotspot_list", "concentration", "repeat_locations", "hotspots_hold"]


@pytest.mark.parametrize("panel_id", PANELS)
@pytest.mark.parametrize(
    "query",
    ["", "units=cells", "units=nonsense", "from=2019-01&to=2019-12", "from=2022-05&to=2022-08",
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
