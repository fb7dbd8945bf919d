"""The published points with the most incidents, month by month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analytics.context import Context
from analytics.figures._draw import text_width
from analytics.figures.heat_table import heat_table, heat_table_height
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import write_month, write_months
from analytics.panels._empty import no_data
from analytics.panels._hotspots import Points, months_drawn, months_of, points_caveat, points_of, snap_points_date
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._wards import fitting
from analytics.queries.points import categories_by_point
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import count_of, integer, number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_repeat_locations_panel", "same_points"]

ID = "repeat_locations"
_ROWS = {"wide": 12, "narrow": 8}
_MONTHS = {"wide": 12, "narrow": 6}
_GLANCE = 50
_ROOM = 222
"""Pixels for a point's name."""
_ROLES = ("heat-1", "heat-2", "heat-3", "heat-4")
COLUMNS = (
    Column("rank", "Rank", "integer"),
    Column("place", "Published point"),
    Column("ward_name", "Ward"),
    Column("incidents", "Incidents", "integer"),
    Column("share", "Share", "percent1"),
    Column("months_active", "Months active", "integer"),
    Column("months", "Months in all", "integer"),
    Column("last_month", "Last", "month"),
    Column("categories", "Categories"),
    Column("ward_code", "Ward code", hidden=True),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
    Column("longitude", "Longitude", "ratio", hidden=True),
    Column("latitude", "Latitude", "ratio", hidden=True),
)

_found: Memo[tuple[pd.DataFrame, np.ndarray]] = Memo(size=32)


def same_points(months: tuple[date, ...], replaced: date | None) -> tuple[date, ...]:
    """The months over which a published point is one and the same: those after the points were replaced, where the
    months lie on both sides of it.

    >>> same_points((date(2022, 6, 1), date(2022, 7, 1)), date(2022, 7, 1))
    (datetime.date(2022, 7, 1),)
    """
    if replaced and months and months[0] < replaced <= months[-1]:
        return tuple(month for month in months if month >= replaced)
    return months


@panel(ID, page="hotspots", title="Which points come back?", uses={"period", "categories", "wards"})
def build_repeat_locations_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a published point with at least two incidents, the most first: in how many months, which categories.

    A period on both sides of July 2022, when the points were replaced, is counted from then on.
    """
    every = months_of(selection, context)
    replaced = snap_points_date(cursor, context)
    months = same_points(every, replaced)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Repeat locations",
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": heat_table_height(_ROWS[view.width], view),
    }
    nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
    if not months:
        return Panel(**made, table=nothing, **no_data(selection, context))
    key = (context.folder, months, selection.categories, selection.wards, selection.source)
    frame, by_month = _found.answer(key, lambda: _points(cursor, months, selection, context))
    what = categories_words(selection, context)
    notes = []
    ways: tuple[Way, ...] = ()
    if len(months) < len(every) and replaced:
        notes.append(
            f"Counts cover {write_months(months)}: the published points were replaced in "
            f"{write_month(replaced, full=True)}, and no point before it is one after it."
        )
        ways = (Way("What is loaded", "/data"),)
    notes.append("A published point stands for all addresses near it; some are car parks, shops or stations.")
    if said := points_caveat(cursor, selection, context, months):
        notes.append(said)
    repeats = frame[frame["incidents"] >= 2].reset_index(drop=True)
    if repeats.empty:
        one = int(frame["incidents"].sum()) if len(frame) else 0
        return Panel(
            **made,
            table=nothing,
            sentence=f"{subject(selection, context)}: none recorded" if not one else "No point has a second incident",
            subtitle=f"{what}, {write_months(months)}",
            state="none_recorded",
            message=f"{count_of(int(one), 'incident')} with a point, each on a point of its own."
            if one
            else f"No incident with a place was recorded in {write_months(months)}.",
            caveats=tuple(notes),
            ways=ways,
        )
    shown = repeats.head(_ROWS[view.width])
    return Panel(
        **made,
        table=repeats,
        glance=repeats.head(_GLANCE) if len(repeats) > _GLANCE else None,
        glance_columns=COLUMNS if len(repeats) > _GLANCE else (),
        sentence=_finding(repeats, len(months), lower_first(what)),
        subtitle=f"{what} on the published {'points' if len(shown) > 1 else 'point'} with most, "
        f"{months_drawn(months, months[-_MONTHS[view.width] :])}",
        figure=_figure(shown, by_month[: len(shown)], months[-_MONTHS[view.width] :], months, view),
        figure_alt="Table of the points with the most incidents, month by month: "
        + "; ".join(f"{row['place']}, {row['incidents']}" for row in records(shown.head(5))),
        caveats=tuple(notes),
        shapes=shapely.points(repeats["easting"].to_numpy(), repeats["northing"].to_numpy()).tolist(),
        facts={"points": len(repeats)},
    )


def _finding(frame: pd.DataFrame, months: int, what: str) -> str:
    first = frame.iloc[0]
    active = f"in {first['months_active']} of {months} months" if months > 1 else "in one month"
    top = frame.head(10)
    share = percent(top["share"].sum())
    together = (
        f"{number_word(len(top), capital=True)} points hold {share} of"
        if len(top) > 1
        else f"One point holds {share} of"
    )
    leads = f"{first['place']} had {integer(first['incidents'])} {active}"
    return fitting(f"{together} {what}; {leads}", f"{together} {what}", f"{together} incidents; {leads}", leads)


def _points(
    cursor: DuckDBPyConnection, months: tuple[date, ...], selection: Selection, context: Context
) -> tuple[pd.DataFrame, np.ndarray]:
    """All points with an incident, the most first, and their incidents (points, months)."""
    points = points_of(cursor, selection, context)
    column = {month: i for i, month in enumerate(points.months)}
    by_month = points.counts[:, [column[month] for month in months]]
    totals = np.where(points.chosen, by_month.sum(axis=1), 0)
    some = np.flatnonzero(totals)
    order = some[np.lexsort((points.frame["northing"].to_numpy()[some], -totals[some]))]
    frame = points.frame.iloc[order][["name", "ward_code", "easting", "northing", "longitude", "latitude"]]
    frame = frame.rename(columns={"name": "place"}).reset_index(drop=True)
    counts = by_month[order]
    frame["place"] = _told_apart(frame["place"].where(frame["place"] != "", "Unnamed point"), order, points)
    frame["ward_name"] = frame["ward_code"].map(context.ward_names())
    frame["incidents"] = totals[order].astype(int)
    frame["share"] = 100 * totals[order] / max(totals.sum(), 1)
    frame["months_active"] = (counts > 0).sum(axis=1)
    frame["months"] = len(months)
    latest = len(months) - 1 - np.argmax(counts[:, ::-1] > 0, axis=1) if len(order) else np.zeros(0, dtype=int)
    frame["last_month"] = [months[i] for i in latest]
    kinds = categories_by_point(cursor, months, selection).sort_values(
        ["incidents", "category"], ascending=[False, True]
    )
    words = [f"{row.category} {row.incidents:,}" for row in kinds.itertuples()]
    said = kinds.assign(words=words).groupby(["easting", "northing"])["words"].agg("; ".join)
    frame["categories"] = said.reindex(pd.MultiIndex.from_frame(frame[["easting", "northing"]])).to_numpy()
    frame["rank"] = np.arange(1, len(frame) + 1)
    return frame[[c.key for c in COLUMNS]], counts


def _told_apart(names: pd.Series, order: np.ndarray, points: Points) -> list[str]:
    """Names that several points of the partnership share ("Parking Area") say which street they are near."""
    ours = points.frame[points.frame["inside"]]
    own = ours[(ours["name"] != "") & ~ours["name"].duplicated(keep=False)]
    told = list(names)
    if own.empty:
        return told
    shared = np.flatnonzero(~names.isin(own["name"]).to_numpy())
    x, y = (points.frame[part].to_numpy()[order[shared]] for part in ("easting", "northing"))
    near = np.hypot(x[:, None] - own["easting"].to_numpy(), y[:, None] - own["northing"].to_numpy()).argmin(axis=1)
    for at, name in zip(shared, own["name"].to_numpy()[near], strict=True):
        told[at] = f"{told[at]} near {name}"
    return told


def _short(place: str) -> str:
    """A name cut to the room it has; the table and the hover have all of it."""
    words = place
    while text_width(words, bold=True) > _ROOM:
        words = words.removesuffix("…")[:-1].rstrip() + "…"
    return words


def _figure(
    shown: pd.DataFrame, by_month: np.ndarray, drawn: tuple[date, ...], months: tuple[date, ...], view: View
) -> dict[str, Any]:
    first = len(months) - len(drawn)
    values = by_month[:, first:]
    highest = max(int(values.max(initial=1)), 1)
    steps = sorted({max(1, round(highest * part)) for part in (0.0, 0.25, 0.5, 0.75)})
    roles = _ROLES[: len(steps)]
    cells = []
    for row, counts in zip(records(shown), values, strict=True):
        of = f"<b>{row['place']}</b>, {row['ward_name']}<br>{row['categories']}"
        total = f"{row['incidents']} in {row['months_active']} of {row['months']} months"
        cells.append({"row_key": str(row["rank"]), "column_key": "all", "words": f"<b>{row['incidents']}</b>",
                      "role": "", "hover": f"{of}<br>{total}"})  # fmt: skip
        for month, count in zip(drawn, counts, strict=True):
            role = roles[sum(count >= step for step in steps) - 1] if count else ""
            cells.append({"row_key": str(row["rank"]), "column_key": str(month), "words": f"{count:.0f}", "role": role,
                          "hover": f"{of}<br>{write_month(month)}: {count:.0f}"})  # fmt: skip
    limits = [f"{step}" for step in steps[1:]]
    heads = [write_month(m)[:3] + (f" {m.year}" if m.month == 1 or m == drawn[0] else "") for m in drawn]
    return heat_table(
        pd.DataFrame(cells),
        row_keys=[str(rank) for rank in shown["rank"]],
        row_names=[_short(place) for place in shown["place"]],
        columns=["all", *map(str, drawn)],
        column_names=["All", *heads],
        roles=roles,
        limit_words=limits,
        legend="Incidents in a month",
        marked=None,
        view=view,
    )  # fmt: skip
