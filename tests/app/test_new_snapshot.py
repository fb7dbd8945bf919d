"""A new snapshot: the running app turns to it by itself, and what is asked for belongs to it."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from app import Settings, create_app
from pages._shared import server, shell

from .conftest import DEMONSTRATION

NEW = "20250301T090000Z-00000001"


def add_snapshot(store: Path) -> None:
    """A second snapshot with another name for the partnership, switched to as a build does."""
    old = (store / "CURRENT").read_text().strip()
    folder = store / "snapshots" / NEW
    shutil.copytree(store / "snapshots" / old, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["snapshot"] = NEW
    manifest["partnership"]["name"] = "Renewed Partnership"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (store / "NEXT").write_text(f"{NEW}\n")
    (store / "NEXT").replace(store / "CURRENT")


def test_the_running_app_turns_to_a_new_snapshot_within_seconds(tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(DEMONSTRATION, store)
    app = create_app(Settings(store=store))
    client = app.server.test_client()
    old = client.get("/snapshot").get_data(as_text=True).strip()
    add_snapshot(store)
    until = time.monotonic() + 5
    while client.get("/snapshot").get_data(as_text=True).strip() == old:
        assert time.monotonic() < until, "the app did not notice the new snapshot"
        time.sleep(0.1)
    assert client.get("/snapshot").get_data(as_text=True).strip() == NEW
    with app.server.test_request_context("/"):
        assert server.context().name == "Renewed Partnership"
        assert shell.arrived("/")[3]["title"] == "Overview – Renewed Partnership"
    assert f"# Snapshot: {NEW}" in client.get("/download/category_totals.csv").get_data(as_text=True)
    assert client.get(f"/geo/{old}/wards.geojson").status_code == 200
