"""What a layer of the map consists of, and the layers of points, areas, change and classes over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely

from analytics.context import Context
from analytics.figures._theme import tokens
from analytics.figures.hotspot_map import Key, MapShape
from analytics.memo import Memo
from analytics.months import write_month, write_months
from analytics.panels._hotspots import (
    FEWEST_FOR_HALF,
    Cells,
    Hotspots,
    Land,
    Points,
    Slices,
    months_of,
    too_few_words,
    wards_of_cells,
)
from analytics.panels._model import Column, State, View
from analytics.panels._tables import ChangeTable, changes, lsoa_table, measured, ward_table
from analytics.panels._wards import fitting, highest_and_lowest, measure_columns, written
from analytics.panels.gi_star_cells import cell_words
from analytics.queries.points import categories_by_point
from analytics.queries.shapes import area_shapes
from analytics.selection import Selection
from analytics.statistics.change import change_verdicts
from analytics.statistics.classes import class_of, map_limits
from analytics.statistics.concentration import places_holding
from analytics.summaries import categories_words, lower_first
from analytics.words import and_list, change, count_of, integer, percent, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Layer", "areas_layer", "beside_the_rest", "change_layer", "emerging_layer", "points_layer"]


@dataclass(frozen=True)
class Layer:
    """One layer: its table, words, what is drawn, and its legend. numbered: hotspots stand on it with their numbers."""

    table: pd.DataFrame
    columns: tuple[Column, ...]
    sentence: str
    subtitle: str
    key: Key
    glance: pd.DataFrame | None = None
    shapes: Sequence[MapShape] = ()
    over: Sequence[MapShape] = ()
    dots: Sequence[dict[str, Any]] = ()
    caveats: tuple[str, ...] = ()
    state: State = "ready"
    message: str = ""
    numbered: bool = True
    places: Callable[[], Sequence[Any]] | None = None
    """Makes the shape of each row of the table."""
    facts: dict[str, Any] = field(default_factory=dict)


# ---- Points -------------------------------------------------------------------------------------------------------

_POINT_COLUMNS = (
    Column("rank", "Rank", "integer"),
    Column("place", "Point"),
    Column("ward_name", "Ward"),
    Column("incidents", "Incidents", "integer"),
    Column("share", "Share of incidents", "percent1"),
    Column("categories", "Main categories"),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
    Column("longitude", "Longitude", "ratio", hidden=True),
    Column("latitude", "Latitude", "ratio", hidden=True),
)
_LARGEST_DOT, _SMALLEST_DOT = 34.0, 3.5


def _dot(incidents: Any, most: float) -> Any:
    """Pixels across: the area of a dot goes with its incidents."""
    return np.maximum(_LARGEST_DOT * np.sqrt(incidents / most), _SMALLEST_DOT)


def points_layer(
    cursor: DuckDBPyConnection, points: Points, land: Land, selection: Selection, context: Context, view: View
) -> Layer:
    """Every published point with its incidents, the size of a dot for the count. Never a sample."""
    months = (selection.only,) if selection.only else months_of(selection, context)
    when = write_month(selection.only) if selection.only else write_months(months)
    frame = point_frame(cursor, points, months, land, selection)
    whole = float(frame["incidents"].sum())
    most = float(points.total(months_of(selection, context))[points.chosen].max(initial=1.0))
    size = _dot(frame["incidents"].to_numpy(dtype=float), most)
    t = tokens(view.scheme)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": (frame["easting"] - land.corner[0]).round().astype(int).tolist(),
        "y": (frame["northing"] - land.corner[1]).round().astype(int).tolist(),
        "text": [
            f"<b>{place or 'Unnamed point'}</b><br>{count_of(int(n), 'incident')}, {percent(share, 1)}<br>{kinds}"
            for place, n, share, kinds in zip(
                frame["place"], frame["incidents"], frame["share"], frame["lines"], strict=True
            )
        ],
        "hoverinfo": "text",
        "marker": {
            "size": size.round(1).tolist(),
            "color": t["heat-4"],
            "opacity": 0.72,
            "line": {"width": 0.8, "color": t["surface"]},
        },
    }
    what = categories_words(selection, context)
    half = int(places_holding(frame["incidents"])) if whole else 0
    return Layer(
        table=frame[[column.key for column in _POINT_COLUMNS]],
        columns=_POINT_COLUMNS,
        sentence=too_few_words(whole)
        if 0 < whole < FEWEST_FOR_HALF
        else fitting(
            f"Half of {lower_first(what)} is on {integer(half)} of {integer(len(frame))} published points",
            f"Half of incidents are on {integer(half)} of {integer(len(frame))} published points",
        )
        if whole
        else f"No incident with a point in {when}",
        subtitle=f"{what}, incidents by published point, {when}; the larger the dot, the more",
        dots=(dots,),
        key=Key(
            f"Incidents on one point, {when}",
            boxes=tuple(
                (MapShape(None, "heat-4", key="dot", width=_dot(count, most)), integer(count))
                for count in sorted({1, max(round(most / 4), 1), round(most)})
            ),
        ),
        caveats=(
            "A point stands for a street or place near the incident, not for an address; incidents on one point may "
            "lie some hundred metres apart.",
        ),
        numbered=False,
        places=lambda: shapely.points(frame[["easting", "northing"]]),
        facts={"points": len(frame), "half": half},
    )


def point_frame(
    cursor: DuckDBPyConnection, points: Points, months: Sequence[Any], land: Land, selection: Selection
) -> pd.DataFrame:
    """A row is a published point with an incident in these months, the most first; `lines`: its main categories."""
    totals = points.total(months)
    here = np.flatnonzero(points.chosen & (totals > 0))
    frame = points.frame.iloc[here].assign(incidents=totals[here].astype(int))
    kinds = categories_by_point(cursor, months, selection).sort_values(
        ["incidents", "category"], ascending=[False, True]
    )
    place = kinds["easting"].to_numpy() + 1j * kinds["northing"].to_numpy()
    words = pd.DataFrame(
        {"place": place, "words": [f"{c} {n:,}" for c, n in zip(kinds["category"], kinds["incidents"], strict=True)]}
    )
    top = words.groupby("place", sort=False).head(3).groupby("place", sort=False)["words"]
    joined, lines = top.agg("; ".join), top.agg("<br>".join)
    key = frame["easting"].to_numpy() + 1j * frame["northing"].to_numpy()
    frame = frame.assign(
        place=frame["name"],
        ward_name=frame["ward_code"].map(land.names).fillna(""),
        share=100 * frame["incidents"] / max(float(frame["incidents"].sum()), 1.0),
        categories=joined.reindex(key).to_numpy(),
        lines=lines.reindex(key).to_numpy(),
    )
    frame = frame.sort_values(["incidents", "easting", "northing"], ascending=[False, True, True], ignore_index=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


# ---- Areas --------------------------------------------------------------------------------------------------------


_outlines: Memo[dict[str, Any]] = Memo(size=8)
_INSET = 1 / 500
"""Of the map's width: how far inside an area its outline runs, so that neighbours do not share one."""
_UNITS = {
    "rate": "per 1,000 residents",
    "households": "per 1,000 households",
    "km2": "per km²",
    "share": "share of incidents",
}


def areas_layer(cursor: DuckDBPyConnection, land: Land, selection: Selection, context: Context) -> Layer:
    """Wards or LSOAs shaded by the measure of the filter bar; outlined where they differ from the rest of the map."""
    small = selection.zones == "lsoa"
    kind: Literal["ward", "lsoa"] = "lsoa" if small else "ward"
    table = lsoa_table(cursor, selection, context) if small else ward_table(cursor, selection, context)
    asked = replace(selection, measure="share") if selection.shade == "share" else selection
    frame = measured(table.frame, asked, table.total).sort_values("value", ascending=False, ignore_index=True)
    frame, base = beside_the_rest(frame, asked)
    columns = (
        Column(f"{kind}_name", "LSOA" if small else "Ward"),
        *measure_columns(asked),
        Column("expected", "Expected", "rate", given=("incidents",)),
        Column("beside", "Beside expected"),
        Column("p_beside", "p beside expected, adjusted", "p_value", hidden=True),
        Column(f"{kind}_code", "Code", hidden=True),
        Column("previous", "Before", "integer"),
        Column("compared", "Now, same months", "integer"),
        Column("change_pct", "Change", "change", given=("previous", "compared")),
        Column("change_lower_cl", "Change, lower 95 %", "change", given=("previous", "compared"), hidden=True),
        Column("change_upper_cl", "Change, upper 95 %", "change", given=("previous", "compared"), hidden=True),
        Column("verdict", "Verdict", "verdict"),
        Column("p_adjusted", "p of change, adjusted", "p_value", hidden=True),
    )
    outlines = _outlines.answer((context.folder, kind), lambda: _simple_outlines(cursor, kind))
    undrawn = int((~frame[f"{kind}_code"].isin(list(outlines))).sum())
    what = categories_words(selection, context)
    places = "LSOAs" if small else "wards"
    many = "any" if undrawn == len(frame) else f"{integer(undrawn)} of the"
    caveats = [f"No boundary is loaded for {many} {places}: the table has their figures."] if undrawn else []
    shown: dict[str, Any] = {
        "table": frame[[column.key for column in columns]], "columns": columns, "numbered": False,
        "places": lambda: [outlines.get(code, shapely.MultiPolygon()) for code in frame[f"{kind}_code"]],
    }  # fmt: skip
    if selection.shade == "change":
        made = _changed_areas(frame, table, outlines, kind)
        return replace(
            made, **shown, subtitle=f"{what}, {table.compared.current_label} against {table.compared.previous_label}, "
            f"{places}", caveats=(*caveats, *made.caveats, *filter(None, [table.compared.note])),
        )  # fmt: skip
    known = frame["value"].notna().any()
    limits = map_limits(frame["value"], selection.classes)
    shades = class_of(frame["value"], limits)
    roles = _ramp("seq", len(limits) + 1)
    shapes = []
    for i, row in enumerate(frame.to_dict("records")):
        shape = outlines.get(row[f"{kind}_code"])
        if shape is None:
            continue
        words = written(row["value"], asked)
        hover = f"<b>{row[f'{kind}_name']}</b><br>{words} ({written(row['value_lower'], asked)} to "
        hover += f"{written(row['value_upper'], asked)})<br>{count_of(int(row['incidents']), 'incident')}"
        if row["beside"]:
            hover += f"<br>clearly {row['beside']} than the {rate(row['expected'])} expected"
        code = row[f"{kind}_code"]
        if np.isnan(shades[i]):
            hover = f"<b>{row[f'{kind}_name']}</b><br>No figure: {_missing(row, asked)}"
            shapes.append(MapShape(shape, "unknown-wash", hover, code, outline="surface", width=1, hatch="unknown"))
        else:
            shapes.append(MapShape(shape, roles[int(shades[i])], hover, code, outline="surface", width=0.8))
    unit = _UNITS.get(asked.measure, "incidents")
    over, boxes = _outlined(frame, kind, outlines, land)
    scheme = (
        "Shades are quantiles: about as many areas in each."
        if selection.classes == "quantiles"
        else "Shades are natural breaks (Fisher–Jenks)."
    )
    beware = {
        "rate": "Rates per resident mark places with visitors.",
        "households": "Rates per home mark places with visitors.",
        "km2": "Counts per km² favour built-up areas.",
    }.get(asked.measure, "Counts favour large, busy areas.")
    outlined = f"; outlined: beyond what its {base} would give" if over else ""
    return Layer(
        **shown,
        sentence=_areas_finding(frame, asked, context, kind)
        if known
        else "This measure needs figures that are not loaded",
        subtitle=f"{what}, {unit}, {places}, {write_months(months_of(selection, context))}{outlined}",
        shapes=shapes,
        over=over,
        key=Key(
            f"{what}, {unit}" if len(what) < 30 else unit[:1].upper() + unit[1:],
            roles if known else (),
            [f"{limit:,g}" for limit in limits],
            boxes=boxes,
        ),
        caveats=(*caveats, _how_outlined(frame, base, places), f"{scheme} {beware}"),
        facts={
            "limits": list(limits),
            "above": int((frame["beside"] == "more").sum()),
            "below": int((frame["beside"] == "fewer").sum()),
        },
    )


def beside_the_rest(frame: pd.DataFrame, selection: Selection) -> tuple[pd.DataFrame, str]:
    """Each area against the rest of the map, by what its incidents stand over, and the word for that.

    expected: its share of the incidents by residents, homes or land. beside: "more" or "fewer" where the exact test of
    two rates says so, widened for unrest between months and adjusted for all areas together; "" elsewhere.
    """
    base = "land" if selection.measure == "km2" else "homes" if selection.measure == "households" else "residents"
    over = frame["area_km2" if base == "land" else "population"].astype("float64").to_numpy()
    incidents = frame["incidents"].astype("float64").to_numpy()
    known = (over > 0) & ~np.isnan(incidents)
    incidents, over = np.where(known, incidents, np.nan), np.where(known, over, np.nan)
    everyone, everything = np.nansum(over), np.nansum(incidents)
    judged = change_verdicts(
        incidents, over, everything - incidents, everyone - over, dispersion=frame["dispersion"].to_numpy(), too_few=0
    )
    return frame.assign(
        expected=everything * over / everyone if everyone > 0 else np.nan,
        beside=np.select([judged.verdict == "rose", judged.verdict == "fell"], ["more", "fewer"], ""),
        p_beside=judged.p_adjusted,
    ), base


def _outlined(
    frame: pd.DataFrame, kind: str, outlines: dict[str, Any], land: Land
) -> tuple[list[MapShape], tuple[tuple[MapShape, str], ...]]:
    """The outlines of the areas with more and with fewer than expected, just inside them, and the legend's boxes."""
    inset = land.drawing.width * _INSET
    over: list[MapShape] = []
    boxes = []
    dashes: dict[str, Literal["dashed", "dotted"]] = {"more": "dashed", "fewer": "dotted"}
    for beside, dash in dashes.items():
        shapes = [outlines[code] for code in frame.loc[frame["beside"] == beside, f"{kind}_code"] if code in outlines]
        if not shapes:
            continue
        inside = shapely.buffer(shapes, -inset)
        parts = shapely.get_parts(np.where(shapely.is_empty(inside), shapes, inside))
        every = shapely.multipolygons(parts)
        # Light below dark, so that the line shows on every shade.
        over += [
            MapShape(every, outline="surface", width=3.2), MapShape(every, outline="map-gi", width=1.6, dash=dash),
        ]  # fmt: skip
        words = "more than expected" if beside == "more" else "fewer"
        boxes.append((MapShape(None, outline="map-gi", dash=dash), words))
    return over, tuple(boxes)


def _how_outlined(frame: pd.DataFrame, base: str, places: str) -> str:
    tested = int(frame["p_beside"].notna().sum())
    if tested < 2:
        return f"No outlines: {base} are not loaded, or there is one area alone."
    return (
        f"Expected: the incidents shared out by {base}. Dashed: clearly more than that, dotted: clearly fewer; the "
        f"exact test of two rates against the rest of the map, widened for unrest between months and adjusted for all "
        f"{integer(tested)} {places} (Benjamini–Hochberg)."
    )


def _areas_finding(frame: pd.DataFrame, selection: Selection, context: Context, kind: str) -> str:
    """Who stands apart; where nobody does by name, how many hold more than the rest of the map would give."""
    above = frame.loc[frame["beside"] == "more", f"{kind}_name"]
    found = highest_and_lowest(
        frame, selection, context, name=f"{kind}_name", places="area" if kind == "lsoa" else "ward"
    )
    if not len(above) or not found.startswith("No one"):
        return found
    places = f"{integer(len(above))} of {integer(len(frame))} {'LSOAs' if kind == 'lsoa' else 'wards'}"
    if len(above) <= 2:
        places = and_list(list(above))
    what, hold = lower_first(categories_words(selection, context)), "holds" if len(above) == 1 else "hold"
    return fitting(f"{places} {hold} clearly more {what} than expected", f"{places} {hold} clearly more than expected")


def _simple_outlines(cursor: DuckDBPyConnection, kind: Literal["ward", "lsoa"]) -> dict[str, Any]:
    shapes = area_shapes(cursor, kind)
    exact = shapely.from_wkb(np.array([bytes(shape) for shape in shapes["shape"]], dtype=object))
    return dict(zip(shapes["code"], shapely.simplify(exact, 15.0), strict=True))


def _missing(row: dict[Any, Any], selection: Selection) -> str:
    who = {"households": "homes", "km2": "area"}.get(selection.measure, "residents")
    return f"no {who} there" if row.get("population") == 0 else f"its {who} not loaded"


def _changed_areas(frame: pd.DataFrame, table: ChangeTable, outlines: dict[str, Any], kind: str) -> Layer:
    """Areas by the verdict on their change, with lines where it is clear; those with too few stay white."""
    empty = Layer(table=frame, columns=(), sentence="", subtitle="", key=Key(""))
    if table.compared.basis == "none":
        return replace(empty, sentence="There are no months to compare with", key=Key("No change is worked out"))
    judged = frame[frame["verdict"].isin(list(_VERDICTS))]
    shapes = []
    for row in judged.to_dict("records"):
        if (shape := outlines.get(row[f"{kind}_code"])) is not None:
            shapes.append(_verdict_shape(shape, row, row[f"{kind}_name"], row[f"{kind}_code"]))
    counts = judged["verdict"].value_counts()
    rose, fell = int(counts.get("rose", 0)), int(counts.get("fell", 0))
    areas = "LSOA" if kind == "lsoa" else "ward"
    return replace(
        empty,
        sentence=_judged_finding(len(judged), areas, rose, fell)
        if len(judged)
        else f"No {areas} has enough incidents to compare",
        shapes=shapes,
        key=_verdict_key(f"Change of {areas}s with 20 incidents or more in a period"),
        caveats=(
            f"The test is adjusted for all {areas}s together (Benjamini–Hochberg) and widened for unrest between "
            "months. Those with under 20 incidents in both periods are left white.",
        ),
        facts={"rose": rose, "fell": fell, "judged": len(judged)},
    )


def _judged_finding(judged: int, places: str, rose: int, fell: int) -> str:
    if judged == 1:
        moved = "it rose" if rose else "it fell" if fell else "no clear change"
        return f"One {places} alone has enough to compare: {moved}"
    return f"Of {count_of(judged, places)} with enough to compare, {rose or 'none'} rose, {fell or 'none'} fell"


def _verdict_shape(shape: Any, row: dict[Any, Any], name: str, key: str = "") -> MapShape:
    role, words = _VERDICTS[row["verdict"]]
    hover = f"<b>{name}</b><br>{integer(row['previous'])} to {integer(row['compared'])}, "
    hover += f"{change(row['change_pct'])}<br>{words}"
    hatch = {"rose": "div-7", "fell": "div-1"}.get(row["verdict"], "")
    return MapShape(shape, role, hover, key, outline="surface", width=0.5, hatch=hatch)


def _verdict_key(title: str) -> Key:
    hatches = {"rose": "div-7", "fell": "div-1"}
    return Key(
        title,
        boxes=tuple((MapShape(None, role, hatch=hatches.get(v, "")), words) for v, (role, words) in _VERDICTS.items()),
    )


def _ramp(name: str, classes: int) -> list[str]:
    return [f"{name}-3"] if classes == 1 else [f"{name}-{1 + round(float(s))}" for s in np.linspace(0, 4, classes)]


# ---- Change and classes over time ---------------------------------------------------------------------------------

_CHANGE_COLUMNS = (
    Column("cell", "Cell"),
    Column("ward_name", "Ward"),
    Column("place", "Busiest point"),
    Column("previous", "Before", "integer"),
    Column("compared", "Now, same months", "integer"),
    Column("change_pct", "Change", "change", given=("previous", "compared")),
    Column("change_lower_cl", "Lower 95 %", "change", given=("previous", "compared")),
    Column("change_upper_cl", "Upper 95 %", "change", given=("previous", "compared")),
    Column("verdict", "Verdict", "verdict"),
    Column("p_adjusted", "p, adjusted", "p_value", hidden=True),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
)
_VERDICTS = {
    "rose": ("div-6", "rose"),
    "fell": ("div-2", "fell"),
    "no clear change": ("chart-band-inner", "no clear change"),
}


def change_layer(
    cells: Cells, points: Points, spots: Hotspots, land: Land, selection: Selection, context: Context
) -> Layer:
    """Cell by cell against the comparison period, with the change test over all cells together."""
    what = categories_words(selection, context)
    if spots.crossing:
        return Layer(
            table=pd.DataFrame(columns=[column.key for column in _CHANGE_COLUMNS]),
            columns=_CHANGE_COLUMNS,
            sentence="Cells cannot be compared across July 2022",
            subtitle="The published points were replaced then: below LSOA a place has other points before and after",
            key=Key("No change is worked out"),
            caveats=("LSOAs can be compared across it: choose them as cells under More.",),
            state="ready",
        )
    inside = cells.cell >= 0
    long = pd.DataFrame(
        {
            "cell": np.repeat(cells.cell[inside], len(points.months)),
            "month": pd.to_datetime(np.tile(np.array(points.months, dtype="datetime64[D]"), int(inside.sum()))),
            "incidents": points.counts[inside].ravel(),
        }
    )
    long = long[long["incidents"] > 0]
    busy = sorted(long["cell"].unique().tolist())
    table = changes(long, "cell", busy, selection, context)
    if table.compared.basis == "none":
        return Layer(
            table=pd.DataFrame(columns=[column.key for column in _CHANGE_COLUMNS]),
            columns=_CHANGE_COLUMNS,
            sentence="There are no months to compare with",
            subtitle=table.compared.note,
            key=Key("No change is worked out"),
        )
    frame = table.frame.rename(columns={"cell": "number"})
    named = _cell_names(cells, points, land, selection, context)
    frame = frame.join(named, on="number")
    judged = frame[frame["verdict"].isin(list(_VERDICTS))]
    drawn = zip(judged.to_dict("records"), cells.on_land(land, judged["number"].to_numpy(dtype=int)), strict=True)
    shapes = [_verdict_shape(outline, row, row["place"]) for row, outline in drawn]
    counts = judged["verdict"].value_counts()
    rose, fell = int(counts.get("rose", 0)), int(counts.get("fell", 0))
    compared = table.compared
    order = {"rose": 0, "fell": 1, "no clear change": 2}
    frame = frame.assign(order=frame["verdict"].map(order).fillna(3)).sort_values(
        ["order", "compared", "cell"], ascending=[True, False, True], ignore_index=True
    )
    sentence = (
        _judged_finding(len(judged), "cell", rose, fell) if len(judged) else "No cell has enough incidents to compare"
    )
    return Layer(
        table=frame[[column.key for column in _CHANGE_COLUMNS]],
        columns=_CHANGE_COLUMNS,
        sentence=sentence,
        subtitle=f"{what}, {compared.current_label} against {compared.previous_label}, {cell_words(selection, cells)}",
        shapes=shapes,
        places=lambda: cells.on_land(land, frame["number"].to_numpy(dtype=int)),
        key=_verdict_key("Change of cells with 20 incidents or more in a period"),
        caveats=tuple(
            filter(
                None,
                (
                    "The test is adjusted for all cells together (Benjamini–Hochberg) and widened for unrest between "
                    "months. Cells with under 20 incidents in both periods are left white: larger cells hold more.",
                    compared.note,
                ),
            )
        ),
        facts={"rose": rose, "fell": fell, "judged": len(judged)},
    )


def _cell_names(cells: Cells, points: Points, land: Land, selection: Selection, context: Context) -> pd.DataFrame:
    """A row is a cell: its name, ward and busiest point over all months at hand."""
    totals = points.counts.sum(axis=1)
    inside = np.flatnonzero((cells.cell >= 0) & (totals > 0))
    inside = inside[np.argsort(-totals[inside], kind="stable")]
    first_of, first = np.unique(cells.cell[inside], return_index=True)
    busiest = points.frame.iloc[inside[first]]
    return pd.DataFrame(
        {
            "cell": np.array(cells.names)[first_of],
            "ward_name": busiest["ward_code"].map(land.names).to_numpy(),
            "place": busiest["name"].to_numpy(),
            "easting": cells.grid.x[first_of],
            "northing": cells.grid.y[first_of],
        },
        index=first_of,
    )


_CLASSES = {
    "new": MapShape(None, "div-7", hatch="surface", pattern="x"),
    "intensifying": MapShape(None, "div-6", hatch="div-7"),
    "persistent": MapShape(None, "heat-5"),
    "sporadic": MapShape(None, "chart-peer", hatch="map-line-outer", pattern="."),
    "fading": MapShape(None, "div-2", hatch="div-1", pattern="\\"),
}
"""How each class is drawn: patterns tell them apart without their colours."""
_CLASS_COLUMNS = (
    Column("cell", "Cell"),
    Column("ward_name", "Ward"),
    Column("place", "Busiest point"),
    Column("emerging_class", "Over time"),
    Column("hot_quarters", "Quarters hot", "integer"),
    Column("quarters", "Quarters in all", "integer"),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
)


def emerging_layer(
    cells: Cells, points: Points, spots: Hotspots, slices: Slices, land: Land, selection: Selection, context: Context
) -> Layer:
    """Cells by their class over the quarters up to the period's end."""
    what = categories_words(selection, context)
    if slices.classes is None or slices.hot_slices is None or slices.first is None or slices.last is None:
        return Layer(
            table=pd.DataFrame(columns=[column.key for column in _CLASS_COLUMNS]),
            columns=_CLASS_COLUMNS,
            sentence="Too few quarters in a row to tell new from persistent",
            subtitle=slices.reason,
            key=Key("No classes are worked out"),
        )
    ever = np.flatnonzero(slices.classes != "")
    frame = _cell_names(cells, points, land, selection, context).reindex(ever)
    frame["cell"] = np.array(cells.names)[ever]
    wards = pd.Series(wards_of_cells(cells, land, selection, context)[ever], ever)
    frame = frame.assign(
        emerging_class=slices.classes[ever], hot_quarters=slices.hot_slices[ever], quarters=slices.count,
        easting=cells.grid.x[ever], northing=cells.grid.y[ever], number=ever,
        ward_name=frame["ward_name"].fillna(wards),
    ).fillna({"place": ""})  # fmt: skip
    shapes = []
    for row, outline in zip(frame.to_dict("records"), cells.on_land(land, ever), strict=True):
        look, words = _CLASSES[row["emerging_class"]], row["emerging_class"]
        hover = f"<b>{row['place'] or 'No incident here itself'}</b><br>{words}: hot in {row['hot_quarters']} of "
        hover += f"{slices.count} quarters"
        shapes.append(replace(look, shape=outline, hover=hover, outline="surface", width=0.5))
    order = {name: i for i, name in enumerate(_CLASSES)}
    frame = frame.sort_values(
        by=["emerging_class", "hot_quarters", "cell"], ascending=[True, False, True], ignore_index=True,
        key=lambda column: column.map(order) if column.name == "emerging_class" else column,
    )  # fmt: skip
    counts = pd.Series(slices.classes[ever]).value_counts()
    one = "LSOA" if cells.tested.kind == "lsoa" else "cell"
    said = [f"{integer(counts[name])} {name}" for name in _CLASSES if counts.get(name, 0)]
    if said:
        verb = "is" if counts[next(name for name in _CLASSES if counts.get(name, 0))] == 1 else "are"
        said[0] = f"{said[0].split(' ')[0]} {verb} {said[0].split(' ')[1]}"
    span = f"{write_month(slices.first)} to {write_month(slices.last)}"
    return Layer(
        table=frame[[column.key for column in _CLASS_COLUMNS]],
        columns=_CLASS_COLUMNS,
        sentence=fitting(
            f"Of {count_of(len(ever), one)} beyond chance, {and_list(said)}",
            f"Of {integer(len(ever))} beyond chance, {and_list(said)}",
            f"{count_of(len(ever), one)} beyond chance in a quarter or more",
        )
        if said
        else f"No {one} held more than chance would give in any quarter",
        subtitle=f"{what}, {slices.count} quarters, {span}, {cell_words(selection, cells)}",
        shapes=shapes,
        key=Key(
            f"Over {slices.count} quarters to {write_month(slices.last)}",
            boxes=tuple((look, words) for words, look in _CLASSES.items()),
        ),
        caveats=(
            "New: in the latest quarter and in none before the last four. Persistent: in three quarters of them or "
            "more, "
            "without a trend; intensifying and fading: with one (Mann–Kendall, p below 0.05). Sporadic: now and then.",
            *filter(None, [slices.note]),
        ),
        places=lambda: cells.on_land(land, frame["number"].to_numpy(dtype=int)),
        facts={name: int(counts.get(name, 0)) for name in _CLASSES},
    )
