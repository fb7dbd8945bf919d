"""The Overview's first words: one lead sentence and the verdicts that can be given with confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._families import HIGHER, LOWER, FamilyTable, band_words, family_sources, family_table, unit_words
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CHANGE_COLUMNS, ChangeTable, category_table, police_source
from analytics.selection import Selection
from analytics.summaries import change_finding, lower_first, subject
from analytics.words import and_list, change, change_limit, count_of, integer, is_missing, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_overview_lead_panel"]

ID = "overview_lead"
COLUMNS = (Column("group", "Verdict", hidden=True), Column("category", "Category"), *CHANGE_COLUMNS)
NAMED = 3
LONGEST = 90
"""Characters of a headline."""
ORDER = ("rose", "fell", "no clear change", "too few", "no data")


@panel(
    ID,
    page="overview",
    title="Where do we stand, and what can be said with confidence?",
    uses={"period", "comparison", "categories", "wards", "measure", "family"},
)
def build_overview_lead_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category under its verdict (`group`), in the order rose, fell, no clear change, too few, no data.

    Where a family is configured and all wards are chosen, the lead and the strip say how the level stands in it.
    """
    table = category_table(cursor, selection, context)
    family = None if selection.wards is not None else family_table(cursor, selection, context)
    what = subject(selection, context)
    frame = table.frame.copy()
    frame.insert(0, "group", frame["verdict"])
    frame = frame.assign(order=frame["group"].map({v: i for i, v in enumerate(ORDER)}))
    frame = frame.sort_values(["order", "incidents"], ascending=[True, False], ignore_index=True).drop(columns="order")
    made: dict[str, Any] = {
        "id": ID,
        "title": "In short",
        "table": frame,
        "columns": COLUMNS,
        "sources": family_sources(family, selection, context) if family else (police_source(context, selection),),
        "figure_height": 150,
    }
    empty = nothing_to_show(table, selection, context, subject=what)
    if empty:
        return Panel(**made, **empty)
    single = table.frame.iloc[0].to_dict() if len(table.frame) == 1 else dict(table.total)
    return Panel(
        **made,
        sentence=_lead(what, single, family) if table.compared.basis != "none" else _level(what, table),
        subtitle=" ".join([_counts(table, selection), *table.caveats]),
        caveats=table.caveats,
        facts={"total": dict(table.total), "groups": _groups(frame, table, family, selection)},
        total=dict(table.total),
    )


def _lead(what: str, row: dict[str, Any], family: FamilyTable | None) -> str:
    """The change, and how the level stands in the family where that can be said and the headline has room."""
    said = change_finding(what, row)
    band = "" if family is None else band_words(family.total)
    if row["verdict"] not in {"rose", "fell", "no clear change"} or band not in {*HIGHER, *LOWER, "about the same"}:
        return said
    full = f"{said}, and is {band} {'as' if band == 'about the same' else 'than'} in similar areas"
    return full if len(full) <= LONGEST else said


def _level(what: str, table: ChangeTable) -> str:
    return f"{what}: {integer(table.total['incidents'])} incidents in {write_months(table.months)}"


def _counts(table: ChangeTable, selection: Selection) -> str:
    words = f"{integer(table.total['incidents'])} incidents in {write_months(table.months)}"
    per = "households" if selection.measure == "households" else "residents"
    if not is_missing(table.total["rate_per_1000"]):
        words += f", {rate(table.total['rate_per_1000'])} per 1,000 {per}"
    return words + "."


def _groups(
    frame: pd.DataFrame, table: ChangeTable, family: FamilyTable | None, selection: Selection
) -> tuple[dict[str, Any], ...]:
    """The verdict strip: a group a verdict, at most three categories each by name, the rest counted."""
    if len(frame) < 2:
        return ()
    beside = _family_groups(family, selection) if family else []
    if table.compared.basis == "none":
        return tuple(beside)
    groups: list[dict[str, Any]] = []
    for verdict, kind, label in (("rose", "up", "Rose"), ("fell", "down", "Fell")):
        rows = frame[frame["verdict"] == verdict].to_dict("records")
        if rows:
            items = [_item(row) for row in rows[:NAMED]]
            if len(rows) > NAMED:
                others = and_list([lower_first(row["category"]) for row in rows[NAMED:]])
                items.append(
                    {
                        "name": f"{len(rows) - NAMED} more",
                        "figure": None,
                        "notes": [f"{others[:1].upper()}{others[1:]}"],
                    }
                )
            groups.append({"kind": kind, "label": label, "items": items})
    groups += beside
    quiet = frame[frame["verdict"] == "no clear change"]
    few = frame[frame["verdict"] == "too few"]
    items = []
    if len(quiet):
        every = "All" if len(quiet) == len(frame) else "All other" if not len(few) else ""
        name = f"{every} {count_of(len(quiet), 'category', 'categories')}".strip()
        if every == "All other":
            name = f"All {number_word(len(quiet))} other categories" if len(quiet) > 1 else "The other category"
        largest = and_list([lower_first(c) for c in quiet["category"].head(NAMED)])
        among = " among them" if len(quiet) > NAMED else ""
        words = f"{_capital(largest)}{among}: within chance and ordinary monthly swings."
        items.append({"name": name, "figure": None, "notes": [words]})
    if len(few):
        names = and_list([lower_first(c) for c in few["category"]])
        items.append(
            {"name": "Too few to tell", "figure": None, "notes": [f"{names[:1].upper()}{names[1:]}: under 20 in both."]}
        )
    if items:
        groups.append({"kind": "flat", "label": "No clear change", "items": items})
    return tuple(groups)


def _family_groups(family: FamilyTable, selection: Selection) -> list[dict[str, Any]]:
    """Categories outside what is ordinary for the family: the sure ones, or else those that may be."""
    words = family.frame.apply(band_words, axis=1)
    sides = (("higher", HIGHER, "up"), ("lower", LOWER, "down"))
    sure = words.isin((*HIGHER, *LOWER)).any()
    groups = []
    for side, bands, kind in sides:
        chosen = words.isin(bands) if sure else words == f"perhaps {side}"
        rows = family.frame[chosen].sort_values("p_value").to_dict("records")
        if rows:
            label = f"{_capital(side if sure else f'perhaps {side}')} than similar areas"
            items = [_family_item(row, selection) for row in rows[:2]]
            if len(rows) > 2:
                others = and_list([lower_first(row["category"]) for row in rows[2:]])
                items.append({"name": f"{len(rows) - 2} more", "figure": None, "notes": [_capital(others)]})
            groups.append({"kind": kind if sure else "plain", "label": label, "items": items})
    return groups


def _family_item(row: dict[str, Any], selection: Selection) -> dict[str, Any]:
    return {
        "name": row["category"],
        "figure": rate(row["rate_per_1000"]),
        "notes": [f"{unit_words(selection)};", f"family mean {rate(row['family_mean'])}"],
    }


def _item(row: dict[str, Any]) -> dict[str, Any]:
    interval = (
        f"between {change_limit(row['change_lower_cl'])} and {change_limit(row['change_upper_cl'])}"
        if not is_missing(row["change_pct"])
        else "from none"
    )
    return {
        "name": row["category"],
        "figure": change(row["change_pct"]) if not is_missing(row["change_pct"]) else integer(row["compared"]),
        "notes": [f"{integer(row['previous'])} to {integer(row['compared'])} incidents;", interval],
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
