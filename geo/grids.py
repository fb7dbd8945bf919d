"""Grids of squares or hexagons over an area, clipped to it. Metres of EPSG:27700 throughout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Grid", "GridKind", "grid_over"]

GridKind = Literal["square", "hexagon"]
Floats = npt.NDArray[np.float64]

_ROOT3 = 3**0.5


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a grid that touch an area; cells outside it do not exist.

    x, y: centres of the whole cells. area_km2: of the part of each cell inside the area. cell_size: side of a square,
    or distance between two opposite sides of a hexagon, in metres.
    """

    kind: GridKind
    cell_size: float
    x: Floats
    y: Floats
    area_km2: Floats
    _origin: tuple[float, float]
    _lookup: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def neighbour_distance(self) -> float:
        """Centres closer than this belong to cells that touch: 8 neighbours of a square, 6 of a hexagon."""
        return self.cell_size * (1.5 if self.kind == "square" else 1.1)

    def cell_of(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The number of the cell each point lies in; -1 where there is none."""
        xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        column, row = _index(self.kind, self.cell_size, self._origin, xs, ys)
        inside = (row >= 0) & (row < self._lookup.shape[0]) & (column >= 0) & (column < self._lookup.shape[1])
        return np.where(inside, self._lookup[np.where(inside, row, 0), np.where(inside, column, 0)], -1)

    def outlines(self, cells: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """The whole cells as polygons: all, or those numbered."""
        chosen = np.arange(len(self)) if cells is None else np.asarray(cells, dtype=int)
        return _polygons(self.kind, self.cell_size, self.x[chosen], self.y[chosen])


def grid_over(area: Any, cell_size: float, kind: GridKind = "square", shift: tuple[float, float] = (0.0, 0.0)) -> Grid:
    """The grid over an area. Cells lie on multiples of their size in the national grid, so the same place falls in
    the same cell whatever else is shown.

    Parameters
    ----------
    area : shapely polygon or multipolygon
    cell_size : float
        Metres.
    shift : (east, north)
        Moves the grid by parts of a cell, to see what depends on where the lines happen to fall.

    Examples
    --------
    >>> grid = grid_over(shapely.box(0, 0, 1000, 450), 500)
    >>> len(grid), grid.area_km2.round(3).tolist(), grid.cell_of([600, 1200], [10, 10]).tolist()
    (2, [0.225, 0.225], [1, -1])
    >>> len(grid_over(shapely.box(0, 0, 1000, 1000), 500, "hexagon"))
    9
    """
    if not cell_size > 0:
        raise ValueError(f"cell_size must be above zero, not {cell_size!r}.")
    west, south, east, north = shapely.bounds(area)
    across, up = cell_size, cell_size if kind == "square" else cell_size * _ROOT3 / 2
    # Two rows more, as a hexagon's rows come in pairs.
    origin = (
        (np.floor(west / across) - 1 + shift[0]) * across,
        (np.floor(south / (2 * up)) * 2 - 2 + shift[1]) * up,
    )
    columns = int(np.ceil((east - origin[0]) / across)) + 2
    rows = int(np.ceil((north - origin[1]) / up)) + 3
    row, column = (part.ravel() for part in np.mgrid[0:rows, 0:columns])
    if kind == "square":
        x, y = origin[0] + (column + 0.5) * across, origin[1] + (row + 0.5) * up
    else:
        x, y = origin[0] + (column + 0.5 * (row % 2)) * across, origin[1] + row * up
    cells = _polygons(kind, cell_size, x, y)
    shapely.prepare(area)
    touches = shapely.intersects(area, cells)
    whole = np.zeros(len(cells), dtype=bool)
    whole[touches] = shapely.contains_properly(area, cells[touches])
    size = shapely.area(cells[0])
    inside = np.where(whole, size, 0.0)
    edge = touches & ~whole
    inside[edge] = shapely.area(shapely.intersection(cells[edge], area))
    kept = inside > 0
    lookup = np.full((rows, columns), -1, dtype=np.int64)
    lookup[row[kept], column[kept]] = np.arange(int(kept.sum()))
    return Grid(kind, float(cell_size), x[kept], y[kept], inside[kept] / 1e6, origin, lookup)


def _index(kind: GridKind, size: float, origin: tuple[float, float], x: Floats, y: Floats) -> tuple[Any, Any]:
    """Column and row of the cell that holds each point."""
    if kind == "square":
        return np.floor((x - origin[0]) / size).astype(int), np.floor((y - origin[1]) / size).astype(int)
    up = size * _ROOT3 / 2
    near = np.floor((y - origin[1]) / up).astype(int)
    best_column, best_row, least = np.zeros(x.shape, int), np.zeros(x.shape, int), np.full(x.shape, np.inf)
    for row in (near, near + 1):  # the nearest centre lies in the row below or above
        column = np.round((x - origin[0]) / size - 0.5 * (row % 2)).astype(int)
        distance = (origin[0] + (column + 0.5 * (row % 2)) * size - x) ** 2 + (origin[1] + row * up - y) ** 2
        closer = distance < least
        best_column, best_row = np.where(closer, column, best_column), np.where(closer, row, best_row)
        least = np.where(closer, distance, least)
    return best_column, best_row


def _polygons(kind: GridKind, size: float, x: Floats, y: Floats) -> npt.NDArray[Any]:
    if kind == "square":
        half = size / 2
        return shapely.box(x - half, y - half, x + half, y + half)
    angles = np.radians(np.arange(30, 390, 60))
    radius = size / _ROOT3
    corners = np.stack([x[:, None] + radius * np.cos(angles), y[:, None] + radius * np.sin(angles)], axis=-1)
    return shapely.polygons(corners)
