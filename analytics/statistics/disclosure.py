"""Small numbers: which cells to hide so that no table, and no tables exported together, give one away."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics._arrays import Bools, Floats, as_counts

__all__ = ["Suppression", "exposed", "exposed_tables", "suppress", "suppress_table", "suppress_tables"]

Key = tuple[Hashable | None, ...]
Total = tuple[int, Sequence[int]]
"""A total's index and the indices of the cells it adds up."""


@dataclass(frozen=True)
class Suppression:
    """One entry per cell. hidden: show "c" instead. reason: "small number", "protects another" or "".

    exposed: hidden, and still deducible whatever else is hidden (four cells of 1 under a small total): the tables may
    not be published; name these cells. Empty of True in all ordinary cases.
    """

    hidden: Bools
    reason: NDArray[np.str_]
    exposed: Bools

    def _at(self, index: NDArray[np.intp]) -> Suppression:
        return Suppression(self.hidden[index], self.reason[index], self.exposed[index])


def suppress(counts: ArrayLike, totals: Sequence[Total], *, threshold: int = 5) -> Suppression:
    """Which of these cells to hide, given which of them are totals of which.

    counts: (n,), NaN = no data. totals: for each published sum, the index of the total and of its parts. Parts that
    leave something out (a top-ten list under its total) are guarded as if complete; they must not exceed the total.

    Primary: counts of 1 to threshold − 1. Secondary: further cells, until a reader who knows every shown figure, every
    total and that "c" first of all means 1 to threshold − 1 can tell none of the small numbers exactly. The reader's
    knowledge is a linear programme; a cell is safe when its smallest and largest possible values differ. Preferred for
    hiding: cells that protect several at once, then parts before totals, small before large, zeros late.

    >>> suppress([3, 20, 30, 53], [(3, [0, 1, 2])]).reason.tolist()
    ['small number', 'protects another', '', '']
    """
    if threshold < 3:
        raise ValueError("A threshold under 3 protects nothing: every hidden cell would be known to be 1.")
    x = as_counts(counts)
    totals = [_checked(x, total) for total in totals if not np.isnan(x[total[0]])]
    primary = (x > 0) & (x < threshold)
    hidden = primary.copy()
    relations_of: list[list[int]] = [[] for _ in x]
    for number, (whole, parts) in enumerate(totals):
        for cell in (whole, *parts):
            relations_of[cell].append(number)
    stuck = np.zeros_like(hidden)
    while True:  # each round hides a further cell, or gives one up
        at_risk = _lone(hidden & ~stuck, totals) or _pinned(x, hidden, primary & ~stuck, totals, threshold)
        if not at_risk:
            break
        touched: set[int] = set()
        for cell in at_risk:
            if touched.isdisjoint(relations_of[cell]):
                partner = _partner(cell, x, hidden, totals, relations_of, set(at_risk))
                if partner is None:
                    stuck[cell] = True
                else:
                    hidden[partner] = True
                    touched.update(relations_of[partner])
    reason = np.select([primary, hidden], ["small number", "protects another"], "")
    return Suppression(hidden, reason, stuck & primary)


def _checked(x: Floats, total: Total) -> Total:
    whole, parts = total
    parts = [part for part in parts if not np.isnan(x[part])]
    if x[parts].sum() > x[whole]:
        raise ValueError(f"Parts of cell {whole} come to {x[parts].sum():g}, more than their total {x[whole]:g}.")
    return whole, parts


def _lone(hidden: Bools, totals: Sequence[Total]) -> list[int]:
    """Cells that are the only one hidden in a sum: one subtraction gives them away."""
    lone = []
    for whole, parts in totals:
        inside = [cell for cell in (whole, *parts) if hidden[cell]]
        if len(inside) == 1:
            lone.append(inside[0])
    return lone


def _pinned(x: Floats, hidden: Bools, asked: Bools, totals: Sequence[Total], threshold: int) -> list[int]:
    """Of the small numbers asked after, those whose smallest and largest possible values are the same."""
    from scipy.optimize import linprog  # here, because importing it takes half a second

    cells = np.flatnonzero(hidden)
    if not cells.size:
        return []
    place = {int(cell): column for column, cell in enumerate(cells)}
    small = (x > 0) & (x < threshold)
    exact_rows: list[Floats] = []
    exact_sums: list[float] = []
    loose_rows: list[Floats] = []
    loose_sums: list[float] = []
    for whole, parts in totals:
        if not any(hidden[cell] for cell in (whole, *parts)):
            continue
        row = np.zeros(cells.size)
        for part in parts:
            if hidden[part]:
                row[place[part]] += 1
        if hidden[whole]:
            row[place[whole]] -= 1
        shown = (0 if hidden[whole] else x[whole]) - sum(x[part] for part in parts if not hidden[part])
        complete = x[list(parts)].sum() == x[whole]
        (exact_rows if complete else loose_rows).append(row)
        (exact_sums if complete else loose_sums).append(shown)
    bounds = [(1, threshold - 1) if small[cell] else (0, None) for cell in cells]
    lowest, highest = x[cells].copy(), x[cells].copy()

    def look(objective: Floats) -> None:
        result = linprog(
            objective,
            A_ub=np.array(loose_rows) if loose_rows else None,
            b_ub=loose_sums or None,
            A_eq=np.array(exact_rows) if exact_rows else None,
            b_eq=exact_sums or None,
            bounds=bounds,
        )
        if result.status == 0:
            np.minimum(lowest, result.x, out=lowest)
            np.maximum(highest, result.x, out=highest)

    def open_cells() -> NDArray[np.intp]:
        return np.flatnonzero(asked[cells] & (highest - lowest < 1 - 1e-6))

    signs = np.random.default_rng(0)
    before = cells.size + 1  # one solution moves many cells at once: only what never moves is looked at singly
    while 0 < (open_now := open_cells()).size < before:
        before = open_now.size
        for sign in (1.0, -1.0):
            objective = np.zeros(cells.size)
            objective[open_now] = sign * signs.choice([-1.0, 1.0], open_now.size)
            look(objective)
    for column in open_cells():
        for sign in (1.0, -1.0):
            if highest[column] - lowest[column] < 1 - 1e-6:
                objective = np.zeros(cells.size)
                objective[column] = sign
                look(objective)
    return [int(cell) for cell in cells[open_cells()]]


def _partner(
    cell: int, x: Floats, hidden: Bools, totals: Sequence[Total], relations_of: list[list[int]], at_risk: set[int]
) -> int | None:
    """The shown cell to hide beside this one: from its own sums, else from sums joined to them by hidden cells."""
    seen, front = set(relations_of[cell]), list(relations_of[cell])
    while front:
        members = [member for number in front for member in (totals[number][0], *totals[number][1])]
        shown = [member for member in members if not hidden[member] and not np.isnan(x[member])]
        if shown:
            return min(shown, key=lambda member: _cost(member, x, totals, relations_of, at_risk))
        front = [number for member in members for number in relations_of[member] if number not in seen]
        seen.update(front)
    return None


def _cost(
    member: int, x: Floats, totals: Sequence[Total], relations_of: list[list[int]], at_risk: set[int]
) -> tuple[float, ...]:
    sums = [totals[number] for number in relations_of[member]]
    is_total_of = sum(whole == member for whole, _ in sums)
    helps = sum(not at_risk.isdisjoint((whole, *parts)) for whole, parts in sums)
    return is_total_of, x[member] == 0, -helps, x[member], member


def exposed(counts: ArrayLike, hidden: ArrayLike, totals: Sequence[Total], *, threshold: int = 5) -> Bools:
    """Which small numbers a reader can tell, given which cells are hidden: the check before anything leaves the house.

    counts, totals, threshold: as for :func:`suppress`. hidden: (n,) of bool. Returns (n,) of bool: counts of 1 to
    threshold − 1 that are shown, or that the shown figures and totals pin down although they are hidden.

    >>> exposed([3, 20, 30, 53], [True, False, False, False], [(3, [0, 1, 2])]).tolist()
    [True, False, False, False]
    >>> exposed([3, 20, 30, 53], [True, True, False, False], [(3, [0, 1, 2])]).any()
    np.False_
    """
    x = as_counts(counts)
    covered = np.asarray(hidden, dtype=bool)
    totals = [_checked(x, total) for total in totals if not np.isnan(x[total[0]])]
    small = (x > 0) & (x < threshold)
    told = small & ~covered
    told[[cell for cell in _lone(covered, totals) if small[cell]]] = True
    told[_pinned(x, covered, small & covered, totals, threshold)] = True
    return told


def suppress_table(counts: ArrayLike, *, threshold: int = 5) -> Suppression:
    """The same for one table of rows × columns published with its totals.

    Returns (rows + 1, columns + 1) arrays: the last row and column are the totals, the corner the grand total.

    >>> hidden = suppress_table([[2, 10, 40], [30, 20, 15], [60, 70, 80]]).hidden
    >>> hidden.astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 0, 0],
           [0, 0, 0, 0],
           [0, 0, 0, 0]])
    """
    inside = as_counts(counts)
    rows, columns = inside.shape
    table = np.zeros((rows + 1, columns + 1))
    table[:-1, :-1] = inside
    table[-1, :-1], table[:-1, -1] = np.nansum(inside, axis=0), np.nansum(inside, axis=1)
    table[-1, -1] = np.nansum(inside)
    index = np.arange(table.size).reshape(table.shape)
    totals = [(int(line[-1]), line[:-1].tolist()) for line in [*index, *index.T]]
    return suppress(table.ravel(), totals, threshold=threshold)._at(index)


def suppress_tables(
    tables: Sequence[tuple[Sequence[Key], ArrayLike]], *, threshold: int = 5
) -> tuple[Suppression, ...]:
    """The same over several tables that leave the house together.

    tables: for each, the cells' keys and their counts. A key names the cell by all dimensions in one order, None for
    "all of them": ("E05000001", "Burglary", None) is a ward's burglary over all months. Cells with the same key in two
    tables are one cell; a cell with None in a place is the total of the cells that differ from it there only.
    Returns one result per table, in the order of its keys.

    >>> by_ward = ([("A", None), ("B", None), ("C", None)], [3, 20, 30])
    >>> by_category = ([(None, "Burglary"), (None, "Robbery"), (None, None)], [40, 13, 53])
    >>> wards, categories = suppress_tables([by_ward, by_category])
    >>> wards.hidden, categories.hidden
    (array([ True,  True, False]), array([False, False, False]))
    """
    place, counts = _placed(tables)
    together = suppress(counts, list(_sums(place)), threshold=threshold)
    return tuple(together._at(np.array([place[key] for key in keys], dtype=np.intp)) for keys, _ in tables)


def exposed_tables(
    tables: Sequence[tuple[Sequence[Key], ArrayLike, ArrayLike]], *, threshold: int = 5
) -> tuple[Bools, ...]:
    """:func:`exposed` over several tables that leave the house together.

    tables: for each, the cells' keys (as for :func:`suppress_tables`), their counts, and which of them it hides. A cell
    that one table shows is no secret in another. Returns one array per table.

    >>> wards = ([("A", None), ("B", None)], [3, 20], [True, True])
    >>> months = ([("A", "January"), ("A", "February")], [0, 3], [False, False])
    >>> [told.tolist() for told in exposed_tables([wards, months])]
    [[True, False], [False, True]]
    """
    place, counts = _placed([(keys, values) for keys, values, _ in tables])
    covered = np.ones(len(counts), dtype=bool)
    for keys, _, hidden in tables:
        for key, kept in zip(keys, np.asarray(hidden, dtype=bool), strict=True):
            covered[place[key]] &= kept
    told = exposed(counts, covered, list(_sums(place)), threshold=threshold)
    return tuple(told[np.array([place[key] for key in keys], dtype=np.intp)] for keys, _, _ in tables)


def _placed(tables: Sequence[tuple[Sequence[Key], ArrayLike]]) -> tuple[dict[Key, int], list[float]]:
    """Each key's place among all cells, and the cells' counts."""
    place: dict[Key, int] = {}
    counts: list[float] = []
    for keys, values in tables:
        for key, value in zip(keys, as_counts(values), strict=True):
            number = place.setdefault(key, len(counts))
            if number == len(counts):
                counts.append(value)
            elif not np.array_equal(counts[number], value, equal_nan=True):
                raise ValueError(f"Two tables give {key} as {counts[number]:g} and {value:g}.")
    return place, counts


def _sums(place: dict[Key, int]) -> Iterator[Total]:
    parts: dict[tuple[int, int], list[int]] = {}
    for key, number in place.items():
        for dimension, value in enumerate(key):
            whole = place.get((*key[:dimension], None, *key[dimension + 1 :]))
            if value is not None and whole is not None:
                parts.setdefault((whole, dimension), []).append(number)
    for (whole, _), members in parts.items():
        yield whole, members
