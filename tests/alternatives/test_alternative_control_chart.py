"""The control chart a second time: one series, month by month, as it would be done by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest

from analytics.statistics.control_chart import control_chart


def limits_by_hand(values):
    known = [v for v in values if not math.isnan(v)]
    if not known:
        return math.nan, math.nan
    centre = sum(known) / len(known)
    ranges = [abs(b - a) for a, b in pairwise(values) if not math.isnan(a + b)]
    if ranges and sum(ranges) > 0:
        mean_range = sum(ranges) / len(ranges)
        ranges = [r for r in ranges if r < 3.267 * mean_range]
    return centre, sum(ranges) / len(ranges) if ranges else math.nan


def rules_by_hand(values, centre, mean_range):
    n = len(values)
    found = {rule: set() for rule in (1, 2, 3, 4)}
    for i, value in enumerate(values):
        if abs(value - centre) > 2.66 * mean_range:
            found[1].add(i)
    for start in range(n - 6):
        seven = values[start : start + 7]
        if all(a < b for a, b in pairwise(seven)) or all(a > b for a, b in pairwise(seven)):
            found[2].update(range(start, start + 7))
        if all(v > centre for v in seven) or all(v < centre for v in seven):
            found[4].update(range(start, start + 7))
    for start in range(n - 2):
        three = range(start, start + 3)
        if any(math.isnan(values[i]) for i in three):
            continue
        for sign in (1, -1):
            beyond = [i for i in three if sign * (values[i] - centre) > 1.7733 * mean_range]
            if len(beyond) >= 2:
                found[3].update(beyond)
    return found


def test_limits_and_rules():
    rng = np.random.default_rng(23)
    for _ in range(150):
        n = int(rng.integers(1, 40))
        values = rng.integers(0, 12, n).astype(float) + rng.choice([0, 0.3], n) * np.arange(n)
        values[rng.random(n) < 0.05] = np.nan
        excluded = rng.random(n) < 0.05
        segments = (np.arange(n) >= n // 2).astype(int) if rng.random() < 0.5 else np.zeros(n, dtype=int)

        chart = control_chart(values, excluded=excluded, segments=segments, floor=-np.inf)

        for label in set(segments):
            here = np.flatnonzero(segments == label)
            judged = [math.nan if excluded[i] else float(values[i]) for i in here]
            centre, mean_range = limits_by_hand(judged)
            assert chart.centre[here] == pytest.approx([centre] * here.size, nan_ok=True)
            assert chart.upper[here] == pytest.approx([centre + 2.66 * mean_range] * here.size, nan_ok=True)
            assert chart.lower[here] == pytest.approx([centre - 2.66 * mean_range] * here.size, nan_ok=True)
            found = rules_by_hand(judged, centre, mean_range)
            for rule in (1, 2, 3, 4):
                assert set(np.flatnonzero(chart.flags[rule - 1, here])) == found[rule], (rule, judged)
            first = [min((r for r in found if i in found[r]), default=0) for i in range(here.size)]
            assert chart.rule[here].tolist() == first
