"""Panels on screen: the table holds the figure's numbers, pictures and downloads work, new data arrives by itself."""

from __future__ import annotations

import re
import shutil
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from ..app.test_new_snapshot import add_snapshot
from ..paths import PATHS
from .conftest import DEMONSTRATION, PHONE, Arrive, Served

NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")
DRAWN_TEXT = """panel => [...panel.querySelectorAll('.main-svg text')]
  .filter(t => !t.closest('.xtick, .ytick') && parseFloat(getComputedStyle(t).fontSize) >= 14)
  .map(t => t.textContent)"""
"""Values in a chart are 14 px or larger; axes, notes and steps of a legend are smaller and no values."""


SUMS = {"monthly_series"}
"""Panels that also draw the sum over the rows of a month."""


def _sums(table: Locator) -> list[float]:
    rows = [[cell.strip() for cell in row.split("\t")] for row in table.inner_text().splitlines() if "\t" in row]
    totals: dict[str, float] = {}
    for row in rows[1:]:
        totals[row[0]] = totals.get(row[0], 0) + sum(value for cell in row[1:] for value, _ in numbers(cell))
    return list(totals.values())


def numbers(text: str) -> list[tuple[float, int]]:
    """Each number in a text with its decimals; a whole date or a percentage of confidence is none."""
    out = []
    for found in NUMBER.findall(re.sub(r"95\s%|80\s%|per 1,000|of 10\b|\b20\d\d\b", " ", text)):
        plain = found.replace(",", "").replace("−", "-").replace("+", "")
        out.append((float(plain), len(plain.partition(".")[2])))
    return out


def stands_in(value: float, decimals: int, table: list[float]) -> bool:
    """Whether a number written with so many decimals is one of the table's, which may show one decimal more."""
    room = 0.5 * 10**-decimals + 0.06
    return any(abs(abs(value) - abs(other)) <= room for other in table)


WITHOUT_CHARTS = {"/notes", "/assessment", "/presentation", "/workshop"}
"""Pages on which nothing is drawn on the demonstration."""


@pytest.mark.parametrize("path", [path for path in PATHS if path not in WITHOUT_CHARTS])
def test_every_number_in_a_figure_stands_in_its_table(arrive: Arrive, path: str) -> None:
    visitor = arrive()
    page = visitor.go(path)
    compared = 0
    for panel in page.locator(".panel[data-kind=charted]:not(.no-chart)").all():
        name = panel.get_attribute("data-panel")
        drawn = [number for text in panel.evaluate(DRAWN_TEXT) for number in numbers(text)]
        panel.locator("button[data-action=table]").click()
        visitor.settle()
        head = panel.locator("h2").inner_text() + panel.locator(".sub").inner_text()
        table = [value for value, _ in numbers(panel.locator("table").inner_text() + " " + head)]
        table += _sums(panel.locator("table")) if name in SUMS else []
        missing = [value for value, decimals in drawn if not stands_in(value, decimals, table)]
        assert missing == [], f"{name} draws numbers that its table does not hold"
        compared += len(drawn)
    assert compared > 0


def test_a_picture_is_saved_with_its_finding(arrive: Arrive, tmp_path: Path) -> None:
    visitor = arrive(scheme="dark")
    page = visitor.go("/")
    with page.expect_download() as caught:
        page.click("[data-panel=category_totals] [data-action=picture]")
    saved = tmp_path / "picture.png"
    caught.value.save_as(saved)
    assert caught.value.suggested_filename == "wrenmouth_category_totals_2024-01_2024-12.png"
    data = saved.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert data[:4] == b"\x89PNG"
    assert width >= 1400
    assert height >= 900
    assert len(data) > 30_000


def test_a_table_is_downloaded_for_what_is_shown(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/?from=2024-10&to=2024-12")
    with page.expect_download() as caught:
        page.click("[data-panel=category_totals] a[download]")
    text = Path(caught.value.path()).read_text(encoding="utf-8-sig")
    assert "from=2024-10&to=2024-12" in text


def test_the_colour_scheme_is_kept_and_the_figures_follow(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    colour = "getComputedStyle(document.querySelector('[data-panel=category_totals] .main-svg text')).fill"
    light = page.evaluate(colour)
    page.click(".head .scheme")
    visitor.settle()
    assert page.locator("html").get_attribute("data-mantine-color-scheme") == "dark"
    assert page.evaluate(colour) != light
    assert page.evaluate("localStorage.getItem('mantine-color-scheme-value')") == "dark"


def test_a_map_and_charts_draw_marks(arrive: Arrive) -> None:
    visitor = arrive()
    page: Page = visitor.go("/categories-wards")
    assert page.locator("[data-panel=ward_map] canvas.maplibregl-canvas, [data-panel=ward_map] .main-svg").count() >= 1


def test_what_several_panels_lack_is_said_once_with_the_way_out(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/trends?from=2019-01&to=2019-12")
    assert page.locator("#said-once .notice").count() == 1
    assert "Jan to Dec 2019 is not loaded. Loaded: 2021 to 2024." in page.locator("#said-once").inner_text()
    panels = page.locator("#page-content .panel")
    assert page.locator(".panel[data-said]").count() == panels.count()
    assert "No data for" not in page.locator("#page-content").inner_text()
    assert max(box["height"] for panel in panels.all() if (box := panel.bounding_box())) < 130
    page.click("#said-once a:has-text('Use the latest 12 months')")
    visitor.settle()
    assert page.locator("#said-once .notice, .panel[data-said]").count() == 0
    assert "August 2024" in page.locator("[data-panel=control_chart] h2").inner_text()


def test_on_a_phone_long_tables_open_with_a_few_rows(arrive: Arrive) -> None:
    visitor = arrive(viewport=PHONE)
    page = visitor.go("/comparators")
    assert page.evaluate("document.documentElement.scrollHeight") < 9000
    members = page.locator("[data-panel=family_members]")
    assert members.locator("tbody tr:visible").count() == 4
    members.locator("summary:has-text('Show 11 more of 15')").click()
    assert members.locator("tbody tr:visible").count() == 15


def test_new_data_arrives_by_itself(arrive: Arrive, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store)
    server = Served(store)
    visitor = arrive(address=server.address)
    page = visitor.go("/")
    add_snapshot(store)
    page.wait_for_selector(".toast", timeout=15_000)
    visitor.settle()
    assert "1 March 2025" in page.locator("#as-at").inner_text() or page.evaluate(
        "document.querySelector('#as-at span').title"
    ).startswith("20250301")
    visitor.close()
    server.close()
