"""Overlays: the analyst's own files in the store, on the map, and one clear message where they cannot be used."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from analytics.context import load_context
from analytics.panels import View, build_panel
from analytics.selection import Selection
from data.config import read_config
from data.errors import LoadError
from data.warehouse import Warehouse
from geo.errors import BoundaryError

from .world import SOUTH, W1, W3, WEST, World, row


def overlay(world: World, name: str, shapes: list, *, of: str | None = "EPSG:27700", **keys: str) -> World:
    """Put a GeoPackage of shapes into the world and name it in the configuration."""
    file = f"{name}.gpkg".replace(" ", "-")
    frame = gpd.GeoDataFrame({"REF": [f"No {i}" for i in range(len(shapes))]}, geometry=shapes, crs=of)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one without a CRS is meant
        frame.to_file(world.folder / file, driver="GPKG")
    lines = {"name": name, "file": file, **keys}
    world.more += "\n[[overlays]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in lines.items()) + "\n"
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World.make(tmp_path)
    made.street([row(W1), row(W1), row(W3)])
    return made


CAMERAS = [shapely.Point(WEST + 500, SOUTH + 500), shapely.Point(WEST + 900, SOUTH + 1500)]


def test_points_lines_and_areas_are_kept_and_drawn(world: World):
    far = shapely.Point(WEST + 90_000, SOUTH)
    overlay(world, "CCTV", [*CAMERAS, far], label="REF")
    overlay(world, "Bus routes", [shapely.LineString([(WEST, SOUTH), (WEST + 900, SOUTH + 900)])])
    overlay(world, "Schools", [shapely.box(WEST, SOUTH, WEST + 90, SOUTH + 90)])
    world.build()
    assert world.query("SELECT overlay, kind, label FROM overlays ORDER BY overlay_order, label") == [
        ("cctv", "point", "No 0"), ("cctv", "point", "No 1"), ("bus-routes", "line", None), ("schools", "area", None),
    ]  # fmt: skip
    warehouse = Warehouse(world.store)
    context = load_context(warehouse)
    assert context.overlays == (("cctv", "CCTV"), ("bus-routes", "Bus routes"), ("schools", "Schools"))

    def words(query: str) -> str:
        selection, said = Selection.from_query(query, context)
        assert not said
        figure = build_panel("hotspot_map", warehouse, selection, View("dark", "narrow")).figure
        return json.dumps([figure["data"], figure["layout"]["annotations"]])

    everything = words("")
    assert all(name in everything for name in ("<b>No 0</b><br>CCTV", "Bus routes", "Schools"))
    assert "No 2" not in everything, "a place far from the partnership is left out"
    one = words("overlay=schools")
    assert "Schools" in one
    assert "CCTV" not in one
    assert "Schools" not in words("overlay=none")
    assert Selection.from_query("overlay=pubs", context)[1] == (
        "“pubs” in the address is no overlay known here and was ignored.",
    )


def test_an_overlay_in_degrees_lies_where_it_belongs(world: World):
    degrees = gpd.GeoSeries(CAMERAS, crs="EPSG:27700").to_crs("EPSG:4326")
    overlay(world, "CCTV", list(degrees), of="EPSG:4326")
    world.build()
    [(shape,)] = world.query("SELECT shape FROM overlays ORDER BY shape LIMIT 1")
    assert min(shapely.from_wkb(bytes(shape)).distance(camera) for camera in CAMERAS) < 10


@pytest.mark.parametrize(
    ("of", "keys", "words"),
    [
        (None, {}, "does not say which coordinate reference system"),
        ("EPSG:27700", {"crs": "EPSG:99999"}, "is not one that is known"),
        ("EPSG:27700", {"crs": "EPSG:4326"}, "look like metres of the British National Grid"),
        ("EPSG:27700", {"label": "NAME"}, "there is no column 'NAME'"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_build_with_one_message(world: World, of, keys, words):
    overlay(world, "CCTV", CAMERAS, of=of, **keys)
    with pytest.raises(BoundaryError, match=words) as raised:
        world.build()
    assert "CCTV.gpkg" in str(raised.value)
    assert not (world.store / "CURRENT").exists()


def test_an_overlay_of_another_place_is_refused(world: World):
    overlay(world, "CCTV", [shapely.Point(250_000, 650_000)])
    with pytest.raises(LoadError, match="none of the 1 places of the overlay 'CCTV'"):
        world.build()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[[overlays]]\nfile = "wards.geojson"', "name"),
        ('[[overlays]]\nname = "CCTV"', "file"),
        ('[[overlays]]\nname = "CCTV"\nfile = "nowhere.gpkg"', "no file 'nowhere.gpkg'"),
        ('[[overlays]]\nname = "None"\nfile = "wards.geojson"', "cannot be a name"),
        ('[[overlays]]\nname = "A"\nfile = "wards.geojson"\ncolour = "red"', "colour"),
        ('[[overlays]]\nname = "A"\nfile = "wards.geojson"\n[[overlays]]\nname = "a"\nfile = "wards.geojson"', "two"),
    ],
)
def test_a_wrong_configuration_is_named(world: World, more: str, words: str):
    world.more = more
    with pytest.raises(LoadError, match=words):
        read_config(world.config())
