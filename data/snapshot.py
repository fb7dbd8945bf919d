"""Writing a snapshot once everything has been read: place the rows, write the tables, take stock in the manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data.config import Config
from data.district_facts import district_facts_frame
from data.families import families_frame
from data.forces import add_forces, known_forces, own_forces
from data.geography import Geography
from data.incidents import StreetRows
from data.manifest import build_manifest
from data.overlays import overlays_frame
from data.perceptions import load_perceptions
from data.placement import place_rows
from data.progress import Progress
from data.recorded_crime import load_recorded_crime
from data.sources.street_crime import Extract
from data.tables import (
    areas_frame,
    breaks_frame,
    harm_frame,
    indicators_frame,
    problems_frame,
    write_areas,
    write_frame,
    write_select,
    write_street_tables,
)
from geo.web import write_layer, write_outline

__all__ = ["write_geography", "write_snapshot"]


def write_geography(config: Config, geography: Geography, folder: Path) -> None:
    """The areas with what is known of them, and their outlines for the web."""
    write_areas(areas_frame(config, geography), folder)
    layers = folder / "geo"
    layers.mkdir()
    write_layer(geography.wards, layers / "wards.geojson")
    if geography.lsoa_shapes is not None:
        write_layer(geography.lsoa_shapes, layers / "lsoas.geojson")
    own = config.partnership
    write_outline(geography.wards, layers / "partnership.geojson", code="+".join(own.districts), name=own.name)


def write_snapshot(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    config: Config,
    geography: Geography,
    districts: pd.DataFrame,
    street: StreetRows,
    replaced: list[tuple[Extract, Extract]],
    hashes: dict[Path, str],
    progress: Progress,
) -> dict[str, Any]:
    """Place the rows and write all tables; the areas have been written already. ``districts`` is given its forces.

    Returns
    -------
    dict
        The manifest, but for the number and date of the snapshot.
    """
    recorded = load_recorded_crime(connection, config, geography.partnerships, progress)
    progress.step("Placing")
    placement = place_rows(connection, geography, config.partnership.districts)
    progress.done(f"{_count(connection, 'kept'):,} incidents, {_count(connection, 'dropped'):,} repeated IDs left out")
    progress.step("Writing")
    known = known_forces(connection, street)
    if geography.partnerships is not None:
        add_forces(districts, geography.partnerships, known)
    own = own_forces(config, districts, known, connection)
    perceptions = load_perceptions(config, geography.wards, districts, own)
    others = [frame for frame in (recorded.quarantine, perceptions.quarantine) if len(frame)]
    write_street_tables(connection, street, folder, pd.concat(others) if others else recorded.quarantine)
    for table in ("recorded_crime", "recorded_crime_states"):
        write_select(connection, table, f"FROM {table}", folder)
    write_frame(connection, "districts", districts, folder)
    write_frame(connection, "district_facts", district_facts_frame(geography), folder)
    write_frame(connection, "families", families_frame(config, geography, districts), folder)
    write_frame(connection, "overlays", overlays_frame(config, geography), folder)
    write_frame(connection, "breaks", breaks_frame(config, {force.force_slug for force in own}), folder)
    if config.indicators:
        write_frame(connection, "indicators", indicators_frame(config, geography.wards), folder)
    write_frame(connection, "perceptions", perceptions.frame, folder)
    write_frame(connection, "problems", problems_frame(config, geography.wards), folder)
    write_frame(connection, "harm_weights", harm_frame(config), folder)
    manifest = build_manifest(
        connection,
        config=config,
        geography=geography,
        street=street,
        placement=placement,
        recorded=recorded,
        perceptions=perceptions,
        replaced=replaced,
        districts=districts,
        own_forces=own,
        hashes=hashes,
    )
    progress.done(f"{len(list(folder.glob('*.parquet')))} tables")
    return manifest


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    [(count,)] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 - our own names
    return int(count)
