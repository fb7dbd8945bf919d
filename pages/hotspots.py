"""Hotspots: where exactly, is it more than chance, is it new, does it hold?

A click on a hotspot, on the list or on the map, writes `spot` and the map's view to the address.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared.panel_view import Pick, Switch, panel_slot

dash.register_page(
    __name__,
    path="/hotspots",
    name="Hotspots",
    order=3,
    group="",
    icon="pin",
    question="Where exactly, is it more than chance, is it new, does it hold?",
    panels=("hotspot_map", "hotspot_list", "gi_star_cells"),
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
SMOOTHED = Pick(
    "Smoothed over",
    "bandwidth",
    [
        ("200", "200 m"),
        ("300", "300 m"),
        ("", "400 m (usual)"),
        *((m, f"{m} m") for m in ("500", "600", "800", "1000")),
    ],
)
CELL = Pick(
    "Cells",
    "cell",
    [("200", "200 m"), ("", "250 m (usual)"), *((m, f"{m} m") for m in ("300", "400", "500", "750", "1000"))],
)
GRID = Pick("Shape", "grid", [("", "Squares"), ("hexagon", "Hexagons")])
ZONES = Pick("Areas", "zones", [("", "Wards"), ("lsoa", "LSOAs")])


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot("hotspot_map", span=8, flush=True, height=520, switch=(LAYER, SMOOTHED, CELL, GRID, ZONES)),
            panel_slot("hotspot_list", span=4, compact=True, renderer="spots", height=420),
            panel_slot("gi_star_cells", chart=False, height=240),
        ],
        className="grid",
    )
