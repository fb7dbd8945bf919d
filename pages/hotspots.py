"""Hotspots: where exactly, is it more than chance, is it new, does it hold?

A click on a hotspot, on the list or on the map, writes `spot` and the map's view to the address; a click on a ward or
LSOA of the layer of areas, an area drawn, typed or picked from the list writes `area`.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared import server
from pages._shared.attributes import attributes
from pages._shared.icons import icon
from pages._shared.panel_view import Choice, Months, More, Pick, Slide, Switch, Typed, panel_slot

dash.register_page(
    __name__,
    path="/hotspots",
    name="Hotspots",
    order=3,
    group="",
    icon="pin",
    question="Where exactly, is it more than chance, is it new, does it hold?",
    panels=(
        "hotspot_map",
        "hotspot_list",
        "concentration",
        "repeat_locations",
        "hotspots_hold",
        "area_profile",
        "gi_star_cells",
    ),
)

LAYER = Switch(
    "Layer",
    [
        ("Density", {"layer": None}),
        ("Chance test", {"layer": "clusters"}),
        ("Points", {"layer": "points"}),
        ("Areas", {"layer": "areas"}),
        ("Change", {"layer": "change"}),
        ("Over time", {"layer": "emerging"}),
    ],
)
DENSITY, TIMES, AREAS = {"layer": [""]}, {"layer": ["", "points"]}, {"layer": ["areas"]}
CELLS = {"layer": ["", "clusters", "change", "emerging"]}
TESTED = {"layer": ["", "clusters", "emerging"]}

CHOICES = (
    LAYER,
    Slide("Smoothed over", "bandwidth", 200, 1000, 50, 400, "m", when=DENSITY),
    Pick("Areas", "zones", [("", "Wards"), ("lsoa", "LSOAs")], when=AREAS),
    Pick("Show", "shade", [("", "The measure"), ("share", "Share of all"), ("change", "Change")], when=AREAS),
    Months("Month", "only", when=TIMES),
)
FEW_NEED = (
    Pick("Density per", "over", [("", "km²"), ("residents", "1,000 residents")], when=DENSITY),
    Pick("Cells", "grid", [("", "Squares"), ("hexagon", "Hexagons"), ("lsoa", "LSOAs")], when=CELLS),
    Pick(
        "Cell size",
        "cell",
        [(str(m), f"{m} m") if m != 250 else ("", "250 m (usual)") for m in (200, 250, 300, 400, 500, 750, 1000)],
        when=CELLS | {"grid": ["", "hexagon"]},
    ),
    Pick("Test of", "test", [("", "Counts"), ("rate", "Rates per resident (LSOAs)")], when=TESTED),
    Pick("Chance over all cells", "adjust", [("", "Adjusted for (usual)"), ("none", "Not adjusted for")], when=TESTED),
    Pick("Classes", "classes", [("", "Natural breaks"), ("quantiles", "Quantiles")], when=AREAS),
)


def choices() -> tuple[Choice, ...]:
    """The map's choices; the overlays are those of the store."""
    own = server.context().overlays
    all_of_them = "All" if len(own) > 1 else "Shown"
    places = Pick("Own places", "overlay", [("", all_of_them), *(own if len(own) > 1 else ()), ("none", "Hidden")])
    return (*CHOICES, More((*FEW_NEED, *((places,) if own else ()))))


def map_buttons() -> Component:
    """Zoom in, zoom out, everything, draw an area. With the focus on them the arrow keys move the map."""
    said = (("in", "+", "Zoom in"), ("out", "−", "Zoom out"), ("all", icon("home"), "Show everything"))
    buttons = [
        html.Button(
            sign, type="button", title=words, **attributes(data_action="zoom", data_zoom=name, aria_label=words)
        )
        for name, sign, words in said
    ]
    draw = html.Button(
        icon("polygon"), type="button", title="Draw an area",
        **attributes(data_action="draw", aria_label="Draw an area", aria_pressed="false"),
    )  # fmt: skip
    keys = attributes(aria_label="Map view; the arrow keys move the map")
    return html.Div([*buttons, draw], className="mapctl", role="group", **keys)


UNITS = Switch("Places", [("LSOAs", {"units": None}), ("Cells", {"units": "cells"}), ("Points", {"units": "points"})])


def areas() -> tuple[Choice, ...]:
    """The area profiled: a ward or an LSOA from the list, or corners typed or pasted; drawing writes the same key."""
    wards, lsoas = server.areas()
    listed: list[tuple[str | None, str]] = [("", "Hotspot chosen, or busiest ward"), (None, "Wards"), *wards]
    if lsoas:
        listed += [(None, "LSOAs"), *lsoas]
    return (
        Pick("Area", "area", listed, other="The drawn area"),
        Typed("or its corners in metres", "area", "easting,northing,easting,northing…", holds=","),
    )


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot(
                "hotspot_map", span=8, flush=True, height=588, switch=choices(), over=map_buttons(), notes=2, rows=6
            ),
            panel_slot("hotspot_list", span=4, compact=True, renderer="spots", height=632, notes=2, rows=6),
            panel_slot("concentration", span=5, compact=True, height=330, switch=UNITS, notes=1, rows=6),
            panel_slot("repeat_locations", span=7, height=400, notes=1, rows=6),
            panel_slot("hotspots_hold", height=170, notes=1, rows=6),
            panel_slot("area_profile", height=380, switch=areas(), notes=2, rows=6),
            panel_slot("gi_star_cells", chart=False, height=640, notes=1, rows=4),
        ],
        className="grid",
    )
