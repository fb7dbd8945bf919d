"""How far incidents crowd into few areas, beside what chance alone would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import poisson

from analytics.statistics._arrays import Floats, as_counts

__all__ = [
    "Concentration",
    "chance_places",
    "concentration",
    "concentration_curve",
    "generalised_gini",
    "gini",
    "places_against_chance",
    "places_holding",
]


@dataclass(frozen=True)
class Concentration:
    """One set of areas. gini: standard; generalised_gini: with fewer incidents than areas, what their scarcity alone
    explains is taken out.

    places_for_half: the fewest areas that hold half of the incidents; chance_for_half with chance_lower and
    chance_upper: the same if the incidents fell at random (mean and 95 % range). top_share: the share of incidents in
    the top `shares` of areas (between two whole numbers of areas in proportion), chance_top_share by chance (mean).
    chance_curve: the mean curve by chance, as the second of concentration_curve.
    """

    areas: int
    incidents: float
    gini: float
    generalised_gini: float
    places_for_half: float
    chance_for_half: float
    chance_lower: float
    chance_upper: float
    shares: tuple[float, ...]
    top_share: Floats
    chance_top_share: Floats
    chance_curve: Floats
    method: str


def gini(counts: ArrayLike) -> Floats | np.float64:
    """Gini's coefficient over the last axis: 0 all areas alike, towards 1 all incidents in one. NaN without incidents.

    >>> print(gini([10, 8, 2, 0, 0, 0, 0, 0, 0, 0]).round(6))
    0.78
    """
    x = np.sort(_complete(counts), axis=-1)
    n, total = x.shape[-1], x.sum(axis=-1)
    ranked = (x * np.arange(1, n + 1)).sum(axis=-1)
    return np.where(total > 0, 2 * ranked / (n * np.where(total > 0, total, 1.0)) - (n + 1) / n, np.nan)[()]


def generalised_gini(counts: ArrayLike) -> Floats | np.float64:
    """Gini's coefficient that does not take scarcity for concentration: 0 when no area has a second incident before
    every area could have had one. Over the last axis; NaN without incidents.

    Method: G' = max(1, N/C)(G − 1) + 1 for C incidents in N areas (Bernasco & Steenbeek 2017).

    >>> generalised_gini([[5, 2, 1, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]]).round(6)
    array([0.75, 0.  ])
    """
    x = _complete(counts)
    total = x.sum(axis=-1)
    scarcity = np.fmax(1.0, x.shape[-1] / np.where(total > 0, total, np.nan))
    return np.maximum(scarcity * (gini(x) - 1) + 1, 0.0)[()]  # never below 0 but for rounding


def concentration_curve(counts: ArrayLike) -> tuple[Floats, Floats]:
    """Share of areas (busiest first, starting at 0) and the share of incidents they hold: two arrays, one longer than
    the areas. Along the last axis; without incidents the second is NaN.

    >>> areas, incidents = concentration_curve([1, 6, 3])
    >>> areas.round(2), incidents
    (array([0.  , 0.33, 0.67, 1.  ]), array([0. , 0.6, 0.9, 1. ]))
    """
    x = -np.sort(-_complete(counts), axis=-1)
    held = np.concatenate([np.zeros((*x.shape[:-1], 1)), np.cumsum(x, axis=-1)], axis=-1)
    total = held[..., -1:]
    return np.linspace(0, 1, x.shape[-1] + 1), held / np.where(total > 0, total, np.nan)


def places_holding(counts: ArrayLike, share: float = 0.5) -> Floats | np.float64:
    """The fewest areas that together hold this share of the incidents, along the last axis. NaN without incidents.

    >>> print(places_holding([10, 8, 2, 0]))
    1.0
    """
    _, held = concentration_curve(counts)
    return np.where(np.isnan(held[..., -1]), np.nan, (held < share - 1e-12).sum(axis=-1))[()]


def chance_places(incidents: float, areas: int, share: float = 0.5) -> float:
    """How many of `areas` alike would hold this share of incidents that fall at random, on average over many trials.

    Method: areas with k incidents are as many as a Poisson distribution expects; the fullest are taken first.

    >>> print(round(chance_places(40, 1000), 1), round(chance_places(20_000, 100), 1))
    19.2 47.2
    """
    if not incidents > 0 or areas < 1:
        return float("nan")
    mean = incidents / areas
    most = int(poisson.ppf(1 - 1e-12, mean)) + 1
    k = np.arange(most, 0, -1)
    having = areas * poisson.pmf(k, mean)
    held = np.cumsum(having * k)
    wanted = share * held[-1]
    at = int(np.searchsorted(held, wanted))
    before = held[at - 1] if at else 0.0
    return float(having[:at].sum() + (wanted - before) / k[at])


def places_against_chance(counts: ArrayLike) -> tuple[float, float]:
    """Log of the places that hold half of the incidents over those chance would need, and its standard error.

    counts: (areas, months), zeros included. NaN without incidents; the error is NaN for fewer than six months.

    Method: delete-one jackknife over the months (Efron 1982).

    >>> log_ratio, se = places_against_chance(np.tile([[9], [4], [1], [1], [1], [0], [0], [0]], 8))
    >>> print(round(log_ratio, 2), se < 0.05)
    -1.17 True
    """
    x = _complete(counts)
    whole = x.sum(axis=1)

    def log_ratio(of: Floats) -> float:
        total = float(of.sum())
        if not total > 0:
            return float("nan")
        return float(np.log(places_holding(of) / chance_places(total, of.size)))

    value = log_ratio(whole)
    months = x.shape[1]
    if np.isnan(value) or months < 6:
        return value, float("nan")
    without = np.array([log_ratio(whole - x[:, month]) for month in range(months)])
    if np.isnan(without).any():
        return value, float("nan")
    return value, float(np.sqrt((months - 1) / months * ((without - without.mean()) ** 2).sum()))


def concentration(
    counts: ArrayLike,
    *,
    chance_weights: ArrayLike | None = None,
    shares: Sequence[float] = (0.01, 0.05, 0.10, 0.25),
    draws: int = 1000,
    seed: int = 1,
) -> Concentration:
    """All of the above for one set of areas, with what chance alone gives.

    counts: (areas,), zeros included: areas inside the partnership without an incident count. chance_weights: how likely
    each area is under chance; equal unless given (residents, for instance).

    Method: `draws` seeded multinomial draws of as many incidents over the areas.

    >>> found = concentration([40, 30, 10, 5, 5, 2, 2, 2, 2, 2])
    >>> print(f"half in {found.places_for_half:.0f} of {found.areas}; by chance in {found.chance_for_half:.1f}")
    half in 2 of 10; by chance in 4.3
    """
    x = _complete(counts)
    if x.ndim != 1:
        raise ValueError("concentration takes one set of areas; use gini or places_holding for many.")
    weights = np.ones(x.size) if chance_weights is None else _complete(chance_weights)
    if weights.shape != x.shape or not (weights.sum() > 0 or x.size == 0):
        raise ValueError("chance_weights needs one weight per area, not all zero.")
    total = x.sum()
    wanted = np.asarray(shares, dtype=float)
    half, top, held = np.full(1, np.nan), np.full((1, wanted.size), np.nan), np.full((1, x.size + 1), np.nan)
    if total > 0:
        random = np.random.default_rng(seed).multinomial(round(total), weights / weights.sum(), size=draws)
        random.sort(axis=-1)  # whole numbers, in place: several times faster than concentration_curve
        held = np.zeros((draws, x.size + 1))
        np.cumsum(random[:, ::-1], axis=-1, out=held[:, 1:])
        held /= total
        half, top = (held < 0.5 - 1e-12).sum(axis=-1), _read_off(held, wanted)
    lower, upper = np.quantile(half, (0.025, 0.975))
    return Concentration(
        areas=x.size,
        incidents=float(total),
        gini=float(gini(x)) if x.size else np.nan,
        generalised_gini=float(generalised_gini(x)) if x.size else np.nan,
        places_for_half=float(places_holding(x)),
        chance_for_half=float(half.mean()),
        chance_lower=float(lower),
        chance_upper=float(upper),
        shares=tuple(shares),
        top_share=_top_shares(x[None, :], wanted)[0],
        chance_top_share=top.mean(axis=0),
        chance_curve=held.mean(axis=0),
        method=f"{draws:,} multinomial draws, seed {seed}",
    )


def _complete(counts: ArrayLike) -> Floats:
    x = as_counts(counts)
    if np.isnan(x).any():
        raise ValueError("Concentration needs a count for every area; leave out areas without data.")
    return x


def _top_shares(counts: ArrayLike, shares: Floats) -> Floats:
    """(rows, shares): read off each row's curve."""
    return _read_off(concentration_curve(counts)[1], shares)


def _read_off(held: Floats, shares: Floats) -> Floats:
    areas = held.shape[-1] - 1
    position = shares * areas
    below = np.minimum(position.astype(int), max(areas - 1, 0))
    return held[:, below] + (position - below) * (held[:, np.minimum(below + 1, areas)] - held[:, below])
