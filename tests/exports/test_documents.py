"""The assessment as document, slides and data pack: written once for the demonstration, then read back."""

import io
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.util import Emu

from analytics.exports import _pages
from analytics.exports._atomic import ASIDE, scratch_folder, write_whole
from analytics.exports.assessment import Commentary, write_assessment
from analytics.exports.kept import earlier_edition
from analytics.exports.outline import OUTLINE
from analytics.panels import build_panel, panel_specs
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.exports.killed_exports import MOMENTS

DEMO_STORE = Path(__file__).parents[2] / "data" / "demo" / "store"

COMMENTARY = {
    "changes": Commentary("Shoplifting rose after a new retail park opened.\n\n- 999 of these are one shop.", 3),
    "unrecorded": Commentary("Modern slavery: two referrals to the national mechanism.", 1),
}
NUMBER = re.compile(r"(?<![A-Za-z])\d[\d,.]*\d|(?<![A-Za-z\d])\d(?!\d)")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assessment")
    paths = [folder / f"assessment{suffix}" for suffix in (".docx", ".pptx", ".xlsx")]
    warehouse = Warehouse(DEMO_STORE)
    made = write_assessment(
        warehouse, paths, commentary=COMMENTARY, before=earlier_edition(DEMO_STORE, "?from=2023-01&to=2023-12")
    )
    return made, *paths


@pytest.fixture(scope="module")
def document(written):
    return Document(str(written[1]))


@pytest.fixture(scope="module")
def deck(written):
    return Presentation(str(written[2]))


def body_texts(document):
    """Paragraphs outside tables and table cells, in order, with the headings' text to know where one is."""
    for element in document.element.body.iter(qn("w:p")):
        text = "".join(node.text or "" for node in element.iter(qn("w:t")))
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        name = "" if style is None else style.get(qn("w:val"))
        if name.lower().startswith("toc"):  # the page number behind the heading is no number of the data
            (link,) = element.findall(qn("w:hyperlink"))
            text = link.find(qn("w:r")).find(qn("w:t")).text
        yield text, name


def appendix(document):
    """Every value of the appendix, and its keys."""
    table = document.tables[-1]
    values, keys = set(), set()
    for row in table._tbl.findall(qn("w:tr"))[1:]:
        cells = ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.findall(qn("w:tc"))]
        keys.add(cells[0].split(".")[0])
        values |= {number for value in cells[1].split(" · ") for number in NUMBER.findall(value)}
        assert cells[2]
        assert re.fullmatch(r"(Q\d+|none), S\d+", cells[4])
    return values, keys


def test_nothing_failed(written):
    assert written[0].failed == ()
    assert {panel.id for _, panel in written[0].pack} == set(panel_specs())


def test_every_number_of_the_document_stands_in_its_appendix(document):
    values, keys = appendix(document)
    missing, seen, used = [], 0, set()
    for text, style in body_texts(document):
        if text == "Appendix: evidence" and style == "Heading1":
            break
        used |= set(re.findall(r"\bE\d{1,3}\b", text))
        words = re.sub(r"\s?\bE\d{1,3}\b", "", text)
        words = re.sub(r"^(Figure|Table) \d+", "", words)
        for number in NUMBER.findall(words):
            seen += 1
            if number not in values:
                missing.append((number, text[:80]))
    for drawing in document.element.body.iter(qn("wp:docPr")):
        missing += [(n, drawing.get("descr")[:80]) for n in NUMBER.findall(drawing.get("descr")) if n not in values]
    for table in document.tables:
        said = table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        missing += [(n, said[:80]) for n in NUMBER.findall(said) if n not in values]
    assert seen > 500
    assert not missing
    assert used <= keys


def test_a_number_that_is_typed_into_the_document_is_not_in_the_appendix(document):
    """The check above can fail: a number nobody worked out is found missing."""
    assert "98,765" not in appendix(document)[0]


def test_headings_follow_each_other_and_say_the_sections_in_order(document):
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name.startswith("Heading")]
    titles = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert titles == ["Summary", *(s.title for s in OUTLINE), "Method notes", "Glossary", "Appendix: evidence"]
    assert all(p.text.strip() for p in document.paragraphs if p.style.name.startswith("Heading"))


def test_pictures_tables_language_contents_and_page_numbers(document):
    drawings = list(document.element.body.iter(qn("wp:docPr")))
    assert len(drawings) > 10
    assert all(len(drawing.get("descr", "")) > 20 for drawing in drawings)
    for table in document.tables:
        first = table._tbl.findall(qn("w:tr"))[0]
        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    language = document.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == document.core_properties.language == "en-GB"
    fields = "".join(node.text or "" for node in document.element.body.iter(qn("w:instrText")))
    assert 'TOC \\o "1-2"' in fields
    assert "SEQ Figure" in fields
    foot = document.sections[0].footer._element.xml
    assert " PAGE " in foot
    assert " NUMPAGES " in foot
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(drawings) + len(document.tables) - 1


def test_commentary_stands_in_its_section_and_its_own_numbers_are_marked(written, document):
    texts = [p.text for p in document.paragraphs]
    headings = [i for i, p in enumerate(document.paragraphs) if p.style.name == "Heading 1"]
    start = next(i for i in headings if texts[i] == "Changes since the last assessment, and why")
    assert any(t.startswith("Shoplifting rose after") for t in texts[start : start + 6])
    assert not any("Nothing is entered. Recorded crime" in t for t in texts)
    assert any("999" in warning for warning in written[0].warnings)
    entry = next(e for e in written[0].ledger.entries() if e.value == "999")
    assert "entered by the analyst" in entry.part


def test_what_changed_since_is_told_with_both_sides(written):
    since = written[0].since
    kinds = {row[0] for row in since.printed.rows}
    assert "January to December 2023" in since.title
    assert "Conclusion" in kinds
    period = next(row for row in since.printed.rows if row[1] == "Period")
    assert period[2] == "January to December 2023"


SCREEN = re.compile(
    r"\b(click|hover|CSV|button|slider|tap|press|table of cells|build again|this page)\b", re.IGNORECASE
)


def test_no_document_speaks_of_a_screen(document, deck):
    texts = [text for text, _ in body_texts(document)]
    texts += [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    texts += [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    assert not [text[:90] for text in texts if SCREEN.search(re.sub(r"\S+\.csv", "", text))]
    assert SCREEN.search("A click on a ward shows it")


def test_pictures_are_told_with_their_finding_and_their_first_rows(written, document):
    told = {drawing.get("name"): drawing.get("descr") for drawing in document.element.body.iter(qn("wp:docPr"))}
    for block in written[0].blocks:
        if block.panel.id in told:
            assert block.finding in told[block.panel.id]
            assert "The table holds" not in told[block.panel.id]
    most = next(panel for _, panel in written[0].pack if panel.id == "wards_most").table.iloc[0]
    assert f"{most['ward_name']} {most['incidents']:,}" in told["wards_most"]


def test_a_caveat_that_several_figures_share_is_said_once_in_its_section(written, document):
    for built in written[0].sections:
        for said in built.common:
            sharing = [block for block in built.blocks if said.text in block.caveats]
            assert len(sharing) > 1
            assert sum(p.text.count(said.text) for p in document.paragraphs) <= sum(
                said.text in (*(c.text for c in other.common), *(c for b in other.blocks for c in b.caveats))
                for other in written[0].sections
            )
    assert any(built.common for built in written[0].sections)


def test_every_section_with_findings_has_one_in_the_summary_slide(written, deck):
    summary = [p.text for shape in deck.slides[1].shapes if shape.has_text_frame for p in shape.text_frame.paragraphs]
    for _, findings in written[0].findings:
        assert findings[0].text.replace("\u202f", "\u00a0") in summary


def test_the_decision_stands_before_the_ranking(deck):
    kickers = [[shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] for slide in deck.slides]
    ours = [texts for texts in kickers if "Recommended priorities and the reasons" in texts]
    assert ours[0][0] == "No decision of a workshop is recorded yet"
    assert len(ours) > 1


def test_the_contents_hold_the_pages_where_libreoffice_can_say_them(document, request):
    """Each line's page number is that of its heading in the PDF; without LibreOffice the lines have none yet."""
    lines = [p for p in document.paragraphs if p.style.name.startswith("toc")]
    numbers = [element.text for p in lines for element in p._p.iter(qn("w:t"))][1::2]
    settings = document.settings.element.find(qn("w:updateFields"))
    assert settings.get(qn("w:val")) == "true"
    assert len(lines) == len([p for p in document.paragraphs if p.style.name.startswith("Heading")])
    if shutil.which("soffice") is None and shutil.which("libreoffice") is None:
        assert not any(numbers)
    converted = request.getfixturevalue("converted")
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    laid_out = converted[".docx"].read_bytes()
    assert [int(n) for n in numbers] == _pages.read_pages(laid_out, headings)
    assert _pages.read_pages(laid_out, headings[1:]) is None


def slide_numbers(slide):
    """Texts of a slide's shapes, tables and charts."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (p.text for p in shape.text_frame.paragraphs)
        if getattr(shape, "has_table", False) and shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)
        if getattr(shape, "has_chart", False) and shape.has_chart:
            plot = shape.chart.plots[0]
            yield from plot.categories
            for series in plot.series:
                yield series.name
                yield from (f"{value:.10g}" for value in series.values if value is not None)
                yield from whiskers(series)
        yield shape._element.xpath(".//p:cNvPr")[0].get("descr") or ""


def whiskers(series):
    """The ends of the intervals: what PowerPoint draws from each bar's number and how far its line reaches."""
    for tag, sign in (("c:plus", 1), ("c:minus", -1)):
        for reach in series._element.xpath(f".//{tag}//c:pt"):
            value = series.values[int(reach.get("idx"))]
            away = float(reach.xpath("string(c:v)"))
            if value is not None and away:
                yield f"{value + sign * away:.10g}"


def said_in(number, held):
    """Whether a number stands there as it is, or (a drawn one) but for the rounding of its ten digits."""
    if number in held or "." not in number or not number.replace(".", "", 1).isdigit():
        return number in held
    return any(abs(float(n) - float(number)) < 1e-6 for n in held if n.replace(".", "", 1).isdigit())


def test_every_slide_has_title_notes_alt_text_and_its_numbers_in_its_notes(deck):
    missing = []
    for number, slide in enumerate(deck.slides, 1):
        assert slide.shapes.title.text.strip()
        assert len(slide.shapes.title.text) <= 90
        notes = slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height + Emu(10_000), (number, shape.name)
            if not shape.has_text_frame:
                assert len(shape._element.xpath(".//p:cNvPr")[0].get("descr")) > 20
        assert len(notes) > 40
        if slide.shapes.title.text.startswith("Where each number comes from"):
            continue
        held = set(NUMBER.findall(notes))
        foot = {"2025", "2024", str(number)}
        for text in slide_numbers(slide):
            words = re.sub(r"\[?\bE\d{1,3}\b\]?", "", text)
            missing += [(number, n, text[:60]) for n in NUMBER.findall(words) if not said_in(n, held | foot)]
    assert not missing
    assert 15 <= len(deck.slides) <= 60
    languages = set(re.findall(r'lang="([^"]+)"', "".join(slide._element.xml for slide in deck.slides)))
    assert languages == {"en-GB"}


def test_native_charts_hold_the_panels_numbers(deck):
    warehouse = Warehouse(DEMO_STORE)
    from analytics.context import load_context

    table = build_panel("category_bars", warehouse, Selection.default(load_context(warehouse))).table
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if getattr(shape, "has_chart", False)
              and shape.has_chart]  # fmt: skip
    first = charts[0].plots[0]

    assert len(charts) >= 6
    assert list(first.categories) == list(table["category"])
    assert list(first.series[0].values) == [float(v) for v in table["incidents"]]
    assert charts[0].part.chart_workbook.xlsx_part is not None  # editable: its sheet is inside


def test_the_data_pack_has_contents_provenance_evidence_and_a_sheet_a_panel(written):
    made, _, _, path = written
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Contents", "Provenance", "Evidence"]
    assert set(panel_specs()) <= set(book.sheetnames)
    for _, panel in made.pack:
        sheet = book[panel.id[:31]]
        assert sheet["A1"].value.replace("\u00a0", "\u202f").strip()
        assert sheet.max_row - 8 == len(panel.table) or panel.table.empty
        assert bool(sheet.tables) == (not panel.table.empty)
        assert f"Panel {panel.id}; snapshot {panel.as_at}; query string {panel.query}" in {
            row[0].value for row in sheet.iter_rows(max_row=7, max_col=1)
        }
        for c, column in enumerate(panel.columns, 1):
            numbers = pd.to_numeric(panel.table[column.key], errors="coerce")
            if column.format in {"text", "verdict", "month", "date"} or numbers.isna().any():
                continue
            written_in = [sheet.cell(9 + r, c).value for r in range(len(numbers))]
            assert written_in == pytest.approx([float(n) for n in numbers]), (panel.id, column.key)
    _, panel = next(pair for pair in made.pack if pair[1].id == "category_totals")
    frame = pd.read_excel(io.BytesIO(path.read_bytes()), sheet_name="category_totals", header=7, engine="openpyxl")
    assert frame.iloc[:, 1].tolist() == panel.table["incidents"].tolist()
    evidence = pd.read_excel(io.BytesIO(path.read_bytes()), sheet_name="Evidence", header=2, engine="openpyxl")
    assert len(evidence) == len(list(made.ledger.entries()))
    assert evidence["Snapshot"].notna().all()


@pytest.fixture(scope="module")
def converted(written, tmp_path_factory):
    """The PDF that LibreOffice makes of each file, by its suffix."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-writer, -impress, -calc)")
    folder = tmp_path_factory.mktemp("converted")
    copies = {path.suffix: folder / f"{path.suffix[1:]}{path.suffix}" for path in written[1:]}  # a PDF of its own each
    for path in written[1:]:
        shutil.copy(path, copies[path.suffix])
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf",
               "--outdir", str(folder), *map(str, copies.values())]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {suffix: copy.with_suffix(".pdf") for suffix, copy in copies.items()}


def test_the_documents_open_in_libreoffice_without_repair(converted):
    for suffix, pdf in converted.items():
        assert pdf.read_bytes().startswith(b"%PDF"), suffix


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_a_killed_export_leaves_the_earlier_file_and_what_is_left_goes_next_time(suffix, tmp_path):
    """A process is killed (SIGKILL) at four moments of making and putting the file in place."""
    file = tmp_path / f"assessment{suffix}"
    file.write_bytes(b"the earlier one")
    for moment in MOMENTS:
        program = [sys.executable, "-m", "tests.exports.killed_exports", moment, str(file), str(DEMO_STORE)]
        ended = subprocess.run(program, capture_output=True, text=True, timeout=120)
        assert ended.returncode == -signal.SIGKILL, (moment, ended.stderr)
        assert file.read_bytes() == b"the earlier one", moment
        left = [path for path in tmp_path.iterdir() if path != file]
        assert len(left) == MOMENTS.index(moment) // 3 + (moment == "written aside"), moment
        assert all(path.name.startswith(ASIDE) for path in left)
        for path in left:
            os.utime(path, (time.time() - 120,) * 2)
    write_whole(file, b"the new one")
    assert file.read_bytes() == b"the new one"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_written_now_is_not_taken_for_abandoned(tmp_path):
    (tmp_path / f"{ASIDE}now.docx").write_bytes(b"half")
    (tmp_path / f"{ASIDE}folder").mkdir()
    write_whole(tmp_path / "a.docx", b"x")
    assert {path.name for path in tmp_path.iterdir()} == {f"{ASIDE}now.docx", f"{ASIDE}folder", "a.docx"}


def test_folders_of_killed_programs_are_cleared_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch_folder("documents") as name:
        mine = Path(name)
        gone = mine.with_name(mine.name.replace(f"-{os.getpid()}-", "-99999999-"))
        gone.mkdir()
        (gone / "half.docx").write_bytes(b"half")
        with scratch_folder("pages"):
            assert mine.is_dir()
            assert gone.exists() == (os.name != "posix")
    assert not mine.exists()


def test_the_files_are_well_formed_packages(written):
    for path in written[1:]:
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
    assert not list(Path(written[1]).parent.glob(f"{ASIDE}*"))
