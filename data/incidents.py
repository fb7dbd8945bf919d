"""From rows of text to incidents: typed, checked, and each repeated Crime ID counted once.

Steps are named tables of the build's DuckDB connection:

``street``    every line read as a row: typed, with a reason where it is set aside
``repeats``   Crime IDs that stand on several rows: the first of these rows, and the latest outcome
``kept``      the rows that count, one per incident (a view)
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from data.errors import LoadError
from data.progress import Progress
from data.reference import UNRECOGNISED, categories, forces
from data.sources.street_crime import Extract, StreetFile, raw_lines, read_extract

__all__ = ["LINES_PER_FILE", "StreetRows", "load_street_rows"]

LINES_PER_FILE = 1 << 32
"""``order_key`` is the number of the file times this, plus the line: months in order, then files, then lines."""

_READERS = 2
_READ_AHEAD = 6
_ROWS_PER_BATCH = 250_000

# Published names that stand for a category under an older or a differently spelt name.
_ALIASES = {"violent crime": "Violence and sexual offences", "asb": "Anti-social behaviour"}

# Degrees around Great Britain, Northern Ireland and their waters; a point elsewhere is a mistake.
_LONGITUDES, _LATITUDES = (-10.0, 5.0), (49.0, 62.0)

_STREET = """
    CREATE TABLE street (
        order_key BIGINT, file_no INTEGER, line INTEGER, crime_id VARCHAR, month DATE, category VARCHAR,
        category_text VARCHAR, force VARCHAR, location VARCHAR, longitude DOUBLE, latitude DOUBLE, bad_point BOOLEAN,
        lsoa_code_original VARCHAR, outcome VARCHAR, reason VARCHAR, month_text VARCHAR
    )
"""

_TYPED = """
    INSERT INTO street
    WITH typed AS (
        SELECT
            raw.*,
            files.month AS file_month,
            files.month_text AS file_month_text,
            files.force AS file_force,
            try_cast(raw.longitude AS DOUBLE) AS x,
            try_cast(raw.latitude AS DOUBLE) AS y,
            known.category AS known_category
        FROM raw
        JOIN files USING (file_no)
        LEFT JOIN category_names AS known ON known.name = lower(trim(raw.category))
    ),
    judged AS (
        SELECT
            *,
            -- Comparisons with NaN are settled here too: DuckDB holds NaN greater than any number.
            coalesce(x BETWEEN $west AND $east AND y BETWEEN $south AND $north, false) AS good_point,
            CASE
                WHEN trim(month) = file_month_text THEN NULL
                WHEN regexp_full_match(coalesce(trim(month), ''), '[12]\\d{3}-(0[1-9]|1[0-2])') THEN 'other_month'
                ELSE 'impossible_month'
            END AS month_reason
        FROM typed
    )
    SELECT
        file_no * $lines_per_file + line,
        file_no,
        line,
        nullif(trim(crime_id), ''),
        file_month,
        CASE WHEN nullif(trim(category), '') IS NULL THEN NULL ELSE coalesce(known_category, $unrecognised) END,
        CASE WHEN known_category IS NULL THEN trim(category) END,
        coalesce(nullif(trim(force), ''), file_force),
        nullif(trim(location), ''),
        CASE WHEN good_point THEN x END,
        CASE WHEN good_point THEN y END,
        NOT good_point AND (nullif(trim(longitude), '') IS NOT NULL OR nullif(trim(latitude), '') IS NOT NULL),
        nullif(upper(trim(lsoa_code)), ''),
        nullif(trim(outcome), ''),
        coalesce(month_reason, CASE WHEN nullif(trim(category), '') IS NULL THEN 'no_category' END),
        CASE WHEN month_reason IS NOT NULL THEN month END
    FROM judged
"""

# Hashes first: hardly any ID repeats, and numbers are found repeated in a fraction of the time that texts take.
_REPEATS = """
    CREATE TABLE repeats AS
    WITH repeated_hashes AS (
        SELECT hash(crime_id) AS hashed FROM street
        WHERE crime_id IS NOT NULL AND reason IS NULL
        GROUP BY hashed HAVING count(*) > 1
    )
    SELECT
        crime_id,
        min(order_key) AS first_key,
        arg_max(outcome, order_key) AS latest_outcome  -- rows without an outcome do not count
    FROM street
    SEMI JOIN repeated_hashes ON hash(street.crime_id) = repeated_hashes.hashed
    WHERE reason IS NULL
    GROUP BY crime_id
    HAVING count(*) > 1
"""

_DROPPED = """
    CREATE TABLE dropped AS
    SELECT order_key FROM street JOIN repeats USING (crime_id) WHERE reason IS NULL AND order_key <> first_key
"""

_KEPT = """
    CREATE VIEW kept AS
    SELECT * FROM street ANTI JOIN dropped USING (order_key) WHERE reason IS NULL
"""


@dataclass
class StreetRows:
    """What came of reading: the files, the lines set aside, and what is worth a warning, by the number of the file."""

    extracts: list[Extract]
    read: dict[int, int] = field(default_factory=dict)
    quarantine: pd.DataFrame = field(default_factory=pd.DataFrame)
    warnings: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def load_street_rows(connection: duckdb.DuckDBPyConnection, extracts: list[Extract], progress: Progress) -> StreetRows:
    """Read the files into the tables described at the head of this module.

    Raises
    ------
    LoadError
        A file that is damaged or of another kind, or all of whose rows are of another month than its name says.
    """
    result = StreetRows(extracts)
    force_names = {force.force_slug: force.force for force in forces()}
    connection.register(
        "files_frame",
        pd.DataFrame(
            {
                "file_no": np.arange(len(extracts), dtype="int32"),
                "month": pd.to_datetime([extract.month for extract in extracts]),
                "month_text": [f"{extract.month:%Y-%m}" for extract in extracts],
                "force_slug": [extract.force_slug for extract in extracts],
                "force": [force_names.get(extract.force_slug, _readable(extract.force_slug)) for extract in extracts],
                "file": [extract.label for extract in extracts],
            }
        ),
    )
    connection.execute("CREATE TABLE files AS SELECT * REPLACE (month::DATE AS month) FROM files_frame")
    connection.execute("CREATE TABLE category_names (name VARCHAR, category VARCHAR)")
    names = {entry.category.casefold(): entry.category for entry in categories()} | _ALIASES
    connection.executemany("INSERT INTO category_names VALUES (?, ?)", list(names.items()))
    connection.execute(_STREET)
    broken: list[dict[str, Any]] = []
    batch: list[pa.Table] = []
    for number, street_file in enumerate(_read_ahead(extracts)):
        result.read[number] = street_file.read
        broken.extend(
            {"file_no": number, "line": line.line, "reason": line.reason, "message": line.message, "raw": line.raw}
            for line in street_file.broken
        )
        batch.append(_numbered(street_file, number))
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
    for step in (_REPEATS, _DROPPED, _KEPT):
        connection.execute(step)
    result.quarantine = _quarantine(connection, extracts, broken)
    result.warnings = _warnings(connection, result)
    return result


def _read_ahead(extracts: list[Extract]) -> Iterator[StreetFile]:
    """The files in order, a few of them being read while one is worked on."""
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


def _numbered(street_file: StreetFile, number: int) -> pa.Table:
    rows = street_file.rows
    return rows.append_column("file_no", pa.array(np.full(rows.num_rows, number, dtype="int32"))).append_column(
        "line", pa.array(street_file.lines)
    )


def _insert(connection: duckdb.DuckDBPyConnection, batch: list[pa.Table]) -> None:
    connection.register("raw", pa.concat_tables(batch))
    connection.execute(
        _TYPED,
        {
            "west": _LONGITUDES[0],
            "east": _LONGITUDES[1],
            "south": _LATITUDES[0],
            "north": _LATITUDES[1],
            "lines_per_file": LINES_PER_FILE,
            "unrecognised": UNRECOGNISED,
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
    connection: duckdb.DuckDBPyConnection, extracts: list[Extract], broken: list[dict[str, Any]]
) -> pd.DataFrame:
    """One row per line that was set aside, with its text."""
    aside = connection.execute(
        """
        SELECT file_no, line, reason, month_text AS value FROM street WHERE reason IS NOT NULL ORDER BY file_no, line
        """
    ).df()
    rows = list(broken)
    for file_no, group in aside.groupby("file_no"):
        number = int(str(file_no))
        extract = extracts[number]
        texts = raw_lines(extract, group["line"].tolist())
        for line, reason, value, raw in zip(group["line"], group["reason"], group["value"], texts, strict=True):
            shown = value if isinstance(value, str) else ""
            message, column = {
                "impossible_month": (f"{shown!r} is not a month" if shown else "no month", "Month"),
                "other_month": (f"the row is of {shown}, the file of {extract.month:%Y-%m}", "Month"),
                "no_category": ("no crime type", "Crime type"),
            }[reason]
            rows.append(
                {
                    "file_no": number,
                    "line": line,
                    "reason": reason,
                    "message": message,
                    "column_name": column,
                    "value": shown or None,
                    "raw": raw,
                }
            )
    frame = pd.DataFrame(rows, columns=["file_no", "line", "reason", "message", "column_name", "value", "raw"])
    frame.insert(0, "source_name", "street_crime")
    frame.insert(1, "file", [extracts[int(number)].label for number in frame["file_no"]])
    return frame


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
        SELECT file_no, count(*), min(line), arg_min(category_text, line) FROM street
        WHERE reason IS NULL AND category = $unrecognised GROUP BY file_no, category_text ORDER BY ALL
        """,
        {"unrecognised": UNRECOGNISED},
    ).fetchall():
        add(
            number,
            "unknown_category",
            f"{count} rows of the unknown crime type {name!r} are kept as {UNRECOGNISED!r}",
            line,
            "If it is a new published category, the program needs an update.",
        )
    for number, count, line in connection.execute(
        "SELECT file_no, count(*), min(line) FROM street WHERE reason IS NULL AND bad_point GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        add(
            number,
            "bad_coordinates",
            f"{count} rows have impossible coordinates; they are placed by their LSOA alone",
            line,
            "Nothing to do if they are few; otherwise download the file again.",
        )
    for file_no, group in rows.quarantine.groupby("file_no"):
        reasons = ", ".join(f"{count} {reason}" for reason, count in group["reason"].value_counts().items())
        add(
            int(str(file_no)),
            "set_aside",
            f"{len(group)} rows were set aside ({reasons})",
            int(group["line"].min()),
            "See the quarantine table for each of them.",
        )
    return found


def _readable(force_slug: str) -> str:
    """A name for a force the reference table does not know."""
    return force_slug.replace("-", " ").title()
