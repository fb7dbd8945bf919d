"""Priorities against a plain recount of the store's Parquet, by hand, over what people say, and on real data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.context import load_context
from analytics.criteria import criteria
from analytics.judgement import EnteredCriterion, Entry, Judgement, Problem
from analytics.panels import Panel, View, build_panel
from analytics.panels._priorities import ranking_of
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.data.home_office import every_quarter, tables
from tests.data.world import HEADER, W1, W3, A, B, World, row

IDS = (
    "priority_matrix", "priority_robustness", "priority_ranking", "entered_scores", "harm_ranks", "priority_places",
    "value_functions", "criteria", "unrecorded_problems",
)  # fmt: skip
AT = datetime(2025, 3, 1, 10, tzinfo=UTC)


def shown(panel_id: str, warehouse: Warehouse, query: str = "", said: Judgement | None = None) -> Panel:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return build_panel(panel_id, warehouse, replace(selection, judgement=said or selection.judgement))


def stored(warehouse: Warehouse, name: str) -> pd.DataFrame:
    frame = pd.read_parquet(warehouse.snapshot_dir / f"{name}.parquet")
    if "month" in frame:
        frame["month"] = pd.to_datetime(frame["month"])
    return frame


def cells(panel: Panel) -> pd.DataFrame:
    return panel.table.set_index(["problem", "criterion_key"])


@pytest.mark.parametrize("panel_id", IDS)
@pytest.mark.parametrize("query", ["", "top=1&mix=order", "category=burglary,robbery", "from=2030-01&to=2030-12"])
def test_every_panel_speaks_in_every_state(demo: Warehouse, panel_id: str, query: str):
    for view in (View(), View("dark", "narrow")):
        selection, _ = Selection.from_query(query, load_context(demo))
        panel = build_panel(panel_id, demo, selection, view)
        assert 0 < len(panel.sentence) <= 90
        assert "nan" not in f"{panel.sentence} {panel.subtitle} {panel.caveats} {panel.message}".lower()
        if panel.figure is not None:
            assert "nan" not in str(panel.figure["layout"]).lower()
            go.Figure(panel.figure)


def test_evidence_is_recounted(demo: Warehouse):
    """Volume from the counts, the harm of one incident from the weights, concentration by hand over 250 m squares."""
    found = cells(shown("priority_matrix", demo))
    counts = stored(demo, "counts")
    selection = Selection.default(load_context(demo))
    inside = counts[counts["month"].between(pd.Timestamp(selection.start), pd.Timestamp(selection.end))]
    by_category = inside.groupby("category")["incidents"].sum()
    assert len(by_category) == 14
    for category, n in by_category.items():
        cell = found.loc[(category, "volume")]
        assert cell["evidence"] == n
        assert cell["value"] == pytest.approx(n / by_category.max())
        assert cell["words"] == f"{n:,}"
    assert found.loc[("Burglary", "harm"), "evidence"] == pytest.approx(244.6836, abs=1e-3)
    assert found.loc[("Anti-social behaviour", "harm"), "state"] == "unscored"
    assert math.isnan(found.loc[("Anti-social behaviour", "harm"), "value"])
    incidents = stored(demo, "incidents")
    robbery = incidents[
        incidents["in_partnership"] & (incidents["category"] == "Robbery") & incidents["easting"].notna()
        & incidents["month"].between(pd.Timestamp(selection.start), pd.Timestamp(selection.end))
    ]  # fmt: skip
    squares = (
        (robbery["easting"] // 250).astype(int).astype(str) + " " + (robbery["northing"] // 250).astype(int).astype(str)
    )
    held = squares.value_counts().cumsum()
    places = int((held < len(robbery) / 2 - 1e-9).sum()) + 1
    listed = shown("priority_places", demo).table.set_index("problem")
    assert listed.loc["Robbery", "places"] == places


def test_the_score_is_the_weighted_sum_and_the_order_its_order(demo: Warehouse):
    query = "weights=harm~100,volume~20,change~0,family~30,concern~0"
    matrix = shown("priority_matrix", demo, query)
    wide = matrix.table.pivot(index="problem", columns="criterion_key", values="value")
    points = pd.Series({"volume": 20, "harm": 100, "change": 0, "family": 30, "concentration": 50, "concern": 0})
    score = (wide.fillna(0.5)[points.index] * points / points.sum()).sum(axis=1)
    ranked = shown("priority_ranking", demo, query).table.set_index("problem")
    assert ranked["score"].to_dict() == pytest.approx(score.to_dict())
    assert list(ranked.index) == list(score.sort_values(ascending=False).index)
    weights = matrix.table.groupby("criterion_key")["weight_pct"].first()
    assert weights.sum() == pytest.approx(100)
    assert weights["harm"] == pytest.approx(50)
    assert ranked[[f"rank_{i}" for i in range(1, 15)]].sum(axis=1).to_list() == pytest.approx([100] * 14)
    assert ranked["top_share"].sum() == pytest.approx(300)


def test_an_order_of_importance_sets_weights_and_weightings(demo: Warehouse):
    kept = shown("priority_matrix", demo, "order=concentration,harm,volume~change,family,concern&mix=order")
    weights = kept.table.groupby("criterion_key")["weight_pct"].first()
    assert weights["concentration"] == pytest.approx(40.83, abs=0.01)  # the published centroid of six
    assert weights["volume"] == weights["change"]
    assert weights["concern"] == weights.min() < weights["family"]
    every = shown("priority_ranking", demo).table.set_index("problem")["top_share"]
    ordered = shown("priority_ranking", demo, "order=concentration,harm,volume~change,family,concern&mix=order")
    assert (ordered.table.set_index("problem")["top_share"] - every).abs().max() > 5


def test_what_people_enter_counts_beside_the_evidence(demo: Warehouse):
    said = Judgement(
        entries=(
            Entry("burglary", "harm", 0.2, "Safeguarding lead", AT, "Mostly sheds"),
            Entry("anti-social-behaviour", "harm", 0.4, "Workshop", AT, "Our own judgement", 0.2, 0.6),
            Entry("burglary", "influence", 0.8, "Council", AT),
        )
    )
    found = cells(shown("priority_matrix", demo, said=said))
    burglary = found.loc[("Burglary", "harm")]
    assert (burglary["value"], burglary["state"]) == (0.2, "entered")
    assert burglary["evidence_value"] == pytest.approx(math.log(244.6836) / math.log(365), abs=1e-4)
    asb = found.loc[("Anti-social behaviour", "harm")]
    assert (asb["value_lower"], asb["value_upper"], asb["words"]) == (0.2, 0.6, "2 of 5")
    assert ("Robbery", "influence") in found.index
    assert found.loc[("Robbery", "influence"), "state"] == "unscored"
    entered = shown("entered_scores", demo, said=said)
    assert entered.sentence == "Three scores were entered by hand, one in place of evidence"
    assert entered.table["reason"].to_list() == ["Mostly sheds", "Our own judgement", "no reason given"]
    assert entered.table["evidence"].to_list()[1:] == ["unscored", "unscored"]


def test_own_problems_are_counted_from_their_categories_and_wards(demo: Warehouse):
    context = load_context(demo)
    wards = tuple(ward.code for ward in context.wards[:3])
    said = Judgement(
        problems=(
            Problem("cars-west", "Cars, west", ("Vehicle crime",), (), wards),
            Problem("acquisitive", "Burglary and robbery", ("Burglary", "Robbery")),
            Problem("modern-slavery", "Modern slavery"),
            Problem("by-code", "Handling", (), ("54",)),
        ),
        left_out=("other-crime",),
        criteria=(EnteredCriterion("fit", "Fits our plans"),),
        unused=("family",),
        entries=(Entry("modern-slavery", "fit", 1.0, "Chair", AT),),
    )
    panel = shown("priority_matrix", demo, said=said)
    found = cells(panel)
    counts = stored(demo, "counts")
    selection = Selection.default(context)
    assert math.isnan(found.loc[("Cars, west", "concern"), "value"])  # nobody asked those wards alone
    assert found.loc[("Burglary and robbery", "concern"), "words"].replace("\u202f", " ") == "31 %"
    inside = counts[counts["month"].between(pd.Timestamp(selection.start), pd.Timestamp(selection.end))]
    west = inside[(inside["category"] == "Vehicle crime") & inside["ward_code"].isin(wards)]["incidents"].sum()
    assert found.loc[("Cars, west", "volume"), "evidence"] == west
    both = inside[inside["category"].isin(["Burglary", "Robbery"])].groupby("category")["incidents"].sum()
    assert found.loc[("Burglary and robbery", "volume"), "evidence"] == both.sum()
    harm = (both["Burglary"] * 244.6836 + both["Robbery"] * 365) / both.sum()
    assert found.loc[("Burglary and robbery", "harm"), "evidence"] == pytest.approx(harm, rel=1e-4)
    slavery = found.loc["Modern slavery"]
    assert slavery["state"].to_dict() == {
        "volume": "unscored", "harm": "unscored", "change": "unscored", "concentration": "unscored",
        "concern": "unscored", "fit": "entered",
    }  # fmt: skip
    assert "Handling" not in found.index.get_level_values(0)  # no offence codes are loaded, and nobody scored it
    assert "Not ranked, as there is neither evidence nor a score: handling." in panel.caveats
    assert "Other crime" not in found.index.get_level_values(0)
    assert "family" not in found.index.get_level_values(1)
    assert any("lies within vehicle crime" in caveat for caveat in panel.caveats)
    slavery_rank = shown("priority_ranking", demo, said=said).table.set_index("problem").loc["Modern slavery"]
    assert slavery_rank["score_high"] - slavery_rank["score_low"] == pytest.approx(5 / 6)


def test_a_weight_that_tips_the_choice_does(demo: Warehouse):
    """Setting the named weight a little beyond makes the change that was foretold."""
    frame = shown("priority_robustness", demo).table
    keys = {one.name: one.key for one in criteria().values()}
    moved = 0
    for tip in frame[frame["distance"].notna()].head(6).to_dict("records"):
        beyond = tip["weight_then"] + (0.2 if tip["weight_then"] > tip["weight_now"] else -0.2)
        others = [
            key
            for key in ("volume", "harm", "change", "family", "concentration", "concern")
            if key != keys[tip["criterion"]]
        ]
        points = {keys[tip["criterion"]]: beyond, **dict.fromkeys(others, (100 - beyond) / 5)}
        query = "weights=" + ",".join(f"{key}~{value:.6f}" for key, value in points.items())
        ranked = shown("priority_ranking", demo, query).table.set_index("problem")
        assert (ranked.loc[tip["problem"], "rank"] <= 3) != tip["now"].startswith("in")
        moved += 1
    assert moved == 6


def test_a_dominated_problem_is_never_first_and_order_of_problems_does_not_matter(demo: Warehouse):
    low = dict.fromkeys(criteria(), 0.0)
    said = Judgement(
        problems=(Problem("least", "Least"), Problem("nearly", "Nearly least")),
        entries=tuple(
            Entry(problem, key, value, "Test", AT, "Test")
            for problem, value in (("least", 0.0), ("nearly", 0.1))
            for key in low
        ),
    )
    ranked = shown("priority_ranking", demo, said=said).table.set_index("problem")
    assert ranked.loc["Least", "first_share"] == 0
    assert ranked.loc["Least", "rank"] > ranked.loc["Nearly least", "rank"]
    turned = replace(said, problems=said.problems[::-1])
    again = shown("priority_ranking", demo, said=turned).table.set_index("problem")
    assert again["score"].sort_index().to_list() == ranked["score"].sort_index().to_list()
    assert (again["top_share"] - ranked["top_share"]).abs().max() < 2  # other draws, the same shares


def test_harm_ranks_are_hidden_where_they_hang_on_the_weights(demo: Warehouse):
    panel = shown("harm_ranks", demo)
    frame = panel.table.set_index("problem")
    assert math.isnan(frame.loc["Violence and sexual offences", "harm_rank"])
    assert "depends on the weight" in frame.loc["Violence and sexual offences", "rank_words"]
    assert frame.loc["Anti-social behaviour", "rank_words"] == "no weight for it"
    assert frame.loc["Burglary", "harm"] == pytest.approx(frame.loc["Burglary", "incidents"] * 244.6836, rel=1e-5)
    low, high = frame["harm_low"].dropna(), frame["harm_high"].dropna()
    for name in low.index:  # by hand: own weight highest against the others' lowest, and the other way round
        best = 1 + (low.drop(name) > high[name]).sum()
        worst = 1 + (high.drop(name) > low[name]).sum()
        assert (frame.loc[name, "best_rank"], frame.loc[name, "worst_rank"]) == (best, worst)
        assert (best == worst) == (not math.isnan(frame.loc[name, "harm_rank"]))
    points = shown("harm_ranks", demo, "harm=ons").table.set_index("problem")
    assert points.loc["Burglary", "weight_high"] == pytest.approx(2288.669, abs=0.001)


def test_the_harm_finding_names_a_move_that_holds_whatever_the_weights(thurrock: Warehouse):
    """Recounted from the table: the largest rise from volume to the worst harm rank among those with a weight."""
    panel = shown("harm_ranks", thurrock)
    known = panel.table[panel.table["weight_central"].notna()]
    rise = {
        row["problem"]: 1 + (known["incidents"] > row["incidents"]).sum() - row["worst_rank"]
        for row in known.to_dict("records")
    }
    most = max(rise, key=lambda name: rise[name])
    assert rise[most] >= 2
    assert panel.sentence.startswith(f"{most}: ")
    assert panel.sentence == "Robbery: 11th by volume, 2nd to 4th by harm; nine harm ranks depend on the weight"
    lines = [shape for shape in panel.figure["layout"]["shapes"] if shape["line"]["dash"] == "dot"]
    assert len(lines) == known["harm_rank"].isna().sum() == 9


def test_the_evidence_of_a_criterion_is_named_by_its_page(demo: Warehouse):
    table = shown("criteria", demo).table.set_index("criterion_key")
    assert table.loc["volume", "evidence"] == "Overview"
    assert table.loc["family", "evidence"] == "Comparators"
    assert table.loc["influence", "evidence"] == "people"
    assert not table["evidence"].str.contains("/").any()


def test_a_criterion_whose_evidence_is_not_loaded_says_so(tmp_path: Path):
    world = small_world(tmp_path)
    world.build()
    table = shown("criteria", Warehouse(world.store)).table.set_index("criterion_key")
    assert table.loc["concern", "evidence"] == "none loaded"
    assert table.loc["volume", "evidence"] == "Overview"


def test_offence_codes_weigh_by_offence():
    """Street-level files have no codes, so the counts are given."""
    from analytics.harm import HarmSet, Weight
    from analytics.panels._priorities import _harm

    mixed = Weight(1, 10, 100)
    harm = HarmSet("s", "S", "", "days", "", "", "", (("Burglary", mixed),), (("28E", Weight(40, 40, 40)),))
    counts = pd.DataFrame(
        {"category": ["Burglary", "Burglary", "Drugs"], "offence_code": ["28E", None, None], "incidents": [3, 1, 1]}
    )
    notes: dict[str, str] = {}
    assert _harm(counts, harm, dict(harm.categories), notes) == (pytest.approx(30.25), 32.5, pytest.approx(55))
    assert notes == {}
    assert math.isnan(_harm(counts[2:], harm, dict(harm.categories), notes)[1])
    assert notes["harm"] == "no weight for it"


def test_an_extract_with_offence_codes_is_counted_and_weighed_by_them(tmp_path: Path):
    """A column “Offence code” that a force adds: problems of codes have data, harm is that of the offences. Where some
    of the months looked at have none, codes do not count, else they would seem to have risen from nothing."""
    header = [*HEADER, "Offence code"]

    def rows(month: str, code: str) -> list[list[str]]:
        many = [[*row(W3, category="Vehicle crime", month=month), code] for _ in range(30)]
        return [*many, *([*row(W1, category="Vehicle crime", month=month), ""] for _ in range(10))]

    world = World.make(tmp_path)
    world.more = (
        '[[problems]]\nname = "Theft of cars"\ncodes = ["48"]\n'
        '[[problems]]\nname = "Theft of cars or drugs"\ncategories = ["Drugs"]\ncodes = ["48"]\n'
        '[[harm]]\nname = "Ours"\nsource = "Workshop"\nweights = { "Vehicle crime" = 2 }\ncodes = { "48" = 10 }\n'
    )
    for month in ("2024-01", "2025-01"):
        world.street(rows(month, " 48 "), month=month, header=header)
    world.build()
    query = "from=2025-01&to=2025-01"
    found = cells(shown("priority_matrix", Warehouse(world.store), query))
    assert found.loc[("Theft of cars", "volume"), "evidence"] == 30
    assert found.loc[("Theft of cars or drugs", "volume"), "evidence"] == 30
    assert found.loc[("Theft of cars", "harm"), "words"] == "10 points"
    assert found.loc[("Vehicle crime", "harm"), "words"] == "8 points"  # (30 x 10 + 10 x 2) / 40
    assert "Incidents with an offence code are weighed by their offence." in (
        shown("harm_ranks", Warehouse(world.store), query).caveats
    )

    world.street([line[:-1] for line in rows("2024-01", "")], month="2024-01")
    world.build()
    panel = shown("priority_matrix", Warehouse(world.store), query)
    found = cells(panel)
    assert "Theft of cars" not in found.index.get_level_values(0)
    assert found.loc[("Theft of cars or drugs", "volume"), "evidence"] == 0
    told = "Theft of cars or drugs is counted by categories alone: not every month looked at has offence codes."
    assert told in panel.caveats


def small_world(folder: Path, **how: Sequence[str]) -> World:
    """Incidents of two months, one set of own weights, and the Home Office's table of a year."""
    world = World.make(folder, **how)
    for month in ("2025-01", "2025-02"):
        rows = [row(W3, category="Vehicle crime", month=month) for _ in range(30)]
        rows += [row(W1, category="Shoplifting", month=month) for _ in range(4)]
        rows += [row(W1, category="Violence and sexual offences", month=month) for _ in range(3)]
        world.street([*rows, *(row(W1, month=month) for _ in range(5))], month=month)
    return world


def test_problems_and_weights_of_the_configuration(tmp_path: Path):
    world = small_world(tmp_path)
    world.more = (
        f'[[problems]]\nname = "Cars, south"\ncategories = ["Vehicle crime"]\nwards = ["{W3}"]\n'
        '[[problems]]\nname = "Modern slavery"\npeople_only = true\n'
        '[[harm]]\nname = "Ours"\nsource = "Workshop"\nweights = { "Anti-social behaviour" = 2, '
        '"Shoplifting" = [1, 5, 9] }\n'
    )
    world.build()
    warehouse = Warehouse(world.store)
    context = load_context(warehouse)
    assert [problem.name for problem in context.problems] == ["Cars, south", "Modern slavery"]
    assert [one.name for one in context.harm_sets] == ["Ours", "Cambridge Crime Harm Index", "ONS Crime Severity Score"]
    found = cells(shown("priority_matrix", warehouse))
    assert found.loc[("Cars, south", "volume"), "evidence"] == 60
    assert "Modern slavery" not in found.index.get_level_values(0)
    said = shown("priority_matrix", warehouse).caveats
    assert "Not ranked, as there is neither evidence nor a score: modern slavery." in said
    assert found.loc[("Anti-social behaviour", "harm"), "words"] == "2 points"
    assert found.loc[("Vehicle crime", "harm"), "words"] == "no weight for it"
    shoplifting = found.loc[("Shoplifting", "harm")]
    assert shoplifting["value"] == 1
    assert shoplifting["value_lower"] == 0


def test_categories_weigh_as_the_offences_recorded_here(tmp_path: Path):
    """The Home Office's table of the year says which offences a category is made of: then there is no range."""
    world = small_world(tmp_path, districts=(A, B))
    rows = [(10, "105A"), (1, "1/4.1/4.10/4.2")]
    tables(
        tmp_path / "recorded.ods",
        [line for n, code in rows for line in every_quarter("Alder and Beck", n, code=code, force="Essex")],
    )
    world.settings["extracts"]["recorded_crime"] = ["recorded.ods"]
    world.build()
    warehouse = Warehouse(world.store)
    frame = shown("harm_ranks", warehouse).table.set_index("problem")
    violence = frame.loc["Violence and sexual offences"]
    assert violence["weight_central"] == pytest.approx((10 * 10 + 5475) / 11)
    assert violence["weight_low"] == violence["weight_high"] == violence["weight_central"]
    assert "2025/26" in " ".join(shown("harm_ranks", warehouse).caveats)
    points = shown("harm_ranks", warehouse, "harm=ons").table.set_index("problem").loc["Violence and sexual offences"]
    assert points["weight_low"] == pytest.approx((10 * 13.5105 + 7973.3934) / 11)


def test_permuting_weights_by_scale_changes_nothing(demo: Warehouse):
    one = shown(
        "priority_ranking", demo, "weights=volume~20,harm~40,change~10,family~10,concentration~20,concern~30"
    ).table
    two = shown(
        "priority_ranking", demo, "weights=volume~10,harm~20,change~5,family~5,concentration~10,concern~15"
    ).table
    assert one["score"].to_list() == pytest.approx(two["score"].to_list())


def test_real_thurrock(thurrock: Warehouse):
    matrix = cells(shown("priority_matrix", thurrock))
    assert matrix.loc[("Violence and sexual offences", "volume"), "words"] == "5,802"
    assert matrix.loc[("Vehicle crime", "family"), "words"] == "10.0 v 5.6"
    assert matrix.loc[("Shoplifting", "change"), "words"].replace("\u202f", " ") == "+33 %"
    ranked = shown("priority_ranking", thurrock).table
    assert ranked["problem"].to_list()[:2] == ["Violence and sexual offences", "Shoplifting"]
    assert ranked["top_share"].iloc[0] == pytest.approx(86, abs=2)
    assert np.isfinite(ranked["score"]).all()


def test_no_family_no_points_and_a_break_in_the_points(leicester: Warehouse):
    matrix = cells(shown("priority_matrix", leicester))
    assert set(matrix["state"]) <= {"evidence", "unscored"}
    assert {"family", "concentration"}.isdisjoint(matrix.index.get_level_values(1))
    said = shown("priority_matrix", leicester).caveats
    assert "Against the family does not count: no family configured." in said
    assert "Concentration in places does not count: map points replaced within the period." in said
    listed = shown("priority_places", leicester)
    assert (listed.state, listed.ways[0].href) == ("no_data", "/data")
    before = shown("priority_places", leicester, "from=2021-01&to=2021-12&cfrom=2020-01&cto=2020-12")
    assert before.state == "ready"


def test_rankings_are_worked_out_once(demo: Warehouse, monkeypatch: pytest.MonkeyPatch):
    context = load_context(demo)
    selection = Selection.default(context)
    with demo.current.cursor() as cursor:
        first = ranking_of(cursor, selection, context)
        asked: list[int] = []
        monkeypatch.setattr("analytics.panels._priorities._ranked", lambda *_: asked.append(1))
        assert ranking_of(cursor, replace(selection, spot="3"), context) is first
    assert not asked


def test_a_problem_without_any_score_is_named_and_not_ranked(demo: Warehouse):
    """Nothing known would stand half way, above most: it must not become a priority by that."""
    said = Judgement(problems=(Problem("modern-slavery", "Modern slavery"),))
    ranked = shown("priority_ranking", demo, said=said).table
    assert "Modern slavery" not in set(ranked["problem"])
    assert len(ranked) == 14
    scored = replace(said, entries=(Entry("modern-slavery", "harm", 1.0, "Chair", AT, "Grave"),))
    assert "Modern slavery" in set(shown("priority_ranking", demo, said=scored).table["problem"])


def test_problems_without_recorded_data_are_listed_with_what_people_say(demo: Warehouse):
    none = shown("unrecorded_problems", demo)
    assert none.sentence == "Every problem ranked here has recorded data"
    assert none.table.empty
    said = Judgement(
        problems=(
            Problem("modern-slavery", "Modern slavery"),
            Problem("hate-crime", "Hate crime"),
            Problem("handling", "Handling", (), ("54",)),
            Problem("cars", "Cars and 48", ("Vehicle crime",), ("48",)),
        ),
        criteria=(EnteredCriterion("fit", "Fits our plans"),),
        entries=(
            Entry("modern-slavery", "fit", 0.8, "Chair", AT, "Our plan", 0.6, 1.0),
            Entry("modern-slavery", "influence", 0.4, "Police lead", AT),
            Entry("burglary", "fit", 0.1, "Chair", AT),
        ),
    )
    panel = shown("unrecorded_problems", demo, said=said)
    rows = panel.table.set_index(["problem", "criterion"])
    assert list(rows.index) == [
        ("Modern slavery", "Fits our plans"), ("Modern slavery", "Ability to influence"), ("Hate crime", "none"),
        ("Handling", "none"),
    ]  # fmt: skip
    fit = rows.loc[("Modern slavery", "Fits our plans")]
    assert (fit["score"], fit["reason"], fit["by"]) == ("4 of 5 (3 to 5)", "Our plan", "Chair, 1 March 2025")
    ranked = shown("priority_ranking", demo, said=said).table.set_index("problem")
    assert fit["rank"] == ranked.loc["Modern slavery", "rank"]
    assert fit["top_share"] == pytest.approx(ranked.loc["Modern slavery", "top_share"])
    assert rows.loc[("Hate crime", "none"), "rank_words"] == "not ranked"
    assert rows.loc[("Handling", "none"), "why"] == "no offence codes loaded"
    assert "offence codes of incidents, which Handling would need" in " ".join(panel.caveats)
    assert panel.sentence == "Three problems have no recorded data; nobody has scored two"
    assert fit["scored"] == 2
    assert ", scored on 2 of " in fit["rank_words"]
    keys = ("volume", "harm", "change", "family", "concentration", "concern")
    much = tuple(Entry("modern-slavery", key, 1.0, "Chair", AT, "Grave") for key in keys)
    first = shown("unrecorded_problems", demo, said=Judgement(problems=said.problems[:1], entries=much))
    assert first.sentence == "Modern slavery, without recorded data, is in the top three by people’s scores"
    unscored = shown("unrecorded_problems", demo, said=replace(said, entries=()))
    assert unscored.sentence == "Three problems have no recorded data, nor a score"
    cars = "Cars and 48 is counted by categories alone: not every month looked at has offence codes."
    assert cars in shown("priority_matrix", demo, said=said).caveats
