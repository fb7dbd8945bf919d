"""Every street-level file with its equation: what was read is kept, repeated or set aside, to the row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.manifest import LoadedFile
from analytics.panels._data import manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import and_list, count_of, integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_files_panel"]

ID = "files"
_SMALL_PCT, _LARGE_PCT, _MONTHS_TO_JUDGE = 50, 200, 6
_ROWS = ("read", "kept", "repeated", "set_aside", "placed", "not_placed")
COLUMNS = (
    Column("file", "File"),
    Column("force", "Police force"),
    Column("month", "Month", "month"),
    Column("read", "Rows read", "integer"),
    Column("kept", "Kept", "integer"),
    Column("repeated", "Repeated IDs", "integer"),
    Column("set_aside", "Set aside", "integer"),
    Column("placed", "Placed", "integer"),
    Column("not_placed", "Not placed", "integer"),
    Column("balance", "Balance"),
    Column("balance_kind", "Kind of balance", hidden=True),
    Column("path", "File with its archive", hidden=True),
    Column("size", "Size"),
    Column("size_pct", "Rows read, % of the force’s usual month", "percent", hidden=True),
    Column("warnings", "Warnings", hidden=True),
)


@panel(ID, page="data", title="Is every row read accounted for?", uses=set())
def build_files_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a street-level file: read = kept + repeated + set aside, and kept = placed + not placed.

    balance: "Balances", or by how many rows the equations are out. size: said where a file has under half or over twice
    the rows of the force's usual month (the median of its months, six or more): it may have been cut short or doubled.
    """
    files = context.manifest.files
    table = pd.DataFrame([_row(file) for file in files], columns=[column.key for column in COLUMNS])
    table[list(_ROWS)] = table[list(_ROWS)].astype("Int64")
    total = {key: int(table[key].sum()) for key in _ROWS}
    table = _sized(table)
    out = [file for file in files if not file.balances]
    warned = sum(bool(file.warnings) for file in files)
    caveats = [
        "Read = kept + repeated + set aside; kept = placed + not placed.",
        "Rows without a crime ID, such as ASB, are never taken for repeats, however alike.",
    ]
    unusual = table[table["size"] != ""]
    if len(unusual):
        named = [f"{row['file']} ({row['size']})" for row in records(unusual)]
        caveats.append(f"Unusual size: {and_list(named, most=3)}.")
    if warned:
        caveats.append(f"{count_of(warned, 'file')} carried a warning: they stand under the build’s warnings.")
    made: dict[str, Any] = {
        "id": ID,
        "title": "Files",
        "subtitle": "Rows of each street-level file: read, kept, repeated, set aside, placed",
        "table": table,
        "columns": tuple(_column(column, table) for column in COLUMNS),
        "sources": (manifest_source(context),),
        "caveats": tuple(caveats),
    }
    if not files:
        return Panel(**made, sentence="No street-level file is loaded", state="no_data", message="Build a store first.")
    return Panel(
        **made,
        sentence=_finding(len(files), len(out), total["read"]),
        total={
            "file": "All files",
            **total,
            "balance": "Balances" if not out else "Out",
            "balance_kind": _kind(not out),
        },
        facts={"files": len(files), "out_of_balance": len(out), **total},
    )


def _sized(table: pd.DataFrame) -> pd.DataFrame:
    """With the rows read as a share of the force's median month, said in words where it is unusual."""
    by_force = table.groupby("force")["read"]
    usual = by_force.transform("median").astype("float64").where(by_force.transform("size") >= _MONTHS_TO_JUDGE)
    pct = 100 * table["read"].astype("float64") / usual.where(usual > 0)
    odd = (pct < _SMALL_PCT) | (pct > _LARGE_PCT)
    words = [f"{percent(value)} of the usual month" if flag else "" for value, flag in zip(pct, odd, strict=True)]
    return table.assign(size_pct=pct, size=words)


def _column(column: Column, table: pd.DataFrame) -> Column:
    """The size stands on screen only where one is unusual."""
    silent = column.key == "size" and not (table["size"] != "").any()
    return replace(column, hidden=True) if silent else column


def _row(file: LoadedFile) -> dict[str, object]:
    out = abs(file.rows_unaccounted) + abs(file.rows_misplaced)
    return {
        "file": file.file.rsplit("/", 1)[-1],
        "force": file.force,
        "month": file.month,
        **{key: getattr(file, key) for key in _ROWS},
        "balance": "Balances" if file.balances else f"Out by {count_of(out, 'row')}",
        "balance_kind": _kind(file.balances),
        "path": file.file,
        "warnings": "; ".join(file.warnings),
    }


def _kind(balances: bool) -> str:
    return "complete" if balances else "problem"


def _finding(files: int, out: int, read: int) -> str:
    if out:
        verb = "does" if out == 1 else "do"
        return f"{integer(out)} of {count_of(files, 'file')} {verb} not balance: rows are unaccounted for"
    if files == 1:
        return f"The file balances: all {integer(read)} rows are accounted for"
    return f"All {integer(files)} files balance: every one of {integer(read)} rows is accounted for"
