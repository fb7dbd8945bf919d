"""The last 24 months: is any month out of the ordinary?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.series import monthly_line
from analytics.months import add_months, month_range, write_month, write_months
from analytics.panels._breaks import breaks_touching, excluded_months
from analytics.panels._empty import no_data
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.queries.counts import counts_by_month
from analytics.selection import Selection
from analytics.statistics.control_chart import RULES, control_chart
from analytics.summaries import subject
from analytics.words import and_list, integer, is_missing, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_monthly_recent_panel"]

ID = "monthly_recent"
MONTHS = 24
HEIGHT = {"wide": 290, "narrow": 240}
COLUMNS = (
    Column("month", "Month", "month"),
    Column("incidents", "Incidents", "integer"),
    Column("ordinary_lower", "Ordinary from", "integer"),
    Column("ordinary_upper", "Ordinary to", "integer"),
    Column("finding", "Finding"),
)


@panel(ID, page="overview", title="Is any month out of the ordinary?", uses={"period", "categories", "wards"})
def build_monthly_recent_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is one of the 24 months up to the end of the period: incidents, the ordinary range, and what stands out.

    A month that is not loaded has no count. Limits: XmR (METHODS section 4), on the seasonally adjusted series where
    24 months allow it; months of a disruption in the break register are left out.
    """
    months = month_range(add_months(selection.end, 1 - MONTHS), selection.end)
    loaded = set(context.months_loaded)
    counts = counts_by_month(cursor, months, selection).groupby("month")["incidents"].sum()
    by_month = {pd.Timestamp(month).date(): float(n) for month, n in counts.items()}
    values = np.array([by_month.get(month, 0.0) if month in loaded else np.nan for month in months])
    met = breaks_touching(cursor, selection, months)
    chart = control_chart(values, months=list(months), excluded=excluded_months(met, months))
    lower, centre, upper = (part * chart.season for part in (chart.lower, chart.centre, chart.upper))
    frame = pd.DataFrame(
        {
            "month": months,
            "incidents": pd.Series(values).astype("Int64"),
            "ordinary_lower": lower,
            "ordinary_upper": upper,
            "finding": [
                ("not loaded" if np.isnan(value) else _rule_words(int(rule), int(side)))
                for value, rule, side in zip(values, chart.rule, chart.side, strict=True)
            ],
        }
    )
    height = view.tall(HEIGHT[view.width])
    made: dict[str, Any] = {
        "id": ID,
        "title": "The last 24 months",
        "table": frame,
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": height,
    }
    if not np.isfinite(values).any():
        return Panel(**made, **no_data(selection, context))
    provisional = bool(chart.provisional.all())
    drawn = frame.assign(
        centre=centre,
        side=np.where(chart.rule > 0, chart.side, 0),
        latest=[month == context.last_month for month in months],
        hover=[
            f"<b>{write_month(row.month, full=True)}</b><br>{integer(row.incidents)} incidents<br>"
            f"ordinary range {integer(row.ordinary_lower)} to {integer(row.ordinary_upper)}<br>{row.finding}"
            if not is_missing(row.incidents)
            else ""
            for row in frame.itertuples()
        ],
    )
    return Panel(
        **made,
        sentence=_finding(frame, chart.rule, chart.side, selection),
        subtitle=f"{subject(selection, context)}, by month; grey: ordinary range{', provisional' * provisional}",
        figure=monthly_line(drawn, breaks=met, view=view, height=height),
        figure_alt="Incidents by month with the ordinary range. The table holds the figures.",
        caveats=_caveats(
            bool(chart.seasonally_adjusted),
            provisional,
            int(chart.points.max()),
            latest=months[-1] == context.last_month,
        ),
        facts={"stand_out": [f"{m:%Y-%m}" for m, r in zip(months, chart.rule, strict=True) if r]},
    )


def _rule_words(rule: int, side: int) -> str:
    words = RULES[rule]
    return words if not rule else f"{words} ({'high' if side > 0 else 'low'})"


def _finding(frame: pd.DataFrame, rule: np.ndarray, side: np.ndarray, selection: Selection) -> str:
    """Months outside the limits stand out; a run on one side of the mean is a level, and is called one."""
    inside = np.array([selection.start <= month <= selection.end for month in frame["month"]])
    inside &= frame["incidents"].notna().to_numpy()
    if not inside.any():
        return f"No data for {selection.period_label}"
    months = list(frame["month"])
    period = write_months([m for m, i in zip(months, inside, strict=True) if i])
    standing = [m for m, out in zip(months, inside & (rule == 1), strict=True) if out]
    if standing:
        if len(standing) <= 2:
            verb = "stands" if len(standing) == 1 else "stand"
            return f"{and_list([write_month(m, full=True) for m in standing])} {verb} out"
        return f"{number_word(len(standing), capital=True)} months of {period} stand out"
    for direction, words in ((1, "above"), (-1, "below")):
        run = [m for m, out in zip(months, inside & (rule > 1) & (side == direction), strict=True) if out]
        if run:
            verb = "lies" if len(run) == 1 else "lie"
            return f"{write_months(run)} {verb} {words} the usual level"
    return f"No month of {period} stands out" if inside.sum() > 1 else f"{period} does not stand out"


def _caveats(adjusted: bool, provisional: bool, points: int, *, latest: bool) -> tuple[str, ...]:
    said = []
    if adjusted:
        said.append("The ordinary range follows the season.")
    if provisional:
        said.append(f"Provisional: {points} months are too few for firm limits.")
    if latest:
        said.append("Hollow: the latest month, which later files may complete.")
    return tuple(said)
