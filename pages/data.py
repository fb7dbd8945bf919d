"""Data: what is loaded, how complete, how fresh, what was set aside and why?"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared.panel_view import panel_slot

dash.register_page(
    __name__,
    path="/data",
    name="Data",
    order=90,
    group="below",
    icon="data",
    question="What is loaded, how complete, how fresh, what was set aside and why?",
    panels=(
        "coverage_matrix",
        "row_flow",
        "sources",
        "unplaced_share",
        "lsoa_vintages",
        "files",
        "quarantine",
        "breaks",
        "absent",
        "warnings",
        "district_totals",
    ),
)


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot("coverage_matrix", span=8, height=282),
            panel_slot("row_flow", span=4, compact=True, height=304),
            panel_slot("sources", renderer="sources", height=640),
            panel_slot("absent", chart=False, height=175),
            panel_slot("unplaced_share", span=7, height=340),
            panel_slot("lsoa_vintages", span=5, compact=True, chart=False, height=374),
            panel_slot("breaks", chart=False, height=325),
            panel_slot("warnings", chart=False, height=141),
            panel_slot("files", chart=False, height=640),
            panel_slot("quarantine", height=124),
            panel_slot("district_totals", chart=False, height=640),
        ],
        className="grid",
    )
