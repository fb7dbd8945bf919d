"""A panel's words on paper: without what only a screen can do, and what its picture shows in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analytics.exports.outline import Chart
from analytics.panels import Column, Panel
from analytics.words import is_missing, write, write_limit

__all__ = ["cell", "described", "on_paper"]

_SCREEN = re.compile(
    r"\b(?:click|hover|press|tap|drag|picked|drawn on the map|buttons?|sliders?|this page|Data page|your own|"
    r"configuration|configured under|build again|Enter one|Add such|Open a|Choose other|Workshop page)\b|\[\w+\]",
    re.IGNORECASE,
)
_ELSEWHERE = (
    (re.compile(r"\b(the|The) (?:CSV|download|table of cells|table) (holds?|has)\b"), r"\1 data pack \2"),
    (re.compile(r"\b(?:the CSV|the table of cells)\b"), "the data pack"),
    (re.compile(r"\bthe (?:table|data pack) and the data pack\b"), "the data pack"),
    (re.compile(r", and the page its evidence stands on\b"), ""),
    (re.compile(r"\b[Uu]ntil you say otherwise\b"), "until a workshop says otherwise"),
)
_MOST_TOLD = 5


def on_paper(words: str) -> str:
    """The words without sentences that only help at a screen; where the rest lies is the data pack, not the CSV.

    >>> on_paper("Bold: singled out. A click on a ward shows it above. The CSV holds all.")
    'Bold: singled out. The data pack holds all.'
    """
    kept = [sentence for sentence in re.split(r"(?<=[.!?]) +(?=[^a-z])", words) if not _SCREEN.search(sentence)]
    text = " ".join(kept)
    for pattern, instead in _ELSEWHERE:
        text = pattern.sub(instead, text)
    return text


def described(panel: Panel, chart: Chart | None) -> str:
    """What a picture shows, for those who cannot see it: its kind, the finding, and the first rows of its table.

    chart: says which columns are drawn; None: the first names and the first numbers of the table. Its order is that of
    the picture, so the first rows are those that matter most.
    """
    said = re.sub(r"\s*The table (?:holds|explains|has)[^.]*\.?", "", panel.figure_alt).strip().removesuffix(".")
    parts = [said or panel.title]
    if panel.sentence not in said:
        parts.append(panel.sentence)
    shown = [column for column in panel.columns if not column.hidden and not column.key.endswith("_code")]
    named = [column for column in shown if column.format in {"text", "month"}]
    counted = [column for column in shown if column.format not in {"text", "month", "date", "verdict"}]
    if chart is not None:
        named = [column for column in panel.columns if column.key == chart.names] or named
        counted = [column for column in panel.columns if column.key == chart.values[0]] or counted
    names, value = next(iter(named), None), next(iter(counted), None)
    if names is not None and value is not None and names.key in panel.table and value.key in panel.table:
        rows = panel.table.dropna(subset=[names.key, value.key])
        told = [
            f"{cell(row[names.key], names, row)} {cell(row[value.key], value, row)}"
            for row in (rows.tail(_MOST_TOLD) if names.format == "month" else rows.head(_MOST_TOLD)).to_dict("records")
            if not is_missing(row[names.key])
        ]
        if told:
            which = "Last" if names.format == "month" else "First"
            parts.append(f"{which} by {value.heading[:1].lower()}{value.heading[1:]}: {'; '.join(told)}")
    return ". ".join(parts) + "."


def cell(value: Any, column: Column, row: Mapping[Any, Any]) -> str:
    """A table's cell in words: "c" where a small number is hidden, a dash where there can be no value though all it is
    worked out from is known."""
    if is_missing(value) and column.given and not any(is_missing(row.get(key)) for key in column.given):
        return "–"
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return "; ".join(str(part) for part in value)
    if is_missing(value) and column.format == "text":
        return ""
    written = write_limit if column.key.endswith("_cl") else write
    return value if isinstance(value, str) else written(value, column.format)
