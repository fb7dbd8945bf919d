"""Street-level counts beside the Home Office's, by year and category: two columns, never one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._recorded import recorded_source
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.queries.reconciliation import reconciliation
from analytics.selection import Selection
from analytics.words import and_list, count_of, integer, percent
from data.reference import categories

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_reconciliation_panel"]

ID = "reconciliation"
YEARS_SHOWN = 2
WORDS = {
    "unassigned": "unassigned",
    "split": "split",
    "shared": "only with other districts",
    "missing": "not published",
    "incomplete": "incomplete",
}
"""What stands where the Home Office's tables have no figure of ours; never a zero."""
COLUMNS = (
    Column("year", "Financial year"),
    Column("category", "Category"),
    Column("recorded", "Recorded crime, Home Office", "integer"),
    Column("street", "Street-level files", "integer"),
    Column("difference", "Street-level less recorded", "integer"),
    Column("difference_pct", "Difference", "change"),
    Column("quarters", "Quarters compared"),
    Column("state", "State of the year"),
    Column("note", "Publisher’s note", hidden=True),
)


@panel(ID, page="comparators", title="Do street-level counts and recorded crime agree?", uses=set())
def build_reconciliation_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a financial year and category: both counts of the partnership over the quarters both sources have whole.

    recorded: offences in the Home Office's tables; missing where the tables never hold the category (anti-social
    behaviour) or have no figure of ours: state says why ("unassigned", "split", "not published", …). street: incidents
    in the street-level files. The last rows of a year are all categories of crime together.
    """
    made: dict[str, Any] = {
        "id": ID,
        "title": "Street-level counts and recorded crime",
        "columns": COLUMNS,
        "sources": (recorded_source(context, ""), police_source(context, selection)),
        "figure_height": 220,
    }
    blank = pd.DataFrame(columns=[column.key for column in COLUMNS])
    if not context.quarters:
        return Panel(
            **made,
            table=blank,
            sentence="Recorded crime is not loaded, so the counts cannot be checked against it",
            subtitle="The Home Office’s tables by community safety partnership",
            state="no_data",
            message="With them, areas are compared by offence and quarter over many years, and these counts are set "
            "beside the street-level ones. Download the tables (prc-csp-….ods) from the Home Office’s open data page, "
            "name them under recorded_crime in [extracts] of the configuration, and build again.",
            ways=(Way("What is absent", "/data"),),
        )
    found = reconciliation(cursor, [code for code, _ in context.districts], context.months_loaded)
    frame = _frame(found)
    shown = frame[frame["quarters"].notna() | frame["state"].isin(WORDS.values())]
    street_years = _street_years(context)
    table = shown[shown["quarters"].notna() | shown["year"].isin(street_years)].reset_index(drop=True)
    subtitle = "Counts of the partnership over the quarters that both sources have whole"
    if table.empty:
        return Panel(
            **made,
            table=blank,
            sentence="No quarter is whole both in the street-level files and in recorded crime",
            subtitle=subtitle,
            state="no_data",
            message="A quarter needs all three months of our force, and a figure of ours in the Home Office’s tables.",
            ways=(Way("What is loaded", "/data"),),
        )
    glance, glance_columns = _glance(table)
    return Panel(
        **made,
        table=table,
        glance=glance,
        glance_columns=glance_columns,
        sentence=_finding(table),
        subtitle=f"{subtitle}, {_said_quarters(table)}",
        caveats=_caveats(table, frame),
        facts={"years": table["year"].nunique()},
    )


def _street_years(context: Context) -> set[str]:
    starts = {month.year - (month.month < 4) for month in context.months_loaded}
    return {f"{start}/{(start + 1) % 100:02d}" for start in starts}


ALL_CRIME = "All crime, no ASB"


def _frame(found: pd.DataFrame) -> pd.DataFrame:
    """The query's rows with a total of crime a year, differences, and states in words."""
    asb = {category.category for category in categories() if category.is_asb}
    crime = found[~found["category"].isin(asb)]
    totals = crime.groupby("year", as_index=False, sort=False).agg(
        quarters=("quarters", "first"), state=("state", "first"), note=("note", "first")
    )
    sums = crime.groupby("year", sort=False)[["recorded", "street"]].sum(min_count=1)
    totals = totals.assign(category=ALL_CRIME, recorded=sums["recorded"].to_numpy(), street=sums["street"].to_numpy())
    frame = pd.concat([found, totals], ignore_index=True).sort_values("year", kind="stable", ignore_index=True)
    recorded, street = (frame[key].astype("float64").to_numpy() for key in ("recorded", "street"))
    frame["recorded"], frame["street"] = (pd.Series(values).astype("Int64") for values in (recorded, street))
    frame["difference"] = pd.Series(street - recorded).astype("Int64")
    frame["difference_pct"] = 100 * (street / np.where(recorded > 0, recorded, np.nan) - 1)
    frame["state"] = [WORDS.get(str(state), str(state)) for state in frame["state"]]
    frame["quarters"] = frame["quarters"].where(frame["quarters"].notna(), None)
    return frame[[column.key for column in COLUMNS]]


def _glance(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """A row is a category; both counts and the difference of the latest years, or the word for there being none."""
    years = sorted(table["year"].unique())[-YEARS_SHOWN:]
    columns = [Column("category", "Category")]
    for year in years:
        columns += [
            Column(f"recorded_{year}", f"{year}: recorded crime", "integer"),
            Column(f"street_{year}", f"{year}: street-level", "integer"),
            Column(f"difference_{year}", f"{year}: difference", "change"),
        ]
    order = list(dict.fromkeys(table["category"]))
    order = [ALL_CRIME, *(name for name in order if name != ALL_CRIME)]
    rows = []
    for name in order:
        line: dict[str, Any] = {"category": name}
        for year in years:
            some = records(table[(table["year"] == year) & (table["category"] == name)])
            row = some[0] if some else None
            if row is None:
                line |= {f"{key}_{year}": "" for key in ("recorded", "street", "difference")}
            elif pd.isna(row["quarters"]):
                line |= {f"recorded_{year}": row["state"], f"street_{year}": "not compared", f"difference_{year}": "–"}
            else:
                of_asb = pd.isna(row["recorded"])
                none = pd.isna(row["difference_pct"])
                line |= {
                    f"recorded_{year}": "not held" if of_asb else row["recorded"],
                    f"street_{year}": row["street"],
                    f"difference_{year}": "–" if none else row["difference_pct"],
                }
        rows.append(line)
    return pd.DataFrame(rows).astype(object), tuple(columns)


def _finding(table: pd.DataFrame) -> str:
    known = table[(table["category"] == ALL_CRIME) & table["quarters"].notna()]
    if known.empty:
        last = records(table)[-1]
        return f"Recorded crime has no figure of ours for {last['year']}: {last['state']}"
    row = records(known)[-1]
    if pd.isna(row["difference_pct"]):
        return f"{row['year']}: {integer(row['street'])} street-level crimes, {integer(row['recorded'])} recorded"
    size = abs(row["difference_pct"])
    if size < 0.5:
        return f"Street-level counts of crime agree with recorded crime in {row['year']}"
    side = "above" if row["difference_pct"] > 0 else "below"
    return f"Street-level counts of crime are {percent(size)} {side} recorded crime in {row['year']}"


def _said_quarters(table: pd.DataFrame) -> str:
    said = table.dropna(subset=["quarters"]).drop_duplicates("year")
    parts = [f"{row['year']} {row['quarters']}" for row in records(said)[-YEARS_SHOWN:]]
    return "; ".join(parts) if parts else "none so far"


def _caveats(table: pd.DataFrame, frame: pd.DataFrame) -> tuple[str, ...]:
    said = [
        "Two sources, two counts: street-level files are those first published, rows without a place are in none of "
        "them; recorded crime is revised later and holds no anti-social behaviour. The two are never mixed in a figure."
    ]
    without = table[table["quarters"].isna()].drop_duplicates("year")
    said += [
        f"{row['year']}: {row['state']}" + (f" ({row['note']})" if isinstance(row["note"], str) else "") + "."
        for row in records(without)
    ]
    elsewhere = sorted(set(frame["year"]) - set(table["year"]))
    if elsewhere:
        span = elsewhere[0] if len(elsewhere) == 1 else f"{elsewhere[0]} to {elsewhere[-1]}"
        said.append(
            f"Recorded crime of {count_of(len(elsewhere), 'more year')} ({span}) has no street-level months beside it."
        )
    shown = sorted(table["year"].unique())[-YEARS_SHOWN:]
    if len(shown) < table["year"].nunique():
        said.append(f"Shown: {and_list(shown)}; the CSV holds all {table['year'].nunique()} years.")
    return tuple(said)
