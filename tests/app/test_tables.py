"""Tables on screen: every value in words, and what is not known never looks like zero."""

from __future__ import annotations

from datetime import date

import pandas as pd
from dash import html

from analytics.panels import Column
from pages._shared.tables import MAX_ROWS, panel_table

from .conftest import made_up_panel
from .test_pages import parts


def cells(frame: pd.DataFrame, *columns: Column, **changes: object) -> list[list[object]]:
    shown = panel_table(made_up_panel(table=frame, columns=columns, **changes))
    body = next(part for part in parts(shown) if isinstance(part, html.Tbody))
    return [[cell.children for cell in row.children] for row in body.children]


def test_values_are_written_as_in_a_sentence() -> None:
    frame = pd.DataFrame(
        {
            "ward": ["Abbey"],
            "n": [1234],
            "rate": [96.69],
            "change": [-12.52],
            "month": [date(2025, 1, 1)],
            "p": [0.0004],
        }
    )
    columns = (
        Column("ward", "Ward"),
        Column("n", "Incidents", "integer"),
        Column("rate", "Rate", "rate"),
        Column("change", "Change", "change"),
        Column("month", "Month", "month"),
        Column("p", "p", "p_value"),
    )
    assert cells(frame, *columns) == [["Abbey", "1,234", "96.7", "−12.5\u202f%", "Jan 2025", "under 0.001"]]


def test_missing_is_said_and_zero_is_zero() -> None:
    frame = pd.DataFrame({"ward": ["Abbey", "Brook"], "n": pd.array([None, 0], dtype="Int64")})
    missing, zero = (row[1] for row in cells(frame, Column("ward", "Ward"), Column("n", "Incidents", "integer")))
    assert (missing.children, missing.className) == ("no data", "chip none")
    assert zero == "0"


def test_a_long_text_stands_under_its_heading_on_a_phone() -> None:
    frame = pd.DataFrame({"ward": ["Abbey"], "why": ["word " * 20], "short": ["word"]})
    columns = (Column("ward", "Ward"), Column("why", "Why"), Column("short", "Short"))
    made = panel_table(made_up_panel(table=frame, columns=columns))
    assert [cell.className for cell in parts(made) if isinstance(cell, html.Td)] == ["long", ""]


def test_limits_stand_in_the_cell_of_their_value() -> None:
    """Given a value with 95 % limits, then these take no columns; a value without them stands by itself."""
    frame = pd.DataFrame(
        {"ward": ["Abbey", "Brook"], "rate": [37.8, 4.2], "low": [36.3, None], "high": [39.2, None]},
    )
    columns = (
        Column("ward", "Ward"),
        Column("rate", "Rate", "rate", between=("low", "high")),
        Column("low", "Rate, lower 95 %", "rate"),
        Column("high", "Rate, upper 95 %", "rate"),
    )
    (_, rate), (_, alone) = cells(frame, *columns)
    value, limits = rate.children
    assert (value, limits.children) == ("37.8", "36.3 to 39.2")
    assert alone == "4.2"
    shown = panel_table(made_up_panel(table=frame, columns=columns))
    head = next(part for part in parts(shown) if isinstance(part, html.Thead))
    assert [cell.children for cell in head.children.children] == ["Ward", "Rate, 95 % interval"]


def test_what_cannot_be_is_a_dash_and_what_is_not_known_is_no_data() -> None:
    """A change from no incidents is none; a change from months that are not loaded is not known."""
    frame = pd.DataFrame({"ward": ["Abbey", "Brook"], "before": [0, None], "change": [None, None]})
    before = Column("before", "Before", "integer")
    none, unknown = cells(
        frame, Column("ward", "Ward"), before, Column("change", "Change", "change", given=("before",))
    )
    assert none == ["Abbey", "0", "–"]
    assert unknown[2].children == "no data"


def test_a_hidden_small_number_stays_c() -> None:
    frame = pd.DataFrame({"ward": ["Abbey"], "n": pd.Series(["c"], dtype=object)})
    (row,) = cells(frame, Column("ward", "Ward"), Column("n", "Incidents", "integer"))
    assert (row[1].children, row[1].className) == ("c", "chip none")


def test_a_verdict_has_shape_word_and_colour() -> None:
    frame = pd.DataFrame({"ward": ["Abbey"], "v": ["rose"]})
    (row,) = cells(frame, Column("ward", "Ward"), Column("v", "Verdict", "verdict"))
    shape, word = row[1].children
    assert "icon-up" in shape.className
    assert word == "rose"
    assert row[1].className == "v up"


def test_a_column_with_a_side_has_the_variation_icon_before_its_words() -> None:
    frame = pd.DataFrame({"ward": ["A", "B", "C"], "why": ["above", "below", "not loaded"], "side": [1, -1, pd.NA]})
    columns = (Column("ward", "Ward"), Column("why", "Why", side="side"), Column("side", "Side", hidden=True))
    shown = [row[1] for row in cells(frame, *columns)]
    assert [part.children[0].className for part in shown[:2]] == ["icon icon-variation-high", "icon icon-variation-low"]
    assert [part.children[1] for part in shown[:2]] == ["above", "below"]
    assert shown[2] == "not loaded"


def test_hidden_columns_stay_off_the_screen() -> None:
    frame = pd.DataFrame({"ward": ["Abbey"], "n": [1]})
    assert cells(frame, Column("ward", "Ward"), Column("n", "Incidents", "integer", hidden=True)) == [["Abbey"]]


def test_the_row_of_everything_together_stands_first() -> None:
    frame = pd.DataFrame({"ward": ["Abbey"], "n": [1]})
    columns = (Column("ward", "Ward"), Column("n", "Incidents", "integer"))
    assert cells(frame, *columns, total={"ward": "All", "n": 7})[0] == ["All", "7"]


def test_a_long_table_says_what_it_leaves_to_the_download() -> None:
    frame = pd.DataFrame({"ward": [f"W{i}" for i in range(MAX_ROWS + 3)]})
    shown = panel_table(made_up_panel(table=frame, columns=(Column("ward", "Ward"),)))
    assert any(part.children == "3 more rows are in the CSV." for part in parts(shown))


def test_a_table_has_a_caption_and_headings_with_a_scope() -> None:
    shown = list(parts(panel_table(made_up_panel())))
    assert any(isinstance(part, html.Caption) and part.children for part in shown)
    assert {part.scope for part in shown if isinstance(part, html.Th)} == {"col", "row"}
