"""The house rules that a reader cannot see in one file: who imports whom, and what may not stand anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("app.py", "pages", "analytics", "geo", "data", "assets", "tests", "README.md", "CONTRIBUTING.md", "Makefile")


def _text_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *PRODUCT], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    suffixes = {".py", ".css", ".js", ".sql", ".md", ".toml", ".csv", ".json", ".txt", ""}
    return [p for line in listed.stdout.splitlines() if (p := ROOT / line).suffix in suffixes and p.is_file()]


def test_import_contracts_hold():
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def test_pages_never_import_pages():
    for page in (ROOT / "pages").glob("*.py"):
        assert not re.search(r"^\s*(from|import) pages\.(?!_shared)", page.read_text(encoding="utf-8"), re.M), page.name


def test_no_machine_paths_in_the_product():
    forbidden = re.compile("|".join(["/" + "work/", r"\.\./" + "shared", "/" + "root/", "/" + "tmp/"]))
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found


def test_repository_stays_small():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    sizes = {line: (ROOT / line).stat().st_size for line in listed if (ROOT / line).is_file()}
    assert sum(sizes.values()) < 20e6
    assert max(sizes.values(), default=0) < 5e6
