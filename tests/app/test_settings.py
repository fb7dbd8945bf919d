"""Starting: where the store comes from, what is said about who can reach it, what happens without a store."""

from __future__ import annotations

from pathlib import Path

import pytest

import app as dashboard_app
from app import DEMONSTRATION, Settings, main


def test_the_demonstration_and_this_computer_are_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CSP_STORE", "CSP_HOST", "CSP_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert Settings.from_environment() == Settings(DEMONSTRATION, "127.0.0.1", 8050)


def test_the_environment_can_say_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CSP_STORE", str(tmp_path))
    monkeypatch.setenv("CSP_HOST", "0.0.0.0")
    monkeypatch.setenv("CSP_PORT", "9000")
    assert Settings.from_environment() == Settings(tmp_path, "0.0.0.0", 9000)


def test_without_a_store_one_line_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--store", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    assert "python -m data build" in said
    assert len(said.strip().splitlines()) == 1


def test_it_says_who_can_reach_it() -> None:
    assert "Only this computer" in dashboard_app._who_can_reach_it(Settings())
    said = dashboard_app._who_can_reach_it(Settings(host="0.0.0.0"))
    assert "asks for the passphrase" in said
    assert "not encrypted" in said
    assert "not encrypted" not in dashboard_app._who_can_reach_it(Settings(host="0.0.0.0", https=True))


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8050.5"])
def test_a_port_that_is_none(port: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        main([f"--port={port}"])
    assert f"{port!r} is no port: use a number from 1 to 65535" in capsys.readouterr().err
    monkeypatch.setenv("CSP_PORT", port)
    assert main([]) == 2
    assert capsys.readouterr().err.startswith(f"CSP_PORT: {port!r} is no port")
