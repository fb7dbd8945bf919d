"""The assessment as a PowerPoint deck: one finding a slide as its title, a native chart that can be edited, and notes
with method, source and evidence."""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from analytics.exports._ledger import Key
from analytics.exports._paper import cell
from analytics.exports._picture import can_draw, map_licence, picture, text_width
from analytics.exports.assessment import Assessment, Block, BuiltSection, Printed, Said
from analytics.exports.outline import Chart
from analytics.figures._theme import tokens
from analytics.months import write_month, write_months
from analytics.panels import Column, Panel
from analytics.words import and_list, is_missing

__all__ = ["slide_deck"]

_LANGUAGE = "en-GB"
_FONT = "Arial"
_LEFT, _TOP, _WIDE, _BOTTOM = Inches(0.6), Inches(1.95), Inches(12.13), Inches(6.52)
"""Left, top, width and lower end of what a slide shows, below a title of two lines."""
_ONE_LINE = Inches(0.38)
"""How much higher it begins below a title of one line."""
_LINE = Inches(0.33)
"""A row of a table with one line."""
_ROOM = 900
"""Pixels across a slide for which a figure is drawn: its words are then 13 points high."""
_KINDS = {
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}
_NUMBERS = {
    "integer": "#,##0",
    "rate": "#,##0.0",
    "percent": '0" %"',
    "percent1": '0.0" %"',
    "change": '+0.0" %";−0.0" %"',
}
_INKS = {"rose": "higher", "rising": "higher", "fell": "lower", "falling": "lower"}
_INK_WORDS = {"higher": "Orange", "lower": "Turquoise", "chart-peer": "Grey"}
_TABLE_ROWS = 14
_EVIDENCE_ROWS = 14
_FINDINGS = 13
_METHODS = {"What is counted", "How sure a figure is", "Change", "Comparison", "Missing"}
Progress = Callable[[float, str], None]


def slide_deck(made: Assessment, *, progress: Progress = lambda share, what: None) -> bytes:
    """The deck as the bytes of a .pptx file."""
    return _Deck(made, progress).write()


def _ink(role: str) -> RGBColor:
    return RGBColor.from_string(tokens("light")[role].removeprefix("#"))


@dataclass(frozen=True)
class _Series:
    """What a native chart shows: names along it, and one or more rows of numbers."""

    kind: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    number: str
    note: str = ""
    inks: tuple[str, ...] = ()
    """A colour role for each bar of a chart with one row of numbers."""
    behind: tuple[str, ...] = ()
    """The rows of numbers that are drawn in grey."""
    limits: tuple[tuple[float, ...], ...] = ()
    """How far below and above its bar each interval reaches."""
    told: bool = False
    """Whether each name says its numbers, so that none stands at the bars."""


class _Deck:
    def __init__(self, made: Assessment, progress: Progress) -> None:
        self.made = made
        self.progress = progress
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(13.333), Inches(7.5)
        self.where: list[tuple[Key, int]] = []

    def write(self) -> bytes:
        made = self.made
        core = self.deck.core_properties
        core.title, core.author, core.language = f"{made.context.name}: {made.title}", made.context.name, _LANGUAGE
        core.subject, core.keywords = "Strategic assessment", f"snapshot {made.snapshot}"
        self._front()
        self._summary()
        if made.since is not None and made.since.printed is not None:
            self._since()
        self._commentary("Summary", made.commentary)
        whole, done = sum(len(built.blocks) for built in made.sections) or 1, 0
        for built in made.sections:
            if built.section.key == "priorities":
                self._decision(built)
            self._commentary(built.section.title, built.commentary)
            for block in built.blocks:
                done += 1
                if block.item.slide:
                    self.progress(done / whole, block.panel.title)
                    self._block(built.section.title, block)
        self._not_covered()
        self._methods()
        self._evidence()
        out = io.BytesIO()
        self.deck.save(out)
        return out.getvalue()

    # ---- Pieces ----

    def _slide(self, title: str, section: str = "") -> Any:
        """A slide with its title in the title's place, the section above it and its number below."""
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])  # "Title Only"
        head = slide.shapes.title
        one = self._one_line(title)
        head.left, head.top, head.width, head.height = _LEFT, Inches(0.62), _WIDE, Inches(0.5 if one else 0.88)
        self._words(head.text_frame, [title], self._size(title), bold=True, role="text")
        head.text_frame.vertical_anchor = MSO_ANCHOR.TOP
        if section:
            self._box(slide, [section], _LEFT, Inches(0.3), _WIDE, Inches(0.32), 13, role="action", bold=True)
        foot = f"{self.made.context.short_name}, {self.made.period}"
        if self.made.context.demonstration:
            foot += ". Demonstration data: every figure is invented"
        role = "problem-text" if self.made.context.demonstration else "text-quiet"
        self._box(slide, [foot], _LEFT, Inches(7.06), Inches(9), Inches(0.3), 11, role=role)
        number = self._box(slide, [""], Inches(11.7), Inches(7.06), Inches(1.03), Inches(0.3), 11, role="text-quiet")
        paragraph = number.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        (run,) = paragraph.runs
        field = paragraph._p.makeelement(
            qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}
        )  # PowerPoint wants an id for a field; any will do
        words = field.makeelement(qn("a:t"), {})
        words.text = str(len(self.deck.slides))
        field.extend([run._r.get_or_add_rPr(), words])
        paragraph._p.replace(run._r, field)
        return slide

    def _one_line(self, title: str) -> bool:
        """Whether a title stands in one line, at its full size or the smaller one; else it takes two smaller ones."""
        return self._size(title) * 1.18 * text_width(title, 1, bold=True) < Emu(_WIDE).pt

    def _size(self, title: str) -> int:
        return 28 if 1.18 * text_width(title, 28, bold=True) < Emu(_WIDE).pt else 24

    def _top(self, title: str) -> int:
        """Where what a slide shows begins, below its title and the line that says what is shown."""
        return _TOP - (_ONE_LINE if self._one_line(title) else 0)

    def _words(
        self, frame: Any, lines: Sequence[str], size: float, *, bold: bool = False, role: str = "text",
        points: bool = False,
    ) -> None:  # fmt: skip
        frame.word_wrap = True
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for i, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.LEFT
            run = paragraph.add_run()
            run.text = line.replace("\u202f", "\u00a0")
            font = run.font
            font.size, font.bold, font.name, font.color.rgb = Pt(size), bold, _FONT, _ink(role)
            run._r.get_or_add_rPr().set("lang", _LANGUAGE)
            if points:
                paragraph.space_after = Pt(size * 0.42)
                form = paragraph._p.get_or_add_pPr()
                form.set("marL", str(Pt(16)))
                form.set("indent", str(-Pt(16)))
                mark = form.makeelement(qn("a:buChar"), {"char": "•"})
                form.append(mark)

    def _box(
        self, slide: Any, lines: Sequence[str], left: int, top: int, width: int, height: int, size: float, *,
        bold: bool = False, role: str = "text", points: bool = False,
    ) -> Any:  # fmt: skip
        box = slide.shapes.add_textbox(left, top, width, height)
        self._words(box.text_frame, lines, size, bold=bold, role=role, points=points)
        return box

    def _notes(self, slide: Any, lines: Iterable[str], *keys: Key) -> None:
        """The notes: what the speaker needs, then each number by its key."""
        number = len(self.deck.slides)
        evidence = []
        for key in keys:
            self.where.append((key, number))
            if key.entries:
                evidence.append(f"{key.name}: {key.panel}; query {key.query or 'none'}; snapshot {key.snapshot}")
                evidence += [f"{span} {part}: {values}" for span, part, values in key.parts()]
        frame = slide.notes_slide.notes_text_frame
        frame.text = "\n".join([*(line for line in lines if line), "", "Evidence", *evidence]).replace(
            "\u202f", "\u00a0"
        )
        for paragraph in frame.paragraphs:
            for run in paragraph.runs:
                run._r.get_or_add_rPr().set("lang", _LANGUAGE)

    def _key_of(self, name: str) -> Key:
        return next(key for key in self.made.ledger.keys if key.name == name)

    def _described(self, shape: Any, title: str, words: str) -> None:
        properties = shape._element.xpath(".//p:cNvPr")[0]
        properties.set("descr", words)
        properties.set("title", title)

    # ---- Slides ----

    def _front(self) -> None:
        made = self.made
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(0.28), self.deck.slide_height)
        band.fill.solid()
        band.fill.fore_color.rgb = _ink("action")
        band.line.fill.background()
        self._described(band, "Band", "")
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = Inches(0.9), Inches(2.2), Inches(11.5), Inches(1.0)
        self._words(head.text_frame, ["Strategic assessment"], 44, bold=True, role="action")
        self._box(slide, [made.context.name, made.period], Inches(0.9), Inches(3.3), Inches(11.5), Inches(1.1), 24)
        facts = [said.text for said in made.facts]
        if made.context.demonstration:
            facts.insert(0, "Demonstration data: this partnership and every figure are invented.")
        self._box(slide, facts, Inches(0.9), Inches(5.3), Inches(11.5), Inches(1.4), 14, role="text-quiet")
        self._notes(slide, [made.title], self._key_of(made.facts[0].key))

    def _summary(self) -> None:
        made = self.made
        if not made.lead:
            return
        title = made.lead[0].text.rstrip(".")
        slide, top = self._slide(title, "Summary"), self._top(title)
        self._box(slide, [" ".join(said.text for said in made.lead[1:])], _LEFT, top - Inches(0.45), _WIDE, Inches(0.6),
                  14, role="text-quiet")  # fmt: skip
        findings = _of_each_section([list(said) for _, said in made.findings], _FINDINGS)
        self._box(slide, [said.text for said in findings], _LEFT, top + Inches(0.1), _WIDE, _BOTTOM - top,
                  16 if len(findings) > 9 else 19, points=True)  # fmt: skip
        keys = dict.fromkeys([made.lead[0].key, *(said.key for said in findings)])
        self._notes(slide, ["What should be remembered."], *(self._key_of(name) for name in keys))

    def _since(self) -> None:
        since = self.made.since
        assert since is not None
        assert since.printed is not None
        slide = self._slide(since.title, "Changes since the last assessment, and why")
        self._box(slide, [since.said.text], _LEFT, Inches(1.5), _WIDE, Inches(0.5), 13, role="text-quiet")
        first = ("Decision", "Conclusion", "Ranking")
        rows = sorted((row for row in since.printed.rows if row[0] in first), key=lambda row: first.index(row[0]))
        told = rows or list(since.printed.rows)
        words = f"{since.title}. What differs, as it was and as it is."
        self._table(slide, since.printed, told[:9], "What differs", words, top=Inches(2.2))
        self._notes(slide, ["The document lists every difference."], since.key)

    def _block(self, section: str, block: Block) -> None:
        drawn = block.item.picture and can_draw(block.panel.figure)
        series = _series(block.panel, block.item.chart, block.key)
        if not drawn and block.printed is None and series is None:
            return
        slide, top = self._slide(block.finding, section), self._top(block.finding)
        panel = block.panel
        note, shown = "", block.subtitle
        if series is not None and block.item.chart is not None:
            heading = next(c.heading for c in panel.columns if c.key == block.item.chart.values[0])
            own = block.item.chart.shown.format(value=_lower(heading))
            shown = block.key.say("what the slide shows", own) or shown.split("; ")[0].split(". ")[0]
            self._chart(slide, series, block, top)
            note = series.note
        elif drawn:
            self._picture(slide, block, top)
        elif block.printed is not None:
            rows = _fitting(block.printed, _BOTTOM - top)
            whole = len(block.printed.rows)
            note = block.key.say("slide note", f"The first {len(rows)} of {whole} rows." if len(rows) < whole else "")
            self._table(slide, block.printed, rows, panel.title, f"{panel.title}. {block.finding}.", top=top)
        self._box(slide, [f"{shown}  [{block.key.name}]"], _LEFT, top - Inches(0.45), _WIDE, Inches(0.4), 14,
                  role="text-quiet")  # fmt: skip
        source = " ".join(part for part in (note, block.source) if part)
        self._box(slide, [source], _LEFT, Inches(6.62), _WIDE, Inches(0.4), 10, role="text-quiet")
        method = f"How it is worked out: {panel.title}. {block.subtitle}."
        self._notes(slide, [method, *block.caveats, block.source], block.key)

    def _chart(self, slide: Any, series: _Series, block: Block, top: int) -> None:
        data = CategoryChartData(number_format=series.number)
        data.categories = series.names
        for name, values in series.rows:
            data.add_series(name, values)
        few = min(1.0, 0.25 + 0.13 * len(series.names)) if series.kind == "bar" else 1.0  # two bars need no whole slide
        height = int((_BOTTOM - top) * few)
        frame = slide.shapes.add_chart(_KINDS[series.kind], _LEFT, top, _WIDE, height, data)
        self._described(frame, block.panel.title, block.alt)
        chart = frame.chart
        chart.font.size, chart.font.name, chart.font.color.rgb = Pt(12), _FONT, _ink("chart-text")
        chart.has_title = False
        chart.has_legend = len(series.rows) > 1
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        line = series.kind == "line"
        names, values = chart.category_axis, chart.value_axis
        names.format.line.color.rgb = _ink("chart-axis")
        names.major_tick_mark = XL_TICK_MARK.NONE
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        values.major_gridlines.format.line.color.rgb = _ink("chart-grid")
        values.format.line.fill.background()
        values.has_major_gridlines = line
        values.visible = line
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = series.number, False
        low, high = _ends(series)
        values.minimum_scale, values.maximum_scale = low, high
        names.reverse_order = series.kind == "bar"
        colors = iter(["chart-ours", "chart-second", "chart-third", "chart-fourth"])
        for one, (heading, _) in zip(chart.plots[0].series, series.rows, strict=True):
            behind = heading in series.behind
            color = _ink("chart-peer" if behind else next(colors))
            if line:
                one.format.line.color.rgb, one.smooth = color, False
                one.format.line.width = Pt(1.25 if behind else 2.25)
                if behind:
                    one.format.line.dash_style = MSO_LINE.DASH
                    one.marker.style = XL_MARKER_STYLE.NONE
                    continue
                one.marker.size = 5
                one.marker.format.fill.solid()
                one.marker.format.fill.fore_color.rgb = color
                one.marker.format.line.color.rgb = color
                continue
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = color
            one.invert_if_negative = False
            for i, role in enumerate(series.inks):
                fill = one.points[i].format.fill
                fill.solid()
                fill.fore_color.rgb = _ink(role)
        if not line:
            plot = chart.plots[0]
            plot.gap_width, plot.overlap = (40 if len(series.rows) > 1 else 45), -5
            if series.limits:
                _whiskers(plot.series[0], series.limits, tokens("light")["chart-text"].removeprefix("#"))
            if series.told:
                return
            plot.has_data_labels = True
            labels = plot.data_labels
            labels.number_format, labels.number_format_is_linked = series.number, False
            labels.position, labels.font.size = XL_LABEL_POSITION.OUTSIDE_END, Pt(11)
            labels.show_value = True

    def _picture(self, slide: Any, block: Block, top: int) -> None:
        """The figure, drawn for the room of the slide."""
        panel, room = block.panel, _BOTTOM - top
        across = max(_ROOM, block.item.width if not panel.is_map else 0)
        height = int(across * room / _WIDE)
        figure = self.made.draw(panel.id, across, height - (18 if panel.is_map else 0))
        assert figure is not None
        drawn = picture(figure, width=across, north=panel.is_map, notes=map_licence(panel) if panel.is_map else ())
        scale = min(_WIDE / drawn.width, room / drawn.height)
        width = Emu(int(drawn.width * scale))
        shape = slide.shapes.add_picture(io.BytesIO(drawn.png), _LEFT + (_WIDE - width) // 2, top, width=width)
        self._described(shape, panel.title, block.alt)

    def _table(
        self, slide: Any, printed: Printed, rows: Sequence[tuple[str, ...]], title: str, words: str, *, top: int
    ) -> None:  # fmt: skip
        columns = len(printed.headings)
        frame = slide.shapes.add_table(len(rows) + 1, columns, _LEFT, top, _WIDE, _LINE * (len(rows) + 1))
        self._described(frame, title, words)
        table = frame.table
        table.first_row, table.horz_banding = True, False
        for i, share in enumerate(_shares(printed, rows)):
            table.columns[i].width = Emu(int(_WIDE * share))
        for r, row in enumerate([printed.headings, *rows]):
            for i, text in enumerate(row):
                cell = table.cell(r, i)
                cell.margin_left = cell.margin_right = Inches(0.06)
                cell.margin_top = cell.margin_bottom = Inches(0.025)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _ink("action" if r == 0 else "surface")
                frame_of = cell.text_frame
                self._words(frame_of, [text], 11, bold=r == 0, role="text-on-strong" if r == 0 else "text")
                frame_of.paragraphs[0].alignment = PP_ALIGN.RIGHT if printed.numeric[i] else PP_ALIGN.LEFT

    def _decision(self, built: BuiltSection) -> None:
        """The decision of the workshop, or that there is none: before the ranking it was taken on."""
        if not built.said:
            return
        decided = len(built.said) > 1
        title = _short(built.said[0].text.rstrip(".")) if decided else "No decision of a workshop is recorded yet"
        slide, top = self._slide(title, built.section.title), self._top(title)
        lines = [said.text for said in (built.said[1:] if decided else built.said)]
        self._box(slide, _first(lines, 1100), _LEFT, top, _WIDE, _BOTTOM - top, 17, points=True)
        self._notes(slide, [said.text for said in built.said], self._key_of(built.said[0].key))

    def _commentary(self, title: str, said: Sequence[Said]) -> None:
        """What the analyst wrote about a section, its beginning as the title; the notes have all."""
        if not said:
            return
        head = _short(said[0].text)
        slide, top = self._slide(head, f"{title}: commentary"), self._top(head)
        rest = [one.text for one in said] if head != said[0].text.rstrip(".") else [one.text for one in said[1:]]
        self._box(slide, _first(rest, 900), _LEFT, top, _WIDE, _BOTTOM - top, 18, points=True)
        self._notes(slide, [one.text for one in said], self._key_of(said[0].key))

    def _not_covered(self) -> None:
        absent = [section for section in self.made.sections if section.absent]
        if not absent:
            return
        title = f"Not covered: {'; '.join(_lower(s.section.title) for s in absent)}"
        slide, top = self._slide(_short(title), "Data gaps and quality"), self._top(_short(title))
        lines = [f"{s.section.title}: {s.absent.text} {s.to_do.text if s.to_do else ''}" for s in absent if s.absent]
        self._box(slide, lines, _LEFT, top, _WIDE, _BOTTOM - top, 18, points=True)
        self._notes(slide, [f"{s.section.title}: {s.absent.text}" for s in absent if s.absent],
                    *(self._key_of(s.absent.key) for s in absent if s.absent))  # fmt: skip

    def _methods(self) -> None:
        slide = self._slide("How the figures are worked out", "Method notes")
        key = self._key_of(self.made.methods[0][1].key)
        chosen = [(word, said) for word, said in self.made.methods if word in _METHODS]
        self._box(slide, [f"{word}: {said.text}" for word, said in chosen], _LEFT, Inches(1.4), _WIDE, Inches(5.2), 14,
                  points=True)  # fmt: skip
        self._notes(slide, [f"{word}: {said.text}" for word, said in self.made.methods], key)

    def _evidence(self) -> None:
        """The keys with the slides they stand on; the numbers under each stand in that slide's notes."""
        slides: dict[str, list[int]] = {}
        for key, number in self.where:
            if key.entries and number not in slides.setdefault(key.name, []):
                slides[key.name].append(number)
        keys = sorted((self._key_of(name) for name in slides), key=lambda key: int(key.name[1:]))
        rows = [
            (key.name, key.panel, and_list(map(str, slides[key.name])), str(len(key.entries)), key.snapshot)
            for key in keys
        ]
        flat = (False,) * 5
        printed = Printed(("Key", "Panel", "Slides", "Numbers", "Snapshot"), tuple(rows), flat, flat, False)
        for start in range(0, len(rows), _EVIDENCE_ROWS):
            part = rows[start : start + _EVIDENCE_ROWS]
            title = f"Where each number comes from: {part[0][0]} to {part[-1][0]}"
            slide, top = self._slide(title, "Appendix: evidence"), self._top(title)
            where = f"Filters as a query string: {self.made.query}. The values stand in the notes of each slide."
            self._box(slide, [where], _LEFT, top - Inches(0.45), _WIDE, Inches(0.4), 12, role="text-quiet")
            self._table(slide, printed, part, "Evidence", "Evidence: key, panel, slides, how many numbers, snapshot",
                        top=top)  # fmt: skip
            slide.notes_slide.notes_text_frame.text = (
                f"The keys {part[0][0]} to {part[-1][0]} with their panels and slides. Query string: {self.made.query}"
            )


def _shares(printed: Printed, rows: Sequence[tuple[str, ...]]) -> list[float]:
    """The columns' shares of a table's width, by what stands in them."""
    needs = [
        max(8, *(min(len(row[i]), 40) for row in rows), max(len(word) for word in heading.split()) + 3)
        for i, heading in enumerate(printed.headings)
    ]
    return [need / sum(needs) for need in needs]


def _fitting(printed: Printed, height: int) -> tuple[tuple[str, ...], ...]:
    """The first rows, as many as fit in the height when long texts take several lines."""
    shares = _shares(printed, printed.rows)

    def lines(cells: Sequence[str]) -> int:
        return max(-(-len(text) // max(int(150 * share), 1)) for text, share in zip(cells, shares, strict=True)) or 1

    room = height / _LINE - lines(printed.headings)
    rows = []
    for row in printed.rows[:_TABLE_ROWS]:
        room -= lines(row)
        if room < 0:
            break
        rows.append(row)
    return tuple(rows or printed.rows[:1])


def _ends(series: _Series) -> tuple[float, float | None]:
    """From where to where the axis of the numbers runs: all bars and intervals, and zero; None: where it likes."""
    below, above = series.limits or ((0.0,) * len(series.names),) * 2
    known = [(v, i) for _, row in series.rows for i, v in enumerate(row) if v is not None]
    low = min([0.0, *(v - below[i] for v, i in known)])
    high = max([0.0, *(v + above[i] for v, i in known)])
    margin = 0.03 * (high - low)
    return (low - margin if low < 0 else 0.0), (high + margin if series.limits else None)


def _whiskers(series: Any, limits: tuple[tuple[float, ...], ...], color: str) -> None:
    """The intervals of a bar chart as error bars, with numbers of their own (the library has none)."""
    made = series._element.makeelement(qn("c:errBars"), {})
    for tag, value in (("c:errBarType", "both"), ("c:errValType", "cust"), ("c:noEndCap", "1")):
        made.append(made.makeelement(qn(tag), {"val": value}))
    for tag, reach in (("c:plus", limits[1]), ("c:minus", limits[0])):
        side = made.makeelement(qn(tag), {})
        numbers = side.makeelement(qn("c:numLit"), {})
        code = numbers.makeelement(qn("c:formatCode"), {})
        code.text = "General"
        numbers.extend([code, numbers.makeelement(qn("c:ptCount"), {"val": str(len(reach))})])
        for i, away in enumerate(reach):
            point = numbers.makeelement(qn("c:pt"), {"idx": str(i)})
            words = point.makeelement(qn("c:v"), {})
            words.text = f"{away:.10g}"
            point.append(words)
            numbers.append(point)
        side.append(numbers)
        made.append(side)
    look = made.makeelement(qn("c:spPr"), {})
    stroke = look.makeelement(qn("a:ln"), {"w": str(Pt(1.5))})
    fill = stroke.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": color}))
    stroke.append(fill)
    look.append(stroke)
    made.append(look)
    series._element.find(qn("c:cat")).addprevious(made)


def _of_each_section(findings: list[list[Said]], most: int) -> list[Said]:
    """So many findings that every section keeps its first ones, in the document's order."""
    ranked = sorted((i, k) for k, said in enumerate(findings) for i in range(len(said)))
    return [findings[k][i] for k, i in sorted((k, i) for i, k in ranked[:most])]


def _short(words: str, most: int = 90) -> str:
    """The first sentence of a text as a title: at most `most` characters, cut between words."""
    first = words.split(". ")[0].strip().rstrip(".")
    return first if len(first) <= most else first[: most - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _first(texts: Sequence[str], room: int) -> list[str]:
    """As many texts as fit in `room` characters; of a first one that is longer, its beginning. The notes have all."""
    lines: list[str] = []
    for text in texts:
        if len(text) > room:
            return lines or [text[: room - 20].rsplit(" ", 1)[0] + " …"]
        lines.append(text)
        room -= len(text) + 60
    return lines


def _series(panel: Panel, chart: Chart | None, key: Key) -> _Series | None:
    """What the panel's native chart shows, as the outline says; None: no native chart. Its numbers enter the ledger."""
    columns = {column.key: column for column in panel.columns}
    if chart is None or any(name not in columns or name not in panel.table for name in (chart.names, *chart.values)):
        return None
    line, number = chart.kind == "line", columns[chart.values[0]].format
    numbers = panel.table[list(chart.values)].apply(pd.to_numeric, errors="coerce")
    known = numbers.notna().any(axis=1) if not line else numbers.isin([float("inf")]).sum(axis=1) == 0
    frame = panel.table[known].tail(chart.most) if line else panel.table[known].head(chart.most)
    if len(frame) < 2 or numbers.loc[frame.index].isna().all(axis=None):
        return None
    limits = tuple(name for name in chart.limits if name in panel.table)
    told = not line and (bool(limits) or len(chart.values) > 1)
    names = tuple(_label(row, chart, columns, told=told) for row in frame.to_dict("records"))
    same = chart.same and numbers[chart.values[0]].dropna().equals(
        pd.to_numeric(panel.table[chart.same], errors="coerce").astype(float).dropna()
    )
    headings = {value: columns[value].heading for value in chart.values}
    if same:
        headings[chart.values[0]] = columns[chart.same].heading
    rows = tuple(
        (headings[value], tuple(None if pd.isna(v) else float(v) for v in numbers.loc[frame.index, value]))
        for value in chart.values
    )
    note = f"Drawn: the first {len(frame)} of {int(known.sum())}." if len(frame) < known.sum() and not line else ""
    without = [_name(value, columns[chart.names]) for value in panel.table.loc[~known, chart.names]]
    if without:
        note = f"{note} Not drawn, because there is no data or too little: {and_list(without, 6)}.".strip()
    if line and not _unknown_months(panel, chart).empty:
        note = f"No data: {write_months(list(_unknown_months(panel, chart)))}."
    if limits:
        note = f"Lines: 95 % intervals. {note}".strip()
    inks: tuple[str, ...] = ()
    if chart.verdict:
        inks = tuple(_INKS.get(str(verdict), "chart-peer") for verdict in frame[chart.verdict])
        here = [(_INKS.get(word, "chart-peer"), word) for word in dict.fromkeys(map(str, frame[chart.verdict]))]
        said = [f"{words}: {word}." for role, words in _INK_WORDS.items() for ink, word in here if ink == role]
        note = " ".join([*said, note]).strip()
    elif "is_self" in frame:
        inks = tuple("chart-ours" if ours else "chart-peer" for ours in frame["is_self"])
    key.say("chart note", note)
    ends = (
        frame[list(limits)].apply(pd.to_numeric, errors="coerce").replace([float("inf"), float("-inf")], float("nan"))
    )
    for i, name in enumerate(names):
        drawn = [row[1][i] for row in rows] + [None if pd.isna(end) else float(end) for end in ends.iloc[i]]
        shown = " ".join("" if value is None else f"{value:.10g}" for value in drawn)
        key.say(f"chart: {name}", f"{name} {shown}")
    key.say("chart series", " ".join(heading for heading, _ in rows))
    behind = tuple(columns[name].heading for name in chart.behind)
    reach: tuple[tuple[float, ...], ...] = ()
    if limits:
        values = numbers.loc[frame.index, chart.values[0]]
        away = [(values - ends[limits[0]]).fillna(0.0), (ends[limits[1]] - values).fillna(0.0)]
        reach = tuple(tuple(float(v) for v in side) for side in away)
    return _Series(
        chart.kind, names, rows, _NUMBERS.get(chart.number or number, "General"), note, inks, behind, reach, told
    )


def _unknown_months(panel: Panel, chart: Chart) -> pd.Series:
    """The months a line has no number for."""
    months = panel.table.tail(chart.most)
    return months.loc[months[chart.values[0]].isna(), chart.names]


def _label(row: Mapping[Hashable, Any], chart: Chart, columns: Mapping[str, Column], *, told: bool) -> str:
    """The row's name, the counts beside it, and its numbers: "Burglary: 237, then 166 (−29.4 %)"."""
    name = _name(row[chart.names], columns[chart.names])
    counts = ", then ".join(cell(row[key], columns[key], row) for key in chart.beside)
    numbers = " against ".join(cell(row[key], columns[key], row) for key in chart.values) if told else ""
    return f"{name}: {counts} ({numbers})" if counts and numbers else f"{name}: {counts or numbers}".removesuffix(": ")


def _name(value: Any, column: Column) -> str:
    return write_month(value) if column.format == "month" and not is_missing(value) else str(value)
