"""Reading the small reference tables (lookups, populations, deprivation): all text first, by declared headers."""

from __future__ import annotations

import csv as text_csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.errors import LoadError
from data.sources._source import Column, Source

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TextTable",
    "decoded",
    "first_line_fields",
    "header_year",
    "matched_columns",
    "number_column",
    "read_header",
    "read_text_table",
    "trimmed",
]


@dataclass(frozen=True)
class TextTable:
    """The wanted columns of a file as text (blank is null), and the header each was found under."""

    file: Path
    frame: pd.DataFrame
    headers: Mapping[str, str]

    def line(self, row: int) -> int:
        """Line number in the file of a row of the frame (exact where no field holds a line break)."""
        return int(self.frame.index[row]) + 2


def read_text_table(path: Path, source: Source, columns: Mapping[str, Column] | None = None) -> TextTable:
    """The source's declared columns from a CSV file, as text.

    Raises
    ------
    LoadError
        No such file, empty, header only, not UTF-8, a row of the wrong length, or a missing column.
    """
    columns = source.columns if columns is None else columns
    content = _content(path, source)
    header = [name.strip() for name in first_line_fields(content)]
    found = matched_columns(header, columns, path, source)
    places = {name: header.index(actual) for name, actual in found.items()}
    table = _all_text(content, len(header), sorted(set(places.values())), path)
    if table.num_rows == 0:
        raise LoadError("header_only", "the file has a header but no rows", file=path, remedy="Download it again.")
    absent = pa.nulls(table.num_rows, pa.string())
    wanted = {name: trimmed(table.column(f"c{places[name]}")) if name in places else absent for name in columns}
    return TextTable(path, pa.table(wanted).to_pandas(), found)


def read_header(path: Path, source: Source) -> list[str]:
    """The names in the first line of a CSV file."""
    return [name.strip() for name in first_line_fields(_content(path, source))]


def decoded(content: bytes, file: Path | str) -> bytes:
    """UTF-8 bytes without the byte order mark.

    Raises
    ------
    LoadError
        Where the content is empty or in another encoding: names the line of the first byte that cannot be UTF-8.
    """
    if not content or content.isspace():
        raise LoadError("empty_file", "the file is empty", file=file, remedy="Download it again, or take it out.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LoadError(
            "wrong_encoding",
            "the file is UTF-16 text, not UTF-8",
            file=file,
            row=1,
            remedy='Save it as "CSV UTF-8", or take the publisher\'s file as downloaded.',
        )
    try:
        if not content.isascii():  # the quicker question, and one that takes no memory
            content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LoadError(
            "wrong_encoding",
            f"byte 0x{content[error.start]:02x} is not UTF-8 text",
            file=file,
            row=content.count(b"\n", 0, error.start) + 1,
            remedy='Save it as "CSV UTF-8", or take the publisher\'s file as downloaded.',
        ) from error
    return content.removeprefix(b"\xef\xbb\xbf")


def first_line_fields(content: bytes) -> list[str]:
    """The fields of the first line of UTF-8 CSV text."""
    end = content.find(b"\n")
    line = (content if end < 0 else content[:end]).decode("utf-8").rstrip("\r")
    return next(text_csv.reader([line]), [])


def matched_columns(
    header: Sequence[str], columns: Mapping[str, Column], file: Path | str, source: Source
) -> dict[str, str]:
    """Which header holds each wanted column; optional ones may be absent."""
    plain = {_plain(name): name for name in header}
    found: dict[str, str] = {}
    for wanted, column in columns.items():
        for pattern in map(_pattern, column.names):
            match = next((actual for name, actual in plain.items() if pattern.fullmatch(name)), None)
            if match is not None:
                found[wanted] = match
                break
    missing = [column.names[0] for wanted, column in columns.items() if column.required and wanted not in found]
    if missing:
        spare = [name for name in header if name not in found.values()]
        near = {name: get_close_matches(name, spare, 1, 0.7) for name in missing}
        hints = [f"{close[0]!r} looks like {name}" for name, close in near.items() if close]
        raise LoadError(
            "missing_column",
            f"no column {', '.join(missing)} ({source.title}); the file has {_listed(header)}"
            + (f"; {'; '.join(hints)}" if hints else ""),
            file=file,
            row=1,
            remedy="Use the publisher's file as downloaded, or rename the column in the header.",
        )
    return found


def number_column(table: TextTable, column: str, *, integer: bool = False) -> pd.Series:
    """A column as numbers; blank is null.

    Raises
    ------
    LoadError
        A text that is not a finite number (or not a whole or a negative one, with ``integer``), with its line.
    """
    import pandas as pd  # not with the module: the reading of large files begins before pandas is there

    text = table.frame[column]
    plain = pc.replace_substring(pa.array(text, pa.string(), from_pandas=True), ",", "")
    try:
        numbers = pc.cast(plain, pa.float64()).to_pandas()
    except pa.ArrowInvalid:  # to be named below
        numbers = pd.to_numeric(plain.to_pandas(), errors="coerce").astype("float64")
    numbers.index = text.index
    wrong = text.notna() & ~np.isfinite(numbers)
    if integer:
        wrong |= numbers.notna() & ((numbers < 0) | (numbers % 1 != 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise LoadError(
            "not_a_number",
            f"{text.iloc[row]!r} in {table.headers[column]} is not a {'count' if integer else 'number'}",
            file=table.file,
            row=table.line(row),
            remedy="Use the publisher's file as downloaded, or correct the row.",
        )
    return numbers.round().astype("Int64") if integer else numbers


def trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text without white space around it; null where nothing is left."""
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def header_year(header: str | None) -> int | None:
    """The year a header names: ``residents_census21`` and ``population_2023`` do, ``population`` does not."""
    found = re.findall(r"(?<!\d)(20\d\d|\d\d)(?!\d)", header or "")
    return None if not found else int(found[-1]) if len(found[-1]) == 4 else 2000 + int(found[-1])


def _content(path: Path, source: Source) -> bytes:
    if not path.is_file():
        raise LoadError(
            "no_file",
            "there is no such file",
            file=path,
            remedy=f"Check [{source.section}] {source.key} in the configuration.",
        )
    return decoded(path.read_bytes(), path)


def _all_text(content: bytes, n_columns: int, places: list[int], path: Path) -> pa.Table:
    """The columns at some places, under the names c0, c1…"""
    names = [f"c{i}" for i in range(n_columns)]
    wrong: list[csv.InvalidRow] = []

    def remember(row: csv.InvalidRow) -> str:
        wrong.append(row)
        return "skip"

    table = csv.read_csv(
        pa.BufferReader(content),
        csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
        csv.ParseOptions(newlines_in_values=True, invalid_row_handler=remember),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[names[place] for place in places],
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    if wrong:
        raise LoadError(
            "ragged_row",
            f"the row has {wrong[0].actual_columns} fields, the header {wrong[0].expected_columns}",
            file=path,
            row=wrong[0].number,
            remedy="Use the publisher's file as downloaded, or correct the row.",
        )
    return table


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "", name).casefold()


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(_plain(name)).replace(r"\#\#", r"\d\d"))


def _listed(names: Sequence[str], most: int = 14) -> str:
    shown = ", ".join(name or "(blank)" for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
