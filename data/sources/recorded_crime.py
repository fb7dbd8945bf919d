"""Police recorded crime by community safety partnership, as the Home Office publishes it (open data tables).

A file (``prc-csp-<from>-<to>-tables-<date>.ods``; older ones XLSX or CSV) has one sheet per financial year, named
``2002-03`` or ``2018_19`` by vintage, and a sheet of notes with the date of update and what forces said of their data.
A row is the offences of one code that one partnership recorded in one quarter; corrections of earlier quarters may make
it negative. Which partnership a name stands for is settled later, in ``data.recorded_crime``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from data.errors import LoadError
from data.sources._source import Column, Source
from data.sources._tables import matched_columns, read_text_table

__all__ = ["SOURCE", "OddSheet", "RecordedCrimeFile", "SetAside", "financial_year", "read"]

SOURCE = Source(
    name="recorded_crime",
    section="extracts",
    key="recorded_crime",
    title="Police recorded crime by community safety partnership (open data tables)",
    publisher="Home Office",
    disables="comparison by offence and quarter over many years, and the reconciliation with street-level files",
    many=True,
    columns={
        "financial_year": Column(("Financial Year", "Fin Year", "Year")),
        "quarter": Column(("Financial Quarter", "Fin Quarter", "Quarter")),
        "force": Column(("Police Force", "Force Name", "Force")),
        "partnership": Column(("CSP Name", "Community Safety Partnership", "Community Safety Partnership Name", "CSP")),
        "offence_description": Column(("Offence Description",)),
        "offence_group": Column(("Offence Group",)),
        "offence_subgroup": Column(("Offence Subgroup",)),
        "offence_code": Column(("Offence Code",)),
        "incidents": Column(("Offence Count", "Number of Offences", "Recorded Offences", "Offences", "Count")),
    },
)

_SPREADSHEETS = {".ods", ".xlsx", ".xlsm", ".xls"}
_YEAR = re.compile(r"(\d{4})\s*[-_/–]\s*(\d{4}|\d{2})")
_QUARTER = re.compile(r"(?:q|qtr|quarter)?\s*([1-4])(?!\d)", re.IGNORECASE)
_COUNT = re.compile(r"[-−]?\d[\d,]*(\.0+)?")
_UPDATED = re.compile(
    r"\b(?:updated?|published)\b\D{0,20}(\d{1,2} [A-Za-z]+ \d{4}|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})", re.IGNORECASE
)
_DATE_FORMATS = ("%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d/%m/%Y")
_DATE_IN_NAME = re.compile(r"-(\d\d)(\d\d)(\d\d)$")

_HEADER_WITHIN = 30
"""A sheet without the header in so many rows holds no figures."""
_ENOUGH_NAMES = 5
"""A row with so many of the wanted names is the header, though one may be missing."""
_NOTES_WITHIN = 2_000
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class SetAside:
    """A row that cannot be used; ``sheet`` is empty in a CSV file."""

    sheet: str
    line: int
    reason: str
    message: str
    column: str
    value: str
    raw: str


@dataclass(frozen=True)
class OddSheet:
    """A sheet whose name says another year than its rows; the rows count."""

    sheet: str
    line: int
    rows: int


@dataclass(frozen=True)
class RecordedCrimeFile:
    """What a file holds.

    Attributes
    ----------
    rows : pyarrow.Table
        ``sheet, line, year`` (2025 for 2025/26), ``quarter`` (1: April to June), ``force, partnership,
        offence_code, offence_description, offence_group, offence_subgroup`` as published, and ``incidents``.
    notes : tuple of str
        The lines of its sheets of notes; ``quality_notes`` those of them that speak of single forces.
    updated : date or None
        When the publisher updated it: by the notes, else by the file's name.
    """

    path: Path
    rows: pa.Table
    set_aside: tuple[SetAside, ...]
    odd_sheets: tuple[OddSheet, ...]
    notes: tuple[str, ...]
    updated: date | None

    @property
    def read(self) -> int:
        """Rows read, apart from headers and blank ones."""
        return int(self.rows.num_rows) + len(self.set_aside)

    @property
    def quality_notes(self) -> tuple[str, ...]:
        """The notes about single forces; all notes where they are not set apart by a heading."""
        lower = [line.casefold() for line in self.notes]
        start = next((number for number, line in enumerate(lower) if line.startswith("force notes")), None)
        if start is None:
            return self.notes
        end = next((n for n in range(start + 1, len(lower)) if lower[n].startswith("additional notes")), len(lower))
        return self.notes[start + 1 : end]

    def label(self, sheet: str) -> str:
        """What a sheet is called in messages."""
        return f"{self.path.name}/{sheet}" if sheet else self.path.name


@dataclass(frozen=True)
class _Text:
    """The wanted columns of one sheet as published, and the line of each row."""

    sheet: str
    columns: pa.Table
    lines: npt.NDArray[np.int32]


def read(path: Path) -> RecordedCrimeFile:
    """Read a file of any vintage.

    Raises
    ------
    LoadError
        No such file, damaged, of another kind, a sheet of a year without one of the columns, or no usable row.
    """
    if not path.is_file():
        raise LoadError(
            "no_file",
            "there is no such file",
            file=path,
            remedy=f"Check [{SOURCE.section}] {SOURCE.key} in the configuration.",
        )
    suffix = path.suffix.lower()
    notes: list[str] = []
    if suffix == ".csv":
        parts = [_csv_text(path)]
    elif suffix in _SPREADSHEETS:
        parts, notes = _spreadsheet_text(path)
    else:
        raise LoadError(
            "other_kind",
            f"a file of the kind {suffix or 'without ending'!r} cannot be read ({SOURCE.title})",
            file=path,
            remedy="Give the Home Office's file as downloaded: .ods, .xlsx or .csv.",
        )
    tables: list[pa.Table] = []
    set_aside: list[SetAside] = []
    odd: list[OddSheet] = []
    for part in parts:
        rows, broken = _typed(part)
        tables.append(rows)
        set_aside.extend(broken)
        named = financial_year(part.sheet)
        other = pc.not_equal(rows["year"], named) if named is not None else pa.array([], pa.bool_())
        if count := pc.sum(other).as_py() or 0:
            odd.append(OddSheet(part.sheet, int(rows["line"][pc.index(other, True).as_py()].as_py()), count))
    rows = pa.concat_tables(tables).unify_dictionaries()
    if rows.num_rows == 0:
        raise LoadError(
            "no_rows",
            "the file holds no row that can be used" + (f" ({set_aside[0].message})" if set_aside else ""),
            file=path,
            row=set_aside[0].line if set_aside else None,
            remedy="Download it again.",
        )
    return RecordedCrimeFile(path, rows, tuple(set_aside), tuple(odd), tuple(notes), _updated(notes, path))


def financial_year(text: str) -> int | None:
    """The first calendar year of a financial year, however it is written.

    >>> [financial_year(text) for text in ("2025/26", "2002-03", "2018_19", "1999/00", "2025/27", "Notes")]
    [2025, 2002, 2018, 1999, None, None]
    """
    found = _YEAR.search(text)
    if found is None:
        return None
    year, following = int(found[1]), found[2]
    return year if int(following) in {year + 1, (year + 1) % 100} else None


def _updated(notes: Iterable[str], path: Path) -> date | None:
    """The date of update in the notes, else the day, month and year at the end of the file's name."""
    for line in notes:
        if found := _UPDATED.search(line):
            for pattern in _DATE_FORMATS:
                try:
                    return datetime.strptime(found[1], pattern).date()
                except ValueError:
                    continue
    if found := _DATE_IN_NAME.search(path.stem):
        day, month, year = map(int, found.groups())
        try:
            return date(2000 + year, month, day)
        except ValueError:
            return None
    return None


def _csv_text(path: Path) -> _Text:
    table = read_text_table(path, SOURCE)
    columns = {
        name: pa.chunked_array([pa.array(table.frame[name], pa.string(), from_pandas=True).dictionary_encode()])
        for name in SOURCE.columns
    }
    return _Text("", pa.table(columns), table.frame.index.to_numpy("int32") + np.int32(2))


def _spreadsheet_text(path: Path) -> tuple[list[_Text], list[str]]:
    """The sheets with figures, and the lines of the others."""
    parts: list[_Text] = []
    notes: list[str] = []
    names: list[str] = []
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for meta in workbook.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                names.append(meta.name)
                rows = workbook.get_sheet_by_name(meta.name).iter_rows()
                leading, header_line = _to_header(rows)
                if header_line is not None:
                    parts.append(_sheet_text(path, meta.name, leading[-1], header_line, rows))
                elif financial_year(meta.name) is not None:
                    first = next((row for row in leading if any(row)), [])
                    matched_columns(first, SOURCE.columns, f"{path}/{meta.name}", SOURCE)  # says what is missing
                else:
                    leading.extend([_cell_text(cell) for cell in row] for row in islice(rows, _NOTES_WITHIN))
                    notes.extend(line for row in leading if (line := " ".join(filter(None, row))))
    except (CalamineError, OSError) as error:
        raise LoadError(
            "damaged",
            f"the file is damaged or is no spreadsheet ({error})",
            file=path,
            remedy="Download it again.",
        ) from error
    if not parts:
        raise LoadError(
            "no_table",
            f"no sheet holds {SOURCE.title.lower()} (sheets: {', '.join(names) or 'none'})",
            file=path,
            remedy="Give the table of community safety partnerships (prc-csp-…), not the one of police force areas.",
        )
    return parts, notes


def _to_header(rows: Iterator[list[Any]]) -> tuple[list[list[str]], int | None]:
    """The rows up to and with the header, as text, and the header's line; None where there is no header."""
    optional = {name: Column(column.names, required=False) for name, column in SOURCE.columns.items()}
    leading: list[list[str]] = []
    for number, row in enumerate(islice(rows, _HEADER_WITHIN), 1):
        leading.append([_cell_text(cell) for cell in row])
        if len(matched_columns(leading[-1], optional, "", SOURCE)) >= _ENOUGH_NAMES:
            return leading, number
    return leading, None


def _sheet_text(path: Path, sheet: str, header: list[str], header_line: int, rows: Iterator[list[Any]]) -> _Text:
    """The wanted columns of a sheet. A chunk of rows at a time: the cells of a whole file would fill the memory."""
    found = matched_columns(header, SOURCE.columns, f"{path}/{sheet}", SOURCE)
    places = {name: header.index(actual) for name, actual in found.items()}
    chunks: dict[str, list[pa.DictionaryArray]] = {name: [] for name in SOURCE.columns}
    count = 0
    shown = _Shown()
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        count += len(chunk)
        cells = list(zip(*chunk, strict=True))
        for name, place in places.items():
            texts = [cell if type(cell) is str else shown[cell] for cell in cells[place]]
            chunks[name].append(pa.array(texts, pa.string()).dictionary_encode())
    kind = pa.dictionary(pa.int32(), pa.string())
    columns = pa.table({name: pa.chunked_array(arrays, kind) for name, arrays in chunks.items()})
    return _Text(sheet, columns, np.arange(header_line + 1, header_line + 1 + count, dtype="int32"))


class _Shown(dict[Any, str]):
    """Numbers as they are shown, each worked out once."""

    def __missing__(self, cell: Any) -> str:
        self[cell] = _cell_text(cell)
        return self[cell]


def _cell_text(cell: Any) -> str:
    """A cell as it is shown: offence code 46 comes back as a number from some vintages, as text from others."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _typed(part: _Text) -> tuple[pa.Table, list[SetAside]]:
    """The usable rows, typed, and the others. Each distinct text is looked at once."""
    text = {name: _stripped(part.columns[name]) for name in SOURCE.columns}
    blank = np.logical_and.reduce([_is_null(column) for column in text.values()])
    years = _parsed(text["financial_year"], financial_year, pa.int16())
    quarters = _parsed(text["quarter"], _quarter, pa.int8())
    counts = _parsed(text["incidents"], _count, pa.int32())
    faults: list[tuple[str, str, npt.NDArray[np.bool_], str]] = [
        ("impossible_year", "financial_year", _is_null(years), "{!r} is not a financial year"),
        ("impossible_quarter", "quarter", _is_null(quarters), "{!r} is not a quarter"),
        ("no_force", "force", _is_null(text["force"]), "no police force"),
        ("no_partnership", "partnership", _is_null(text["partnership"]), "no partnership"),
        ("no_count", "incidents", _is_null(counts), "{!r} is not a count"),
    ]
    bad = np.logical_or.reduce([fault[2] for fault in faults])
    broken: list[SetAside] = []
    for row in np.flatnonzero(bad & ~blank):
        reason, column, _, message = next(fault for fault in faults if fault[2][row])
        value = text[column][row].as_py() or ""
        raw = ",".join(column[int(row)].as_py() or "" for column in text.values())
        said = message.format(value) if value else f"no {column.replace('_', ' ').replace('incidents', 'count')}"
        broken.append(
            SetAside(part.sheet, int(part.lines[row]), reason, said, SOURCE.columns[column].names[0], value, raw)
        )
    good = pa.array(~bad & ~blank)
    names = ("force", "partnership", "offence_code", "offence_description", "offence_group", "offence_subgroup")
    table = pa.table(
        {
            "sheet": pa.DictionaryArray.from_arrays(np.zeros(len(bad), "int32"), pa.array([part.sheet])),
            "line": pa.array(part.lines),
            "year": years,
            "quarter": quarters,
            **{name: text[name] for name in names},
            "incidents": counts,
        }
    )
    return table.filter(good), broken


def _stripped(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Text without blanks around it; blank is null."""
    return _parsed(_combined(column), lambda text: " ".join(text.split()) or None, pa.string()).dictionary_encode()


def _combined(column: pa.ChunkedArray) -> pa.DictionaryArray:
    unified = column.unify_dictionaries().combine_chunks()
    if isinstance(unified, pa.ChunkedArray):  # what pyarrow gives where there is no chunk
        return pa.array([], column.type)
    return unified


def _parsed(column: pa.DictionaryArray, parse: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    values: Sequence[str | None] = column.dictionary.to_pylist()
    return pa.array([None if text is None else parse(text) for text in values], kind).take(column.indices)


def _is_null(column: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)


def _quarter(text: str) -> int | None:
    """The quarter of a financial year: 1 is April to June."""
    found = _QUARTER.match(text)
    return int(found[1]) if found else None


def _count(text: str) -> int | None:
    """A whole number, which may be negative; anything else is no count, and never zero."""
    if not _COUNT.fullmatch(text):
        return None
    return int(text.replace(",", "").replace("−", "-").split(".")[0])
