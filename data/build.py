"""Build a snapshot: read the configured files, place every row, write the tables, let the snapshot serve."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from data.config import Config, Family, read_config
from data.errors import StoreError
from data.incidents import load_street_rows
from data.progress import Progress
from data.schema import FORMAT, TABLES
from data.sources.street_crime import find_extracts
from data.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from data.geography import Geography

__all__ = ["BuildResult", "build"]

RULES = 1
"""Raise it when the same inputs would give other figures than before: stores then rebuild by themselves.

A table or column that is added or changed needs no raise: the declarations count as inputs.
"""


@dataclass(frozen=True)
class BuildResult:
    """The snapshot that serves after the build, and whether it is a new one."""

    snapshot: str
    is_new: bool
    manifest: dict[str, Any]


def build(
    config_path: str | Path,
    store_folder: str | Path,
    *,
    keep: int = 5,
    force: bool = False,
    progress: Progress | None = None,
    built_at: datetime | None = None,
) -> BuildResult:
    """Build a snapshot of the configured data and let it serve.

    Parameters
    ----------
    config_path, store_folder : path
    keep : int
        How many snapshots to keep, the new one included.
    force : bool
        Build even where nothing has changed since the snapshot that serves.
    built_at : datetime, optional
        Time to build under, for stores that should come out the same each time.

    Raises
    ------
    LoadError, geo.BoundaryError
        Something given cannot be used.
    StoreError
        The store cannot be written (another build, no room, a newer format).
    """
    progress = progress or Progress()
    config = read_config(config_path)
    store = Store(store_folder)
    with store.locked():
        current = store.current()
        serving = store.manifest(current) if current else None  # a newer format stops here, before any work
        progress.step("Looking for changes")
        hashes = {path: _sha256(path) for path in _input_files(config)}
        inputs_hash = _inputs_hash(config, hashes)
        if current and serving and serving["inputs_hash"] == inputs_hash and not force:
            progress.done(f"nothing has changed since snapshot {current}")
            return BuildResult(current, False, serving)
        progress.done(f"{len(hashes)} input files")
        built_at = built_at or datetime.now(UTC)
        snapshot = store.free_id(f"{built_at:%Y%m%dT%H%M%SZ}-{inputs_hash[:8]}")
        try:
            with store.unfinished(snapshot) as folder:
                manifest = _write_snapshot(config, folder, snapshot, built_at, hashes, inputs_hash, progress)
                store.finish(folder, snapshot)
            store.prune(keep)
        except (OSError, duckdb.IOException) as error:
            if _is_full(error):
                raise StoreError(
                    f"{store.folder}: the disk is full; the snapshot that served before still does. "
                    "Make room (--keep 1 keeps one snapshot only), or build into another folder."
                ) from error
            raise
    return BuildResult(snapshot, True, manifest)


def _write_snapshot(
    config: Config,
    folder: Path,
    snapshot: str,
    built_at: datetime,
    hashes: dict[Path, str],
    inputs_hash: str,
    progress: Progress,
) -> dict[str, Any]:
    extracts, replaced = find_extracts(config.files["street_crime"])
    # What does not fit into memory is put aside within the snapshot's own, unfinished folder. Checkpoints, which would
    # rewrite tables in memory after every deletion, have no use for a database that is thrown away.
    spill = folder / "spill"
    settings: dict[str, str | bool | int | float | list[str]]
    settings = {"temp_directory": str(spill), "checkpoint_threshold": "1TB"}
    with (
        contextlib.closing(duckdb.connect(config=settings)) as connection,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        # Two things at once: the street-level files, read by libraries that let other threads run, and the areas.
        areas = pool.submit(_load_areas, config, folder)
        progress.step("Street-level files", total=len(extracts))
        street = load_street_rows(connection, extracts, progress)
        progress.done(f"{len(extracts)} files, {sum(street.read.values()):,} rows")
        progress.step("Boundaries and lookups")
        geography, districts = areas.result()
        progress.done(f"{len(geography.wards)} wards, {len(geography.lsoas):,} LSOAs known")
        from data.snapshot import write_snapshot

        manifest = write_snapshot(
            connection,
            folder,
            config=config,
            geography=geography,
            districts=districts,
            street=street,
            replaced=replaced,
            hashes=hashes,
            progress=progress,
        )
    shutil.rmtree(spill, ignore_errors=True)
    manifest = {
        "format": FORMAT,
        "snapshot": snapshot,
        "built_at": f"{built_at:%Y-%m-%dT%H:%M:%SZ}",
        "inputs_hash": inputs_hash,
        **manifest,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False), "utf-8")
    return manifest


def _load_areas(config: Config, folder: Path) -> tuple[Geography, pd.DataFrame]:
    """Read all that is about areas, write the areas, and list the districts.

    Imported here and not with the module: the geometry libraries take as long to import as a year of files to read.
    """
    from data.geography import load_geography
    from data.snapshot import write_geography
    from data.tables import districts_frame

    geography = load_geography(config)
    write_geography(config, geography, folder)
    return geography, districts_frame(config, geography)


def _input_files(config: Config) -> list[Path]:
    """Every file that can change what is built."""
    files: dict[Path, None] = {config.path: None}
    families: list[Family] = list(config.families)
    named = [path for paths in config.files.values() for path in paths]
    named += [family.file for family in families if family.file]
    named += [overlay.file for overlay in config.overlays]
    for path in named:
        inside = sorted(child for child in path.rglob("*") if child.is_file()) if path.is_dir() else _siblings(path)
        files.update(dict.fromkeys(inside))
    return list(files)


def _siblings(path: Path) -> list[Path]:
    """A file; of a shapefile also its companions, which hold the codes and the coordinate reference system."""
    if path.suffix.lower() != ".shp":
        return [path]
    return sorted(other for other in path.parent.glob(f"{path.stem}.*") if other.is_file())


def _inputs_hash(config: Config, hashes: dict[Path, str]) -> str:
    declared = {name: table.columns for name, table in TABLES.items()}
    total = hashlib.sha256(f"format {FORMAT}, rules {RULES}, tables {json.dumps(declared)}\n".encode())
    for path, digest in hashes.items():
        total.update(f"{path.name} {digest}\n".encode())
    for table in sorted((Path(__file__).parent / "reference").glob("*.csv")):
        if not table.name.startswith("harm_"):  # weights are looked up when asked for, never written into a snapshot
            total.update(table.read_bytes())
    return total.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_full(error: Exception) -> bool:
    number = getattr(error, "errno", None)
    return number in {errno.ENOSPC, errno.EDQUOT} or any(
        words in str(error) for words in ("No space left", "Disk quota")
    )
