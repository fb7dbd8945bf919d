"""Which months may be compared with which: like with like, and missing never counted as zero."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics.months import days_in, write_months
from analytics.selection import Selection

__all__ = ["ComparedMonths", "compared_months"]


@dataclass(frozen=True)
class ComparedMonths:
    """The months on each side of a change, and how they were chosen.

    basis "like months": each month stands against the same month of another year; "per day": the periods hold
    different calendar months and are compared per day; "none": nothing can be compared, `note` says why.
    """

    current: tuple[date, ...]
    previous: tuple[date, ...]
    basis: Literal["like months", "per day", "none"]
    note: str
    """One sentence for the reader where months had to be left out; empty where none were."""

    @property
    def days(self) -> tuple[int, int]:
        """Days on each side, current first: the exposures of the two counts."""
        return days_in(self.current), days_in(self.previous)

    @property
    def current_label(self) -> str:
        return write_months(self.current)

    @property
    def previous_label(self) -> str:
        return write_months(self.previous)

    def beside(self, months: Sequence[date]) -> str:
        """The months compared, where they are not all of a period's: "Jan to Apr 2025 against Jan to Apr 2024"."""
        if self.basis == "none" or set(self.current) == set(months):
            return ""
        return f"{self.current_label} against {self.previous_label}"


def compared_months(selection: Selection, loaded: Collection[date]) -> ComparedMonths:
    """The months of the selection and of its comparison that can be set against each other.

    Where the comparison lies a whole number of years earlier, only the calendar months loaded on both sides count
    (METHODS section 2). Otherwise all loaded months of each side count, per day.
    """
    have = set(loaded)
    current_asked, previous_asked = selection.months, selection.comparison_months
    current = tuple(m for m in current_asked if m in have)
    previous = tuple(m for m in previous_asked if m in have)
    if not current or not previous:
        side = current_asked if not current else previous_asked
        return ComparedMonths(
            (), (), "none", f"No data is loaded for {write_months(side)}, so no change is worked out."
        )
    like = _like_months(current_asked, previous_asked)
    if not like:
        missing = [m for m in (*current_asked, *previous_asked) if m not in have]
        note = "The periods hold different months of the year, so they are compared per day."
        if missing:
            note += f" Not loaded: {write_months(missing)}."
        return ComparedMonths(current, previous, "per day", note)
    pairs = [(m, p) for m, p in zip(current_asked, previous_asked, strict=True) if m in have and p in have]
    if not pairs:
        missing = [m for m in previous_asked if m not in have] or [m for m in current_asked if m not in have]
        note = f"{write_months(missing)} is not loaded, so no like months can be compared."
        return ComparedMonths((), (), "none", note)
    now, then = tuple(m for m, _ in pairs), tuple(p for _, p in pairs)
    missing = [m for m in (*previous_asked, *current_asked) if m not in have]
    note = ""
    if missing:
        gaps = write_months(missing)
        verb = "are" if len(missing) > 1 else "is"
        note = f"Change compares {write_months(now)} with {write_months(then)}: {gaps} {verb} not loaded."
    return ComparedMonths(now, then, "like months", note)


def _like_months(current: tuple[date, ...], previous: tuple[date, ...]) -> bool:
    return len(current) == len(previous) and all(a.month == b.month for a, b in zip(current, previous, strict=True))
