"""Mann–Kendall test and Sen's slope: the robust check beside a fitted trend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analytics.statistics._arrays import Floats, as_floats, normal_quantile

__all__ = ["MannKendall", "mann_kendall"]


@dataclass(frozen=True)
class MannKendall:
    """One value per series. slope: Sen's, per step of time, with its interval lower_cl to upper_cl."""

    s: Floats
    variance: Floats
    z: Floats
    p_value: Floats
    slope: Floats
    lower_cl: Floats
    upper_cl: Floats
    method: str
    confidence: float


def mann_kendall(values: ArrayLike, *, seasons: ArrayLike | None = None, confidence: float = 0.95) -> MannKendall:
    """Does each series go up or down at all, and by how much per step of time? Takes outliers lightly.

    values: (…, time), NaN = missing; time counts on through a gap. seasons: a label per time (the calendar month): only
    values of one season are compared, and a season is not taken for a trend. The slope stays per step of time.

    Method: Mann (1945), Kendall (1975) with tie correction and continuity correction; by seasons Hirsch, Slack & Smith
    (1982); slope by Sen (1968), its interval by the ranks of the slopes (Gilbert 1987).

    >>> check = mann_kendall([1, 3, 2, 4, 5, 4, 6, 7, 8, 7])
    >>> print(f"S {check.s:.0f}, var {check.variance:.0f}, z {check.z:.4f}, p {check.p_value:.5f}, {check.slope:.4f}")
    S 37, var 123, z 3.2460, p 0.00117, 0.7143
    """
    y = as_floats(values)
    shape, length = y.shape[:-1], y.shape[-1]
    y = y.reshape(-1, length)
    labels = np.zeros(length) if seasons is None else np.asarray(seasons)
    alike = labels[:, None] == labels
    first, second = np.nonzero(np.triu(alike, 1))
    with np.errstate(invalid="ignore"):
        slopes = np.sort((y[:, second] - y[:, first]) / (second - first), axis=1)  # NaN last
    pairs = (~np.isnan(slopes)).sum(axis=1)
    s = np.nansum(np.sign(slopes), axis=1)
    known = ~np.isnan(y)
    tied = ((y[:, :, None] == y[:, None, :]) & alike).sum(axis=2)
    beside = known @ alike.astype(float)
    variance = (
        np.where(known, (beside - 1) * (2 * beside + 5) - (np.fmax(tied, 1) - 1) * (2 * np.fmax(tied, 1) + 5), 0.0).sum(
            axis=1
        )
        / 18
    )
    spread = np.sqrt(np.where(variance > 0, variance, np.nan))
    z = np.where(pairs > 0, np.where(variance > 0, (s - np.sign(s)) / spread, 0.0), np.nan)
    reach = normal_quantile(confidence) * np.sqrt(variance)

    def slope_at(rank: Floats) -> Floats:
        """The slope of this rank (1 = smallest), interpolated between ranks; NaN where there is no such rank."""
        inside = (rank >= 1) & (rank <= pairs)
        rank = np.where(inside, rank, 1.0)
        below = np.floor(rank).astype(int) - 1
        above = np.minimum(below + 1, np.fmax(pairs, 1) - 1)
        row = np.arange(len(slopes))
        low, high = slopes[row, below], slopes[row, above]
        return np.where(inside, low + (rank - 1 - below) * (high - low), np.nan)

    if not first.size:
        slopes = np.full((len(y), 1), np.nan)
    return MannKendall(
        s=s.reshape(shape)[()],
        variance=variance.reshape(shape)[()],
        z=z.reshape(shape)[()],
        p_value=(2 * ndtr(-np.abs(z))).reshape(shape)[()],
        slope=slope_at((pairs + 1) / 2).reshape(shape)[()],
        lower_cl=slope_at((pairs - reach) / 2).reshape(shape)[()],
        upper_cl=slope_at((pairs + reach) / 2 + 1).reshape(shape)[()],
        method="Mann–Kendall, Sen" if seasons is None else "seasonal Mann–Kendall, Sen",
        confidence=confidence,
    )
