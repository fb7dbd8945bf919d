"""Rates and their intervals give the published values, and missing is never zero."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics.rates import (
    Estimate,
    crime_rate,
    difference_from_whole,
    dispersion,
    interval_p_value,
    proportion,
    proportion_difference,
    share_difference,
)

YEAR = [120, 95, 130, 88, 142, 101, 99, 137, 110, 125, 93, 140]


@pytest.mark.parametrize(
    ("count", "confidence", "lower", "upper", "within"),
    [
        (65, 0.95, 50.1631877, 82.8491385, 5e-7),
        (65, 0.998, 42.88026, 94.00029, 5e-6),
        (1045, 0.95, 982.5932018, 1110.3312130, 5e-7),
        (0, 0.95, 0, 3.6889, 5e-5),
        (9, 0.95, 4.1154, 17.0848, 5e-5),
        (10, 0.95, 4.7874, 18.3915, 5e-5),
    ],
)
def test_interval_of_a_count_is_the_published_one(count, confidence, lower, upper, within):
    rate = crime_rate(count, 1, per=1, confidence=confidence)

    assert rate.lower_cl == pytest.approx(lower, abs=within)
    assert rate.upper_cl == pytest.approx(upper, abs=within)


def test_small_rate_is_exact_poisson():
    rate = crime_rate(5, 100, per=100)

    assert (rate.lower_cl, rate.upper_cl) == pytest.approx((1.6234864, 11.6683321), abs=5e-7)
    assert rate.method == "exact Poisson"


def test_method_is_named_for_each_figure():
    rate = crime_rate([9, 10, 10, np.nan, 5], [100, 100, 100, 100, 0], dispersion=[1, 1, 3, 1, 1])

    assert rate.method.tolist() == [
        "exact Poisson",
        "Byar's approximation",
        "Byar's approximation, widened for overdispersion",
        "no data",
        "no data",
    ]


def test_missing_count_or_denominator_is_no_data_and_never_zero():
    counts = pd.Series([12, None, 3, 0], dtype="Int32")
    rate = crime_rate(counts, [1000, 1000, None, 500])

    assert np.isnan(rate.value).tolist() == [False, True, True, False]
    assert rate.value[3] == 0
    assert rate.upper_cl[3] > 0


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        crime_rate([3, -1], 1000)


@settings(deadline=None)
@given(st.integers(0, 5000), st.floats(0.5, 30), st.sampled_from([0.8, 0.95, 0.998]))
def test_dispersion_only_ever_widens(count, phi, confidence):
    plain = crime_rate(count, 1, per=1, confidence=confidence)
    wide = crime_rate(count, 1, per=1, confidence=confidence, dispersion=phi)

    assert 0 <= wide.lower_cl <= plain.lower_cl + 1e-9
    assert plain.lower_cl <= plain.value <= plain.upper_cl
    assert wide.upper_cl >= plain.upper_cl - 1e-9


def test_dispersion_widens_a_large_count_by_its_root():
    plain, wide = crime_rate(40_000, 1, per=1), crime_rate(40_000, 1, per=1, dispersion=4)

    assert (wide.upper_cl - wide.lower_cl) / (plain.upper_cl - plain.lower_cl) == pytest.approx(2, rel=1e-3)


def test_interval_covers_the_true_rate_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    for mean in (4, 12, 80):
        rate = crime_rate(rng.poisson(mean, 20_000), 1, per=1)
        covered = ((rate.lower_cl <= mean) & (mean <= rate.upper_cl)).mean()
        assert 0.945 <= covered <= 0.985


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(65, 100, 0.5525444, 0.7363576), (1045, 5000, 0.1979555, 0.2204913)],
)
def test_wilson_interval_is_the_published_one(successes, trials, lower, upper):
    share = proportion(successes, trials)

    assert (share.lower_cl, share.upper_cl) == pytest.approx((lower, upper), abs=1e-7)


def test_weighted_survey_counts_as_a_smaller_one():
    weighted, smaller = proportion(65, 100, design_effect=2), proportion(32.5, 50)

    assert weighted.lower_cl == pytest.approx(float(smaller.lower_cl))
    assert weighted.upper_cl == pytest.approx(float(smaller.upper_cl))


def test_proportion_stays_between_none_and_all():
    share = proportion([0, 10, 0], [10, 10, 0])

    assert share.lower_cl[0] == 0
    assert share.upper_cl[1] == 1
    assert np.isnan(share.value[2])
    assert share.method.tolist() == ["Wilson", "Wilson", "no data"]


def test_newcombe_interval_is_the_published_one():
    gap = proportion_difference(35, 100, 19, 100)

    assert (gap.lower_cl, gap.upper_cl) == pytest.approx((0.0369, 0.2771), abs=5e-5)


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_of_newcombes_examples(x, n, lower, upper):
    """Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3."""
    share = proportion(x, n)

    assert (share.lower_cl, share.upper_cl) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    ("x", "n", "y", "m", "lower", "upper"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926), (0, 10, 0, 20, -0.1611, 0.2775), (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0), (10, 10, 0, 10, 0.6075, 1.0),
    ],
)  # fmt: skip
def test_difference_of_newcombes_examples(x, n, y, m, lower, upper):
    """Newcombe (1998), Interval estimation for the difference between independent proportions, table II, method 10."""
    gap = proportion_difference(x, n, y, m)

    assert (gap.lower_cl, gap.upper_cl) == pytest.approx((lower, upper), abs=5e-5)


def test_each_wave_has_its_own_design_effect():
    gap = proportion_difference(300, 1000, 250, 1000, design_effect=1.5, other_design_effect=2.0)
    alike = share_difference(proportion(200, 1000 / 1.5), proportion(125, 500))

    assert gap.lower_cl == pytest.approx(float(alike.lower_cl))
    assert gap.upper_cl == pytest.approx(float(alike.upper_cl))


def test_published_limits_are_taken_as_they_are():
    def published(value, lower, upper):
        return Estimate.of(np.array(value), np.array(lower), np.array(upper), np.array("as published"), 0.95)

    gap = share_difference(published(0.40, 0.37, 0.43), published(0.30, 0.26, 0.35))

    assert gap.lower_cl == pytest.approx(0.10 - (0.03**2 + 0.05**2) ** 0.5)
    assert gap.upper_cl == pytest.approx(0.10 + (0.03**2 + 0.04**2) ** 0.5)


def test_a_part_differs_from_its_whole_by_just_that():
    """A half of the whole: its gap to the whole is half its gap to the other half, and so is the interval."""
    gap, halves = difference_from_whole(60, 100, 100, 200), proportion_difference(60, 100, 40, 100)

    assert gap.value == pytest.approx(0.6 - 0.5)
    assert gap.lower_cl == pytest.approx(float(halves.lower_cl) / 2)
    assert gap.upper_cl == pytest.approx(float(halves.upper_cl) / 2)
    assert np.isnan(difference_from_whole([100, 60], [200, 100], [100, 50], [200, 200]).value).all()


def test_p_is_under_a_twentieth_just_where_the_interval_leaves_out_zero():
    x = np.arange(0, 101)
    gap = proportion_difference(x, 100, 40, 120)
    p = interval_p_value(gap)

    assert ((p < 0.05) == ((gap.lower_cl > 0) | (gap.upper_cl < 0))).all()
    assert interval_p_value(proportion_difference(0, 10, 0, 10)) == 1
    assert np.isnan(interval_p_value(proportion_difference(None, 10, 3, 10)))


def test_dispersion_is_the_published_one():
    assert dispersion(YEAR) == pytest.approx(3.3818, abs=5e-5)


def test_dispersion_of_many_series_at_once():
    both = dispersion([YEAR, [5.0] * 12])

    assert both == pytest.approx([3.3818, 0], abs=5e-5)


def test_dispersion_takes_no_step_or_season_for_unrest():
    season = np.array([100, 100, 100, 200, 200, 200] * 2)
    years = np.repeat([2024, 2025], 6)

    assert dispersion(season, groups=np.arange(12) % 6) == pytest.approx(0)
    assert dispersion(np.where(years == 2024, 50, 90), groups=years) == pytest.approx(0)
    assert dispersion([31, 28, 31, 30], exposure=[31, 28, 31, 30]) == pytest.approx(0)


def test_dispersion_leaves_missing_months_out():
    assert dispersion([*YEAR, np.nan]) == pytest.approx(dispersion(YEAR))


def test_dispersion_of_one_month_or_of_nothing_is_not_known():
    assert np.isnan(dispersion([4]))
    assert np.isnan(dispersion([0, 0, 0]))
    assert np.isnan(dispersion([3, 8], groups=[1, 2]))


def test_dispersion_of_chance_is_one():
    months = np.random.default_rng(2).poisson(30, (4000, 24))

    assert np.mean(dispersion(months, groups=np.repeat([0, 1], 12))) == pytest.approx(1, abs=0.02)
