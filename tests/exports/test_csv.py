"""CSV: a heading that says what the table is, and cells a spreadsheet cannot misread."""

from __future__ import annotations

import csv
import io
import math
from datetime import date

import pandas as pd
import pytest

from analytics.context import load_context
from analytics.exports.csv import panel_csv, table_csv
from analytics.panels import Column, Panel, Source
from data.warehouse import Warehouse


def made_up(frame: pd.DataFrame, *columns: Column) -> Panel:
    return Panel(
        id="made_up",
        title="How many?",
        sentence="Burglary fell",
        subtitle="Incidents, 2024",
        table=frame,
        columns=columns,
        sources=(Source("data.police.uk", "Wexmoor Police", "2024"),),
        caveats=("Line one,\nline two",),
        as_at="20250214T090000Z-81460e1c",
        query="from=2024-01&to=2024-12",
    )


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_missing_is_empty_and_zero_is_zero() -> None:
    frame = pd.DataFrame({"n": pd.array([0, None], dtype="Int64"), "rate": [0.0, math.nan]})
    text = table_csv(made_up(frame, Column("n", "Incidents", "integer"), Column("rate", "Rate", "rate")))
    assert read(text) == [["n", "rate"], ["0", "0"], ["", ""]]


def test_figures_are_not_rounded_for_the_screen() -> None:
    frame = pd.DataFrame({"rate": [96.693287], "month": [date(2025, 3, 1)], "day": [date(2025, 3, 9)]})
    columns = (Column("rate", "Rate", "rate"), Column("month", "Month", "month"), Column("day", "Day", "date"))
    assert read(table_csv(made_up(frame, *columns)))[1] == ["96.693287", "2025-03", "2025-03-09"]


@pytest.mark.parametrize("raw", ["=1+1", "@sum(a1)", "+cmd", "-cmd|' /c calc'", "\tx"])
def test_text_from_a_file_never_becomes_a_formula(raw: str) -> None:
    frame = pd.DataFrame({"raw": [raw, "-0.32", "plain"]})
    rows = read(table_csv(made_up(frame, Column("raw", "Raw"))))
    assert rows[1][0] == f"'{raw}"
    assert [rows[2][0], rows[3][0]] == ["-0.32", "plain"]


def test_commas_quotes_and_line_ends_survive() -> None:
    frame = pd.DataFrame({"name": ['Abbey, "the" ward\nwest']})
    assert read(table_csv(made_up(frame, Column("name", "Ward"))))[1] == ['Abbey, "the" ward\nwest']


def test_hidden_columns_are_in_the_download_and_glances_are_not() -> None:
    frame = pd.DataFrame({"a": [1, 2], "p": [0.5, 0.25]})
    panel = made_up(frame, Column("a", "A", "integer"), Column("p", "p", "p_value", hidden=True))
    assert read(table_csv(panel)) == [["a", "p"], ["1", "0.5"], ["2", "0.25"]]


def test_the_heading_says_what_where_from_and_when(demo: Warehouse) -> None:
    text = panel_csv(made_up(pd.DataFrame({"n": [1]}), Column("n", "Incidents", "integer")), load_context(demo))
    assert text.startswith("\ufeff")
    heading = [row[0] for row in read(text.removeprefix("\ufeff")) if row[0].startswith("#")]
    for words in (
        "# Demonstration data: every figure is invented",
        "# Title: How many?",
        "# Finding: Burglary fell",
        "# Source: data.police.uk, Wexmoor Police, 2024",
        "# Licence: Open Government Licence v3.0",
        "# Query: from=2024-01&to=2024-12",
        "# Caveat: Line one, line two",
    ):
        assert words in heading
    assert any(line.startswith("# Snapshot: 20250214T090000Z-81460e1c, built") for line in heading)
    assert read(text)[len(heading)][0] == "n"
