"""Classes for a map: limits where the values themselves leave the widest gaps, written as round numbers."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics._arrays import Floats, as_floats

__all__ = ["class_of", "map_limits", "natural_breaks", "quantile_breaks"]


def natural_breaks(values: ArrayLike, classes: int = 5) -> tuple[float, ...]:
    """Limits between classes that are as alike within as can be; each limit belongs to the class above it.

    There are fewer classes where there are fewer different values. Each limit is a round number in its gap between
    two neighbouring values, so rounding moves no value to another class.

    Parameters
    ----------
    values : array of float, shape (n,)
        NaN: no value, left out.
    classes : int
        The most classes wanted.

    Method: Fisher (1958), the exact solution of what maps call Jenks natural breaks: the smallest sum of squares
    within classes.

    >>> natural_breaks([1, 2, 3, 41, 44, 97, 103], 3)
    (20.0, 80.0)
    >>> natural_breaks([5, 5, None])
    ()
    """
    if classes < 1:
        raise ValueError(f"classes must be at least 1, not {classes}.")
    known = np.sort(as_floats(values))
    known = known[np.isfinite(known)]
    distinct, weights = np.unique(known, return_counts=True)
    wanted = min(classes, len(distinct))
    if wanted < 2:
        return ()
    starts = _best_starts(distinct, weights.astype(float), wanted)
    return tuple(_round_limit(float(distinct[i - 1]), float(distinct[i])) for i in starts)


def quantile_breaks(values: ArrayLike, classes: int = 5) -> tuple[float, ...]:
    """Limits between classes of about as many values each, written as in :func:`natural_breaks`.

    Equal values are never divided, so classes are of unequal size, or fewer, where many values are alike.

    Method: quantiles by straight lines between the values (Hyndman & Fan's type 7, as in mapclassify).

    >>> quantile_breaks([1, 2, 3, 4, 50, 60, 70, 800], 4)
    (3.0, 20.0, 65.0)
    """
    if classes < 1:
        raise ValueError(f"classes must be at least 1, not {classes}.")
    known = as_floats(values)
    known = known[np.isfinite(known)]
    distinct = np.unique(known)
    if len(distinct) < 2:
        return ()
    cuts = np.quantile(known, np.arange(1, classes) / classes)
    starts = np.unique(np.searchsorted(distinct, cuts, side="right"))  # a value at a cut belongs below it
    return tuple(_round_limit(float(distinct[i - 1]), float(distinct[i])) for i in starts if 0 < i < len(distinct))


def map_limits(values: ArrayLike, scheme: str, classes: int = 5) -> tuple[float, ...]:
    """The limits of a named scheme: "natural" (Fisher–Jenks) or "quantiles".

    >>> map_limits([1, 2, 3, 41, 44, 97, 103], "natural", 3)
    (20.0, 80.0)
    """
    schemes = {"natural": natural_breaks, "quantiles": quantile_breaks}
    if scheme not in schemes:
        raise ValueError(f"scheme must be one of {', '.join(schemes)}, not {scheme!r}.")
    return schemes[scheme](values, classes)


def class_of(values: ArrayLike, limits: ArrayLike) -> Floats:
    """The class of each value, 0 being the lowest; NaN where there is no value.

    >>> class_of([3, 20, None], [20, 80])
    array([ 0.,  1., nan])
    """
    x = as_floats(values)
    found = np.searchsorted(as_floats(limits), np.where(np.isnan(x), 0.0, x), side="right").astype(float)
    return np.where(np.isnan(x), np.nan, found)


def _best_starts(x: Floats, weight: Floats, classes: int) -> list[int]:
    """Where the second and later classes start, by dynamic programming over the sorted different values."""
    n = len(x)
    w = np.concatenate([[0.0], np.cumsum(weight)])
    s = np.concatenate([[0.0], np.cumsum(weight * x)])
    q = np.concatenate([[0.0], np.cumsum(weight * x * x)])

    def within(first: NDArray[np.int_], end: int) -> Floats:
        """Sum of squares about the mean of x[first:end], for each first."""
        return (q[end] - q[first]) - (s[end] - s[first]) ** 2 / (w[end] - w[first])

    cost = np.array([0.0, *(within(np.array([0]), end)[0] for end in range(1, n + 1))])
    choices = []
    for k in range(2, classes + 1):
        new, choice = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=int)
        for end in range(k, n + 1):
            first = np.arange(k - 1, end)
            total = cost[first] + within(first, end)
            best = int(np.argmin(total))
            new[end], choice[end] = total[best], first[best]
        cost = new
        choices.append(choice)
    starts, end = [], n
    for choice in reversed(choices):
        end = int(choice[end])
        starts.append(end)
    return starts[::-1]


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
