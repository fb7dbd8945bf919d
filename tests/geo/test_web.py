"""Layers for the browser, sizes and labels."""

import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.areas import area_km2, label_points
from geo.projection import to_metres
from geo.web import dissolved, simplified, write_layer, write_outline
from tests.geo.shapes import grid_of_squares, wiggly_wards


def read_layer(path: Path) -> dict[str, shapely.Geometry]:
    """Shapes by feature id, in metres again."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {
        feature["id"]: shapely.transform(
            shapely.from_geojson(json.dumps(feature["geometry"])),
            lambda xy: np.column_stack(to_metres(xy[:, 0], xy[:, 1])),
        )
        for feature in features
    }


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_still_meet(tmp_path: Path, seed: int) -> None:
    wards = wiggly_wards(seed)
    write_layer(wards, tmp_path / "wards.geojson")
    shapes = read_layer(tmp_path / "wards.geojson")
    assert list(shapes) == wards["code"].tolist()
    vertices = sum(shapely.get_num_coordinates(shape) for shape in shapes.values())
    assert vertices < shapely.get_num_coordinates(wards.geometry.to_numpy()).sum() / 2
    union = shapely.union_all(list(shapes.values()))
    assert union.geom_type == "Polygon"
    assert len(union.interiors) == 0
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(union.area, rel=1e-6)
    for code, original in zip(wards["code"], wards.geometry, strict=True):
        assert shapes[code].is_valid
        assert shapely.hausdorff_distance(shapes[code], original) < 40
        assert shapes[code].area == pytest.approx(original.area, rel=0.02)


def test_what_a_feature_holds(tmp_path: Path) -> None:
    wards = wiggly_wards()
    wards.loc[0, "name"] = "Ynys Môn"
    write_layer(wards, tmp_path / "wards.geojson")
    text = (tmp_path / "wards.geojson").read_text(encoding="utf-8")
    first = json.loads(text)["features"][0]
    assert first["id"] == "E05000000"
    assert first["properties"] == {"code": "E05000000", "name": "Ynys Môn"}
    assert max(len(digits) for digits in re.findall(r"\.(\d+)", text)) <= 5
    ring = shapely.from_geojson(json.dumps(first["geometry"])).exterior
    assert ring.is_ccw


def test_outline_runs_along_the_edges_of_the_layer(tmp_path: Path) -> None:
    wards = wiggly_wards()
    write_layer(wards, tmp_path / "wards.geojson")
    write_outline(wards, tmp_path / "partnership.geojson", code="E22000001", name="Borough")
    outline = read_layer(tmp_path / "partnership.geojson")["E22000001"]
    of_layer = shapely.union_all(list(read_layer(tmp_path / "wards.geojson").values()))
    assert outline.symmetric_difference(of_layer).area < 1


def test_areas_without_shape_are_left_out(tmp_path: Path) -> None:
    wards = wiggly_wards()
    wards.loc[3, "geometry"] = None
    write_layer(wards, tmp_path / "wards.geojson")
    assert len(read_layer(tmp_path / "wards.geojson")) == 8
    write_layer(wards.iloc[[3]], tmp_path / "none.geojson")
    assert read_layer(tmp_path / "none.geojson") == {}


def test_neighbours_that_do_not_quite_meet_are_made_to() -> None:
    wards = wiggly_wards()
    moved = wards.geometry.to_numpy().copy()
    moved[4] = shapely.transform(moved[4], lambda xy: xy + 0.3)
    layer = simplified(gpd.GeoDataFrame(wards[["code", "name"]], geometry=moved, crs=wards.crs))
    assert len(layer) == 9
    assert not layer.geometry.is_empty.any()
    assert layer.geometry.is_valid.all()
    assert layer.geometry.iloc[4].area == pytest.approx(moved[4].area, rel=0.02)


def test_dissolved_has_no_inner_edges() -> None:
    whole = dissolved(grid_of_squares(), code="E22", name="All")
    assert whole.geometry.iloc[0].equals(shapely.box(*grid_of_squares().total_bounds))


def test_area_in_square_kilometres() -> None:
    assert area_km2(grid_of_squares()).tolist() == pytest.approx([1.0] * 6)
    missing = grid_of_squares()
    missing.loc[0, "geometry"] = None
    assert area_km2(missing).isna().tolist() == [True] + [False] * 5


def test_labels_lie_well_inside_even_a_crescent() -> None:
    crescent = shapely.Point(560_000, 178_000).buffer(1000).difference(shapely.Point(560_300, 178_000).buffer(900))
    areas = gpd.GeoDataFrame(
        {"code": ["A", "B"]}, geometry=[crescent, shapely.box(0, 0, 10, 10)], index=[5, 6], crs="EPSG:27700"
    )
    labels = label_points(areas)
    assert labels.index.tolist() == [5, 6]
    point = shapely.Point(labels["easting"].iloc[0], labels["northing"].iloc[0])
    assert crescent.contains(point)
    assert crescent.boundary.distance(point) > 150
    easting, northing = to_metres(labels["longitude"], labels["latitude"])
    np.testing.assert_allclose(easting, labels["easting"], atol=0.01)
    np.testing.assert_allclose(northing, labels["northing"], atol=0.01)


def test_area_without_shape_has_no_label() -> None:
    wards = wiggly_wards()
    wards.loc[0, "geometry"] = None
    labels = label_points(wards)
    assert labels.iloc[0].isna().all()
    assert labels.iloc[1:].notna().all(axis=None)
