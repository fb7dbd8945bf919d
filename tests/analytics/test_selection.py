from datetime import date
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.context import Context
from analytics.selection import OPTIONS, Selection


def test_no_query_is_the_last_twelve_months(context: Context):
    selection, warnings = Selection.from_query("", context)
    assert (selection.start, selection.end) == (date(2025, 1, 1), date(2025, 12, 1))
    assert selection.comparison == (date(2024, 1, 1), date(2024, 12, 1))
    assert selection.categories is None
    assert selection.wards is None
    assert warnings == ()
    assert selection.to_query(context) == ""


def test_every_key_is_read_and_written_back(context: Context):
    query = (
        "from=2025-03&to=2025-05&cfrom=2024-01&cto=2024-03&category=burglary,anti-social-behaviour"
        "&ward=E05999002&measure=count&family=local&focus=E05999001"
    )
    selection, warnings = Selection.from_query(query, context)
    assert warnings == ()
    assert selection.categories == ("Burglary", "Anti-social behaviour")
    assert selection.wards == ("E05999002",)
    assert selection.measure == "count"
    assert selection.family == "local"
    assert selection.to_query(context) == query


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("from=2025-13&to=2025-12", "two months"),
        ("from=yesterday", "two months"),
        ("from=2025-06&to=2025-01", "exchanged"),
        ("from=1900-01&to=2025-12", "50 years"),
        ("category=burglary,piracy", "piracy"),
        ("ward=E05000001", "E05000001"),
        ("measure=furlongs", "furlongs"),
        ("family=x", "family"),
        ("cfrom=2024-01", "two months"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_ignored(context: Context, query: str, word: str):
    selection, warnings = Selection.from_query(query, context)
    assert len(warnings) == 1
    assert word in warnings[0]
    assert selection.start <= selection.end


def test_unknown_keys_are_ignored(context: Context):
    assert Selection.from_query("utm_source=x&a=b&&&=&?", context) == (Selection.default(context), ())


def test_only_unknown_wards_is_no_ward_filter(context: Context):
    selection, warnings = Selection.from_query("ward=nowhere", context)
    assert selection.wards is None
    assert warnings


@given(
    st.dictionaries(
        st.sampled_from(["from", "to", "cfrom", "cto", "category", "ward", "measure"]), st.text(max_size=30)
    )
)
def test_no_query_string_ever_breaks(values: dict[str, str]):
    made = _context()
    selection, _ = Selection.from_query(urlencode(values), made)
    again, warnings = Selection.from_query(selection.to_query(made), made)
    assert again == selection
    assert warnings == ()


@pytest.mark.parametrize(("key", "choices"), [(key, choices) for key, (choices, _) in OPTIONS.items()])
def test_choices_of_one_page(context: Context, key: str, choices: tuple[str, ...]):
    for choice in choices:
        selection, warnings = Selection.from_query(f"{key}={choice}", context)
        assert (getattr(selection, key), warnings) == (choice, ())
        assert (f"{key}=" in selection.to_query(context)) == (choice != choices[0])
    selection, warnings = Selection.from_query(f"{key}=zebra", context)
    assert getattr(selection, key) == choices[0] == getattr(Selection.default(context), key)
    assert "zebra" in warnings[0]


def test_a_period_of_two_years_is_compared_with_the_two_before(context: Context):
    selection, _ = Selection.from_query("from=2024-01&to=2025-12", context)
    assert selection.comparison == (date(2022, 1, 1), date(2023, 12, 1))


def _context() -> Context:
    from analytics.context import Category, Ward

    return Context(
        "s", "", True, "T", "T", ("F",), (), (Ward("W1", "One", "D"),), (Category("Burglary", "burglary", "B"),), (),
        ("police",), (date(2025, 12, 1),), True, True, True,
    )  # fmt: skip
