"""Every ward by every category: counts, rates, change, shares or location quotients, shaded against the whole."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.heat_table import heat_table, heat_table_height
from analytics.frames import records
from analytics.measures import measures
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Format, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import (
    ChangeTable,
    areas_of,
    denominator_name,
    loaded_sources,
    police_source,
    ward_category_table,
)
from analytics.panels._wards import fitting
from analytics.panels.ward_totals import RESIDENTS_NOTE, VISITOR_NOTE
from analytics.queries.counts import counts_by_ward_category
from analytics.selection import Selection
from analytics.statistics.rates import proportion
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import NO_DATA, change, count_of, integer, is_missing, number_word, percent, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_ward_category_panel"]

ID = "ward_category"
UNSHADED_UNDER = 10
NARROW_COLUMNS = 5
STEPS = (0.5, 0.8, 1.25, 2.0, 4.0)
ROLES = ("div-2", "div-3", "div-4", "div-5", "div-6", "div-7")


@panel(
    ID,
    page="categories_wards",
    title="Which crime and ASB, in which wards?",
    uses={"period", "comparison", "categories", "wards", "measure"},
)
def build_ward_category_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a ward and category, every loaded pair, zero or not: incidents, rate, change, share and quotient.

    share: per cent of the ward's incidents. location_quotient: that share over the partnership's. rate_ratio: the
    ward's rate over the partnership's. All three stand against the whole partnership, also where only some wards are
    chosen; where one category is chosen, shares are of all categories.
    """
    table = ward_category_table(cursor, selection, context)
    areas = areas_of(cursor, context)
    frame = _against_the_whole(table.frame, _whole(cursor, selection, table, areas))
    cells = _CELLS[selection.cells]
    wards = _wards_in_order(frame, areas, selection)
    categories = _categories_in_order(frame)
    frame = _sorted(frame, list(wards["ward_code"]), categories)
    columns = _columns(selection)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Wards by category",
        "table": frame[[column.key for column in columns]],
        "columns": columns,
        "sources": (police_source(context, selection), *loaded_sources(context, "population_lsoa")),
        "figure_height": heat_table_height(len(wards), view),
    }
    empty = nothing_to_show(table, selection, context, subject=subject(selection, context))
    if not empty and selection.cells == "change" and table.compared.basis == "none":
        empty = {
            "sentence": "Change cannot be shown for these months",
            "subtitle": "Missing is not zero",
            "state": "no_data",
            "message": table.compared.note,
            "ways": (Way("Show counts", "?" + replace(selection, cells="count").to_query(context)),),
        }
    if empty:
        return Panel(**made, **empty)
    drawn_columns = categories if view.width == "wide" else categories[:NARROW_COLUMNS]
    short = {category.name: category.short_name for category in context.categories}
    drawn = frame[frame["category"].isin(drawn_columns)]
    place = context.short_name
    glance, glance_columns = _glance(frame, categories, short, cells)
    visitors = set(wards.loc[wards["visitor_ward"], "ward_code"])
    return Panel(
        **made,
        sentence=_finding(frame, selection, place),
        subtitle=_subtitle(selection, table, place, context),
        reading=_SHADES.get(selection.cells, "").format(place=place),
        glance=glance,
        glance_columns=glance_columns,
        figure=heat_table(
            pd.DataFrame(
                {
                    "row_key": drawn["ward_code"],
                    "column_key": drawn["category"],
                    "words": [cells.words(row) for row in records(drawn)],
                    "role": [cells.role(row) for row in records(drawn)],
                    "hover": [_hover(row, place, selection) for row in records(drawn)],
                }
            ),
            row_keys=list(wards["ward_code"]),
            row_names=[
                f"{name} ◆" if code in visitors else name
                for code, name in zip(wards["ward_code"], wards["ward_name"], strict=True)
            ],
            columns=drawn_columns,
            column_names=[short[name] for name in drawn_columns],
            roles=ROLES,
            limit_words=cells.limit_words,
            legend=cells.legend.format(place=place),
            marked=selection.focus,
            view=view,
        ),
        figure_alt=(
            f"{cells.title} of {len(drawn_columns)} categories in {len(wards)} wards, shaded from low to high against "
            f"{place} as a whole. The table holds the figures."
        ),
        caveats=_caveats(table, selection, visitors, len(categories), view),
        facts={"total": dict(table.total)},
    )


def _whole(cursor: DuckDBPyConnection, selection: Selection, table: ChangeTable, areas: pd.DataFrame) -> dict[str, Any]:
    """Incidents by ward and by category over the whole partnership, and its residents or households."""
    alone = selection.categories is not None and len(selection.categories) == 1
    everywhere = replace(selection, wards=None, categories=None if alone else selection.categories)
    counts = counts_by_ward_category(cursor, table.months, everywhere)
    wards = areas[areas["area_type"] == "ward"]
    return {
        "by_ward": counts.groupby("ward_code")["incidents"].sum(),
        "by_category": counts.groupby("category")["incidents"].sum(),
        "incidents": float(counts["incidents"].sum()),
        "people": float(wards[denominator_name(selection)].astype("float64").sum(skipna=False)),
    }


def _against_the_whole(frame: pd.DataFrame, whole: dict[str, Any]) -> pd.DataFrame:
    """The frame with share, location_quotient, rate_ratio and the partnership's rate and share of each category."""
    incidents = frame["incidents"].astype("float64")
    in_ward = frame["ward_code"].map(whole["by_ward"]).fillna(0.0).astype("float64")
    in_category = frame["category"].map(whole["by_category"]).fillna(0.0).astype("float64")
    nan = float("nan")
    share = 100 * incidents / in_ward.where(in_ward > 0)
    usual = 100 * in_category / (whole["incidents"] or nan)
    usual_rate = 1000 * in_category / (whole["people"] or nan)
    interval = proportion(incidents.where(in_ward > 0), in_ward.where(in_ward > 0))
    return frame.assign(
        share=share,
        share_lower=100 * interval.lower_cl,
        location_quotient=share / usual.where(usual > 0),
        rate_ratio=frame["rate_per_1000"] / usual_rate.where(usual_rate > 0),
        usual_share=usual,
        usual_rate=usual_rate,
    )


def _wards_in_order(frame: pd.DataFrame, areas: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """A row is a ward, in the order of the ward table: by the measure, the highest first."""
    wards = frame.groupby(["ward_code", "ward_name"]).agg(incidents=("incidents", "sum")).reset_index()
    details = areas[areas["area_type"] == "ward"].set_index("code")
    base = measures()[selection.measure].denominator
    column = base if base in {"population", "households", "area_km2"} else None
    over = wards["ward_code"].map(details[column]).astype("float64") if column else 1.0
    wards["value"] = wards["incidents"].astype("float64") / over
    wards["visitor_ward"] = wards["ward_code"].map(details["visitor_ward"].fillna(False).astype(bool))
    return wards.sort_values(["value", "ward_name"], ascending=[False, True], na_position="last", ignore_index=True)


def _categories_in_order(frame: pd.DataFrame) -> list[str]:
    """Categories, the largest first."""
    sums = frame.groupby("category", sort=False)["incidents"].sum()
    return sorted(sums.index, key=lambda name: -sums[name])


def _sorted(frame: pd.DataFrame, wards: list[str], categories: list[str]) -> pd.DataFrame:
    place = frame["ward_code"].map({code: i for i, code in enumerate(wards)})
    other = frame["category"].map({name: i for i, name in enumerate(categories)})
    return frame.iloc[np.lexsort((other, place))].reset_index(drop=True)


@dataclass(frozen=True)
class _Cells:
    """What the cells hold: its words, its shade, the legend, and its column in the table."""

    title: str
    key: str
    format: Format
    words: Callable[[Mapping[Any, Any]], str]
    role: Callable[[Mapping[Any, Any]], str]
    legend: str
    limit_words: tuple[str, ...] = ("0.5", "0.8", "1.25", "2", "4")


def _role_of(column: str) -> Callable[[Mapping[Any, Any]], str]:
    """The shade of a ratio: none under ten incidents, where a ratio says little, and none where it is not known."""

    def role(row: Mapping[Any, Any]) -> str:
        if is_missing(row[column]) or row["incidents"] < UNSHADED_UNDER:
            return ""
        return ROLES[bisect_right(STEPS, row[column])]

    return role


def _change_role(row: Mapping[Any, Any]) -> str:
    """The shade of a change: a colour only where it is clear."""
    if row["verdict"] in {"too few", "no data"}:
        return ""
    ratio = 1 + row["change_pct"] / 100 if not is_missing(row["change_pct"]) else math.inf
    if row["verdict"] == "rose":
        return "div-5" if ratio < 2 else "div-6" if ratio < 4 else "div-7"
    if row["verdict"] == "fell":
        return "div-3" if ratio > 0.5 else "div-2"
    return "div-4"


def _change_words(row: Mapping[Any, Any]) -> str:
    if row["verdict"] == "no data":
        return NO_DATA
    if row["verdict"] == "too few" or is_missing(row["change_pct"]):
        return f"{integer(row['previous'])} to {integer(row['compared'])}"
    return change(row["change_pct"])


_CELLS = {
    "count": _Cells(
        "Counts", "incidents", "integer", lambda row: integer(row["incidents"]), _role_of("rate_ratio"),
        "times {place}’s rate",
    ),
    "rate": _Cells(
        "Rates", "rate_per_1000", "rate", lambda row: rate(row["rate_per_1000"]), _role_of("rate_ratio"),
        "times {place}’s rate",
    ),
    "change": _Cells(
        "Changes", "change_pct", "change", _change_words, _change_role,
        "colour only where the change is clear", ("0.5 ×", "fell", "rose", "2 ×", "4 ×"),
    ),
    "share": _Cells(
        "Shares", "share", "percent1", lambda row: percent(row["share"]), _role_of("location_quotient"),
        "times {place}’s share",
    ),
    "lq": _Cells(
        "Location quotients", "location_quotient", "ratio",
        lambda row: NO_DATA if is_missing(row["location_quotient"]) else f"{row['location_quotient']:.1f}",
        _role_of("location_quotient"), "times {place}’s share",
    ),
}  # fmt: skip


def _columns(selection: Selection) -> tuple[Column, ...]:
    people = "households" if selection.measure == "households" else "residents"
    return (
        Column("ward_code", "Code", hidden=True),
        Column("ward_name", "Ward"),
        Column("category", "Category"),
        Column("incidents", "Incidents", "integer"),
        Column("population", people.capitalize(), "integer", hidden=True),
        Column("rate_per_1000", f"Per 1,000 {people}", "rate"),
        Column("lower_cl", "Rate, lower 95 %", "rate", hidden=True),
        Column("upper_cl", "Rate, upper 95 %", "rate", hidden=True),
        Column("rate_ratio", "Times the whole’s rate", "ratio"),
        Column("share", "Share of the ward", "percent1"),
        Column("location_quotient", "Location quotient", "ratio"),
        Column("previous", "Before", "integer"),
        Column("compared", "Now, same months", "integer"),
        Column("change_pct", "Change", "change", given=("previous", "compared")),
        Column("change_lower_cl", "Change, lower 95 %", "change", given=("previous", "compared"), hidden=True),
        Column("change_upper_cl", "Change, upper 95 %", "change", given=("previous", "compared"), hidden=True),
        Column("verdict", "Verdict", "verdict"),
        Column("p_adjusted", "p, adjusted", "p_value", hidden=True),
    )


def _glance(
    frame: pd.DataFrame, categories: list[str], short: dict[str, str], cells: _Cells
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """The table for the screen: a row a ward, a column a category, in the cells what the figure's cells hold."""
    in_words = cells.format == "change"  # where a change cannot be judged, the cell holds both counts
    values = pd.Series(
        [cells.words(row) for row in records(frame)] if in_words else frame[cells.key], index=frame.index
    )
    wide = frame.assign(cell=values).pivot(index="ward_code", columns="category", values="cell")
    names = frame.drop_duplicates("ward_code")[["ward_code", "ward_name"]]
    glance = names.join(wide[categories], on="ward_code").reset_index(drop=True)
    return glance.drop(columns="ward_code"), (
        Column("ward_name", "Ward"),
        *(Column(name, short[name], "text" if in_words else cells.format) for name in categories),
    )


def _hover(row: Mapping[Any, Any], place: str, selection: Selection) -> str:
    people = "households" if selection.measure == "households" else "residents"
    lines = [f"<b>{row['ward_name']}</b>", f"{row['category']}: {count_of(int(row['incidents']), 'incident')}"]
    if not is_missing(row["rate_ratio"]):
        lines.append(f"{rate(row['rate_per_1000'])} per 1,000 {people}, {row['rate_ratio']:.1f} times {place}’s rate")
    if not is_missing(row["location_quotient"]):
        lines.append(f"{percent(row['share'])} of the ward’s incidents, {percent(row['usual_share'])} of {place}’s")
    if row["verdict"] != "no data":
        both = f"{integer(row['previous'])} to {integer(row['compared'])}"
        known = row["verdict"] != "too few" and not is_missing(row["change_pct"])
        lines.append(f"{both}, {change(row['change_pct'])}: {row['verdict']}" if known else f"{both}: {row['verdict']}")
    return "<br>".join(lines)


def _finding(frame: pd.DataFrame, selection: Selection, place: str) -> str:
    """The cell with most incidents beyond what the whole's rate or share would bring, where its interval is clear."""
    if selection.cells == "change":
        return _change_finding(frame)
    enough = frame[frame["incidents"] >= 20]
    by_share = selection.cells in {"share", "lq"} or frame["rate_ratio"].isna().all()
    if by_share:
        clear = enough[enough["share_lower"] > enough["usual_share"]]
        if clear.empty:
            return f"No ward stands clear of {place}’s shares"
        excess = clear["incidents"].astype("float64") * (1 - 1 / clear["location_quotient"])
        top = clear.iloc[int(excess.to_numpy().argmax())]
        times, what = _times(top["location_quotient"]), lower_first(top["category"])
        return fitting(
            f"{top['category']} is {percent(top['share'])} of incidents in {top['ward_name']}, {times} the usual share",
            f"In {top['ward_name']}, {what} has {times} its usual share",
            f"{top['category']} has {times} its usual share in one ward",
        )
    clear = enough[enough["lower_cl"] > enough["usual_rate"]]
    if clear.empty:
        return f"No category in any ward stands clear of {place}’s rate"
    excess = clear["incidents"].astype("float64") * (1 - 1 / clear["rate_ratio"])
    top = clear.iloc[int(excess.to_numpy().argmax())]
    times = _times(top["rate_ratio"])
    return fitting(
        f"{top['category']} in {top['ward_name']} is {times} {place}’s rate",
        f"{top['category']} in {top['ward_name']} is {times} the usual rate",
        f"{top['category']} in one ward is {times} the usual rate",
    )


def _change_finding(frame: pd.DataFrame) -> str:
    moved = frame[frame["verdict"].isin(["rose", "fell"])]
    judged = int((~frame["verdict"].isin(["too few", "no data"])).sum())
    if not judged:
        return "Every count is too small to judge a change"
    if moved.empty:
        return "No category in any ward moved by more than chance"
    if len(moved) == 1:
        row = moved.iloc[0]
        return fitting(
            f"{row['category']} {row['verdict']} in {row['ward_name']}; nothing else moved beyond chance",
            f"{row['category']} {row['verdict']} in {row['ward_name']}",
            "One category in one ward moved by more than chance",
        )
    return f"{number_word(len(moved), capital=True)} of {judged} counts moved by more than chance"


def _times(ratio: float) -> str:
    if round(ratio, 1) == 2.0:
        return "twice"
    return f"{ratio:.0f} times" if ratio >= 9.95 else f"{ratio:.1f} times"


_SHADES = {
    "count": "Shaded by the ward’s rate against {place}’s",
    "rate": "Shaded against {place}’s rate",
    "share": "Shaded against {place}’s shares",
}


def _subtitle(selection: Selection, table: ChangeTable, place: str, context: Context) -> str:
    what, months = categories_words(selection, context), write_months(table.months)
    people = "households" if selection.measure == "households" else "residents"
    return {
        "count": f"{what}, {months}: incidents",
        "rate": f"{what}, {months}, per 1,000 {people}",
        "change": f"{what}: {table.compared.current_label} against {table.compared.previous_label}",
        "share": f"{what}, {months}: per cent of the ward’s incidents",
        "lq": f"{what}, {months}: the ward’s share of a category over {place}’s share",
    }[selection.cells]


def _caveats(
    table: ChangeTable, selection: Selection, visitors: set[str], categories: int, view: View
) -> tuple[str, ...]:
    said = []
    if view.width == "narrow" and categories > NARROW_COLUMNS:
        said.append(f"Drawn: the largest {number_word(NARROW_COLUMNS)} of {categories} categories. The table has all.")
    if selection.cells == "change":
        said.append(
            "Coloured where chance and ordinary swings, over all cells together, do not explain the change. "
            "Under 20 in both periods: the counts alone."
        )
        said += [table.compared.note] if table.compared.note else []
    else:
        if visitors and selection.cells in {"count", "rate"}:
            said.append(VISITOR_NOTE)
        if selection.cells == "rate" and selection.measure != "households":
            said.append(RESIDENTS_NOTE)
        said.append(f"Cells under {UNSHADED_UNDER} are not shaded.")
    if table.missing and table.months:
        said.append(f"Counts cover {write_months(table.months)} only.")
    return tuple(said)
