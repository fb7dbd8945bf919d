"""Rank correlation: scipy's coefficient, an interval that covers, and silence where there is nothing to say."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from analytics.statistics.association import rank_correlation


def test_the_coefficient_is_scipys_with_ties():
    rng = np.random.default_rng(7)
    x, y = rng.integers(0, 8, 40), rng.integers(0, 8, 40)
    assert rank_correlation(x, y).value == pytest.approx(spearmanr(x, y).statistic)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    rho = 0.6
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's coefficient of a bivariate normal distribution
    held = 0
    for _ in range(400):
        x = rng.normal(size=20)
        found = rank_correlation(x, rho * x + np.sqrt(1 - rho**2) * rng.normal(size=20))
        held += found.lower_cl <= truth <= found.upper_cl
    assert 0.92 <= held / 400 <= 0.98


def test_a_pair_with_a_missing_figure_is_left_out():
    found = rank_correlation([1, 2, 3, 4, 5, None], [2, 1, 4, 3, 5, 9])
    assert found.n == 5


@pytest.mark.parametrize(("x", "y"), [([1, 2, 3, 4], [1, 2, 3, 4]), ([1] * 9, range(9)), ([], [])])
def test_no_coefficient_where_there_is_too_little(x, y):
    assert np.isnan(rank_correlation(list(x), list(y)).value)


def test_all_in_one_order():
    found = rank_correlation(range(6), [-v for v in range(6)])
    assert (found.value, found.lower_cl, found.upper_cl) == (-1.0, -1.0, -1.0)
