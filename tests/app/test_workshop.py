"""A workshop over HTTP: people join and answer on their devices, the facilitator sees the spread, and decides."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app import Settings, create_app
from data import state as st
from data.state import State

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
    for harm in (10, 10, 10):
        answer(device(own, code), harm=harm, volume=5)
    do(analyst, "close-round", session, round="1")
    do(analyst, "use", session, round="1")
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
    assert "Nothing differs" in parts(analyst, first, compare=second)["compare"]
    do(analyst, "choose", second, problem="burglary", why="It hurts")
    compared = parts(analyst, first, compare=second)["compare"]
    assert "1 thing differs" in compared
    assert "Chosen priorities" in compared
    do(analyst, "lock", first)
    assert "locked" in do(analyst, "choose", first, problem="burglary", why="x")["problem"]
    assert "locked" in parts(analyst, first)["live"]
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
    assert [change["kind"] for change in said["history"]] == ["chosen", "objective", "attendance", "dissent", "note"]
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
