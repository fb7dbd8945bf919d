"""Priorities: what should the few priorities be, and how robust is that choice?

Weights, problems and scores that people add are kept in the address, or in the workshop's session.
"""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared import judging, server
from pages._shared.panel_view import Pick, Switch, panel_slot
from pages._shared.workshop import workshop_part

dash.register_page(
    __name__,
    path="/priorities",
    name="Priorities",
    order=11,
    group="Decide and report",
    icon="ranks",
    question="What should the few priorities be, and how robust is that choice?",
    panels=(
        "priority_matrix",
        "priority_robustness",
        "entered_scores",
        "unrecorded_problems",
        "priority_ranking",
        "harm_ranks",
        "priority_places",
        "public_perceptions",
        "value_functions",
        "criteria",
        "workshop_spread",
        "session_rankings",
        "session_differences",
    ),
)

MIX = Switch("Weightings", [("All weightings", {"mix": None}), ("Keep our order", {"mix": "order"})])
TOP = Pick(
    "Choose",
    "top",
    [
        ("", "three"),
        *zip("1245678", ("one", "two", "four", "five", "six", "seven", "eight"), strict=True),
    ],
)


def layout(**_: Any) -> Component:
    return html.Div(
        [
            *judging.stores(),
            html.Div(judging.controls(), className="slot c9"),
            html.Div(workshop_part("sessions", label="Session"), className="slot c3 workshop"),
            panel_slot("session_rankings", height=460, maybe=True),
            panel_slot("session_differences", chart=False, height=200, maybe=True),
            panel_slot("priority_matrix", height=780, switch=[TOP, MIX]),
            panel_slot("workshop_spread", chart=False, height=200, maybe=True),
            panel_slot("priority_robustness", span=7, chart=False, height=320),
            html.Div(
                [
                    panel_slot("entered_scores", span=None, compact=True, chart=False, height=160),
                    panel_slot("unrecorded_problems", span=None, compact=True, chart=False, height=160),
                ],
                className="stack c5",
            ),
            panel_slot("priority_ranking", span=6, chart=False, height=420),
            panel_slot("harm_ranks", span=6, height=460, switch=_weight_sets()),
            panel_slot("priority_places", span=12, chart=False, height=420),
            panel_slot("public_perceptions", height=460),
            panel_slot("value_functions", height=400),
            panel_slot("criteria", renderer="criteria", height=300),
            html.Div(judging.forms(), className="slot c12"),
        ],
        className="grid",
    )


def _weight_sets() -> Pick:
    """The sets of harm weights; the first is used where none is chosen."""
    first, *others = server.context().harm_sets
    return Pick("Weights", "harm", [("", first.name), *((one.id, one.name) for one in others)])
