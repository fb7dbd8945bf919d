"""The map by mouse and keyboard: its view, its sliders and its months stand in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .conftest import PHONE, Arrive, Visitor

WIDTH = """() => { const x = document.querySelector('[data-panel=hotspot_map] .js-plotly-plot')._fullLayout.xaxis.range;
    return x[1] - x[0]; }"""


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def written(visitor: Visitor, key: str, there: bool = True) -> str:
    """The key's value once the address has it (or has it no longer), the page at rest."""
    sign = "!==" if there else "==="
    visitor.page.wait_for_function(f"() => new URLSearchParams(location.search).get('{key}') {sign} null")
    visitor.settle()
    return query(visitor.page).get(key, "")


def test_the_view_is_kept_in_the_address_and_over_other_choices(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/hotspots?category=vehicle-crime")
    whole = page.evaluate(WIDTH)
    page.click("[data-zoom=in]")
    east, north, width = map(int, written(visitor, "at").split(","))
    assert width < whole
    assert abs(page.evaluate(WIDTH) - width) < 0.02 * width, "the view asked for is the view drawn"

    page.focus("[data-zoom=in]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => !location.search.includes('at={east},')")
    visitor.settle()
    moved = list(map(int, query(page)["at"].split(",")))
    assert moved[0] > east
    assert abs(moved[1] - north) <= 2
    assert abs(moved[2] - width) <= 0.02 * width, "moving does not zoom"

    page.locator("[data-panel=hotspot_map] .seg button", has_text="Points").click()
    visitor.settle()
    assert query(page)["at"] == ",".join(map(str, moved))
    assert abs(page.evaluate(WIDTH) - width) < 0.03 * width
    page.click("[data-zoom=all]")
    written(visitor, "at", there=False)
    assert abs(page.evaluate(WIDTH) - whole) < 0.02 * whole


MEETING = """() => {
    const names = [...document.querySelectorAll('[data-panel=hotspot_map] .annotation')].filter(part =>
        part.style.visibility !== 'hidden' && !part.textContent.match(/^[0-9.,]+$/));
    const boxes = names.map(part => [part.textContent, part.getBoundingClientRect()]);
    return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) => p.left < q.right && q.left < p.right
        && p.top < q.bottom && q.top < p.bottom).map(([b]) => `${a} / ${b}`));
}"""


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080), (1366, 768)])
def test_map_and_legend_stand_in_the_first_window_with_the_land_in_the_middle(
    arrive: Arrive, size: tuple[int, int]
) -> None:
    visitor = arrive(viewport={"width": size[0], "height": size[1]})
    page = visitor.go("/hotspots")
    chart = page.locator("[data-panel=hotspot_map] .chart").bounding_box()
    assert chart
    assert chart["y"] + chart["height"] <= size[1], "the legend, at the chart's foot, is in sight"
    frame = page.locator("[data-panel=hotspot_map] .nsewdrag").first.bounding_box()
    land = page.locator("[data-panel=hotspot_map] .scatterlayer .trace").first.bounding_box()
    assert frame
    assert land
    above, below = land["y"] - frame["y"], frame["y"] + frame["height"] - land["y"] - land["height"]
    assert abs(above - below) < 0.15 * frame["height"]
    assert page.evaluate(MEETING) == []
    page.evaluate("window.scrollTo(0, 1500)")
    page.wait_for_timeout(100)
    bottom, below = (
        page.locator(f".panel[data-panel={name}]").bounding_box() for name in ("hotspot_map", "concentration")
    )
    assert bottom
    assert below
    assert bottom["y"] + bottom["height"] <= below["y"], "the map does not run over what stands below"


def test_smoothing_by_keyboard_and_what_few_need(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/hotspots?category=vehicle-crime")
    slider = page.locator("input[data-query=bandwidth]")
    assert slider.get_attribute("aria-valuetext") == "400 m"
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert written(visitor, "bandwidth") == "450"
    assert "smoothed over 450 m" in page.locator("[data-panel=hotspot_map] .sub").inner_text()
    page.keyboard.press("ArrowLeft")
    written(visitor, "bandwidth", there=False)
    page = visitor.go("/hotspots?category=vehicle-crime&bandwidth=5&cell=10")
    assert page.locator("[role=status], .notice").filter(has_text="200 to 1,000 are possible").count()
    assert slider.get_attribute("aria-valuetext") == "400 m", "the slider shows what is drawn"

    assert not page.locator("select[data-query=cell]").is_visible()
    page.click("details.more summary")
    assert Axe().run(page).response["violations"] == []
    page.select_option("select[data-query=cell]", "500")
    assert written(visitor, "cell") == "500"
    page.locator("select[data-query=cell]").focus()
    page.keyboard.press("Escape")
    assert not page.locator("select[data-query=cell]").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    page.locator("[data-panel=hotspot_map] .seg button", has_text="Areas").click()
    visitor.settle()
    assert page.locator("select[data-query=zones]").is_visible()
    assert Axe().run(page).response["violations"] == []
    assert not slider.is_visible()


def test_months_play_and_pause(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/hotspots?layer=points&category=vehicle-crime")
    play = page.locator("[data-action=play]")
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).get('only') === '2024-02'")
    assert play.get_attribute("aria-label") == "Pause"
    page.keyboard.press("Enter")
    visitor.settle()
    stopped = query(page)["only"]
    page.wait_for_timeout(1600)
    assert query(page)["only"] == stopped
    assert play.get_attribute("aria-label") == "Play the months"
    assert page.locator(".months output").inner_text() == "Feb 2024"
    page.locator(".months input").focus()
    page.keyboard.press("Home")
    written(visitor, "only", there=False)


def test_with_less_motion_a_press_is_one_month(arrive: Arrive) -> None:
    visitor = arrive(reduced_motion="reduce")
    page = visitor.go("/hotspots?layer=points&category=vehicle-crime")
    page.click("[data-action=play]")
    assert written(visitor, "only") == "2024-01"
    page.wait_for_timeout(1600)
    assert query(page)["only"] == "2024-01"


def test_on_a_phone_nothing_is_too_wide(arrive: Arrive) -> None:
    phone: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    visitor = arrive(**phone)
    page = visitor.go("/hotspots?category=vehicle-crime")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator(".mapctl button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    cells = page.locator("[data-panel=gi_star_cells]")
    assert cells.locator("tbody tr:visible").count() == 4
    fold = cells.locator(".more-rows summary")
    every = int(fold.inner_text().rsplit(" ", 1)[1])
    fold.click()
    assert cells.locator("tbody tr:visible").count() == every > 4
    page.locator("[data-panel=hotspot_list] .more-notes summary").click()
    assert Axe().run(page).response["violations"] == []
    page.click("[data-zoom=in]")
    assert written(visitor, "at")
