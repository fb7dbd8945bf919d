"""A shared installation: gunicorn starts from its configuration and answers; waitress does on Windows, and here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from .conftest import DEMONSTRATION

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows: waitress is documented there")
def test_gunicorn_serves_the_dashboard() -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:server"]
    environment = {**os.environ, "CSP_STORE": str(DEMONSTRATION), "CSP_PORT": str(port)}
    environment.pop("CSP_HOST", None)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            page = _wait_for(f"http://127.0.0.1:{port}/categories-wards?measure=count", process)
            assert '<html lang="en-GB"' in page
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/snapshot", timeout=10) as answer:
                assert answer.read().decode().strip() == (DEMONSTRATION / "CURRENT").read_text().strip()
        finally:
            process.terminate()


def test_waitress_serves_the_dashboard() -> None:
    port = free_port()
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=8", "app:server"]
    environment = {**os.environ, "CSP_STORE": str(DEMONSTRATION)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert '<html lang="en-GB"' in _wait_for(f"http://127.0.0.1:{port}/data", process)
        finally:
            process.terminate()


SERVERS = {"gunicorn": ["gunicorn", "-c", "gunicorn.conf.py"], "waitress": ["waitress", "--listen=127.0.0.1:0"]}


@pytest.mark.parametrize("name", SERVERS)
def test_a_shared_installation_without_a_store_stops_with_one_line(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", *SERVERS[name], "app:server"]
    environment = {**os.environ, "CSP_STORE": str(tmp_path), "CSP_PORT": str(free_port())}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert f"{tmp_path}: there is no store here yet. Make one: python -m data build" in ended.stderr
    assert "Traceback" not in ended.stderr


def _wait_for(address: str, process: subprocess.Popen[str]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"gunicorn stopped: {process.stderr.read() if process.stderr else ''}")
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.3)
    pytest.fail("gunicorn did not answer within a minute")
