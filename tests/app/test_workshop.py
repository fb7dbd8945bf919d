"""A workshop over HTTP: people join and answer on their devices, the facilitator sees the spread, and decides."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app import Settings, create_app
from data import state as st
from data.state import State
from pages._shared import judging, workshop

from .conftest import DEMONSTRATION

HERE = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workshop") / "store"
    shutil.copytree(DEMONSTRATION, folder, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    return folder


@pytest.fixture(scope="module")
def own(store: Path) -> Dash:
    return create_app(Settings(store=store))


@pytest.fixture(autouse=True)
def clean(store: Path) -> None:
    for file in store.glob("state.sqlite*"):
        file.unlink()


@pytest.fixture
def analyst(own: Dash) -> FlaskClient:
    return own.server.test_client()


def do(client: FlaskClient, action: str, session: str = "", **fields: str) -> dict[str, str]:
    answer = client.post("/workshop/do", data={"do": action, "session": session, **fields}, headers=HERE)
    said: dict[str, str] = answer.get_json()
    assert ("problem" in said) == (answer.status_code != 200)
    return said


def parts(client: FlaskClient, session: str, **more: str) -> dict[str, str]:
    found: dict[str, str] = client.get("/workshop/parts", query_string={"session": session, **more}).get_json()
    return found


def table(client: FlaskClient, panel: str, **query: str) -> list[dict[str, str]]:
    """The rows of a panel's download."""
    text = client.get(f"/download/{panel}.csv", query_string=query).get_data(as_text=True).removeprefix("\ufeff")
    heading, *rows = [row for row in csv.reader(io.StringIO(text)) if not row[0].startswith("#")]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def begin(client: FlaskClient, name: str = "December") -> str:
    return do(client, "new", name=name)["session"]


def opened(client: FlaskClient, session: str) -> str:
    do(client, "open", session, agencies="Council\nPolice")
    found = re.search(r"/join/([A-Z0-9]{6})", parts(client, session)["live"])
    assert found
    return found[1]


def device(app: Dash, code: str, agency: str = "Police") -> FlaskClient:
    client = app.server.test_client()
    answer = client.post("/join", data={"code": code, "agency": agency}, headers=HERE)
    assert (answer.status_code, answer.location) == (303, "/join")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Path=/join" in answer.headers["Set-Cookie"]
    return client


def answer(client: FlaskClient, **values: float) -> int:
    page = client.get("/join").get_data(as_text=True)
    number = re.search(r'name="round" value="(\d+)"', page)
    assert number
    data = {"round": number[1], **{f"item:{key.replace('_', '-')}": str(value) for key, value in values.items()}}
    return client.post("/join/answers", data=data, headers=HERE).status_code


def test_four_devices_answer_and_the_screen_shows_the_four_without_names(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    code = opened(analyst, session)
    devices = [device(own, code.lower(), agency) for agency in ("Council", "Police", "Police", "Council")]
    waiting = devices[0].get("/join").get_data(as_text=True)
    assert "You are in" in waiting
    assert 'data-token="wait-0"' in waiting
    assert devices[0].get("/join/now").get_data(as_text=True) == "wait-0"
    assert own.server.test_client().get("/join/now").get_data(as_text=True) == "over"
    assert "Council 2, Police 2" in parts(analyst, session)["live"]
    do(analyst, "ask-scores", session, criterion="influence")
    asked = devices[0].get("/join/now").get_data(as_text=True)
    assert f'data-token="{asked}"' in devices[0].get("/join").get_data(as_text=True)
    for number, client in enumerate(devices[:2]):
        answer(client, burglary=number)
    screen = parts(analyst, session)["round"]
    assert "2 of 4 joined have answered" in screen
    assert "dot" not in screen
    assert "shown from the third on" in screen
    for number, client in enumerate(devices[2:], start=2):
        answer(client, burglary=number)
    screen = parts(analyst, session)["round"]
    assert "4 of 4 joined have answered" in screen
    assert screen.count('class="dot"') == 4
    assert '<td class="n">1.5</td>' in screen
    assert "Council" not in screen
    assert "Police" not in screen
    mine = devices[3].get("/join").get_data(as_text=True)
    assert re.search(r'name="item:burglary" value="3" checked', mine)
    assert "Sent." in mine

    assert do(analyst, "use", session, round="1")["problem"] == "Close the round first."
    do(analyst, "close-round", session, round="1")
    assert "The round is closed" in devices[0].get("/join").get_data(as_text=True)
    do(analyst, "use", session, round="1")
    kept = {v.key: v.body for v in st.read_values(_state(own), session, "entry")}
    assert kept["burglary/influence"]["value"] == pytest.approx(1.5 / 5)
    assert kept["burglary/influence"]["by"] == "Workshop, 4 people"


def _state(app: Dash) -> State:
    return State(app.server.config["CSP_WAREHOUSE"].snapshot_dir.parent.parent)


def test_the_link_names_this_computer_as_others_reach_it(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSP_PASSPHRASE", "correct horse battery")
    client = create_app(Settings(store=store, host="0.0.0.0")).server.test_client()
    client.post("/sign-in", data={"passphrase": "correct horse battery"}, headers=HERE)
    session = begin(client)
    do(client, "open", session, agencies="Council")
    link = re.search(r">http://([^<]+)/join/", parts(client, session)["live"])
    assert link
    assert "localhost" not in link[1]
    cookie = client.get_cookie("csp_analyst")
    assert cookie is not None
    client.set_cookie("csp_analyst", cookie.value, domain="dash.council.example")
    there = "http://dash.council.example:8050"
    told = client.get("/workshop/parts", query_string={"session": session}, base_url=there).get_json()
    assert "http://dash.council.example:8050/join/" in told["live"]


def test_weights_are_weighed_and_used(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    code = opened(analyst, session)
    do(analyst, "ask-weights", session)
    page = device(own, code).get("/join").get_data(as_text=True)
    assert "Is there more of it than in areas like ours?" in page
    assert "What you have not sent is lost" in page
    for harm in (10, 10, 10):
        answer(device(own, code), harm=harm, volume=5)
    do(analyst, "close-round", session, round="1")
    do(analyst, "use", session, round="1")
    assert "are taken as weights" in parts(analyst, session)["round"]
    assert 'data-do="use"' not in parts(analyst, session)["round"]
    weights = {v.key: v.body for v in st.read_values(_state(own), session, "weight")}
    assert weights["harm"] == 100
    assert weights.get("volume", 50.0) == 50
    assert weights["change"] == 0


def test_a_workshop_survives_a_restart(own: Dash, analyst: FlaskClient, store: Path) -> None:
    session = begin(analyst)
    code = opened(analyst, session)
    do(analyst, "ask-scores", session, criterion="concern")
    client = device(own, code)
    cookie = client.get_cookie("csp_device", path="/join")
    assert cookie is not None
    answer(client, burglary=4)
    again = create_app(Settings(store=store))
    same = again.server.test_client()
    same.set_cookie("csp_device", cookie.value, path="/join")
    assert re.search(r'name="item:burglary" value="4" checked', same.get("/join").get_data(as_text=True))
    assert answer(same, burglary=2) == 303
    assert "1 of 1 joined has answered" in parts(again.server.test_client(), session)["round"]


def test_codes_cannot_be_guessed_and_a_closed_workshop_lets_nobody_in(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    code = opened(analyst, session)
    client = own.server.test_client()
    client.environ_base["REMOTE_ADDR"] = "127.0.0.77"
    said = [client.get(f"/join/WRONG{n}").status_code for n in range(2, 10)]
    said += [client.post("/join", data={"code": "ABCDEF"}, headers=HERE).status_code for _ in range(4)]
    assert said == [404] * 10 + [429] * 2
    assert client.get(f"/join/{code}").status_code == 429
    inside = device(own, code)
    do(analyst, "close", session)
    assert own.server.test_client().get(f"/join/{code}").status_code == 404
    assert "The workshop has ended" in inside.get("/join").get_data(as_text=True)
    assert "Council" not in own.server.test_client().get("/join/ABCDEF").get_data(as_text=True)


def test_bad_answers_are_refused_in_words(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    code = opened(analyst, session)
    do(analyst, "ask-scores", session, criterion="concern")
    client = device(own, code)
    for data in ({"round": "1", "item:burglary": "9"}, {"round": "1", "item:burglary": "x"}, {"round": "x"},
                 {"round": "99", "item:burglary": "1"}, {"round": "1", "item:nothing": "1"}):  # fmt: skip
        refused = client.post("/join/answers", data=data, headers=HERE)
        assert refused.status_code == 409
        assert 'class="problem"' in refused.get_data(as_text=True)
    stranger = own.server.test_client()
    assert stranger.post("/join/answers", data={"round": "1", "item:burglary": "1"}, headers=HERE).location == "/join"
    assert "0 of 1" in parts(analyst, session)["round"]
    wrong = stranger.post("/join", data={"code": code, "agency": "<script>"}, headers=HERE)
    assert wrong.status_code == 400
    assert "<script>" not in wrong.get_data(as_text=True).replace('<script src="/assets', "")


def test_a_session_is_named_copied_compared_locked_and_deleted(analyst: FlaskClient) -> None:
    first = begin(analyst, "First")
    second = do(analyst, "copy", first, name="Second")["session"]
    do(analyst, "rename", second, name="Second thoughts")
    nothing = table(analyst, "session_differences", session=first, compare=second)
    assert nothing == []
    do(analyst, "choose", second, problem="burglary", why="It hurts")
    compared = table(analyst, "session_differences", session=first, compare=second)
    assert [(row["what"], row["here"], row["there"]) for row in compared] == [
        ("Chosen priorities", "none yet", "Burglary")
    ]
    do(analyst, "lock", first)
    assert "locked" in do(analyst, "choose", first, problem="burglary", why="x")["problem"]
    assert "locked" in parts(analyst, first)["live"]
    assert "First (locked)" not in parts(analyst, first)["sessions"]  # a chip beside it says so
    assert "First (locked)" in parts(analyst, second)["sessions"]
    do(analyst, "unlock", first)
    assert do(analyst, "delete", second)["session"] == ""
    assert "is not there" in parts(analyst, second)["sessions"]
    assert do(analyst, "new", name=" ")["problem"] == "A session needs a name."
    assert do(analyst, "new", name="x", session=first)["session"]


def test_what_the_address_holds_is_kept_in_a_new_session(own: Dash, analyst: FlaskClient) -> None:
    search = "?from=2024-01&to=2024-06&weights=harm~80"
    session = do(analyst, "new", name="From the address", search=search)["session"]
    kept = st.read_session(_state(own), session)
    assert kept is not None
    assert kept.query == "from=2024-01&to=2024-06"
    assert kept.snapshot == own.server.config["CSP_WAREHOUSE"].snapshot
    assert {v.key: v.body for v in st.read_values(_state(own), session, "weight")} == {"harm": 80}


def test_the_decision_record_is_printed_and_exported(analyst: FlaskClient) -> None:
    session = begin(analyst, "Board's choice")
    do(analyst, "choose", session, problem="burglary", why="=HYPERLINK <b>")
    do(analyst, "objective", session, problem="burglary", objective="Fewer repeat victims", indicator="Repeat victims",
       baseline="120", target="90", owner="Housing lead")  # fmt: skip
    do(analyst, "attendance", session, role="Chief inspector", agency="Police")
    do(analyst, "dissent", session, text="Drugs should stand higher", role="Health")
    do(analyst, "note", session, text="Look again in June")
    assert "Someone else" in do(analyst, "choose", session, problem="burglary", why="again")["problem"]

    page = analyst.get(f"/workshop/record?session={session}").get_data(as_text=True)
    for words in ("1. Burglary", "=HYPERLINK &lt;b&gt;", "Fewer repeat victims", "Chief inspector, Police",
                  "Drugs should stand higher – Health", "Look again in June", "snapshot 2025"):  # fmt: skip
        assert words in page
    said: dict[str, Any] = analyst.get(f"/workshop/record.json?session={session}").get_json()
    assert said["chosen"][0]["objectives"][0]["target"] == "90"
    assert [change["kind"] for change in said["history"]] == [
        "chosen", "ranking", "objective", "attendance", "dissent", "note",
    ]  # fmt: skip
    assert sum(one["share"] for one in said["weights"]) == pytest.approx(1, abs=0.001)
    text = analyst.get(f"/workshop/record.csv?session={session}").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {"part": "priority", "item": "Burglary", "detail": "why", "value": "'=HYPERLINK <b>", "by": ""} in rows
    assert ("objective", "Burglary", "target", "90", "Housing lead") in [tuple(row.values()) for row in rows]
    for path in ("/workshop/record", "/workshop/record.json", "/workshop/record.csv"):
        assert analyst.get(path + "?session=none").status_code == 404
    key = said["chosen"][0]["key"]
    do(analyst, "remove", session, kind="chosen", key=key)
    assert analyst.get(f"/workshop/record.json?session={session}").get_json()["chosen"] == []
    assert do(analyst, "remove", session, kind="weight", key="harm")["problem"]


def test_before_a_decision_the_record_has_the_weights_that_count(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    st.put_value(_state(own), session, "weight", "harm", 100.0)
    cells = table(analyst, "priority_matrix", session=session)
    counted = {cell["criterion"]: float(cell["weight_pct"]) for cell in cells}
    said = {one["criterion"]: 100 * one["share"] for one in records(analyst, session)["weights"]}
    assert said == pytest.approx(counted, abs=0.01)


def test_two_facilitators_at_once_both_keep_what_they_entered(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    other = own.server.test_client()
    do(analyst, "choose", session, problem="burglary", why="one")
    do(other, "choose", session, problem="drugs", why="two")
    record = parts(analyst, session)["record"]
    assert "1. Burglary" in record
    assert "2. Drugs" in record
    assert parts(other, session)["record"] == record


@pytest.mark.parametrize("what", ["notes", "row"])
def test_a_state_changed_by_hand_gives_one_clear_error_and_the_figures_stay(
    own: Dash, analyst: FlaskClient, store: Path, what: str
) -> None:
    session = begin(analyst)
    do(analyst, "choose", session, problem="burglary", why="x")
    file = store / State.FILE
    if what == "notes":
        for leftover in store.glob("state.sqlite-*"):
            leftover.unlink()
        file.write_text("my notes " * 400)
    else:
        import sqlite3

        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE session_values SET body = '[1'")
        connection.close()
    said = parts(analyst, session)
    text = "".join(said.values())
    assert text.count('role="alert"') == 1
    assert "cannot be read" in text
    assert do(analyst, "attendance" if what == "notes" else "delete", session, role="x").get("problem") or what == "row"
    for path in ("/", "/snapshot", f"/download/category_totals.csv?session={session}", "/join"):
        answer = analyst.get(path)
        assert answer.status_code == 200, path
        assert "Traceback" not in answer.get_data(as_text=True)


def records(client: FlaskClient, session: str) -> dict[str, Any]:
    said: dict[str, Any] = client.get(f"/workshop/record.json?session={session}").get_json()
    return said


def test_the_choice_can_be_reworded_and_reordered_until_the_session_is_locked(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    for problem in ("burglary", "drugs", "robbery"):
        do(analyst, "choose", session, problem=problem, why=f"Why {problem}")
    do(analyst, "objective", session, problem="drugs", objective="Fewer dealers", target="9")
    do(analyst, "dissent", session, text="Not drugs", role="Health")
    page = parts(analyst, session)["record"]
    assert 'aria-label="Change Burglary"' in page
    assert page.count("Earlier: ") == page.count("Later: ") == 3

    do(analyst, "move", session, kind="chosen", key="robbery", by="-1")
    do(analyst, "move", session, kind="chosen", key="burglary", by="1")
    do(analyst, "move", session, kind="chosen", key="drugs", by="1")  # last already
    said = records(analyst, session)
    assert [one["key"] for one in said["chosen"]] == ["robbery", "burglary", "drugs"]
    drugs = said["chosen"][2]
    do(analyst, "edit", session, kind="chosen", key="drugs", version=drugs["version"], why="Because")
    objective = drugs["objectives"][0]
    do(analyst, "edit", session, kind="objective", key=objective["key"], version=objective["version"],
       objective="No dealers", target="0")  # fmt: skip
    changed = records(analyst, session)["chosen"][2]
    assert (changed["why"], changed["objectives"][0]["objective"]) == ("Because", "No dealers")
    assert changed["objectives"][0]["problem"] == "drugs"
    dissent = records(analyst, session)["dissent"][0]
    do(analyst, "edit", session, kind="dissent", key=dissent["key"], version=dissent["version"], text="Not only drugs")
    assert records(analyst, session)["dissent"][0]["text"] == "Not only drugs"

    # In view of an older version, without words, of what is gone, or of what is no part of the record: refused.
    for fields, words in (
        ({"kind": "chosen", "key": "drugs", "version": drugs["version"], "why": "Late"}, "Someone else"),
        ({"kind": "chosen", "key": "drugs", "version": changed["version"], "why": " "}, "Fill in the field"),
        ({"kind": "chosen", "key": "arson", "version": "1", "why": "x"}, "not there any more"),
        ({"kind": "ranking", "key": "decided", "version": "1"}, "cannot be changed here"),
        ({"kind": "chosen", "key": "drugs", "version": "x", "why": "x"}, "cannot be changed here"),
    ):
        assert words in do(analyst, "edit", session, **fields)["problem"]
    assert "cannot be moved" in do(analyst, "move", session, kind="note", key="x", by="1")["problem"]
    assert "cannot be moved" in do(analyst, "move", session, kind="chosen", key="drugs", by="5")["problem"]

    do(analyst, "lock", session)
    locked = parts(analyst, session)["record"]
    assert "Change Burglary" not in locked
    assert "locked" in do(analyst, "move", session, kind="chosen", key="drugs", by="-1")["problem"]
    version = changed["version"]
    assert "locked" in do(analyst, "edit", session, kind="chosen", key="drugs", version=version, why="x")["problem"]


def test_a_decision_keeps_its_ranking_and_shows_where_it_no_longer_agrees(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    assert table(analyst, "decision_ranking", session=session) == []
    search = f"?session={session}&from=2024-01&to=2024-12&top=2"
    do(analyst, "choose", session, problem="burglary", why="x", search=search)
    kept = records(analyst, session)["decided"]
    assert kept["snapshot"] == own.server.config["CSP_WAREHOUSE"].snapshot
    assert kept["top"] == 2
    assert "from=2024-01&to=2024-12" in records(analyst, session)["query"]
    page = analyst.get(f"/workshop/record?session={session}").get_data(as_text=True)
    for words in ("Period: Jan ", "Compared with: Jan ", "Harm weights: "):
        assert words in page
    shown = {row["problem_key"]: row for row in table(analyst, "priority_ranking", **_query(search))}
    assert {one["key"] for one in kept["problems"]} == set(shown)
    for one in kept["problems"]:
        for part in ("rank", "score", "top_share", "rank_low", "rank_high"):
            assert one[part] == pytest.approx(float(shown[one["key"]][part]), abs=1e-6)
    assert sum(kept["weights"].values()) == pytest.approx(1)
    assert {row["agrees"] for row in table(analyst, "decision_ranking", session=session)} == {"agrees"}

    # Somebody sets another weight: the record keeps what it was, and says what moved.
    st.put_value(_state(own), session, "weight", "harm", 100.0)
    st.put_value(_state(own), session, "weight", "volume", 0.0)
    moved = table(analyst, "decision_ranking", session=session)
    assert {row["agrees"] for row in moved} != {"agrees"}
    now = {row["problem_key"]: row for row in table(analyst, "priority_ranking", **_query(search))}
    then = {one["key"]: one for one in kept["problems"]}
    for row in moved:
        assert float(row["rank_then"]) == then[row["problem_key"]]["rank"]
        assert float(row["rank_now"]) == float(now[row["problem_key"]]["rank"])
    text = analyst.get(f"/download/decision_ranking.csv?session={session}").get_data(as_text=True)
    assert re.search(r"harm of one incident \d+.% then, \d+.% now", text)
    page = analyst.get(f"/workshop/record?session={session}").get_data(as_text=True)
    assert "The ranking at the decision" in page
    said = records(analyst, session)
    assert said["decided"] == kept
    assert said["agreement"]["finding"] in page

    # Locking keeps the ranking as it is now.
    do(analyst, "lock", session, search=search)
    assert records(analyst, session)["decided"]["at"] >= kept["at"]
    assert {row["agrees"] for row in table(analyst, "decision_ranking", session=session)} == {"agrees"}
    rows = analyst.get(f"/workshop/record.csv?session={session}").get_data(as_text=True)
    assert "ranking,Burglary,rank," in rows


def test_the_shared_screen_shows_how_to_join_and_the_answers(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    code = opened(analyst, session)

    def screen() -> str:
        found: dict[str, str] = analyst.get(f"/workshop/parts?session={session}&screen=1").get_json()
        assert {part for part, text in found.items() if text} == {"screen", "sign"}
        return found["screen"]

    assert f"{code[:3]} {code[3:]}" in screen()
    assert "Waiting for the first question" in screen()
    do(analyst, "ask-scores", session, criterion="influence")
    for number in range(3):
        assert "shown from the third on" in screen()
        answer(device(own, code, "Police"), burglary=number)
    assert "3 of 3 joined have answered" in screen()
    assert screen().count('class="dot"') == 3
    assert "Police" not in screen()
    page = analyst.get(f"/workshop/screen?session={session}").get_data(as_text=True)
    assert "December – shared screen" in page
    assert "Round open: 3 of 3 answered" in parts(analyst, session)["sessions"]
    assert "is not there" in analyst.get("/workshop/parts?session=none&screen=1").get_json()["screen"]
    do(analyst, "lock", session)
    assert "This session is locked" in screen()


def test_a_locked_session_says_so_where_weights_are_set(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst, "Board")
    search = f"?session={session}"
    with own.server.test_request_context("/"):
        assert judging.shown(search)["locked"] == ""
        do(analyst, "lock", session)
        assert judging.shown(search)["locked"].startswith("“Board” is locked")
        assert "other filters" not in judging.shown(search)["locked"]
        assert "other filters" in judging.shown(f"{search}&from=2024-01&to=2024-06")["locked"]
        told = judging.heard({"kind": "weight", "weights": "harm~80", "seen": "harm~50"}, search)[0]["told"]
    assert "is locked" in told


def _query(search: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in search[1:].split("&"))


@pytest.mark.parametrize("body", [[], {"at": "x"}, {"at": "2026-01-01", "problems": [{"key": 1}]}])
def test_a_kept_ranking_changed_by_hand_is_named(own: Dash, analyst: FlaskClient, body: Any) -> None:
    session = begin(analyst)
    st.put_value(_state(own), session, "ranking", "decided", body)
    assert "was changed by hand: record the decision again" in parts(analyst, session)["sessions"]
    assert analyst.get(f"/workshop/record?session={session}").status_code == 409
    text = analyst.get(f"/download/decision_ranking.csv?session={session}").get_data(as_text=True)
    assert "The decision cannot be read" in text


def test_two_sessions_stand_side_by_side(own: Dash, analyst: FlaskClient) -> None:
    first, second = begin(analyst, "First"), begin(analyst, "Second")
    state = _state(own)
    st.put_values(state, second, "weight", {"harm": 100.0, "volume": 0.0})
    entry = {"problem": "drugs", "criterion": "harm", "value": 1.0, "by": "Chair", "at": "2026-03-01T10:00:00Z"}
    st.put_value(state, second, "entry", "drugs/harm", {**entry, "reason": "County lines"})
    st.put_value(state, second, "left-out", "bicycle-theft", True)
    both = {"session": first, "compare": second}
    ranks = {row["problem_key"]: row for row in table(analyst, "session_rankings", **both)}
    for key, session in (("rank_here", first), ("rank_there", second)):
        alone = {row["problem_key"]: row["rank"] for row in table(analyst, "priority_ranking", session=session)}
        assert {problem: row[key] for problem, row in ranks.items() if row[key]} == alone
    gone = ranks["bicycle-theft"]
    assert (gone["rank_there"], gone["moved_words"]) == ("", "not ranked there")
    drugs = ranks["drugs"]
    assert float(drugs["moved"]) == float(drugs["rank_there"]) - float(drugs["rank_here"]) < 0
    assert drugs["moved_words"].endswith("lower")
    said = {row["what"]: row for row in table(analyst, "session_differences", **both)}
    harm = said["Weight of harm of one incident"]
    cells = [table(analyst, "priority_matrix", session=one) for one in (first, second)]
    weights = [next(float(cell["weight_pct"]) for cell in rows if cell["criterion_key"] == "harm") for rows in cells]
    assert [harm["here"], harm["there"]] == [f"{weight:.0f}\u202f%" for weight in weights]
    assert float(harm["difference"]) == pytest.approx(weights[0] - weights[1], abs=1e-6)
    assert weights[1] > weights[0]
    score = said["Drugs, harm of one incident"]
    assert "from the evidence" in score["here"]
    assert score["there"] == "5 of 5 (Chair): County lines"
    assert said["Problem: bicycle theft"]["there"] == "not ranked: not up for choice"
    text = analyst.get("/download/session_differences.csv", query_string=both).get_data(as_text=True)
    assert "one score and one problem differ between the two sessions" in text
    # The same sessions the other way round mirror it.
    turned = {row["problem_key"]: row for row in table(analyst, "session_rankings", session=second, compare=first)}
    assert {key: row["rank_here"] for key, row in turned.items()} == {key: r["rank_there"] for key, r in ranks.items()}


@pytest.mark.parametrize("compare", ["none", "../x", "", "a b"])
def test_a_session_that_is_not_there_compares_with_nothing(analyst: FlaskClient, compare: str) -> None:
    session = begin(analyst)
    for panel in ("session_rankings", "session_differences"):
        assert table(analyst, panel, session=session, compare=compare) == []


def test_the_spread_is_a_panel_without_names(own: Dash, analyst: FlaskClient) -> None:
    session = begin(analyst)
    code = opened(analyst, session)
    assert table(analyst, "workshop_spread", session=session) == []
    do(analyst, "ask-scores", session, criterion="influence")
    devices = [device(own, code, agency) for agency in ("Council", "Police", "Police", "Council")]
    for number, client in enumerate(devices[:2]):
        answer(client, burglary=number)
    few = table(analyst, "workshop_spread", session=session)
    assert {row["median"] for row in few} == {""}  # two answers: nobody's is told
    for number, client in enumerate(devices[2:], start=4):
        answer(client, burglary=number)
    text = analyst.get("/download/workshop_spread.csv", query_string={"session": session}).get_data(as_text=True)
    assert "Council" not in text
    assert "Police" not in text
    row = {row["item_key"]: row for row in table(analyst, "workshop_spread", session=session)}["burglary"]
    values = [0, 1, 4, 5]
    assert (float(row["median"]), row["n"], row["agreement"]) == (2.5, "4", "far apart")
    assert float(row["lower_quartile"]) == pytest.approx(0.75)  # by hand: 0 + 0.75 of the step from 0 to 1
    assert float(row["upper_quartile"]) == pytest.approx(4.25)
    assert len(values) == int(row["n"])
    screen = parts(analyst, session)["round"]
    assert "The room is split on burglary" in screen
    assert "0.75 to 4.25" in screen
    do(analyst, "close-round", session, round="1")
    do(analyst, "ask-weights", session)
    assert table(analyst, "workshop_spread", session=session, round="1")[0]["item_key"] == "burglary"
    assert {row["median"] for row in table(analyst, "workshop_spread", session=session)} == {""}


def test_a_session_says_when_it_was_saved_by_the_clocks_of_england(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = st.Session("a", "A", "s", "", "", "2026-07-01T15:18:00.000000+00:00", None, None)
    assert workshop._state_words(kept) == "Saved 1 Jul 2026"
    assert workshop._state_words(replace(kept, locked="2026-06-30T23:30:00+00:00")) == "Locked 1 Jul 2026"

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls(2026, 7, 1, 20, 0, tzinfo=tz)

    monkeypatch.setattr(workshop, "datetime", Clock)
    assert workshop._state_words(kept) == "Saved 16:18"
