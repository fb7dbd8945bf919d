from datetime import date

from analytics.context import Context
from analytics.months import month_range
from analytics.periods import compared_months
from analytics.selection import Selection


def select(query: str, context: Context) -> Selection:
    return Selection.from_query(query, context)[0]


def test_only_months_loaded_on_both_sides_are_compared_and_named(context: Context):
    compared = compared_months(select("", context), context.months_loaded)
    assert compared.current == month_range(date(2025, 1, 1), date(2025, 4, 1))
    assert compared.previous == month_range(date(2024, 1, 1), date(2024, 4, 1))
    assert compared.basis == "like months"
    assert compared.days == (120, 121)
    assert compared.note == ("Change compares Jan to Apr 2025 with Jan to Apr 2024: May to Dec 2024 are not loaded.")


def test_different_months_of_the_year_are_compared_per_day(context: Context):
    compared = compared_months(
        select("from=2025-10&to=2025-12&cfrom=2025-07&cto=2025-09", context), context.months_loaded
    )
    assert compared.basis == "per day"
    assert compared.days == (92, 92)
    assert "per day" in compared.note


def test_a_side_without_data_gives_no_comparison_and_a_reason(context: Context):
    compared = compared_months(select("from=2024-01&to=2024-04", context), context.months_loaded)
    assert compared.basis == "none"
    assert compared.current == ()
    assert "No data is loaded for Jan to Apr 2023" in compared.note


def test_like_months_without_a_pair_give_a_reason(context: Context):
    compared = compared_months(select("from=2025-05&to=2025-12", context), context.months_loaded)
    assert compared.basis == "none"
    assert "May to Dec 2024" in compared.note


def test_nothing_missing_says_nothing(context: Context):
    compared = compared_months(select("from=2025-01&to=2025-04", context), context.months_loaded)
    assert compared.note == ""
