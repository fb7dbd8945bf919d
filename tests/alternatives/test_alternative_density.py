"""Density a second time: the direct sum at every cell centre."""

import math

import numpy as np
import pytest

from analytics.statistics.density import density_at, density_grid

ORIGIN, SHAPE, CELL = (1000.0, -500.0), (25, 31), 80.0


def centres():
    rows, columns = np.indices(SHAPE)
    return np.column_stack([ORIGIN[0] + (columns.ravel() + 0.5) * CELL, ORIGIN[1] + (rows.ravel() + 0.5) * CELL])


def scattered(seed, n):
    rng = np.random.default_rng(seed)
    points = rng.uniform((500, -1000), (4000, 2000), (n, 2))
    points[n // 2 :] = points[rng.integers(0, n // 2, n - n // 2)]  # published points repeat
    return points, rng.uniform(0.5, 3, n)


def test_direct_sum_one_distance_at_a_time():
    points, weights = scattered(33, 12)
    places = [[1200, 0], [2500.5, 700.25]]
    slow = []
    for east, north in places:
        total = 0.0
        for (x, y), weight in zip(points, weights, strict=True):
            d = math.hypot(x - east, y - north)
            if d <= 450:
                total += weight * 3 / (math.pi * 450**2) * (1 - d**2 / 450**2) ** 2 * 1e6
        slow.append(total)

    assert density_at(points, places, bandwidth=450, weights=weights) == pytest.approx(slow)


@pytest.mark.parametrize("bandwidth", [60, 300, 500])
def test_exact_grid_is_the_direct_sum(bandwidth):
    points, weights = scattered(34, 200)
    grid = density_grid(points, origin=ORIGIN, shape=SHAPE, cell_size=CELL, bandwidth=bandwidth, weights=weights)

    direct = density_at(points, centres(), bandwidth=bandwidth, weights=weights)
    assert np.abs(grid.ravel() - direct).max() <= 1e-9 * direct.max()


@pytest.mark.parametrize("bandwidth", [60, 300, 500])
def test_fft_grid_is_the_direct_sum_over_points_moved_to_their_cell(bandwidth):
    points, weights = scattered(35, 200)
    grid = density_grid(
        points, origin=ORIGIN, shape=SHAPE, cell_size=CELL, bandwidth=bandwidth, weights=weights, method="fft"
    )

    moved = (np.floor((points - ORIGIN) / CELL) + 0.5) * CELL + ORIGIN
    direct = density_at(moved, centres(), bandwidth=bandwidth, weights=weights)
    assert np.abs(grid.ravel() - direct).max() <= 1e-6 * direct.max()
