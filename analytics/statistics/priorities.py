"""Priorities: value scores, and how far a ranking hangs on the weights (SMAA-2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import Bools, Floats, as_floats, normal_quantile

__all__ = [
    "Robustness",
    "Shrunk",
    "centroid_weights",
    "pulled_towards_none",
    "rank_robustness",
    "score_range",
    "tipping_weights",
    "value_scores",
    "weighted_scores",
]


@dataclass(frozen=True)
class Robustness:
    """Shares are of all draws. rank_acceptability: (options, ranks), how often each option has each rank.

    top_acceptability: how often it is among the first `top`. central_weights: (options, criteria), the average of the
    weights that put it first; NaN where none does. confidence: how often it is first under those weights, its scores
    being as uncertain as they are.
    """

    rank_acceptability: Floats
    top_acceptability: Floats
    central_weights: Floats
    confidence: Floats
    top: int
    draws: int
    method: str


def value_scores(evidence: ArrayLike, *, low: ArrayLike, high: ArrayLike, more_is_worse: bool = True) -> Floats:
    """Evidence as a value between 0 (no reason for priority) and 1 (every reason), straight from `low` to `high`.

    more_is_worse: high figures speak for priority; otherwise low ones do. NaN (no evidence) stays NaN.

    >>> value_scores([0, 250, 900, None], low=0, high=500)
    array([0. , 0.5, 1. , nan])
    """
    x, start, end = as_floats(evidence), as_floats(low), as_floats(high)
    if not (end > start).all():
        raise ValueError("high must lie above low.")
    value = np.clip((x - start) / (end - start), 0.0, 1.0)
    return value if more_is_worse else 1.0 - value


def weighted_scores(scores: ArrayLike, weights: ArrayLike) -> Floats:
    """S = Σ w·v for each option; weights need not add up to 1. scores: (options, criteria), weights: (criteria,).

    >>> weighted_scores([[1, 0], [0.6, 0.6]], [3, 1])
    array([0.75, 0.6 ])
    """
    return _checked(scores) @ _normalised(weights)


def score_range(scores: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Middle, lowest and highest score of each option: what is not scored (NaN) stands at 0.5, 0 and 1.

    >>> [part.round(2).tolist() for part in score_range([[1, None], [0.6, 0.6]], [3, 1])]
    [[0.88, 0.6], [0.75, 0.6], [1.0, 0.6]]
    """
    values, w = _checked(scores, complete=False), _normalised(weights)
    middle, low, high = (np.where(np.isnan(values), filler, values) @ w for filler in (0.5, 0.0, 1.0))
    return middle, low, high


def centroid_weights(order: ArrayLike) -> Floats:
    """The middle of all weights that keep an order of importance; they add up to 1.

    order: 1 for the most important, equal numbers where nothing is said between them.

    Method: rank order centroid (Barron & Barrett 1996); equals share their places' weights.

    >>> centroid_weights([1, 2, 3]).round(3)
    array([0.611, 0.278, 0.111])
    """
    places = as_floats(order)
    n = places.size
    by_rank = np.array([sum(1 / j for j in range(i, n + 1)) / n for i in range(1, n + 1)])
    ranks = np.argsort(np.argsort(places, kind="stable"), kind="stable")
    own = by_rank[ranks]
    return np.array([own[places == place].mean() for place in places])


@dataclass(frozen=True)
class Shrunk:
    """Log ratios pulled towards none, with 95 % limits, and the share of each that was kept."""

    value: Floats
    lower_cl: Floats
    upper_cl: Floats
    kept: Floats
    tau2: float


def pulled_towards_none(log_ratio: ArrayLike, se: ArrayLike) -> Shrunk:
    """Changes pulled towards none by as much as each could be chance.

    log_ratio, se: (n,); NaN stays NaN. A change whose doubt is large beside the spread of all of them keeps little of
    itself; where all of them together could be chance, nothing is kept.

    Method: empirical Bayes around zero, the spread τ² by the method of moments (DerSimonian & Laird 1986, their mean
    fixed at 0).

    >>> shrunk = pulled_towards_none([0.4, -0.3, 0.4], [0.05, 0.05, 0.4])
    >>> shrunk.value.round(2)
    array([ 0.39, -0.29,  0.17])
    """
    y, s = as_floats(log_ratio), as_floats(se)
    known = ~np.isnan(y) & ~np.isnan(s)
    w = 1 / s[known] ** 2
    spread = (w * y[known] ** 2).sum() - known.sum()
    tau2 = max(0.0, float(spread / w.sum())) if known.any() else 0.0
    kept = np.where(known, tau2 / (tau2 + s**2), np.nan)
    middle, half = kept * y, normal_quantile(0.95) * np.sqrt(kept) * s
    return Shrunk(middle, middle - half, middle + half, kept, tau2)


def rank_robustness(
    scores: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    order: ArrayLike | None = None,
    top: int = 3,
    draws: int = 10_000,
    seed: int = 1,
) -> Robustness:
    """How often each option has each rank, over all weights that agree with what has been said.

    scores: (options, criteria), in [0, 1]; NaN: not scored, drawn evenly from 0 to 1, as nothing is known of it.
    lower, upper: their 95 % limits, where scores are uncertain; each score is drawn from a normal distribution with
    these limits (each side its own spread), kept within [0, 1].
    order: (criteria,), 1 for the most important, equal numbers where nothing is said between them; None for no order.
    Options with equal scores share the better rank.

    Method: SMAA-2 (Lahdelma & Salminen 2001; Tervonen & Lahdelma 2007), weights uniform on the simplex.

    >>> found = rank_robustness([[1, 0], [0, 1], [0.6, 0.6]])
    >>> found.rank_acceptability[:, 0].round(1)
    array([0.4, 0.4, 0.2])
    """
    values = _checked(scores, complete=False)
    n_options, n_criteria = values.shape
    random = np.random.default_rng(seed)
    weights = random.standard_exponential((draws, n_criteria))
    weights /= weights.sum(axis=1, keepdims=True)
    if order is not None:
        weights = _ordered(weights, as_floats(order), random)
    drawn = _drawn(values, lower, upper, draws, random)
    total = np.ascontiguousarray((drawn @ weights[:, :, None])[:, :, 0].T)  # (options, draws)
    ranks = np.empty(total.shape, dtype=np.int64)
    for option in range(n_options):
        np.sum(total > total[option] + 1e-12, axis=0, out=ranks[option])
    cells = ranks + n_options * np.arange(n_options)[:, None]
    acceptability = np.bincount(cells.ravel(), minlength=n_options**2).reshape(n_options, n_options) / draws
    first = (ranks == 0).astype(float)
    times = first.sum(axis=1)[:, None]
    central = np.where(times > 0, first @ weights / np.fmax(times, 1.0), np.nan)
    confidence = np.zeros(n_options)
    for winner in np.flatnonzero(times[:, 0] > 0):
        under = drawn @ central[winner]  # (draws or 1, options)
        confidence[winner] = (under.max(axis=1) <= under[:, winner] + 1e-12).mean()
    return Robustness(
        rank_acceptability=acceptability,
        top_acceptability=acceptability[:, :top].sum(axis=1),
        central_weights=central,
        confidence=confidence,
        top=top,
        draws=draws,
        method=f"SMAA-2, {draws:,} draws, seed {seed}",
    )


def _drawn(
    values: Floats, lower: ArrayLike | None, upper: ArrayLike | None, draws: int, random: np.random.Generator
) -> Floats:
    """(draws, options, criteria); one draw stands for all where nothing is uncertain."""
    unknown = np.isnan(values)
    known = np.where(unknown, 0.5, values)
    below = np.where(unknown, 0.0, known - _limits(known, lower, -1))
    above = np.where(unknown, 0.0, _limits(known, upper, 1) - known)
    doubtful = (below > 0) | (above > 0)
    if not (doubtful.any() or unknown.any()):
        return known[None]
    drawn = np.broadcast_to(known, (draws, *known.shape)).copy()
    step = random.standard_normal((draws, int(doubtful.sum()))) / normal_quantile(0.95)
    step = np.maximum(step, 0.0) * above[doubtful] + np.minimum(step, 0.0) * below[doubtful]
    step += known[doubtful]
    drawn[:, doubtful] = np.clip(step, 0.0, 1.0, out=step)
    drawn[:, unknown] = random.random((draws, int(unknown.sum())))
    return drawn


def tipping_weights(scores: ArrayLike, weights: ArrayLike, *, top: int = 3) -> Floats:
    """Which weight would move each option into the first `top`, or out of them: (options, criteria).

    For each criterion, the weight (0 to 1, nearest to the present one) at which the option crosses over while the
    other weights keep their proportions; NaN where no weight of that criterion does it.

    >>> tipping_weights([[1, 0], [0, 1], [0.6, 0.6]], [0.45, 0.55], top=1).round(2)
    array([[0.6, 0.4],
           [0.4, 0.6],
           [0.4, 0.6]])
    """
    values, present = _checked(scores), _normalised(weights)
    n_options, n_criteria = values.shape
    tipping = np.full(values.shape, np.nan)
    for criterion in range(n_criteria):
        now = present[criterion]
        others = np.delete(present, criterion)
        others = others / others.sum() if others.sum() > 0 else np.full(others.size, 1 / max(others.size, 1))
        rest = np.delete(values, criterion, axis=1) @ others
        slope = values[:, criterion] - rest  # an option's total is rest + weight × slope
        fall, gap = slope[:, None] - slope, rest - rest[:, None]
        meets = np.divide(gap, fall, out=np.zeros_like(gap), where=np.abs(fall) > 1e-15)
        edges = np.sort(np.clip(np.column_stack([meets, np.zeros(n_options), np.ones(n_options)]), 0, 1), axis=1)
        middles = (edges[:, :-1] + edges[:, 1:]) / 2
        within = _in_top(rest, slope, middles, top)
        is_in = _in_top(rest, slope, np.full((n_options, 1), now), top)
        near = np.where(middles > now, edges[:, :-1], edges[:, 1:])
        changed = (within != is_in) & (np.diff(edges, axis=1) > 1e-12)
        distance = np.where(changed, np.abs(near - now), np.inf)
        nearest = distance.argmin(axis=1)
        row = np.arange(n_options)
        tipping[:, criterion] = np.where(np.isfinite(distance[row, nearest]), near[row, nearest], np.nan)
    return tipping


def _in_top(rest: Floats, slope: Floats, weight: Floats, top: int) -> Bools:
    """Is each option among the first at each of its own trial weights? (options, trials)"""
    totals = rest + weight[:, :, None] * slope
    own = rest[:, None] + weight * slope[:, None]
    return (totals > own[:, :, None] + 1e-12).sum(axis=2) < top


def _checked(scores: ArrayLike, *, complete: bool = True) -> Floats:
    values = as_floats(scores)
    within = (values >= 0) & (values <= 1)
    if values.ndim != 2 or not (within if complete else within | np.isnan(values)).all():
        raise ValueError(f"scores must be options × criteria,{' complete,' if complete else ''} each between 0 and 1.")
    return values


def _normalised(weights: ArrayLike) -> Floats:
    w = as_floats(weights)
    if not (w >= 0).all() or not w.sum() > 0:
        raise ValueError("weights must not be below zero, nor all zero.")
    return w / w.sum()


def _limits(values: Floats, limits: ArrayLike | None, side: int) -> Floats:
    """The given limits, the score itself where there is none."""
    given = values if limits is None else np.broadcast_to(as_floats(limits), values.shape)
    given = np.where(np.isnan(given), values, given)
    if (side * (given - values) < -1e-12).any():
        raise ValueError("Each score must lie between its limits.")
    return given


def _ordered(weights: Floats, order: Floats, random: np.random.Generator) -> Floats:
    """Uniform weights on the part of the simplex that respects the order: the largest go to the most important.

    Among criteria of equal importance the weights are dealt at random.
    """
    if order.shape != weights.shape[1:]:
        raise ValueError(f"order needs one number per criterion: {weights.shape[1]}, not {order.size}.")
    shuffled = np.argsort(order + random.random(weights.shape) * 1e-9, axis=1)
    ordered = np.empty_like(weights)
    np.put_along_axis(ordered, shuffled, -np.sort(-weights, axis=1), axis=1)
    return ordered
