"""Changes get the published intervals and p-values, and only the words that the figures carry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics.adjustment import adjusted_p_values
from analytics.statistics.change import change_against_family, change_verdicts, e_test, rate_ratio

counts = st.integers(0, 2000)


def test_ratio_and_exact_interval_are_the_published_ones():
    change = rate_ratio(27, 1, 45, 1)

    assert change.ratio == pytest.approx(0.600, abs=5e-4)
    assert change.lower_cl == pytest.approx(0.358, abs=5e-4)
    assert change.upper_cl == pytest.approx(0.988, abs=5e-4)


@pytest.mark.parametrize(
    ("now", "before", "conditional", "unconditional"), [(27, 45, 0.0444, 0.0339), (25, 16, 0.2110, 0.1648)]
)
def test_p_values_are_the_published_ones(now, before, conditional, unconditional):
    assert rate_ratio(now, 1, before, 1).p_value == pytest.approx(conditional, abs=5e-5)
    assert e_test(now, 1, before, 1) == pytest.approx(unconditional, abs=5e-5)


def test_p_value_of_a_large_fall_is_the_published_one():
    assert rate_ratio(240, 1, 331, 1).p_value == pytest.approx(0.00016, abs=5e-6)


def test_exposures_of_different_length_are_compared_per_day():
    change = rate_ratio(29, 29, 28, 28)

    assert change.ratio == pytest.approx(1)
    assert change.p_value == 1


@settings(deadline=None)
@given(counts, counts, st.floats(0.3, 3), st.floats(0.5, 20), st.sampled_from([0.8, 0.95, 0.998]))
def test_p_value_and_interval_always_agree(now, before, exposure, phi, confidence):
    change = rate_ratio(now, exposure, before, 1, confidence=confidence, dispersion=phi)

    excludes_one = change.lower_cl > 1 or change.upper_cl < 1
    if abs(change.p_value - (1 - confidence)) > 1e-7:
        assert excludes_one == (change.p_value < 1 - confidence)


@settings(deadline=None)
@given(st.integers(1, 2000), st.integers(1, 2000), st.floats(1, 20))
def test_dispersion_widens_by_its_root_on_the_log_scale(now, before, phi):
    plain, wide = rate_ratio(now, 1, before, 1), rate_ratio(now, 1, before, 1, dispersion=phi)

    assert np.log(wide.upper_cl / wide.ratio) == pytest.approx(np.sqrt(phi) * np.log(plain.upper_cl / plain.ratio))
    assert np.log(wide.lower_cl / wide.ratio) == pytest.approx(np.sqrt(phi) * np.log(plain.lower_cl / plain.ratio))
    assert wide.p_value >= plain.p_value - 1e-12


@settings(deadline=None)
@given(counts, counts, st.floats(0.5, 20))
def test_swapping_the_periods_turns_the_ratio_over(now, before, phi):
    there, back = rate_ratio(now, 2, before, 3, dispersion=phi), rate_ratio(before, 3, now, 2, dispersion=phi)

    assert there.p_value == pytest.approx(float(back.p_value))
    if np.isfinite(back.upper_cl):
        assert there.lower_cl == pytest.approx(1 / back.upper_cl)


def test_zero_on_one_side_or_both():
    change = rate_ratio([0, 30, 0], 1, [30, 0, 0], 1, dispersion=[1, 3, 1])

    assert change.ratio[0] == 0
    assert change.lower_cl[0] == 0
    assert change.upper_cl[0] < 0.2
    assert np.isinf(change.ratio[1])
    assert np.isinf(change.upper_cl[1])
    assert change.lower_cl[1] > 1
    assert np.isnan(change.ratio[2])
    assert (change.lower_cl[2], change.upper_cl[2], change.p_value[2]) == (0, np.inf, 1)


@pytest.mark.parametrize(("phi", "mean"), [(1, 40), (4, 200)])
def test_no_change_is_called_a_change_in_at_most_five_per_cent(phi, mean):
    rng = np.random.default_rng(4)
    if phi == 1:
        now, before = rng.poisson(mean, (2, 20_000))
    else:
        now, before = rng.negative_binomial(mean / (phi - 1), 1 / phi, (2, 20_000))

    change = change_verdicts(now, 1, before, 1, dispersion=phi, adjust=False)

    assert 0.02 < np.isin(change.verdict, ["rose", "fell"]).mean() <= 0.052


def test_verdicts_use_only_the_words_that_hold():
    change = change_verdicts(
        [400, 100, 105, 19, 19, 20, None, 50, 50], [365] * 8 + [0], [300, 180, 100, 19, 0, 0, 50, None, 60], 365
    )

    assert change.verdict.tolist() == [
        "rose",
        "fell",
        "no clear change",
        "too few",
        "too few",
        "rose",
        "no data",
        "no data",
        "no data",
    ]


def test_too_few_show_neither_ratio_nor_percentage():
    change = change_verdicts([5, 19], 1, [9, 2], 1)

    for column in ("ratio", "change_pct", "change_lower_cl", "change_upper_cl", "p_value", "p_adjusted"):
        assert np.isnan(getattr(change, column)).all(), column


def test_a_rise_from_nothing_has_no_percentage_but_a_lower_limit():
    change = change_verdicts(40, 365, 0, 365)

    assert change.verdict == "rose"
    assert np.isnan(change.change_pct)
    assert change.change_lower_cl > 100
    assert np.isinf(change.change_upper_cl)


def test_missing_baseline_is_no_data_even_where_the_count_is_small():
    assert change_verdicts([3, None], 1, [None, 4], 1).verdict.tolist() == ["no data", "no data"]


def test_many_series_on_one_screen_need_more_evidence_each():
    now, before = [27] + [50] * 19, [45] + [50] * 19

    assert change_verdicts(now, 1, before, 1, adjust=False).verdict[0] == "fell"
    assert change_verdicts(now, 1, before, 1).verdict[0] == "no clear change"


def test_overdispersion_can_take_a_verdict_away():
    assert change_verdicts(240, 1, 331, 1).verdict == "fell"
    assert change_verdicts(240, 1, 331, 1, dispersion=5).verdict == "no clear change"


def test_adjusted_over_series_judged_only():
    alone = change_verdicts([240, 100], 1, [331, 120], 1)
    among_unjudged = change_verdicts([240, 100, 3, None], 1, [331, 120, 5, 80], 1)

    assert among_unjudged.p_adjusted[:2] == pytest.approx(alone.p_adjusted)


def test_adjustment_of_nothing_is_nothing():
    assert np.isnan(adjusted_p_values([np.nan, np.nan])).all()
    assert adjusted_p_values([]).size == 0


def test_change_against_the_family_is_the_published_one():
    against = change_against_family(14_000, 16_000, 140_400, 150_000)
    z = np.log(against.ratio) / np.sqrt(1 / 14_000 + 1 / 16_000 + 1 / 140_400 + 1 / 150_000)

    assert against.ratio == pytest.approx(0.935, abs=5e-4)
    assert (against.lower_cl.item(), against.upper_cl.item()) == pytest.approx((0.913, 0.957), abs=5e-4)
    assert z == pytest.approx(-5.54, abs=5e-3)
    assert against.p_value == pytest.approx(3e-8, rel=0.05)


def test_change_against_the_family_needs_all_four_counts():
    assert np.isnan(change_against_family([0, None, 5], [5, 5, 5], 100, [90, 90, 0]).ratio).all()
