"""The steady change behind the months: per cent per year with its interval, the robust check, the season."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.slopes import slopes, slopes_height
from analytics.frames import records
from analytics.months import days_in, label_range, write_month, write_months
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import (
    Monthly,
    looked_at,
    monthly_counts,
    nothing_recorded,
    rebased_at,
    total_name,
)
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.adjustment import adjusted_p_values
from analytics.statistics.mann_kendall import mann_kendall
from analytics.statistics.trend import seasonal_pattern, trend_per_year
from analytics.summaries import lower_first, subject
from analytics.words import and_list, change, change_limit, integer, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_trend_estimates_panel"]

ID = "trend_estimates"
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS = (
    Column("series", "Series"),
    Column("pct_per_year", "A year", "change", given=("incidents",)),
    Column("lower_cl", "Lower 95 %", "change", given=("incidents",)),
    Column("upper_cl", "Upper 95 %", "change", given=("incidents",)),
    Column("verdict", "Trend", "verdict"),
    Column("sen_pct_per_year", "Sen’s slope a year", "change", given=("incidents",)),
    Column("mann_kendall_p", "Mann–Kendall p", "p_value", given=("incidents",)),
    Column("season", "Season"),
    Column("dispersion", "Swing against chance (φ)", "ratio", given=("incidents",)),
    Column("months_used", "Months", "integer"),
    Column("incidents", "Incidents", "integer"),
    Column("p_value", "p", "p_value", hidden=True),
    Column("p_adjusted", "p, adjusted", "p_value", hidden=True),
    Column("season_p", "p of the season", "p_value", hidden=True),
    Column("mann_kendall_s", "Mann–Kendall S", "rate", hidden=True),
    Column("sen_per_year", "Sen’s slope, incidents a month per year", "rate", hidden=True),
    Column("method", "Method", hidden=True),
)


@panel(ID, page="trends", title="Is there a trend behind the months?", uses={"period", "categories", "wards"})
def build_trend_estimates_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a series: all chosen together (the panel's total), a category, or a ward where one category is chosen.

    pct_per_year: Poisson regression with month-of-year terms, month lengths and quasi-dispersion; without the season
    where there are under two years. Sen's slope and Mann–Kendall (by calendar month) are the check. Months not loaded,
    months of a disruption, and months before the last break at which counting changed are left out. "rising" and
    "falling" need the interval and, over all rows together, the adjusted p (METHODS sections 2 and 4).
    """
    by_ward = selection.rows == "ward" or len(selection.categories or ()) == 1
    asked = replace(selection, focus=None) if by_ward else looked_at(selection)
    monthly = monthly_counts(cursor, asked, context, by=("ward_code",) if by_ward else ("category",))
    what = subject(asked, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": f"Trend: {what}",
        "columns": (replace(COLUMNS[0], heading="Ward" if by_ward else "Category"), *COLUMNS[1:]),
        "sources": (police_source(context, asked),),
        "figure_height": slopes_height(len(monthly.counts) + 1, view),
    }
    empty = nothing_recorded(monthly, asked, context, subject=what)
    if empty:
        return Panel(**made, table=pd.DataFrame(columns=[c.key for c in COLUMNS]), **empty)
    made["sources"] = (police_source(context, replace(asked, start=monthly.months[0], end=monthly.months[-1])),)
    names = context.ward_names()
    labels = [names[code] for code in monthly.counts.index] if by_ward else list(monthly.counts.index)
    frame = _estimates(monthly.values(), monthly, labels)
    frame = frame.loc[frame["incidents"].sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
    whole = _estimates(monthly.total()[None, :], monthly, [total_name(asked)])
    several = len(frame) > 1
    drawn = pd.concat([whole, frame], ignore_index=True) if several else frame
    told: tuple[str, ...] = ()
    most = view.rows(62)
    if most is not None and len(drawn) > most:
        told = (f"Drawn: {most} of {len(drawn)} rows, those with a trend first. The table has all.",)
        drawn = _clearest(drawn, most, total=several)
    made["figure_height"] = slopes_height(len(drawn), view)
    used = int(whole["months_used"].iloc[0])
    kept = _kept(monthly)
    span = label_range(kept[0], kept[-1]) if kept else ""
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, whole, span, by_ward=by_ward, sure=_seasonal(monthly)),
        subtitle=f"Change a year, {span}, {'season and ' if _seasonal(monthly) else ''}month lengths taken out, "
        "with 95 % intervals",
        figure=slopes(_drawn(drawn), view=view, total=several),
        figure_alt="Change per year of each series with intervals. The table holds the figures.",
        caveats=(*told, *_caveats(monthly, used, whole)),
        facts={"total": records(whole)[0], "months_used": used},
        total=records(whole)[0] if several else None,
    )


def _clearest(drawn: pd.DataFrame, most: int, *, total: bool) -> pd.DataFrame:
    """So many of the rows, in their order: the total, those with a trend, then the first others."""
    unclear = ~drawn["verdict"].isin(["rising", "falling"])
    if total:
        unclear.iloc[0] = False
    return drawn.loc[sorted(unclear.sort_values(kind="stable").index[:most])].reset_index(drop=True)


def _kept(monthly: Monthly) -> list[Any]:
    keep = monthly.current & ~monthly.excluded & monthly.known
    return [month for month, kept in zip(monthly.months, keep, strict=True) if kept]


def _estimates(counts: np.ndarray, monthly: Monthly, labels: list[str]) -> pd.DataFrame:
    months = list(monthly.months)
    excluded = monthly.excluded | ~monthly.current
    seasonal = _seasonal(monthly)
    trend = trend_per_year(counts, months, excluded=excluded, seasonal=seasonal)
    pattern = seasonal_pattern(counts, months, excluded=excluded)
    kept = np.where(excluded, np.nan, counts)
    days = np.array([days_in([month]) for month in months])
    check = mann_kendall(kept / days * 365.25 / 12, seasons=[month.month for month in months] if seasonal else None)
    level = np.nanmean(np.where(np.isnan(kept), np.nan, kept), axis=1) if kept.size and _kept(monthly) else np.nan
    p_adjusted = np.atleast_1d(adjusted_p_values(trend.p_value))
    verdict = np.where(
        np.isin(trend.verdict, ["rising", "falling"]) & ~(p_adjusted <= 0.05), "no clear trend", trend.verdict
    )
    few = np.isnan(trend.pct_per_year)
    with np.errstate(divide="ignore", invalid="ignore"):
        sen_pct = np.where(few | ~(level > 0), np.nan, 100 * 12 * check.slope / level)
    return pd.DataFrame(
        {
            "series": labels,
            "pct_per_year": trend.pct_per_year,
            "lower_cl": trend.lower_cl,
            "upper_cl": trend.upper_cl,
            "verdict": verdict,
            "sen_pct_per_year": sen_pct,
            "mann_kendall_p": np.where(few, np.nan, check.p_value),
            "season": [
                _season_words(factor, p if seasonal else np.nan)
                for factor, p in zip(pattern.factor, pattern.p_value, strict=True)
            ],
            "dispersion": trend.dispersion,
            "months_used": trend.months_used,
            "incidents": pd.Series(np.nansum(kept, axis=1)).round().astype("Int64"),
            "p_value": trend.p_value,
            "p_adjusted": p_adjusted,
            "season_p": np.where(seasonal, pattern.p_value, np.nan),
            "mann_kendall_s": check.s,
            "sen_per_year": np.where(few, np.nan, 12 * check.slope),
            "method": trend.method,
        }
    )


def _seasonal(monthly: Monthly) -> bool:
    """Two years or more: month-of-year terms. In a shorter series a season cannot be told from a trend."""
    return len(_kept(monthly)) >= 24


def _season_words(factor: np.ndarray, p: float) -> str:
    """The highest and the lowest month against the average one, where the months differ by more than chance."""
    if np.isnan(p):
        return "too few months"
    if p > 0.05:
        return "no clear season"
    high, low = int(np.nanargmax(factor)), int(np.nanargmin(factor))
    return f"{_NAMES[high]} {change(100 * (factor[high] - 1))}, {_NAMES[low]} {change(100 * (factor[low] - 1))}"


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    figures, hovers, checks = [], [], []
    for row in records(frame):
        few = row["verdict"] == "too few"
        figures.append("too few to tell" if few else change(row["pct_per_year"]))
        checks.append("" if np.isnan(row["sen_pct_per_year"]) else change(row["sen_pct_per_year"]))
        hovers.append(
            f"<b>{row['series']}</b><br>{change(row['pct_per_year'], 1)} a year, "
            f"{change_limit(row['lower_cl'], 1)} to {change_limit(row['upper_cl'], 1)}<br>{row['verdict']}<br>"
            f"{integer(row['incidents'])} incidents in {row['months_used']} months"
        )
    return frame.assign(name=frame["series"], figures=figures, check=checks, hover=hovers)


def _finding(frame: pd.DataFrame, whole: pd.DataFrame, span: str, *, by_ward: bool, sure: bool) -> str:
    """What the trend is and over which months; where they are too few to take a season out, that comes first."""
    over = f"Over {span}: " if sure else "Too few months for a sure trend: "
    if (frame["verdict"] == "too few").all() and whole["verdict"].iloc[0] == "too few":
        return "The months are too few to tell a trend"
    if len(frame) == 1:
        row = frame.iloc[0]
        name = row["series"] if by_ward else lower_first(row["series"])
        if row["verdict"] in {"rising", "falling"}:
            size = change(row["pct_per_year"]).lstrip("+−")
            verb = "rises" if row["verdict"] == "rising" else "falls"
            return fitting(f"{over}{name} {verb} by {size} a year", f"{over}it {verb}")
        return fitting(f"{over}{name} has no clear trend", f"{over}no clear trend")
    rows = f"{len(frame)} {'wards' if by_ward else 'categories'}"
    found = []
    for verdict in ("rising", "falling"):
        names = [n if by_ward else lower_first(n) for n in frame.loc[frame["verdict"] == verdict, "series"]]
        if names:
            found.append((names, verdict))
    if not found:
        return f"{over}no clear trend in any of {rows}"
    if by_ward:
        what = lower_first(whole["series"].iloc[0])
        named = [f"{what} is " + ", ".join(f"{verb} in {and_list(names)}" for names, verb in found)]
    else:
        named = [_verbs(found, rows, most) for most in (len(frame), 2)]
    counted = ", ".join(f"{number_word(len(names))} {verb}" for names, verb in found)
    return fitting(*(f"{over}{words}" for words in named), f"{over}of {rows} {counted}")


def _verbs(found: list[tuple[list[str], str]], rows: str, most: int) -> str:
    """ "drugs is rising, three of 14 categories are falling": groups of more than `most` are counted."""
    parts = []
    for names, verb in found:
        who = and_list(names) if len(names) <= most else f"{number_word(len(names))} of {rows}"
        parts.append(f"{who} {'is' if len(names) == 1 else 'are'} {verb}")
    return ", ".join(parts)


def _caveats(monthly: Monthly, used: int, whole: pd.DataFrame) -> tuple[str, ...]:
    said = []
    if not _seasonal(monthly):
        said.append("Under 24 months: season and trend cannot be told apart, and no season is taken out.")
    anew = rebased_at(monthly.met, monthly.months)
    if len(anew):
        last = anew.iloc[-1]
        start = pd.Timestamp(last["date_from"]).date()
        said.append(f"From {write_month(start, full=True)} only: {last['label']}.")
    left_out = [
        m for m, out, known in zip(monthly.months, monthly.excluded, monthly.known, strict=True) if out and known
    ]
    if left_out:
        said.append(f"Left out: {write_months(left_out)}.")
    if monthly.missing:
        said.append(f"Not loaded: {write_months(monthly.missing)}.")
    phi = whole["dispersion"].iloc[0]
    if phi > 1:
        said.append(f"Together the months swing {phi:.1f} times as much as chance alone (φ): intervals are widened.")
    said.append("No clear trend is a result: the line may go either way.")
    return (" ".join(said),)
