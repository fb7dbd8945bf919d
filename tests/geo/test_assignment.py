"""Points to areas, against the slow and obvious way."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.assignment import assign_areas, nearest_area
from tests.geo.shapes import ORIGIN, grid_of_squares, wiggly_wards

WARDS = wiggly_wards()
X0, Y0 = ORIGIN


def slow_assign(x: float, y: float, areas: gpd.GeoDataFrame) -> str | None:
    point = shapely.Point(x, y)
    containing = [code for code, shape in zip(areas["code"], areas.geometry, strict=True) if shape.intersects(point)]
    return min(containing, default=None)


def slow_nearest(x: float, y: float, areas: gpd.GeoDataFrame, max_distance: float = float("inf")) -> str | None:
    point = shapely.Point(x, y)
    distances = [(shape.distance(point), code) for code, shape in zip(areas["code"], areas.geometry, strict=True)]
    distance, code = min(distances)
    return code if distance <= max_distance else None


# Whole tens of metres, so that corners and edges of the squares are hit often, and points repeat.
coordinates = st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 350)), max_size=40)


@given(coordinates)
@settings(deadline=None)
def test_same_as_the_slow_way(tens: list[tuple[int, int]]) -> None:
    x = np.array([X0 + 10 * i for i, _ in tens])
    y = np.array([Y0 + 10 * j for _, j in tens])
    for areas in (WARDS, grid_of_squares().rename(columns={"WD25CD": "code"})):
        found = assign_areas(x, y, areas)
        nearest = nearest_area(x, y, areas)
        close = nearest_area(x, y, areas, max_distance=200)
        for k in range(len(tens)):
            expected = slow_assign(x[k], y[k], areas)
            assert (found.iloc[k] if pd.notna(found.iloc[k]) else None) == expected
            assert nearest.iloc[k] == slow_nearest(x[k], y[k], areas)
            assert (close.iloc[k] if pd.notna(close.iloc[k]) else None) == slow_nearest(x[k], y[k], areas, 200)
            if expected is not None:
                assert nearest.iloc[k] == expected


@pytest.mark.parametrize("seed", range(5))
def test_shared_edges_and_corners_do_not_depend_on_the_order_of_areas(seed: int) -> None:
    areas = grid_of_squares().rename(columns={"WD25CD": "code"}).sample(frac=1, random_state=seed)
    corner = assign_areas([X0 + 1000.0, X0 + 2000.0], [Y0 + 1000.0, Y0 + 1500.0], areas)
    assert corner.tolist() == ["E05000000", "E05000004"]
    assert nearest_area([X0 + 1000.0], [Y0 + 1000.0], areas).tolist() == ["E05000000"]


def test_points_without_location_belong_nowhere() -> None:
    found = assign_areas([np.nan, X0 + 500, X0 + 500], [Y0 + 500, np.nan, Y0 + 500], WARDS)
    assert found.isna().tolist() == [True, True, False]
    assert nearest_area([np.nan, np.inf], [Y0, Y0], WARDS).isna().all()


def test_carries_the_index_of_the_points() -> None:
    points = pd.DataFrame({"x": [X0 + 500, X0 + 1500], "y": [Y0 + 500, Y0 + 500]}, index=[7, 3])
    points["ward_code"] = assign_areas(points["x"], points["y"], WARDS)
    assert points["ward_code"].tolist() == ["E05000000", "E05000001"]


def test_no_points_and_no_areas() -> None:
    assert assign_areas([], [], WARDS).tolist() == []
    assert assign_areas([X0], [Y0], WARDS.iloc[:0]).isna().all()
    assert nearest_area([X0], [Y0], WARDS.iloc[:0]).isna().all()


def test_areas_without_shape_are_passed_over() -> None:
    areas = WARDS.copy()
    areas.loc[0, "geometry"] = None
    assert assign_areas([X0 + 500.0], [Y0 + 500.0], areas).isna().all()


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="one length"):
        assign_areas([1.0, 2.0], [1.0], WARDS)


def test_a_million_points_that_repeat_take_well_under_a_second() -> None:
    generator = np.random.default_rng(0)
    x, y = X0 + generator.uniform(-200, 3200, 10_000), Y0 + generator.uniform(-200, 3200, 10_000)
    repeated = generator.integers(0, 10_000, 1_000_000)
    start = time.perf_counter()
    found = assign_areas(x[repeated], y[repeated], WARDS)
    elapsed = time.perf_counter() - start
    once = assign_areas(x, y, WARDS)
    assert found.equals(once.iloc[repeated].reset_index(drop=True))
    assert elapsed < 3, "0.2 s on a quiet machine"
