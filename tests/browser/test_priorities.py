"""Weights by slider and by order, a problem and a score of one's own: by keyboard, in the address, back and forward."""

from __future__ import annotations

import re
from urllib.parse import unquote

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Arrive

RANKED = '.panel[data-panel="priority_robustness"]'


def weight(page: Page, key: str) -> str:
    return page.locator(f'[data-share="{key}"]').inner_text().replace("\u202f", " ")


def test_weights_problems_and_scores_by_keyboard(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/priorities")
    before = page.locator(f"{RANKED} h2").inner_text()
    assert weight(page, "harm") == "17 %"

    # A slider by the arrow keys: the address follows, the share follows, the focus stays.
    slider = page.locator("#weight-harm")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(page.locator('[data-share="harm"]')).to_have_text(re.compile("29"))
    assert "weights=harm~100" in unquote(page.url)
    assert page.evaluate("document.activeElement.id") == "weight-harm"
    visitor.settle()
    assert page.locator(f"{RANKED} h2").inner_text() != before

    # An order of importance takes over, its buttons move a criterion, and the focus stays on the button.
    page.get_by_role("button", name="Order of importance").press("Enter")
    expect(page.locator(".importance li")).to_have_count(6)
    page.get_by_role("button", name="More important: Change").press("Enter")
    expect(page.locator(".importance li").nth(1)).to_contain_text("Change")
    assert "order=harm,change,volume" in unquote(page.url)
    assert "mix=order" in page.url
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "More important: Change"
    visitor.settle()

    # A problem without data, and a score for it; a score in place of evidence needs its reason.
    page.locator("#judging summary").click()
    form = page.locator('form[data-kind="problem"]')
    form.get_by_label("Name").fill("Modern slavery")
    form.get_by_role("button").click()
    expect(page.locator(".held")).to_contain_text("Modern slavery")
    form = page.locator('form[data-kind="score"]')
    form.get_by_label("Problem").select_option("modern-slavery")
    form.get_by_label("Criterion").select_option("harm")
    form.get_by_label("Score").fill("5")
    form.get_by_label("Name or role").fill("Safeguarding lead")
    form.get_by_role("button").click()
    expect(page.locator("#say-told")).to_have_text(re.compile("needs its reason"))
    assert form.get_by_label("Name or role").input_value() == "Safeguarding lead"
    form.get_by_label("Reason").fill("Two referrals")
    form.get_by_role("button").click()
    expect(page.locator('.panel[data-panel="entered_scores"] .view')).to_contain_text("Two referrals")
    visitor.settle()
    assert Axe().run(page).violations_count == 0

    # The link shows a colleague the same.
    other = arrive()
    there = other.go(page.url[page.url.index("/priorities") :])
    assert there.locator(f"{RANKED} h2").inner_text() == page.locator(f"{RANKED} h2").inner_text()
    expect(there.locator(".held")).to_contain_text("Modern slavery")
    page.locator(".held button").first.click()
    expect(page.locator('#judging-forms [value="modern-slavery"]')).to_have_count(0)
