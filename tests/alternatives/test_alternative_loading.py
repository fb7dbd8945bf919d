"""Loading against a slow and obvious second implementation: one row at a time, plain Python."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.reference import UNRECOGNISED, categories
from geo.projection import to_metres
from tests.data.world import (
    LOOKUP_2011,
    LSOA_C,
    LSOAS,
    MERGED_2011,
    UNKNOWN_LSOA,
    W1,
    W2,
    W3,
    W4,
    W5,
    A,
    C,
    World,
    lsoa,
    point,
    row,
    square,
)

MONTHS = ["2025-01", "2025-02", "2025-03"]
PUBLISHED = {entry.category for entry in categories()}

street_rows = st.builds(
    lambda ward, half, crime_id, category, lsoa_code, outcome, month: (
        row(ward, half, crime_id=crime_id, category=category, lsoa_code=lsoa_code, outcome=outcome), month
    ),
    ward=st.sampled_from([W1, W2, W3, W4, W5, None]),
    half=st.sampled_from([0, 1]),
    crime_id=st.sampled_from(["", "", "a", "b", "c", "d"]),
    category=st.sampled_from(["Anti-social behaviour", "Burglary", "Drugs", "Space piracy", ""]),
    lsoa_code=st.sampled_from([None, None, None, "", UNKNOWN_LSOA, LSOA_C, MERGED_2011[0], lsoa(W5, 0)]),
    outcome=st.sampled_from(["", "Charged", "Under investigation"]),
    month=st.sampled_from(["own", "own", "own", "own", "2024-12", "rubbish"]),
)  # fmt: skip
street_files = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(["essex", "kent"])),
    st.lists(street_rows, max_size=8),
    min_size=1,
)


def on_grid(longitude: str, latitude: str) -> shapely.Point:
    return shapely.Point(*(float(metres) for metres in to_metres(float(longitude), float(latitude))))


def slow_and_obvious(
    files: dict[tuple[str, str], list[list[str]]],
) -> tuple[dict[tuple[str, str], Counter[str]], Counter]:
    """The equation of each file, and the partnership's incidents by month, ward, LSOA, category and outcome."""
    of_2011 = {old: new for old, new, change in LOOKUP_2011 if change != "S"}
    district_of = {code: district for code, (_, district) in LSOAS.items()} | {LSOA_C: C}
    sums = {key: Counter() for key in files}
    first_of_id: dict[str, list] = {}
    incidents = []
    for key in sorted(files):
        for values in files[key]:
            crime_id, month, longitude, latitude = values[0], values[1], values[4], values[5]
            code, category, outcome = values[7], values[9], values[10]
            sums[key]["read"] += 1
            if month != key[0] or not category:
                sums[key]["set_aside"] += 1
                continue
            if crime_id and crime_id in first_of_id:
                sums[key]["repeated"] += 1
                first_of_id[crime_id][-1] = outcome or first_of_id[crime_id][-1]
                continue
            sums[key]["kept"] += 1
            code = of_2011.get(code, code)
            district, ward = district_of.get(code), None
            if longitude:
                here = on_grid(longitude, latitude)
                ward = next((w for w in (W1, W2, W3, W4) if square(w).covers(here)), None)
                if district is None and ward is not None:
                    district = A
                    code = lsoa(ward, int(here.x > square(ward).centroid.x))
                if district == A and ward is None:
                    ward = min((W1, W2, W3, W4), key=lambda w: square(w).distance(here))
            elif district == A:
                ward = LSOAS[code][0]
            sums[key]["placed" if district else "not_placed"] += 1
            incident = [month, district, ward, code, category if category in PUBLISHED else UNRECOGNISED, outcome]
            incidents.append(incident)
            if crime_id:
                first_of_id[crime_id] = incident
    return sums, Counter(tuple(incident) for incident in incidents if incident[1] == A)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(street_files)
def test_loading_equals_the_slow_and_obvious_way(drawn: dict[tuple[str, str], list[tuple[list[str], str]]]) -> None:
    files = {
        key: [[values[0], key[0] if month == "own" else month, *values[2:]] for values, month in rows]
        for key, rows in drawn.items()
    }
    # At least one usable row, so that no file is only of another month and there is something to build.
    for (month, _), rows in files.items():
        rows.append(row(month=month))
    sums, incidents = slow_and_obvious(files)
    with tempfile.TemporaryDirectory() as folder:
        world = World.make(Path(folder))
        for (month, force), rows in files.items():
            world.street(rows, month=month, force=force)
        manifest = world.build().manifest
        built = world.query(
            "SELECT strftime(month, '%Y-%m'), district_code, ward_code, lsoa_code, category, coalesce(outcome, '')"
            " FROM incidents WHERE in_partnership"
        )
    assert Counter(built) == incidents
    for file in manifest["files"]:
        expected = sums[file["month"], file["force_slug"]]
        names = ("read", "kept", "repeated", "set_aside", "placed", "not_placed")
        assert {name: file[name] for name in names} == {name: expected[name] for name in names}, file["file"]


def test_the_middle_of_each_half_lies_in_it() -> None:
    """The small world itself is as it says."""
    for ward in (W1, W4):
        longitude, latitude = point(ward, 1)
        assert square(ward).contains(on_grid(longitude, latitude))
