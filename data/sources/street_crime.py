"""Street-level crime and anti-social behaviour, as published by police forces on data.police.uk.

Files are named ``YYYY-MM-<force>-street.csv`` and come in archives (ZIP), in folders, or singly. Values are read as
they stand; what they mean is settled later, in ``data.incidents``. One line is one row: a row never spans lines.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from data.errors import LoadError
from data.sources._source import Column, Source
from data.sources._tables import decoded, first_line_fields, matched_columns

__all__ = ["SOURCE", "BrokenLine", "Extract", "StreetFile", "find_extracts", "raw_lines", "read_extract"]

SOURCE = Source(
    name="street_crime",
    section="extracts",
    key="street_crime",
    title="Street-level crime and anti-social behaviour",
    publisher="data.police.uk",
    required=True,
    many=True,
    columns={
        "crime_id": Column(("Crime ID",)),
        "month": Column(("Month",)),
        "force": Column(("Reported by",)),
        "falls_within": Column(("Falls within",), required=False),
        "longitude": Column(("Longitude", "long", "lng")),
        "latitude": Column(("Latitude", "lat")),
        "location": Column(("Location",)),
        "lsoa_code": Column(("LSOA code", "LSOA##CD", "LSOA##code")),
        "lsoa_name": Column(("LSOA name", "LSOA##NM", "LSOA##name"), required=False),
        "category": Column(("Crime type", "Category")),
        "outcome": Column(("Last outcome category", "Last outcome", "Outcome category")),
        "context": Column(("Context",), required=False),
        # Never published; a force may add it for its partnership.
        "offence_code": Column(("Offence code", "Home Office code", "HO code"), required=False),
    },
)

_NAME = re.compile(r"(\d{4})-(\d\d)-([a-z][a-z-]*[a-z])-street\.csv", re.IGNORECASE)
_WANTED = (
    "crime_id", "month", "force", "longitude", "latitude", "location", "lsoa_code", "category", "outcome",
    "offence_code",
)  # fmt: skip
_TEXT = pa.string()
_REPEATED_TEXT = pa.dictionary(pa.int32(), pa.string())
_TYPES = dict.fromkeys(_WANTED, _REPEATED_TEXT) | {
    "crime_id": _TEXT, "longitude": pa.float64(), "latitude": pa.float64()
}  # fmt: skip
_TEXT_TYPES = _TYPES | {"longitude": _TEXT, "latitude": _TEXT}
# Columns that only other kinds of file have, by which they are recognised.
_OTHER_KINDS = {
    "Outcome type": "an outcomes file",
    "Self-defined ethnicity": "a stop and search file",
    "Object of search": "a stop and search file",
    "Neighbourhood": "a neighbourhood file",
}


@dataclass(frozen=True, order=True)
class Extract:
    """One file of street-level rows: a force's month. Sorts by month, then by where the configuration names it."""

    month: date
    order: int
    force_slug: str
    container: Path
    member: str | None
    """Name inside the archive; None for a file of its own."""
    label: str
    """What it is called in messages and in the manifest."""


@dataclass(frozen=True)
class BrokenLine:
    """A line that cannot be read as a row."""

    line: int
    reason: str
    message: str
    raw: str


@dataclass(frozen=True)
class StreetFile:
    """What a file holds: its rows (null where blank), the line of each, and the lines that are no rows.

    Rows are text but for the coordinates, which are numbers unless one of them is none.
    """

    extract: Extract
    rows: pa.Table
    lines: npt.NDArray[np.int32]
    broken: tuple[BrokenLine, ...]

    @property
    def read(self) -> int:
        """Lines read, apart from the header and blank ones."""
        return self.rows.num_rows + len(self.broken)


def find_extracts(paths: Iterable[Path]) -> tuple[list[Extract], list[tuple[Extract, Extract]]]:
    """The files to read, and the ones that another one replaces (pairs: replaced, replacing).

    A force's month is read once. Where two archives hold it, the one named later in the configuration is read: archives
    overlap by design, each later one carrying newer outcomes, and rows without a Crime ID could not be told apart.

    Raises
    ------
    LoadError
        A damaged ZIP, a ZIP or folder without any street-level file, or a file whose name says neither month nor force.
    """
    found: list[Extract] = []
    for path in paths:
        here = _extracts_of(path, order=len(found))
        if not here:
            what = "archive" if path.is_file() else "folder"
            raise LoadError(
                "no_member",
                f"the {what} holds no street-level file",
                file=path,
                remedy="Its files should be named like 2025-01-essex-street.csv: tick crime data when downloading.",
            )
        found.extend(here)
    chosen: dict[tuple[str, date], Extract] = {}
    replaced: list[tuple[Extract, Extract]] = []
    for extract in found:
        earlier = chosen.get((extract.force_slug, extract.month))
        if earlier is not None:
            replaced.append((earlier, extract))
        chosen[extract.force_slug, extract.month] = extract
    return sorted(chosen.values()), replaced


def read_extract(extract: Extract, archive: zipfile.ZipFile | None = None) -> StreetFile:
    """Read one file.

    Raises
    ------
    LoadError
        Damaged, empty, not UTF-8, another kind of CSV, or with missing, extra or renamed columns.
    """
    content = decoded(_content(extract, archive), extract.label)
    header = [name.strip() for name in first_line_fields(content)]
    names = _column_names(header, extract)
    rows, broken = _parsed(content, names)
    ends = np.count_nonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    physical_lines = int(ends) + (not content.endswith(b"\n"))
    if 1 + rows.num_rows + len(broken) == physical_lines:
        taken = np.array([line.line for line in broken], dtype=np.int32)
        lines = np.delete(
            np.arange(1, physical_lines + 1, dtype=np.int32), np.concatenate(([0], taken - 1)).astype(int)
        )
        return StreetFile(extract, rows, lines, tuple(broken))
    # Blank lines, stray carriage returns or quotes left open: settle line by line what is a row.
    content, lines, broken = _line_by_line(content, len(header))
    rows, _ = _parsed(content, names)
    return StreetFile(extract, rows, lines, tuple(broken))


def raw_lines(extract: Extract, lines: Sequence[int]) -> list[str]:
    """The text of some lines of a file, as it stands."""
    content = decoded(_content(extract, None), extract.label).splitlines()
    return [content[line - 1].decode("utf-8") for line in lines]


def _extracts_of(path: Path, order: int) -> list[Extract]:
    if path.is_dir():
        inside: list[Extract] = []
        for child in sorted(path.rglob("*")):
            if child.suffix.lower() == ".zip" or (child.is_file() and _NAME.fullmatch(child.name)):
                label = f"{path.name}/{child.relative_to(path).as_posix()}"
                inside.extend(_extracts_of_file(child, label, order + len(inside)))
        return inside
    return _extracts_of_file(path, path.name, order)


def _extracts_of_file(path: Path, label: str, order: int) -> list[Extract]:
    if path.suffix.lower() != ".zip":
        month, force_slug = _month_and_force(path.name, path)
        return [Extract(month, order, force_slug, path, None, label)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(name for name in archive.namelist() if _NAME.fullmatch(name.rsplit("/", 1)[-1]))
    except (zipfile.BadZipFile, EOFError) as error:
        raise _damaged(path, str(error)) from error
    extracts = []
    for number, member in enumerate(members):
        month, force_slug = _month_and_force(member.rsplit("/", 1)[-1], path)
        extracts.append(Extract(month, order + number, force_slug, path, member, f"{label}/{member}"))
    return extracts


def _month_and_force(name: str, file: Path) -> tuple[date, str]:
    matched = _NAME.fullmatch(name)
    if matched is None or not 1 <= int(matched[2]) <= 12:
        raise LoadError(
            "file_name",
            f"the name {name!r} does not say which month and force it holds",
            file=file,
            remedy="Name it like 2025-01-essex-street.csv.",
        )
    return date(int(matched[1]), int(matched[2]), 1), matched[3].lower()


def _content(extract: Extract, archive: zipfile.ZipFile | None) -> bytes:
    if extract.member is None:
        return extract.container.read_bytes()
    try:
        if archive is not None:
            return archive.read(extract.member)
        with zipfile.ZipFile(extract.container) as opened:
            return opened.read(extract.member)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged(extract.label, str(error)) from error
    except (NotImplementedError, RuntimeError) as error:
        raise LoadError(
            "unreadable_zip",
            f"the archive's member cannot be unpacked ({error})",
            file=extract.label,
            remedy="Unpack it with your system's tools and name the folder instead.",
        ) from error


def _damaged(file: Path | str, detail: str) -> LoadError:
    return LoadError(
        "damaged_zip",
        f"the ZIP file is damaged or cut short ({detail.rstrip('.')})",
        file=file,
        remedy="Download it again: its size should be the one the site states.",
    )


def _column_names(header: list[str], extract: Extract) -> list[str]:
    """Our name of each column in the file's order."""
    for name, kind in _OTHER_KINDS.items():
        if name in header:
            raise LoadError(
                "other_kind",
                f"the file is {kind} (it has a column {name!r}), not a street-level one",
                file=extract.label,
                row=1,
                remedy="Take it out, or put the -street.csv file of that month in its place.",
            )
    found = matched_columns(header, SOURCE.columns, extract.label, SOURCE)
    ours = {actual: wanted for wanted, actual in found.items()}
    unknown = [name for name in header if name not in ours]
    if unknown or len(set(header)) < len(header):
        what = ", ".join(repr(name) for name in unknown) if unknown else "a repeated column"
        raise LoadError(
            "extra_column",
            f"the header has {what}, which street-level files do not have",
            file=extract.label,
            row=1,
            remedy="Use the file as downloaded, or take the column out.",
        )
    return [ours[name] for name in header]


def _parsed(content: bytes, names: list[str]) -> tuple[pa.Table, list[BrokenLine]]:
    """Rows of the right number of fields; the others as broken lines. Coordinates are text if some are no numbers."""
    try:
        return _parsed_as(content, names, _TYPES)
    except pa.ArrowInvalid:
        return _parsed_as(content, names, _TEXT_TYPES)


def _parsed_as(content: bytes, names: list[str], types: dict[str, pa.DataType]) -> tuple[pa.Table, list[BrokenLine]]:
    broken: list[BrokenLine] = []

    def set_aside(row: csv.InvalidRow) -> str:
        broken.append(_wrong_fields(row.number or 0, row.actual_columns, row.expected_columns, row.text))
        return "skip"

    rows = csv.read_csv(
        pa.BufferReader(content),
        csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False, block_size=1 << 24),
        csv.ParseOptions(newlines_in_values=True, invalid_row_handler=set_aside),
        csv.ConvertOptions(
            column_types=types,
            include_columns=list(_WANTED),
            include_missing_columns=True,  # those that are not required
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,  # the whole file has been checked
        ),
    )
    return rows, broken


def _line_by_line(content: bytes, n_fields: int) -> tuple[bytes, npt.NDArray[np.int32], list[BrokenLine]]:
    """The content without its blank and broken lines, the number of each line left, and the broken ones."""
    kept: list[bytes] = []
    numbers: list[int] = []
    broken: list[BrokenLine] = []
    for number, line in enumerate(content.splitlines(), 1):
        if number == 1:
            kept.append(line)
        elif line.strip():
            quoted = line.count(b'"')
            fields = line.count(b",") + 1 if not quoted else _field_count(line)
            if quoted % 2:
                broken.append(
                    BrokenLine(number, "open_quote", "a quotation mark is left open", line.decode("utf-8", "replace"))
                )
            elif fields != n_fields:
                broken.append(_wrong_fields(number, fields, n_fields, line.decode("utf-8", "replace")))
            else:
                kept.append(line)
                numbers.append(number)
    return b"\n".join(kept) + b"\n", np.array(numbers, dtype=np.int32), broken


def _field_count(line: bytes) -> int:
    """Number of fields of one line in which quotation marks are balanced."""
    return len(first_line_fields(line))


def _wrong_fields(line: int, actual: int, expected: int, raw: str) -> BrokenLine:
    return BrokenLine(line, "wrong_number_of_fields", f"the row has {actual} fields, the header {expected}", raw)
