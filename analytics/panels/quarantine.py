"""Rows that could not be used: why, in which file and line, and the row itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.bars import bars, bars_height
from analytics.frames import records
from analytics.panels._data import manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.queries.loaded import quarantine
from analytics.selection import Selection
from analytics.words import count_of, integer, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_quarantine_panel"]

ID = "quarantine"
COLUMNS = (
    Column("reason_words", "Reason"),
    Column("file", "File"),
    Column("line", "Line", "integer"),
    Column("message", "What is wrong"),
    Column("column_name", "Column"),
    Column("value", "Value"),
    Column("raw", "The row", hidden=True),
    Column("reason", "Reason, short", hidden=True),
    Column("source_name", "Source", hidden=True),
)
GLANCE = (
    Column("reason_words", "Reason"),
    Column("rows", "Rows", "integer"),
    Column("files", "Files", "integer"),
    Column("example", "First case"),
)


@panel(ID, page="data", title="Which rows were set aside, and why?", uses=set())
def build_quarantine_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a line of a file that was read and set aside. On screen: a row a reason."""
    table = quarantine(cursor)
    table.insert(0, "reason_words", [_words(reason) for reason in table["reason"]])
    table = table[[column.key for column in COLUMNS]]
    read = sum(file.read for file in context.manifest.files)
    street = {file.file for file in context.manifest.files}
    if not set(table["file"]) <= street:  # other sources that are read row by row
        others = [source for source in context.manifest.sources if source.source != "street_crime"]
        read += sum(source.rows_read or 0 for source in others if source.set_aside)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Rows set aside",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
    }
    if table.empty:
        return Panel(
            **made,
            sentence="No row had to be set aside",
            subtitle=f"{integer(read)} rows read",
            state="none_recorded",
            figure_height=120,
            message="Every row read could be used, or repeats the crime ID of another row.",
        )
    glance = _glance(table)
    narrow = replace(view, width="narrow")  # long reasons in a narrow panel: words above the bar
    drawn = glance.assign(
        written=[integer(n) for n in glance["rows"]],
        hover=[
            f"<b>{row['reason_words']}</b><br>{count_of(row['rows'], 'row')} in {count_of(row['files'], 'file')}"
            for row in records(glance)
        ],
    )
    return Panel(
        **made,
        sentence=_finding(len(table), read, glance),
        subtitle="Rows read that could not be used, by reason",
        glance=glance,
        glance_columns=GLANCE,
        figure=bars(
            drawn,
            name="reason_words",
            value="rows",
            words="written",
            hover="hover",
            key="reason_words",
            strong=0,
            view=narrow,
        ),
        figure_alt="; ".join(f"{row.reason_words}: {integer(row.rows)}" for row in glance.itertuples()) + ".",
        figure_height=bars_height(len(glance), narrow),
        caveats=("The CSV holds every row set aside, with its file, line and text.",),
        facts={"rows": len(table), "read": read},
    )


def _glance(table: pd.DataFrame) -> pd.DataFrame:
    grouped = table.groupby("reason_words", sort=False)
    made = pd.DataFrame(
        {
            "rows": grouped.size(),
            "files": grouped["file"].nunique(),
            "example": [_example(some.iloc[0]) for _, some in grouped],
        }
    ).reset_index()
    return made.sort_values(["rows", "reason_words"], ascending=[False, True], ignore_index=True)


def _example(first: pd.Series) -> str:
    return f"{str(first['file']).rsplit('/', 1)[-1]}, line {integer(first['line'])}: {first['message']}"


def _words(reason: str) -> str:
    return reason.replace("_", " ").replace("-", " ").capitalize()


def _finding(rows: int, read: int, glance: pd.DataFrame) -> str:
    first = glance["reason_words"].iloc[0]
    of_read = f"{count_of(rows, 'row')} of {integer(read)}" if read else count_of(rows, "row")
    verb = "was" if rows == 1 else "were"
    if len(glance) == 1:
        return f"{of_read} {verb} set aside: {first[:1].lower() + first[1:]}"
    return f"{of_read} {verb} set aside, for {number_word(len(glance))} reasons"
