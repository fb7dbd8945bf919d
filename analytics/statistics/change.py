"""Change between two periods: ratio, interval, p-value and the word for it; change against the family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, betaincinv, gammaln, ndtr, pdtr, pdtrc, xlogy

from analytics.statistics._arrays import Floats, as_counts, normal_quantile, widening
from analytics.statistics.adjustment import adjusted_p_values

__all__ = ["Change", "RateRatio", "change_against_family", "change_verdicts", "e_test", "rate_ratio"]

TOO_FEW = 20
"""Under this count in both periods the counts are shown alone."""


@dataclass(frozen=True)
class RateRatio:
    """Ratios of two rates with their intervals and two-sided p-values. NaN = not known; upper_cl may be infinite."""

    ratio: Floats
    lower_cl: Floats
    upper_cl: Floats
    p_value: Floats
    method: str
    confidence: float


@dataclass(frozen=True)
class Change:
    """One row per series. All but `verdict` is NaN where it may not be shown (too few) or is not known (no data).

    change_pct and its limits are per cent of the baseline rate. p_adjusted: over all series judged together.
    verdict: "rose", "fell", "no clear change", "too few" or "no data".
    """

    ratio: Floats
    change_pct: Floats
    change_lower_cl: Floats
    change_upper_cl: Floats
    p_value: Floats
    p_adjusted: Floats
    verdict: NDArray[np.str_]
    method: str
    confidence: float


def rate_ratio(
    counts: ArrayLike,
    exposure: ArrayLike,
    baseline_counts: ArrayLike,
    baseline_exposure: ArrayLike,
    *,
    confidence: float = 0.95,
    dispersion: ArrayLike = 1.0,
) -> RateRatio:
    """How many times the baseline's rate the later rate is: (x1/k1)/(x0/k0). All arguments broadcast.

    counts x1 and exposure k1 (days, residents, …) of the later period; baseline x0 and k0. The ratio is infinite where
    only the baseline has no incidents, NaN where neither has (interval 0 to infinity). Missing or zero exposure: NaN.

    Method: given x0 + x1, x1 is binomial: exact Clopper–Pearson limits, and the two-sided p-value is twice the smaller
    tail, at most 1 (the doubling rule, which is what Clopper–Pearson limits invert, so p < 0.05 exactly where the 95 %
    interval excludes 1). Where `dispersion` φ is over 1 the limits move √φ times as far from the ratio on the log scale
    and p is that of the widened interval: twice the tail beyond x1 under a true ratio of r^(1 − 1/√φ). With a zero on
    one side there is no logarithm: both counts are divided by φ instead.

    >>> change = rate_ratio(27, 1, 45, 1)
    >>> print(f"{change.ratio:.3f} ({change.lower_cl:.3f} to {change.upper_cl:.3f}), p {change.p_value:.4f}")
    0.600 (0.358 to 0.988), p 0.0444
    """
    tail = (1 - confidence) / 2
    x1, k1, x0, k0, root_phi = np.broadcast_arrays(
        as_counts(counts),
        as_counts(exposure, "exposure"),
        as_counts(baseline_counts, "baseline_counts"),
        as_counts(baseline_exposure, "baseline_exposure"),
        widening(dispersion),
    )
    missing = np.isnan(x1) | np.isnan(x0) | ~(k1 > 0) | ~(k0 > 0)
    k1, k0 = np.where(missing, 1.0, k1), np.where(missing, 1.0, k0)
    zero = ~missing & ((x1 == 0) | (x0 == 0))
    shrink = np.where(zero, root_phi**2, 1.0)
    a, b = np.where(missing, 1.0, x1 / shrink), np.where(missing, 1.0, x0 / shrink)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (a / k1) / (b / k0)
        lower = _lower_odds(a, b, tail) * k0 / k1
        upper = k0 / k1 / _lower_odds(b, a, tail)
        power = np.where(zero, 1.0, root_phi)
        anchor = np.where(zero, 1.0, ratio)
        lower, upper = anchor * (lower / anchor) ** power, anchor * (upper / anchor) ** power
    p = _doubled_tail(a, b, anchor ** (1 - 1 / power) * k1 / k0)
    ratio, lower, upper, p = (np.where(missing, np.nan, part)[()] for part in (ratio, lower, upper, p))
    return RateRatio(ratio, lower, upper, p, "exact conditional (Clopper–Pearson), doubled tail", confidence)


def _lower_odds(a: Floats, b: Floats, tail: float) -> Floats:
    """The lower Clopper–Pearson limit of a out of a + b, as odds; 0 where a is 0."""
    share = betaincinv(np.where(a > 0, a, 1.0), b + 1, tail)
    return np.where(a > 0, share / (1 - share), 0.0)


def _doubled_tail(a: Floats, b: Floats, odds: Floats) -> Floats:
    """Twice the smaller tail of a out of a + b under these odds, at most 1."""
    share = odds / (1 + odds)
    at_least = np.where(a > 0, betainc(np.where(a > 0, a, 1.0), b + 1, share), 1.0)
    at_most = np.where(b > 0, betaincc(a + 1, np.where(b > 0, b, 1.0), share), 1.0)
    return np.minimum(2 * np.minimum(at_least, at_most), 1.0)


def e_test(
    counts: ArrayLike, exposure: ArrayLike, baseline_counts: ArrayLike, baseline_exposure: ArrayLike
) -> Floats | np.float64:
    """Two-sided p-value that two Poisson rates are equal, less conservative than the conditional one.

    Arguments broadcast, as in :func:`rate_ratio`. NaN where an input is missing.

    Method: Krishnamoorthy & Thomson (2004): the chance, under the pooled rate, of a difference at least as large in
    standard errors. For each count of the first period the counts of the second that are as extreme lie outside two
    roots of a quadratic, so only one of the two sums is written out.

    >>> print(f"{e_test(27, 1, 45, 1):.4f}")
    0.0339
    """
    x1, k1, x0, k0 = np.broadcast_arrays(
        as_counts(counts),
        as_counts(exposure, "exposure"),
        as_counts(baseline_counts, "baseline_counts"),
        as_counts(baseline_exposure, "baseline_exposure"),
    )
    missing = np.isnan(x1) | np.isnan(x0) | ~(k1 > 0) | ~(k0 > 0)
    x1, x0, k1, k0 = (np.where(missing, 1.0, part)[..., None] for part in (x1, x0, k1, k0))
    variance = x1 / k1**2 + x0 / k0**2
    t2 = np.divide((x1 / k1 - x0 / k0) ** 2, variance, out=np.zeros_like(variance), where=variance > 0)
    pooled = (x1 + x0) / (k1 + k0)
    mean1, mean0 = k1 * pooled, k0 * pooled
    reach = 10 * np.sqrt(mean1) + 30
    first = np.maximum(np.floor(mean1 - reach), 0.0)
    i = first + np.arange(2 * reach.max() + 1 if reach.size else 1)
    a, c = i / k1, 1 / k0
    middle, square = 2 * a * c + t2 * c**2, 4 * t2 * c**2 * (a * c + t2 * c**2 / 4 + i / k1**2)
    low, high = (middle - np.sqrt(square)) / (2 * c**2), (middle + np.sqrt(square)) / (2 * c**2)
    slack = 1e-9 * (1 + high)
    low = np.where(i == 0, -1.0, np.floor(low + slack))  # no incident in either period is no difference
    high = np.ceil(high - slack)
    extreme = np.where(low >= 0, pdtr(np.maximum(low, 0), mean0), 0.0)
    extreme = extreme + np.where(high >= 1, pdtrc(np.maximum(high - 1, 0), mean0), 1.0)
    weight = np.exp(xlogy(i, mean1) - mean1 - gammaln(i + 1))
    p = np.where(t2[..., 0] > 0, np.minimum((weight * extreme).sum(axis=-1), 1.0), 1.0)
    return np.where(missing, np.nan, p)[()]


def change_verdicts(
    counts: ArrayLike,
    exposure: ArrayLike,
    baseline_counts: ArrayLike,
    baseline_exposure: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
    confidence: float = 0.95,
    adjust: bool = True,
    too_few: int = TOO_FEW,
) -> Change:
    """The change of each series (category, ward, …) with the word that may be said of it.

    Arguments as in :func:`rate_ratio`; each element is a series, and all elements are judged together.

    - "no data": a count is missing (None, NaN), or an exposure is missing or zero. Never treated as zero.
    - "too few": under `too_few` incidents in both periods: no ratio, no per cent, no p.
    - "rose", "fell": the interval (widened where `dispersion` is over 1) excludes no change, and, where `adjust`, the
      Benjamini–Hochberg adjusted p-value over all series judged is at most 1 − confidence.
    - "no clear change": everything else.

    From a baseline of none there is no per cent: change_pct is NaN, its lower limit stands, the upper is infinite.

    >>> change = change_verdicts([240, 27, 4, None, 90], 365, [331, 45, 9, 60, 88], 365)
    >>> change.verdict.tolist()
    ['fell', 'no clear change', 'too few', 'no data', 'no clear change']
    >>> change.change_pct.round(1)
    array([-27.5, -40. ,   nan,   nan,   2.3])
    >>> change_verdicts(27, 365, 45, 365).verdict  # alone on its screen
    np.str_('fell')
    """
    x1, k1, x0, k0 = np.broadcast_arrays(
        as_counts(counts),
        as_counts(exposure, "exposure"),
        as_counts(baseline_counts, "baseline_counts"),
        as_counts(baseline_exposure, "baseline_exposure"),
    )
    few = (x1 < too_few) & (x0 < too_few) & (k1 > 0) & (k0 > 0)
    judged = rate_ratio(np.where(few, np.nan, x1), k1, x0, k0, confidence=confidence, dispersion=dispersion)
    p_adjusted = adjusted_p_values(judged.p_value)
    clear = (p_adjusted if adjust else judged.p_value) <= 1 - confidence
    verdict = np.select(
        [few, np.isnan(judged.p_value), clear & (judged.lower_cl > 1), clear & (judged.upper_cl < 1)],
        ["too few", "no data", "rose", "fell"],
        "no clear change",
    )
    return Change(
        ratio=judged.ratio,
        change_pct=np.where(np.isinf(judged.ratio), np.nan, 100 * (judged.ratio - 1))[()],
        change_lower_cl=100 * (judged.lower_cl - 1),
        change_upper_cl=100 * (judged.upper_cl - 1),
        p_value=judged.p_value,
        p_adjusted=p_adjusted[()],
        verdict=verdict[()],
        method=judged.method,
        confidence=confidence,
    )


def change_against_family(
    counts: ArrayLike,
    baseline_counts: ArrayLike,
    family_counts: ArrayLike,
    family_baseline_counts: ArrayLike,
    *,
    confidence: float = 0.95,
    dispersion: ArrayLike = 1.0,
) -> RateRatio:
    """Our change divided by that of the other members pooled: under 1 we did better (or rose less) than they.

    Both must be counted over the same months, so that lengths cancel; the family's counts leave us out. All arguments
    broadcast. NaN where a count is missing or zero: a ratio of ratios needs all four. p_value: two-sided normal.

    Method: ln(x1/x0) − ln(X1/X0) with variance 1/x1 + 1/x0 + 1/X1 + 1/X0, times `dispersion` where that is over 1.

    >>> against = change_against_family(14_000, 16_000, 140_400, 150_000)
    >>> print(f"{against.ratio:.3f} ({against.lower_cl:.3f} to {against.upper_cl:.3f})")
    0.935 (0.913 to 0.957)
    """
    x1, x0, f1, f0, root_phi = np.broadcast_arrays(
        as_counts(counts),
        as_counts(baseline_counts, "baseline_counts"),
        as_counts(family_counts, "family_counts"),
        as_counts(family_baseline_counts, "family_baseline_counts"),
        widening(dispersion),
    )
    x1, x0, f1, f0 = (np.where(part > 0, part, np.nan) for part in (x1, x0, f1, f0))
    log_ratio = np.log(x1 / x0) - np.log(f1 / f0)
    error = root_phi * np.sqrt(1 / x1 + 1 / x0 + 1 / f1 + 1 / f0)
    reach = normal_quantile(confidence) * error
    return RateRatio(
        np.exp(log_ratio)[()],
        np.exp(log_ratio - reach)[()],
        np.exp(log_ratio + reach)[()],
        (2 * ndtr(-np.abs(log_ratio / error)))[()],
        "log ratio of ratios, normal",
        confidence,
    )
