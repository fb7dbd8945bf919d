"""Presentation: which findings the board sees, in which order; the screens themselves are at /present.

The agenda is kept in the browser until it is saved; the browser fills the list (`assets/presentation.js`).
"""

from typing import Any

import dash
from dash import dcc, html
from dash.development.base_component import Component

from pages._shared.attributes import attributes
from pages._shared.icons import icon_before
from pages._shared.panel_view import panel_slot

dash.register_page(
    __name__,
    path="/presentation",
    name="Present",
    order=14,
    group="Decide and report",
    icon="screen",
    question="Which findings does the board see, one a screen?",
    panels=("improvements",),
)


def layout(**_: Any) -> Component:
    """The agenda beside how it is used, and below it the one screen that stands on no other page."""
    return html.Div(
        [
            html.Section(
                [
                    html.Div(
                        html.Header([html.H2("The agenda", id="agenda-title"), html.P(className="sub agenda-sub")]),
                        className="headrow",
                    ),
                    html.Div(id="agenda", className="agenda"),
                    html.Div(
                        [
                            html.A(
                                "Start",
                                href="/present",
                                className=f"btn primary {icon_before('screen')}",
                                id="agenda-start",
                            ),
                            _button("Copy link", "agenda-link", "link"),
                            _button("Usual agenda", "agenda-reset", "reset"),
                        ],
                        className="agenda-doings",
                    ),
                    html.Div(
                        [
                            html.Label(
                                [
                                    html.Span("Save as"),
                                    dcc.Input(
                                        id="agenda-name", type="text", maxLength=80, placeholder="Board, January"
                                    ),
                                ],
                                className="agenda-name",
                            ),
                            _button("Save", "agenda-save", "check"),
                            html.P(id="agenda-said", className="caveat", role="status"),
                            html.Ul(id="agenda-saved", **attributes(aria_label="Saved agendas")),
                        ],
                        className="agenda-saving",
                    ),
                ],
                className="panel slot c7 agenda-panel",
                **attributes(aria_labelledby="agenda-title"),
            ),
            html.Section(
                [
                    html.Div(html.Header(html.H2("In the meeting", id="keys-title")), className="headrow"),
                    _keys(),
                ],
                className="panel slot c5",
                **attributes(aria_labelledby="keys-title"),
            ),
            panel_slot("improvements", height=220),
        ],
        className="grid",
    )


def _button(words: str, action: str, icon: str) -> Component:
    return html.Button(words, type="button", className=f"btn {icon_before(icon)}", **attributes(data_action=action))


def _keys() -> Component:
    keys = [
        ("→ or Page Down", "next screen; a laser pointer’s remote does the same"),
        ("← or Page Up", "the screen before"),
        ("Home, End", "first and last screen"),
        ("J", "list of all screens, to jump to one"),
        ("T", "the figures as a table; ↓ reads on in a long one"),
        ("B or .", "black screen; any key brings it back"),
        ("F", "full screen"),
        ("Esc", "back to the page the figure is from"),
    ]
    rows = [html.Div([html.Dt(key), html.Dd(words)]) for key, words in keys]
    return html.Div(
        [
            html.Dl(rows, className="keylist"),
            html.P(
                "“Add to presentation” below every panel puts it on the agenda as it is shown then: period, wards and "
                "choices travel with it, so a link shows the same screens to anybody who can open this dashboard.",
                className="caveat",
            ),
        ]
    )
