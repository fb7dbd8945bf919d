"""What changed this month: every category, in the partnership and in each ward, whose latest month is singled out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.memo import Memo
from analytics.months import month_range, write_month
from analytics.panels._empty import no_data
from analytics.panels._model import Column, Mark, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._trends import Monthly, monthly_counts, rule_words
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.watch import Watch, watch_latest
from analytics.words import count_of, integer, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_watch_list_panel"]

ID = "watch_list"
COLUMNS = (
    Column("category", "Category"),
    Column("where", "Where"),
    Column("incidents", "Incidents", "integer"),
    Column("usual", "Usual", "rate"),
    Column("ordinary", "Ordinary range"),
    Column("finding", "Why it is listed", side="side"),
    Column("sure", "How sure", "verdict"),
    Column("status", "Signal"),
    Column("p_adjusted", "p, adjusted", "p_value"),
    Column("p_value", "p", "p_value", hidden=True),
    Column("false_alarm", "Chance of a false alarm", "ratio", hidden=True),
    Column("lower_limit", "Lower limit", "rate", hidden=True),
    Column("upper_limit", "Upper limit", "rate", hidden=True),
    Column("side", "Side", "integer", hidden=True),
    Column("ward_code", "Ward code", hidden=True),
)

_ON_A_PHONE = {"category", "where", "incidents", "ordinary", "finding", "sure"}


@dataclass(frozen=True)
class _Watched:
    """Every series of the partnership at the latest month: names, the month's counts and what is said of them."""

    names: pd.DataFrame
    latest: np.ndarray
    month: date
    months: tuple[date, ...]
    watch: Watch


BEYOND = 0.05
"""The adjusted p up to which a month is called beyond chance."""
_answers: Memo[_Watched | None] = Memo(size=64)


@panel(ID, page="trends", title="What changed this month?", uses={"period"})
def build_watch_list_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a series (a category in the partnership, ward_code missing, or in a ward) whose latest month stands out.

    The latest month: the last one loaded of the period. Signal: "new" where a rule of the control chart singles it out
    and did not the month before; "continues" where it did; "stands out" where a series too rare for the rules lies
    beyond chance. p: the month against all before it, season taken out, adjusted over all series watched; sure: beyond
    chance where that is at most 0.05. The whole partnership is watched whatever is chosen in the filter bar.
    """
    asked = Selection(start=selection.start, end=selection.end, source=selection.source)
    key = (context.folder, asked.end, asked.start, asked.source)
    found = _answers.answer(key, lambda: _watched(cursor, asked, context))
    made: dict[str, Any] = {
        "id": ID,
        "title": "What changed this month",
        "columns": COLUMNS,
        "sources": (police_source(context, asked),),
        "figure_height": 200,
    }
    if found is None:
        return Panel(**made, table=pd.DataFrame(columns=[c.key for c in COLUMNS]), **no_data(asked, context))
    frame = _frame(found)
    made["sources"] = (police_source(context, replace(asked, start=found.months[0], end=found.month)),)
    watch = found.watch
    status = pd.Series(watch.status)
    watched, by_rules = int((status != "not watched").sum()), int(watch.by_rules.sum())
    expected = watch.expected_false_alarms
    new = int((status == "new").sum())
    sure = int((frame["p_adjusted"] <= BEYOND).sum())
    facts = {
        "month": f"{found.month:%Y-%m}",
        "watched": watched,
        "watched_by_rules": by_rules,
        "expected_false_alarms": round(expected, 2),
        "new": new,
        "continues": int((status == "continues").sum()),
        "stands_out": int((status == "stands out").sum()),
        "beyond_chance": sure,
    }
    month = write_month(found.month, full=True)
    if not watched:
        few = count_of(len(found.months), "month")
        return Panel(
            **made, table=frame, facts=facts, state="too_few",
            sentence=f"Too few months to say what changed in {month}",
            subtitle="Each series needs twelve months, the latest among them",
            message=f"{few} up to {month} hold no series with twelve months loaded.",
        )  # fmt: skip
    watching = f"{integer(watched)} counts are watched: every category, in {context.short_name} and in each ward"
    caveats: tuple[str, ...] = (
        f"Of {integer(by_rules)} counts watched by the rules of the chart above, chance alone would mark "
        f"{_about(expected)} as new in any month.",
        "Beyond chance: the month against all before it, every count judged at once (p, adjusted, at most 0.05). A "
        "ward and the whole share incidents, so signs come in groups.",
        "Counts under one a month on average are too rare for the rules and listed only if they are beyond chance.",
    )
    if frame.empty:
        return Panel(
            **made, table=frame, facts=facts, caveats=caveats, state="none_recorded",
            sentence=f"Nothing stands out in {month}", subtitle=watching,
            message=f"Each of {integer(watched)} counts is within its ordinary range in {month}.",
        )  # fmt: skip
    listed = frame[(frame["status"] != "continues") | (frame["p_adjusted"] <= BEYOND)].reset_index(drop=True)
    listed = listed if len(listed) else frame
    more = len(frame) - len(listed)
    if more:
        verb = "is" if more == 1 else "are"
        caveats = (*caveats, f"{integer(more)} more that {verb} still as the month before: in the CSV.")
    return Panel(
        **made,
        table=frame,
        glance=listed if more or view.width == "narrow" else None,
        glance_columns=tuple(c for c in COLUMNS if c.key in _ON_A_PHONE) if view.width == "narrow" else COLUMNS,
        sentence=_finding(frame, new, expected, month),
        subtitle=f"{watching}; the surest first",
        marks=(Mark("info", _advice(new, sure)),),
        caveats=caveats,
        facts=facts,
    )


def _watched(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> _Watched | None:
    """One query and one pass over all series."""
    loaded = [month for month in selection.months if month in set(context.months_loaded)]
    if not loaded or context.first_month is None:
        return None
    months = month_range(context.first_month, loaded[-1])
    monthly = monthly_counts(cursor, selection, context, by=("category", "ward_code"), months=months)
    counts, names = _with_totals(monthly, context)
    watch = watch_latest(counts, list(months), excluded=monthly.excluded, segments=monthly.segments)
    return _Watched(names, counts[:, -1], months[-1], months, watch)


def _with_totals(monthly: Monthly, context: Context) -> tuple[np.ndarray, pd.DataFrame]:
    """The wards' series below those of the partnership, which are their sums."""
    ours = monthly.counts.groupby(level="category", sort=False).sum(min_count=1)
    wards = monthly.counts
    ward_names = context.ward_names()
    names = pd.DataFrame(
        {
            "category": [*ours.index, *wards.index.get_level_values("category")],
            "ward_code": [*([None] * len(ours)), *wards.index.get_level_values("ward_code")],
        }
    )
    names["where"] = [ward_names.get(code, context.short_name) for code in names["ward_code"]]
    return np.vstack([ours.to_numpy(dtype=float), wards.to_numpy(dtype=float)]), names


def _frame(found: _Watched) -> pd.DataFrame:
    watch = found.watch
    frame = found.names.assign(
        incidents=pd.Series(found.latest).round().astype("Int64"),
        usual=watch.usual,
        lower_limit=watch.lower,
        upper_limit=watch.upper,
        ordinary=[
            "" if np.isnan(upper) else f"{rate(lower)} to {rate(upper)}"
            for lower, upper in zip(watch.lower, watch.upper, strict=True)
        ],
        finding=[
            rule_words(int(rule), int(side)) if rule else f"far {'more' if side > 0 else 'fewer'} than usual"
            for rule, side in zip(watch.rule, watch.side, strict=True)
        ],
        status=watch.status,
        sure=np.where(watch.p_adjusted <= BEYOND, "beyond chance", "could be chance"),
        p_adjusted=watch.p_adjusted,
        p_value=watch.p_value,
        false_alarm=watch.false_alarm,
        side=watch.side,
    )
    frame = frame[frame["status"].isin(["new", "stands out", "continues"])]
    order = frame.assign(unsure=frame["p_adjusted"] > BEYOND, old=frame["status"] == "continues")
    order = order.sort_values(["unsure", "old", "p_value", "category", "where"], kind="stable")
    return frame.loc[order.index, [column.key for column in COLUMNS]].reset_index(drop=True)


def _about(expected: float) -> str:
    return "none" if expected < 0.5 else f"about {number_word(round(expected))}"


def _finding(frame: pd.DataFrame, new: int, expected: float, month: str) -> str:
    sure = frame[frame["p_adjusted"] <= BEYOND]
    if len(sure) == 1:
        row = sure.iloc[0]
        words = f"{row['category']} in {row['where']}: {integer(row['incidents'])} in {month}"
        short = f"{row['category']} in {row['where']}"
        side = "more" if row["side"] > 0 else "fewer"
        return fitting(f"{words}, {side} than chance explains", f"{words}, beyond chance", f"{short}: beyond chance")
    if len(sure):
        return f"{number_word(len(sure), capital=True)} changes in {month} are more than chance explains"
    if not new:
        return f"Nothing new stands out in {month}"
    signs = f"{number_word(new)} faint {'sign' if new == 1 else 'signs'}, by chance {_about(expected)}"
    return fitting(f"No single change in {month} is sure; {signs}", f"No single change is sure; {signs}")


def _advice(new: int, sure: int) -> str:
    """What to make of the list."""
    if sure:
        return "Start with those beyond chance; the others are reasons to ask, not findings"
    if not new:
        return "What is listed was so the month before, too"
    return "Reasons to ask, not findings: ask who would know, and see whether they hold next month"
