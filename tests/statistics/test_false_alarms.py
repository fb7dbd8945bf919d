"""False alarms of the four rules under chance alone, against what chance should give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import false_alarms
from analytics.statistics.control_chart import control_chart
from analytics.statistics.false_alarms import NULL_ALARMS, false_alarm_rates, new_alarm_rate

SERIES, MONTHS, MEAN = 10_000, 48, 20


@pytest.fixture(scope="module")
def chart():
    return control_chart(np.random.default_rng(2026).poisson(MEAN, (SERIES, MONTHS)).astype(float))


def test_outside_a_limit_is_as_rare_as_limits_of_three_sigma_make_it(chart):
    """Limits are estimated and the largest ranges screened, so a little more than the exact tail, never twice."""
    sigma = np.sqrt(MEAN)
    expected = stats.poisson.sf(np.floor(MEAN + 3 * sigma), MEAN) + stats.poisson.cdf(
        np.ceil(MEAN - 3 * sigma) - 1, MEAN
    )
    assert expected < chart.flags[0].mean() < 2 * expected


def test_seven_rising_or_falling_are_as_rare_as_the_orders_of_seven_counts(chart):
    """The exact chance that seven Poisson counts rise strictly, twice; equal counts make it rarer than 2 in 7!."""
    chance = stats.poisson.pmf(np.arange(120), MEAN)
    rising = chance.copy()
    for _ in range(6):
        rising = chance * np.r_[0, np.cumsum(rising)[:-1]]
    expected = 2 * rising.sum()
    assert 0 < expected < 2 / 5040
    steps = np.sign(np.diff(chart.adjusted, axis=1))
    windows = np.abs(np.lib.stride_tricks.sliding_window_view(steps, 6, axis=1).sum(axis=-1)) == 6
    assert windows.mean() == pytest.approx(expected, rel=0.4)
    marked = chart.flags[1].sum()
    assert 5 * windows.sum() < marked <= 7 * windows.sum()


def test_two_of_three_near_a_limit_follow_the_binomial(chart):
    """A point is marked where it is beyond two sigma and another of its two neighbours on either side is, too."""
    sigma = np.sqrt(MEAN)
    high = stats.poisson.sf(np.floor(MEAN + 2 * sigma), MEAN)
    low = stats.poisson.cdf(np.ceil(MEAN - 2 * sigma) - 1, MEAN)
    expected = sum(tail * (1 - (1 - tail) ** 4) for tail in (high, low))
    assert chart.flags[2].mean() == pytest.approx(expected, rel=0.3)


def test_seven_on_one_side_follow_runs_of_a_coin(chart):
    """A point lies in a run of at least seven of a fair coin in 8/128 of cases; the mean estimated from the same months
    pulls runs apart."""
    length, expected = 7, (7 + 1) / 2**7
    middle = chart.flags[3][:, length:-length].mean()
    assert 0.7 * expected < middle < 1.05 * expected


def test_what_the_notes_state_can_be_made_again():
    alarms = false_alarm_rates(20)
    assert alarms.by_rule == pytest.approx(NULL_ALARMS.by_rule, abs=1e-5)
    for name in ("any_rule", "any_month", "new_latest", "months", "series", "mean"):
        assert getattr(alarms, name) == pytest.approx(getattr(NULL_ALARMS, name), abs=1e-5)
    assert (alarms.series, alarms.months) == (10_000, 48)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 3), (7, 2)])
def test_the_table_of_new_alarms_can_be_made_again(row: int, column: int):
    mean, months = false_alarms._MEANS[row], false_alarms._LENGTHS[column]
    again = false_alarm_rates(mean, months=months).new_latest
    assert false_alarms._NEW_LATEST[row][column] == pytest.approx(again, abs=5e-5)


def test_interpolation_meets_the_table_holds_at_its_ends_and_passes_nan_on():
    table = np.array(false_alarms._NEW_LATEST)
    means, lengths = np.array(false_alarms._MEANS)[:, None], np.array(false_alarms._LENGTHS)[None, :]
    np.testing.assert_allclose(new_alarm_rate(means, lengths), table, atol=1e-12)
    assert new_alarm_rate(1e6, 1000) == table[-1, -1]
    assert new_alarm_rate(0.1, 3) == table[0, 0]
    assert np.isnan(new_alarm_rate(np.nan, 24))
    between = new_alarm_rate(6.0, 30)
    assert table[2:4, 2:4].min() <= between <= table[2:4, 2:4].max()
