"""Density of incidents per km² by the quartic kernel, on a grid or at chosen places. Metres throughout."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import irfft2, next_fast_len, rfft2

from analytics.statistics._arrays import Floats, as_floats

__all__ = ["density_at", "density_grid", "quartic_kernel"]

_BLOCK = 4_000_000
"""Kernel values worked out at a time: keeps the memory under some hundred megabytes."""
_CACHED = 400_000
"""Those that stay in the processor's cache, which halves the time."""


def quartic_kernel(distance: ArrayLike, bandwidth: float) -> Floats:
    """What one incident adds to the density per km² at this distance in metres; 0 from the bandwidth on.

    Method: λ(d) = 3/(πh²)·(1 − d²/h²)² for d ≤ h, × 10⁶.

    >>> quartic_kernel([0, 200, 400], 400).round(5)
    array([5.96831, 3.35717, 0.     ])
    """
    return _kernel(as_floats(distance) ** 2, bandwidth)


def _kernel(squared: Floats, bandwidth: float) -> Floats:
    inside = np.maximum(1 - squared / bandwidth**2, 0.0)
    return 3e6 / (np.pi * bandwidth**2) * inside**2


def density_at(points: ArrayLike, places: ArrayLike, *, bandwidth: float, weights: ArrayLike | None = None) -> Floats:
    """The density at each of these places by the direct sum over all points.

    points: (n, 2) eastings and northings, places: (m, 2), weights: incidents at each point (1 unless given).

    >>> density_at([[0, 0], [0, 0]], [[0, 200]], bandwidth=400).round(5)
    array([6.71435])
    """
    xy, mass = _checked(points, weights, bandwidth)
    where = as_floats(places).reshape(-1, 2)
    density = np.zeros(len(where))
    step = max(1, _BLOCK // max(len(xy), 1))
    for start in range(0, len(where), step):
        piece = where[start : start + step]
        squared = (piece[:, None, 0] - xy[:, 0]) ** 2 + (piece[:, None, 1] - xy[:, 1]) ** 2
        density[start : start + step] = _kernel(squared, bandwidth) @ mass
    return density


def density_grid(
    points: ArrayLike,
    *,
    origin: tuple[float, float],
    shape: tuple[int, int],
    cell_size: float,
    bandwidth: float,
    weights: ArrayLike | None = None,
    method: Literal["exact", "fft"] = "exact",
) -> Floats:
    """The density at the centre of every cell of a grid: (rows, columns), first row southmost.

    points, weights: as in :func:`density_at`; points outside the grid count as far as the bandwidth reaches.
    origin: the grid's south-west corner. Clip to the partnership afterwards.
    method: "exact" adds each distinct point's kernel where it falls (published points repeat, so there are few);
    "fft" first moves points to the centre of their cell: faster for many distinct points, and off by up to half a cell.

    >>> grid = density_grid([[500, 500]], origin=(0, 0), shape=(20, 20), cell_size=50, bandwidth=400)
    >>> print(round(float(grid.sum() * 0.05**2), 3))  # km² per cell: the incident is all there
    1.0
    """
    xy, mass = _checked(points, weights, bandwidth)
    if not cell_size > 0:
        raise ValueError(f"cell_size must be above zero, not {cell_size!r}.")
    reach = int(np.ceil(bandwidth / cell_size))
    column, row = ((xy - np.asarray(origin)) / cell_size).T
    near = (column > -reach) & (column < shape[1] + reach) & (row > -reach) & (row < shape[0] + reach)
    add = _add_exactly if method == "exact" else _add_by_fft
    return add(row[near], column[near], mass[near], reach, shape, cell_size, bandwidth)


def _checked(points: ArrayLike, weights: ArrayLike | None, bandwidth: float) -> tuple[Floats, Floats]:
    if not bandwidth > 0:
        raise ValueError(f"bandwidth must be above zero, not {bandwidth!r}.")
    xy = as_floats(points).reshape(-1, 2)
    mass = np.ones(len(xy)) if weights is None else as_floats(weights)
    if mass.shape != (len(xy),):
        raise ValueError(f"weights needs one value per point: {len(xy)}, not {mass.size}.")
    if np.isnan(xy).any() or np.isnan(mass).any():
        raise ValueError("Points and weights must be known; leave out what is not placed.")
    return xy, mass


def _add_exactly(
    row: Floats, column: Floats, mass: Floats, reach: int, shape: tuple[int, int], cell_size: float, bandwidth: float
) -> Floats:
    if not row.size:
        return np.zeros(shape)
    distinct, place = np.unique(row + 1j * column, return_inverse=True)
    row, column, mass = distinct.real, distinct.imag, np.bincount(place, weights=mass).astype(float)
    steps = np.arange(-reach, reach + 1)
    wide = (shape[0] + 4 * reach, shape[1] + 4 * reach)  # room for every kernel; cut off at the end
    total = np.zeros(wide[0] * wide[1])
    first_row, first_column = np.floor(row), np.floor(column)
    first = ((first_row + 2 * reach) * wide[1] + first_column + 2 * reach).astype(np.int64)
    around = (steps[:, None] * wide[1] + steps).ravel()
    # The kernel is (1 − north² − east²)², in bandwidths; its factor goes into the root, so that it costs no pass more.
    root = np.sqrt(mass * 3e6 / np.pi) / bandwidth
    north = root[:, None] * (1 - ((first_row - row + 0.5)[:, None] + steps) ** 2 * (cell_size / bandwidth) ** 2)
    east = root[:, None] * ((first_column - column + 0.5)[:, None] + steps) ** 2 * (cell_size / bandwidth) ** 2
    block = max(1, _CACHED // steps.size**2)
    for start in range(0, row.size, block):
        here = slice(start, start + block)
        values = north[here, :, None] - east[here, None, :]
        np.maximum(values, 0.0, out=values)
        np.square(values, out=values)
        cells = first[here, None] + around
        total += np.bincount(cells.ravel(), weights=values.ravel(), minlength=total.size)
    return total.reshape(wide)[2 * reach : -2 * reach, 2 * reach : -2 * reach]


def _add_by_fft(
    row: Floats, column: Floats, mass: Floats, reach: int, shape: tuple[int, int], cell_size: float, bandwidth: float
) -> Floats:
    wide = (shape[0] + 2 * reach, shape[1] + 2 * reach)
    cells = (np.floor(row).astype(np.int64) + reach) * wide[1] + np.floor(column).astype(np.int64) + reach
    binned = np.bincount(cells, weights=mass, minlength=wide[0] * wide[1]).reshape(wide)
    squares = (np.arange(-reach, reach + 1) * cell_size) ** 2.0
    kernel = _kernel(squares[:, None] + squares, bandwidth)
    size = [next_fast_len(length + 2 * reach, real=True) for length in wide]
    spread = irfft2(rfft2(binned, size) * rfft2(kernel, size), size)
    return np.maximum(spread[2 * reach : 2 * reach + shape[0], 2 * reach : 2 * reach + shape[1]], 0.0)
