"""The projection a second time: smoothing by a grid of α in plain Python, the watch one series at a time."""

import math

import numpy as np
import pytest
from scipy import stats

from analytics.statistics.control_chart import control_chart
from analytics.statistics.projection import backtest, project
from analytics.statistics.watch import watch_latest

MONTHS = np.arange("2020-01", "2024-01", dtype="datetime64[M]")


def smoothed(values, alpha, start):
    level, squares = start, 0.0
    for value in values:
        squares += (value - level) ** 2
        level += alpha * (value - level)
    return level, squares


def slow_projection(counts, months, horizon):
    """The α and first level with the smallest sum of squares on a fine grid."""
    axis = np.arange(months[0], months[-1] + horizon + 1)
    chart = control_chart(np.r_[counts, [np.nan] * horizon], months=axis)
    adjusted = [float(v) for v in counts / chart.season[: len(counts)]]
    starts = np.linspace(min(adjusted), max(adjusted), 61)
    best = min((smoothed(adjusted, a, s)[1], a, s) for a in np.linspace(0, 1, 51) for s in starts)
    squares, alpha, start = best
    level = smoothed(adjusted, alpha, start)[0]
    freedom = len(counts) - 2 - (11 if chart.seasonally_adjusted else 0)
    reach = []
    for step in range(horizon):
        more = (12 if chart.seasonally_adjusted else 0) + 1
        variance = squares / freedom * (1 + step * alpha**2 + more / len(counts))
        reach.append(stats.t.ppf(0.975, freedom) * math.sqrt(variance) * chart.season[len(counts) + step])
    return [level * s for s in chart.season[len(counts) :]], reach


@pytest.mark.parametrize("seed", [1, 4])
def test_projection_against_a_grid(seed):
    rng = np.random.default_rng(seed)
    drift = np.cumsum(rng.normal(0, 3, 48))
    counts = rng.poisson(np.maximum(90 + drift, 5) * (1 + 0.2 * np.sin(np.arange(48) * np.pi / 6))).astype(float)
    fast = project(counts, MONTHS, horizon=6)
    expected, reach = slow_projection(counts, MONTHS, 6)
    assert fast.expected == pytest.approx(expected, rel=0.02)
    assert fast.upper_95 - fast.expected == pytest.approx(reach, rel=0.05)


def test_backtest_by_hand():
    rng = np.random.default_rng(9)
    counts = rng.poisson(50, 40).astype(float)
    months = MONTHS[:40]
    errors, naive, held = [], [], []
    for origin in range(24, 40):
        for step in range(min(12, 40 - origin)):
            ahead = project(counts[:origin], months[:origin], horizon=step + 1)
            came = counts[origin + step]
            errors.append(abs(came - ahead.expected[step]))
            naive.append(abs(came - counts[origin - 12 + step]))
            held.append(ahead.lower_95[step] <= came <= ahead.upper_95[step])
    test = backtest(counts, months)
    assert test.mase == pytest.approx(np.mean(errors) / np.mean(naive), rel=1e-4)
    assert test.coverage_95 == pytest.approx(np.mean(held))


def test_watch_one_series_at_a_time():
    rng = np.random.default_rng(12)
    counts = rng.poisson(rng.uniform(0.3, 40, (30, 1)), (30, 48)).astype(float)
    counts[rng.random(counts.shape) < 0.03] = np.nan
    excluded = np.isin(np.arange(48), [3, 4])
    watch = watch_latest(counts, MONTHS, excluded=excluded)
    for row, series in enumerate(counts):
        if np.isnan(series[-1]):
            assert watch.status[row] == "not watched"
            continue
        before = control_chart(np.r_[series[:-1], np.nan], months=MONTHS, excluded=excluded)
        keep = ~np.isnan(series[:-1]) & ~excluded[:-1]
        season = before.season[:-1][keep]
        past, exposure = series[:-1][keep].sum(), season.sum()
        share = before.season[-1] / (before.season[-1] + exposure)
        total = int(past + series[-1])
        level = past / exposure
        phi = ((series[:-1][keep] - level * season) ** 2 / (level * season)).sum() / (keep.sum() - 1)
        if phi <= 1:  # not widened: the plain binomial test, both tails doubled
            tail = min(stats.binom.cdf(series[-1], total, share), stats.binom.sf(series[-1] - 1, total, share))
            assert watch.p_value[row] == pytest.approx(min(2 * tail, 1), rel=1e-6)
        assert watch.usual[row] == pytest.approx(level * before.season[-1])
        chart = control_chart(series, months=MONTHS, excluded=excluded)
        marked = level >= 1 and chart.rule[-1] > 0
        already = before.rule[-2] > 0 and before.side[-2] == chart.side[-1]
        status = "new" if marked and not already else "continues" if marked else None
        if status:
            assert watch.status[row] == status
