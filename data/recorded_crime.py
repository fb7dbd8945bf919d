"""From the Home Office's tables to partnerships: whose count it is, and whether it is a figure at all.

A **unit** is what can have a figure: a partnership of the lookup, or a district whose several partnerships are all its
own (a new unitary that is still published as its old districts: their sum). ``data.partnership_names`` tells which unit
a published name stands for. A unit's quarter has a state, and only the first two are figures:

===========  ========================================================================================================
published    the figure as published
summed       the sum of partnerships published apart, all of them present
unassigned   counts are booked under "Unassigned <force>" instead: no usable figure (rule below)
split        the partnership has a part of a district whose other parts are elsewhere: a figure of no district
incomplete   some of the partnerships that make it up, or some quarters of the year, are not in the file
missing      the file covers the year, but not this partnership
unmatched    a name that neither lookup nor declared table knows; kept without a partnership
===========  ========================================================================================================

A quarter is **unassigned** where the force has "Unassigned" counts in it, and

1. the file's notes name the partnership beside the word "unassigned", for a period that holds this quarter; or
2. the partnership, or a part of it, has no row in it; or
3. they are ``UNASSIGNED_SHARE`` or more of the force's offences, and the notes name the partnership without a period,
   or name none of the force's partnerships: then the counts may be any of theirs.

A year has the worst state of its quarters. Which financial year is taken from which file: the one updated last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from data.config import Config
from data.errors import LoadError
from data.partnership_names import Judged, PartnershipNames, plain_force, plain_name
from data.progress import Progress
from data.recorded_crime_notes import UNASSIGNED, Notes, Quarter
from data.reference import forces
from data.schema import TABLES
from data.sources import recorded_crime as source
from data.sources.recorded_crime import RecordedCrimeFile

__all__ = ["FIGURE_STATES", "UNASSIGNED_SHARE", "RecordedCrime", "load_recorded_crime"]

UNASSIGNED_SHARE = 0.05
"""From this share of a force's offences in a quarter on, counts without a partnership spoil those of partnerships."""

FIGURE_STATES = ("published", "summed")
"""The states in which there is a figure."""

_WORST_LAST = ("published", "summed", "missing", "incomplete", "unassigned", "split")


@dataclass
class RecordedCrime:
    """What came of reading: for the manifest and the quarantine; the rows are in the connection.

    ``entries`` holds, by file, rows ``read`` = ``kept`` + ``set_aside`` + ``replaced``, the period covered and a note.
    """

    entries: dict[Path, dict[str, Any]] = field(default_factory=dict)
    quarantine: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TABLES["quarantine"].columns)))
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """Rows that count, over all files."""
        return sum(entry["kept"] for entry in self.entries.values())


def load_recorded_crime(
    connection: duckdb.DuckDBPyConnection, config: Config, partnerships: pd.DataFrame | None, progress: Progress
) -> RecordedCrime:
    """Read the configured files into the tables ``recorded_crime`` and ``recorded_crime_states``; empty without files.

    Parameters
    ----------
    partnerships : DataFrame or None
        District, partnership and police force area, a row per pair.

    Raises
    ------
    LoadError
        A file that cannot be read, or files without a lookup to match them by.
    """
    result = RecordedCrime()
    for table in ("recorded_crime", "recorded_crime_states"):
        columns = ", ".join(f"{name} {kind}" for name, kind in TABLES[table].types().items())
        connection.execute(f"CREATE TABLE {table} ({columns})")
    paths = config.files.get("recorded_crime", ())
    if not paths:
        return result
    if partnerships is None:
        raise LoadError(
            "no_lookup",
            "recorded_crime names partnerships, and there is no lookup to match them by",
            file=config.path,
            remedy="Add partnership_lookup to [geography], or take recorded_crime out of [extracts].",
        )
    progress.step("Recorded crime by partnership", total=len(paths))
    files = []
    for path in paths:
        files.append(source.read(path))
        progress.advance(path.name)
    chosen = _file_of_each_year(files)
    _insert(connection, files, chosen)
    names = PartnershipNames(partnerships)
    _match(connection, names)
    notes = Notes(files, chosen, names)
    judged = _judge(connection, names, notes)
    _write_rows(connection, names, judged)
    _write_states(connection, names, judged)
    result.quarantine = _quarantine(files)
    result.entries = {file.path: _entry(connection, number, file, chosen) for number, file in enumerate(files)}
    result.warnings = _warnings(connection, files, chosen)
    progress.done(f"{len(files)} files, {sum(file.read for file in files):,} rows")
    return result


def _file_of_each_year(files: list[RecordedCrimeFile]) -> dict[int, int]:
    """The number of the file that each financial year is taken from: the latest updated, else the one named later."""
    chosen: dict[int, int] = {}
    for number, file in enumerate(files):
        for year in file.rows["year"].unique().to_pylist():
            other = chosen.get(year)
            if other is None or _newer(file, files[other]):
                chosen[year] = number
    return chosen


def _newer(file: RecordedCrimeFile, other: RecordedCrimeFile) -> bool:
    if file.updated is None or other.updated is None:
        return True
    return file.updated >= other.updated


def _insert(connection: duckdb.DuckDBPyConnection, files: list[RecordedCrimeFile], chosen: Mapping[int, int]) -> None:
    """Table ``published``: the rows that count."""
    connection.execute("CREATE TABLE year_files (year SMALLINT, file_no INTEGER)")
    connection.executemany("INSERT INTO year_files VALUES (?, ?)", list(chosen.items()))
    for number, file in enumerate(files):
        connection.register("file_rows", file.rows)
        select = "SELECT $file_no::INTEGER AS file_no, file_rows.* FROM file_rows"
        if number == 0:
            connection.execute(f"CREATE TABLE published AS {select} LIMIT 0", {"file_no": 0})
        connection.execute(
            f"INSERT INTO published {select} JOIN year_files USING (year) WHERE year_files.file_no = $file_no",
            {"file_no": number},
        )
        connection.unregister("file_rows")


def _match(connection: duckdb.DuckDBPyConnection, names: PartnershipNames) -> None:
    """Tables ``matched`` (a row per published force and partnership) and ``force_names``."""
    found = connection.execute("SELECT DISTINCT force, partnership FROM published ORDER BY ALL").fetchall()
    known = {plain_force(force.pfa_name or force.force): force.force for force in forces()}
    rows = [
        {
            "force": force,
            "partnership": partnership,
            "force_plain": plain_force(force),
            "force_name": known.get(plain_force(force), force),
            "is_unassigned": bool(UNASSIGNED.search(partnership)),
            "unit_code": None if UNASSIGNED.search(partnership) else names.unit_of(partnership),
            "plain": plain_name(partnership),
        }
        for force, partnership in found
    ]
    types = {"is_unassigned": pa.bool_()}
    columns = ("force", "partnership", "force_plain", "force_name", "is_unassigned", "unit_code", "plain")
    matched = pa.table({name: pa.array([row[name] for row in rows], types.get(name, pa.string())) for name in columns})
    connection.register("matched_rows", matched)
    connection.execute("CREATE TABLE matched AS FROM matched_rows")
    connection.unregister("matched_rows")


def _judge(
    connection: duckdb.DuckDBPyConnection, names: PartnershipNames, notes: Notes
) -> dict[tuple[str, Quarter], Judged]:
    """The state of every unit in every quarter of the files."""
    present: dict[tuple[str, Quarter], dict[str, str]] = defaultdict(dict)
    forces_of = {code: unit.force for code, unit in names.units.items() if unit.force}
    for code, year, quarter, plain, name, force in connection.execute(
        """
        SELECT DISTINCT unit_code, year, quarter, plain, partnership, force_plain
        FROM published JOIN matched USING (force, partnership) WHERE unit_code IS NOT NULL
        """
    ).fetchall():
        present[code, (year, quarter)][plain] = name
        forces_of.setdefault(code, force)  # a lookup without forces
    shares: dict[tuple[str, Quarter], tuple[int, float]] = {}
    quarters: set[Quarter] = set()
    for force, year, quarter, rows, unassigned, total in connection.execute(
        """
        SELECT force_plain, year, quarter, count(*) FILTER (is_unassigned),
               coalesce(sum(incidents) FILTER (is_unassigned), 0), sum(incidents)
        FROM published JOIN matched USING (force, partnership) GROUP BY ALL
        """
    ).fetchall():
        quarters.add((year, quarter))
        if rows:
            shares[force, (year, quarter)] = (int(unassigned), float(unassigned / total) if total else 1.0)
    judged: dict[tuple[str, Quarter], Judged] = {}
    for quarter in sorted(quarters):
        dated, undated = notes.dated(quarter), notes.undated(quarter)
        named_forces = {forces_of.get(code, "") for code in dated | undated}
        for code in names.units:
            state = names.state_of(code, present.get((code, quarter), {}))
            force = forces_of.get(code, "")
            share = shares.get((force, quarter))
            if share is not None and state.state != "split":
                reason = _unassigned_reason(state, share[1], code in dated, code in undated, force in named_forces)
                if reason:
                    counted = f"{share[0]:,} offences, {share[1]:.0%} of the force's, are booked under Unassigned"
                    state = Judged("unassigned", f"{counted}; {reason}")
            judged[code, quarter] = state
    return judged


def _unassigned_reason(state: Judged, share: float, dated: bool, undated: bool, is_named_force: bool) -> str | None:
    """Why a quarter in which the force has unassigned counts has no usable figure; None where it has."""
    if dated or (undated and share >= UNASSIGNED_SHARE):
        return "the publisher's notes name this partnership"
    if state.state in {"missing", "incomplete"}:
        return "the partnership has no rows of its own" if state.state == "missing" else "a part of it has no rows"
    if share >= UNASSIGNED_SHARE and not is_named_force:
        return "the publisher does not say whose they are"
    return None


_ROWS = """
    INSERT INTO recorded_crime
    SELECT
        financial_year(year) AS year,
        quarter,
        make_date(year + (quarter = 4)::INTEGER, [4, 7, 10, 1][quarter], 1) AS quarter_start,
        unit_code AS partnership_code,
        coalesce(any_value(unit_name), any_value(partnership)) AS partnership_name,
        force_name AS force,
        offence_code,
        offence_description,
        offence_group,
        offence_subgroup,
        sum(incidents) AS incidents,
        CASE
            WHEN is_unassigned THEN 'unassigned'
            WHEN unit_code IS NULL THEN 'unmatched'
            ELSE any_value(judged.state)
        END AS state
    FROM published
    JOIN matched USING (force, partnership)
    LEFT JOIN judged USING (unit_code, year, quarter)
    GROUP BY
        year, quarter, unit_code, CASE WHEN unit_code IS NULL THEN partnership END, is_unassigned, force_name,
        offence_code, offence_description, offence_group, offence_subgroup
"""


def _write_rows(
    connection: duckdb.DuckDBPyConnection, names: PartnershipNames, judged: Mapping[tuple[str, Quarter], Judged]
) -> None:
    """Table ``recorded_crime``: a row per quarter, unit and offence."""
    frame = pd.DataFrame(
        [
            {"unit_code": code, "unit_name": names.units[code].name, "year": year, "quarter": quarter,
             "state": entry.state}
            for (code, (year, quarter)), entry in judged.items()
        ],
        columns=["unit_code", "unit_name", "year", "quarter", "state"],
    ).astype({"unit_code": "str", "unit_name": "str", "state": "str"})  # fmt: skip
    connection.register("judged_rows", frame)
    connection.execute("CREATE TABLE judged AS FROM judged_rows")
    connection.unregister("judged_rows")
    connection.execute(
        "CREATE MACRO financial_year(start) AS start || '/' || lpad(((start + 1) % 100)::VARCHAR, 2, '0')"
    )
    connection.execute(_ROWS)


def _write_states(
    connection: duckdb.DuckDBPyConnection, names: PartnershipNames, judged: Mapping[tuple[str, Quarter], Judged]
) -> None:
    """Table ``recorded_crime_states``: a row per unit, or name without one, and financial year."""
    force_names = {plain_force(force.pfa_name or force.force): force.force for force in forces()}
    published: dict[str, str] = dict(connection.execute("SELECT force_plain, force_name FROM matched").fetchall())
    by_year: dict[tuple[str, int], dict[int, Judged]] = defaultdict(dict)
    for (code, (year, quarter)), entry in judged.items():
        by_year[code, year][quarter] = entry
    rows: list[dict[str, Any]] = []
    for (code, year), entries in by_year.items():
        unit = names.units[code]
        state = _of_year(entries)
        rows.append(
            {
                "year": _label(year),
                "partnership_code": code,
                "partnership_name": unit.name,
                "force": force_names.get(unit.force) or published.get(unit.force) or None,
                "district_codes": list(unit.districts),
                "state": state.state,
                "quarters": sum(entry.state in FIGURE_STATES for entry in entries.values()),
                "note": state.note,
            }
        )
    for year, force, name, is_unassigned, quarters, count, share in connection.execute(
        """
        WITH named AS (
            SELECT year, force_name, partnership, is_unassigned, unit_code,
                   count(DISTINCT quarter) AS quarters, sum(incidents)::BIGINT AS incidents
            FROM published JOIN matched USING (force, partnership)
            GROUP BY ALL
        ),
        shared AS (
            SELECT *, incidents / nullif(sum(incidents) OVER (PARTITION BY year, force_name), 0) AS share FROM named
        )
        SELECT year, force_name, partnership, is_unassigned, quarters, incidents, share
        FROM shared WHERE unit_code IS NULL ORDER BY ALL
        """
    ).fetchall():
        part = "" if share is None else f", {share:.1%} of the force's"
        note = f"{count:,} offences{part}, without a partnership"
        rows.append(
            {
                "year": _label(year),
                "partnership_code": None,
                "partnership_name": name,
                "force": force,
                "district_codes": [],
                "state": "unassigned" if is_unassigned else "unmatched",
                "quarters": quarters,
                "note": note if is_unassigned else f"{note}: no partnership of the lookup has this name",
            }
        )
    frame = pd.DataFrame(rows, columns=list(TABLES["recorded_crime_states"].columns))
    connection.register("state_rows", frame)
    connection.execute("INSERT INTO recorded_crime_states BY NAME FROM state_rows")
    connection.unregister("state_rows")


def _of_year(entries: Mapping[int, Judged]) -> Judged:
    """The state of a year: the worst of its quarters, and why. Some quarters missing make it incomplete."""
    states = {entry.state for entry in entries.values()}
    worst = max(states, key=_WORST_LAST.index)
    quarters = sorted(quarter for quarter, entry in entries.items() if entry.state == worst)
    note = entries[quarters[0]].note
    if worst in FIGURE_STATES or len(quarters) == len(entries):
        return Judged(worst, note)
    when = ", ".join(f"Q{quarter}" for quarter in quarters)
    return Judged("incomplete" if worst == "missing" else worst, f"{when}: {note}")


def _label(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def _quarantine(files: list[RecordedCrimeFile]) -> pd.DataFrame:
    """One row per row that was set aside."""
    return pd.DataFrame(
        [
            {
                "source_name": "recorded_crime",
                "file": file.label(row.sheet),
                "line": row.line,
                "reason": row.reason,
                "message": row.message,
                "column_name": row.column,
                "value": row.value or None,
                "raw": row.raw,
            }
            for file in files
            for row in file.set_aside
        ],
        columns=list(TABLES["quarantine"].columns),
    )


def _entry(
    connection: duckdb.DuckDBPyConnection, number: int, file: RecordedCrimeFile, chosen: Mapping[int, int]
) -> dict[str, Any]:
    """What the manifest says of a file."""
    [(kept,)] = connection.execute("SELECT count(*) FROM published WHERE file_no = ?", [number]).fetchall()
    years = sorted(year for year, taken_from in chosen.items() if taken_from == number)
    said = [f"Updated {file.updated.day} {file.updated:%B %Y}."] if file.updated else []
    said.extend(file.quality_notes)
    return {
        "read": file.read,
        "kept": int(kept),
        "set_aside": len(file.set_aside),
        "replaced": file.rows.num_rows - int(kept),
        "covers": _covers(connection, number) if years else None,
        "updated": file.updated.isoformat() if file.updated else None,
        "note": "\n".join(said) or None,
    }


def _covers(connection: duckdb.DuckDBPyConnection, number: int) -> str:
    """The first and last month of a file's quarters in words."""
    [(first, last)] = connection.execute(
        """
        SELECT min(start), (max(start) + INTERVAL 2 MONTH)::DATE FROM (
            SELECT make_date(year + (quarter = 4)::INTEGER, [4, 7, 10, 1][quarter], 1) AS start
            FROM published WHERE file_no = ?
        )
        """,
        [number],
    ).fetchall()
    return f"{first:%B %Y} to {last:%B %Y}"


def _warnings(
    connection: duckdb.DuckDBPyConnection, files: list[RecordedCrimeFile], chosen: Mapping[int, int]
) -> list[dict[str, Any]]:
    """What was loaded but deserves a look."""
    found: list[dict[str, Any]] = []

    def add(code: str, message: str, file: str, row: int | None, remedy: str) -> None:
        found.append({"code": code, "message": message, "file": file, "row": row, "remedy": remedy})

    for number, file in enumerate(files):
        for odd in file.odd_sheets:
            add(
                "other_year",
                f"{odd.rows:,} rows are of another financial year than the sheet's name says",
                file.label(odd.sheet),
                odd.line,
                "Nothing to do: the year in the row counts.",
            )
        if file.set_aside:
            first = file.set_aside[0]
            add(
                "set_aside",
                f"{len(file.set_aside):,} rows were set aside ({first.message}, and the like)",
                file.label(first.sheet),
                first.line,
                "See the quarantine table for each of them.",
            )
        years = set(file.rows["year"].unique().to_pylist())
        for other in sorted({chosen[year] for year in years} - {number}):
            replaced = ", ".join(_label(year) for year in sorted(years) if chosen[year] == other)
            add(
                "replaced",
                f"{replaced} not read: {files[other].path.name} holds the same, updated later",
                file.path.name,
                None,
                "Nothing to do.",
            )
    for number, rows, total, sheet, line in connection.execute(
        """
        SELECT file_no, count(*), sum(incidents)::BIGINT, arg_min(sheet, (sheet, line)), min(line)
        FROM published WHERE incidents < 0 GROUP BY file_no ORDER BY file_no
        """
    ).fetchall():
        add(
            "negative_counts",
            f"{rows:,} rows are negative, together {total:,}: corrections of earlier quarters, which are kept",
            files[number].label(sheet),
            line,
            "Nothing to do.",
        )
    for number, name, force, rows, total, sheet, line in connection.execute(
        """
        SELECT file_no, partnership, any_value(force), count(*), sum(incidents)::BIGINT,
               arg_min(sheet, (sheet, line)), arg_min(line, (sheet, line))
        FROM published JOIN matched USING (force, partnership)
        WHERE unit_code IS NULL AND NOT is_unassigned GROUP BY file_no, partnership ORDER BY file_no, partnership
        """
    ).fetchall():
        add(
            "unmatched_partnership",
            f"no partnership of the lookup is called {name!r} ({force}): {rows:,} rows, {total:,} offences",
            files[number].label(sheet),
            line,
            "They are kept without a partnership. Use a partnership_lookup of the same year.",
        )
    return found
