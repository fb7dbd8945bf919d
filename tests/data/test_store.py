"""The store: one snapshot serves at any moment, whatever happens to a build."""

from __future__ import annotations

import argparse
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import data.build
from data.commands.build import add_arguments
from data.config import read_config
from data.errors import StoreError
from data.schema import FORMAT
from data.store import Store
from tests.data.world import World, row

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    world.street([row()] * 3)
    return world


def test_unchanged_inputs_build_nothing(world: World) -> None:
    first = world.build()
    again = world.build()
    assert first.is_new
    assert not again.is_new
    assert again.snapshot == first.snapshot
    assert Store(world.store).snapshots() == [first.snapshot]


def test_a_touched_but_equal_file_is_unchanged(world: World) -> None:
    first = world.build()
    os.utime(world.folder / "wards.geojson", (1, 1))
    assert world.build().snapshot == first.snapshot


def test_a_table_declared_since_builds_a_new_snapshot(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a store built before a column was declared, then the same inputs are built again."""
    with monkeypatch.context() as before:
        before.delitem(data.build.TABLES, "overlays")
        first = data.build._inputs_hash(read_config(world.config()), {})
    assert data.build._inputs_hash(read_config(world.config()), {}) != first


@pytest.mark.parametrize("changed", ["row", "configuration", "lookup"])
def test_a_changed_input_builds_a_new_snapshot(world: World, changed: str) -> None:
    first = world.build()
    if changed == "row":
        world.street([row()] * 4)
    elif changed == "configuration":
        world.more = '[[breaks]]\nlabel = "New system"\nfrom = "2025-01"\n'
    else:
        world.write("residents.csv", (world.folder / "residents.csv").read_text().replace("1000", "1001"))
    second = world.build()
    assert second.is_new
    assert second.snapshot != first.snapshot
    assert Store(world.store).current() == second.snapshot


def test_force_builds_though_nothing_changed(world: World) -> None:
    assert world.build().snapshot != world.build(force=True).snapshot


def test_keep_leaves_the_newest_snapshots(world: World) -> None:
    built = [world.build(force=True).snapshot for _ in range(3)]
    assert Store(world.store).snapshots() == built
    newest = world.build(force=True, keep=2).snapshot
    assert Store(world.store).snapshots() == [built[-1], newest]


def test_two_builds_at_once_get_a_clear_message(world: World) -> None:
    before = world.build().snapshot
    with Store(world.store).locked(), pytest.raises(StoreError, match=r"another build .*process \d+.*Wait"):
        world.build(force=True)
    assert Store(world.store).current() == before


def test_a_store_of_a_newer_format_is_left_alone(world: World) -> None:
    snapshot = world.build().snapshot
    manifest = world.store / "snapshots" / snapshot / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": FORMAT + 1}))
    with pytest.raises(StoreError, match=rf"format {FORMAT + 1}.*newer version.*Update the program"):
        world.build(force=True)


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    assert Store(tmp_path / "nowhere").current() is None
    with pytest.raises(StoreError, match=r"no store here yet.*python -m data build"):
        Store(tmp_path / "nowhere").current_manifest()


def test_a_current_that_names_nothing(world: World) -> None:
    world.build()
    (world.store / "CURRENT").write_text("20250101T000000Z-00000000\n")
    with pytest.raises(StoreError, match="not a snapshot of this store"):
        world.build()


@pytest.mark.parametrize("file", ["incidents.parquet", "areas.parquet", "manifest.json"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, where every write finds the disk full")
def test_a_full_disk_leaves_the_snapshot_that_served(world: World, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.build().snapshot
    real_write = data.build._write_snapshot

    def write_with_one_file_on_a_full_disk(config, folder, *more):  # type: ignore[no-untyped-def]
        (folder / file).symlink_to("/dev/full")
        return real_write(config, folder, *more)

    monkeypatch.setattr(data.build, "_write_snapshot", write_with_one_file_on_a_full_disk)
    with pytest.raises(StoreError, match=r"disk is full.*still does.*Make room"):
        world.build(force=True)
    assert Store(world.store).current() == before
    assert [path.name for path in (world.store / "snapshots").iterdir()] == [before]


def test_a_disk_that_fills_up_while_flushing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.build().snapshot

    def no_room(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("data.store.os.fsync", no_room)
    with pytest.raises(StoreError, match="disk is full"):
        world.build(force=True)
    assert Store(world.store).current() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL and no fork")
def test_a_build_killed_at_any_moment_leaves_a_whole_snapshot_serving(world: World) -> None:
    # Given a store that serves
    world.build()
    # When builds are killed, at chosen points and at moments of their own
    run = subprocess.run(
        [
            sys.executable,
            str(ROOT / "tests/data/killed_builds.py"),
            str(world.folder / "config.toml"),
            str(world.store),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    assert [report for report in reports if not report["killed"] and not report["point"].startswith("after")] == []
    assert sum(report["killed"] for report in reports) > 15
    # Then there was a whole snapshot after each of them
    assert [report for report in reports if not report["whole"]] == []
    # And the next build sweeps up and goes through
    last = world.build(force=True, keep=1).snapshot
    assert [path.name for path in (world.store / "snapshots").iterdir()] == [last]


def test_the_keep_argument_is_at_least_one() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["a.toml", "--store", "s", "--keep", "0"])


def test_a_store_that_may_not_be_written(world: World) -> None:
    world.write("store", "a file, not a folder")
    with pytest.raises(StoreError, match="cannot be written"):
        world.build()
