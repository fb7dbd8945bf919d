"""In how few places half of each problem happens, beside what chance alone would need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.criteria.concentration import share_words
from analytics.panels._empty import no_data
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._priorities import FEWEST, FILTERS_USED, evidence_of, months_words
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import integer, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_priority_places_panel"]


def _times(log_ratio: float, half: float) -> str:
    """ "8.3 times as many (7.6 to 9.1)"; one number where there are no limits."""
    span = "" if math.isnan(half) else f" ({rate(math.exp(-log_ratio - half))} to {rate(math.exp(-log_ratio + half))})"
    return f"{rate(math.exp(-log_ratio))} times as many{span}"


ID = "priority_places"
COLUMNS = (
    Column("problem", "Problem"),
    Column("half_words", "Half of it lies in"),
    Column("times_words", "Chance would need"),
    Column("half", "Share of squares", hidden=True),
    Column("places", "Squares", "integer", hidden=True),
    Column("chance", "By chance", "integer", hidden=True),
    Column("times", "Fewer than chance, times", "ratio", hidden=True),
    Column("times_lower_cl", "Lower 95 %", "ratio", hidden=True),
    Column("times_upper_cl", "Upper 95 %", "ratio", hidden=True),
    Column("incidents", "Incidents", "integer", hidden=True),
    Column("squares", "Squares in all", "integer", hidden=True),
    Column("why", "Why not judged", hidden=True),
)


@panel(ID, page="priorities", title="Which problems sit in few places?", uses=FILTERS_USED)
def build_priority_places_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a problem: the fewest 250 m squares that hold half of its incidents, and how many times fewer that is
    than as many incidents would need by chance, with 95 % limits.

    Method: Poisson occupancy for chance; delete-one jackknife over the months for the limits.
    """
    evidence = evidence_of(cursor, selection, context)
    rows = []
    for one in evidence.facts:
        if math.isnan(one.incidents):
            continue
        known = not math.isnan(one.concentration)
        half = 1.959964 * one.concentration_se
        rows.append(
            {
                "problem": one.name,
                "half_words": f"{integer(one.places)} squares, {share_words(one.places, one.squares)[8:]} of all"
                if known
                else one.note("concentration"),
                "times_words": _times(one.concentration, half) if known else "",
                "half": share_words(one.places, one.squares) if known else one.note("concentration"),
                "places": one.places,
                "chance": one.chance,
                "times": math.exp(-one.concentration) if known else float("nan"),
                "times_lower_cl": math.exp(-one.concentration - half) if known else float("nan"),
                "times_upper_cl": math.exp(-one.concentration + half) if known else float("nan"),
                "incidents": one.incidents,
                "squares": one.squares,
                "why": "" if known else one.note("concentration"),
            }
        )
    frame = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    frame = frame.sort_values("times", ascending=False, na_position="last", kind="stable", ignore_index=True)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Concentration in places",
        "columns": COLUMNS,
        "table": frame,
        "sources": (police_source(context, selection),),
    }
    known = frame[frame["times"].notna()]
    if frame.empty:
        return Panel(**made, **no_data(selection, context))
    replaced = frame["why"].str.startswith("map points").any()
    if known.empty:
        return Panel(
            **made,
            sentence="Concentration in places cannot be judged for these months",
            subtitle="Concentration in 250 m squares",
            state="no_data" if replaced else "too_few",
            message="The published map points were replaced in July 2022, within the period: squares before and after "
            "are not the same places. Choose a period that ends before or begins after."
            if replaced
            else f"No problem has {FEWEST} incidents with a place.",
            ways=(Way("What is loaded", "/data"),),
        )
    first = known.iloc[0]
    return Panel(
        **made,
        sentence=fitting(
            f"Half of {lower_first(first['problem'])} lies in {integer(first['places'])} of "
            f"{integer(first['squares'])} squares",
            f"{first['problem']} is the most concentrated",
        ),
        subtitle=f"The fewest 250 m squares with half of the incidents, {months_words(evidence)}",
        caveats=(
            "By chance: squares that as many incidents would need if they fell anywhere. Published points are moved to "
            f"a nearby map point. Under {FEWEST} incidents with a place: not judged.",
        ),
        facts={"squares": int(np.nanmax(frame["squares"]))},
    )
