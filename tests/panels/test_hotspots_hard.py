"""Hotspots where there is little: one incident, one point, nobody living there, no LSOAs. Sound figures, no trace."""

from __future__ import annotations

import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from analytics.context import load_context
from analytics.panels import build_panel, panel_specs
from analytics.selection import OPTIONS, Selection
from data.warehouse import Warehouse
from tests.data.world import LSOAS, W1, W2, A, B, World, csv_text, row

LAYERS = OPTIONS["layer"][0]
MORE = ("", "grid=lsoa", "test=rate", "over=residents", "only=2025-01", "shade=change", "zones=lsoa&shade=share")


def built(folder: Path, rows: list, *, residents: dict[str, int] | None = None, **how) -> Warehouse:
    world = World.make(folder, **how)
    world.street(rows)
    if residents is not None:
        lines = [[code, count, count // 2] for code, count in residents.items()]
        world.write("residents.csv", csv_text(lines, ["lsoa21_code", "residents_census21", "households_census21"]))
    world.build()
    return Warehouse(world.store)


def look_at_everything(warehouse: Warehouse) -> None:
    context = load_context(warehouse)
    ids = [spec.id for spec in panel_specs().values() if spec.page == "hotspots"]
    for query in (*(f"layer={layer}" for layer in LAYERS), *MORE):
        selection = Selection.from_query(query, context)[0]
        for panel_id in ids if query in {"layer=density", "grid=lsoa", "test=rate"} else ["hotspot_map"]:
            panel = build_panel(panel_id, warehouse, selection)
            said = " ".join([panel.sentence, panel.subtitle, panel.message, *panel.caveats])
            assert panel.sentence, (panel_id, query)
            assert len(panel.sentence) <= 90
            assert not re.search(r"\b(nan|NaN|None|inf|<NA>)\b", said), (panel_id, query, said)
            if panel.figure is not None:
                text = go.Figure(panel.figure).to_json()
                assert "NaN" not in text


def test_a_single_incident(tmp_path: Path):
    warehouse = built(tmp_path, [row(W1)])
    look_at_everything(warehouse)
    panel = build_panel("hotspot_map", warehouse, Selection.from_query("layer=points", load_context(warehouse))[0])
    assert panel.table["incidents"].tolist() == [1]
    assert panel.sentence == "Only 1 incident is on the map: too few for a pattern"
    density = build_panel("hotspot_map", warehouse, Selection.from_query("", load_context(warehouse))[0])
    assert density.sentence == panel.sentence
    said = build_panel("hotspot_list", warehouse, Selection.from_query("", load_context(warehouse))[0]).message
    assert said == "1 incident in 250 m squares: no place beyond chance."


def test_everything_on_one_point(tmp_path: Path):
    warehouse = built(tmp_path, [row(W1)] * 60)
    look_at_everything(warehouse)
    cells = build_panel("gi_star_cells", warehouse, Selection.from_query("", load_context(warehouse))[0]).table
    assert cells["incidents"].sum() == 60
    assert (cells.loc[cells["incidents"] > 0, "largest_point"] == 100).all()


def test_no_category_of_the_selection_was_recorded(tmp_path: Path):
    warehouse = built(tmp_path, [row(W1, month="2025-01"), row(W1, category="Burglary")])
    context = load_context(warehouse)
    selection = Selection.from_query("category=burglary&ward=" + W2, context)[0]
    for layer in LAYERS:
        panel = build_panel("hotspot_map", warehouse, Selection.from_query(f"layer={layer}", context)[0])
        assert panel.state == "ready"
    panel = build_panel("hotspot_map", warehouse, selection)
    assert panel.state == "none_recorded"
    assert panel.figure is None


def test_where_nobody_lives_there_is_no_rate(tmp_path: Path):
    """Two districts give 12 LSOAs; one of them has no residents, so it has no rate and is not tested."""
    codes = [code for code, (_, district) in LSOAS.items() if district in {A, B}]
    people = {code: 0 if code == codes[0] else 1500 for code in codes}
    rows = [row(ward, half) for ward in {ward for ward, _ in LSOAS.values()} for half in (0, 1) for _ in range(4)]
    warehouse = built(tmp_path, rows, residents=people, districts=(A, B))
    look_at_everything(warehouse)
    context = load_context(warehouse)
    counts = build_panel("gi_star_cells", warehouse, Selection.from_query("grid=lsoa", context)[0])
    assert len(counts.table) == 12
    areas = build_panel("hotspot_map", warehouse, Selection.from_query("layer=areas&zones=lsoa", context)[0])
    empty = areas.table.set_index("lsoa_code").loc[codes[0]]
    assert empty["incidents"] == 4
    assert empty.isna()["value"]
    assert any("No figure: no residents there" in str(t.get("text")) for t in areas.figure["data"])


@pytest.mark.parametrize("query", ["grid=lsoa", "test=rate"])
def test_without_lsoa_boundaries_squares_are_tested_and_it_is_said(tmp_path: Path, query: str):
    warehouse = built(tmp_path, [row(W1), row(W2)], lsoa_boundaries=False)
    look_at_everything(warehouse)
    panel = build_panel("gi_star_cells", warehouse, Selection.from_query(query, load_context(warehouse))[0])
    assert "squares" in panel.subtitle
    assert any("No LSOA boundaries are loaded" in caveat for caveat in panel.caveats)
    over = build_panel("hotspot_map", warehouse, Selection.from_query("over=residents", load_context(warehouse))[0])
    assert "per km²" in over.subtitle
    assert any("Residents by LSOA are not loaded" in caveat for caveat in over.caveats)
