"""Harm beside volume: weighted counts with their interval, and how far a harm rank hangs on the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import Bools, Floats, as_counts
from analytics.statistics.rates import crime_rate

__all__ = ["HarmRanks", "HarmScore", "harm_ranks", "harm_score"]


@dataclass(frozen=True)
class HarmScore:
    """One value per row of counts, in the unit of the weights (days of prison, …). variance: of chance alone.

    unscored: incidents in categories without a weight, which are left out of harm.
    """

    harm: Floats
    variance: Floats
    lower_cl: Floats
    upper_cl: Floats
    unscored: Floats
    method: str
    confidence: float


@dataclass(frozen=True)
class HarmRanks:
    """One value per category, 1 = most harm; NaN without a weight or count. rank: with the central weights. best and
    worst: with the category's own weight at its highest (lowest) and all the others' at their lowest (highest).
    settled: the three agree; where they do not, the rank depends on the choice of weights and is not shown."""

    rank: Floats
    best: Floats
    worst: Floats
    settled: Bools


def harm_score(
    counts: ArrayLike, weights: ArrayLike, *, confidence: float = 0.95, dispersion: ArrayLike = 1.0
) -> HarmScore:
    """The harm of the incidents in each row: H = Σ count × weight.

    counts: (…, categories), NaN = no data (and so no harm, where the category has a weight). weights: (categories,) or
    as counts, NaN = the category has no weight and is not scored.

    Method: Var(H) = Σ weight² × count; interval by Dobson et al. (1991): that of the total count, stretched to the
    spread of H. Without any incident the upper limit takes the largest weight.

    >>> score = harm_score([100, 30, 40], [10, 350, None])
    >>> print(f"{score.harm:,.0f} ({score.lower_cl:,.0f} to {score.upper_cl:,.0f}); {score.unscored:.0f} not scored")
    11,500 (7,899 to 15,602); 40 not scored
    """
    x, w = np.broadcast_arrays(as_counts(counts), as_counts(weights, "weights"))
    scored = ~np.isnan(w)
    w = np.where(scored, w, 0.0)
    scored_counts = np.where(scored, x, 0.0)
    harm, variance, total = (scored_counts * w).sum(-1), (scored_counts * w**2).sum(-1), scored_counts.sum(-1)
    count = crime_rate(total, 1, per=1, confidence=confidence, dispersion=dispersion)
    stretch = np.where(total > 0, np.sqrt(variance / np.where(total > 0, total, 1.0)), w.max(-1, initial=0.0))
    lower = np.maximum(harm + stretch * (count.lower_cl - total), 0.0)
    upper = harm + stretch * (count.upper_cl - total)
    unscored = np.nansum(np.where(scored, 0.0, x), axis=-1)
    method = "weighted counts, Dobson interval"
    return HarmScore(harm[()], variance[()], lower[()], upper[()], unscored[()], method, confidence)


def harm_ranks(counts: ArrayLike, low: ArrayLike, central: ArrayLike, high: ArrayLike) -> HarmRanks:
    """The rank of each category by harm, and whether it survives the range of its weights.

    counts, low, central, high: (categories,); a category without a count or weight has no rank.

    >>> ranks = harm_ranks([5802, 1992, 516], low=[10, 2, 15], central=[120, 3, 20], high=[5475, 6, 35])
    >>> ranks.rank, ranks.settled
    (array([1., 3., 2.]), array([ True, False, False]))
    """
    x = as_counts(counts)
    least, middle, most = (x * as_counts(w, "weights") for w in (low, central, high))
    if (as_counts(low) > as_counts(central)).any() or (as_counts(central) > as_counts(high)).any():
        raise ValueError("Weights must run low, central, high.")
    known = ~np.isnan(least + middle + most)

    def rank(own: Floats, others: Floats) -> Floats:
        above = others[None, :] > own[:, None]
        np.fill_diagonal(above, False)
        return np.where(known, 1.0 + above.sum(axis=1), np.nan)

    central_rank, best, worst = rank(middle, middle), rank(most, least), rank(least, most)
    return HarmRanks(central_rank, best, worst, known & (best == worst))
