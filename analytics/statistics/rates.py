"""Rates, proportions and their intervals; how far months spread beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtr

from analytics.statistics._arrays import Floats, as_counts, as_floats, normal_quantile, widening

__all__ = [
    "Estimate",
    "crime_rate",
    "difference_from_whole",
    "dispersion",
    "interval_p_value",
    "proportion",
    "proportion_difference",
    "share_difference",
]


@dataclass(frozen=True)
class Estimate:
    """Figures with their intervals: arrays of one shape (numbers where numbers went in). NaN = not known.

    method: how each was worked out, in a reader's words.
    """

    value: Floats
    lower_cl: Floats
    upper_cl: Floats
    method: NDArray[np.str_]
    confidence: float

    @classmethod
    def of(cls, value: Floats, lower_cl: Floats, upper_cl: Floats, method: NDArray[np.str_], confidence: float) -> Self:
        """The estimate of these arrays, those without a dimension turned into plain numbers."""
        return cls(value[()], lower_cl[()], upper_cl[()], method[()], confidence)


def crime_rate(
    counts: ArrayLike,
    denominator: ArrayLike,
    *,
    per: float = 1000.0,
    confidence: float = 0.95,
    dispersion: ArrayLike = 1.0,
) -> Estimate:
    """Incidents per so many residents (households, km²) with the interval that chance gives.

    counts, denominator, dispersion: broadcast against each other. A missing count, or a denominator that is missing or
    zero, gives NaN. Denominator 1 with ``per=1`` gives the count itself with its interval.

    Method: Byar's approximation from 10 incidents on, exact Poisson below (Breslow & Day 1987, as PHEindicatormethods).
    Where `dispersion` φ is over 1, the limits move √φ times as far from the estimate on the square-root scale: there
    the spread of a count does not depend on its size, and zero needs no special case.

    >>> rate = crime_rate([65, 0, None], 1000)
    >>> rate.value, rate.lower_cl.round(3), rate.upper_cl.round(3)
    (array([65.,  0., nan]), array([50.163,  0.   ,    nan]), array([82.849,  3.689,    nan]))
    >>> rate.method.tolist()
    ["Byar's approximation", 'exact Poisson', 'no data']
    """
    z = normal_quantile(confidence)
    x, k, root_phi = np.broadcast_arrays(as_counts(counts), as_counts(denominator, "denominator"), widening(dispersion))
    k = np.where(k > 0, k, np.nan)
    large = np.where(x >= 10, x, 10.0)
    small = np.where(x < 10, x, 1.0)
    tail = (1 - confidence) / 2
    exact_lower = np.where(small > 0, chdtri(2 * np.where(small > 0, small, 1.0), 1 - tail) / 2, 0.0)
    lower = np.where(x >= 10, large * (1 - 1 / (9 * large) - z / (3 * np.sqrt(large))) ** 3, exact_lower)
    above = large + 1
    upper = np.where(
        x >= 10, above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3, chdtri(2 * small + 2, tail) / 2
    )
    root = np.sqrt(x)
    lower = np.fmax(root - root_phi * (root - np.sqrt(lower)), 0.0) ** 2
    upper = (root + root_phi * (np.sqrt(upper) - root)) ** 2
    missing = np.isnan(x) | np.isnan(k)
    method = np.where(x >= 10, "Byar's approximation", "exact Poisson")
    method = np.where(root_phi > 1, np.char.add(method, ", widened for overdispersion"), method)
    value, lower, upper = (np.where(missing, np.nan, part * per / k) for part in (x, lower, upper))
    return Estimate.of(value, lower, upper, np.where(missing, "no data", method), confidence)


def proportion(
    successes: ArrayLike, trials: ArrayLike, *, confidence: float = 0.95, design_effect: ArrayLike = 1.0
) -> Estimate:
    """A share between 0 and 1 with Wilson's interval; weighted surveys count as trials / design effect.

    Method: Wilson (1927).

    >>> share = proportion(65, 100)
    >>> print(f"{share.lower_cl:.6f} to {share.upper_cl:.6f}")
    0.552544 to 0.736358
    """
    z = normal_quantile(confidence)
    x, n, deff = np.broadcast_arrays(as_counts(successes), as_counts(trials, "trials"), as_floats(design_effect))
    if (x > n).any():
        raise ValueError("successes must not exceed trials.")
    if (deff <= 0).any():
        raise ValueError("design_effect must be above zero.")
    p = x / np.where(n > 0, n, np.nan)
    n_eff = n / deff
    with np.errstate(invalid="ignore", divide="ignore"):
        half = z * np.sqrt(p * (1 - p) / n_eff + z**2 / (4 * n_eff**2))
        centre, scale = p + z**2 / (2 * n_eff), 1 + z**2 / n_eff
        lower, upper = np.clip((centre - half) / scale, 0, 1), np.clip((centre + half) / scale, 0, 1)
    lower, upper = np.where(x == 0, p, lower), np.where(x == n, p, upper)  # exactly 0 and 1, without rounding dust
    return Estimate.of(p, lower, upper, np.where(np.isnan(p), "no data", "Wilson"), confidence)


def proportion_difference(
    successes: ArrayLike,
    trials: ArrayLike,
    other_successes: ArrayLike,
    other_trials: ArrayLike,
    *,
    confidence: float = 0.95,
    design_effect: ArrayLike = 1.0,
    other_design_effect: ArrayLike | None = None,
) -> Estimate:
    """First share minus the other, with Newcombe's hybrid score interval. One design effect given counts for both.

    Method: Newcombe (1998), method 10: the two Wilson intervals combined.

    >>> gap = proportion_difference(35, 100, 19, 100)
    >>> print(f"{gap.value:+.2f} ({gap.lower_cl:+.4f} to {gap.upper_cl:+.4f})")
    +0.16 (+0.0369 to +0.2771)
    """
    other_effect = design_effect if other_design_effect is None else other_design_effect
    one = proportion(successes, trials, confidence=confidence, design_effect=design_effect)
    two = proportion(other_successes, other_trials, confidence=confidence, design_effect=other_effect)
    return share_difference(one, two)


def share_difference(one: Estimate, two: Estimate) -> Estimate:
    """One independent share minus another, from their own intervals: Wilson's, or those a survey publishes.

    Method: Newcombe (1998), method 10; with other intervals it is the MOVER of Zou & Donner (2008).

    >>> gap = share_difference(proportion(35, 100), proportion(19, 100))
    >>> print(f"{gap.lower_cl:+.4f} to {gap.upper_cl:+.4f}")
    +0.0369 to +0.2771
    """
    gap = np.asarray(one.value - two.value)
    lower = gap - np.hypot(one.value - one.lower_cl, two.upper_cl - two.value)
    upper = gap + np.hypot(one.upper_cl - one.value, two.value - two.lower_cl)
    return Estimate.of(gap, lower, upper, np.where(np.isnan(gap), "no data", "Newcombe"), one.confidence)


def difference_from_whole(
    successes: ArrayLike,
    trials: ArrayLike,
    whole_successes: ArrayLike,
    whole_trials: ArrayLike,
    *,
    confidence: float = 0.95,
    design_effect: ArrayLike = 1.0,
) -> Estimate:
    """A part's share minus that of the whole it is in, such as a ward's minus the partnership's in one survey.

    Those asked in the part were asked in the whole too, so the two shares move together: the part is set against the
    rest, and the interval shrunk by the rest's part of the whole. p − P = (1 − n/N)(p − rest). NaN where the part is
    the whole, or does not fit into it.

    Method: Newcombe (1998), method 10, for part against rest.

    >>> gap = difference_from_whole(60, 100, 310, 1000)
    >>> print(f"{gap.value:+.2f} ({gap.lower_cl:+.3f} to {gap.upper_cl:+.3f})")
    +0.29 (+0.198 to +0.375)
    """
    x, n, all_x, all_n = np.broadcast_arrays(
        *(as_counts(part) for part in (successes, trials, whole_successes, whole_trials))
    )
    fits = (n < all_n) & (x <= all_x) & (all_x - x <= all_n - n)
    rest_x, rest_n = np.where(fits, all_x - x, np.nan), np.where(fits, all_n - n, np.nan)
    gap = proportion_difference(x, n, rest_x, rest_n, confidence=confidence, design_effect=design_effect)
    rest = 1 - n / np.where(fits, all_n, np.nan)
    value, lower, upper = (np.asarray(part * rest) for part in (gap.value, gap.lower_cl, gap.upper_cl))
    return Estimate.of(
        value, lower, upper, np.where(np.isnan(value), "no data", "Newcombe, against the rest"), confidence
    )


def interval_p_value(estimate: Estimate) -> Floats:
    """Two-sided p of no difference: under 0.05 just where the 95 % interval leaves out zero.

    The limit on the side of zero gives the standard error. NaN where there is no interval. An interval without width
    has p 1 at zero and 0 elsewhere.

    >>> print(interval_p_value(proportion_difference(35, 100, 19, 100)).round(4))
    0.0109
    """
    value, lower, upper = (
        np.asarray(part, dtype=float) for part in (estimate.value, estimate.lower_cl, estimate.upper_cl)
    )
    half = np.where(value > 0, value - lower, upper - value)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.abs(value) / half * normal_quantile(estimate.confidence)
    p = np.where(half > 0, 2 * ndtr(-z), np.where(value == 0, 1.0, 0.0))
    return np.where(np.isnan(value) | np.isnan(half), np.nan, p)[()]


def dispersion(
    counts: ArrayLike, *, exposure: ArrayLike | None = None, groups: ArrayLike | None = None
) -> Floats | np.float64:
    """φ: how many times as much the months vary as chance alone would make them. 1 is chance, over 1 is more.

    counts: (…, months); one φ per series comes back, NaN where no month is left over after one mean per group.
    NaN months are left out. exposure: days per month, or anything the count grows with. groups: a label per month
    (the year, the calendar month): each group has a mean of its own, so that a change between periods or a season is
    not taken for unrest. Groups without incidents say nothing and are left out.

    Method: φ = Σ(y − m)²/m/(T − groups), m = exposure × the group's incidents per exposure (Pearson).

    >>> round(float(dispersion([120, 95, 130, 88, 142, 101, 99, 137, 110, 125, 93, 140])), 4)
    3.3818
    >>> round(float(dispersion([31, 28, 62, 56], exposure=[31, 28, 31, 28], groups=[2024, 2024, 2025, 2025])), 4)
    0.0
    """
    y = as_counts(counts)
    days = np.ones(y.shape[-1:]) if exposure is None else as_counts(exposure, "exposure")
    known = ~np.isnan(y) & (days > 0)
    days = np.where(known, days, 0.0)
    y = np.where(known, y, 0.0)
    labels = (
        np.zeros(y.shape[-1], dtype=int) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    )
    if labels.shape != y.shape[-1:]:
        raise ValueError(f"groups needs one label per month: {y.shape[-1]}, not {labels.size}.")
    member = (labels[:, None] == np.arange(labels.max() + 1 if labels.size else 0)).astype(float)
    total, exposed = y @ member, days @ member
    rate = np.divide(total, exposed, out=np.zeros_like(total), where=exposed > 0)
    expected = days * (rate @ member.T)
    pearson = np.divide((y - expected) ** 2, expected, out=np.zeros_like(y), where=expected > 0).sum(axis=-1)
    freedom = (expected > 0).sum(axis=-1) - (total > 0).sum(axis=-1)
    return np.where(freedom > 0, pearson / np.fmax(freedom, 1), np.nan)[()]
