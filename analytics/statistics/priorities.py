"""Priorities: value scores, and how far a ranking hangs on the weights (SMAA-2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import Bools, Floats, as_floats, normal_quantile

__all__ = ["Robustness", "rank_robustness", "tipping_weights", "value_scores", "weighted_scores"]


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

    scores: (options, criteria), in [0, 1]. lower, upper: their 95 % limits, where scores are uncertain; each score is
    drawn from a normal distribution with these limits (each side its own spread), kept within [0, 1].
    order: (criteria,), 1 for the most important, equal numbers where nothing is said between them; None for no order.
    Options with equal scores share the better rank.

    Method: SMAA-2 (Lahdelma & Salminen 2001; Tervonen & Lahdelma 2007), weights uniform on the simplex.

    >>> found = rank_robustness([[1, 0], [0, 1], [0.6, 0.6]])
    >>> found.rank_acceptability[:, 0].round(1)
    array([0.4, 0.4, 0.2])
    """
    values = _checked(scores)
    n_options, n_criteria = values.shape
    random = np.random.default_rng(seed)
    weights = random.standard_exponential((draws, n_criteria))
    weights /= weights.sum(axis=1, keepdims=True)
    if order is not None:
        weights = _ordered(weights, as_floats(order), random)
    uncertain = lower is not None or upper is not None
    drawn = values[None]
    if uncertain:
        below = values - _limits(values, lower, -1)
        above = _limits(values, upper, 1) - values
        step = random.standard_normal((draws, n_options, n_criteria)) / normal_quantile(0.95)
        drawn = np.clip(values + np.where(step > 0, step * above, step * below), 0.0, 1.0)
    total = (drawn @ weights[:, :, None])[:, :, 0]
    ranks = (total[:, None, :] > total[:, :, None] + 1e-12).sum(axis=2)
    cells = ranks + n_options * np.arange(n_options)
    acceptability = np.bincount(cells.ravel(), minlength=n_options**2).reshape(n_options, n_options) / draws
    first = (ranks == 0).astype(float)
    times = first.sum(axis=0)[:, None]
    central = np.where(times > 0, first.T @ weights / np.fmax(times, 1.0), np.nan)
    under_central = drawn @ np.nan_to_num(central).T  # (draws or 1, option scored, option whose weights)
    own = np.einsum("dii->di", under_central)
    confidence = (under_central <= own[:, None, :] + 1e-12).all(axis=1).mean(axis=0)
    return Robustness(
        rank_acceptability=acceptability,
        top_acceptability=acceptability[:, :top].sum(axis=1),
        central_weights=central,
        confidence=np.where(times[:, 0] > 0, confidence, 0.0),
        top=top,
        draws=draws,
        method=f"SMAA-2, {draws:,} draws, seed {seed}",
    )


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


def _checked(scores: ArrayLike) -> Floats:
    values = as_floats(scores)
    if values.ndim != 2 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("scores must be options × criteria, complete, each between 0 and 1.")
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
