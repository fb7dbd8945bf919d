"""Families a second time: one member after the other, and quantiles by walking along the counts."""

import math

import numpy as np
import pytest
from scipy import stats

from analytics.statistics.families import family_position, family_rank, funnel_limits


def slow_position(x, k, own):
    peers = [j for j in range(len(x)) if j != own and not math.isnan(x[j])]
    y = {j: math.log(x[j] + 0.5) - math.log(k[j]) for j in [*peers, own]}
    s2 = {j: 1 / (x[j] + 0.5) for j in [*peers, own]}
    w = {j: 1 / s2[j] for j in peers}
    mean = sum(w[j] * y[j] for j in peers) / sum(w.values())
    q = sum(w[j] * (y[j] - mean) ** 2 for j in peers)
    c = sum(w.values()) - sum(v * v for v in w.values()) / sum(w.values())
    tau2 = max(0.0, (q - (len(peers) - 1)) / c)
    w = {j: 1 / (s2[j] + tau2) for j in peers}
    mean = sum(w[j] * y[j] for j in peers) / sum(w.values())
    t = (y[own] - mean) / math.sqrt(tau2 + s2[own] + 1 / sum(w.values()))
    p = 2 * stats.t.sf(abs(t), len(peers) - 2)
    cut95, cut998 = stats.t.ppf([0.975, 0.999], len(peers) - 2)
    if abs(t) < cut95:
        band = "about the same"
    else:
        band = ("much " if abs(t) > cut998 else "") + ("higher" if t > 0 else "lower")
    return tau2, t, p, band


def test_family_position():
    rng = np.random.default_rng(28)
    for _ in range(80):
        size = int(rng.integers(5, 18))
        k = rng.uniform(50, 300, size)
        x = rng.poisson(k * rng.choice([0.3, 3]) * np.exp(rng.normal(0, rng.choice([0, 0.3]), size))).astype(float)
        own = int(rng.integers(0, size))
        x[(own + 1) % size] = np.nan

        fast = family_position(x, k, own=own)

        tau2, t, p, band = slow_position(x, k, own)
        assert (fast.tau2, fast.t, fast.p_value) == pytest.approx((tau2, t, p), rel=1e-9, abs=1e-12)
        assert fast.band == band
        assert fast.members == size - 1
        rates = [count / size_of for count, size_of in zip(x, k, strict=True) if not math.isnan(count)]
        assert fast.family_mean == pytest.approx(1000 * sum(rates) / len(rates))


def test_family_rank_against_the_exact_distribution():
    """Given our rate, each other member is below it independently: the rank's distribution by convolution."""
    x, k = np.array([30, 42, 35, 55, 28, 39]), np.array([10, 11, 10, 12, 9, 10])
    fast = family_rank(x, k, own=2, draws=40_000)

    grid = np.linspace(1e-4, 1 - 1e-4, 2001)
    total = np.zeros(6)
    for rate in stats.gamma.ppf(grid, 35.5) / 10:
        below = np.array([1.0])
        for j in (0, 1, 3, 4, 5):
            p = stats.gamma.cdf(rate * k[j], x[j] + 0.5)
            below = np.convolve(below, [1 - p, p])
        total += below / grid.size
    cumulative = np.cumsum(total)
    exact = [1 + int(np.searchsorted(cumulative, level)) for level in (0.5, 0.025, 0.975)]
    assert [fast.rank, fast.lower_cl, fast.upper_cl] == exact


def slow_quantile(mean, p):
    count, below, reached = 0, 0.0, math.exp(-mean)
    while reached < p:
        count += 1
        below, reached = reached, reached + math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    return count - (reached - p) / (reached - below)


def test_funnel_limits():
    rng = np.random.default_rng(29)
    expected = np.r_[rng.uniform(0.05, 5, 60), rng.uniform(5, 400, 60)]
    for confidence in (0.95, 0.998):
        fast = funnel_limits(expected, confidence=confidence)

        tail = (1 - confidence) / 2
        assert fast.lower == pytest.approx([max(0, slow_quantile(e, tail)) for e in expected], abs=1e-6)
        assert fast.upper == pytest.approx([slow_quantile(e, 1 - tail) for e in expected], abs=1e-6)
