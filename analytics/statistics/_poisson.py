"""Poisson regression of many series at once: the one fit behind trend, season and seasonal adjustment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics._arrays import Bools, Floats

__all__ = ["PoissonFit", "SeasonEffects", "poisson_fit", "season_effects", "season_terms"]

_STEPS = 60


@dataclass(frozen=True)
class PoissonFit:
    """coefficients (series, terms), covariance (series, terms, terms) for dispersion 1, expected (series, months).

    dispersion: Pearson's φ, as estimated (it may be under 1). freedom: months used less terms used.
    sound: the fit converged and has a degree of freedom left; everything else is NaN where it is not.
    """

    coefficients: Floats
    covariance: Floats
    expected: Floats
    dispersion: Floats
    freedom: Floats
    sound: Bools


def poisson_fit(counts: Floats, terms: Floats, *, used: Bools, log_exposure: Floats | float = 0.0) -> PoissonFit:
    """Fit ln(expected) = log_exposure + terms · coefficients to each row of counts by iterated weighted least squares.

    counts, used: (series, months); terms: (months, terms), shared. Months not used have no part. A term that is zero in
    all months used is left out for that series (its coefficient is 0, its variance 0).

    Method: Fisher scoring for the Poisson family with log link (McCullagh & Nelder 1989), batched over the series.
    """
    n_series, n_terms = len(counts), terms.shape[1]
    y = np.where(used, counts, 0.0)
    squares = (terms[:, :, None] * terms[:, None, :]).reshape(len(terms), -1)
    present = (used.astype(float) @ np.abs(terms)) > 0
    freedom = used.sum(axis=1) - present.sum(axis=1)
    absent = ~present[:, :, None] * np.eye(n_terms)

    def information(weight: Floats) -> Floats:
        inner = (weight @ squares).reshape(n_series, n_terms, n_terms)
        ridge = 1e-12 * np.einsum("spp->sp", inner).max(axis=1, initial=1e-300)
        return inner + ridge[:, None, None] * np.eye(n_terms) + absent

    expected: Floats = np.where(used, y + 0.5, 0.0)
    linear = np.log(np.where(used, expected, 1.0))
    coefficients: Floats = np.zeros((n_series, n_terms))
    moved = np.full(n_series, np.inf)
    for _ in range(_STEPS):
        working = np.where(used, linear - log_exposure + (y - expected) / np.where(used, expected, 1.0), 0.0)
        right = (expected * working) @ terms
        fresh = np.linalg.solve(information(expected), right[:, :, None])[:, :, 0]
        moved = np.abs(fresh - coefficients).max(axis=1, initial=0.0)
        coefficients = fresh.astype(float)
        linear = np.clip(coefficients @ terms.T + log_exposure, -30.0, 30.0)
        expected = np.where(used, np.exp(linear), 0.0)
        if (moved < 1e-10).all():
            break
    sound = (moved < 1e-6) & (freedom > 0) & (y.sum(axis=1) > 0)
    covariance: Floats = np.linalg.inv(information(expected)).astype(float) * (
        present[:, :, None] & present[:, None, :]
    )
    residual = np.divide((y - expected) ** 2, expected, out=np.zeros_like(y), where=used)
    dispersion = residual.sum(axis=1) / np.fmax(freedom, 1)
    blank = ~sound
    coefficients[blank], covariance[blank], expected[blank], dispersion[blank] = np.nan, np.nan, np.nan, np.nan
    return PoissonFit(coefficients, covariance, expected, dispersion, freedom.astype(float), sound)


def season_terms(calendar_month: NDArray[np.int64]) -> Floats:
    """One term per calendar month: (months, 12)."""
    return (calendar_month[:, None] == np.arange(12)).astype(float)


@dataclass(frozen=True)
class SeasonEffects:
    """log_factor: each calendar month's term less the mean of those seen (NaN where not seen), error for dispersion 1.

    f: the mean square between months in units of the dispersion: 1 is what chance gives. groups: calendar months seen.
    """

    log_factor: Floats
    error: Floats
    f: Floats
    groups: Floats


def season_effects(fit: PoissonFit, used: Bools, season: Floats, dispersion: Floats) -> SeasonEffects:
    """The season of each fitted series whose last 12 terms are :func:`season_terms`; NaN where not sound."""
    seen = (used.astype(float) @ season > 0) & fit.sound[:, None]
    groups = seen.sum(axis=1)
    contrast = seen[:, :, None] * (np.eye(12) - seen[:, None, :] / np.fmax(groups, 1)[:, None, None])
    effect = np.einsum("smn,sn->sm", contrast, np.where(seen, fit.coefficients[:, -12:], 0.0))
    within = np.where(seen[:, :, None] & seen[:, None, :], fit.covariance[:, -12:, -12:], 0.0)
    covariance = contrast @ within @ contrast.transpose(0, 2, 1)
    chi_square = np.einsum("sm,smn,sn->s", effect, np.linalg.pinv(covariance, hermitian=True), effect)
    usable = fit.sound & (groups > 1) & (dispersion > 0)
    f = np.where(usable, chi_square / np.fmax(groups - 1, 1) / np.where(usable, dispersion, 1.0), np.nan)
    error = np.sqrt(np.maximum(np.einsum("smm->sm", covariance), 0.0))
    return SeasonEffects(np.where(seen, effect, np.nan), np.where(seen, error, np.nan), f, groups.astype(float))
