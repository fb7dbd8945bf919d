"""From rows of text to incidents: typed, checked, and each repeated Crime ID counted once.

Steps are named tables of the build's DuckDB connection:

``files``       the files, numbered by month and then in the order of the configuration
``aside``       the rows set aside, each with its reason
``street``      all other rows, in numbers: texts that repeat stand in the next two tables
``categories``  the categories by number, and how an unknown one is written in the files
``codes``       the LSOA codes by number, as they stand in the rows
``repeats``     Crime IDs that stand on several rows: the first of these rows, and the latest outcome
``dropped``     all but the first of these rows, taken out of ``street``
``kept``        what is left of ``street``, by its new name: one row per incident
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import LoadError
from data.progress import Progress
from data.reference import UNRECOGNISED, categories, forces
from data.sources._tables import trimmed
from data.sources.street_crime import BrokenLine, Extract, StreetFile, raw_lines, read_extract

__all__ = ["BROKEN", "LINES_PER_FILE", "StreetRows", "load_street_rows"]

LINES_PER_FILE = 1 << 32
"""``order_key`` is the number of the file times this, plus the line: months in order, then files, then lines."""

BROKEN = ("wrong_number_of_fields", "open_quote")
"""Reasons for which a line is no row at all: it is in no table but the quarantine."""

_READERS = 2
_READ_AHEAD = 24
_ROWS_PER_BATCH = 250_000
_ASIDE = pa.schema(
    [("file_no", pa.int32()), ("line", pa.int32())]
    + [(name, pa.string()) for name in ("category", "reason", "month_text")]
)
_TEXTS = pa.schema([(name, pa.string()) for name in ("crime_id", "force", "location", "outcome", "offence_code")])

# Published names that stand for a category under an older or a differently spelt name.
_ALIASES = {"violent crime": "Violence and sexual offences", "asb": "Anti-social behaviour"}
_CATEGORY_OF = {entry.category.casefold(): entry.category for entry in categories()} | _ALIASES
_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")

# Degrees around Great Britain, Northern Ireland and their waters; a point elsewhere is a mistake.
_LONGITUDES, _LATITUDES = (-10.0, 5.0), (49.0, 62.0)

_STREET = """
    CREATE TABLE street (
        order_key BIGINT, file_no INTEGER, row_no INTEGER, line INTEGER, crime_hash UBIGINT,
        category_no INTEGER, code_no INTEGER, longitude DOUBLE, latitude DOUBLE, bad_point BOOLEAN
    )
"""

_INSERT = """
    INSERT INTO street BY NAME
    WITH judged AS (
        SELECT
            *,
            -- Not true of NaN either: DuckDB holds it greater than any number.
            coalesce(x BETWEEN $west AND $east AND y BETWEEN $south AND $north, false) AS good_point
        FROM raw
    )
    SELECT
        file_no * $lines_per_file + line AS order_key,
        file_no,
        row_no,
        line,
        CASE WHEN crime_id <> '' THEN hash(crime_id) END AS crime_hash,
        category_no,
        code_no,
        CASE WHEN good_point THEN x END AS longitude,
        CASE WHEN good_point THEN y END AS latitude,
        NOT good_point AND has_point AS bad_point
    FROM judged
"""

# By hash first: hardly any ID repeats, and numbers are found repeated in a fraction of the time that texts take.
_SUSPECTS = """
    SELECT order_key, file_no, row_no FROM street
    SEMI JOIN (
        SELECT crime_hash FROM street WHERE crime_hash IS NOT NULL GROUP BY crime_hash HAVING count(*) > 1
    ) AS repeated USING (crime_hash)
"""

_REPEATS = """
    CREATE TABLE repeats AS
    SELECT
        crime_id,
        min(order_key) AS first_key,
        arg_max(outcome, order_key) AS latest_outcome  -- rows without an outcome do not count
    FROM suspects
    GROUP BY crime_id
    HAVING count(*) > 1;

    CREATE TABLE dropped AS
    SELECT street.order_key, street.file_no, categories.category
    FROM suspects JOIN repeats USING (crime_id) JOIN street USING (order_key) JOIN categories USING (category_no)
    WHERE street.order_key <> repeats.first_key;

    DELETE FROM street WHERE order_key IN (SELECT order_key FROM dropped);
"""


@dataclass
class StreetRows:
    """What came of reading: the files, the lines set aside, and what is worth a warning, by the number of the file.

    ``quarantine`` has an entry per line set aside, with the columns of the table and ``file_no``. ``texts`` holds, by
    file, the columns that only few rows will be asked for, as they stand.
    """

    extracts: list[Extract]
    read: dict[int, int] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    texts: list[pa.Table] = field(default_factory=list)

    def with_texts(self, rows: pa.Table) -> pa.Table:
        """Rows (``file_no``, ``row_no`` and more) with their ``crime_id, force, location, outcome, offence_code``."""
        rows = rows.sort_by([("file_no", "ascending"), ("row_no", "ascending")])
        file_numbers, row_numbers = rows["file_no"].to_numpy(), rows["row_no"].to_numpy()
        starts = np.flatnonzero(np.diff(file_numbers, prepend=-1))
        parts = [
            self.texts[file_numbers[numbers[0]]].take(row_numbers[numbers]).cast(_TEXTS)
            for numbers in np.split(np.arange(len(row_numbers)), starts)[1:]
        ]
        found = pa.concat_tables(parts) if parts else _TEXTS.empty_table()
        for name in _TEXTS.names:
            rows = rows.append_column(name, trimmed(found[name]))
        return rows


def load_street_rows(connection: duckdb.DuckDBPyConnection, extracts: list[Extract], progress: Progress) -> StreetRows:
    """Read the files into the tables described at the head of this module.

    Raises
    ------
    LoadError
        A file that is damaged or of another kind, or all of whose rows are of another month than its name says.
    """
    result = StreetRows(extracts)
    connection.execute(_STREET)
    numbers = _Numbers()
    broken: dict[int, tuple[BrokenLine, ...]] = {}
    aside: list[pa.Table] = []
    batch: list[pa.Table] = []
    for number, street_file in enumerate(_read_ahead(extracts)):
        result.read[number] = street_file.read
        broken[number] = street_file.broken
        rows, out = _typed(street_file, number)
        _check_month(street_file.extract, rows, out)
        batch.append(rows)
        aside.append(out)
        result.texts.append(street_file.rows.select(_TEXTS.names))
        if sum(table.num_rows for table in batch) >= _ROWS_PER_BATCH:
            _insert(connection, batch, numbers)
            batch = []
        progress.advance(street_file.extract.label)
    if batch:
        _insert(connection, batch, numbers)
    if not any(result.read.values()):
        raise LoadError(
            "no_rows",
            "none of the street-level files has a row",
            file=extracts[0].label,
            row=1,
            remedy="Download them again: each has a header and nothing else.",
        )
    _create_table(connection, "files", _files(extracts))
    _create_table(connection, "aside", pa.concat_tables(aside))
    _create_table(connection, "categories", numbers.categories_table())
    _create_table(connection, "codes", numbers.codes_table())
    _create_table(connection, "suspects", result.with_texts(connection.sql(_SUSPECTS).to_arrow_table()))
    connection.execute(_REPEATS)
    connection.execute("ALTER TABLE street RENAME TO kept")
    result.quarantine = _quarantine(connection, extracts, broken)
    result.warnings = _warnings(connection, result)
    return result


def _create_table(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("frame", rows)
    connection.execute(f"CREATE TABLE {name} AS FROM frame")
    connection.unregister("frame")


def _files(extracts: list[Extract]) -> pa.Table:
    return pa.table(
        {
            "file_no": pa.array(range(len(extracts)), pa.int32()),
            "month": pa.array([extract.month for extract in extracts], pa.date32()),
            "force_slug": [extract.force_slug for extract in extracts],
            "force": [_force_name(extract.force_slug) for extract in extracts],
            "file": [extract.label for extract in extracts],
        }
    )


def _read_ahead(extracts: list[Extract]) -> Iterator[StreetFile]:
    """The files in order; some of them are being read while one is worked on."""
    with contextlib.ExitStack() as stack:
        archives: dict[Path, zipfile.ZipFile] = {}
        for extract in extracts:
            if extract.member is not None and extract.container not in archives:
                archives[extract.container] = stack.enter_context(zipfile.ZipFile(extract.container))
        pool = stack.enter_context(ThreadPoolExecutor(_READERS))
        waiting: list[Future[StreetFile]] = []
        for extract in extracts:
            waiting.append(pool.submit(read_extract, extract, archives.get(extract.container)))
            if len(waiting) >= _READ_AHEAD:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def _typed(street_file: StreetFile, number: int) -> tuple[pa.Table, pa.Table]:
    """The rows of a file without the texts that few are asked for, and those set aside."""
    rows = street_file.rows
    file_no = pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)
    typed = pa.table(
        {
            "file_no": file_no,
            "row_no": np.arange(rows.num_rows, dtype="int32"),
            "line": street_file.lines,
            "crime_id": pc.utf8_trim_whitespace(rows["crime_id"]),
            "category": rows["category"],
            "code": rows["lsoa_code"],
            "x": _floats(rows["longitude"]),
            "y": _floats(rows["latitude"]),
            "has_point": pc.or_(rows["longitude"].is_valid(), rows["latitude"].is_valid()),
        }
    )
    expected = f"{street_file.extract.month:%Y-%m}"
    reasons = _reasons(rows, expected)
    if reasons is None:
        return typed, _ASIDE.empty_table()
    is_aside = reasons.is_valid()
    aside = pa.table(
        {
            "file_no": file_no,
            "line": street_file.lines,
            "category": _settled(rows["category"], _category),
            "reason": reasons,
            "month_text": _settled(rows["month"], lambda text: None if text.strip() == expected else text),
        }
    )
    return typed.filter(pc.invert(is_aside)), aside.filter(is_aside).cast(_ASIDE)


def _reasons(rows: pa.Table, expected: str) -> pa.ChunkedArray | None:
    """Why each row is set aside, null for most; None where no row is. Each distinct text is settled once."""
    fault = _settled(rows["month"], lambda text: _month_fault(text.strip(), expected))
    category = _settled(rows["category"], _category)
    if fault.null_count == len(rows) and not rows["month"].null_count and not category.null_count:
        return None
    return pc.coalesce(
        fault,
        pc.if_else(rows["month"].is_valid(), pa.scalar(None, pa.string()), "impossible_month"),
        pc.if_else(category.is_valid(), pa.scalar(None, pa.string()), "no_category"),
    )


def _settled(column: pa.ChunkedArray, settle: Callable[[str], str | None]) -> pa.ChunkedArray:
    """A column of repeated texts with each replaced by what it settles to."""
    chunks = [
        pa.array([settle(text) for text in chunk.dictionary.to_pylist()], pa.string()).take(chunk.indices)
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, pa.string())


def _floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as they are; of texts those that are numbers."""
    if pa.types.is_floating(column.type):
        return column
    return pa.chunked_array([pa.array([_number(text) for text in column.to_pylist()], pa.float64())])


def _number(text: str | None) -> float | None:
    if text is None or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


class _Numbers:
    """Texts that repeat over all files, each meaning with a number of its own."""

    def __init__(self) -> None:
        self.categories: dict[tuple[str | None, str | None], int] = {}
        self.codes: dict[str, int] = {}

    def category(self, text: str) -> int | None:
        """Number of a category, known or not."""
        meaning = _category(text), _unknown_category(text)
        return self.categories.setdefault(meaning, len(self.categories)) if meaning[0] else None

    def code(self, text: str) -> int | None:
        """Number of an LSOA code."""
        code = text.strip().upper()
        return self.codes.setdefault(code, len(self.codes)) if code else None

    def categories_table(self) -> pa.Table:
        """``category_no, category, unknown_category`` (null where the category is known)."""
        return pa.table(
            {
                "category_no": pa.array(self.categories.values(), pa.int32()),
                "category": pa.array((category for category, _ in self.categories), pa.string()),
                "unknown_category": pa.array((unknown for _, unknown in self.categories), pa.string()),
            }
        )

    def codes_table(self) -> pa.Table:
        """``code_no, original``."""
        return pa.table(
            {"code_no": pa.array(self.codes.values(), pa.int32()), "original": pa.array(self.codes, pa.string())}
        )


def _numbered(column: pa.ChunkedArray, number: Callable[[str], int | None]) -> pa.ChunkedArray:
    """A column of repeated texts, of one dictionary, with each replaced by its number."""
    texts = column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
    numbers = pa.array([number(text) for text in texts], pa.int32())
    return pa.chunked_array([numbers.take(chunk.indices) for chunk in column.chunks], pa.int32())


def _month_fault(text: str, expected: str) -> str | None:
    if text == expected:
        return None
    return "other_month" if _MONTH.fullmatch(text) else "impossible_month"


def _category(text: str) -> str | None:
    text = text.strip()
    return _CATEGORY_OF.get(text.casefold(), UNRECOGNISED) if text else None


def _unknown_category(text: str) -> str | None:
    return None if text.strip().casefold() in _CATEGORY_OF else text.strip()


def _force_name(force_slug: str) -> str:
    """The force's name as in its rows, or one made of its file's if nobody knows it."""
    named = {force.force_slug: force.force for force in forces()}
    return named.get(force_slug) or force_slug.replace("-", " ").title()


def _insert(connection: duckdb.DuckDBPyConnection, batch: list[pa.Table], numbers: _Numbers) -> None:
    rows = pa.concat_tables(batch).unify_dictionaries()
    for name, number in (("category", numbers.category), ("code", numbers.code)):
        rows = rows.append_column(f"{name}_no", _numbered(rows[name], number)).drop_columns(name)
    connection.register("raw", rows)
    connection.execute(
        _INSERT,
        {
            "west": _LONGITUDES[0],
            "east": _LONGITUDES[1],
            "south": _LATITUDES[0],
            "north": _LATITUDES[1],
            "lines_per_file": LINES_PER_FILE,
        },
    )
    connection.unregister("raw")


def _check_month(extract: Extract, rows: pa.Table, aside: pa.Table) -> None:
    """A file none of whose rows is of the month in its name is misnamed, not full of mistakes."""
    reasons = set(aside["reason"].to_pylist())
    if rows.num_rows or reasons != {"other_month"}:
        return
    held = Counter(text.strip() for text in aside["month_text"].to_pylist()).most_common(1)[0][0]
    raise LoadError(
        "other_month",
        f"the name says {extract.month:%Y-%m}, but every row is of another month (mostly {held})",
        file=extract.label,
        row=2,
        remedy=f"Rename it to {held}-{extract.force_slug}-street.csv if that is what it holds.",
    )


def _quarantine(
    connection: duckdb.DuckDBPyConnection, extracts: list[Extract], broken: dict[int, tuple[BrokenLine, ...]]
) -> list[dict[str, Any]]:
    """An entry per line that was set aside, with its text."""
    entries: list[dict[str, Any]] = [
        {"line": line.line, "reason": line.reason, "message": line.message, "raw": line.raw, "file_no": number}
        for number, lines in broken.items()
        for line in lines
    ]
    by_file: dict[int, list[tuple[int, str, str | None]]] = {}
    for number, *row in connection.execute(
        "SELECT file_no, line, reason, month_text FROM aside ORDER BY file_no, line"
    ).fetchall():
        by_file.setdefault(number, []).append((row[0], row[1], row[2]))
    for number, rows in by_file.items():
        texts = raw_lines(extracts[number], [line for line, _, _ in rows])
        for (line, reason, month), raw in zip(rows, texts, strict=True):
            message, column = _why(reason, month, extracts[number])
            entries.append(
                {
                    "line": line,
                    "reason": reason,
                    "message": message,
                    "column_name": column,
                    "value": month,
                    "raw": raw,
                    "file_no": number,
                }
            )
    files = [extract.label for extract in extracts]
    return [{"source_name": "street_crime", "file": files[entry["file_no"]], **entry} for entry in entries]


def _why(reason: str, month: str | None, extract: Extract) -> tuple[str, str]:
    """The reason in words, and the column at fault."""
    if reason == "no_category":
        return "no crime type", "Crime type"
    if reason == "other_month":
        return f"the row is of {month}, the file of {extract.month:%Y-%m}", "Month"
    return (f"{month!r} is not a month" if month else "no month"), "Month"


def _warnings(connection: duckdb.DuckDBPyConnection, rows: StreetRows) -> dict[int, list[dict[str, Any]]]:
    """What was loaded but deserves a look, by file."""
    found: dict[int, list[dict[str, Any]]] = {}

    def add(file_no: int, code: str, message: str, row: int | None, remedy: str) -> None:
        file = rows.extracts[file_no].label
        found.setdefault(file_no, []).append(
            {"code": code, "message": message, "file": file, "row": row, "remedy": remedy}
        )

    for number, count in rows.read.items():
        if count == 0:
            add(
                number,
                "header_only",
                "the file has a header but no rows: its month counts as not loaded, not as zero",
                1,
                "Download it again, or take it out.",
            )
    for number, count, line, name in connection.execute(
        """
        SELECT file_no, count(*), min(line), unknown_category
        FROM kept JOIN categories USING (category_no)
        WHERE unknown_category IS NOT NULL GROUP BY file_no, unknown_category ORDER BY ALL
        """
    ).fetchall():
        add(
            number,
            "unknown_category",
            f"{_rows(count)} of the unknown crime type {name!r}: kept as {UNRECOGNISED!r}",
            line,
            "If it is a new published category, the program needs an update.",
        )
    for number, count, line in connection.execute(
        "SELECT file_no, count(*), min(line) FROM kept WHERE bad_point GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        add(
            number,
            "bad_coordinates",
            f"{_rows(count)} given impossible coordinates: placed by the LSOA alone",
            line,
            "Nothing to do if they are few; otherwise download the file again.",
        )
    by_file: dict[int, list[dict[str, Any]]] = {}
    for entry in rows.quarantine:
        by_file.setdefault(entry["file_no"], []).append(entry)
    for number, entries in by_file.items():
        reasons = Counter(entry["reason"] for entry in entries)
        add(
            number,
            "set_aside",
            f"{_rows(len(entries))} set aside ({', '.join(f'{count} {reason}' for reason, count in reasons.items())})",
            min(entry["line"] for entry in entries),
            "See the quarantine table for each of them.",
        )
    return found


def _rows(count: int) -> str:
    return f"{count:,} row was" if count == 1 else f"{count:,} rows were"
