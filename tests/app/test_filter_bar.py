"""The filter bar: what each choice says for an address, and what its list offers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup

from analytics.context import load_context
from analytics.months import month_range
from data.warehouse import Warehouse
from pages._shared import filter_bar
from pages._shared.filter_bar import CHOICES, describe, periods
from pages._shared.markup import markup

EVERY = list(CHOICES)


def bar(demo: Warehouse, search: str, uses: list[str] = EVERY) -> dict[str, dict[str, Any]]:
    choices: dict[str, dict[str, Any]] = describe(demo.current, search, uses)["choices"]
    return choices


def options(menu: str) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """The buttons of a list: words, what they set, whether they can be chosen."""
    for button in BeautifulSoup(menu, "html.parser").select("button.opt"):
        yield button.span.text, json.loads(button["data-set"]), not button.has_attr("disabled")


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
    assert not any(one["changed"] or one["off"] for one in said.values())


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
    assert (one["words"], one["changed"]) == (words, True)


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
    assert one == {"words": "Not used here", "off": True, "changed": False, "menu": ""}


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
    offered = {label: possible for label, _, possible in options(markup(filter_bar._measure_menu(asked)))}
    assert offered["Per 1,000 households"] is False
    assert offered["Per 1,000 residents"] is True


def test_counts_stand_beside_the_names_and_add_up(demo: Warehouse) -> None:
    said = describe(demo.current, "", EVERY)
    menu = BeautifulSoup(said["choices"]["categories"]["menu"], "html.parser")
    counts = [int(count.text.replace(",", "")) for count in menu.select("label.opt small")]
    assert counts == sorted(counts, reverse=True)
    assert said["show"] == f"Show {sum(counts):,} incidents"


def test_what_is_chosen_is_ticked(demo: Warehouse) -> None:
    menu = BeautifulSoup(bar(demo, "?category=burglary,robbery")["categories"]["menu"], "html.parser")
    assert [box["value"] for box in menu.select("input[checked]")] == ["burglary", "robbery"]


def test_what_cannot_be_used_in_the_address_is_said(demo: Warehouse) -> None:
    notices = describe(demo.current, "?measure=nonsense", EVERY)["notices"]
    assert "nonsense" in notices
