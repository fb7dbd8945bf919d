"""What residents say: the panel against a plain recount, its rules, and how it becomes a score on Priorities."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analytics.context import load_context
from analytics.exports.disclosure import refuse_small_numbers
from analytics.judgement import Entry, Judgement
from analytics.panels import Panel, View, build_panel
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.data.world import W1, World, csv_text, row

COLUMNS = [
    "survey", "from", "area", "question", "answer", "category", "direction", "base", "percent", "design effect",
    "sampled", "lower", "upper", "publisher",
]  # fmt: skip
GOOD = {
    "survey": "Residents' survey", "from": "2024-09", "question": "Burglary?", "answer": "Worried",
    "category": "Burglary", "direction": "lower is better", "base": "1000", "percent": "30", "sampled": "yes",
}  # fmt: skip


def shown(warehouse: Warehouse, query: str = "", panel: str = "public_perceptions", view: View | None = None) -> Panel:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return build_panel(panel, warehouse, selection, view)


@pytest.fixture
def survey(tmp_path: Path):
    """A function that builds a small store with these results; none: without a survey."""

    def build(*changes: dict[str, str]) -> Warehouse:
        world = World.make(tmp_path)
        world.street([row(ward, category=c) for ward in (W1,) for c in ("Burglary", "Anti-social behaviour", "Drugs")])
        if changes:
            world.settings["context"]["perceptions"] = ["survey.csv"]
        world.write(
            "survey.csv", csv_text([[{**GOOD, **change}.get(c, "") for c in COLUMNS] for change in changes], COLUMNS)
        )
        world.build()
        return Warehouse(world.store)

    return build


def one(warehouse: Warehouse, query: str = "") -> dict:
    [found] = shown(warehouse, query).table.to_dict("records")
    return found


def test_the_demonstration_recounted_with_statsmodels(demo: Warehouse):
    """From the store's Parquet: Wilson at the effective base, Newcombe's change, each ward against the rest."""
    stored = pd.read_parquet(demo.snapshot_dir / "perceptions.parquet")
    panel = shown(demo)
    keys = ["survey", "question", "answer", "area_name"]
    measures = {key: rows.sort_values("wave_from") for key, rows in stored.groupby(keys)}
    assert len(panel.table) == len(measures) == 33
    for found in panel.table.to_dict("records"):
        rows = measures[tuple(found[key] for key in keys)].to_dict("records")
        last = rows[-1]
        assert found["base"] == last["base"]
        if last["base"] < 30:
            assert found["state"] == "under 30 asked"
            assert math.isnan(found["percent"])
            continue
        assert found["percent"] == pytest.approx(last["percent"])
        if not last["sampled"]:
            assert math.isnan(found["lower_cl"])
            assert found["verdict"] == "first wave"
            continue
        if last["lower_cl"] == last["lower_cl"]:
            assert (found["lower_cl"], found["upper_cl"]) == pytest.approx((last["lower_cl"], last["upper_cl"]))
            continue
        n, x = last["base"] / 1.3, last["percent"] * last["base"] / 130
        wilson = [100 * limit for limit in proportion_confint(x, n, method="wilson")]
        assert (found["lower_cl"], found["upper_cl"]) == pytest.approx(wilson)
        if len(rows) > 1:
            m, y = rows[-2]["base"] / 1.3, rows[-2]["percent"] * rows[-2]["base"] / 130
            theirs = [100 * limit for limit in confint_proportions_2indep(x, n, y, m, method="newcomb")]
            assert (found["change_lower_cl"], found["change_upper_cl"]) == pytest.approx(theirs)
        if last["area_type"] == "ward":
            [whole] = [r for r in measures[(*[found[k] for k in keys[:3]], "Wrenmouth")].to_dict("records")
                       if r["wave_from"] == last["wave_from"]]  # fmt: skip
            assert found["apart_points"] == pytest.approx(last["percent"] - whole["percent"])
            rest_n, rest_x = whole["base"] / 1.3 - n, whole["percent"] * whole["base"] / 130 - x
            theirs = confint_proportions_2indep(x, n, rest_x, rest_n, method="newcomb")
            shrunk = [100 * limit * (1 - last["base"] / whole["base"]) for limit in theirs]
            assert (found["apart_lower_cl"], found["apart_upper_cl"]) == pytest.approx(shrunk)


@pytest.mark.parametrize("query", ["", "category=burglary", "category=public-order", "ward=E05999001,E05999020"])
def test_the_panel_keeps_the_rules_of_every_panel(demo: Warehouse, query: str):
    for view in (View(), View("dark", "narrow")):
        panel = shown(demo, query, view=view)
        assert 0 < len(panel.sentence) <= 90
        assert [column.key for column in panel.columns] == list(panel.table.columns)
        assert panel.sources
        if panel.figure is None:
            assert (panel.state, panel.figure_height) == ("no_data", 120)
            assert panel.message
            continue
        drawn = go.Figure(panel.figure)
        assert drawn.layout.height == panel.figure_height
        dots = [trace for trace in panel.figure["data"] if trace["mode"] == "markers"][-1]
        assert panel.glance is not None
        assert sorted(dots["x"]) == pytest.approx(sorted(panel.glance["percent"].dropna()))


def test_on_a_screen_the_chart_holds_what_fits_and_says_so(demo: Warehouse):
    panel = shown(demo, view=View("light", "wide", room=920, height=300))
    assert panel.figure_height <= 300
    drawn = [trace for trace in panel.figure["data"] if trace["mode"] == "markers"][-1]
    assert panel.caveats[0] == f"Drawn: the first {len(drawn['x'])} of 13 results; the table has all."
    assert 5 <= len(drawn["x"]) < 13
    assert list(drawn["x"]) == sorted(drawn["x"], reverse=True)


def test_filters_choose_questions_and_wards(demo: Warehouse):
    burglary = shown(demo, "category=burglary")
    assert set(burglary.table["question"]) == {"How worried are you about burglary?"}
    assert burglary.sentence.replace("\u202f", " ") == "Burglary concerns 31 % of those asked; it shows no clear change"
    assert shown(demo, "category=public-order").sentence == "No question that is loaded speaks of what is chosen"
    wards = shown(demo, "ward=E05999001,E05999020")
    assert wards.glance is not None
    assert set(wards.glance["area_name"]) == {"Market Quay", "Nether Farrow"}
    assert wards.sentence == "The result of Market Quay lies clearly lower than the partnership’s"
    two = shown(demo, "ward=E05999001,E05999002")
    assert two.sentence == "One of two results of wards lies clearly apart from the partnership’s"
    texts = {note["text"] for note in two.figure["layout"]["annotations"]}
    assert {"Market Quay", "Tannery Wharf", "From the partnership"} <= texts
    assert len(wards.table) == 33  # the download keeps all


def test_a_verdict_needs_the_adjusted_p(demo: Warehouse):
    """After dark −5.0 (−9.8 to −0.1) leaves out 0 alone, not among twelve results; the panel says so."""
    panel = shown(demo)
    dark = panel.table[
        (panel.table["question"].str.contains("after dark")) & (panel.table["area_type"] == "partnership")
    ]
    [found] = dark.to_dict("records")
    assert found["change_upper_cl"] < 0
    assert found["p_value"] < 0.05 < found["p_adjusted"]
    assert found["verdict"] == "no clear change"
    assert any("judged together" in caveat for caveat in panel.caveats)
    assert panel.table["verdict"].value_counts().to_dict() == {
        "no clear change": 9, "rose": 3, "first wave": 20, "too few": 1,
    }  # fmt: skip


def test_under_thirty_asked_nothing_is_shown(survey):
    found = one(survey({"base": "29"}))
    assert found["state"] == "under 30 asked"
    assert math.isnan(found["percent"])
    panel = shown(survey({"base": "29"}))
    assert panel.sentence == "No result can be shown: too few people were asked, or gave an answer"
    assert "1 result with under 30 people asked: not shown." in panel.caveats
    assert one(survey({"base": "30"}))["state"] == "shown"


def test_small_numbers_are_hidden_and_what_would_give_them_away(survey):
    """2 of 50 said yes, 48 did not; the two wards make up the whole, so the other ward cannot stand either."""
    warehouse = survey(
        {"base": "100", "percent": "20"},
        {"area": "Northwest", "base": "50", "percent": "4"},
        {"area": "Northeast", "base": "50", "percent": "36"},
        {"question": "All but three", "base": "60", "percent": "95"},
        {"question": "Many", "base": "60", "percent": "50"},
    )
    panel = shown(warehouse)
    state = panel.table.set_index(["question", "area_name"])["state"].to_dict()
    hidden = "hidden: 1 to 4 people"
    assert state["Burglary?", "Northwest"] == hidden
    assert hidden in {state["Burglary?", "Northeast"], state["Burglary?", "Alder"]}
    assert state["All but three", "Alder"] == hidden
    assert state["Many", "Alder"] == "shown"
    for found in panel.table[panel.table["state"] == hidden].to_dict("records"):
        assert found["answered"] == "c"
        assert all(math.isnan(found[key]) for key in ("percent", "lower_cl", "upper_cl", "apart_points"))
    refuse_small_numbers([panel])
    assert any("would tell of 1 to 4 people" in caveat for caveat in panel.caveats)


def test_who_chose_themselves_has_neither_interval_nor_verdict_nor_score(survey):
    warehouse = survey({"sampled": "no"}, {"sampled": "no", "from": "2023-09", "percent": "20"})
    found = one(warehouse)
    assert found["change_words"] == "+10.0"
    assert found["verdict"] == "not a sample"
    assert math.isnan(found["lower_cl"])
    matrix = shown(warehouse, panel="criteria").table.set_index("criterion_key")
    assert matrix.loc["concern", "scored"] == 0


def test_published_limits_stand_and_carry_into_the_change(survey):
    before = {"from": "2023-09", "percent": "20", "lower": "17", "upper": "24"}
    warehouse = survey({"lower": "26", "upper": "34"}, before)
    found = one(warehouse)
    assert (found["lower_cl"], found["upper_cl"], found["method"]) == (26, 34, "as published")
    assert found["change_lower_cl"] == pytest.approx(10 - math.hypot(4, 4))
    assert found["change_upper_cl"] == pytest.approx(10 + math.hypot(4, 3))
    assert found["verdict"] == "rose"
    alone = shown(warehouse).sentence.replace("\u202f", " ")
    assert alone == "Burglary concerns 30 % of those asked; the share rose clearly"


def concern(warehouse: Warehouse) -> dict[str, dict]:
    matrix = shown(warehouse, panel="priority_matrix").table
    return matrix[matrix["criterion_key"] == "concern"].set_index("problem").to_dict("index")


def test_a_survey_scores_the_concern_of_its_categories_with_its_interval(survey):
    warehouse = survey(
        {},
        {"question": "ASB?", "category": "ASB", "percent": "60"},
        {"question": "ASB?", "category": "ASB", "percent": "10", "from": "2022-09"},  # an earlier wave does not count
        {"question": "ASB online?", "answer": "Big problem", "category": "ASB", "percent": "90"},  # another set
    )
    found = concern(warehouse)
    assert found["Burglary"]["value"] == pytest.approx(0.5)  # of the share that concerns most
    low, high = proportion_confint(300, 1000, method="wilson")
    assert (found["Burglary"]["value_lower"], found["Burglary"]["value_upper"]) == pytest.approx(
        (low / 0.6, high / 0.6)
    )
    assert found["Burglary"]["words"].replace("\u202f", " ") == "30 %"
    assert found["Anti-social behaviour"]["value"] == 1
    assert found["Drugs"]["state"] == "unscored"
    sources = shown(warehouse, panel="priority_matrix").sources
    assert [source.title for source in sources].count("Residents' survey") == 1
    link = shown(warehouse, panel="criteria").table.set_index("criterion_key").loc["concern", "link"]
    assert link.startswith("/priorities")


def test_a_person_may_override_and_the_survey_stays_beside(survey):
    warehouse = survey({}, {"question": "ASB?", "category": "ASB", "percent": "60"})
    context = load_context(warehouse)
    said = Judgement(
        entries=(Entry("burglary", "concern", 0.8, "Chair", datetime(2026, 11, 27, tzinfo=UTC), "A spate since"),)
    )
    selection = replace(Selection.default(context), judgement=said)
    matrix = build_panel("priority_matrix", warehouse, selection).table
    [cell] = matrix[(matrix["criterion_key"] == "concern") & (matrix["problem"] == "Burglary")].to_dict("records")
    assert (cell["value"], cell["state"]) == (0.8, "entered")
    assert cell["evidence_value"] == pytest.approx(0.5)
    [entered] = build_panel("entered_scores", warehouse, selection).table.to_dict("records")
    assert entered["evidence"].replace("\u202f", " ") == "30 %: 2.5 of 5"
    assert entered["why"].startswith("A spate since; Chair")


def test_a_question_where_more_is_better_turns_round(survey):
    found = concern(
        survey({"direction": "higher is better", "percent": "80"}, {"category": "Drugs", "question": "Drugs?"})
    )
    assert found["Burglary"]["words"].replace("\u202f", " ") == "20 %"
    assert found["Burglary"]["evidence"] == pytest.approx(20)


def test_without_a_survey_people_enter_the_concern(survey):
    warehouse = survey()
    panel = shown(warehouse)
    assert (panel.state, panel.sentence) == ("no_data", "No survey of residents is loaded")
    assert "[context] perceptions" in panel.message
    caveats = shown(warehouse, panel="criteria").caveats
    assert any("no survey is loaded, nobody scored it" in caveat for caveat in caveats)


def test_results_with_and_without_publisher_wave_base_and_interval_stand_together(survey):
    """What is missing in some rows only must not turn up as a value anywhere."""
    panel = shown(
        survey(
            {"publisher": "The council", "lower": "27", "upper": "33"}, {"question": "Drugs?", "category": ""},
            {"question": "Drugs?", "area": "Northwest", "design effect": "1.5", "category": ""},
            {"question": "Drugs?", "area": "England and Wales", "direction": ""},
        )
    )  # fmt: skip
    assert panel.table["publisher"].to_list() == ["The council", "", "", ""]
    assert [str(source) for source in panel.sources] == [
        "The council, Residents' survey, Sep 2024", "Residents' survey, Sep 2024",
    ]  # fmt: skip
    assert panel.figure is not None
    said = [note["text"] for note in panel.figure["layout"]["annotations"]]
    said += [words for trace in panel.figure["data"] for words in trace.get("hovertext", ())]
    said += [str(value) for value in panel.table.select_dtypes("str").to_numpy().ravel()]
    assert not [words for words in said if "nan" in words.lower().split() or "(nan" in words]
