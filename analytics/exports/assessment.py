"""The strategic assessment: one model made from panels, written as a document, slides and a data pack.

Every sentence, table, caveat and source is a panel's own (the same object as on screen). Each number printed stands in
the ledger under its evidence key. What the analyst writes stands beside the findings of its section, never instead.
"""

from __future__ import annotations

import math
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.context import Context, load_context
from analytics.decisions import Record
from analytics.exports._atomic import write_whole
from analytics.exports._ledger import Key, Ledger, numbers_in
from analytics.exports._paper import cell, described, on_paper
from analytics.exports.decision import decision_facts, decision_of, decision_sentences
from analytics.exports.disclosure import refuse_small_numbers
from analytics.exports.editions import Changed, Edition, changes, edition_of
from analytics.exports.outline import OUTLINE, SUMMARY, Item, Section, items_of
from analytics.glossary import WORDS
from analytics.measures import measures
from analytics.months import label_range
from analytics.panels import Column, Panel, View, build_panel, panel_specs
from analytics.selection import Selection
from analytics.words import and_list, count_of, is_missing, write, write_date
from data.warehouse import Snapshot, Warehouse

__all__ = [
    "SUFFIXES",
    "Assessment",
    "Block",
    "BuiltSection",
    "Commentary",
    "Printed",
    "Said",
    "assessment_file",
    "collect",
    "file_stem",
    "make_edition",
    "source_line",
    "write_assessment",
]

SUFFIXES = (".docx", ".pptx", ".xlsx")
_MOST_ROWS = 40
_MOST_COLUMNS = 7
_LONG_TEXT = 90
_CELLS = "\x1f"
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Commentary:
    """What the analyst wrote for a section: plain text, a blank line between paragraphs, "- " before a point."""

    text: str
    version: int = 1
    changed: str = ""

    def paragraphs(self) -> tuple[tuple[bool, str], ...]:
        """(whether it is a point of a list, its words).

        >>> Commentary("Two causes:\\n- a new shop\\n- new staff\\n\\nBoth hold.").paragraphs()
        ((False, 'Two causes:'), (True, 'a new shop'), (True, 'new staff'), (False, 'Both hold.'))
        """
        found: list[tuple[bool, str]] = []
        for part in re.split(r"\n\s*\n|\n(?=\s*- )", self.text.strip()):
            words = " ".join(part.split())
            if words:
                found.append((words.startswith("- "), words.removeprefix("- ")))
        return tuple(found)


@dataclass(frozen=True)
class Said:
    """A sentence and the key under which its numbers stand in the ledger."""

    text: str
    key: str
    point: bool = False


@dataclass(frozen=True)
class Printed:
    """A table as printed: headings, rows of words, which columns are numbers, and what is left out of it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    verdicts: tuple[bool, ...]
    total_first: bool
    note: str = ""


@dataclass(frozen=True)
class Block:
    """One panel in the document. `finding` is its headline, `alt` its picture in words; all its texts carry the key."""

    item: Item
    panel: Panel
    key: Key
    finding: str
    subtitle: str
    caveats: tuple[str, ...]
    source: str
    printed: Printed | None
    page: str
    alt: str


@dataclass(frozen=True)
class BuiltSection:
    """A section with what is said in it. commentary: the analyst's. nothing: panels with nothing to show, and why.

    common: caveats that several of its figures share.
    """

    section: Section
    said: tuple[Said, ...]
    blocks: tuple[Block, ...]
    commentary: tuple[Said, ...] = ()
    nothing: tuple[Said, ...] = ()
    common: tuple[Said, ...] = ()
    absent: Said | None = None
    to_do: Said | None = None


@dataclass(frozen=True)
class Since:
    """What changed since an earlier edition: where that was from, and the differences as a table."""

    title: str
    said: Said
    printed: Printed | None
    key: Key
    changed: tuple[Changed, ...]


@dataclass(frozen=True)
class Assessment:
    """The whole, ready to be written. failed: panels that could not be worked out, with the reason."""

    context: Context
    selection: Selection
    snapshot: str
    query: str
    made: date
    title: str
    period: str
    facts: tuple[Said, ...]
    lead: tuple[Said, ...]
    findings: tuple[tuple[str, tuple[Said, ...]], ...]
    """The summary's findings, by the title of their section."""
    cautions: tuple[Said, ...]
    commentary: tuple[Said, ...]
    sections: tuple[BuiltSection, ...]
    edition: Edition
    since: Since | None
    methods: tuple[tuple[str, Said], ...]
    glossary: tuple[tuple[str, Said], ...]
    ledger: Ledger
    pack: tuple[tuple[str, Panel], ...]
    """Every registered panel with its page, for the data pack."""
    failed: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    draw: Callable[[str, int, int], Mapping[str, Any] | None]
    """A panel's figure again, for so many pixels across and down; its numbers are the same."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for section in self.sections for block in section.blocks)


def _nothing(_share: float, _what: str) -> None:
    return None


def collect(
    warehouse: Warehouse | Snapshot,
    query: str = "",
    *,
    commentary: Mapping[str, Commentary] | None = None,
    before: Edition | None = None,
    progress: Progress = _nothing,
) -> Assessment:
    """Build every registered panel once and say everything that will be printed.

    commentary: by section key. before: the earlier edition to compare with.

    Raises DisclosureError where the panels together would tell a partner's small number.
    """
    snapshot = warehouse.current if isinstance(warehouse, Warehouse) else warehouse
    context = load_context(snapshot)
    selection, warnings = Selection.from_query(query, context)
    written = selection.to_query()
    panels, failed = _panels(snapshot, selection, progress)
    refuse_small_numbers(panels.values())
    ledger = Ledger()
    pages = {panel_id: spec.page for panel_id, spec in panel_specs().items()}
    period = label_range(selection.start, selection.end, full=True)
    title = f"Strategic assessment: {period}"
    about = ledger.key("manifest of the snapshot", written, snapshot.snapshot)
    made = datetime.now(UTC).date()
    built = datetime.fromisoformat(context.built_at)
    facts = tuple(
        Said(about.say(part, text), about.name)
        for part, text in (
            ("written", f"Written {write_date(made)} from data as loaded on {write_date(built)}"),
            ("data", f"Snapshot {snapshot.snapshot}"),
            ("filters", f"Filters: {_filter_words(selection, context)}"),
        )
    )
    about.say("title", title)
    lead = _lead(panels, ledger)
    notes = commentary or {}
    summary = _commentary(SUMMARY, notes.get(SUMMARY.key), (), panels, ledger, written, snapshot.snapshot)
    sections = tuple(
        _section(section, panels, pages, context, notes.get(section.key), ledger, written) for section in OUTLINE
    )
    sections = _with_decision(sections, decision_of(context, selection.session), ledger, written, snapshot.snapshot)
    constants = ledger.key("fixed words of the document, no data", "", snapshot.snapshot)
    edition = _edition(context, selection, made, panels)
    return Assessment(
        context=context,
        selection=selection,
        snapshot=snapshot.snapshot,
        query=written,
        made=made,
        title=title,
        period=period,
        facts=facts,
        lead=lead,
        findings=_findings(sections),
        cautions=_cautions(sections, failed, ledger, written, snapshot.snapshot),
        commentary=summary,
        sections=sections,
        edition=edition,
        since=None if before is None else _since(before, edition, ledger),
        methods=tuple((h, Said(constants.say(f"method note: {h}", text), constants.name)) for h, text in _METHODS),
        glossary=tuple(
            (constants.say(f"glossary: {word}", word), Said(constants.say(f"glossary: {word}", text), constants.name))
            for word, text in WORDS
        ),
        ledger=ledger,
        pack=tuple((pages[panel_id], panel) for panel_id, panel in panels.items()),
        failed=failed,
        warnings=(*warnings, *_unfounded(ledger)),
        draw=lambda panel, room, height: build_panel(panel, snapshot, selection, View(room=room, height=height)).figure,
    )


def _panels(
    snapshot: Snapshot, selection: Selection, progress: Progress = _nothing
) -> tuple[dict[str, Panel], tuple[tuple[str, str], ...]]:
    """Every registered panel by id; those that could not be worked out, with the reason."""
    panels: dict[str, Panel] = {}
    failed: list[tuple[str, str]] = []
    specs = panel_specs()
    room = {item.panel: item.width for section in OUTLINE for item in section.items if item.room}
    for i, (panel_id, spec) in enumerate(specs.items()):
        progress(i / len(specs), spec.title)
        try:
            panels[panel_id] = build_panel(panel_id, snapshot, selection, View(room=room.get(panel_id)))
        except Exception as error:  # noqa: BLE001 - one panel's fault is named in the document; the others stand
            failed.append((panel_id, _reason(error)))
    return panels, tuple(failed)


def make_edition(warehouse: Warehouse | Snapshot, query: str = "") -> Edition:
    """The edition of a snapshot and a query, to compare with or to keep."""
    snapshot = warehouse.current if isinstance(warehouse, Warehouse) else warehouse
    context = load_context(snapshot)
    selection, _ = Selection.from_query(query, context)
    panels, _ = _panels(snapshot, selection)
    return _edition(context, selection, datetime.now(UTC).date(), panels)


def _edition(context: Context, selection: Selection, made: date, panels: Mapping[str, Panel]) -> Edition:
    """The edition of the panels that stand in the document, in its order."""
    pages = {panel_id: spec.page for panel_id, spec in panel_specs().items()}
    stand = [item.panel for section in OUTLINE for item in items_of(section, pages)]
    return edition_of(
        context,
        query=selection.to_query(),
        period=label_range(selection.start, selection.end, full=True),
        made=made.isoformat(),
        filters={"Filters": _filter_words(selection, context)},
        panels=[panels[panel_id] for panel_id in ("overview_lead", *stand) if panel_id in panels],
        decision=decision_facts(decision_of(context, selection.session)),
    )


def _filter_words(selection: Selection, context: Context) -> str:
    """Everything the figures are filtered by but the period, in words."""
    names = context.ward_names()
    categories = "all crime and ASB" if selection.categories is None else and_list(selection.categories, 4)
    wards = "all wards" if selection.wards is None else and_list([names[code] for code in selection.wards], 4)
    family = next((f"compared with {f.name}" for f in context.families if f.id == selection.family), "no family")
    return "; ".join([categories, wards, measures()[selection.measure].title.lower(), family])


def assessment_file(made: Assessment, suffix: str, *, progress: Progress = _nothing) -> bytes:
    """The assessment as a file of one kind: .docx, .pptx or .xlsx. Raises ValueError for another suffix."""
    if suffix == ".docx":
        from analytics.exports._word import word_document

        return word_document(made, progress=progress)
    if suffix == ".pptx":
        from analytics.exports._slides import slide_deck

        return slide_deck(made, progress=progress)
    if suffix == ".xlsx":
        from analytics.exports._workbook import data_pack

        return data_pack(made, progress=progress)
    raise ValueError(f"no document is written as “{suffix}”: the name must end in {' or '.join(SUFFIXES)}")


def write_assessment(
    warehouse: Warehouse | Snapshot,
    paths: Sequence[Path],
    query: str = "",
    *,
    commentary: Mapping[str, Commentary] | None = None,
    before: Edition | None = None,
    progress: Progress = _nothing,
) -> Assessment:
    """Write the assessment to each path, its kind by the suffix. No file is in place before it is whole.

    Raises ValueError for a suffix that is not known, DisclosureError where a small number would be told, OSError where
    a folder cannot be written.
    """
    for path in paths:
        if path.suffix.lower() not in SUFFIXES:
            raise ValueError(f"{path.name}: the name must end in {' or '.join(SUFFIXES)}")
    share = 1 / (len(paths) + 1)
    made = collect(
        warehouse, query, commentary=commentary, before=before, progress=lambda done, what: progress(done * share, what)
    )
    for i, path in enumerate(paths):
        start = (i + 1) * share

        def step(done: float, what: str, start: float = start) -> None:
            progress(start + done * share, what)

        write_whole(path, assessment_file(made, path.suffix.lower(), progress=step))
    progress(1.0, "Ready")
    return made


def file_stem(context: Context, selection: Selection) -> str:
    """thurrock_strategic-assessment_2025-01_2025-12"""
    name = "".join(c if c.isalnum() else "-" for c in context.short_name.lower()).strip("-")
    return f"{name}_strategic-assessment_{selection.start:%Y-%m}_{selection.end:%Y-%m}"


def _reason(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(where[-1].filename).name}:{where[-1].lineno})" if where else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}{place}"


# ---- Sections ----


def _section(
    section: Section, panels: Mapping[str, Panel], pages: Mapping[str, str], context: Context,
    commentary: Commentary | None, ledger: Ledger, query: str,
) -> BuiltSection:  # fmt: skip
    items = [item for item in items_of(section, pages) if item.panel in panels]
    full = [item for item in items if _has_something(item, panels[item.panel])]
    blocks = tuple(_block(item, panels[item.panel], pages[item.panel], ledger) for item in full)
    empty = [panels[item.panel] for item in items if item not in full]
    words = ledger.key(f"fixed words of “{section.title}”, no data", "", context.snapshot)
    said = tuple(Said(words.say(f"text {i}", text), words.name) for i, text in enumerate(section.also, 1))
    absent = to_do = None
    unfilled = not blocks and (section.entered or all(panel.state == "no_data" for panel in empty))
    if unfilled and section.absent and not (section.entered and commentary and commentary.text.strip()):
        told = empty and not section.entered  # the panel knows better why than the outline
        absent = _empty(empty[0], ledger) if told else Said(words.say("absent", section.absent), words.name)
        if not absent.text.startswith("No data for"):  # a period that is not loaded needs nothing else
            to_do = Said(words.say("to do", section.to_do), words.name)
    left = () if absent or section.entered else empty  # what nobody entered is no gap of the data
    reasons = {(p.sentence, p.message): p for p in reversed(left) if p.state != "ready"}  # each once
    nothing = tuple(_empty(panel, ledger) for panel in reversed(reasons.values()))
    written = _commentary(section, commentary, blocks, panels, ledger, query, context.snapshot)
    return BuiltSection(section, said, blocks, written, nothing, _common(blocks), absent, to_do)


def _has_something(item: Item, panel: Panel) -> bool:
    """Whether a panel has anything to print: one that is ready with no row yet (nobody entered any) has not."""
    return panel.state == "ready" and not (panel.table.empty and panel.figure is None and not panel.caveats)


def _common(blocks: Sequence[Block]) -> tuple[Said, ...]:
    """The caveats that stand under more than one figure: said once at the section's beginning."""
    counted = Counter(caveat for block in blocks for caveat in block.caveats)
    first = {caveat: block.key.name for block in reversed(blocks) for caveat in block.caveats}
    return tuple(Said(caveat, first[caveat]) for caveat, times in counted.items() if times > 1)


def _commentary(
    section: Section, commentary: Commentary | None, blocks: Sequence[Block], panels: Mapping[str, Panel],
    ledger: Ledger, query: str, snapshot: str,
) -> tuple[Said, ...]:  # fmt: skip
    """The analyst's paragraphs. A number the section's figures or the Overview's changes hold, also rounded, names its
    key or its panel; any other is marked as entered."""
    if commentary is None or not commentary.text.strip():
        return ()
    key = ledger.key(f"commentary on “{section.title}”, version {commentary.version}", query, snapshot)
    searched = {block.key.name for block in blocks} if blocks else {other.name for other in ledger.keys}
    held = {entry.value.lower(): entry.key for entry in ledger.entries() if entry.key.split(".")[0] in searched}
    beside = [block.panel for block in blocks] or list(panels.values())
    for panel in [*beside, *(panels[name] for name in _CHANGES if name in panels)]:
        for number in _as_seen(panel):
            held.setdefault(number, f"in the panel {panel.id}")
    said = []
    for i, (point, words) in enumerate(commentary.paragraphs(), 1):
        for number in numbers_in(words):
            found = held.get(number.lower())
            key.add(f"paragraph {i}, " + (f"as {found}" if found else ENTERED), number)
        said.append(Said(words, key.name, point))
    return tuple(said)


_CHANGES = ("category_totals", "overview_lead", "change_table")
"""The panels whose changes are quoted in any section."""


def _as_seen(panel: Panel) -> Iterator[str]:
    """The numbers of a panel as they stand in its table, and as its chart and sentences round them, without signs."""
    rows: list[Mapping[Any, Any]] = [*([panel.total] if panel.total else []), *panel.table.head(500).to_dict("records")]
    numeric = [column for column in panel.columns if not column.hidden and column.format not in _NO_NUMBERS]
    for row in rows:
        for column in numeric:
            value = row.get(column.key)
            if is_missing(value) or not isinstance(value, Real) or math.isinf(value):
                continue
            yield from numbers_in(write(value, column.format))
            if column.format in {"change", "percent", "percent1", "rate"}:
                yield from (f"{abs(float(value)):,.{decimals}f}" for decimals in (0, 1))


_NO_NUMBERS = {"text", "verdict", "month", "date"}
ENTERED = "entered by the analyst"


def _unfounded(ledger: Ledger) -> tuple[str, ...]:
    """A sentence for each commentary with numbers that no figure beside it holds."""
    out = []
    for key in ledger.keys:
        numbers = list(dict.fromkeys(entry.value for entry in key.entries if entry.part.endswith(ENTERED)))
        if numbers:
            out.append(f"{key.panel[0].upper()}{key.panel[1:]}: no figure beside it holds {and_list(numbers, 8)}.")
    return tuple(out)


def _empty(panel: Panel, ledger: Ledger) -> Said:
    """A panel with nothing to show, in two sentences."""
    key = ledger.key(panel.id, panel.query, panel.as_at)
    message = on_paper(panel.message)
    text = ". ".join(part.strip().removesuffix(".") for part in (panel.sentence, message) if part) + "."
    return Said(key.say("nothing to show", text), key.name)


def _block(item: Item, panel: Panel, page: str, ledger: Ledger) -> Block:
    key = ledger.key(panel.id, panel.query, panel.as_at)
    drawn = item.picture and panel.figure is not None
    bare = bool(item.columns) and not drawn and not any(column.endswith("_cl") for column in item.columns or ())
    told = [caveat for caveat in panel.caveats if not (bare and "the interval is clear of zero" in caveat)]
    caveats = [words for caveat in told if (words := on_paper(caveat))]
    return Block(
        item=item,
        panel=panel,
        key=key,
        finding=key.say("finding", panel.sentence),
        subtitle=key.say("what is shown", on_paper(panel.caption if drawn else panel.subtitle)),
        caveats=tuple(key.say(f"caveat {i}", caveat) for i, caveat in enumerate(caveats, 1)),
        source=key.say("source", source_line(panel)),
        printed=_printed(item, panel, key),
        page=page,
        alt=key.say("the picture in words", described(panel, item.chart)) if drawn or item.chart else "",
    )


def source_line(panel: Panel) -> str:
    """The panel's sources and licences in one line; "" where it names none."""
    parts: dict[str, list[str]] = {}
    for one in dict.fromkeys(panel.sources):
        parts.setdefault(one.publisher, []).append(", ".join(part for part in (one.title, one.period) if part))
    told = (", ".join(filter(None, [publisher, "; ".join(filter(None, of))])) for publisher, of in parts.items())
    source = "; ".join(told).removesuffix(".")
    licences = and_list(dict.fromkeys(source.licence for source in panel.sources if source.licence))
    return f"Source: {source}." + (f" {licences}." if licences else "") if source else ""


def _printed(item: Item, panel: Panel, key: Key) -> Printed | None:
    frame, columns = _frame(item, panel)
    if not columns or frame.empty:
        return None
    note = ""
    if len(frame) > _MOST_ROWS:
        note = f"The first {_MOST_ROWS} of {len(frame):,} rows; the data pack has all."
        frame = frame.head(_MOST_ROWS)
    rows: list[tuple[str, ...]] = []
    with_total = panel.total is not None and panel.glance is None
    records: list[tuple[str, Mapping[str, Any]]] = [("total", panel.total)] if with_total and panel.total else []
    records += [(f"row {i}", row) for i, row in enumerate(frame.to_dict("records"), 1)]
    for part, row in records:
        cells = tuple(cell(row.get(column.key), column, row) for column in columns)
        rows.append(tuple(key.say(f"table, {part}: {cells[0]}", _CELLS.join(cells)).split(_CELLS)))
    headings = tuple(column.heading for column in columns)
    key.say("table headings", " ".join(headings))
    return Printed(
        headings=headings,
        rows=tuple(rows),
        numeric=tuple(column.format not in {"text", "verdict", "month", "date"} for column in columns),
        verdicts=tuple(column.format == "verdict" for column in columns),
        total_first=with_total,
        note=key.say("table note", note),
    )


def _frame(item: Item, panel: Panel) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """The rows and columns that are printed: those the outline names, else the first that fit a page."""
    if item.columns == ():
        return panel.table, ()
    known = {column.key: column for column in panel.columns}
    if item.columns:
        return panel.table, tuple(known[key] for key in item.columns if key in known)
    if panel.glance is not None:
        shown = _short(panel.glance, panel.glance_columns)
        return panel.glance, shown if len(shown) <= _MOST_COLUMNS + 3 else ()
    shown = _short(panel.table, panel.columns)
    return (panel.table, shown[:_MOST_COLUMNS]) if len(panel.table) <= _MOST_ROWS else (panel.table, ())


def _short(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that stand on screen, without those of long texts."""
    return tuple(
        column
        for column in columns
        if not column.hidden
        and column.key in frame
        and (column.format != "text" or frame[column.key].astype(str).str.len().max() <= _LONG_TEXT)
    )


def _with_decision(
    sections: tuple[BuiltSection, ...], record: Record | None, ledger: Ledger, query: str, snapshot: str
) -> tuple[BuiltSection, ...]:
    """The section of the priorities begins with the workshop's decision, or with that there is none."""
    name = f"decision record of “{record.name}”" if record else "fixed words of the decision, no data"
    key = ledger.key(name, query, record.snapshot if record and record.snapshot else snapshot)
    decision = tuple(Said(key.say(part, text), key.name, point) for part, text, point in decision_sentences(record))
    return tuple(
        replace(one, said=(*decision, *one.said)) if one.section.key == "priorities" and one.blocks else one
        for one in sections
    )


# ---- Summary, and what changed since ----


def _lead(panels: Mapping[str, Panel], ledger: Ledger) -> tuple[Said, ...]:
    panel = panels.get("overview_lead")
    if panel is None:
        return ()
    key = ledger.key(panel.id, panel.query, panel.as_at)
    texts = [("finding", f"{panel.sentence}."), ("what is shown", panel.subtitle), ("state", panel.message)]
    return tuple(Said(key.say(part, text), key.name) for part, text in texts if text)


def _findings(sections: tuple[BuiltSection, ...]) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """The findings that stand in the summary, by section: those of the outline's leading panels with something to show.

    A workshop's decision comes before the ranking it was taken on.
    """
    found = []
    for built in sections:
        decided = built.section.key == "priorities" and len(built.said) > 1
        said = [Said(built.said[0].text.rstrip("."), built.said[0].key)] if decided else []
        said += [Said(block.finding, block.key.name) for block in built.blocks if block.item.lead]
        if said:
            found.append((built.section.title, tuple(said)))
    return tuple(found)


def _cautions(
    sections: tuple[BuiltSection, ...], failed: Sequence[tuple[str, str]], ledger: Ledger, query: str, snapshot: str
) -> tuple[Said, ...]:
    """What the reader must know before using the summary: sections without evidence, panels that failed."""
    empty = [section.section.title[0].lower() + section.section.title[1:] for section in sections if section.absent]
    key = ledger.key("fixed words of the summary, no data", query, snapshot)
    said = []
    if empty:
        text = f"Not in this document, because nothing is entered or loaded: {and_list(empty)}."
        said.append(Said(key.say("absent sections", text), key.name))
    for panel_id, reason in failed:
        text = f"The panel {panel_id} could not be worked out: {reason}."
        said.append(Said(key.say(f"failed {panel_id}", text), key.name))
    return tuple(said)


_KINDS = {
    "decision": "Decision",
    "ranking": "Ranking",
    "data": "Data",
    "definition": "Definition",
    "boundary": "Boundary",
    "conclusion": "Conclusion",
}


def _since(before: Edition, now: Edition, ledger: Ledger) -> Since:
    """The differences from an earlier edition: each row's earlier words under a key of the earlier snapshot."""
    found = changes(before, now)
    key = ledger.key("the earlier assessment and this one, compared", before.query, before.snapshot)
    altered = sum(one.kind == "conclusion" for one in found)
    decided = sum(one.kind in {"decision", "ranking"} for one in found)
    others = len(found) - altered - decided
    parts = [
        count_of(altered, "conclusion"),
        *(
            [count_of(decided, "decision or place in the ranking", "decisions or places in the ranking")]
            * bool(decided)
        ),
        count_of(others, "input or definition", "inputs or definitions"),
    ]
    held = f", with the settings of session “{before.session}”" if before.session else ""
    since = f"session “{before.session}” ({before.period})" if before.session else before.period
    differ = f"{count_of(altered, 'conclusion')} {'differs' if altered == 1 else 'differ'}"
    text = (
        f"Compared with the assessment of {before.period}, snapshot {before.snapshot}{held}: {and_list(parts)} "
        "differ. Conclusions that are not listed are the same word for word."
    )
    rows = []
    for i, one in enumerate(found, 1):
        cells = (_KINDS[one.kind], one.what, one.before or "none", one.now or "none")
        rows.append(tuple(key.say(f"row {i}: {one.panel or one.what}", _CELLS.join(cells)).split(_CELLS)))
    flat = (False,) * 4
    headings = ("What kind", "What", "Then", "Now")
    return Since(
        title=key.say("title", f"Since {since}: {differ}"),
        said=Said(key.say("summary", text), key.name),
        printed=Printed(headings, tuple(rows), flat, flat, False) if rows else None,
        key=key,
        changed=found,
    )


_METHODS: tuple[tuple[str, str], ...] = (
    (
        "What is counted",
        "Incidents of crime and anti-social behaviour that the police recorded and published at street level. They "
        "are what came to notice and was recorded: a rise can mean more happened, more was reported, or recording "
        "changed. Street-level counts are not the Home Office’s statistics and differ from them.",
    ),
    (
        "How sure a figure is",
        "The 95 % interval shows the play of chance. Rates: Byar’s interval for ten incidents or more, the exact "
        "Poisson interval below. Shares: Wilson’s. Intervals are widened by the square root of the dispersion φ "
        "where months swing by more than chance.",
    ),
    (
        "Change",
        "The ratio of two rates with its exact interval, per day, over calendar months loaded on both sides. “Rose” "
        "and “fell” are used only where the widened interval excludes no change and the p value, adjusted for all "
        "rows shown together (Benjamini–Hochberg), is under 0.05. Under 20 in both periods the counts stand alone.",
    ),
    (
        "Ordinary variation",
        "XmR limits: the mean plus and minus 2.66 times the average moving range; the season is taken out with 24 "
        "months or more. Trends: Poisson regression with month lengths and season, with Sen’s slope and the "
        "Mann–Kendall test as a check.",
    ),
    (
        "Comparison",
        "Against a family of similar areas by a published list or local choice. Ordinary for the family is the 95 % "
        "prediction interval of a random-effects model from the other members. Rank 1 is the lowest rate. Members "
        "without all months are left out and named.",
    ),
    (
        "Places",
        "An incident belongs to the ward around its published map point, else to the best-fit ward of its small area. "
        "Rows without a place are in no figure of the partnership and are never scaled up. Where most people present "
        "are visitors, a rate for residents overstates the risk.",
    ),
    (
        "Missing",
        "Missing months are never counted as zero: the words “no data” stand for what is not known. Hidden small "
        "numbers of partner extracts are written “c”.",
    ),
    (
        "Traceability",
        "The mark after a sentence, such as E1, is its evidence key: the appendix lists each number printed, its "
        "panel, the query string of its filters and the snapshot of the data it was read from.",
    ),
)
