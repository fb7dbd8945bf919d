"""Trend, season and rolling sums of monthly series, gaps left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, fdtrc, stdtr, stdtrit

from analytics.statistics._arrays import Bools, Floats, as_counts, as_floats, widening
from analytics.statistics._months import calendar_months, days_in_months, month_numbers
from analytics.statistics._poisson import PoissonFit, poisson_fit, season_effects, season_terms

__all__ = ["SeasonalPattern", "Trend", "rolling_12m", "seasonal_pattern", "trend_per_year"]

MIN_INCIDENTS = 20
MIN_FREEDOM = 3


@dataclass(frozen=True)
class Trend:
    """Per cent per year, one value per series. verdict: "rising", "falling", "no clear trend" or "too few"."""

    pct_per_year: Floats
    lower_cl: Floats
    upper_cl: Floats
    p_value: Floats
    dispersion: Floats
    months_used: NDArray[np.int64]
    verdict: NDArray[np.str_]
    method: str
    confidence: float


@dataclass(frozen=True)
class SeasonalPattern:
    """factor, lower_cl, upper_cl: (…, 12), January first; 1.2 = a fifth above the average month, per day.

    p_value: that there is no season at all (one per series).
    """

    factor: Floats
    lower_cl: Floats
    upper_cl: Floats
    p_value: Floats
    dispersion: Floats
    method: str
    confidence: float


@dataclass(frozen=True)
class _Fitted:
    """Series fitted on time (in years, the first term) and level or season, in rows; `shape` is that of the result."""

    fit: PoissonFit
    used: Bools
    season: Floats
    enough: Bools
    dispersion: Floats
    t_quantile: Floats
    shape: tuple[int, ...]

    def shaped(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Rows of results laid out as the series were given."""
        return rows.reshape((*self.shape, *rows.shape[1:]))[()]


def _fitted(
    counts: ArrayLike, months: ArrayLike | Any, excluded: ArrayLike | None, seasonal: bool, confidence: float
) -> _Fitted:
    numbers = month_numbers(months)
    y = as_counts(counts)
    if y.shape[-1:] != numbers.shape:
        raise ValueError(f"counts have {y.shape[-1]} months, months has {numbers.size}.")
    used = ~np.isnan(y) & ~np.asarray(False if excluded is None else excluded, dtype=bool)
    shape = y.shape[:-1]
    y, used = y.reshape(-1, numbers.size), used.reshape(-1, numbers.size)
    season = season_terms(calendar_months(numbers)) if seasonal else np.ones((numbers.size, 1))
    seen = np.where(used, y, 0.0) @ season > 0  # a calendar month that never had an incident has no level to fit
    used = used & (seen @ season.T > 0)
    terms = np.column_stack([(numbers - numbers.mean()) / 12, season])
    fit = poisson_fit(y, terms, used=used, log_exposure=np.log(days_in_months(numbers)))
    enough = fit.sound & (fit.freedom >= MIN_FREEDOM) & (np.where(used, y, 0.0).sum(axis=1) >= MIN_INCIDENTS)
    t_quantile = stdtrit(np.where(enough, fit.freedom, 1.0), 0.5 + confidence / 2)
    return _Fitted(fit, used, season, enough, np.where(enough, fit.dispersion, np.nan), t_quantile, shape)


def trend_per_year(
    counts: ArrayLike,
    months: ArrayLike | Any,
    *,
    excluded: ArrayLike | None = None,
    seasonal: bool = True,
    confidence: float = 0.95,
) -> Trend:
    """The steady change per year behind each monthly series, season and month lengths taken out.

    counts: (…, months), NaN = missing. months: dates of an unbroken axis. excluded: months left out (a lockdown),
    (months,) or as counts. seasonal: one level per calendar month; without, only trend and days.
    "too few" (all NaN) where fewer than 20 incidents, or fewer than 3 months more than terms, are left: a series of a
    single year cannot tell trend from season.

    Method: Poisson regression on time with month-of-year terms, log-days offset and quasi-Poisson dispersion
    (Pearson; never narrowed where φ is under 1); interval by Student's t on the coefficient.

    >>> rng = np.random.default_rng(1)
    >>> months = np.arange("2022-01", "2026-01", dtype="datetime64[M]")
    >>> trend = trend_per_year(rng.poisson(100 * 0.9 ** (np.arange(48) / 12)), months)
    >>> print(f"{trend.pct_per_year:.1f} % a year ({trend.lower_cl:.1f} to {trend.upper_cl:.1f}): {trend.verdict}")
    -9.6 % a year (-12.2 to -6.9): falling
    """
    fitted = _fitted(counts, months, excluded, seasonal, confidence)
    fit, enough = fitted.fit, fitted.enough
    slope = np.where(enough, fit.coefficients[:, 0], np.nan)
    error = np.where(enough, widening(fit.dispersion) * np.sqrt(fit.covariance[:, 0, 0]), np.nan)
    lower, upper = slope - fitted.t_quantile * error, slope + fitted.t_quantile * error
    p = 2 * stdtr(np.where(enough, fit.freedom, 1.0), -np.abs(slope / error))
    verdict = np.select([~enough, lower > 0, upper < 0], ["too few", "rising", "falling"], "no clear trend")
    return Trend(
        pct_per_year=fitted.shaped(100 * np.expm1(slope)),
        lower_cl=fitted.shaped(100 * np.expm1(lower)),
        upper_cl=fitted.shaped(100 * np.expm1(upper)),
        p_value=fitted.shaped(p),
        dispersion=fitted.shaped(fitted.dispersion),
        months_used=fitted.shaped(fitted.used.sum(axis=1)),
        verdict=fitted.shaped(verdict),
        method="Poisson regression, quasi dispersion" + (", month-of-year terms" if seasonal else ""),
        confidence=confidence,
    )


def seasonal_pattern(
    counts: ArrayLike, months: ArrayLike | Any, *, excluded: ArrayLike | None = None, confidence: float = 0.95
) -> SeasonalPattern:
    """How each calendar month stands to the average one, per day, trend taken out.

    Arguments as in :func:`trend_per_year`. A series too short for a trend has no pattern either (NaN); a calendar month
    without incidents or data has NaN of its own and no part in the average.

    Method: the month-of-year terms of the trend model, each less their mean, with their full covariance; p_value by
    the F test that all are equal (χ² where φ is under 1 and counts as 1).

    >>> months = np.arange("2022-01", "2026-01", dtype="datetime64[M]")
    >>> july = np.arange(48) % 12 == 6
    >>> pattern = seasonal_pattern(np.random.default_rng(1).poisson(np.where(july, 150, 100)), months)
    >>> print(f"{pattern.factor[6]:.2f} ({pattern.lower_cl[6]:.2f} to {pattern.upper_cl[6]:.2f})")
    1.43 (1.32 to 1.55)
    """
    fitted = _fitted(counts, months, excluded, True, confidence)
    phi = np.fmax(fitted.dispersion, 1.0)
    effects = season_effects(fitted.fit, fitted.used, fitted.season, phi)
    effect = np.where(fitted.enough[:, None], effects.log_factor, np.nan)
    reach = fitted.t_quantile[:, None] * np.sqrt(phi)[:, None] * effects.error
    between = np.fmax(effects.groups - 1, 1)
    p = np.where(
        phi > 1, fdtrc(between, np.fmax(fitted.fit.freedom, 1), effects.f), chdtrc(between, between * effects.f)
    )
    return SeasonalPattern(
        factor=fitted.shaped(np.exp(effect)),
        lower_cl=fitted.shaped(np.exp(effect - reach)),
        upper_cl=fitted.shaped(np.exp(effect + reach)),
        p_value=fitted.shaped(np.where(fitted.enough, p, np.nan)),
        dispersion=fitted.shaped(fitted.dispersion),
        method="month-of-year terms of a Poisson regression, quasi dispersion",
        confidence=confidence,
    )


def rolling_12m(values: ArrayLike) -> Floats:
    """The sum of each month and the eleven before it; NaN where any of the twelve is missing or before the series.

    values: (…, months) on an unbroken axis, NaN = missing.

    >>> rolling_12m([1.0] * 13)[-3:]
    array([nan, 12., 12.])
    """
    y = as_floats(values)
    sums = np.full(y.shape, np.nan)
    if y.shape[-1] >= 12:
        sums[..., 11:] = sliding_window_view(y, 12, axis=-1).sum(axis=-1)
    return sums
