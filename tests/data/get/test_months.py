"""Months and archives."""

from datetime import date
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.get.errors import GetError
from data.get.months import archives_for, months_between, parse_month

months = st.dates(date(2010, 12, 1), date(2030, 1, 1)).map(lambda day: day.replace(day=1))


@given(months, st.integers(1, 130), st.sampled_from([1, 12, 36]))
def test_fewest_archives_that_hold_every_month_once(first: date, count: int, held: int) -> None:
    last = date(first.year + (first.month - 1 + count - 1) // 12, (first.month - 1 + count - 1) % 12 + 1, 1)
    wanted = months_between(first, last)
    assert len(wanted) == count
    archives = archives_for(first, last, held)
    assert sorted(month for taken in archives.values() for month in taken) == wanted
    assert len(archives) == ceil(count / held)
    for archive, taken in archives.items():
        assert set(taken) <= set(months_between(taken[0], archive))
        assert (archive.year - taken[0].year) * 12 + archive.month - taken[0].month < held


def test_the_example_of_three_years_needs_one_archive() -> None:
    assert list(archives_for(date(2023, 1, 1), date(2025, 12, 1), 36)) == [date(2025, 12, 1)]


@pytest.mark.parametrize("text", ["2025-13", "2025", "12-2025", "2025-1", "", "January 2025"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(GetError, match="YYYY-MM"):
        parse_month(text)
