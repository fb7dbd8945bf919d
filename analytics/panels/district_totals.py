"""Incidents of every district: ours, the families', and all others whose force is loaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.panels._data import as_months
from analytics.panels._districts import DistrictMonths, district_months
from analytics.panels._empty import no_data
from analytics.panels._model import Column, Panel, Source, View
from analytics.panels._registry import panel
from analytics.queries.counts import counts_by_district
from analytics.queries.loaded import districts, family_districts
from analytics.selection import Selection
from analytics.summaries import categories_words
from analytics.words import count_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_district_totals_panel"]

ID = "district_totals"
COLUMNS = (
    Column("district_code", "Code"),
    Column("district_name", "District"),
    Column("months_present", "Months loaded", "integer"),
    Column("months_expected", "Of", "integer"),
    Column("incidents", "Incidents", "integer"),
    Column("force", "Police force"),
    Column("whose", "For"),
    Column("state", "State"),
    Column("state_kind", "Kind of state", hidden=True),
    Column("is_ours", "Ours", hidden=True),
    Column("in_family", "In a family", hidden=True),
    Column("complete", "Complete", hidden=True),
    Column("stray_incidents", "Rows from other forces’ files alone", "integer"),
    Column("population", "Residents", "integer", hidden=True),
)


@panel(ID, page="data", title="Which districts can be compared?", uses={"period", "categories"})
def build_district_totals_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a district: ours, then those of any family, then every other one with rows or with its force loaded.

    months_present: months of the period in which the file of the district's own force is loaded. incidents: those of
    the months present; missing, never zero, where there is none. stray_incidents: rows that other forces' files hold
    of the district in months without its own force's file: never a count of the district. complete: all months present.
    """
    months = selection.months
    table = _table(
        districts(cursor),
        family=set(family_districts(cursor)["district_code"]),
        counts=counts_by_district(cursor, months, selection),
        loaded=district_months(cursor, context, months),
        months=months,
        context=context,
    )
    made: dict[str, Any] = {
        "id": ID,
        "title": "Districts",
        "subtitle": f"{categories_words(selection, context)} by district, {selection.period_label}",
        "table": table,
        "columns": COLUMNS,
        "glance": table[(table["whose"] != "none") | (table["months_present"] > 0)].reset_index(drop=True),
        "glance_columns": COLUMNS,
        "sources": (Source("data.police.uk", "street-level crime and ASB", selection.period_label),),
        "figure_height": 480,
    }
    if not (table["months_present"] > 0).any():
        return Panel(**{**made, **no_data(selection, context)})
    compared = table[table["in_family"] & ~table["is_ours"]]
    ready = int(compared["complete"].sum())
    strays = int((table["stray_incidents"] > 0).sum())
    caveats = ["Counted are months with the file of the district’s own force: without one it is missing, not zero."]
    if strays:
        caveats.append(
            f"{count_of(strays, 'district')} {'has' if strays == 1 else 'have'} rows in other forces’ files alone: "
            "these are no count of the district."
        )
    return Panel(
        **made,
        sentence=_finding(table, ready, len(compared), len(months)),
        caveats=tuple(caveats),
        facts={"family_districts": len(compared), "family_complete": ready, "with_strays_only": strays},
    )


def _table(
    known: pd.DataFrame,
    *,
    family: set[str],
    counts: pd.DataFrame,
    loaded: DistrictMonths,
    months: tuple[date, ...],
    context: Context,
) -> pd.DataFrame:
    counts = counts.assign(month=as_months(counts["month"]))
    by_district: dict[str, dict[date, int]] = {}
    for row in records(counts):
        by_district.setdefault(row["district_code"], {})[row["month"]] = int(row["incidents"])
    named = known.set_index("district_code")
    rows = []
    for code in sorted({*named.index, *by_district, *family}):
        entry = named.loc[code] if code in named.index else None
        is_ours = code in dict(context.districts)
        force = loaded.force(code, None if entry is None else entry["force"])
        present = loaded.present(force)
        found = by_district.get(code, {})
        if not (present or found or is_ours or code in family):
            continue
        complete = len(present) == len(months)
        rows.append({
            "district_code": code,
            "district_name": dict(context.districts).get(code, code) if entry is None else entry["district_name"],
            "months_present": len(present),
            "months_expected": len(months),
            "incidents": sum(found.get(month, 0) for month in present) if present else pd.NA,
            "force": force,
            "whose": "ours" if is_ours else "a family" if code in family else "none",
            "state": _state(force, len(present), len(months)),
            "state_kind": "complete" if complete else "partial" if present else "missing",
            "is_ours": is_ours,
            "in_family": code in family,
            "complete": complete,
            "stray_incidents": sum(n for month, n in found.items() if month not in present),
            "population": pd.NA if entry is None else entry["population"],
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    whole = ["months_present", "months_expected", "incidents", "stray_incidents", "population"]
    table[whole] = table[whole].astype("Int64")
    table[["is_ours", "in_family", "complete"]] = table[["is_ours", "in_family", "complete"]].astype(bool)
    order = table["whose"].map({"ours": 0, "a family": 1, "none": 2})
    return (
        table.assign(order=order)
        .sort_values(["order", "district_name", "district_code"], ignore_index=True)
        .drop(columns="order")
    )


def _state(force: str, present: int, expected: int) -> str:
    if present == expected:
        return "Complete"
    if present:
        return f"{present} of {expected} months"
    return "Not loaded" if force else "Force not known"


def _finding(table: pd.DataFrame, ready: int, compared: int, months: int) -> str:
    span = f"all {months} months" if months > 1 else "the month"
    if compared:
        return f"{ready} of {count_of(compared, 'district')} in the families {'has' if ready == 1 else 'have'} {span}"
    whole = int(table["complete"].sum())
    return f"{count_of(whole, 'district')} {'has' if whole == 1 else 'have'} {span}"
