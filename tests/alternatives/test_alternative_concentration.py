"""Concentration a second time: every pair of areas, and walking down the list."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics.concentration import (
    chance_places,
    concentration,
    generalised_gini,
    gini,
    places_against_chance,
    places_holding,
)


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=25), st.sampled_from([0.25, 0.5, 0.8]))
def test_gini_and_places(counts, share):
    n, total = len(counts), sum(counts)
    if total == 0:
        return
    by_pairs = sum(abs(a - b) for a in counts for b in counts) / (2 * n * total)
    assert gini(counts) == pytest.approx(by_pairs, abs=1e-12)
    assert generalised_gini(counts) == pytest.approx(max(1, n / total) * (by_pairs - 1) + 1, abs=1e-9)

    held, places = 0, 0
    for count in sorted(counts, reverse=True):
        if held >= share * total:
            break
        held, places = held + count, places + 1
    assert places_holding(counts, share) == places


def test_chance_by_throwing_incidents_one_by_one():
    counts = [4, 3, 1, 0, 0, 2]
    rng = np.random.default_rng(31)
    halves = []
    for _ in range(4000):
        thrown = np.bincount(rng.integers(0, 6, sum(counts)), minlength=6)
        halves.append(float(places_holding(thrown)))

    assert concentration(counts, draws=4000).chance_for_half == pytest.approx(np.mean(halves), abs=0.05)


def test_chance_places_by_throwing_incidents():
    rng = np.random.default_rng(77)
    for incidents, areas in ((40, 1000), (170, 2818), (5000, 2818), (20_000, 100)):
        needed = []
        for _ in range(60):
            held = np.sort(np.bincount(rng.integers(0, areas, incidents), minlength=areas))[::-1].cumsum()
            needed.append(int((held < incidents / 2).sum()) + 1)
        assert chance_places(incidents, areas) == pytest.approx(np.mean(needed), rel=0.03, abs=1)


def test_places_against_chance_month_by_month():
    rng = np.random.default_rng(78)
    for _ in range(5):
        counts = rng.poisson(rng.gamma(0.4, 1.0, size=(60, 1)), size=(60, 8))

        def log_ratio(of):
            held, places, whole = 0, 0, of.sum()
            for n in sorted(of, reverse=True):
                if held >= whole / 2:
                    break
                held, places = held + n, places + 1
            return math.log(places / chance_places(whole, len(of)))

        left_out = [log_ratio(np.delete(counts, month, axis=1).sum(axis=1)) for month in range(8)]
        mean = sum(left_out) / 8
        value, se = places_against_chance(counts)
        assert value == pytest.approx(log_ratio(counts.sum(axis=1)))
        assert se == pytest.approx(math.sqrt(7 / 8 * sum((one - mean) ** 2 for one in left_out)))


def test_spread_at_random_is_no_concentration():
    counts = np.random.default_rng(79).poisson(0.02, size=(2000, 12))
    value, se = places_against_chance(counts)
    assert abs(value) < 0.1
    assert se < 0.1
    assert np.isnan(places_against_chance(np.zeros((10, 12)))).all()
    assert np.isnan(places_against_chance(counts[:, :5])[1])
