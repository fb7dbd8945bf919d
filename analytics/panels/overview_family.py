"""The category furthest from the family, and how many are outside what is ordinary for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.family_strip import HEIGHT, family_strip
from analytics.months import write_months
from analytics.panels._families import (
    HIGHER,
    LOWER,
    FamilyTable,
    band_words,
    bands_words,
    family_sources,
    family_table,
    measure_caveat,
    no_family,
    unit_words,
)
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import ALL_CATEGORIES
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first
from analytics.words import and_list, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_overview_family_panel"]

ID = "overview_family"
COLUMNS = (
    Column("member_name", "Area"),
    Column("incidents", "Incidents", "integer"),
    Column("population", "Residents", "integer"),
    Column("rate_per_1000", "Rate per 1,000", "rate"),
    Column("category", "Category"),
    Column("is_self", "Ours", hidden=True),
    Column("member_id", "Code", hidden=True),
)


@panel(
    ID,
    page="overview",
    title="What is unlike areas like ours?",
    uses={"period", "categories", "measure", "family"},
)
def build_overview_family_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is an area of the family with a figure, the highest rate first, for the category furthest from the others.

    Which category that is: the surest of those outside the family's ordinary range; all together where none is.
    """
    table = family_table(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Against similar areas",
        "columns": COLUMNS,
        "sources": family_sources(table, selection, context)[-1:],
        "figure_height": HEIGHT,
    }
    empty = no_family(selection, context, table)
    if table is None or empty:
        return Panel(**made, table=pd.DataFrame(columns=[column.key for column in COLUMNS]), **(empty or {}))
    category = _furthest(table)
    row = table.position(category)
    what = category or categories_words(selection, context)
    places = table.places(category).assign(category=category or ALL_CATEGORIES)
    places["incidents"] = places["incidents"].astype("Int64")
    places["population"] = places["population"].round().astype("Int64")
    others = places[~places["is_self"]]
    whole = f", all of {context.short_name}" if selection.wards is not None else ""
    return Panel(
        **made,
        table=places[[column.key for column in COLUMNS]],
        sentence=_finding(table, context),
        subtitle=f"{what} {unit_words(selection)}, {write_months(table.months)}{whole}",
        reading="Each dot is an area",
        figure=family_strip(
            list(zip(others["member_name"], others["rate_per_1000"], strict=True)),
            ours=(context.short_name, float(row["rate_per_1000"])),
            mean=float(row["family_mean"]),
            ordinary=(float(row["ordinary_lower"]), float(row["ordinary_upper"])),
            view=view,
        ),
        figure_alt=f"{what}: {context.short_name} {rate(row['rate_per_1000'])}, family mean {rate(row['family_mean'])} "
        f"{unit_words(selection)}.",
        caveats=(
            f"Grey: ordinary for this family. {_rank(row)}{table.coverage_words}.",
            *measure_caveat(selection),
        ),
        ways=(Way("All categories", "/comparators"),),
        facts={"category": category or "", "band": band_words(row)},
    )


def _rank(row: Mapping[str, Any]) -> str:
    return "" if row["rank_words"] == "no data" else f"Rank {row['rank_words']}; 1 is the lowest rate. "


def _furthest(table: FamilyTable) -> str | None:
    """The surest category outside the family's ordinary range, those above it first; None: all together."""
    words = bands_words(table.frame)
    for bands in (HIGHER, LOWER, ("perhaps higher", "perhaps lower")):
        chosen = table.frame[words.isin(bands)]
        if len(chosen):
            return str(chosen.sort_values("p_value")["category"].iloc[0])
    return None if len(table.frame) > 1 else str(table.frame["category"].iloc[0])


def _finding(table: FamilyTable, context: Context) -> str:
    words = bands_words(table.frame)
    if table.total["band"] == "too few members":
        return "Too few similar areas have these months to say what is ordinary"
    higher, lower = (list(table.frame.loc[words.isin(bands), "category"]) for bands in (HIGHER, LOWER))
    perhaps = list(table.frame.loc[words.str.startswith("perhaps"), "category"])
    if higher or lower:
        sides = (("above", higher), ("below", lower))
        held = [(side, those) for side, those in sides if those]
        first = f"{_names(held[0][1])} {'is' if len(held[0][1]) == 1 else 'are'} {held[0][0]} our family"
        second = f" and {_names(held[1][1])} {held[1][0]}" if len(held) > 1 else ""
        only = "Only " if len(higher) + len(lower) == 1 and len(table.frame) > 1 else ""
        said = f"{only}{first}{second}"
        if len(said) > 90:
            counts = [f"{number_word(len(those))} {side}" for side, those in sides if those]
            said = f"{' and '.join(counts)} our family, of {len(table.frame)} categories"
    elif perhaps:
        said = f"Only {_names(perhaps)} may be unlike our family"
        if len(said) > 90:
            said = f"{number_word(len(perhaps))} of {len(table.frame)} categories may be unlike our family"
    else:
        said = "Nothing stands out from our family of similar areas"
    return said[:1].upper() + said[1:]


def _names(categories: list[str]) -> str:
    return and_list([lower_first(category) for category in categories])
