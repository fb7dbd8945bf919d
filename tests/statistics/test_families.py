"""Positions in the family are the published ones, members without figures are left out, chance is not called higher."""

import numpy as np
import pytest

from analytics.statistics.families import family_position, family_rank, funnel_dispersion, funnel_limits

X = np.array([47, 52, 60, 38, 71, 55, 44, 49, 66, 58, 40, 62, 53, 90, 45])
K = np.array([150, 148, 160, 120, 170, 155, 140, 145, 165, 150, 130, 160, 150, 152, 142])
AREA_14 = 13


def test_published_position():
    position = family_position(X, K, own=AREA_14, per=100)

    assert position.rate == pytest.approx(59.21, abs=5e-3)
    assert position.family_mean == pytest.approx(36.835, abs=5e-4)
    assert position.pooled_others == pytest.approx(35.492, abs=5e-4)
    assert position.tau2 == 0
    assert position.t == pytest.approx(4.52, abs=5e-3)
    assert position.freedom == 12
    assert position.p_value == pytest.approx(0.0007, abs=5e-5)
    assert position.band == "much higher"
    assert position.members == 15


def test_published_rank():
    """Counted from the highest rate, as the published figure does; from the lowest it is the other end."""
    from_highest = family_rank(X, K, own=AREA_14, lowest_first=False)
    from_lowest = family_rank(X, K, own=AREA_14)

    assert (from_highest.rank, from_highest.lower_cl, from_highest.upper_cl) == (1, 1, 2)
    assert (from_lowest.rank, from_lowest.lower_cl, from_lowest.upper_cl) == (15, 14, 15)
    assert from_highest.observed == 1


def test_a_member_without_a_figure_is_left_out_and_not_zero():
    with_gaps = np.r_[X.astype(float), np.nan, 30]
    denominators = np.r_[K.astype(float), 100, np.nan]

    position, rank = family_position(with_gaps, denominators, own=AREA_14), family_rank(with_gaps, denominators, own=13)

    assert position.members == 15
    assert position.t == pytest.approx(float(family_position(X, K, own=AREA_14).t))
    assert rank.members == 15
    assert rank.rank == 15


def test_no_figure_of_our_own_is_no_data():
    position = family_position([np.nan, 50, 60, 55, 52], 100)

    assert position.band == "no data"
    assert np.isnan(position.rate)
    assert np.isnan(position.t)
    assert np.isnan(family_rank([np.nan, 50, 60], 100).rank)


@pytest.mark.parametrize("members", [1, 2, 3])
def test_a_family_of_too_few_is_said_to_be(members):
    position = family_position(X[:members], K[:members])

    assert position.band == "too few members"
    assert position.rate > 0
    assert position.members == members


def test_a_family_without_any_figure():
    position = family_position([[np.nan] * 6], 100)

    assert position.band.tolist() == ["no data"]
    assert np.isnan(position.family_mean).all()
    assert np.isnan(position.pooled_others).all()


def test_words_follow_the_adjusted_p_value_and_the_side():
    counts = np.full((4, 15), 400)
    counts[:, 0] = [520, 470, 405, 300]
    position = family_position(counts, 100)

    assert position.band.tolist() == ["much higher", "higher", "about the same", "much lower"]
    assert (position.lower_cl < 4000).all()
    assert (position.upper_cl > 4000).all()


def test_categories_on_one_screen_are_adjusted_together():
    counts = np.full((14, 15), 400)
    counts[0, 0] = 460

    assert family_position(counts[0], 100).band == "higher"
    assert family_position(counts, 100, adjust=False).band[0] == "higher"
    assert family_position(counts, 100).band[0] == "about the same"


@pytest.mark.parametrize(("spread", "share"), [(0.0, 0.02), (0.1, 0.04), (0.3, 0.05)])
def test_areas_alike_are_called_different_in_at_most_about_five_per_cent(spread, share):
    """Nominal where members differ as families do; cautious where there is only chance (τ² at least 0)."""
    rng = np.random.default_rng(25)
    mean = 300 * np.exp(rng.normal(0, spread, (6000, 15)))
    band = family_position(rng.poisson(mean), 100, adjust=False).band

    assert np.mean(band != "about the same") == pytest.approx(share, abs=0.01)
    assert np.mean(np.char.startswith(band, "much")) < 0.005


def test_rank_does_not_depend_on_what_else_is_on_the_screen():
    rng = np.random.default_rng(26)
    counts = rng.poisson(60, (5, 12))

    together, alone = family_rank(counts, 10, own=4), family_rank(counts[3], 10, own=4)

    assert (alone.rank, alone.lower_cl, alone.upper_cl) == (
        together.rank[3],
        together.lower_cl[3],
        together.upper_cl[3],
    )


def test_equal_rates_share_the_better_observed_rank_and_range_over_all():
    rank = family_rank([50] * 9, 100)

    assert rank.observed == 1
    assert rank.rank == pytest.approx(5, abs=1)
    assert (rank.lower_cl, rank.upper_cl) == (1, 9)


@pytest.mark.parametrize(
    ("expected", "lower", "upper"), [(5, 0.542, 9.377), (20, 11.205, 28.746), (100, 80.366, 119.581)]
)
def test_published_funnel_limits(expected, lower, upper):
    limits = funnel_limits(expected)

    assert limits.lower == pytest.approx(lower, abs=5e-4)
    assert limits.upper == pytest.approx(upper, abs=5e-4)


def test_funnel_limits_widen_with_confidence_and_dispersion_and_stay_above_zero():
    plain, wide = funnel_limits([0.5, 5, 50]), funnel_limits([0.5, 5, 50], dispersion=4)
    outer = funnel_limits([0.5, 5, 50], confidence=0.998)

    assert (outer.upper > plain.upper).all()
    assert (outer.lower <= plain.lower).all()
    assert (wide.lower >= 0).all()
    assert (wide.upper - wide.expected) == pytest.approx(2 * (plain.upper - plain.expected))


def test_funnel_of_nothing_expected():
    limits = funnel_limits([0, np.nan])

    assert (limits.lower[0], limits.upper[0]) == (0, 0)
    assert np.isnan(limits.upper[1])


def test_funnel_dispersion_finds_the_spread_and_is_not_led_by_one_outlier():
    rng = np.random.default_rng(27)
    expected = rng.uniform(50, 500, 2000)
    chance, spread = rng.poisson(expected), rng.negative_binomial(expected / 3, 1 / 4)
    outlier = np.r_[chance, 50_000]

    assert funnel_dispersion(chance, expected) == pytest.approx(0.67, abs=0.03)  # drawing in takes a third
    assert funnel_dispersion(spread, expected) == pytest.approx(4 * 0.67, abs=0.3)
    assert funnel_dispersion(outlier, np.r_[expected, 100]) == pytest.approx(
        funnel_dispersion(chance, expected), rel=0.01
    )
    assert np.isnan(funnel_dispersion([3, 4], [3, 3]))
