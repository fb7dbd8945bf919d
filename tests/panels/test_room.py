"""Charts laid out for a given room: they fill it, and say what they say on a page."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.context import load_context
from analytics.panels import View, build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse

FITTED = (
    "control_chart",
    "family_change",
    "family_funnel",
    "family_trend",
    "monthly_recent",
    "monthly_series",
    "projection",
    "seasonal_pattern",
    "series",
    "unplaced_share",
    "ward_trends",
)


@pytest.mark.parametrize("panel_id", FITTED)
def test_a_chart_fills_the_room_given_and_says_the_same(demo: Warehouse, panel_id: str) -> None:
    selection, _ = Selection.from_query("", load_context(demo))
    page, fitted = (build_panel(panel_id, demo, selection, view) for view in (View(), View(room=897, height=300)))
    assert fitted.figure is not None
    assert fitted.figure["layout"]["height"] == fitted.figure_height == 300
    assert fitted.sentence == page.sentence
    pd.testing.assert_frame_equal(fitted.table, page.table)


@pytest.mark.parametrize("panel_id", ["category_bars", "family_rates", "trend_estimates"])
def test_a_screen_has_the_rows_that_can_be_read_and_says_which(demo: Warehouse, panel_id: str) -> None:
    selection, _ = Selection.from_query("", load_context(demo))
    page, fitted = (build_panel(panel_id, demo, selection, view) for view in (View(), View(room=897, height=270)))
    assert fitted.figure is not None
    names = set(page.table.iloc[:, 0])
    notes = fitted.figure["layout"]["annotations"]
    rows = len(names & {note["text"].removeprefix("<b>").removesuffix("</b>") for note in notes})
    assert 5 <= rows < len(names)
    assert fitted.figure["layout"]["height"] / rows >= 19
    assert fitted.caveats[0].startswith("Drawn")
    pd.testing.assert_frame_equal(fitted.table, page.table)


def test_a_screen_has_few_small_charts_and_says_so(demo: Warehouse) -> None:
    selection, _ = Selection.from_query("", load_context(demo))
    for panel_id in ("ward_trends", "monthly_series"):
        panel = build_panel(panel_id, demo, selection, View(room=897, height=300))
        assert panel.figure is not None
        axes = [axis for key, axis in panel.figure["layout"].items() if key.startswith("xaxis")]
        assert sum(axis.get("visible", True) for axis in axes) == 6
        assert "The table has all" in " ".join(panel.caveats)


def test_a_screen_has_the_forces_that_can_be_read(demo: Warehouse) -> None:
    selection, _ = Selection.from_query("", load_context(demo))
    page, low = (build_panel("coverage_matrix", demo, selection, View(room=897, height=high)) for high in (400, 150))
    assert not page.caveats[0].startswith("Drawn")
    assert low.caveats[0] == "Drawn: 3 of 5 forces. The table has all."
    assert low.figure_height < page.figure_height
    pd.testing.assert_frame_equal(low.table, page.table)
