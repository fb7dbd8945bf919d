"""The robust check gives the published values and takes neither gap nor season for a trend."""

import numpy as np
import pytest

from analytics.statistics.mann_kendall import mann_kendall

SERIES = [1, 3, 2, 4, 5, 4, 6, 7, 8, 7]


def test_published_values():
    check = mann_kendall(SERIES)

    assert check.s == 37
    assert check.variance == 123
    assert check.z == pytest.approx(3.2460, abs=5e-5)
    assert check.p_value == pytest.approx(0.00117, abs=5e-6)
    assert check.slope == pytest.approx(0.7143, abs=5e-5)
    assert check.lower_cl < check.slope < check.upper_cl


def test_many_series_at_once():
    check = mann_kendall([SERIES, SERIES[::-1], [4] * 10])

    assert check.s.tolist() == [37, -37, 0]
    assert check.z[2] == 0
    assert check.p_value[2] == 1
    assert check.slope[2] == 0


def test_time_counts_on_through_a_gap():
    check = mann_kendall([0, 1, None, None, 4, 5])

    assert check.slope == 1


def test_a_season_is_no_trend():
    season = np.tile(np.arange(12.0), 3)[6:30]  # ends on a high: a plain test sees a fall
    check = mann_kendall(season, seasons=np.tile(np.arange(12), 3)[6:30])

    assert check.s == 0
    assert check.slope == 0


def test_chance_is_called_a_trend_in_about_five_per_cent():
    p = mann_kendall(np.random.default_rng(14).normal(size=(5000, 24))).p_value

    assert np.mean(p < 0.05) == pytest.approx(0.048, abs=0.01)


def test_too_short_for_anything():
    assert np.isnan(mann_kendall([5]).z)
    assert np.isnan(mann_kendall([None, None, 3]).slope)
