"""A panel's table as CSV: for a spreadsheet with a heading that says what it is, for a program without.

Missing is an empty cell, never a zero; a hidden small number stays "c". Months are written 2025-01, days 2026-01-14.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import date, datetime
from typing import Any

from analytics.context import Context
from analytics.exports.provenance import provenance
from analytics.panels._model import Column, Panel
from analytics.words import is_missing

__all__ = ["panel_csv", "table_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_csv(panel: Panel) -> str:
    """The table alone: one heading row of column keys, then one row for each row of the panel's table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.key for column in panel.columns])
    for row in panel.table[[column.key for column in panel.columns]].itertuples(index=False, name=None):
        writer.writerow([_cell(value, column) for value, column in zip(row, panel.columns, strict=True)])
    return out.getvalue()


def panel_csv(panel: Panel, context: Context) -> str:
    """The table below lines that begin with "#": title, finding, source, period, licence, snapshot, query, caveats.

    It begins with a byte order mark, so that spreadsheets read it as UTF-8.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for label, words in provenance(panel, context).items():
        for line in [words] if isinstance(words, str) else words:
            writer.writerow([f"# {label}: {' '.join(line.split())}"])
    return "\ufeff" + out.getvalue() + table_csv(panel)


def _cell(value: Any, column: Column) -> Any:
    if is_missing(value):
        return ""
    if isinstance(value, (date, datetime)):
        return f"{value:%Y-%m}" if column.format == "month" else f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) and not _is_number(value) else value
    if isinstance(value, (list, tuple)):
        return "; ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "inf" if math.isinf(value) else f"{value:.10g}"
    return value


def _is_number(text: str) -> bool:
    """A text such as "-0.32" is a number, not a formula."""
    try:
        float(text)
    except ValueError:
        return False
    return True
