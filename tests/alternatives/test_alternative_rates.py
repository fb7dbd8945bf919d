"""Rates a second time, slowly: one figure at a time, from the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analytics.statistics.rates import (
    crime_rate,
    difference_from_whole,
    dispersion,
    interval_p_value,
    proportion,
    proportion_difference,
)

confidences = st.sampled_from([0.8, 0.9, 0.95, 0.998])


def slow_count_interval(x, confidence, phi):
    """Exact limits by asking which Poisson mean leaves the tail; Byar's by its formula; then the roots moved out."""
    tail = (1 - confidence) / 2
    z = stats.norm.isf(tail)
    if x >= 10:
        lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
        upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * math.sqrt(x + 1))) ** 3
    else:
        lower = optimize.brentq(lambda m: stats.poisson.sf(x - 1, m) - tail, 0, 50) if x else 0.0
        upper = optimize.brentq(lambda m: stats.poisson.cdf(x, m) - tail, 0, 50)
    factor = math.sqrt(max(phi, 1))
    low_root = math.sqrt(x) - factor * (math.sqrt(x) - math.sqrt(lower))
    high_root = math.sqrt(x) + factor * (math.sqrt(upper) - math.sqrt(x))
    return max(low_root, 0) ** 2, high_root**2


@settings(deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=8), confidences, st.floats(0.2, 12))
def test_crime_rate(counts, confidence, phi):
    fast = crime_rate(counts, 250, confidence=confidence, dispersion=phi)

    slow = [[limit * 1000 / 250 for limit in slow_count_interval(x, confidence, phi)] for x in counts]
    assert np.column_stack([fast.lower_cl, fast.upper_cl]) == pytest.approx(np.array(slow), rel=1e-8, abs=1e-8)


def slow_wilson(p, n, z):
    """The shares q whose own normal test does not reject p: |p − q| = z √(q(1 − q)/n), solved by looking for it."""

    def excess(q):
        return (p - q) ** 2 - z**2 * q * (1 - q) / n

    inside = min(max(p, 1e-9), 1 - 1e-9)
    lower = optimize.brentq(excess, 0, inside) if p > 0 else 0.0
    upper = optimize.brentq(excess, inside, 1) if p < 1 else 1.0
    return lower, upper


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(0, 400), confidences, st.floats(0.5, 4))
def test_proportion(trials, successes, confidence, deff):
    successes = min(successes, trials)
    fast = proportion(successes, trials, confidence=confidence, design_effect=deff)

    slow = slow_wilson(successes / trials, trials / deff, stats.norm.isf((1 - confidence) / 2))
    assert (float(fast.lower_cl), float(fast.upper_cl)) == pytest.approx(slow, abs=1e-6)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(60, 90), st.integers(0, 40), st.integers(40, 70))
def test_proportion_difference(x, n, y, m):
    fast = proportion_difference(x, n, y, m)

    z = stats.norm.isf(0.025)
    (l1, u1), (l2, u2) = slow_wilson(x / n, n, z), slow_wilson(y / m, m, z)
    p, q = x / n, y / m
    lower, upper = p - q - math.sqrt((p - l1) ** 2 + (u2 - q) ** 2), p - q + math.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    assert (float(fast.lower_cl), float(fast.upper_cl)) == pytest.approx((lower, upper), abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 300), st.integers(0, 300), st.integers(1, 300), st.integers(0, 300))
def test_shares_and_differences_are_those_of_statsmodels(n, x, m, y):
    x, y = min(x, n), min(y, m)
    share, gap = proportion(x, n), proportion_difference(x, n, y, m)

    assert (float(share.lower_cl), float(share.upper_cl)) == pytest.approx(proportion_confint(x, n, method="wilson"))
    theirs = confint_proportions_2indep(x, n, y, m, method="newcomb", compare="diff")
    assert (float(gap.lower_cl), float(gap.upper_cl)) == pytest.approx(theirs, abs=1e-9)
    excludes_zero = theirs[0] > 1e-12 or theirs[1] < -1e-12
    assert (float(interval_p_value(gap)) < 0.05 - 1e-9) == excludes_zero or abs(interval_p_value(gap) - 0.05) < 1e-6


def test_a_part_against_its_whole_covers_the_truth():
    """20,000 surveys of 900 people, 150 of them in a ward that differs by 8 points: the interval holds the truth."""
    rng = np.random.default_rng(7)
    ward, others = rng.binomial(150, 0.38, 20_000), rng.binomial(750, 0.30, 20_000)
    gap = difference_from_whole(ward, 150, ward + others, 900)
    truth = 0.38 - (150 * 0.38 + 750 * 0.30) / 900

    assert gap.value.mean() == pytest.approx(truth, abs=0.001)
    assert 0.942 <= ((gap.lower_cl <= truth) & (truth <= gap.upper_cl)).mean() <= 0.965


def slow_dispersion(counts, days, groups):
    total, degrees = 0.0, 0
    for group in set(groups):
        months = [(y, d) for y, d, g in zip(counts, days, groups, strict=True) if g == group and not math.isnan(y)]
        if sum(y for y, _ in months) == 0:
            continue
        per_day = sum(y for y, _ in months) / sum(d for _, d in months)
        total += sum((y - per_day * d) ** 2 / (per_day * d) for y, d in months)
        degrees += len(months) - 1
    return total / degrees if degrees else math.nan


def test_dispersion():
    rng = np.random.default_rng(3)
    for _ in range(60):
        months = int(rng.integers(1, 40))
        counts = rng.poisson(rng.choice([0.2, 5, 60]), (3, months)).astype(float)
        counts[rng.random((3, months)) < 0.1] = np.nan
        days, groups = rng.integers(28, 32, months), rng.integers(0, 4, months)

        fast = dispersion(counts, exposure=days, groups=groups)

        slow = [slow_dispersion(row, days, groups) for row in counts]
        assert fast == pytest.approx(slow, nan_ok=True)
