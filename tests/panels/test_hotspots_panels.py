"""The Hotspots page's panels: recounted from the store, the planted places found, hand-written options harmless."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.context import load_context
from analytics.panels import View, build_panel
from analytics.panels._hotspots import _area_words
from analytics.selection import Selection
from data.warehouse import Warehouse

TRUTHS = json.loads((Path(__file__).parents[2] / "data" / "demo" / "truths.json").read_text(encoding="utf-8"))


def select(warehouse: Warehouse, query: str = "") -> Selection:
    return Selection.from_query(query, load_context(warehouse))[0]


def incidents(warehouse: Warehouse, year: int, category: str | None = None) -> pd.DataFrame:
    rows = pd.read_parquet(warehouse.snapshot_dir / "incidents.parquet")
    rows = rows[rows["in_partnership"] & (pd.to_datetime(rows["month"]).dt.year == year)]
    return rows if category is None else rows[rows["category"] == category]


def test_cells_hold_every_placed_incident_once(demo: Warehouse):
    cells = build_panel("gi_star_cells", demo, select(demo, "category=vehicle-crime")).table
    rows = incidents(demo, 2024, "Vehicle crime")
    assert cells["incidents"].sum() <= len(rows)
    assert cells["incidents"].sum() >= 0.97 * rows["easting"].notna().sum()


def test_the_planted_retail_park_leads_the_vehicle_crime_list(demo: Warehouse):
    panel = build_panel("hotspot_list", demo, select(demo, "category=vehicle-crime"))
    first = panel.table.iloc[0]
    assert first["rank"] == 1
    rows = incidents(demo, 2024, "Vehicle crime")
    near = np.hypot(rows["easting"] - 630_100, rows["northing"] - 415_300) <= 300
    assert first["incidents"] >= 0.8 * near.sum()
    larkmoor = next(w.name for w in load_context(demo).wards if "Larkmoor" in w.name)
    assert larkmoor in str(first.to_dict().values())


@pytest.mark.parametrize("panel_id", ["hotspot_map", "hotspot_list", "gi_star_cells"])
@pytest.mark.parametrize(
    "query",
    ["", "layer=points", "layer=areas", "layer=change", "layer=nonsense", "cell=1", "cell=99999", "bandwidth=-5",
     "grid=hexagon&cell=500", "from=2019-01&to=2019-12", "category=bicycle-theft", "from=2024-05&to=2024-05"],
)  # fmt: skip
def test_every_address_gives_a_sound_panel(demo: Warehouse, panel_id: str, query: str):
    for view in (View("light", "wide"), View("dark", "narrow")):
        panel = build_panel(panel_id, demo, select(demo, query), view)
        assert panel.sentence
        assert len(panel.sentence) <= 90
        if panel.figure is not None:
            go.Figure(panel.figure)


def test_options_out_of_range_are_named(demo: Warehouse):
    for query in ("cell=1", "bandwidth=-5", "layer=nonsense"):
        assert Selection.from_query(query, load_context(demo))[1], query


def test_truths_are_those_tested_here():
    assert "Larkmoor" in json.dumps(TRUTHS)


def test_a_hotspot_that_reaches_over_says_so_in_its_name(demo: Warehouse):
    """The ward with most of its incidents, and the others as soon as a tenth lies outside it."""
    land = SimpleNamespace(names={"A": "Quay", "B": "Ropewalk", "C": "Hill"})
    words = {
        (95, 5): "Quay", (90, 10): "Quay and Ropewalk", (90, 6, 4): "Quay and 2 other wards", (91, 6, 3): "Quay",
        (5, 95): "Ropewalk", (100,): "Quay", (90, 10, 0): "Quay and Ropewalk",
    }  # fmt: skip
    for counts, expected in words.items():
        assert _area_words(pd.Series(dict(zip("ABC", map(float, counts), strict=False))), land) == expected
    land.names["B"] = "Ropewalk and Mill"
    assert _area_words(pd.Series({"A": 80.0, "B": 20.0}), land) == "Quay and one other ward"
    panel = build_panel("hotspot_list", demo, select(demo))
    assert [spot["ward"] for spot in panel.facts["spots"]] == list(panel.table["area"])
    for row in panel.table.to_dict("records"):
        assert row["area"].startswith(row["ward_name"])
        assert row["name"].startswith(row["area"])
    assert panel.table["area"].ne(panel.table["ward_name"]).any()
