"""Without a mouse: every control is reached, lists open, move and close by keys, and the focus comes back."""

from __future__ import annotations

import pytest

from ..paths import PATHS
from .conftest import PHONE, Arrive

CONTROLS = """() => [...document.querySelectorAll(
  'a[href], button, select, input, [tabindex="0"]')].filter(e => !e.disabled && !e.closest('[inert]') &&
  e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0)"""
NAMED = "e => e.id || e.getAttribute('aria-label') || e.textContent.trim() || e.tagName"


@pytest.mark.parametrize("path", PATHS)
def test_tab_reaches_every_control(arrive: Arrive, path: str) -> None:
    page = arrive().go(path)
    if path == "/assessment":  # its findings come after the page itself
        page.wait_for_selector("[data-section=places] .found > ul > li", timeout=60_000)
        page.wait_for_load_state("networkidle")
    wanted = page.evaluate(f"() => {{ const all = ({CONTROLS})(); window.__controls = all; return all.length; }}")
    page.evaluate("() => { document.activeElement.blur(); window.__reached = new Set(); }")
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        page.evaluate("() => { window.__reached.add(document.activeElement); }")
    missed = page.evaluate(f"() => window.__controls.filter(e => !window.__reached.has(e)).map({NAMED})")
    assert missed == []


def test_the_first_tab_offers_to_skip_to_the_findings(arrive: Arrive) -> None:
    page = arrive().go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_list_opens_moves_and_closes_by_keys_and_changes_nothing_on_escape(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    page.focus("#filter-categories")
    page.keyboard.press("Enter")
    assert page.locator("#filter-categories").get_attribute("aria-expanded") == "true"
    first = page.evaluate("document.activeElement.value")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") != first
    page.keyboard.press("Space")
    count = page.locator("#filter-categories-count")
    assert count.inner_text() == "13 of 14 chosen"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "filter-categories"
    assert page.url.endswith("/")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert count.inner_text() == "14 of 14 chosen"


def test_enter_applies_what_is_ticked(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    page.focus("#filter-categories")
    page.keyboard.press("Space")
    page.click("#filter-categories-menu [data-action=clear]")
    assert page.locator("#filter-categories-apply").is_disabled()
    page.locator("#filter-categories-menu .opt input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    visitor.settle()
    assert "category=violence-and-sexual-offences" in page.url
    assert page.evaluate("document.activeElement.id") == "filter-categories"


def test_a_name_can_be_clicked_as_well_as_its_box(arrive: Arrive) -> None:
    page = arrive().go("/")
    page.click("#filter-categories")
    page.locator("#filter-categories-menu label.opt span").nth(1).click()
    assert page.locator("#filter-categories-count").inner_text() == "13 of 14 chosen"
    assert page.locator("#filter-categories-apply").is_visible()


def test_a_ward_can_be_found_by_typing(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    page.click("#filter-wards")
    name = page.locator("#filter-wards-menu .opt").nth(3).get_attribute("data-name")
    page.fill("#filter-wards-search", name)
    assert page.locator("#filter-wards-menu .opt:visible").count() == 1


def test_the_table_button_keeps_the_focus(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    button = page.locator("[data-panel=category_totals] button[data-action=table]")
    button.focus()
    page.keyboard.press("Enter")
    visitor.settle()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.dataset.action") == "table"
    assert page.locator("[data-panel=category_totals] table").is_visible()


def test_on_a_phone_the_sheet_holds_the_focus_and_gives_it_back(arrive: Arrive) -> None:
    visitor = arrive(viewport=PHONE)
    page = visitor.go("/")
    page.focus("#filters-phone")
    page.keyboard.press("Enter")
    assert page.locator("#filters").is_visible()
    for _ in range(15):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.closest('#filters') ? 'inside' : document.activeElement.tagName")
        assert at in {"inside", "BODY"}
    page.keyboard.press("Escape")
    assert not page.locator("#filters").is_visible()
    assert page.evaluate("document.activeElement.id") == "filters-phone"


def test_on_a_phone_a_choice_is_applied_and_the_button_says_how_much_there_is(arrive: Arrive) -> None:
    visitor = arrive(viewport=PHONE)
    page = visitor.go("/")
    page.click("#filters-phone")
    page.click("#filter-categories")
    page.click("#filter-categories-menu [data-action=clear]")
    page.locator("#filter-categories-menu label.opt").first.click()
    page.click("#filter-categories-apply")
    visitor.settle()
    assert page.locator("#filter-categories .val").inner_text() == "Violence and sexual offences"
    assert page.locator("#filters-show").inner_text().startswith("Show ")
    page.click("#filters-show")
    assert "violence and sexual offences" in page.locator("#filters-phone .what b").inner_text()


def test_on_a_phone_the_menu_leads_to_the_pages(arrive: Arrive) -> None:
    visitor = arrive(viewport=PHONE)
    page = visitor.go("/")
    page.click("[data-action=open-pages]")
    page.click("#rail a:has-text('Data')")
    visitor.settle()
    assert page.url.endswith("/data")
    assert not page.locator("#rail").is_visible()
