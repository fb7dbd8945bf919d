"""What improved: the categories that fell by more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.context import Context
from analytics.figures.forest import forest, forest_height
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import CHANGE_COLUMNS, category_table, police_source
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, short_period, where_words
from analytics.words import and_list, change, change_limit, integer, is_missing, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FOUND_BY_POLICE", "build_improvements_panel"]

ID = "improvements"
FOUND_BY_POLICE = frozenset({"Drugs", "Possession of weapons"})
"""Recorded mostly where police look for them: fewer may mean less looking, so a fall is no improvement by itself."""
_NAMED = 3


@panel(
    ID,
    page="presentation",
    title="What improved?",
    uses={"period", "comparison", "categories", "wards"},
)
def build_improvements_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category that fell by more than chance, the largest fall in incidents first.

    The verdicts are those of all categories on the screen of changes, adjusted for their number. Drugs and possession
    of weapons are left out: they are recorded mostly where police look for them.
    """
    table = category_table(cursor, selection, context)
    where = where_words(selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"What improved{where}",
        "columns": (Column("category", "Category"), *CHANGE_COLUMNS),
        "sources": (police_source(context, selection),),
    }
    empty = nothing_to_show(table, selection, context, subject=categories_words(selection, context) + where)
    if empty:
        return Panel(**made, table=table.frame.head(0), **empty)
    frame = table.frame
    fell = frame["verdict"] == "fell"
    found = frame["category"].isin(FOUND_BY_POLICE)
    better = frame[fell & ~found].copy()
    better = better.iloc[(better["compared"] - better["previous"]).argsort(kind="stable")].reset_index(drop=True)
    compared = table.compared
    caveats = ["Fell: by more than chance and ordinary monthly swings explain, with all categories judged at once."]
    if (fell & found).any():
        police = and_list([lower_first(name) for name in frame.loc[fell & found, "category"]])
        caveats.append(f"Recorded {police} fell too; fewer may mean less looking, so it is not counted here.")
    if compared.note:
        caveats.append(compared.note)
    made |= {
        "table": better,
        "subtitle": f"Recorded incidents, {compared.current_label} against {compared.previous_label}"
        if compared.basis != "none"
        else "",
        "caveats": tuple(caveats),
    }
    if compared.basis == "none":
        return Panel(**made, sentence="Change cannot be shown for these months", state="no_data", message=compared.note)
    during = f"{compared.current_label} against {compared.previous_label}: "
    if better.empty:
        return Panel(
            **made,
            sentence=fitting(f"{during}no category fell by more than chance", "No category fell by more than chance"),
            message="What moved rose, or lies within chance and ordinary swings.",
            figure_height=120,
        )
    names = [lower_first(name) for name in better["category"]]
    count_words = "one category" if len(names) == 1 else f"{number_word(len(names))} categories"
    short = f"{count_words} fell"
    said = and_list(names)
    return Panel(
        **made,
        sentence=fitting(
            *(f"{during}{words}" for words in (f"{said} fell", f"{short} by more than chance", short)),
            f"{short[:1].upper()}{short[1:]} by more than chance",
        ),
        figure=forest(
            better,
            name="category",
            heading="Largest fall first",
            current_label=short_period(compared.current_label, "now"),
            previous_label=short_period(compared.previous_label, "before"),
            view=view,
            total=False,
        ),
        figure_height=forest_height(len(better), view),
        figure_alt=f"Categories that fell, with 95 % intervals: {said}.",
        facts={"figures": tuple(_figure(row) for row in better.head(_NAMED).to_dict("records"))},
    )


def _figure(row: dict[str, Any]) -> dict[str, str]:
    """One large figure of the screen: kind, number, what it counts and how sure it is."""
    sure = (
        ""
        if is_missing(row["change_lower_cl"])
        else (f"Likely between {change_limit(row['change_lower_cl'])} and {change_limit(row['change_upper_cl'])}")
    )
    return {
        "kind": "down",
        "number": change(row["change_pct"]),
        "words": f"{row['category']}: {integer(row['previous'])} to {integer(row['compared'])}",
        "note": sure,
    }
