"""Trends: is it changing, or is this ordinary variation?

A click on a ward writes `focus` to the address: the panels of one series then look at that ward.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared.panel_view import Switch, panel_slot

dash.register_page(
    __name__,
    path="/trends",
    name="Trends",
    order=4,
    group="",
    icon="trend",
    question="Is it changing, or is this ordinary variation?",
    focus=True,
    panels=("control_chart", "change_table"),
)

SEASON = Switch("Season", [("Season taken out", {"season": None}), ("As counted", {"season": "in"})])
ROWS = Switch("Rows", [("Categories", {"rows": None}), ("Wards", {"rows": "ward"})])


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot("control_chart", height=380, switch=SEASON),
            panel_slot("change_table", height=420, switch=ROWS),
        ],
        className="grid",
    )
