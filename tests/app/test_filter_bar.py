"""The filter bar: what each choice says for an address, and what its list offers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import html

from analytics.context import load_context
from analytics.months import month_range
from data.warehouse import Warehouse
from pages._shared import filter_bar
from pages._shared.filter_bar import CHOICES, describe, periods

from .test_pages import parts

EVERY = list(CHOICES)


def bar(demo: Warehouse, search: str, uses: list[str] = EVERY) -> dict[str, dict[str, Any]]:
    said = describe(demo.current, search, uses)
    keys = ("words", "title", "style", "off", "menu")
    return {name: dict(zip(keys, said[5 * i : 5 * i + 5], strict=True)) for i, name in enumerate(CHOICES)}


def options(menu: Any) -> Iterator[tuple[str, dict[str, Any], html.Button]]:
    for part in parts(menu):
        if isinstance(part, html.Button) and getattr(part, "data-set", None):
            yield part.children[0].children, json.loads(getattr(part, "data-set")), part


def test_the_start_says_what_is_shown_and_marks_nothing(demo: Warehouse) -> None:
    said = bar(demo, "")
    assert {name: one["words"] for name, one in said.items()} == {
        "period": "Jan to Dec 2024",
        "comparison": "Jan to Dec 2023",
        "categories": "All categories",
        "wards": f"All {len(load_context(demo).wards)} wards",
        "measure": "Per 1,000 residents",
        "family": said["family"]["words"],
    }
    assert {one["style"] for one in said.values()} == {"f"}


@pytest.mark.parametrize(
    ("search", "name", "words"),
    [
        ("?from=2024-04&to=2024-06", "period", "Apr to Jun 2024"),
        ("?cfrom=2022-01&cto=2022-12", "comparison", "Jan to Dec 2022"),
        ("?category=burglary", "categories", "Burglary"),
        ("?category=burglary,robbery,drugs", "categories", "3 categories"),
        ("?measure=count", "measure", "Count"),
    ],
)
def test_a_changed_choice_is_marked_and_says_so(demo: Warehouse, search: str, name: str, words: str) -> None:
    one = bar(demo, search)[name]
    assert (one["words"], one["style"]) == (words, "f set")


def test_the_comparison_names_the_months_really_compared(demo: Warehouse) -> None:
    first = load_context(demo).months_loaded[0]
    search = f"?from={first:%Y-%m}&to={first:%Y-%m}"
    assert bar(demo, search)["comparison"]["words"].endswith("no data")


def test_without_the_dominant_category_has_its_own_words(demo: Warehouse) -> None:
    context = load_context(demo)
    dominant = filter_bar.dominant_category(demo.current)
    assert dominant is not None
    others = ",".join(c.slug for c in context.categories if c != dominant)
    assert bar(demo, f"?category={others}")["categories"]["words"] == "Without violence"


def test_a_filter_without_use_here_stays_and_says_so(demo: Warehouse) -> None:
    one = bar(demo, "?measure=count", ["period"])["measure"]
    assert (one["words"], one["style"], one["off"], one["menu"]) == ("Not used here", "f off", True, [])


def test_periods_end_with_the_data(demo: Warehouse) -> None:
    context = load_context(demo)
    offered = {label: (start, end) for label, start, end in periods(context)}
    assert offered["Last 12 months"] == (date(2024, 1, 1), date(2024, 12, 1))
    assert offered["Last 3 months"] == (date(2024, 10, 1), date(2024, 12, 1))
    assert offered["Financial year to date"] == (date(2024, 4, 1), date(2024, 12, 1))
    assert offered["Financial year 2023/24"] == (date(2023, 4, 1), date(2024, 3, 1))
    assert offered["Calendar year 2022"] == (date(2022, 1, 1), date(2022, 12, 1))


def test_a_finished_financial_year_has_its_name(demo: Warehouse) -> None:
    context = replace(load_context(demo), months_loaded=month_range(date(2022, 1, 1), date(2024, 3, 1)))
    assert ("Financial year 2023/24", date(2023, 4, 1), date(2024, 3, 1)) in periods(context)


def test_a_period_that_is_not_complete_says_how_many_months_it_has(demo: Warehouse) -> None:
    aside, thin = filter_bar._loaded_aside(
        month_range(date(2024, 1, 1), date(2024, 12, 1)), set(month_range(date(2024, 1, 1), date(2024, 4, 1)))
    )
    assert (aside.children, aside.className, thin) == ("4 of 12 months", "chip none", True)


def test_the_usual_choice_takes_its_key_out_of_the_address(demo: Warehouse) -> None:
    chosen = bar(demo, "?measure=count")
    measures = {label: keys for label, keys, _ in options(chosen["measure"]["menu"])}
    assert measures["Per 1,000 residents"] == {"measure": None}
    assert measures["Count"] == {"measure": "count"}
    period = {label: keys for label, keys, _ in options(chosen["period"]["menu"])}
    assert period["Last 12 months"] == {"from": None, "to": None}


def test_a_measure_without_its_denominator_cannot_be_chosen(demo: Warehouse) -> None:
    context = replace(load_context(demo), has_households=False)
    asked = filter_bar._Asked(filter_bar.Selection.default(context), context, filter_bar._Counts(None), None)
    offered = {label: button for label, _, button in options(filter_bar._measure_menu(asked))}
    assert offered["Per 1,000 households"].disabled is True
    assert offered["Per 1,000 residents"].disabled is False


def test_counts_stand_beside_the_names_and_add_up(demo: Warehouse) -> None:
    said = describe(demo.current, "", EVERY)
    menu = said[5 * EVERY.index("categories") + 4]
    counts = [int(part.label[1].children.replace(",", "")) for part in parts(menu) if isinstance(part, dmc.Checkbox)]
    assert counts == sorted(counts, reverse=True)
    assert said[5 * len(CHOICES) + 2] == f"Show {sum(counts):,} incidents"


def test_what_cannot_be_used_in_the_address_is_said(demo: Warehouse) -> None:
    notices = describe(demo.current, "?measure=nonsense", EVERY)[5 * len(CHOICES) + 3]
    assert "nonsense" in str(notices)
