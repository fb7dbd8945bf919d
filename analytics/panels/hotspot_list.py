"""The hotspots, to hand to a meeting."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from analytics.context import Context
from analytics.frames import records
from analytics.months import write_months
from analytics.panels._empty import no_data
from analytics.panels._hotspots import (
    FEWEST_INCIDENTS,
    Hotspots,
    Land,
    Slices,
    across_new_points,
    cells_of,
    emerging_of,
    hotspots_of,
    land_of,
    months_of,
    points_caveat,
    points_of,
)
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import clear_of_zero, police_source
from analytics.panels._wards import fitting
from analytics.panels.gi_star_cells import cell_words, how_tested
from analytics.panels.ward_map import no_boundaries
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import change, change_limit, count_of, integer, number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["SHOWN", "build_hotspot_list_panel", "hotspot_hover"]

ID = "hotspot_list"
SHOWN = 6
"""Hotspots on the list on screen and numbered on the map; the table and the downloads hold all."""

COLUMNS = (
    Column("rank", "Rank", "integer"),
    Column("name", "Place"),
    Column("incidents", "Incidents", "integer"),
    Column("share", "Share of incidents", "percent1"),
    Column("area_share", "Share of area", "percent1"),
    Column("previous", "Before", "integer"),
    Column("compared", "Now, same months", "integer"),
    Column("change_pct", "Change", "change", given=("previous", "compared")),
    Column("change_lower_cl", "Lower 95 %", "change", given=("previous", "compared")),
    Column("change_upper_cl", "Upper 95 %", "change", given=("previous", "compared")),
    Column("verdict", "Verdict", "verdict"),
    Column("categories", "Main categories"),
    Column("emerging_class", "Over time"),
    Column("held", "Re-runs it held in", "integer"),
    Column("runs", "Re-runs", "integer"),
    Column("one_point", "One point over half", hidden=True),
    Column("largest_point", "On the busiest point", "percent"),
    Column("ward_code", "Ward code", hidden=True),
    Column("ward_name", "Ward", hidden=True),
    Column("area", "Reaches over", hidden=True),
    Column("places", "Points", hidden=True),
    Column("area_km2", "km²", "ratio", hidden=True),
    Column("cells", "Cells", "integer", hidden=True),
    Column("p_adjusted", "p of change, adjusted", "p_value", hidden=True),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
    Column("longitude", "Longitude", "ratio", hidden=True),
    Column("latitude", "Latitude", "ratio", hidden=True),
)


@panel(ID, page="hotspots", title="Which places are hotspots?", uses={"period", "comparison", "categories", "wards"})
def build_hotspot_list_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a hotspot: touching cells that hold more than chance would give, the most incidents first.

    share: of the incidents of the selection; area_share: of its area; held: re-runs that found it again, of `runs`.
    """
    made: dict[str, Any] = {
        "id": ID,
        "title": "Hotspots",
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": 420,
    }
    nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
    months = months_of(selection, context)
    if not months:
        return Panel(**made, table=nothing, **no_data(selection, context))
    land = land_of(cursor, selection, context)
    if land is None:
        return Panel(**made, table=nothing, **no_boundaries())
    points = points_of(cursor, selection, context)
    whole = float(points.total(months)[points.chosen].sum())
    what = categories_words(selection, context)
    if not whole:
        return Panel(
            **made,
            table=nothing,
            sentence=f"{subject(selection, context)}: none recorded",
            subtitle=write_months(months),
            state="none_recorded",
            message=f"No incident with a place was recorded in {write_months(months)}.",
        )
    cells = cells_of(cursor, selection, context)
    found = hotspots_of(cursor, selection, context)
    frame = found.frame[[column.key for column in COLUMNS]]
    if frame.empty:
        return Panel(
            **made,
            table=frame,
            sentence="No place holds more than chance would give",
            subtitle=f"{what}, {cell_words(selection, cells)}, {write_months(months)}",
            state="too_few" if whole < 50 else "none_recorded",
            message=f"{count_of(int(whole), 'incident')} in {cell_words(selection, cells)}: no place beyond chance.",
            ways=(Way("Try larger cells", "?" + replace(selection, cell="500").to_query(context)),)
            if selection.cell != "500" and cells.tested.kind != "lsoa"
            else (),
        )
    together = float(frame["share"].sum())
    slices = emerging_of(cursor, selection, context)
    beside = "" if found.crossing else found.changes.compared.beside(months)
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, together, what),
        subtitle=f"{what}, incidents in hot {cell_words(selection, cells)}, {write_months(months)}"
        + (f"; change: {beside}" if beside else ""),
        caveats=(
            *filter(None, [across_new_points(cursor, months, context)]),
            *_caveats(found, slices),
            *(how_tested(cells, selection) if selection.adjust == "none" or cells.tested.kind == "lsoa" else ()),
            *filter(None, [points_caveat(cursor, selection, context)]),
        ),
        shapes=lambda: [_outline(shape, land) for shape in found.outlines],
        facts={
            "spots": [_spot(row, selection, context) for row in records(frame)],
            "hotspots": len(frame),
            "share": together,
        },
    )


def _finding(frame: pd.DataFrame, share: float, what: str) -> str:
    of_it = f"of {lower_first(what)}"
    if len(frame) == 1:
        name = frame["area"].iloc[0]
        return fitting(
            f"One place, in {name}, holds {percent(share)} {of_it}", f"One place holds {percent(share)} {of_it}"
        )
    many = number_word(len(frame), capital=True)
    return fitting(f"{many} places hold {percent(share)} {of_it}", f"{many} places hold {percent(share)} of incidents")


def _spot(row: dict[str, Any], selection: Selection, context: Context) -> dict[str, Any]:
    """A hotspot as the list on screen shows it."""
    moved = ""
    if row["verdict"] in {"rose", "fell", "no clear change"}:
        low, high = change_limit(row["change_lower_cl"]), change_limit(row["change_upper_cl"])
        moved = f"{change(row['change_pct'])} ({low} to {high})"
    elif row["verdict"] == "too few":
        moved = f"{integer(row['previous'])} then {integer(row['compared'])}"
    kinds = row["categories"].split("; ")[:2]
    for category in context.categories:
        kinds = [words.replace(category.name, category.short_name) for words in kinds]
    return {
        "rank": int(row["rank"]),
        "numbered": int(row["rank"]) <= SHOWN,
        "ward": row["area"],
        "places": row["places"],
        "one_point": f"One point holds {percent(row['largest_point'])}" if row["one_point"] else "",
        "about": f"On {percent(row['area_share'], 1)} of the area"
        + (f": {', '.join(kinds)}" if len(kinds) > 1 else ""),
        "incidents": integer(row["incidents"]),
        "share": percent(row["share"], 1 if row["share"] < 1 else 0),
        "class": row["emerging_class"],
        "held": int(row["held"]),
        "runs": int(row["runs"]),
        "verdict": row["verdict"],
        "change": moved,
        "chosen": selection.spot == str(row["rank"]),
        "view": f"{row['easting']:.0f},{row['northing']:.0f},{max(2500, round(4000 * row['area_km2'] ** 0.5)):.0f}",
    }


def hotspot_hover(row: dict[str, Any]) -> str:
    """What the map says about a hotspot."""
    lines = [f"<b>{row['rank']}. {row['area']}</b>", row["places"]]
    share, area = percent(row["share"], 1), percent(row["area_share"], 1)
    lines.append(f"{count_of(int(row['incidents']), 'incident')}: {share}, on {area} of area")
    if row["verdict"] in {"rose", "fell", "no clear change"}:
        lines.append(f"{integer(row['previous'])} to {integer(row['compared'])}: {row['verdict']}")
    lines.append(f"held in {row['held']} of {row['runs']} re-runs")
    return "<br>".join(line for line in lines if line)


def _outline(cells: Any, land: Land) -> Any:
    """The part of a hotspot's cells that lies on land, to the decimetre: its `area_km2`."""
    return shapely.set_precision(shapely.intersection(cells, land.shape), 0.1)


def _caveats(found: Hotspots, slices: Slices) -> tuple[str, ...]:
    said = []
    if found.crossing:
        said.append("No change is worked out: the published points were replaced in July 2022, within these months.")
    said += [
        "“Held in”: at least half of its incidents stand out again when some months are left out or the grid is moved. "
        f"Places with under {FEWEST_INCIDENTS} incidents are in the table of cells alone."
    ]
    said.append(
        "A place bears the name of the ward with most of its incidents, and of others where they hold a tenth or more."
    )
    if found.changes.compared.note and not found.crossing:
        said.append(found.changes.compared.note)
    if any(clear_of_zero(row) for row in found.changes.frame.to_dict("records")):
        said.append(
            "No clear change, though the interval is clear of zero: chance may give one, all places judged together."
        )
    said.append(slices.reason or f"Classes over {slices.count} quarters. {slices.note}".strip())
    return tuple(said)
