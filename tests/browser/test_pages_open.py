"""Every page opens on the demonstration: an empty console, no other host, no failed panel, accessible, in its frame."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from ..paths import PATHS
from .conftest import PHONE, WIDE, Arrive

EVERY = [*PATHS, "/no-such-page"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", EVERY)
def test_a_page_opens_and_is_accessible(arrive: Arrive, path: str, scheme: str) -> None:
    visitor = arrive(scheme=scheme)
    page = visitor.go(path)
    assert page.locator(".panel.is-error").count() == 0
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == scheme
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/", "/categories-wards"])
def test_tables_and_open_filters_are_accessible(arrive: Arrive, path: str) -> None:
    visitor = arrive()
    page = visitor.go(path)
    for button in page.locator("[data-action=table]:visible").all():
        button.click()
    visitor.settle()
    page.click("#filter-categories")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", EVERY)
def test_a_phone_shows_a_page_without_scrolling_sideways(arrive: Arrive, path: str) -> None:
    visitor = arrive(viewport=PHONE)
    page = visitor.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator("[data-action=table]:visible").all():
        button.click()
    visitor.settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 900, 1920])
@pytest.mark.parametrize("path", PATHS)
def test_no_width_makes_a_page_scroll_sideways(arrive: Arrive, path: str, width: int) -> None:
    visitor = arrive(viewport={"width": width, "height": 900})
    page = visitor.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_finding_is_whole_without_scrolling(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    box = page.locator(".panel").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= WIDE["height"]


@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_that_the_data_are_invented(arrive: Arrive, path: str) -> None:
    assert arrive().go(path).locator(".demo").inner_text().startswith("Demonstration data")


def test_paper_has_the_findings_and_sources_and_no_controls(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    page.emulate_media(media="print")
    assert not page.locator("#rail").is_visible()
    assert not page.locator("#filters").is_visible()
    assert page.locator(".actions:visible").count() == 0
    assert page.locator(".panel h2:visible").count() >= 3
    assert "Period: " in page.locator("#print-line").inner_text()
