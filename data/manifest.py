"""The manifest of a snapshot: what was loaded, from where, how completely, and what is absent."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.config import Config, SourceNote
from data.geography import Geography
from data.incidents import StreetRows
from data.perceptions import Perceptions
from data.placement import FAR_METRES, Placement
from data.recorded_crime import RecordedCrime
from data.reference import Force
from data.sources import all_sources
from data.sources.street_crime import Extract

__all__ = ["SUMS", "build_manifest"]

SUMS = ("read", "kept", "repeated", "set_aside", "placed", "not_placed")
"""read = kept + repeated + set_aside; kept = placed + not_placed."""


def build_manifest(
    connection: duckdb.DuckDBPyConnection,
    *,
    config: Config,
    geography: Geography,
    street: StreetRows,
    placement: Placement,
    recorded: RecordedCrime,
    perceptions: Perceptions,
    replaced: list[tuple[Extract, Extract]],
    districts: pd.DataFrame,
    own_forces: list[Force],
    hashes: dict[Path, str],
) -> dict[str, Any]:
    """Everything the manifest holds beside its own number and date."""
    warnings = _warnings(geography, street, placement, replaced) + recorded.warnings + perceptions.warnings
    files = _files(connection, street, warnings)
    months = sorted({extract.month for number, extract in enumerate(street.extracts) if street.read[number]})
    read = {(e.force_slug, e.month) for number, e in enumerate(street.extracts) if street.read[number]}
    own_months = [m for m in months if own_forces and all((force.force_slug, m) in read for force in own_forces)]
    ours = districts[districts["is_ours"]]
    names = [force.force for force in own_forces]
    placements = dict(
        connection.execute(
            "SELECT placement, count(*) FROM placed WHERE in_partnership GROUP BY placement ORDER BY placement"
        ).fetchall()
    )
    sources = _sources(config, geography, street, recorded, perceptions, hashes)
    return {
        "demonstration": config.partnership.demonstration,
        "partnership": {
            "name": config.partnership.name,
            "short_name": config.partnership.short_name,
            "force": names[0] if len(names) == 1 else names,
            "force_slugs": [force.force_slug for force in own_forces],
            "districts": [
                {"code": code, "name": name}
                for code, name in zip(ours["district_code"], ours["district_name"], strict=True)
            ],
            "wards": len(geography.wards),
        },
        "sources": sources,
        "files": files,
        "totals": {name: sum(file[name] for file in files) for name in SUMS},
        "first_month": _month(months[0]) if months else None,
        "last_month": _month(months[-1]) if months else None,
        "months_loaded": [_month(month) for month in own_months],
        "lsoa_vintages": _vintages(connection, placement),
        "nearest_ward": placements.get("nearest", 0),
        "placements": placements,
        "warnings": warnings,
        "absent": _absent(config),
        "licences": sorted({source["licence"] for source in sources}),
        **({"basemap": asdict(config.basemap)} if config.basemap else {}),
        "attributions": sorted(
            {
                source.attribution
                for name, source in all_sources().items()
                if source.attribution and name in config.files
            }
        ),
    }


def _warnings(
    geography: Geography, street: StreetRows, placement: Placement, replaced: list[tuple[Extract, Extract]]
) -> list[dict[str, Any]]:
    found = [dict(warning) for warning in geography.warnings]
    for warning in found:
        warning["file"] = Path(warning["file"]).name if warning.get("file") else None
    for number in sorted(street.warnings):
        found.extend(street.warnings[number])
    for earlier, later in replaced:
        found.append(
            {
                "code": "replaced",
                "message": f"not read: {later.label} holds the same month of the same force",
                "file": earlier.label,
                "row": None,
                "remedy": "Nothing to do; the file named later in the configuration counts.",
            }
        )
    for number, count, line, code in placement.unknown_lsoas:
        found.append(
            {
                "code": "unknown_lsoa",
                "message": f"{count:,} rows carry LSOA codes that no lookup knows, such as {code!r}",
                "file": street.extracts[number].label,
                "row": line,
                "remedy": "Those without a point in the partnership's wards are not placed. "
                "Configure the LSOA lookups of 2021 and 2011.",
            }
        )
    for number, count, line in placement.far_points:
        found.append(
            {
                "code": "far_point",
                "message": f"{count:,} rows have a point over {FAR_METRES / 1000:.0f} km from the district of their "
                "LSOA; they are placed by the LSOA",
                "file": street.extracts[number].label,
                "row": line,
                "remedy": "Nothing to do if they are few.",
            }
        )
    split = {how: placement.mapped.get(how, 0) for how in ("split_by_population", "irregular_by_population")}
    words = {
        "split_by_population": "LSOAs of 2011 that were split; without a point in the LSOA boundaries of 2021 they are "
        "shared out by residents",
        "irregular_by_population": "LSOAs of 2011 that were redrawn irregularly; they go to the LSOAs of 2021 that the "
        "lookup names, shared out by residents where it names several",
    }
    for how, count in split.items():
        if count:
            found.append(
                {
                    "code": how,
                    "message": f"{count:,} rows carry {words[how]}",
                    "file": None,
                    "row": None,
                    "remedy": "Figures of single LSOAs before mid-2023 are estimates there; wards are placed by point.",
                }
            )
    return found


def _files(
    connection: duckdb.DuckDBPyConnection, street: StreetRows, warnings: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    sums = ", ".join(f"sum({name})::BIGINT" for name in SUMS)
    rows = connection.execute(f"SELECT force_slug, month, {sums} FROM coverage GROUP BY ALL").fetchall()  # noqa: S608
    by_file = {(slug, month): dict(zip(SUMS, counts, strict=True)) for slug, month, *counts in rows}
    names = dict(connection.execute("SELECT file_no, force FROM files").fetchall())
    return [
        {
            "file": extract.label,
            "force": names[number],
            "force_slug": extract.force_slug,
            "month": _month(extract.month),
            **by_file.get((extract.force_slug, extract.month), dict.fromkeys(SUMS, 0)),
            "read": street.read[number],  # counted when reading: what came of the rows must add up to it
            "warnings": [warning for warning in warnings if warning["file"] == extract.label],
        }
        for number, extract in enumerate(street.extracts)
    ]


def _sources(
    config: Config,
    geography: Geography,
    street: StreetRows,
    recorded: RecordedCrime,
    perceptions: Perceptions,
    hashes: dict[Path, str],
) -> list[dict[str, Any]]:
    """One entry per file given."""
    entries: list[dict[str, Any]] = []
    for name, source in all_sources().items():
        paths = config.files.get(name, ())
        publishers: dict[Path, str] = {}
        if name == "similar_areas":
            given = {family.file: family.publisher for family in config.families if family.file}
            paths, publishers = tuple(given), {path: publisher for path, publisher in given.items() if publisher}
        note = config.notes.get(name) or SourceNote()
        for path in paths:
            inside = [path] if path.is_file() else [file for file in hashes if path in file.parents]
            said = _loaded(name, path, geography, street, recorded, perceptions)
            newest = max(file.stat().st_mtime for file in inside)
            entries.append(
                {
                    "source": name,
                    "title": note.title or said.get("title") or source.title,
                    "publisher": note.publisher or publishers.get(path) or said.get("publisher") or source.publisher,
                    "licence": note.licence or said.get("licence") or source.licence,
                    "file": path.name,
                    "sha256": hashes.get(path) or _hash_of_all([hashes[file] for file in inside]),
                    "bytes": sum(file.stat().st_size for file in inside),
                    "modified": f"{datetime.fromtimestamp(newest, UTC):%Y-%m-%d}",
                    "retrieved": note.retrieved,
                    "covers": note.covers or said["covers"],
                    "rows_read": said["read"],
                    "set_aside": said["set_aside"],
                    **({key: said[key] for key in ("kept", "repeated", "left_out")} if name == "perceptions" else {}),
                    "state": "loaded",
                    "note": note.note or said.get("note"),
                }
            )
    return entries


def _loaded(
    name: str,
    path: Path,
    geography: Geography,
    street: StreetRows,
    recorded: RecordedCrime,
    perceptions: Perceptions,
) -> dict[str, Any]:
    """What was read from a file (or folder): rows, rows set aside, and what it covers."""
    if name == "recorded_crime":
        return recorded.entries[path]
    if name == "perceptions":
        return perceptions.entries[path]
    if name == "street_crime":
        here = {number for number, extract in enumerate(street.extracts) if _is_in(extract.container, path)}
        return {
            "covers": _period([street.extracts[number].month for number in here]),
            "read": sum(street.read[number] for number in here),
            "set_aside": sum(entry["file_no"] in here for entry in street.quarantine),
        }
    rows, covers = geography.loaded[path]
    return {"covers": covers, "read": rows, "set_aside": 0}


def _hash_of_all(hashes: list[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _is_in(container: Path, path: Path) -> bool:
    return container == path or path in container.parents


def _period(months: list[date]) -> str | None:
    if not months:
        return None
    first, last = min(months), max(months)
    return f"{first:%B %Y}" if first == last else f"{first:%B %Y} to {last:%B %Y}"


def _vintages(connection: duckdb.DuckDBPyConnection, placement: Placement) -> dict[str, Any]:
    """Rows by the vintage of their LSOA code, and the ways in which codes of 2011 were mapped to those of 2021.

    Most codes are the same in both: they count as of the vintage of the codes in their file that are not.
    """
    only_2011 = ("merged", "split_by_point", "split_by_population", "irregular_by_point", "irregular_by_population")
    [(of_2011, of_2021)] = connection.execute(
        """
        WITH of_files AS (
            SELECT
                file_no,
                coalesce(sum(incidents) FILTER (is_several OR status = 'merged'), 0) AS old,
                coalesce(sum(incidents) FILTER (status = 'current'), 0) AS new,
                coalesce(sum(incidents) FILTER (status = 'unchanged'), 0) AS same
            FROM code_counts JOIN lsoa_codes USING (original)
            GROUP BY file_no
        )
        SELECT
            coalesce(sum(old + CASE WHEN old > new THEN same ELSE 0 END), 0)::BIGINT,
            coalesce(sum(new + CASE WHEN old > new THEN 0 ELSE same END), 0)::BIGINT
        FROM of_files
        """
    ).fetchall()
    return {
        "2011": of_2011,
        "2021": of_2021,
        "mapped": {how: count for how, count in placement.mapped.items() if how in only_2011},
        "unknown": placement.mapped.get("unknown", 0),
        "without_code": placement.mapped.get("missing", 0),
    }


def _absent(config: Config) -> list[dict[str, str]]:
    absent = [
        {"item": source.title, "source": name, "disables": source.disables}
        for name, source in all_sources().items()
        if name != "similar_areas" and name not in config.files
    ]
    if not config.families:
        source = all_sources()["similar_areas"]
        absent.append({"item": source.title, "source": source.name, "disables": source.disables})
    return absent


def _month(month: date) -> str:
    return f"{month:%Y-%m}"
