"""Every category, or every ward of a category: both counts, the change, and how sure it is; the surest first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.forest import forest, forest_height
from analytics.months import label_range
from analytics.panels._breaks import breaks_in_words
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CHANGE_COLUMNS, category_table, police_source, ward_table
from analytics.panels._trends import looked_at, monthly_counts, total_name
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, short_period, where_words
from analytics.words import and_list, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_change_table_panel"]

ID = "change_table"


@panel(
    ID,
    page="trends",
    title="What changed against the period before, and how sure is it?",
    uses={"period", "comparison", "categories", "wards"},
)
def build_change_table_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category; a ward where one category is chosen or `rows` says so. The surest change first.

    previous, compared: incidents over the months compared. Change in per cent with its interval, widened for
    overdispersion; the verdict is adjusted for all rows (METHODS section 2). Under 20 in both: the counts alone.
    """
    by_ward = selection.rows == "ward" or len(selection.categories or ()) == 1
    asked = replace(selection, focus=None) if by_ward else looked_at(selection)
    asked = replace(asked, measure="rate")
    table = ward_table(cursor, asked, context) if by_ward else category_table(cursor, asked, context)
    key, name = ("ward_code", "ward_name") if by_ward else ("category", "category")
    frame = _by_evidence(table.frame)
    columns = (*((Column("ward_name", "Ward"),) if by_ward else (Column("category", "Category"),)), *_CHANGE)
    if by_ward:
        columns = (*columns, Column("ward_code", "Code", hidden=True))
    total = {**table.total, name: total_name(asked)}
    where = where_words(asked, context)
    several = len(frame) > 1
    shown = pd.concat([pd.DataFrame([total]), frame], ignore_index=True) if several else frame
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Change by {'ward' if by_ward else 'category'}{where}",
        "table": frame,
        "columns": columns,
        "sources": (police_source(context, asked),),
        "figure_height": forest_height(len(shown), view),
    }
    empty = nothing_to_show(table, asked, context, subject=categories_words(asked, context) + where)
    if empty:
        return Panel(**made, **empty)
    compared = table.compared
    monthly = monthly_counts(cursor, asked, context, by=(key,))
    lines = [list(monthly.counts.loc[k]) for k in frame[key]]
    if several:
        lines = [list(monthly.total()), *lines]
    none = compared.basis == "none"
    note = (
        "A change is called one where neither chance nor ordinary monthly swings, over all rows together, explain it. "
        f"Small lines: {label_range(monthly.months[0], monthly.months[-1])}, each from zero to its own top. "
        f"{breaks_in_words(monthly.met, monthly.months)}"
    ).strip()
    return Panel(
        **made,
        sentence=_finding(frame, name, none, total_name(asked)),
        subtitle="Incidents in the period"
        if none
        else f"Incidents{', per day' if compared.basis == 'per day' else ''}, {compared.current_label} against "
        f"{compared.previous_label}, with 95 % intervals; the surest change first",
        figure=forest(
            shown.rename(columns={name: "name"}),
            name="name",
            heading="Surest first",
            current_label=short_period(compared.current_label, "Now"),
            previous_label=short_period(compared.previous_label, "Before"),
            view=view,
            total=several,
            sparks=lines,
        ),
        figure_alt=f"Change by {'ward' if by_ward else 'category'} with intervals. The table holds the figures.",
        caveats=(note, *table.caveats),
        facts={"total": dict(total), "by": "ward" if by_ward else "category"},
        total=dict(total) if several else None,
    )


_CHANGE = tuple(
    replace(column, hidden=column.key not in {"previous", "compared", "change_pct", "change_lower_cl",
                                              "change_upper_cl", "verdict", "p_adjusted"})
    for column in CHANGE_COLUMNS
)  # fmt: skip


def _by_evidence(frame: pd.DataFrame) -> pd.DataFrame:
    """Judged rows by their adjusted p, the larger change first among equals; then those with too few or no data."""
    p = frame["p_adjusted"].fillna(2.0)
    size = -np.abs(np.log(np.maximum(1 + frame["change_pct"].fillna(0.0) / 100, 1e-9)))
    order = pd.DataFrame({"p": p, "size": size, "n": -frame["incidents"].astype("float64").fillna(0)})
    return frame.loc[order.sort_values(["p", "size", "n"], kind="stable").index].reset_index(drop=True)


def _finding(frame: pd.DataFrame, name: str, none: bool, whole: str) -> str:
    if none:
        return "Change cannot be shown for these months"
    by_ward = name == "ward_name"
    rows = "wards" if by_ward else "categories"
    rose, fell = (
        [n if by_ward else lower_first(n) for n in frame.loc[frame["verdict"] == verdict, name]]
        for verdict in ("rose", "fell")
    )
    moved = len(rose) + len(fell)
    if not moved:
        if len(frame) == 1:
            return fitting(f"{frame[name].iloc[0]} shows no clear change", "No clear change")
        return f"None of {len(frame)} {rows} changed by more than chance"
    if by_ward:
        words = f"{whole} " + " and ".join(
            f"{verb} in {and_list(names)}" for names, verb in ((rose, "rose"), (fell, "fell")) if names
        )
    else:
        words = " and ".join(f"{and_list(names)} {verb}" for names, verb in ((rose, "rose"), (fell, "fell")) if names)
    counted = f"{number_word(moved, capital=True)} of {len(frame)} {rows} changed by more than chance"
    return fitting(words[:1].upper() + words[1:], counted)
