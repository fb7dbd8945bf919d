"""Every category: incidents, rate, and change with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.forest import forest, forest_height
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CATEGORY_COLUMNS, ChangeTable, category_table, clear_of_zero, police_source
from analytics.panels._wards import fitting
from analytics.periods import ComparedMonths
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, short_period, where_words
from analytics.words import and_list, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_category_totals_panel"]

ID = "category_totals"
COLUMNS = (Column("category", "Category"), *CATEGORY_COLUMNS)


@panel(
    ID,
    page="overview",
    title="Which categories changed by more than chance?",
    uses={"period", "comparison", "categories", "wards", "measure"},
)
def build_category_totals_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category: incidents and rate in the period; both counts and the change over the compared months.

    Verdicts are adjusted for the number of categories on the screen (Benjamini-Hochberg, METHODS section 2).
    """
    table = category_table(cursor, selection, context)
    frame = table.frame
    drawn = pd.concat([pd.DataFrame([table.total]), frame], ignore_index=True) if len(frame) > 1 else frame
    where = where_words(selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Change by category{where}",
        "table": frame,
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": forest_height(len(drawn), view),
    }
    empty = nothing_to_show(table, selection, context, subject=categories_words(selection, context) + where)
    if empty:
        return Panel(**made, **empty)
    compared = table.compared
    if compared.basis == "none":
        drawn = drawn.assign(compared=drawn["incidents"])
    most, told = view.rows(62), []
    if most is not None and len(drawn) > most:
        quiet = ~drawn["verdict"].isin(["rose", "fell"])
        quiet.iloc[0] = False
        drawn = drawn.loc[sorted(quiet.sort_values(kind="stable").index[:most])].reset_index(drop=True)
        told = [f"Drawn: {most - 1} of {len(frame)} categories, those that moved first. The table has all."]
        made["figure_height"] = forest_height(len(drawn), view)
    caveats = ["Where a line crosses zero, chance and ordinary monthly swings could explain the difference."]
    if len(frame) > 1 and any(clear_of_zero(row) for row in frame.to_dict("records")):
        caveats.append("A grey line clear of zero: chance alone may give one, all categories judged together.")
    if (frame["verdict"] == "too few").any():
        caveats.append("Under 20 in both periods: the counts alone.")
    if compared.basis == "none":
        caveats = [compared.note]
    elif compared.basis == "per day":
        caveats.append(compared.note)
    return Panel(
        **made,
        sentence=_finding(frame, compared),
        subtitle=_subtitle(compared.basis, compared.current_label, compared.previous_label, table),
        figure=forest(
            drawn,
            name="category",
            heading="Largest first",
            current_label=short_period(compared.current_label, "now"),
            previous_label=short_period(compared.previous_label, "before"),
            view=view,
            total=len(frame) > 1,
        ),
        figure_alt=_alt(frame),
        caveats=(*told, *caveats),
        facts={"total": dict(table.total)},
        total=dict(table.total) if len(frame) > 1 else None,
    )


def _finding(frame: pd.DataFrame, compared: ComparedMonths) -> str:
    """Which months against which, then what rose and fell by more than chance: by name where that is short enough."""
    if compared.basis == "none":
        return "Change cannot be shown for these months"
    during = f"{compared.current_label} against {compared.previous_label}: "
    if len(frame) == 1:
        name = frame["category"].iloc[0]
        said = {"rose": " rose", "fell": " fell", "too few": ": too few to tell"}.get(
            frame["verdict"].iloc[0], " shows no clear change"
        )
        return fitting(f"{during}{lower_first(name)}{said}", f"{name}{said}")
    found = [(list(frame.loc[frame["verdict"] == verdict, "category"]), verdict) for verdict in ("rose", "fell")]
    moved = sum(len(names) for names, _ in found)
    if not moved:
        return fitting(f"{during}no category moved by more than chance", "No category moved by more than chance")
    named = ", ".join(f"{and_list(lower_first(n) for n in names)} {verb}" for names, verb in found if names)
    only = "only " if moved == 1 else ""
    counted = f"{number_word(moved)} of {len(frame)} categories moved"
    return fitting(
        *(f"{during}{said}" for said in (f"{only}{named}", f"{counted} by more than chance", counted)),
        f"{counted[:1].upper()}{counted[1:]} by more than chance",
    )


def _subtitle(basis: str, now: str, before: str, table: ChangeTable) -> str:
    if basis == "none":
        return f"Incidents, {write_months(table.months)}"
    per_day = ", per day" if basis == "per day" else ""
    return f"Incidents{per_day}, {now} against {before}, with 95 % intervals"


def _alt(frame: pd.DataFrame) -> str:
    counts = frame["verdict"].value_counts()
    rose, fell = int(counts.get("rose", 0)), int(counts.get("fell", 0))
    return (
        f"Change by category with 95 % intervals: {rose} rose, {fell} fell, "
        f"{len(frame) - rose - fell} without a clear change. The table holds the figures."
    )
