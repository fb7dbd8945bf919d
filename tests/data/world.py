"""A small made-up world for loading: squares for wards, halves of squares for LSOAs, files in the official layouts.

    district A (ours)          district B            district C: south of A, known by the lookups alone
    W1 | W2   (north)          W5
    W3 | W4   (south)          W6

Each ward is 1 km wide and holds two LSOAs, its west and its east half. In 2011 W1 was one LSOA, since split; the west
half of W2 was two, since merged; the others are unchanged; the one LSOA of district C was redrawn irregularly.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import shapely

from data.build import BuildResult, build
from data.progress import Progress
from geo.projection import to_degrees

HEADER = [
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
]  # fmt: skip

A, B, C = "E06990001", "E06990002", "E07990003"
WEST, SOUTH = 560_000, 180_000
WARDS = {  # code: (name, district, column, row)
    "E05990001": ("Northwest", A, 0, 1),
    "E05990002": ("Northeast", A, 1, 1),
    "E05990003": ("Southwest", A, 0, 0),
    "E05990004": ("Southeast", A, 1, 0),
    "E05990005": ("Bridge", B, 2, 1),
    "E05990006": ("Quay", B, 2, 0),
}
W1, W2, W3, W4, W5, W6 = WARDS
DISTRICT_NAMES = {A: "Alder", B: "Beck", C: "Cole"}


def lsoa(ward: str, half: int) -> str:
    """Code of the west (0) or east (1) half of a ward."""
    return f"E0199{ward[-2:]}0{half + 1}"


LSOA_C = "E01999901"  # the one LSOA of district C
LSOAS = {lsoa(ward, half): (ward, WARDS[ward][1]) for ward in WARDS for half in (0, 1)}
RESIDENTS = {code: 1000 + 100 * number for number, code in enumerate([*LSOAS, LSOA_C])}
SPLIT_2011, UNKNOWN_LSOA = "E01880001", "E01000000"
MERGED_2011 = ("E01880011", "E01880012", "E01880013")
LOOKUP_2011 = [
    (SPLIT_2011, lsoa(W1, 0), "S"),
    (SPLIT_2011, lsoa(W1, 1), "S"),
    (MERGED_2011[0], lsoa(W2, 0), "M"),
    (MERGED_2011[1], lsoa(W2, 0), "M"),
    (MERGED_2011[2], lsoa(W2, 1), "M"),
    *((lsoa(ward, half), lsoa(ward, half), "U") for ward in (W3, W4, W5, W6) for half in (0, 1)),
    ("E01880099", LSOA_C, "X"),
]


def square(ward: str) -> shapely.Polygon:
    _, _, column, row = WARDS[ward]
    return shapely.box(WEST + 1000 * column, SOUTH + 1000 * row, WEST + 1000 * (column + 1), SOUTH + 1000 * (row + 1))


def half_square(ward: str, half: int) -> shapely.Polygon:
    x_from, y_from, _, y_to = square(ward).bounds
    return shapely.box(x_from + 500 * half, y_from, x_from + 500 * (half + 1), y_to)


def point(ward: str, half: int = 0, dx: float = 0.0, dy: float = 0.0) -> tuple[str, str]:
    """Longitude and latitude, as text, of the middle of an LSOA, moved by some metres."""
    middle = half_square(ward, half).centroid
    longitude, latitude = to_degrees(middle.x + dx, middle.y + dy)
    return f"{longitude:.6f}", f"{latitude:.6f}"


def row(
    ward: str | None = W1,
    half: int = 0,
    *,
    crime_id: str = "",
    month: str = "2025-01",
    category: str = "Anti-social behaviour",
    at: tuple[str, str] | None = None,
    lsoa_code: str | None = None,
    outcome: str = "",
    force: str = "Essex Police",
) -> list[str]:
    """A row of a street-level file: in the middle of an LSOA, unless told otherwise. Without ward: no location."""
    longitude, latitude = at if at is not None else (point(ward, half) if ward else ("", ""))
    code = lsoa_code if lsoa_code is not None else (lsoa(ward, half) if ward else "")
    location = "On or near High Street" if ward else "No Location"
    return [crime_id, month, force, force, longitude, latitude, location, code, "Alder 001A" if code else "",
            category, outcome, ""]  # fmt: skip


def csv_text(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, end: str = "\n") -> str:
    """CSV text with the header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def geojson(features: Mapping[str, shapely.Geometry], properties: Mapping[str, Mapping[str, str]]) -> str:
    """WGS84 GeoJSON of shapes on the National Grid."""

    def degrees(geometry: shapely.Geometry) -> Any:
        return json.loads(
            shapely.to_geojson(shapely.transform(geometry, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1]))))
        )

    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": dict(properties[code]), "geometry": degrees(geometry)}
                for code, geometry in features.items()
            ],
        }
    )


@dataclass
class World:
    """A folder with the files of the small world; ``settings`` are the configuration's sections."""

    folder: Path
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: str = ""

    @classmethod
    def make(cls, folder: Path, *, districts: Sequence[str] = (A,), lsoa_boundaries: bool = True) -> World:
        """All reference files and a configuration; no street-level file yet."""
        world = cls(folder)
        chosen = [ward for ward, (_, district, _, _) in WARDS.items() if district in districts]
        ward_shapes = {ward: square(ward) for ward in chosen}
        ward_names = {ward: {"WD25CD": ward, "WD25NM": WARDS[ward][0], "LAD25CD": WARDS[ward][1]} for ward in chosen}
        world.write("wards.geojson", geojson(ward_shapes, ward_names))
        lsoa_shapes = {lsoa(ward, half): half_square(ward, half) for ward in chosen for half in (0, 1)}
        world.write(
            "lsoas.geojson", geojson(lsoa_shapes, {c: {"LSOA21CD": c, "LSOA21NM": f"Name {c}"} for c in lsoa_shapes})
        )
        everywhere = [*LSOAS.items(), (LSOA_C, ("E05990099", C))]
        world.write(
            "lookup.csv",
            csv_text(
                [[c, f"Name {c}", w, WARDS.get(w, ("Else",))[0], d, DISTRICT_NAMES[d]] for c, (w, d) in everywhere],
                ["LSOA21CD", "LSOA21NM", "WD24CD", "WD24NM", "LAD24CD", "LAD24NM"],
            ),
        )
        world.write("lookup-2011.csv", csv_text(LOOKUP_2011, ["LSOA11CD", "LSOA21CD", "CHGIND"]))
        world.write(
            "partnerships.csv",
            csv_text(
                [
                    [A, "Alder", "E22990001", "Alder and Beck", "E23000028", "Essex"],
                    [B, "Beck", "E22990001", "Alder and Beck", "E23000028", "Essex"],
                    [C, "Cole", "E22990003", "Cole", "E23000032", "Kent"],
                ],
                ["LAD24CD", "LAD24NM", "CSP24CD", "CSP24NM", "PFA24CD", "PFA24NM"],
            ),
        )
        world.write(
            "residents.csv",
            csv_text(
                [[code, residents, residents // 2] for code, residents in RESIDENTS.items()],
                ["lsoa21_code", "residents_census21", "households_census21"],
            ),
        )
        world.write(
            "districts.csv",
            csv_text(
                [[A, "Alder", 9000], [B, "Beck", 8000], [C, "Cole", 7000]], ["lad_code", "lad_name", "population"]
            ),
        )
        world.write(
            "deprivation.csv",
            csv_text(
                [[code, 10.0 + number, number + 1, number % 10 + 1] for number, code in enumerate(RESIDENTS)],
                ["lsoa21_code", "IMD_score", "IMD_rank", "IMD_decile"],
            ),
        )
        world.settings = {
            "partnership": {"name": "Alder Partnership", "short_name": "Alder", "districts": list(districts),
                            "force": "Essex Police"},
            "extracts": {"street_crime": ["police"]},
            "geography": {"ward_boundaries": ["wards.geojson"], "lsoa_boundaries": ["lsoas.geojson"],
                          "lsoa_lookup": "lookup.csv", "lsoa_2011_lookup": "lookup-2011.csv",
                          "partnership_lookup": "partnerships.csv"},
            "population": {"lsoa": "residents.csv", "district": "districts.csv"},
            "context": {"deprivation": "deprivation.csv"},
        }  # fmt: skip
        if not lsoa_boundaries:
            del world.settings["geography"]["lsoa_boundaries"]
        return world

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the world."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def street(
        self, rows: Iterable[Sequence[str]], *, month: str = "2025-01", force: str = "essex", **how: Any
    ) -> Path:
        """A street-level file in the folder ``police``."""
        return self.write(f"police/{month}/{month}-{force}-street.csv", csv_text(rows, **how))

    def archive(self, name: str, members: Mapping[str, str | bytes]) -> Path:
        """A ZIP."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in members.items():
                archive.writestr(member, text)
        return path

    def config(self) -> Path:
        """Write the configuration."""
        lines = []
        for section, entries in self.settings.items():
            lines.append(f"[{section}]")
            lines.extend(f"{key} = {json.dumps(value)}" for key, value in entries.items())
        return self.write("config.toml", "\n".join(lines) + "\n" + self.more)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def build(self, **how: Any) -> BuildResult:
        """Build the store."""
        return build(self.config(), self.store, progress=Progress(io.StringIO()), **how)

    def query(self, select: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query over the tables of the snapshot that serves, read without the program."""
        folder = self.store / "snapshots" / (self.store / "CURRENT").read_text().strip()
        with duckdb.connect() as connection:
            for table in folder.glob("*.parquet"):
                connection.execute(f"CREATE VIEW {table.stem} AS FROM read_parquet('{table}')")
            return connection.execute(select, parameters or None).fetchall()
