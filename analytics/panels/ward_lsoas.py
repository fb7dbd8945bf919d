"""Inside one ward: its LSOAs in order of the measure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.ranked import Beside, ranked, ranked_height
from analytics.frames import records
from analytics.measures import measures
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import loaded_sources, lsoa_table, measured, police_source, ward_table
from analytics.panels._wards import fitting, highest_and_lowest, measure_columns, not_measurable, written
from analytics.panels.ward_totals import with_measure
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first
from analytics.words import count_of, fraction_words, integer, is_missing, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_ward_lsoas_panel"]

ID = "ward_lsoas"


def _columns(selection: Selection) -> tuple[Column, ...]:
    return (
        Column("ward_code", "Ward code", hidden=True),
        Column("ward_name", "Ward", hidden=True),
        Column("lsoa_code", "Code"),
        Column("lsoa_name", "Small area (LSOA)"),
        *measure_columns(selection),
        Column("imd_decile", "Deprivation decile", "integer"),
    )


@panel(
    ID,
    page="categories_wards",
    title="Where inside the ward?",
    uses={"period", "categories", "wards", "measure"},
)
def build_ward_lsoas_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is an LSOA that fits the ward best: the measure with its interval, incidents, residents, deprivation.

    The ward is the one looked at (`focus`), else the highest of those chosen. All incidents of an LSOA count, also
    where a part of it lies in another ward; the ward's own count is by point.
    """
    wards = with_measure(ward_table(cursor, selection, context), selection)
    if selection.focus and selection.focus not in set(wards["ward_code"]):
        wards = with_measure(ward_table(cursor, replace(selection, wards=(selection.focus,)), context), selection)
    focus = selection.focus or wards["ward_code"].iloc[0]
    ward = records(wards[wards["ward_code"] == focus])[0]
    table = lsoa_table(cursor, replace(selection, wards=None), context)
    frame = measured(table.frame[table.frame["ward_code"] == focus], selection, table.total)
    frame = frame.sort_values(["value", "lsoa_name"], ascending=[False, True], na_position="last", ignore_index=True)
    frame["ward_name"] = ward["ward_name"]
    columns = _columns(selection)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Inside {ward['ward_name']}",
        "table": frame[[column.key for column in columns]],
        "columns": columns,
        "sources": (police_source(context, selection), *loaded_sources(context, "population_lsoa", "deprivation")),
        "figure_height": ranked_height(max(len(frame), 1), view),
    }
    what = f"{categories_words(selection, context)} in {ward['ward_name']}"
    here = replace(table, total={"incidents": frame["incidents"].sum(), "compared": 0, "previous": 0})
    empty = nothing_to_show(here, selection, context, subject=what) if len(frame) else _no_lsoas(ward["ward_name"])
    empty = empty or not_measurable(frame, selection, context)
    if empty:
        return Panel(**made, **empty)
    measure = measures()[selection.measure]
    by_rate = measure.denominator not in {None, "total"}
    has_deprivation = bool(frame["imd_decile"].notna().any())
    return Panel(
        **made,
        sentence=_finding(frame, str(ward["ward_name"]), selection, context),
        subtitle=_subtitle(str(ward["ward_name"]), selection, context, write_months(table.months)),
        figure=ranked(
            frame.assign(
                words=[written(value, selection) for value in frame["value"]],
                hover=[_hover(row, selection) for row in records(frame)],
                count_words=[integer(count) for count in frame["incidents"]],
                decile_words=["" if is_missing(d) else f"{int(d)} of 10" for d in frame["imd_decile"]],
            ),
            name="lsoa_name",
            value="value",
            lower="value_lower",
            upper="value_upper",
            words="words",
            hover="hover",
            key="lsoa_code",
            reference=float(ward["value"]) if by_rate and not is_missing(ward["value"]) else None,
            reference_words=f"The ward {ward['words']}",
            heading="Small area (LSOA)",
            beside=(
                *([] if selection.measure == "count" else [Beside("count_words", "Count", 0.12)]),
                *([Beside("decile_words", "Deprivation", 0.17)] if has_deprivation else []),
            ),
            strong=[index == 0 for index in range(len(frame))],
            view=view,
        ),
        figure_alt=f"{measure.title} of the small areas (LSOAs) of {ward['ward_name']}, highest first, with 95 % "
        "intervals. The table holds the figures.",
        caveats=_caveats(frame, ward, has_deprivation),
        facts={"ward_code": focus, "ward_chosen": selection.focus is not None},
    )


def _finding(frame: pd.DataFrame, ward: str, selection: Selection, context: Context) -> str:
    """What the few hold that hold half or more, else which stand apart."""
    counts = frame["incidents"].astype("float64").sort_values(ascending=False)
    holding = int((counts.cumsum() < 0.5 * counts.sum()).sum()) + 1
    what = lower_first(categories_words(selection, context))
    if len(frame) >= 4 and holding <= 0.35 * len(frame):
        few = f"{number_word(holding)} of its {number_word(len(frame))} small areas"
        part = fraction_words(counts.iloc[:holding].sum() / counts.sum())
        part = part[:1].upper() + part[1:]
        return fitting(
            f"{part} of {what} in {ward} falls in {few}",
            f"{part} of incidents in {ward} fall in {few}",
            f"{part} of its incidents fall in {few}",
        )
    return highest_and_lowest(frame, selection, context, name="lsoa_name", places="small area")


def _subtitle(ward: str, selection: Selection, context: Context, months: str) -> str:
    unit = lower_first(measures()[selection.measure].title)
    chosen = "" if selection.focus else ", the highest ward"
    what = categories_words(selection, context)
    return f"{what} by small area (LSOA) in {ward}{chosen}, {unit}, {months}, with 95 % intervals"


def _hover(row: dict[str, Any], selection: Selection) -> str:
    people = "households" if selection.measure == "households" else "residents"
    lines = [
        f"<b>{row['lsoa_name']}</b>",
        f"{written(row['value'], selection)} {measures()[selection.measure].unit}",
        f"95 % interval {written(row['value_lower'], selection)} to {written(row['value_upper'], selection)}",
        f"{count_of(int(row['incidents']), 'incident')}, {integer(row['population'])} {people}",
    ]
    if not is_missing(row["imd_decile"]):
        lines.append(f"Deprivation decile {int(row['imd_decile'])} of 10")
    return "<br>".join(lines)


def _caveats(frame: pd.DataFrame, ward: dict[str, Any], has_deprivation: bool) -> tuple[str, ...]:
    said = []
    if ward["visitor_ward"] is True:
        said.append(f"In {ward['ward_name']} most people are visitors: rates for residents overstate the risk.")
    if has_deprivation:
        said.append("Deprivation: 1 of 10 is the most deprived tenth of small areas in England.")
    together = int(frame["incidents"].sum())
    if together != int(ward["incidents"]):
        said.append(
            f"Small areas (LSOAs) are those that fit the ward best: together {integer(together)} incidents, "
            f"{integer(ward['incidents'])} within the ward itself."
        )
    return tuple(said)


def _no_lsoas(ward: str) -> dict[str, Any]:
    return {
        "sentence": f"No small area (LSOA) fits {ward} best",
        "subtitle": "The lookup of small areas to wards holds none",
        "state": "no_data",
        "message": f"No small area has {ward} as its best-fit ward, so the ward cannot be divided further.",
        "ways": (Way("What is loaded", "/data"),),
    }
