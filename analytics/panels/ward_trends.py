"""Every ward's months side by side, with its own ordinary range and the months that leave it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.small_series import PROJECTED
from analytics.figures.ward_grid import LETTERS, SmallChart, ward_grid, ward_grid_height
from analytics.months import label_range, write_month, write_months
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import Unit, monthly_counts, nothing_recorded, rule_words, seen_words
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.control_chart import ControlChart, control_chart
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import and_list, count_of, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_ward_trends_panel"]

ID = "ward_trends"


@panel(ID, page="trends", title="In which wards is it changing?", uses={"period", "categories", "wards"})
def build_ward_trends_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a ward, in the order of names: its latest month, mean and limits, and what rules say of the period.

    latest, mean, lower_limit, upper_limit: in the unit chosen, limits following the season where it is taken out.
    singled_out: months of the period that a rule singles out. finding, side: of the latest month. A ward's rate
    stands over its own residents; the months themselves are in the panel of months, by ward.
    """
    asked = replace(selection, focus=None)
    monthly = monthly_counts(cursor, asked, context, by=("ward_code",))
    unit = Unit.of(cursor, replace(asked, per="month" if asked.per == "rate" else asked.per), context, monthly.months)
    names = context.ward_names()
    what = subject(asked, context)
    columns = _columns(unit)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Wards: {categories_words(asked, context)}",
        "columns": columns,
        "sources": (police_source(context, asked),),
        "figure_height": ward_grid_height(len(monthly.counts), view),
    }
    empty = nothing_recorded(monthly, asked, context, subject=what)
    if empty:
        return Panel(**made, table=pd.DataFrame(columns=[c.key for c in columns]), **empty)
    made["sources"] = (police_source(context, replace(asked, start=monthly.months[0], end=monthly.months[-1])),)
    order = sorted(range(len(monthly.counts)), key=lambda i: names[monthly.counts.index[i]])
    codes = [monthly.counts.index[i] for i in order]
    values = monthly.values()[order] * unit.factor
    chart = control_chart(values, months=list(monthly.months), excluded=monthly.excluded, segments=monthly.segments)
    inside = np.array([asked.start <= month <= asked.end for month in monthly.months])
    counted = np.nansum(monthly.values()[order][:, inside], axis=1)
    frame = _frame(codes, [names[c] for c in codes], values, counted, chart, inside)
    met = monthly.met.head(len(LETTERS))
    charts = _charts(frame, values, chart, list(monthly.months), unit, selection.focus)
    said = _caveats(monthly.missing, met, int(chart.points.min()) if chart.points.size else 0, asked)
    if view.height is not None and len(charts) > PROJECTED:
        charts = sorted(charts, key=lambda one: not (one.strong or one.chosen))[:PROJECTED]
        said = (f"Drawn: {PROJECTED} of {len(frame)} wards, those that stand out first. The table has all.", *said)
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, lower_first(categories_words(asked, context))),
        subtitle=f"{unit.words}, {label_range(monthly.months[0], monthly.months[-1])}; grey: the ordinary range; "
        + ("one scale" if asked.scale == "common" else "each from zero to its own top"),
        figure=ward_grid(
            charts,
            monthly.months,
            breaks=met,
            common=asked.scale == "common",
            write=unit.write,
            view=view,
        ),
        figure_alt=f"Small control charts of {count_of(len(frame), 'ward')}. The table holds the figures.",
        caveats=said,
        facts={"wards": len(frame), "marked": list(frame.loc[frame["finding"] != "ordinary variation", "ward_name"])},
    )


def _columns(unit: Unit) -> tuple[Column, ...]:
    return (
        Column("ward_name", "Ward"),
        Column("latest", "Latest month", unit.format),
        Column("mean", "Mean", "rate"),
        Column("lower_limit", "Lower limit", "rate"),
        Column("upper_limit", "Upper limit", "rate"),
        Column("finding", "Finding", side="side"),
        Column("singled_out", "Months of the period singled out", "integer"),
        Column(
            "incidents", "In the period", unit.format if unit.key == "month" else "rate", hidden=unit.key != "month"
        ),
        Column("side", "Side", "integer", hidden=True),
        Column("ward_code", "Code", hidden=True),
        Column("seasonally_adjusted", "Season taken out", hidden=True),
    )


def _frame(
    codes: list[str], names: list[str], values: np.ndarray, counted: np.ndarray, chart: ControlChart, inside: np.ndarray
) -> pd.DataFrame:
    last = values.shape[1] - 1
    season = chart.season[:, last]
    found = zip(chart.rule[:, last], chart.side[:, last], values[:, last], strict=True)
    return pd.DataFrame(
        {
            "ward_name": names,
            "latest": values[:, last],
            "mean": chart.centre[:, last] * season,
            "lower_limit": chart.lower[:, last] * season,
            "upper_limit": chart.upper[:, last] * season,
            "finding": ["not loaded" if np.isnan(v) else rule_words(int(r), int(s)) for r, s, v in found],
            "singled_out": (chart.rule[:, inside] > 0).sum(axis=1),
            "incidents": pd.Series(counted).astype("Int64"),
            "side": pd.Series(chart.side[:, last]).astype("Int64").mask(np.isnan(values[:, last])),
            "ward_code": codes,
            "seasonally_adjusted": np.atleast_1d(chart.seasonally_adjusted),
        }
    )


def _charts(
    frame: pd.DataFrame, values: np.ndarray, chart: ControlChart, months: list[Any], unit: Unit, focus: str | None
) -> list[SmallChart]:
    made = []
    for i, (code, name) in enumerate(zip(frame["ward_code"], frame["ward_name"], strict=True)):
        centre, lower, upper = (part[i] * chart.season[i] for part in (chart.centre, chart.lower, chart.upper))
        hovers = [
            "" if np.isnan(v) else f"<b>{name}</b><br>{write_month(m, full=True)}: {unit.write(v)}<br>"
            f"{rule_words(int(r), int(s))}"
            for m, v, r, s in zip(months, values[i], chart.rule[i], chart.side[i], strict=True)
        ]  # fmt: skip
        strong = bool(chart.rule[i, -1] > 0)
        made.append(
            SmallChart(
                code, name, values[i], centre, lower, upper, chart.rule[i], chart.side[i], hovers, strong, code == focus
            )
        )
    return made


def _finding(frame: pd.DataFrame, what: str) -> str:
    out = frame[~frame["finding"].isin(["ordinary variation", "not loaded"])]
    marked = list(out["ward_name"])
    if not marked:
        return fitting(f"No ward leaves its ordinary range of {what} in the latest month", "No ward leaves its range")
    beyond = out["finding"].isin([rule_words(1, 1), rule_words(1, -1)]).all()
    high, low = (list(out.loc[out["side"] == side, "ward_name"]) for side in (1, -1))
    if beyond:
        moved = [f"{and_list(high, most=3)} rose above"] * bool(high) + [f"{and_list(low, most=3)} fell below"] * bool(
            low
        )
        said = f"{' and '.join(moved)} the ordinary range"
        full = f"{said} of {what}"
    else:
        named = [f"{and_list(high, most=3)} (high)"] * bool(high) + [f"{and_list(low, most=3)} (low)"] * bool(low)
        said = f"Out of the ordinary: {', '.join(named)}"
        full = f"Out of the ordinary in {what}: {', '.join(named)}"
    many = f"{number_word(len(marked), capital=True)} of {len(frame)} wards leave their ordinary range"
    return fitting(full, said, many)


def _caveats(missing: tuple[Any, ...], met: pd.DataFrame, points: int, selection: Selection) -> tuple[str, ...]:
    said = [
        "Bold, with ▲ or ▼: the latest month is out of the ordinary. A click on a ward shows it in the charts above."
    ]
    if seen_words(points):
        said.append(seen_words(points))
    if selection.per == "rate":
        said.append("Counts are shown: limits of a ward follow its own months, whatever its size.")
    if missing:
        said.append(f"Hatched: {write_months(missing)}, not loaded.")
    for letter, row in zip(LETTERS, met.itertuples(), strict=False):
        start = pd.Timestamp(row.date_from).date()
        when = write_month(start) if pd.isna(row.date_to) else label_range(start, pd.Timestamp(row.date_to).date())
        said.append(f"{letter}: {row.label}, {when}.")
    return (" ".join(said),)
