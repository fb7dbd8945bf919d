"""Police recorded crime by partnership: every vintage read alike, every name placed, and no missing figure a zero."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from analytics.queries.reconciliation import reconciliation, recorded_members
from data.check import check_store
from data.config import Config, Partnership
from data.errors import LoadError
from data.partnership_names import PartnershipNames
from data.progress import Progress
from data.recorded_crime import FIGURE_STATES, RecordedCrime, load_recorded_crime
from data.reference import categories, offence_categories, partnership_names
from data.sources import partnership_lookup
from data.sources.recorded_crime import read
from data.warehouse import Warehouse
from tests.data.home_office import (
    NEW_HEADER,
    NOTES,
    OLD_HEADER,
    Row,
    counted,
    every_quarter,
    tables,
    write_csv,
    write_ods,
    write_xlsx,
)
from tests.data.world import A, B, World, row

KENT, DORSET, BUCKS, DEVON = "Kent", "Dorset", "Thames Valley", "Devon & Cornwall"
LOOKUP = [  # district code and name, partnership code and name, force
    ("E07000106", "Canterbury", "E22000140", "Canterbury", KENT),
    ("E06000035", "Medway", "E22000145", "Medway", KENT),
    ("E07000114", "Thanet", "E22000149", "Thanet", KENT),
    ("E07000112", "Folkestone and Hythe", "E22000146", "Shepway", KENT),
    ("E06000060", "Buckinghamshire", "E22000303", "Aylesbury Vale", BUCKS),
    ("E06000060", "Buckinghamshire", "E22000306", "Chiltern", BUCKS),
    ("E06000060", "Buckinghamshire", "E22000311", "South Bucks", BUCKS),
    ("E06000060", "Buckinghamshire", "E22000318", "Wycombe", BUCKS),
    ("E07000178", "Oxford", "E22000310", "Oxford", BUCKS),
    ("E06000058", "Bournemouth, Christchurch and Poole", "E22000063", "Bournemouth", DORSET),
    ("E06000058", "Bournemouth, Christchurch and Poole", "E22000067", "Poole", DORSET),
    ("E06000058", "Bournemouth, Christchurch and Poole", "E22000367", "Dorset", DORSET),
    ("E06000059", "Dorset", "E22000367", "Dorset", DORSET),
    ("E07000043", "North Devon", "E22000363", "North Devon", DEVON),
    ("E07000046", "Torridge", "E22000363", "North Devon", DEVON),
    ("E06000066", "Somerset", "E22000376", "Somerset", "Avon and Somerset"),
    ("E06000023", "Bristol, City of", "E22000020", "Bristol, City of", "Avon and Somerset"),
    ("E09000001", "City of London", "E22000020L", "City of London", "London, City of"),
]
KENT_ROWS = [row for name in ("Canterbury", "Medway", "Thanet", "Folkestone and Hythe") for row in every_quarter(name)]


@pytest.fixture
def lookup() -> pd.DataFrame:
    columns = ["district_code", "district_name", "partnership_code", "partnership_name", "pfa_name"]
    return pd.DataFrame(LOOKUP, columns=columns)


@dataclass
class Loaded:
    """What was loaded, with its two tables."""

    result: RecordedCrime
    connection: duckdb.DuckDBPyConnection

    def states(self, year: str = "2025/26") -> dict[str, str]:
        """State by name."""
        found = self.connection.execute(
            "SELECT partnership_name, state FROM recorded_crime_states WHERE year = ?", [year]
        )
        return dict(found.fetchall())

    def note(self, name: str, year: str = "2025/26") -> str:
        [(note,)] = self.connection.execute(
            "SELECT note FROM recorded_crime_states WHERE partnership_name = ? AND year = ?", [name, year]
        ).fetchall()
        return str(note)

    def quarters(self, name: str, year: str = "2025/26") -> int:
        [(quarters,)] = self.connection.execute(
            "SELECT quarters FROM recorded_crime_states WHERE partnership_name = ? AND year = ?", [name, year]
        ).fetchall()
        return int(quarters)

    def figures(self, name: str) -> dict[date, int]:
        """Sum of what counts as a figure, by quarter."""
        found = self.connection.execute(
            """
            SELECT quarter_start, sum(incidents)::INTEGER FROM recorded_crime
            WHERE partnership_name = ? AND state = ANY(?) GROUP BY ALL ORDER BY ALL
            """,
            [name, list(FIGURE_STATES)],
        )
        return dict(found.fetchall())

    def total(self) -> int:
        [(total,)] = self.connection.execute("SELECT sum(incidents)::INTEGER FROM recorded_crime").fetchall()
        return int(total)

    def warnings(self, code: str) -> list[dict[str, Any]]:
        return [warning for warning in self.result.warnings if warning["code"] == code]


Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path, lookup: pd.DataFrame) -> Load:
    def loaded(*files: Path, partnerships: pd.DataFrame | None = lookup) -> Loaded:
        config = Config(
            path=tmp_path / "config.toml",
            partnership=Partnership("Medway", "Medway", ("E06000035",)),
            files={"recorded_crime": files} if files else {},
        )
        connection = duckdb.connect()
        return Loaded(load_recorded_crime(connection, config, partnerships, Progress(io.StringIO())), connection)

    return loaded


@pytest.fixture
def given(tmp_path: Path, load: Load) -> Load:
    """Load rows in a file of today's layout."""

    def of_rows(rows: Iterable[Row], **how: Any) -> Loaded:
        return load(tables(tmp_path / "prc-csp-mar2021-mar2026-tables-230726.ods", rows, **how))

    return of_rows


# Reading


def as_in_sheets(rows: Sequence[Row]) -> dict[str, list[Row]]:
    return {"Notes": NOTES, "2025_26": [NEW_HEADER, *rows]}


def numbers_as_cells(rows: Iterable[Row]) -> list[Row]:
    """The same rows where the program that wrote them took codes for numbers."""
    return [[float(v) if str(v) in {"46", "37.2"} else v for v in row] for row in rows]


ROWS = [
    counted("Medway", 12),
    counted("Medway", -3, quarter=2, code="37.2"),
    counted("Thanet", 0, quarter=4, code="1/4.1/4.10/4.2"),
]
VINTAGES: dict[str, Callable[[Path], Path]] = {
    "ODS of today": lambda folder: write_ods(folder / "new.ods", as_in_sheets(ROWS)),
    "ODS with codes as numbers": lambda folder: write_ods(folder / "n.ods", as_in_sheets(numbers_as_cells(ROWS))),
    "ODS with a title above the header": lambda folder: write_ods(
        folder / "title.ods", {"2025_26": [["Table 1: recorded crime"], [], NEW_HEADER, *ROWS, [], ["", ""]]}
    ),
    "XLSX with old headings": lambda folder: write_xlsx(
        folder / "old.xlsx", {"Information": NOTES, "2025-26": [OLD_HEADER, *ROWS]}
    ),
    "XLSX with quarters in words and a column more": lambda folder: write_xlsx(
        folder / "q.xlsx",
        {"FY 2025_26 ": [["Region", *NEW_HEADER], *(["South", row[0], f"Q{row[1]}", *row[2:]] for row in ROWS)]},
    ),
    "CSV": lambda folder: write_csv(folder / "old.csv", [OLD_HEADER, *ROWS]),
    "CSV with thousands and blanks": lambda folder: write_csv(
        folder / "o.csv",
        [[name.upper() for name in OLD_HEADER], *([f" {cell} " for cell in row] for row in ROWS)],
    ),
}


@pytest.mark.parametrize("vintage", VINTAGES)
def test_every_vintage_reads_alike(vintage: str, tmp_path: Path) -> None:
    rows = read(VINTAGES[vintage](tmp_path)).rows.drop_columns(["sheet", "line"]).to_pylist()
    description = {"46": "Shoplifting", "37.2": "Aggravated vehicle taking", "1/4.1/4.10/4.2": "Homicide"}
    assert [
        (row["year"], row["quarter"], row["force"], row["partnership"], row["offence_code"], row["incidents"])
        for row in rows
    ] == [
        (2025, 1, "Kent", "Medway", "46", 12),
        (2025, 2, "Kent", "Medway", "37.2", -3),
        (2025, 4, "Kent", "Thanet", "1/4.1/4.10/4.2", 0),
    ]
    assert [row["offence_description"] for row in rows] == [description[row["offence_code"]] for row in rows]


def test_one_sheet_per_year_however_named_and_lines_as_in_the_sheet(tmp_path: Path) -> None:
    old = counted("Medway", 7, year="2002/03")
    path = write_xlsx(
        tmp_path / "prc-csp-0203.xlsx",
        {"2002-03": [OLD_HEADER, old], "2018_19": [["title"], NEW_HEADER, counted("Medway", 8, year="2018/19")]},
    )
    rows = read(path).rows
    assert rows["year"].to_pylist() == [2002, 2018]
    assert rows["sheet"].to_pylist() == ["2002-03", "2018_19"]
    assert rows["line"].to_pylist() == [2, 3]


def test_the_notes_give_the_date_of_update_and_what_forces_said(tmp_path: Path) -> None:
    path = tables(tmp_path / "prc.ods", ROWS, force_notes=["Kent: a new system since May 2025."])
    file = read(path)
    assert file.updated == date(2026, 7, 23)
    assert file.quality_notes == ("Kent: a new system since May 2025.",)
    assert "See the user guide." in file.notes


def test_without_notes_the_date_is_that_of_the_file_name(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "prc-csp-mar16-mar20-tables-290126.ods", {"2025_26": [NEW_HEADER, *ROWS]})
    assert read(path).updated == date(2026, 1, 29)
    assert read(write_csv(tmp_path / "prc-csp-1112-1415-tables.csv", [OLD_HEADER, *ROWS])).updated is None


def test_rows_without_a_count_are_set_aside_and_never_zero(tmp_path: Path, load: Load) -> None:
    rows = [
        counted("Medway", 5),
        counted("Medway", "..", quarter=2),
        counted("Medway", "", quarter=3),
        counted("Medway", 1, quarter=7),
        counted("", 3, quarter=1),
        ["Total", "", "", "", "", "", "", "", 9],
    ]
    loaded = load(write_ods(tmp_path / "prc.ods", {"2025_26": [NEW_HEADER, *rows]}))
    aside = loaded.result.quarantine
    assert list(aside["reason"]) == ["no_count", "no_count", "impossible_quarter", "no_partnership", "impossible_year"]
    assert list(aside["line"]) == [3, 4, 5, 6, 7]
    assert set(aside["file"]) == {"prc.ods/2025_26"}
    assert aside["value"].iloc[0] == ".."
    assert aside["raw"].iloc[0].startswith("2025/26,2,Kent,Medway")
    [entry] = loaded.result.entries.values()
    assert (entry["read"], entry["kept"], entry["set_aside"], entry["replaced"]) == (6, 1, 5, 0)
    assert loaded.figures("Medway") == {date(2025, 4, 1): 5}
    [warning] = loaded.warnings("set_aside")
    assert warning["row"] == 3


def test_negative_corrections_are_kept_and_counted(given: Load) -> None:
    loaded = given([*KENT_ROWS, counted("Medway", -30), counted("Thanet", -2, quarter=4, code="105A")])
    assert loaded.figures("Medway")[date(2025, 4, 1)] == 70
    [warning] = loaded.warnings("negative_counts")
    assert "2 rows are negative, together -32" in warning["message"]


def test_a_sheet_named_after_another_year_is_reported_and_its_rows_count(tmp_path: Path, load: Load) -> None:
    loaded = load(write_ods(tmp_path / "a.ods", {"2024_25": [NEW_HEADER, *KENT_ROWS]}))
    assert loaded.states()["Medway"] == "published"
    [warning] = loaded.warnings("other_year")
    assert (warning["file"], warning["row"]) == ("a.ods/2024_25", 2)


def test_of_two_files_with_the_same_year_the_one_updated_last_counts(tmp_path: Path, load: Load) -> None:
    newer = tables(tmp_path / "a.ods", [counted("Medway", 20)], updated="29 October 2026")
    older = tables(tmp_path / "b.ods", [counted("Medway", 10), counted("Medway", 1, year="2024/25")])
    loaded = load(newer, older)
    assert loaded.figures("Medway") == {date(2024, 4, 1): 1, date(2025, 4, 1): 20}
    [warning] = loaded.warnings("replaced")
    assert warning["file"] == "b.ods"
    assert "2025/26 not read: a.ods" in warning["message"]
    assert loaded.result.entries[older]["replaced"] == 1


def broken(tmp_path: Path) -> Path:
    path = tables(tmp_path / "prc.ods", KENT_ROWS)
    path.write_bytes(path.read_bytes()[:-300])
    return path


def no_spreadsheet(tmp_path: Path) -> Path:
    path = tmp_path / "prc.ods"
    path.write_text("<html>Not found</html>")
    return path


BAD: dict[str, tuple[Callable[[Path], Path], int | None, tuple[str, ...]]] = {
    "cut short": (broken, None, ("damaged", "Download it again")),
    "a web page": (no_spreadsheet, None, ("damaged or is no spreadsheet", "Download it again")),
    "no such file": (lambda folder: folder / "prc.ods", None, ("no such file", "[extracts] recorded_crime")),
    "empty CSV": (lambda folder: write_csv(folder / "prc.csv", []), None, ("empty", "Download it again")),
    "header only": (
        lambda folder: write_ods(folder / "prc.ods", {"2025_26": [NEW_HEADER]}),
        None,
        ("no row that can be used",),
    ),
    "no usable row": (
        lambda folder: write_ods(folder / "prc.ods", {"2025_26": [NEW_HEADER, counted("Medway", "x")]}),
        2,
        ("'x' is not a count",),
    ),
    "another table": (
        lambda folder: write_ods(folder / "prc.ods", {"Notes": NOTES, "Table 1": [["Force", "Total"], ["Kent", 3]]}),
        None,
        ("no sheet holds", "Notes, Table 1", "prc-csp-"),
    ),
    "a column short": (
        lambda folder: write_ods(folder / "prc.ods", {"2025_26": [NEW_HEADER[:-1], *(row[:-1] for row in ROWS)]}),
        1,
        ("no column Offence Count", "rename the column"),
    ),
    "a year's sheet without a header": (
        lambda folder: write_ods(folder / "prc.ods", {"2025_26": [["Kent", 3]]}),
        1,
        ("no column Financial Year",),
    ),
    "a document": (
        lambda folder: write_csv(folder / "prc.docx", [NEW_HEADER]),
        None,
        ("cannot be read", ".ods, .xlsx or .csv"),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_one_clear_message(case: str, tmp_path: Path) -> None:
    make, line, words = BAD[case]
    with pytest.raises(LoadError) as caught:
        read(make(tmp_path))
    assert caught.value.row == line
    assert "prc." in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_without_a_lookup_names_cannot_be_matched(tmp_path: Path, load: Load) -> None:
    with pytest.raises(LoadError, match="partnership_lookup"):
        load(tables(tmp_path / "a.ods", KENT_ROWS), partnerships=None)


# Names


@pytest.mark.parametrize(
    ("published", "name"),
    [
        ("Medway", "Medway"),
        ("MEDWAY ", "Medway"),
        ("Medway Community Safety Partnership", "Medway"),
        ("Bristol, City of", "Bristol, City of"),
        ("City of Bristol", "Bristol, City of"),
        ("Bristol", "Bristol, City of"),
        ("London, City of", "City of London"),
        ("Folkestone and Hythe", "Shepway"),
        ("Folkestone & Hythe", "Shepway"),
        ("Northern Devon", "North Devon"),
        ("North Devon", "North Devon"),
    ],
)
def test_names_of_other_spelling_are_matched(published: str, name: str, given: Load) -> None:
    loaded = given(every_quarter(published))
    assert loaded.states()[name] == "published"
    assert sum(loaded.figures(name).values()) == 400
    assert loaded.warnings("unmatched_partnership") == []


def test_unknown_names_are_kept_without_a_partnership_and_reported(given: Load) -> None:
    loaded = given([*KENT_ROWS, *every_quarter("Atlantis", 5)])
    [warning] = loaded.warnings("unmatched_partnership")
    assert "'Atlantis' (Kent): 4 rows, 20 offences" in warning["message"]
    assert (warning["file"].split("/")[-1], warning["row"]) == ("2025_26", 18)
    assert loaded.states()["Atlantis"] == "unmatched"
    assert loaded.figures("Atlantis") == {}
    assert loaded.total() == 1620


def test_a_new_unitary_published_as_its_old_districts_is_their_sum(given: Load) -> None:
    loaded = given(
        [
            *every_quarter("Aylesbury Vale", 10, force=BUCKS),
            *every_quarter("Chiltern", 20, force=BUCKS),
            *every_quarter("South Bucks", 30, force=BUCKS),
            *every_quarter("Wycombe", 40, force=BUCKS),
        ]
    )
    assert loaded.states()["Buckinghamshire"] == "summed"
    assert set(loaded.figures("Buckinghamshire").values()) == {100}
    assert "Aylesbury Vale, Chiltern, South Bucks, Wycombe" in loaded.note("Buckinghamshire")
    assert "Chiltern" not in loaded.states()


def test_a_sum_with_a_part_missing_is_no_figure(given: Load) -> None:
    rows = [row for name in ("Aylesbury Vale", "Chiltern", "South Bucks") for row in every_quarter(name, force=BUCKS)]
    loaded = given([*rows, counted("Wycombe", 5, force=BUCKS)])
    assert loaded.states()["Buckinghamshire"] == "incomplete"
    assert loaded.note("Buckinghamshire").startswith("Q2, Q3, Q4: published as Aylesbury Vale")
    assert loaded.quarters("Buckinghamshire") == 1
    assert list(loaded.figures("Buckinghamshire")) == [date(2025, 4, 1)]


def test_a_new_unitary_published_as_itself_needs_no_sum(given: Load) -> None:
    assert given(every_quarter("Buckinghamshire", force=BUCKS)).states()["Buckinghamshire"] == "published"


def test_the_declared_table_sums_where_the_lookup_already_knows_the_new_unitary(given: Load) -> None:
    rows = [
        row
        for name in (
            "Somerset East_Mendip",
            "Sedgemoor",
            "Somerset East_South Somerset",
            "Taunton Deane",
            "West Somerset",
        )
        for row in every_quarter(name, 2, force="Avon and Somerset")
    ]
    loaded = given(rows)
    assert loaded.states()["Somerset"] == "summed"
    assert set(loaded.figures("Somerset").values()) == {10}
    assert given(rows[4:]).states()["Somerset"] == "incomplete"
    assert given([*rows, *every_quarter("Somerset", 9, force="Avon and Somerset")]).states()["Somerset"] == "incomplete"


def test_a_district_and_a_partnership_of_the_same_name_are_told_apart(given: Load) -> None:
    both = [*every_quarter("North Devon", 3, force=DEVON), *every_quarter("Torridge", 4, force=DEVON)]
    loaded = given(both)
    assert loaded.states()["North Devon"] == "summed"
    assert set(loaded.figures("North Devon").values()) == {7}
    assert given(both[4:]).states()["North Devon"] == "incomplete"


def test_a_district_split_over_shared_partnerships_has_no_figure(given: Load) -> None:
    loaded = given([row for name in ("Bournemouth", "Poole", "Dorset") for row in every_quarter(name, force=DORSET)])
    states = loaded.states()
    assert {states[name] for name in ("Bournemouth", "Poole", "Dorset")} == {"split"}
    assert loaded.figures("Bournemouth") == {}
    assert "Bournemouth, Christchurch and Poole is split" in loaded.note("Poole")


# Unassigned counts

KENT_NOTE = (
    "Kent: Due to ongoing IT issues, offences in Medway and Thanet in the year ending March 2026 "
    "are recorded under 'Unassigned Kent'."
)


def unassigned(count: int, quarters: Iterable[int] = (1, 2, 3, 4)) -> list[list[str | int]]:
    return [counted("Unassigned Kent", count, quarter=quarter) for quarter in quarters]


def test_a_partnership_named_in_the_notes_has_no_usable_figure(given: Load) -> None:
    loaded = given([*KENT_ROWS, *unassigned(300)], force_notes=[KENT_NOTE])
    states = loaded.states()
    assert (states["Medway"], states["Thanet"]) == ("unassigned", "unassigned")
    assert (states["Canterbury"], states["Shepway"]) == ("published", "published")
    assert loaded.figures("Medway") == {}
    assert loaded.quarters("Medway") == 0
    assert "the publisher's notes name this partnership" in loaded.note("Medway")
    assert states["Unassigned Kent"] == "unassigned"
    assert "1,200 offences, 42.9% of the force's" in loaded.note("Unassigned Kent")
    assert loaded.total() == 2800


def test_a_note_of_another_year_does_not_count(given: Load) -> None:
    note = KENT_NOTE.replace("2026", "2025")
    assert given([*KENT_ROWS, *unassigned(2)], force_notes=[note]).states()["Medway"] == "published"


def test_only_the_quarters_with_unassigned_counts_are_spoilt(given: Load) -> None:
    loaded = given([*KENT_ROWS, *unassigned(90, quarters=[4])], force_notes=[KENT_NOTE])
    assert loaded.states()["Medway"] == "unassigned"
    assert loaded.note("Medway").startswith("Q4: 90 offences")
    assert loaded.quarters("Medway") == 3
    assert date(2026, 1, 1) not in loaded.figures("Medway")


def test_no_rows_while_the_force_has_unassigned_counts_is_unassigned_not_zero(given: Load) -> None:
    without = [row for row in KENT_ROWS if row[3] != "Medway"]
    loaded = given([*without, *unassigned(3)])
    assert loaded.states()["Medway"] == "unassigned"
    assert "no rows of its own" in loaded.note("Medway")
    assert loaded.states()["Thanet"] == "published"
    assert loaded.figures("Medway") == {}


def test_large_unassigned_counts_nobody_owns_up_to_spoil_the_whole_force(given: Load) -> None:
    # 22 of 422 is 5.2 %, 20 of 420 is 4.8 %
    spoilt, usable = given([*KENT_ROWS, *unassigned(22)]), given([*KENT_ROWS, *unassigned(20)])
    assert {spoilt.states()[name] for name in ("Canterbury", "Medway", "Thanet", "Shepway")} == {"unassigned"}
    assert "does not say whose" in spoilt.note("Medway")
    assert {usable.states()[name] for name in ("Canterbury", "Medway", "Thanet", "Shepway")} == {"published"}
    assert usable.states()["Unassigned Kent"] == "unassigned"


def test_a_lookup_without_forces_takes_them_from_the_tables(tmp_path: Path, load: Load, lookup: pd.DataFrame) -> None:
    path = tables(tmp_path / "prc.ods", [*KENT_ROWS, *unassigned(90), *every_quarter("Oxford", force=BUCKS)])
    states = load(path, partnerships=lookup.assign(pfa_name=None)).states()
    assert (states["Medway"], states["Oxford"]) == ("unassigned", "published")


def test_another_force_is_not_touched(given: Load) -> None:
    loaded = given([*KENT_ROWS, *unassigned(500), *every_quarter("Oxford", force=BUCKS)])
    assert loaded.states()["Oxford"] == "published"


def test_a_note_without_a_period_counts_where_the_unassigned_counts_are_large(given: Load) -> None:
    note = "Kent: some offences of Medway are under Unassigned Kent."
    assert given([*KENT_ROWS, *unassigned(4)], force_notes=[note]).states()["Medway"] == "published"
    loaded = given([*KENT_ROWS, *unassigned(40)], force_notes=[note])
    assert (loaded.states()["Medway"], loaded.states()["Thanet"]) == ("unassigned", "published")


def test_a_partnership_without_rows_is_missing_not_zero(given: Load) -> None:
    loaded = given([row for row in KENT_ROWS if row[3] != "Medway"])
    assert loaded.states()["Medway"] == "missing"
    assert loaded.quarters("Medway") == 0
    one = given([row for row in KENT_ROWS if (row[3], row[1]) != ("Medway", 3)])
    assert one.states()["Medway"] == "incomplete"
    assert one.note("Medway") == "Q3: not in the file"


# Reference tables


def test_every_offence_belongs_to_a_published_category_and_agrees_with_its_subgroup() -> None:
    known = {category.category for category in categories() if not category.is_asb}
    of_subgroup = {entry.offence_subgroup: entry.category for entry in offence_categories() if not entry.offence_code}
    codes = [entry.offence_code for entry in offence_categories() if entry.offence_code]
    assert len(codes) == len(set(codes)) > 130
    for entry in offence_categories():
        assert entry.category in known
        assert entry.source
        assert of_subgroup.get(entry.offence_subgroup, entry.category) == entry.category


def test_declared_names_are_unique_within_what_they_make() -> None:
    pairs = [(entry.published_name, entry.becomes, entry.published_as) for entry in partnership_names()]
    assert len(pairs) == len(set(pairs))
    assert all(entry.source for entry in partnership_names())
    other_names = [entry.becomes for entry in partnership_names() if entry.published_as.endswith("name")]
    assert len(other_names) == len(set(other_names)), "two other names in one set would both have to be published"


@pytest.mark.shared_data
def test_every_partnership_of_the_official_lookup_is_known_by_its_name(shared_data: Path) -> None:
    frame = partnership_lookup.read(shared_data / "lookups" / "lad24_csp24_pfa24.csv")
    names = PartnershipNames(frame)
    assert [name for name in frame["partnership_name"] if names.unit_of(name) is None] == []
    by_note = [unit.name for unit in names.units.values() if unit.note]
    assert sorted(by_note) == ["Bournemouth", "Dorset", "Poole"]
    districts = [unit.name for code, unit in names.units.items() if code in set(frame["district_code"])]
    assert sorted(districts) == [
        "Buckinghamshire", "Cumberland", "East Suffolk", "North Northamptonshire", "West Northamptonshire",
        "Westmorland and Furness",
    ]  # fmt: skip
    # As the Home Office writes them
    for name in ("London, City of", "Folkestone and Hythe", "Northern Devon", "St Helens", "Kings Lynn & West Norfolk"):
        assert names.unit_of(name) is not None


# In a store


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    for month in ("2025-04", "2025-05", "2025-06", "2025-07"):
        rows = [
            row(month=month),
            row(month=month, crime_id=f"{month}a", category="Shoplifting"),
            row(month=month, crime_id=f"{month}b", category="Burglary"),
        ]
        world.street(rows, month=month)
    return world


def test_nothing_configured_leaves_empty_tables(world: World) -> None:
    result = world.build()
    assert world.query("SELECT count(*) FROM recorded_crime") == [(0,)]
    assert world.query("SELECT count(*) FROM recorded_crime_states") == [(0,)]
    assert "recorded_crime" in {absent["source"] for absent in result.manifest["absent"]}
    with Warehouse(world.store).cursor() as cursor:
        assert reconciliation(cursor, [A], [date(2025, 4, 1)]).empty


def test_a_store_built_before_these_tables_is_read_with_them_empty(world: World) -> None:
    world.build()
    for path in world.store.rglob("recorded_crime*.parquet"):
        path.unlink()
    with Warehouse(world.store).cursor() as cursor:
        assert cursor.execute("SELECT count(*), any_value(quarter_start) FROM recorded_crime").fetchall() == [(0, None)]
    assert check_store(world.store)[1] == []


@pytest.fixture
def both(world: World) -> World:
    """The small world with the tables of its partnership Alder and Beck, and of Cole."""
    essex = {"force": "Essex"}
    rows = [
        *(counted("Alder and Beck", 5, quarter=quarter, **essex) for quarter in (1, 2)),
        counted("Alder and Beck", 7, code="28Z", **essex),
        counted("Alder and Beck", 2, code="999", **essex),
        counted("Alder and Beck", -1, code="105A", **essex),
        counted("Alder and Beck", "?", **essex),
        *every_quarter("Cole"),
    ]
    tables(world.folder / "prc-csp-mar2021-mar2026-tables-230726.ods", rows, force_notes=["Kent: nothing."])
    world.settings["extracts"]["recorded_crime"] = ["prc-csp-*.ods"]
    return world


def test_a_store_holds_the_tables_and_the_manifest_says_where_they_come_from(both: World) -> None:
    manifest = both.build().manifest
    [source] = [source for source in manifest["sources"] if source["source"] == "recorded_crime"]
    assert (source["publisher"], source["rows_read"], source["set_aside"]) == ("Home Office", 10, 1)
    assert source["covers"] == "April 2025 to March 2026"
    assert source["note"] == "Updated 23 July 2026.\nKent: nothing."
    assert both.query("SELECT DISTINCT force FROM recorded_crime ORDER BY 1") == [("Essex Police",), ("Kent Police",)]
    assert both.query("SELECT file, line, reason FROM quarantine WHERE source_name = 'recorded_crime'") == [
        ("prc-csp-mar2021-mar2026-tables-230726.ods/2025_26", 7, "no_count")
    ]
    assert {warning["code"] for warning in manifest["warnings"]} >= {"set_aside", "negative_counts"}
    assert check_store(both.store)[1] == []


def test_a_member_with_part_of_a_partnership_has_no_figure_of_its_own(both: World) -> None:
    both.build()
    with Warehouse(both.store).cursor() as cursor:
        found = recorded_members(cursor, {"alder": [A], "both": [A, B], "cole": ["E07990003"], "far": ["E06999999"]})
    by_member = found.set_index("member_id")
    assert by_member["state"].to_dict() == {"alder": "shared", "both": "incomplete", "cole": "published"}
    assert by_member["quarters"].to_dict() == {"alder": 0, "both": 2, "cole": 4}
    assert by_member.at["alder", "note"] == "published only with other districts, as Alder and Beck"


def test_reconciliation_sets_whole_quarters_of_both_side_by_side(tmp_path: Path, both: World) -> None:
    # Given a partnership of both districts; April to July 2025 is loaded, so of the quarters only the first is whole
    world = World.make(tmp_path, districts=(A, B))
    world.settings["extracts"]["recorded_crime"] = ["prc-csp-*.ods"]
    world.build()
    months = [date(2025, month, 1) for month in (4, 5, 6, 7)]
    with Warehouse(world.store).cursor() as cursor:
        found = reconciliation(cursor, [A, B], months)
        none = reconciliation(cursor, [A, B], months[1:])
        shared = reconciliation(cursor, [A], months)
    # Then each category of that quarter has both counts, and ASB none in the Home Office's
    assert set(found["year"]) == {"2025/26"}
    assert set(found["quarters"]) == {"Q1"}
    counts = {entry.category: (entry.recorded, entry.street) for entry in found.itertuples()}
    assert counts["Shoplifting"] == (5, 3)
    assert counts["Burglary"] == (7, 3)
    assert counts["Violence and sexual offences"] == (-1, 0)
    assert counts["Drugs"] == (0, 0)
    assert counts["Other (unrecognised)"] == (2, 0)
    assert pd.isna(counts["Anti-social behaviour"][0])
    assert counts["Anti-social behaviour"][1] == 3
    # And where no quarter is whole in both, or the figure is shared with others, there is none
    assert none["recorded"].isna().all()
    assert none["street"].isna().all()
    assert set(shared["state"]) == {"shared"}
    assert shared["recorded"].isna().all()
