"""Concentration a second time: every pair of areas, and walking down the list."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics.concentration import concentration, generalised_gini, gini, places_holding


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
