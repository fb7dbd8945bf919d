"""The evidence ledger: every number a document prints, with the key under which it can be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Entry", "Key", "Ledger", "numbers_in"]

_NUMBER = re.compile(r"\w*\d\w*(?:[.,:/\-]\w*\d\w*)*")
_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|half|thirds?|quarters?|fifth|tenth)\b", re.IGNORECASE
)


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, as written, also those in words.

    >>> numbers_in("17,230 incidents in 2025: a third, 96.7 per 1,000")
    ['17,230', '2025', 'third', '96.7', '1,000']
    """
    found = [(match.start(), match[0]) for pattern in (_NUMBER, _WORDS) for match in pattern.finditer(text)]
    return [words for _, words in sorted(found)]


@dataclass(frozen=True)
class Entry:
    """One number: its own key ("E4.12"), as printed, and where it comes from."""

    key: str
    value: str
    panel: str
    part: str
    query: str
    snapshot: str


@dataclass
class Key:
    """The key of one panel (or of one set of facts) and the numbers said under it."""

    name: str
    panel: str
    query: str
    snapshot: str
    entries: list[Entry] = field(default_factory=list)

    def say(self, part: str, text: str) -> str:
        """The text as it is; its numbers are now in the ledger."""
        for value in numbers_in(text):
            self.add(part, value)
        return text

    def add(self, part: str, value: str) -> None:
        """One number of a part."""
        name = f"{self.name}.{len(self.entries) + 1}"
        self.entries.append(Entry(name, value, self.panel, part, self.query, self.snapshot))

    def parts(self) -> Iterator[tuple[str, str, str]]:
        """The numbers by part of the panel: first to last key, the part, the values in their order."""
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.part, []).append(entry)
        for part, entries in grouped.items():
            first, last = entries[0].key, entries[-1].key.rpartition(".")[2]
            yield (first if len(entries) == 1 else f"{first}–{last}"), part, " · ".join(e.value for e in entries)


@dataclass
class Ledger:
    """All keys of a document, in the order of their first use."""

    keys: list[Key] = field(default_factory=list)

    def key(self, panel: str, query: str, snapshot: str) -> Key:
        made = Key(f"E{len(self.keys) + 1}", panel, query, snapshot)
        self.keys.append(made)
        return made

    def with_numbers(self) -> list[Key]:
        """The keys under which numbers were said: those that are printed."""
        return [key for key in self.keys if key.entries]

    def entries(self) -> Iterator[Entry]:
        for key in self.keys:
            yield from key.entries
