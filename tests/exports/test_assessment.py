"""The assessment's model, its command line and its pictures; the files themselves are read in test_documents."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from analytics import sessions
from analytics.__main__ import main
from analytics.context import load_context
from analytics.exports._ledger import Ledger, numbers_in
from analytics.exports._paper import cell
from analytics.exports._picture import can_draw, map_licence, picture
from analytics.exports.assessment import Commentary, _section, collect
from analytics.exports.decision import decision_of, decision_sentences
from analytics.exports.outline import LEFT_OUT, OUTLINE, items_of
from analytics.panels import Column, Panel, Source, build_panel, panel_specs
from analytics.selection import Selection
from analytics.session_keeper import Keeper
from data.state import State, new_session, put_value
from data.warehouse import Warehouse

ROOT = Path(__file__).parents[2]
STORE = ROOT / "data" / "demo" / "store"


def test_every_registered_panel_stands_in_exactly_one_section_or_is_left_out():
    pages = {panel_id: spec.page for panel_id, spec in panel_specs().items()}
    stand = [item.panel for section in OUTLINE for item in items_of(section, pages)]

    assert len(stand) == len(set(stand))
    assert set(stand) | (LEFT_OUT & set(pages)) == set(pages)
    assert not set(stand) & LEFT_OUT


def test_a_panel_registered_later_enters_by_itself():
    """By its name where the outline knows it, else by its page, else in the first section."""
    later = {"concentration": "hotspots", "harm_ranks": "priorities", "priority_matrix": "priorities", "odd": "x",
             "reconciliation": "comparators", "survey_fear": "perceptions", "votes": "workshop"}  # fmt: skip
    where = {item.panel: section.key for section in OUTLINE for item in items_of(section, later)}

    assert where == {
        "concentration": "places", "harm_ranks": "harm", "priority_matrix": "priorities", "reconciliation": "quality",
        "survey_fear": "perceptions", "votes": "priorities", "odd": "levels",
    }  # fmt: skip


def test_the_ledger_holds_every_number_said_and_nothing_else():
    ledger = Ledger()
    key = ledger.key("totals", "from=2025-01", "s1")
    text = key.say("finding", "Three of 14 rose by 12.5 % in 2025; a third are new")

    assert text.startswith("Three")
    assert [entry.value for entry in ledger.entries()] == ["Three", "14", "12.5", "2025", "third"]
    assert [entry.key for entry in ledger.entries()] == ["E1.1", "E1.2", "E1.3", "E1.4", "E1.5"]
    assert list(key.parts()) == [("E1.1–5", "finding", "Three · 14 · 12.5 · 2025 · third")]
    assert ledger.key("other", "", "s1").name == "E2"
    assert [used.name for used in ledger.with_numbers()] == ["E1"]
    assert numbers_in("no figures here") == []


def test_commentary_is_split_into_paragraphs_and_points():
    assert Commentary("One\nline.\n\n- a\n- b\n\nLast").paragraphs() == (
        (False, "One line."), (True, "a"), (True, "b"), (False, "Last"),
    )  # fmt: skip


def test_a_number_as_the_screen_rounds_it_is_no_stranger(demo):
    """The Overview's changes can be quoted in any section; a number that stands nowhere is told once."""
    table = build_panel("category_totals", demo, Selection.default(load_context(demo))).table.set_index("category")
    row = table.loc["Shoplifting"]
    words = f"Shoplifting rose by {row['change_pct']:.0f} %, to {row['compared']:,}: 987,654 or 987,654."
    made = collect(demo, commentary={key: Commentary(words) for key in ("summary", "levels", "places")})
    told = [warning for warning in made.warnings if "no figure beside it holds" in warning]
    assert len(told) == 3
    assert all(warning.endswith("no figure beside it holds 987,654.") for warning in told)


def test_the_end_of_an_interval_does_not_contradict_its_verdict():
    limit = Column("change_lower_cl", "Lower 95 %", "change")
    said = [cell(value, limit, {}).replace("\u202f", " ") for value in (0.04, -0.004, 0.0, 4.31, float("nan"))]
    assert said == ["+0.04 %", "\u22120.004 %", "0.0 %", "+4.3 %", "no data"]


def test_every_figure_of_the_document_is_drawn_without_a_browser(demo):
    """And a map holds more ink than an empty sheet, at the size asked for."""
    context = load_context(demo)
    selection = Selection.default(context)
    pages = {panel_id: spec.page for panel_id, spec in panel_specs().items()}
    drawn = 0
    for item in [item for section in OUTLINE for item in items_of(section, pages) if item.picture]:
        panel = build_panel(item.panel, demo, selection)
        if panel.state != "ready" or panel.figure is None:
            continue
        assert can_draw(panel.figure), item.panel
        if item.panel in {"ward_map", "hotspot_map", "control_chart", "ward_category", "coverage_matrix"}:
            made = picture(panel.figure, width=700, north=panel.is_map, sharp=1,
                           notes=map_licence(panel) if panel.is_map else ())  # fmt: skip
            pixels = np.asarray(Image.open(io.BytesIO(made.png)).convert("L"))
            assert pixels.shape == (made.height, 700)
            assert 0.01 < (pixels < 200).mean() < 0.8
            drawn += 1
    assert drawn == 5


def test_a_map_says_its_scale_its_north_its_key_and_its_licence(demo):
    panel = build_panel("ward_map", demo, Selection.default(load_context(demo)))
    words = [str(a.get("text")) for a in panel.figure["layout"]["annotations"]]

    assert any(word.endswith(("km", " m")) for word in words)
    assert any("per 1,000" in word for word in words)
    (licence,) = map_licence(panel)
    assert "North" in licence
    assert "MIT" in licence
    assert "Crown" not in licence
    real = replace(panel, sources=(Source("ONS", "Ward boundaries"),))
    assert "Open Government Licence v3.0. Contains OS data © Crown" in map_licence(real)[0]
    with_north, without = (picture(panel.figure, width=700, north=north, sharp=1).png for north in (True, False))
    assert with_north != without


def test_a_figure_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="cannot be drawn"):
        picture({"data": [{"type": "scattermap"}], "layout": {}})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "a.pdf"], "must end in .docx or .pptx or .xlsx"),
        (["--out", "a.docx", "--since", "nowhere"], "no earlier assessment, session or snapshot “nowhere”"),
    ],
)
def test_bad_input_is_one_clear_line(arguments, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["assessment", "--store", str(STORE), *arguments]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_store_that_is_none_is_one_clear_line(tmp_path, capsys):
    assert main(["assessment", "--store", str(tmp_path), "--out", str(tmp_path / "a.docx")]) == 1
    assert "there is no store here yet" in capsys.readouterr().err


def test_the_decision_of_a_session_stands_in_the_document(tmp_path):
    """With its reasons, objectives, who was there and who disagreed; without one it says that there is none."""
    store = tmp_path / "store"
    shutil.copytree(STORE, store)
    state, warehouse = State(store), Warehouse(store)
    session = new_session(state, "December", snapshot=warehouse.snapshot).id
    put_value(state, session, "chosen", "burglary", {"why": "It grew in 3 wards", "place": "1"})
    put_value(state, session, "objective", "a", {"problem": "burglary", "objective": "Fewer", "target": "5 % a year"})
    put_value(state, session, "attendance", "b", {"role": "Chair", "agency": "Police"})
    put_value(state, session, "dissent", "c", {"text": "Robbery is graver", "role": "Health"})
    context = load_context(warehouse)
    record = decision_of(context, session)
    said = [text for _, text, _ in decision_sentences(record)]

    assert "The workshop “December”" in said[0]
    assert said[0].endswith("chose Burglary.")
    assert said[1].startswith("Its record is not locked; it was last changed on ")
    assert said[2] == "1. Burglary: It grew in 3 wards."
    assert said[3] == "Objective for Burglary: Fewer; target 5 % a year."
    assert "Present: Chair of Police." in said
    assert "Dissent (Health): Robbery is graver" in said
    weighed = replace(record, weights=(("Volume", 50.0, 0.625), ("Harm", 30.0, 0.375)))
    told = [text.replace("\u202f", " ") for part, text, _ in decision_sentences(weighed) if part == "weights"]
    assert told == ["Weights of the criteria that count: Volume 62 % (50 points) and Harm 38 % (30 points)."]
    assert decision_of(context, None) is None
    assert [part for part, _, _ in decision_sentences(None)] == ["undecided"]


def test_an_empty_section_says_why_in_its_panels_own_words(demo):
    """And not in words that would be false where something is loaded; a section people fill keeps the outline's."""
    context = load_context(demo)
    pages = {"public_perceptions": "priorities", "unrecorded_problems": "priorities"}
    empty = pd.DataFrame(columns=["a"])
    made = {"table": empty, "columns": (), "subtitle": ""}
    panels = {
        "public_perceptions": Panel(
            id="public_perceptions", title="What residents say", state="no_data",
            sentence="No question that is loaded speaks of what is chosen",
            message="Choose other categories to see what residents say.", **made,
        ),
        "unrecorded_problems": Panel(id="unrecorded_problems", title="x", sentence="Every problem has data", **made),
    }  # fmt: skip
    built = {
        section.key: _section(section, panels, pages, context, None, Ledger(), "")
        for section in OUTLINE
        if section.key in {"perceptions", "unrecorded"}
    }
    assert built["perceptions"].absent.text == "No question that is loaded speaks of what is chosen."
    assert built["perceptions"].blocks == built["perceptions"].nothing == ()
    assert built["unrecorded"].absent.text.startswith("Nothing is entered yet.")
    late = {
        panel_id: replace(panels["public_perceptions"], id=panel_id, sentence="No data for Jan 2019", message="")
        for panel_id in ("category_bars", "control_chart")
    }
    levels = _section(OUTLINE[0], late, dict.fromkeys(late, "trends"), context, None, Ledger(), "")
    assert levels.absent is None
    assert [said.text for said in levels.nothing] == ["No data for Jan 2019."]
    without = _section(next(s for s in OUTLINE if s.key == "perceptions"), {}, {}, context, None, Ledger(), "")
    assert without.absent.text.startswith("No survey of residents and no indicator")


def test_a_problem_without_recorded_data_stands_in_its_section_with_peoples_scores(tmp_path):
    store = tmp_path / "store"
    shutil.copytree(STORE, store)
    sessions.use(Keeper())
    state, warehouse = State(store), Warehouse(store)
    session = new_session(state, "December", snapshot=warehouse.snapshot).id
    put_value(state, session, "problem", "modern-slavery", {"key": "modern-slavery", "name": "Modern slavery"})
    entry = {"problem": "modern-slavery", "criterion": "influence", "value": 0.8, "by": "Health",
             "at": "2026-11-20T10:00:00Z", "reason": "Two referrals"}  # fmt: skip
    put_value(state, session, "entry", "modern-slavery/influence", entry)
    context = load_context(warehouse)
    selection, _ = Selection.from_query(f"session={session}", context)
    panel = build_panel("unrecorded_problems", warehouse, selection)
    section = next(one for one in OUTLINE if one.key == "unrecorded")
    built = _section(section, {panel.id: panel}, {panel.id: "priorities"}, context, None, Ledger(), "")

    assert built.absent is None
    (block,) = built.blocks
    assert block.printed.rows[0][:4] == ("Modern slavery", "Ability to influence", "4 of 5", "Two referrals")
