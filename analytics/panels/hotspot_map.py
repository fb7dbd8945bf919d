"""The map of Hotspots: one map, its layer chosen by `layer`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analytics.context import Context
from analytics.figures.hotspot_map import Background, Key, MapMark, MapShape, Overlay, hotspot_map, hotspot_map_height
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import write_month, write_months
from analytics.panels._area import area_shape
from analytics.panels._empty import no_data
from analytics.panels._hotspot_layers import Layer, areas_layer, change_layer, emerging_layer, points_layer
from analytics.panels._hotspots import (
    FEWEST_FOR_HALF,
    FEWEST_RESIDENTS,
    Cells,
    Density,
    Hotspots,
    Land,
    Points,
    Slices,
    across_new_points,
    cells_of,
    density_of,
    emerging_of,
    hotspots_of,
    land_of,
    months_of,
    points_caveat,
    points_of,
    too_few_words,
)
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import loaded_sources, police_source
from analytics.panels._wards import fitting
from analytics.panels.gi_star_cells import CELL_COLUMNS, CLUSTER_WORDS, cell_frame, cell_words, how_tested, in_words
from analytics.panels.hotspot_list import SHOWN, hotspot_hover
from analytics.panels.ward_map import no_boundaries
from analytics.queries.shapes import overlays
from analytics.selection import Selection
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import and_list, count_of, integer, percent, rate
from geo.contours import regions_above

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_hotspot_map_panel", "density_levels"]

ID = "hotspot_map"
_places: Memo[pd.DataFrame] = Memo(size=8)
_PEAKS = 25
_STEPS = (0.06, 0.15, 0.3, 0.5, 0.75)
_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_DENSITY_COLUMNS = (
    Column("rank", "Peak", "integer"),
    Column("place", "Nearest point"),
    Column("ward_name", "Ward"),
    Column("density", "Incidents per km²", "rate"),
    Column("easting", "Easting", "integer"),
    Column("northing", "Northing", "integer"),
)


@panel(ID, page="hotspots", title="Where exactly?", uses={"period", "comparison", "categories", "wards", "measure"})
def build_hotspot_map_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row depends on the layer: a peak of the density, a cell that stands out, a published point, or an area."""
    made: dict[str, Any] = {
        "id": ID,
        "title": "Map of hotspots",
        "is_map": True,
        "sources": (police_source(context, selection), *loaded_sources(context, "ward_boundaries")),
    }
    months = months_of(selection, context)
    land = land_of(cursor, selection, context)
    columns = _DENSITY_COLUMNS
    nothing = pd.DataFrame(columns=[column.key for column in columns])
    if not months:
        return Panel(**made, table=nothing, columns=columns, **no_data(selection, context))
    if land is None:
        return Panel(**made, table=nothing, columns=columns, **no_boundaries())
    places = _overlays(cursor, selection, context)
    made["figure_height"] = hotspot_map_height(land.drawing, view, len(places))
    points = points_of(cursor, selection, context)
    whole = float(points.total(months)[points.chosen].sum())
    if not whole:
        return Panel(
            **made,
            table=nothing,
            columns=columns,
            sentence=f"{subject(selection, context)}: none recorded",
            subtitle=write_months(months),
            state="none_recorded",
            message=f"No incident with a place was recorded in {write_months(months)}.",
        )
    layer = _layer(cursor, points, land, selection, context, view)
    numbered = records(hotspots_of(cursor, selection, context).frame.head(SHOWN)) if layer.numbered else []
    marks = [
        MapMark(
            row["easting"], row["northing"], int(row["rank"]), hotspot_hover(row), selection.spot == str(row["rank"])
        )
        for row in numbered
    ]
    caveats = [*layer.caveats]
    if selection.layer not in {"areas", "change"} and (mixed := across_new_points(cursor, months, context)):
        caveats.insert(0, mixed)
    one = (selection.only,) if selection.only and selection.layer in {"density", "points"} else ()
    if unplaced := points_caveat(cursor, selection, context, one):
        caveats.append(unplaced)
    if context.basemap:
        caveats.append(f"The background comes from {context.basemap.origin}, which is asked for the view shown.")
    return Panel(
        **made,
        table=layer.table,
        columns=layer.columns,
        glance=layer.glance,
        glance_columns=layer.columns if layer.glance is not None else (),
        sentence=layer.sentence,
        subtitle=layer.subtitle,
        state=layer.state,
        message=layer.message,
        figure=hotspot_map(
            drawing=land.drawing,
            corner=land.corner,
            names=land.names,
            shapes=layer.shapes,
            over=[*layer.over, *_profiled(cursor, selection, context)],
            dots=layer.dots,
            marks=marks,
            overlays=places,
            key=layer.key,
            at=selection.at,
            months=[(f"{month:%Y-%m}", write_month(month)) for month in months],
            all_months=f"All {len(months)} months" if len(months) > 1 else write_month(months[0]),
            background=Background(context.basemap.url, context.basemap.credit) if context.basemap else None,
            view=view,
        ),
        figure_alt=f"Map. {layer.sentence}. {layer.subtitle}. The table holds the figures.",
        caveats=tuple(caveats),
        shapes=layer.places,
        facts={"layer": selection.layer, **layer.facts},
    )


def _layer(
    cursor: DuckDBPyConnection, points: Points, land: Land, selection: Selection, context: Context, view: View
) -> Layer:
    """The layer asked for. Points and areas need no chance test, so none is made for them."""
    if selection.layer == "points":
        return points_layer(cursor, points, land, selection, context, view)
    if selection.layer == "areas":
        return areas_layer(cursor, land, selection, context)
    cells = cells_of(cursor, selection, context)
    spots = hotspots_of(cursor, selection, context)
    if selection.layer == "change":
        return change_layer(cells, points, spots, land, selection, context)
    slices = emerging_of(cursor, selection, context)
    if selection.layer == "clusters":
        return _clusters(cells, points, spots, slices, land, selection, context)
    if selection.layer == "emerging":
        return emerging_layer(cells, points, spots, slices, land, selection, context)
    return _density(cursor, cells, points, spots, land, selection, context)


def _profiled(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> list[MapShape]:
    """The outline of the area that is profiled beside the map."""
    shape = area_shape(cursor, selection, context)
    return [] if shape is None else [MapShape(shapely.simplify(shape, 10.0), outline="action", width=2.5)]


def _overlays(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> list[Overlay]:
    """The partnership's own places, as asked for: all, one kind, or none."""
    wanted = [slug for slug, _ in context.overlays if selection.overlay in {None, slug}]
    if not wanted:
        return []
    frame = _places.answer(context.folder, lambda: overlays(cursor))
    names = dict(context.overlays)
    made = []
    for slug in wanted:
        rows = frame[frame["overlay"] == slug]
        shapes = shapely.simplify(shapely.from_wkb(np.array([bytes(one) for one in rows["shape"]], dtype=object)), 5.0)
        labels = [label if isinstance(label, str) else "" for label in rows["label"]]
        made.append(Overlay(names[slug], list(shapes), labels))
    return made


def _density_columns(unit: str) -> tuple[Column, ...]:
    return tuple(replace(c, heading=f"Incidents {unit}") if c.key == "density" else c for c in _DENSITY_COLUMNS)


# ---- Density ------------------------------------------------------------------------------------------------------


def density_levels(peak: float) -> list[float]:
    """Round limits of five bands up to a peak, closer together at the foot.

    >>> density_levels(330)
    [20, 50, 100, 150, 250]
    """
    if not peak > 0:
        return []
    levels = []
    for step in _STEPS:
        value = peak * step
        power = 10.0 ** np.floor(np.log10(value))
        nearest = min((part * power for part in (*_ROUND, 10.0)), key=lambda level: abs(level - value))
        levels.append(int(nearest) if nearest >= 10 else float(f"{nearest:.3g}"))
    return sorted(set(levels))


def _density(
    cursor: DuckDBPyConnection, cells: Cells, points: Points, spots: Hotspots, land: Land, selection: Selection,
    context: Context,
) -> Layer:  # fmt: skip
    density = density_of(cursor, selection, context)
    months = months_of(selection, context)
    inside = np.where(density.inside, density.values, 0.0)
    peak = float(inside.max(initial=0.0))
    # While one month is shown, all months share their limits: a darker month is a busier one.
    of_months = [density_of(cursor, replace(selection, only=month), context) for month in months if selection.only]
    highest = max([peak, *(float(np.where(d.inside, d.values, 0.0).max(initial=0.0)) for d in of_months)])
    levels = density_levels(highest)
    regions = regions_above(density.values, levels, origin=density.origin, cell_size=density.step)
    clipped = [shapely.intersection(shapely.simplify(region, density.step / 8), land.shape) for region in regions]
    limits = [f"{level:,g}" for level in levels]
    roles = [f"heat-{1 + i}" for i in range(len(levels))]
    above = [*limits[1:], ""]
    unit = "per 1,000 residents" if density.per_resident else "per km²"
    shapes = [
        MapShape(shape, role, f"{low} to {high} {unit}" if high else f"{low} {unit} and over")
        for shape, role, low, high in zip(clipped, roles, limits, above, strict=True)
    ]
    what = categories_words(selection, context)
    when = write_month(selection.only) if selection.only else write_months(months)
    table = _peaks(density, inside, points, land)
    outlined = "" if selection.only else f"; outlined: {cell_words(selection, cells)} beyond chance"
    return Layer(
        table=table,
        columns=_density_columns(unit),
        sentence=_month_finding(points, table, selection.only, what, unit)
        if selection.only
        else _density_finding(cells, spots, what),
        subtitle=f"{what}, incidents {unit}, {when}, smoothed over {selection.bandwidth} m{outlined}",
        shapes=shapes,
        over=[] if selection.only else hotspot_outlines(spots),
        key=Key(
            f"{what} {unit}, {when}" if len(what) < 34 else f"Incidents {unit}, {when}",
            roles,
            # The first limit stands at the left end of the first box, so the boxes begin there.
            limits[1:],
            boxes=((MapShape(None, outline="map-gi", dash="dashed"), "more than chance would give"),)
            if spots.outlines and not selection.only
            else (),
        ),
        caveats=(_density_caveat(density), *(() if selection.only else how_tested(cells, selection))),
        numbered=not selection.only,
        places=lambda: shapely.points(table[["easting", "northing"]]),
        facts={"peak": peak, "levels": levels},
    )


def _density_caveat(density: Density) -> str:
    if density.note:
        return density.note
    if density.per_resident:
        return (
            "Residents are spread evenly over the land of their LSOA and smoothed alike; blank where under "
            f"{FEWEST_RESIDENTS:.0f} live on a km². Places with many visitors stand out."
        )
    return "Points are published snapped to places nearby; the map shows busy places, not the risk of a person there."


def _month_finding(points: Points, table: pd.DataFrame, month: Any, what: str, unit: str) -> str:
    count = float(points.total([month])[points.chosen].sum())
    if not count or table.empty:
        return f"{what}: none with a point in {write_month(month)}"
    ward = table["ward_name"].iloc[0]
    place = f"{table['place'].iloc[0]}, {ward}" if table["place"].iloc[0] else ward
    said = count_of(int(count), "incident")
    return fitting(
        f"{said} of {lower_first(what)} in {write_month(month)}, densest at {place}",
        f"{said} in {write_month(month)}, densest at {place}",
        f"{said} in {write_month(month)}, densest in {ward}",
        f"{said} in {write_month(month)}",
    )


def _density_finding(cells: Cells, spots: Hotspots, what: str) -> str:
    land = cells.grid.area_km2
    order = np.argsort(-cells.incidents / land, kind="stable")
    half = int(np.searchsorted(np.cumsum(cells.incidents[order]), cells.incidents.sum() / 2)) + 1
    part = float(land[order[:half]].sum() / land.sum())
    share = percent(100 * part, 1 if part < 0.02 else 0)
    names = list(dict.fromkeys(spots.frame["ward_name"].head(2)))
    of_it = lower_first(what)
    if cells.incidents.sum() < FEWEST_FOR_HALF:
        return too_few_words(cells.incidents.sum())
    lead = f"places around {and_list(names)} lead" if len(names) > 1 else f"the place around {and_list(names)} leads"
    leads = f"; {lead}" if names else ""
    return fitting(
        f"Half of {of_it} falls on {share} of the map{leads}",
        f"Half of {of_it} falls on {share} of the map; the place around {names[0]} leads" if names else "",
        f"Half of {of_it} falls on {share} of the map",
        f"Half of incidents fall on {share} of the map",
    )


def _peaks(density: Density, inside: np.ndarray, points: Points, land: Land) -> pd.DataFrame:
    """The highest places of the density; a row is a peak that overtops everything within a bandwidth."""
    from scipy.ndimage import maximum_filter  # here, because importing it takes a while

    reach = 2 * max(1, round(density.bandwidth / density.step)) + 1
    rows, columns = np.nonzero((inside > 0) & (inside >= maximum_filter(inside, size=reach)))
    order = np.argsort(-inside[rows, columns], kind="stable")[:_PEAKS]
    rows, columns = rows[order], columns[order]
    x = density.origin[0] + (columns + 0.5) * density.step
    y = density.origin[1] + (rows + 0.5) * density.step
    frame = points.frame[points.chosen]
    nearest = [
        int(np.argmin((frame["easting"].to_numpy() - a) ** 2 + (frame["northing"].to_numpy() - b) ** 2))
        for a, b in zip(x, y, strict=True)
    ]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(x) + 1),
            "place": frame["name"].to_numpy()[nearest],
            "ward_name": [land.names.get(code, "") for code in frame["ward_code"].to_numpy()[nearest]],
            "density": inside[rows, columns],
            "easting": x.round(),
            "northing": y.round(),
        }
    )


# ---- Clusters -----------------------------------------------------------------------------------------------------

_CLUSTERS = {
    "hot 99": MapShape(None, "div-7"),
    "hot 95": MapShape(None, "div-6"),
    "cold 95": MapShape(None, "div-2", hatch="div-1", pattern="\\"),
    "cold 99": MapShape(None, "div-1", hatch="div-2", pattern="\\"),
}


def hotspot_outlines(spots: Hotspots) -> list[MapShape]:
    """The hotspots as dashed outlines; the hover and a click belong to the whole of each."""
    return [
        MapShape(outline, "", hotspot_hover(row), str(row["rank"]), outline="map-gi", dash="dashed")
        for outline, row in zip(spots.outlines, records(spots.frame), strict=True)
    ]


def _clusters(
    cells: Cells, points: Points, spots: Hotspots, slices: Slices, land: Land, selection: Selection, context: Context
) -> Layer:
    frame = cell_frame(cells, points, spots, slices, land, selection, context)
    found = cells.found.cluster
    shapes = []
    for cluster, look in _CLUSTERS.items():
        numbers = np.flatnonzero(found == cluster)
        for number, outline in zip(numbers, cells.on_land(land, numbers), strict=True):
            name = f"<b>{cells.names[number]}</b><br>" if cells.tested.kind == "lsoa" else ""
            many = count_of(int(cells.incidents[number]), "incident")
            place = f"{name}{many}, strength (Gi*) {rate(cells.found.z[number])}"
            shapes.append(replace(look, shape=outline, hover=place, outline=look.fill, width=0.5))
    present = [cluster for cluster in _CLUSTERS if (found == cluster).any()]
    what = categories_words(selection, context)
    hot = int(cells.hot.sum())
    share = 100 * float(cells.incidents[cells.hot].sum()) / max(float(cells.incidents.sum()), 1.0)
    of_it = lower_first(what)
    places, one = ("LSOAs", "LSOA") if cells.tested.kind == "lsoa" else ("cells", "cell")
    hold = (
        f"{integer(hot)} of {integer(len(cells.grid))} {places} {'holds' if hot == 1 else 'hold'} {percent(share)} of"
    )
    sentence = (
        fitting(f"{hold} {of_it}, beyond chance", f"{hold} incidents, beyond chance")
        if hot
        else f"No {one} holds more than chance would give"
    )
    return Layer(
        table=frame,
        glance=in_words(frame),
        columns=CELL_COLUMNS,
        sentence=sentence,
        subtitle=f"{what}, {'rates' if cells.tested.rate else 'counts'} in {cell_words(selection, cells)} and their "
        f"neighbours, {write_months(months_of(selection, context))}",
        shapes=shapes,
        over=hotspot_outlines(spots),
        key=Key(
            "With neighbours, against chance" + (", adjusted" if selection.adjust == "all" else ""),
            boxes=tuple((_CLUSTERS[c], CLUSTER_WORDS[c]) for c in present)
            or ((MapShape(None, "map-land", outline="map-line"), f"no {one} stands out"),),
        ),
        caveats=how_tested(cells, selection),
        places=lambda: cells.on_land(land, frame["number"].to_numpy()),
        facts={"cells": len(cells.grid), "hot": hot},
    )
