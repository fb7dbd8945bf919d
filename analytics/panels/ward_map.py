"""Wards on the map, shaded by the measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.ward_map import Named, ward_map, ward_map_height
from analytics.frames import records
from analytics.measures import measures
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import loaded_sources, police_source, ward_table
from analytics.panels._wards import highest_and_lowest, measure_columns, not_measurable
from analytics.panels.ward_totals import VISITOR_NOTE, ward_hover, with_measure
from analytics.queries.shapes import area_shapes
from analytics.selection import Selection
from analytics.statistics.classes import class_of, natural_breaks
from analytics.summaries import categories_words, lower_first, subject
from geo.drawing import Drawing, drawing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_ward_map_panel", "no_boundaries"]

ID = "ward_map"


def _columns(selection: Selection) -> tuple[Column, ...]:
    return (
        Column("ward_code", "Code", hidden=True),
        Column("ward_name", "Ward"),
        *measure_columns(selection),
        Column("shade", "Shade on the map", "integer"),
        Column("visitor_ward", "Many visitors", hidden=True),
    )


@panel(
    ID,
    page="categories_wards",
    title="Where in the area is it highest?",
    uses={"period", "categories", "wards", "measure"},
)
def build_ward_map_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a ward: the measure with its interval, and its shade on the map (1 the lowest; none: no data).

    Classes are natural breaks of the wards shown; their limits stand under the map.
    """
    table = ward_table(cursor, selection, context)
    frame = with_measure(table, selection)
    limits = natural_breaks(frame["value"])
    frame["shade"] = pd.Series(1 + class_of(frame["value"], limits)).astype("Int64")
    columns = _columns(selection)
    shapes = area_shapes(cursor, "ward")
    made: dict[str, Any] = {
        "id": ID,
        "title": "Wards on the map",
        "table": frame[[column.key for column in columns]],
        "columns": columns,
        "sources": (police_source(context, selection), *loaded_sources(context, "population_lsoa", "ward_boundaries")),
        "is_map": True,
    }
    if shapes.empty:
        return Panel(**made, **no_boundaries())
    drawn = drawing(tuple(shapes["code"]), tuple(bytes(shape) for shape in shapes["shape"]))
    made["figure_height"] = ward_map_height(drawn, view)
    empty = nothing_to_show(table, selection, context, subject=subject(selection, context))
    empty = empty or not_measurable(frame, selection, context)
    if empty:
        return Panel(**made, **empty)
    measure = measures()[selection.measure]
    frame["hover"] = [ward_hover(row, selection) for row in records(frame)]
    return Panel(
        **made,
        sentence=highest_and_lowest(frame, selection, context),
        subtitle=f"{categories_words(selection, context)}, {lower_first(measure.title)}, {write_months(table.months)}",
        figure=ward_map(
            frame,
            drawing=drawn,
            limits=limits,
            limit_words=[f"{limit:,g}" for limit in limits],
            unit=measure.unit,
            named=_named(frame, drawn, selection, view),
            focus=selection.focus,
            view=view,
        ),
        figure_alt=_alt(frame, measure.title, limits),
        caveats=_caveats(frame, drawn, selection),
        facts={"limits": limits},
    )


def _named(frame: pd.DataFrame, drawn: Drawing, selection: Selection, view: View) -> list[Named]:
    """The wards whose names stand on the map: the highest two, the lowest, and the one looked at."""
    known = frame[frame["value"].notna() & frame["ward_code"].isin(list(drawn.points))].reset_index(drop=True)
    if known.empty:
        return []
    ends = {0: "highest, "} if len(known) > 1 else {0: ""}
    if len(known) > 4 and view.width == "wide":
        ends[1] = ""
    if len(known) > 1:
        ends[len(known) - 1] = "lowest, "
    looked_at = known.index[known["ward_code"] == selection.focus]
    if len(looked_at) and view.width == "wide":
        ends.setdefault(int(looked_at[0]), "")
    return [
        Named(known["ward_code"].iloc[i], known["ward_name"].iloc[i], f"{words}{known['words'].iloc[i]}")
        for i, words in ends.items()
    ]


def _caveats(frame: pd.DataFrame, drawn: Drawing, selection: Selection) -> tuple[str, ...]:
    said = []
    if frame["visitor_ward"].fillna(False).any() and measures()[selection.measure].denominator in {
        "population",
        "households",
    }:
        said.append(VISITOR_NOTE)
    said.append("Shades group wards that are most alike; intervals stand in the ranked wards and in the table.")
    undrawn = frame.loc[~frame["ward_code"].isin(list(drawn.rings)), "ward_name"]
    if len(undrawn):
        said.append(f"No boundary is loaded for {', '.join(undrawn)}.")
    return tuple(said)


def _alt(frame: pd.DataFrame, title: str, limits: tuple[float, ...]) -> str:
    known = frame[frame["value"].notna()]
    return (
        f"Map of {len(known)} wards, {lower_first(title)}, in {len(limits) + 1} shades of blue from "
        f"{known['ward_name'].iloc[-1]} ({known['words'].iloc[-1]}) to {known['ward_name'].iloc[0]} "
        f"({known['words'].iloc[0]}). The table holds the figures."
    )


def no_boundaries() -> dict[str, Any]:
    """The fields of a map panel without boundaries to draw."""
    return {
        "sentence": "The map needs ward boundaries",
        "subtitle": "No boundaries are loaded",
        "state": "no_data",
        "message": "The configuration names no ward boundaries with shapes.",
        "ways": (Way("What is loaded", "/data"),),
    }
