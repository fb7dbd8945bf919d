"""Which LSOA, ward and district each incident belongs to.

The district comes from the row's LSOA; the ward from its point. Rows plainly elsewhere are only counted. The tables,
in the order they are made:

``lsoas``          every LSOA of 2021 known, with its best-fit ward and district
``code_counts``    rows by file and LSOA code as it stands in them
``lsoa_codes``     each of these codes → its 2021 code, how it came by it, and that area's ward and district
``candidates``     the kept rows that may be ours, or near, or whose 2011 LSOA became several
``lsoa_rows``      of the latter: the 2021 code of each row
``points``         each distinct point of candidates: metres, the ward and LSOA it lies in
``nearest``        the nearest ward of its own district for points outside that district's wards
``placed``         one row per candidate: month, category, areas, and how it was placed
``placed_counts``  all kept rows by file, category and district (null: not placed)
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pandas as pd

from data.geography import Geography
from geo.assignment import assign_areas, nearest_area
from geo.projection import to_degrees, to_metres

__all__ = ["MARGIN_METRES", "Placement", "place_rows"]

MARGIN_METRES = 1_500.0
"""Incidents this near the partnership are kept beside its own, against edge effects in densities."""

FAR_METRES = 5_000.0
"""A point this far from every ward of its LSOA's district contradicts its LSOA: the LSOA is believed."""

_CODE_COUNTS = """
    CREATE TABLE code_counts AS
    SELECT file_no, original, incidents, first_line
    FROM (SELECT file_no, code_no, count(*) AS incidents, min(line) AS first_line FROM kept GROUP BY ALL)
    LEFT JOIN codes USING (code_no)
"""

_LSOA_CODES = """
    CREATE TABLE lsoa_codes AS
    SELECT
        original,
        lsoas.lsoa_code,
        CASE
            WHEN lsoas.lsoa_code IS NULL THEN 'unknown'
            WHEN original IN (SELECT lsoa11_code FROM lookup_2011) THEN 'unchanged'
            ELSE 'current'
        END AS status
    FROM (SELECT DISTINCT original FROM code_counts WHERE original IS NOT NULL)
    LEFT JOIN lsoas ON lsoas.lsoa_code = original
"""

_MAPPED_CODES = """
    UPDATE lsoa_codes SET lsoa_code = mapped.lsoa_code, status = mapped.status
    FROM mapped WHERE mapped.original = lsoa_codes.original
"""

_AREAS_OF_CODES = """
    CREATE OR REPLACE TABLE lsoa_codes AS
    SELECT
        lsoa_codes.*,
        codes.code_no,
        lsoas.district_code,
        dense_rank() OVER (ORDER BY lsoas.district_code) AS district_no,
        coalesce(lsoas.district_code IN (SELECT district_code FROM our_districts), false) AS is_ours,
        status IN ('split_by_population', 'irregular_by_population') AS is_several
    FROM lsoa_codes JOIN codes USING (original) LEFT JOIN lsoas USING (lsoa_code)
"""

_CANDIDATES = """
    CREATE TABLE candidates AS
    SELECT
        kept.*,
        files.month,
        categories.category,
        lsoa_codes.original AS lsoa_code_original,
        lsoa_codes.lsoa_code,
        lsoa_codes.is_several,
        lsoa_codes.district_code AS code_district
    FROM (
        FROM kept
        WHERE code_no IN (SELECT code_no FROM lsoa_codes WHERE is_ours OR is_several)
            OR longitude BETWEEN {west} AND {east} AND latitude BETWEEN {south} AND {north}
    ) AS kept
    JOIN files USING (file_no)
    JOIN categories USING (category_no)
    LEFT JOIN lsoa_codes USING (code_no)
"""

_PLACED = """
    CREATE TABLE placed AS
    WITH located AS (
        SELECT
            candidates.order_key,
            candidates.file_no,
            candidates.row_no,
            candidates.month,
            candidates.category,
            candidates.longitude,
            candidates.latitude,
            lsoas.lsoa_code AS own_lsoa_code,
            lsoas.ward_code AS best_fit_ward,
            points.ward_code AS point_ward,
            points.district_code AS point_district,
            points.lsoa_code AS point_lsoa_code,
            coalesce(points.is_near, false) AS is_near,
            coalesce(lsoas.district_code, points.district_code) AS district_code
        FROM candidates
        LEFT JOIN lsoa_rows ON lsoa_rows.order_key = candidates.order_key
        LEFT JOIN lsoas ON lsoas.lsoa_code = coalesce(lsoa_rows.lsoa_code, candidates.lsoa_code)
        LEFT JOIN points ON points.longitude = candidates.longitude AND points.latitude = candidates.latitude
    ),
    in_district AS (
        SELECT
            *,
            coalesce(district_code IN (SELECT district_code FROM our_districts), false) AS in_partnership
        FROM located
    )
    SELECT
        in_district.order_key,
        in_district.file_no,
        in_district.row_no,
        in_district.month,
        in_district.category,
        in_district.district_code,
        in_district.in_partnership,
        in_district.is_near,
        coalesce(own_lsoa_code, CASE WHEN in_partnership THEN point_lsoa_code END) AS lsoa_code,
        CASE
            WHEN NOT in_partnership THEN NULL
            WHEN point_district = in_district.district_code THEN point_ward
            ELSE coalesce(nearest.ward_code, best_fit_ward)
        END AS ward_code,
        CASE
            WHEN NOT in_partnership OR point_district = in_district.district_code THEN 'point'
            WHEN nearest.ward_code IS NOT NULL THEN 'nearest'
            ELSE 'best_fit'
        END AS placement
    FROM in_district
    LEFT JOIN nearest
        ON nearest.longitude = in_district.longitude
        AND nearest.latitude = in_district.latitude
        AND nearest.district_code = in_district.district_code
"""

# All rows by the districts of their codes; then the candidates are moved to where they have been placed.
_PLACED_COUNTS = """
    CREATE TABLE placed_counts AS
    SELECT file_no, month, category, district_code, sum(incidents)::BIGINT AS incidents
    FROM (
        SELECT file_no, month, category, district_code, incidents
        FROM (
            SELECT file_no, category_no, district_no, count(*) AS incidents
            FROM kept LEFT JOIN lsoa_codes USING (code_no) GROUP BY ALL
        )
        JOIN files USING (file_no) JOIN categories USING (category_no)
        LEFT JOIN (SELECT DISTINCT district_no, district_code FROM lsoa_codes) USING (district_no)
        UNION ALL
        SELECT file_no, month, category, code_district, -count(*) FROM candidates GROUP BY ALL
        UNION ALL
        SELECT file_no, month, category, district_code, count(*) FROM placed GROUP BY ALL
    )
    GROUP BY ALL
    HAVING sum(incidents) <> 0
"""


@dataclass
class Placement:
    """What is worth telling about how rows were placed."""

    mapped: dict[str, int] = field(default_factory=dict)
    """Rows by the way their LSOA code was mapped: current, unchanged, merged, split_by_point…"""
    unknown_lsoas: list[tuple[int, int, int, str]] = field(default_factory=list)
    """(number of the file, rows, first line, first code) of LSOA codes nobody knows."""
    far_points: list[tuple[int, int, int]] = field(default_factory=list)
    """(number of the file, rows, first line) of points that contradict their LSOA."""


def place_rows(connection: duckdb.DuckDBPyConnection, geography: Geography, districts: tuple[str, ...]) -> Placement:
    """Make the tables described at the head of this module from ``kept``."""
    _create_table(connection, "our_districts", pd.DataFrame({"district_code": list(districts)}))
    _create_table(connection, "lsoas", geography.lsoas[["lsoa_code", "ward_code", "district_code"]])
    connection.execute(_CODE_COUNTS)
    _map_codes(connection, geography)
    # Numbers of our own, written out: with parameters the planner takes a far slower way.
    connection.execute(_CANDIDATES.format(**_box(geography)))
    _map_rows(connection, geography)
    _locate_points(connection, geography)
    _find_nearest_wards(connection, geography)
    connection.execute(_PLACED)
    connection.execute(_PLACED_COUNTS)
    return _report(connection)


def _map_codes(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """Table ``lsoa_codes``."""
    if geography.lookup_2011 is None:
        connection.execute("CREATE TABLE lookup_2011 (lsoa11_code VARCHAR)")
    else:
        _create_table(connection, "lookup_2011", geography.lookup_2011[["lsoa11_code"]])
    connection.execute(_LSOA_CODES)
    old = connection.execute("SELECT original FROM lsoa_codes WHERE status = 'unknown' ORDER BY original").df()
    if len(old) and geography.mapping is not None:
        mapped = geography.mapping.map_codes(old["original"])[["lsoa_code", "status"]].astype("str")
        _create_table(connection, "mapped", mapped.assign(original=old["original"]))
        connection.execute(_MAPPED_CODES)
    connection.execute(_AREAS_OF_CODES)


def _map_rows(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """Table ``lsoa_rows``."""
    rows = connection.execute(
        "SELECT order_key, lsoa_code_original, longitude, latitude FROM candidates WHERE is_several ORDER BY order_key"
    ).df()
    chosen = pd.DataFrame({"lsoa_code": [], "status": []}).astype("str")
    if len(rows) and geography.mapping is not None:
        easting, northing = to_metres(rows["longitude"].to_numpy(), rows["latitude"].to_numpy())
        chosen = geography.mapping.map_codes(rows["lsoa_code_original"], easting, northing, geography.lsoa_shapes)
    chosen = chosen[["lsoa_code", "status"]].astype("str").assign(order_key=rows["order_key"].astype("int64"))
    _create_table(connection, "lsoa_rows", chosen)


def _box(geography: Geography) -> dict[str, float]:
    """Degrees around the partnership and its margin, with some to spare."""
    x_from, y_from, x_to, y_to = geography.wards.total_bounds
    corners_x = np.array([x_from, x_from, x_to, x_to]) + MARGIN_METRES * np.array([-1.1, -1.1, 1.1, 1.1])
    corners_y = np.array([y_from, y_to, y_from, y_to]) + MARGIN_METRES * np.array([-1.1, 1.1, -1.1, 1.1])
    longitudes, latitudes = to_degrees(corners_x, corners_y)
    return {
        "west": float(longitudes.min()) - 0.01,
        "east": float(longitudes.max()) + 0.01,
        "south": float(latitudes.min()) - 0.01,
        "north": float(latitudes.max()) + 0.01,
    }


def _locate_points(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """Table ``points``."""
    points = connection.execute(
        "SELECT DISTINCT longitude, latitude FROM candidates WHERE longitude IS NOT NULL ORDER BY ALL"
    ).df()
    easting, northing = to_metres(points["longitude"].to_numpy(), points["latitude"].to_numpy())
    wards = geography.wards
    ward = assign_areas(easting, northing, wards)
    points["easting"], points["northing"] = easting, northing
    points["ward_code"] = ward.to_numpy()
    points["district_code"] = ward.map(wards.set_index("code")["district_code"]).astype("str").to_numpy()
    outside = ward.isna().to_numpy()
    points["is_near"] = True
    points.loc[outside, "is_near"] = (
        nearest_area(easting[outside], northing[outside], wards, max_distance=MARGIN_METRES).notna().to_numpy()
    )
    if geography.lsoa_shapes is None:
        points["lsoa_code"] = pd.Series(None, index=points.index, dtype="str")
    else:
        points["lsoa_code"] = assign_areas(easting, northing, geography.lsoa_shapes).to_numpy()
    _create_table(connection, "points", points)


def _find_nearest_wards(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """Table ``nearest``: for points that lie outside the wards of their LSOA's district."""
    astray = connection.execute(
        """
        SELECT DISTINCT points.longitude, points.latitude, points.easting, points.northing, lsoas.district_code
        FROM candidates
        JOIN points ON points.longitude = candidates.longitude AND points.latitude = candidates.latitude
        LEFT JOIN lsoa_rows ON lsoa_rows.order_key = candidates.order_key
        JOIN lsoas ON lsoas.lsoa_code = coalesce(lsoa_rows.lsoa_code, candidates.lsoa_code)
        WHERE lsoas.district_code IN (SELECT district_code FROM our_districts)
            AND points.district_code IS DISTINCT FROM lsoas.district_code
        """
    ).df()
    astray["ward_code"] = pd.Series(None, index=astray.index, dtype="str")
    for district, rows in astray.groupby("district_code"):
        wards = geography.wards[geography.wards["district_code"] == district]
        found = nearest_area(rows["easting"], rows["northing"], wards, max_distance=FAR_METRES)
        astray.loc[rows.index, "ward_code"] = found
    connection.register("nearest_frame", astray)
    connection.execute(
        "CREATE TABLE nearest AS SELECT longitude, latitude, district_code, ward_code FROM nearest_frame"
    )


def _create_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    connection.register("frame", frame)
    connection.execute(f"CREATE TABLE {name} AS FROM frame")
    connection.unregister("frame")


def _report(connection: duckdb.DuckDBPyConnection) -> Placement:
    mapped = connection.execute(
        """
        SELECT coalesce(status, 'missing') AS how, sum(incidents)::BIGINT
        FROM (
            SELECT status, incidents
            FROM code_counts LEFT JOIN lsoa_codes USING (original)
            WHERE NOT coalesce(is_several, false)
            UNION ALL
            SELECT status, 1 FROM lsoa_rows
        )
        GROUP BY how ORDER BY how
        """
    ).fetchall()
    unknown = connection.execute(
        """
        SELECT file_no, sum(incidents)::BIGINT, min(first_line), arg_min(original, first_line)
        FROM code_counts JOIN lsoa_codes USING (original)
        WHERE status = 'unknown' GROUP BY file_no ORDER BY file_no
        """
    ).fetchall()
    far = connection.execute(
        """
        SELECT candidates.file_no, count(*), min(candidates.line)
        FROM candidates JOIN placed USING (order_key)
        WHERE placed.in_partnership AND placed.placement = 'best_fit' AND candidates.longitude IS NOT NULL
        GROUP BY candidates.file_no ORDER BY candidates.file_no
        """
    ).fetchall()
    return Placement(dict(mapped), unknown, far)
