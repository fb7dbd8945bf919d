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
    panels=("control_chart", "series", "change_table"),
)

SEASON = Switch("Season", [("Season taken out", {"season": None}), ("As counted", {"season": "in"})])
LINES = Switch(
    "Lines", [("Together", {"lines": None}), ("By category", {"lines": "category"}), ("By ward", {"lines": "ward"})]
)
SHOW = Switch(
    "What a line shows",
    [("Months", {"show": None}), ("12-month sums", {"show": "rolling"}), ("Years", {"show": "year"})],
)
PER = Switch("Unit", [("Count", {"per": None}), ("Per day", {"per": "day"}), ("Per 1,000", {"per": "rate"})])
ROWS = Switch("Rows", [("Categories", {"rows": None}), ("Wards", {"rows": "ward"})])


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot("control_chart", height=380, switch=SEASON),
            panel_slot("series", height=340, switch=LINES),
            panel_slot("change_table", height=420, switch=ROWS),
        ],
        className="grid",
    )
