"""The map's layers: recounted from the store, equal to esda and to the direct sum, sound for any address."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import shapely
from scipy.stats import binomtest, false_discovery_control

from analytics.context import load_context
from analytics.exports._picture import picture
from analytics.figures.hotspot_map import MapMark, _sides
from analytics.panels import Panel, View, build_panel
from analytics.panels._hotspot_layers import beside_the_rest
from analytics.panels._hotspots import cells_of, density_of, land_of, points_of
from analytics.queries.loaded import loaded_areas
from analytics.queries.shapes import area_shapes
from analytics.selection import Selection
from analytics.statistics.density import density_at
from data.warehouse import Warehouse


def select(warehouse: Warehouse, query: str = "") -> Selection:
    return Selection.from_query(query, load_context(warehouse))[0]


def shown(warehouse: Warehouse, query: str = "") -> Panel:
    return build_panel("hotspot_map", warehouse, select(warehouse, query))


def incidents(warehouse: Warehouse, first: str, last: str, category: str | None = None) -> pd.DataFrame:
    rows = pd.read_parquet(warehouse.snapshot_dir / "incidents.parquet")
    month = pd.to_datetime(rows["month"]).dt.strftime("%Y-%m")
    rows = rows[rows["in_partnership"] & month.between(first, last)]
    return rows if category is None else rows[rows["category"] == category]


@contextmanager
def asking(warehouse: Warehouse, query: str) -> Iterator[tuple]:
    with warehouse.current.cursor() as cursor:
        yield cursor, select(warehouse, query), load_context(warehouse)


# ---- Points and areas ----------------------------------------------------------------------------------------------


def test_points_are_all_there_with_true_counts(demo: Warehouse):
    panel = shown(demo, "layer=points&category=burglary")
    rows = incidents(demo, "2024-01", "2024-12", "Burglary").dropna(subset=["easting"])
    counted = rows.groupby(["easting", "northing"]).size()
    table = panel.table.set_index(["easting", "northing"])["incidents"]
    assert len(table) == len(counted)
    assert (table.sort_index() == counted.sort_index()).all()
    dots = next(trace for trace in panel.figure["data"] if trace["mode"] == "markers")
    assert len(dots["x"]) == len(counted)
    assert "Burglary" in dots["text"][0]


def test_one_month_of_the_points_is_that_month(demo: Warehouse):
    table = shown(demo, "layer=points&only=2024-03").table
    assert table["incidents"].sum() == len(incidents(demo, "2024-03", "2024-03").dropna(subset=["easting"]))


@pytest.mark.parametrize("kind", ["ward", "lsoa"])
def test_areas_show_share_and_change_beside_the_measure(demo: Warehouse, kind: str):
    rows = incidents(demo, "2024-01", "2024-12")
    table = shown(demo, f"layer=areas&zones={kind}&shade=share").table.set_index(f"{kind}_code")
    counted = rows.groupby(f"{kind}_code").size()
    assert (table.loc[counted.index, "incidents"] == counted).all()
    assert table["value"].sum() == pytest.approx(100, abs=0.5 if kind == "ward" else 5)
    changed = shown(demo, f"layer=areas&zones={kind}&shade=change")
    before = incidents(demo, "2023-01", "2023-12").groupby(f"{kind}_code").size()
    at = changed.table.set_index(f"{kind}_code")["previous"]
    assert (at.loc[before.index] == before).all()
    hatched = [trace for trace in changed.figure["data"] if "fillpattern" in trace]
    assert len(hatched) == changed.facts["rose"] + changed.facts["fell"]


@pytest.mark.parametrize("query", ["measure=rate", "measure=count&zones=lsoa", "measure=km2", "shade=share"])
def test_outlined_areas_differ_from_the_rest_of_the_map(demo: Warehouse, query: str):
    panel = shown(demo, f"layer=areas&category=vehicle-crime&{query}")
    kind = "lsoa" if "lsoa" in query else "ward"
    with demo.cursor() as cursor:
        areas = loaded_areas(cursor).set_index("code")
    rows = panel.table.set_index(f"{kind}_code")
    over = areas.loc[rows.index, "area_km2" if "km2" in query else "population"].astype(float)
    counts = incidents(demo, "2024-01", "2024-12", "Vehicle crime").groupby(f"{kind}_code").size()
    counts = counts.reindex(rows.index, fill_value=0)
    everything = counts.sum()
    assert rows["expected"].to_numpy() == pytest.approx((everything * over / over.sum()).to_numpy())
    # The plain recount: exact binomial odds without the widening can only find more.
    p = [binomtest(int(n), int(everything), part).pvalue for n, part in zip(counts, over / over.sum(), strict=True)]
    found = rows["beside"] != ""
    assert 0 < found.sum() < len(rows)
    assert (false_discovery_control(p)[found.to_numpy()] <= 0.06).all()
    assert (np.sign(counts - rows["expected"])[found] == rows.loc[found, "beside"].map({"more": 1, "fewer": -1})).all()
    assert panel.facts["above"] + panel.facts["below"] == found.sum()
    words = [note["text"] for note in panel.figure["layout"]["annotations"]]
    assert ("more than expected" in words, "fewer" in words) == (panel.facts["above"] > 0, panel.facts["below"] > 0)
    assert "outlined" in panel.subtitle
    assert "rest of the map" in panel.caveats[0]
    assert not any("No boundary" in said for said in panel.caveats)


def test_areas_by_chance_alone_are_seldom_outlined():
    rng = np.random.default_rng(5)
    people = rng.integers(1000, 3000, 100)
    maps = 0
    for _ in range(200):
        frame = pd.DataFrame({
            "incidents": rng.multinomial(2000, people / people.sum()), "population": people, "dispersion": 1.0,
        })  # fmt: skip
        maps += (beside_the_rest(frame, Selection(date(2024, 1, 1), date(2024, 12, 1)))[0]["beside"] != "").any()
    assert maps <= 20  # of 200 maps, where 5 % would be 10


def test_limits_are_printed_and_follow_the_scheme(demo: Warehouse):
    natural = shown(demo, "layer=areas&zones=lsoa&measure=count")
    quantiles = shown(demo, "layer=areas&zones=lsoa&measure=count&classes=quantiles")
    assert natural.facts["limits"] != quantiles.facts["limits"]
    for panel in (natural, quantiles):
        printed = {note["text"] for note in panel.figure["layout"]["annotations"]}
        assert {f"{limit:,g}" for limit in panel.facts["limits"]} <= printed
    assert any("quantiles" in caveat for caveat in quantiles.caveats)


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("store", ["demo", "thurrock"])
def test_a_wards_name_stands_in_that_ward(request: pytest.FixtureRequest, store: str, width: str):
    warehouse = request.getfixturevalue(store)
    with asking(warehouse, "") as asked:
        land = land_of(*asked)
        shapes = area_shapes(asked[0], "ward")
    wards = dict(zip(shapes["code"], shapely.from_wkb([bytes(one) for one in shapes["shape"]]), strict=True))
    for query in ("", "category=vehicle-crime&layer=clusters", "layer=points", "layer=areas"):
        panel = build_panel("hotspot_map", warehouse, select(warehouse, query), view=View(width=width))
        notes = [n for n in panel.figure["layout"]["annotations"] if (n.get("name") or "").startswith("ward ")]
        assert len(notes) > (6 if width == "wide" else 2)
        for note in notes:
            own = wards[note["name"].removeprefix("ward ")]
            place = shapely.Point(note["x"] + land.corner[0], note["y"] + land.corner[1])
            assert shapely.distance(own, place) < 30, note["text"]
        east = panel.figure["layout"]["xaxis"]["range"]
        assert east[0] < 0 < land.drawing.width < east[1], "the whole partnership is in view"


def test_classes_over_time_are_told_apart_without_colour(demo: Warehouse):
    panel = shown(demo, "layer=emerging")
    patterns: dict[str, set[str]] = {}
    for trace in panel.figure["data"]:
        for name in ("new", "intensifying", "persistent", "sporadic", "fading"):
            if f"<br>{name}: hot in" in str(trace.get("text")):
                patterns.setdefault(name, set()).add(trace.get("fillpattern", {}).get("shape", ""))
    assert set(patterns) == {name for name in patterns if panel.facts[name]}
    assert len(patterns) > 2
    assert all(len(shapes) == 1 for shapes in patterns.values())
    assert len({next(iter(shapes)) for shapes in patterns.values()}) == len(patterns)


@pytest.mark.parametrize("query", ["layer=areas", "layer=points", "layer=areas&shade=change", "layer=emerging", ""])
def test_every_layer_is_drawn_for_a_document_with_its_dashes(demo: Warehouse, query: str):
    figure = shown(demo, query).figure
    drawn = picture(figure).png
    plain = json.loads(json.dumps(figure).replace("4px,3px", "solid").replace("1.5px,3px", "solid"))
    without_legend = {**figure, "layout": {**figure["layout"], "shapes": []}}
    assert drawn != picture(without_legend).png
    assert (drawn != picture(plain).png) == ("px,3px" in json.dumps(figure))


# ---- The month the points were replaced ----------------------------------------------------------------------------


def test_what_july_2022_leaves_out_is_said(demo: Warehouse):
    across = "from=2022-01&to=2022-12"
    for query in (across, f"{across}&layer=points", f"{across}&layer=clusters"):
        assert any("July 2022, within this period" in said for said in shown(demo, query).caveats)
    for panel_id in ("hotspot_list", "gi_star_cells"):
        panel = build_panel(panel_id, demo, select(demo, across))
        assert any("July 2022, within this period" in said for said in panel.caveats)
    assert not any("within this period" in said for said in shown(demo, f"{across}&layer=areas").caveats)
    assert not any("within this period" in said for said in shown(demo).caveats)

    classes = shown(demo, "layer=emerging")
    assert "10 quarters, Jul 2022 to Dec 2024" in classes.subtitle
    assert any("replaced in July 2022" in said for said in classes.caveats)
    few = shown(demo, "layer=emerging&from=2023-01&to=2023-12")
    assert few.sentence == "Too few quarters in a row to tell new from persistent"
    assert "since July 2022, when the points were replaced, there are 6" in few.subtitle
    assert "Cells cannot be compared" in shown(demo, f"{across}&layer=change&cfrom=2021-01&cto=2021-12").sentence


# ---- Density -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bandwidth", [200, 400, 950])
def test_density_is_the_direct_sum_and_keeps_every_incident(demo: Warehouse, bandwidth: int):
    with asking(demo, f"category=vehicle-crime&bandwidth={bandwidth}") as (cursor, selection, context):
        density = density_of(cursor, selection, context)
        points = points_of(cursor, selection, context)
    mass = points.total(selection.months)
    places = points.frame[["easting", "northing"]].to_numpy()
    rng = np.random.default_rng(1)
    rows, columns = (rng.integers(0, n, 400) for n in density.values.shape)
    x, y = (density.origin[i] + (part + 0.5) * density.step for i, part in enumerate((columns, rows)))
    direct = density_at(places, np.column_stack([x, y]), bandwidth=bandwidth, weights=mass)
    assert np.abs(density.values[rows, columns] - direct).max() <= 1e-6 * density.values.max()

    far = np.array(density.values.shape[::-1]) * density.step - bandwidth
    deep = ((places - density.origin > bandwidth) & (places - density.origin < far)).all(axis=1)
    assert density.values.sum() * (density.step / 1000) ** 2 >= mass[deep].sum() * 0.999
    assert density.values.sum() * (density.step / 1000) ** 2 <= mass.sum() * 1.001


def test_density_per_resident_is_a_ratio_of_two_densities(demo: Warehouse):
    with asking(demo, "category=burglary&over=residents") as (cursor, selection, context):
        per_resident = density_of(cursor, selection, context)
        areas = loaded_areas(cursor)
    assert per_resident.per_resident
    people = float(areas.loc[areas["area_type"] == "lsoa", "population"].sum())
    burglaries = len(incidents(demo, "2024-01", "2024-12", "Burglary"))
    rates = per_resident.values[per_resident.inside & (per_resident.values > 0)]
    assert 0.2 < np.median(rates) / (1000 * burglaries / people) < 5
    panel = shown(demo, "category=burglary&over=residents")
    assert "per 1,000 residents" in panel.subtitle
    assert any("100 live on a km²" in caveat for caveat in panel.caveats)


def test_months_share_their_limits_so_that_darker_means_more(demo: Warehouse):
    panels = [shown(demo, f"category=vehicle-crime&only=2024-{month:02}") for month in (2, 7)]
    assert panels[0].facts["levels"] == panels[1].facts["levels"]
    assert panels[0].figure["layout"]["meta"]["months"][0] == ["2024-01", "Jan 2024"]
    rows = incidents(demo, "2024-02", "2024-02", "Vehicle crime")
    assert panels[0].sentence.startswith(f"{rows['easting'].notna().sum():,} incidents")


# ---- The chance test -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["grid=lsoa", "test=rate"])
def test_lsoas_of_real_thurrock_equal_esda(thurrock: Warehouse, query: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        libpysal = pytest.importorskip("libpysal")
        with asking(thurrock, f"from=2025-01&to=2025-12&category=vehicle-crime&{query}") as asked:
            cells = cells_of(*asked)
        neighbours = {
            i: [j for j in cells.weights.indices[cells.weights.indptr[i] : cells.weights.indptr[i + 1]] if j != i]
            for i in range(len(cells.grid))
        }
        values = 1000 * cells.incidents / cells.exposure if query == "test=rate" else cells.incidents
        theirs = esda.G_Local(values, libpysal.weights.W(neighbours), transform="B", star=True, permutations=0)
    assert len(cells.grid) == 100
    assert np.abs(cells.found.z - theirs.Zs).max() < 1e-9


def test_counts_and_rates_of_lsoas_are_recounted(demo: Warehouse):
    rows = incidents(demo, "2024-01", "2024-12", "Burglary").dropna(subset=["easting"])
    counted = rows.groupby("lsoa_code").size()
    table = build_panel("gi_star_cells", demo, select(demo, "category=burglary&test=rate")).table
    with demo.current.cursor() as cursor:
        areas = loaded_areas(cursor)
    lsoas = areas[areas["area_type"] == "lsoa"].set_index("name")
    codes = lsoas.loc[table["cell"], "code"].to_numpy()
    assert (table["incidents"].to_numpy() == counted.reindex(codes).fillna(0).to_numpy()).mean() > 0.97
    people = lsoas.loc[table["cell"], "population"].to_numpy(dtype=float)
    assert table["rate"].to_numpy() == pytest.approx(1000 * table["incidents"].to_numpy() / people)


def test_without_adjustment_more_stands_out_and_it_is_said(demo: Warehouse):
    usual, bare = (shown(demo, f"layer=clusters&category=burglary&adjust={how}") for how in ("all", "none"))
    assert bare.facts["hot"] > usual.facts["hot"] > 0
    assert any("by luck" in caveat for caveat in bare.caveats)
    assert not any("by luck" in caveat for caveat in usual.caveats)


def test_across_new_points_squares_are_refused_and_lsoas_compared(demo: Warehouse):
    """The published points were replaced in July 2022."""
    over = "layer=change&from=2022-07&to=2023-06&cfrom=2021-07&cto=2022-06"
    squares = shown(demo, over)
    assert squares.sentence == "Cells cannot be compared across July 2022"
    assert squares.table.empty
    lsoas = shown(demo, f"{over}&grid=lsoa")
    rows = incidents(demo, "2021-07", "2022-06").dropna(subset=["easting"])
    counted = rows.groupby("lsoa_code").size()
    with demo.current.cursor() as cursor:
        areas = loaded_areas(cursor)
    codes = areas[areas["area_type"] == "lsoa"].set_index("name")["code"]
    before = lsoas.table.set_index(lsoas.table["cell"].map(codes))["previous"]
    assert (before == counted.reindex(before.index)).mean() > 0.97
    assert lsoas.facts["judged"] > 50


# ---- Any address ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["grid=lsoa&layer=clusters", "test=rate&layer=clusters", "test=rate&layer=emerging", "grid=lsoa&layer=change",
     "over=residents", "over=residents&only=2024-05", "layer=areas&shade=change&zones=lsoa",
     "layer=areas&classes=quantiles", "cell=1000&grid=hexagon&layer=clusters", "bandwidth=1000", "bandwidth=205",
     "at=1,1,999999", "at=nonsense", "only=1999-01", "adjust=none&layer=clusters"],
)  # fmt: skip
def test_every_choice_gives_a_sound_map(demo: Warehouse, query: str):
    for view in (View("light", "wide"), View("dark", "narrow")):
        panel = build_panel("hotspot_map", demo, select(demo, query), view)
        assert 0 < len(panel.sentence) <= 90
        assert panel.figure is not None
        go.Figure(panel.figure)
        assert "nan" not in f"{panel.sentence} {panel.subtitle} {panel.caveats}".lower().split()


@pytest.mark.parametrize("query", ["bandwidth=205", "bandwidth=99999", "cell=1"])
def test_sizes_out_of_range_say_what_is_possible(demo: Warehouse, query: str):
    said = Selection.from_query(query, load_context(demo))[1]
    assert len(said) == 1
    assert "200 to 1,000 are possible" in said[0]


PLANTED = json.loads((Path(__file__).parents[2] / "data" / "demo" / "truths.json").read_text("utf-8"))["hotspots"]


@pytest.mark.parametrize("planted", PLANTED, ids=[f"{h['landmark']}, {h['category']}" for h in PLANTED])
def test_planted_hotspots_are_found_with_their_class(demo: Warehouse, planted: dict):
    slug = next(c.slug for c in load_context(demo).categories if c.name == planted["category"])
    table = shown(demo, f"category={slug}&layer=clusters").table
    distance = np.hypot(table["easting"] - planted["easting"], table["northing"] - planted["northing"])
    middle = table.loc[distance.idxmin()]
    assert middle["cluster"] == "hot 99"
    assert middle["hotspot"] >= 1
    over_time = shown(demo, f"category={slug}&layer=emerging").table
    far = np.hypot(over_time["easting"] - planted["easting"], over_time["northing"] - planted["northing"])
    classes = set(over_time.loc[far <= planted["radius_m"], "emerging_class"])
    assert classes & set(planted["class"].replace(" or ", " ").split()), classes


def test_numbers_of_places_close_together_cover_neither_each_other_nor_a_place():
    marks = [MapMark(x, y, number, "", False) for number, (x, y) in enumerate([(0, 0), (0, 250), (4_000, 0)], 1)]
    sides = _sides(marks, (0.0, 0.0), 10.0)
    assert sides[1:] == [(0, 18, 180), (0, 18, 180)], "above, where there is room"
    discs = [(mark.x / 10 + right, mark.y / 10 + up) for mark, (right, up, _) in zip(marks, sides, strict=True)]
    assert all(math.dist(a, b) >= 25 for i, a in enumerate(discs) for b in discs[:i])
    assert math.dist(discs[0], (0, 25)) >= 15
