"""Many judgements on one screen: p-values adjusted for how many there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import Floats, as_floats

__all__ = ["adjusted_p_values"]


def adjusted_p_values(p_values: ArrayLike) -> Floats:
    """Benjamini–Hochberg adjusted p-values, over everything given at once; NaN (not tested) stays NaN and counts for
    nothing. Judging what comes back at 0.05 keeps the expected share of false findings among the findings at 5 %.

    Method: Benjamini & Hochberg (1995). As scipy.stats.false_discovery_control, without the second that importing
    scipy.stats takes at start-up.

    >>> adjusted_p_values([0.01, 0.04, None, 0.03])
    array([0.03, 0.04,  nan, 0.04])
    """
    p = as_floats(p_values)
    adjusted = np.full(p.shape, np.nan)
    tested = ~np.isnan(p)
    ascending = np.sort(p[tested])
    stepped = ascending * ascending.size / np.arange(1, ascending.size + 1)
    smallest_from_here = np.minimum.accumulate(stepped[::-1])[::-1]
    if ascending.size:
        adjusted[tested] = np.minimum(smallest_from_here[np.searchsorted(ascending, p[tested])], 1.0)
    return adjusted
