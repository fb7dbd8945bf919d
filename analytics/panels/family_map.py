"""Where the areas of the family lie, if district boundaries are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analytics.context import Context
from analytics.figures.family_map import HEIGHT, MapMember, family_map
from analytics.memo import Memo
from analytics.panels._data import manifest_source
from analytics.panels._families import FamilyTable, comparison, no_family
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import loaded_sources
from analytics.queries.loaded import district_facts
from analytics.selection import Selection
from analytics.words import and_list, integer
from geo.drawing import drawing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_map_panel"]

ID = "family_map"
AROUND = 0.12
"""Land shown around the members, as a share of their extent."""
MOST = 40
"""Members named; a larger family covers the country and is drawn without names but those nearest in the list."""
COLUMNS = (
    Column("member_name", "Area"),
    Column("distance_km", "Distance from ours, km", "integer"),
    Column("state", "In the comparison"),
    Column("member_id", "Code", hidden=True),
    Column("easting", "Easting", "integer", hidden=True),
    Column("northing", "Northing", "integer", hidden=True),
)


@panel(ID, page="comparators", title="Where do the areas of the family lie?", uses={"period", "family"})
def build_family_map_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a member of the family with a boundary: its middle (metres), and how far from ours that lies."""
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Where the family lies",
        "columns": COLUMNS,
        "sources": loaded_sources(context, "district_boundaries") or (manifest_source(context),),
        "figure_height": HEIGHT[view.width],
    }
    blank = pd.DataFrame(columns=[column.key for column in COLUMNS])
    if table is None:
        return Panel(**made, table=blank, **(no_family(selection, context, None) or {}))
    shapes = _shapes.answer(context.folder, lambda: _outlines(cursor))
    known = [member for member in table.members if set(member.districts) <= set(shapes)]
    if not known or known[0] is not table.members[0]:
        return Panel(
            **made,
            table=blank,
            sentence="The family cannot be drawn: no boundaries of districts are loaded",
            subtitle=table.family.name,
            state="no_data",
            message="Name the districts’ boundaries (ONS, the country’s, generalised) under district_boundaries in "
            "[geography] of the configuration, and build again.",
            ways=(Way("What is absent", "/data"),),
        )
    frame = _frame(table, shapes)
    gone = [member.name for member in table.members if member not in known]
    caveats = ["Hatched: left out of the comparison. Similar is not the same as near."]
    if gone:
        caveats.append(f"No boundary of {and_list(gone, most=4)} in the file.")
    chosen = known[:MOST]
    if len(known) > MOST:
        caveats.append(f"Named and drawn are the {MOST} first in the list; the table holds all {len(known)}.")
    codes, wanted = _around(shapes, [code for member in chosen for code in member.districts])
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame, context),
        subtitle=table.family.name,
        figure=family_map(
            [
                MapMember(
                    member.name,
                    member.districts,
                    f"<b>{member.name}</b><br>{', '.join(member.forces) or 'force not known'}<br>{member.state_words}",
                    member.is_self,
                    member.state == "complete",
                )
                for member in chosen
            ],
            drawing=drawing(codes, wanted),
            view=view,
        ),
        figure_alt=f"Map of the {len(chosen)} areas of the family. The table holds how far each is from ours.",
        caveats=tuple(caveats),
        is_map=True,
    )


_shapes: Memo[dict[str, bytes]] = Memo(size=4)


def _outlines(cursor: DuckDBPyConnection) -> dict[str, bytes]:
    found = district_facts(cursor)
    found = found[found["outline"].notna()]
    return {code: bytes(outline) for code, outline in zip(found["district_code"], found["outline"], strict=True)}


def _around(shapes: dict[str, bytes], members: list[str]) -> tuple[tuple[str, ...], tuple[bytes, ...]]:
    """The districts on the map: the members, and those that lie within their extent and a little around it."""
    codes = sorted(shapes)
    exact = shapely.from_wkb(np.array([shapes[code] for code in codes], dtype=object))
    chosen = np.isin(codes, members)
    west, south, east, north = shapely.total_bounds(exact[chosen])
    room = shapely.box(west, south, east, north).buffer(AROUND * max(east - west, north - south), join_style="mitre")
    kept = chosen | (shapely.intersects(exact, room))
    clipped = np.where(chosen, exact, shapely.intersection(exact, room))
    kept &= ~shapely.is_empty(clipped) & np.isin(shapely.get_dimensions(clipped), [2])
    places = np.flatnonzero(kept)
    return tuple(codes[i] for i in places), tuple(shapely.to_wkb(clipped[i]) for i in places)


def _frame(table: FamilyTable, shapes: dict[str, bytes]) -> pd.DataFrame:
    rows = []
    for member in table.members:
        if not set(member.districts) <= set(shapes):
            continue
        whole = shapely.union_all(shapely.from_wkb([shapes[code] for code in member.districts]))
        middle = shapely.centroid(whole)
        rows.append((member.name, middle.x, middle.y, member.state, member.state_words, member.id))
    frame = pd.DataFrame(rows, columns=["member_name", "easting", "northing", "kind", "words", "member_id"])
    east, north = frame["easting"].iloc[0], frame["northing"].iloc[0]
    frame["distance_km"] = np.hypot(frame["easting"] - east, frame["northing"] - north) / 1000
    frame["state"] = np.where(frame["kind"] == "complete", "yes", "no: " + frame["words"])
    for key in ("distance_km", "easting", "northing"):
        frame[key] = frame[key].round().astype("Int64")
    return frame[[column.key for column in COLUMNS]]


def _finding(frame: pd.DataFrame, context: Context) -> str:
    others = frame.iloc[1:]
    if others.empty:
        return f"Only {context.short_name} of the family has a boundary in the file"
    near = int((others["distance_km"] <= 50).sum())
    furthest = others.loc[others["distance_km"].idxmax()]
    far = f"{furthest['member_name']} is {integer(furthest['distance_km'])} km away"
    said = f"{near} of {len(others)} lie within 50 km; {far}"
    return said if len(said) <= 90 else f"{near} of the {len(others)} other areas lie within 50 km of ours"
