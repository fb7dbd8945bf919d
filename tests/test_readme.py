"""The README tells the truth: its commands exist, its configuration is what the program reads, its links lead on."""

from __future__ import annotations

import ast
import re
import textwrap
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_configuration_listed_is_the_one_the_program_documents():
    documented = ast.get_docstring(ast.parse((ROOT / "data" / "config.py").read_text(encoding="utf-8")))
    assert documented
    block = textwrap.dedent(documented.partition("::\n")[2]).strip()
    assert f"```toml\n{block}\n```" in README
    tomllib.loads(block.replace('districts = ["E07000066"]                          # … or', "#"))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m data (\w+)", README))))
def test_every_data_command_exists(command: str):
    assert (ROOT / "data" / "commands" / f"{command}.py").is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, re.M)) | {"lint", "bench", "fast"}))
def test_every_make_target_exists(target: str):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def test_links_and_pictures_lead_somewhere():
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
    headings = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", README, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings


def test_every_page_of_the_menu_is_in_the_table():
    table = README.partition("## What it answers")[2].partition("##")[0]
    for page in (ROOT / "pages").glob("[a-z]*.py"):
        named = re.search(r'name="([^"]+)"', page.read_text(encoding="utf-8"))
        if named and "404" not in page.name:
            assert f"| {named[1]} |" in table, page.name
