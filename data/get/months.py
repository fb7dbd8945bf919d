"""Months, and which archives hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from data.get.errors import GetError

__all__ = ["archives_for", "month_text", "months_between", "months_in_words", "parse_month"]


def parse_month(text: str) -> date:
    """The first day of a month written YYYY-MM.

    >>> parse_month("2023-01")
    datetime.date(2023, 1, 1)
    """
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text.strip())
    if not found:
        raise GetError(f"{text!r} is not a month", 'Write it as YYYY-MM, for example "2025-12".')
    return date(int(found[1]), int(found[2]), 1)


def month_text(month: date) -> str:
    """A month as YYYY-MM.

    >>> month_text(date(2023, 1, 1))
    '2023-01'
    """
    return f"{month:%Y-%m}"


def months_between(first: date, last: date) -> list[date]:
    """Every month from the first to the last, both included.

    >>> [month_text(month) for month in months_between(date(2024, 11, 1), date(2025, 2, 1))]
    ['2024-11', '2024-12', '2025-01', '2025-02']
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [_later(first, steps) for steps in range(count)]


def archives_for(first: date, last: date, months_held: int) -> dict[date, list[date]]:
    """The fewest archives that cover the months, the latest first, and the months to take from each.

    An archive is named by its last month and holds the ``months_held`` months up to and including it. Working back from
    the last month wanted gives the fewest, and takes every month from the latest archive there is for it: outcomes are
    brought up to date in later archives.

    >>> archives = archives_for(date(2022, 12, 1), date(2025, 12, 1), 36)
    >>> [(month_text(archive), month_text(months[0]), len(months)) for archive, months in archives.items()]
    [('2025-12', '2023-01', 36), ('2022-12', '2022-12', 1)]
    """
    wanted = months_between(first, last)
    archives: dict[date, list[date]] = {}
    while wanted:
        archives[wanted[-1]] = wanted[-months_held:]
        wanted = wanted[:-months_held]
    return archives


def months_in_words(months: Iterable[date]) -> str:
    """Months with unbroken runs drawn together.

    >>> months_in_words([date(2025, 3, 1), date(2025, 1, 1), date(2025, 2, 1), date(2025, 12, 1)])
    '2025-01 to 2025-03, 2025-12'
    """
    runs: list[list[date]] = []
    for month in sorted(set(months)):
        if runs and month == _later(runs[-1][-1], 1):
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(f"{run[0]:%Y-%m} to {run[-1]:%Y-%m}" if len(run) > 1 else f"{run[0]:%Y-%m}" for run in runs)


def _later(month: date, steps: int) -> date:
    years, index = divmod(month.year * 12 + month.month - 1 + steps, 12)
    return date(years, index + 1, 1)
