"""Evidence from the command line: the same tables as on screen, whole or named as failed."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import analytics.panels._registry as registry
from analytics.__main__ import main
from analytics.context import load_context
from analytics.exports.evidence import write_evidence
from analytics.judgement import Judgement
from analytics.panels import build_panel, panel_specs
from analytics.selection import OPTIONS, QUERY_KEYS, Selection
from data.warehouse import Warehouse

STORE = Path(__file__).parents[2] / "data" / "demo" / "store"
QUERY = "from=2024-01&to=2024-12"


def index_of(out: Path) -> dict[str, dict[str, object]]:
    entries = json.loads((out / "evidence.json").read_text(encoding="utf-8"))
    return {entry["panel_id"]: entry for entry in entries}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence of the demonstration's last year."""
    folder = tmp_path_factory.mktemp("evidence")
    assert main(["evidence", "--store", str(STORE), "--out", str(folder), "--query", QUERY]) == 0
    return folder


def test_every_registered_panel_is_there(out: Path, demo: Warehouse):
    entries = index_of(out)
    assert set(entries) == set(panel_specs())
    assert {path.name for path in out.iterdir()} == {"evidence.json", *(f"{panel_id}.csv" for panel_id in entries)}
    wanted = {"panel_id", "title", "sentence", "caveats", "sources", "snapshot", "query_string", "file", "state"}
    for entry in entries.values():
        assert wanted <= set(entry)
        assert entry["snapshot"] == demo.snapshot
        assert str(entry["query_string"]).startswith(QUERY)


def test_the_files_hold_what_the_screen_shows(out: Path, demo: Warehouse):
    selection, _ = Selection.from_query(QUERY, load_context(demo))
    for panel_id, entry in index_of(out).items():
        panel = build_panel(panel_id, demo, selection)
        assert entry["sentence"] == panel.sentence
        with (out / str(entry["file"])).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(panel.table) == entry["rows"]
        if rows:
            assert list(rows[0]) == [column.key for column in panel.columns]
        for column in panel.columns:
            if column.format == "integer":
                read = [float(row[column.key]) if row[column.key] else None for row in rows]
                shown = [None if pd.isna(value) else float(value) for value in panel.table[column.key]]
                assert read == pytest.approx(shown), (panel_id, column.key)


def test_the_columns_others_rely_on(out: Path):
    change = [
        "incidents", "population", "rate_per_1000", "lower_cl", "upper_cl", "previous", "change_pct",
        "change_lower_cl", "change_upper_cl", "verdict",
    ]  # fmt: skip
    needed = {
        "category_totals": ["category", *change],
        "ward_totals": ["ward_code", "ward_name", *change],
        "ward_category": ["ward_code", "ward_name", "category", "incidents"],
        "monthly_series": ["month", "category", "incidents"],
        "district_totals": ["district_code", "district_name", "months_present", "incidents"],
    }
    for panel_id, columns in needed.items():
        frame = pd.read_csv(out / f"{panel_id}.csv")
        assert set(columns) <= set(frame.columns), panel_id
        assert len(frame), panel_id


def test_missing_is_an_empty_cell(out: Path):
    frame = pd.read_csv(out / "district_totals.csv").set_index("district_name")
    assert frame["months_present"]["Greyminster"] == 0
    assert pd.isna(frame["incidents"]["Greyminster"])


def test_a_query_that_cannot_be_used_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str], demo: Warehouse):
    made = write_evidence(demo, tmp_path, "from=2024-13&to=2024-12&ward=E05000000&form=2024-01", panels=["files"])
    assert len(made.warnings) == 3
    assert any("form" in warning for warning in made.warnings)
    assert made.written == ("files",)


def test_every_key_a_selection_writes_is_known(demo: Warehouse):
    context = load_context(demo)
    selection = replace(
        Selection.default(context), categories=("Burglary",), wards=(context.wards[0].code,), measure="count",
        source="police", focus=context.wards[0].code, look="Burglary",
        comparison_start=context.first_month, comparison_end=context.first_month,
        at=(560_000, 180_000, 2_500), only=Selection.default(context).start, overlay="none", until=context.last_month,
        area=context.wards[0].code,
        harm="ons", compare="s2", round="1",
        **{key: choices[-1] for key, (choices, _) in OPTIONS.items()},
    )  # fmt: skip
    said = Judgement(unused=("family",), weights=(("harm", 80.0),), order=(("harm",), ("volume",)))
    written = {
        pair.split("=")[0]
        for query in (replace(selection, judgement=said).to_query(), replace(selection, session="s1").to_query())
        for pair in query.split("&")
    }
    assert written == set(QUERY_KEYS)


def test_a_panel_that_fails_is_named_and_the_others_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Given a panel whose builder breaks, then it is named, its old file goes, and the exit code is not zero."""

    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("no rows")

    specs = {panel_id: panel_specs()[panel_id] for panel_id in ("files", "breaks")}
    monkeypatch.setattr(sys.modules["analytics.exports.evidence"], "panel_specs", lambda: specs)
    arguments = ["evidence", "--store", str(STORE), "--out", str(tmp_path)]
    assert main(arguments) == 0
    assert (tmp_path / "breaks.csv").is_file()
    specs["breaks"] = replace(specs["breaks"], builder=broken)
    monkeypatch.setattr(registry, "panel_specs", lambda: specs)
    capsys.readouterr()
    assert main([*arguments, "--query", "from=2023-02&to=2023-03"]) == 1  # another question: answers are kept
    assert "panel breaks could not be worked out: ZeroDivisionError: no rows" in capsys.readouterr().err
    entries = index_of(tmp_path)
    assert (entries["breaks"]["state"], entries["breaks"]["file"]) == ("failed", None)
    assert entries["files"]["file"] == "files.csv"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.json", "files.csv"]


def test_files_of_others_in_the_folder_stay(tmp_path: Path, demo: Warehouse):
    (tmp_path / "mine.csv").write_text("a\n1\n", encoding="utf-8")
    write_evidence(demo, tmp_path, panels=["files", "breaks"])
    write_evidence(demo, tmp_path, panels=["files"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.json", "files.csv", "mine.csv"]


def test_no_store_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evidence", "--store", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("Error: ")
    assert complaint.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    assert main(["evidence", "--store", str(STORE), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
