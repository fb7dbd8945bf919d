"""Does the verdict hold in every family? The same categories against each configured family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.months import write_months
from analytics.panels._families import (
    ALL_RECORDED,
    HIGHER,
    LOWER,
    FamilyTable,
    band_words,
    comparison,
    counted_columns,
    family_sources,
    looked_at,
    measure_caveat,
    no_family,
    short_name,
    unit_words,
)
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import ALL_CATEGORIES
from analytics.selection import Selection
from analytics.words import count_of, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_sensitivity_panel"]

ID = "family_sensitivity"
TOTALS = (ALL_CATEGORIES, ALL_RECORDED)
COLUMNS = (
    Column("category", "Category"),
    Column("family_name", "Family"),
    Column("verdict", "Against the family"),
    Column("band", "Band", "verdict"),
    Column("band_alone", "Judged alone", "verdict"),
    Column("rate_per_1000", "Rate per 1,000", "rate"),
    Column("family_mean", "Family mean", "rate"),
    Column("ordinary_lower", "Ordinary from", "rate"),
    Column("ordinary_upper", "Ordinary to", "rate"),
    Column("members", "Areas compared", "integer"),
    Column("members_listed", "Areas in the family", "integer"),
    Column("p_adjusted", "p, adjusted", "p_value"),
    Column("family_id", "Family’s key", hidden=True),
)


@panel(
    ID,
    page="comparators",
    title="Does it depend on the choice of family?",
    uses={"period", "categories", "measure"},
)
def build_family_sensitivity_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category and a family: where we stand in each family that is configured.

    On screen a row is a category and every family a column. Adjusted within each family, not over all of them.
    """
    tables = [
        found
        for family in context.families
        if (found := comparison(cursor, selection, context, family=family.id, ranked=family.id == selection.family))
    ]
    made: dict[str, Any] = {
        "id": ID,
        "title": "The same against each family",
        "columns": counted_columns(COLUMNS, tables[0] if tables else None),
        "sources": family_sources(tables[0] if tables else None, selection, context)[:-1],
        "figure_height": 430,
    }
    usable = [table for table in tables if no_family(selection, context, table) is None]
    if not usable:
        empty = no_family(selection, context, tables[0] if tables else None) or {}
        return Panel(**made, table=pd.DataFrame(columns=[column.key for column in COLUMNS]), **empty)
    frame = pd.DataFrame(
        [_row(row, table) for table in usable for row in [table.total, *records(table.frame)]],
        columns=[column.key for column in COLUMNS],
    )
    frame = frame[~frame["category"].isin(TOTALS)] if len(usable[0].frame) == 1 else frame
    category = looked_at(usable[0], selection) or _telling(frame)
    glance, glance_columns = _glance(usable, context)
    left_out = len(tables) - len(usable)
    caveats = ["Perhaps: outside a family’s band if judged alone, not with all categories judged at once."]
    if left_out:
        caveats.append(f"{count_of(left_out, 'family', 'families')} without another area that has these months.")
    return Panel(
        **made,
        table=frame.reset_index(drop=True),
        glance=glance,
        glance_columns=glance_columns,
        sentence=_finding(frame, category, len(usable)),
        subtitle=f"{unit_words(selection)[:1].upper()}{unit_words(selection)[1:]}, {write_months(usable[0].months)}; "
        "family mean behind the word",
        caveats=(*caveats, *measure_caveat(selection)),
        facts={"families": len(usable), "category": category},
    )


def _row(row: dict[str, Any], table: FamilyTable) -> dict[str, Any]:
    kept = {column.key: row.get(column.key) for column in COLUMNS}
    return {
        **kept,
        "family_name": table.family.name,
        "family_id": table.family.id,
        "verdict": band_words(row),
        "members_listed": len(table.members),
    }


def _telling(frame: pd.DataFrame) -> str:
    """The category whose verdict is worth a headline: the surest verdicts over all families, then the smallest p."""
    weight = frame["verdict"].map(lambda verdict: 2 if verdict in (*HIGHER, *LOWER) else verdict.startswith("perhaps"))
    out = frame.assign(weight=weight.astype(int))
    out = out[~out["category"].isin(TOTALS)] if frame["category"].nunique() > 1 else out
    by = out.groupby("category").agg(weight=("weight", "sum"), p=("p_adjusted", "min")).reset_index()
    return str(by.sort_values(["weight", "p"], ascending=[False, True])["category"].iloc[0])


def _glance(tables: list[FamilyTable], context: Context) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """A row is a category: our rate, and in a column a family the word and the mean."""
    first = tables[0]
    order = [first.total["category"]] * (len(first.frame) > 1) + list(first.frame["category"])
    columns = [Column("category", "Category"), Column("rate_per_1000", "Ours", "rate")]
    columns += [
        Column(f"family_{i}", f"{table.family.name}: {len(table.complete)} of {len(table.members)} areas", "text")
        for i, table in enumerate(tables)
    ]
    rows = []
    for name in order:
        key = None if name in TOTALS else name
        row: dict[str, Any] = {
            "category": short_name(context, name),
            "rate_per_1000": first.position(key)["rate_per_1000"],
        }
        for i, table in enumerate(tables):
            there = table.position(key)
            row[f"family_{i}"] = f"{band_words(there)}, {rate(there['family_mean'])}"
        rows.append(row)
    return pd.DataFrame(rows), tuple(columns)


def _finding(frame: pd.DataFrame, category: str, families: int) -> str:
    words = frame.loc[frame["category"] == category, "verdict"]
    higher, lower = int(words.isin(HIGHER).sum()), int(words.isin(LOWER).sum())
    perhaps = words[words.str.startswith("perhaps")]
    if families == 1:
        return f"Only one family is configured: {category} is {words.iloc[0]}"[:90]
    if higher or lower:
        said = f"{category}: {'higher' if higher >= lower else 'lower'} in {max(higher, lower)} of {families} families"
    elif len(perhaps):
        said = f"{category}: {perhaps.iloc[0]} in {len(perhaps)} of {families} families, sure in none"
    else:
        said = f"Nothing stands out in any of the {families} families"
    return said
