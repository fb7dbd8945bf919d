"""Comparators: how do we compare with areas like ours: level, rank, change?

The category looked at stands in the address (`look`): the panels of one category show it. So does which counts are
compared (`counts`): all panels of the page show those of the street-level files, or all recorded crime.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from analytics.months import add_months, write_month
from analytics.selection import slug
from pages._shared import server
from pages._shared.panel_view import Choice, Pick, Switch, panel_slot

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
        "family_map",
        "reconciliation",
    ),
)

COUNTS = Switch(
    "Which counts are compared",
    [("Street-level files", {"counts": None, "until": None}), ("Recorded crime, Home Office", {"counts": "recorded"})],
)
STREET, RECORDED = {"counts": [""]}, {"counts": ["recorded"]}
AMONG = Switch("Areas drawn", [("Family", {"among": None}), ("All loaded", {"among": "all"})])


def layout(**_: Any) -> Component:
    """The map takes a place where the districts’ boundaries are loaded; the Data page says what is absent."""
    outlines = any(source.source == "district_boundaries" for source in server.context().manifest.sources)
    return html.Div(
        [
            panel_slot("family_position", span=8, height=526, switch=which_counts(), notes=2),
            panel_slot("family_rates", span=4, compact=True, height=465, switch=category_looked_at(), notes=2),
            panel_slot("family_change", span=7, height=430, notes=2),
            panel_slot("family_funnel", span=5, compact=True, height=430, switch=AMONG, notes=2),
            panel_slot("family_trend", span=5, compact=True, height=330, notes=2),
            panel_slot("family_sensitivity", span=7, height=602, rows=4),
            panel_slot("family_members", span=8 if outlines else 12, height=541, rows=4, notes=2),
            *([panel_slot("family_map", span=4, compact=True, height=560)] if outlines else []),
            panel_slot("reconciliation", height=360, chart=False, rows=4, notes=2),
        ],
        className="grid",
    )


def which_counts() -> list[Choice]:
    """Street-level files or recorded crime, with the year it ends in; no choice where no recorded crime is loaded."""
    ends = [add_months(quarter, 2) for quarter in server.context().quarters[3:]]
    if not ends:
        return []
    years = [(f"{end:%Y-%m}", f"Year to {write_month(end, full=True)}") for end in reversed(ends)]
    return [COUNTS, Pick("Recorded crime of", "until", [("", "The period’s last year"), *years], when=RECORDED)]


def category_looked_at() -> list[Choice]:
    """The category, or offence of recorded crime, that the panels of one category show."""
    context = server.context()
    whole = ("", "All together")
    street = [whole, *((c.slug, c.name) for c in context.categories)]
    if not context.quarters:
        return [Pick("Category", "look", street)]
    offences = [whole, *((slug(name), name) for name in context.offences)]
    return [
        Pick("Category", "look", street, when=STREET),
        Pick("Offence", "look", offences, when=RECORDED),
    ]
