"""Recorded crime on Comparators: recounted from the tables, planted truths, states never a zero, one source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.context import load_context
from analytics.months import month_range
from analytics.panels import Panel, View, build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.data.recorded_store import copy_with_recorded_crime

PANELS = (
    "family_position", "family_rates", "family_change", "family_funnel", "family_trend", "family_sensitivity",
    "family_members",
)  # fmt: skip
TO_DECEMBER = [date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1), date(2024, 10, 1)]
TO_MARCH = [*TO_DECEMBER[1:], date(2025, 1, 1)]
LOXSHIRE = {"Ostermere", "Brackenby", "Lowenstow", "Fallowdene", "Pellworth"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The demonstration with six financial years of recorded crime; Loxshire's last is unassigned."""
    return Warehouse(copy_with_recorded_crime(tmp_path_factory.mktemp("recorded")))


Shown = Callable[..., Panel]


@pytest.fixture
def shown(recorded: Warehouse) -> Shown:
    def panel(panel_id: str, query: str = "counts=recorded", view: View | None = None) -> Panel:
        selection, warnings = Selection.from_query(query, load_context(recorded))
        assert not warnings
        return build_panel(panel_id, recorded, selection, view)

    return panel


def recounted(recorded: Warehouse, quarters: list[date], offence: str | None = None) -> dict[str, tuple[int, int]]:
    """Offences and residents of the members of the first family with all quarters, by name: a slow second count."""
    folder = recorded.snapshot_dir
    crime, families, districts = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("recorded_crime", "families", "districts")
    )
    crime = crime[crime["state"].isin(["published", "summed"])]
    crime["quarter_start"] = pd.to_datetime(crime["quarter_start"]).dt.date
    districts = districts.set_index("district_code")
    out = {}
    for name, rows in families[families["family_id"] == "similar-areas-demonstration"].groupby("member_name"):
        codes = set(districts.loc[rows["district_code"], "partnership_code"])
        mine = crime[crime["partnership_code"].isin(codes) & crime["quarter_start"].isin(quarters)]
        if set(mine["quarter_start"]) != set(quarters):
            continue
        counted = mine if offence is None else mine[mine["offence_subgroup"] == offence]
        people = int(districts.loc[rows["district_code"], "population"].sum())
        out[str(name)] = int(counted["incidents"].sum()), people
    return out


def test_rates_are_a_recount_of_the_four_quarters_up_to_the_periods_end(recorded: Warehouse, shown: Shown):
    for query, offence, quarters in (
        ("counts=recorded", None, TO_DECEMBER),
        ("counts=recorded&look=shoplifting", "Shoplifting", TO_DECEMBER),
        ("counts=recorded&until=2025-03&look=theft-from-a-vehicle", "Theft from a vehicle", TO_MARCH),
    ):
        panel = shown("family_rates", query)
        counted = panel.table[panel.table["incidents"].notna()].set_index("member_name")
        expected = recounted(recorded, quarters, offence)
        assert {n: (int(r.incidents), int(r.population)) for n, r in counted.iterrows()} == expected
        assert "Home Office" in str(panel.sources[0])
        assert not any("police.uk" in str(source) for source in panel.sources)


def test_counts_without_an_owner_are_named_and_never_zero(shown: Shown):
    table = shown("family_rates").table.set_index("member_name")
    assert set(table.index[table["state"] == "unassigned"]) == LOXSHIRE
    assert table.loc["Greyminster", "state"] == "not published"
    assert table.loc[[*LOXSHIRE, "Greyminster"], "incidents"].isna().all()
    members = shown("family_members")
    assert any("Unassigned" in caveat and "Ostermere" in caveat for caveat in members.caveats)
    assert members.sentence == "9 of 15 areas have the four quarters"
    before = shown("family_rates", "counts=recorded&until=2024-03").table.set_index("member_name")
    assert set(before.index[before["incidents"].isna()]) == {"Greyminster"}


def test_planted_offences_stand_out_and_the_others_do_not(shown: Shown):
    table = shown("family_position", "counts=recorded&until=2025-03").table.set_index("category")
    assert table.loc["Theft from a vehicle", "band"] == "higher"
    assert table.loc["Shoplifting", "band"] in {"lower", "much lower"}
    rest = table.drop(["Theft from a vehicle", "Shoplifting"])
    assert (rest["band"] == "about the same").all()
    assert len(table) == 18


def test_positions_and_change_recounted(recorded: Warehouse, shown: Shown):
    table = shown("family_position", "counts=recorded&until=2025-03").table.set_index("category")
    year_before = [date(day.year - 1, day.month, 1) for day in TO_MARCH]
    for offence in ("Shoplifting", "Criminal damage", "Residential burglary"):
        now, then = recounted(recorded, TO_MARCH, offence), recounted(recorded, year_before, offence)
        row = table.loc[offence]
        rates = [1000 * x / k for x, k in now.values()]
        assert row["family_mean"] == pytest.approx(np.mean(rates))
        x1, x0 = now["Wrenmouth"][0], then["Wrenmouth"][0]
        others = [name for name in now if name in then and name != "Wrenmouth"]
        f1, f0 = sum(now[name][0] for name in others), sum(then[name][0] for name in others)
        assert (row["compared"], row["previous"], row["family_compared"], row["family_previous"]) == (x1, x0, f1, f0)
        assert row["against_ratio"] == pytest.approx((x1 / x0) / (f1 / f0))


def test_an_offence_that_came_later_has_no_years_before_it(shown: Shown):
    """Given a subgroup renamed in April 2023, then its line starts a year later and before it there is no zero."""
    trend = shown("family_trend", "counts=recorded&until=2025-03&look=residential-burglary").table
    assert trend["month"].iloc[0] == date(2024, 3, 1)
    assert (trend["rate_per_1000"] > 0).all()
    whole = shown("family_trend", "counts=recorded&until=2025-03").table
    assert (whole["month"].iloc[0], whole["month"].iloc[-1]) == (date(2020, 3, 1), date(2025, 3, 1))
    position = shown("family_position", "counts=recorded&until=2023-12").table.set_index("category")
    assert {"Residential burglary", "Domestic burglary"}.isdisjoint(position.index)


def test_the_trend_recounted(recorded: Warehouse, shown: Shown):
    row = shown("family_trend", "counts=recorded&until=2025-03&look=shoplifting").table.iloc[-1]
    expected = recounted(recorded, TO_MARCH, "Shoplifting")
    assert row["members"] == len(expected)
    assert row["family_mean"] == pytest.approx(np.mean([1000 * x / k for x, k in expected.values()]))


def test_every_panel_keeps_the_rules_and_its_source(shown: Shown):
    queries = (
        "counts=recorded",
        "counts=recorded&among=all&measure=households&until=2021-03",
        "counts=recorded&look=arson&category=drugs",
    )
    for query in queries:
        for panel_id in PANELS:
            panel = shown(panel_id, query, View("dark", "narrow"))
            assert panel.sentence
            assert len(panel.sentence) <= 90
            assert [column.key for column in panel.columns] == list(panel.table.columns)
            assert not any("police.uk" in str(source) or "Police" in source.title for source in panel.sources)
            if panel.state != "ready":
                assert panel.message
    assert any("offences of its own" in c for c in shown("family_position", "counts=recorded&category=drugs").caveats)


def test_other_pages_stay_with_the_street_level_files(shown: Shown):
    for panel_id in ("overview_lead", "overview_family", "category_totals"):
        assert shown(panel_id, "counts=recorded").table.equals(shown(panel_id, "").table)


def test_the_reconciliation_sets_both_counts_side_by_side(recorded: Warehouse, shown: Shown):
    panel = shown("reconciliation", "")
    counts = pd.read_parquet(recorded.snapshot_dir / "counts.parquet")
    counts["month"] = pd.to_datetime(counts["month"]).dt.date
    crime = pd.read_parquet(recorded.snapshot_dir / "recorded_crime.parquet")
    row = panel.table.set_index(["year", "category"]).loc[("2023/24", "Shoplifting")]
    months = month_range(date(2023, 4, 1), date(2024, 3, 1))
    street = counts[counts["month"].isin(months) & (counts["category"] == "Shoplifting")]["incidents"].sum()
    mine = crime[(crime["partnership_code"] == "E22999001") & (crime["year"] == "2023/24")]
    assert (row["recorded"], row["street"]) == (
        mine[mine["offence_subgroup"] == "Shoplifting"]["incidents"].sum(),
        street,
    )
    assert row["difference"] == row["street"] - row["recorded"]
    last = panel.table.set_index(["year", "category"]).loc[("2024/25", "Anti-social behaviour")]
    assert pd.isna(last["recorded"])
    assert last["quarters"] == "Q1, Q2, Q3"
    total = panel.table.set_index(["year", "category"]).loc[("2023/24", "All crime, no ASB")]
    assert total["recorded"] == mine["incidents"].sum()
    assert panel.figure is None
    assert panel.glance is not None
    assert "not held" in set(panel.glance["recorded_2024/25"])


def test_a_year_without_a_figure_of_ours_is_worded_and_no_zero(tmp_path: Path):
    """Given our own counts of the last year are unassigned, then the reconciliation and the comparison say so."""
    store = copy_with_recorded_crime(tmp_path)
    snapshot = store / "snapshots" / (store / "CURRENT").read_text(encoding="utf-8").strip()
    for name in ("recorded_crime", "recorded_crime_states"):
        path = snapshot / f"{name}.parquet"
        frame = pd.read_parquet(path)
        ours = (frame["partnership_code"] == "E22999001") & (frame["year"] == "2024/25")
        frame.loc[ours, "state"] = "unassigned"
        if "quarters" in frame:
            frame.loc[ours, "quarters"] = 0
        frame.to_parquet(path, index=False)
    warehouse = Warehouse(store)
    context = load_context(warehouse)
    panel = build_panel("reconciliation", warehouse, Selection.default(context))
    last = panel.table[panel.table["year"] == "2024/25"]
    assert set(last["state"]) == {"unassigned"}
    assert last["recorded"].isna().all()
    assert last["street"].isna().all()
    assert panel.glance is not None
    assert set(panel.glance["recorded_2024/25"]) == {"unassigned"}
    asked, _ = Selection.from_query("counts=recorded", context)
    position = build_panel("family_position", warehouse, asked)
    assert (position.state, position.sentence) == ("no_data", "Wrenmouth cannot be compared: unassigned")


def test_without_the_tables_each_panel_says_how_to_bring_them(demo: Warehouse):
    asked, _ = Selection.from_query("counts=recorded", load_context(demo))
    for panel_id in (*PANELS, "reconciliation"):
        panel = build_panel(panel_id, demo, asked)
        assert panel.state == "no_data"
        assert "recorded" in panel.sentence.lower()
        assert "prc-csp" in panel.message
        assert "recorded_crime" in panel.message


def test_the_choice_of_counts_and_year_is_part_of_the_address(recorded: Warehouse):
    context = load_context(recorded)
    query = "look=other-sexual-offences&until=2024-06&counts=recorded"
    selection, warnings = Selection.from_query(query, context)
    assert (selection.counts, selection.until, selection.look, warnings) == (
        "recorded", date(2024, 6, 1), "Other sexual offences", (),
    )  # fmt: skip
    assert Selection.from_query(selection.to_query(context), context)[0] == selection
    for bad in ("until=2024-05", "until=1999-03", "until=soon", "counts=both"):
        selection, warnings = Selection.from_query(bad, context)
        assert (selection.counts, selection.until, len(warnings)) == ("street", None, 1)
