"""Present in a browser: by keyboard, legible from the back of the room, an agenda of one's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from axe_playwright_python.sync_playwright import Axe

from .conftest import Arrive

PROJECTOR = {"width": 1920, "height": 1080}

TYPE = """() => {
  const said = [];
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = luminance(getComputedStyle(document.body).backgroundColor);
  const walker = document.createTreeWalker(document.getElementById("stage"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!text || !box.width || element.closest(".vh, style, script")) continue;
    const style = getComputedStyle(element);
    const inChart = element.closest(".chart");
    const zoom = inChart ? new DOMMatrix(getComputedStyle(inChart.firstChild).transform).a : 1;
    const ink = luminance(inChart ? style.fill : style.color);
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    said.push([text.slice(0, 40), parseFloat(style.fontSize) * zoom, contrast]);
  }
  return said;
}"""
"""Every text on the stage: its words, size in pixels at 1920 × 1080, and contrast on the page's ground.

The numbers on a map are white on discs of their own, dark ones: 1 on the page's ground."""


OVERLAPS = """() => {
  const said = [...document.querySelectorAll(".chart svg text")]
    .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
    .filter(([words, box]) => words && box.width);
  const met = [];
  said.forEach(([one, a], i) => said.slice(i + 1).forEach(([other, b]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 3 && down > 8) met.push([one, other]);
  }));
  return met;
}"""
"""Pairs of words in a chart that lie over each other by more than the space between their lines."""


def shown(page: Any, number: int) -> None:
    page.wait_for_selector(f'#screen[data-shown="{number}"]')


def test_by_keyboard_and_legible_from_the_back(arrive: Arrive) -> None:
    visitor = arrive(viewport=PROJECTOR, reduced_motion="reduce")
    page = visitor.page
    page.goto(visitor.address + "/present")
    shown(page, 1)
    count = int(page.inner_text(".pager").split(" of ")[1])
    assert count >= 6
    for number in range(1, count + 1):
        shown(page, number)
        texts = page.evaluate(TYPE)
        assert len(texts) > 5
        assert [text for text in texts if text[1] < 25.9] == []
        assert [text for text in texts if text[2] < 7 and not (text[0].isdigit() and text[2] == 1)] == []
        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if number in {1, 3}:
            found = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
        if number < count:
            page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.inner_text(".pager") == f"{count} of {count}"
    page.keyboard.press("Home")
    shown(page, 1)
    page.keyboard.press("End")
    shown(page, count)
    assert page.url.endswith(f"n={count}")
    page.keyboard.press("PageUp")
    shown(page, count - 1)
    page.keyboard.press("b")
    assert page.is_visible("#black")
    page.keyboard.press("ArrowRight")
    assert not page.is_visible("#black")
    assert page.inner_text(".pager") == f"{count - 1} of {count}"
    page.keyboard.press("Home")
    shown(page, 1)
    page.keyboard.press("j")
    page.wait_for_selector("#list[open]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    shown(page, 2)
    page.wait_for_selector(".chart .main-svg")
    page.keyboard.press("t")
    page.wait_for_selector(".tabled table")
    page.keyboard.press("t")
    page.wait_for_selector(".chart .main-svg")
    page.keyboard.press("Escape")
    page.wait_for_selector("#page-title")
    assert page.url.split("?")[0] == visitor.address + "/"


def test_an_agenda_of_ones_own_travels_in_a_link(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/?from=2024-01&to=2024-06")
    page.click('.panel[data-panel="category_totals"] [data-action="present"]')
    page.wait_for_selector("text=Added: 1 on the agenda")
    visitor.go("/comparators?look=vehicle-crime")
    page.wait_for_selector('.panel[data-panel="family_rates"] [data-action="present"][data-query]')
    page.click('.panel[data-panel="family_rates"] [data-action="present"]')
    visitor.go("/presentation")
    page.wait_for_selector("#agenda li:nth-child(2)")
    page.click('#agenda li:nth-child(2) [aria-label="Earlier"]')
    page.wait_for_selector("#agenda .drawn:not(:empty)")
    address = page.get_attribute("#agenda-start", "href")
    assert address is not None
    first, second = (value.partition("?") for _, value in parse_qsl(address.partition("?")[2]))
    assert (first[0], second[0]) == ("family_rates", "category_totals")
    # The period is written out, the usual one, too: later data must not change what was put on the agenda.
    assert dict(parse_qsl(first[2])).items() >= {"from": "2024-01", "to": "2024-12", "look": "vehicle-crime"}.items()
    assert dict(parse_qsl(second[2])).items() >= {"from": "2024-01", "to": "2024-06"}.items()
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []

    other = arrive(viewport=PROJECTOR)
    other.page.goto(other.address + address)
    shown(other.page, 1)
    assert "Vehicle crime" in other.page.inner_text("h1")
    other.page.keyboard.press(" ")
    shown(other.page, 2)
    assert "Jan to Jun 2024" in other.page.inner_text(".kicker")


def test_charts_are_laid_out_for_the_room_and_long_tables_read_on(arrive: Arrive) -> None:
    visitor = arrive(viewport=PROJECTOR, reduced_motion="reduce")
    page = visitor.page
    drawn = ("unplaced_share", "projection", "series", "family_change", "family_trend", "seasonal_pattern",
             "category_bars", "trend_estimates", "family_rates")  # fmt: skip
    page.goto(visitor.address + "/present?" + "&".join(f"screen={panel}" for panel in (*drawn, "ward_totals")))
    for number in range(1, len(drawn) + 1):
        shown(page, number)
        assert page.query_selector(".chart .main-svg"), drawn[number - 1]
        assert page.evaluate(OVERLAPS) == [], drawn[number - 1]
        assert [text for text in page.evaluate(TYPE) if text[1] < 25.9] == []
        page.keyboard.press("ArrowDown")
    shown(page, len(drawn) + 1)
    assert page.inner_text(".said").startswith("Too many rows for one screen: the first are shown, ↓ reads on")
    table = page.query_selector(".tabled")
    assert table.evaluate("t => t.scrollWidth <= t.clientWidth + 1")
    rows = "t => [...t.querySelectorAll('tr')].map(r => [r.offsetTop, r.offsetTop + r.offsetHeight - t.clientHeight])"
    assert not any(top < table.evaluate("t => t.clientHeight") and over > 1 for top, over in table.evaluate(rows))
    page.keyboard.press("ArrowDown")
    assert table.evaluate("t => t.scrollTop") > 0
    assert page.inner_text(".pager").startswith(f"{len(drawn) + 1} of")
    page.keyboard.press("ArrowLeft")
    shown(page, len(drawn))


def test_on_a_phone_it_reads_as_a_page(arrive: Arrive) -> None:
    visitor = arrive(viewport={"width": 390, "height": 844})
    page = visitor.page
    page.goto(visitor.address + "/present?n=2")
    shown(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click('[data-go="back"]')
    shown(page, 1)
