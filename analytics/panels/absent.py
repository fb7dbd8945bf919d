"""What is not loaded, and which question it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.months import write_months
from analytics.panels._data import UNKNOWN, ForceCoverage, Forces, forces, manifest_source
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.words import and_list, count_of, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_absent_panel"]

ID = "absent"
COLUMNS = (
    Column("item", "What is absent"),
    Column("state", "State"),
    Column("disables", "What that leaves out"),
    Column("state_kind", "Kind of state", hidden=True),
)


@panel(ID, page="data", title="What is absent, and what does that disable?", uses=set())
def build_absent_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is something that is not there: an input that is not configured, months of a force without a file."""
    known = forces(cursor, context)
    rows = [(entry.item, "not configured", entry.disables) for entry in context.manifest.absent]
    rows += _months(known)
    table = pd.DataFrame(rows, columns=["item", "state", "disables"]).assign(state_kind="missing")
    made: dict[str, Any] = {
        "id": ID,
        "title": "What is absent",
        "subtitle": "Inputs that are not configured, and months without a file",
        "table": table,
        "columns": COLUMNS,
        "sources": (manifest_source(context),),
        "figure_height": 44 + 52 * max(len(table), 3),
    }
    if table.empty:
        return Panel(
            **made,
            sentence="Nothing that can be loaded is absent",
            state="none_recorded",
            message="Every input is configured and every month of every force needed has its file.",
        )
    without = sum(not force.loaded for force in known.every if force.whose != "other")
    gaps = sum(_has_gap(force, known) for force in known.every if force.whose != "other")
    sentence = _finding(len(context.manifest.absent), without, gaps)
    return Panel(**made, sentence=sentence, facts={"absent": len(rows), "no_file": without, "gaps": gaps})


def _has_gap(force: ForceCoverage, known: Forces) -> bool:
    return bool(force.loaded) and len(force.loaded) < len(known.months)


def _months(known: Forces) -> list[tuple[str, str, str]]:
    rows = []
    for force in known.every:
        missing = [month for month in known.months if month not in force.loaded]
        if not missing or force.whose == "other":
            continue
        if force.whose == "ours":
            item = f"{force.force}: {write_months(missing)}"
            disables = "incidents, rates and change in these months; a comparison with them uses like months only"
        elif not force.loaded:
            item = f"{force.force}: no file" if force.force != UNKNOWN else UNKNOWN
            disables = f"{and_list(force.districts, most=4)} in the families"
        else:
            item = f"{force.force}: {write_months(missing)}"
            disables = f"{and_list(force.districts, most=4)} in any comparison with the families over these months"
        state = f"{count_of(len(missing), 'month')} missing" if force.loaded else "not loaded"
        rows.append((item, state, disables))
    return rows


def _finding(not_configured: int, without: int, gaps: int) -> str:
    parts = []
    if not_configured:
        inputs = "input is" if not_configured == 1 else "inputs are"
        parts.append(f"{number_word(not_configured)} {inputs} not configured")
    if without:
        parts.append(f"{number_word(without)} {'force has' if without == 1 else 'forces have'} no file")
    if gaps:
        whose = "" if without else " force" if gaps == 1 else " forces"
        parts.append(f"{number_word(gaps)}{whose} {'lacks' if gaps == 1 else 'lack'} months")
    words = and_list(parts)
    return words[:1].upper() + words[1:]
