"""The list of indicators: each row is what the control chart of its own filters says."""

from __future__ import annotations

import pytest

from analytics.context import load_context
from analytics.panels import build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.data.world import W1, World, row


def shown(warehouse: Warehouse, panel: str, query: str = ""):
    selection, _ = Selection.from_query(query, load_context(warehouse))
    return build_panel(panel, warehouse, selection)


def test_each_row_is_its_control_chart(demo: Warehouse):
    listed = shown(demo, "indicator_list", "category=burglary&per=day&season=in&span=period").table.set_index("name")
    assert list(listed.index) == ["Vehicle crime", "Anti-social behaviour, Market Quay"]
    for name, query in (
        ("Vehicle crime", "category=vehicle-crime"),
        ("Anti-social behaviour, Market Quay", "category=anti-social-behaviour&ward=E05999001"),
    ):
        chart = shown(demo, "control_chart", query)
        last = chart.table.iloc[-1]
        assert chart.facts["indicator"] == name
        assert listed.loc[name, ["value", "centre"]].to_list() == pytest.approx([last["adjusted"], last["centre"]])
        assert listed.loc[name, "variation"] == last["variation"]
        assert chart.marks[-1].words.endswith(listed.loc[name, "assurance_words"])
        assert listed.loc[name, "target_words"] in chart.marks[-1].words


def test_the_finding_counts_the_targets(demo: Warehouse):
    panel = shown(demo, "indicator_list")
    assert panel.sentence == "Two targets may or may not be met as things are"
    assert [mark.icon for mark in panel.marks] == ["assurance-hit_or_miss"] * 2
    earlier = shown(demo, "indicator_list", "from=2021-01&to=2021-12").table
    assert {f"{month:%Y-%m}" for month in earlier["month"]} == {"2021-12"}


def test_months_that_are_not_loaded_give_no_rows_of_nothing(demo: Warehouse):
    panel = shown(demo, "indicator_list", "from=2019-01&to=2019-12")
    assert panel.state == "no_data"
    assert "2019 is not loaded" in panel.message


def test_without_indicators_it_says_what_to_bring(tmp_path):
    world = World.make(tmp_path)
    world.street([row(W1)])
    world.build()
    panel = shown(Warehouse(world.store), "indicator_list")
    assert (panel.state, panel.sentence) == ("no_data", "No indicator of the partnership is configured")
    assert "[[indicators]]" in panel.message


def test_too_few_months_give_no_judgement(tmp_path):
    world = World.make(tmp_path)
    world.street([row(W1), row(W1)])
    world.more = '[[indicators]]\nname = "All"\ndirection = "lower is better"\ntarget = 3\n'
    world.build()
    panel = shown(Warehouse(world.store), "indicator_list")
    assert panel.sentence == "No target can be judged yet"
    assert panel.table["assurance_words"].to_list() == ["too few months to tell"]
