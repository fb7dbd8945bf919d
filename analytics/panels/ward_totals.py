"""Wards in order of the measure, with intervals, the partnership's line, share and change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.ranked import Beside, ranked, ranked_height
from analytics.measures import measures
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, Source, View
from analytics.panels._registry import panel
from analytics.panels._tables import CHANGE_COLUMNS, ChangeTable, measured, police_source, ward_table
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import and_list, change, integer, is_missing, percent, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["RESIDENTS_NOTE", "VISITOR_NOTE", "build_ward_totals_panel", "ward_hover", "with_measure"]

ID = "ward_totals"
COLUMNS = (
    Column("ward_code", "Code"),
    Column("ward_name", "Ward"),
    *CHANGE_COLUMNS,
    Column("share", "Share of incidents", "percent1"),
    Column("visitor_ward", "Many visitors"),
)
RESIDENTS_NOTE = (
    "Residents are those of the small areas; the Overview’s rate stands over the district’s own figure, so the two can "
    "differ a little."
)
VISITOR_NOTE = (
    "Shopping or station centre (◆): most people there are visitors, so the rate for residents overstates the risk."
)


def with_measure(table: ChangeTable, selection: Selection) -> pd.DataFrame:
    """The ward table with the measure as `value`, its words, `share` in per cent, highest value first."""
    frame = measured(table.frame, selection, table.total)
    whole = table.total["incidents"]
    frame["share"] = 100 * frame["incidents"].astype("float64") / (float("nan") if is_missing(whole) else whole or 1)
    write = {"count": integer, "share": percent}.get(selection.measure, rate)
    frame["words"] = [write(value) for value in frame["value"]]
    return frame.sort_values(["value", "ward_name"], ascending=[False, True], ignore_index=True, na_position="last")


def ward_hover(row: dict, selection: Selection) -> str:
    """What a pointer shows of a ward: what, how much, how sure, out of what."""
    unit = measures()[selection.measure].unit
    lines = [f"<b>{row['ward_name']}</b>", f"{row['words']} {unit}"]
    if not is_missing(row["value_lower"]):
        write = {"count": integer, "share": percent}.get(selection.measure, rate)
        lines.append(f"95 % interval {write(row['value_lower'])} to {write(row['value_upper'])}")
    people = "households" if selection.measure == "households" else "residents"
    lines.append(f"{integer(row['incidents'])} incidents, {integer(row['population'])} {people}")
    return "<br>".join(lines)


@panel(
    ID,
    page="categories_wards",
    title="Which wards have most, for their size?",
    uses={"period", "comparison", "categories", "wards", "measure"},
)
def build_ward_totals_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a ward: incidents and rate in the period, its share, and the change over the compared months."""
    table = ward_table(cursor, selection, context)
    frame = with_measure(table, selection)
    measure = measures()[selection.measure]
    made: dict[str, Any] = {
        "id": ID,
        "title": "Wards in order",
        "table": frame.drop(columns=["value", "value_lower", "value_upper", "words", "area_km2"]),
        "columns": COLUMNS,
        "sources": (police_source(context, selection), Source("ONS", "residents and households by small area")),
        "figure_height": ranked_height(len(frame), view),
    }
    empty = nothing_to_show(table, selection, context, subject=subject(selection, context))
    if empty:
        return Panel(**made, **empty)
    reference, reference_words = _reference(table, selection, context)
    drawn = frame.assign(
        label=[
            f"{n} ◆" if not is_missing(v) and v else n
            for n, v in zip(frame["ward_name"], frame["visitor_ward"], strict=True)
        ],
        hover=[ward_hover(row, selection) for row in frame.to_dict("records")],
        count_words=[integer(v) for v in frame["incidents"]],
        change_words=[_change_words(row) for row in frame.to_dict("records")],
        change_color=[{"rose": "higher-text", "fell": "lower-text"}.get(v, "chart-text") for v in frame["verdict"]],
    )
    focus = selection.focus
    caveats = [VISITOR_NOTE] if (frame["visitor_ward"].fillna(False)).any() and measure.denominator else []
    if selection.measure == "rate":
        caveats.append(RESIDENTS_NOTE)
    if table.compared.basis != "none":
        caveats.append(
            f"Change: {table.compared.current_label} against {table.compared.previous_label}, coloured where chance "
            "and ordinary swings, over all wards together, do not explain it."
        )
    else:
        caveats.append(table.compared.note)
    if table.missing:
        caveats.append(f"Counts cover {write_months(table.months)} only.")
    return Panel(
        **made,
        sentence=_finding(frame, table, selection, context),
        subtitle=(
            f"{categories_words(selection, context)} by ward, {lower_first(measure.title)}, "
            f"{write_months(table.months)}, with 95 % intervals"
        ),
        figure=ranked(
            drawn,
            name="label",
            value="value",
            lower="value_lower",
            upper="value_upper",
            words="words",
            hover="hover",
            key="ward_code",
            reference=reference,
            reference_words=reference_words,
            heading="Ward",
            beside=(
                Beside("count_words", "Count", 0.1),
                Beside("change_words", "Change", 0.13, color_key="change_color"),
            ),
            strong=[code == focus if focus else index == 0 for index, code in enumerate(drawn["ward_code"])],
            view=view,
        ),
        figure_alt=f"{measure.title} by ward, highest first, with 95 % intervals. The table holds the figures.",
        caveats=tuple(caveats),
        facts={"total": dict(table.total)},
        total={**table.total, "ward_code": "", "ward_name": context.short_name, "share": 100.0},
    )


def _change_words(row: dict) -> str:
    if row["verdict"] == "too few":
        return "too few"
    return change(row["change_pct"]) if not is_missing(row["change_pct"]) else "no data"


def _reference(table: ChangeTable, selection: Selection, context: Context) -> tuple[float | None, str]:
    """The partnership's own value where a ward can be compared with it: rates, not counts or shares."""
    if selection.measure not in {"rate", "households"} or is_missing(table.total["rate_per_1000"]):
        return None, ""
    place = context.short_name if selection.wards is None else "Chosen wards"
    return float(table.total["rate_per_1000"]), f"{place} {rate(table.total['rate_per_1000'])}"


def _finding(frame: pd.DataFrame, table: ChangeTable, selection: Selection, context: Context) -> str:
    known = frame[frame["value"].notna()]
    if known.empty:
        return f"{measures()[selection.measure].title} cannot be worked out: its denominator is not loaded"
    first = known.iloc[0]
    what = lower_first(categories_words(selection, context))
    of_what = "" if selection.categories is None or len(what) > 32 else f" of {what}"
    if selection.measure == "share":
        return f"{first['ward_name']} has {percent(first['share'])} of {what if len(what) < 45 else 'the incidents'}"
    if len(known) == 1:
        return f"{first['ward_name']}: {first['words']} {measures()[selection.measure].unit}"
    reference, _ = _reference(table, selection, context)
    if reference and first["value_lower"] > reference:
        times = first["value"] / reference
        return f"{first['ward_name']} has {times:.1f} times {context.short_name}’s rate{of_what}"
    tied = known[known["value_upper"] >= first["value_lower"]]
    if len(tied) == 1:
        return f"{first['ward_name']} has the most incidents{of_what}"
    if len(tied) <= 3:
        return f"{and_list(list(tied['ward_name']))} are highest"
    return f"No one ward stands out{' for ' + what if of_what else ''}"
