"""Who is in the family: members, forces, residents, what is loaded of each, and where the list comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import write_months
from analytics.panels._families import FamilyTable, comparison, counted_columns, family_sources, no_family
from analytics.panels._members import Member
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import loaded_sources
from analytics.queries.loaded import district_facts, districts
from analytics.selection import Selection
from analytics.words import and_list

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_members_panel"]

ID = "family_members"
COLUMNS = (
    Column("member_name", "Area"),
    Column("forces", "Police force"),
    Column("population", "Residents", "integer"),
    Column("imd_score", "Deprivation score", "rate"),
    Column("months_present", "Months loaded", "integer"),
    Column("months_expected", "Of", "integer", hidden=True),
    Column("state", "In the comparison"),
    Column("in_change", "In the change"),
    Column("note", "Publisher’s note", hidden=True),
    Column("districts", "Districts", "integer", hidden=True),
    Column("district_codes", "District codes", hidden=True),
    Column("member_id", "Code", hidden=True),
    Column("is_self", "Ours", hidden=True),
    Column("population_year", "Residents of", "integer", hidden=True),
    Column("member_order", "Nearest first", "integer", hidden=True),
)


@panel(ID, page="comparators", title="Who is in the family?", uses={"period", "comparison", "measure", "family"})
def build_family_members_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a member of the family: ourselves, then the others in the order of the list, the nearest first.

    months_present: months of the period with the files of all its forces. in_change: whether both sides of the change
    are loaded. Members without a figure stand here with the reason.
    """
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Members of the family",
        "columns": counted_columns(COLUMNS, table),
        "sources": family_sources(table, selection, context),
        "figure_height": 320,
    }
    if table is None:
        blank = pd.DataFrame(columns=[column.key for column in COLUMNS])
        return Panel(**made, table=blank, **(no_family(selection, context, None) or {}))
    frame = _frame(table, cursor, context.folder)
    if frame["imd_score"].isna().all():
        made["columns"] = tuple(replace(c, hidden=c.hidden or c.key == "imd_score") for c in made["columns"])
    else:
        made["sources"] += loaded_sources(context, "deprivation")
    return Panel(
        **made,
        table=frame,
        sentence=_finding(table),
        subtitle=f"{table.family.name}{_listing(table)}",
        caveats=_caveats(table, context, scored=bool(frame["imd_score"].notna().any())),
        facts={"complete": len(table.complete), "members": len(table.members), "as_at": table.listing.as_at},
    )


def _average(member: Member, facts: Mapping[str, float], people: Mapping[str, float]) -> float:
    """Average deprivation of a member: of several districts, weighted by residents."""
    scores = np.array([facts.get(code, np.nan) for code in member.districts])
    weights = np.array([people.get(code, np.nan) for code in member.districts])
    return float(scores[0]) if len(scores) == 1 else float((scores * weights).sum() / weights.sum())


_known: Memo[list[dict[str, Any]]] = Memo(size=8)


def _frame(table: FamilyTable, cursor: DuckDBPyConnection, folder: str) -> pd.DataFrame:
    known = _known.answer(("facts", folder), lambda: records(district_facts(cursor)[["district_code", "imd_score"]]))
    facts = {row["district_code"]: row["imd_score"] for row in known}
    people = {
        row["district_code"]: float("nan") if pd.isna(row["population"]) else float(row["population"])
        for row in _known.answer(("districts", folder), lambda: records(districts(cursor)))
    }
    compared = table.ours.compared.basis != "none"
    rows = [
        {
            "member_name": member.name,
            "forces": ", ".join(member.forces) or "not known",
            "population": member.residents,
            "imd_score": _average(member, facts, people),
            "months_present": len(table.months) - len(member.missing),
            "months_expected": len(table.months),
            "state": "yes" if member.state == "complete" else f"no: {member.state_words}",
            "in_change": "yes" if compared and member.compares else "no",
            "note": member.note,
            "districts": len(member.districts),
            "district_codes": " ".join(member.districts),
            "member_id": member.id,
            "is_self": member.is_self,
            "population_year": member.residents_year,
            "member_order": order,
        }
        for order, member in enumerate(table.members)
    ]
    frame = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    whole = ["population", "months_present", "months_expected", "districts", "population_year", "member_order"]
    frame[whole] = frame[whole].astype("float64").round().astype("Int64")
    return frame


def _finding(table: FamilyTable) -> str:
    if len(table.members) == 1:
        return "The family has no other area than ours"
    if not table.months:
        return f"The family has {len(table.members)} areas; no month of the period is loaded"
    return table.coverage_words


def _listing(table: FamilyTable) -> str:
    listing = table.listing
    origin = f"file {listing.file}" if listing.file else listing.reason
    parts = (origin, f"as at {listing.date_words}" if listing.as_at else "")
    said = ", ".join(part for part in parts if part)
    return f": {said}" if said else ""


def _caveats(table: FamilyTable, context: Context, *, scored: bool) -> tuple[str, ...]:
    said = [
        f"This is {context.short_name}’s family: similarity is not mutual, and a member’s own family may not hold us."
    ]
    if table.months:
        said.append(f"In the comparison: areas with all of {write_months(table.months)} and known residents.")
    notes = dict.fromkeys(member.note for member in table.left_out if member.note)
    for note in list(notes)[:3]:
        named = and_list([member.name for member in table.left_out if member.note == note], most=4)
        said.append(f"{named}: {note}.")
    if scored:
        said.append("Deprivation: the LSOAs’ mean score weighted by residents; higher is more deprived, England alone.")
    several = [member.name for member in table.members if len(member.districts) > 1]
    if several:
        said.append(
            f"{and_list(several, most=3)}: {'a' if len(several) == 1 else 'each a'} partnership of several districts, "
            "summed."
        )
    if table.repeated:
        said.append(f"Listed twice, counted once: {and_list(table.repeated)}.")
    return tuple(said)
