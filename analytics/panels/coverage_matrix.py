"""What is loaded of each police force: months, and the categories in them; missing is marked, never zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.coverage import coverage_matrix, coverage_matrix_height
from analytics.frames import records
from analytics.months import label_range, write_month, write_months
from analytics.panels._data import UNKNOWN, ForceCoverage, Forces, as_months, forces, manifest_source, snapshot_day
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.periods import compared_months
from analytics.queries.loaded import coverage
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, count_of, integer, number_word
from data.reference import UNRECOGNISED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_coverage_matrix_panel"]

ID = "coverage_matrix"
LOADED, NO_ROWS, NOT_LOADED = "loaded", "no rows in the file", "not loaded"
_FRESH_MONTHS = 4
"""Files appear about two months after the month they hold."""
_KIND = {LOADED: "complete", NO_ROWS: "partial", NOT_LOADED: "missing"}
_ROWS = ("read", "kept", "repeated", "set_aside", "placed", "not_placed")
COLUMNS = (
    Column("force", "Police force"),
    Column("whose", "For", hidden=True),
    Column("month", "Month", "month"),
    Column("category", "Category"),
    Column("state", "State"),
    Column("state_kind", "Kind of state", hidden=True),
    Column("read", "Rows read", "integer"),
    Column("kept", "Kept", "integer"),
    Column("repeated", "Repeated IDs", "integer"),
    Column("set_aside", "Set aside", "integer"),
    Column("placed", "Placed", "integer"),
    Column("not_placed", "Not placed", "integer"),
)
GLANCE = (
    Column("label", "Police force"),
    Column("months_loaded", "Months loaded", "integer"),
    Column("months_expected", "Of", "integer"),
    Column("missing", "Not loaded"),
    Column("no_rows", "Categories without rows"),
    Column("read", "Rows read", "integer"),
)


@panel(ID, page="data", title="What is loaded, and what is missing?", uses={"period", "comparison", "family"})
def build_coverage_matrix_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a force, month and category, for every force loaded or needed by any family.

    state: "loaded"; "no rows in the file" where the month is loaded and the category is not in it (0 rows, flagged: a
    true zero or not recorded); "not loaded" where there is no file: the figures are missing, never zero.
    The filters change only the caveats: which months can be compared, and whom the chosen family lacks.
    """
    known = forces(cursor, context, family=selection.family)
    table = _table(coverage(cursor), known, [c.name for c in context.categories if c.name != UNRECOGNISED])
    lines = pd.DataFrame({
        "label": [_label(force) for force in known.every],
        "whose": [force.whose for force in known.every],
        "loaded": [len(force.loaded) for force in known.every],
    })  # fmt: skip
    cells = _cells(table, known)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Months loaded",
        "subtitle": _subtitle(known, context),
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
    }
    if not known.months:
        return Panel(
            **made,
            sentence="No street-level file is loaded",
            state="no_data",
            message="Name the extracts in the configuration and build again.",
        )
    most = view.rows(100)
    told: tuple[str, ...] = ()
    drawn = cells
    if most is not None and len(lines) > most:
        told = (f"Drawn: {most} of {len(lines)} forces. The table has all.",)
        lines, drawn = lines.head(most), cells[cells["line"] < most]
    height = coverage_matrix_height(len(lines), _legend_entries(drawn, known), view)
    return Panel(
        **made,
        sentence=_finding(known),
        glance=_glance(table, cells, known),
        glance_columns=GLANCE,
        figure=coverage_matrix(lines, drawn, months=known.months, view=view),
        figure_alt=_alt(known, cells),
        figure_height=height,
        caveats=(*told, *_caveats(known, cells, selection, context)),
        facts={
            "months": len(known.months),
            "forces_loaded": len(known.loaded),
            "forces_not_loaded": len(known.not_loaded),
            "flagged": int((table["state"] == NO_ROWS).sum()),
        },
    )


def _table(found: pd.DataFrame, known: Forces, categories: Sequence[str]) -> pd.DataFrame:
    """Every force, month and category, each with its state."""
    found = found.assign(month=as_months(found["month"]))
    found = found.groupby(["force", "month", "category"], as_index=False)[list(_ROWS)].sum()
    found = found[found["read"] > 0]
    unusual = [name for name in found["category"].unique() if name not in categories]
    listed = pd.DataFrame(
        [(f.force, f.whose, month, c) for f in known.every for month in known.months for c in [*categories, *unusual]],
        columns=["force", "whose", "month", "category"],
    )
    table = listed.merge(found, on=["force", "month", "category"], how="left")
    table[list(_ROWS)] = table[list(_ROWS)].astype("Int64")
    loaded = pd.Series(
        [
            month in months
            for months, month in zip(
                table["force"].map({f.force: f.loaded for f in known.every}), table["month"], strict=True
            )
        ],
        index=table.index,
        dtype=bool,
    )
    has_rows = table["read"].notna()
    table["state"] = has_rows.map({True: LOADED, False: NO_ROWS}).where(loaded, NOT_LOADED)
    # A category nobody expects (unrecognised) is listed where it stands in a file, and is not missed elsewhere.
    table = table[table["category"].isin(categories) | has_rows]
    no_rows = table["state"] == NO_ROWS
    table.loc[no_rows, list(_ROWS)] = 0
    table["state_kind"] = table["state"].map(_KIND)
    return table[[column.key for column in COLUMNS]].reset_index(drop=True)


def _cells(table: pd.DataFrame, known: Forces) -> pd.DataFrame:
    """A row is a force and month: its line, its state over all categories, the categories without rows, the hover."""
    line = {force.force: index for index, force in enumerate(known.every)}
    without = table[table["state"] == NO_ROWS].groupby(["force", "month"])["category"].agg(list)
    read = table.groupby(["force", "month"])["read"].sum(min_count=1)
    cells = []
    for force in known.every:
        for month in known.months:
            loaded = month in force.loaded
            key = (force.force, month)
            no_rows: list[str] = without.get(key, []) if loaded else []
            cells.append({
                "line": line[force.force], "force": force.force, "month": month, "no_rows": no_rows,
                "state": "missing" if not loaded else "flagged" if no_rows else "loaded",
                "hover": _hover(force, month, read.get(key) if loaded else None, no_rows),
            })  # fmt: skip
    return pd.DataFrame(cells, columns=["line", "force", "month", "no_rows", "state", "hover"])


def _hover(force: ForceCoverage, month: date, read: Any, no_rows: list[str]) -> str:
    head = f"<b>{force.name}, {write_month(month, full=True)}</b><br>"
    if read is None:
        return f"{head}Not loaded: missing, not zero"
    flagged = f"<br>No rows: {and_list([lower_first(name) for name in no_rows], most=3)}" if no_rows else ""
    return f"{head}{integer(read)} rows read{flagged}"


def _glance(table: pd.DataFrame, cells: pd.DataFrame, known: Forces) -> pd.DataFrame:
    """A row is a force: how many months are loaded, which are not, and the categories that have no rows somewhere."""
    read = table.groupby("force")["read"].sum(min_count=1)
    rows = []
    for force in known.every:
        without: dict[str, list[date]] = {}
        for cell in records(cells[cells["force"] == force.force]):
            for name in cell["no_rows"]:
                without.setdefault(name, []).append(cell["month"])
        rows.append({
            "label": _label(force),
            "months_loaded": len(force.loaded),
            "months_expected": len(known.months),
            "missing": write_months([m for m in known.months if m not in force.loaded]) or "none",
            "no_rows": "; ".join(f"{name} ({write_months(months)})" for name, months in without.items())
            or ("none" if force.loaded else ""),
            "read": read.get(force.force, pd.NA),
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"read": "Int64"})


def _subtitle(known: Forces, context: Context) -> str:
    """What is drawn, and how fresh it is."""
    if not known.months or context.last_month is None:
        return "Months loaded, by police force"
    latest = write_month(context.last_month, full=True)
    return f"Months loaded, by police force: ours up to {latest}, as of {snapshot_day(context)}"


def _label(force: ForceCoverage) -> str:
    """The force, or where it has no file the families' districts it would bring."""
    if force.loaded or not force.districts or force.whose == "ours":
        return force.name
    name = force.name if force.force != UNKNOWN else "force not known"
    return f"{_few(force.districts)} ({name})"


def _few(names: Sequence[str], most: int = 2) -> str:
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} +{len(names) - most}"


def _finding(known: Forces) -> str:
    """What is complete and what is missing, from our own forces' side; at most 90 characters."""
    months, n = known.months, len(known.loaded)
    own = frozenset.intersection(*(force.loaded for force in known.ours)) if known.ours else frozenset()
    names = and_list([force.name for force in known.ours])
    missing = [month for month in months if month not in own]
    if not own:
        return f"No month is loaded for {names}"
    if not missing:
        gaps = sum(any(month not in force.loaded for month in months) for force in known.loaded)
        if not gaps:
            return f"{write_months(months)} is complete for {_forces(n, names)}"
        have = "has gaps" if gaps == 1 else "have gaps"
        return f"{write_months(months)} is complete for {names}; {number_word(gaps)} of {number_word(n)} forces {have}"
    years = sorted({month.year for month in months})
    whole = [y for y in years if all(month in own for month in months if month.year == y)]
    if not whole:
        return f"{len(own)} of {count_of(len(months), 'month')} are loaded for {names}"
    block = [month for month in months if month.year in whole]
    complete = sum(all(month in force.loaded for month in block) for force in known.loaded)
    return f"{write_months(block)} is complete for {_forces(complete, names)}; {_missing_words(missing)}"


def _forces(n: int, names: str) -> str:
    return f"{number_word(n)} forces" if n > 1 else names


def _missing_words(missing: Sequence[date]) -> str:
    if len(missing) == 1:
        return f"{write_month(missing[0], full=True)} is missing"
    first, last = missing[0].year, missing[-1].year
    years = str(first) if first == last else f"{first} to {last}"
    if len(missing) == 12 and first == last:
        return f"{years} is missing"
    return f"{number_word(len(missing))} months of {years} are missing"


def _caveats(known: Forces, cells: pd.DataFrame, selection: Selection, context: Context) -> list[str]:
    said = []
    compared = compared_months(selection, context.months_loaded)
    if compared.basis == "none":
        said.append(compared.note)
    elif compared.basis == "like months" and len(compared.current) < len(selection.months):
        said.append(f"Change can be measured for {_months_only(compared.current)} only.")
    absent = [name for force in known.not_loaded for name in force.districts if name in known.chosen]
    if absent:
        verb, whose = ("is", "its force is") if len(absent) == 1 else ("are", "their forces are")
        said.append(f"{and_list(absent, most=6)} {verb} left out of the family until {whose} loaded.")
    behind = _months_behind(context)
    if behind > _FRESH_MONTHS:
        said.append(f"The latest month lies {behind} months before the build: newer ones may have been published.")
    if (cells["state"] == "flagged").any():
        said.append("A ring marks a month whose file has no rows of some category: none recorded, or not supplied.")
    return said


def _months_behind(context: Context) -> int:
    """Months between the latest of ours and the day the snapshot was built."""
    built, last = datetime.fromisoformat(context.built_at), context.last_month
    return 0 if last is None else (built.year - last.year) * 12 + built.month - last.month


def _months_only(months: Sequence[date]) -> str:
    """Months of one year without the year: "January to April"."""
    words = write_months(months, full=True)
    one_year = len({month.year for month in months}) == 1 and len(months) < 12
    return (
        label_range(months[0], months[-1], full=True).rsplit(" ", 1)[0] if one_year and " and " not in words else words
    )


def _legend_entries(cells: pd.DataFrame, known: Forces) -> int:
    whose = {force.whose for force in known.loaded}
    return len(whose) + int((cells["state"] == "missing").any()) + int((cells["state"] == "flagged").any())


def _alt(known: Forces, cells: pd.DataFrame) -> str:
    parts = [f"{_label(force)} {len(force.loaded)}" for force in known.every]
    flagged = int((cells["state"] == "flagged").sum())
    rings = f" In {count_of(flagged, 'month')} of a force a category has no rows." if flagged else ""
    return f"Months loaded of {len(known.months)}, by police force: {'; '.join(parts)}.{rings}"
