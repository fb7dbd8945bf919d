"""Trends: is it changing, or is this ordinary variation?

A click on a ward writes `focus` to the address: the panels of one series then look at that ward.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared import server
from pages._shared.attributes import attributes
from pages._shared.panel_view import Pick, Switch, panel_slot

dash.register_page(
    __name__,
    path="/trends",
    name="Trends",
    order=4,
    group="",
    icon="trend",
    question="Is it changing, or is this ordinary variation?",
    focus=True,
    panels=(
        "control_chart",
        "series",
        "indicator_list",
        "seasonal_pattern",
        "projection",
        "change_table",
        "trend_estimates",
        "watch_list",
        "ward_trends",
    ),
)

SPAN = Switch("Months", [("All months", {"span": None}), ("Period only", {"span": "period"})])
SEASON = Switch("Season", [("Season out, where clear", {"season": None}), ("As counted", {"season": "in"})])
LINES = Switch(
    "Lines", [("Together", {"lines": None}), ("By category", {"lines": "category"}), ("By ward", {"lines": "ward"})]
)
SHOW = Switch(
    "What a line shows",
    [("Months", {"show": None}), ("12-month sums", {"show": "rolling"}), ("Years", {"show": "year"})],
)
PER = Switch("Unit", [("Count", {"per": None}), ("Per day", {"per": "day"}), ("Per 1,000", {"per": "rate"})])
ROWS = Switch("Rows", [("Categories", {"rows": None}), ("Wards", {"rows": "ward"})])
SCALE = Switch("Scale", [("Own scale", {"scale": None}), ("One scale", {"scale": "common"})])


PARTS = (("chosen", "The months chosen"), ("changed", "What changed, over all categories"), ("wards", "Ward by ward"))


def layout(**_: Any) -> Component:
    chosen, changed, wards = (html.H2(words, id=f"part-{key}", className="part") for key, words in PARTS)
    links = [html.Li(html.A(words, href=f"#part-{key}")) for key, words in PARTS]
    return html.Div(
        [
            html.Nav(html.Ul(links), className="parts c12", **attributes(aria_label="On this page")),
            chosen,
            panel_slot("control_chart", height=380, switch=[_ward_looked_at(), SEASON, SPAN]),
            panel_slot("seasonal_pattern", span=6, height=280),
            panel_slot("projection", span=6, height=280),
            panel_slot("series", height=340, switch=[LINES, SHOW, PER]),
            panel_slot("indicator_list", chart=False, height=150),
            changed,
            panel_slot("watch_list", chart=False, height=609),
            panel_slot("change_table", height=422, switch=ROWS),
            panel_slot("trend_estimates", height=422),
            wards,
            panel_slot("ward_trends", height=480, switch=SCALE),
        ],
        className="grid",
    )


def _ward_looked_at() -> Pick:
    """The ward that control chart, months and season look at: the same as a click on a ward below, by keyboard too."""
    wards = sorted(server.context().wards, key=lambda ward: ward.name)
    return Pick("Ward", "focus", [("", "All wards"), *((ward.code, ward.name) for ward in wards)])
