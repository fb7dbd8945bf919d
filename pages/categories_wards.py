"""Categories and wards: which crime and anti-social behaviour, in which wards?

A click on a ward, in a chart or on the map, writes `focus` to the address; every panel follows.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared import filter_bar, server
from pages._shared.panel_view import Pick, Switch, panel_slot

dash.register_page(
    __name__,
    path="/categories-wards",
    name="Categories and wards",
    order=2,
    group="",
    icon="bars",
    question="Which crime and anti-social behaviour, in which wards?",
    focus=True,
    panels=(
        "ward_totals",
        "ward_map",
        "ward_category",
        "category_bars",
        "monthly_series",
        "ward_lsoas",
        "ward_deprivation",
    ),
)

CELLS = Switch(
    "What the cells hold",
    [
        ("Count", {"cells": None}),
        ("Rate", {"cells": "rate"}),
        ("Change", {"cells": "change"}),
        ("Share", {"cells": "share"}),
        ("Concentration", {"cells": "lq"}),
    ],
)


def layout(**_: Any) -> Component:
    return html.Div(
        [
            panel_slot("ward_totals", span=6, height=540, switch=without_dominant()),
            panel_slot("ward_map", span=6, flush=True, height=560),
            panel_slot("ward_category", height=608, switch=CELLS),
            panel_slot("category_bars", span=5, compact=True, height=420),
            panel_slot("monthly_series", span=7, height=422),
            panel_slot("ward_lsoas", span=7, height=380, switch=ward_looked_at()),
            panel_slot("ward_deprivation", span=5, compact=True, height=380),
        ],
        className="grid",
    )


def ward_looked_at() -> Pick:
    """The ward every panel looks at: the same as a click on it, for the keyboard, too."""
    wards = sorted(server.context().wards, key=lambda ward: ward.name)
    return Pick("Ward", "focus", [("", "All wards"), *((ward.code, ward.name) for ward in wards)])


def without_dominant() -> Switch | None:
    """All categories, or without the one that outweighs the others."""
    dominant = filter_bar.dominant_category(server.snapshot())
    if dominant is None:
        return None
    others = [c.slug for c in server.context().categories if c.name != dominant.name]
    return Switch(
        "Categories",
        [("All categories", {"category": None}), (filter_bar.without(dominant), {"category": ",".join(others)})],
    )
