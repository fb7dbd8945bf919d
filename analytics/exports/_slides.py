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
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from analytics.exports._ledger import Key
from analytics.exports._picture import can_draw, map_licence, picture
from analytics.exports.assessment import Assessment, Block, Printed
from analytics.exports.outline import Chart
from analytics.figures._theme import tokens
from analytics.months import write_month
from analytics.panels import Column, Panel
from analytics.words import and_list, is_missing, write

__all__ = ["slide_deck"]

_LANGUAGE = "en-GB"
_FONT = "Arial"
_LEFT, _TOP, _WIDE, _HIGH = Inches(0.6), Inches(1.95), Inches(12.13), Inches(4.65)
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
_FIELD = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"
"""PowerPoint wants an id for a field; any will do."""
_TABLE_ROWS = 12
_FINDINGS = 12
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
    behind: str = ""
    """The row of numbers that is drawn in grey."""


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
        blocks = [(s.section.title, b) for s in made.sections for b in s.blocks if b.item.slide]
        for i, (title, block) in enumerate(blocks):
            self.progress(i / len(blocks), block.panel.title)
            self._block(title, block)
        self._decision()
        self._commentary()
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
        head.left, head.top, head.width, head.height = _LEFT, Inches(0.62), _WIDE, Inches(0.95)
        self._words(head.text_frame, [title], 28 if len(title) <= 62 else 24, bold=True, role="text")
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
        for run in list(paragraph.runs):
            paragraph._p.remove(run._r)
        field = paragraph._p.makeelement(
            qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}
        )
        words = field.makeelement(qn("a:t"), {})
        words.text = str(len(self.deck.slides))
        look = field.makeelement(qn("a:rPr"), {"lang": _LANGUAGE, "sz": "1100"})
        field.extend([look, words])
        paragraph._p.insert(0, field)
        return slide

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
        slide = self._slide(made.lead[0].text.rstrip("."), "Summary")
        self._box(slide, [" ".join(said.text for said in made.lead[1:])], _LEFT, Inches(1.55), _WIDE, Inches(0.6), 14,
                  role="text-quiet")  # fmt: skip
        findings = made.findings[:_FINDINGS]
        self._box(slide, [said.text for said in findings], _LEFT, Inches(2.25), _WIDE, Inches(4.6),
                  17 if len(findings) > 9 else 19, points=True)  # fmt: skip
        keys = dict.fromkeys([made.lead[0].key, *(said.key for said in findings)])
        self._notes(slide, ["What should be remembered."], *(self._key_of(name) for name in keys))

    def _since(self) -> None:
        since = self.made.since
        assert since is not None
        assert since.printed is not None
        slide = self._slide(since.title, "Changes since the last assessment, and why")
        self._box(slide, [since.said.text], _LEFT, Inches(1.5), _WIDE, Inches(0.5), 13, role="text-quiet")
        conclusions = [row for row in since.printed.rows if row[0] == "Conclusion"] or list(since.printed.rows)
        self._table(slide, since.printed, conclusions[:8], "What differs", since.title, top=Inches(2.2))
        self._notes(slide, ["The document lists every difference."], since.key)

    def _block(self, section: str, block: Block) -> None:
        drawn = block.item.picture and can_draw(block.panel.figure)
        if not drawn and block.printed is None and block.item.chart is None:
            return
        slide = self._slide(block.finding, section)
        self._box(slide, [f"{block.subtitle}  [{block.key.name}]"], _LEFT, Inches(1.5), _WIDE, Inches(0.4), 14,
                  role="text-quiet")  # fmt: skip
        panel = block.panel
        series = _series(panel, block.item.chart, block.key)
        note = ""
        if series is not None and not panel.is_map:
            self._chart(slide, series, panel, block.finding)
            note = series.note
        elif block.item.picture and can_draw(panel.figure):
            self._picture(slide, block)
        elif block.printed is not None:
            rows = _fitting(block.printed)
            whole = len(block.printed.rows)
            note = block.key.say("slide note", f"The first {len(rows)} of {whole} rows." if len(rows) < whole else "")
            self._table(slide, block.printed, rows, panel.title, block.finding)
        source = " ".join(part for part in (note, block.source) if part)
        self._box(slide, [source], _LEFT, Inches(6.68), _WIDE, Inches(0.36), 11, role="text-quiet")
        method = f"How it is worked out: {panel.title}. {block.subtitle}."
        self._notes(slide, [method, *block.caveats, block.source], block.key)

    def _chart(self, slide: Any, series: _Series, panel: Panel, finding: str) -> None:
        data = CategoryChartData(number_format=series.number)
        data.categories = series.names
        for name, values in series.rows:
            data.add_series(name, values)
        frame = slide.shapes.add_chart(_KINDS[series.kind], _LEFT, _TOP, _WIDE, _HIGH, data)
        self._described(frame, panel.title, panel.figure_alt or f"{panel.title}. {finding}")
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
        numbers = [value for _, row in series.rows for value in row if value is not None]
        if min(numbers, default=0) >= 0:
            values.minimum_scale = 0
        names.reverse_order = series.kind == "bar"
        colors = iter(["chart-ours", "chart-second", "chart-third", "chart-fourth"])
        for one, (heading, _) in zip(chart.plots[0].series, series.rows, strict=True):
            color = _ink("chart-peer" if heading == series.behind else next(colors))
            if line:
                one.format.line.color.rgb, one.format.line.width, one.smooth = color, Pt(2.25), False
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
            plot.has_data_labels = True
            labels = plot.data_labels
            labels.number_format, labels.number_format_is_linked = series.number, False
            labels.position, labels.font.size = XL_LABEL_POSITION.OUTSIDE_END, Pt(11)
            labels.show_value = True

    def _picture(self, slide: Any, block: Block) -> None:
        figure = block.panel.figure
        assert figure is not None
        drawn = picture(figure, width=block.item.width, north=block.panel.is_map,
                        notes=map_licence(block.panel) if block.panel.is_map else ())  # fmt: skip
        scale = min(_WIDE / drawn.width, _HIGH / drawn.height)
        width = Emu(int(drawn.width * scale))
        shape = slide.shapes.add_picture(io.BytesIO(drawn.png), _LEFT + (_WIDE - width) // 2, _TOP, width=width)
        self._described(shape, block.panel.title, block.panel.figure_alt or f"{block.panel.title}. {block.finding}")

    def _table(
        self, slide: Any, printed: Printed, rows: Sequence[tuple[str, ...]], title: str, words: str, *, top: int = _TOP
    ) -> None:
        columns = len(printed.headings)
        frame = slide.shapes.add_table(len(rows) + 1, columns, _LEFT, top, _WIDE, Inches(0.32) * (len(rows) + 1))
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

    def _decision(self) -> None:
        """The decision of the workshop, or that there is none."""
        built = next(section for section in self.made.sections if section.section.key == "priorities")
        if not built.said:
            return
        decided = len(built.said) > 1
        slide = self._slide(
            "What the workshop decided" if decided else "No decision is recorded yet", built.section.title
        )
        self._box(slide, _first([said.text for said in built.said], 1100), _LEFT, Inches(1.5), _WIDE, Inches(5.1), 17,
                  points=True)  # fmt: skip
        self._notes(slide, [said.text for said in built.said], self._key_of(built.said[0].key))

    def _commentary(self) -> None:
        """One slide for each section the analyst has written about, as far as it fits; the notes have all."""
        written = [("Summary", self.made.commentary), *((s.section.title, s.commentary) for s in self.made.sections)]
        for title, said in written:
            if not said:
                continue
            slide = self._slide(f"{title}: commentary", title)
            lines = _first([one.text for one in said], 900)
            self._box(slide, lines, _LEFT, _TOP, _WIDE, _HIGH, 18, points=True)
            self._notes(slide, [one.text for one in said], self._key_of(said[0].key))

    def _not_covered(self) -> None:
        absent = [section for section in self.made.sections if section.absent]
        if not absent:
            return
        slide = self._slide("What this assessment does not cover, and what to do", "Data gaps and quality")
        lines = [f"{s.section.title}: {s.to_do.text if s.to_do else ''}" for s in absent]
        self._box(slide, lines, _LEFT, _TOP, _WIDE, _HIGH, 18, points=True)
        self._notes(slide, [f"{s.section.title}: {s.absent.text}" for s in absent if s.absent],
                    *(self._key_of(s.absent.key) for s in absent if s.absent))  # fmt: skip

    def _methods(self) -> None:
        slide = self._slide("How the figures are worked out", "Method notes")
        key = self._key_of(self.made.methods[0][1].key)
        chosen = [(word, said) for word, said in self.made.methods if word in _METHODS]
        self._box(slide, [f"{word}: {said.text}" for word, said in chosen], _LEFT, Inches(1.6), _WIDE, Inches(5.2), 14,
                  points=True)  # fmt: skip
        self._notes(slide, [f"{word}: {said.text}" for word, said in self.made.methods], key)

    def _evidence(self) -> None:
        """The keys with the slides they stand on; the numbers under each stand in that slide's notes."""
        rows = []
        for key, number in self.where:
            if key.entries:
                rows.append((key.name, key.panel, str(number), str(len(key.entries)), key.snapshot))
        flat = (False,) * 5
        printed = Printed(("Key", "Panel", "Slide", "Numbers", "Snapshot"), tuple(rows), flat, flat, False)
        for start in range(0, len(rows), 14):
            part = rows[start : start + 14]
            slide = self._slide("Where each number comes from", "Appendix: evidence")
            where = f"Filters as a query string: {self.made.query}. The values stand in the notes of each slide."
            self._box(slide, [where], _LEFT, Inches(1.45), _WIDE, Inches(0.4), 12, role="text-quiet")  # fmt: skip
            self._table(slide, printed, part, "Evidence", "Evidence: key, panel, slide, how many numbers, snapshot")
            slide.notes_slide.notes_text_frame.text = f"Query string: {self.made.query}"


def _shares(printed: Printed, rows: Sequence[tuple[str, ...]]) -> list[float]:
    """The columns' shares of a table's width, by what stands in them."""
    needs = [
        max(8, *(min(len(row[i]), 40) for row in rows), max(len(word) for word in heading.split()) + 2)
        for i, heading in enumerate(printed.headings)
    ]
    return [need / sum(needs) for need in needs]


def _fitting(printed: Printed) -> tuple[tuple[str, ...], ...]:
    """The first rows, as many as a slide has room for when long texts take several lines."""
    shares, room = _shares(printed, printed.rows), 13.5
    rows = []
    for row in printed.rows[:_TABLE_ROWS]:
        room -= max(-(-len(text) // max(int(165 * share), 1)) for text, share in zip(row, shares, strict=True)) or 1
        if room < 0:
            break
        rows.append(row)
    return tuple(rows or printed.rows[:1])


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
    line = chart.kind == "line"
    numbers = panel.table[list(chart.values)].apply(pd.to_numeric, errors="coerce")
    known = numbers.notna().any(axis=1) if not line else numbers.isin([float("inf")]).sum(axis=1) == 0
    frame = panel.table[known].tail(chart.most) if line else panel.table[known].head(chart.most)
    if len(frame) < 2 or numbers.loc[frame.index].isna().all(axis=None):
        return None
    names = tuple(_label(row, chart, columns) for row in frame.to_dict("records"))
    rows = tuple(
        (columns[value].heading, tuple(None if pd.isna(v) else float(v) for v in numbers.loc[frame.index, value]))
        for value in chart.values
    )
    note = f"Drawn: the first {len(frame)} of {int(known.sum())}." if len(frame) < known.sum() and not line else ""
    without = [_name(value, columns[chart.names]) for value in panel.table.loc[~known, chart.names]]
    if without:
        note = f"{note} Not drawn, because there is no data or too little: {and_list(without, 6)}.".strip()
    if len(rows) == 1 and not line:
        note = f"Bars: {rows[0][0][:1].lower()}{rows[0][0][1:]}. {note}".strip()
    inks: tuple[str, ...] = ()
    if chart.verdict:
        inks = tuple(_INKS.get(str(verdict), "chart-peer") for verdict in frame[chart.verdict])
        note = f"Orange: rose. Turquoise: fell. Grey: no clear change. {note}".strip()
    elif "is_self" in frame:
        inks = tuple("chart-ours" if ours else "chart-peer" for ours in frame["is_self"])
    key.say("chart note", note)
    for i, name in enumerate(names):
        shown = " ".join("" if row[1][i] is None else f"{row[1][i]:.10g}" for row in rows)
        key.say(f"chart: {name}", f"{name} {shown}")
    key.say("chart series", " ".join(heading for heading, _ in rows))
    behind = columns[chart.behind].heading if chart.behind else ""
    return _Series(
        chart.kind, names, rows, _NUMBERS.get(columns[chart.values[0]].format, "General"), note, inks, behind
    )


def _label(row: Mapping[Hashable, Any], chart: Chart, columns: Mapping[str, Column]) -> str:
    """The row's name, and the counts beside it: "Burglary: 237, then 166"."""
    name = _name(row[chart.names], columns[chart.names])
    counts = [write(row[key], columns[key].format) for key in chart.beside]
    return f"{name}: {', then '.join(counts)}" if counts else name


def _name(value: Any, column: Column) -> str:
    return write_month(value) if column.format == "month" and not is_missing(value) else str(value)
