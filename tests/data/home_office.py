"""Small files in the layouts of the Home Office's partnership tables: ODS, XLSX and CSV, new and old headings."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

NEW_HEADER = [
    "Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description", "Offence Group",
    "Offence Subgroup", "Offence Code", "Offence Count",
]  # fmt: skip
OLD_HEADER = [
    "Financial Year", "Financial Quarter", "Force Name", "CSP Name", "Offence Description", "Offence Group",
    "Offence Subgroup", "Offence Code", "Number of Offences",
]  # fmt: skip
NOTES = [
    ["Police recorded crime Community Safety Partnership open data"],
    ["Updated: 23 July 2026"],
    ["General Notes"],
    ["Figures are those of the day of the update and may be revised."],
]

Row = Sequence[str | int | float]

OFFENCES = {  # code: (description, group, subgroup)
    "46": ("Shoplifting", "Theft offences", "Shoplifting"),
    "37.2": ("Aggravated vehicle taking", "Theft offences", "Vehicle offences"),
    "1/4.1/4.10/4.2": ("Homicide", "Violence against the person", "Homicide"),
    "105A": ("Assault without injury", "Violence against the person", "Violence without injury"),
    "28Z": ("A burglary of a later code", "Theft offences", "Residential burglary"),
    "999": ("Something new", "New group", "New subgroup"),
}


def counted(
    partnership: str,
    count: int | str,
    *,
    force: str = "Kent",
    year: str = "2025/26",
    quarter: int | str = 1,
    code: str = "46",
) -> list[str | int]:
    """A row of a table."""
    description, group, subgroup = OFFENCES[code]
    return [year, quarter, force, partnership, description, group, subgroup, code, count]


def every_quarter(partnership: str, count: int = 100, **how: str) -> list[list[str | int]]:
    """The same count in the four quarters of a year."""
    return [counted(partnership, count, quarter=quarter, **how) for quarter in (1, 2, 3, 4)]


def write_ods(path: Path, sheets: Mapping[str, Iterable[Row]]) -> Path:
    """An ODS file as spreadsheet programs write it, with the empty rows and columns behind the figures."""

    def cell(value: str | int | float) -> str:
        text = f"<text:p>{escape(str(value))}</text:p>"
        if isinstance(value, str):
            return (
                f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
                if value
                else ("<table:table-cell/>")
            )
        return f'<table:table-cell office:value-type="float" office:value="{value}">{text}</table:table-cell>'

    tables = []
    for name, rows in sheets.items():
        lines = [
            f"<table:table-row>{''.join(map(cell, row))}"
            f'<table:table-cell table:number-columns-repeated="{16384 - len(row)}"/></table:table-row>'
            for row in rows
        ]
        tables.append(
            f'<table:table table:name="{escape(name)}"><table:table-column table:number-columns-repeated="16384"/>'
            f'{"".join(lines)}<table:table-row table:number-rows-repeated="{1048576 - len(lines)}">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Iterable[Row]]) -> Path:
    """An XLSX file."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path


def write_csv(path: Path, rows: Iterable[Row]) -> Path:
    """A CSV file with the byte order mark that spreadsheet programs write."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def tables(path: Path, rows: Iterable[Row], *, force_notes: Sequence[str] = (), updated: str = "23 July 2026") -> Path:
    """A file of today's layout: notes, and one sheet for each financial year of the rows."""
    by_year: dict[str, list[Row]] = {}
    for row in rows:
        year = str(row[0])
        by_year.setdefault(f"{year[:4]}_{year[-2:]}", [NEW_HEADER]).append(row)
    notes = [[f"Updated: {updated}"] if line[0].startswith("Updated") else line for line in NOTES]
    notes += [["Force Notes"], *([note] for note in force_notes), ["Additional Notes"], ["See the user guide."]]
    return write_ods(path, {"Notes": notes, **by_year})
