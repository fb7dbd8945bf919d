"""The warehouse: views over the snapshot that serves; closed, thread-safe, and following new snapshots."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from data.schema import TABLES
from data.warehouse import StoreError, Warehouse
from tests.data.world import World, row


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    world.street([row()] * 3)
    world.build()
    return world


def incidents(warehouse: Warehouse) -> int:
    with warehouse.cursor() as cursor:
        [(count,)] = cursor.execute("SELECT sum(incidents) FROM counts").fetchall()
    return int(count)


def test_every_table_is_a_view_with_its_declared_columns(world: World) -> None:
    warehouse = Warehouse(world.store)
    with warehouse.cursor() as cursor:
        for table, declared in TABLES.items():
            described = cursor.execute(f"DESCRIBE {table}").fetchall()
            assert [column[0] for column in described] == list(declared.columns)
    assert warehouse.manifest["snapshot"] == warehouse.snapshot == warehouse.snapshot_dir.name


def test_a_new_snapshot_is_noticed_within_a_second(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("data.warehouse.time.monotonic", lambda: now[0])
    warehouse = Warehouse(world.store)
    assert incidents(warehouse) == 3
    world.street([row()] * 5)
    newer = world.build().snapshot
    assert not warehouse.refresh()  # it has only just looked
    now[0] += 1.1
    assert warehouse.refresh()
    assert warehouse.snapshot == newer
    assert incidents(warehouse) == 5
    now[0] += 1.1
    assert not warehouse.refresh()


def test_a_cursor_stays_with_its_snapshot(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.warehouse._LOOK_AGAIN_SECONDS", 0.0)
    warehouse = Warehouse(world.store)
    with warehouse.cursor() as cursor:
        world.street([row()] * 5)
        world.build()
        assert warehouse.refresh()
        assert cursor.execute("SELECT sum(incidents) FROM counts").fetchall() == [(3,)]
    assert incidents(warehouse) == 5


def test_a_store_that_breaks_leaves_the_open_snapshot_serving(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.warehouse._LOOK_AGAIN_SECONDS", 0.0)
    warehouse = Warehouse(world.store)
    (world.store / "CURRENT").write_text("nonsense\n")
    assert not warehouse.refresh()
    assert incidents(warehouse) == 3


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store here yet"):
        Warehouse(tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{folder}/lookup.csv')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "ATTACH '{folder}/other.db'",
    ],
)
def test_nothing_outside_the_snapshot_can_be_reached(world: World, statement: str) -> None:
    warehouse = Warehouse(world.store)
    with warehouse.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement.format(folder=world.folder)).fetchall()


def test_many_threads_get_their_own_answers(world: World) -> None:
    warehouse = Warehouse(world.store)
    answers: dict[int, set[int]] = {}

    def ask(number: int) -> None:
        found = set()
        for _ in range(30):
            with warehouse.cursor() as cursor:
                [(answer,)] = cursor.execute("SELECT sum(incidents) + $n FROM counts", {"n": number}).fetchall()
            found.add(int(answer))
        answers[number] = found

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: {3 + number} for number in range(6)}
