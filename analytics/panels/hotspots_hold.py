"""Do last year's hotspots hold? What they catch of the month that came after, beside two naive baselines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.ranked import Beside, ranked, ranked_height
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import add_months, month_range, write_month, write_months
from analytics.panels._empty import no_data
from analytics.panels._hotspots import cells_of, land_of, months_of, points_caveat, points_over, snap_points_date
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import police_source
from analytics.panels._wards import fitting
from analytics.panels.gi_star_cells import cell_words
from analytics.panels.ward_map import no_boundaries
from analytics.selection import Selection
from analytics.statistics.hotspots import gi_star, hits_within
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import count_of, integer, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_hotspots_hold_panel"]

ID = "hotspots_hold"
BEFORE = 12
FEWEST = 6
"""Months judged, below which nothing is said."""
_MOST = 24
SHARES = (0.01, 0.02, 0.05, 0.10)
_HEADLINE = 0.05
_DRAWS = 2000
HOTSPOTS, DENSITY = "Hotspots", "Density"
COUNTS, SAME_MONTH = "Last 12 months’ counts", "Same month last year"
METHODS = (HOTSPOTS, DENSITY, COUNTS, SAME_MONTH)
_ON_TRIAL = {HOTSPOTS, DENSITY}
COLUMNS = (
    Column("method", "Searched by"),
    Column("area_pct", "Of the area", "percent"),
    Column("caught_pct", "Caught", "percent1"),
    Column("lower_cl", "Lower 95 %", "percent1"),
    Column("upper_cl", "Upper 95 %", "percent1"),
    Column("pai", "Times better than chance (PAI)", "ratio"),
    Column("pei", "Of the best possible (PEI)", "ratio"),
    Column("ahead", "Months ahead of counts", "integer", given=("caught_pct",)),
    Column("months", "of months", "integer"),
    Column("incidents", "Incidents", "integer"),
    Column("caught", "Incidents caught", "rate", hidden=True),
    Column("best", "Best possible", "rate", hidden=True),
    Column("kind", "Kind", hidden=True),
    Column("method_note", "Method", hidden=True),
)

_trials: Memo[dict[str, Any]] = Memo(size=32)


@panel(ID, page="hotspots", title="Do last year's hotspots hold?", uses={"period", "categories", "wards"})
def build_hotspots_hold_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a way to choose where to look and a share of the area: what it caught of the months that came after.

    Each month of the trial is foretold from the 12 before it alone (rolling origin), the hits of all months added up.
    pai: share of incidents over share of area; pei: hits over the most any choice of that area could catch. ahead:
    months in which it caught more than the counts of the last 12 months did.
    """
    made: dict[str, Any] = {
        "id": ID,
        "title": "Do hotspots hold?",
        "columns": COLUMNS,
        "sources": (police_source(context, selection),),
        "figure_height": ranked_height(len(METHODS), view),
    }
    nothing = pd.DataFrame(columns=[column.key for column in COLUMNS])
    if not months_of(selection, context):
        return Panel(**made, table=nothing, **no_data(selection, context))
    if land_of(cursor, selection, context) is None:
        return Panel(**made, table=nothing, **no_boundaries())
    replaced = snap_points_date(cursor, context)
    targets, crossed = _targets(selection, context, replaced)
    what = categories_words(selection, context)
    if len(targets) < FEWEST:
        since = f", on one side of {write_month(crossed, full=True)}, when the points were replaced" if crossed else ""
        return Panel(
            **made,
            table=nothing,
            sentence="Too few months to tell whether hotspots hold",
            subtitle=f"{what}, up to {write_month(selection.end)}",
            state="too_few",
            message=f"Each month judged needs the {BEFORE} months before it loaded{since}. That leaves "
            f"{count_of(len(targets), 'month') if targets else 'no month'} up to {write_month(selection.end)}; "
            f"at least {FEWEST} are needed.",
            ways=(Way("What is loaded", "/data"),),
        )
    key = (
        context.folder, targets, selection.categories, selection.wards, selection.source, selection.cell,
        selection.grid, selection.bandwidth,
    )  # fmt: skip
    trial = _trials.answer(key, lambda: _trial(cursor, targets, selection, context))
    table = pd.DataFrame(trial["rows"], columns=nothing.columns)
    whole = trial["incidents"]
    if whole < 50:
        return Panel(
            **made,
            table=table,
            sentence=f"{subject(selection, context)}: too few to tell whether hotspots hold"[:90],
            subtitle=f"{what}, {write_months(targets)}",
            state="too_few",
            message=f"{integer(whole)} incidents came in the {len(targets)} months judged; at least 50 are needed.",
        )
    shown = table[table["area_pct"] == 100 * _HEADLINE].reset_index(drop=True)
    return Panel(
        **made,
        table=table,
        sentence=_finding(shown, trial["difference"], lower_first(what)),
        subtitle=f"{what} of the next month caught on {percent(100 * _HEADLINE)} of the area, {write_months(targets)}, "
        f"each month from the {BEFORE} before it; 95 % interval",
        figure=ranked(
            shown.assign(
                words=[percent(value) for value in shown["caught_pct"]],
                hover=[_hover(row) for row in records(shown)],
                pai_words=[f"{value:.1f}" for value in shown["pai"]],
                pei_words=[f"{value:.2f}" for value in shown["pei"]],
            ),
            name="method", value="caught_pct", lower="lower_cl", upper="upper_cl", words="words", hover="hover",
            key="method", reference=100 * _HEADLINE, reference_words="Chance", heading="Where to look, chosen by",
            beside=(Beside("pai_words", "× chance (PAI)", 0.12), Beside("pei_words", "of best (PEI)", 0.11)),
            strong=[row in _ON_TRIAL for row in shown["method"]],
            view=view,
        ),
        figure_alt="; ".join(f"{row['method']}: {percent(row['caught_pct'])}" for row in records(shown)),
        caveats=(
            "× chance (PAI): share of incidents over share of area, 1 is chance. Of best (PEI): what was caught over "
            "the most that any choice of that area could, 1 is perfect. Hotspots are searched by Gi*. Cells foretold "
            "alike are taken in the order that suits hotspots and density least, and in proportion for the two plain "
            "counts.",
            f"Over {cell_words(selection)}; the table has {percent(1)}, {percent(2)} and {percent(10)} of the area "
            f"too. Density is smoothed over {selection.bandwidth} m. No month is foretold across July 2022.",
            *filter(None, [points_caveat(cursor, selection, context)]),
        ),
        facts={"months": len(targets), "difference": trial["difference"]},
    )  # fmt: skip


def _targets(selection: Selection, context: Context, replaced: date | None) -> tuple[tuple[date, ...], date | None]:
    """The months judged: those of the period, or the 12 up to its end where it is shorter, that have the 12 before; and
    when the points were replaced, where a month is left out for that."""
    loaded = set(context.months_loaded)
    first = min(selection.start, add_months(selection.end, 1 - BEFORE))
    found: list[date] = []
    crossed = None
    for month in month_range(first, selection.end):
        before = month_range(add_months(month, -BEFORE), month)
        if not loaded.issuperset(before):
            continue
        if replaced and before[0] < replaced <= month:
            crossed = replaced
        else:
            found.append(month)
    return tuple(found[-_MOST:]), crossed


def _trial(
    cursor: DuckDBPyConnection, targets: tuple[date, ...], selection: Selection, context: Context
) -> dict[str, Any]:
    """The hits of every method by month and share of the area, added up."""
    every = tuple(
        m for m in month_range(add_months(targets[0], -BEFORE), targets[-1]) if m in set(context.months_loaded)
    )
    points = points_over(cursor, every, selection, context)
    cells = cells_of(cursor, selection, context)
    near = _kernel(
        cells.grid.x, cells.grid.y, points.frame[["easting", "northing"]].to_numpy(), float(selection.bandwidth)
    )
    area = cells.grid.area_km2
    inside = cells.cell >= 0

    def per_cell(months: tuple[date, ...]) -> tuple[np.ndarray, np.ndarray]:
        total = points.total(months)
        return np.bincount(cells.cell[inside], weights=total[inside], minlength=len(cells.grid)), total

    hits = np.zeros((len(METHODS), len(targets), len(SHARES)))
    best = np.zeros((len(targets), len(SHARES)))
    came = np.zeros(len(targets))
    for index, month in enumerate(targets):
        observed, _ = per_cell((month,))
        year, at_points = per_cell(month_range(add_months(month, -BEFORE), add_months(month, -1)))
        same, _ = per_cell((add_months(month, -12),))
        scores = {
            HOTSPOTS: np.nan_to_num(gi_star(year, cells.weights).z),
            DENSITY: near @ at_points,
            COUNTS: year / area,
            SAME_MONTH: same / area,
        }
        came[index] = observed.sum()
        best[index] = hits_within(observed / area, observed, SHARES, areas=area)
        for number, name in enumerate(METHODS):
            hits[number, index] = hits_within(
                scores[name], observed, SHARES, areas=area, against=name in _ON_TRIAL
            )  # fmt: skip
    return _added_up(hits, best, came)


def _added_up(hits: np.ndarray, best: np.ndarray, came: np.ndarray) -> dict[str, Any]:
    """Rows of the table, and the difference to the better baseline at the headline's share with its 95 % interval."""
    months = len(came)
    draws = np.random.default_rng(1).integers(0, months, (_DRAWS, months))
    whole = max(came.sum(), 1.0)
    drawn = np.fmax(came[draws].sum(axis=1), 1.0)
    rows = []
    counts = METHODS.index(COUNTS)
    for number, name in enumerate(METHODS):
        for at, share in enumerate(SHARES):
            lower, upper = np.quantile(hits[number][draws, at].sum(axis=1) / drawn, (0.025, 0.975))
            caught, most = hits[number, :, at].sum(), best[:, at].sum()
            rows.append({
                "method": name, "area_pct": 100 * share, "caught_pct": 100 * caught / whole,
                "lower_cl": 100 * lower, "upper_cl": 100 * upper, "pai": caught / whole / share,
                "pei": caught / most if most else np.nan,
                "ahead": pd.NA if name == COUNTS else int((hits[number, :, at] > hits[counts, :, at] + 1e-9).sum()),
                "months": months, "incidents": int(came.sum()), "caught": caught, "best": most,
                "kind": "on trial" if name in _ON_TRIAL else "baseline",
                "method_note": f"rolling origin; interval over {_DRAWS:,} resamples of the months, seed 1",
            })  # fmt: skip
    at = SHARES.index(_HEADLINE)
    baselines = [METHODS.index(name) for name in (COUNTS, SAME_MONTH)]
    rival = max(baselines, key=lambda number: hits[number, :, at].sum())
    apart = (hits[METHODS.index(HOTSPOTS), :, at] - hits[rival, :, at])[draws].sum(axis=1) / drawn
    difference = (METHODS[rival], *(float(100 * part) for part in np.quantile(apart, (0.025, 0.975))))
    return {"rows": rows, "incidents": int(came.sum()), "difference": difference}


def _kernel(x: np.ndarray, y: np.ndarray, points: np.ndarray, bandwidth: float) -> Any:
    """(cells, points), sparse: the quartic kernel of each point at each cell's middle."""
    from scipy.sparse import csr_array
    from scipy.spatial import cKDTree  # here, because importing it takes a while

    pairs = cKDTree(np.column_stack([x, y])).sparse_distance_matrix(cKDTree(points), bandwidth, output_type="ndarray")
    weight = (1 - (pairs["v"] / bandwidth) ** 2) ** 2
    return csr_array((weight, (pairs["i"], pairs["j"])), shape=(len(x), len(points)))


def _finding(shown: pd.DataFrame, difference: tuple[str, float, float], what: str) -> str:
    caught = shown.set_index("method")["caught_pct"]
    rival, lower, upper = difference
    ours, theirs = percent(caught[HOTSPOTS]), percent(caught[rival])
    plain = "last year’s counts" if rival == COUNTS else "the same month last year"
    on = f"on {percent(100 * _HEADLINE)} of the map"
    if not shown.set_index("method")["lower_cl"][HOTSPOTS] > 100 * _HEADLINE:
        return f"Hotspots do not hold: {ours} of the next month {on}, no more than chance"
    if lower > 0:
        return fitting(
            f"Hotspots hold: {ours} of the next month’s {what} {on}; {plain} {theirs}",
            f"Hotspots hold: {ours} of the next month {on}; {plain} {theirs}",
        )
    if upper < 0:
        return f"Hotspots hold ({ours} {on}), but {plain} do{'es' if rival == SAME_MONTH else ''} better ({theirs})"
    return f"Hotspots hold ({ours} {on}), about as well as {plain} ({theirs})"


def _hover(row: dict[str, Any]) -> str:
    said = [
        f"<b>{row['method']}</b>",
        f"caught {percent(row['caught_pct'], 1)} ({percent(row['lower_cl'], 1)} to {percent(row['upper_cl'], 1)})",
        f"{row['pai']:.1f} times chance (PAI), {row['pei']:.2f} of the best possible (PEI)",
    ]
    if not pd.isna(row["ahead"]):
        said.append(f"ahead of the last 12 months’ counts in {row['ahead']} of {row['months']} months")
    return "<br>".join(said)
