"""A panel's table as a real table: caption, column and row headings, every value in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import html

from analytics.months import write_month
from analytics.panels import Column, Panel
from analytics.words import NO_DATA, is_missing, write, write_limit
from pages._shared.attributes import attributes
from pages._shared.icons import VERDICTS, icon, verdict

__all__ = ["MAX_ROWS", "panel_table"]

MAX_ROWS = 500
"""Rows shown on a page; the line below the table says how many more the download holds."""

_WIDE = 4
"""A table of more columns becomes one block a row on a phone."""

NONE = "–"
"""Stands where there is no such value: never for data we do not have."""

_VARIATION = {1: "variation-high", -1: "variation-low", 0: "variation-common"}

_LEFT = {"text", "verdict", "month", "date"}


Drawn = Callable[[Any], Any]


def panel_table(
    panel: Panel, *, drawn: Mapping[str, Drawn] | None = None, classes: str = "", first: int | None = None
) -> html.Div:
    """The table of a panel. Columns marked hidden are left to the download.

    drawn: for a column's key, how its value is drawn where words are not enough. first: rows that stand open, the rest
    folded away behind one line that counts them; None: all.
    """
    drawn = drawn or {}
    frame, declared = panel.table, panel.columns
    if panel.glance is not None:
        frame, declared = panel.glance, panel.glance_columns
    limits = {key for column in declared for key in column.between}
    columns = [column for column in declared if not column.hidden and column.key not in limits]
    rows = frame.head(MAX_ROWS)
    lines = []
    if panel.total is not None and panel.glance is None:
        lines.append(_total_line(panel.total, columns))
    for row in rows.to_dict("records"):
        lines.append(_line(row, columns, drawn))
    left_out = len(frame) - len(rows)
    more = html.P(f"{left_out:,} more rows are in the CSV.", className="table-more") if left_out else None
    shown = lines if first is None or len(lines) <= first + 1 else lines[:first]
    parts: list[Any] = [_box(panel, columns, shown, classes), more]
    if rest := lines[len(shown) :]:
        summary = html.Summary(f"Show {len(rest):,} more of {len(lines):,}")
        parts = [
            parts[0],
            html.Details([summary, _box(panel, columns, rest, classes, "the rest"), more], className="more-rows"),
        ]
    return html.Div([part for part in parts if part is not None])


def _box(panel: Panel, columns: list[Column], lines: list[html.Tr], classes: str, part: str = "") -> html.Div:
    wide = len(columns) >= _WIDE
    heading = html.Thead(
        html.Tr(
            [html.Th(_heading(c), scope="col", className=_align(c), role="columnheader") for c in columns], role="row"
        ),
        role="rowgroup",
    )
    body = html.Tbody(lines, role="rowgroup")
    table = html.Table(
        [html.Caption(panel.subtitle or panel.title, className="vh"), heading, body],
        className=" ".join(filter(None, ["t", "wide" if wide else "", classes])),
        role="table",
    )
    label = ", ".join(filter(None, [f"Table: {panel.title}", part]))
    return html.Div(table, className="table-box", tabIndex=0, role="region", **attributes(aria_label=label))


def _heading(column: Column) -> str:
    return f"{column.heading}, 95 % interval" if column.between else column.heading


def _line(row: Mapping[Any, Any], columns: list[Column], drawn: Mapping[str, Drawn]) -> html.Tr:
    cells = []
    for index, column in enumerate(columns):
        value, draw = row.get(column.key), drawn.get(column.key)
        if is_missing(value) and _is_none(row, column):
            shown: Any = NONE
        else:
            shown = draw(value) if draw else _shown(value, column)
        if limits := [row.get(key) for key in column.between]:
            shown = _with_limits(shown, limits, column)
        if column.side and not is_missing(row[column.side]):
            shown = html.Span([icon(_VARIATION[row[column.side]]), shown], className="with-variation")
        cells.append(_cell(shown, column, first=index == 0))
    return html.Tr(cells, role="row")


def _is_none(row: Mapping[Any, Any], column: Column) -> bool:
    """Whether a missing value is one that cannot be, as all it would be worked out from is there."""
    return bool(column.given) and not any(is_missing(row.get(key)) for key in column.given)


def _total_line(total: Mapping[Any, Any], columns: list[Column]) -> html.Tr:
    """Everything together; what has no sum stays blank."""
    cells = []
    for index, column in enumerate(columns):
        value = total.get(column.key)
        if index == 0 and (is_missing(value) or value == ""):
            value = "All together"
        shown = "" if is_missing(value) else _shown(value, column)
        if limits := [total.get(key) for key in column.between]:
            shown = _with_limits(shown, limits, column)
        cells.append(_cell(shown, column, first=index == 0))
    return html.Tr(cells, role="row", className="total")


def _with_limits(shown: Any, limits: list[Any], column: Column) -> Any:
    """A value above its 95 % limits; by itself where they are not known."""
    if any(map(is_missing, limits)):
        return shown
    low, high = (write_limit(limit, column.format) for limit in limits)
    return html.Span([shown, html.Small(f"{low} to {high}")], className="with-limits")


def _align(column: Column) -> str:
    if column.format in {"month", "date"}:
        return "d"
    return "" if column.format in _LEFT else "n"


LONG = 60
"""Characters from which a cell stands under its heading on a phone, not beside it."""


def _cell(shown: Any, column: Column, *, first: bool) -> html.Td | html.Th:
    if first:
        return html.Th(shown, scope="row", className=_align(column), role="rowheader")
    kind = "long" if isinstance(shown, str) and len(shown) > LONG else _align(column)
    return html.Td(shown, className=kind, role="cell", **attributes(data_label=_heading(column)))


def _shown(value: Any, column: Column) -> Any:
    """The cell's content: words, a verdict with its mark, or a chip for what is not known."""
    if is_missing(value):
        return "" if column.format == "text" else html.Span(NO_DATA, className="chip none")
    if value == NO_DATA or (isinstance(value, str) and column.format not in {"text", "verdict"}):
        return html.Span(value, className="chip none")
    if column.format == "verdict" and str(value).lower() in VERDICTS:
        return verdict(str(value))
    if column.format == "date":
        return f"{value.day} {write_month(value)}"
    return write_limit(value, column.format) if column.key.endswith("_cl") else write(value, column.format)
