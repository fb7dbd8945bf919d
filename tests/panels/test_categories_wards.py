"""The panels of Categories and wards against a plain recount of the store's Parquet; figures hold what tables hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from scipy.stats import spearmanr

from analytics.context import load_context
from analytics.figures._theme import tokens
from analytics.panels import View, build_panel
from analytics.selection import Selection
from analytics.statistics.classes import class_of
from data.warehouse import Warehouse

IDS = ("ward_map", "ward_category", "category_bars", "monthly_series", "ward_lsoas", "ward_deprivation")
VIEWS = tuple(View(scheme=scheme, width=width) for scheme in ("light", "dark") for width in ("wide", "narrow"))


def select(warehouse: Warehouse, query: str = "") -> Selection:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return selection


def build(panel_id: str, warehouse: Warehouse, query: str = "", view: View | None = None):
    return build_panel(panel_id, warehouse, select(warehouse, query), view)


def raw(warehouse: Warehouse, start: str = "2024-01-01", end: str = "2024-12-01") -> pd.DataFrame:
    """In-partnership incidents of some months, a row each, from the incidents table: not the one the panels read."""
    rows = pd.read_parquet(warehouse.snapshot_dir / "incidents.parquet")
    rows = rows[rows["in_partnership"]].assign(month=lambda r: pd.to_datetime(r["month"]))
    return rows[(rows["month"] >= start) & (rows["month"] <= end)]


def areas(warehouse: Warehouse, kind: str) -> pd.DataFrame:
    table = pd.read_parquet(
        warehouse.snapshot_dir / "areas.parquet",
        columns=["area_type", "code", "name", "ward_code", "population", "households", "area_km2", "imd_score"],
    )
    return table[table["area_type"] == kind].set_index("code")


def codes(warehouse: Warehouse) -> list[str]:
    return [ward.code for ward in load_context(warehouse).wards]


@pytest.fixture
def altered(demo: Warehouse, tmp_path: Path) -> Callable[[str], Warehouse]:
    """A copy of the demonstration's store in which the areas are changed by a list of columns in SQL."""

    def make(columns: str) -> Warehouse:
        shutil.copytree(demo.snapshot_dir.parent.parent, tmp_path / "store")
        path = next((tmp_path / "store").glob("snapshots/*/areas.parquet"))
        changed = path.with_name("changed.parquet")
        duckdb.execute(f"COPY (SELECT {columns} FROM read_parquet('{path}')) TO '{changed}'")  # noqa: S608
        changed.replace(path)
        return Warehouse(tmp_path / "store")

    return make


# Ward by category


def test_every_pair_of_ward_and_category_is_there_and_true_zeros_are_zero(demo: Warehouse):
    table = build("ward_category", demo).table
    context = load_context(demo)
    counted = raw(demo).groupby(["ward_code", "category"]).size()
    assert len(table) == len(context.wards) * len(context.categories)
    got = table.set_index(["ward_code", "category"])["incidents"]
    assert not got.index.has_duplicates
    assert got.to_dict() == counted.reindex(got.index, fill_value=0).to_dict()
    assert (got == 0).any()
    assert got.sum() == len(raw(demo))


def test_shares_quotients_and_ratios_stand_against_the_whole_partnership(demo: Warehouse):
    some = codes(demo)[:3]
    table = build("ward_category", demo, f"ward={','.join(some)}").table.set_index(["ward_code", "category"])
    assert sorted(table.index.unique("ward_code")) == sorted(some)
    rows, wards = raw(demo), areas(demo, "ward")
    for (ward, category), row in table.iterrows():
        inside = rows[rows["ward_code"] == ward]
        share = (inside["category"] == category).mean()
        usual = (rows["category"] == category).mean()
        assert row["share"] == pytest.approx(100 * share)
        assert row["location_quotient"] == pytest.approx(share / usual)
        rate = (inside["category"] == category).sum() / wards["population"][ward]
        whole = (rows["category"] == category).sum() / wards["population"].sum()
        assert row["rate_ratio"] == pytest.approx(rate / whole)


def test_with_one_category_chosen_its_share_is_of_all_categories(demo: Warehouse):
    table = build("ward_category", demo, "category=burglary&cells=share").table.set_index("ward_code")
    rows = raw(demo)
    shares = 100 * (rows["category"] == "Burglary").groupby(rows["ward_code"]).mean()
    assert table["share"].to_dict() == pytest.approx(shares.to_dict())


@pytest.mark.parametrize("measure", ["rate", "count", "households", "km2", "share"])
def test_wards_stand_in_the_order_of_the_ward_table(demo: Warehouse, measure: str):
    matrix = build("ward_category", demo, f"measure={measure}").table
    ranked = build("ward_totals", demo, f"measure={measure}").table
    assert list(dict.fromkeys(matrix["ward_code"])) == list(ranked["ward_code"])


@pytest.mark.parametrize("cells", ["count", "rate", "change", "share", "lq"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_matrix_draws_what_its_table_holds(demo: Warehouse, cells: str, width: str):
    panel = build("ward_category", demo, f"cells={cells}", View(width=width))
    drawn = {
        tuple(key): (text, hover)
        for trace in panel.figure["data"]
        if trace["type"] == "scatter"
        for key, text, hover in zip(trace["customdata"], trace["text"], trace["hovertext"], strict=True)
    }
    table = panel.table.set_index(["ward_code", "category"])
    assert set(drawn) <= set(table.index)
    assert len({category for _, category in drawn}) == (5 if width == "narrow" else len(load_context(demo).categories))
    for key, (text, hover) in drawn.items():
        row = table.loc[key]
        assert f": {row['incidents']:,} incident" in hover
        if cells == "count":
            assert text == f"{row['incidents']:,}"
        if cells == "lq":
            assert text == f"{row['location_quotient']:.1f}"
        if cells == "change" and row["verdict"] == "too few":
            assert text == f"{row['previous']} to {row['compared']}"


def test_cells_are_shaded_by_the_ratio_and_not_under_ten(demo: Warehouse):
    panel = build("ward_category", demo)
    heat = next(trace for trace in panel.figure["data"] if trace["type"] == "heatmap")
    table = panel.table.set_index(["ward_code", "category"])
    for line, ward in zip(heat["z"], dict.fromkeys(panel.table["ward_code"]), strict=True):
        for shade, category in zip(line, dict.fromkeys(panel.table["category"]), strict=True):
            row = table.loc[(ward, category)]
            if row["incidents"] < 10:
                assert shade is None
            else:
                assert shade == sum(row["rate_ratio"] >= limit for limit in (0.5, 0.8, 1.25, 2, 4))


def test_change_is_coloured_only_where_it_is_clear(demo: Warehouse):
    panel = build("ward_category", demo, "cells=change")
    heat = next(trace for trace in panel.figure["data"] if trace["type"] == "heatmap")
    table = panel.table.set_index(["ward_code", "category"])["verdict"]
    for line, ward in zip(heat["z"], dict.fromkeys(panel.table["ward_code"]), strict=True):
        for shade, category in zip(line, dict.fromkeys(panel.table["category"]), strict=True):
            allowed = {"rose": {3, 4, 5}, "fell": {0, 1}, "no clear change": {2}, "too few": {None}}
            assert shade in allowed[table[(ward, category)]]


def test_the_screen_table_is_the_matrix(demo: Warehouse):
    panel = build("ward_category", demo, "cells=rate")
    wide = panel.table.pivot(index="ward_name", columns="category", values="rate_per_1000")
    shown = panel.glance.set_index("ward_name")
    pd.testing.assert_frame_equal(shown, wide.loc[shown.index, shown.columns], check_names=False)
    assert [column.key for column in panel.glance_columns] == ["ward_name", *shown.columns]


def test_the_cells_key_is_read_written_and_checked(demo: Warehouse):
    context = load_context(demo)
    selection, warnings = Selection.from_query("cells=lq", context)
    assert selection.cells == "lq"
    assert selection.to_query(context) == "cells=lq"
    assert not warnings
    selection, warnings = Selection.from_query("cells=pie", context)
    assert selection.cells == "count"
    assert len(warnings) == 1


# Categories and months


def test_category_bars_recounted(demo: Warehouse):
    panel = build("category_bars", demo)
    counted = raw(demo)["category"].value_counts()
    assert panel.table.set_index("category")["incidents"].to_dict() == counted.to_dict()
    bar = next(trace for trace in panel.figure["data"] if trace["type"] == "bar")
    assert bar["x"] == list(panel.table["incidents"])
    assert panel.table["share"].sum() == pytest.approx(100)
    beside = [note["text"] for note in panel.figure["layout"]["annotations"]]
    assert sum("▲" in text or "▼" in text for text in beside) == 0  # drawn as marks, not as letters
    marks = sum(len(t["x"]) for t in panel.figure["data"] if t.get("xaxis") == "x2")
    assert marks == panel.table["verdict"].isin(["rose", "fell"]).sum()


def test_months_that_are_not_loaded_have_no_count(demo: Warehouse):
    panel = build("monthly_series", demo, "from=2024-09&to=2025-02")
    table = panel.table
    categories = [category.name for category in load_context(demo).categories]
    assert len(table) == 6 * len(categories)
    missing = table["month"] > date(2024, 12, 1)
    assert table.loc[missing, "incidents"].isna().all()
    counted = raw(demo, "2024-09-01").groupby(["month", "category"]).size()
    for row in table[~missing].itertuples():
        assert row.incidents == counted.get((pd.Timestamp(row.month), row.category), 0)
    assert any("Jan to Feb 2025" in caveat for caveat in panel.caveats)
    lines = [trace for trace in panel.figure["data"] if trace.get("mode") == "lines+markers"]
    assert all(line["y"][4:] == [None, None] for line in lines)
    assert len(panel.figure["data"]) == 2 * len(lines)  # each with its hatch


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_monthly_drawings_hold_the_table(demo: Warehouse, width: str):
    panel = build("monthly_series", demo, "from=2021-01&to=2024-12", View(width=width))
    grid = panel.table.pivot(index="month", columns="category", values="incidents")
    lines = [trace for trace in panel.figure["data"] if trace.get("mode") == "lines+markers"]
    assert lines[0]["y"] == list(grid.sum(axis=1))
    largest = grid.sum().sort_values(ascending=False).index
    for line, category in zip(lines[1:], largest, strict=False):
        assert line["y"] == list(grid[category])
    assert len(lines) == (9 if width == "wide" else 6)


def test_breaks_are_lettered_and_named(demo: Warehouse):
    panel = build("monthly_series", demo, "from=2021-01&to=2024-12")
    covid = next(caveat for caveat in panel.caveats if "COVID" in caveat)
    letter = covid.split(":")[0]
    assert any(note["text"] == f"<b>{letter}</b>" for note in panel.figure["layout"]["annotations"])


# The map


@pytest.mark.parametrize("measure", ["rate", "count", "households", "km2", "share"])
def test_the_map_shades_what_its_table_holds(demo: Warehouse, measure: str):
    panel = build("ward_map", demo, f"measure={measure}")
    table = panel.table.set_index("ward_code")
    counted, wards = raw(demo)["ward_code"].value_counts(), areas(demo, "ward")
    over = {
        "rate": wards["population"] / 1000,
        "households": wards["households"] / 1000,
        "km2": wards["area_km2"],
        "count": 1.0,
        "share": len(raw(demo)) / 100,
    }[measure]
    assert table["value"].to_dict() == pytest.approx((counted / over).astype(float).to_dict())
    assert list(table["shade"]) == list(1 + class_of(table["value"], panel.facts["limits"]).astype(int))
    fills = {t["customdata"][0]: t["fillcolor"] for t in panel.figure["data"] if t.get("fill") == "toself"}
    assert set(fills) == set(table.index)
    ramp = [tokens("light")[f"seq-{step}"] for step in range(1, 6)]
    assert {code: ramp.index(color) + 1 for code, color in fills.items()} == table["shade"].to_dict()
    words = " ".join(note["text"] for note in panel.figure["layout"]["annotations"])
    assert "highest, " in words
    assert "lowest, " in words
    for limit in panel.facts["limits"]:
        assert f"{limit:,g}" in words


def test_wards_not_chosen_are_outlines_only(demo: Warehouse):
    some = codes(demo)[:2]
    panel = build("ward_map", demo, f"ward={','.join(some)}")
    clickable = [t["customdata"][0] for t in panel.figure["data"] if "customdata" in t]
    assert sorted(clickable) == sorted(some)
    assert sum(t.get("fill") == "toself" for t in panel.figure["data"]) == len(codes(demo))


def test_the_ward_looked_at_is_outlined(demo: Warehouse):
    code = codes(demo)[5]
    thick = [t for t in build("ward_map", demo, f"focus={code}").figure["data"] if t.get("line", {}).get("width") == 3]
    assert len(thick) == 1
    assert not [t for t in build("ward_map", demo).figure["data"] if t.get("line", {}).get("width") == 3]


def test_a_ward_without_residents_is_hatched_not_shaded(demo: Warehouse, altered: Callable[[str], Warehouse]):
    code = codes(demo)[0]
    panel = build(
        "ward_map", altered(f"* REPLACE (CASE WHEN code = '{code}' THEN NULL ELSE population END AS population)")
    )
    row = panel.table.set_index("ward_code").loc[code]
    assert pd.isna(row["value"])
    assert pd.isna(row["shade"])
    trace = next(t for t in panel.figure["data"] if t.get("customdata") == [code])
    assert trace["fillpattern"]["shape"] == "/"
    assert "no data" in " ".join(note["text"] for note in panel.figure["layout"]["annotations"])
    go.Figure(panel.figure)


def test_without_boundaries_the_map_says_so(altered: Callable[[str], Warehouse]):
    panel = build("ward_map", altered("* REPLACE (CASE WHEN area_type = 'lsoa' THEN geometry END AS geometry)"))
    assert panel.state == "no_data"
    assert panel.figure is None


@pytest.mark.parametrize("panel_id", ["ward_map", "ward_lsoas", "ward_deprivation"])
def test_without_residents_a_rate_is_not_known_and_counts_are_offered(
    altered: Callable[[str], Warehouse], panel_id: str
):
    store = altered("* REPLACE (NULL::INTEGER AS population)")
    panel = build(panel_id, store)
    assert panel.state == "no_data"
    assert panel.ways[0].href == "?measure=count"
    assert build(panel_id, store, "measure=count").state == "ready"
    matrix = build("ward_category", store)
    assert "share" in matrix.sentence


# Inside a ward, and deprivation


def test_lsoas_of_the_ward_looked_at_recounted(demo: Warehouse):
    lsoas = areas(demo, "lsoa")
    counted = raw(demo)["lsoa_code"].value_counts()
    for code in codes(demo)[:3]:
        panel = build("ward_lsoas", demo, f"focus={code}&measure=rate")
        table = panel.table.set_index("lsoa_code")
        assert set(table.index) == set(lsoas.index[lsoas["ward_code"] == code])
        assert table["incidents"].to_dict() == {lsoa: counted.get(lsoa, 0) for lsoa in table.index}
        rates = 1000 * table["incidents"] / lsoas["population"][table.index]
        np.testing.assert_allclose(table["value"], rates.astype(float))
        drawn = {
            key[0]: x
            for trace in panel.figure["data"]
            if "customdata" in trace
            for key, x in zip(trace["customdata"], trace["x"], strict=True)
        }
        assert drawn == table["value"].to_dict()


def test_without_a_focus_the_highest_ward_is_shown_and_said_so(demo: Warehouse):
    highest = build("ward_totals", demo).table.iloc[0]
    panel = build("ward_lsoas", demo)
    assert set(panel.table["ward_code"]) == {highest["ward_code"]}
    assert f"{highest['ward_name']}, the highest ward" in panel.subtitle
    assert "the highest ward" not in build("ward_lsoas", demo, f"focus={highest['ward_code']}").subtitle


def test_an_unknown_focus_is_ignored_with_a_word(demo: Warehouse):
    selection, warnings = Selection.from_query("focus=E05000000", load_context(demo))
    assert len(warnings) == 1
    panel = build_panel("ward_lsoas", demo, selection)
    assert "the highest ward" in panel.subtitle


def test_a_focus_outside_the_chosen_wards_still_opens(demo: Warehouse):
    first, other = codes(demo)[:2]
    assert set(build("ward_lsoas", demo, f"ward={first}&focus={other}").table["ward_code"]) == {other}


def test_deprivation_stands_beside_the_rate(demo: Warehouse):
    panel = build("ward_deprivation", demo)
    table = panel.table.set_index("ward_code")
    scores = areas(demo, "ward")["imd_score"]
    assert table["imd_score"].to_dict() == pytest.approx(scores.to_dict())
    expected = spearmanr(table["imd_score"], table["value"]).statistic
    assert panel.facts["rank_correlation"] == pytest.approx(expected)
    points = next(t for t in panel.figure["data"] if t.get("mode") == "markers")
    drawn = {key[0]: (x, y) for key, x, y in zip(points["customdata"], points["x"], points["y"], strict=True)}
    assert drawn == {code: (row["imd_score"], row["value"]) for code, row in table.iterrows()}


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("population / 100.0", None),
        ("-1.0 * imd_score", "lower rates"),
        ("imd_score", "higher rates"),
        ("hash(code)::DOUBLE", "no clear tendency"),
    ],
)
def test_a_link_is_said_only_where_its_interval_excludes_zero(
    altered: Callable[[str], Warehouse], score: str, expected: str | None
):
    panel = build("ward_deprivation", altered(f"* REPLACE ({score} AS imd_score)"))
    low, high = panel.facts["lower_cl"], panel.facts["upper_cl"]
    assert ("tend to" in panel.sentence) == (low > 0 or high < 0)
    if expected:
        assert expected in panel.sentence


def test_absent_deprivation_says_what_to_configure(altered: Callable[[str], Warehouse]):
    store = altered("* REPLACE (NULL::DOUBLE AS imd_score, NULL::INTEGER AS imd_decile)")
    panel, inside = (build(panel_id, store) for panel_id in ("ward_deprivation", "ward_lsoas"))
    assert panel.state == "no_data"
    assert "configuration" in panel.message
    assert inside.state == "ready"
    assert "Deprivation" not in str(inside.figure["layout"]["annotations"])


# Every panel


@pytest.mark.parametrize("panel_id", IDS)
def test_months_not_loaded_are_no_data_never_zero(demo: Warehouse, panel_id: str):
    panel = build(panel_id, demo, "from=2019-01&to=2019-12")
    assert panel.state == "no_data"
    assert panel.figure is None
    assert panel.table.empty or panel.table["incidents"].isna().all()


@pytest.mark.parametrize("panel_id", IDS)
def test_a_true_zero_is_none_recorded(demo: Warehouse, panel_id: str):
    rows = raw(demo, "2021-01-01", "2024-12-01")
    seen = rows.groupby(["ward_code", "category"])["month"].agg(set)
    months = pd.date_range("2023-01-01", "2024-12-01", freq="MS")
    ward, category, month = next(
        (ward, category, month)
        for (ward, category), had in seen.items()
        for month in months
        if {month, month - pd.DateOffset(years=1)}.isdisjoint(had)
        and rows[(rows["month"] == month) & (rows["category"] == category)]["lsoa_code"]
        .map(areas(demo, "lsoa")["ward_code"])
        .ne(ward)
        .all()
    )
    slug = next(c.slug for c in load_context(demo).categories if c.name == category)
    panel = build(panel_id, demo, f"from={month:%Y-%m}&to={month:%Y-%m}&ward={ward}&category={slug}")
    assert panel.state == "none_recorded"
    assert "true zero" in panel.message


def queries(warehouse: Warehouse) -> list[str]:
    wards = codes(warehouse)
    names = [category.slug for category in load_context(warehouse).categories if category.slug != "burglary"]
    return [
        "",
        f"focus={wards[3]}&measure=km2",
        f"ward={wards[2]}",
        f"ward={wards[0]},{wards[1]}&cells=lq&measure=share",
        "from=2024-06&to=2024-06&measure=count&cells=change",
        "from=2024-10&to=2025-03&cells=rate",
        "category=bicycle-theft&cells=share",
        f"category={','.join(names)}&measure=households",
        "from=2021-01&to=2024-12&cells=change&cfrom=2021-01&cto=2021-06",
    ]


@pytest.mark.parametrize("panel_id", IDS)
def test_findings_and_figures_hold_for_every_kind_of_selection(demo: Warehouse, panel_id: str):
    for query in queries(demo):
        panel = build(panel_id, demo, query)
        assert 8 < len(panel.sentence) <= 90, panel.sentence
        assert not {"significant", "worse", "stable"} & set(panel.sentence.lower().split())
        assert "nan" not in (panel.sentence + panel.subtitle + " ".join(panel.caveats)).lower().split()
        assert set(panel.table.columns) >= {column.key for column in panel.columns}
        if panel.figure:
            assert "NaN" not in json.dumps(panel.figure, default=_plain)
            assert panel.figure["layout"]["height"] == panel.figure_height


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value)} is not plain")


@pytest.mark.parametrize("panel_id", IDS)
def test_figures_are_valid_in_every_view_and_the_numbers_never_change(demo: Warehouse, panel_id: str):
    tables = []
    for view in VIEWS:
        panel = build(panel_id, demo, f"focus={codes(demo)[4]}", view)
        go.Figure(panel.figure)
        sizes = [note["font"]["size"] for note in panel.figure["layout"]["annotations"]]
        assert min(sizes) >= 13.5
        tables.append(panel.table)
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


# Real data


def test_thurrock_as_published(thurrock: Warehouse):
    matrix = build("ward_category", thurrock).table
    assert matrix["incidents"].sum() == 17_230
    assert len(matrix) == 20 * 14
    sums = matrix.groupby("category")["incidents"].sum()
    assert sums["Violence and sexual offences"] == 5_802
    assert sums["Shoplifting"] == 1_992
    assert sums["Burglary"] == 516
    months = build("monthly_series", thurrock, "from=2024-01&to=2025-12").table
    missing = (months["month"] >= date(2024, 5, 1)) & (months["month"] <= date(2024, 12, 1))
    assert months.loc[missing, "incidents"].isna().all()
    assert months.loc[~missing, "incidents"].notna().all()
    panel = build("ward_map", thurrock)
    assert panel.sentence.endswith("highest in West Thurrock and South Stifford, lowest in The Homesteads")
    assert build("ward_deprivation", thurrock).sentence == "More deprived wards tend to have higher rates"


def test_leicester_over_the_pandemic(leicester: Warehouse):
    panel = build("monthly_series", leicester, "from=2019-12&to=2022-10")
    assert len(panel.table) == 35 * len(load_context(leicester).categories)
    assert any("COVID" in caveat for caveat in panel.caveats)
    for panel_id in IDS:
        assert build(panel_id, leicester, "measure=km2").state in {"ready", "no_data"}
