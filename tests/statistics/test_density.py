"""Density is per km², keeps every incident, and is the same by every route."""

import numpy as np
import pytest

from analytics.statistics.density import density_at, density_grid, quartic_kernel

GRID = {"origin": (0.0, 0.0), "shape": (60, 40), "cell_size": 50.0}


def test_published_values():
    assert quartic_kernel(0, 400) == pytest.approx(5.96831, abs=5e-6)
    assert quartic_kernel(200, 400) == pytest.approx(3.35717, abs=5e-6)
    assert quartic_kernel([400, 500], 400).tolist() == [0, 0]


def test_kernel_integrates_to_one_incident():
    distance = np.linspace(0, 400, 400_001)
    ring = quartic_kernel(distance, 400) / 1e6 * 2 * np.pi * distance

    assert np.trapezoid(ring, distance) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("method", ["exact", "fft"])
def test_grid_holds_every_incident_inside(method):
    points = np.random.default_rng(32).uniform((500, 500), (1500, 2500), (300, 2))
    grid = density_grid(points, **GRID, bandwidth=400, method=method)

    assert grid.sum() * 0.05**2 == pytest.approx(300, rel=1e-3)


@pytest.mark.parametrize("method", ["exact", "fft"])
def test_incidents_beyond_the_edge_count_as_far_as_the_bandwidth_reaches(method):
    inside = density_grid([[-100, 1025], [2100, 1025], [1025, 3300]], **GRID, bandwidth=400, method=method)
    far = density_grid([[-500, 1000], [3000, 1000], [1000, 9000]], **GRID, bandwidth=400, method=method)

    assert inside[20, 0] > 0
    assert inside[20, -1] > 0
    assert inside[-1, 20] > 0
    assert (far == 0).all()


@pytest.mark.parametrize("method", ["exact", "fft"])
def test_weights_are_repeated_points(method):
    once = density_grid([[800, 800], [900, 700]], weights=[3, 1], **GRID, bandwidth=300, method=method)
    thrice = density_grid([[800, 800]] * 3 + [[900, 700]], **GRID, bandwidth=300, method=method)

    assert once == pytest.approx(thrice, abs=1e-12)


def test_nothing_gives_an_empty_grid():
    assert (density_grid(np.empty((0, 2)), **GRID, bandwidth=400) == 0).all()
    assert (density_grid(np.empty((0, 2)), **GRID, bandwidth=400, method="fft") == 0).all()


@pytest.mark.parametrize(("key", "value"), [("bandwidth", 0), ("cell_size", -5), ("bandwidth", float("nan"))])
def test_impossible_sizes_are_refused(key, value):
    with pytest.raises(ValueError, match=key):
        density_grid([[1, 1]], **{**GRID, "bandwidth": 400, key: value})


def test_points_that_are_not_placed_are_refused():
    with pytest.raises(ValueError, match="not placed"):
        density_at([[np.nan, 1]], [[0, 0]], bandwidth=400)
