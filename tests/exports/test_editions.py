"""What changed since the last assessment: two editions that differ in known ways."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analytics import sessions
from analytics.exports._ledger import Ledger
from analytics.exports.assessment import Commentary, _since, make_edition
from analytics.exports.editions import Conclusion, Edition, changes, edition_from_json, edition_to_json
from analytics.exports.kept import (
    commentary_of,
    earlier_edition,
    earlier_editions,
    keep_edition,
    read_commentary,
    save_commentary,
)
from analytics.session_keeper import Keeper
from data.errors import StateConflict
from data.state import State, new_session, put_value
from data.warehouse import Warehouse

STORE = Path(__file__).parents[2] / "data" / "demo" / "store"
BEFORE = Edition(
    snapshot="20250101T000000Z-aaaaaaaa",
    query="from=2024-01&to=2024-12",
    period="January to December 2024",
    made="2025-01-20",
    months=("2024-11", "2024-12"),
    rows=(("Essex Police 2024-11", 900), ("Essex Police 2024-12", 1000)),
    files=(("ward_boundaries", "Wards", "a" * 64), ("deprivation", "Deprivation", "b" * 64)),
    definitions=(("Wards", "North (N1); South (S1)"), ("Categories", "Burglary; Drugs"), ("Filters", "all wards")),
    conclusions=(
        Conclusion("lead", "In short", "Crime fell", ()),
        Conclusion("totals", "Change", "Drugs rose", (("Drugs", "rose"), ("Burglary", "no clear change"))),
    ),
)


def kinds(found):
    return {(one.kind, one.what): (one.before, one.now) for one in found}


def test_an_edition_against_itself_differs_in_nothing():
    assert changes(BEFORE, BEFORE) == ()


def test_each_kind_of_difference_is_named_with_both_sides():
    now = replace(
        BEFORE,
        snapshot="20260101T000000Z-bbbbbbbb",
        period="January to December 2025",
        months=("2024-12", "2025-01"),
        rows=(("Essex Police 2024-12", 1010), ("Essex Police 2025-01", 950)),
        files=(("ward_boundaries", "Wards", "c" * 64), ("deprivation", "Deprivation", "b" * 64)),
        definitions=(("Wards", "North (N1); South (S2)"), ("Categories", "Burglary; Drugs"), ("Filters", "one ward")),
        conclusions=(
            Conclusion("lead", "In short", "Crime rose", ()),
            Conclusion("totals", "Change", "Drugs rose", (("Drugs", "rose"), ("Burglary", "fell"))),
            Conclusion("new", "New question", "It is so", ()),
        ),
    )
    found = kinds(changes(BEFORE, now))

    assert found == {
        ("data", "Period"): ("January to December 2024", "January to December 2025"),
        ("data", "Snapshot"): (BEFORE.snapshot, now.snapshot),
        ("data", "Months loaded"): ("not loaded", "Jan 2025"),
        ("data", "Months no longer loaded"): ("Nov 2024", "not loaded"),
        ("data", "Rows of Essex Police 2024-12"): ("1,000", "1,010"),
        ("definition", "Filters"): ("all wards", "one ward"),
        ("boundary", "Wards"): ("South (S1)", "South (S2)"),
        ("conclusion", "In short"): ("Crime fell", "Crime rose"),
        ("conclusion", "New question"): ("not available", "It is so"),
        ("conclusion", "Change: Burglary"): ("no clear change", "fell"),
    }
    assert ("boundary", "Wards", "file aaaaaaaa") in {(c.kind, c.what, c.before) for c in changes(BEFORE, now)}


def test_an_edition_is_kept_as_it_was(tmp_path):
    assert edition_from_json(json.loads(json.dumps(edition_to_json(BEFORE)))) == BEFORE
    with pytest.raises(ValueError, match="cannot be read"):
        edition_from_json({"snapshot": "x"})
    (tmp_path / "snapshots").mkdir()
    keep_edition(tmp_path, BEFORE, "Board 2024")
    keep_edition(tmp_path, replace(BEFORE, made="2025-02-01"), "Board 2024")

    assert [one.name[:10] for one in earlier_editions(tmp_path)] == ["Board 2024"]
    assert earlier_edition(tmp_path, "Board 2024").made == "2025-02-01"
    with pytest.raises(ValueError, match="no earlier assessment"):
        earlier_edition(tmp_path, "Board 2023")


def test_the_demonstrations_editions_of_two_years_differ_where_their_panels_do(demo):
    now, before = make_edition(demo), make_edition(demo, "from=2023-01&to=2023-12")
    found = kinds(changes(before, now))
    said = {one.panel: one.finding for one in now.conclusions}
    title = {one.panel: one.title for one in now.conclusions}

    assert ("data", "Snapshot") not in found
    was = {one.panel: one.finding for one in before.conclusions}
    differ = [panel for panel in said if panel in was and was[panel] != said[panel]]
    assert len(differ) > 5
    for panel in differ:
        assert (was[panel], said[panel]) in found.values(), title[panel]
    assert len({panel.kind for panel in changes(before, now)}) >= 2
    assert not any(kind == "boundary" for kind, _ in found)


def test_a_workshop_session_is_compared_with_another(tmp_path):
    """The evidence of its own snapshot and period, its weights, its ranking and its decision."""
    store = tmp_path / "store"
    shutil.copytree(STORE, store)
    sessions.use(Keeper())
    state, snapshot = State(store), Warehouse(store).snapshot
    first, second = (
        new_session(state, name, snapshot=snapshot, query="from=2024-01&to=2024-12") for name in ("June", "December")
    )
    put_value(state, first.id, "chosen", "burglary", {"why": "It grew", "place": "1"})
    put_value(state, second.id, "chosen", "shoplifting", {"why": "It grew more", "place": "1"})
    put_value(state, second.id, "objective", "a", {"problem": "shoplifting", "objective": "Fewer", "target": "5 %"})
    put_value(state, second.id, "weight", "volume", 100.0)
    put_value(state, second.id, "weight", "harm", 0.0)
    before, now = earlier_edition(store, "June"), earlier_edition(store, second.id)
    found = kinds(changes(before, now))

    assert found["decision", "Priorities chosen"] == ("Burglary", "Shoplifting")
    assert found["decision", "Why Burglary"] == ("It grew", "none")
    assert found["decision", "Objectives for Shoplifting"] == ("none", "Fewer; target 5 %")
    then, after = found["definition", "Weights of the criteria"]
    assert "Harm of one incident" in then
    assert then != after
    places = {what: sides for (kind, what), sides in found.items() if kind == "ranking"}
    for name, (then, after) in places.items():
        if name != "Further down":
            assert (then, after) == tuple(f"place {one.ranking.index(name) + 1}" for one in (before, now))
    assert places
    assert before.ranking != now.ranking
    assert not any(kind == "boundary" for kind, _ in found)
    assert changes(before, earlier_edition(store, first.id)) == ()
    told = _since(before, now, Ledger())
    assert told.title.startswith("Since session “June” (January to December 2024): ")
    assert "with the settings of session “June”" in told.said.text
    assert edition_from_json(json.loads(json.dumps(edition_to_json(now)))) == now
    listed = {one.id: one.name for one in earlier_editions(store, session=second.id)}
    assert first.id in listed
    assert second.id not in listed
    assert "Workshop “June”" in listed[first.id]

    gone = new_session(state, "Long ago", snapshot="20200101T000000Z-00000000")
    assert gone.id not in {one.id for one in earlier_editions(store)}
    with pytest.raises(ValueError, match="not kept any more"):
        earlier_edition(store, "Long ago")


def test_an_edition_of_before_decisions_were_kept_still_reads():
    old = {k: v for k, v in edition_to_json(BEFORE).items() if k not in {"ranking", "decision"}}
    assert edition_from_json(old) == BEFORE
    now = replace(BEFORE, ranking=("a", "b"), definitions=(*BEFORE.definitions, ("Weights of the criteria", "x 100 %")))
    assert changes(edition_from_json(old), now) == ()


def test_two_people_editing_lose_nothing_silently(tmp_path):
    first = save_commentary(tmp_path, "places", "Mine", version=0)
    assert (first.version, read_commentary(tmp_path, "places").text) == (1, "Mine")

    second = save_commentary(tmp_path, "places", "Mine, longer\r\n", version=1)
    with pytest.raises(StateConflict) as conflict:
        save_commentary(tmp_path, "places", "Somebody else’s", version=1)
    assert conflict.value.current.body["text"] == second.text == "Mine, longer"
    with pytest.raises(StateConflict):
        save_commentary(tmp_path, "places", "A third", version=0)
    assert commentary_of(tmp_path)["places"].text == "Mine, longer"
    save_commentary(tmp_path, "places", "In a session", version=0, session="abc")
    assert commentary_of(tmp_path, "abc")["places"].text == "In a session"
    assert commentary_of(tmp_path)["places"].text == "Mine, longer"


def test_commentary_that_cannot_be_kept_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no section"):
        save_commentary(tmp_path, "nowhere", "x", version=0)
    with pytest.raises(ValueError, match="the most"):
        save_commentary(tmp_path, "places", "x" * 20_001, version=0)
    assert Commentary("  \n\n ").paragraphs() == ()
