"""The tables several panels share: incidents, rate and change by category, ward or LSOA, worked out in one place."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.memo import Memo
from analytics.months import add_months, days_in, month_range, write_months
from analytics.panels._model import Column, Source
from analytics.periods import ComparedMonths, compared_months
from analytics.queries.counts import (
    counts_by_lsoa_month,
    counts_by_month,
    counts_by_ward_category,
    counts_by_ward_month,
)
from analytics.queries.loaded import districts, loaded_areas
from analytics.selection import Selection
from analytics.statistics.change import change_verdicts
from analytics.statistics.rates import crime_rate, dispersion, proportion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "ALL_CATEGORIES",
    "CATEGORY_COLUMNS",
    "CHANGE_COLUMNS",
    "ChangeTable",
    "areas_of",
    "category_table",
    "change_months",
    "change_values",
    "changes",
    "clear_of_zero",
    "denominator_name",
    "loaded_sources",
    "lsoa_table",
    "measured",
    "police_source",
    "residents",
    "ward_category_table",
    "ward_table",
    "whole",
]

ALL_CATEGORIES = "All crime and ASB"

CHANGE_COLUMNS: tuple[Column, ...] = (
    Column("incidents", "Incidents", "integer"),
    Column("population", "Residents", "integer"),
    Column("rate_per_1000", "Rate per 1,000", "rate", between=("lower_cl", "upper_cl")),
    Column("lower_cl", "Rate, lower 95 %", "rate"),
    Column("upper_cl", "Rate, upper 95 %", "rate"),
    Column("previous", "Before", "integer"),
    Column("compared", "Now, same months", "integer"),
    Column(
        "change_pct",
        "Change",
        "change",
        given=("previous", "compared"),
        between=("change_lower_cl", "change_upper_cl"),
    ),
    Column("change_lower_cl", "Change, lower 95 %", "change", given=("previous", "compared")),
    Column("change_upper_cl", "Change, upper 95 %", "change", given=("previous", "compared")),
    Column("verdict", "Verdict", "verdict"),
    Column("p_adjusted", "p, adjusted", "p_value", hidden=True),
    Column("dispersion", "Dispersion", "ratio", hidden=True),
    Column("method", "Method", hidden=True),
)

CATEGORY_COLUMNS = tuple(
    replace(column, hidden=column.hidden or column.key == "population") for column in CHANGE_COLUMNS
)
"""The same where a row is a category: every row has the same residents."""


@dataclass(frozen=True)
class ChangeTable:
    """Incidents, rate and change of several series. A row of `frame` is a series; `total` is all of them together.

    Columns of `frame` beside the key: those of CHANGE_COLUMNS. Counts of months that are not loaded are left out,
    never zero: `months` are the months counted, `missing` those of the selection that are not loaded, and where no
    month is loaded every count is missing.
    """

    frame: pd.DataFrame
    total: Mapping[str, Any]
    compared: ComparedMonths
    months: tuple[date, ...]
    missing: tuple[date, ...]

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a careful reader must know of the months."""
        said = [self.compared.note] if self.compared.note else []
        if self.missing and self.months:
            said.append(f"Counts cover {write_months(self.months)}: {write_months(self.missing)} is not loaded.")
        return tuple(said)


Table = Callable[["DuckDBPyConnection", Selection, Context], ChangeTable]
_tables: Memo[ChangeTable] = Memo(size=256)
_facts: Memo[pd.DataFrame] = Memo(size=16)


def _once_per_selection(table: Table) -> Table:
    """Work a table out once for all panels that show it, whatever else they are asked; each gets a copy."""

    @functools.wraps(table)
    def asked(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> ChangeTable:
        matters = Selection(
            start=selection.start,
            end=selection.end,
            comparison_start=selection.comparison_start,
            comparison_end=selection.comparison_end,
            categories=selection.categories,
            wards=selection.wards,
            measure=selection.measure,
            source=selection.source,
        )
        found = _tables.answer((table.__name__, context.folder, matters), lambda: table(cursor, matters, context))
        return replace(found, frame=found.frame.copy())

    return asked


def areas_of(cursor: DuckDBPyConnection, context: Context) -> pd.DataFrame:
    """The wards and LSOAs of the snapshot, asked for once. A row is an area, as in ``loaded_areas``."""
    return _facts.answer(("areas", context.folder), lambda: loaded_areas(cursor)).copy()


@_once_per_selection
def category_table(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> ChangeTable:
    """A row is a category (`category`), the largest first; every category loaded is there, zero or not."""
    window = _Window.of(selection, context)
    counts = counts_by_month(cursor, window.every, selection)
    wanted = [c.name for c in context.categories if selection.categories is None or c.name in selection.categories]
    people = residents(cursor, selection, context)
    table = _change_table(counts, "category", wanted, dict.fromkeys(wanted, people), people, window)
    frame = table.frame.sort_values(["incidents", "category"], ascending=[False, True], ignore_index=True)
    return ChangeTable(frame, table.total, table.compared, table.months, table.missing)


@_once_per_selection
def ward_table(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> ChangeTable:
    """A row is a ward (`ward_code`, `ward_name`, `visitor_ward`), the highest rate first.

    Residents are those of the wards' LSOAs, so the partnership's rate here may differ a little from the rate on the
    district's own, later figure.
    """
    areas = areas_of(cursor, context)
    return _area_table(counts_by_ward_month, "ward", areas, cursor, selection, context)


@_once_per_selection
def lsoa_table(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> ChangeTable:
    """A row is an LSOA (`lsoa_code`, `lsoa_name`, `ward_code`, imd_decile), the highest rate first."""
    areas = areas_of(cursor, context)
    return _area_table(counts_by_lsoa_month, "lsoa", areas, cursor, selection, context)


@_once_per_selection
def ward_category_table(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> ChangeTable:
    """A row is a ward and a category (`ward_code`, `ward_name`, `category`): every loaded pair, zero or not.

    Change is adjusted for all pairs together. Wards in the order of their names, categories in the reference's.
    """
    window = _Window.of(selection, context)
    areas = areas_of(cursor, context)
    wards = areas[areas["area_type"] == "ward"]
    if selection.wards is not None:
        wards = wards[wards["code"].isin(selection.wards)]
    categories = [c.name for c in context.categories if selection.categories is None or c.name in selection.categories]
    pairs = pd.MultiIndex.from_product([wards["code"], categories], names=["ward_code", "category"])
    names = [f"{ward}/{category}" for ward, category in pairs]
    counts = counts_by_ward_category(cursor, window.every, selection)
    counts["pair"] = counts["ward_code"] + "/" + counts["category"]
    people = wards.set_index("code")[denominator_name(selection)].astype("float64")
    by_pair = dict(zip(names, people.reindex(pairs.get_level_values("ward_code")), strict=True))
    whole = float(people.sum(skipna=False)) if len(people) else float("nan")
    table = _change_table(counts, "pair", names, by_pair, whole, window)
    frame = pairs.to_frame(index=False)
    frame.insert(1, "ward_name", frame["ward_code"].map(dict(zip(wards["code"], wards["name"], strict=True))))
    frame = frame.join(table.frame.drop(columns="pair"))
    return ChangeTable(frame, table.total, table.compared, table.months, table.missing)


def change_months(selection: Selection, context: Context) -> tuple[date, ...]:
    """Every month that :func:`changes` needs counts of."""
    return _Window.of(selection, context).every


def changes(counts: pd.DataFrame, key: str, keys: Sequence[Any], selection: Selection, context: Context) -> ChangeTable:
    """Incidents and change of series of a panel's own, such as hotspots. A row is a series, in the order of `keys`.

    counts: a row a series and month: `key`, month, incidents; pairs without a row are true zeros.
    """
    window = _Window.of(selection, context)
    return _change_table(counts, key, keys, {}, float("nan"), window)


def clear_of_zero(row: Mapping[str, Any]) -> bool:
    """Whether the interval of a change leaves out zero, though all series judged together it is no clear change.

    row: of a ChangeTable's frame. A reader must be told why such a row is not called one that rose or fell.

    >>> clear_of_zero({"verdict": "no clear change", "change_lower_cl": 2.0, "change_upper_cl": 40.0})
    True
    >>> clear_of_zero({"verdict": "rose", "change_lower_cl": 9.0, "change_upper_cl": 62.0})
    False
    """
    return row["verdict"] == "no clear change" and (row["change_lower_cl"] > 0 or row["change_upper_cl"] < 0)


def residents(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> float:
    """Residents (or households, where they are the measure) of the selection; NaN where they are not loaded.

    All wards: the districts' own figure. Some wards: the sum over them.
    """
    column = denominator_name(selection)
    if selection.wards is None:
        everywhere = _facts.answer(("districts", context.folder), lambda: districts(cursor))
        ours = everywhere.loc[everywhere["is_ours"], column]
        if len(ours) and ours.notna().all():
            return float(ours.sum())
    areas = areas_of(cursor, context)
    wards = areas[areas["area_type"] == "ward"]
    if selection.wards is not None:
        wards = wards[wards["code"].isin(selection.wards)]
    return float(wards[column].astype("float64").sum(skipna=False)) if len(wards) else float("nan")


def measured(frame: pd.DataFrame, selection: Selection, total: Mapping[str, Any]) -> pd.DataFrame:
    """The frame of a ChangeTable with the chosen measure as `value`, `value_lower`, `value_upper` (95 %).

    Counts and rates: Byar or exact Poisson, widened for overdispersion; share: Wilson, in per cent of `total`.
    """
    incidents = frame["incidents"].astype("float64").to_numpy()
    phi = frame["dispersion"].to_numpy()
    if selection.measure == "share":
        share = proportion(incidents, [total["incidents"]])
        parts = [100 * part for part in (share.value, share.lower_cl, share.upper_cl)]
    else:
        per, base = {
            "count": (1.0, np.ones(len(frame))),
            "km2": (
                1.0,
                frame["area_km2"].to_numpy(dtype=float) if "area_km2" in frame else np.full(len(frame), np.nan),
            ),
        }.get(selection.measure, (1000.0, frame["population"].astype("float64").to_numpy()))
        estimate = crime_rate(incidents, base, per=per, dispersion=phi)
        parts = [estimate.value, estimate.lower_cl, estimate.upper_cl]
    return frame.assign(value=parts[0], value_lower=parts[1], value_upper=parts[2])


def denominator_name(selection: Selection) -> str:
    """The column of people or homes a rate stands over."""
    return "households" if selection.measure == "households" else "population"


def police_source(context: Context, selection: Selection) -> Source:
    """The source line of figures from the street-level extracts."""
    extracts = next((s for s in context.manifest.sources if s.source == "street_crime"), None)
    if extracts is None:
        return Source("data.police.uk", ", ".join(context.forces), selection.period_label)
    return Source(extracts.publisher, ", ".join(context.forces), selection.period_label, extracts.licence)


def loaded_sources(context: Context, *keys: str) -> tuple[Source, ...]:
    """The source lines of the inputs named (as in the manifest: "ward_boundaries") that are loaded.

    Residents and households stand with the year they are of, the denominators' year.
    """
    year = f"{context.population_year}" if context.population_year else ""
    found = {source.source: source for source in context.manifest.sources if source.source in keys}
    return tuple(
        Source(
            found[key].publisher.replace("Office for National Statistics", "ONS"),
            found[key].title,
            year if key == "population_lsoa" and year not in found[key].title else "",
            found[key].licence,
        )
        for key in keys
        if key in found
    )


@dataclass(frozen=True)
class _Window:
    """The months a table needs: those counted, those compared, and those the dispersion is taken from."""

    months: tuple[date, ...]
    missing: tuple[date, ...]
    compared: ComparedMonths
    groups: tuple[tuple[date, ...], ...]

    @classmethod
    def of(cls, selection: Selection, context: Context) -> _Window:
        loaded = set(context.months_loaded)
        asked = selection.months
        windows = [_at_least_a_year(months, loaded) for months in (asked, selection.comparison_months)]
        first = windows[0]
        second = tuple(m for m in windows[1] if m not in first)
        return cls(
            months=tuple(m for m in asked if m in loaded),
            missing=tuple(m for m in asked if m not in loaded),
            compared=compared_months(selection, loaded),
            groups=tuple(group for group in (first, second) if group),
        )

    @property
    def every(self) -> tuple[date, ...]:
        both = {*self.months, *self.compared.current, *self.compared.previous}
        return tuple(sorted(both.union(*self.groups)))


def _at_least_a_year(months: tuple[date, ...], loaded: set[date]) -> tuple[date, ...]:
    """The loaded months of a period, reaching back to twelve where the period is shorter."""
    if not months:
        return ()
    start = min(months[0], add_months(months[-1], -11))
    return tuple(m for m in month_range(start, months[-1]) if m in loaded)


def _area_table(
    query: Any, kind: str, areas: pd.DataFrame, cursor: DuckDBPyConnection, selection: Selection, context: Context
) -> ChangeTable:
    window = _Window.of(selection, context)
    key = f"{kind}_code"
    listed = areas[areas["area_type"] == kind]
    if selection.wards is not None:
        listed = listed[listed["code" if kind == "ward" else "ward_code"].isin(selection.wards)]
    people = listed.set_index("code")[denominator_name(selection)].astype("float64")
    counts = query(cursor, window.every, selection)
    whole = float(people.sum(skipna=False)) if len(people) else float("nan")
    table = _change_table(counts, key, list(listed["code"]), people.to_dict(), whole, window)
    kept = {"ward": ["name", "visitor_ward"], "lsoa": ["name", "ward_code", "imd_decile"]}[kind]
    details = listed.set_index("code")[[*kept, "area_km2"]].rename(columns={"name": f"{kind}_name"})
    frame = table.frame.join(details, on=key)
    order = "rate_per_1000" if frame["rate_per_1000"].notna().any() else "incidents"
    frame = frame.sort_values([order, f"{kind}_name"], ascending=[False, True], ignore_index=True)
    return ChangeTable(frame, table.total, table.compared, table.months, table.missing)


def _change_table(
    counts: pd.DataFrame, key: str, keys: Sequence[str], people: Mapping[str, float], whole: float, window: _Window
) -> ChangeTable:
    every = window.every
    matrix = (
        counts.groupby([key, "month"])["incidents"].sum().unstack(fill_value=0).reindex(index=list(keys), fill_value=0)
    )
    matrix.columns = [pd.Timestamp(m).date() for m in matrix.columns]
    matrix = matrix.reindex(columns=list(every), fill_value=0).astype("float64")
    total_row = pd.DataFrame([matrix.sum(axis=0)], index=pd.Index([ALL_CATEGORIES]))
    frame = _rows(matrix, pd.Series(people, dtype="float64").reindex(matrix.index), window)
    total = _rows(total_row, pd.Series([whole], index=total_row.index), window).iloc[0]
    frame.insert(0, key, matrix.index)
    return ChangeTable(
        frame.reset_index(drop=True),
        {key: ALL_CATEGORIES, **total.to_dict()},
        window.compared,
        window.months,
        window.missing,
    )


def _rows(matrix: pd.DataFrame, people: pd.Series, window: _Window) -> pd.DataFrame:
    def summed(months: tuple[date, ...]) -> np.ndarray:
        if not months:
            return np.full(len(matrix), np.nan)
        return matrix[list(months)].to_numpy().sum(axis=1)

    incidents, compared, previous = (
        summed(months) for months in (window.months, window.compared.current, window.compared.previous)
    )
    used = [m for group in window.groups for m in group]
    phi = dispersion(
        matrix[used].to_numpy(),
        exposure=np.array([days_in([m]) for m in used], dtype=float),
        groups=np.array([index for index, group in enumerate(window.groups) for _ in group], dtype=int),
    )
    columns = change_values(incidents, people.to_numpy(), compared, previous, window.compared.days, np.asarray(phi))
    return pd.DataFrame(columns, index=matrix.index)


def change_values(
    incidents: np.ndarray,
    people: np.ndarray,
    compared: np.ndarray,
    previous: np.ndarray,
    days: tuple[float, float],
    phi: np.ndarray,
) -> dict[str, Any]:
    """CHANGE_COLUMNS by key, a value a series: intervals widened for `phi`, verdicts adjusted over all of them."""
    rate = crime_rate(incidents, people, dispersion=phi)
    moved = change_verdicts(compared, days[0] or np.nan, previous, days[1] or np.nan, dispersion=phi)
    return {
        "incidents": whole(incidents),
        "population": whole(people),
        "rate_per_1000": rate.value,
        "lower_cl": rate.lower_cl,
        "upper_cl": rate.upper_cl,
        "previous": whole(previous),
        "compared": whole(compared),
        "change_pct": moved.change_pct,
        "change_lower_cl": moved.change_lower_cl,
        "change_upper_cl": moved.change_upper_cl,
        "verdict": moved.verdict,
        "p_adjusted": moved.p_adjusted,
        "dispersion": phi,
        "method": rate.method,
    }


def whole(values: np.ndarray) -> Any:
    """Whole numbers that may be missing."""
    return pd.Series(values, dtype="float64").round().astype("Int64").array
