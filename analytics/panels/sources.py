"""What was loaded: publisher, cover, rows, licence, date and fingerprint of every file given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.manifest import LoadedFile, LoadedSource
from analytics.months import label_range, month_range
from analytics.panels._data import Forces, forces, manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.queries.loaded import family_districts
from analytics.selection import Selection
from analytics.words import count_of, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_sources_panel"]

ID = "sources"
STREET, SIMILAR = "street_crime", "similar_areas"
_ORDER = (
    STREET,
    "ward_boundaries",
    "lsoa_boundaries",
    "population_lsoa",
    "population_district",
    SIMILAR,
    "deprivation",
    "perceptions",
    "partnership_lookup",
    "lsoa_lookup",
    "lsoa_2011_lookup",
)
NOT_CONFIGURED = "Not loaded"
COLUMNS = (
    Column("title", "Source"),
    Column("publisher", "Publisher"),
    Column("covers", "Covers"),
    Column("rows_read", "Rows read", "integer"),
    Column("set_aside", "Set aside", "integer"),
    Column("licence", "Licence"),
    Column("retrieved", "Retrieved", "date"),
    Column("fingerprint", "Fingerprint"),
    Column("state", "State"),
    Column("state_kind", "Kind of state", hidden=True),
    Column("source", "Name in the configuration", hidden=True),
    Column("file", "File", hidden=True),
    Column("sha256", "SHA-256", hidden=True),
    Column("retrieved_basis", "Retrieved is", hidden=True),
    Column("note", "Note", hidden=True),
)


@panel(ID, page="data", title="Where does the data come from?", uses=set())
def build_sources_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a file or archive given in the configuration, then a row each for what could be given and is not.

    rows_read, set_aside: missing where the file is not read row by row. retrieved: the day the configuration gives for
    the download, else the day the file was last changed (`retrieved_basis` says which). fingerprint: the first eight
    characters of the file's SHA-256.
    """
    manifest = context.manifest
    known = forces(cursor, context)
    members = family_districts(cursor)
    ordered = sorted(manifest.sources, key=lambda source: _place(source, manifest.files))
    rows = [_row(source, _state(source, manifest.files, known, members), manifest.files, members) for source in ordered]
    rows += [
        {"title": absent.item, "covers": "not configured", "state": NOT_CONFIGURED, "state_kind": "missing"}
        for absent in manifest.absent
    ]
    table = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    table[["rows_read", "set_aside"]] = table[["rows_read", "set_aside"]].astype("Int64")
    text = [column.key for column in COLUMNS if column.format == "text"]
    table[text] = table[text].fillna("")
    guessed = any(not source.retrieved for source in manifest.sources)
    caveats = ["Fingerprint: the first eight characters of the file’s SHA-256, which the download holds in full."]
    if guessed:
        caveats.append("Retrieved: the day the file was last changed, where the configuration does not give a date.")
    return Panel(
        id=ID,
        title="Sources",
        sentence=_finding(len(manifest.sources), len(manifest.absent), int((table["state_kind"] == "partial").sum())),
        subtitle="Files read by the build, with licence, date and fingerprint",
        table=table,
        columns=COLUMNS,
        figure_height=44 + 36 * max(len(table), 1),
        caveats=tuple(caveats),
        sources=(manifest_source(context),),
        facts={"loaded": len(manifest.sources), "absent": len(manifest.absent)},
    )


def _place(source: LoadedSource, files: Sequence[LoadedFile]) -> tuple[int, int, str]:
    """Street-level files first, the newest months on top; then areas, people, lookups, families and the rest."""
    months = [file.month.toordinal() for file in _inside(source, files) if file.month]
    place = _ORDER.index(source.source) if source.source in _ORDER else len(_ORDER)
    return place, -max(months, default=0), source.title


def _row(
    source: LoadedSource, state: tuple[str, str], files: Sequence[LoadedFile], members: pd.DataFrame
) -> dict[str, Any]:
    words, kind = state
    return {
        "title": source.title,
        "publisher": source.publisher,
        "covers": _covers(source, files, members),
        "rows_read": source.rows_read,
        "set_aside": source.set_aside,
        "licence": _short_licence(source.licence),
        "retrieved": source.modified,
        "fingerprint": f"{source.sha256[:4]} {source.sha256[4:8]}".strip(),
        "state": words,
        "state_kind": kind,
        "source": source.source,
        "file": source.file,
        "sha256": source.sha256,
        "retrieved_basis": "the configuration’s date" if source.retrieved else "the file’s date",
        "note": source.note,
    }


def _inside(source: LoadedSource, files: Sequence[LoadedFile]) -> list[LoadedFile]:
    """The street-level files that came out of this archive, folder or file."""
    return [file for file in files if file.file == source.file or file.file.startswith(f"{source.file}/")]


def _covers(source: LoadedSource, files: Sequence[LoadedFile], members: pd.DataFrame) -> str:
    if source.source == SIMILAR:
        families = members.loc[members["source_file"] == source.file, "family_name"].unique()
        return ", ".join([*families, *([source.covers] if source.covers else [])])
    if source.source != STREET:
        return source.covers
    inside = _inside(source, files)
    months = sorted({file.month for file in inside if file.month})
    period = label_range(months[0], months[-1]) if months else source.covers
    return f"{period}, {count_of(len(inside), 'file')}" if inside else period


def _short_licence(licence: str) -> str:
    return licence.replace("Open Government Licence", "OGL")


def _state(source: LoadedSource, files: Sequence[LoadedFile], known: Forces, members: pd.DataFrame) -> tuple[str, str]:
    """The state in words, and its kind: "complete" or "partial"."""
    if source.source == STREET:
        return _street_state(_inside(source, files), known)
    if source.source == SIMILAR:
        of_file = members[members["source_file"] == source.file]
        if len(of_file):
            loaded = {force.force for force in known.loaded}
            have = of_file.assign(has=of_file["force"].isin(loaded)).groupby(["family_id", "member_id"])["has"].all()
            words = f"{int(have.sum())} of {len(have)} have data"
            return words, "complete" if have.all() else "partial"
    if source.source == "perceptions" and source.set_aside:
        return f"{count_of(source.set_aside, 'row')} set aside", "partial"
    if source.state.lower() in {"", "loaded", "complete"}:
        return "Complete", "complete"
    return source.state[:1].upper() + source.state[1:], "partial"


def _street_state(inside: Sequence[LoadedFile], known: Forces) -> tuple[str, str]:
    """Complete where every force in it has every month of the years it touches, as far as anything is loaded.

    A month counts wherever it was loaded from: archives overlap, and the newer one is read.
    """
    months = [file.month for file in inside if file.month]
    if not months:
        return "No file read", "partial"
    expected = _months_of_years(months, known.months)
    here = {file.force for file in inside}
    loaded = [force for force in known.loaded if force.force in here]
    for force in loaded:
        have = sum(month in force.loaded for month in expected)
        if force.whose == "ours" and have < len(expected):
            return f"{have} of {len(expected)} months", "partial"
    have = sum(month in force.loaded for force in loaded for month in expected)
    if have < len(loaded) * len(expected):
        return f"{have} of {len(loaded) * len(expected)} files", "partial"
    return "Complete", "complete"


def _months_of_years(months: Sequence[date], every: Sequence[date]) -> list[date]:
    """The whole calendar years these months touch, within the months loaded of any force."""
    years = month_range(date(min(months).year, 1, 1), date(max(months).year, 12, 1))
    return [month for month in years if every and every[0] <= month <= every[-1]]


def _finding(loaded: int, absent: int, partial: int) -> str:
    if not loaded:
        return "No source is loaded"
    head = f"{number_word(loaded, capital=True)} {'source is' if loaded == 1 else 'sources are'} loaded"
    gaps = f"{number_word(partial)} with gaps" if partial else ""
    if absent:
        rest = f"{number_word(absent)} {'is' if absent == 1 else 'are'} not configured"
        return f"{head}, {gaps}; {rest}" if gaps else f"{head}, {rest}"
    return f"{head}, {gaps}" if gaps else f"{head}; nothing that can be configured is absent"
