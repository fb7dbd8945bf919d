"""The tables of a snapshot: columns, DuckDB types, whether a value may be absent, and the order of rows.

The declaration is what the build writes by and ``python -m data check`` checks by.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FORMAT", "TABLES", "Table"]

FORMAT = 1
"""Format of the store. A program reads stores of its own format or older ones it knows; never newer ones."""


@dataclass(frozen=True)
class Table:
    """``columns``: name → type; a type ending in ``?`` may be NULL. ``key``: columns that together are unique.

    ``added_later``: stores of this format built before the table was declared do not have it. It is empty there.
    """

    columns: dict[str, str]
    order: tuple[str, ...]
    key: tuple[str, ...] = ()
    added_later: bool = False

    def types(self) -> dict[str, str]:
        """Column → DuckDB type."""
        return {name: declared.removesuffix("?") for name, declared in self.columns.items()}

    def required(self) -> list[str]:
        """The columns that are never NULL."""
        return [name for name, declared in self.columns.items() if not declared.endswith("?")]


TABLES: dict[str, Table] = {
    # A row is an incident of the partnership, or of the 1,500 m around it.
    "incidents": Table(
        columns={
            "incident_id": "BIGINT",
            "crime_id": "VARCHAR?",
            "month": "DATE",
            "category": "VARCHAR",
            "subcategory": "VARCHAR?",
            "offence_code": "VARCHAR?",
            "outcome": "VARCHAR?",
            "source": "VARCHAR",
            "force": "VARCHAR",
            "occurred_at": "TIMESTAMP?",
            "location": "VARCHAR?",
            "longitude": "DOUBLE?",
            "latitude": "DOUBLE?",
            "easting": "DOUBLE?",
            "northing": "DOUBLE?",
            "lsoa_code_original": "VARCHAR?",
            "lsoa_code": "VARCHAR?",
            "ward_code": "VARCHAR?",
            "district_code": "VARCHAR?",
            "placement": "VARCHAR",
            "in_partnership": "BOOLEAN",
        },
        order=("district_code", "month", "lsoa_code", "incident_id"),
        key=("incident_id",),
    ),
    # A row is the partnership's incidents of one month, ward, LSOA, category and source.
    "counts": Table(
        columns={
            "month": "DATE",
            "district_code": "VARCHAR",
            "ward_code": "VARCHAR?",
            "lsoa_code": "VARCHAR?",
            "category": "VARCHAR",
            "source": "VARCHAR",
            "incidents": "INTEGER",
        },
        order=("district_code", "month", "ward_code", "lsoa_code", "category", "source"),
        key=("month", "district_code", "ward_code", "lsoa_code", "category", "source"),
    ),
    # A row is the incidents of one month, district and category, for every district in the files.
    "district_counts": Table(
        columns={
            "month": "DATE",
            "district_code": "VARCHAR",
            "category": "VARCHAR",
            "source": "VARCHAR",
            "incidents": "INTEGER",
        },
        order=("district_code", "month", "category", "source"),
        key=("month", "district_code", "category", "source"),
    ),
    # A row is what became of one category's rows in one file (a force's month). No row: not loaded, so missing.
    "coverage": Table(
        columns={
            "force": "VARCHAR",
            "force_slug": "VARCHAR",
            "month": "DATE",
            "category": "VARCHAR",
            "source": "VARCHAR",
            "read": "INTEGER",
            "kept": "INTEGER",
            "repeated": "INTEGER",
            "set_aside": "INTEGER",
            "placed": "INTEGER",
            "not_placed": "INTEGER",
        },
        order=("force_slug", "month", "category", "source"),
        key=("force_slug", "month", "category", "source"),
    ),
    # A row is a local authority district.
    "districts": Table(
        columns={
            "district_code": "VARCHAR",
            "district_name": "VARCHAR",
            "partnership_code": "VARCHAR?",
            "partnership_name": "VARCHAR?",
            "force_slug": "VARCHAR?",
            "force": "VARCHAR?",
            "population": "INTEGER?",
            "households": "INTEGER?",
            "population_year": "INTEGER?",
            "is_ours": "BOOLEAN",
        },
        order=("district_code",),
        key=("district_code",),
    ),
    # A row is a ward or LSOA of the partnership (GeoParquet: `geometry` stands last, EPSG:27700).
    "areas": Table(
        columns={
            "area_type": "VARCHAR",
            "code": "VARCHAR",
            "name": "VARCHAR",
            "district_code": "VARCHAR",
            "vintage": "VARCHAR",
            "ward_code": "VARCHAR?",
            "population": "INTEGER?",
            "households": "INTEGER?",
            "population_year": "INTEGER?",
            "area_km2": "DOUBLE?",
            "centroid_longitude": "DOUBLE?",
            "centroid_latitude": "DOUBLE?",
            "imd_score": "DOUBLE?",
            "imd_rank": "INTEGER?",
            "imd_decile": "INTEGER?",
            "visitor_ward": "BOOLEAN?",
        },
        order=("area_type", "code"),
        key=("area_type", "code"),
    ),
    # A row is one district of one member of one family; member_order 0 is ourselves.
    "families": Table(
        columns={
            "family_id": "VARCHAR",
            "family_name": "VARCHAR",
            "family_order": "INTEGER",
            "source_file": "VARCHAR?",
            "reason": "VARCHAR?",
            "as_at": "VARCHAR?",
            "member_order": "INTEGER",
            "member_id": "VARCHAR",
            "member_name": "VARCHAR",
            "district_code": "VARCHAR",
            "is_self": "BOOLEAN",
        },
        order=("family_id", "member_order", "district_code"),
        key=("family_id", "member_id", "district_code"),
    ),
    # A row is a row of a file that could not be used.
    "quarantine": Table(
        columns={
            "source_name": "VARCHAR",
            "file": "VARCHAR",
            "line": "BIGINT",
            "reason": "VARCHAR",
            "message": "VARCHAR",
            "column_name": "VARCHAR?",
            "value": "VARCHAR?",
            "raw": "VARCHAR",
        },
        order=("file", "line"),
        key=("file", "line"),
    ),
    # A row is a dated cause that breaks series.
    "breaks": Table(
        columns={
            "break_id": "VARCHAR",
            "date_from": "DATE",
            "date_to": "DATE?",
            "kind": "VARCHAR",
            "label": "VARCHAR",
            "cause": "VARCHAR",
            "categories": "VARCHAR[]?",
            "wards": "VARCHAR[]?",
            "excluded": "BOOLEAN",
            "origin": "VARCHAR",
        },
        order=("date_from", "break_id"),
        key=("break_id",),
    ),
    # A row is an indicator of the partnership's own. categories, wards: NULL for all. target_by: NULL for always.
    "indicators": Table(
        columns={
            "indicator_order": "INTEGER",
            "name": "VARCHAR",
            "categories": "VARCHAR[]?",
            "wards": "VARCHAR[]?",
            "measure": "VARCHAR",
            "direction": "VARCHAR",
            "target": "DOUBLE?",
            "target_by": "DATE?",
        },
        order=("indicator_order",),
        key=("name",),
        added_later=True,
    ),
    # A row is a partnership's offences of one code in a quarter (Home Office); never mixed with incidents.
    # Without partnership_code: counts under "Unassigned <force>" and names that the lookup does not know.
    "recorded_crime": Table(
        columns={
            "year": "VARCHAR",
            "quarter": "INTEGER",
            "quarter_start": "DATE",
            "partnership_code": "VARCHAR?",
            "partnership_name": "VARCHAR",
            "force": "VARCHAR",
            "offence_code": "VARCHAR?",
            "offence_description": "VARCHAR?",
            "offence_group": "VARCHAR?",
            "offence_subgroup": "VARCHAR?",
            "incidents": "INTEGER",
            "state": "VARCHAR",
        },
        order=("partnership_code", "partnership_name", "quarter_start", "offence_code", "offence_description"),
        key=(
            "quarter_start",
            "partnership_code",
            "partnership_name",
            "force",
            "offence_code",
            "offence_description",
            "offence_group",
            "offence_subgroup",
        ),
        added_later=True,
    ),
    # A row is a partnership's financial year in those tables, and whether it has a figure (data.recorded_crime).
    # quarters: how many of its quarters have one; district_codes: the districts it lies in.
    "recorded_crime_states": Table(
        columns={
            "year": "VARCHAR",
            "partnership_code": "VARCHAR?",
            "partnership_name": "VARCHAR",
            "force": "VARCHAR?",
            "district_codes": "VARCHAR[]",
            "state": "VARCHAR",
            "quarters": "INTEGER",
            "note": "VARCHAR?",
        },
        order=("partnership_code", "partnership_name", "year"),
        key=("year", "partnership_code", "partnership_name", "force"),
        added_later=True,
    ),
    # A row is a district of which more than its residents is known: imd_score is its LSOAs' mean weighted by residents;
    # outline: WKB in metres of EPSG:27700, smoothed for a map of the country.
    "district_facts": Table(
        columns={"district_code": "VARCHAR", "imd_score": "DOUBLE?", "outline": "BLOB?"},
        order=("district_code",),
        key=("district_code",),
        added_later=True,
    ),
    # A row is a place of the partnership's own for the map: point, line or area, as WKB in metres of EPSG:27700.
    "overlays": Table(
        columns={
            "overlay": "VARCHAR",
            "overlay_name": "VARCHAR",
            "overlay_order": "INTEGER",
            "label": "VARCHAR?",
            "kind": "VARCHAR",
            "shape": "BLOB",
        },
        order=("overlay_order", "label", "shape"),
        added_later=True,
    ),
    # A row is a problem of the partnership's own, to be ranked among its priorities. With no category, code and ward it
    # has no recorded data and is scored by people only.
    "problems": Table(
        columns={
            "problem_id": "VARCHAR",
            "name": "VARCHAR",
            "categories": "VARCHAR[]",
            "codes": "VARCHAR[]",
            "wards": "VARCHAR[]",
            "position": "INTEGER",
        },
        order=("position",),
        key=("problem_id",),
        added_later=True,
    ),
    # A row is a weight of a harm set of the partnership's own: of a category or of one offence code.
    "harm_weights": Table(
        columns={
            "set_id": "VARCHAR",
            "set_name": "VARCHAR",
            "version": "VARCHAR",
            "unit": "VARCHAR",
            "source": "VARCHAR",
            "position": "INTEGER",
            "category": "VARCHAR?",
            "offence_code": "VARCHAR?",
            "low": "DOUBLE",
            "central": "DOUBLE",
            "high": "DOUBLE",
        },
        order=("position", "category", "offence_code"),
        key=("set_id", "category", "offence_code"),
        added_later=True,
    ),
    # A row is one answer's share in one wave of a survey or consultation, for one area: the partnership (area_code
    # NULL), a ward, district, force, region or country. categories: the published ones it speaks of. base: NULL where
    # none is published. percent and its published limits: 0 to 100. sampled: false where people chose themselves to
    # answer.
    "perceptions": Table(
        columns={
            "survey": "VARCHAR",
            "publisher": "VARCHAR?",
            "wave": "VARCHAR?",
            "wave_from": "DATE",
            "wave_to": "DATE",
            "area_type": "VARCHAR",
            "area_code": "VARCHAR?",
            "area_name": "VARCHAR",
            "question": "VARCHAR",
            "answer": "VARCHAR",
            "categories": "VARCHAR[]",
            "direction": "VARCHAR?",
            "base": "INTEGER?",
            "weighted_base": "DOUBLE?",
            "percent": "DOUBLE",
            "design_effect": "DOUBLE?",
            "lower_cl": "DOUBLE?",
            "upper_cl": "DOUBLE?",
            "sampled": "BOOLEAN",
            "note": "VARCHAR?",
            "file": "VARCHAR",
            "line": "BIGINT",
            "position": "INTEGER",
        },
        order=("position",),
        key=("survey", "wave_from", "area_type", "area_code", "question", "answer"),
        added_later=True,
    ),
}
