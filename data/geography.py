"""The partnership's wards and LSOAs and all that is known of areas, read and checked against one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data.config import AreaColumns, Config
from data.errors import LoadError
from data.sources import (
    deprivation,
    lsoa_2011_lookup,
    lsoa_lookup,
    partnership_lookup,
    population_district,
    population_lsoa,
    similar_areas,
)
from geo.assignment import assign_areas
from geo.boundaries import BoundaryError, join_boundaries, read_boundaries
from geo.vintages import LsoaMapping, lsoa_2011_to_2021

__all__ = ["Geography", "load_geography"]


@dataclass
class Geography:
    """All the geography a build needs.

    Attributes
    ----------
    wards : GeoDataFrame
        The partnership's wards: ``code, name, district_code, vintage, geometry`` (EPSG:27700).
    lsoas : DataFrame
        Every LSOA (2021) known: ``lsoa_code, lsoa_name, ward_code, district_code, district_name``. ``ward_code`` is one
        of ``wards`` for the partnership's LSOAs (null where no ward fits), the publisher's for others.
    lsoa_shapes : GeoDataFrame or None
        The partnership's LSOAs with their boundaries, where these are configured.
    lookup_2011 : DataFrame or None
        LSOA 2011 → 2021, as published; :attr:`mapping` is made of it.
    partnerships : DataFrame or None
        District, partnership and police force area, a row per pair.
    residents : DataFrame or None
        ``lsoa_code, population, households``; ``residents_year`` is their year.
    district_residents : DataFrame or None
        ``district_code, district_name, population, households``; ``district_residents_year`` is their year.
    deprivation : DataFrame or None
        ``lsoa_code, imd_score, imd_rank, imd_decile``.
    district_shapes : GeoDataFrame or None
        Boundaries of districts, ours and others': ``code, name, geometry`` (EPSG:27700).
    similar_areas : dict
        By file: the similar areas of each area, nearest first.
    loaded : dict
        By file: the rows it has, and what they are in a few words.
    """

    wards: gpd.GeoDataFrame
    lsoas: pd.DataFrame
    lsoa_shapes: gpd.GeoDataFrame | None
    lookup_2011: pd.DataFrame | None
    partnerships: pd.DataFrame | None
    residents: pd.DataFrame | None
    residents_year: int | None
    district_residents: pd.DataFrame | None = None
    district_residents_year: int | None = None
    deprivation: pd.DataFrame | None = None
    district_shapes: gpd.GeoDataFrame | None = None
    similar_areas: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    loaded: dict[Path, tuple[int, str]] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def mapping(self) -> LsoaMapping | None:
        """LSOA 2011 → 2021, ready to map codes; made when first asked for."""
        if self.lookup_2011 is None:
            return None
        shares = None if self.residents is None else self.residents.set_index("lsoa_code")["population"]
        return lsoa_2011_to_2021(self.lookup_2011, None if shares is None else shares.astype("float64"))


def load_geography(config: Config) -> Geography:
    """Read the configured geography.

    Raises
    ------
    LoadError, BoundaryError
        An unusable file; a configured district without wards, or that the lookup does not know.
    """
    warnings: list[dict[str, Any]] = []
    loaded: dict[Path, tuple[int, str]] = {}
    lookup_file = config.file("lsoa_lookup")
    lookup = lsoa_lookup.read(lookup_file) if lookup_file else None
    for district in config.partnership.districts:
        if lookup is not None and not (lookup["district_code"] == district).any():
            raise LoadError(
                "unknown_district",
                f"the lookup does not know the configured district {district}",
                file=lookup_file,
                remedy="Use a lookup of the year of the district's code, or correct districts in [partnership].",
            )
    if lookup_file and lookup is not None:
        loaded[lookup_file] = (
            len(lookup),
            f"{_many(lookup, 'lsoa_code')} LSOAs, {_many(lookup, 'district_code')} districts",
        )
    wards = _wards(config, lookup, loaded, warnings)
    shapes = _lsoa_shapes(config, lookup, loaded, warnings)
    geography = Geography(
        wards=wards,
        lsoas=_lsoas(config, lookup, shapes, wards, warnings),
        lsoa_shapes=shapes,
        lookup_2011=None,
        partnerships=None,
        residents=None,
        residents_year=None,
        loaded=loaded,
        warnings=warnings,
    )
    _read_tables(config, geography)
    return geography


def _read_tables(config: Config, geography: Geography) -> None:
    """The tables about areas that are configured."""
    loaded = geography.loaded
    if file := config.file("lsoa_2011_lookup"):
        geography.lookup_2011 = frame = lsoa_2011_lookup.read(file)
        loaded[file] = len(frame), f"{_many(frame, 'lsoa11_code')} LSOAs of 2011"
    if file := config.file("partnership_lookup"):
        geography.partnerships = frame = partnership_lookup.read(file)
        districts = _many(frame, "district_code")
        loaded[file] = len(frame), f"{districts} districts, {_many(frame, 'partnership_code')} partnerships"
    if file := config.file("population_lsoa"):
        frame, year = population_lsoa.read(file)
        geography.residents, geography.residents_year = frame, config.lsoa_population_year or year
        loaded[file] = len(frame), f"{len(frame):,} LSOAs{_of_year(geography.residents_year)}"
    if file := config.file("population_district"):
        frame, year = population_district.read(file)
        geography.district_residents = frame
        geography.district_residents_year = config.district_population_year or year
        loaded[file] = len(frame), f"{len(frame):,} districts{_of_year(geography.district_residents_year)}"
    if file := config.file("deprivation"):
        geography.deprivation = frame = deprivation.read(file)
        loaded[file] = len(frame), f"{len(frame):,} LSOAs"
    if paths := config.files.get("district_boundaries", ()):
        geography.district_shapes = _read_areas(paths, AreaColumns(), "districts", loaded)
        geography.warnings.extend(geography.district_shapes.attrs.pop("warnings", []))
    for family in config.families:
        if family.file is not None and family.file not in geography.similar_areas:
            ranked = similar_areas.read(family.file)
            geography.similar_areas[family.file] = ranked
            loaded[family.file] = len(ranked), f"{len(ranked):,} areas"


def _many(frame: pd.DataFrame, column: str) -> str:
    return f"{frame[column].nunique():,}"


def _of_year(year: int | None) -> str:
    return f", {year}" if year else ""


def _read_areas(
    paths: tuple[Path, ...], columns: AreaColumns, what: str, loaded: dict[Path, tuple[int, str]]
) -> gpd.GeoDataFrame:
    frames = [
        read_boundaries(path, code=columns.code, name=columns.name, district=columns.district, crs=columns.crs)
        for path in paths
    ]
    loaded.update({path: (len(frame), f"{len(frame):,} {what}") for path, frame in zip(paths, frames, strict=True)})
    return join_boundaries(frames, paths)


def _wards(
    config: Config,
    lookup: pd.DataFrame | None,
    loaded: dict[Path, tuple[int, str]],
    warnings: list[dict[str, Any]],
) -> gpd.GeoDataFrame:
    paths = config.files["ward_boundaries"]
    districts = config.partnership.districts
    wards = _read_areas(paths, config.ward_columns, "wards", loaded)
    warnings.extend(wards.attrs.pop("warnings", []))
    if wards["district_code"].isna().all():
        if lookup is not None:
            of_ward = lookup.drop_duplicates("ward_code").set_index("ward_code")["district_code"]
            wards["district_code"] = wards["code"].map(of_ward)
        elif len(districts) == 1:
            wards["district_code"] = districts[0]
    if wards["district_code"].isna().any():
        code = wards.loc[wards["district_code"].isna(), "code"].iloc[0]
        raise BoundaryError(
            "no_district",
            f"it does not say which district ward {code} is in",
            file=paths[0],
            remedy='Name the column: ward_columns = { district = "…" } in [geography].',
        )
    for district in districts:
        if not (wards["district_code"] == district).any():
            held = ", ".join(sorted(set(wards["district_code"]))[:5])
            raise BoundaryError(
                "no_boundary",
                f"no ward boundary for the configured district {district} (they are of {held})",
                file=", ".join(path.name for path in paths),
                remedy="Add that district's ward boundaries to ward_boundaries, or correct districts in [partnership].",
            )
    return wards[wards["district_code"].isin(districts)].reset_index(drop=True)


def _lsoa_shapes(
    config: Config,
    lookup: pd.DataFrame | None,
    loaded: dict[Path, tuple[int, str]],
    warnings: list[dict[str, Any]],
) -> gpd.GeoDataFrame | None:
    paths = config.files.get("lsoa_boundaries", ())
    if not paths:
        return None
    shapes = _read_areas(paths, config.lsoa_columns, "LSOAs", loaded)
    warnings.extend(shapes.attrs.pop("warnings", []))
    if shapes["vintage"].iloc[0] == "lsoa11":
        raise BoundaryError(
            "old_vintage",
            "these are LSOAs of 2011",
            file=paths[0],
            remedy="Use those of 2021 (LSOA21CD): older rows are mapped to them by lsoa_2011_lookup.",
        )
    if lookup is not None:
        of_lsoa = lookup.set_index("lsoa_code")["district_code"]
        shapes["district_code"] = shapes["code"].map(of_lsoa).fillna(shapes["district_code"])
    elif shapes["district_code"].isna().all() and len(config.partnership.districts) == 1:
        shapes["district_code"] = config.partnership.districts[0]
    shapes = shapes[shapes["district_code"].isin(config.partnership.districts)].reset_index(drop=True)
    for district in config.partnership.districts:
        if not (shapes["district_code"] == district).any():
            raise BoundaryError(
                "no_boundary",
                f"no LSOA boundary for the configured district {district}",
                file=", ".join(path.name for path in paths),
                remedy="Add that district's LSOA boundaries to lsoa_boundaries, or take lsoa_boundaries out.",
            )
    return shapes


def _lsoas(
    config: Config,
    lookup: pd.DataFrame | None,
    shapes: gpd.GeoDataFrame | None,
    wards: gpd.GeoDataFrame,
    warnings: list[dict[str, Any]],
) -> pd.DataFrame:
    """Every LSOA known; the partnership's with a ward of the loaded boundaries."""
    districts = config.partnership.districts
    columns = ["lsoa_code", "lsoa_name", "ward_code", "district_code", "district_name"]
    if lookup is not None:
        lsoas = lookup[columns].copy()
    elif shapes is not None:
        lsoas = pd.DataFrame({"lsoa_code": shapes["code"], "lsoa_name": shapes["name"], "ward_code": None})
        lsoas["district_code"] = shapes["district_code"].to_numpy()
        lsoas["district_name"] = None
    else:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
    ours = lsoas["district_code"].isin(districts)
    unmatched = ours & ~lsoas["ward_code"].isin(wards["code"])
    if unmatched.any():
        lsoas.loc[unmatched, "ward_code"] = _wards_by_shape(lsoas.loc[unmatched, "lsoa_code"], shapes, wards)
        left = int((ours & lsoas["ward_code"].isna()).sum())
        if lookup is not None:
            warnings.append(
                {
                    "code": "ward_vintages",
                    "message": f"the wards of {int(unmatched.sum())} LSOAs in the lookup are not among the ward "
                    f"boundaries; {int(unmatched.sum()) - left} were matched by their shapes, {left} have no ward",
                    "file": str(config.file("lsoa_lookup")),
                    "row": None,
                    "remedy": "Use a lookup of the same year as the ward boundaries.",
                }
            )
    return lsoas


def _wards_by_shape(codes: pd.Series, shapes: gpd.GeoDataFrame | None, wards: gpd.GeoDataFrame) -> pd.Series:
    """The ward in which a point inside each LSOA lies; null without shapes."""
    if shapes is None:
        return pd.Series(None, index=codes.index, dtype="str")
    inside = shapes.set_index("code").geometry.representative_point()
    points = inside.reindex(codes).reset_index(drop=True)
    found = assign_areas(points.x.to_numpy(), points.y.to_numpy(), wards)
    return pd.Series(found.to_numpy(), index=codes.index, dtype="str")
