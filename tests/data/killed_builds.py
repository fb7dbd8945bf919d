"""Run as a program: kills builds with SIGKILL at many points and reports what each left behind, as JSON lines.

Usage: ``killed_builds.py CONFIG STORE``. Each build runs in a forked child; libraries are imported once, no threads run
before the forks.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import data.build
from data.store import Store

POINTS = [
    "data.build.find_extracts",
    "data.build.load_street_rows",
    "data.snapshot.place_rows",
    "data.snapshot.write_street_tables",
    "data.snapshot.write_areas",
    "data.snapshot.write_outline",
    "data.snapshot.build_manifest",
    "data.build.Store.finish",
    "data.store._flush",
    "data.store.Path.rename",
    "data.store.Path.replace",
    "data.build.Store.prune",
    "data.store.shutil.rmtree",
]
"""Killed on entering each of these."""

SECONDS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4]
"""Killed this long after its start."""


def child(work: Callable[[], object]) -> int:
    """Run work in a forked child; its exit status."""
    pid = os.fork()
    if pid == 0:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        work()
        os._exit(0)
    return pid


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def build_and_die_at(point: str) -> None:
    owner_name, _, name = point.rpartition(".")
    try:
        owner: Any = importlib.import_module(owner_name)
    except ModuleNotFoundError:
        module, _, attribute = owner_name.rpartition(".")
        owner = getattr(importlib.import_module(module), attribute)
    setattr(owner, name, die)
    data.build.build(CONFIG, STORE, force=True, keep=1)


def report(point: str, status: int) -> None:
    store = Store(STORE)
    current = store.current()
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    print(json.dumps({"point": point, "killed": killed, "whole": current in store.snapshots()}), flush=True)


CONFIG, STORE = sys.argv[1:3]

if __name__ == "__main__":
    for point in POINTS:
        _, status = os.waitpid(child(lambda point=point: build_and_die_at(point)), 0)
        report(point, status)
    for seconds in SECONDS:
        pid = child(lambda: data.build.build(CONFIG, STORE, force=True, keep=2))
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        report(f"after {seconds} s", status)
