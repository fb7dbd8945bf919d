"""Input as float arrays in which a missing value is NaN, never zero."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

__all__ = ["Bools", "Floats", "as_counts", "as_floats", "normal_quantile", "widening"]

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


def as_floats(values: ArrayLike) -> Floats:
    """Values as floats; None, a nullable column's NA and a masked entry become NaN.

    >>> as_floats([1, None])
    array([ 1., nan])
    >>> as_floats(np.ma.masked_equal([3, 0], 0))
    array([ 3., nan])
    """
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(float), np.nan))
    return np.asarray(values, dtype=float)


def as_counts(values: ArrayLike, name: str = "counts") -> Floats:
    """Counts as floats, NaN where missing; a count below zero is an error."""
    counts = as_floats(values)
    if (counts < 0).any():
        raise ValueError(f"{name} must not be below zero; the smallest is {np.nanmin(counts):g}.")
    return counts


def normal_quantile(confidence: float) -> float:
    """z of a two-sided interval: 1.959964 at 0.95.

    >>> round(normal_quantile(0.998), 6)
    3.090232
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, not {confidence!r}.")
    return float(ndtri(0.5 + confidence / 2))


def widening(dispersion: ArrayLike) -> Floats:
    """√φ where the dispersion φ is over 1, else 1: an unknown φ (NaN) widens nothing.

    >>> widening([4.0, 0.5, float("nan")])
    array([2., 1., 1.])
    """
    return np.sqrt(np.fmax(as_floats(dispersion), 1.0))
