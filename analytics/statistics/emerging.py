"""Emerging hotspots: is a cluster new, persistent, intensifying, fading or sporadic over slices of time?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from analytics.statistics._arrays import Floats, as_floats
from analytics.statistics.hotspots import gi_star
from analytics.statistics.mann_kendall import mann_kendall

__all__ = ["CLASSES", "FEWEST_SLICES", "Emerging", "emerging", "emerging_class"]

FEWEST_SLICES = 8
CLASSES = ("new", "persistent", "intensifying", "fading", "sporadic")
_RECENT = 4
_MOSTLY = 0.75


@dataclass(frozen=True)
class Emerging:
    """One value per cell. emerging_class: one of CLASSES, "" where no slice was more than chance.

    hot: (slices, cells), more than chance in that slice. z, trend_p_value: Mann–Kendall over the cell's Gi*.
    """

    emerging_class: NDArray[np.str_]
    hot: NDArray[np.bool_]
    z: Floats
    trend_p_value: Floats
    method: str


def emerging(
    values: ArrayLike, weights: csr_array, *, exposure: ArrayLike | None = None, counts: ArrayLike | None = None
) -> Emerging:
    """The class of each cell.

    values: (slices, cells), the oldest slice first, at least eight, all complete and of about one length (quarters).
    weights, exposure, counts: as in :func:`gi_star`.

    Method: Gi* slice by slice, Benjamini–Hochberg over the cells of a slice, then Mann–Kendall over each cell's Gi*
    (after ESRI's Emerging Hot Spot Analysis), in five plain classes; see :func:`emerging_class`.

    >>> from analytics.statistics.hotspots import distance_band
    >>> weights = distance_band(range(30), [0] * 30, 1)
    >>> counts = [[5 if 9 < cell < 13 else 0 for cell in range(30)] for _ in range(8)]
    >>> found = emerging(counts, weights)
    >>> str(found.emerging_class[11]), str(found.emerging_class[25])
    ('persistent', '')
    """
    x = as_floats(values)
    if x.ndim != 2 or len(x) < FEWEST_SLICES:
        raise ValueError(f"Emerging classes need at least {FEWEST_SLICES} slices of time.")
    came = x if counts is None else as_floats(counts)
    found = [gi_star(one, weights, exposure=exposure, counts=n) for one, n in zip(x, came, strict=True)]
    z = np.nan_to_num(np.stack([one.z for one in found]))
    hot = np.stack([np.char.startswith(one.cluster, "hot") for one in found])
    trend_z, trend_p = np.zeros(x.shape[1]), np.ones(x.shape[1])
    ever = hot.any(axis=0)  # the trend of all other cells decides nothing
    if ever.any():
        trend = mann_kendall(z[:, ever].T)
        trend_z[ever], trend_p[ever] = trend.z, trend.p_value
    named = emerging_class(hot, np.where(trend_p < 0.05, np.sign(trend_z), 0))
    return Emerging(named, hot, trend_z, trend_p, "Gi* per slice, Mann–Kendall per cell")


def emerging_class(hot: ArrayLike, direction: ArrayLike) -> NDArray[np.str_]:
    """The class from when a cell was hot and which way its Gi* goes. hot: (slices, cells); direction: -1, 0 or 1.

    new: in the latest slice, and in none before the last four. Otherwise, hot in three quarters of the slices or more:
    intensifying where Gi* rises, fading where it falls, else persistent. Hot less often: intensifying where it rises
    and the latest slice is hot, fading where it falls and the latest is not, else sporadic. "": never hot.

    >>> hot = [[0, 1, 1, 0, 0]] * 4 + [[0, 1, 0, 0, 0]] * 3 + [[1, 1, 0, 0, 1]]
    >>> emerging_class(hot, [1, 0, -1, 0, 0]).tolist()
    ['new', 'persistent', 'fading', '', 'new']
    """
    was = np.asarray(hot, dtype=bool)
    way = np.asarray(direction)
    latest, share = was[-1], was.mean(axis=0)
    before = was[:-_RECENT].any(axis=0)
    mostly = share >= _MOSTLY
    return np.select(
        [~was.any(axis=0), latest & ~before, mostly & (way > 0), mostly & (way < 0), mostly,
         latest & (way > 0), ~latest & (way < 0)],
        ["", "new", "intensifying", "fading", "persistent", "intensifying", "fading"],
        "sporadic",
    )  # fmt: skip
