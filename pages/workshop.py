"""Workshop: the shared screen of a session, its live rounds, and the decision record."""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared.workshop import workshop_part

dash.register_page(
    __name__,
    path="/workshop",
    name="Workshop",
    order=12,
    group="Decide and report",
    icon="speech",
    question="What do we think, where do we differ, and what did we decide?",
    panels=(),
)


def layout(**_: Any) -> Component:
    return html.Div(
        [
            workshop_part("sessions", label="Session"),
            workshop_part("live", label="Joining and rounds"),
            workshop_part("round", label="Answers"),
            workshop_part("compare", label="Compared with another session"),
            workshop_part("record", label="Decision record"),
        ],
        className="workshop whole",
    )
