"""Changes a second time, slowly: one pair at a time, by other routes and by scipy's own tests."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.statistics.adjustment import adjusted_p_values
from analytics.statistics.change import change_against_family, e_test, rate_ratio

counts = st.integers(0, 400)
exposures = st.floats(0.2, 5)


@settings(deadline=None)
@given(counts, exposures, counts, exposures)
def test_rate_ratio(x1, k1, x0, k0):
    fast = rate_ratio(x1, k1, x0, k0)

    if x1 + x0 == 0:
        return
    null_share = k1 / (k1 + k0)
    limits = stats.binomtest(x1, x1 + x0).proportion_ci(confidence_level=0.95, method="exact")
    lower = limits.low / (1 - limits.low) * k0 / k1
    upper = limits.high / (1 - limits.high) * k0 / k1 if limits.high < 1 else math.inf
    below, above = stats.binom.cdf(x1, x1 + x0, null_share), stats.binom.sf(x1 - 1, x1 + x0, null_share)
    assert fast.lower_cl == pytest.approx(lower, rel=1e-7)
    assert fast.upper_cl == pytest.approx(upper, rel=1e-7)
    assert fast.p_value == pytest.approx(min(1, 2 * min(below, above)))


def test_p_value_of_a_widened_interval_is_the_level_at_which_it_touches_one():
    for x1, x0, phi in [(240, 331, 3.3), (80, 45, 2), (0, 60, 4), (33, 0, 2.5)]:
        p = float(rate_ratio(x1, 1, x0, 1, dispersion=phi).p_value)

        touching = rate_ratio(x1, 1, x0, 1, dispersion=phi, confidence=1 - p)
        edge = touching.upper_cl if x1 < x0 else touching.lower_cl
        assert edge == pytest.approx(1, rel=1e-6)


def slow_e_test(x1, k1, x0, k0):
    """Every pair of counts that matters, one by one."""
    rate = (x1 + x0) / (k1 + k0)
    if x1 / k1 == x0 / k0:
        return 1.0

    def statistic(i, j):
        return abs(i / k1 - j / k0) / math.sqrt(i / k1**2 + j / k0**2) if i + j else 0.0

    seen = statistic(x1, x0)
    total = 0.0
    for i in range(int(k1 * rate + 12 * math.sqrt(k1 * rate) + 40)):
        for j in range(int(k0 * rate + 12 * math.sqrt(k0 * rate) + 40)):
            if statistic(i, j) >= seen * (1 - 1e-10):
                total += math.exp(
                    i * math.log(k1 * rate) - k1 * rate - math.lgamma(i + 1)
                    + j * math.log(k0 * rate) - k0 * rate - math.lgamma(j + 1)
                )  # fmt: skip
    return min(total, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 15), st.sampled_from([0.5, 1, 3]), st.integers(0, 15), st.sampled_from([1, 2]))
def test_e_test(x1, k1, x0, k0):
    slow = slow_e_test(x1, k1, x0, k0) if x1 + x0 else 1.0

    assert e_test(x1, k1, x0, k0) == pytest.approx(slow, abs=1e-9)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300))
def test_e_test_against_scipy(x1, x0):
    """Exposure 1 only: with 365, scipy loses exactly equal differences (63 v 73 and 73 v 63) to rounding."""
    if x1 != x0:
        assert e_test(x1, 1, x0, 1) == pytest.approx(stats.poisson_means_test(x1, 1, x0, 1).pvalue, abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1), st.none()), max_size=12))
def test_adjusted_p_values_against_scipy(values):
    known = [v for v in values if v is not None]

    fast = adjusted_p_values(values)

    slow = iter(stats.false_discovery_control(known) if known else [])
    assert fast == pytest.approx([np.nan if v is None else next(slow) for v in values], nan_ok=True)


@pytest.mark.filterwarnings("ignore:Perfect separation")
def test_change_against_family_is_the_poisson_interaction():
    """The same figure as the interaction term of a 2 × 2 Poisson regression."""
    sm = pytest.importorskip("statsmodels.api")
    counts = np.array([16_000, 14_000, 150_000, 140_400])
    ours, later = np.array([1, 1, 0, 0]), np.array([0, 1, 0, 1])
    terms = np.column_stack([np.ones(4), ours, later, ours * later])
    with np.errstate(divide="ignore", invalid="ignore"):  # a saturated model has no degree of freedom left
        fit = sm.GLM(counts, terms, family=sm.families.Poisson()).fit()

    fast = change_against_family(14_000, 16_000, 140_400, 150_000)

    assert np.log(fast.ratio) == pytest.approx(fit.params[3], abs=1e-9)
    assert fast.p_value == pytest.approx(fit.pvalues[3], rel=1e-6)
