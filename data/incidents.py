"""From rows of text to incidents: typed, checked, and each repeated Crime ID counted once.

Steps are named tables of the build's DuckDB connection:

``files``     the files, numbered by month and then in the order of the configuration
``street``    every line read as a row: typed, with a reason where it is set aside
``aside``     the rows set aside, taken out of ``street``
``repeats``   Crime IDs that stand on several rows: the first of these rows, and the latest outcome
``dropped``   all but the first of these rows, taken out of ``street``
``kept``      what is left of ``street``, by its new name: one row per incident
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
from data.sources.street_crime import BrokenLine, Extract, StreetFile, raw_lines, read_extract

__all__ = ["BROKEN", "LINES_PER_FILE", "StreetRows", "load_street_rows"]

LINES_PER_FILE = 1 << 32
"""``order_key`` is the number of the file times this, plus the line: months in order, then files, then lines."""

BROKEN = ("wrong_number_of_fields", "open_quote")
"""Reasons for which a line is no row at all: it is in no table but the quarantine."""

_READERS = 2
_READ_AHEAD = 6
_ROWS_PER_BATCH = 250_000
_REPEATED = pa.dictionary(pa.int32(), pa.string())
_TEXTS = pa.schema([(name, pa.string()) for name in ("crime_id", "force", "location", "outcome")])

# Published names that stand for a category under an older or a differently spelt name.
_ALIASES = {"violent crime": "Violence and sexual offences", "asb": "Anti-social behaviour"}
_CATEGORY_OF = {entry.category.casefold(): entry.category for entry in categories()} | _ALIASES
_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")

# Degrees around Great Britain, Northern Ireland and their waters; a point elsewhere is a mistake.
_LONGITUDES, _LATITUDES = (-10.0, 5.0), (49.0, 62.0)

_STREET = """
    CREATE TABLE street (
        order_key BIGINT, file_no INTEGER, row_no INTEGER, line INTEGER, month DATE, crime_hash UBIGINT,
        category VARCHAR, unknown_category VARCHAR, longitude DOUBLE, latitude DOUBLE, bad_point BOOLEAN,
        lsoa_code_original VARCHAR, reason VARCHAR, month_text VARCHAR
    )
"""

_INSERT = """
    INSERT INTO street BY NAME
    WITH numbers AS (
        SELECT *, try_cast(longitude_text AS DOUBLE) AS x, try_cast(latitude_text AS DOUBLE) AS y FROM raw
    ),
    judged AS (
        SELECT
            *,
            -- Not true of NaN either: DuckDB holds it greater than any number.
            coalesce(x BETWEEN $west AND $east AND y BETWEEN $south AND $north, false) AS good_point
        FROM numbers
    )
    SELECT
        file_no * $lines_per_file + line AS order_key,
        file_no,
        row_no,
        line,
        month,
        CASE WHEN crime_id <> '' THEN hash(crime_id) END AS crime_hash,
        category,
        unknown_category,
        CASE WHEN good_point THEN x END AS longitude,
        CASE WHEN good_point THEN y END AS latitude,
        NOT good_point AND (longitude_text IS NOT NULL OR latitude_text IS NOT NULL) AS bad_point,
        lsoa_code_original,
        CASE
            WHEN month_fault IS NOT NULL THEN month_fault
            WHEN NOT has_month THEN 'impossible_month'
            WHEN category IS NULL THEN 'no_category'
        END AS reason,
        month_text
    FROM judged
"""

_ASIDE = """
    CREATE TABLE aside AS
    SELECT file_no, line, category, reason, month_text FROM street WHERE reason IS NOT NULL;
    DELETE FROM street WHERE reason IS NOT NULL;
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
    SELECT street.order_key, street.file_no, street.category
    FROM suspects JOIN repeats USING (crime_id) JOIN street USING (order_key)
    WHERE street.order_key <> repeats.first_key;

    DELETE FROM street WHERE order_key IN (SELECT order_key FROM dropped);
"""


@dataclass
class StreetRows:
    """What came of reading: the files, the lines set aside, and what is worth a warning, by the number of the file.

    ``quarantine`` has an entry per line set aside, with the columns of the table and ``file_no``. ``texts`` holds, by
    file, the columns that only few rows will be asked for.
    """

    extracts: list[Extract]
    read: dict[int, int] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    texts: list[pa.Table] = field(default_factory=list)

    def with_texts(self, rows: pa.Table) -> pa.Table:
        """Rows (``file_no``, ``row_no`` and more) with their ``crime_id, force, location, outcome``."""
        rows = rows.sort_by([("file_no", "ascending"), ("row_no", "ascending")])
        file_numbers, row_numbers = rows["file_no"].to_numpy(), rows["row_no"].to_numpy()
        starts = np.flatnonzero(np.diff(file_numbers, prepend=-1))
        parts = [
            self.texts[file_numbers[numbers[0]]].take(row_numbers[numbers]).cast(_TEXTS)
            for numbers in np.split(np.arange(len(row_numbers)), starts)[1:]
        ]
        found = pa.concat_tables(parts) if parts else _TEXTS.empty_table()
        for name in _TEXTS.names:
            rows = rows.append_column(name, found[name])
        return rows


def load_street_rows(connection: duckdb.DuckDBPyConnection, extracts: list[Extract], progress: Progress) -> StreetRows:
    """Read the files into the tables described at the head of this module.

    Raises
    ------
    LoadError
        A file that is damaged or of another kind, or all of whose rows are of another month than its name says.
    """
    result = StreetRows(extracts)
    _create_files(connection, extracts)
    connection.execute(_STREET)
    broken: dict[int, tuple[BrokenLine, ...]] = {}
    batch: list[pa.Table] = []
    for number, (street_file, typed) in enumerate(_read_ahead(extracts)):
        result.read[number] = street_file.read
        broken[number] = street_file.broken
        batch.append(typed)
        result.texts.append(_texts(street_file.rows))
        if sum(table.num_rows for table in batch) >= _ROWS_PER_BATCH:
            _insert(connection, batch)
            batch = []
        progress.advance(street_file.extract.label)
    if batch:
        _insert(connection, batch)
    if not any(result.read.values()):
        raise LoadError(
            "no_rows",
            "none of the street-level files has a row",
            file=extracts[0].label,
            row=1,
            remedy="Download them again: each has a header and nothing else.",
        )
    _check_months(connection, extracts)
    connection.execute(_ASIDE)
    connection.register("frame", result.with_texts(connection.sql(_SUSPECTS).to_arrow_table()))
    connection.execute("CREATE TABLE suspects AS FROM frame")
    connection.unregister("frame")
    connection.execute(_REPEATS)
    connection.execute("ALTER TABLE street RENAME TO kept")
    result.quarantine = _quarantine(connection, extracts, broken)
    result.warnings = _warnings(connection, result)
    return result


def _create_files(connection: duckdb.DuckDBPyConnection, extracts: list[Extract]) -> None:
    files = pa.table(
        {
            "file_no": pa.array(range(len(extracts)), pa.int32()),
            "month": pa.array([extract.month for extract in extracts], pa.date32()),
            "force_slug": [extract.force_slug for extract in extracts],
            "force": [_force_name(extract.force_slug) for extract in extracts],
            "file": [extract.label for extract in extracts],
        }
    )
    connection.register("frame", files)
    connection.execute("CREATE TABLE files AS FROM frame")
    connection.unregister("frame")


def _read_ahead(extracts: list[Extract]) -> Iterator[tuple[StreetFile, pa.Table]]:
    """The files in order, read and typed; a few of them are being read while one is worked on."""
    with contextlib.ExitStack() as stack:
        archives: dict[Path, zipfile.ZipFile] = {}
        for extract in extracts:
            if extract.member is not None and extract.container not in archives:
                archives[extract.container] = stack.enter_context(zipfile.ZipFile(extract.container))
        pool = stack.enter_context(ThreadPoolExecutor(_READERS))
        waiting: list[Future[tuple[StreetFile, pa.Table]]] = []
        for number, extract in enumerate(extracts):
            waiting.append(pool.submit(_read_and_type, extract, number, archives.get(extract.container)))
            if len(waiting) >= _READ_AHEAD:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def _read_and_type(extract: Extract, number: int, archive: zipfile.ZipFile | None) -> tuple[StreetFile, pa.Table]:
    street_file = read_extract(extract, archive)
    return street_file, _typed(street_file, number)


def _typed(street_file: StreetFile, number: int) -> pa.Table:
    """The rows of a file with what their texts mean, but for the numbers. Each distinct text is settled once."""
    rows, extract = street_file.rows, street_file.extract
    expected = f"{extract.month:%Y-%m}"
    return pa.table(
        {
            "file_no": pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows),
            "row_no": np.arange(rows.num_rows, dtype="int32"),
            "line": street_file.lines,
            "month": pa.repeat(pa.scalar(extract.month, pa.date32()), rows.num_rows),
            "crime_id": pc.utf8_trim_whitespace(rows["crime_id"]),
            "month_text": _settled(rows["month"], lambda text: None if text.strip() == expected else text),
            "month_fault": _settled(rows["month"], lambda text: _month_fault(text.strip(), expected)),
            "has_month": rows["month"].is_valid(),
            "category": _settled(rows["category"], _category),
            "unknown_category": _settled(rows["category"], _unknown_category),
            "longitude_text": rows["longitude"],
            "latitude_text": rows["latitude"],
            "lsoa_code_original": _mapped(_trimmed(rows["lsoa_code"]), pc.utf8_upper),
        }
    )


def _texts(rows: pa.Table) -> pa.Table:
    """The columns that only the partnership's rows will be asked for; they stay out of the database."""
    return pa.table(
        {
            "crime_id": pc.utf8_trim_whitespace(rows["crime_id"]),
            "force": _trimmed(rows["force"]),
            "location": _trimmed(rows["location"]),
            "outcome": _trimmed(rows["outcome"]),
        }
    )


def _settled(column: pa.ChunkedArray, settle: Callable[[str], str | None]) -> pa.ChunkedArray:
    """A column of repeated texts with each distinct one replaced by what it settles to."""
    return _mapped(column, lambda texts: pa.array([settle(text) for text in texts.to_pylist()], pa.string()))


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of repeated texts without white space around them; null where nothing is left."""

    def trimmed(texts: pa.Array) -> pa.Array:
        text = pc.utf8_trim_whitespace(texts)
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)

    return _mapped(column, trimmed)


def _mapped(column: pa.ChunkedArray, change: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
    """A dictionary-encoded column with its distinct texts changed; null where a text became null."""
    chunks = []
    for chunk in column.chunks:
        texts = change(chunk.dictionary)
        indices = chunk.indices
        if texts.null_count:
            # An index to a text that became null becomes null itself.
            own = pa.array(range(len(texts)), indices.type)
            indices = pc.if_else(texts.is_null(), pa.scalar(None, indices.type), own).take(indices)
        chunks.append(pa.DictionaryArray.from_arrays(indices, texts))
    return pa.chunked_array(chunks, _REPEATED)


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


def _insert(connection: duckdb.DuckDBPyConnection, batch: list[pa.Table]) -> None:
    connection.register("raw", pa.concat_tables(batch))
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


def _check_months(connection: duckdb.DuckDBPyConnection, extracts: list[Extract]) -> None:
    """A file none of whose rows is of the month in its name is misnamed, not full of mistakes."""
    misnamed = connection.execute(
        """
        SELECT file_no, mode(trim(month_text)) FROM street
        GROUP BY file_no HAVING bool_and(coalesce(reason = 'other_month', false)) ORDER BY file_no
        """
    ).fetchall()
    for number, held in misnamed[:1]:
        extract = extracts[number]
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
        SELECT file_no, count(*), min(line), unknown_category FROM kept
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
