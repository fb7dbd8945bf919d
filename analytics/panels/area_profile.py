"""One area: its incidents by category and month, with rate and change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analytics.context import Context
from analytics.figures.heat_table import heat_table, heat_table_height
from analytics.frames import records
from analytics.months import write_month, write_months
from analytics.panels._area import Area, area_of
from analytics.panels._empty import no_data
from analytics.panels._hotspots import (
    crosses_new_points,
    months_drawn,
    months_of,
    points_caveat,
    snap_points_date,
    unplaced_words,
)
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import ChangeTable, change_months, changes, loaded_sources, police_source
from analytics.panels._wards import fitting
from analytics.queries.counts import counts_in_area
from analytics.queries.points import counts_in_box, unpointed
from analytics.selection import Selection
from analytics.statistics.rates import crime_rate
from analytics.summaries import categories_words, lower_first
from analytics.words import change, change_limit, count_of, integer, is_missing, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_area_profile_panel"]

ID = "area_profile"
_MONTHS = {"wide": 12, "narrow": 5}
_ROLES = ("seq-1", "seq-2", "seq-3", "seq-4")
_CHANGE = ("previous", "compared", "change_pct", "change_lower_cl", "change_upper_cl", "verdict", "p_adjusted")


def _columns(people: str, months: tuple[date, ...]) -> tuple[Column, ...]:
    return (
        Column("area", "Area", hidden=True),
        Column("area_code", "Code", hidden=True),
        Column("category", "Category"),
        Column("incidents", "Incidents", "integer"),
        Column("rate_per_1000", f"Per 1,000 {people}", "rate"),
        Column("lower_cl", "Lower 95 %", "rate", hidden=True),
        Column("upper_cl", "Upper 95 %", "rate", hidden=True),
        Column("per_km2", "Per km²", "rate"),
        Column("previous", "Before", "integer"),
        Column("compared", "Now, same months", "integer"),
        Column("change_pct", "Change", "change"),
        Column("change_lower_cl", "Lower 95 %", "change"),
        Column("change_upper_cl", "Upper 95 %", "change"),
        Column("verdict", "Verdict", "verdict"),
        Column("p_adjusted", "p of change, adjusted", "p_value", hidden=True),
        Column("denominator", people.capitalize(), "integer", hidden=True),
        Column("area_km2", "km²", "ratio", hidden=True),
        *(Column(f"{month:%Y-%m}", write_month(month), "integer") for month in months),
    )


@panel(ID, page="hotspots", title="What is in one area?", uses={"period", "comparison", "categories", "measure"})
def build_area_profile_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category in one area, the most incidents first: rate, change, and a column of counts a month.

    The area is a ward or an LSOA (counted as in every other figure), a drawn area or a hotspot (the published points in
    it). Without a choice it is the hotspot looked at, else the ward with the most incidents. Drawn areas and hotspots
    are not compared across July 2022.
    """
    months = months_of(selection, context)
    people = "households" if selection.measure == "households" else "residents"
    columns = _columns(people, months)
    made: dict[str, Any] = {
        "id": ID,
        "title": "One area",
        "columns": columns,
        "sources": (police_source(context, selection), *loaded_sources(context, "population_lsoa")),
        "figure_height": heat_table_height(8, view),
    }
    nothing = pd.DataFrame(columns=[column.key for column in columns])
    if not months:
        return Panel(**made, table=nothing, **no_data(selection, context))
    area = area_of(cursor, selection, context)
    if area is None or (area.shape is not None and area.shape.is_empty):
        return Panel(**made, table=nothing, **_no_area(area, selection))
    table, counted = _profile(cursor, area, selection, context)
    replaced = snap_points_date(cursor, context)
    below = area.kind in {"drawn", "hotspot"}
    crossing = below and crosses_new_points(table, replaced)
    frame = _measured(table.frame, area, people, crossing)
    total = _measured(pd.DataFrame([dict(table.total)]), area, people, crossing).iloc[0].to_dict()
    by_month = counted.reindex(columns=list(months), fill_value=0)
    for month in months:
        frame[f"{month:%Y-%m}"] = by_month[month].reindex(frame["category"]).to_numpy().astype(int)
        total[f"{month:%Y-%m}"] = int(by_month[month].sum())
    frame = frame.sort_values(["incidents", "category"], ascending=[False, True], ignore_index=True)
    frame = frame[[column.key for column in columns]]
    what = categories_words(selection, context)
    beside = "" if crossing else table.compared.beside(months)
    when = table.compared.current_label if beside else ""
    notes = _notes(cursor, area, table, crossing, below, people, selection, context)
    if not total["incidents"]:
        return Panel(
            **made,
            table=frame,
            sentence=fitting(f"{what} in {_in(area)}: none recorded", f"{_in(area)}: none recorded"),
            subtitle=write_months(months),
            state="none_recorded",
            message=f"No incident of {lower_first(what)} lies in {_in(area)} in {write_months(months)}.",
            caveats=notes,
        )
    shown = frame[frame["incidents"] > 0]
    made["figure_height"] = heat_table_height(len(shown) + (len(shown) > 1), view)
    return Panel(
        **made,
        table=frame,
        total=total if len(frame) > 1 else None,
        sentence=_finding(area, total, people, when),
        subtitle=f"{what} in {_in(area)}, {months_drawn(months, months[-_MONTHS[view.width] :])}"
        + (f"; change: {beside}" if beside else ""),
        figure=_figure(shown, total, months[-_MONTHS[view.width] :], view),
        figure_alt=f"Incidents by category and month in {_in(area)}. {_finding(area, total, people, when)}",
        caveats=notes,
        facts={"area": area.name, "kind": area.kind, "incidents": int(total["incidents"])},
    )


def _in(area: Area) -> str:
    return lower_first(area.name) if area.kind in {"drawn", "hotspot"} else area.name


def _no_area(area: Area | None, selection: Selection) -> dict[str, Any]:
    said = (
        "The drawn area lies outside the partnership's wards."
        if area is not None
        else f"{selection.area} is not loaded here."
        if selection.area
        else "No ward is loaded."
    )
    return {
        "sentence": "There is nothing to profile",
        "subtitle": "Missing is not zero",
        "state": "no_data" if area is None and not selection.area else "elsewhere",
        "message": said,
        "ways": (Way("Show the ward with the most incidents", "?"),),
    }


def _profile(
    cursor: DuckDBPyConnection, area: Area, selection: Selection, context: Context
) -> tuple[ChangeTable, pd.DataFrame]:
    """The change table with a row a category, and counts (categories, months)."""
    every = change_months(selection, context)
    if area.kind in {"ward", "lsoa"}:
        rows = counts_in_area(
            cursor, every, selection,
            ward=area.code if area.kind == "ward" else None, lsoa=area.code if area.kind == "lsoa" else None,
        )  # fmt: skip
    else:
        rows = counts_in_box(cursor, every, selection, _bounds(area.shape))
        x, y = rows["easting"].to_numpy(), rows["northing"].to_numpy()
        shapely.prepare(area.shape)
        inside = shapely.intersects_xy(area.shape, x, y) if area.points is None else np.isin(x + 1j * y, area.points)
        rows = rows[inside].groupby(["category", "month"], as_index=False)["incidents"].sum()
    wanted = [c.name for c in context.categories if selection.categories is None or c.name in selection.categories]
    table = changes(rows, "category", wanted, selection, context)
    counted = rows.pivot_table(index="category", columns="month", values="incidents", aggfunc="sum", fill_value=0)
    counted.columns = [pd.Timestamp(month).date() for month in counted.columns]
    return table, counted.reindex(wanted, fill_value=0)


def _bounds(shape: Any) -> tuple[float, float, float, float]:
    west, south, east, north = (float(side) for side in shapely.bounds(shape))
    return west - 1, south - 1, east + 1, north + 1


def _measured(frame: pd.DataFrame, area: Area, people: str, crossing: bool) -> pd.DataFrame:
    """Rates over the area's own residents (or households) and land; no change where points were replaced within."""
    base = area.population if people == "residents" else area.households
    incidents = frame["incidents"].astype("float64").to_numpy()
    known = crime_rate(incidents, base, dispersion=frame["dispersion"].to_numpy(dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        per_km2 = incidents / (area.area_km2 or np.nan)
    made = frame.assign(
        area=area.name, area_code=area.code, rate_per_1000=known.value, lower_cl=known.lower_cl,
        upper_cl=known.upper_cl, per_km2=per_km2, denominator=base, area_km2=area.area_km2,
    )  # fmt: skip
    if crossing:
        made = made.assign(**dict.fromkeys([c for c in _CHANGE if c != "verdict"], pd.NA), verdict="no data")
    return made


def _notes(
    cursor: DuckDBPyConnection, area: Area, table: ChangeTable, crossing: bool, below: bool, people: str,
    selection: Selection, context: Context,
) -> tuple[str, ...]:  # fmt: skip
    notes = list(area.notes)
    if not selection.area and selection.spot == "0":
        notes.append("The ward with the most incidents, until an area is picked or drawn.")
    if below:
        base = area.population if people == "residents" else area.households
        about = "" if is_missing(base) else f" About {integer(base)} {people}: those of its LSOAs, shared out by area."
        notes.append(f"Published points inside, {area.area_km2:.2f} km².{about}")
    if area.kind == "ward":
        notes.append("Counted by point where there is one, else by the LSOA's best-fit ward.")
    if crossing:
        notes.append("No change is worked out: the published points were replaced in July 2022, within these months.")
    else:
        notes.append("A change in bold is more than chance would give; –: too few to tell, or nothing to compare with.")
        notes += table.caveats
    row = unpointed(cursor, months_of(selection, context), selection, context).iloc[0]
    if below and (said := points_caveat(cursor, selection, context)):
        notes.append(said)
    elif not below and row["not_placed"]:
        notes.append(f"{unplaced_words(row, selection)}: they may lie in any area.")
    return tuple(notes)


def _finding(area: Area, total: dict[str, Any], people: str, when: str) -> str:
    count = integer(total["incidents"])
    unit = "incident" if total["incidents"] == 1 else "incidents"
    known = not is_missing(total["rate_per_1000"]) and not area.visitors
    about = "about " if area.shared_out else ""
    per = f", {about}{rate(total['rate_per_1000'])} per 1,000 {people}" if known else ""
    moved = ""
    over = f"{when} " if when else ""
    if total["verdict"] in {"rose", "fell"}:
        moved = f"; {over}{total['verdict']} by {change(total['change_pct']).lstrip('+−')}"
    elif total["verdict"] == "no clear change":
        moved = f"; {when}: no clear change" if when else "; no clear change"
    return fitting(
        f"{area.name}: {count} {unit}{per}{moved}", f"{area.name}: {count} {unit}{moved}", f"{count} {unit}{per}{moved}"
    )


def _figure(shown: pd.DataFrame, total: dict[str, Any], drawn: tuple[date, ...], view: View) -> dict[str, Any]:
    keys = [f"{month:%Y-%m}" for month in drawn]
    rows = [*([{**total, "category": "All together"}] if len(shown) > 1 else []), *records(shown)]
    highest = max([int(row[key]) for row in records(shown) for key in keys], default=1)
    steps = sorted({max(1, round(highest * part)) for part in (0.0, 0.2, 0.45, 0.7)})
    roles = _ROLES[: len(steps)]
    cells = []
    for index, row in enumerate(rows):
        together = len(shown) > 1 and index == 0
        said = f"<b>{row['category']}</b><br>{count_of(int(row['incidents']), 'incident')}"
        if not is_missing(row["change_pct"]):
            low, high = change_limit(row["change_lower_cl"]), change_limit(row["change_upper_cl"])
            said += f"<br>{integer(row['previous'])} to {integer(row['compared'])}: "
            said += f"{change(row['change_pct'])} ({low} to {high})"
        cells.append({"row_key": row["category"], "column_key": "all", "words": f"<b>{integer(row['incidents'])}</b>",
                      "role": "", "hover": said})  # fmt: skip
        moved = change(row["change_pct"]) if row["verdict"] in {"rose", "fell", "no clear change"} else "–"
        words = f"<b>{moved}</b>" if row["verdict"] in {"rose", "fell"} else moved
        cells.append({"row_key": row["category"], "column_key": "change", "words": words, "role": "",
                      "hover": f"{said}<br>{row['verdict']}"})  # fmt: skip
        for month, key in zip(drawn, keys, strict=True):
            count = int(row[key])
            role = "" if together or not count else roles[max(sum(count >= step for step in steps) - 1, 0)]
            cells.append({"row_key": row["category"], "column_key": key, "words": f"{count:,}", "role": role,
                          "hover": f"<b>{row['category']}</b><br>{write_month(month)}: {count:,}"})  # fmt: skip
    heads = [write_month(m)[:3] + (f" {m.year}" if m.month == 1 or m == drawn[0] else "") for m in drawn]
    return heat_table(
        pd.DataFrame(cells),
        row_keys=[row["category"] for row in rows],
        row_names=[row["category"] for row in rows],
        columns=["all", "change", *keys],
        column_names=["All", "Change", *heads],
        roles=roles,
        limit_words=[f"{step:,}" for step in steps[1:]],
        legend="Incidents in a month",
        marked="All together" if len(shown) > 1 else None,
        view=view,
    )
