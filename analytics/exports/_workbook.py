"""The assessment's data pack: a workbook with contents, provenance, evidence, and one sheet a panel."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from analytics.exports._ledger import Entry
from analytics.exports.assessment import Assessment, source_line
from analytics.panels import Column, Panel
from analytics.words import is_missing

__all__ = ["data_pack"]

_FORMATS = {
    "integer": "#,##0",
    "rate": "#,##0.00",
    "percent": "0.0",
    "percent1": "0.0",
    "change": "+0.0;-0.0;0.0",
    "ratio": "0.00",
    "p_value": "0.0000",
    "month": "mmm yyyy",
    "date": "d mmm yyyy",
}
_UNITS = {"percent": "%", "percent1": "%", "change": "%"}
_HEAD = 7
"""The row a panel's table begins in, counted from 0."""
Progress = Callable[[float, str], None]


def data_pack(made: Assessment, *, progress: Progress = lambda share, what: None) -> bytes:
    """The workbook as the bytes of an .xlsx file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({
        "title": f"{made.context.name}: {made.title}", "subject": "Data pack of the strategic assessment",
        "author": made.context.name, "keywords": f"snapshot {made.snapshot}", "comments": "Language: en-GB",
    })  # fmt: skip
    _Book(book, made, progress).write()
    book.close()
    return out.getvalue()


class _Book:
    def __init__(self, book: Any, made: Assessment, progress: Progress) -> None:
        self.book, self.made, self.progress = book, made, progress
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#12436D"})
        self.bold = book.add_format({"bold": True})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#12436D",
                                     "font_color": "#FFFFFF"})  # fmt: skip
        self.link = book.get_default_url_format()
        self.numbers = {name: book.add_format({"num_format": form}) for name, form in _FORMATS.items()}
        self.taken: set[str] = set()

    def write(self) -> None:
        made = self.made
        names = {panel.id: self._sheet_name(panel.id) for _, panel in made.pack}
        contents = self.book.add_worksheet("Contents")
        self._provenance(self.book.add_worksheet("Provenance"))
        self._evidence(self.book.add_worksheet("Evidence"))
        if made.since is not None and made.since.printed is not None:
            sheet = self.book.add_worksheet("Since last time")
            self._lines(sheet, [made.since.title, made.since.said.text])
            self._text_table(sheet, 3, made.since.printed.headings, made.since.printed.rows, (14, 40, 60, 60), "Since")
        for i, (_, panel) in enumerate(made.pack):
            self.progress(i / len(made.pack), panel.title)
            self._panel(self.book.add_worksheet(names[panel.id]), panel)
        self._contents(contents, names)

    def _sheet_name(self, panel_id: str) -> str:
        name, n = panel_id[:31], 2
        while name.lower() in self.taken:
            name, n = f"{panel_id[:28]}_{n}", n + 1
        self.taken.add(name.lower())
        return name

    def _lines(self, sheet: Any, lines: Sequence[str]) -> None:
        """Words at the top of a sheet, the first as its title."""
        for row, words in enumerate(lines):
            sheet.write_string(row, 0, _plain(words), self.title if row == 0 else None)

    def _contents(self, sheet: Any, names: dict[str, str]) -> None:
        made = self.made
        lines = [f"{made.context.name}: {made.title}", *(said.text for said in made.facts)]
        if made.context.demonstration:
            lines.insert(1, "Demonstration data: every figure is invented.")
        lines.append("An empty cell is not known, never zero; “c” is a small number that may not be shown.")
        self._lines(sheet, lines)
        first = len(lines) + 1
        rows = [
            (
                names[panel.id],
                page.replace("_", " ").capitalize(),
                panel.title,
                _plain(panel.sentence),
                panel.state.replace("_", " "),
                len(panel.table),
            )
            for page, panel in made.pack
        ]
        headings = ("Sheet", "Page", "Question", "Finding", "State", "Rows")
        self._text_table(sheet, first, headings, rows, (26, 18, 40, 80, 14, 8), "Contents")
        for i, row in enumerate(rows, first + 1):
            sheet.write_url(i, 0, f"internal:'{row[0]}'!A1", self.link, row[0])
        sheet.activate()

    def _provenance(self, sheet: Any) -> None:
        made = self.made
        self._lines(sheet, [
            "Provenance", f"Snapshot {made.snapshot}, built {made.context.built_at}",
            f"Query string of the filters: {made.query}", f"Written {made.made.isoformat()}",
        ])  # fmt: skip
        rows = [
            (s.title, s.publisher, s.licence, s.covers, s.file, s.sha256, s.modified.isoformat() if s.modified else "",
             "" if s.rows_read is None else s.rows_read, "" if s.set_aside is None else s.set_aside, s.state)
            for s in made.context.manifest.sources
        ]  # fmt: skip
        headings = ("Source", "Publisher", "Licence", "Covers", "File", "SHA-256", "Date of the file", "Rows read",
                    "Rows set aside", "State")  # fmt: skip
        widths = (44, 30, 28, 28, 34, 26, 16, 12, 14, 14)
        self._text_table(sheet, 5, headings, rows, widths, "Provenance")
        below = 8 + len(rows)
        for i, (panel_id, reason) in enumerate(made.failed):
            sheet.write_string(below + i, 0, f"The panel {panel_id} could not be worked out: {reason}")

    def _evidence(self, sheet: Any) -> None:
        self._lines(sheet, ["Evidence: every number printed in the document, by its key"])
        entries: list[Entry] = list(self.made.ledger.entries())
        rows = [(e.key, e.value, e.panel, e.part, e.query, e.snapshot) for e in entries]
        headings = ("Key", "Value as printed", "Panel", "Part of the panel", "Query string", "Snapshot")
        self._text_table(sheet, 2, headings, rows, (10, 18, 34, 48, 50, 28), "Evidence")

    def _text_table(
        self, sheet: Any, first: int, headings: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float],
        name: str,
    ) -> None:  # fmt: skip
        for i, width in enumerate(widths):
            sheet.set_column(i, i, width)
        for r, row in enumerate(rows, first + 1):
            for c, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(r, c, value)
                else:
                    sheet.write_string(r, c, _plain(str(value)))
        self._as_table(sheet, first, headings, len(rows), name)

    def _as_table(self, sheet: Any, first: int, headings: Sequence[str], rows: int, name: str) -> None:
        """A table with a header row that programs and screen readers know as one."""
        if rows == 0:
            for i, heading in enumerate(headings):
                sheet.write_string(first, i, heading, self.head)
            return
        sheet.add_table(first, 0, first + rows, len(headings) - 1, {
            "name": "T_" + re.sub(r"\W", "_", name), "style": "Table Style Light 1", "autofilter": rows > 1,
            "columns": [{"header": heading, "header_format": self.head} for heading in headings],
        })  # fmt: skip
        sheet.freeze_panes(first + 1, 1)

    def _panel(self, sheet: Any, panel: Panel) -> None:
        about = [f"Question: {panel.title}", panel.subtitle, " ".join(panel.caveats), source_line(panel),
                 f"Panel {panel.id}; snapshot {panel.as_at}; query string {panel.query}"]  # fmt: skip
        if panel.state != "ready":
            about.insert(1, panel.message)
        self._lines(sheet, [panel.sentence, *about])
        headings = _headings(panel.columns)
        frame = panel.table
        for c, column in enumerate(panel.columns):
            longest = len(headings[c]) / 2
            written = self.numbers.get(column.format)
            values = frame.get(column.key, ())
            for r, value in enumerate(values, _HEAD + 1):
                longest = max(longest, _write(sheet, r, c, value, written))
            sheet.set_column(c, c, min(max(longest + 2, 9), 60))
        self._as_table(sheet, _HEAD, headings, len(frame), panel.id)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD)


def _headings(columns: Sequence[Column]) -> list[str]:
    """One heading a column, with its unit; no two alike, as a table wants."""
    out: list[str] = []
    for column in columns:
        unit = _UNITS.get(column.format, "")
        heading = f"{column.heading} ({unit})" if unit and unit not in column.heading else column.heading
        heading = _plain(heading) or column.key
        out.append(heading if heading.lower() not in {h.lower() for h in out} else f"{heading} [{column.key}]")
    return out


def _write(sheet: Any, row: int, column: int, value: Any, written: Any) -> int:
    """Write one cell and say about how wide it is. Missing is an empty cell."""
    if isinstance(value, (list, tuple)):
        value = "; ".join(str(part) for part in value)
    if is_missing(value):
        return 0
    if isinstance(value, (bool, str)) or value is True or value is False:
        words = value if isinstance(value, str) else "yes" if value else "no"
        sheet.write_string(row, column, _plain(words))
        return len(words)
    if isinstance(value, (date, datetime)):
        sheet.write_datetime(row, column, value, written)
        return 11
    number = float(value) if isinstance(value, (int, float)) or hasattr(value, "__float__") else None
    if number is None:
        sheet.write_string(row, column, _plain(str(value)))
        return len(str(value))
    if math.isinf(number):
        sheet.write_string(row, column, "no limit")
        return 8
    sheet.write_number(row, column, number, written)
    return 9


def _plain(words: str) -> str:
    return words.replace("\u202f", "\u00a0")[:32_000]
