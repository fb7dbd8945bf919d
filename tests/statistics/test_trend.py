"""Trends and seasons are recovered, chance is not called a trend, and gaps stay gaps."""

import time

import numpy as np
import pytest

from analytics.statistics.trend import rolling_12m, seasonal_pattern, trend_per_year

FOUR_YEARS = np.arange("2022-01", "2026-01", dtype="datetime64[M]")
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 4)
SEASON = 1 + 0.3 * np.sin(np.arange(48) * np.pi / 6)


def test_planted_trend_is_recovered_within_its_interval_about_95_times_in_100():
    mean = 4 * DAYS * SEASON * 0.92 ** (np.arange(48) / 12)
    trend = trend_per_year(np.random.default_rng(7).poisson(mean, (2000, 48)), FOUR_YEARS)

    assert np.mean((trend.lower_cl <= -8) & (trend.upper_cl >= -8)) == pytest.approx(0.955, abs=0.02)
    assert np.mean(trend.pct_per_year) == pytest.approx(-8, abs=0.1)
    assert set(trend.verdict) <= {"falling", "no clear trend"}


def test_no_trend_is_called_one_in_about_five_per_cent():
    verdict = trend_per_year(np.random.default_rng(8).poisson(40, (4000, 48)), FOUR_YEARS).verdict

    assert np.mean(verdict != "no clear trend") == pytest.approx(0.045, abs=0.015)


def test_months_of_different_length_are_no_trend_and_no_season():
    counts = 10 * DAYS[:36]
    months = FOUR_YEARS[:36]  # no leap day inside

    trend = trend_per_year(counts, np.arange("2025-01", "2028-01", dtype="datetime64[M]"))
    pattern = seasonal_pattern(counts, np.arange("2025-01", "2028-01", dtype="datetime64[M]"))

    assert trend.pct_per_year == pytest.approx(0, abs=1e-9)
    assert pattern.factor == pytest.approx(np.ones(12))
    assert months.size == 36


def test_a_gap_and_excluded_months_do_not_bend_the_trend():
    counts = 100.0 * DAYS * SEASON * 1.05 ** (np.arange(48) / 12)
    counts[10:18] = np.nan
    counts[24:28] = 5
    excluded = np.isin(np.arange(48), range(24, 28))

    trend = trend_per_year(counts, FOUR_YEARS, excluded=excluded)

    assert trend.pct_per_year == pytest.approx(5, abs=1e-3)
    assert trend.months_used == 36


def test_one_year_cannot_tell_trend_from_season():
    trend = trend_per_year(np.full(12, 50), FOUR_YEARS[:12])

    assert trend.verdict == "too few"
    assert np.isnan(trend.pct_per_year)


@pytest.mark.parametrize("counts", [np.zeros(48), np.full(48, np.nan), np.r_[np.zeros(47), 25], np.r_[5, np.zeros(47)]])
def test_a_series_of_nothing_or_of_one_month_has_no_trend(counts):
    assert trend_per_year(counts, FOUR_YEARS).verdict == "too few"
    assert np.isnan(seasonal_pattern(counts, FOUR_YEARS).factor).all()


def test_one_month_only():
    assert trend_per_year([30], ["2025-01"]).verdict == "too few"


def test_a_series_that_starts_late_and_one_in_full_are_judged_side_by_side():
    counts = np.random.default_rng(9).poisson(60, (2, 48)).astype(float)
    counts[0, :15] = np.nan

    both = trend_per_year(counts, FOUR_YEARS)
    late = trend_per_year(counts[0, 15:], FOUR_YEARS[15:])

    assert both.pct_per_year[0] == pytest.approx(float(late.pct_per_year))
    assert both.months_used.tolist() == [33, 48]


def test_months_out_of_order_are_refused():
    with pytest.raises(ValueError, match="in order"):
        trend_per_year([1, 2, 3], ["2025-01", "2025-03", "2025-02"])
    with pytest.raises(ValueError, match="months"):
        trend_per_year([1, 2, 3], ["2025-01", "2025-02"])


def test_season_is_recovered_with_its_interval():
    counts = np.random.default_rng(10).poisson(5 * DAYS * SEASON, (1000, 48))
    pattern = seasonal_pattern(counts, FOUR_YEARS)
    true = SEASON[:12] / np.exp(np.log(SEASON[:12]).mean())

    assert pattern.factor.mean(axis=0) == pytest.approx(true, rel=0.01)
    assert ((pattern.lower_cl <= true) & (true <= pattern.upper_cl)).mean() == pytest.approx(0.955, abs=0.02)
    assert (pattern.p_value < 0.01).all()


def test_no_season_is_called_one_in_about_five_per_cent():
    p = seasonal_pattern(np.random.default_rng(11).poisson(3 * DAYS, (3000, 48)), FOUR_YEARS).p_value

    assert np.mean(p < 0.05) == pytest.approx(0.045, abs=0.02)


def test_a_calendar_month_without_incidents_has_no_factor_of_its_own():
    counts = np.random.default_rng(12).poisson(30, 48)
    counts[np.arange(48) % 12 == 3] = 0

    pattern = seasonal_pattern(counts, FOUR_YEARS)

    assert np.isnan(pattern.factor).tolist() == [month == 3 for month in range(12)]


def test_rolling_sum_never_spans_a_gap():
    counts = np.arange(30.0)
    counts[14] = np.nan

    rolling = rolling_12m(counts)

    assert np.isnan(rolling[:11]).all()
    assert rolling[11] == sum(range(12))
    assert np.isnan(rolling[14:26]).all()
    assert rolling[26] == sum(range(15, 27))


def test_rolling_sum_of_a_short_or_many_series():
    assert np.isnan(rolling_12m([5.0] * 11)).all()
    assert rolling_12m(np.ones((2, 3, 12))).shape == (2, 3, 12)


def test_a_partnership_of_series_is_fitted_in_a_moment():
    counts = np.random.default_rng(13).poisson(12, (300, 48))
    started = time.process_time()
    trend_per_year(counts, FOUR_YEARS)

    assert time.process_time() - started < 1
