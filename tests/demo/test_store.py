"""The committed store is what generator and build make, and a reader finds the exact truths in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.build import build
from data.check import check_store
from data.demo.extracts import FILE_DATE
from data.demo.refresh import STORE, TRUTHS, differences
from data.warehouse import Warehouse


@pytest.fixture(scope="module")
def rebuilt(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("store")
    build(extracts / "demo.toml", store, built_at=FILE_DATE)
    return store


@pytest.fixture(scope="module")
def committed_truths() -> dict[str, Any]:
    return json.loads(TRUTHS.read_text("utf-8"))


def ask(query: str, *values: str) -> pd.DataFrame:
    with Warehouse(STORE).cursor() as cursor:
        return cursor.execute(query, values).df()


def test_committed_store_equals_a_rebuilt_one(rebuilt: Path) -> None:
    """Where this fails after a change of generator, build or format: python -m data.demo.refresh, and commit."""
    assert differences(STORE, rebuilt) == []


def test_a_difference_is_found_and_named(rebuilt: Path, tmp_path: Path) -> None:
    """Given a store with one count, one boundary and one fact of the manifest changed, then each is named."""
    changed = tmp_path / "store"
    shutil.copytree(rebuilt, changed)
    [folder] = (changed / "snapshots").iterdir()
    counts = pd.read_parquet(folder / "counts.parquet")
    counts.loc[0, "incidents"] += 1
    counts.to_parquet(folder / "counts.parquet", index=False)
    (folder / "geo" / "wards.geojson").write_text("{}")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"last_month": "2025-01"}))
    found = differences(rebuilt, changed)
    assert [line.split()[0] for line in found] == ["counts:", "geo/wards.geojson", "manifest:"]


def test_committed_store_is_small_and_sound() -> None:
    files = [path for path in STORE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5_000_000
    _, failures = check_store(STORE)
    assert failures == []
    manifest = Warehouse(STORE).manifest
    assert manifest["demonstration"] is True
    assert len(manifest["months_loaded"]) == 48
    assert {source["publisher"] for source in manifest["sources"]} == {"Made up for the demonstration"}


def test_store_balances_to_the_row(committed_truths) -> None:
    totals = Warehouse(STORE).manifest["totals"]
    files = committed_truths["files"]
    for name in ("read", "kept", "repeated", "set_aside", "not_placed"):
        assert totals[name] == files[name], name


def test_store_holds_the_exact_counts(committed_truths) -> None:
    exact = committed_truths["exact"]
    by_year = ask("SELECT category, year(month) AS y, sum(incidents)::INT AS n FROM counts GROUP BY ALL")
    assert int(by_year["n"].sum()) == exact["incidents"]
    for row in by_year.itertuples():
        assert exact["by_category_and_year"][row.category][str(row.y)] == row.n
    wards = ask("SELECT ward_code, sum(incidents)::INT AS n FROM counts WHERE year(month) = 2024 GROUP BY ALL")
    assert wards.set_index("ward_code")["n"].to_dict() == exact["by_ward_2024"]
    districts = ask(
        "SELECT district_code, sum(incidents)::INT AS n FROM district_counts WHERE year(month) = 2024 GROUP BY ALL"
    )
    assert districts.set_index("district_code")["n"].to_dict() == exact["by_district_2024"]
    nearest = ask("SELECT count(*) AS n FROM incidents WHERE in_partnership AND placement = 'nearest'")
    assert nearest["n"].item() == exact["outside_every_ward"]


def test_latest_outcome_counts(committed_truths) -> None:
    for example in committed_truths["files"]["repeated_later"]:
        [row] = ask("SELECT month, outcome FROM incidents WHERE crime_id = ?", example["crime_id"]).itertuples()
        assert f"{row.month:%Y-%m}" == example["first_month"]
        assert row.outcome == example["latest_outcome"]


def test_family_and_districts_are_resolved(committed_truths) -> None:
    family = committed_truths["family"]
    members = ask("SELECT * FROM families WHERE family_name = ?", family["name"])
    assert members["member_id"].nunique() == family["members_with_us"]
    pair = family["of_two_districts"]
    assert sorted(members.loc[members["member_id"] == pair["partnership_code"], "district_code"]) == pair["districts"]
    missing = committed_truths["files"]["missing"]
    months = ask("SELECT DISTINCT strftime(month, '%Y-%m') AS m FROM coverage WHERE force = 'Norrick Police'")["m"]
    assert set(months).isdisjoint(missing["months"])
    assert len(months) == 48 - len(missing["months"])


def test_visitor_ward_break_and_quarantine_are_there(committed_truths) -> None:
    visitor = ask("SELECT code FROM areas WHERE area_type = 'ward' AND visitor_ward")["code"].tolist()
    assert visitor == [committed_truths["visitor_ward"]["ward_code"]]
    assert ask("SELECT label FROM breaks WHERE origin = 'config'")["label"].tolist() == [
        "Public spaces order, Market Quay"
    ]
    set_aside = committed_truths["files"]["set_aside_in"]
    reasons = ask("SELECT reason, count(*) AS n FROM quarantine GROUP BY ALL").set_index("reason")["n"].to_dict()
    assert reasons == {"other_month": set_aside["other_month"], "no_category": set_aside["no_category"]}


def test_margin_around_the_borough_is_filled() -> None:
    """Incidents of three neighbours lie within 1,500 m, so densities near the border are not biased."""
    margin = ask("SELECT district_code, count(*) AS n FROM incidents WHERE NOT in_partnership GROUP BY ALL")
    assert set(margin["district_code"]) == {"E07999003", "E07999017", "E07999018"}
    assert (margin["n"] > 2_000).all()
