"""Limits are the published ones; a gap or a named break ends every run; seasons are ordinary."""

import time

import numpy as np
import pytest

from analytics.statistics.control_chart import RULES, control_chart

SPIKE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
THREE_YEARS = np.arange("2023-01", "2026-01", dtype="datetime64[M]")
STEADY = [10, 12, 9, 11, 10, 12, 9, 11, 10, 12, 9, 11, 10, 12]
OUTSIDE, TREND, NEAR_LIMIT, ONE_SIDE = 1, 2, 3, 4


def test_published_centre_and_limits():
    chart = control_chart(SPIKE, floor=-np.inf)

    assert chart.centre[0] == pytest.approx(1.9444, abs=5e-5)
    assert chart.lower[0] == pytest.approx(-0.7156, abs=5e-5)
    assert chart.upper[0] == pytest.approx(4.6044, abs=5e-5)
    assert chart.rule.tolist() == [OUTSIDE if value == 10 else 0 for value in SPIKE]
    assert chart.side[4] == 1


def test_lower_limit_floors_at_zero():
    assert control_chart(SPIKE).lower[0] == 0


def test_seven_points_rising_are_marked_and_six_are_not():
    six = control_chart([*STEADY, 8, 9, 10, 11, 12, 13, 9])
    seven = control_chart([*STEADY, 7, 8, 9, 10, 11, 12, 13, 9])

    assert not six.flags[TREND - 1].any()
    assert np.flatnonzero(seven.flags[TREND - 1]).tolist() == list(range(14, 21))
    assert (seven.side[seven.rule == TREND] == 1).all()


def test_falling_counts_as_low_even_above_the_centre():
    chart = control_chart([*STEADY, 13, 12.5, 12, 11.8, 11.6, 11.4, 11.2, 12])

    assert (chart.rule[14:21] == TREND).all()
    assert (chart.side[14:21] == -1).all()
    assert chart.centre[0] < 11.2


def test_two_of_three_near_a_limit_on_one_side():
    near = control_chart([*STEADY, 15, 11, 15, *STEADY])
    opposite = control_chart([*STEADY, 15, 10, 6, *STEADY])

    assert np.flatnonzero(near.flags[NEAR_LIMIT - 1]).tolist() == [14, 16]
    assert not opposite.flags[NEAR_LIMIT - 1].any()


def test_seven_in_a_row_on_one_side():
    chart = control_chart([10, 12] * 8 + [12, 11.9, 12, 11.8, 12, 11.9, 12] + [10, 12] * 4)

    assert chart.flags[ONE_SIDE - 1].sum() >= 7
    assert RULES[ONE_SIDE].startswith("7 points in a row")


def test_the_first_rule_that_holds_names_the_point():
    chart = control_chart([*STEADY, 30, 31, 30, 31, 30, 31, 30])
    both = chart.flags[OUTSIDE - 1] & chart.flags[ONE_SIDE - 1]

    assert both.any()
    assert (chart.rule[both] == OUTSIDE).all()


def test_a_gap_breaks_runs_and_ranges():
    rising = [*STEADY, 7, 8, 9, 10, np.nan, 11, 12, 13, 9]
    chart = control_chart(rising)

    assert not chart.flags[TREND - 1].any()
    assert chart.rule[18] == 0
    assert control_chart([5, 5, np.nan, 50, 50, 50]).upper[0] == pytest.approx(32)


def test_excluded_months_are_left_out_of_limits_and_not_judged():
    excluded = np.arange(20) >= 16
    chart = control_chart([*STEADY, 9, 11, 90, 95, 92, 94], excluded=excluded)

    assert chart.upper[0] == pytest.approx(control_chart([*STEADY, 9, 11]).upper[0])
    assert (chart.rule[16:] == 0).all()
    assert chart.points[0] == 16


def test_limits_start_afresh_at_a_named_break_only():
    values = [*STEADY, *[value + 40 for value in STEADY]]
    plain = control_chart(values)
    rebased = control_chart(values, segments=np.repeat([0, 1], 14))

    assert (plain.rule > 0).any()
    assert (rebased.rule == 0).all()
    assert rebased.centre[14] - rebased.centre[13] == pytest.approx(40)


def test_runs_end_at_a_break():
    values = [10, 12, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 10, 12]
    assert control_chart(values).flags[TREND - 1].any()
    assert not control_chart(values, segments=np.repeat([0, 1], [8, 6])).flags[TREND - 1].any()


def test_under_twelve_points_is_provisional():
    assert control_chart(STEADY[:11]).provisional.all()
    assert not control_chart(STEADY[:12]).provisional.any()
    assert control_chart(STEADY, segments=np.repeat([0, 1], [12, 2])).provisional.tolist() == [False] * 12 + [True] * 2


def test_a_season_is_ordinary():
    season = 1 + 0.4 * np.sin(np.arange(36) * np.pi / 6)
    counts = np.random.default_rng(19).poisson(200 * season, (500, 36))

    plain, adjusted = control_chart(counts), control_chart(counts, months=THREE_YEARS)

    assert adjusted.seasonally_adjusted.all()
    assert (plain.rule > 0).mean() > 0.5
    assert (adjusted.rule > 0).mean() < 0.08  # hardly more than the 0.05 of a series without a season
    assert adjusted.season[:, :12].mean(axis=0) == pytest.approx(season[:12], rel=0.02)
    assert adjusted.adjusted == pytest.approx(counts / adjusted.season)


def test_no_adjustment_before_24_months_or_where_a_month_was_seen_once():
    counts = 200 * (1 + 0.4 * np.sin(np.arange(36) * np.pi / 6))
    one_may = np.where(np.isin(np.arange(36), [4, 16]), np.nan, counts)

    assert not control_chart(counts[:23], months=THREE_YEARS[:23]).seasonally_adjusted
    assert control_chart(counts[:24], months=THREE_YEARS[:24]).seasonally_adjusted
    assert not control_chart(one_may, months=THREE_YEARS).seasonally_adjusted


def test_months_that_differ_only_by_chance_are_hardly_adjusted():
    counts = np.random.default_rng(20).poisson(100, (400, 36))

    assert np.abs(control_chart(counts, months=THREE_YEARS).season - 1).mean() < 0.02


def test_a_break_is_not_taken_for_a_season():
    level = np.where(np.arange(36) < 18, 100, 200)
    chart = control_chart(level, months=THREE_YEARS, segments=np.arange(36) >= 18)

    assert chart.season == pytest.approx(np.ones(36), abs=1e-6)


def test_false_alarms_under_chance_alone():
    """Of 36 steady months, each rule marks few: the sum is what a reader meets by chance."""
    chart = control_chart(np.random.default_rng(21).normal(100, 5, (5000, 36)))

    outside, trend, near_limit, one_side = chart.flags.mean(axis=(1, 2))
    assert outside == pytest.approx(0.0055, abs=0.002)
    assert trend < 0.004
    assert near_limit < 0.01
    assert 0.02 < one_side < 0.05


@pytest.mark.parametrize("values", [[7.0], [7.0, 8.0], [np.nan] * 14, [0.0] * 14])
def test_next_to_nothing_gives_no_alarm(values):
    chart = control_chart(values)

    assert (chart.rule == 0).all()
    assert chart.centre.shape == (len(values),)


def test_many_series_at_once_equal_each_alone_and_take_a_moment():
    rng = np.random.default_rng(22)
    values = rng.poisson(rng.gamma(2, 10, (300, 1)) * (1 + 0.3 * np.sin(np.arange(36) * np.pi / 6))).astype(float)
    values[rng.random(values.shape) < 0.02] = np.nan
    started = time.process_time()
    together = control_chart(values, months=THREE_YEARS)
    assert time.process_time() - started < 1

    for row in (0, 7, 299):
        alone = control_chart(values[row], months=THREE_YEARS)
        assert alone.upper == pytest.approx(together.upper[row], nan_ok=True)
        assert (alone.rule == together.rule[row]).all()


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="months"):
        control_chart([1, 2, 3], months=["2025-01", "2025-02"])
    with pytest.raises(ValueError, match="segments"):
        control_chart([1, 2, 3], segments=[0, 1])
