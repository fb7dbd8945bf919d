"""The address is the truth: deep links, Back and Forward, links that keep the filters, and nobody else's choices."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from .conftest import Arrive, Visitor


def says(page: Page, name: str) -> str:
    return page.locator(f"#filter-{name} .val").inner_text()


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(visitor: Visitor, name: str, option: str) -> None:
    visitor.page.click(f"#filter-{name}")
    visitor.page.locator(f"#filter-{name}-menu button.opt", has_text=option).click()
    visitor.settle()


def test_a_deep_link_shows_what_it_says(arrive: Arrive) -> None:
    page = arrive().go("/categories-wards?from=2024-04&to=2024-06&category=burglary&measure=count")
    assert (says(page, "period"), says(page, "categories"), says(page, "measure")) == (
        "Apr to Jun 2024",
        "Burglary",
        "Count",
    )
    assert page.locator("#filter-period").get_attribute("class") == "f set"
    assert page.title().startswith("Categories and wards – ")


def test_a_choice_is_written_to_the_address_and_the_figures_follow(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    before = page.locator("[data-panel=category_totals] .sub").inner_text()
    choose(visitor, "period", "Last 3 months")
    assert query(page) == {"from": ["2024-10"], "to": ["2024-12"]}
    assert says(page, "period") == "Oct to Dec 2024"
    assert page.locator("[data-panel=category_totals] .sub").inner_text() != before


def test_back_and_forward_walk_through_the_choices(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    choose(visitor, "period", "Last 3 months")
    choose(visitor, "measure", "Count")
    page.go_back()
    visitor.settle()
    assert (says(page, "period"), says(page, "measure")) == ("Oct to Dec 2024", "Per 1,000 residents")
    page.go_back()
    visitor.settle()
    assert says(page, "period") == "Jan to Dec 2024"
    page.go_forward()
    page.go_forward()
    visitor.settle()
    assert (says(page, "period"), says(page, "measure")) == ("Oct to Dec 2024", "Count")


def test_going_to_another_page_and_back_keeps_the_choices(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/?measure=count")
    page.click("#rail a:has-text('Categories and wards')")
    visitor.settle()
    assert urlsplit(page.url).path == "/categories-wards"
    assert query(page) == {"measure": ["count"]}
    assert page.locator("#rail a[aria-current=page]").inner_text() == "Categories and wards"
    assert page.evaluate("document.activeElement.id") == "page-title"
    page.go_back()
    visitor.settle()
    assert urlsplit(page.url).path == "/"
    assert says(page, "measure") == "Count"


def test_the_usual_choice_leaves_a_clean_address(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/?measure=count&from=2024-10&to=2024-12")
    choose(visitor, "measure", "Per 1,000 residents")
    choose(visitor, "period", "Last 12 months")
    assert urlsplit(page.url).query == ""
    assert page.locator("#filters-reset").is_disabled()


def test_reset_takes_everything_back(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/?measure=count&category=burglary")
    page.click("#filters-reset")
    visitor.settle()
    assert urlsplit(page.url).query == ""
    assert says(page, "categories") == "All categories"


def test_an_address_with_mistakes_works_and_says_what_was_left_out(arrive: Arrive) -> None:
    page = arrive().go("/?measure=nonsense&from=2024-99&colour=red")
    assert "nonsense" in page.locator("#notices").inner_text()
    assert page.locator(".panel.is-error").count() == 0


def test_a_free_range_of_months_can_be_chosen(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/")
    page.click("#filter-period")
    page.select_option("#filter-period-from", "2024-09")
    page.select_option("#filter-period-to", "2024-05")
    page.click("#filter-period-menu [data-action=apply]")
    visitor.settle()
    assert query(page) == {"from": ["2024-05"], "to": ["2024-09"]}


def test_two_people_never_meet(arrive: Arrive) -> None:
    first, second = arrive(), arrive()
    first.go("/?measure=count")
    second.go("/?category=burglary&from=2024-10&to=2024-12")
    choose(first, "period", "Calendar year 2023")
    second.page.reload()
    second.settle()
    assert says(first.page, "categories") == "All categories"
    assert says(first.page, "period") == "Jan to Dec 2023"
    assert says(second.page, "categories") == "Burglary"
    assert says(second.page, "period") == "Oct to Dec 2024"
    assert says(second.page, "measure") == "Per 1,000 residents"


def test_the_link_can_be_copied(arrive: Arrive) -> None:
    visitor = arrive(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.go("/?measure=count")
    page.click(".end [data-action=link]")
    page.wait_for_selector(".toast")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_clicked_ward_is_looked_at_and_a_second_click_lets_go(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/categories-wards")
    option = page.locator("select[data-query=focus] option").nth(1)
    code = option.get_attribute("value")
    page.select_option("select[data-query=focus]", code)
    visitor.settle()
    assert query(page) == {"focus": [code]}
    page.select_option("select[data-query=focus]", "")
    visitor.settle()
    assert query(page) == {}
    graph = page.locator("[data-panel=ward_totals] .js-plotly-plot")
    assert graph.count() == 1
    click = (
        "code => dash_clientside.set_props({type: 'panel-graph', panel: 'ward_totals'},"
        " {clickData: {points: [{customdata: [code]}]}})"
    )
    page.evaluate(click, code)
    visitor.settle()
    assert query(page) == {"focus": [code]}
    page.evaluate(click, code)
    visitor.settle()
    assert query(page) == {}
