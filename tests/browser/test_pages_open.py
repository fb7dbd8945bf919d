"""Every page opens on the demonstration: an empty console, no other host, no failed panel, accessible, in its frame."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ..paths import PATHS
from .conftest import PHONE, WIDE, Arrive, Visitor

EVERY = [*PATHS, "/no-such-page"]


def check_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


FILLED = """() => [...document.querySelectorAll('.panel:has(.main-svg):not(.no-chart,.shows-table)')].flatMap(panel => {
  const box = selector => panel.querySelector(selector).getBoundingClientRect();
  const { minHeight, maxHeight } = getComputedStyle(panel.querySelector('.dash-graph'));
  const [asked, most] = [parseFloat(minHeight), parseFloat(maxHeight) || Infinity];
  const [room, drawn, foot] = [box('.chart'), box('.main-svg'), box('footer')];
  const fit = Math.min(room.height, most);
  const amiss = [foot.top - room.bottom, Math.abs(fit - drawn.height), asked - drawn.height];
  return amiss.some(gap => gap > 1) ? [[panel.dataset.panel, ...amiss].join(' ')] : [];
})"""
"""Charts with a gap below them, drawn in another height than their room (or the most they may), or in less than they
ask for."""

UNEVEN = """() => [...document.querySelectorAll('.grid > *')].filter(column => {
  const ends = [...column.querySelectorAll('.panel')].map(panel => panel.getBoundingClientRect().bottom);
  return ends.length && Math.abs(Math.max(...ends) - column.getBoundingClientRect().bottom) > 1;
}).map(column => column.querySelector('.panel').dataset.panel)"""
"""Columns whose last panel ends before its row does."""


def check_filled(page: Page) -> None:
    for _ in range(40):  # a chart follows its room a moment later
        if not (amiss := page.evaluate(FILLED)):
            break
        page.wait_for_timeout(100)
    assert amiss == []
    assert page.evaluate(UNEVEN) == []


def show_tables(visitor: Visitor) -> None:
    visitor.page.evaluate(
        "() => document.querySelectorAll('[data-action=table]').forEach(b => b.checkVisibility() && b.click())"
    )
    visitor.settle()


@pytest.mark.parametrize("path", EVERY)
def test_a_page_opens_light_and_dark_and_is_accessible(arrive: Arrive, path: str) -> None:
    visitor = arrive()
    page = visitor.go(path)
    assert page.locator(".panel.is-error").count() == 0
    assert page.locator("html").get_attribute("lang") == "en-GB"
    check_accessible(page)
    check_filled(page)
    page.click(".head .scheme")
    visitor.settle()
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == "dark"
    assert page.locator(".panel.is-error").count() == 0
    check_accessible(page)
    for width in (1920, 1100, 900):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        check_filled(page)


@pytest.mark.parametrize("path", EVERY)
def test_a_phone_shows_a_page_and_its_tables_without_scrolling_sideways(arrive: Arrive, path: str) -> None:
    visitor = arrive(viewport=PHONE)
    page = visitor.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    show_tables(visitor)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    check_accessible(page)


def test_tables_and_an_open_filter_are_accessible(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/categories-wards")
    show_tables(visitor)
    page.click("#filter-categories")
    check_accessible(page)


def test_the_first_finding_is_whole_without_scrolling(arrive: Arrive) -> None:
    page = arrive().go("/")
    box = page.locator(".panel").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= WIDE["height"]
    assert page.locator(".demo").inner_text().startswith("Demonstration data")


def test_paper_has_the_findings_and_sources_and_no_controls(arrive: Arrive) -> None:
    page = arrive().go("/")
    page.emulate_media(media="print")
    assert not page.locator("#rail").is_visible()
    assert not page.locator("#filters").is_visible()
    assert page.locator(".actions:visible").count() == 0
    assert page.locator(".panel h2:visible").count() >= 3
    assert "Period: " in page.locator("#print-line").inner_text()
    drawn = (
        "[...document.querySelectorAll('.dash-graph .main-svg:first-child')].map(s => [s.clientWidth, s.clientHeight])"
    )
    asked = "[...document.querySelectorAll('.dash-graph')].map(graph => parseFloat(graph.style.minHeight))"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(300)
    assert page.evaluate(drawn) == [[900, height] for height in page.evaluate(asked)], "drawn whole for the paper"
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(500)
    check_filled(page)
    assert {width for width, _ in page.evaluate(drawn)} != {900}
