"""Read boundary files (GeoJSON, GeoPackage, shapefile, zipped shapefile) into one checked form, in metres."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from geo.errors import BoundaryError
from geo.projection import BRITISH_NATIONAL_GRID, WGS84, to_metres

__all__ = ["BoundaryError", "join_boundaries", "read_boundaries", "read_places"]

COLUMNS = ["code", "name", "district_code", "vintage", "geometry"]

# The smallest area type named in a file is what its rows are: ward files name the district beside the ward.
_AREA_TYPES = {"lsoa": ("lsoa",), "wd": ("wd", "ward"), "lad": ("lad", "ltla", "utla")}

# Great Britain on the National Grid with room to spare for margins and the sea, in metres: x from, y from, x to, y to.
_GRID_EXTENT = (-100_000, -100_000, 800_000, 1_350_000)
_SWAPPED_GRID_DEGREES = (49.0, -9.5, 61.5, 2.5)


def read_boundaries(
    path: str | Path,
    *,
    code: str | None = None,
    name: str | None = None,
    district: str | None = None,
    crs: str | None = None,
) -> gpd.GeoDataFrame:
    """Areas of one boundary file, checked, repaired and in British National Grid metres.

    A row is one area (ward, LSOA or district), in the order of its code.

    Parameters
    ----------
    path : str or Path
        A ``.geojson``/``.json``, ``.gpkg``, ``.shp`` or zipped shapefile.
    code, name, district : str, optional
        Columns holding the area's code, its name and its district's code. Found by the publisher's pattern if not
        given: WD25CD, WD25NM and LAD25CD; LSOA21CD and LSOA21NM; LAD24CD and LAD24NM; any year, any case.
    crs : str, optional
        The coordinate reference system of the file, as ``"EPSG:27700"``. Needed only where the file does not say, or
        says wrong: a CRS given here is believed over the file's own.

    Returns
    -------
    GeoDataFrame
        ``code``, ``name``, ``district_code`` (null where the file has none), ``vintage`` (``"wd25"``, ``"lsoa21"``,
        from the code's column name; the column name itself in lower case where it follows no pattern) and ``geometry``
        (EPSG:27700; Polygon or MultiPolygon, valid). ``.attrs["warnings"]`` lists what was repaired, each a dict with
        ``code, message, file, row, remedy``.

    Raises
    ------
    BoundaryError
        No such file, not a boundary file, no CRS, no areas, a missing column, a blank or repeated code, a feature
        without polygons, or coordinates that plainly contradict the CRS.
    """
    path = Path(path)
    frame = _read_frame(path)
    if frame.empty:
        raise BoundaryError("empty", "the file holds no areas", file=path, remedy="Download it again or leave it out.")
    code, name, district, vintage = _columns(frame, path, code=code, name=name, district=district)
    warnings: list[dict[str, Any]] = []
    geometry = _polygons(_in_metres(frame, path, crs, warnings), path, warnings)
    areas = gpd.GeoDataFrame(
        {
            "code": _text(frame[code]),
            "name": _text(frame[name]),
            "district_code": _text(frame[district]) if district else pd.Series(pd.NA, index=frame.index, dtype="str"),
            "vintage": pd.Series(vintage, index=frame.index, dtype="str"),
        },
        geometry=geometry,
        crs=BRITISH_NATIONAL_GRID,
    )
    _check_codes(areas, path, code)
    areas["name"] = areas["name"].fillna(areas["code"])
    areas = areas.sort_values("code", ignore_index=True)
    areas.attrs["warnings"] = warnings
    return areas


def read_places(path: str | Path, *, label: str | None = None, crs: str | None = None) -> gpd.GeoDataFrame:
    """Points, lines or polygons of one file for a map, in British National Grid metres.

    A row is a feature of the file, in its order: ``label`` (the text of the column named so, null without one) and
    ``geometry``. Files and CRS as in :func:`read_boundaries`, with the same errors; shapes are made valid without a
    word, because nothing is counted by them.
    """
    path = Path(path)
    frame = _read_frame(path)
    if frame.empty:
        raise BoundaryError("empty", "the file holds no places", file=path, remedy="Leave it out of the configuration.")
    columns = [str(column) for column in frame.columns if column != "geometry"]
    if label is not None and label not in columns:
        raise _missing_column(path, f"there is no column {label!r}", columns)
    geometry = _in_metres(frame, path, crs, [])
    names = _text(frame[label]) if label else pd.Series(pd.NA, index=frame.index, dtype="str")
    return gpd.GeoDataFrame(
        {"label": names}, geometry=shapely.make_valid(geometry.to_numpy()), crs=BRITISH_NATIONAL_GRID
    )


def join_boundaries(frames: Iterable[gpd.GeoDataFrame], files: Iterable[str | Path] | None = None) -> gpd.GeoDataFrame:
    """One frame of areas from several files (one per district, say), in the order of their codes.

    An area that stands in two files with the same shape is kept once.

    Parameters
    ----------
    frames : iterable of GeoDataFrame
        Each as returned by :func:`read_boundaries`.
    files : iterable of str or Path, optional
        The files they were read from, for messages.

    Raises
    ------
    BoundaryError
        No frame at all, frames of different vintages, or one code with two different shapes.
    """
    frames = list(frames)
    names = (
        [str(file) for file in files] if files is not None else [f"boundary file {i + 1}" for i in range(len(frames))]
    )
    if not frames:
        raise BoundaryError("empty", "no boundary file was given", file="boundaries", remedy="Name at least one.")
    first_vintage = frames[0]["vintage"].iloc[0]
    first_of_code: dict[str, tuple[str, shapely.Geometry]] = {}
    kept = []
    for frame, file in zip(frames, names, strict=True):
        vintage = frame["vintage"].iloc[0]
        if vintage != first_vintage:
            raise BoundaryError(
                "mixed_vintages",
                f"its areas are of vintage {vintage}, those of {names[0]} of {first_vintage}",
                file=file,
                remedy="Use boundaries of one date throughout.",
            )
        is_new = ~frame["code"].isin(list(first_of_code))
        for area_code, geometry in zip(frame.loc[~is_new, "code"], frame.geometry[~is_new], strict=True):
            earlier_file, earlier_geometry = first_of_code[area_code]
            if not earlier_geometry.equals(geometry):
                raise BoundaryError(
                    "repeated_code",
                    f"{area_code} also stands in {earlier_file}, with another shape",
                    file=file,
                    remedy="Keep one of the two files.",
                )
        new = frame[is_new]
        first_of_code |= {code: (file, shape) for code, shape in zip(new["code"], new.geometry, strict=True)}
        kept.append(new)
    warnings = [warning for frame in frames for warning in frame.attrs.get("warnings", [])]
    for frame in kept:
        frame.attrs = {}
    areas = gpd.GeoDataFrame(pd.concat(kept, ignore_index=True), crs=BRITISH_NATIONAL_GRID)
    areas = areas.sort_values("code", ignore_index=True)
    areas.attrs["warnings"] = warnings
    return areas


def _read_frame(path: Path) -> gpd.GeoDataFrame:
    """The file's first layer as it stands."""
    if not path.exists():
        raise BoundaryError(
            "no_file", "there is no such file", file=path, remedy="Check the path in the configuration."
        )
    if path.suffix.lower() in {".geojson", ".json"}:
        _check_geojson(path)
    try:
        frame = pyogrio.read_dataframe(_gdal_name(path), force_2d=True)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise BoundaryError(
            "unreadable",
            f"it cannot be read as boundaries ({' '.join(str(error).split())})",
            file=path,
            remedy="It should be GeoJSON, GeoPackage, or a (zipped) shapefile with its .shx and .dbf.",
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise BoundaryError(
            "no_geometry",
            "it is a table without shapes",
            file=path,
            remedy="Choose the boundary file of the areas, not their list of names and codes.",
        )
    return frame


def _gdal_name(path: Path) -> str:
    """GDAL's name for the file; for a zip, of the one shapefile inside it, at whatever depth."""
    if path.suffix.lower() != ".zip":
        return str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except zipfile.BadZipFile as error:
        raise BoundaryError(
            "unreadable", "the zip file is damaged or cut short", file=path, remedy="Download it again."
        ) from error
    layers = [member for member in members if member.lower().endswith((".shp", ".gpkg", ".geojson"))]
    if len(layers) != 1:
        found = "no boundary file" if not layers else f"{len(layers)} boundary files"
        raise BoundaryError(
            "unreadable",
            f"the zip holds {found}",
            file=path,
            remedy="It should hold exactly one .shp (with its companions), .gpkg or .geojson.",
        )
    return f"/vsizip/{path.resolve()}/{layers[0]}"


def _check_geojson(path: Path) -> None:
    """Reject what GDAL would read as an empty frame or with a message of its own that helps nobody."""
    text = path.read_bytes()
    try:
        content = json.loads(text)
    except ValueError as error:
        raise BoundaryError(
            "unreadable",
            "it is empty" if not text.strip() else f"it is not whole GeoJSON ({error})",
            file=path,
            remedy="Download it again.",
        ) from error
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise BoundaryError(
            "unreadable",
            "it is JSON but not a GeoJSON FeatureCollection",
            file=path,
            remedy="When downloading from a feature service ask for GeoJSON (f=geojson).",
        )
    if not content.get("features"):
        raise BoundaryError("empty", "the file holds no areas", file=path, remedy="Download it again or leave it out.")


def _columns(
    frame: gpd.GeoDataFrame, path: Path, *, code: str | None, name: str | None, district: str | None
) -> tuple[str, str, str | None, str]:
    """Names of the code, name and district columns, and the vintage."""
    columns = [str(column) for column in frame.columns if column != "geometry"]
    for given in (code, name, district):
        if given is not None and given not in columns:
            raise _missing_column(path, f"there is no column {given!r}", columns)
    area_type, year, found_code = ("", "", "")
    if code is None:
        area_type, year, found_code = _find_code(columns)
        if not found_code:
            raise _missing_column(path, "no column holds the areas' codes (such as WD25CD or LSOA21CD)", columns)
        code = found_code
    else:
        matched = _matches(code, "code")
        area_type, year = matched if matched else ("", "")
    vintage = f"{area_type}{year}" if area_type else code.lower()
    if name is None:
        name = next((c for c in columns if _matches(c, "name") == (area_type, year)), None) if area_type else None
        if name is None:
            raise _missing_column(path, f"no column holds the areas' names beside {code}", columns)
    if district is None and area_type != "lad":
        district = next((c for c in columns if (_matches(c, "code") or ("", ""))[0] == "lad"), None)
    return code, name, district, vintage


def _find_code(columns: list[str]) -> tuple[str, str, str]:
    """Area type, two-digit year and name of the column that holds the code of the smallest area type."""
    for area_type in _AREA_TYPES:
        for column in columns:
            matched = _matches(column, "code")
            if matched and matched[0] == area_type:
                return *matched, column
    return "", "", ""


def _matches(column: str, kind: str) -> tuple[str, str] | None:
    """Area type and two-digit year if the column's name is a publisher's name for an area's code (or name)."""
    ending = "(?:cd|code)" if kind == "code" else "(?:nm|name)"
    for area_type, prefixes in _AREA_TYPES.items():
        matched = re.fullmatch(rf"(?:{'|'.join(prefixes)})(\d\d)_?{ending}", column, flags=re.IGNORECASE)
        if matched:
            return area_type, matched.group(1)
    return None


def _missing_column(path: Path, message: str, columns: list[str]) -> BoundaryError:
    return BoundaryError(
        "missing_column",
        f"{message}; it has {', '.join(columns) or 'no columns'}",
        file=path,
        remedy="Use the publisher's file as downloaded, or name the columns.",
    )


def _text(values: pd.Series) -> pd.Series:
    """Trimmed text; blank is null."""
    text = values.astype("str").str.strip()
    return text.mask(values.isna() | (text == "")).astype("str")


def _check_codes(areas: gpd.GeoDataFrame, path: Path, column: str) -> None:
    blank = areas["code"].isna()
    if blank.any():
        raise BoundaryError(
            "blank_code",
            f"the area has no code in {column}",
            file=path,
            row=int(np.argmax(blank)) + 1,
            remedy="Give it its code, or take the feature out.",
        )
    repeated = areas["code"].duplicated()
    if repeated.any():
        row = int(np.argmax(repeated))
        raise BoundaryError(
            "repeated_code",
            f"{column} {areas['code'].iloc[row]} stands in it more than once",
            file=path,
            row=row + 1,
            remedy="Each area should be one feature; join its parts into one multi-part shape, or remove the copy.",
        )


def _in_metres(frame: gpd.GeoDataFrame, path: Path, crs: str | None, warnings: list[dict[str, Any]]) -> gpd.GeoSeries:
    """The shapes on the British National Grid, after checking that the coordinates can be what the CRS says."""
    geometry = frame.geometry
    own = None if frame.crs is None or frame.crs.is_engineering else frame.crs
    declared = _declared_crs(crs, path)
    if declared is not None and own is not None and not declared.equals(own, ignore_axis_order=True):
        warnings.append(
            _warning(
                "crs_overridden",
                f"the file says {own.name}, the configuration says {declared.name}: the configuration was believed",
                path,
                remedy="Take the CRS out of the configuration if the file is right.",
            )
        )
    source = declared if declared is not None else own
    if source is None:
        raise BoundaryError(
            "no_crs",
            "it does not say which coordinate reference system its coordinates are in",
            file=path,
            remedy='Add its .prj file, or give the CRS: "EPSG:27700" for eastings and northings in metres, '
            '"EPSG:4326" for longitude and latitude.',
        )
    _check_present(geometry, path)
    _check_raw_extent(geometry, source, path)
    if not _is_national_grid(source):
        degrees = geometry.set_crs(source, allow_override=True).to_crs(WGS84)
        geometry = gpd.GeoSeries(
            shapely.transform(degrees.to_numpy(), lambda xy: np.column_stack(to_metres(xy[:, 0], xy[:, 1]))),
            index=degrees.index,
        )
    geometry = gpd.GeoSeries(geometry.to_numpy(), index=frame.index, crs=BRITISH_NATIONAL_GRID)
    _check_grid_extent(geometry, source, path)
    return geometry


def _declared_crs(crs: str | None, path: Path) -> pyproj.CRS | None:
    if crs is None:
        return None
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise BoundaryError(
            "unknown_crs",
            f"the CRS given for it, {crs!r}, is not one that is known",
            file=path,
            remedy='Write it as "EPSG:27700" or "EPSG:4326".',
        ) from error


def _is_national_grid(crs: pyproj.CRS) -> bool:
    """True for EPSG:27700 and for the same grid as other software spells it (British_National_Grid)."""
    if crs.equals(pyproj.CRS.from_user_input(BRITISH_NATIONAL_GRID), ignore_axis_order=True):
        return True
    return crs.to_epsg(min_confidence=60) == 27700 or crs.name.replace("_", " ").endswith("British National Grid")


def _check_present(geometry: gpd.GeoSeries, path: Path) -> None:
    absent = (geometry.isna() | geometry.is_empty).to_numpy()
    if absent.any():
        raise BoundaryError(
            "no_geometry",
            "the area has no shape",
            file=path,
            row=int(np.argmax(absent)) + 1,
            remedy="Download the file again, or take the feature out.",
        )


def _check_raw_extent(geometry: gpd.GeoSeries, crs: pyproj.CRS, path: Path) -> None:
    """Metres cannot be read as degrees, nor degrees as metres: the two mistakes that are made."""
    bounds = geometry.bounds
    largest = bounds.abs().max(axis=1).to_numpy()
    if crs.is_geographic:
        beyond = (bounds[["minx", "maxx"]].abs().max(axis=1) > 180) | (bounds[["miny", "maxy"]].abs().max(axis=1) > 90)
        if beyond.any():
            raise _contradiction(
                geometry, beyond.to_numpy(), crs, path, looks="metres of the British National Grid", give="EPSG:27700"
            )
        x_from, y_from, x_to, y_to = _SWAPPED_GRID_DEGREES
        inside = (bounds.minx > x_from) & (bounds.maxx < x_to) & (bounds.miny > y_from) & (bounds.maxy < y_to)
        if inside.all():
            raise BoundaryError(
                "contradicts_crs",
                "latitude stands where longitude belongs",
                file=path,
                remedy="Export it again with longitude first, latitude second.",
            )
    elif (largest <= 180).all():
        raise _contradiction(geometry, largest <= 180, crs, path, looks="longitude and latitude", give="EPSG:4326")


def _check_grid_extent(geometry: gpd.GeoSeries, crs: pyproj.CRS, path: Path) -> None:
    bounds = geometry.bounds
    x_from, y_from, x_to, y_to = _GRID_EXTENT
    # Written so that NaN (what could not be projected) counts as outside.
    inside = (bounds.minx >= x_from) & (bounds.miny >= y_from) & (bounds.maxx <= x_to) & (bounds.maxy <= y_to)
    if not inside.all():
        raise _contradiction(geometry, ~inside.to_numpy(), crs, path, looks="something else", give=None)


def _contradiction(
    geometry: gpd.GeoSeries, rows: np.ndarray, crs: pyproj.CRS, path: Path, *, looks: str, give: str | None
) -> BoundaryError:
    row = int(np.argmax(rows))
    x, y = shapely.get_coordinates(geometry.iloc[row])[0]
    remedy = f'Give its CRS as "{give}".' if give else "Give the CRS it was made in; it should lie in Great Britain."
    return BoundaryError(
        "contradicts_crs",
        f"its coordinates ({x:.6g}, {y:.6g}) look like {looks}, not like {crs.name} in Great Britain",
        file=path,
        row=row + 1,
        remedy=remedy,
    )


def _polygons(geometry: gpd.GeoSeries, path: Path, warnings: list[dict[str, Any]]) -> gpd.GeoSeries:
    """The shapes, valid; what was repaired is added to the warnings."""
    shapes = geometry.to_numpy().copy()
    type_ids = shapely.get_type_id(shapes)
    other = ~np.isin(type_ids, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    if other.any():
        row = int(np.argmax(other))
        raise BoundaryError(
            "not_polygon",
            f"the area is a {shapes[row].geom_type}, not a polygon",
            file=path,
            row=row + 1,
            remedy="Choose the boundary file, not the centroids or lines of the areas.",
        )
    for row in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        reason = shapely.is_valid_reason(shapes[row])
        repaired = _polygonal(shapely.make_valid(shapes[row]))
        if repaired.is_empty:
            raise BoundaryError(
                "not_polygon",
                f"the area covers no ground ({reason})",
                file=path,
                row=row + 1,
                remedy="Download the file again, or take the feature out.",
            )
        shapes[row] = repaired
        warnings.append(
            _warning(
                "repaired_polygon",
                f"the shape was not valid ({reason}) and was repaired",
                path,
                row=row + 1,
                remedy="Nothing to do; compare its outline on the map if in doubt.",
            )
        )
    return gpd.GeoSeries(shapes, index=geometry.index, crs=BRITISH_NATIONAL_GRID)


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """Only the polygons of a repaired shape; make_valid leaves stray lines beside them."""
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if part.geom_type.endswith("Polygon")]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _warning(code: str, message: str, path: Path, *, remedy: str, row: int | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "file": str(path), "row": row, "remedy": remedy}
