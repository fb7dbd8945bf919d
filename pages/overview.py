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
    """Two columns of panels that end together; with a family configured, its panel leads the right one."""
    changes = panel_slot("category_totals", span=None, height=422)
    wards = panel_slot("wards_most", span=None, height=192)
    months = panel_slot("monthly_recent", span=None, compact=True, height=290)
    coverage = panel_slot("coverage_line", span=None, renderer="line", height=86)
    if server.context().families:
        family = panel_slot("overview_family", span=None, compact=True, height=158)
        left, right = [changes, wards], [family, months, coverage]
    else:
        left, right = [changes, coverage], [months, wards]
    return html.Div(
        [
            panel_slot("overview_lead", renderer="verdicts", height=173),
            html.Div(left, className="stack c7"),
            html.Div(right, className="stack c5"),
        ],
        className="grid",
    )
