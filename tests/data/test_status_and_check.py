"""``status`` accounts for every row of every file; ``check`` finds what is wrong with a store."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from data.__main__ import main
from data.check import check_store
from data.status import status_report
from tests.data.world import LSOA_C, World, row


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    world.street([row(), row(None), row(category="Drugs", crime_id="a"), row(month="bad"), row(None, lsoa_code=LSOA_C)])
    world.street([row(category="Drugs", crime_id="a", month="2025-02"), row(month="2025-02")], month="2025-02")
    world.build()
    return world


def test_status_as_json_balances_for_every_file(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--store", str(world.store), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    names = ("read", "kept", "repeated", "set_aside", "placed", "not_placed")
    assert [tuple(file[name] for name in names) for file in report["files"]] == [(5, 4, 0, 1, 3, 1), (2, 1, 1, 0, 1, 0)]
    assert report["totals"] == dict(zip(names, (7, 5, 1, 1, 4, 1), strict=True))
    for sums in [*report["files"], report["totals"]]:
        assert sums["read"] == sums["kept"] + sums["repeated"] + sums["set_aside"]
        assert sums["kept"] == sums["placed"] + sums["not_placed"]
    assert report["snapshot"] == (world.store / "CURRENT").read_text().strip()


def test_status_in_words(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--store", str(world.store)]) == 0
    text = capsys.readouterr().out
    assert "read = kept + repeated IDs + set aside; kept = placed + not placed" in text
    assert "police/2025-01/2025-01-essex-street.csv" in text
    assert "Every file balances." in text
    assert "Not loaded: Similar areas. Left out without it: comparison with similar areas." in text


def test_a_manifest_that_does_not_balance_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    path = world.store / "snapshots" / status_report(world.store)["snapshot"] / "manifest.json"
    path.write_text(path.read_text().replace('"kept": 4', '"kept": 5'))
    assert main(["status", "--store", str(world.store)]) == 1
    assert "DOES NOT BALANCE" in capsys.readouterr().out


def test_errors_are_one_line_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--store", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("Error: ")


def test_build_from_the_command_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    config, store = str(world.folder / "config.toml"), str(world.folder / "another")
    assert main(["build", config, "--store", store]) == 0
    out, err = capsys.readouterr()
    assert "7 rows read = 5 kept + 1 repeated + 1 set aside" in out
    assert "1 row was set aside (1 impossible_month)" in out
    assert "Street-level files: 2 files, 7 rows" in err  # plain lines, as this is no terminal
    assert "\r" not in err
    assert main(["build", config, "--store", store]) == 0
    assert "Nothing has changed" in capsys.readouterr().out


def test_a_sound_store_keeps_all_rules(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--store", str(world.store)]) == 0
    assert "all kept" in capsys.readouterr().out


TAMPERING = {
    "DELETE FROM counts WHERE month = '2025-02-01'": {"counts_equal_incidents", "district_counts_equal_counts"},
    "UPDATE counts SET ward_code = 'E05000000'": {"counts_equal_incidents", "known_codes"},
    "INSERT INTO district_counts VALUES ('2025-03-01', 'E06999999', 'Piracy', 'police', 1)": {
        "placed_rows",
        "known_codes",
        "known_categories",
    },
    "UPDATE coverage SET kept = kept + 1": {"balanced_files"},
    "DELETE FROM quarantine": {"set_aside_rows"},
    "UPDATE incidents SET crime_id = 'same'": {"crime_ids_once"},
    "UPDATE incidents SET easting = NULL": {"points"},
    "UPDATE incidents SET category = NULL": {"required_values", "counts_equal_incidents"},
    "INSERT INTO districts FROM districts": {"unique_keys"},
    "UPDATE incidents SET month = '2019-01-01'": {"incidents_in_loaded_months", "counts_equal_incidents"},
    "ALTER TABLE counts DROP source": {"tables"},
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_a_tampered_store_breaks_rules(world: World, statement: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = world.store / "snapshots" / status_report(world.store)["snapshot"]
    table = next(word for word in statement.split() if (folder / f"{word}.parquet").exists())
    with duckdb.connect() as connection:
        path = folder / f"{table}.parquet"
        connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{path}')")
        connection.execute(statement)
        connection.execute(f"COPY {table} TO '{path}' (FORMAT parquet)")
    _, failures = check_store(world.store)
    assert TAMPERING[statement] <= {failure.rule for failure in failures}
    assert main(["check", "--store", str(world.store)]) == 1
    assert "broken" in capsys.readouterr().out


def test_a_missing_table_is_one_broken_rule(world: World) -> None:
    (world.store / "snapshots" / status_report(world.store)["snapshot"] / "families.parquet").unlink()
    rules, failures = check_store(world.store)
    assert rules == ["tables"]
    assert [failure.message for failure in failures] == ["families.parquet is missing"]
