"""What the build loaded all the same, but thought worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.panels._data import manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_warnings_panel"]

ID = "warnings"
COLUMNS = (
    Column("message", "What was seen"),
    Column("file", "File"),
    Column("row", "First line", "integer", hidden=True),
    Column("remedy", "What to do"),
    Column("code", "Name", hidden=True),
)


@panel(ID, page="data", title="What did the build warn of?", uses=set())
def build_warnings_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a warning of the build: what it saw, in which file, and what can be done."""
    found = context.manifest.warnings
    rows = [(w.message, w.file.rsplit("/", 1)[-1], w.row, w.remedy, w.code) for w in found]
    table = pd.DataFrame(rows, columns=[column.key for column in COLUMNS]).astype({"row": "Int64"})
    made: dict[str, Any] = {
        "id": ID,
        "title": "Warnings of the build",
        "subtitle": "Loaded all the same",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
        "figure_height": 120,
    }
    if table.empty:
        return Panel(
            **made,
            sentence="The build warned of nothing",
            state="none_recorded",
            message="Every file was as its publisher describes it.",
        )
    n = len(table)
    sentence = f"The build gave {number_word(n)} {'warning' if n == 1 else 'warnings'}"
    return Panel(**made, sentence=sentence, facts={"warnings": n})
