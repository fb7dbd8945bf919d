"""Workshop: the shared screen of a session, its live rounds, and the decision record."""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared.panel_view import panel_slot
from pages._shared.workshop import workshop_part

dash.register_page(
    __name__,
    path="/workshop",
    name="Workshop",
    order=12,
    group="Decide and report",
    icon="speech",
    question="What do we think, where do we differ, and what did we decide?",
    panels=("session_rankings", "session_differences", "decision_ranking"),
)


def layout(**_: Any) -> Component:
    return html.Div(
        [
            workshop_part("sessions", label="Session"),
            workshop_part("live", label="Joining and rounds"),
            workshop_part("round", label="Answers"),
            panel_slot("session_rankings", height=460, maybe=True),
            panel_slot("session_differences", chart=False, height=200, maybe=True),
            workshop_part("record", label="Decision record"),
            panel_slot("decision_ranking", chart=False, height=400, maybe=True),
        ],
        className="workshop whole",
    )
