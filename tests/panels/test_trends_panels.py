"""The panels of Trends against a plain recount of the store, the planted truths, and real data with gaps and COVID."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.context import load_context
from analytics.figures._draw import text_width
from analytics.figures._theme import tokens
from analytics.panels import Panel, View, build_panel, panel_specs
from analytics.panels.ward_trends import _finding
from analytics.selection import Selection
from analytics.statistics.control_chart import control_chart
from data.warehouse import Warehouse

IDS = sorted(spec.id for spec in panel_specs().values() if spec.page == "trends")
TRUTHS = json.loads((Path(__file__).parents[2] / "data" / "demo" / "truths.json").read_text(encoding="utf-8"))


def select(warehouse: Warehouse, query: str = "") -> Selection:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return selection


def table(warehouse: Warehouse, panel_id: str, query: str = "") -> pd.DataFrame:
    return build_panel(panel_id, warehouse, select(warehouse, query)).table


@pytest.fixture(scope="module")
def raw(demo: Warehouse) -> pd.DataFrame:
    rows = pd.read_parquet(
        demo.snapshot_dir / "incidents.parquet", columns=["month", "category", "ward_code", "in_partnership"]
    )
    rows = rows[rows["in_partnership"]].copy()
    rows["month"] = pd.to_datetime(rows["month"]).dt.date
    return rows


def test_the_named_panels_are_registered():
    assert {"control_chart", "trend_estimates", "change_table", "watch_list"} <= set(IDS)


def test_control_chart_recounted_and_judged_again(demo: Warehouse, raw: pd.DataFrame):
    panel = build_panel("control_chart", demo, select(demo, "category=burglary"))
    recount = raw[raw["category"] == "Burglary"].groupby("month").size()
    frame = panel.table
    assert list(frame["month"]) == sorted(recount.index)
    assert list(frame["incidents"]) == [recount[m] for m in frame["month"]]
    out = np.array([m <= date(2021, 6, 1) for m in frame["month"]])
    assert list(frame["excluded"]) == list(out)
    chart = control_chart(recount.sort_index().to_numpy(), months=list(frame["month"]), excluded=out)
    np.testing.assert_allclose(frame["upper_limit"], chart.upper)
    np.testing.assert_allclose(frame["adjusted"], chart.adjusted)
    assert list(frame["rule"]) == list(chart.rule)
    assert panel.facts["seasonally_adjusted"]
    assert "out of the ordinary" not in " ".join(frame.loc[frame["rule"] == 0, "variation"])
    assert all("no judgement" in words for words in frame.loc[frame["rule"] > 0, "variation"])


def test_control_chart_draws_what_its_table_holds(demo: Warehouse):
    for query, key in (("", "adjusted"), ("season=in", "value"), ("per=day&season=in", "value")):
        for width in ("wide", "narrow"):
            panel = build_panel("control_chart", demo, select(demo, query), View(width=width))
            line = next(t for t in panel.figure["data"] if "customdata" in t)
            np.testing.assert_allclose(line["y"], panel.table[key])
            singled = [s != "circle" for s in line["marker"]["symbol"]]
            assert singled == list(panel.table["rule"] > 0)


def test_units(demo: Warehouse):
    count, day, rate = (table(demo, "control_chart", f"per={per}") for per in ("month", "day", "rate"))
    days = [pd.Timestamp(m).days_in_month for m in day["month"]]
    np.testing.assert_allclose(day["value"] * days, count["value"])
    residents = TRUTHS["borough"]["residents_2023"]
    np.testing.assert_allclose(rate["value"], 1000 * count["value"] / residents, rtol=0.05)


def test_series_recounted_by_ward_and_category(demo: Warehouse, raw: pd.DataFrame):
    names = load_context(demo).ward_names()
    for lines, key in (("ward", "ward_code"), ("category", "category")):
        frame = table(demo, "series", f"lines={lines}")
        recount = raw.assign(key=raw[key].map(names) if lines == "ward" else raw[key]).groupby(["month", "key"]).size()
        got = frame.set_index(["month", "series"])["incidents"]
        assert got[got > 0].to_dict() == recount.to_dict()
        assert got.sum() == len(raw)


def test_rolling_sums_and_last_year_recounted(demo: Warehouse, raw: pd.DataFrame):
    frame = table(demo, "series").set_index("month")
    monthly = raw.groupby("month").size().sort_index()
    rolling = monthly.rolling(12).sum()
    assert frame["rolling_12m"].isna().sum() == 11
    assert frame["rolling_12m"].dropna().astype(int).to_dict() == rolling.dropna().astype(int).to_dict()
    assert frame["last_year"].dropna().astype(int).tolist() == monthly.tolist()[:-12]


def test_change_table_equals_the_overview_and_stands_in_order_of_evidence(demo: Warehouse):
    change = table(demo, "change_table")
    overview = table(demo, "category_totals").set_index("category")
    for column in ("previous", "compared", "change_pct", "verdict", "p_adjusted"):
        pd.testing.assert_series_equal(
            change.set_index("category")[column], overview[column].reindex(change["category"]), check_names=False
        )
    assert change["p_adjusted"].dropna().is_monotonic_increasing
    wards = table(demo, "change_table", "category=criminal-damage-and-arson")
    assert wards["ward_name"].iloc[0] == TRUTHS["step"]["ward_name"]
    assert wards["verdict"].iloc[0] == "rose"


def test_the_planted_trend_and_season_are_recovered(demo: Warehouse):
    frame = table(demo, "trend_estimates").set_index("series")
    said = build_panel("trend_estimates", demo, select(demo)).sentence
    assert said == "Over Jul 2021 to Dec 2024: three of 14 categories are rising, burglary is falling"
    planted = TRUTHS["trend"]
    row = frame.loc[planted["category"]]
    assert row["lower_cl"] < planted["change_per_year_pct"] < row["upper_cl"]
    assert row["verdict"] == "falling"
    assert row["mann_kendall_p"] < 0.001
    assert row["sen_pct_per_year"] == pytest.approx(planted["change_per_year_pct"], abs=4)
    for category in TRUTHS["no_change"]:
        assert frame.loc[category, "verdict"] == "no clear trend"
    season = TRUTHS["season"]
    pattern = table(demo, "seasonal_pattern", "category=anti-social-behaviour").set_index("month_of_year")
    peak, trough = season["peak_month"], (season["peak_month"] + 5) % 12 + 1
    amplitude = 100 * season["amplitude"]
    assert pattern.loc[peak, "lower_cl"] < amplitude < pattern.loc[peak, "upper_cl"]
    assert pattern.loc[trough, "lower_cl"] < -amplitude < pattern.loc[trough, "upper_cl"]


def test_the_planted_step_is_seen_by_chart_and_watch(demo: Warehouse):
    step = TRUTHS["step"]
    query = f"category=criminal-damage-and-arson&focus={step['ward_code']}"
    frame = table(demo, "control_chart", query).set_index("month")
    start = pd.Timestamp(step["start"]).date()
    after = frame.loc[frame.index >= start]
    assert (after["rule"] > 0).mean() > 0.7
    assert (after.loc[after["rule"] > 0, "side"] == 1).all()
    later = build_panel("watch_list", demo, select(demo, f"from=2023-03&to={start:%Y-%m}"))
    listed = later.table.set_index(["category", "ward_code"])
    assert listed.loc[("Criminal damage and arson", step["ward_code"]), "status"] == "new"


def test_watch_list_states_its_false_alarms_and_agrees_with_the_charts(demo: Warehouse, raw: pd.DataFrame):
    panel = build_panel("watch_list", demo, select(demo))
    facts = panel.facts
    context = load_context(demo)
    assert 0 < facts["watched_by_rules"] <= facts["watched"] <= len(context.categories) * (1 + len(context.wards))
    assert 0.01 * facts["watched_by_rules"] < facts["expected_false_alarms"] < 0.04 * facts["watched_by_rules"]
    assert facts["new"] == (panel.table["status"] == "new").sum()
    latest = raw[raw["month"] == date(2024, 12, 1)]
    for row in panel.table.itertuples():
        mine = latest[latest["category"] == row.category]
        mine = mine if pd.isna(row.ward_code) else mine[mine["ward_code"] == row.ward_code]
        assert row.incidents == len(mine)
    slugs = {category.name: category.slug for category in context.categories}
    for row in panel.table.head(6).itertuples():
        where = "" if pd.isna(row.ward_code) else f"&focus={row.ward_code}"
        chart = table(demo, "control_chart", f"category={slugs[row.category]}{where}")
        assert chart["finding"].iloc[-1] == row.finding


def test_watch_list_does_not_hang_on_other_filters(demo: Warehouse):
    one = table(demo, "watch_list")
    other = table(demo, "watch_list", "category=burglary&ward=E05999001&measure=count")
    pd.testing.assert_frame_equal(one, other)


def test_ward_trends_recounted(demo: Warehouse, raw: pd.DataFrame):
    panel = build_panel("ward_trends", demo, select(demo, "category=burglary"))
    rows = raw[(raw["category"] == "Burglary") & (raw["month"] == date(2024, 12, 1))]
    counts = rows["ward_code"].value_counts()
    assert dict(zip(panel.table["ward_code"], panel.table["latest"], strict=True)) == {
        code: counts.get(code, 0) for code in panel.table["ward_code"]
    }
    own, common = (
        build_panel("ward_trends", demo, select(demo, f"category=burglary&scale={scale}")).figure["layout"]
        for scale in ("own", "common")
    )
    tops = [axis["range"][1] for name, axis in common.items() if name.startswith("yaxis") and axis.get("visible", True)]
    assert len(set(tops)) == 1
    assert len({axis["range"][1] for name, axis in own.items() if name.startswith("yaxis")}) > 3
    clicks = {t["customdata"][0][0] for t in panel.figure["data"] if "customdata" in t}
    assert clicks == set(panel.table["ward_code"])


def test_projection_is_shown_only_where_it_was_worth_making(demo: Warehouse):
    shown = build_panel("projection", demo, select(demo, "category=anti-social-behaviour"))
    assert shown.state == "ready"
    assert shown.facts["mase"] < 1
    assert shown.facts["coverage_95"] >= 0.85
    assert "MASE" in shown.caveats[0]
    coming = shown.table[shown.table["kind"] == "projected"]
    assert coming["month"].tolist() == [date(2025, m, 1) for m in range(1, 13)]
    assert coming["incidents"].isna().all()
    assert (coming["lower_95"] < coming["lower_80"]).all()
    for query in ("category=vehicle-crime", "category=robbery&ward=E05999018", "from=2023-01&to=2023-12"):
        hidden = build_panel("projection", demo, select(demo, query))
        assert hidden.state == "too_few"
        assert hidden.table.empty
        assert hidden.message


@pytest.mark.parametrize("panel_id", IDS)
@pytest.mark.parametrize("view", [View("light", "wide"), View("dark", "narrow")])
@pytest.mark.parametrize(
    "query",
    ["", "category=bicycle-theft", "category=burglary,robbery&lines=category", "lines=category&show=rolling",
     "lines=ward&show=year", "show=year", "per=rate", "per=day&show=rolling", "span=period",
     "from=2024-05&to=2024-05&span=period", "from=2021-01&to=2021-01", "from=2019-01&to=2019-12",
     "from=2021-01&to=2021-11", "from=2024-06&to=2025-06", "focus=E05999006&category=robbery",
     "ward=E05999017&category=robbery", "rows=ward&scale=common", "cfrom=2019-01&cto=2019-12"],
)  # fmt: skip
def test_every_selection_gives_a_sound_panel(demo: Warehouse, panel_id: str, view: View, query: str):
    panel = build_panel(panel_id, demo, select(demo, query), view)
    assert panel.sentence
    assert len(panel.sentence) <= 90
    assert {column.key for column in panel.columns} <= set(panel.table.columns)
    if panel.figure is not None:
        assert panel.state == "ready"
        go.Figure(panel.figure)
    else:
        assert panel.state != "ready" or panel_id in {"watch_list", "indicator_list"}


def test_under_twelve_months_limits_are_provisional(demo: Warehouse):
    panel = build_panel("control_chart", demo, select(demo, "from=2024-05&to=2024-12&span=period"))
    assert panel.table["provisional"].all()
    assert any("Provisional" in caveat for caveat in panel.caveats)
    one = build_panel("control_chart", demo, select(demo, "from=2024-05&to=2024-05&span=period"))
    assert one.sentence.endswith("one month cannot show variation")
    assert one.table["upper_limit"].isna().all()


def test_a_true_zero_is_none_recorded_and_a_month_not_loaded_is_not(demo: Warehouse):
    rare = TRUTHS["rare"][0]
    assert rare["incidents"] == 0
    query = f"ward={rare['ward_code']}&category={rare['category'].lower()}"
    for panel_id in set(IDS) - {"watch_list", "change_table", "indicator_list"}:
        assert build_panel(panel_id, demo, select(demo, query)).state == "none_recorded"
        missing = build_panel(panel_id, demo, select(demo, "from=2019-01&to=2019-12"))
        assert missing.state == "no_data"
        assert missing.figure is None


def test_leicester_lockdown_is_shaded_and_left_out(leicester: Warehouse):
    panel = build_panel("control_chart", leicester, select(leicester, "category=anti-social-behaviour"))
    frame = panel.table
    assert len(frame) == 35
    left_out = frame.loc[frame["excluded"], "month"].tolist()
    assert left_out[0] == date(2020, 3, 1)
    assert left_out[-1] == date(2021, 6, 1)
    kept = frame.loc[~frame["excluded"], "incidents"].astype(float)
    assert frame["centre"].iloc[-1] == pytest.approx(kept.mean())
    assert frame["incidents"].max() > frame["upper_limit"].max()
    assert (frame.loc[frame["excluded"], "rule"] == 0).all()
    shades = [s for s in panel.figure["layout"]["shapes"] if s.get("type") == "rect"]
    assert len(shades) == 1
    assert any("COVID-19" in a["text"] for a in panel.figure["layout"]["annotations"])
    trend = build_panel("trend_estimates", leicester, select(leicester))
    assert trend.facts["months_used"] == 35 - 16
    assert trend.sentence.startswith("Too few months for a sure trend: ")
    assert build_panel("projection", leicester, select(leicester)).state == "too_few"


def test_thurrock_gap_is_left_open_and_no_sum_spans_it(thurrock: Warehouse):
    gap = [date(2024, m, 1) for m in range(5, 13)]
    panel = build_panel("control_chart", thurrock, select(thurrock))
    assert panel.table.loc[panel.table["incidents"].isna(), "month"].tolist() == gap
    line = next(t for t in panel.figure["data"] if "customdata" in t)
    assert line["connectgaps"] is False
    assert [y is None for y in line["y"]] == list(panel.table["incidents"].isna())
    series = table(thurrock, "series").set_index("month")["rolling_12m"].dropna()
    assert series.index.tolist() == [date(2025, 12, 1)]
    assert series.iloc[0] == 17_230
    assert build_panel("projection", thurrock, select(thurrock)).state == "too_few"


def drawn_words(panel: Panel) -> str:
    return " ".join(str(a["text"]) for a in panel.figure["layout"]["annotations"]) + " ".join(panel.caveats)


@pytest.mark.parametrize("view", [View(), View(width="narrow")])
def test_the_break_register_is_named_on_every_time_chart(demo: Warehouse, leicester: Warehouse, view: View):
    everywhere = {"control_chart", "series", "projection", "ward_trends", "change_table", "unplaced_share"}
    for panel_id in everywhere | {"monthly_recent", "family_trend"}:
        panel = build_panel(panel_id, demo, select(demo, "from=2023-01&to=2024-12"), view)
        assert "LSOA codes of 2021, Jun 2023" in drawn_words(panel) or "2021 (Jun 2023)" in drawn_words(panel), panel_id
    assert "COVID-19" in drawn_words(build_panel("monthly_series", demo, select(demo, "from=2021-01&to=2024-12"), view))
    for panel_id in everywhere - {"projection"}:
        assert "COVID-19" in drawn_words(build_panel(panel_id, leicester, select(leicester), view)), panel_id
    years = build_panel("series", leicester, select(leicester, "show=year"), view)
    assert "Within these months: COVID-19 (Mar 2020 to Jun 2021)" in " ".join(years.caveats)


def test_the_latest_month_is_hollow_until_a_later_one_is_loaded(demo: Warehouse):
    surface = tokens("light")["surface"]
    for panel_id in ("control_chart", "series", "monthly_recent"):
        for query, hollow in (
            ("category=bicycle-theft", True),
            ("category=bicycle-theft&from=2023-01&to=2023-12", False),
        ):
            panel = build_panel(panel_id, demo, select(demo, query))
            line = [t for t in panel.figure["data"] if t.get("mode") == "lines+markers"][-1]
            assert (line["marker"]["color"][-1] == surface) is hollow, (panel_id, query)
            assert surface not in line["marker"]["color"][:-1]


def test_the_watch_list_shows_what_is_new_and_downloads_all(demo: Warehouse):
    panel = build_panel("watch_list", demo, select(demo))
    assert panel.glance is not None
    kept = panel.table[(panel.table["status"] != "continues") | (panel.table["p_adjusted"] <= 0.05)]
    pd.testing.assert_frame_equal(panel.glance, kept.reset_index(drop=True))
    assert f"{len(panel.table) - len(kept)} more" in " ".join(panel.caveats)


def test_the_watch_list_does_not_cry_wolf(demo: Warehouse):
    panel = build_panel("watch_list", demo, select(demo))
    assert panel.facts["beyond_chance"] == 0
    assert panel.facts["new"] > 0
    assert panel.sentence.startswith("No single change in December 2024 is sure; ")
    assert "not findings" in panel.marks[0].words
    assert set(panel.table["sure"]) == {"could be chance"}


def test_a_ward_that_stands_out_has_its_mark_before_its_name(demo: Warehouse):
    panel = build_panel("ward_trends", demo, select(demo))
    out = panel.table[panel.table["ward_name"].isin(panel.facts["marked"])]
    assert len(out)
    marks = panel.figure["data"][-1]
    assert [code for [code] in marks["customdata"]] == list(out["ward_code"])
    assert marks["marker"]["symbol"] == [f"triangle-{'up' if side > 0 else 'down'}" for side in out["side"]]


def test_words_at_a_month_are_whole_on_a_phone(demo: Warehouse):
    layout = build_panel("control_chart", demo, select(demo), View(width="narrow")).figure["layout"]
    [note] = [a for a in layout["annotations"] if "above the upper limit" in a["text"]]
    first, last = layout["xaxis"]["range"]
    words = note["text"].removeprefix("<b>").removesuffix("</b>")
    assert note["x"] + text_width(words, note["font"]["size"], bold=True) / 2 / 275 * (last - first) <= last + 0.2


def test_the_name_of_a_break_is_whole_on_a_phone(demo: Warehouse):
    view = View(width="narrow")
    for panel_id, query in (
        ("unplaced_share", ""),
        ("series", ""),
        ("control_chart", ""),
        ("series", "to=2023-08&from=2023-01"),
    ):
        layout = build_panel(panel_id, demo, select(demo, query), view).figure["layout"]
        first, last = layout["xaxis"]["range"]
        for note in layout["annotations"]:
            if "LSOA codes of 2021, Jun 2023" not in note["text"]:
                continue
            half = text_width(note["text"], note["font"]["size"]) / 2 / 280 * (last - first)
            assert note["xanchor"] == "center"
            assert first - 0.2 <= note["x"] - half
            assert note["x"] + half <= last + 0.2


def test_the_finding_on_wards_says_which_way_they_left():
    row = {"ward_name": "Quay", "finding": "below the lower limit", "side": -1}
    other = {"ward_name": "Hill", "finding": "above the upper limit", "side": 1}
    inside = {"ward_name": "Vale", "finding": "7 or more in a row below the mean", "side": -1}
    assert _finding(pd.DataFrame([row]), "burglary") == "Quay fell below the ordinary range of burglary"
    both = "Hill rose above and Quay fell below the ordinary range of burglary"
    assert _finding(pd.DataFrame([row, other]), "burglary") == both
    mixed = "Out of the ordinary in burglary: Hill (high), Quay and Vale (low)"
    assert _finding(pd.DataFrame([row, other, inside]), "burglary") == mixed
