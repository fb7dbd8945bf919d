"""Rules that every snapshot keeps. A rule is a function that returns what breaks it, in words; or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.errors import StoreError
from data.reference import categories
from data.schema import TABLES
from data.status import is_balanced
from data.store import Store
from data.warehouse import Warehouse

__all__ = ["Failure", "check_store"]


@dataclass(frozen=True)
class Failure:
    """A broken rule, and one sentence on how it is broken."""

    rule: str
    message: str


@dataclass(frozen=True)
class _Snapshot:
    cursor: duckdb.DuckDBPyConnection
    folder: Path
    manifest: dict[str, Any]

    def number(self, query: str, **parameters: Any) -> int:
        """The single number a query returns."""
        [(value,)] = self.cursor.execute(query, parameters).fetchall()
        return int(value or 0)


Rule = Callable[[_Snapshot], list[str]]
_RULES: dict[str, Rule] = {}


def _rule(rule: Rule) -> Rule:
    _RULES[rule.__name__.strip("_")] = rule
    return rule


def check_store(store_folder: str | Path) -> tuple[list[str], list[Failure]]:
    """Check the snapshot that serves.

    Returns
    -------
    names of the rules looked at, and the failures
        A table that cannot be opened is a failure of its own; the rules that need it are then not looked at.

    Raises
    ------
    StoreError
        There is no store, or its manifest cannot be read.
    """
    store = Store(store_folder)
    manifest = store.current_manifest()
    folder = store.snapshots_folder / manifest["snapshot"]
    failures = [Failure("tables", message) for message in _table_faults(folder)]
    if failures:
        return ["tables"], failures
    try:
        warehouse = Warehouse(store_folder)
    except (StoreError, duckdb.Error) as error:
        return ["tables"], [Failure("tables", str(error))]
    with warehouse.cursor() as cursor:
        snapshot = _Snapshot(cursor, folder, manifest)
        for name, rule in _RULES.items():
            failures.extend(Failure(name, message) for message in rule(snapshot))
    return ["tables", *_RULES], failures


def _table_faults(folder: Path) -> list[str]:
    """Tables that are missing, unreadable, or not of the declared columns and types."""
    faults = []
    with duckdb.connect() as connection:
        for table, declared in TABLES.items():
            path = folder / f"{table}.parquet"
            if not path.is_file():
                if not declared.added_later:
                    faults.append(f"{table}.parquet is missing")
                continue
            try:
                described = connection.execute("DESCRIBE FROM read_parquet($path)", {"path": str(path)}).fetchall()
            except duckdb.Error as error:
                faults.append(f"{table}.parquet cannot be read ({str(error).splitlines()[0]})")
                continue
            found = {row[0]: row[1] for row in described if row[0] != "geometry"}
            for name, kind in declared.types().items():
                if found.get(name) != kind:
                    faults.append(f"{table}.{name} should be {kind}, not {found.get(name, 'missing')}")
            faults.extend(f"{table}.{name} is not declared" for name in found if name not in declared.columns)
    return faults


@_rule
def _required_values(snapshot: _Snapshot) -> list[str]:
    faults = []
    for table, declared in TABLES.items():
        for name in declared.required():
            count = snapshot.number(f"SELECT count(*) FROM {table} WHERE {name} IS NULL")  # noqa: S608 - our own names
            if count:
                faults.append(f"{table}.{name} is empty in {count:,} rows")
    return faults


@_rule
def _unique_keys(snapshot: _Snapshot) -> list[str]:
    faults = []
    for table, declared in TABLES.items():
        if not declared.key:
            continue
        key = ", ".join(declared.key)
        count = snapshot.number(
            f"SELECT count(*) FROM (SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1)"  # noqa: S608
        )
        if count:
            faults.append(f"{table}: {count:,} values of ({key}) stand there more than once")
    return faults


@_rule
def _sorted_rows(snapshot: _Snapshot) -> list[str]:
    """Queries over one district and some months are fast only where rows stand in that order."""
    faults = []
    for table in ("counts", "district_counts"):
        count = snapshot.number(
            """
            SELECT count(*) FROM (
                SELECT
                    (district_code, month) AS here,
                    lag((district_code, month)) OVER (ORDER BY file_row_number) AS before
                FROM read_parquet($path, file_row_number = true)
            ) WHERE before > here
            """,
            path=str((snapshot.folder / f"{table}.parquet").resolve()),
        )
        if count:
            faults.append(f"{table} is not sorted by district and month")
    return faults


@_rule
def _balanced_files(snapshot: _Snapshot) -> list[str]:
    files = snapshot.manifest["files"]
    faults = [f"{file['file']} does not balance" for file in files if not is_balanced(file)]
    for name, total in snapshot.manifest["totals"].items():
        if total != sum(file[name] for file in files):
            faults.append(f"the total of {name} is not the sum over the files")
        in_coverage = snapshot.number(f"SELECT sum({name}) FROM coverage")  # noqa: S608 - our own names
        if in_coverage != total:
            faults.append(f"coverage has {in_coverage:,} {name}, the manifest {total:,}")
    return faults


@_rule
def _set_aside_rows(snapshot: _Snapshot) -> list[str]:
    aside = snapshot.manifest["totals"]["set_aside"]
    listed = snapshot.number("SELECT count(*) FROM quarantine WHERE source_name = 'street_crime'")
    return [] if aside == listed else [f"{aside:,} rows were set aside, {listed:,} are listed in quarantine"]


@_rule
def _survey_rows(snapshot: _Snapshot) -> list[str]:
    faults = []
    for source in snapshot.manifest["sources"]:
        if source["source"] != "perceptions":
            continue
        if sum(source[part] for part in ("kept", "repeated", "set_aside", "left_out")) != source["rows_read"]:
            faults.append(f"{source['file']} does not balance")
        for table, column, number in (
            ("perceptions", "TRUE", "kept"),
            ("quarantine", "source_name = 'perceptions'", "set_aside"),
        ):
            found = snapshot.number(
                f"SELECT count(*) FROM {table} WHERE {column} AND file = $file",  # noqa: S608 - our own names
                file=source["file"],
            )
            if found != source[number]:
                faults.append(
                    f"{source['file']}: {source[number]:,} rows {number.replace('_', ' ')}, {table} has {found:,}"
                )
    unknown = snapshot.number(
        "SELECT count(*) FROM perceptions WHERE area_type = 'ward' AND area_code NOT IN "
        "(SELECT code FROM areas WHERE area_type = 'ward')"
    )
    if unknown:
        faults.append(f"{unknown:,} rows of perceptions are of a ward that is not among the areas")
    outside = snapshot.number("SELECT count(*) FROM perceptions WHERE NOT percent BETWEEN 0 AND 100 OR base < 1")
    return faults + ([f"{outside:,} rows of perceptions hold no possible percent or base"] if outside else [])


@_rule
def _placed_rows(snapshot: _Snapshot) -> list[str]:
    placed = snapshot.manifest["totals"]["placed"]
    counted = snapshot.number("SELECT sum(incidents) FROM district_counts WHERE source = 'police'")
    return [] if placed == counted else [f"{placed:,} rows were placed, district_counts has {counted:,}"]


@_rule
def _counts_equal_incidents(snapshot: _Snapshot) -> list[str]:
    different = snapshot.number(
        """
        SELECT count(*) FROM (
            SELECT month, district_code, ward_code, lsoa_code, category, source, count(*)::INTEGER AS incidents
            FROM incidents WHERE in_partnership GROUP BY ALL
        ) AS counted
        FULL JOIN counts
            ON counted.month = counts.month AND counted.category = counts.category AND counted.source = counts.source
            AND counted.district_code = counts.district_code
            AND counted.ward_code IS NOT DISTINCT FROM counts.ward_code
            AND counted.lsoa_code IS NOT DISTINCT FROM counts.lsoa_code
        WHERE counted.incidents IS DISTINCT FROM counts.incidents
        """
    )
    return [f"counts and incidents differ in {different:,} cells"] if different else []


@_rule
def _district_counts_equal_counts(snapshot: _Snapshot) -> list[str]:
    different = snapshot.number(
        """
        SELECT count(*) FROM (
            SELECT month, district_code, category, source, sum(incidents) AS incidents FROM counts GROUP BY ALL
        ) AS ours
        FULL JOIN (
            SELECT district_counts.* FROM district_counts JOIN districts USING (district_code) WHERE is_ours
        ) AS all_districts USING (month, district_code, category, source)
        WHERE ours.incidents IS DISTINCT FROM all_districts.incidents
        """
    )
    return [f"counts and district_counts differ in {different:,} cells of the partnership"] if different else []


@_rule
def _crime_ids_once(snapshot: _Snapshot) -> list[str]:
    repeated = snapshot.number(
        "SELECT count(*) - count(DISTINCT crime_id) FROM incidents WHERE crime_id IS NOT NULL AND source = 'police'"
    )
    return [f"{repeated:,} incidents repeat the Crime ID of another"] if repeated else []


@_rule
def _known_codes(snapshot: _Snapshot) -> list[str]:
    faults = []
    for column, area_type in (("ward_code", "ward"), ("lsoa_code", "lsoa")):
        unknown = snapshot.number(
            f"""
            SELECT count(DISTINCT {column}) FROM counts
            WHERE {column} NOT IN (SELECT code FROM areas WHERE area_type = $area_type)
            """,  # noqa: S608 - our own names
            area_type=area_type,
        )
        if unknown:
            faults.append(f"{unknown:,} codes in counts.{column} are not among the areas")
    for table in ("district_counts", "areas"):
        unknown = snapshot.number(
            f"""
            SELECT count(DISTINCT district_code) FROM {table}
            WHERE district_code NOT IN (SELECT district_code FROM districts)
            """  # noqa: S608 - our own names
        )
        if unknown:
            faults.append(f"{unknown:,} codes in {table}.district_code are not among the districts")
    return faults


@_rule
def _known_categories(snapshot: _Snapshot) -> list[str]:
    known = [entry.category for entry in categories()]
    faults: list[str] = []
    for table in ("counts", "district_counts", "coverage"):
        rows = snapshot.cursor.execute(
            f"SELECT DISTINCT category FROM {table} WHERE category <> ALL($known) ORDER BY 1",  # noqa: S608
            {"known": known},
        ).fetchall()
        faults.extend(f"{table} has an unknown category {row[0]!r}" for row in rows)
    return faults


@_rule
def _incidents_in_loaded_months(snapshot: _Snapshot) -> list[str]:
    stray = snapshot.number(
        "SELECT count(*) FROM incidents WHERE source = 'police' AND month NOT IN (SELECT month FROM coverage)"
    )
    return [f"{stray:,} incidents are of months of which no file is loaded"] if stray else []


@_rule
def _points(snapshot: _Snapshot) -> list[str]:
    without = snapshot.number(
        """
        SELECT count(*) FROM incidents
        WHERE placement IN ('point', 'nearest') AND (easting IS NULL OR longitude IS NULL)
        """
    )
    stray = snapshot.number("SELECT count(*) FROM incidents WHERE in_partnership AND district_code IS NULL")
    faults = [f"{without:,} incidents are placed by a point they do not have"] if without else []
    return faults + ([f"{stray:,} incidents of the partnership have no district"] if stray else [])


@_rule
def _families(snapshot: _Snapshot) -> list[str]:
    rows = snapshot.cursor.execute(
        "SELECT family_name, count(DISTINCT member_id) FILTER (is_self) FROM families GROUP BY ALL ORDER BY 1"
    ).fetchall()
    return [f"the family {name!r} has {count} members that are ourselves" for name, count in rows if count != 1]


@_rule
def _map_layers(snapshot: _Snapshot) -> list[str]:
    faults = []
    for area_type, name in (("ward", "wards"), ("lsoa", "lsoas")):
        path = snapshot.folder / "geo" / f"{name}.geojson"
        drawn = snapshot.number(
            "SELECT count(*) FROM areas WHERE area_type = $area_type AND area_km2 IS NOT NULL", area_type=area_type
        )
        features = len(json.loads(path.read_text("utf-8"))["features"]) if path.is_file() else 0
        if features != drawn:
            faults.append(f"the map layer {path.name} has {features} areas, the table {drawn}")
    return faults
