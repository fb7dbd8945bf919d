"""The assessment as a Word document: real headings and styles, a contents field, captions, alt text, page numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from analytics.exports._pages import pages_of_headings
from analytics.exports._picture import can_draw, map_licence, picture, text_width
from analytics.exports.assessment import Assessment, Block, BuiltSection, Printed, Said, Since
from analytics.figures._theme import tokens

__all__ = ["LANGUAGE", "word_document"]

LANGUAGE = "en-GB"
_FONT = "Arial"
_WIDTH = Cm(17)
_TALLEST = Cm(18)
_CONTENTS = 60
"""Lines of contents that fit a page at their full size."""
_WHOLE = 30
"""Rows of a table that is never broken over two pages."""
_MARKS = {
    "rose": ("▲ ", "higher-text"),
    "higher": ("▲ ", "higher-text"),
    "much higher": ("▲ ", "higher-text"),
    "rising": ("▲ ", "higher-text"),
    "fell": ("▼ ", "lower-text"),
    "lower": ("▼ ", "lower-text"),
    "much lower": ("▼ ", "lower-text"),
    "falling": ("▼ ", "lower-text"),
}
_STYLES = (
    ("Shown", 9.5, "text-quiet"),
    ("Note", 8.5, "text-quiet"),
    ("Question", 11.5, "text-quiet"),
    ("Commentary", 10.5, "text"),
    ("Contents heading", 20, "action"),
    ("Summary heading", 10.5, "action"),
    ("Absent", 10.5, "unknown-text"),
    ("Cell", 8.5, "text"),
    ("Small cell", 7, "text"),
    ("toc 1", 9.5, "text"),
    ("toc 2", 8.5, "text-quiet"),
)
"""Paragraph styles beside Word's own: name, size in points, colour role."""
Progress = Callable[[float, str], None]


def word_document(made: Assessment, *, progress: Progress = lambda share, what: None) -> bytes:
    """The document as the bytes of a .docx file."""
    return _Writer(made, progress).write()


def _ink(role: str) -> RGBColor:
    return RGBColor.from_string(tokens("light")[role].removeprefix("#"))


def _element(tag: str, /, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


class _Writer:
    """Writes one document from top to bottom."""

    def __init__(self, made: Assessment, progress: Progress) -> None:
        self.made = made
        self.progress = progress
        self.keys = {key.name for key in made.ledger.with_numbers()}
        self.document = Document()
        self.bookmarks = 0
        self.counts = {"Figure": 0, "Table": 0}
        self.headings: list[tuple[int, str, str]] = []
        self.contents: Any = None
        self.page_numbers: list[Any] = []

    def write(self) -> bytes:
        """The document; saved twice where LibreOffice is there to say on which page each heading stands."""
        self._page_and_styles()
        self._front()
        self._summary()
        total = len(self.made.sections) + 1
        for i, section in enumerate(self.made.sections):
            self.progress(i / total, section.section.title)
            self._section(section)
        self._methods()
        self._evidence()
        self._fill_contents()
        self.progress((total - 1) / total, "Page numbers of the contents")
        without = self._saved()
        pages = pages_of_headings(without, [text for _, text, _ in self.headings])
        if pages is None:
            return without
        for shown, page in zip(self.page_numbers, pages, strict=True):
            shown.text = str(page)
        return self._saved()

    def _saved(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    # ---- Page, styles, language ----

    def _page_and_styles(self) -> None:
        made = self.made
        core = self.document.core_properties
        core.title = f"{made.context.name}: {made.title}"
        core.subject = "Strategic assessment"
        core.author = made.context.name
        core.language = LANGUAGE
        core.keywords = f"snapshot {made.snapshot}"
        core.comments = ""
        page = self.document.sections[0]
        page.orientation = WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2)
        page.top_margin, page.bottom_margin = Cm(2.2), Cm(2)
        page.different_first_page_header_footer = True
        styles = self.document.styles
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        defaults.append(_element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"))
        self._style("Normal", 10.5, "text", after=6, line=1.2)
        self._style("Title", 30, "action", bold=True, after=4, line=1.05)
        self._style("Subtitle", 15, "text-quiet", after=14)
        self._style("Heading 1", 20, "action", bold=True, before=22, after=4, keep=True)
        self._style("Heading 2", 13.5, "text", bold=True, before=16, after=2, keep=True)
        self._style("Caption", 8.5, "text-quiet", before=2, after=4)
        self._style("List Bullet", 10.5, "text", after=4, line=1.2)
        for name, size, role in _STYLES:
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
            self._style(name, size, role, after=0 if "cell" in name.lower() or name.startswith("toc") else 3, line=1.1)
        styles["Shown"].paragraph_format.keep_with_next = True
        styles["toc 1"].paragraph_format.space_before = Pt(3)
        for name in ("Contents heading", "Summary heading", "toc 1"):
            styles[name].font.bold = True
        styles["Contents heading"].paragraph_format.space_after = Pt(6)
        styles["Summary heading"].paragraph_format.space_before = Pt(6)
        styles["List Bullet"].paragraph_format.space_after = Pt(2)
        styles["toc 2"].paragraph_format.left_indent = Cm(0.6)
        for name in ("toc 1", "toc 2"):
            stops = styles[name].paragraph_format.tab_stops
            stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        key = styles.add_style("Evidence key", WD_STYLE_TYPE.CHARACTER)
        key.font.size, key.font.color.rgb, key.font.name = Pt(7), _ink("text-faint"), _FONT
        settings = self.document.settings.element
        settings.insert(0, _element("w:updateFields", val="true"))
        self._header_and_footer(page)

    def _style(
        self, name: str, size: float, role: str, *, bold: bool = False, before: float = 0, after: float = 0,
        line: float = 1.15, keep: bool = False,
    ) -> None:  # fmt: skip
        style = self.document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb, style.font.bold = _FONT, Pt(size), _ink(role), bold
        style.font.italic = False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for which in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{which}"), None)
        for which in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{which}"), _FONT)
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.get_or_add_pPr().remove(borders)
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), line
        form.keep_with_next = keep

    def _header_and_footer(self, page: Any) -> None:
        made = self.made
        head = page.header.paragraphs[0]
        head.style = self.document.styles["Note"]
        self._words(head, f"{made.context.short_name}: {made.title}")
        if made.context.demonstration:
            self._words(head, "  Demonstration data: every figure is invented", role="problem-text")
        for foot in (page.footer.paragraphs[0], page.first_page_footer.paragraphs[0]):
            foot.style = self.document.styles["Note"]
            foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self._words(foot, "Page ")
            self._field(foot, "PAGE", "1")
            self._words(foot, " of ")
            self._field(foot, "NUMPAGES", "1")

    # ---- Small pieces ----

    def _words(self, paragraph: Any, text: str, *, bold: bool = False, role: str | None = None) -> Any:
        run = paragraph.add_run(text.replace("\u202f", "\u00a0"))  # a space every typeface has
        run.bold = bold or None
        if role:
            run.font.color.rgb = _ink(role)
        return run

    def _field(self, paragraph: Any, code: str, shown: str) -> Any:
        """A field, and the run of what it shows until it is brought up to date."""
        told: Any = None
        for kind in ("begin", "instr", "separate", "shown", "end"):
            run = paragraph.add_run()
            if kind == "instr":
                instruction = _element("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = f" {code} "
                run._r.append(instruction)
            elif kind == "shown":
                run.text, told = shown, run
            else:
                run._r.append(_element("w:fldChar", fldCharType=kind))
        return told

    def _bookmark(self, paragraph: Any, name: str) -> None:
        self.bookmarks += 1
        start = _element("w:bookmarkStart", id=str(self.bookmarks), name=name)
        place = 1 if paragraph._p.pPr is not None else 0
        paragraph._p.insert(place, start)
        paragraph._p.append(_element("w:bookmarkEnd", id=str(self.bookmarks)))

    def _link(self, paragraph: Any, target: str) -> Any:
        link = _element("w:hyperlink", anchor=target, history="1")
        paragraph._p.append(link)
        return link

    def _key(self, paragraph: Any, key: str) -> None:
        """The evidence key after a sentence with a number, leading to its place in the appendix."""
        if key not in self.keys:
            return
        run = paragraph.add_run(f" {key}")
        run.style = self.document.styles["Evidence key"]
        self._link(paragraph, f"evidence_{key}").append(run._r)

    def _paragraph(self, text: str, style: str = "Normal", *, key: str = "") -> Any:
        paragraph = self.document.add_paragraph(style=style)
        self._words(paragraph, text)
        if key:
            self._key(paragraph, key)
        return paragraph

    def _said(self, said: Said, style: str = "Normal") -> Any:
        return self._paragraph(said.text, style, key=said.key)

    def _heading(self, text: str, level: int) -> Any:
        heading = self.document.add_heading(level=level)
        self._words(heading, text)
        name = f"_Toc{len(self.headings) + 1:06d}"
        self._bookmark(heading, name)
        self.headings.append((level, text, name))
        return heading

    def _caption(self, kind: str, text: str, key: str) -> Any:
        self.counts[kind] += 1
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = kind == "Table"
        self._words(paragraph, f"{kind} ", bold=True)
        self._field(paragraph, f"SEQ {kind} \\* ARABIC", str(self.counts[kind]))
        self._words(paragraph, f". {text}")
        self._key(paragraph, key)
        return paragraph

    # ---- Front, contents, summary ----

    def _front(self) -> None:
        """The cover, and the contents on a page of their own."""
        made = self.made
        title = self._paragraph("Strategic assessment", "Title")
        title.paragraph_format.space_before = Pt(190)
        self._left_line(title, size=48)
        for words in (made.context.name, made.period):
            line = self._paragraph(words, "Subtitle")
            line.paragraph_format.space_after = Pt(2)
            self._left_line(line, size=48)
        gap = self.document.add_paragraph()
        gap.paragraph_format.space_after = Pt(150)
        if made.context.demonstration:
            self._boxed("Demonstration data: this partnership and every figure are invented.", "problem-wash",
                        "problem-text")  # fmt: skip
        for said in made.facts:
            self._paragraph(said.text, "Shown", key=said.key)
        heading = self._paragraph("Contents", "Contents heading")
        heading.paragraph_format.page_break_before = True
        self.contents = self.document.add_paragraph(style="toc 1")

    def _fill_contents(self) -> None:
        """The contents field with its lines in it, and their pages where they are known.

        The field is marked as out of date and the document asks for its fields to be brought up to date, so that Word,
        whose pages may break elsewhere, fills in its own.
        """
        first = self.contents
        lines = len(self.headings)
        if lines > _CONTENTS:  # smaller, so that they stay on their page
            for name in ("toc 1", "toc 2"):
                style = self.document.styles[name]
                style.font.size = Pt(max(style.font.size.pt * _CONTENTS / lines, 7))
        self._field_begin(first, 'TOC \\o "1-2" \\h \\z \\u')
        at = first
        for i, (level, text, name) in enumerate(self.headings):
            if i:
                paragraph = self.document.add_paragraph(style=f"toc {level}")
                at._p.addnext(paragraph._p)
                at = paragraph
            else:
                at.style = self.document.styles[f"toc {level}"]
            link = self._link(at, name)
            runs = len(at._p.findall(qn("w:r")))
            self._words(at, text)
            at.add_run("\t")
            self.page_numbers.append(self._field(at, f"PAGEREF {name} \\h", ""))
            for run in at._p.findall(qn("w:r"))[runs:]:
                link.append(run)
        at.add_run()._r.append(_element("w:fldChar", fldCharType="end"))

    def _field_begin(self, paragraph: Any, code: str) -> None:
        paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="begin", dirty="true"))
        instruction = _element("w:instrText")
        instruction.set(qn("xml:space"), "preserve")
        instruction.text = f" {code} "
        paragraph.add_run()._r.append(instruction)
        paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="separate"))

    def _summary(self) -> None:
        made = self.made
        heading = self._heading("Summary", 1)
        heading.paragraph_format.page_break_before = True
        for i, said in enumerate(made.lead):
            paragraph = self._said(said)
            if i == 0:
                for run in paragraph.runs[:1]:
                    run.font.size, run.bold = Pt(15), True
        self._commentary(made.commentary)
        for title, findings in made.findings:
            head = self._paragraph(title, "Summary heading")
            head.paragraph_format.keep_with_next = True
            for said in findings:
                bullet = self._said(said, "List Bullet")
                bullet.paragraph_format.keep_with_next = said is not findings[-1]
        for said in made.cautions:
            self._boxed(said.text, "unknown-wash", "unknown-text", key=said.key)

    def _boxed(self, text: str, wash: str, role: str, *, key: str = "", lead: str = "") -> None:
        paragraph = self.document.add_paragraph(style="Absent")
        form = paragraph.paragraph_format
        form.left_indent = form.right_indent = Cm(0.2)
        form.space_before, form.space_after = Pt(6), Pt(8)
        properties = paragraph._p.get_or_add_pPr()
        borders = _element("w:pBdr")
        for side in ("top", "left", "bottom", "right"):
            borders.append(
                _element(f"w:{side}", val="single", sz="24" if side == "left" else "4", space="6",
                         color=tokens("light")[role if side == "left" else wash].removeprefix("#"))
            )  # fmt: skip
        shade = _element("w:shd", val="clear", color="auto", fill=tokens("light")[wash].removeprefix("#"))
        # The schema wants borders and shading before spacing and indents.
        for at, part in enumerate((borders, shade)):
            properties.insert(1 + at if properties.pStyle is not None else at, part)
        if lead:
            self._words(paragraph, f"{lead} ", bold=True, role=role)
        self._words(paragraph, text, role=role)
        if key:
            self._key(paragraph, key)

    # ---- Sections ----

    def _commentary(self, commentary: tuple[Said, ...]) -> None:
        """The analyst's words, marked as such by a line at their left."""
        for said in commentary:
            paragraph = self._said(said, "List Bullet" if said.point else "Commentary")
            if not said.point:
                self._left_line(paragraph)

    def _left_line(self, paragraph: Any, *, size: int = 12) -> None:
        properties = paragraph._p.get_or_add_pPr()
        borders = _element("w:pBdr")
        color = tokens("light")["action"].removeprefix("#")
        borders.append(_element("w:left", val="single", sz=str(size), space="8", color=color))
        properties.insert(1, borders)

    def _section(self, built: BuiltSection) -> None:
        heading = self._heading(built.section.title, 1)
        heading.paragraph_format.page_break_before = len(built.blocks) > 1
        self._paragraph(built.section.question, "Question").paragraph_format.keep_with_next = True
        self._commentary(built.commentary)
        for said in built.said:
            self._said(said, "List Bullet" if said.point else "Normal")
        if built.section.key == "changes" and self.made.since:
            self._since(self.made.since)
        if built.absent:
            self._boxed(built.absent.text, "unknown-wash", "unknown-text", key=built.absent.key)
        if built.to_do:
            paragraph = self.document.add_paragraph()
            self._words(paragraph, "What would fill this gap: ", bold=True)
            self._words(paragraph, built.to_do.text)
            self._key(paragraph, built.to_do.key)
        if built.common:
            paragraph = self._paragraph("", "Note")
            self._words(paragraph, "For several figures below:", bold=True)
            for said in built.common:
                self._words(paragraph, f" {said.text}")
                self._key(paragraph, said.key)
        shared = {said.text for said in built.common}
        for block in built.blocks:
            self._block(block, shared)
        if built.nothing:
            paragraph = self.document.add_paragraph()
            self._words(paragraph, "What the data cannot answer", bold=True)
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = Pt(12)
            for said in built.nothing:
                self._said(said, "List Bullet")

    def _since(self, since: Since) -> None:
        self._heading(since.title, 2)
        self._said(since.said)
        if since.printed is not None:
            self._caption("Table", "What differs", since.key.name)
            self._table(since.printed, since.title, shares=(0.13, 0.27, 0.3, 0.3))

    def _block(self, block: Block, shared: set[str]) -> None:
        self._heading(block.finding, 2)
        shown = self._paragraph(block.subtitle, "Shown", key=block.key.name)
        notes = [caveat for caveat in block.caveats if caveat not in shared]
        notes += [block.source] if block.source else []
        drawn = block.item.picture and can_draw(block.panel.figure)
        shown.paragraph_format.keep_with_next = bool(drawn or block.printed or notes)
        if drawn:
            self._picture(block).paragraph_format.keep_with_next = bool(notes) and block.printed is None
        if block.printed is not None:
            self._caption("Table", block.panel.title, block.key.name)
            notes = [block.printed.note, *notes] if block.printed.note else notes
            self._table(block.printed, f"{block.panel.title}. {block.finding}", followed=bool(notes))
        for note in notes:
            paragraph = self._paragraph(note, "Note")
            paragraph.paragraph_format.keep_with_next = note is not notes[-1]

    def _picture(self, block: Block) -> Any:
        """The picture and its caption, which is given back."""
        figure = block.panel.figure
        assert figure is not None
        licence = map_licence(block.panel) if block.panel.is_map else ()
        drawn = picture(figure, width=block.item.width, north=block.panel.is_map, notes=licence)
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(0)
        width = min(int(_WIDTH), int(_TALLEST) * drawn.width // drawn.height)
        shape = paragraph.add_run().add_picture(io.BytesIO(drawn.png), width=Emu(width))
        described = shape._inline.docPr
        described.set("descr", block.alt)
        described.set("title", block.panel.title)
        described.set("name", f"{block.panel.id}")
        return self._caption("Figure", block.panel.title, block.key.name)

    def _table(
        self, printed: Printed, described: str, *, small: bool = False, shares: tuple[float, ...] = (),
        followed: bool = False,
    ) -> None:  # fmt: skip
        """A table. Up to a page of rows stays on one page; of a longer one the first and the last rows stay together.

        followed: notes follow that stay with its last row.
        """
        table = self.document.add_table(rows=1, cols=len(printed.headings))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        properties = table._tbl.tblPr
        properties.append(_element("w:tblCaption", val=described[:240]))
        properties.append(_element("w:tblDescription", val=described[:240]))
        borders = _element("w:tblBorders")
        for side in ("top", "bottom", "insideH"):
            borders.append(
                _element(f"w:{side}", val="single", sz="4", space="0", color=tokens("light")["line"].removeprefix("#"))
            )
        properties.find(qn("w:tblW")).addnext(_element("w:tblInd", w="108", type="dxa"))  # edge on the margin
        layout = properties.find(qn("w:tblLayout"))
        (layout.addprevious(borders) if layout is not None else properties.append(borders))
        widths = _widths(printed, shares)
        style = "Small cell" if small else "Cell"
        self._row(table.rows[0], printed.headings, printed, widths, style, head=True)
        mark = _element("w:tblHeader", val="true")
        table.rows[0]._tr.get_or_add_trPr().append(mark)
        for i, cells in enumerate(printed.rows):
            row = table.add_row()
            row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))
            last = len(printed.rows) - 1
            keep = followed if i == last else len(printed.rows) <= _WHOLE or i < 2 or i == last - 1
            self._row(row, cells, printed, widths, style, bold=i == 0 and printed.total_first, keep=keep)
        for grid, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
            grid.set(qn("w:w"), str(int(Emu(width).twips)))
        after = self.document.add_paragraph(style="Small cell")
        after.paragraph_format.keep_with_next = followed

    def _row(
        self, row: Any, cells: tuple[str, ...], printed: Printed, widths: list[int], style: str, *, head: bool = False,
        bold: bool = False, keep: bool = False,
    ) -> None:  # fmt: skip
        style_id = self.document.styles[style].style_id
        for i, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Emu(widths[i])
            paragraph = cell.paragraphs[0]
            paragraph._p.style = style_id  # by its id: looking each up by name takes half the time of a table
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
            if keep or head:
                paragraph.paragraph_format.keep_with_next = True
            if printed.numeric[i]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if head:
                self._words(paragraph, text, bold=True, role="text-on-strong")
                shade = _element("w:shd", val="clear", color="auto", fill=tokens("light")["action"].removeprefix("#"))
                cell._tc.get_or_add_tcPr().append(shade)
                continue
            mark, role = _MARKS.get(text, ("", None)) if printed.verdicts[i] else ("", None)
            self._words(paragraph, f"{mark}{text}", bold=bold or bool(mark), role=role)

    # ---- Back matter ----

    def _methods(self) -> None:
        self._heading("Method notes", 1).paragraph_format.page_break_before = True
        self._defined(self.made.methods)
        self._heading("Glossary", 1)
        self._defined(self.made.glossary)

    def _defined(self, entries: tuple[tuple[str, Said], ...]) -> None:
        for word, said in entries:
            paragraph = self.document.add_paragraph()
            self._words(paragraph, f"{word}: ", bold=True)
            self._words(paragraph, said.text)
            self._key(paragraph, said.key)

    def _evidence(self) -> None:
        self._heading("Appendix: evidence", 1).paragraph_format.page_break_before = True
        self._paragraph(
            "Every number printed, by its key: where in the panel it stands, and the values in the order they are "
            "printed. The data pack holds one line for each number."
        )
        queries = list(dict.fromkeys(key.query for key in self.made.ledger.with_numbers() if key.query))
        snapshots = list(dict.fromkeys(key.snapshot for key in self.made.ledger.with_numbers()))
        names = {query: f"Q{i}" for i, query in enumerate(queries, 1)} | {"": "none"}
        kept = {snapshot: f"S{i}" for i, snapshot in enumerate(snapshots, 1)}
        for query, name in names.items():
            if query:
                self._paragraph(f"{name}: query string {query}", "Note")
        for snapshot, name in kept.items():
            self._paragraph(f"{name}: snapshot {snapshot}", "Note")
        rows: list[tuple[str, ...]] = []
        starts: dict[int, str] = {}
        for key in self.made.ledger.with_numbers():
            starts[len(rows) + 1] = key.name
            place = f"{names[key.query]}, {kept[key.snapshot]}"
            rows += [(span, values, key.panel, part, place) for span, part, values in key.parts()]
        flat = (False,) * 5
        printed = Printed(("Key", "Values", "Panel", "Part", "Query, snapshot"), tuple(rows), flat, flat, False)
        self._big_table(printed, "Evidence: key, values, panel, part of the panel, query string and snapshot", starts)

    def _big_table(self, printed: Printed, described: str, starts: dict[int, str]) -> None:
        """A long table, written as plain XML: a table of a thousand rows takes the library minutes."""
        self._table(Printed(printed.headings, (), printed.numeric, printed.verdicts, False), described, small=True,
                    shares=(0.13, 0.39, 0.17, 0.21, 0.1))  # fmt: skip
        table = self.document.tables[-1]._tbl
        widths = [grid.get(qn("w:w")) for grid in table.tblGrid.findall(qn("w:gridCol"))]
        style = self.document.styles["Small cell"].style_id
        for number, cells in enumerate(printed.rows, 1):
            row = _element("w:tr")
            keep = _element("w:trPr")
            keep.append(_element("w:cantSplit", val="true"))
            row.append(keep)
            for i, text in enumerate(cells):
                cell, properties = _element("w:tc"), _element("w:tcPr")
                properties.append(_element("w:tcW", w=widths[i], type="dxa"))
                cell.append(properties)
                paragraph, form = _element("w:p"), _element("w:pPr")
                form.append(_element("w:pStyle", val=style))
                paragraph.append(form)
                if i == 0 and number in starts:
                    self.bookmarks += 1
                    paragraph.append(
                        _element("w:bookmarkStart", id=str(self.bookmarks), name=f"evidence_{starts[number]}")
                    )
                    paragraph.append(_element("w:bookmarkEnd", id=str(self.bookmarks)))
                run, words = _element("w:r"), _element("w:t")
                words.text = text
                words.set(qn("xml:space"), "preserve")
                run.append(words)
                paragraph.append(run)
                cell.append(paragraph)
                row.append(cell)
            table.append(row)


def _widths(printed: Printed, shares: tuple[float, ...], size: float = 8.5) -> list[int]:
    """Widths of the columns: all their words in one line where the page has room, else never less than one word."""
    if shares:
        return [int(_WIDTH * share) for share in shares]
    least, best = [], []
    for i, heading in enumerate(printed.headings):
        cells = [row[i] for row in printed.rows]
        words = [word for cell in cells for word in cell.split()] or [""]
        longest = max((_wide(word, size) for word in words), default=0)
        if printed.numeric[i] or printed.verdicts[i]:
            longest = max(_wide(cell, size) for cell in cells or [""])
        longest = max(longest, max(_wide(word, size, bold=True) for word in heading.split()))
        whole = min(max((_wide(cell, size) for cell in cells), default=0), 400 if len(printed.headings) < 6 else 150)
        least.append(longest + 13)
        best.append(max(longest, whole, _wide(heading, size, bold=True) / 3) + 13)
    room = Emu(_WIDTH).pt
    if sum(best) > room:
        spare = max(room - sum(least), 0) / ((sum(best) - sum(least)) or 1)
        best = [low + (high - low) * spare for low, high in zip(least, best, strict=True)]
        best = [width * min(1, room / sum(best)) for width in best]
    return [int(Pt(width)) for width in best]


def _wide(words: str, size: float, *, bold: bool = False) -> float:
    """Points a text takes: the screen's typeface is a seventh narrower than the document's."""
    return text_width(words, size, bold) * (1.2 if bold else 1.16)
