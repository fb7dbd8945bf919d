"""Write the demonstration's raw extracts, each in the layout its publisher uses, with a configuration to load them."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import csv

from data.demo.country import Country, deprivation_table, make_country, ward_code
from data.demo.geography import Borough, draw_borough
from data.demo.incidents import ASB, FORCES, OUTCOMES, Rows, crime_ids, draw_incidents
from data.demo.places import DISTRICT_CODE, DISTRICT_NAME, NEIGHBOURS, OUTSIDE_FAMILY, District
from data.demo.plan import CATEGORIES, FIRST_2021_CODES, MAP_SEED, MISSING_MONTHS, MONTHS, SEED, SILENT_FORCE, SPOILED
from data.demo.survey import survey_results
from data.demo.truths import planted_truths
from geo.projection import to_degrees

__all__ = ["Demonstration", "make_demonstration", "write_extracts"]

STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
OLD_HEADER = (
    "crime_id,month,reported_by,falls_within,lng,lat,location,lsoa_code,lsoa_name,category,last_outcome,context"
)
FILE_DATE = datetime(2025, 2, 14, 9, 0, tzinfo=UTC)
"""When the made-up publishers made the files: fixed, so that they are the same bytes each time."""

_COMPRESSION = 4


@dataclass(frozen=True)
class Demonstration:
    """The borough, the country around it and all rows of its files."""

    borough: Borough
    country: Country
    rows: Rows
    seed: int


def make_demonstration(seed: int = SEED) -> Demonstration:
    """Draw everything; the same seed gives the same demonstration."""
    borough = draw_borough(MAP_SEED)
    country = make_country(borough, MAP_SEED)
    return Demonstration(borough, country, draw_incidents(borough, country, seed), seed)


def write_extracts(into: Path, seed: int = SEED) -> Path:
    """Write all extracts, ``demo.toml`` and ``truths.json`` into a folder; returns the path of the configuration.

    Files of the same names are replaced, others left alone. The same seed writes the same bytes.
    """
    into.mkdir(parents=True, exist_ok=True)
    demo = make_demonstration(seed)
    written = [
        *_write_street_files(demo, into / "police-uk"),
        *_write_boundaries(demo.borough, demo.country, into / "boundaries"),
        *_write_tables(demo.country, into),
        _write_text(
            into / "truths.json", json.dumps(planted_truths(demo.borough, demo.country, demo.rows, seed), indent=1)
        ),
        _write_text(into / "README.txt", _README),
        _write_text(into / "demo.toml", _CONFIG),
    ]
    for path in written:
        os.utime(path, (FILE_DATE.timestamp(), FILE_DATE.timestamp()))
    return into / "demo.toml"


# Street-level files


def _write_street_files(demo: Demonstration, folder: Path) -> list[Path]:
    """2021 and 2022 in one archive with CRLF line ends, 2023 in one with LF, 2024 as a plain folder."""
    folder.mkdir(parents=True, exist_ok=True)
    older, newer = folder / "2021-2022-four-forces.zip", folder / "2023-four-forces.zip"
    written = [older, newer]
    with zipfile.ZipFile(older, "w") as crlf_archive, zipfile.ZipFile(newer, "w") as archive:
        for month, force, content in _street_files(demo):
            name = f"{month:%Y-%m}/{month:%Y-%m}-{force}-street.csv"
            if month.year < 2023:
                if f"{month:%Y-%m}/" not in crlf_archive.namelist():
                    crlf_archive.writestr(_member(f"{month:%Y-%m}/"), b"")
                crlf_archive.writestr(_member(name), content.replace(b"\n", b"\r\n"), compresslevel=_COMPRESSION)
            elif month.year == 2023:
                archive.writestr(_member(name), content, compresslevel=_COMPRESSION)
            else:
                path = folder / "2024" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                written.append(path)
    return written


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FILE_DATE.timetuple()[:6])
    info.compress_type = zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED
    info.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o644 << 16
    return info


def _street_files(demo: Demonstration) -> Iterator[tuple[date, str, bytes]]:
    """Month, force slug and content of each file, month by month."""
    rows = _in_file_order(demo.rows, demo.country)
    texts = _Texts(demo.country)
    ends = np.searchsorted(rows.month * len(FORCES) + rows.force, np.arange(len(MONTHS) * len(FORCES) + 1))
    for number, month in enumerate(MONTHS):
        for force_number, force in enumerate(FORCES):
            key = number * len(FORCES) + force_number
            if ends[key] == ends[key + 1]:
                continue
            table = texts.table(rows.take(np.arange(ends[key], ends[key + 1])), month, force)
            content = _csv_bytes(table)
            if (force, month) == SPOILED[:2]:
                content += _spoiled_rows(content)
            slug = force.removesuffix(" Police").casefold()
            is_old = (slug, month) == ("loxshire", date(2021, 2, 1))
            content = (OLD_HEADER if is_old else STREET_HEADER).encode() + b"\n" + content
            if (slug, month) == ("wexmoor", date(2022, 5, 1)):
                content = b"\xef\xbb\xbf" + content
            yield month, slug, content


def _in_file_order(rows: Rows, country: Country) -> Rows:
    """By month and file, then by LSOA with anti-social behaviour first, rows without place last."""
    lsoa = np.append(country.points["lsoa"].to_numpy(), len(country.lsoas))[rows.point]
    return rows.take(np.lexsort((rows.crime, rows.category != ASB, lsoa, rows.force, rows.month)))


class _Texts:
    """The texts of points, LSOAs and categories, ready to be taken by number."""

    def __init__(self, country: Country) -> None:
        points, lsoas, lsoa11 = country.points, country.lsoas, country.lsoa11
        old, new = lsoa11.iloc[points["lsoa11"]], lsoas.iloc[points["lsoa"]]
        self.longitude = pa.array([*points["longitude"], ""])
        self.latitude = pa.array([*points["latitude"], ""])
        self.location = pa.array([*points["location"], "No Location"])
        self.lsoa = {
            False: (pa.array([*old["lsoa11_code"], ""]), pa.array([*old["lsoa11_name"], ""])),
            True: (pa.array([*new["lsoa21_code"], ""]), pa.array([*new["lsoa21_name"], ""])),
        }
        self.category = pa.array([plan.name for plan in CATEGORIES])
        self.outcome = pa.array([*OUTCOMES, ""])
        self.none = len(points)

    def table(self, rows: Rows, month: date, force: str) -> pa.Table:
        """The rows of one file as text columns."""
        point = np.where(rows.point < 0, self.none, rows.point)
        code, name = self.lsoa[month >= FIRST_2021_CODES]
        count = len(rows)
        columns = [
            _crime_ids(rows.crime),
            _repeated(f"{month:%Y-%m}", count),
            _repeated(force, count),
            _repeated(force, count),
            *(texts.take(pa.array(point)) for texts in (self.longitude, self.latitude, self.location, code, name)),
            self.category.take(pa.array(rows.category)),
            self.outcome.take(pa.array(np.where(rows.outcome < 0, len(OUTCOMES), rows.outcome))),
            _repeated("", count),
        ]
        return pa.table(columns, names=STREET_HEADER.split(","))


def _repeated(text: str, count: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(count, dtype=np.int64)))


def _crime_ids(crime: npt.NDArray[np.int64]) -> pa.Array:
    """The Crime IDs as one text column."""
    ids = crime_ids(crime)
    offsets = np.concatenate([[0], np.cumsum(np.where(crime > 0, 64, 0))]).astype(np.int32)
    return pa.StringArray.from_buffers(len(crime), pa.py_buffer(offsets), pa.py_buffer(ids[crime > 0].tobytes()))


def _csv_bytes(table: pa.Table) -> bytes:
    """The rows without header and without quotes, as the publisher writes them."""
    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink, csv.WriteOptions(include_header=False, quoting_style="none"))
    return sink.getvalue().to_pybytes()


def _spoiled_rows(content: bytes) -> bytes:
    """A few rows after the others of their file, each with a fault that has it set aside."""
    _, month, other_month, no_category = SPOILED
    rows = [line.split(b",") for line in content.split(b"\n", 40)[20:40]]
    earlier = f"{month.year}-{month.month - 1:02d}".encode()
    for row in rows[:other_month]:
        row[1] = earlier
    for row in rows[other_month : other_month + no_category]:
        row[9] = b""
    for number, row in enumerate(rows):
        row[0] = b"dec0de" + b"f" * 50 + f"{number:08d}".encode()
    return b"".join(b",".join(row) + b"\n" for row in rows[: other_month + no_category])


# Boundaries


def _write_boundaries(borough: Borough, country: Country, folder: Path) -> list[Path]:
    ours = country.lsoas.iloc[: len(borough.lsoas)]
    wards = pd.DataFrame(
        {
            "FID": 9000 + borough.wards["ward"],
            "WD25CD": borough.wards["ward"].map(ward_code),
            "WD25NM": borough.wards["name"],
            "WD25NMW": " ",
            "LAD25CD": DISTRICT_CODE,
            "LAD25NM": DISTRICT_NAME,
        }
    )
    lsoas = pd.DataFrame(
        {"FID": 90_000 + borough.lsoas["number"], "LSOA21CD": ours["lsoa21_code"], "LSOA21NM": ours["lsoa21_name"]}
    )
    return [
        _write_geojson(wards, borough.wards.geometry, folder / "wards-2025" / f"{DISTRICT_CODE}.geojson"),
        _write_geojson(lsoas, borough.lsoas.geometry, folder / "lsoa-2021" / f"{DISTRICT_CODE}.geojson"),
    ]


def _write_geojson(properties: pd.DataFrame, geometry: gpd.GeoSeries, path: Path) -> Path:
    """A feature collection in longitude and latitude, laid out as the ONS geography service does."""

    def degrees(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_degrees(xy[:, 0], xy[:, 1])).round(8)

    shapes = shapely.transform(geometry.to_numpy(), degrees)
    centre = shapely.point_on_surface(geometry.to_numpy())
    longitude, latitude = to_degrees(shapely.get_x(centre), shapely.get_y(centre))
    frame = properties.assign(
        BNG_E=np.rint(shapely.get_x(centre)).astype(int), BNG_N=np.rint(shapely.get_y(centre)).astype(int),
        LONG=longitude.round(5), LAT=latitude.round(5),
    )  # fmt: skip
    features = [
        json.dumps({"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)})
        for row, shape in zip(frame.to_dict("records"), shapes, strict=True)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    head = f'{{\n"type": "FeatureCollection",\n"name": "{path.stem}",\n"crs": {json.dumps(crs)},\n"features": [\n'
    return _write_text(path, head + ",\n".join(features) + "\n]\n}\n")


# Lookups, population, deprivation, similar areas


def _write_tables(country: Country, into: Path) -> list[Path]:
    districts, lsoas = country.districts, country.lsoas
    code, name = districts["code"], districts["name"]
    of_lsoa = lsoas["district"]
    police_area = districts["force"].str.removesuffix(" Police")
    police_code = pd.Series(pd.factorize(police_area)[0], index=districts.index).map(
        lambda number: f"E23999{number + 1:03d}"
    )
    lookup = pd.DataFrame(
        {
            "lsoa21_name": lsoas["lsoa21_name"], "lsoa21_code": lsoas["lsoa21_code"], "ward24_name": lsoas["ward_name"],
            "ward24_code": lsoas["ward_code"], "ltla24_name": of_lsoa.map(name), "ltla24_code": of_lsoa.map(code),
        }
    )  # fmt: skip
    lookup_2011 = country.lsoa11[["lsoa11_name", "lsoa11_code", "change_code", "lsoa21_name", "lsoa21_code"]].assign(
        ltla22_name=country.lsoa11["district"].map(name), ltla22_code=country.lsoa11["district"].map(code)
    )
    partnerships = pd.DataFrame(
        {
            "ltla24_code": code, "ltla24_name": name, "csp24_code": districts["partnership_code"],
            "csp24_name": districts["partnership_name"], "pfa24_code": police_code, "pfa24_name": police_area,
        }
    )  # fmt: skip
    residents = pd.DataFrame(
        {
            "lsoa21_code": lsoas["lsoa21_code"], "lsoa21_name": lsoas["lsoa21_name"], "ltla24_code": of_lsoa.map(code),
            "ltla24_name": of_lsoa.map(name), "ward24_code": lsoas["ward_code"], "ward24_name": lsoas["ward_name"],
            "residents_census21": lsoas["residents"], "households_census21": lsoas["households"],
        }
    )  # fmt: skip
    of_districts = pd.DataFrame({"lad_code": code, "lad_name": name, "population": districts["residents_2023"]})
    return [
        _write_csv(lookup, into / "lookups" / "lsoa21_ward24_lad24.csv"),
        _write_csv(lookup_2011, into / "lookups" / "lsoa11_lsoa21_lad22.csv"),
        _write_csv(partnerships, into / "lookups" / "lad24_csp24_pfa24.csv"),
        _write_csv(residents, into / "population" / "census2021_residents_households_lsoa21.csv"),
        _write_csv(of_districts, into / "population" / "local_authority_population.csv", line_end="\r\n"),
        _write_csv(deprivation_table(country, MAP_SEED), into / "deprivation" / "iod2025_lsoa21.csv"),
        _write_csv(survey_results(MAP_SEED), into / "surveys" / "residents.csv"),
        _write_csv(_similar_areas(), into / "similar-areas" / "statistical_neighbours.csv", bom=True),
    ]


def _similar_areas() -> pd.DataFrame:
    """20 ranked similar areas of each area: ours as planned, the others' at random (similarity is not mutual)."""
    rng = np.random.default_rng([MAP_SEED, 13])

    def area(district: District) -> str:
        shared = sum(d.partnership_code == district.partnership_code for d in [*NEIGHBOURS, *OUTSIDE_FAMILY]) > 1
        return district.partnership_code if shared else district.code

    family = list(dict.fromkeys(area(d) for d in NEIGHBOURS))
    everyone = [DISTRICT_CODE, *family, *(area(d) for d in OUTSIDE_FAMILY)]
    rows = [[DISTRICT_CODE, *everyone[1:21]]]
    for code in everyone[1:]:
        rows.append([code, *rng.permutation([other for other in everyone if other != code])[:20]])
    return pd.DataFrame(rows, columns=["AREACD", *(str(rank) for rank in range(1, 21))])


def _write_csv(frame: pd.DataFrame, path: Path, *, line_end: str = "\n", bom: bool = False) -> Path:
    text = frame.to_csv(index=False, lineterminator=line_end)
    return _write_text(path, ("\ufeff" if bom else "") + text)


def _write_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


_README = """Demonstration data. Wrenmouth, its county, wards, streets, police forces and similar areas are made up, and
so is every incident. The files have the layouts of the official publishers: loading can be tried without a download.

    python -m data build demo.toml --store SOME/FOLDER
    python app.py --store SOME/FOLDER

truths.json holds what was planted: the hotspots, trends, seasons and positions that an analysis should find again.
"""

_MADE_UP = """publisher = "Made up for the demonstration"
licence = "MIT, as the program"
"""

_CONFIG = f"""# The demonstration partnership, a made-up borough: every file here was written by `python -m data demo`.

[partnership]
name = "Safer Wrenmouth Partnership"
short_name = "{DISTRICT_NAME}"
districts = ["{DISTRICT_CODE}"]
force = "Wexmoor Police"
demonstration = true                       # every page says so

[extracts]
street_crime = ["police-uk/2021-2022-four-forces.zip", "police-uk/2023-four-forces.zip", "police-uk/2024"]

[geography]
ward_boundaries = ["boundaries/wards-2025/{DISTRICT_CODE}.geojson"]
lsoa_boundaries = ["boundaries/lsoa-2021/{DISTRICT_CODE}.geojson"]
lsoa_lookup = "lookups/lsoa21_ward24_lad24.csv"          # LSOA 2021 -> ward -> district
lsoa_2011_lookup = "lookups/lsoa11_lsoa21_lad22.csv"     # LSOA 2011 -> 2021
partnership_lookup = "lookups/lad24_csp24_pfa24.csv"     # district -> partnership -> force
visitor_wards = ["{ward_code(0)}"]                          # Market Quay, the town centre

[population]
lsoa = "population/census2021_residents_households_lsoa21.csv"
district = "population/local_authority_population.csv"
district_year = 2023

[context]
deprivation = "deprivation/iod2025_lsoa21.csv"
perceptions = ["surveys/residents.csv"]    # residents' survey, an online consultation, the force's confidence survey

[[families]]
name = "Similar areas (demonstration)"
file = "similar-areas/statistical_neighbours.csv"
members = 14                               # the nearest 14: with us, a family of 15
as_at = "2025-01"
publisher = "Made up for the demonstration"

[[families]]
name = "Estuary towns (local choice)"
districts = ["E06999005", "E06999008", "E07999009", "E06999016", "E07999018"]
partnerships = ["E22999010"]               # Merestoke and Thornhythe: one partnership of two districts
reason = "Towns on the same estuary that the board knows"
as_at = "2025-01"

[[breaks]]
label = "Public spaces order, Market Quay"
cause = "A public spaces protection order covers the town centre from this date"
from = "2024-06"
kind = "local"
categories = ["Anti-social behaviour"]
wards = ["{ward_code(0)}"]

[[indicators]]
name = "Vehicle crime"
categories = ["Vehicle crime"]
direction = "lower is better"
target = 150                               # a month; 2023 had 149
by = "2025-12"

[[indicators]]
name = "Anti-social behaviour, Market Quay"
categories = ["Anti-social behaviour"]
wards = ["{ward_code(0)}"]
direction = "lower is better"
target = 20                                # a month; 2024 had 23
by = "2025-12"

[sources.street_crime]
covers = "January 2021 to December 2024; {MISSING_MONTHS[0]} without March to May 2024; no files of {SILENT_FORCE}"
{_MADE_UP}
"""
_CONFIG += "\n".join(
    f"[sources.{source}]\n{_MADE_UP}"
    for source in (
        "ward_boundaries",
        "lsoa_boundaries",
        "lsoa_lookup",
        "lsoa_2011_lookup",
        "partnership_lookup",
        "population_lsoa",
        "population_district",
        "deprivation",
        "perceptions",
        "similar_areas",
    )
)
