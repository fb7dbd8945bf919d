"""Which LSOA, ward and district each incident belongs to.

The district comes from the row's LSOA; the ward from its point. Tables, in the order they are made:

``lsoas``       every LSOA of 2021 known, with its best-fit ward and district
``lsoa_codes``  each code in the rows → its 2021 code, and how it came by it
``lsoa_rows``   the same for single rows, where one code became several areas
``points``      each distinct point near the partnership: metres, the ward and LSOA it lies in
``nearest``     the nearest ward of its own district for points outside that district's wards
``placed``      one row per kept row: month, category, areas, and how it was placed
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

_PLACED = """
    CREATE TABLE placed AS
    WITH located AS (
        SELECT
            kept.order_key,
            kept.file_no,
            kept.month,
            kept.category,
            kept.longitude,
            kept.latitude,
            coalesce(lsoa_rows.lsoa_code, lsoa_codes.lsoa_code) AS own_lsoa_code,
            lsoas.district_code AS lsoa_district,
            lsoas.ward_code AS best_fit_ward,
            points.ward_code AS point_ward,
            points.district_code AS point_district,
            points.lsoa_code AS point_lsoa_code,
            coalesce(points.is_near, false) AS is_near
        FROM kept
        LEFT JOIN lsoa_codes ON lsoa_codes.original = kept.lsoa_code_original
        LEFT JOIN lsoa_rows ON lsoa_rows.order_key = kept.order_key
        LEFT JOIN lsoas ON lsoas.lsoa_code = coalesce(lsoa_rows.lsoa_code, lsoa_codes.lsoa_code)
        LEFT JOIN points ON points.longitude = kept.longitude AND points.latitude = kept.latitude
    ),
    in_district AS (
        SELECT
            *,
            coalesce(lsoa_district, point_district) AS district_code,
            coalesce(lsoa_district, point_district) IN (SELECT district_code FROM our_districts) AS in_partnership
        FROM located
    )
    SELECT
        in_district.order_key,
        in_district.file_no,
        in_district.month,
        in_district.category,
        in_district.district_code,
        coalesce(in_district.in_partnership, false) AS in_partnership,
        in_district.is_near,
        CASE
            WHEN lsoa_district IS NOT NULL THEN own_lsoa_code
            WHEN in_district.in_partnership THEN point_lsoa_code
        END AS lsoa_code,
        CASE
            WHEN NOT in_district.in_partnership THEN NULL
            WHEN point_district = in_district.district_code THEN point_ward
            ELSE coalesce(nearest.ward_code, best_fit_ward)
        END AS ward_code,
        CASE
            WHEN NOT in_district.in_partnership OR point_district = in_district.district_code THEN 'point'
            WHEN nearest.ward_code IS NOT NULL THEN 'nearest'
            ELSE 'best_fit'
        END AS placement
    FROM in_district
    LEFT JOIN nearest
        ON nearest.longitude = in_district.longitude
        AND nearest.latitude = in_district.latitude
        AND nearest.district_code = in_district.district_code
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
    connection.execute(
        "CREATE TABLE our_districts AS SELECT unnest($districts) AS district_code", {"districts": list(districts)}
    )
    known = geography.lsoas[["lsoa_code", "ward_code", "district_code"]]
    _create_table(connection, "lsoas", known)
    _map_codes(connection, geography)
    _locate_points(connection, geography)
    _find_nearest_wards(connection, geography)
    connection.execute(_PLACED)
    return _report(connection)


def _map_codes(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """Tables ``lsoa_codes`` and ``lsoa_rows``."""
    codes = connection.execute(
        "SELECT DISTINCT lsoa_code_original AS original FROM kept WHERE lsoa_code_original IS NOT NULL ORDER BY 1"
    ).df()["original"]
    is_known = codes.isin(geography.lsoas["lsoa_code"])
    of_codes = pd.DataFrame({"original": codes.astype("str"), "lsoa_code": codes.where(is_known).astype("str")})
    of_codes["status"] = np.where(is_known, "current", "unknown")
    if geography.lookup_2011 is not None:
        of_codes.loc[is_known & codes.isin(geography.lookup_2011["lsoa11_code"]), "status"] = "unchanged"
    if not is_known.all() and geography.mapping is not None:
        mapped = geography.mapping.map_codes(codes[~is_known])
        of_codes.loc[~is_known, ["lsoa_code", "status"]] = mapped[["lsoa_code", "status"]].astype("str")
    _create_table(connection, "lsoa_codes", of_codes)
    several = of_codes["status"].isin(["split_by_population", "irregular_by_population"])
    of_rows = pd.DataFrame(
        {"order_key": pd.Series(dtype="int64"), "lsoa_code": pd.Series(dtype="str"), "status": pd.Series(dtype="str")}
    )
    if geography.mapping is not None and several.any():
        rows = connection.execute(
            """
            SELECT kept.order_key, kept.lsoa_code_original, kept.longitude, kept.latitude
            FROM kept JOIN lsoa_codes ON lsoa_codes.original = kept.lsoa_code_original
            WHERE lsoa_codes.status IN ('split_by_population', 'irregular_by_population')
            ORDER BY kept.order_key
            """
        ).df()
        easting, northing = to_metres(rows["longitude"].to_numpy(), rows["latitude"].to_numpy())
        chosen = geography.mapping.map_codes(rows["lsoa_code_original"], easting, northing, geography.lsoa_shapes)
        of_rows = pd.DataFrame(
            {
                "order_key": rows["order_key"],
                "lsoa_code": chosen["lsoa_code"].astype("str"),
                "status": chosen["status"].astype("str"),
            }
        )
    _create_table(connection, "lsoa_rows", of_rows)


def _locate_points(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """Table ``points``: the points near the partnership, and those of rows whose LSOA is in it, wherever they are."""
    x_from, y_from, x_to, y_to = geography.wards.total_bounds
    corners_x = np.array([x_from, x_from, x_to, x_to]) + MARGIN_METRES * np.array([-1.1, -1.1, 1.1, 1.1])
    corners_y = np.array([y_from, y_to, y_from, y_to]) + MARGIN_METRES * np.array([-1.1, 1.1, -1.1, 1.1])
    longitudes, latitudes = to_degrees(corners_x, corners_y)
    points = connection.execute(
        """
        SELECT DISTINCT kept.longitude, kept.latitude
        FROM kept
        LEFT JOIN lsoa_codes ON lsoa_codes.original = kept.lsoa_code_original
        LEFT JOIN lsoas ON lsoas.lsoa_code = lsoa_codes.lsoa_code
        WHERE kept.longitude IS NOT NULL AND (
            (kept.longitude BETWEEN $west AND $east AND kept.latitude BETWEEN $south AND $north)
            OR lsoas.district_code IN (SELECT district_code FROM our_districts)
        )
        """,
        {
            "west": longitudes.min() - 0.01,
            "east": longitudes.max() + 0.01,
            "south": latitudes.min() - 0.01,
            "north": latitudes.max() + 0.01,
        },
    ).df()
    easting, northing = to_metres(points["longitude"].to_numpy(), points["latitude"].to_numpy())
    wards = geography.wards
    ward = assign_areas(easting, northing, wards)
    points["easting"], points["northing"] = easting, northing
    points["ward_code"] = ward.to_numpy()
    points["district_code"] = ward.map(wards.set_index("code")["district_code"]).astype("str").to_numpy()
    points["is_near"] = nearest_area(easting, northing, wards, max_distance=MARGIN_METRES).notna().to_numpy()
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
        FROM kept
        JOIN points ON points.longitude = kept.longitude AND points.latitude = kept.latitude
        LEFT JOIN lsoa_codes ON lsoa_codes.original = kept.lsoa_code_original
        LEFT JOIN lsoa_rows ON lsoa_rows.order_key = kept.order_key
        JOIN lsoas ON lsoas.lsoa_code = coalesce(lsoa_rows.lsoa_code, lsoa_codes.lsoa_code)
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
        SELECT coalesce(lsoa_rows.status, lsoa_codes.status, 'missing') AS how, count(*)
        FROM kept
        LEFT JOIN lsoa_codes ON lsoa_codes.original = kept.lsoa_code_original
        LEFT JOIN lsoa_rows ON lsoa_rows.order_key = kept.order_key
        GROUP BY how ORDER BY how
        """
    ).fetchall()
    unknown = connection.execute(
        """
        SELECT file_no, count(*), min(line), arg_min(lsoa_code_original, line)
        FROM kept JOIN lsoa_codes ON lsoa_codes.original = kept.lsoa_code_original
        WHERE status = 'unknown' GROUP BY file_no ORDER BY file_no
        """
    ).fetchall()
    far = connection.execute(
        """
        SELECT kept.file_no, count(*), min(kept.line)
        FROM kept JOIN placed USING (order_key)
        WHERE placed.in_partnership AND placed.placement = 'best_fit' AND kept.longitude IS NOT NULL
        GROUP BY kept.file_no ORDER BY kept.file_no
        """
    ).fetchall()
    return Placement(dict(mapped), unknown, far)
