"""Writing the tables of a snapshot, each as ``data.schema`` declares it."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd

from data.config import Break, Config
from data.errors import LoadError
from data.geography import Geography
from data.incidents import BROKEN, StreetRows
from data.reference import UNRECOGNISED, breaks
from data.schema import TABLES
from geo.areas import area_km2, label_points

__all__ = [
    "areas_frame",
    "breaks_frame",
    "districts_frame",
    "harm_frame",
    "indicators_frame",
    "problems_frame",
    "write_areas",
    "write_frame",
    "write_select",
    "write_street_tables",
]

_INCIDENTS = """
    SELECT
        row_number() OVER (
            ORDER BY placed.district_code, placed.month, placed.lsoa_code, placed.order_key
        ) AS incident_id,
        nullif(placed.crime_id, '') AS crime_id,
        placed.month,
        placed.category,
        NULL AS subcategory,
        upper(placed.offence_code) AS offence_code,
        coalesce(repeats.latest_outcome, placed.outcome) AS outcome,
        'police' AS source,
        coalesce(placed.force, files.force) AS force,
        NULL AS occurred_at,
        placed.location,
        candidates.longitude,
        candidates.latitude,
        points.easting,
        points.northing,
        candidates.lsoa_code_original,
        placed.lsoa_code,
        placed.ward_code,
        placed.district_code,
        placed.placement,
        placed.in_partnership
    FROM placed_with_texts AS placed
    JOIN files USING (file_no)
    JOIN candidates USING (order_key)
    LEFT JOIN repeats ON repeats.crime_id = placed.crime_id
    LEFT JOIN points ON points.longitude = candidates.longitude AND points.latitude = candidates.latitude
"""

_COUNTS = """
    SELECT month, district_code, ward_code, lsoa_code, category, 'police' AS source, count(*) AS incidents
    FROM placed WHERE in_partnership
    GROUP BY ALL
"""

_DISTRICT_COUNTS = """
    SELECT month, district_code, category, 'police' AS source, sum(incidents) AS incidents
    FROM placed_counts WHERE district_code IS NOT NULL
    GROUP BY ALL
"""

_COVERAGE = """
    WITH outcomes AS (
        SELECT
            file_no,
            category,
            incidents AS kept,
            0 AS repeated,
            0 AS set_aside,
            CASE WHEN district_code IS NOT NULL THEN incidents ELSE 0 END AS placed
        FROM placed_counts
        UNION ALL
        SELECT file_no, category, 0, 1, 0, 0 FROM dropped
        UNION ALL
        SELECT file_no, coalesce(category, $unrecognised), 0, 0, 1, 0 FROM aside
        UNION ALL
        SELECT file_no, $unrecognised, 0, 0, 1, 0 FROM broken_lines
    )
    SELECT
        files.force,
        files.force_slug,
        files.month,
        outcomes.category,
        'police' AS source,
        sum(kept + repeated + set_aside) AS read,
        sum(kept) AS kept,
        sum(repeated) AS repeated,
        sum(set_aside) AS set_aside,
        sum(placed) AS placed,
        sum(kept - placed) AS not_placed
    FROM outcomes JOIN files USING (file_no)
    GROUP BY ALL
"""


def write_street_tables(
    connection: duckdb.DuckDBPyConnection, street: StreetRows, folder: Path, others: pd.DataFrame
) -> None:
    """Write ``incidents``, ``counts``, ``district_counts``, ``coverage`` and ``quarantine`` (with ``others`` in it)."""
    quarantine = pd.DataFrame(street.quarantine, columns=[*TABLES["quarantine"].columns, "file_no"])
    broken = quarantine[quarantine["reason"].isin(BROKEN)]
    connection.register("broken_lines", broken[["file_no"]].astype("int32"))
    near = connection.sql("FROM placed WHERE in_partnership OR is_near").to_arrow_table()
    connection.register("placed_with_texts", street.with_texts(near))
    write_select(connection, "incidents", _INCIDENTS, folder)
    connection.unregister("placed_with_texts")
    write_select(connection, "counts", _COUNTS, folder)
    write_select(connection, "district_counts", _DISTRICT_COUNTS, folder)
    connection.execute(f"CREATE TABLE coverage AS {_COVERAGE}", {"unrecognised": UNRECOGNISED})
    write_select(connection, "coverage", "FROM coverage", folder)
    write_frame(connection, "quarantine", pd.concat([quarantine, others]) if len(others) else quarantine, folder)


def write_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame, folder: Path) -> None:
    """Write a frame as a declared table."""
    connection.register("frame_to_write", frame)
    write_select(connection, table, "FROM frame_to_write", folder)
    connection.unregister("frame_to_write")


def write_select(connection: duckdb.DuckDBPyConnection, table: str, select: str, folder: Path) -> None:
    """Write the rows of a query as a declared table: its columns, types and order."""
    declared = TABLES[table]
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in declared.types().items())
    path = str(folder / f"{table}.parquet").replace("'", "''")
    connection.execute(
        f"COPY (SELECT {columns} FROM ({select}) ORDER BY {', '.join(declared.order)}) "  # noqa: S608 - our own names
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )


def districts_frame(config: Config, geography: Geography) -> pd.DataFrame:
    """Every district of the lookups and populations: its partnership (where that is one only), residents."""
    names: dict[str, str] = {}
    frame = pd.DataFrame(columns=["population", "households", "population_year"], dtype="Int64")
    frame.index.name = "district_code"
    lsoas = geography.lsoas
    if geography.residents is not None and len(lsoas):
        joined = lsoas.merge(geography.residents, on="lsoa_code")
        frame = joined.groupby("district_code")[["population", "households"]].sum(min_count=1)
        frame["population_year"] = geography.residents_year
    given = geography.district_residents
    if given is not None:
        names |= _names(given)
        given = given.set_index("district_code")
        frame = frame.reindex(frame.index.union(given.index))
        stated = given["population"].dropna()
        frame.loc[stated.index, "population"] = stated
        frame.loc[stated.index, "population_year"] = geography.district_residents_year
        households = given["households"].dropna()
        frame.loc[households.index, "households"] = households
    partnerships = geography.partnerships
    if partnerships is not None:
        names |= _names(partnerships)
    names |= _names(lsoas)
    codes = sorted(set(frame.index) | set(names) | set(config.partnership.districts))
    frame = frame.reindex(pd.Index(codes, name="district_code")).reset_index()
    ward_names = geography.wards.groupby("district_code")["code"].size()
    frame["district_name"] = [names.get(code, code) for code in codes]
    frame["is_ours"] = frame["district_code"].isin(ward_names.index)
    for column in ("partnership_code", "partnership_name", "force_slug", "force"):
        frame[column] = pd.Series(None, index=frame.index, dtype="str")
    if partnerships is not None:
        _add_partnerships(frame, partnerships)
    return frame


def _names(frame: pd.DataFrame) -> dict[str, str]:
    named = frame.dropna(subset=["district_code", "district_name"]).drop_duplicates("district_code")
    return dict(zip(named["district_code"], named["district_name"], strict=True))


def _add_partnerships(districts: pd.DataFrame, partnerships: pd.DataFrame) -> None:
    """Fill in the partnership. A district that lies in several partnerships is given none of them."""
    single = partnerships[~partnerships["district_code"].duplicated(keep=False)].set_index("district_code")
    for column in ("partnership_code", "partnership_name"):
        districts[column] = districts["district_code"].map(single[column])


def areas_frame(config: Config, geography: Geography) -> gpd.GeoDataFrame:
    """The partnership's wards and LSOAs: residents, deprivation, size, and where to put their label."""
    lsoas = _lsoa_areas(config, geography)
    wards = _ward_areas(config, geography, lsoas)
    areas = pd.concat([wards, lsoas], ignore_index=True)
    shapes = gpd.GeoDataFrame(geometry=areas["geometry"], crs=geography.wards.crs)
    areas["area_km2"] = area_km2(shapes)
    areas[["centroid_longitude", "centroid_latitude"]] = label_points(shapes)[["longitude", "latitude"]]
    areas["population_year"] = pd.Series(geography.residents_year, index=areas.index, dtype="Int64").where(
        areas["population"].notna()
    )
    declared = TABLES["areas"]
    typed = {name: _typed(areas[name], kind) for name, kind in declared.types().items()}
    return gpd.GeoDataFrame(typed, geometry=shapes.geometry).sort_values(list(declared.order), ignore_index=True)


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind == "DOUBLE":
        numbers = values.astype("Float64").to_numpy("float64", na_value=np.nan)
        return pd.Series(numbers, index=values.index)
    if kind == "INTEGER":
        return values.astype("Int32")
    return values.astype("boolean") if kind == "BOOLEAN" else values.astype("str")


def write_areas(areas: gpd.GeoDataFrame, folder: Path) -> None:
    """Write the areas as GeoParquet."""
    areas.to_parquet(folder / "areas.parquet", compression="zstd")


def _lsoa_areas(config: Config, geography: Geography) -> pd.DataFrame:
    lsoas = geography.lsoas[geography.lsoas["district_code"].isin(config.partnership.districts)]
    lsoas = lsoas.rename(columns={"lsoa_code": "code", "lsoa_name": "name"}).drop(columns="district_name")
    lsoas["area_type"], lsoas["vintage"] = "lsoa", "lsoa21"
    if geography.lsoa_shapes is not None:
        shapes = geography.lsoa_shapes.set_index("code")
        lsoas["name"] = lsoas["name"].fillna(lsoas["code"].map(shapes["name"]))
        lsoas["geometry"] = lsoas["code"].map(shapes.geometry)
    else:
        lsoas["geometry"] = None
    lsoas["name"] = lsoas["name"].fillna(lsoas["code"])
    if geography.residents is not None:
        lsoas = lsoas.merge(geography.residents.rename(columns={"lsoa_code": "code"}), on="code", how="left")
    else:
        lsoas["population"], lsoas["households"] = pd.NA, pd.NA
    if geography.deprivation is not None:
        lsoas = lsoas.merge(geography.deprivation.rename(columns={"lsoa_code": "code"}), on="code", how="left")
    else:
        lsoas["imd_score"], lsoas["imd_rank"], lsoas["imd_decile"] = None, pd.NA, pd.NA
    return lsoas.assign(visitor_ward=None)


def _ward_areas(config: Config, geography: Geography, lsoas: pd.DataFrame) -> pd.DataFrame:
    """Wards with the sums of their best-fit LSOAs, and the mean deprivation score of these, weighted by residents."""
    wards = pd.DataFrame(geography.wards).assign(area_type="ward", ward_code=geography.wards["code"])
    by_ward = lsoas.assign(
        population=lsoas["population"].astype("Float64"), households=lsoas["households"].astype("Float64")
    ).groupby("ward_code")
    for column in ("population", "households"):
        wards[column] = wards["code"].map(by_ward[column].sum(min_count=1)).astype("Float64")
    scored = lsoas.assign(weight=lsoas["population"].astype("Float64").where(lsoas["imd_score"].notna()))
    scored["weighted"] = scored["weight"] * scored["imd_score"].astype("Float64")
    sums = scored.groupby("ward_code")[["weighted", "weight"]].sum(min_count=1)
    wards["imd_score"] = wards["code"].map(sums["weighted"] / sums["weight"]).astype("Float64")
    wards["imd_rank"], wards["imd_decile"] = pd.NA, pd.NA
    if config.visitor_wards:
        chosen = set(config.visitor_wards)
        wards["visitor_ward"] = wards["code"].isin(chosen) | wards["name"].isin(chosen)
    else:
        wards["visitor_ward"] = None
    return wards


def breaks_frame(config: Config, force_slugs: set[str]) -> pd.DataFrame:
    """The program's own register, as far as it concerns the partnership's forces, and what the partnership adds."""
    rows = [
        {
            "break_id": entry.break_id,
            "date_from": entry.date_from,
            "date_to": entry.date_to,
            "kind": entry.kind,
            "label": entry.label,
            "cause": entry.cause,
            "categories": list(entry.categories) or None,
            "wards": None,
            "excluded": entry.excluded,
            "origin": "reference",
        }
        for entry in breaks()
        if not entry.forces or force_slugs & set(entry.forces)
    ]
    added = {entry.break_id: entry for entry in config.breaks}
    rows = [row for row in rows if row["break_id"] not in added]
    rows.extend(_break_row(entry) for entry in added.values())
    frame = pd.DataFrame(rows, columns=list(TABLES["breaks"].columns))
    return frame.astype({"date_from": object, "date_to": object})


def indicators_frame(config: Config, wards: pd.DataFrame) -> pd.DataFrame:
    """The partnership's indicators in the order of the configuration, wards by their codes.

    wards: code and name of the partnership's wards. Raises LoadError for a ward that is none of them.
    """
    codes = dict(zip(wards["name"], wards["code"], strict=True)) | {code: code for code in wards["code"]}
    rows = []
    for order, entry in enumerate(config.indicators):
        unknown = [ward for ward in entry.wards or () if ward not in codes]
        if unknown:
            near = get_close_matches(unknown[0], list(codes), 1)
            raise LoadError(
                "unknown_ward",
                f"the indicator {entry.name!r} names {unknown[0]!r}, which is no ward of the partnership",
                file=config.path,
                remedy=f"Did you mean {near[0]!r}?" if near else "Give the code or the name of the boundary file.",
            )
        rows.append(
            {
                "indicator_order": order,
                "name": entry.name,
                "categories": list(entry.categories) if entry.categories else None,
                "wards": [codes[ward] for ward in entry.wards] if entry.wards else None,
                "measure": entry.measure,
                "direction": entry.direction,
                "target": entry.target,
                "target_by": entry.by,
            }
        )
    frame = pd.DataFrame(rows, columns=list(TABLES["indicators"].columns))
    return frame.astype({"target_by": object, "target": "float64"})


def _break_row(entry: Break) -> dict[str, str | date | bool | list[str] | None]:
    return {
        "break_id": entry.break_id,
        "date_from": entry.date_from,
        "date_to": entry.date_to,
        "kind": entry.kind,
        "label": entry.label,
        "cause": entry.cause,
        "categories": list(entry.categories) if entry.categories else None,
        "wards": list(entry.wards) if entry.wards else None,
        "excluded": entry.excluded,
        "origin": "config",
    }


def problems_frame(config: Config, wards: pd.DataFrame) -> pd.DataFrame:
    """The partnership's own problems; wards named become codes.

    wards: a row a ward of the partnership, with code and name. Raises LoadError for a ward it has not.
    """
    codes = dict(zip(wards["code"], wards["code"], strict=True)) | {
        str(name).casefold(): code for name, code in zip(wards["name"], wards["code"], strict=True)
    }
    rows = []
    for position, problem in enumerate(config.problems):
        for ward in problem.wards:
            if ward not in codes and ward.casefold() not in codes:
                near = get_close_matches(ward, [str(name) for name in wards["name"]], 1, 0.5)
                raise LoadError(
                    "unknown_ward",
                    f"the problem {problem.name!r} names the ward {ward!r}, which the partnership has not",
                    file=config.path,
                    remedy=f'Did you mean "{near[0]}"?' if near else "Give codes or names as in ward_boundaries.",
                )
        found = [codes.get(ward, codes.get(ward.casefold())) for ward in problem.wards]
        rows.append(
            {
                "problem_id": problem.problem_id,
                "name": problem.name,
                "categories": list(problem.categories),
                "codes": list(problem.codes),
                "wards": list(dict.fromkeys(found)),
                "position": position,
            }
        )
    return pd.DataFrame(rows, columns=list(TABLES["problems"].columns), dtype=object)


def harm_frame(config: Config) -> pd.DataFrame:
    """The partnership's own harm weights, by category and by offence code."""
    rows = [
        {
            "set_id": entry.set_id,
            "set_name": entry.name,
            "version": entry.version,
            "unit": entry.unit,
            "source": entry.source,
            "position": position,
            "category": key if kind == "category" else None,
            "offence_code": key if kind == "code" else None,
            **dict(zip(("low", "central", "high"), weight, strict=True)),
        }
        for position, entry in enumerate(config.harm)
        for kind, weights in (("category", entry.categories), ("code", entry.codes))
        for key, weight in weights.items()
    ]
    return pd.DataFrame(rows, columns=list(TABLES["harm_weights"].columns), dtype=object)
