"""Regions above a level: as large as counting fine squares says, nested, with their holes."""

import numpy as np
import pytest
import shapely
from scipy.ndimage import gaussian_filter, zoom

from geo.contours import regions_above

SIZE = 20.0


def hills(seed=3, side=40):
    return gaussian_filter(np.random.default_rng(seed).gamma(1, 4, (side, side)), 2.5)


def test_area_by_counting_fine_squares():
    z = hills()
    levels = np.quantile(z, [0.3, 0.6, 0.9])
    fine = zoom(z, 20, order=1, grid_mode=False)
    whole = ((z.shape[0] - 1) * SIZE) ** 2
    for level, region in zip(levels, regions_above(z, levels, origin=(100, 200), cell_size=SIZE), strict=True):
        assert region.is_valid
        assert region.area / whole == pytest.approx((fine >= level).mean(), abs=0.01)


def test_the_higher_lies_in_the_lower_and_where_the_values_are():
    z = hills(4)
    low, high = regions_above(z, [float(np.median(z)), float(np.quantile(z, 0.9))], origin=(0, 0), cell_size=SIZE)
    assert low.buffer(1e-6).contains(high)
    row, column = np.unravel_index(z.argmax(), z.shape)
    assert high.covers(shapely.Point((column + 0.5) * SIZE, (row + 0.5) * SIZE))


def test_a_crater_is_a_hole():
    z = np.full((9, 9), 5.0)
    z[4, 4] = 0
    z[[0, -1], :] = z[:, [0, -1]] = 0
    (region,) = regions_above(z, [2.5], origin=(0, 0), cell_size=10)
    assert len(shapely.get_parts(region)) == 1
    assert len(region.interiors if region.geom_type == "Polygon" else region.geoms[0].interiors) == 1


def test_nothing_reaches_the_level():
    (region,) = regions_above(np.zeros((3, 3)), [1], origin=(0, 0), cell_size=10)
    assert region.is_empty
