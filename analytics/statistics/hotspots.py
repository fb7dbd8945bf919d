"""Hotspots: clusters that are more than chance, and whether last year's hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr, pdtr, pdtrc

from analytics.statistics._arrays import Floats, as_counts, as_floats
from analytics.statistics.adjustment import adjusted_p_values

__all__ = ["GiStar", "PredictiveAccuracy", "distance_band", "gi_star", "hits_within", "predictive_accuracy"]

_CLUSTERS = np.array(["not significant", "cold 95", "cold 99", "not significant", "hot 95", "hot 99"])


@dataclass(frozen=True)
class GiStar:
    """One value per cell (per slice of time). z above 0: more around here than everywhere; p_value two-sided.

    cluster: "hot 99", "hot 95", "cold 99", "cold 95" or "not significant", by p_adjusted.
    """

    z: Floats
    p_value: Floats
    p_adjusted: Floats
    cluster: NDArray[np.str_]
    method: str


@dataclass(frozen=True)
class PredictiveAccuracy:
    """Cells taken in the order predicted, one row after each: the share of area taken, of incidents hit, the
    predictive accuracy index (1 = no better than chance) and the efficiency index (1 = no order could do better)."""

    order: NDArray[np.intp]
    area_share: Floats
    hit_rate: Floats
    pai: Floats
    pei: Floats
    method: str


def distance_band(x: ArrayLike, y: ArrayLike, distance: float) -> csr_array:
    """Binary weights: 1 between places at most `distance` metres apart, each place its own neighbour too.

    >>> distance_band([0, 10, 40], [0, 0, 0], 15).toarray().astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 1]])
    """
    from scipy.spatial import cKDTree  # here, because importing it takes a third of a second

    places = np.column_stack([as_floats(x), as_floats(y)])
    pairs = cKDTree(places).query_pairs(distance, output_type="ndarray")
    own = np.arange(len(places))
    rows, columns = np.concatenate([pairs, pairs[:, ::-1], np.column_stack([own, own])]).T
    return csr_array((np.ones(rows.size), (rows, columns)), shape=(len(places), len(places)))


def gi_star(
    values: ArrayLike, weights: csr_array, *, adjust: bool = True, exposure: ArrayLike | None = None,
    counts: ArrayLike | None = None,
) -> GiStar:  # fmt: skip
    """Getis and Ord's Gi*: is there more (or less) in and around each cell than chance would put there?

    values: (cells,) or (slices, cells), counts or rates, complete. weights: (cells, cells), sparse, with each cell its
    own neighbour (1 on the diagonal), as from :func:`distance_band`. adjust: Benjamini–Hochberg over everything given.
    NaN, "not significant", where all values are alike or a cell neighbours every other.

    exposure: (cells,), what chance alone would share the incidents out by (land, residents). With it p is the larger of
    two: Gi*'s own, and that of the incidents of a cell and its neighbours by Poisson. Gi*'s own is that of a normal
    distribution, which sparse counts are far from: 1,700 incidents thrown evenly over 2,800 cells gave a false hotspot
    in two maps of three, and with exposure in fewer than one of twenty. counts: the incidents, where values are rates.

    Method: z = (Σw x − x̄W)/(S√((nS1 − W²)/(n − 1))) with the population's standard deviation S (Ord & Getis 1995).

    >>> weights = distance_band([10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30], 15)
    >>> found = gi_star([2, 3, 3.2, 5, 8, 7], weights)
    >>> found.z.round(8)
    array([-1.39727626, -0.28917762,  0.65064964, -0.28917762,  1.23452088, 2.02424331])
    >>> set(found.cluster.tolist())
    {'not significant'}
    """
    x = as_floats(values)
    n = x.shape[-1]
    if weights.shape != (n, n):
        raise ValueError(f"weights are for {weights.shape[0]} cells, values for {n}.")
    if np.isnan(x).any():
        raise ValueError("Gi* needs a value for every cell; leave out cells without data.")
    if not (weights.diagonal() > 0).all():
        raise ValueError("Gi* counts each cell among its own neighbours: the diagonal of weights must be positive.")
    ones = np.ones(n)
    w = weights @ ones
    s1 = w if (weights.data == 1).all() else weights.power(2) @ ones
    mean, deviation = x.mean(axis=-1, keepdims=True), x.std(axis=-1, keepdims=True)
    around = (weights @ x.T).T
    flat = deviation <= 1e-12 * np.abs(mean)
    scale = deviation * np.sqrt(np.fmax(n * s1 - w**2, 0.0) / max(n - 1, 1))
    z = np.where(flat | (scale == 0), np.nan, (around - mean * w) / np.where(scale > 0, scale, 1.0))
    p = 2 * ndtr(-np.abs(z))
    if exposure is not None:
        p = np.fmax(p, _poisson_p(x if counts is None else as_counts(counts, "counts"), exposure, weights, z > 0))
    judged = adjusted_p_values(p) if adjust else p
    cluster = _CLUSTERS[(judged < 0.05).astype(np.intp) + (judged < 0.01) + 3 * (z > 0)]
    method = "Gi* and Poisson, " if exposure is not None else "Gi*, "
    method += "Benjamini–Hochberg over all cells" if adjust else "not adjusted"
    return GiStar(z, p, judged, cluster, method)


def _poisson_p(counts: Floats, exposure: ArrayLike, weights: csr_array, above: NDArray[np.bool_]) -> Floats:
    """Twice the chance of so many (above) or so few incidents in and around a cell, at most 1."""
    share = as_counts(exposure, "exposure")
    if share.shape != counts.shape[-1:] or not share.sum() > 0:
        raise ValueError("exposure needs one value per cell, and one above zero.")
    around = (weights @ counts.T).T
    expected = counts.sum(axis=-1, keepdims=True) * (weights @ share) / share.sum()
    tail = np.where(above, pdtrc(np.maximum(around - 1, 0), expected), pdtr(around, expected))
    return np.minimum(2 * np.where(above & (around < 1), 1.0, tail), 1.0)


def predictive_accuracy(
    predicted: ArrayLike, observed: ArrayLike, *, areas: ArrayLike | None = None
) -> PredictiveAccuracy:
    """How well a ranking of cells made beforehand catches the incidents that came after.

    predicted: (cells,), highest first; per area where cells differ in size. observed: incidents that came. areas: of
    the cells, equal unless given. Cells predicted alike are taken in the order that suits us least. NaN where no
    incident came.

    Method: PAI = (c/C)/(a/A) (Chainey, Tompson & Uhlig 2008); PEI = PAI over the best any order reaches with that area
    (Hunt 2016), a cell being divisible where areas differ.

    >>> found = predictive_accuracy([8, 4, 4, 2, 1, 0], [6, 7, 3, 2, 1, 0])
    >>> found.pai.round(4), found.pei.round(4)
    (array([1.8947, 1.4211, 1.6842, 1.4211, 1.2   , 1.    ]),
     array([0.8571, 0.6923, 1.    , 1.    , 1.    , 1.    ]))
    """
    score, came = as_floats(predicted), as_counts(observed, "observed")
    size = np.ones(score.shape) if areas is None else as_counts(areas, "areas")
    if not score.shape == came.shape == size.shape or score.ndim != 1:
        raise ValueError("predicted, observed and areas need one value per cell.")
    if np.isnan(score + came + size).any() or not (size > 0).all():
        raise ValueError("Every cell needs a prediction, a count and an area above zero.")
    density = came / size
    order = np.lexsort((density, -score))
    best = np.argsort(-density, kind="stable")
    taken, hit = np.cumsum(size[order]), np.cumsum(came[order])
    best_hit = np.interp(taken, np.r_[0.0, np.cumsum(size[best])], np.r_[0.0, np.cumsum(came[best])])
    total = came.sum()
    hit_rate = hit / total if total > 0 else np.full(score.shape, np.nan)
    area_share = taken / size.sum()
    pei = hit / best_hit if total > 0 else np.full(score.shape, np.nan)
    return PredictiveAccuracy(order, area_share, hit_rate, hit_rate / area_share, pei, "PAI and PEI, ties against us")


def hits_within(
    predicted: ArrayLike,
    observed: ArrayLike,
    shares: ArrayLike,
    *,
    areas: ArrayLike | None = None,
    against: bool = True,
) -> Floats:
    """Incidents caught when cells are searched in the order predicted until a share of the area is used up.

    predicted, observed, areas as in :func:`predictive_accuracy`. shares: of the area, 0 to 1; the last cell is searched
    in part. against: cells predicted alike are taken in the order that suits least (for what is on trial); otherwise
    all alike in proportion, which is what a random order among them catches on average (for what it is compared with).
    Returns one number a share.

    >>> hits_within([8, 4, 4, 2, 1, 0], [6, 7, 3, 2, 1, 0], [1 / 6, 2 / 6]), hits_within([1, 1], [4, 0], [0.5])
    (array([6., 9.]), array([0.]))
    >>> hits_within([1, 1], [4, 0], [0.5], against=False)
    array([2.])
    """
    score, came = as_floats(predicted), as_counts(observed, "observed")
    size = np.ones(score.shape) if areas is None else as_counts(areas, "areas")
    if not score.shape == came.shape == size.shape or score.ndim != 1:
        raise ValueError("predicted, observed and areas need one value per cell.")
    if np.isnan(score + came + size).any() or not (size > 0).all():
        raise ValueError("Every cell needs a prediction, a count and an area above zero.")
    order = np.lexsort((came / size, -score))
    taken, hit = np.cumsum(size[order]), np.cumsum(came[order])
    if not against:
        ends = np.r_[score[order][1:] != score[order][:-1], True]
        taken, hit = taken[ends], hit[ends]
    return np.interp(as_floats(shares) * size.sum(), np.r_[0.0, taken], np.r_[0.0, hit])
