"""Comparators: how do we compare with areas like ours: level, rank, change?

The category looked at stands in the address (`look`): the panels of one category show it.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared import server
from pages._shared.panel_view import Pick, Switch, panel_slot

dash.register_page(
    __name__,
    path="/comparators",
    name="Comparators",
    order=5,
    group="",
    icon="compare",
    question="How do we compare with areas like ours: level, rank, change?",
    panels=(
        "family_position",
        "family_rates",
        "family_change",
        "family_funnel",
        "family_trend",
        "family_sensitivity",
        "family_members",
    ),
)

AMONG = Switch("Areas in the funnel", [("Family", {"among": None}), ("All loaded", {"among": "all"})])


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot("family_position", span=8, height=526),
            panel_slot("family_rates", span=4, compact=True, height=465, switch=category_looked_at()),
            panel_slot("family_change", span=7, height=430),
            panel_slot("family_funnel", span=5, compact=True, height=430, switch=AMONG),
            panel_slot("family_trend", span=5, compact=True, height=330),
            panel_slot("family_sensitivity", span=7, height=602),
            panel_slot("family_members", height=541),
        ],
        className="grid",
    )


def category_looked_at() -> Pick:
    """The category the panels of one category show."""
    categories = server.context().categories
    return Pick("Category", "look", [("", "All together"), *((c.slug, c.name) for c in categories)])
