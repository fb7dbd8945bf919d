"""One server over the demonstration and one Chromium for all browser tests; every test watches console and network.

Chromium is the system's if there is one (or the one named by CHROMIUM), else Playwright's own download; where there is
none the browser tests are skipped, and say so loudly.
"""

from __future__ import annotations

import os
import shutil
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from app import Settings, create_app

DEMONSTRATION = Path(__file__).parents[2] / "data" / "demo" / "store"
HERE = ("http://127.0.0.1:", "data:", "blob:")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_chromium(playwright: Playwright) -> str | None:
    """The Chromium to use: CHROMIUM, the system's, Playwright's own; None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    own = Path(playwright.chromium.executable_path)
    return str(own) if own.is_file() else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = find_chromium(playwright)
        if chromium is None:
            words = "NO CHROMIUM FOUND: the browser tests are SKIPPED. Install one, or name it in CHROMIUM."
            warnings.warn(words, stacklevel=1)
            pytest.skip(words)
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


class Served:
    """A dashboard over a store, answering on a free port of this computer."""

    def __init__(self, store: Path) -> None:
        self.app = create_app(Settings(store=store))
        self._server = make_server("127.0.0.1", 0, self.app.server, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    made = Served(DEMONSTRATION)
    yield made
    made.close()


class Visitor:
    """A person with a browser of their own. `page` is where they are; `seen` is what went wrong on the way."""

    def __init__(self, browser: Browser, address: str, *, scheme: str = "light", **context: Any) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(locale="en-GB", accept_downloads=True, **context)
        self.context.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{scheme}')")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.seen: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "GPU stall" not in message.text:
            self.seen.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith(HERE):
            self.seen.append(f"request to another host: {url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page stands and no panel is being worked out."""
        self.page.wait_for_selector("#page-content > *:not(.starting)")
        busy = """() => !!document.querySelector('.starting, .panel.is-loading, [data-dash-is-loading]') ||
            [...document.querySelectorAll('.panel:not(.no-chart):not(.shows-table) .chart')]
            .some(chart => !chart.querySelector('.main-svg'))"""
        quiet = 0
        for _ in range(400):
            quiet = 0 if self.page.evaluate(busy) else quiet + 1
            if quiet >= 3:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the page did not come to rest")

    def close(self) -> None:
        self.context.close()


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(browser: Browser, served: Served) -> Iterator[Arrive]:
    """Make a visitor: arrive(viewport=PHONE, scheme="dark"). Nobody may have seen an error or another host."""
    visitors: list[Visitor] = []

    def make(*, address: str | None = None, **options: Any) -> Visitor:
        options.setdefault("viewport", WIDE)
        visitor = Visitor(browser, address or served.address, **options)
        visitors.append(visitor)
        return visitor

    yield make
    seen = [line for visitor in visitors for line in visitor.seen]
    for visitor in visitors:
        visitor.close()
    assert seen == []
