"""Trends a second time: statsmodels and scipy, and loops over pairs, one series at a time."""

import itertools

import numpy as np
import pytest
from scipy import stats

from analytics.statistics.mann_kendall import mann_kendall
from analytics.statistics.trend import rolling_12m, seasonal_pattern, trend_per_year

MONTHS = np.arange("2021-04", "2025-02", dtype="datetime64[M]")


def glm(counts, used):
    sm = pytest.importorskip("statsmodels.api")
    ordinal = np.arange(MONTHS.size)
    calendar = MONTHS.astype(int) % 12
    days = ((MONTHS + 1).astype("datetime64[D]") - MONTHS.astype("datetime64[D]")).astype(float)
    terms = np.column_stack([(ordinal - ordinal.mean()) / 12] + [(calendar == m).astype(float) for m in range(12)])
    model = sm.GLM(counts[used], terms[used], family=sm.families.Poisson(), offset=np.log(days[used]))
    return model.fit(scale="X2", tol=1e-12)


def random_series(seed):
    rng = np.random.default_rng(seed)
    mean = 60 * (1 + 0.3 * np.sin(np.arange(MONTHS.size) / 2)) * rng.gamma(20, 1 / 20, (6, MONTHS.size))
    counts = rng.poisson(mean).astype(float)
    counts[rng.random(counts.shape) < 0.05] = np.nan
    return counts


def test_trend_and_season_against_statsmodels():
    counts = random_series(15)
    excluded = np.isin(np.arange(MONTHS.size), [4, 5])
    trend = trend_per_year(counts, MONTHS, excluded=excluded)
    pattern = seasonal_pattern(counts, MONTHS, excluded=excluded)

    for row, series in enumerate(counts):
        fit = glm(series, ~np.isnan(series) & ~excluded)
        assert trend.dispersion[row] == pytest.approx(fit.scale, rel=1e-7)
        assert fit.scale > 1
        reach = stats.t.ppf(0.975, fit.df_resid) * fit.bse[0]
        expected = [100 * (np.exp(fit.params[0] + step) - 1) for step in (0, -reach, reach)]
        got = [trend.pct_per_year[row], trend.lower_cl[row], trend.upper_cl[row]]
        assert got == pytest.approx(expected, rel=1e-6)
        assert trend.p_value[row] == pytest.approx(2 * stats.t.sf(abs(fit.tvalues[0]), fit.df_resid), rel=1e-6)
        for month in range(12):
            contrast = np.r_[0, (np.arange(12) == month) - 1 / 12]
            test = fit.t_test(contrast)
            assert np.log(pattern.factor[row, month]) == pytest.approx(test.effect.item(), abs=1e-8)
            width = np.log(pattern.upper_cl[row, month] / pattern.factor[row, month])
            assert width == pytest.approx(stats.t.ppf(0.975, fit.df_resid) * test.sd.item(), rel=1e-6)
        equal = np.column_stack([np.zeros(11), np.eye(11), -np.ones(11)])
        assert pattern.p_value[row] == pytest.approx(fit.f_test(equal).pvalue.item(), rel=1e-5, abs=1e-12)


def slow_mann_kendall(values, seasons):
    s, slopes, variance = 0.0, [], 0.0
    for season in set(seasons):
        times = [t for t, v in enumerate(values) if seasons[t] == season and not np.isnan(v)]
        for a, b in itertools.combinations(times, 2):
            s += np.sign(values[b] - values[a])
            slopes.append((values[b] - values[a]) / (b - a))
        n = len(times)
        ties = np.unique([values[t] for t in times], return_counts=True)[1]
        variance += (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    return s, variance, float(np.median(slopes))


def test_mann_kendall():
    rng = np.random.default_rng(16)
    values = rng.integers(0, 9, (20, 26)).astype(float)
    values[rng.random(values.shape) < 0.1] = np.nan
    for seasons in (np.zeros(26, dtype=int), np.arange(26) % 6):
        fast = mann_kendall(values, seasons=seasons)
        for row, series in enumerate(values):
            s, variance, slope = slow_mann_kendall(series, seasons)
            assert (fast.s[row], fast.variance[row]) == pytest.approx((s, variance))
            assert fast.slope[row] == pytest.approx(slope)


def test_sens_interval_against_scipy_within_a_rank():
    """scipy rounds the ranks of the slopes, we interpolate: the limits lie between the neighbouring slopes."""
    series = np.random.default_rng(17).normal(size=30).cumsum()
    fast = mann_kendall(series)

    slow = stats.theilslopes(series, np.arange(30), 0.95)
    ordered = np.sort([(series[b] - series[a]) / (b - a) for a, b in itertools.combinations(range(30), 2)])
    for ours, theirs in ((fast.lower_cl, slow.low_slope), (fast.upper_cl, slow.high_slope)):
        assert abs(np.searchsorted(ordered, ours) - np.searchsorted(ordered, theirs)) <= 1
    assert fast.slope == pytest.approx(slow.slope)


def test_rolling_12m():
    counts = random_series(18)
    fast = rolling_12m(counts)

    for series, sums in zip(counts, fast, strict=True):
        slow = [np.nan if end < 11 else sum(series[end - 11 : end + 1]) for end in range(series.size)]
        assert sums == pytest.approx(slow, nan_ok=True)
