"""What the notes in the Home Office's files say of counts that are booked under "Unassigned <force>"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from data.partnership_names import PartnershipNames, plain_force, plain_name
from data.sources.recorded_crime import RecordedCrimeFile, financial_year

__all__ = ["UNASSIGNED", "Notes", "Quarter", "quarters_named"]

UNASSIGNED = re.compile(r"\bunassigned\b", re.IGNORECASE)
"""What the name of a count without a partnership holds: "Unassigned Kent"."""

Quarter = tuple[int, int]
"""First calendar year of the financial year, and the quarter: (2025, 1) is April to June 2025."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
         "november", "december"), 1
    )
    for name in (names, names[:3])
}  # fmt: skip
_MONTH = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))}) (\d{{4}})"


class Notes:
    """Which units the notes name beside the word "unassigned", and for which quarters.

    A line speaks of the force before its colon ("Kent: due to …") and of those in "Unassigned Kent"; only partnerships
    of these forces are looked for in it. Where it names no force, any partnership is.
    """

    def __init__(self, files: list[RecordedCrimeFile], chosen: Mapping[int, int], names: PartnershipNames) -> None:
        self._chosen = chosen
        self._named: dict[int, list[tuple[set[str], set[Quarter] | None]]] = defaultdict(list)
        for number in sorted(set(chosen.values())):
            for line in files[number].quality_notes:
                if UNASSIGNED.search(line) and (units := _units_named(line, names)):
                    self._named[number].append((units, quarters_named(line)))

    def dated(self, quarter: Quarter) -> set[str]:
        """Codes of the units named for a period that holds the quarter."""
        return {code for units, quarters in self._of(quarter) if quarters and quarter in quarters for code in units}

    def undated(self, quarter: Quarter) -> set[str]:
        """Codes of the units named, without a period, in the file that the quarter is taken from."""
        return {code for units, quarters in self._of(quarter) if quarters is None for code in units}

    def _of(self, quarter: Quarter) -> list[tuple[set[str], set[Quarter] | None]]:
        return self._named.get(self._chosen.get(quarter[0], -1), [])


def _units_named(line: str, names: PartnershipNames) -> set[str]:
    """Codes of the units whose names stand in a line; of two names in the same place, the longer one."""
    head, colon, tail = line.partition(":")
    known_forces = {unit.force for unit in names.units.values()} - {""}
    after_head = bool(colon) and plain_force(head) in known_forces
    spoken_of = {plain_force(head)} if after_head else set()
    text = plain_name(tail if after_head else line)
    for force in sorted(known_forces, key=len, reverse=True):
        text, count = re.subn(rf"\bunassigned {re.escape(force)}\b", " ", text)
        if count:
            spoken_of.add(force)
    found: set[str] = set()
    for name, code in names.known():
        if spoken_of and names.units[code].force not in spoken_of:
            continue
        text, count = re.subn(rf"\b{re.escape(name)}\b", " ", text)
        if count:
            found.add(code)
    return found


def quarters_named(line: str) -> set[Quarter] | None:
    """The quarters a note speaks of; None where it names no date.

    >>> sorted(quarters_named("… under Unassigned Kent in the year ending March 2026."))
    [(2025, 1), (2025, 2), (2025, 3), (2025, 4)]
    >>> sorted(quarters_named("between October 2024 and March 2025"))
    [(2024, 3), (2024, 4)]
    >>> min(quarters_named("since July 2025")), quarters_named("due to IT issues")
    ((2025, 2), None)
    """
    text = " ".join(line.casefold().split())
    found: set[Quarter] = set()
    for month, year in re.findall(rf"year(?:s)? ending {_MONTH}", text):
        end = int(year) * 12 + _MONTHS[month] - 1
        found |= _quarters(end - 11, end)
    text = re.sub(rf"year(?:s)? ending {_MONTH}", " ", text)
    for label in re.findall(r"\b\d{4}\s*/\s*\d{2}\b", text):
        if (start := financial_year(label)) is not None:
            found |= {(start, quarter) for quarter in (1, 2, 3, 4)}
    months = [int(year) * 12 + _MONTHS[month] - 1 for month, year in re.findall(_MONTH, text)]
    if len(months) >= 2:
        found |= _quarters(min(months), max(months))
    elif months:
        onwards = re.search(r"\b(since|from|after)\b", text) is not None
        found |= _quarters(months[0], months[0] + 12 * 20 if onwards else months[0])
    return found or None


def _quarters(first: int, last: int) -> set[Quarter]:
    """The quarters that months (12 · year + month − 1) lie in."""
    return {((month - 3) // 12, (month - 3) % 12 // 3 + 1) for month in range(first, last + 1)}
