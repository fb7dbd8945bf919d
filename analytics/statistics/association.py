"""Whether two figures of the same areas go together: by rank, so that one unusual area decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from analytics.statistics._arrays import as_floats, normal_quantile

__all__ = ["RankCorrelation", "rank_correlation"]


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's coefficient from −1 to 1 with its interval; NaN where it cannot be worked out. n: pairs used."""

    value: float
    lower_cl: float
    upper_cl: float
    n: int
    method: str
    confidence: float


def rank_correlation(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> RankCorrelation:
    """Spearman's rank correlation of paired figures; pairs with a missing figure are left out.

    Under five pairs, or where one of the figures is the same everywhere, there is no coefficient (NaN). Where both
    figures put the pairs in one order, the interval shrinks to the coefficient itself.

    Method: Spearman's coefficient; interval by Fisher's z with the variance (1 + r²/2)/(n − 3) of Bonett and Wright
    (2000).

    >>> r = rank_correlation([1, 2, 3, 4, 5, 6], [1, 3, 2, 5, 4, 6])
    >>> print(f"{r.value:.4f} ({r.lower_cl:.2f} to {r.upper_cl:.2f})")
    0.8857 (0.07 to 0.99)
    """
    a, b = as_floats(x), as_floats(y)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"x and y must be of one length, not {a.shape} and {b.shape}.")
    both = np.isfinite(a) & np.isfinite(b)
    a, b, n = a[both], b[both], int(both.sum())
    if n < 5 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return RankCorrelation(np.nan, np.nan, np.nan, n, "too few pairs", confidence)
    r = float(np.clip(np.corrcoef(rankdata(a), rankdata(b))[0, 1], -1.0, 1.0))
    if abs(r) > 1 - 1e-12:
        one = float(np.sign(r))
        return RankCorrelation(one, one, one, n, "Spearman, all in one order", confidence)
    half = normal_quantile(confidence) * np.sqrt((1 + r**2 / 2) / (n - 3))
    z = np.arctanh(r)
    method = "Spearman, interval after Bonett and Wright (2000)"
    return RankCorrelation(r, float(np.tanh(z - half)), float(np.tanh(z + half)), n, method, confidence)
