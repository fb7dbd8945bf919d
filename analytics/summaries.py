"""Sentences from figures: subject, verb, comparison. "Rose" and "fell" only where the verdict says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.context import Context
from analytics.selection import Selection
from analytics.words import and_list, change, integer, number_word

__all__ = ["categories_words", "change_finding", "lower_first", "short_period", "subject", "where_words"]


def categories_words(selection: Selection, context: Context) -> str:
    """What is counted: "Crime and ASB", "Burglary", "Crime and ASB without violence and sexual offences"."""
    chosen = selection.categories
    if chosen is None:
        return "Crime and ASB"
    if len(chosen) == 1:
        return chosen[0]
    left_out = [c.name for c in context.categories if c.name not in chosen]
    if len(left_out) == 1:
        return f"Crime and ASB without {lower_first(left_out[0])}"
    if len(chosen) == 2:
        return f"{chosen[0]} and {lower_first(chosen[1])}"
    return f"{number_word(len(chosen), capital=True)} chosen categories together"


def where_words(selection: Selection, context: Context) -> str:
    """ "" for the whole partnership, else " in Grays Riverside" or " in 3 wards"."""
    if selection.wards is None:
        return ""
    names = context.ward_names()
    chosen = [names[code] for code in selection.wards]
    return f" in {and_list(chosen)}" if len(chosen) <= 2 else f" in {number_word(len(chosen))} chosen wards"


def subject(selection: Selection, context: Context) -> str:
    """What and where, as the subject of a sentence."""
    return categories_words(selection, context) + where_words(selection, context)


def lower_first(name: str) -> str:
    """A category's name inside a sentence: "vehicle crime", but "ASB".

    >>> lower_first("Vehicle crime"), lower_first("ASB")
    ('vehicle crime', 'ASB')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def change_finding(what: str, row: Mapping[str, Any]) -> str:
    """The verdict on one change as a sentence: `what` rose, fell, shows no clear change, or is too rare to tell."""
    verdict = row["verdict"]
    if verdict in {"rose", "fell"}:
        by = change(row["change_pct"]).lstrip("+−")
        return f"{what} {verdict} by {by}" if by[0].isdigit() else f"{what} {verdict}"
    if verdict == "too few":
        return f"{what}: {integer(row['previous'])} then {integer(row['compared'])}, too few to tell"
    if verdict == "no data":
        return f"{what}: no months can be compared"
    return f"{what} shows no clear change"


def short_period(label: str, fallback: str) -> str:
    """A column heading for a period: the year where the label is within one, else a plain word.

    >>> short_period("Jan to Apr 2025", "now"), short_period("Jul 2024 to Jun 2025", "now")
    ('2025', 'now')
    """
    years = {part for part in label.split() if part.isdigit()}
    return years.pop() if len(years) == 1 else fallback
