"""A workshop in browsers: four devices join and the shared screen shows their four inputs, live, without names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.serving import make_server

from analytics.sessions import change_judgement
from app import Settings, create_app
from data.state.passphrase import Passphrase

from .conftest import DEMONSTRATION, PHONE, Arrive, Served, Visitor
from .test_present import PROJECTOR, TYPE

WORDS = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, folder, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
    Passphrase(folder).set(WORDS)
    return folder


class Guarded(Served):
    """As others reach it: the passphrase is asked for. It can stop and come back on the same port."""

    def __init__(self, store: Path, port: int = 0) -> None:
        import threading

        self.app = create_app(Settings(store=store, guarded=True))
        self._server = make_server("127.0.0.1", port, self.app.server, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def guarded(store: Path) -> Iterator[Guarded]:
    made = Guarded(store)
    yield made
    made.close()


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def light_and_dark(page: Page) -> None:
    for scheme in ("dark", "light"):
        page.evaluate(f"document.documentElement.setAttribute('data-mantine-color-scheme', '{scheme}')")
        page.wait_for_timeout(250)  # colours fade into each other
        accessible(page)


def signed_in(arrive: Arrive, address: str) -> Visitor:
    visitor = arrive(address=address)
    page = visitor.page
    page.goto(address + "/workshop")
    assert page.url.endswith("/sign-in?next=/workshop")
    light_and_dark(page)
    page.fill("#passphrase", WORDS)
    page.click("button[type=submit]")
    visitor.settle()
    assert page.url.endswith("/workshop")
    return visitor


def legible_from_the_back(facilitator: Visitor) -> None:
    """The shared screen on a projector: nothing under 26 px, contrast 7 to 1, all of it in view, light and dark."""
    with facilitator.context.expect_page() as opened:
        facilitator.page.get_by_role("link", name="Shared screen").click()
    shared = opened.value
    shared.set_viewport_size(PROJECTOR)
    shared.wait_for_selector(".shared .dot >> nth=3")
    for scheme in ("dark", "light"):
        shared.evaluate(f"document.documentElement.setAttribute('data-mantine-color-scheme', '{scheme}')")
        shared.wait_for_timeout(250)
        said = shared.evaluate(TYPE)
        assert len(said) > 20
        assert [one for one in said if one[1] < 26] == []
        assert [one for one in said if one[2] < 7 and one[0] != "Close the round"] == []
        accessible(shared)
    assert shared.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    shared.set_viewport_size(PHONE)
    accessible(shared)
    shared.close()


def test_four_devices_join_and_the_shared_screen_shows_their_four_inputs(
    arrive: Arrive, guarded: Guarded, store: Path
) -> None:
    facilitator = signed_in(arrive, guarded.address)
    screen = facilitator.page
    screen.fill("[data-do=new] input[name=name]", "December workshop")
    screen.click("[data-do=new] button")
    screen.click("[data-do=open] button")
    code = screen.locator(".joinline .address").inner_text().rpartition("/")[2]
    light_and_dark(screen)

    devices = [arrive(address=guarded.address, viewport=PHONE) for _ in range(4)]
    for number, device in enumerate(devices):
        page = device.page
        page.goto(f"{guarded.address}/join{'/' + code.lower() if number else ''}")
        if not number:
            light_and_dark(page)
            page.fill("#code", f"{code[:3]} {code[3:]}".lower())
            page.click("text=Join >> nth=-1")
        light_and_dark(page) if number == 1 else None
        page.get_by_label("Police" if number % 2 else "Council", exact=True).check()
        page.click("button:has-text('Join')")
        page.wait_for_selector(".waiting")
    screen.wait_for_selector(".joinline strong:text-is('4')")

    screen.select_option("[data-do=ask-scores] select", "influence")
    screen.click("[data-do=ask-scores] button")
    for number, device in enumerate(devices):
        page = device.page
        page.wait_for_selector("#answers")  # by itself: nobody reloads
        if number == 0:
            light_and_dark(page)
            page.set_viewport_size({"width": 320, "height": 700})
            accessible(page)
        page.locator(f'input[name="item:burglary"][value="{number + 1}"]').check()
        page.click("#answers button")
        page.wait_for_selector(".done")
    screen.wait_for_selector(".workshop-part.round tr:has-text('Burglary') .dot >> nth=3")
    row = screen.locator(".workshop-part.round tr", has_text="Burglary")
    assert row.locator(".dot").count() == 4
    places = row.locator(".dot").evaluate_all("dots => dots.map(dot => dot.style.left)")
    assert places == ["20%", "40%", "60%", "80%"]
    assert "2.5" in row.inner_text()
    answers = screen.locator(".workshop-part.round").inner_text()
    assert "4 of 4 joined have answered" in answers
    assert "Police" not in answers
    light_and_dark(screen)
    legible_from_the_back(facilitator)

    # The program ends and comes back: everyone is where they were.
    port = guarded.port
    guarded.close()
    again = Guarded(store, port)
    devices[0].page.reload()
    assert devices[0].page.locator('input[name="item:burglary"][value="1"]').is_checked()
    devices[0].page.locator('input[name="item:burglary"][value="5"] >> xpath=..').click()
    devices[0].page.click("#answers button")
    screen.wait_for_selector(".workshop-part.round .dot[style*='left:100']")
    screen.click("[data-do=close-round] button")
    for device in devices:
        device.page.wait_for_selector("text=The round is closed")
    screen.click("[data-do=use] button")
    screen.wait_for_selector(".workshop-part.record >> text=(Workshop, 4 people")
    again.close()
    for visitor in (facilitator, *devices):  # what a stopped server leaves in the console is no fault of the page
        visitor.seen = [line for line in visitor.seen if "net::ERR_" not in line]


def test_a_forged_request_from_another_page_is_refused(arrive: Arrive, guarded: Guarded, store: Path) -> None:
    """A page of another origin in the analyst's own browser, with their cookie."""
    facilitator = signed_in(arrive, guarded.address)
    evil = Guarded(store)  # another port is another origin
    page = facilitator.context.new_page()
    page.goto(evil.address + "/join")
    forged = (
        "(to) => { const f = document.createElement('form'); f.method = 'post'; f.action = to + '/workshop/do';"
        "f.innerHTML = '<input name=do value=new><input name=name value=Forged>';"
        "document.body.append(f); f.submit(); }"
    )
    # The product's own policy stops such forms; another site has none, so it is taken away here.
    page.route("**/join", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>evil</p>"))
    page.goto(evil.address + "/join")
    with page.expect_response(re.compile("/workshop/do")) as caught:
        page.evaluate(forged, guarded.address)
    assert caught.value.status == 403
    evil.close()
    assert "Forged" not in facilitator.page.request.get(guarded.address + "/workshop/parts").text()


def test_priorities_follow_what_others_enter_and_signing_out_ends_it(arrive: Arrive, guarded: Guarded) -> None:
    visitor = signed_in(arrive, guarded.address)
    page = visitor.page
    page.fill("[data-do=new] input[name=name]", "Two of us")
    page.click("[data-do=new] button")
    page.wait_for_selector(".joinline, [data-do=open]")
    # The choice is put in order by the keyboard, and the focus stays on what was moved.
    for problem in ("burglary", "drugs"):
        page.locator("[data-keep=add]").evaluate("one => (one.open = true)")
        page.select_option("[data-do=choose] select", problem)
        page.fill("[data-do=choose] textarea", f"Why {problem}")
        page.click("[data-do=choose] button")
        page.wait_for_selector(f".priority > p:has-text('Why {problem}')")
    page.get_by_role("button", name="Earlier: Drugs").press("Enter")
    page.wait_for_selector(".record h3:has-text('1. Drugs')")
    page.wait_for_function("(document.activeElement.dataset.focus || '').endsWith(' drugs')")
    page.wait_for_selector("[data-panel=decision_ranking] h2:has-text('still that of today')")
    session = re.search(r"session=(\w+)", page.url)
    assert session
    page = visitor.go(f"/priorities?session={session[1]}")
    page.wait_for_selector(".workshop-part.sessions select")
    accessible(page)
    before = page.locator("[data-panel=priority_matrix] .main-svg").first.text_content()
    folder = str(guarded.app.server.config["CSP_WAREHOUSE"].snapshot_dir)
    change_judgement(folder, session[1], lambda there: there.with_weights({"volume": 100.0, "harm": 0.0}))
    for _ in range(60):
        if page.locator("[data-panel=priority_matrix] .main-svg").first.text_content() != before:
            break
        page.wait_for_timeout(100)
    assert page.locator("[data-panel=priority_matrix] .main-svg").first.text_content() != before
    page.click(".sign-out")
    page.wait_for_url("**/sign-in")
    assert page.request.get(guarded.address + "/snapshot").status == 401
    visitor.seen = [line for line in visitor.seen if "status of 401" not in line]


def test_wrong_words_and_codes_say_so_accessibly(arrive: Arrive, guarded: Guarded) -> None:
    visitor = arrive(address=guarded.address, viewport=PHONE)
    page = visitor.page
    page.goto(guarded.address + "/sign-in")
    page.fill("#passphrase", "something else entirely")
    page.click("button[type=submit]")
    assert "not the passphrase" in page.locator("[role=alert]").inner_text()
    light_and_dark(page)
    page.goto(guarded.address + "/join/ABCDEF")
    assert "No workshop is open" in page.locator("[role=alert]").inner_text()
    accessible(page)
    visitor.seen = [line for line in visitor.seen if "status of 40" not in line]
