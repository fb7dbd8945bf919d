"""Projection: where a series would go if nothing changed, and whether that is worth showing at all."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from analytics.statistics._arrays import Bools, Floats, as_counts
from analytics.statistics._months import month_numbers
from analytics.statistics.control_chart import control_chart

__all__ = ["MIN_MONTHS", "TRAINING", "Backtest", "Projection", "backtest", "project", "usable_run"]

TRAINING = 24
"""Months the first origin of a back-test learns from: two of each month of the year."""
MIN_MONTHS = 36
"""A year of origins behind two years of training."""
_LEVELS = (0.80, 0.95)


@dataclass(frozen=True)
class Projection:
    """(horizon,) each: expected, and the limits within which 80 and 95 % of such months should lie (never under 0)."""

    expected: Floats
    lower_80: Floats
    upper_80: Floats
    lower_95: Floats
    upper_95: Floats


@dataclass(frozen=True)
class Backtest:
    """How projections made at every origin of the past would have fared.

    mase: mean absolute error divided by that of the seasonal naive forecast (the same month of the last known year)
    over the same origins and months: under 1 it beats it. coverage_80, coverage_95: share of those months inside the
    bands. origins: how many; forecasts: how many months were forecast in all.
    """

    mase: float
    coverage_80: float
    coverage_95: float
    origins: int
    forecasts: int
    error: float
    naive_error: float


def usable_run(counts: ArrayLike, *, excluded: ArrayLike | None = None) -> slice:
    """The unbroken months at the end of the series: none missing, none left out. An empty slice where there are none.

    >>> usable_run([3, None, 4, 5])
    slice(2, 4, None)
    """
    y = as_counts(counts)
    broken = np.isnan(y) | np.broadcast_to(np.asarray(False if excluded is None else excluded, dtype=bool), y.shape)
    gaps = np.flatnonzero(broken)
    return slice(int(gaps[-1]) + 1 if gaps.size else 0, y.size)


def project(counts: ArrayLike, months: ArrayLike | Any, *, horizon: int = 12) -> Projection:
    """The months to come if level and season stay as they are.

    counts: (months,), unbroken, at least 24. months: their dates. horizon: months ahead.

    Method: the season is taken out as in the control chart (month-of-year factors of a Poisson regression, drawn
    towards none where they may be chance); the level is followed by simple exponential smoothing, ETS(A,N,N) of
    statsmodels (Hyndman, Koehler, Ord & Snyder 2008). The h-step variance σ²(1 + (h − 1)α²) is enlarged by 12/n where
    a season was estimated (each factor rests on n/12 months) and by 1/n for the level; limits by Student's t on the
    months less the level, α and, where estimated, eleven factors.

    >>> months = np.arange("2021-01", "2024-01", dtype="datetime64[M]")
    >>> ahead = project(np.random.default_rng(1).poisson(100, 36), months, horizon=6)
    >>> ahead.expected.shape, bool((ahead.lower_95 < ahead.lower_80).all()), bool(80 < ahead.expected[0] < 120)
    ((6,), True, True)
    """
    y = as_counts(counts)
    numbers = month_numbers(months)
    if np.isnan(y).any() or y.ndim != 1 or y.size != numbers.size or y.size < TRAINING:
        raise ValueError(f"a projection needs at least {TRAINING} months in a row, none missing.")
    axis = np.arange(numbers[0], numbers[-1] + horizon + 1).astype("datetime64[M]")
    chart = control_chart(np.r_[y, np.full(horizon, np.nan)], months=axis)
    season, seasonal = chart.season, bool(chart.seasonally_adjusted)
    level, alpha, squares = _level(y / season[: y.size])
    freedom = y.size - 2 - 11 * seasonal
    ahead = season[y.size :]
    variance = squares / freedom * (1 + np.arange(horizon) * alpha**2 + (12 * seasonal + 1) / y.size)
    expected = level * ahead
    bands = [stdtrit(freedom, 0.5 + share / 2) * np.sqrt(variance) * ahead for share in _LEVELS]
    return Projection(
        expected=np.maximum(expected, 0.0),
        lower_80=np.maximum(expected - bands[0], 0.0),
        upper_80=np.maximum(expected + bands[0], 0.0),
        lower_95=np.maximum(expected - bands[1], 0.0),
        upper_95=np.maximum(expected + bands[1], 0.0),
    )


def _level(adjusted: Floats) -> tuple[float, float, float]:
    """The last level, α and the sum of squared one-step errors. statsmodels is loaded here, when first asked for."""
    if np.ptp(adjusted) == 0:
        return float(adjusted[-1]), 0.0, 0.0
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an α at its end is no fault: the level stands still or follows each month
        fit = SimpleExpSmoothing(adjusted, initialization_method="estimated").fit()
    return float(fit.level[-1]), float(fit.params["smoothing_level"]), float(fit.sse)


def backtest(counts: ArrayLike, months: ArrayLike | Any, *, horizon: int = 12) -> Backtest:
    """Project from every month of the past that has two years behind it, and compare with what came.

    counts, months: as in :func:`project`, at least 36. Each origin forecasts up to `horizon` months, as many as are
    known; season, level and bands are fitted anew at each from the months before it alone.

    Method: rolling-origin evaluation (Tashman 2000); the error is scaled by that of the seasonal naive forecast over
    the same months (Hyndman & Koehler 2006, the benchmark taken out of sample).
    """
    y = as_counts(counts)
    if y.size < MIN_MONTHS:
        raise ValueError(f"a back-test needs at least {MIN_MONTHS} months in a row, not {y.size}.")
    numbers = month_numbers(months)
    errors: list[Floats] = []
    naive: list[Floats] = []
    inside: tuple[list[Bools], list[Bools]] = ([], [])
    for origin in range(TRAINING, y.size):
        steps = min(horizon, y.size - origin)
        ahead = project(y[:origin], numbers[:origin].astype("datetime64[M]"), horizon=steps)
        came = y[origin : origin + steps]
        errors.append(np.abs(came - ahead.expected))
        naive.append(np.abs(came - _seasonal_naive(y[:origin], steps)))
        inside[0].append((came >= ahead.lower_80) & (came <= ahead.upper_80))
        inside[1].append((came >= ahead.lower_95) & (came <= ahead.upper_95))
    error, naive_error = float(np.concatenate(errors).mean()), float(np.concatenate(naive).mean())
    return Backtest(
        mase=error / naive_error if naive_error > 0 else float("inf") if error > 0 else float("nan"),
        coverage_80=float(np.concatenate(inside[0]).mean()),
        coverage_95=float(np.concatenate(inside[1]).mean()),
        origins=y.size - TRAINING,
        forecasts=int(np.concatenate(errors).size),
        error=error,
        naive_error=naive_error,
    )


def _seasonal_naive(known: Floats, steps: int) -> NDArray[np.float64]:
    """The same month of the last known year."""
    return np.asarray(known[-12:][np.arange(steps) % 12])
