"""The frame every panel stands in, and the one callback that fills it.

A page calls :func:`panel_slot` for each panel it shows. The slot's parts stay where they are for as long as the page is
open; only what they hold changes, so a figure moves from one state to the next and the focus is never lost.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from dash import MATCH, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component

from analytics.panels import Panel, View, build_panel, panel_specs
from pages._shared import server
from pages._shared.attributes import attributes
from pages._shared.icons import icon
from pages._shared.renderers import RENDERERS, Renderer
from pages._shared.tables import panel_table

__all__ = ["GRAPH_CONFIG", "Pick", "Switch", "panel_slot", "register"]

log = logging.getLogger(__name__)

GRAPH_CONFIG: Any = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "showEditInChartStudio": False,
    "plotlyServerURL": "",
    "showTips": False,
    "doubleClick": False,
    "scrollZoom": False,
    "responsive": True,
    "locale": "en-GB",
    "topojsonURL": "/never-fetched/",
}
"""The configuration of every graph: no button that sends a chart elsewhere, no logo, no address of another host."""

_STATES: dict[str, tuple[str, str]] = {
    "none_recorded": ("none", "None recorded"),
    "no_data": ("", "No data for these months"),
    "hidden": ("hidden", "Small number hidden"),
    "too_few": ("info", "Too few to judge"),
}
"""State to icon and name. The figure's place is taken by these words, unless a figure or table says more."""


@dataclass(frozen=True)
class Switch:
    """A small choice that belongs to one panel and stands in the address: label, and the query keys it sets.

    options: label and what it writes to the query string; None takes a key out.
    """

    label: str
    options: Sequence[tuple[str, dict[str, str | None]]]


@dataclass(frozen=True)
class Pick:
    """A choice from a longer list that belongs to one panel: its label, the query key, and (value, words) pairs.

    The value "" takes the key out of the address.
    """

    label: str
    key: str
    options: Sequence[tuple[str, str]]


def panel_slot(
    panel_id: str,
    *,
    span: int | None = 12,
    compact: bool = False,
    flush: bool = False,
    renderer: str | None = None,
    height: int = 360,
    switch: Switch | Pick | None = None,
) -> Component:
    """The place of a panel on a page, empty until its callback fills it.

    span: columns of twelve; None inside a stack. compact: icons only, for 4 or 5 columns. flush: the figure runs to the
    frame's edges (maps). renderer: a name in RENDERERS. height: of the figure until the panel names its own.
    A panel that is not registered takes no place; a test fails for it.
    """
    if panel_id not in panel_specs():
        log.error("no panel is registered as %r: its slot is left out", panel_id)
        return html.Div(className="slot", hidden=True)
    if renderer is not None and renderer not in RENDERERS:
        raise KeyError(f"no renderer is called {renderer!r}")
    classes = " ".join(
        filter(
            None,
            [
                "panel",
                "compact" if compact else "",
                "flush" if flush else "",
                RENDERERS[renderer].classes if renderer else "",
            ],
        )
    )
    frame = html.Section(
        [
            html.Div(
                [html.Header(_skeleton_head(), id=_id("panel-head", panel_id)), _switch(switch)], className="headrow"
            ),
            html.Figure(
                dcc.Graph(
                    id=_id("panel-graph", panel_id),
                    config=GRAPH_CONFIG,
                    responsive=True,
                    figure={"data": [], "layout": {}},
                    style={"height": f"{height}px"},
                ),
                id=_id("panel-chart", panel_id),
                className="chart",
            ),
            html.Div(_skeleton(height), id=_id("panel-view", panel_id), className="view"),
            html.Footer(
                [
                    html.Div(id=_id("panel-caveats", panel_id)),
                    html.Div(
                        [html.P(id=_id("panel-source", panel_id), className="source"), _actions(panel_id)],
                        className="foot",
                    ),
                ]
            ),
        ],
        id=_id("panel", panel_id),
        className=f"{classes} is-loading",
        **attributes(data_panel=panel_id),
    )
    stores = [
        dcc.Store(id=_id("panel-slot", panel_id), data={"classes": classes, "renderer": renderer}),
        dcc.Store(id=_id("panel-table", panel_id), data=False),
        dcc.Store(id=_id("panel-retry", panel_id), data=0),
    ]
    return html.Div([frame, *stores], className=f"slot c{span}" if span else "slot")


def _id(part: str, panel_id: Any) -> dict[str, Any]:
    return {"type": part, "panel": panel_id}


def _switch(switch: Switch | Pick | None) -> Component | None:
    """The choice's control. The browser marks what the address says (`showSwitches`)."""
    if switch is None:
        return None
    if isinstance(switch, Pick):
        options = [html.Option(words, value=value) for value, words in switch.options]
        field = html.Select(options, **attributes(data_query=switch.key))
        return html.Label([html.Span(switch.label), field], className="pick")
    buttons = [
        html.Button(label, type="button", **attributes(data_set=json.dumps(keys), aria_pressed="false"))
        for label, keys in switch.options
    ]
    return html.Div(buttons, className="seg", role="group", **attributes(aria_label=switch.label, data_switch=""))


def _actions(panel_id: str) -> Component:
    table = html.Button(
        [icon("table"), html.Span("Table")],
        id=_id("panel-table-button", panel_id),
        type="button",
        **attributes(data_action="table", data_panel=panel_id, aria_pressed="false"),
    )
    csv = html.A([icon("download"), html.Span("CSV")], id=_id("panel-csv", panel_id), href="#", download="")
    picture = html.Button(
        [icon("picture"), html.Span("Picture")], type="button", **attributes(data_action="picture", data_panel=panel_id)
    )
    return html.Div([table, csv, picture], className="actions")


def _skeleton_head() -> list[Component]:
    return [html.Span(className="sk"), html.Span("Loading", className="vh")]


def _skeleton(height: int) -> Component:
    shapes = [(80, 54, 26), (66, 48, 24), (85, 40, 22), (54, 32, 20), (76, 26, 18), (64, 20, 20), (70, 14, 16)]
    count = max(3, min(18, height // 27))
    rows = [
        html.Div(
            [
                html.Span(className="sk", style={"width": f"{name}%"}),
                html.Span(className="sk thin", style={"width": f"{width}%", "marginLeft": f"{left}%"}),
                html.Span(className="sk"),
            ],
            className="row",
        )
        for name, left, width in (shapes[i % len(shapes)] for i in range(count))
    ]
    return html.Div(rows, className="skeleton", style={"minHeight": f"{height}px"}, **attributes(aria_hidden="true"))


def _outputs() -> list[Output]:
    return [
        Output(_id("panel", MATCH), "className"),
        Output(_id("panel-head", MATCH), "children"),
        Output(_id("panel-graph", MATCH), "figure"),
        Output(_id("panel-graph", MATCH), "style"),
        Output(_id("panel-chart", MATCH), "role"),
        Output(_id("panel-chart", MATCH), "aria-label"),
        Output(_id("panel-view", MATCH), "children"),
        Output(_id("panel-caveats", MATCH), "children"),
        Output(_id("panel-source", MATCH), "children"),
        Output(_id("panel-table-button", MATCH), "aria-pressed"),
        Output(_id("panel-csv", MATCH), "href"),
    ]


def register(app: Dash) -> None:
    """The callback that fills every slot, and the one that turns a click on a ward into the ward looked at."""

    @app.callback(
        _outputs(),
        Input("url", "search"),
        Input("view", "data"),
        Input("snapshot", "data"),
        Input(_id("panel-table", MATCH), "data"),
        Input(_id("panel-retry", MATCH), "data"),
        State(_id("panel-slot", MATCH), "data"),
    )
    def fill_panel(
        search: str | None,
        view: dict[str, str] | None,
        _snapshot: str | None,
        as_table: bool,
        _retry: float,
        slot: dict[str, Any],
    ) -> list[Any]:
        panel_id = ctx.outputs_list[0]["id"]["panel"]
        return filled(panel_id, search, view, slot, as_table=bool(as_table))


def filled(
    panel_id: str, search: str | None, view: dict[str, str] | None, slot: dict[str, Any], *, as_table: bool = False
) -> list[Any]:
    """What the parts of a slot hold, in the order of its outputs. A failure stays inside its own slot."""
    try:
        snapshot = server.snapshot()
        panel = build_panel(panel_id, snapshot, server.selection(search, snapshot), _view(view))
        return _parts(panel, search, slot, as_table=as_table)
    except Exception:  # whatever goes wrong in one panel, the others stand; the log has the whole of it
        reference = uuid.uuid4().hex[:8]
        log.exception("panel %s could not be worked out (reference %s, query %r)", panel_id, reference, search)
        return _failed(panel_id, search, slot, reference)


def _view(view: dict[str, str] | None) -> View:
    asked = view or {}
    return View(
        scheme="dark" if asked.get("scheme") == "dark" else "light",
        width="narrow" if asked.get("width") == "narrow" else "wide",
    )


def _parts(panel: Panel, search: str | None, slot: dict[str, Any], *, as_table: bool) -> list[Any]:
    renderer = RENDERERS.get(slot.get("renderer") or "")
    drawn = panel.figure is not None and renderer is None
    classes = [slot["classes"], f"is-{panel.state.replace('_', '-')}"]
    if not drawn:
        classes.append("no-chart")
    elif as_table:
        classes.append("shows-table")
    return [
        " ".join(classes),
        [html.H2(panel.sentence), html.P(panel.subtitle, className="sub") if panel.subtitle else None],
        panel.figure if drawn else {"data": [], "layout": {}},
        {"height": f"{panel.figure_height}px"},
        "group" if panel.is_map else "img",
        panel.figure_alt or f"{panel.title}. {panel.sentence}",
        _view_of(panel, renderer, drawn=drawn, as_table=as_table),
        [html.P(caveat, className="caveat") for caveat in panel.caveats],
        _source_line(panel),
        "true" if as_table else "false",
        csv_address(panel.id, search),
    ]


def _view_of(panel: Panel, renderer: Renderer | None, *, drawn: bool, as_table: bool) -> Component | None:
    """What stands in the figure's place: nothing beside a chart, else a named view, the table, or words."""
    if renderer is not None:
        return renderer.build(panel)
    if drawn and not as_table:
        return None
    if panel.table.empty or (panel.state in {"none_recorded", "no_data"} and not drawn):
        return _words(panel)
    return panel_table(panel)


def csv_address(panel_id: str, search: str | None) -> str:
    """The address of a panel's download, with the selection it shows."""
    return f"/download/{quote(panel_id)}.csv{search or ''}"


def _source_line(panel: Panel) -> str:
    return "; ".join(dict.fromkeys(str(source) for source in panel.sources)).removesuffix(".") + (
        "." if panel.sources else ""
    )


def _words(panel: Panel) -> Component:
    """The words that take the figure's place where there is none."""
    symbol, name = _STATES.get(panel.state, ("none", "Nothing to show"))
    ways = [html.A(way.label, href=way.href, **attributes(data_page="")) for way in panel.ways]
    body: list[Any] = [html.Strong(name), html.P(panel.message) if panel.message else None]
    if ways:
        body.append(html.Div(ways, className="ways"))
    style = {"minHeight": f"{panel.figure_height}px"}
    if panel.state in {"no_data", "hidden"}:
        return html.Div(html.Div(body, className="plate"), className="state-body none", style=style)
    return html.Div([icon(symbol), *body], className="state-body", style=style)


def _failed(panel_id: str, search: str | None, slot: dict[str, Any], reference: str) -> list[Any]:
    title = panel_specs()[panel_id].title if panel_id in panel_specs() else panel_id
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    details = f"Panel {panel_id}, reference {reference}, {when}, choices {search or '(as it starts)'}"
    body = html.Div(
        [
            icon("warning"),
            html.Strong("This panel could not be worked out"),
            html.P("The other panels are not affected. Nothing was changed."),
            html.Div(
                [
                    html.Button(
                        [icon("reset"), "Try again"],
                        type="button",
                        className="btn",
                        **attributes(data_action="retry", data_panel=panel_id),
                    ),
                    html.Button(
                        "Copy details",
                        type="button",
                        className="btn",
                        **attributes(data_action="copy", data_text=details),
                    ),
                ],
                className="pair",
            ),
        ],
        className="state-body problem",
    )
    return [
        f"{slot['classes']} no-chart is-error",
        [html.H2(title)],
        {"data": [], "layout": {}},
        {"height": "0px"},
        "img",
        title,
        body,
        [],
        "",
        "false",
        csv_address(panel_id, search),
    ]
