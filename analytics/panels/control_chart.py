"""The control chart: which months are ordinary for this series, and which are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.control import Callout, control_figure
from analytics.measures import measures
from analytics.months import label_range, write_month, write_months
from analytics.panels._indicators import Indicator, Judged, indicator_of, judged, variation_mark
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import (
    Monthly,
    Unit,
    is_plural,
    looked_at,
    monthly_counts,
    nothing_recorded,
    rebased_at,
    rebased_since,
    rule_words,
    seen_words,
)
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.control_chart import ControlChart, control_chart, variation
from analytics.summaries import categories_words, subject
from analytics.words import and_list, integer, is_missing, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_control_chart_panel"]

ID = "control_chart"
HEIGHT = {"wide": 380, "narrow": 300}


@panel(
    ID, page="trends", title="Is it changing, or is this ordinary variation?", uses={"period", "categories", "wards"}
)
def build_control_chart_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a month, the earliest first: incidents, the figure charted, mean and limits, and what a rule says of it.

    Axis: all months loaded up to the end of the period (or the period alone). A month that is not loaded has no count.
    value: incidents in the unit chosen. adjusted: value with the season taken out, where there are 24 months for it.
    centre, lower_limit, upper_limit: on the scale of `adjusted`; times `season` on that of `value`. Method: XmR with
    screened limits and four rules (METHODS section 4); months of a disruption are left out; limits start afresh only at
    a dated, named break. variation: by the direction of the indicator that counts this, where the partnership has one.
    target: of that indicator, in the unit shown.
    """
    asked = looked_at(selection)
    monthly = monthly_counts(cursor, asked, context)
    unit = Unit.of(cursor, asked, context, monthly.months)
    what = subject(asked, context)
    empty = nothing_recorded(monthly, asked, context, subject=what)
    values = monthly.total() * unit.factor if monthly.months else np.array([])
    columns = _columns(unit)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Control chart: {what}",
        "columns": columns,
        "sources": (police_source(context, _covering(asked, monthly)),),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    if empty:
        blank = pd.DataFrame({column.key: pd.Series(dtype=object) for column in columns})
        frame = blank if not monthly.months else blank.reindex(range(len(monthly.months))).assign(
            month=monthly.months, incidents=pd.Series(monthly.total()).astype("Int64")
        )  # fmt: skip
        return Panel(**made, table=frame, **empty)
    chart = control_chart(values, months=list(monthly.months), excluded=monthly.excluded, segments=monthly.segments)
    indicator = indicator_of(cursor, asked, context)
    goal = judged(cursor, indicator, monthly, unit, asked, context)
    direction = indicator.direction if indicator else measures()["count"].direction
    frame = _frame(monthly, values, chart, direction, goal)
    adjusted = bool(chart.seasonally_adjusted)
    flat = adjusted and asked.season == "out"
    drawn = frame.assign(
        drawn=frame["adjusted"] if flat else frame["value"],
        centre=frame["centre"] * (1 if flat else frame["season"]),
        lower=frame["lower_limit"] * (1 if flat else frame["season"]),
        upper=frame["upper_limit"] * (1 if flat else frame["season"]),
        rule=chart.rule,
        side=chart.side,
        segment=monthly.segments,
        latest=_latest(monthly, context),
        hover=[_hover(row, unit, adjusted) for row in frame.itertuples()],
    )
    found = rebased_at(monthly.met, monthly.months)
    state, state_words = variation(int(chart.rule[-1]), int(chart.side[-1]), direction)
    marks = [variation_mark(state, state_words, int(chart.side[-1]), monthly.months[-1])]
    if monthly.excluded[-1] or int(chart.points[-1]) < 2:
        marks = []
    if goal:
        marks.append(goal.mark)
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, chart, asked, context),
        subtitle=_subtitle(unit, monthly, flat=flat, adjusted=adjusted),
        figure=control_figure(
            drawn,
            breaks=monthly.met,
            break_words=dict.fromkeys(found["break_id"], ": limits set anew from here"),
            callouts=_callouts(frame, chart),
            write=unit.write,
            target=list(goal.target) if goal else None,
            view=view,
            height=view.tall(HEIGHT[view.width]),
        ),
        figure_alt=_alt(frame, chart),
        marks=tuple(marks),
        caveats=(
            *_caveats(frame, monthly, chart, adjusted),
            *_of_target(indicator, goal),
            *unit.caveats(asked, context),
        ),
        facts={
            "seasonally_adjusted": adjusted,
            "points": int(chart.points[-1]),
            "latest": state,
            "indicator": indicator.name if indicator else None,
            "target": indicator.target if indicator else None,
            "assurance": goal.key if goal else None,
            "assurance_words": goal.words if goal else None,
            "target_words": indicator.words if indicator else None,
            "ordinary": (goal.lower, goal.upper) if goal else None,
            "singled_out": [f"{m:%Y-%m}" for m, r in zip(monthly.months, chart.rule, strict=True) if r],
        },
    )


def _columns(unit: Unit) -> tuple[Column, ...]:
    figure = unit.format
    return (
        Column("month", "Month", "month"),
        Column("incidents", "Incidents", "integer"),
        Column("value", unit.words, figure, hidden=unit.key == "month"),
        Column("adjusted", "Season taken out", figure),
        Column("centre", "Mean", figure),
        Column("lower_limit", "Lower limit", figure),
        Column("upper_limit", "Upper limit", figure),
        Column("finding", "Finding"),
        Column("variation", "Variation"),
        Column("season", "Seasonal factor", "ratio", hidden=True),
        Column("rule", "Rule", "integer", hidden=True),
        Column("side", "Side", "integer", hidden=True),
        Column("excluded", "Left out of limits", hidden=True),
        Column("provisional", "Provisional limits", hidden=True),
        Column("points", "Months behind the limits", "integer", hidden=True),
        Column("target", "Target", "rate", hidden=True),
    )


def _of_target(indicator: Indicator | None, goal: Judged | None) -> tuple[str, ...]:
    """How the target was judged, or why it was not."""
    if indicator is None or indicator.target is None:
        return ()
    if goal is None:
        return (f"Target of “{indicator.name}”, {indicator.words}: residents are not loaded, so it cannot be judged.",)
    if goal.key == "none":
        return (f"Target of “{indicator.name}”: {indicator.words}.",)
    write = integer if indicator.per == "month" else rate
    return (
        f"Target of “{indicator.name}”: {indicator.words}. If nothing changes, ordinary months run from "
        f"{write(goal.lower)} to {write(goal.upper)} over a year, season included.",
    )


def _frame(
    monthly: Monthly, values: np.ndarray, chart: ControlChart, direction: str, goal: Judged | None
) -> pd.DataFrame:
    rows = zip(values, monthly.excluded, chart.rule, chart.side, strict=True)
    findings, variations = [], []
    for value, out, rule, side in rows:
        unknown = np.isnan(value)
        findings.append("not loaded" if unknown else "left out of limits" if out else rule_words(int(rule), int(side)))
        variations.append("" if unknown or out else variation(int(rule), int(side), direction)[1])
    return pd.DataFrame(
        {
            "month": monthly.months,
            "incidents": pd.Series(monthly.total()).round().astype("Int64"),
            "value": values,
            "adjusted": chart.adjusted,
            "centre": chart.centre,
            "lower_limit": chart.lower,
            "upper_limit": chart.upper,
            "finding": findings,
            "variation": variations,
            "season": chart.season,
            "rule": chart.rule,
            "side": chart.side,
            "excluded": monthly.excluded,
            "provisional": chart.provisional,
            "points": chart.points,
            "target": goal.target if goal else np.full(len(values), np.nan),
        }
    )


def _covering(selection: Selection, monthly: Monthly) -> Selection:
    if not monthly.months:
        return selection
    return replace(selection, start=monthly.months[0], end=monthly.months[-1])


def _latest(monthly: Monthly, context: Context) -> list[bool]:
    return [month == context.last_month for month in monthly.months]


def _hover(row: Any, unit: Unit, adjusted: bool) -> str:
    if is_missing(row.incidents):
        return ""
    lines = [f"<b>{write_month(row.month, full=True)}</b>", f"{integer(row.incidents)} incidents"]
    if unit.key != "month":
        lines.append(f"{unit.write(row.value)} {unit.words.removeprefix('Incidents ')}")
    if adjusted:
        lines.append(f"season taken out: {unit.write(row.adjusted)}")
    if not is_missing(row.upper_limit):
        lines.append(f"ordinary: {unit.write(row.lower_limit)} to {unit.write(row.upper_limit)}")
    lines.append(row.finding + (f" ({row.variation})" if row.rule else ""))
    return "<br>".join(lines)


def _clusters(rule: np.ndarray, side: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Months in a row under the same rule and side: first, last, rule, side."""
    found: list[tuple[int, int, int, int]] = []
    for i, (r, s) in enumerate(zip(rule, side, strict=True)):
        if not r:
            continue
        if found and found[-1][1] == i - 1 and found[-1][2:] == (int(r), int(s)):
            found[-1] = (found[-1][0], i, int(r), int(s))
        else:
            found.append((i, i, int(r), int(s)))
    return found


def _callouts(frame: pd.DataFrame, chart: ControlChart) -> list[Callout]:
    months = list(frame["month"])
    said = []
    for first, last, rule, side in _clusters(chart.rule, chart.side):
        when = label_range(months[first], months[last])
        said.append(Callout(first, last, side, f"{when}: {rule_words(rule, side)}"))
    return said


def _finding(frame: pd.DataFrame, chart: ControlChart, selection: Selection, context: Context) -> str:
    """What the period shows, the strongest first: a level kept to the end, months outside the limits, runs, nothing."""
    what, short = subject(selection, context), categories_words(selection, context)
    many = is_plural(selection, context)
    has, was, shows = ("have", "were", "show") if many else ("has", "was", "shows")
    months: list[date] = list(frame["month"])
    inside = np.array([selection.start <= month <= selection.end for month in months])
    if int(chart.points.max()) < 2:
        return fitting(f"{what}: one month cannot show variation", "One month cannot show variation")
    level = _level_since(chart)
    if level is not None and inside[level[0] :].any():
        first, side = level
        words = f"{'above' if side > 0 else 'below'} the usual level since {write_month(months[first], full=True)}"
        return fitting(f"{what} {has} been {words}", f"{short} {has} been {words}", f"Months lie {words}")
    for side, words in ((1, "high"), (-1, "low")):
        out = [
            m for m, r, s, i in zip(months, chart.rule, chart.side, inside, strict=True) if i and r == 1 and s == side
        ]
        if out:
            named = and_list([write_month(m, full=True) for m in out])
            counted = f"{number_word(len(out))} months"
            return fitting(
                f"{what} {was} unusually {words} in {named}",
                f"{short} {was} unusually {words} in {named}",
                f"{what} {was} unusually {words} in {counted}",
                f"{short} {was} unusually {words} in {counted}",
                f"{number_word(len(out), capital=True)} months were unusually {words}",
            )
    for first, last, rule, side in reversed(_clusters(chart.rule, chart.side)):
        if rule in {2, 3, 4} and inside[first : last + 1].any():
            when = label_range(months[first], months[last])
            words = {
                2: f"{'rose' if side > 0 else 'fell'} month by month, {when}",
                3: f"came near its {'upper' if side > 0 else 'lower'} limit, {when}",
                4: f"lay {'above' if side > 0 else 'below'} its mean, {when}",
            }[rule]
            return fitting(f"{what} {words}", f"{short} {words}", f"Months {words}")
    period = write_months([m for m, i in zip(months, inside, strict=True) if i])
    period = f"from {period}" if " to " in period else f"in {period}"
    provisional = "so far " if bool(chart.provisional[-1]) else ""
    return fitting(
        f"{what} {shows} {provisional}only ordinary variation {period}",
        f"{what} {shows} {provisional}only ordinary variation",
        f"{short} {shows} {provisional}only ordinary variation",
        "Only ordinary variation",
    )


def _level_since(chart: ControlChart) -> tuple[int, int] | None:
    """Where a run of at least 7 months on one side that lasts to the end begins, and the side."""
    run = chart.flags[3]
    last = len(run) - 1
    if not run[last]:
        return None
    side = int(np.sign(chart.adjusted[last] - chart.centre[last]))
    first = last
    while first > 0 and run[first - 1] and np.sign(chart.adjusted[first - 1] - chart.centre[first - 1]) == side:
        first -= 1
    return first, side


def _subtitle(unit: Unit, monthly: Monthly, *, flat: bool, adjusted: bool) -> str:
    season = ", seasonally adjusted" if flat else ", the limits following the season" if adjusted else ""
    return f"{unit.words}{season}, {label_range(monthly.months[0], monthly.months[-1], full=True)}"


def _caveats(frame: pd.DataFrame, monthly: Monthly, chart: ControlChart, adjusted: bool) -> tuple[str, ...]:
    ways = [
        "A triangle marks a month that a rule singles out; a dot is ordinary variation. Hollow: the latest month, "
        "which later files may complete.",
        "Limits: 2.66 times the average step between months to either side of the mean.",
    ]
    said = []
    provisional = seen_words(int(chart.points[-1]))
    if provisional:
        said.append(provisional)
    elif not adjusted:
        said.append("The season is not taken out: too few months for it, or no clear season.")
    anew = rebased_since(monthly)
    if anew:
        said.append(anew)
    known = zip(monthly.months, monthly.excluded, monthly.known, strict=True)
    left_out = [month for month, out, loaded in known if out and loaded]
    if left_out:
        said.append(f"Shaded: {write_months(left_out)}, left out of mean and limits.")
    if monthly.missing:
        said.append(f"Hatched: {write_months(monthly.missing)}, not loaded.")
    return (*ways, " ".join(said)) if said else tuple(ways)


def _alt(frame: pd.DataFrame, chart: ControlChart) -> str:
    singled = int((chart.rule > 0).sum())
    return (
        f"Control chart over {len(frame)} months with mean and limits; {singled} months singled out by a rule. "
        "The table holds the figures."
    )
