"""Downloads for a map: the same figures as the table, in the right place, saying where they come from."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.context import load_context
from analytics.exports.formats import FORMATS, offered
from analytics.exports.geo import panel_geojson, panel_gpkg
from analytics.panels import Panel, build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse
from geo.projection import to_metres


@pytest.fixture(scope="module")
def listed(demo: Warehouse) -> Panel:
    selection, _ = Selection.from_query("category=vehicle-crime", load_context(demo))
    return build_panel("hotspot_list", demo, selection)


def test_geojson_holds_the_tables_figures_in_degrees(listed: Panel, demo: Warehouse) -> None:
    made = json.loads(panel_geojson(listed, load_context(demo)))
    features = made["features"]
    assert [f["properties"]["incidents"] for f in features] == listed.table["incidents"].tolist()
    assert [f["properties"]["name"] for f in features] == listed.table["name"].tolist()
    assert list(features[0]["properties"]) == [column.key for column in listed.columns]
    for feature, row in zip(features, listed.table.itertuples(), strict=True):
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        metres = shapely.transform(shape, lambda degrees: np.column_stack(to_metres(degrees[:, 0], degrees[:, 1])))
        assert shapely.area(metres) / 1e6 == pytest.approx(row.area_km2, rel=0.002)
        assert shapely.distance(metres, shapely.Point(row.easting, row.northing)) < 1
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shape))


def test_geojson_says_what_it_is(listed: Panel, demo: Warehouse) -> None:
    told = json.loads(panel_geojson(listed, load_context(demo)))["metadata"]
    assert told["Demonstration data"] == "every figure is invented"
    assert told["Finding"] == listed.sentence
    assert told["Licence"] == ["MIT, as the program"]
    assert listed.as_at in told["Snapshot"]
    assert told["Query"] == listed.query
    assert len(told["Caveat"]) == len(listed.caveats)


def test_geopackage_holds_the_same_in_metres(listed: Panel, demo: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "spots.gpkg"
    file.write_bytes(panel_gpkg(listed, load_context(demo)))
    frame = gpd.read_file(file, layer="hotspot_list")
    assert frame.crs.to_epsg() == 27700
    assert frame["incidents"].tolist() == listed.table["incidents"].tolist()
    assert frame["share"].to_numpy() == pytest.approx(listed.table["share"].to_numpy(dtype=float))
    assert (frame.area / 1e6).to_numpy() == pytest.approx(listed.table["area_km2"].to_numpy(), rel=0.002)
    assert frame["one_point"].dtype == bool
    with sqlite3.connect(file) as base:
        said = base.execute("SELECT description FROM gpkg_contents").fetchone()[0]
        titles = dict(base.execute("SELECT column_name, title FROM gpkg_data_columns").fetchall())
    assert "Demonstration data: every figure is invented" in said
    assert listed.as_at in said
    assert titles["held"] == "Re-runs it held in"


def test_missing_is_empty_and_never_zero(listed: Panel, demo: Warehouse, tmp_path: Path) -> None:
    table = listed.table.assign(change_pct=np.nan, change_upper_cl=np.inf, previous=pd.NA)
    panel = replace(listed, table=table)
    properties = json.loads(panel_geojson(panel, load_context(demo)))["features"][0]["properties"]
    assert properties["change_pct"] is properties["change_upper_cl"] is properties["previous"] is None
    (tmp_path / "x.gpkg").write_bytes(panel_gpkg(panel, load_context(demo)))
    frame = gpd.read_file(tmp_path / "x.gpkg")
    assert frame[["change_pct", "change_upper_cl", "previous"]].isna().all().all()


@pytest.mark.parametrize(
    ("panel_id", "query"),
    [("gi_star_cells", ""), ("gi_star_cells", "grid=lsoa"), ("hotspot_map", ""), ("hotspot_map", "layer=points"),
     ("hotspot_map", "layer=clusters"), ("hotspot_map", "layer=change"), ("hotspot_map", "layer=emerging"),
     ("hotspot_map", "layer=areas&zones=lsoa")],
)  # fmt: skip
def test_cells_and_every_layer_can_be_had_with_their_shapes(demo: Warehouse, panel_id: str, query: str) -> None:
    context = load_context(demo)
    selection, _ = Selection.from_query(f"category=vehicle-crime&{query}", context)
    panel = build_panel(panel_id, demo, selection)
    assert {each.ending for each in offered(panel)} >= {"geojson", "gpkg"}
    features = json.loads(panel_geojson(panel, context))["features"]
    assert len(features) == len(panel.table) > 0
    for feature, row in zip(features, panel.table.to_dict("records"), strict=True):
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        metres = shapely.transform(shape, lambda degrees: np.column_stack(to_metres(degrees[:, 0], degrees[:, 1])))
        if "area_km2" in row and not query:
            assert shapely.area(metres) / 1e6 == pytest.approx(row["area_km2"], rel=0.01, abs=1e-5)
        if "easting" in row:  # the middle of a cell at the water's edge may lie outside the part on land
            assert shapely.distance(metres, shapely.Point(row["easting"], row["northing"])) < 178
        assert row.get("ward_name") != ""


def test_a_panel_without_shapes_or_rows_has_the_csv_alone(listed: Panel, demo: Warehouse) -> None:
    assert [made.ending for made in offered(listed)] == list(FORMATS)
    for panel in (replace(listed, shapes=None), replace(listed, table=listed.table.head(0), shapes=[])):
        assert [made.ending for made in offered(panel)] == ["csv"]
    with pytest.raises(ValueError, match="no shapes"):
        panel_geojson(replace(listed, shapes=None), load_context(demo))
