"""The shell around every page: rail, head, filter bar, notices; which page an address stands for; new snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask import current_app

from analytics.context import Context
from analytics.months import write_month
from analytics.panels import panel_specs
from analytics.words import write_date
from pages._shared import filter_bar, server
from pages._shared.access import ACCESS
from pages._shared.attributes import attributes
from pages._shared.icons import icon, icon_before

__all__ = ["GROUPS", "THEME", "layout", "page_uses", "register"]

GROUPS = ("", "Partners and residents", "Decide and report", "below")
"""Groups of the rail, in order; "" has no heading, "below" stands apart at the end. A page names its group."""

THEME: Any = {
    "fontFamily": "'Source Sans 3', system-ui, sans-serif",
    "headings": {"fontFamily": "inherit", "fontWeight": "650"},
    "fontSizes": {"xs": "14px", "sm": "15px", "md": "16px", "lg": "18px", "xl": "21px"},
    "lineHeights": {"md": "1.5"},
    "spacing": {"xs": "8px", "sm": "12px", "md": "16px", "lg": "20px", "xl": "28px"},
    "radius": {"sm": "4px", "md": "6px", "lg": "10px"},
    "defaultRadius": "md",
    "focusRing": "auto",
    "respectReducedMotion": True,
    "primaryColor": "ours",
    "primaryShade": {"light": 8, "dark": 3},
    "autoContrast": True,
    "colors": {
        "ours": [
            "#E6EEF5",
            "#C9D9E7",
            "#B7D0E5",
            "#8CC3F0",
            "#5B9BCB",
            "#3F79AD",
            "#2B6296",
            "#1D5282",
            "#12436D",
            "#0C3050",
        ]
    },
}


def layout() -> Component:
    """The shell for the current snapshot; the page is filled in by its address."""
    context = server.context()
    stores = [
        dcc.Location(id="url", refresh=False),
        dcc.Store(id="snapshot", data=context.snapshot),
        dcc.Store(id="view"),
        dcc.Store(id="page"),
        dcc.Store(id="judgement"),  # changes where what people said of priorities changes without the address
    ]
    main = html.Main(
        [
            html.Div(
                [
                    html.Div(
                        [html.H1(id="page-title", tabIndex=-1), html.P(id="page-question", className="question")],
                        className="titles",
                    ),
                    html.Div(_scheme_button("btn icon-only"), className="tools"),
                ],
                className="head",
            ),
            html.P(id="print-line", className="print-only"),
            *filter_bar.filter_bar(),
            html.Div(id="notices"),
            html.Div(id="said-once", role="status"),
            html.Div(html.P("Starting …", className="starting"), id="page-content"),
        ],
        id="main",
        className="main",
        tabIndex=-1,
    )
    column = html.Div([html.Div(_demonstration(context), id="demonstration"), main])
    return dmc.MantineProvider(
        [
            html.A("Skip to the findings", href="#main", className="skip"),
            *stores,
            _phone_bar(context),
            html.Div([_rail(context), column], className="shell"),
            html.Div(className="backdrop"),
            html.Div(id="toasts", className="toasts", role="status", **attributes(aria_live="polite")),
        ],
        id="mantine",
        theme=THEME,
        defaultColorScheme="light",
    )


def _scheme_button(classes: str) -> Component:
    return html.Button(
        [html.Span(className="icon icon-moon"), html.Span(className="icon icon-sun")],
        type="button",
        className=f"{classes} scheme",
        title="Dark or light colours",
        **attributes(data_action="scheme", aria_label="Dark colours", aria_pressed="false"),
    )


def _phone_bar(context: Context) -> Component:
    rest = _rest_of_name(context).removesuffix(" Partnership") if context.name.startswith(context.short_name) else ""
    name = html.Div([html.Strong(context.short_name), " ", html.Span(rest)], className="name")
    menu = html.Button(
        "Menu",
        type="button",
        className=icon_before("menu"),
        **attributes(data_action="open-pages", aria_haspopup="dialog"),
    )
    return html.Header([name, _scheme_button(""), menu], className="topbar")


def _rest_of_name(context: Context) -> str:
    """The partnership's name without its short name: "Community Safety Partnership"."""
    return context.name.removeprefix(context.short_name).strip()


def _rail(context: Context) -> Component:
    brand = html.Div(
        [html.Strong(context.short_name), html.Span(_rest_of_name(context) or "Community safety")], className="brand"
    )
    close = html.Button(
        "Close", type="button", className=f"close {icon_before('close')}", **attributes(data_action="close-sheet")
    )
    return html.Nav(
        [close, brand, *_page_links(), html.Div(_as_at(context), id="as-at", className="asat"), _sign_out()],
        id="rail",
        className="rail",
        **attributes(aria_label="Pages"),
    )


def _sign_out() -> Component | None:
    """Where a passphrase is asked for: the way to forget it on this browser."""
    gate = current_app.config.get(ACCESS)
    if gate is None or not gate.guarded:
        return None
    return html.Button("Sign out", type="button", className="sign-out", **attributes(data_action="sign-out"))


def _pages() -> list[dict[str, Any]]:
    """The pages with a place in the rail, in order."""
    return [page for page in dash.page_registry.values() if page.get("group") in GROUPS]


def _page_links() -> Iterable[Component]:
    for group in GROUPS:
        members = [page for page in _pages() if page["group"] == group]
        if not members:
            continue
        if group == "below":
            yield html.Div(className="gap")
        elif group:
            yield html.P(group, className="group")
        yield html.Ul([html.Li(_page_link(page)) for page in members])


def _page_link(page: dict[str, Any]) -> Component:
    path = page["path"]
    return html.A(
        [icon(page["icon"]), page["name"]],
        href=path,
        id={"type": "page-link", "path": path},
        **attributes(data_page=""),
    )


def _as_at(context: Context) -> list[Component]:
    built = datetime.fromisoformat(context.built_at)
    last = context.last_month
    until = f"Data to {write_month(last, full=True)}" if last else "No months loaded"
    return [html.B(until), html.Span(f"Snapshot {write_date(built)}", title=context.snapshot)]


def _demonstration(context: Context) -> Component | None:
    if not context.demonstration:
        return None
    words: list[Any] = [
        html.B("Demonstration data: "),
        f"{context.short_name}, its county and every figure here are invented.",
    ]
    return html.Aside([icon("info"), html.Span(words)], className="demo", **attributes(aria_label="Demonstration data"))


def page_uses(page: dict[str, Any]) -> list[str]:
    """The filters that change something on a page: those its panels use, in the order of the bar."""
    specs = panel_specs()
    used = {name for panel_id in page.get("panels", ()) if panel_id in specs for name in specs[panel_id].uses}
    used |= set(page.get("filters", ()))  # of a page that shows what panels say without showing the panels
    return [name for name in filter_bar.CHOICES if name in used]


def _page_at(pathname: str | None) -> dict[str, Any]:
    """The page of a path, the "not found" page where there is none. A slash at the end makes no difference."""
    path = (pathname or "/").rstrip("/") or "/"
    for page in dash.page_registry.values():
        if page["path"] == path and page.get("group") in GROUPS:
            return page
    return next(page for page in dash.page_registry.values() if page["module"].endswith("not_found_404"))


def arrived(pathname: str | None) -> list[Any]:
    """What an address's path changes: heading, question, content, and what the browser needs to know of the page."""
    page = _page_at(pathname)
    context = server.context()
    content = page["layout"]() if callable(page["layout"]) else page["layout"]
    wards = [ward.code for ward in context.wards] if page.get("focus") else None
    known = {"path": page["path"], "uses": page_uses(page), "focus": wards, "title": f"{page['name']} – {context.name}"}
    return [page["name"], page.get("question", ""), content, known]


def register(app: Dash) -> None:
    """Address to page, links that keep the filters, a new snapshot's footer and banner."""

    @app.callback(
        Output("page-title", "children"),
        Output("page-question", "children"),
        Output("page-content", "children"),
        Output("page", "data"),
        Input("url", "pathname"),
    )
    def open_page(pathname: str | None) -> list[Any]:
        return arrived(pathname)

    @app.callback(
        Output("as-at", "children"),
        Output("demonstration", "children"),
        Input("snapshot", "data"),
        prevent_initial_call=True,
    )
    def renew_footer(_snapshot: str | None) -> list[Any]:
        context = server.context()
        return [_as_at(context), _demonstration(context)]

    def in_browser(function: str, *arguments: Any, **options: Any) -> None:
        app.clientside_callback(ClientsideFunction("dashboard", function), *arguments, **options)

    in_browser(
        "start",
        Output("view", "data"),
        Output("mantine", "forceColorScheme"),
        Input("snapshot", "data"),
    )
    in_browser(
        "links",
        Output({"type": "page-link", "path": ALL}, "href"),
        Output({"type": "page-link", "path": ALL}, "aria-current"),
        Input("url", "pathname"),
        Input("url", "search"),
        State({"type": "page-link", "path": ALL}, "id"),
    )
    in_browser("arrive", Input("page", "data"))
    in_browser("switches", Input("url", "search"))
    in_browser(
        "focus",
        Output({"type": "panel-graph", "panel": ALL}, "clickData"),
        Input({"type": "panel-graph", "panel": ALL}, "clickData"),
        State("page", "data"),
    )
