"""Beside the map: a click shows a hotspot, an area is drawn or picked, the list can be had for a map."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from analytics.context import load_context
from data.warehouse import Warehouse

from .conftest import DEMONSTRATION, Arrive

SPOT = '.panel[data-panel="hotspot_list"] .spots button'


def test_a_hotspot_is_shown_on_the_map_and_downloaded_with_the_keyboard(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/hotspots?category=vehicle-crime")
    before = page.evaluate("document.querySelector('[data-panel=hotspot_map] .js-plotly-plot')._fullLayout.xaxis.range")
    page.locator(SPOT).first.click()
    page.wait_for_url(re.compile(r"spot=1"))
    visitor.settle()
    now = page.evaluate("document.querySelector('[data-panel=hotspot_map] .js-plotly-plot')._fullLayout.xaxis.range")
    assert now[1] - now[0] < (before[1] - before[0]) / 2
    expect(page.locator(SPOT).first).to_have_attribute("aria-pressed", "true")
    expect(page.locator('.panel[data-panel="area_profile"] h2')).to_contain_text("Hotspot 1")
    for ending in ("geojson", "gpkg"):
        link = page.locator(f'.panel[data-panel="hotspot_list"] [data-action={ending}]')
        link.focus()
        with page.expect_download() as loaded:
            page.keyboard.press("Enter")
        file = Path(loaded.value.path())
        assert loaded.value.suggested_filename.endswith(f".{ending}")
        if ending == "geojson":
            assert json.loads(file.read_text(encoding="utf-8"))["features"][0]["properties"]["rank"] == 1
        else:
            assert file.read_bytes().startswith(b"SQLite format 3")
    page.locator('.panel[data-panel="hotspot_list"] [data-action=table]').click()
    visitor.settle()
    expect(page.locator('.panel[data-panel="hotspot_list"] table')).to_be_visible()


def test_an_area_is_drawn_typed_or_picked(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/hotspots")
    profile = page.locator('.panel[data-panel="area_profile"]')
    draw = page.locator("[data-action=draw]")
    page.wait_for_function("document.querySelector('[data-panel=hotspot_map] .js-plotly-plot').layout.meta")
    draw.click()
    sheet = page.locator(".sheet")
    box = sheet.bounding_box()
    assert box is not None
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"area=\d+(,\d+){7}"))
    visitor.settle()
    expect(draw).to_be_focused()
    expect(profile.locator("h2")).to_contain_text("The drawn area")
    expect(profile.locator("select option:checked")).to_have_text("The drawn area")
    corners = profile.locator("input[type=text]")
    assert re.fullmatch(r"\d+(,\d+){7}", corners.input_value())

    draw.click()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(profile.locator("h2")).to_contain_text("The drawn area")

    corners.fill("625000 411000; 628500 411500; 626000 414500")
    corners.press("Enter")
    page.wait_for_url(re.compile(r"area=625000,411000,628500,411500,626000,414500"))
    visitor.settle()
    profile.locator("select").select_option(label="Market Quay")
    page.wait_for_url(re.compile(r"area=E05999"))
    visitor.settle()
    expect(profile.locator("h2")).to_contain_text("Market Quay")
    expect(corners).to_have_value("")
    page.go_back()
    visitor.settle()
    expect(profile.locator("h2")).to_contain_text("The drawn area")

    page = visitor.go("/hotspots?layer=areas")
    page.wait_for_function("document.querySelector('[data-panel=hotspot_map] .js-plotly-plot').layout.meta")
    box = page.locator('.panel[data-panel="hotspot_map"] .js-plotly-plot').bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + 0.4 * box["height"])
    page.mouse.move(*middle)
    page.wait_for_timeout(300)
    page.mouse.click(*middle)
    page.wait_for_url(re.compile(r"area=E05999\d\d\d"))
    visitor.settle()
    clicked = re.search(r"area=(E05999\d{3})", page.url)
    assert clicked is not None
    names = load_context(Warehouse(DEMONSTRATION)).ward_names()
    expect(profile.locator("h2")).to_contain_text(names[clicked[1]])
