"""Who may ask for what: on this computer everything, from elsewhere the join page alone, and nothing forged."""

from __future__ import annotations

import io
import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app as dashboard_app
from app import Settings, create_app, main
from data import state as st
from data.state.passphrase import Passphrase
from pages._shared.access import COOKIE, OPEN_ASSETS, Attempts

from .conftest import DEMONSTRATION
from .test_gunicorn import free_port

ROOT = Path(__file__).parents[2]
WORDS = "correct horse battery"
HOST = "dash.council.example:8050"
FROM_HERE = {"Origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guarded") / "store"
    shutil.copytree(DEMONSTRATION, folder, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    Passphrase(folder).set(WORDS)
    return folder


@pytest.fixture(scope="module")
def guarded(store: Path) -> dashboard_app.Dash:
    return create_app(Settings(store=store, host="0.0.0.0"))


class Elsewhere(FlaskClient):
    """A browser on another computer, which knows this one by its name."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        more.setdefault("base_url", f"http://{HOST}")
        return super().open(*args, **more)


def from_elsewhere(app: dashboard_app.Dash) -> FlaskClient:
    client = Elsewhere(app.server, app.server.response_class)
    client.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    return client


@pytest.fixture
def visitor(guarded: dashboard_app.Dash) -> FlaskClient:
    return from_elsewhere(guarded)


def sign_in(client: FlaskClient, words: str = WORDS, **more: str) -> TestResponse:
    return client.post("/sign-in", data={"passphrase": words, **more}, headers=FROM_HERE)


def addresses(app: dashboard_app.Dash) -> list[tuple[str, str]]:
    """Every route with every method, its parts filled in."""
    found = []
    for rule in app.server.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", "x", rule.rule)
        found += [(path, method) for method in sorted(rule.methods or ()) if method != "OPTIONS"]
    assert len(found) > 15
    return found


# ---- Bound wider ------------------------------------------------------------------------------------------------


def test_a_visitor_reaches_the_join_page_and_nothing_else(guarded: dashboard_app.Dash, visitor: FlaskClient) -> None:
    """Every route there is, Dash's own and those to come: open ones are named here."""
    opened = set()
    for path, method in addresses(guarded):
        answer = visitor.open(path, method=method, headers=FROM_HERE)
        if answer.status_code != 401:
            opened.add(path)
        assert "Traceback" not in answer.get_data(as_text=True)
    assert opened == {"/join", "/join/x", "/join/now", "/join/answers", "/join/leave", "/sign-in"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/priorities",
        "/workshop",
        "/snapshot",
        "/download/category_totals.csv",
        "/figure/category_totals.json",
        "/geo/x/wards.geojson",
        "/_dash-layout",
        "/_dash-dependencies",
        "/_dash-component-suites/dash/deps/react.js",
        "/assets/dashboard.js",
        "/assets/workshop.js",
        "/assets/../app.py",
        "//join",
        "/join/../data",
        "/join/x/y",
        "/sign-in/x",
        "/assets/join.css/../dashboard.js",
        "/join%2f..%2fdata",
        "/JOIN",
        "/workshop/parts?session=x",
        "/workshop/record?session=x",
    ],
)
def test_what_a_visitor_asks_for_needs_the_passphrase(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code in {401, 308}, path
    assert "Wrenmouth" not in answer.get_data(as_text=True)
    page = visitor.get(path, headers={"Accept": "text/html"})
    assert page.status_code in {303, 308}


def test_a_dash_callback_needs_the_passphrase(visitor: FlaskClient) -> None:
    answer = visitor.post("/_dash-update-component", json={"output": "x"}, headers=FROM_HERE)
    assert answer.status_code == 401


def test_the_join_and_sign_in_pages_get_all_they_are_made_of(visitor: FlaskClient) -> None:
    for path in ("/join", "/sign-in"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        needed = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.get_data(as_text=True))
        assert set(needed) <= OPEN_ASSETS
    for path in OPEN_ASSETS:
        assert visitor.get(path).status_code == 200, path
    css = (ROOT / "assets" / "tokens.css").read_text() + (ROOT / "assets" / "join.css").read_text()
    for name in re.findall(r'url\("(?!data:)([^"]+)"\)', css):
        assert f"/assets/{name}" in OPEN_ASSETS


def test_the_passphrase_opens_everything_until_signing_out(visitor: FlaskClient) -> None:
    answer = sign_in(visitor, next="/trends?measure=count")
    assert (answer.status_code, answer.location) == (303, "/trends?measure=count")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert WORDS not in cookie
    for path in ("/", "/snapshot", "/_dash-layout", "/download/category_totals.csv", "/workshop/parts"):
        assert visitor.get(path).status_code == 200, path
    assert visitor.post("/sign-out", headers=FROM_HERE).status_code == 303
    assert visitor.get("/snapshot").status_code == 401


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_host(visitor: FlaskClient, there: str) -> None:
    assert sign_in(visitor, next=there).location == "/"


@pytest.mark.parametrize("made", ["", "x", "eyJhIjoxfQ.aaaaaa.bbbbbb"])
def test_a_made_up_cookie_opens_nothing(visitor: FlaskClient, made: str) -> None:
    visitor.set_cookie(COOKIE, made, domain="dash.council.example")
    assert visitor.get("/snapshot").status_code == 401


def test_another_passphrase_ends_every_sign_in(tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    Passphrase(store).set(WORDS)
    client = from_elsewhere(create_app(Settings(store=store, host="0.0.0.0")))
    sign_in(client)
    assert client.get("/snapshot").status_code == 200
    Passphrase(store).set("another passphrase")
    assert client.get("/snapshot").status_code == 401
    assert sign_in(client).status_code == 403
    assert sign_in(client, "another passphrase").status_code == 303
    (store / "access.json").write_text("{}")
    broken = client.get("/snapshot")
    assert broken.status_code == 500
    assert "its log says why" in broken.get_data(as_text=True)


def test_wrong_passphrases_are_limited(store: Path) -> None:
    client = from_elsewhere(create_app(Settings(store=store, host="0.0.0.0")))
    said = [sign_in(client, f"wrong passphrase {n}").status_code for n in range(7)]
    assert said == [403] * 5 + [429] * 2
    right = sign_in(client)
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) >= 1
    client.environ_base["REMOTE_ADDR"] = "10.9.9.9"
    assert sign_in(client).status_code == 303


def test_each_further_wrong_attempt_waits_twice_as_long() -> None:
    moment = [0.0]
    attempts = Attempts(free=2, longest=10, forget=100, clock=lambda: moment[0])
    waits = []
    for _ in range(7):
        attempts.failed("a")
        waits.append(attempts.wait("a"))
        moment[0] += attempts.wait("a")
    assert waits == [0, 2, 4, 8, 10, 10, 10]
    assert attempts.wait("b") == 0
    attempts.succeeded("a")
    assert attempts.wait("a") == 0


# ---- Nothing forged ---------------------------------------------------------------------------------------------

FORGED = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"http://{HOST}.evil.example"},
    {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "cross-site"},
    {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FORGED)
def test_a_forged_request_is_refused_even_with_the_cookie(visitor: FlaskClient, headers: dict[str, str]) -> None:
    sign_in(visitor)
    for path in ("/workshop/do", "/join", "/join/answers", "/sign-in", "/sign-out", "/_dash-update-component"):
        assert visitor.post(path, data={"do": "new", "name": "Forged"}, headers=headers).status_code == 403, path
    for method in ("PUT", "DELETE", "PATCH"):
        assert visitor.open("/workshop/do", method=method, headers=headers).status_code == 403


def test_a_request_of_this_servers_own_page_is_not_refused(visitor: FlaskClient) -> None:
    sign_in(visitor)
    for headers in ({"Sec-Fetch-Site": "same-origin"}, FROM_HERE, {**FROM_HERE, "Sec-Fetch-Site": "same-origin"}):
        assert visitor.post("/workshop/do", data={"do": "none"}, headers=headers).status_code == 400


def test_nothing_changes_by_asking_for_an_address(guarded: dashboard_app.Dash) -> None:
    for rule in guarded.server.url_map.iter_rules():
        if rule.rule in {"/workshop/do", "/join/answers", "/join/leave", "/sign-out"}:
            assert "GET" not in (rule.methods or ())


# ---- Bound to this computer -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["localhost", "localhost:8050", "127.0.0.1:8050", "127.0.0.1", "[::1]:8050"])
def test_on_its_own_computer_everything_is_open(client: FlaskClient, name: str) -> None:
    assert client.get("/snapshot", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:8050", "127.0.0.1.evil.example", "10.0.0.5:8050", "localhost.evil.example"]
)
def test_a_name_elsewhere_that_leads_here_is_refused(client: FlaskClient, name: str) -> None:
    for path in ("/", "/snapshot", "/join", "/_dash-layout"):
        answer = client.get(path, headers={"Host": name})
        assert answer.status_code == 403
        assert "Wrenmouth" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("extra", [{"REMOTE_ADDR": "10.0.0.9"}, {"HTTP_X_FORWARDED_FOR": "10.0.0.9"}])
def test_whoever_comes_from_elsewhere_is_refused(client: FlaskClient, extra: dict[str, str]) -> None:
    """Also where gunicorn or waitress was told to listen wider and the dashboard was not."""
    answer = client.get("/snapshot", environ_overrides=extra)
    assert answer.status_code == 403
    assert "for its own computer only" in answer.get_data(as_text=True)


@pytest.mark.parametrize("headers", FORGED)
def test_another_page_in_the_same_browser_changes_nothing_here(
    dashboard: dashboard_app.Dash, headers: dict[str, str]
) -> None:
    answer = dashboard.server.test_client().post("/workshop/do", data={"do": "new", "name": "Forged"}, headers=headers)
    assert answer.status_code == 403


# ---- Starting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"host": "::"}, {"host": "10.0.0.5"}, {"guarded": True}])
def test_where_others_could_reach_it_it_does_not_start_without_a_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object]
) -> None:
    monkeypatch.delenv("CSP_PASSPHRASE", raising=False)
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    with pytest.raises(st.StateError, match="--set-passphrase") as caught:
        create_app(Settings(store=store, **settings))  # type: ignore[arg-type]
    assert len(str(caught.value).splitlines()) == 1


def test_the_command_line_refuses_in_one_line_where_nobody_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CSP_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n{WORDS}\n"))
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    assert main(["--store", str(store), "--host", "0.0.0.0"]) == 1
    said = capsys.readouterr().err.strip()
    assert "has no passphrase" in said
    assert len(said.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")
def test_gunicorn_ends_where_the_passphrase_is_missing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    environment = {**os.environ, "CSP_STORE": str(store), "CSP_HOST": "0.0.0.0", "CSP_PORT": str(free_port())}
    environment.pop("CSP_PASSPHRASE", None)
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:server"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert run.returncode != 0
    assert "has no passphrase" in run.stderr
    assert "Traceback" not in run.stderr


class Terminal:
    """The program at a terminal of its own: what it says, and what is typed."""

    def __init__(self, store: Path, port: int) -> None:
        import fcntl
        import pty
        import termios

        self.end, inside = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CSP_")}
        command = [sys.executable, "app.py", "--store", str(store), "--host", "0.0.0.0", "--port", str(port)]
        self.run = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(inside)
        self.said = ""

    def until(self, words: str) -> None:
        """Read until these words came; the test fails after a minute without them."""
        before = len(self.said)
        end = time.monotonic() + 60
        while words not in self.said[before:]:
            ready, _, _ = select.select([self.end], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{words!r} did not come after: {self.said}"
            try:
                self.said += os.read(self.end, 4096).decode()
            except OSError:  # the program has ended
                raise AssertionError(f"{words!r} did not come before the end: {self.said}") from None

    def type(self, words: str) -> None:
        os.write(self.end, words.encode())


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are not on Windows")
def test_the_first_start_asks_for_the_passphrase_at_a_terminal(tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    port = free_port()
    gone = Terminal(store, port)
    gone.until("New passphrase: ")
    gone.type("\x04")  # Ctrl+D: no
    gone.until("nothing was started")
    assert gone.run.wait(30) == 1
    assert not (store / "access.json").exists()

    asked = Terminal(store, port)
    try:
        asked.until("New passphrase: ")
        assert "12 to 200 characters" in asked.said
        asked.type("short\n")
        asked.until("New passphrase: ")
        assert "at least 12 characters" in asked.said
        asked.type(f"{WORDS}\n")
        asked.until("Once more: ")
        asked.type("something else here\n")
        asked.until("New passphrase: ")
        assert "not the same" in asked.said
        asked.type(f"{WORDS}\n")
        asked.until("Once more: ")
        asked.type(f"{WORDS}\n")
        asked.until("asks for the passphrase")  # it goes on and listens
        assert WORDS not in asked.said
        assert Passphrase(store).matches(WORDS)
    finally:
        asked.run.terminate()
        asked.run.wait(30)
        os.close(asked.end)
        os.close(gone.end)


def test_a_passphrase_is_set_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["--store", str(store), "--set-passphrase"]) == 1
    assert "at least 12 characters" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))
    assert main(["--store", str(store), "--set-passphrase"]) == 0
    kept = store / "access.json"
    assert WORDS not in kept.read_text()
    assert "$argon2id$" in kept.read_text()
    if os.name != "nt":
        assert kept.stat().st_mode & 0o077 == 0
    assert Passphrase(store).matches(WORDS)


def test_a_passphrase_from_the_environment_is_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    monkeypatch.setenv("CSP_PASSPHRASE", WORDS)
    client = from_elsewhere(create_app(Settings(store=store, host="0.0.0.0", https=True)))
    assert client.get("/snapshot").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 303
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "argon2" not in (store / "access.json").read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 9}', '{"format": 1, "secret": "short"}'])
def test_an_access_file_changed_by_hand_gives_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "access.json").write_text(text)
    with pytest.raises(
        st.StateError, match=r"access.json: the passphrase cannot be read .* --set-passphrase"
    ) as caught:
        Passphrase(tmp_path).is_set()
    assert len(str(caught.value).splitlines()) == 1


def test_a_hash_changed_by_hand_is_named(tmp_path: Path) -> None:
    Passphrase(tmp_path).set(WORDS)
    file = tmp_path / "access.json"
    file.write_text(file.read_text().replace("$argon2id$", "$rot13$"))
    with pytest.raises(st.StateError, match="none that this program wrote"):
        Passphrase(tmp_path).matches(WORDS)
