"""What people say on the Priorities page: into the address, or into the open session; refused in plain words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from analytics import sessions
from analytics.judgement import Judgement, JudgementError
from analytics.selection import Selection
from pages._shared import judging, server
from pages._shared.judging import heard, shown


def address(answer: list[Any]) -> str:
    return "?" + "&".join(f"{key}={value}" for key, value in answer[0]["query"].items() if value)


def test_a_problem_a_criterion_and_a_score_go_into_the_address(in_app: None) -> None:
    search = address(heard({"kind": "problem", "name": " Modern  slavery ", "categories": [], "wards": []}, ""))
    search = address(heard({"kind": "criterion", "name": "Fits our plans", "question": "Does it fit?"}, search))
    score = {"kind": "score", "problem": "modern-slavery", "criterion": "fits-our-plans", "value": "4", "by": "Chair"}
    search = address(heard(score, search))
    said = server.selection(search).judgement
    assert [problem.name for problem in said.problems] == ["Modern slavery"]
    assert said.entry("modern-slavery", "fits-our-plans").value == 0.8
    forms = shown(search)["forms"]
    assert "Modern slavery, Fits our plans" in forms
    assert 'value="fits-our-plans"' in forms
    gone = address(heard({"kind": "remove", "what": "problem", "key": "modern-slavery"}, search))
    assert server.selection(gone).judgement.entries == ()


def test_what_is_left_out_and_what_counts(in_app: None) -> None:
    search = address(heard({"kind": "ranked", "off": ["other-crime"]}, "?weights=harm~80"))
    search = address(heard({"kind": "counted", "off": ["family"]}, search))
    search = address(heard({"kind": "counted", "on": ["volume"], "off": []}, search))
    said = server.selection(search).judgement
    assert (said.left_out, said.unused, said.weights) == (("other-crime",), ("family",), (("harm", 80.0),))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "problem", "name": " "}, "The problem needs a name."),
        ({"kind": "problem", "name": "burglary"}, "There is a problem called “burglary” already."),
        ({"kind": "problem", "name": "x" * 81}, "at most 80 characters"),
        ({"kind": "criterion", "name": "Volume"}, "There is a criterion called “Volume” already."),
        ({"kind": "score", "problem": "burglary", "criterion": "harm", "value": "much"}, "a number from 0 to 5"),
        ({"kind": "score", "problem": "burglary", "criterion": "harm", "value": "7"}, "between 0 and 5"),
        ({"kind": "score", "problem": "burglary", "criterion": "harm", "value": "nan"}, "between 0 and 5"),
        ({"kind": "score", "problem": "burglary", "criterion": "harm", "value": "3"}, "Say who enters it"),
        (
            {"kind": "score", "problem": "burglary", "criterion": "harm", "value": "3", "by": "Chair"},
            "needs its reason",
        ),
        ({"kind": "score", "problem": "piracy", "criterion": "harm", "value": "3"}, "Choose a problem"),
        ({"kind": "ranked", "off": ["Not A Key"]}, "no key"),
        ({"kind": "weights", "weights": "harm"}, "needs a criterion and its points"),
        ({"kind": "nonsense"}, "nothing that can be said"),
    ],
)
def test_what_cannot_be_said_is_refused_in_plain_words(in_app: None, said: dict[str, Any], words: str) -> None:
    answer = heard(said, "")
    assert words in answer[0]["told"]
    assert answer[0]["query"] == {}


def test_an_address_holds_so_much_and_no_more(in_app: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "LONGEST_ADDRESS", 150)
    search = address(heard({"kind": "problem", "name": "Modern slavery"}, ""))
    answer = heard({"kind": "problem", "name": "Hidden harm in houses of multiple occupation, by letter"}, search)
    assert "open a workshop session" in answer[0]["told"]
    assert answer[0]["query"] == {}


def test_where_a_problem_is_defined_it_says_that_codes_find_nothing(in_app: None) -> None:
    assert "Not every month looked at has offence codes of incidents" in shown("")["forms"]


def test_an_open_session_hears_it_instead(in_app: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept:
        held = Judgement()

        def judgement(self, folder: str, session: str) -> Judgement | None:
            return self.held if session == "march" else None

        def change(self, folder: str, session: str, change: Callable[[Judgement], Judgement]) -> Judgement:
            if self.held.unused:
                raise JudgementError("The session is locked.")
            self.held = change(self.held)
            return self.held

    kept = Kept()
    monkeypatch.setattr(sessions, "_keeper", [kept])
    answer = heard({"kind": "weights", "weights": "harm~80", "order": "", "at": 7}, "?session=march")
    assert (answer[0]["query"], answer[1]) == ({}, 7)
    assert kept.held.weights == (("harm", 80.0),)
    assert shown("?session=march")["values"]["harm"]["points"] == 80
    heard({"kind": "counted", "off": ["family"]}, "?session=march")
    assert heard({"kind": "counted", "on": ["family"]}, "?session=march")[0]["told"] == "The session is locked."


class Session:
    """A session that is kept here, for the page's callbacks."""

    def __init__(self) -> None:
        self.held = Judgement()
        self.lock = threading.Lock()

    def judgement(self, folder: str, session: str) -> Judgement | None:
        return self.held

    def change(self, folder: str, session: str, change: Callable[[Judgement], Judgement]) -> Judgement:
        with self.lock:
            self.held = change(self.held)
        return self.held

    def say(self, **said: Any) -> dict[str, Any]:
        answer: dict[str, Any] = heard(said, "?session=march")[0]
        return answer


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    kept = Session()
    monkeypatch.setattr(sessions, "_keeper", [kept])
    return kept


def test_two_who_move_different_weights_both_keep_theirs(in_app: None, session: Session) -> None:
    """Both look at the same page: each sends the one slider they moved, and where it had stood."""
    first = session.say(kind="weight", weights="harm~80", seen="harm~50")
    second = session.say(kind="weight", weights="volume~20", seen="volume~50")
    assert (first["told"], second["told"]) == ("", "")
    assert dict(session.held.weights) == {"harm": 80, "volume": 20}
    assert first["seen"]["points"]["harm"] == 80
    # The same slider: who comes second is told, and nothing is lost.
    late = session.say(kind="weight", weights="harm~10", seen="harm~50")
    assert late["told"] == (
        "Someone else set harm of one incident to 80 in the meantime; your 10 was not taken. Move it again to change "
        "theirs."
    )
    assert dict(session.held.weights) == {"harm": 80, "volume": 20}
    assert session.say(kind="weight", weights="harm~10", seen="harm~80")["told"] == ""


def test_moves_in_the_order_of_importance_build_on_each_other(in_app: None, session: Session) -> None:
    stale = shown("?session=march")["seen"]["weights"]
    order = "volume,harm,change,family,concentration,concern"
    assert session.say(kind="weights", weights="", order=order, seen=stale)["told"] == ""
    assert "changed the weights" in session.say(kind="weights", weights="", order="", seen=stale)["told"]
    session.say(kind="place", criterion="change", how="up")
    session.say(kind="place", criterion="concentration", how="up")  # by someone who has not seen the move before
    assert [group[0] for group in session.held.order] == [
        "volume", "change", "harm", "concentration", "family", "concern",
    ]  # fmt: skip
    session.say(kind="place", criterion="concentration", how="equal")
    assert session.held.order[2:] == (("harm", "concentration"), ("family",), ("concern",))
    session.say(kind="place", criterion="volume", how="up")  # first already
    assert session.held.order[0] == ("volume",)
    # A slider ends the order and leaves the others where the order had put them.
    points = shown("?session=march")["seen"]["points"]
    session.say(kind="weight", weights="family~35", seen=f"family~{points['family']:g}")
    assert session.held.order == ()
    assert {key: session.held.points(key) for key in points} == {**points, "family": 35}
    assert "there is no order now" in session.say(kind="place", criterion="change", how="up")["told"]


def test_two_who_score_different_cells_both_keep_theirs_and_the_same_cell_is_told(
    in_app: None, session: Session
) -> None:
    score = {"kind": "score", "problem": "burglary", "value": "4", "reason": "Sheds", "by": "Chair", "seen": ""}
    assert session.say(**score, criterion="harm")["told"] == ""
    assert session.say(**score, criterion="volume")["told"] == ""
    late = session.say(**{**score, "value": "1", "by": "Police"}, criterion="harm")
    assert late["told"] == "Someone else entered 4 (Chair) there in the meantime. Look at it, then enter yours again."
    assert {entry.cell for entry in session.held.entries} == {("burglary", "harm"), ("burglary", "volume")}
    now = shown("?session=march")["seen"]["entries"]["burglary/harm"]
    assert session.say(**{**score, "value": "1", "seen": now}, criterion="harm")["told"] == ""
    assert session.held.entry("burglary", "harm").value == 0.2  # type: ignore[union-attr]


def test_boxes_that_two_tick_at_once_are_all_heard(in_app: None, session: Session) -> None:
    session.say(kind="ranked", on=[], off=["other-crime"])
    session.say(kind="ranked", on=[], off=["drugs"])
    assert session.held.left_out == ("other-crime", "drugs")
    session.say(kind="ranked", on=["other-crime"], off=[])
    assert session.held.left_out == ("drugs",)


def test_many_facilitators_at_once_lose_nothing(in_app: None, session: Session) -> None:
    keys = ["volume", "harm", "change", "family", "concentration"]
    flask = server.current_app._get_current_object()  # type: ignore[attr-defined]

    def move(key: str) -> str:
        with flask.test_request_context():
            return str(session.say(kind="weight", weights=f"{key}~{90 - keys.index(key)}", seen=f"{key}~50")["told"])

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(move, keys)) == [""] * 5
    assert {key: session.held.points(key) for key in keys} == {key: 90.0 - i for i, key in enumerate(keys)}


def test_others_in_a_session_are_heard(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept:
        held = Judgement()

        def judgement(self, folder: str, session: str) -> Judgement | None:
            return self.held

    kept = Kept()
    monkeypatch.setattr(sessions, "_keeper", [kept])
    assert client.get("/priorities/said").text == ""
    before = client.get("/priorities/said?session=march")
    kept.held = Judgement(unused=("family",))
    assert before.headers["Cache-Control"] == "no-store"
    assert client.get("/priorities/said?session=march").text not in {"", before.text}


def test_the_order_can_be_moved_by_its_buttons(in_app: None) -> None:
    made = shown("?order=harm,volume~change")
    assert "More important: Harm of one incident" in made["order"]
    assert "harm~volume~change" not in made["order"]  # volume is in a group already, harm stands first
    assert "volume,harm" in made["order"] or "change,harm" in made["order"] or "harm,change,volume" in made["order"]
    assert shown("")["order"] == ""
    assert shown("")["values"]["harm"] == {"points": 50.0, "share": "17\u202f%"}


def test_a_page_without_anything_to_rank_still_stands(in_app: None) -> None:
    context = server.context()
    search = address(heard({"kind": "ranked", "off": [c.slug for c in context.categories]}, ""))
    made = shown(search)
    assert made["values"] == {}
    assert "Problems that are ranked" in made["forms"]
    assert Selection.from_query(search, context)[1] == ()
