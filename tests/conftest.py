"""Stores the tests read: the committed demonstration, and real open data where CSP_SHARED_DATA names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.warehouse import Warehouse

collect_ignore_glob = ["data/killed_builds.py", "exports/killed_assessment.py", "bench/*"]
"""Programs, not tests: they are run, not imported."""

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of official extracts; tests that need it are skipped where there is none."""
    place = os.environ.get("CSP_SHARED_DATA")
    if not place or not Path(place).is_dir():
        pytest.skip("needs official extracts: set CSP_SHARED_DATA to their folder")
    return Path(place)


@pytest.fixture(scope="session")
def demo() -> Warehouse:
    """The demonstration partnership as committed."""
    return Warehouse(ROOT / "data" / "demo" / "store")


@pytest.fixture(scope="session")
def thurrock(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Real Thurrock: January to April 2024 and all of 2025, built once for all tests."""
    return _built(shared_data / "thurrock.toml", tmp_path_factory)


@pytest.fixture(scope="session")
def leicester(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Real Leicester: 35 months from December 2019, 2011 LSOA codes, no LSOA boundaries, no family."""
    return _built(shared_data / "leicester.toml", tmp_path_factory)


def _built(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    from data.build import build

    store = tmp_path_factory.mktemp(config.stem)
    build(config, store)
    return Warehouse(store)
