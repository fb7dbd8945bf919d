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
from analytics.words import integer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_priority_places_panel"]

ID = "priority_places"
COLUMNS = (
    Column("problem", "Problem"),
    Column("half", "Half of it in"),
    Column("places", "Squares", "integer"),
    Column("chance", "By chance", "integer"),
    Column("times", "Fewer than chance", "ratio"),
    Column("times_lower_cl", "Lower 95 %", "ratio"),
    Column("times_upper_cl", "Upper 95 %", "ratio"),
    Column("incidents", "Incidents", "integer"),
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
    if known.empty:
        return Panel(
            **made,
            sentence="No problem has enough incidents with a place to judge",
            subtitle="Concentration in 250 m squares",
            state="too_few",
            message=str(frame["why"].iloc[0]),
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
