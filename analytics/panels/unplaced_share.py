"""Rows without a place, month by month; a move of over three points is flagged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.unplaced import unplaced_lines
from analytics.frames import records
from analytics.months import add_months, write_month
from analytics.panels._breaks import breaks_touching
from analytics.panels._data import Forces, as_months, forces, manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.periods import ComparedMonths, compared_months
from analytics.queries.loaded import force_months
from analytics.selection import Selection
from analytics.words import MINUS, and_list, integer, number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["MOVE_POINTS", "build_unplaced_share_panel"]

ID = "unplaced_share"
MOVE_POINTS = 3.0
"""Percentage points: a share that differs by more from the month before is flagged (METHODS section 9)."""
HEIGHT = 340
_ROWS = ("read", "kept", "repeated", "set_aside", "placed", "not_placed")
COLUMNS = (
    Column("force", "Police force"),
    Column("month", "Month", "month"),
    Column("read", "Rows read", "integer"),
    Column("repeated", "Repeated IDs", "integer"),
    Column("set_aside", "Set aside", "integer"),
    Column("kept", "Kept", "integer"),
    Column("placed", "Placed", "integer"),
    Column("not_placed", "Not placed", "integer"),
    Column("not_placed_pct", "Share not placed", "percent1"),
    Column("move_points", "Move, points", "rate", given=("not_placed_pct",)),
    Column("flag", "Flag"),
    Column("whose", "For", hidden=True),
)


@panel(ID, page="data", title="How many rows have no place, and does that change?", uses={"period", "comparison"})
def build_unplaced_share_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a force and month, ours first: rows read, kept, repeated, set aside, placed, not placed.

    not_placed_pct: share of the rows kept, in %. move_points: difference from the month before in percentage points,
    missing where either month is not loaded. flag: "moved over 3 points" or "not loaded", else empty.
    All months loaded are shown, whatever the period: the filters change only the caveat on the months compared.
    """
    known = forces(cursor, context)
    table = _table(force_months(cursor), known)
    own = [force for force in known.ours if force.loaded]
    made: dict[str, Any] = {
        "id": ID,
        "title": "Rows without a place",
        "subtitle": "Rows kept that could not be placed in a district, as a share of all rows kept, by month",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
        "figure_height": view.tall(HEIGHT),
    }
    if not own:
        wanted = and_list([force.force for force in known.ours]) or "our force"
        return Panel(**made, sentence=f"No month of {wanted} is loaded", state="no_data", message="Nothing to show.")
    names = [force.name for force in known.loaded]
    drawn = table.assign(
        name=table["force"].map({force.force: force.name for force in known.every}),
        flagged=table["flag"].str.startswith("moved"),
    )
    # A fall that only undoes the flagged rise of the month before needs no words of its own.
    undone = drawn["flagged"].shift(fill_value=False) & (drawn["move_points"] < 0)
    moves = zip(drawn["move_points"], drawn["flagged"] & ~undone, strict=True)
    drawn["words"] = [_move(move) if said else "" for move, said in moves]
    drawn["hover"] = [_hover(row) for row in records(drawn)]
    flags = drawn[drawn["flagged"]]
    everything = replace(selection, categories=None, wards=None)
    return Panel(
        **made,
        sentence=_finding(table, flags, [force.force for force in own], [force.name for force in own]),
        figure=unplaced_lines(
            drawn,
            months=known.months,
            order=names,
            ours=[force.name for force in own],
            breaks=breaks_touching(cursor, everything, known.months, below_lsoa=True),
            view=view,
            height=view.tall(HEIGHT),
        ),
        figure_alt=_alt(table, own_names=[force.force for force in own]),
        caveats=tuple(_caveats(table, flags, known, compared_months(selection, context.months_loaded))),
        facts={"flagged": len(flags)},
    )


def _table(found: pd.DataFrame, known: Forces) -> pd.DataFrame:
    found = found.assign(month=as_months(found["month"]))
    listed = pd.DataFrame(
        [(force.force, force.whose, month) for force in known.loaded for month in known.months],
        columns=["force", "whose", "month"],
    )
    table = listed.merge(found[["force", "month", *_ROWS]], on=["force", "month"], how="left")
    table[list(_ROWS)] = table[list(_ROWS)].astype("Int64")
    kept = table["kept"].astype("Float64")
    table["not_placed_pct"] = (100 * table["not_placed"].astype("Float64") / kept.where(kept > 0)).astype("float64")
    rows = records(table)
    share = {(row["force"], row["month"]): row["not_placed_pct"] for row in rows}
    before = [share.get((row["force"], add_months(row["month"], -1)), float("nan")) for row in rows]
    table["move_points"] = table["not_placed_pct"] - pd.Series(before, dtype="float64", index=table.index)
    table["flag"] = ""
    table.loc[table["move_points"].abs() > MOVE_POINTS, "flag"] = f"moved over {MOVE_POINTS:.0f} points"
    table.loc[table["read"].isna(), "flag"] = "not loaded"
    return table[[column.key for column in COLUMNS]]


def _finding(table: pd.DataFrame, flags: pd.DataFrame, own: list[str], names: list[str]) -> str:
    mine = table[table["force"].isin(own)]
    share = percent(100 * mine["not_placed"].sum() / mine["kept"].sum(), 1)
    moved = flags[flags["force"].isin(own)]
    head = f"{share} of {and_list(names)} rows have no place"
    if not len(moved):
        return f"{head}; no month moved by over {MOVE_POINTS:.0f} points"
    if len(moved) == 1:
        row = moved.iloc[0]
        return f"{head}; {write_month(row['month'])} moved by {_move(row['move_points'])}"
    return f"{head}; {number_word(len(moved))} months moved by over {MOVE_POINTS:.0f} points"


def _move(points: float) -> str:
    sign = "+" if points > 0 else MINUS
    return f"{sign}{abs(points):.1f} points"


def _hover(row: Mapping[str, Any]) -> str:
    if pd.isna(row["not_placed_pct"]):
        return f"<b>{row['name']}, {write_month(row['month'], full=True)}</b><br>Not loaded"
    words = (
        f"<b>{row['name']}, {write_month(row['month'], full=True)}</b><br>"
        f"{percent(row['not_placed_pct'], 1)} not placed<br>"
        f"{integer(row['not_placed'])} of {integer(row['kept'])} rows"
    )
    return f"{words}<br>{_move(row['move_points'])} from the month before" if row["flagged"] else words


def _alt(table: pd.DataFrame, own_names: list[str]) -> str:
    mine = table[table["force"].isin(own_names)]["not_placed_pct"].dropna()
    others = table[~table["force"].isin(own_names)]["not_placed_pct"].dropna()
    words = (
        f"Share of rows not placed by month: {and_list(own_names)} between {percent(mine.min(), 1)} "
        f"and {percent(mine.max(), 1)}"
    )
    if len(others):
        words += f"; the other forces between {percent(others.min(), 1)} and {percent(others.max(), 1)}"
    return f"{words}."


def _caveats(table: pd.DataFrame, flags: pd.DataFrame, known: Forces, compared: ComparedMonths) -> list[str]:
    said = []
    mine = table[table["whose"] == "ours"]
    now, then = (_share(mine, months) for months in (compared.current, compared.previous))
    if now is not None and then is not None:
        said.append(
            f"Of the months compared, {compared.previous_label}: {percent(then, 1)}; {compared.current_label}: "
            f"{percent(now, 1)}. A change in recorded incidents can be a change in this share."
        )
    moves = records(mine.dropna(subset="move_points"))
    if moves and not (flags["whose"] == "ours").any():
        row = max(moves, key=lambda row: abs(row["move_points"]))
        month = write_month(row["month"], full=True)
        said.append(f"The largest move of ours is {_move(row['move_points'])}, in {month}.")
    others = flags[flags["whose"] != "ours"]
    if len(others):
        named = [f"{row['name']} ({write_month(row['month'])}, {_move(row['move_points'])})" for row in records(others)]
        said.append(f"Other forces that moved by over {MOVE_POINTS:.0f} points: {and_list(named, most=4)}.")
    return said


def _share(mine: pd.DataFrame, months: Collection[date]) -> float | None:
    """Share of the rows kept in these months that have no place, in %; None where no row was kept."""
    some = mine[mine["month"].isin(list(months))]
    kept = int(some["kept"].sum())
    return 100 * int(some["not_placed"].sum()) / kept if kept else None
