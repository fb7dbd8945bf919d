"""Nothing leaves the house that tells a partner's small number: one check over everything exported together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from analytics.panels import HIDDEN, Panel, Sensitive
from analytics.statistics.disclosure import Key, exposed_tables
from analytics.words import and_list, is_missing

__all__ = ["DisclosureError", "refuse_small_numbers"]


class DisclosureError(Exception):
    """A small number of a partner's extract would be told; the message names the cells, never the number."""


def refuse_small_numbers(panels: Iterable[Panel]) -> None:
    """Raise DisclosureError where the tables of these panels, read together, tell a partner's small number.

    A number is told where it is shown, where the other figures and totals of the same extract pin it down (METHODS
    section 8), or where a rate or share stands beside a hidden count.
    """
    by_source: dict[str, list[tuple[Panel, Sensitive]]] = {}
    for panel in panels:
        for held in panel.sensitive:
            by_source.setdefault(held.source, []).append((panel, held))
    told = [words for source, entries in by_source.items() for words in _told(source, entries)]
    if told:
        raise DisclosureError(
            f"Not written: a small number could be worked out from what would be exported together: {and_list(told, 6)}"
            ". Hide these cells, or one more in the same row or total, or leave a panel out."
        )


def _told(source: str, entries: list[tuple[Panel, Sensitive]]) -> list[str]:
    names = sorted({name for _, held in entries for name in (*held.dimensions, *held.fixed)})
    tables: list[tuple[list[Key], list[float], list[bool]]] = []
    words: list[str] = []
    for panel, held in entries:
        keys, hidden = _cells(panel, held, names)
        counts = [*held.counts, *([] if held.total is None else [held.total])]
        tables.append((keys, counts, hidden))
        words += [f"{_name(source, keys[i], panel)} ({why})" for i, why in _beside(panel, held, hidden)]
        words += _at_a_glance(source, panel, held)
    threshold = max(held.threshold for _, held in entries)
    for (panel, _), (keys, _, _), found in zip(
        entries, tables, exposed_tables(tables, threshold=threshold), strict=True
    ):
        words += [_name(source, keys[i], panel) for i in np.flatnonzero(found)]
    return list(dict.fromkeys(words))


def _cells(panel: Panel, held: Sensitive, names: list[str]) -> tuple[list[Key], list[bool]]:
    """The key of each row (the total's last) over all dimensions of the extract, and whether its cell is hidden."""
    keys: list[Key] = []
    rows: list[dict[str, Any]] = panel.table.to_dict("records")
    if len(rows) != len(held.counts):
        raise ValueError(f"panel {panel.id}: {len(held.counts)} sensitive counts for {len(rows)} rows")
    for row in rows:
        known = {**{name: row[column] for name, column in held.dimensions.items()}, **held.fixed}
        keys.append(tuple(known.get(name) for name in names))
    shown = [row[held.column] for row in rows]
    if held.total is not None:
        keys.append(tuple(held.fixed.get(name) for name in names))
        shown.append((panel.total or {}).get(held.column))
    return keys, [is_missing(value) or value == HIDDEN for value in shown]


def _beside(panel: Panel, held: Sensitive, hidden: list[bool]) -> list[tuple[int, str]]:
    """Rows whose hidden count stands beside a figure it can be worked out from."""
    found = []
    rows: list[Any] = [*panel.table.to_dict("records"), *([] if held.total is None else [panel.total or {}])]
    for i, (row, kept) in enumerate(zip(rows, hidden, strict=True)):
        if kept:
            found += [
                (i, f"“{column}” stands beside the hidden count")
                for column in held.derived
                if not is_missing(row.get(column)) and row.get(column) != HIDDEN
            ]
    return found


def _at_a_glance(source: str, panel: Panel, held: Sensitive) -> list[str]:
    """Small numbers in the short table that stands on the screen."""
    if panel.glance is None or held.column not in panel.glance:
        return []
    small = pd.to_numeric(panel.glance[held.column], errors="coerce").between(1, held.threshold - 1)
    rows = and_list((f"row {i + 1}" for i in np.flatnonzero(small)), 6)
    return [f"{source}, {rows} of the short table of the panel “{panel.title}”"] if rows else []


def _name(source: str, key: Key, panel: Panel) -> str:
    places = [str(part) for part in key if part is not None]
    return f"{source}, {', '.join(places) or 'total'}, in the panel “{panel.title}”"
