"""Overview: where do we stand, and what can be said with confidence?"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared import server
from pages._shared.panel_view import panel_slot

dash.register_page(
    __name__,
    path="/",
    name="Overview",
    order=1,
    group="",
    icon="home",
    question="Where do we stand, and what can be said with confidence?",
    panels=("overview_lead", "category_totals", "overview_family", "wards_most", "monthly_recent", "coverage_line"),
)


def layout(**_: Any) -> Component:
    wards = panel_slot("wards_most", span=None, compact=True, height=170)
    months = panel_slot("monthly_recent", span=None, compact=True, height=190)
    stack, below = [wards, months], [panel_slot("coverage_line", renderer="line", height=24)]
    if server.context().families:
        stack = [panel_slot("overview_family", span=None, compact=True, height=132), months]
        below = [
            panel_slot("wards_most", span=7, height=170),
            panel_slot("coverage_line", span=5, renderer="line", height=24),
        ]
    return html.Div(
        [
            panel_slot("overview_lead", renderer="verdicts", height=120),
            panel_slot("category_totals", span=7, height=418),
            html.Div(stack, className="stack c5"),
            *below,
        ],
        className="grid",
    )
