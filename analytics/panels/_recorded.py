"""Police recorded crime of the Home Office's tables for areas: offences by quarter, and why an area has no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import add_months, days_in, month_range, write_months
from analytics.panels._model import Source
from analytics.panels._tables import ALL_CATEGORIES, ChangeTable, change_values
from analytics.periods import ComparedMonths
from analytics.queries.reconciliation import recorded_members
from analytics.queries.recorded import recorded_counts, recorded_in_use
from analytics.selection import Selection
from analytics.statistics.rates import dispersion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Quarterly", "Year", "own_change", "quarterly", "recorded_source", "year_asked", "year_before"]

_SWING_YEARS, _LEAST_QUARTERS = 5, 12
"""The dispersion is taken from the quarters of the last five years, each with its own mean: at least twelve."""

Year = tuple[date, ...]
"""The first days of four quarters in a row."""


@dataclass(frozen=True)
class Quarterly:
    """Offences of areas by quarter.

    counts: (1 + offences, areas, quarters), the total first; NaN where the area has no figure or the offence is not in
    use. present: (areas, quarters). states: by area and financial year ("2025/26"), the state and the publisher's note.
    """

    areas: tuple[str, ...]
    quarters: tuple[date, ...]
    offences: tuple[str, ...]
    counts: np.ndarray
    present: np.ndarray
    states: Mapping[tuple[str, str], tuple[str, str]]

    def year(self, year: Sequence[date]) -> np.ndarray:
        """Sums over a year (1 + offences, areas): NaN where a quarter has none, or corrections leave less than zero."""
        place = {quarter: index for index, quarter in enumerate(self.quarters)}
        if any(quarter not in place for quarter in year):
            return np.full(self.counts.shape[:2], np.nan)
        summed = self.counts[:, :, [place[quarter] for quarter in year]].sum(axis=2)
        return np.where(summed >= 0, summed, np.nan)

    def months(self, area: int) -> frozenset[date]:
        """The months of the quarters in which an area has figures."""
        return frozenset(
            month
            for quarter, there in zip(self.quarters, self.present[area], strict=True)
            if there
            for month in months_of([quarter])
        )

    def why_not(self, area: int, year: Sequence[date]) -> tuple[str, str]:
        """Why an area has no figure for a year: a state ("unassigned", "split", …) and the note."""
        worst = ("not published", "")
        for quarter in year:
            if quarter in self.quarters and self.present[area][self.quarters.index(quarter)]:
                continue
            found = self.states.get((self.areas[area], financial_year_of(quarter)), ("not published", ""))
            if found[0] not in {"published", "summed", "missing"}:
                return found
            worst = (worst[0], worst[1] or found[1])
        return worst


_answers: Memo[Quarterly] = Memo(size=16)
_in_use: Memo[pd.DataFrame] = Memo(size=4)


def quarterly(cursor: DuckDBPyConnection, context: Context, areas: Mapping[str, Sequence[str]]) -> Quarterly:
    """The counts of areas (id → codes of their districts) in every quarter of the tables; worked out once."""
    asked = tuple((area, tuple(codes)) for area, codes in areas.items())
    return _answers.answer((context.folder, asked), lambda: _worked_out(cursor, context, dict(asked)))


def _worked_out(cursor: DuckDBPyConnection, context: Context, areas: Mapping[str, Sequence[str]]) -> Quarterly:
    in_use = _in_use.answer(("in use", context.folder), lambda: recorded_in_use(cursor))
    names, quarters = tuple(areas), context.quarters
    column = {quarter: index for index, quarter in enumerate(quarters)}
    row = {offence: index + 1 for index, offence in enumerate(context.offences)}
    found = records(recorded_members(cursor, areas))
    states = {
        (r["member_id"], r["year"]): (
            str(r["state"]),
            "" if pd.isna(r["note"]) else str(r["note"]).partition(": ")[2] or str(r["note"]),
        )
        for r in found
    }
    usable = [r for r in found if r["quarters"] > 0]
    counts = recorded_counts(cursor, (code for r in usable for code in r["partnership_codes"]))
    years = np.array([financial_year_of(quarter) for quarter in quarters])
    parts = {name: index for index, name in enumerate(sorted(set(counts["partnership_code"])))}
    by_part = np.full((len(context.offences) + 1, len(parts), len(quarters)), 0.0)
    has = np.zeros((len(parts), len(quarters)), dtype=bool)
    p = counts["partnership_code"].map(parts).to_numpy(dtype=int)
    q = counts["quarter_start"].dt.date.map(column).to_numpy(dtype=int)
    np.add.at(by_part, (counts["offence"].map(row).to_numpy(dtype=int), p, q), counts["offences"].to_numpy(dtype=float))
    has[p, q] = True
    by_part[0] = by_part[1:].sum(axis=0)
    made = np.full((len(context.offences) + 1, len(names), len(quarters)), np.nan)
    present = np.zeros((len(names), len(quarters)), dtype=bool)
    for r in usable:
        if not all(code in parts for code in r["partnership_codes"]):
            continue
        area, codes = names.index(r["member_id"]), [parts[code] for code in r["partnership_codes"]]
        there = (years == r["year"]) & has[codes].all(axis=0)
        present[area] |= there
        made[:, area, there] = by_part[:, codes][:, :, there].sum(axis=1)
    unused = np.ones((len(context.offences) + 1, len(quarters)), dtype=bool)
    unused[0] = False
    unused[
        in_use["offence"].map(row).to_numpy(dtype=int), in_use["quarter_start"].dt.date.map(column).to_numpy(dtype=int)
    ] = False
    made[np.broadcast_to(unused[:, None, :], made.shape)] = np.nan
    return Quarterly(names, quarters, context.offences, made, present, states)


def months_of(quarters: Sequence[date]) -> tuple[date, ...]:
    """The months of quarters, in their order.

    >>> months_of([date(2025, 1, 1)])
    (datetime.date(2025, 1, 1), datetime.date(2025, 2, 1), datetime.date(2025, 3, 1))
    """
    return tuple(month for quarter in quarters for month in month_range(quarter, add_months(quarter, 2)))


def financial_year_of(quarter: date) -> str:
    """The financial year a quarter lies in.

    >>> financial_year_of(date(2025, 1, 1)), financial_year_of(date(2025, 4, 1))
    ('2024/25', '2025/26')
    """
    start = quarter.year - (quarter.month < 4)
    return f"{start}/{(start + 1) % 100:02d}"


def year_asked(selection: Selection, context: Context) -> Year:
    """The four quarters up to the one asked for: by `until`, else the last loaded within the period, else the last."""
    within = [quarter for quarter in context.quarters if add_months(quarter, 2) <= selection.end]
    last = add_months(selection.until, -2) if selection.until else (within or list(context.quarters))[-1]
    return _four(last)


def year_before(year: Year, selection: Selection) -> Year:
    """The four quarters a year is compared with: those of the comparison chosen, else the year before."""
    if selection.comparison_start and selection.comparison_end:
        end = selection.comparison_end
        return _four(add_months(end, -2 - end.month % 3))
    return _four(add_months(year[-1], -12))


def _four(last: date) -> Year:
    return tuple(add_months(last, step) for step in (-9, -6, -3, 0))


def own_change(found: Quarterly, people: float, now: Year, then: Year, offences: Sequence[str]) -> ChangeTable:
    """Our own counts, rate and change by offence, as :func:`category_table` gives them for street-level files.

    The first area of `found` is ours. Intervals are widened for the swings of our quarters.
    """
    rows = [0, *(1 + found.offences.index(offence) for offence in offences)]
    incidents, previous = (found.year(year)[rows, 0] for year in (now, then))
    compares = bool(np.isfinite(incidents[0]) and np.isfinite(previous[0]))
    compared = incidents if compares else np.full(len(rows), np.nan)
    previous = previous if compares else np.full(len(rows), np.nan)
    phi = _swings(found, now, rows)
    days = float(days_in(months_of(now))), float(days_in(months_of(then)))
    columns = change_values(incidents, np.full(len(rows), people), compared, previous, days, phi)
    frame = pd.DataFrame({"category": [ALL_CATEGORIES, *offences], **columns})
    months, before = months_of(now), months_of(then)
    note = "" if compares else f"{write_months(before)} has no figure of ours, so no change is worked out."
    basis = ComparedMonths(months, before, "like months", "") if compares else ComparedMonths((), (), "none", note)
    total = {str(key): value for key, value in frame.iloc[0].to_dict().items()}
    return ChangeTable(frame.iloc[1:].reset_index(drop=True), total, basis, months, ())


def _swings(found: Quarterly, now: Year, rows: Sequence[int]) -> np.ndarray:
    """φ of our quarters over the last years, each with its own mean; NaN where fewer than twelve are known."""
    first = add_months(now[-1], 3 - 12 * _SWING_YEARS)
    used = [index for index, quarter in enumerate(found.quarters) if first <= quarter <= now[-1]]
    series = found.counts[np.ix_(list(rows), [0], used)][:, 0]
    series = np.where(series >= 0, series, np.nan)
    quarters = [found.quarters[index] for index in used]
    years = [((q.year - now[-1].year) * 12 + q.month - now[-1].month - 1) // 12 for q in quarters]
    phi = dispersion(series, exposure=[float(days_in(months_of([q]))) for q in quarters], groups=np.array(years))
    return np.where((~np.isnan(series)).sum(axis=1) >= _LEAST_QUARTERS, phi, np.nan)


def recorded_source(context: Context, period: str) -> Source:
    """The source line of the Home Office's tables."""
    of_tables = [source for source in context.manifest.sources if source.source == "recorded_crime"]
    title = "police recorded crime by community safety partnership"
    return Source(of_tables[0].publisher if of_tables else "Home Office", title, period)
