"""Boundary files in all their forms, and every way they go wrong."""

import json
import pickle
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundaries import BoundaryError, join_boundaries, read_boundaries
from tests.geo.shapes import ORIGIN, grid_of_squares, write


def refused(path: Path, **options: str) -> BoundaryError:
    with pytest.raises(BoundaryError) as caught:
        read_boundaries(path, **options)
    error = caught.value
    assert path.name in str(error)
    assert error.remedy in str(error)
    assert "\n" not in str(error)
    return error


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "EPSG:3857"])
def test_same_areas_whatever_the_format_and_crs(tmp_path: Path, ending: str, crs: str) -> None:
    squares = grid_of_squares()
    path = write(squares.to_crs(crs), tmp_path / f"wards.{ending}")
    areas = read_boundaries(path)
    assert list(areas.columns) == ["code", "name", "district_code", "vintage", "geometry"]
    assert areas.crs.to_epsg() == 27700
    assert areas["code"].tolist() == squares["WD25CD"].tolist()
    assert areas["name"].tolist() == squares["WD25NM"].tolist()
    assert set(areas["district_code"]) == {"E06000099"}
    assert set(areas["vintage"]) == {"wd25"}
    assert areas.attrs["warnings"] == []
    # Within a few metres: GeoPandas may take another formula to degrees than ours back.
    np.testing.assert_allclose(areas.bounds, squares.bounds, atol=6)


def test_national_grid_metres_pass_through_untouched(tmp_path: Path) -> None:
    squares = grid_of_squares()
    areas = read_boundaries(write(squares, tmp_path / "wards.gpkg"))
    assert shapely.equals_exact(
        areas.geometry.to_numpy(), squares.geometry.to_numpy(), tolerance=0, normalize=True
    ).all()


@pytest.mark.parametrize("folder", ["", "Wards_2025/"])
def test_zipped_shapefile(tmp_path: Path, folder: str) -> None:
    write(grid_of_squares(), tmp_path / "wards.shp")
    with zipfile.ZipFile(tmp_path / "wards.zip", "w") as archive:
        for part in tmp_path.glob("wards.*"):
            if part.suffix != ".zip":
                archive.write(part, folder + part.name)
    assert len(read_boundaries(tmp_path / "wards.zip")) == 6


def test_geojson_without_crs_is_in_degrees(tmp_path: Path) -> None:
    path = write(grid_of_squares().to_crs("EPSG:4326"), tmp_path / "wards.geojson")
    content = json.loads(path.read_text())
    content.pop("crs", None)
    path.write_text(json.dumps(content))
    np.testing.assert_allclose(read_boundaries(path).bounds, grid_of_squares().bounds, atol=6)


@pytest.mark.parametrize(
    ("columns", "vintage"),
    [
        ({"WD25CD": "wd24cd", "WD25NM": "wd24nm", "LAD25CD": "lad24cd"}, "wd24"),
        ({"WD25CD": "LSOA21CD", "WD25NM": "LSOA21NM"}, "lsoa21"),
        ({"WD25CD": "LSOA11CD", "WD25NM": "LSOA11NM"}, "lsoa11"),
        ({"WD25CD": "ward24_code", "WD25NM": "ward24_name", "LAD25CD": "ltla24_code"}, "wd24"),
    ],
)
def test_columns_found_by_the_publishers_pattern(tmp_path: Path, columns: dict[str, str], vintage: str) -> None:
    path = write(grid_of_squares().rename(columns=columns), tmp_path / "areas.geojson")
    areas = read_boundaries(path)
    assert set(areas["vintage"]) == {vintage}
    assert areas["code"].iloc[0] == "E05000000"
    assert set(areas["district_code"]) == {"E06000099"}


def test_districts_and_files_without_district(tmp_path: Path) -> None:
    districts = grid_of_squares().drop(columns="LAD25CD").rename(columns={"WD25CD": "LAD25CD", "WD25NM": "LAD25NM"})
    areas = read_boundaries(write(districts, tmp_path / "districts.geojson"))
    assert set(areas["vintage"]) == {"lad25"}
    assert areas["district_code"].isna().all()


def test_columns_named_by_the_caller(tmp_path: Path) -> None:
    odd = grid_of_squares().rename(columns={"WD25CD": "Beat", "WD25NM": "Title", "LAD25CD": "Council"})
    path = write(odd, tmp_path / "beats.gpkg")
    areas = read_boundaries(path, code="Beat", name="Title", district="Council")
    assert set(areas["vintage"]) == {"beat"}
    assert set(areas["district_code"]) == {"E06000099"}
    error = refused(path, code="Beet", name="Title")
    assert error.code == "missing_column"
    assert "Beat, Title" in str(error)


@pytest.mark.parametrize("column", ["WD25CD", "WD25NM"])
def test_missing_column(tmp_path: Path, column: str) -> None:
    path = write(grid_of_squares().drop(columns=[column, "WD25NMW", "LAD25CD"]), tmp_path / "wards.geojson")
    assert refused(path).code == "missing_column"


def test_self_intersecting_area_is_repaired_and_reported(tmp_path: Path) -> None:
    squares = grid_of_squares()
    x, y = ORIGIN
    squares.loc[1, "geometry"] = shapely.Polygon([(x, y), (x + 900, y + 900), (x + 900, y), (x, y + 900)])  # a bow tie
    path = write(squares, tmp_path / "wards.geojson")
    areas = read_boundaries(path)
    assert areas.geometry.is_valid.all()
    assert areas.geometry.iloc[1].area == pytest.approx(900 * 900 / 2, rel=0.01)
    (warning,) = areas.attrs["warnings"]
    assert warning["code"] == "repaired_polygon"
    assert warning["file"] == str(path)
    assert warning["row"] == 2
    assert "Self-intersection" in warning["message"]


def test_repair_leaves_only_polygons(tmp_path: Path) -> None:
    squares = grid_of_squares()
    x, y = ORIGIN
    spike = [(x, y), (x + 900, y), (x + 900, y + 900), (x + 900, y + 2000), (x + 900, y + 900), (x, y + 900)]
    squares.loc[0, "geometry"] = shapely.Polygon(spike)
    areas = read_boundaries(write(squares, tmp_path / "wards.gpkg"))
    assert areas.geometry.iloc[0].geom_type in {"Polygon", "MultiPolygon"}
    assert areas.geometry.iloc[0].area == pytest.approx(810_000)


def test_no_crs(tmp_path: Path) -> None:
    path = write(grid_of_squares(), tmp_path / "wards.shp")
    path.with_suffix(".prj").unlink()
    assert refused(path).code == "no_crs"
    assert len(read_boundaries(path, crs="EPSG:27700")) == 6


def test_geopackage_of_unknown_crs(tmp_path: Path) -> None:
    path = write(grid_of_squares().set_crs(None, allow_override=True), tmp_path / "wards.gpkg")
    assert refused(path).code == "no_crs"


def test_crs_given_wins_over_the_files_own_and_says_so(tmp_path: Path) -> None:
    mislabelled = grid_of_squares().set_crs("EPSG:3857", allow_override=True)
    path = write(mislabelled, tmp_path / "wards.gpkg")
    areas = read_boundaries(path, crs="EPSG:27700")
    assert [warning["code"] for warning in areas.attrs["warnings"]] == ["crs_overridden"]
    np.testing.assert_allclose(areas.bounds, grid_of_squares().bounds)


def test_crs_nobody_knows(tmp_path: Path) -> None:
    assert refused(write(grid_of_squares(), tmp_path / "wards.gpkg"), crs="EPSG:999999").code == "unknown_crs"


def test_metres_labelled_as_degrees(tmp_path: Path) -> None:
    path = write(grid_of_squares(), tmp_path / "wards.geojson")
    content = json.loads(path.read_text())
    content.pop("crs")
    path.write_text(json.dumps(content))
    error = refused(path)
    assert error.code == "contradicts_crs"
    assert "EPSG:27700" in error.remedy
    assert len(read_boundaries(path, crs="EPSG:27700")) == 6


def test_degrees_labelled_as_metres(tmp_path: Path) -> None:
    degrees = grid_of_squares().to_crs("EPSG:4326").set_crs("EPSG:27700", allow_override=True)
    error = refused(write(degrees, tmp_path / "wards.gpkg"))
    assert error.code == "contradicts_crs"
    assert "EPSG:4326" in error.remedy


def test_latitude_before_longitude(tmp_path: Path) -> None:
    degrees = grid_of_squares().to_crs("EPSG:4326")
    swapped = shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    path = write(gpd.GeoDataFrame(degrees, geometry=swapped, crs="EPSG:4326"), tmp_path / "wards.geojson")
    error = refused(path)
    assert error.code == "contradicts_crs"
    assert "longitude" in error.message


def test_abroad(tmp_path: Path) -> None:
    paris = grid_of_squares().to_crs("EPSG:4326").translate(xoff=20.0)
    path = write(
        gpd.GeoDataFrame(grid_of_squares().drop(columns="geometry"), geometry=paris), tmp_path / "wards.geojson"
    )
    assert refused(path).code == "contradicts_crs"


def test_repeated_code(tmp_path: Path) -> None:
    squares = grid_of_squares()
    squares.loc[4, "WD25CD"] = "E05000001"
    error = refused(write(squares, tmp_path / "wards.geojson"))
    assert error.code == "repeated_code"
    assert error.row == 5
    assert "E05000001" in str(error)


@pytest.mark.parametrize("blank", [None, "  "])
def test_blank_code(tmp_path: Path, blank: str | None) -> None:
    squares = grid_of_squares()
    squares.loc[2, "WD25CD"] = blank
    error = refused(write(squares, tmp_path / "wards.geojson"))
    assert error.code == "blank_code"
    assert error.row == 3


def test_blank_name_falls_back_to_the_code(tmp_path: Path) -> None:
    squares = grid_of_squares()
    squares.loc[2, "WD25NM"] = None
    assert read_boundaries(write(squares, tmp_path / "wards.geojson"))["name"].iloc[2] == "E05000002"


@pytest.mark.parametrize(
    "shape", [shapely.Point(560_000, 178_000), shapely.LineString([(560_000, 178_000), (560_001, 178_001)])]
)
def test_not_a_polygon(tmp_path: Path, shape: shapely.Geometry) -> None:
    squares = grid_of_squares()
    squares.loc[3, "geometry"] = shape
    error = refused(write(squares, tmp_path / "wards.geojson"))
    assert error.code == "not_polygon"
    assert error.row == 4


def test_area_without_shape(tmp_path: Path) -> None:
    squares = grid_of_squares()
    squares.loc[3, "geometry"] = None
    error = refused(write(squares, tmp_path / "wards.gpkg"))
    assert error.code == "no_geometry"
    assert error.row == 4


def test_empty_layers(tmp_path: Path) -> None:
    assert refused(write(grid_of_squares().iloc[:0], tmp_path / "wards.gpkg")).code == "empty"
    (tmp_path / "wards.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert refused(tmp_path / "wards.geojson").code == "empty"


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("none.geojson", b""),
        ("cut.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea'),
        ("error.geojson", b'{"error": {"code": 400, "message": "Invalid URL"}}'),
        ("page.geojson", b"<html><body>Not found</body></html>"),
        ("cut.gpkg", b"SQLite format 3\x00 and then nothing"),
        ("alone.shp", b"\x00\x00\x27\x0a"),
        ("cut.zip", b"PK\x03\x04 and then nothing"),
        ("latin.geojson", '{"type": "FeatureCollection", "name": "Ynys Môn"}'.encode("latin-1")),
    ],
)
def test_not_a_boundary_file(tmp_path: Path, file_name: str, content: bytes) -> None:
    (tmp_path / file_name).write_bytes(content)
    assert refused(tmp_path / file_name).code == "unreadable"


def test_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "lookup.zip", "w") as archive:
        archive.writestr("lookup.csv", "a,b\n")
    assert refused(tmp_path / "lookup.zip").code == "unreadable"


def test_table_without_shapes(tmp_path: Path) -> None:
    (tmp_path / "wards.csv").write_text("WD25CD,WD25NM\nE05000001,One\n")
    assert refused(tmp_path / "wards.csv").code == "no_geometry"


def test_no_such_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "wards.geojson").code == "no_file"


def test_error_survives_a_process_boundary(tmp_path: Path) -> None:
    error = refused(tmp_path / "wards.geojson")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.code == "no_file"


def test_join_files_of_several_districts(tmp_path: Path) -> None:
    west, east = grid_of_squares(), grid_of_squares(prefix="E0500001")
    east["geometry"] = east.geometry.translate(xoff=-3000)
    frames = [read_boundaries(write(f, tmp_path / f"{n}.geojson")) for n, f in (("east", east), ("west", west))]
    both = join_boundaries(frames)
    assert len(both) == 12
    assert both["code"].is_monotonic_increasing
    assert both.crs.to_epsg() == 27700
    assert len(join_boundaries([frames[0], frames[0].copy()])) == 6


def test_join_refuses_mixed_vintages_and_contradicting_shapes(tmp_path: Path) -> None:
    older = grid_of_squares().rename(columns={"WD25CD": "WD24CD", "WD25NM": "WD24NM"})
    moved = grid_of_squares().translate(xoff=50)
    now = read_boundaries(write(grid_of_squares(), tmp_path / "now.geojson"))
    then = read_boundaries(write(older, tmp_path / "then.geojson"))
    other = read_boundaries(write(gpd.GeoDataFrame(grid_of_squares(), geometry=moved), tmp_path / "other.geojson"))
    with pytest.raises(BoundaryError, match=r"wd24.*wd25"):
        join_boundaries([now, then], ["now.geojson", "then.geojson"])
    with pytest.raises(BoundaryError, match="with another shape"):
        join_boundaries([now, other])
    with pytest.raises(BoundaryError, match="no boundary file"):
        join_boundaries([])


def test_join_keeps_the_warnings_of_all_files(tmp_path: Path) -> None:
    squares = grid_of_squares()
    x, y = ORIGIN
    squares.loc[0, "geometry"] = shapely.Polygon([(x, y), (x + 900, y + 900), (x + 900, y), (x, y + 900)])
    frame = read_boundaries(write(squares, tmp_path / "wards.geojson"))
    assert len(join_boundaries([frame]).attrs["warnings"]) == 1
    assert len(frame.attrs["warnings"]) == 1


def test_areas_can_be_written_to_parquet_with_their_warnings(tmp_path: Path) -> None:
    squares = grid_of_squares()
    x, y = ORIGIN
    squares.loc[0, "geometry"] = shapely.Polygon([(x, y), (x + 900, y + 900), (x + 900, y), (x, y + 900)])
    areas = read_boundaries(write(squares, tmp_path / "wards.geojson"))
    areas.to_parquet(tmp_path / "areas.parquet")
    assert len(pd.read_parquet(tmp_path / "areas.parquet")) == 6
