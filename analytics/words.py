"""How values are written: the same in a sentence, a table, a hover and a download's heading.

A value that is not there is never written as zero: it is None, NaN or NaT here and becomes "no data" on screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.months import write_month
from analytics.panels._model import Format

__all__ = [
    "NO_DATA",
    "and_list",
    "change",
    "change_limit",
    "count_of",
    "fraction_words",
    "integer",
    "is_missing",
    "number_word",
    "percent",
    "rate",
    "write",
    "write_limit",
]

NO_DATA = "no data"
MINUS = "\u2212"
THIN = "\u202f"
"""Narrow no-break space, before %."""

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def is_missing(value: Any) -> bool:
    """True for None, NaN and NaT: a value we do not have."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def integer(value: Any) -> str:
    """A count: 1,234; "no data" where there is none.

    >>> integer(17230), integer(None)
    ('17,230', 'no data')
    """
    if is_missing(value):
        return NO_DATA
    return f"{round(value):,}".replace("-", MINUS)


def rate(value: Any) -> str:
    """A rate to three figures or one decimal: 96.7, 221.6, 0.42.

    >>> rate(96.69), rate(0.4234), rate(0.0), rate(1234.5)
    ('96.7', '0.42', '0', '1,234')
    """
    if is_missing(value):
        return NO_DATA
    if value == 0:
        return "0"
    size = abs(value)
    text = f"{value:.2f}" if size < 1 else f"{value:,.1f}" if size < 1000 else f"{value:,.0f}"
    return text.replace("-", MINUS)


def percent(value: Any, decimals: int = 0) -> str:
    """A percentage with the narrow space before its sign: 18 %."""
    if is_missing(value):
        return NO_DATA
    return f"{value:,.{decimals}f}{THIN}%".replace("-", MINUS)


def change(value: Any, decimals: int = 0) -> str:
    """A change in per cent with its sign: +33 %, −19 %, 0 %.

    >>> change(33.2).replace(THIN, " "), change(-0.2).replace(THIN, " "), change(float("inf"))
    ('+33 %', '0 %', 'no upper limit')
    """
    if is_missing(value):
        return NO_DATA
    if math.isinf(value):
        return "no upper limit" if value > 0 else NO_DATA
    text = f"{abs(value):,.{decimals}f}"
    sign = "" if float(text.replace(",", "")) == 0 else "+" if value > 0 else MINUS
    return f"{sign}{text}{THIN}%"


def change_limit(value: Any, decimals: int = 0) -> str:
    """A limit of a change: with more decimals where it would round to a zero that it is not.

    >>> change_limit(0.04, 1).replace(THIN, " "), change_limit(-0.3).replace(THIN, " "), change_limit(1e-5)
    ('+0.04 %', '−0.3 %', 'above 0')
    """
    if is_missing(value) or value == 0:
        return change(value, decimals)
    found = (change(value, more) for more in range(decimals, decimals + 3))
    side = "above 0" if value > 0 else "below 0"
    return next((words for words in found if words[0] in f"+{MINUS}" or words[0].isalpha()), side)


def p_value(value: Any) -> str:
    """A p value: three decimals, or "under 0.001"."""
    if is_missing(value):
        return NO_DATA
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def write(value: Any, format: Format) -> str:
    """A table cell in words."""
    if is_missing(value):
        return NO_DATA
    if format == "integer":
        return integer(value)
    if format in {"rate", "ratio"}:
        return rate(value) if format == "rate" else f"{value:.2f}"
    if format in {"percent", "percent1"}:
        return percent(value, 1 if format == "percent1" else 0)
    if format == "change":
        return change(value, 1)
    if format == "p_value":
        return p_value(value)
    if format == "month":
        return write_month(value)
    if format == "date":
        return write_date(value, short=True)
    return str(value)


def write_limit(value: Any, format: Format) -> str:
    """The end of an interval in a table: never on the wrong side of no change."""
    return change_limit(value, 1) if format == "change" else write(value, format)


def write_date(value: date, *, short: bool = False) -> str:
    """A day: 14 January 2026, in tables 14 Jan 2026."""
    return f"{value.day} {value:%b %Y}" if short else f"{value.day} {value:%B %Y}"


def number_word(n: int, *, capital: bool = False) -> str:
    """A small number as a word, a larger one in figures: three, 14."""
    word = _WORDS[n] if 0 <= n <= 10 else f"{n:,}"
    return word.capitalize() if capital else word


def count_of(n: int, singular: str, plural: str | None = None) -> str:
    """ "1 ward", "20 wards"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def and_list(items: Iterable[str], most: int | None = None) -> str:
    """ "a, b and c"; beyond `most` items "a, b and 3 others".

    >>> and_list(["a", "b", "c"]), and_list("abcde", most=2)
    ('a, b and c', 'a, b and 3 others')
    """
    names: Sequence[str] = list(items)
    if most is not None and len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} others"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


_FRACTIONS = (
    (0.5, "half"),
    (1 / 3, "a third"),
    (2 / 3, "two thirds"),
    (0.25, "a quarter"),
    (0.75, "three quarters"),
    (0.2, "a fifth"),
    (0.1, "a tenth"),
)


def fraction_words(share: float) -> str:
    """A share as people say it where it is within a percentage point and a half, else as a percentage.

    >>> fraction_words(0.337), fraction_words(0.18).replace(THIN, " ")
    ('a third', '18 %')
    """
    for value, words in _FRACTIONS:
        if abs(share - value) <= 0.015:
            return words
    return percent(100 * share)
