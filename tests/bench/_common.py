"""What the benchmarks share: timing, the store they measure, and the program serving it."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["DEMONSTRATION", "best", "met", "served", "store_argument", "thurrock_or_demonstration"]

DEMONSTRATION = Path(__file__).parents[2] / "data" / "demo" / "store"


def best(work: Callable[[], object], rounds: int = 5, clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of the quickest of some rounds. With time.process_time what else the machine does counts for little."""
    found = []
    for _ in range(rounds):
        started = clock()
        work()
        found.append(clock() - started)
    return min(found)


def met(good: bool) -> str:
    """An aim in words."""
    return "met" if good else "not met"


def store_argument(description: str | None) -> Path | None:
    """What ``--store`` names."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--store", type=Path)
    return parser.parse_args().store


@contextlib.contextmanager
def thurrock_or_demonstration(store: Path | None) -> Iterator[Path]:
    """The store named; else real Thurrock, built for the run, with CSP_SHARED_DATA; else the demonstration."""
    shared = os.environ.get("CSP_SHARED_DATA")
    if store is not None or not shared:
        yield store or DEMONSTRATION
        return
    from data.build import build

    with tempfile.TemporaryDirectory() as folder:
        build(Path(shared) / "thurrock.toml", folder)
        yield Path(folder)


@contextlib.contextmanager
def served(store: Path) -> Iterator[tuple[str, int]]:
    """The program over a store, in a process of its own: its address, once it answers, and the process's id."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "app.py", "--store", str(store), "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base)
        yield base, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(10)


def _wait(base: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(base, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{base} did not answer within 30 seconds")
