"""The demonstration's raw extracts, written once, and read again with plain pandas: nothing of the build is used."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from data.demo.extracts import OLD_HEADER, STREET_HEADER, write_extracts
from geo.projection import to_metres

COLUMNS = STREET_HEADER.split(",")


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all the demonstration's extracts."""
    folder = tmp_path_factory.mktemp("demonstration")
    write_extracts(folder)
    return folder


@pytest.fixture(scope="session")
def truths(extracts: Path) -> dict[str, Any]:
    """What the generator says it planted."""
    return json.loads((extracts / "truths.json").read_text("utf-8"))


def street_files(extracts: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every street-level file, in archives and folders, month by month."""
    for archive in sorted((extracts / "police-uk").glob("*.zip")):
        with zipfile.ZipFile(archive) as members:
            for name in sorted(members.namelist()):
                if name.endswith(".csv"):
                    yield Path(name).name, members.read(name)
    for path in sorted((extracts / "police-uk").rglob("*.csv")):
        yield path.name, path.read_bytes()


@pytest.fixture(scope="session")
def contents(extracts: Path) -> dict[str, bytes]:
    """The street-level files as bytes, by name."""
    return dict(street_files(extracts))


@pytest.fixture(scope="session")
def raw(contents: dict[str, bytes]) -> pd.DataFrame:
    """Every row of every street-level file, as text, with the file's month and force slug."""
    frames = []
    for name, content in contents.items():
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        if list(frame.columns) == OLD_HEADER.split(","):
            frame.columns = pd.Index(COLUMNS)
        frames.append(frame.assign(file_month=name[:7], slug=name[8:].removesuffix("-street.csv")))
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="session")
def incidents(extracts: Path, raw: pd.DataFrame) -> pd.DataFrame:
    """The incidents: valid rows, each Crime ID in the first month it appears in; with their district."""
    valid = raw[(raw["Month"] == raw["file_month"]) & (raw["Crime type"] != "")]
    first = (valid["Crime ID"] == "") | ~valid["Crime ID"].duplicated()
    lookup_2021 = pd.read_csv(extracts / "lookups" / "lsoa21_ward24_lad24.csv").set_index("lsoa21_code")["ltla24_code"]
    lookup_2011 = pd.read_csv(extracts / "lookups" / "lsoa11_lsoa21_lad22.csv").drop_duplicates("lsoa11_code")
    district = pd.concat([lookup_2021, lookup_2011.set_index("lsoa11_code")["ltla22_code"]])
    district = district[~district.index.duplicated()]
    kept = valid[first]
    return kept.assign(district=kept["LSOA code"].map(district), year=kept["Month"].str[:4].astype(int))


@pytest.fixture(scope="session")
def ours(extracts: Path, incidents: pd.DataFrame) -> pd.DataFrame:
    """The borough's incidents, with metres and ward: the polygon around the point, or the nearest one."""
    wards = gpd.read_file(extracts / "boundaries" / "wards-2025" / "E06999001.geojson").to_crs(27700)
    mine = incidents[incidents["district"] == "E06999001"].copy()
    easting, northing = to_metres(mine["Longitude"].astype(float), mine["Latitude"].astype(float))
    mine["easting"], mine["northing"] = easting, northing
    places = mine[["easting", "northing"]].drop_duplicates()
    points = gpd.GeoDataFrame(places, geometry=gpd.points_from_xy(places["easting"], places["northing"]), crs=27700)
    nearest = gpd.sjoin_nearest(points, wards[["WD25CD", "geometry"]], distance_col="off_m")
    mine = mine.merge(nearest[["easting", "northing", "WD25CD", "off_m"]], on=["easting", "northing"])
    return mine.rename(columns={"WD25CD": "ward_code"})


@pytest.fixture(scope="session")
def monthly(ours: pd.DataFrame) -> pd.DataFrame:
    """Counts by month (rows) and category (columns)."""
    return pd.crosstab(ours["Month"], ours["Crime type"])
