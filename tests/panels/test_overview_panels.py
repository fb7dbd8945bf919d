"""The Overview's panels against a plain recount of the store's Parquet, on the demonstration and on real data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.context import load_context
from analytics.panels import View, build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse

IDS = ("overview_lead", "category_totals", "monthly_recent", "wards_most", "coverage_line", "ward_totals")


def select(warehouse: Warehouse, query: str = "") -> Selection:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return selection


def raw_counts(warehouse: Warehouse) -> pd.DataFrame:
    """In-partnership incidents, a row each, from the incidents table: not the table the panels read."""
    rows = pd.read_parquet(warehouse.snapshot_dir / "incidents.parquet")
    rows = rows[rows["in_partnership"]].copy()
    rows["month"] = pd.to_datetime(rows["month"])
    return rows


def between(rows: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    return rows[(rows["month"] >= start) & (rows["month"] <= end)]


def test_category_totals_recounted(demo: Warehouse):
    panel = build_panel("category_totals", demo, select(demo, "from=2024-01&to=2024-12"))
    rows = raw_counts(demo)
    now = between(rows, "2024-01-01", "2024-12-01")["category"].value_counts()
    then = between(rows, "2023-01-01", "2023-12-01")["category"].value_counts()
    table = panel.table.set_index("category")
    assert table["incidents"].to_dict() == {c: now.get(c, 0) for c in table.index}
    assert table["previous"].to_dict() == {c: then.get(c, 0) for c in table.index}
    assert panel.total is not None
    assert panel.total["incidents"] == now.sum() == len(between(rows, "2024-01-01", "2024-12-01"))
    assert list(panel.table["incidents"]) == sorted(panel.table["incidents"], reverse=True)
    change = 100 * ((now / 366) / (then / 365) - 1)
    known = table["change_pct"].dropna()
    np.testing.assert_allclose(known, [change[c] for c in known.index], rtol=1e-12)


def test_filters_reach_the_count(demo: Warehouse):
    rows = raw_counts(demo)
    ward = load_context(demo).wards[0].code
    panel = build_panel("category_totals", demo, select(demo, f"category=burglary,shoplifting&ward={ward}"))
    recount = between(rows[rows["ward_code"] == ward], "2024-01-01", "2024-12-01")["category"].value_counts()
    assert dict(zip(panel.table["category"], panel.table["incidents"], strict=True)) == {
        c: recount.get(c, 0) for c in ("Burglary", "Shoplifting")
    }


def test_ward_totals_recounted_and_sum_to_the_whole(demo: Warehouse):
    panel = build_panel("ward_totals", demo, select(demo))
    recount = between(raw_counts(demo), "2024-01-01", "2024-12-01")["ward_code"].value_counts()
    assert dict(zip(panel.table["ward_code"], panel.table["incidents"], strict=True)) == recount.to_dict()
    whole = build_panel("category_totals", demo, select(demo)).total
    assert panel.table["incidents"].sum() == whole["incidents"]
    assert panel.table["share"].sum() == pytest.approx(100)
    rates = 1000 * panel.table["incidents"] / panel.table["population"]
    np.testing.assert_allclose(panel.table["rate_per_1000"], rates.astype(float))


def test_monthly_recent_recounted(demo: Warehouse):
    panel = build_panel("monthly_recent", demo, select(demo))
    recount = raw_counts(demo).groupby("month").size()
    assert len(panel.table) == 24
    assert list(panel.table["incidents"]) == [recount[pd.Timestamp(m)] for m in panel.table["month"]]


def test_figures_hold_what_their_tables_hold(demo: Warehouse):
    selection = select(demo)
    for width in ("wide", "narrow"):
        forest = build_panel("category_totals", demo, selection, View(width=width))
        drawn = {
            text.split("</b>")[0].removeprefix("<b>"): 100 * (np.exp(x) - 1)
            for trace in forest.figure["data"]
            if "hovertext" in trace
            for x, text in zip(trace["x"], trace["hovertext"], strict=True)
        }
        table = forest.table.set_index("category")["change_pct"].dropna()
        inside = table[(table > -56) & (table < 130)]
        assert {c: pytest.approx(v) for c, v in inside.items()} == {c: drawn[c] for c in inside.index}
        ranked = build_panel("ward_totals", demo, selection, View(width=width))
        points = {
            d[0]: x
            for t in ranked.figure["data"]
            if "customdata" in t
            for d, x in zip(t["customdata"], t["x"], strict=True)
        }
        assert points == dict(zip(ranked.table["ward_code"], ranked.table["rate_per_1000"], strict=True))
        line = build_panel("monthly_recent", demo, selection, View(width=width))
        series = next(t for t in line.figure["data"] if "customdata" in t)
        assert series["y"] == list(line.table["incidents"])


@pytest.mark.parametrize("panel_id", IDS)
@pytest.mark.parametrize("view", [View("light", "wide"), View("dark", "narrow")])
@pytest.mark.parametrize(
    "query",
    ["", "measure=count", "measure=share", "measure=km2", "measure=households", "from=2024-05&to=2024-05",
     "category=bicycle-theft", "from=2019-01&to=2019-12", "from=2022-01&to=2024-12", "cfrom=2024-01&cto=2024-03"],
)  # fmt: skip
def test_every_selection_gives_a_sound_panel(demo: Warehouse, panel_id: str, view: View, query: str):
    panel = build_panel(panel_id, demo, select(demo, query), view)
    assert panel.sentence
    assert len(panel.sentence) <= 90
    assert {column.key for column in panel.columns} <= set(panel.table.columns)
    if panel.figure is not None:
        assert panel.state == "ready"
        go.Figure(panel.figure)


def test_months_that_are_not_loaded_are_never_zero(demo: Warehouse):
    selection = select(demo, "from=2019-01&to=2019-12")
    for panel_id in ("overview_lead", "category_totals", "wards_most", "ward_totals", "monthly_recent"):
        panel = build_panel(panel_id, demo, selection)
        assert panel.state == "no_data", panel_id
        assert panel.figure is None
        assert panel.table["incidents"].isna().all()


def test_a_true_zero_says_none_recorded(demo: Warehouse):
    context = load_context(demo)
    rows = raw_counts(demo)
    zero = next(
        (ward, category)
        for ward in context.wards
        for category in context.categories
        if rows[(rows["ward_code"] == ward.code) & (rows["category"] == category.name)].empty
    )
    panel = build_panel("category_totals", demo, select(demo, f"ward={zero[0].code}&category={zero[1].slug}"))
    assert panel.state == "none_recorded"
    assert "true zero" in panel.message


def test_a_month_missing_on_one_side_is_named(thurrock: Warehouse):
    panel = build_panel("overview_lead", thurrock, select(thurrock))
    assert panel.subtitle == (
        "17,230 incidents in 2025, 96.7 per 1,000 residents. "
        "Change compares Jan to Apr 2025 with Jan to Apr 2024: May to Dec 2024 are not loaded."
    )
    assert panel.sentence == "Crime and ASB shows no clear change, and is about the same as in similar areas"


def test_real_thurrock_2025(thurrock: Warehouse):
    panel = build_panel("category_totals", thurrock, select(thurrock, "from=2025-01&to=2025-12"))
    table = panel.table.set_index("category")
    assert panel.total["incidents"] == 17_230
    expected = {
        "Violence and sexual offences": 5_802,
        "Shoplifting": 1_992,
        "Vehicle crime": 1_786,
        "Anti-social behaviour": 1_692,
        "Burglary": 516,
    }
    assert {c: table.loc[c, "incidents"] for c in expected} == expected
    moved = table[table["verdict"].isin(["rose", "fell"])]["verdict"].to_dict()
    assert moved == {"Shoplifting": "rose", "Vehicle crime": "fell", "Burglary": "fell"}
    assert panel.sentence == (
        "Jan to Apr 2025 against Jan to Apr 2024: shoplifting rose, vehicle crime and burglary fell"
    )


def test_real_thurrock_gap_is_a_gap(thurrock: Warehouse):
    panel = build_panel("monthly_recent", thurrock, select(thurrock))
    missing = panel.table[panel.table["incidents"].isna()]["month"].tolist()
    assert missing == [date(2024, m, 1) for m in range(5, 13)]


def test_numbers_of_the_axis_stand_clear_of_the_hatching(thurrock: Warehouse):
    """Where the chart's first months are not loaded the axis begins right of its numbers, else they stand inside."""
    lefts = {}
    for query in ("from=2024-06&to=2025-06", "from=2025-01&to=2025-12"):
        panel = build_panel("monthly_recent", thurrock, select(thurrock, query))
        lefts[query[5:12]] = panel.figure["layout"]["xaxis"]["domain"][0]
    assert lefts["2024-06"] > 0.05
    assert lefts["2025-01"] == 0


def test_months_not_loaded_do_not_stand_out_nor_pass_as_ordinary(thurrock: Warehouse):
    gap = build_panel("monthly_recent", thurrock, select(thurrock, "from=2024-06&to=2024-08"))
    assert gap.sentence == "No data for Jun to Aug 2024"
    part = build_panel("monthly_recent", thurrock, select(thurrock, "from=2024-04&to=2025-03"))
    assert part.sentence == "No month of Apr 2024 and Jan to Mar 2025 stands out"


def test_without_a_comparison_the_chart_still_holds_the_counts(thurrock: Warehouse):
    panel = build_panel("category_totals", thurrock, select(thurrock, "from=2025-12&to=2025-12"))
    written = [note["text"] for note in panel.figure["layout"]["annotations"]]
    assert {f"{n:,}" for n in panel.table["incidents"]} <= {text.strip("<b>/") for text in written}
    assert panel.table["compared"].isna().all()


def test_an_interval_clear_of_zero_without_a_verdict_is_explained(thurrock: Warehouse):
    def caveats(query: str) -> tuple[str, ...]:
        return build_panel("category_totals", thurrock, select(thurrock, query)).caveats

    assert any("all categories judged together" in said for said in caveats("from=2024-04&to=2025-03"))
    assert not any("judged together" in said for said in caveats("from=2025-01&to=2025-12"))
