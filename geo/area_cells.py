"""Areas such as LSOAs taken as the cells of a test: their places, sizes and who touches whom. Metres of EPSG:27700."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

__all__ = ["AreaCells", "area_cells"]

Floats = npt.NDArray[np.float64]
_GAP = 5.0
"""Areas no further apart than this touch: outlines are published with small gaps."""
_GRAIN = 15.0


@dataclass(frozen=True, eq=False)
class AreaCells:
    """A row of each array is an area. x, y: a place inside it; weights: 1 for areas that touch, and for itself."""

    codes: npt.NDArray[np.str_]
    names: npt.NDArray[np.str_]
    x: Floats
    y: Floats
    area_km2: Floats
    weights: csr_array
    _shapes: npt.NDArray[Any]

    def __len__(self) -> int:
        return len(self.codes)

    def taken(self, cells: npt.ArrayLike) -> AreaCells:
        """Some of the areas, by number, with the same neighbours among themselves."""
        n = np.asarray(cells, dtype=int)
        return AreaCells(
            self.codes[n], self.names[n], self.x[n], self.y[n], self.area_km2[n], self.weights[n][:, n], self._shapes[n]
        )

    def cell_of(self, codes: Sequence[Any]) -> npt.NDArray[np.int64]:
        """The number of the area with each code; -1 where there is none.

        >>> two = area_cells(["b", "a"], ["B", "A"], [shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)])
        >>> two.cell_of(["a", None, "b"]).tolist()
        [1, -1, 0]
        """
        number = {code: i for i, code in enumerate(self.codes.tolist())}
        return np.array([number.get(code, -1) for code in codes], dtype=np.int64)

    def outlines(self, cells: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """The areas as polygons to draw, corners under 15 m smoothed away: all, or those numbered."""
        chosen = np.arange(len(self)) if cells is None else np.asarray(cells, dtype=int)
        return self._shapes[chosen]


def area_cells(codes: Sequence[str], names: Sequence[str], shapes: Sequence[Any]) -> AreaCells:
    """Areas as cells, in the order given. shapes: shapely polygons or multipolygons.

    >>> boxes = [shapely.box(x, 0, x + 1000, 500) for x in (0, 1000, 2500)]
    >>> cells = area_cells(["a", "b", "c"], ["A", "B", "C"], boxes)
    >>> cells.weights.toarray().astype(int).tolist(), cells.area_km2.tolist()
    ([[1, 1, 0], [1, 1, 0], [0, 0, 1]], [0.5, 0.5, 0.5])
    """
    exact = np.array(list(shapes), dtype=object)
    rows, columns = shapely.STRtree(exact).query(exact, predicate="dwithin", distance=_GAP)
    inside = shapely.point_on_surface(exact)
    return AreaCells(
        codes=np.array(list(codes), dtype=str),
        names=np.array(list(names), dtype=str),
        x=shapely.get_x(inside),
        y=shapely.get_y(inside),
        area_km2=shapely.area(exact) / 1e6,
        weights=csr_array((np.ones(rows.size), (rows, columns)), shape=(len(exact), len(exact))),
        _shapes=shapely.simplify(exact, _GRAIN),
    )
