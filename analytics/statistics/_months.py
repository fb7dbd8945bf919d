"""The months of a series: an unbroken axis, their days and their place in the year."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics._arrays import Floats

__all__ = ["calendar_months", "days_in_months", "month_numbers"]


def month_numbers(months: ArrayLike | Any) -> NDArray[np.int64]:
    """Months (dates, datetime64) counted from January 1970; they must follow each other without a gap.

    A month without data belongs on the axis, with NaN for its value: only then can a gap be told from a zero.

    >>> month_numbers(["1970-02", "1970-03"])
    array([1, 2])
    """
    numbers = np.asarray(months, dtype="datetime64[M]").astype(np.int64)
    if numbers.ndim != 1 or (np.diff(numbers) != 1).any():
        raise ValueError("months must be in order and unbroken; put NaN where a month is missing.")
    return numbers


def calendar_months(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """0 for January to 11 for December."""
    return numbers % 12


def days_in_months(numbers: NDArray[np.int64]) -> Floats:
    """Days of each month.

    >>> days_in_months(month_numbers(["2024-01", "2024-02"]))
    array([31., 29.])
    """
    first = numbers.astype("datetime64[M]").astype("datetime64[D]")
    following = (numbers + 1).astype("datetime64[M]").astype("datetime64[D]")
    return (following - first).astype(float)
