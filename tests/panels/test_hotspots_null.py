"""Chance alone, through the page's own path: a store whose incidents are thrown at random makes hardly a hotspot."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.context import load_context
from analytics.panels._hotspots import cells_of
from analytics.queries.loaded import loaded_areas
from analytics.queries.shapes import area_shapes
from analytics.selection import Selection
from data.warehouse import Warehouse


def thrown(demo: Warehouse, folder: Path, by: str, seed: int) -> Warehouse:
    """A copy of the demonstration in which every incident of the partnership lies at a random place instead of its own.

    by: "residents" (the more live in an LSOA, the more fall there) or "land" (anywhere alike).
    """
    store = folder / "store"
    shutil.copytree(demo.snapshot_dir, store / "snapshots" / demo.snapshot_dir.name)
    (store / "CURRENT").write_text(demo.snapshot_dir.name)
    file = store / "snapshots" / demo.snapshot_dir.name / "incidents.parquet"
    rows = pd.read_parquet(file)
    with demo.current.cursor() as cursor:
        areas = loaded_areas(cursor)
        shapes = area_shapes(cursor, "lsoa")
    lsoas = areas[areas["area_type"] == "lsoa"].set_index("code").loc[shapes["code"]]
    exact = shapely.from_wkb(np.array([bytes(one) for one in shapes["shape"]], dtype=object))
    rng = np.random.default_rng(seed)
    ours = np.flatnonzero(rows["in_partnership"] & rows["easting"].notna())
    weight = lsoas["population"].to_numpy(dtype=float) if by == "residents" else shapely.area(exact)
    lsoa = rng.choice(len(exact), len(ours), p=weight / weight.sum())
    place = np.full((len(ours), 2), np.nan)
    while (missing := np.isnan(place[:, 0])).any():
        bounds = shapely.bounds(exact[lsoa[missing]])
        tried = rng.uniform(bounds[:, :2], bounds[:, 2:]).round()
        place[missing] = np.where(shapely.contains_xy(exact[lsoa[missing]], tried)[:, None], tried, np.nan)
    rows.iloc[ours, rows.columns.get_indexer(["easting", "northing"])] = place
    rows.iloc[ours, rows.columns.get_loc("lsoa_code")] = lsoas.index.to_numpy()[lsoa]
    rows.iloc[ours, rows.columns.get_loc("ward_code")] = lsoas["ward_code"].to_numpy()[lsoa]
    rows.to_parquet(file, index=False)
    return Warehouse(store)


def maps(warehouse: Warehouse, query: str) -> list[np.ndarray]:
    """The classes of all cells on a map for each category and quarter of two years, and each category's year."""
    context = load_context(warehouse)
    spans = [f"from={y}-{m:02}&to={y}-{m + 2:02}" for y in (2023, 2024) for m in (1, 4, 7, 10)] + [
        "from=2024-01&to=2024-12"
    ]
    found = []
    with warehouse.current.cursor() as cursor:
        for category in context.categories:
            for span in spans:
                selection, said = Selection.from_query(f"category={category.slug}&{span}&{query}", context)
                assert not said
                found.append(cells_of(cursor, selection, context).found.cluster)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("by", "query"),
    [("residents", "test=rate"), ("land", ""), ("land", "cell=500&grid=hexagon")],
)
def test_hardly_a_map_of_chance_shows_anything(demo: Warehouse, tmp_path: Path, by: str, query: str):
    found = maps(thrown(demo, tmp_path, by, seed=47), query)
    false = np.mean([(cluster != "not significant").any() for cluster in found])
    assert len(found) > 100
    assert false <= 0.08  # 5 % is what the adjustment promises; with these seeds it is 2 %


def test_the_same_maps_of_the_demonstration_show_plenty(demo: Warehouse):
    """The test above can fail: the same path finds what was planted."""
    shown = [np.char.startswith(cluster, "hot").any() for cluster in maps(demo, "cell=500")]
    assert np.mean(shown) > 0.4
