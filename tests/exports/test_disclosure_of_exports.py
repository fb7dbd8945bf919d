"""Small numbers of partner extracts: an export is refused where its tables together tell one."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.exports import _pages, assessment, evidence
from analytics.exports.disclosure import DisclosureError, refuse_small_numbers
from analytics.panels import HIDDEN, Column, Panel, Sensitive, panel_specs
from analytics.statistics.disclosure import suppress_tables
from data.warehouse import Warehouse

DEMO_STORE = Path(__file__).parents[2] / "data" / "demo" / "store"
FIXED = {"months": "2025"}


def panel(name, rows, shown, *, dimension, total=None, shown_total=None, rate=None):
    """A panel of one count a row. shown: what the table prints; rows: what is true."""
    keys = list(rows)
    table = pd.DataFrame({dimension: keys, "reports": pd.Series(shown, dtype=object)})
    if rate:
        table["rate"] = pd.Series(rate, dtype=object)
    return Panel(
        id=name, title=name.capitalize(), sentence="", subtitle="", table=table,
        columns=(Column(dimension, dimension), Column("reports", "Reports", "integer")),
        total=None if total is None else {"reports": shown_total if shown_total is not None else total},
        sensitive=(
            Sensitive("Housing complaints", "reports", {dimension: dimension}, tuple(map(float, rows.values())),
                      FIXED, total, ("rate",) if rate else ()),
        ),
    )  # fmt: skip


WARDS = {"North": 3, "South": 20, "East": 30}


def test_a_small_number_shown_is_refused_by_name_but_not_told():
    with pytest.raises(DisclosureError, match=r"Housing complaints, 2025, North, in the panel “Wards”") as refused:
        refuse_small_numbers([panel("wards", WARDS, [3, 20, 30], dimension="ward")])
    assert "North" in str(refused.value)
    assert " 3 " not in str(refused.value)
    assert "South" not in str(refused.value)


def test_a_hidden_cell_that_its_total_gives_away_is_refused():
    alone = panel("wards", WARDS, [HIDDEN, 20, 30], dimension="ward", total=53)
    with pytest.raises(DisclosureError, match="North"):
        refuse_small_numbers([alone])
    refuse_small_numbers([panel("wards", WARDS, [HIDDEN, HIDDEN, 30], dimension="ward", total=53)])
    refuse_small_numbers([panel("wards", WARDS, [HIDDEN, 20, 30], dimension="ward")])


def test_two_panels_that_are_safe_alone_are_refused_together():
    wards = panel("wards", WARDS, [HIDDEN, 20, 30], dimension="ward")
    kinds = panel("kinds", {"Noise": 40, "Litter": 13}, [40, 13], dimension="kind", total=53)
    refuse_small_numbers([wards])
    refuse_small_numbers([kinds])
    with pytest.raises(DisclosureError, match="North"):
        refuse_small_numbers([wards, kinds])


def test_a_rate_beside_a_hidden_count_is_refused():
    held = panel("wards", WARDS, [HIDDEN, HIDDEN, 30], dimension="ward", total=53, rate=[0.3, HIDDEN, 3.0])
    with pytest.raises(DisclosureError, match="“rate” stands beside"):
        refuse_small_numbers([held])


def test_the_short_table_is_looked_at_too():
    held = panel("wards", WARDS, [HIDDEN, HIDDEN, 30], dimension="ward", total=53)
    with pytest.raises(DisclosureError, match="row 1 of the short table"):
        refuse_small_numbers([replace(held, glance=pd.DataFrame({"reports": [3, 30]}))])


def test_what_the_suppression_hides_is_never_refused():
    """The check and the hiding agree, on random tables of wards and kinds exported together."""
    rng = np.random.default_rng(5)
    for _ in range(25):
        counts = rng.integers(0, 40, 5).astype(float)
        split = np.array([counts.sum() - 9, 9.0]) if counts.sum() > 20 else np.array([counts.sum(), 0.0])
        names, kinds = [f"W{i}" for i in range(5)], ["Noise", "Litter"]
        by_ward = ([("2025", None, name) for name in names] + [("2025", None, None)], [*counts, counts.sum()])
        by_kind = ([("2025", kind, None) for kind in kinds], split)
        first, second = suppress_tables([by_ward, by_kind])
        if first.exposed.any() or second.exposed.any():
            continue
        wards = panel("wards", dict(zip(names, counts, strict=True)),
                      [HIDDEN if h else c for h, c in zip(first.hidden[:5], counts, strict=True)], dimension="ward",
                      total=float(counts.sum()), shown_total=HIDDEN if first.hidden[5] else None)  # fmt: skip
        of_kind = panel("kinds", dict(zip(kinds, split, strict=True)),
                        [HIDDEN if h else c for h, c in zip(second.hidden, split, strict=True)],
                        dimension="kind")  # fmt: skip
        refuse_small_numbers([wards, of_kind])


def test_the_evidence_is_refused_as_a_whole(demo, tmp_path, monkeypatch):
    held = panel("wards", WARDS, [3, 20, 30], dimension="ward")
    monkeypatch.setattr(evidence, "build_panel", lambda *_: held)
    with pytest.raises(DisclosureError):
        evidence.write_evidence(demo, tmp_path / "out", panels=["warnings"])
    assert not list((tmp_path / "out").glob("*.csv"))


@pytest.fixture
def partner(monkeypatch):
    """An export of one panel whose counts come from a partner's extract; what it shows is the test's to say."""

    def shows(shown):
        held = replace(
            panel("wards", WARDS, shown, dimension="ward_name", total=53, shown_total=HIDDEN), id="wards_most"
        )
        held = replace(
            held,
            title="Housing complaints by ward", sentence="East has most", subtitle="Complaints, 2025",
            columns=(Column("ward_name", "Ward"), Column("reports", "Complaints", "integer")),
            figure_alt="Complaints by ward.",
        )  # fmt: skip
        specs = {"wards_most": panel_specs()["wards_most"]}
        monkeypatch.setattr(assessment, "build_panel", lambda *_: held)
        monkeypatch.setattr(assessment, "panel_specs", lambda: specs)
        monkeypatch.setattr(_pages.shutil, "which", lambda _name: None)

    return shows


def test_no_document_is_written_where_one_would_tell_a_small_number(partner, tmp_path, capsys):
    """The refusal is one line that names the cell, never the number; the earlier files stay."""
    files = [tmp_path / f"a{suffix}" for suffix in assessment.SUFFIXES]
    for file in files:
        file.write_bytes(b"the earlier one")
    partner([3, 20, 30])
    outs = [word for file in files for word in ("--out", str(file))]

    assert main(["assessment", "--store", str(DEMO_STORE), *outs]) == 1
    said = capsys.readouterr().err
    assert "Housing complaints, 2025, North, in the panel “Housing complaints by ward”" in said
    assert len(said.strip().splitlines()) == 1
    assert " 3 " not in said
    assert [file.read_bytes() for file in files] == [b"the earlier one"] * 3


def test_a_hidden_number_is_written_c_in_every_document(partner, tmp_path):
    """In tables, native charts and words for pictures alike; the true counts are in none of the files."""
    files = [tmp_path / f"a{suffix}" for suffix in assessment.SUFFIXES]
    partner([HIDDEN, HIDDEN, 30])
    made = assessment.write_assessment(Warehouse(DEMO_STORE), files)
    (block,) = made.blocks

    assert "North c" in block.alt
    assert "East 30" in block.alt
    for file in files:
        with zipfile.ZipFile(file) as package:
            parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()
                     if name.endswith(".xml")}  # fmt: skip
        texts = {text for part in parts.values() for text in re.findall(r">([^<>]+)</(?:w:t|a:t|t|v|c:v)>", part)}
        drawn = {value for name, part in parts.items() if "/charts/" in name or "/worksheets/" in name
                 for value in re.findall(r"<(?:c:)?v>([^<]+)</", part)}  # fmt: skip
        assert "30" in " ".join(texts)
        if file.suffix != ".xlsx":  # whose cells hold the places of their texts; its sheet is read below
            assert not {"53", "53.0"} & texts, file.suffix
            assert "3" not in drawn, file.suffix
        assert not [text for text in texts if re.search(r"North\D{0,12}\b3\b", text)], file.suffix
    sheet = openpyxl.load_workbook(files[-1])["wards_most"]
    assert [row[1].value for row in sheet.iter_rows(min_row=9, max_row=11)] == [HIDDEN, HIDDEN, 30]
