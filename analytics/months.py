"""Months as first-of-month dates: ranges, lengths and how they are written."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import date

__all__ = ["add_months", "days_in", "label_range", "month_range", "parse_month", "runs", "write_month", "write_months"]

_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def parse_month(text: str) -> date | None:
    """The first day of a month written YYYY-MM, or None where the text is no month.

    >>> parse_month("2025-03"), parse_month("2025-13"), parse_month("March")
    (datetime.date(2025, 3, 1), None, None)
    """
    match = _PATTERN.fullmatch(text.strip())
    return date(int(match[1]), int(match[2]), 1) if match and int(match[1]) >= 1900 else None


def add_months(month: date, n: int) -> date:
    """The first day of the month `n` months later (earlier when negative).

    >>> add_months(date(2025, 1, 1), -12)
    datetime.date(2024, 1, 1)
    """
    index = month.year * 12 + month.month - 1 + n
    return date(index // 12, index % 12 + 1, 1)


def month_range(start: date, end: date) -> tuple[date, ...]:
    """All months from `start` to `end`, both included; empty when end lies before start."""
    n = (end.year - start.year) * 12 + end.month - start.month + 1
    return tuple(add_months(start, i) for i in range(max(n, 0)))


def days_in(months: Iterable[date]) -> int:
    """Days in the months given: the exposure of a rate per day.

    >>> days_in([date(2024, 2, 1), date(2025, 2, 1)])
    57
    """
    return sum(calendar.monthrange(m.year, m.month)[1] for m in months)


def runs(months: Iterable[date]) -> list[tuple[date, date]]:
    """Unbroken stretches of months as (first, last)."""
    out: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if out and add_months(out[-1][1], 1) == month:
            out[-1] = (out[-1][0], month)
        else:
            out.append((month, month))
    return out


def write_month(month: date, *, full: bool = False) -> str:
    """A month in words: "Jan 2025", or "January 2025"."""
    return f"{calendar.month_name[month.month] if full else _SHORT[month.month - 1]} {month.year}"


def label_range(start: date, end: date, *, full: bool = False) -> str:
    """A range of months as it stands in the filter bar.

    >>> label_range(date(2025, 1, 1), date(2025, 12, 1))
    'Jan to Dec 2025'
    >>> label_range(date(2024, 7, 1), date(2025, 6, 1))
    'Jul 2024 to Jun 2025'
    """
    if start == end:
        return write_month(start, full=full)
    name = calendar.month_name if full else ("", *_SHORT)
    if start.year == end.year:
        return f"{name[start.month]} to {name[end.month]} {end.year}"
    return f"{write_month(start, full=full)} to {write_month(end, full=full)}"


def write_months(months: Sequence[date], *, full: bool = False) -> str:
    """Months in words, a whole calendar year as its number, gaps named.

    >>> write_months(month_range(date(2025, 1, 1), date(2025, 12, 1)))
    '2025'
    >>> write_months([date(2025, 1, 1), date(2025, 2, 1), date(2025, 5, 1)])
    'Jan to Feb 2025 and May 2025'
    >>> write_months([date(2024, 1, 1), date(2024, 2, 1), *month_range(date(2025, 1, 1), date(2025, 12, 1))])
    'Jan to Feb 2024 and all of 2025'
    """
    parts = []
    stretches = runs(months)
    broken = any(start.month != 1 or end.month != 12 for start, end in stretches)
    for start, end in stretches:
        whole = start.month == 1 and end.month == 12
        if whole and start.year == end.year:
            parts.append(f"all of {start.year}" if broken else str(start.year))
        elif whole:
            parts.append(f"{start.year} to {end.year}")
        else:
            parts.append(label_range(start, end, full=full))
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
