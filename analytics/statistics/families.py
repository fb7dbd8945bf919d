"""Where an area stands in its family of similar areas: level, band, rank with its range, funnel limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import pdtr, pdtrik, stdtr, stdtrit

from analytics.statistics._arrays import Bools, Floats, as_counts, widening
from analytics.statistics.adjustment import adjusted_p_values

__all__ = [
    "FamilyPosition",
    "FamilyRank",
    "FunnelLimits",
    "family_position",
    "family_rank",
    "funnel_dispersion",
    "funnel_limits",
]

MIN_PEERS = 3


@dataclass(frozen=True)
class FamilyPosition:
    """One value per row of counts (a category, a year, …); rates per `per`.

    family_mean: unweighted mean of the members' rates, ourselves included. pooled_others: all the others' incidents
    over all their denominators. lower_cl to upper_cl: where a member of our size would lie if it were like its peers;
    t, its freedom and p say how far we are from there, tau2 how far the peers differ beyond chance (log scale).
    members: how many have a figure, ourselves included; the rest are left out, not zero.
    band: "much higher", "higher", "about the same", "lower", "much lower", "too few members" or "no data" (our own).
    """

    rate: Floats
    family_mean: Floats
    pooled_others: Floats
    lower_cl: Floats
    upper_cl: Floats
    tau2: Floats
    t: Floats
    freedom: Floats
    p_value: Floats
    p_adjusted: Floats
    band: NDArray[np.str_]
    members: NDArray[np.int64]
    method: str
    confidence: float


@dataclass(frozen=True)
class FamilyRank:
    """One value per row of counts; NaN where there is no figure of our own.

    rank: the median over the draws, lower_cl to upper_cl its range. observed: by the rates as they are, ties sharing
    the better rank. members: of how many.
    """

    rank: Floats
    lower_cl: Floats
    upper_cl: Floats
    observed: Floats
    members: NDArray[np.int64]
    method: str
    confidence: float


@dataclass(frozen=True)
class FunnelLimits:
    """Counts between which chance keeps an area with this expected count."""

    expected: Floats
    lower: Floats
    upper: Floats
    method: str
    confidence: float


def _family(counts: ArrayLike, denominators: ArrayLike) -> tuple[Floats, Floats, Bools]:
    """Counts and denominators of one shape (…, members), zeros where there is no figure, and where there is one."""
    x, k = np.broadcast_arrays(as_counts(counts), as_counts(denominators, "denominators"))
    has = ~np.isnan(x) & (k > 0)
    return np.where(has, x, 0.0), np.where(has, k, 1.0), has


def family_position(
    counts: ArrayLike, denominators: ArrayLike, *, own: int = 0, per: float = 1000.0, adjust: bool = True
) -> FamilyPosition:
    """Our rate beside the family's, and whether the difference is more than the family's own spread and chance.

    counts: (…, members), denominators broadcast against them; NaN = the member has no complete figure and is left out.
    own: our place among the members. adjust: Benjamini–Hochberg over all rows, which share a screen.

    Method: leave-one-out prediction (Higgins, Thompson & Spiegelhalter 2009): y = ln(x + 0.5) − ln k with variance
    1/(x + 0.5), random-effects mean of the m peers (DerSimonian & Laird 1986),
    T = (y_own − μ)/√(τ² + s_own² + 1/Σw) on m − 2 degrees of freedom. "Higher" or "lower" where p < 0.05, "much" where
    p < 0.002 (|T| beyond the 97.5 % and 99.9 % points). The rule is this dashboard's own.

    >>> x = [47, 52, 60, 38, 71, 55, 44, 49, 66, 58, 40, 62, 53, 90, 45]
    >>> k = [150, 148, 160, 120, 170, 155, 140, 145, 165, 150, 130, 160, 150, 152, 142]
    >>> p = family_position(x, k, own=13, per=100)
    >>> print(f"{p.rate:.2f}, mean {p.family_mean:.3f}, others {p.pooled_others:.3f}, T {p.t:.2f}: {p.band}")
    59.21, mean 36.835, others 35.492, T 4.52: much higher
    """
    x, k, has = _family(counts, denominators)
    rate = np.where(has, x / k, 0.0)
    members = has.sum(axis=-1)
    peers = has & (np.arange(x.shape[-1]) != own % x.shape[-1])
    m = peers.sum(axis=-1)
    y, variance = np.log(x + 0.5) - np.log(k), 1 / (x + 0.5)
    weight = np.where(peers, 1 / variance, 0.0)
    total = np.fmax(weight.sum(axis=-1), 1e-300)
    fixed = (weight * y).sum(axis=-1) / total
    q = (weight * (y - fixed[..., None]) ** 2).sum(axis=-1)
    spare = total - (weight**2).sum(axis=-1) / total
    enough = (m >= MIN_PEERS) & has[..., own]
    tau2 = np.where(enough, np.fmax(q - (m - 1), 0.0) / np.where(enough, spare, 1.0), np.nan)
    weight = np.where(peers, 1 / (variance + tau2[..., None]), 0.0)
    total = np.where(enough, weight.sum(axis=-1), np.nan)
    centre = (weight * y).sum(axis=-1) / total
    error = np.sqrt(tau2 + variance[..., own] + 1 / total)
    freedom = np.where(enough, m - 2, 1)
    t = (y[..., own] - centre) / error
    p = 2 * stdtr(freedom, -np.abs(t))
    reach = stdtrit(freedom, 0.975) * error
    p_adjusted = adjusted_p_values(p) if adjust else p
    band = np.select(
        [~has[..., own], ~enough, p_adjusted >= 0.05, (p_adjusted < 0.002) & (t > 0), p_adjusted < 0.002, t > 0],
        ["no data", "too few members", "about the same", "much higher", "much lower", "higher"],
        "lower",
    )
    others_k = np.where(peers, k, 0.0).sum(axis=-1)
    pooled = np.where(peers, x, 0.0).sum(axis=-1) / np.where(others_k > 0, others_k, np.nan)
    mean = rate.sum(axis=-1) / np.where(members > 0, members, np.nan)
    return FamilyPosition(
        rate=np.where(has[..., own], rate[..., own] * per, np.nan)[()],
        family_mean=(mean * per)[()],
        pooled_others=(pooled * per)[()],
        lower_cl=(np.exp(centre - reach) * per)[()],
        upper_cl=(np.exp(centre + reach) * per)[()],
        tau2=tau2[()],
        t=t[()],
        freedom=np.where(enough, freedom, np.nan)[()],
        p_value=p[()],
        p_adjusted=p_adjusted[()],
        band=band[()],
        members=members,
        method="leave-one-out random-effects prediction",
        confidence=0.95,
    )


def family_rank(
    counts: ArrayLike,
    denominators: ArrayLike,
    *,
    own: int = 0,
    lowest_first: bool = True,
    confidence: float = 0.95,
    draws: int = 10_000,
    seed: int = 1,
) -> FamilyRank:
    """Our rank in the family with the range that chance leaves open: "13th of 15 (95 % range 10–15)".

    counts, denominators, own: as in :func:`family_position`. lowest_first: the lowest rate is 1st (else the highest).
    Each row is drawn with the same seed, so a category's rank does not depend on what else is on the screen.

    Method: draws of every member's rate from Gamma(x + 0.5)/k (the Jeffreys posterior of a Poisson rate), ranked.

    >>> x = [47, 52, 60, 38, 71, 55, 44, 49, 66, 58, 40, 62, 53, 90, 45]
    >>> k = [150, 148, 160, 120, 170, 155, 140, 145, 165, 150, 130, 160, 150, 152, 142]
    >>> rank = family_rank(x, k, own=13, lowest_first=False)
    >>> print(f"{rank.rank:.0f} of {rank.members} ({rank.lower_cl:.0f} to {rank.upper_cl:.0f})")
    1 of 15 (1 to 2)
    """
    x, k, has = _family(counts, denominators)
    shape, width = x.shape[:-1], x.shape[-1]
    rows = zip(x.reshape(-1, width), k.reshape(-1, width), has.reshape(-1, width), strict=True)
    tail = (1 - confidence) / 2
    found = []
    for row_x, row_k, row_has in rows:
        if not row_has[own]:
            found.append((np.nan,) * 4)
            continue
        others = np.flatnonzero(row_has & (np.arange(width) != own % width))
        random = np.random.default_rng(seed)
        ours = random.standard_gamma(row_x[own] + 0.5, draws) / row_k[own]
        theirs = random.standard_gamma(row_x[others] + 0.5, (draws, others.size)) / row_k[others]
        rate, rates = row_x[own] / row_k[own], row_x[others] / row_k[others]
        before = theirs < ours[:, None] if lowest_first else theirs > ours[:, None]
        ranks = 1 + before.sum(axis=1)
        observed = 1 + (rates < rate if lowest_first else rates > rate).sum()
        limits = np.quantile(ranks, (0.5, tail, 1 - tail), method="inverted_cdf")
        found.append((*limits.tolist(), observed))
    rank, lower, upper, observed_rank = (np.array(part).reshape(shape)[()] for part in zip(*found, strict=True))
    method = f"{draws:,} draws from Gamma(x + 0.5), seed {seed}"
    return FamilyRank(rank, lower, upper, observed_rank, has.sum(axis=-1), method, confidence)


def funnel_limits(expected: ArrayLike, *, confidence: float = 0.95, dispersion: ArrayLike = 1.0) -> FunnelLimits:
    """The count below and above which an area with this expected count (target rate × denominator) stands out.

    Where `dispersion` φ is over 1, the limits move √φ times as far from the expected count, never below zero.

    Method: Poisson quantiles, interpolated between the two counts around them (Spiegelhalter 2005).

    >>> limits = funnel_limits([5, 20, 100])
    >>> limits.lower.round(3), limits.upper.round(3)
    (array([ 0.542, 11.205, 80.366]), array([  9.377,  28.746, 119.581]))
    """
    mean = as_counts(expected, "expected")
    tail = (1 - confidence) / 2
    root_phi = widening(dispersion)

    def quantile(p: float) -> Floats:
        safe = np.where(mean > 0, mean, 1.0)
        count = np.fmax(np.ceil(np.nan_to_num(pdtrik(p, safe)) - 1e-9), 0.0)
        reached = pdtr(count, safe)
        under = np.where(count > 0, pdtr(np.fmax(count - 1, 0.0), safe), 0.0)
        return np.where(mean > 0, count - (reached - p) / (reached - under), np.where(mean == 0, 0.0, np.nan))

    lower, upper = mean - root_phi * (mean - quantile(tail)), mean + root_phi * (quantile(1 - tail) - mean)
    method = "interpolated Poisson quantiles"
    return FunnelLimits(mean, np.fmax(lower, 0.0)[()], upper[()], method, confidence)


def funnel_dispersion(counts: ArrayLike, expected: ArrayLike, *, winsorised: float = 0.1) -> float:
    """φ of the areas in a funnel: how much more they differ than chance alone, the extremes drawn in first.

    counts, expected: (areas,); NaN left out. NaN where fewer than 3 areas have a figure.

    Method: mean square of z = (x − E)/√E, z winsorised at the outer `winsorised` share each side (Spiegelhalter 2005).
    Drawing the extremes in makes φ of pure chance 0.67 rather than 1: limits are widened late, never early.

    >>> round(funnel_dispersion([80, 120, 95, 140, 60, 100], [100] * 6), 2)
    4.38
    """
    x, e = np.broadcast_arrays(as_counts(counts), as_counts(expected, "expected"))
    z = (x - e) / np.sqrt(np.where(e > 0, e, np.nan))
    z = z[~np.isnan(z)]
    if z.size < 3:
        return float("nan")
    return float(np.mean(np.clip(z, *np.quantile(z, (winsorised, 1 - winsorised))) ** 2))
