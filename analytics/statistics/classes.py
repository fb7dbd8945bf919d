"""Classes for a map: limits where the values themselves leave the widest gaps, written as round numbers."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import Floats, as_floats

__all__ = ["class_of", "map_limits", "natural_breaks"]

_SCHEMES = {"natural": "FisherJenks", "quantiles": "Quantiles"}


def natural_breaks(values: ArrayLike, classes: int = 5) -> tuple[float, ...]:
    """Limits between classes that are as alike within as can be; each limit belongs to the class above it.

    values: (n,), NaN for no value. There are fewer classes where there are fewer different values. Each limit is a
    round number in its gap between two neighbouring values, so rounding moves no value to another class.

    Method: Fisher (1958), the exact solution of what maps call Jenks natural breaks, by mapclassify.

    >>> natural_breaks([1, 2, 3, 41, 44, 97, 103], 3)
    (20.0, 80.0)
    >>> natural_breaks([5, 5, None])
    ()
    """
    return map_limits(values, "natural", classes)


def map_limits(values: ArrayLike, scheme: str, classes: int = 5) -> tuple[float, ...]:
    """The limits of a named scheme, "natural" (Fisher–Jenks) or "quantiles", as :func:`natural_breaks` has them.

    Quantiles: about as many values in each class (Hyndman & Fan's type 7). Equal values are never divided, so classes
    are of unequal size, or fewer, where many values are alike.

    >>> map_limits([1, 2, 3, 4, 50, 60, 70, 800], "quantiles", 4)
    (3.0, 20.0, 65.0)
    """
    if classes < 1:
        raise ValueError(f"classes must be at least 1, not {classes}.")
    if scheme not in _SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(_SCHEMES)}, not {scheme!r}.")
    known = as_floats(values)
    return _limits(tuple(np.sort(known[np.isfinite(known)]).tolist()), scheme, classes)


@lru_cache(maxsize=512)  # 640 areas take a third of a second
def _limits(known: tuple[float, ...], scheme: str, classes: int) -> tuple[float, ...]:
    most = min(classes, len(set(known)))
    if most < 2:
        return ()
    import mapclassify  # here, because importing it takes a second

    warnings.filterwarnings("ignore", "Numba not installed|Not enough unique values", UserWarning)
    made = getattr(mapclassify, _SCHEMES[scheme])(known, most if scheme == "natural" else classes)
    starts = np.flatnonzero(np.diff(made.yb)) + 1
    return tuple(_round_limit(known[i - 1], known[i]) for i in starts)


def class_of(values: ArrayLike, limits: ArrayLike) -> Floats:
    """The class of each value, 0 being the lowest; NaN where there is no value.

    >>> class_of([3, 20, None], [20, 80])
    array([ 0.,  1., nan])
    """
    x = as_floats(values)
    found = np.searchsorted(as_floats(limits), np.where(np.isnan(x), 0.0, x), side="right").astype(float)
    return np.where(np.isnan(x), np.nan, found)


def _round_limit(below: float, above: float) -> float:
    """A round number in (below, above], near the middle; whole where both values are.

    >>> _round_limit(86.0, 93.4), _round_limit(0.0, 0.4), _round_limit(4.0, 5.0), _round_limit(4.5, 5.0)
    (90.0, 0.2, 5.0, 4.8)
    """
    gap, middle = above - below, (below + above) / 2
    whole = below.is_integer() and above.is_integer()
    power = math.floor(math.log10(gap))
    for step_power, part in ((p, part) for p in (power, power - 1) for part in (5, 2, 1)):
        step = part * 10.0**step_power
        if step > gap or (whole and step < 1):
            continue
        limit = round(round(middle / step) * step, max(-step_power, 0))
        if below < limit <= above and abs(limit - middle) <= 0.3 * gap:
            return limit
    return above
