"""Shown for an address that is no page."""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from pages._shared.attributes import attributes

dash.register_page(
    __name__, path="/not-found", name="Page not found", question="The address names no page of this dashboard."
)


def layout(**_: Any) -> Component:
    def link(words: str, path: str) -> Component:
        return html.A(words, href=path, **attributes(data_page=""))

    return html.Section(
        [
            html.P("It may have been cut off, or belong to a page that a later version has."),
            html.P([link("Go to the Overview", "/"), " or see ", link("what is loaded", "/data"), "."]),
        ],
        className="panel notes",
    )
