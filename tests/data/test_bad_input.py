"""Bad input: each case one clear message with file, row and remedy, and nothing loaded before is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

from data.errors import LoadError
from geo.boundaries import BoundaryError
from tests.data.world import HEADER, W1, World, csv_text, row

NAME = "2025-01-essex-street.csv"
FILE = f"police/2025-01/{NAME}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def renamed(old: str, new: str) -> str:
    return csv_text([row()], [new if name == old else name for name in HEADER])


def without(column: str) -> str:
    at = HEADER.index(column)
    return csv_text([[*row()[:at], *row()[at + 1 :]]], [name for name in HEADER if name != column])


def truncated_zip(world: World) -> None:
    path = world.archive("police/2025.zip", {f"2025-01/{NAME}": csv_text([row(crime_id=str(n)) for n in range(500)])})
    path.write_bytes(path.read_bytes()[:-200])


def corrupted_zip(world: World) -> None:
    path = world.archive("police/2025.zip", {f"2025-01/{NAME}": csv_text([row(crime_id=str(n)) for n in range(500)])})
    content = bytearray(path.read_bytes())
    content[200:210] = b"\x00" * 10
    path.write_bytes(content)


STRUCTURAL: dict[str, tuple[Callable[[World], object], str, int | None, tuple[str, ...]]] = {
    "truncated ZIP": (truncated_zip, "2025.zip", None, ("damaged or cut short", "Download it again")),
    "damaged ZIP": (corrupted_zip, NAME, None, ("damaged or cut short", "Download it again")),
    "ZIP without a street-level member": (
        lambda world: (
            world.archive("2025.zip", {"2025-01/2025-01-essex-outcomes.csv": "Crime ID,Month\n"}),
            world.settings["extracts"].update(street_crime=["2025.zip"]),
        ),
        "2025.zip",
        None,
        ("holds no street-level file", "2025-01-essex-street.csv"),
    ),
    "folder without a street-level file": (
        lambda world: world.write("police/readme.txt", "nothing"),
        "police",
        None,
        ("holds no street-level file",),
    ),
    "a file whose name says nothing": (
        lambda world: (
            world.write("january.csv", csv_text([row()])),
            world.settings["extracts"].update(street_crime=["january.csv"]),
        ),
        "january.csv",
        None,
        ("which month and force", "Name it like"),
    ),
    "missing column": (
        lambda world: world.write(FILE, without("Crime ID")),
        NAME,
        1,
        ("no column Crime ID", "the file has Month, Reported by"),
    ),
    "renamed column": (
        lambda world: world.write(FILE, renamed("Crime type", "Crime tipe")),
        NAME,
        1,
        ("no column Crime type", "'Crime tipe' looks like Crime type"),
    ),
    "extra column": (
        lambda world: world.write(FILE, csv_text([[*row(), "x"]], [*HEADER, "Officer"])),
        NAME,
        1,
        ("'Officer'", "take the column out"),
    ),
    "repeated column": (
        lambda world: world.write(FILE, csv_text([[*row(), "x"]], [*HEADER, "Month"])),
        NAME,
        1,
        ("a repeated column",),
    ),
    "wrong encoding": (
        lambda world: world.write(FILE, csv_text([row(), row(outcome="Caf\xe9")]).encode("cp1252")),
        NAME,
        3,
        ("0xe9", "not UTF-8", "CSV UTF-8"),
    ),
    "UTF-16": (
        lambda world: world.write(FILE, csv_text([row()]).encode("utf-16")),
        NAME,
        1,
        ("UTF-16", "CSV UTF-8"),
    ),
    "empty file": (lambda world: world.write(FILE, ""), NAME, None, ("the file is empty", "take it out")),
    "header only": (lambda world: world.write(FILE, csv_text([])), NAME, 1, ("has a row", "Download")),
    "every row of another month": (
        lambda world: world.street([row(month="2025-02")] * 3),
        NAME,
        2,
        ("says 2025-01", "2025-02", "Rename it to 2025-02-essex-street.csv"),
    ),
    "an outcomes file under a street-level name": (
        lambda world: world.write(
            FILE,
            "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type\n",
        ),
        NAME,
        1,
        ("an outcomes file", "Take it out"),
    ),
    "a stop and search file under a street-level name": (
        lambda world: world.write(FILE, "Type,Date,Part of a policing operation,Latitude,Object of search\n"),
        NAME,
        1,
        ("a stop and search file",),
    ),
    "a CSV of quite another kind": (
        lambda world: world.write(FILE, "name;age\nAnn;7\n"),
        NAME,
        1,
        ("no column Crime ID", "name;age"),
    ),
}


@pytest.mark.parametrize("case", STRUCTURAL)
def test_structural_faults_stop_the_build_and_lose_nothing(world: World, case: str) -> None:
    # Given a store that serves
    good = world.street([row()])
    before = world.build().snapshot
    good.unlink()
    # When a build meets the fault
    prepare, file, line, words = STRUCTURAL[case]
    prepare(world)
    with pytest.raises(LoadError) as caught:
        world.build()
    # Then one message says which file, where, and what to do; and the store serves as before
    message = str(caught.value)
    assert file in message
    assert caught.value.row == line
    assert caught.value.remedy
    assert "\n" not in message
    for word in words:
        assert word in message
    assert (world.store / "CURRENT").read_text().strip() == before
    assert [path.name for path in (world.store / "snapshots").iterdir()] == [before]


def test_a_header_only_month_is_missing_not_zero(world: World) -> None:
    world.street([row()])
    world.street([], month="2025-02")
    manifest = world.build().manifest
    assert manifest["months_loaded"] == ["2025-01"]
    [empty] = [file for file in manifest["files"] if file["month"] == "2025-02"]
    assert empty["read"] == 0
    assert empty["warnings"][0]["code"] == "header_only"
    assert world.query("SELECT count(DISTINCT month) FROM coverage") == [(1,)]


ROWS: dict[str, tuple[list[str] | str, str, tuple[str, ...]]] = {
    "impossible month": (row(month="2025-13"), "impossible_month", ("'2025-13' is not a month",)),
    "no month": (row(month=""), "impossible_month", ("no month",)),
    "a date for a month": (row(month="01/2025"), "impossible_month", ("'01/2025'",)),
    "month of another file": (row(month="2025-02"), "other_month", ("2025-02", "2025-01")),
    "no category": (row(category="  "), "no_category", ("no crime type",)),
    "too few fields": ("a,2025-01,Essex Police", "wrong_number_of_fields", ("3 fields", "12")),
    "too many fields": (",".join([*row(), "x"]), "wrong_number_of_fields", ("13 fields",)),
    "a quotation mark left open": (",".join(row()).replace("On or near", '"On or near'), "open_quote", ("left open",)),
}


@pytest.mark.parametrize("case", ROWS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_that_cannot_be_used_are_set_aside_with_reason_file_and_line(world: World, case: str, end: str) -> None:
    bad, reason, words = ROWS[case]
    lines = [*csv_text([row(), row()]).splitlines(), bad if isinstance(bad, str) else csv_text([bad]).splitlines()[1]]
    lines.append(csv_text([row(category="Drugs", crime_id="after")]).splitlines()[1])
    text = end.join(lines) + end
    world.write(FILE, text)
    manifest = world.build().manifest
    totals = manifest["totals"]
    assert (totals["read"], totals["kept"], totals["set_aside"]) == (4, 3, 1)
    [(file, line, found, message, raw)] = world.query("SELECT file, line, reason, message, raw FROM quarantine")
    assert (file, line, found) == (f"police/2025-01/{NAME}", 4, reason)
    assert raw == text.split(end)[3]
    for word in words:
        assert word in message
    assert manifest["files"][0]["warnings"][0]["code"] == "set_aside"
    assert world.query("SELECT count(*) FROM incidents WHERE crime_id = 'after'") == [(1,)]


def test_blank_lines_are_no_rows_and_do_not_shift_line_numbers(world: World) -> None:
    lines = csv_text([row(), row(month="bad"), row()]).splitlines()
    world.write(FILE, "\n".join([lines[0], "", lines[1], "", "", lines[2], lines[3], "", ""]))
    assert world.build().manifest["totals"]["read"] == 3
    assert world.query("SELECT line FROM quarantine") == [(6,)]


def test_quoted_commas_are_text(world: World) -> None:
    quoted = row()
    quoted[6] = 'On or near "The Mews", Alder'
    world.street([quoted, row(None), quoted])
    world.build()
    assert world.query("SELECT DISTINCT location FROM incidents") == [('On or near "The Mews", Alder',)]


@pytest.mark.parametrize(
    ("end", "bom", "header"),
    [
        ("\n", b"", HEADER),
        ("\r\n", b"\xef\xbb\xbf", HEADER),
        ("\r\n", b"", [name.upper() for name in HEADER]),
        ("\n", b"", [name.replace(" ", "_").lower() for name in HEADER]),
        ("\n", b"", ["LSOA21CD" if name == "LSOA code" else name for name in HEADER]),
    ],
)
def test_line_ends_byte_order_mark_and_header_variants(world: World, end: str, bom: bytes, header: list[str]) -> None:
    world.write(FILE, bom + csv_text([row(category="Drugs", crime_id="é")] * 1 + [row()], header, end).encode())
    world.build()
    assert world.query("SELECT crime_id, category, outcome, ward_code FROM incidents ORDER BY ALL") == [
        ("é", "Drugs", None, W1),
        (None, "Anti-social behaviour", None, W1),
    ]


def test_columns_may_stand_in_any_order_and_the_unused_may_lack(world: World) -> None:
    header = [name for name in HEADER if name not in {"Context", "Falls within", "LSOA name"}][::-1]
    values = dict(zip(HEADER, row(category="Drugs", crime_id="a"), strict=True))
    world.write(FILE, csv_text([[values[name] for name in header]], header))
    world.build()
    assert world.query("SELECT crime_id, category, force, ward_code FROM incidents") == [
        ("a", "Drugs", "Essex Police", W1)
    ]


@pytest.mark.parametrize(
    "layout", ["zip", "nested zip", "folders", "plain", "glob", "zip in folder", "stored elsewhere"]
)
def test_archives_folders_and_plain_files_hold_the_same(world: World, layout: str) -> None:
    january, february = csv_text([row()] * 2), csv_text([row(month="2025-02")] * 3)
    names = (NAME, "2025-02-essex-street.csv")
    other = {"2025-01/2025-01-essex-outcomes.csv": "Crime ID\n", "readme.txt": "hello"}
    if layout == "zip":
        paths = [world.archive("p.zip", {names[0]: january, names[1]: february, **other})]
    elif layout == "nested zip":
        paths = [world.archive("p.zip", {f"a/b/2025-01/{names[0]}": january, f"c/{names[1]}": february, **other})]
    elif layout == "folders":
        world.write(f"p/x/y/{names[0]}", january), world.write(f"p/{names[1]}", february)
        paths = [world.folder / "p"]
    elif layout == "plain":
        paths = [world.write(names[0], january), world.write(names[1], february)]
    elif layout == "glob":
        world.write(f"p/{names[0]}", january), world.write(f"p/{names[1]}", february)
        paths = [world.folder / "p" / "*-street.csv"]
    elif layout == "zip in folder":
        world.archive("p/1.zip", {names[0]: january}), world.archive("p/2.zip", {names[1]: february})
        paths = [world.folder / "p"]
    else:
        paths = [world.write(f"p/{names[0]}", january), world.archive("q.zip", {names[1]: february})]
    world.settings["extracts"]["street_crime"] = [str(path.relative_to(world.folder)) for path in paths]
    manifest = world.build().manifest
    assert [(file["month"], file["force_slug"], file["read"]) for file in manifest["files"]] == [
        ("2025-01", "essex", 2),
        ("2025-02", "essex", 3),
    ]


def test_self_intersecting_boundaries_are_repaired_and_reported(world: World) -> None:
    world.street([row()])
    path = world.folder / "wards.geojson"
    content = json.loads(path.read_text())
    ring = content["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    path.write_text(json.dumps(content))
    manifest = world.build().manifest
    assert [warning["code"] for warning in manifest["warnings"]] == ["repaired_polygon"]


def test_boundaries_without_a_crs(world: World) -> None:
    world.street([row()])
    frame = gpd.read_file(world.folder / "wards.geojson").to_crs("EPSG:27700")
    frame.to_file(world.folder / "wards.shp")
    (world.folder / "wards.prj").unlink()
    world.settings["geography"]["ward_boundaries"] = ["wards.shp"]
    with pytest.raises(BoundaryError, match=r"wards\.shp.*coordinate reference system.*EPSG:27700"):
        world.build()
    world.settings["geography"]["ward_crs"] = "EPSG:27700"
    world.build()
    assert world.query("SELECT count(*) FROM areas WHERE area_type = 'ward'") == [(4,)]


def test_no_boundary_for_a_configured_district(world: World) -> None:
    world.street([row()])
    world.settings["partnership"]["districts"] = ["E06990001", "E06990002"]
    with pytest.raises(BoundaryError, match=r"wards\.geojson.*no ward boundary .* E06990002.*ward_boundaries"):
        world.build()


def test_a_district_the_lookup_does_not_know(world: World) -> None:
    world.street([row()])
    path = world.folder / "lookup.csv"
    path.write_text(path.read_text().replace("E06990001", "E06990009"))
    with pytest.raises(LoadError, match=r"lookup\.csv.*does not know .* E06990001.*year"):
        world.build()


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("residents.csv", "1000,500", "many,500", 2, "'many' in residents_census21 is not a count"),
        ("residents.csv", "1000,500", "-3,500", 2, "'-3'"),
        ("residents.csv", "1000,500", "1000", 2, "2 fields, the header 3"),
        ("lookup.csv", "LSOA21CD", "LSOA", 1, "no column LSOA21CD"),
        ("lookup-2011.csv", ",S", ",Q", 2, "'Q' is not one of U"),
        ("deprivation.csv", "10.0,1,1", "10.0,one,1", 2, "'one'"),
        ("partnerships.csv", "E22990001", "", 2, "no code in CSP24CD"),
    ],
)
def test_faults_in_reference_tables_name_the_line(
    world: World, file: str, old: str, new: str, line: int, words: str
) -> None:
    world.street([row()])
    path = world.folder / file
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(LoadError) as caught:
        world.build()
    assert caught.value.row == line
    assert words in str(caught.value)
    assert file in str(caught.value)


def test_a_repeated_code_in_a_lookup(world: World) -> None:
    world.street([row()])
    path = world.folder / "lookup.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with pytest.raises(LoadError, match="a second time"):
        world.build()
