"""Small made-up areas for the tests."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

ORIGIN = (560_000.0, 178_000.0)


def grid_of_squares(
    columns: int = 3, rows: int = 2, side: float = 1000.0, prefix: str = "E0500000"
) -> gpd.GeoDataFrame:
    """Square wards side by side, in the publisher's columns."""
    x0, y0 = ORIGIN
    squares = [
        shapely.box(x0 + i * side, y0 + j * side, x0 + (i + 1) * side, y0 + (j + 1) * side)
        for j in range(rows)
        for i in range(columns)
    ]
    number = range(len(squares))
    return gpd.GeoDataFrame(
        {
            "WD25CD": [f"{prefix}{i}" for i in number],
            "WD25NM": [f"Ward {i}" for i in number],
            "WD25NMW": [" " for _ in number],
            "LAD25CD": ["E06000099" for _ in number],
        },
        geometry=squares,
        crs="EPSG:27700",
    )


def wiggly_wards(seed: int = 1, columns: int = 3, rows: int = 3) -> gpd.GeoDataFrame:
    """Wards that share edges of many corners: polygons of code, name, geometry (EPSG:27700)."""
    generator = np.random.default_rng(seed)
    x0, y0 = ORIGIN
    nodes = np.array([[(i * 1000.0, j * 1000.0) for i in range(columns + 1)] for j in range(rows + 1)])
    nodes += generator.uniform(-150, 150, nodes.shape)
    edges: dict[tuple[tuple[int, int], tuple[int, int]], np.ndarray] = {}

    def edge(a: tuple[int, int], b: tuple[int, int]) -> np.ndarray:
        if (b, a) in edges:
            return edges[b, a][::-1]
        if (a, b) not in edges:
            t = np.linspace(0, 1, 60)[:, None]
            line = nodes[a] * (1 - t) + nodes[b] * t
            line[1:-1] += generator.uniform(-4, 4, line[1:-1].shape)
            edges[a, b] = line
        return edges[a, b]

    wards = []
    for j in range(rows):
        for i in range(columns):
            corners = [(j, i), (j, i + 1), (j + 1, i + 1), (j + 1, i)]
            ring = np.vstack([edge(corners[k], corners[(k + 1) % 4])[:-1] for k in range(4)])
            wards.append(shapely.Polygon(ring + np.array([x0, y0])))
    codes = [f"E0500{i:04d}" for i in range(len(wards))]
    return gpd.GeoDataFrame(
        {"code": codes, "name": [f"Ward {c[-2:]}" for c in codes]}, geometry=wards, crs="EPSG:27700"
    )


def write(frame: gpd.GeoDataFrame, path: Path) -> Path:
    frame.to_file(path)
    return path
