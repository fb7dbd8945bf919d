from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import sessions
from analytics.context import Context
from analytics.judgement import Entry, Judgement, Problem
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
        ("categories=burglary", "Did you mean “category”?"),
        ("x=1", "no filter “x”"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_ignored(context: Context, query: str, word: str):
    selection, warnings = Selection.from_query(query, context)
    assert len(warnings) == 1
    assert word in warnings[0]
    assert selection.start <= selection.end


def test_keys_of_other_parts_and_of_links_from_newsletters_are_passed_over(context: Context):
    assert Selection.from_query("utm_source=x&session=&n=2&&&=&?", context) == (Selection.default(context), ())


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


SAID = Judgement(
    problems=(Problem("modern-slavery", "Modern slavery"),),
    weights=(("harm", 80.0), ("change", 12.5)),
    order=(("harm",), ("volume", "change")),
    entries=(Entry("burglary", "concern", 0.9, "Housing", datetime(2026, 11, 27, 10, 30, tzinfo=UTC), "Two meetings"),),
)


def test_what_people_said_travels_in_the_address(context: Context):
    query = replace(Selection.default(context), judgement=SAID).to_query(context)
    assert query.startswith("weights=harm~80,change~12.5&order=harm,volume~change&said=")
    selection, warnings = Selection.from_query(query, context)
    assert (selection.judgement, selection.session, warnings) == (SAID, None, ())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("weights=harm", "“weights” in the address cannot be used: “harm” needs a criterion and its points"),
        ("weights=harm~900", "weights.harm: must be a number from 0 to 100"),
        ("order=harm,harm", "'harm' stands there twice"),
        ("said=abc", "problems and scores cannot be used: it is cut off or was changed by hand"),
        ("session=nobody", "There is no session “nobody” here"),
        ("session=a/../b", "There is no session"),
    ],
)
def test_what_people_said_is_ignored_with_a_word_where_it_cannot_be_used(context: Context, query: str, words: str):
    selection, warnings = Selection.from_query(query, context)
    assert len(warnings) == 1
    assert words in warnings[0]
    assert selection == Selection.default(context)


def test_a_session_says_it_all(context: Context, monkeypatch: pytest.MonkeyPatch):
    class Kept:
        def judgement(self, folder: str, session: str) -> Judgement | None:
            return SAID if (folder, session) == (context.folder, "march") else None

        def change(self, *_: object) -> Judgement:
            raise AssertionError("reading an address changes nothing")

    monkeypatch.setattr(sessions, "_keeper", [Kept()])
    selection, warnings = Selection.from_query("session=march&weights=volume~1", context)
    assert (selection.judgement, selection.session, warnings) == (SAID, "march", ())
    assert selection.to_query(context) == "session=march"
