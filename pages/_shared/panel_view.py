"""The frame every panel stands in, and the callback that fills it.

A page calls :func:`panel_slot` for each panel it shows. The slot's parts stay where they are for as long as the page is
open; only what they hold changes, so a figure moves from one state to the next and the focus is never lost.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from dash import MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component

from analytics.exports.formats import Format, offered
from analytics.figures._draw import ROWS
from analytics.panels import Panel, View, build_panel, panel_specs
from pages._shared import server
from pages._shared.attributes import attributes
from pages._shared.icons import icon, icon_before
from pages._shared.markup import Element, markup
from pages._shared.renderers import RENDERERS, Renderer
from pages._shared.tables import panel_table

__all__ = [
    "GRAPH_CONFIG",
    "Choice",
    "Months",
    "More",
    "Pick",
    "Slide",
    "Switch",
    "Typed",
    "graph_id",
    "panel_slot",
    "register",
    "shown",
]

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

_NO_FIGURE: dict[str, Any] = {
    "data": [],
    "layout": {"width": 10, "height": 10, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}},
}

_STATES: dict[str, tuple[str, str]] = {
    "none_recorded": ("none", "None recorded"),
    "no_data": ("", "No data loaded"),
    "hidden": ("hidden", "Small number hidden"),
    "too_few": ("info", "Too few to judge"),
    "elsewhere": ("info", "Outside the partnership"),
}
"""State to icon and name. The figure's place is taken by these words, unless a figure or table says more."""

_KINDS = ("charted", "plain")
"""Slots with a graph and slots without: tables and views of their own have no use for one."""


When = Mapping[str, Sequence[str]]
"""When a choice is offered: query keys and the values under which it means something ("" for the usual value)."""


@dataclass(frozen=True)
class Switch:
    """A small choice that belongs to one panel and stands in the address: label, and the query keys it sets.

    options: label and what it writes to the query string; None takes a key out.
    """

    label: str
    options: Sequence[tuple[str, dict[str, str | None]]]
    when: When = field(default_factory=dict)


@dataclass(frozen=True)
class Pick:
    """A choice from a longer list that belongs to one panel: its label, the query key, and (value, words) pairs.

    The value "" takes the key out of the address; the value None is a heading of those below it. other: the words for
    a value of the address that stands in no list.
    """

    label: str
    key: str
    options: Sequence[tuple[str | None, str]]
    when: When = field(default_factory=dict)
    other: str = ""


@dataclass(frozen=True)
class Slide:
    """A number from a range: label, query key, lowest, highest, step, the usual value (marked) and the unit."""

    label: str
    key: str
    lowest: int
    highest: int
    step: int
    usual: int
    unit: str
    when: When = field(default_factory=dict)


@dataclass(frozen=True)
class Months:
    """One month of the period under a query key, or all of them, with a button that plays them one after the other.

    The panel's figure names the months (`layout.meta.months`), because they change with the period.
    """

    label: str
    key: str
    when: When = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """A value typed or pasted under a query key: its label, what stands there as an example, and what it has to hold
    to be shown again (the address may hold other values under the key)."""

    label: str
    key: str
    example: str
    holds: str
    when: When = field(default_factory=dict)


@dataclass(frozen=True)
class More:
    """Choices that few need, folded away behind one button."""

    choices: Sequence[Switch | Pick | Slide | Typed]
    label: str = "More"


Choice = Switch | Pick | Slide | Months | Typed | More


def panel_slot(
    panel_id: str,
    *,
    span: int | None = 12,
    compact: bool = False,
    flush: bool = False,
    renderer: str | None = None,
    chart: bool = True,
    height: int = 360,
    switch: Choice | Sequence[Choice] | None = None,
    over: Component | None = None,
    notes: int | None = None,
    rows: int = 6,
    maybe: bool = False,
) -> Component:
    """The place of a panel on a page, empty until its callback fills it.

    span: columns of twelve; None inside a stack. compact: icons only, for 4 or 5 columns. flush: the figure runs to the
    frame's edges (maps). renderer: a name in RENDERERS. chart: False where the table is the view. height: of the figure
    until the panel names its own. switch: one choice of the panel's own, or several. over: buttons over the figure.
    notes: caveats that stand open, the rest behind one line; None: all. rows: of a table on a phone that stand open.
    maybe: it takes no place while there is no data for it. A panel that is not registered takes no place; a test fails
    for it.
    """
    if panel_id not in panel_specs():
        log.error("no panel is registered as %r: its slot is left out", panel_id)
        return html.Div(className="slot", hidden=True)
    if renderer is not None and renderer not in RENDERERS:
        raise KeyError(f"no renderer is called {renderer!r}")
    choices = list(switch) if isinstance(switch, Sequence) else [switch] if switch else []
    kind = "charted" if chart and renderer is None else "plain"
    own = RENDERERS[renderer].classes if renderer else ""
    classes = " ".join(filter(None, ["panel", "compact" if compact else "", "flush" if flush else "", own]))
    parts = [
        html.Div([html.Header(), html.Div(className="choose")] if choices else html.Header(), className="headrow"),
        _chart(panel_id, height, over) if kind == "charted" else None,
        html.Div(className="view"),
        html.Footer([html.Div(className="caveats"), _foot(panel_id)]),
    ]
    frame = html.Section(
        [part for part in parts if part is not None],
        id=_id("panel", panel_id, kind),
        className=f"{classes} is-loading",
        style={"--height": f"{height}px"},
        **attributes(data_panel=panel_id, data_kind=kind),
        **(attributes(data_live="") if panel_specs()[panel_id].live else {}),
    )
    slot = {
        "classes": classes,
        "renderer": renderer,
        "choose": markup([_switch(one) for one in choices]),
        "notes": notes,
        "rows": rows,
    }
    stores = [
        dcc.Store(id=_id("panel-slot", panel_id, kind), data=slot),
        dcc.Store(id=_id("panel-table", panel_id, kind), data=False),
        dcc.Store(id=_id("panel-retry", panel_id, kind), data=0),
        dcc.Store(id=_id("panel-shown", panel_id, kind)),
    ]
    place = f"slot c{span}" if span else "slot"
    return html.Div([frame, *stores], className=f"{place} maybe" if maybe else place)


def _id(part: str, panel_id: Any, kind: Any) -> dict[str, Any]:
    return {"type": part, "kind": kind, "panel": panel_id}


def graph_id(panel_id: Any) -> dict[str, Any]:
    """The id of a panel's graph."""
    return {"type": "panel-graph", "panel": panel_id}


def _chart(panel_id: str, height: int, over: Component | None) -> Component:
    graph = dcc.Graph(
        id=graph_id(panel_id),
        config=GRAPH_CONFIG,
        responsive=True,
        figure=_NO_FIGURE,
        style=_size(height),
    )
    return html.Figure([graph, over] if over else graph, className="chart")


def _size(height: int, figure: dict[str, Any] | None = None) -> dict[str, str]:
    """A graph fills the room its panel has, of at least so many pixels; one of rows at most half as many again."""
    rows = figure is not None and figure["layout"].get("meta") == ROWS
    return {"minHeight": f"{height}px"} | ({"maxHeight": f"{round(1.5 * height)}px"} if rows else {})


def _foot(panel_id: str) -> Component:
    of_panel = attributes(data_panel=panel_id)
    actions = [
        html.Button(
            "Table",
            className=icon_before("table"),
            type="button",
            **of_panel,
            **attributes(data_action="table", aria_pressed="false"),
        ),
        html.A("CSV", className=icon_before("download"), href="#", download="", **attributes(data_action="csv")),
        html.Span(className="formats"),
        html.Button(
            "Picture",
            className=icon_before("picture"),
            type="button",
            **of_panel,
            **attributes(data_action="picture"),
        ),
        html.Button(
            "Add to presentation",
            className=icon_before("screen"),
            type="button",
            title="Add to presentation",
            **of_panel,
            **attributes(data_action="present"),
        ),
    ]
    return html.Div([html.P(className="source"), html.Div(actions, className="actions")], className="foot")


def _switch(choice: Choice) -> Any:
    """The choice's control. The browser marks what the address says (`showSwitches`)."""
    if isinstance(choice, More):
        inside = html.Div([_switch(one) for one in choice.choices], className="folded")
        return Element("details", {"class": "more"}, [Element("summary", {"class": "btn"}, choice.label), inside])
    when = {"data-when": json.dumps(choice.when)} if choice.when else {}
    if isinstance(choice, Pick):
        other = attributes(data_other=choice.other) if choice.other else {}
        chosen = Element("select", {**attributes(data_query=choice.key), **other}, _options(choice.options))
        return Element("label", {"class": "pick", **when}, [html.Span(choice.label), chosen])
    if isinstance(choice, Typed):
        box = {"type": "text", "placeholder": choice.example, "autocomplete": "off", "spellcheck": "false"}
        line = Element("input", {**box, **attributes(data_query=choice.key, data_holds=choice.holds)})
        return Element("label", {"class": "pick typed", **when}, [html.Span(choice.label), line])
    if isinstance(choice, Slide):
        return Element("label", {"class": "pick slide", **when}, _slide(choice))
    if isinstance(choice, Months):
        play = html.Button(
            icon("play"), type="button", **attributes(data_action="play", aria_label="Play the months", title="Play")
        )
        bar = Element("input", {"type": "range", "min": 0, "max": 0, "step": 1, "value": 0,
                                **attributes(data_months=choice.key, aria_label=choice.label)})  # fmt: skip
        return Element("div", {"class": "pick slide months", **when}, [play, bar, Element("output")])
    buttons = [
        html.Button(label, type="button", **attributes(data_set=json.dumps(keys), aria_pressed="false"))
        for label, keys in choice.options
    ]
    said = attributes(aria_label=choice.label, data_switch="")
    return Element("div", {"class": "seg", "role": "group", **said, **when}, buttons)


def _options(options: Sequence[tuple[str | None, str]]) -> list[Any]:
    """The options of a list, those below a heading in a group of that name."""
    made: list[Any] = []
    inside = made
    for value, words in options:
        if value is None:
            inside = []
            made.append(Element("optgroup", {"label": words}, inside))
        else:
            inside.append(html.Option(words, value=value))
    return made


def _slide(choice: Slide) -> list[Any]:
    """A slider with a mark at the usual value, and the value in words."""
    place = (choice.usual - choice.lowest) / (choice.highest - choice.lowest)
    bar = Element("input", {
        "type": "range", "min": choice.lowest, "max": choice.highest, "step": choice.step, "value": choice.usual,
        **attributes(data_query=choice.key, data_usual=str(choice.usual), data_unit=choice.unit),
    })  # fmt: skip
    mark = html.I(className="usual", title=f"Usual: {choice.usual} {choice.unit}")
    track = Element("span", {"class": "track", "style": {"--usual": f"{place:.4f}"}}, [bar, mark])
    return [html.Span(choice.label), track, Element("output", {}, f"{choice.usual} {choice.unit}")]


# ---- Filling ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What a slot shows. `texts` holds the HTML of its parts and the attributes the browser sets."""

    state: str
    classes: str
    texts: dict[str, Any]
    figure: dict[str, Any]
    height: int


def register(app: Dash) -> None:
    """The callbacks that fill the slots, and those in the browser that put words and choices in their places."""
    for kind in _KINDS:
        _register_fill(app, kind)
        _register_words(app, kind)


def _register_words(app: Dash, kind: str) -> None:
    """Each panel by itself: the words of one never wait for another's figures."""
    app.clientside_callback(
        ClientsideFunction("dashboard", "words"),
        Output(_id("panel", MATCH, kind), "className"),
        Input(_id("panel-shown", MATCH, kind), "data"),
        State(_id("panel-shown", MATCH, kind), "id"),
    )
    app.clientside_callback(
        ClientsideFunction("dashboard", "choices"),
        Output(_id("panel", MATCH, kind), "data-choices"),
        Input(_id("panel-slot", MATCH, kind), "data"),
        State(_id("panel-slot", MATCH, kind), "id"),
    )


def _register_fill(app: Dash, kind: str) -> None:
    outputs = [Output(_id("panel", MATCH, kind), "data-state"), Output(_id("panel-shown", MATCH, kind), "data")]
    if kind == "charted":
        outputs += [Output(graph_id(MATCH), "figure"), Output(graph_id(MATCH), "style")]

    @app.callback(
        outputs,
        Input("url", "search"),
        Input("view", "data"),
        Input("snapshot", "data"),
        Input(_id("panel-table", MATCH, kind), "data"),
        Input(_id("panel-retry", MATCH, kind), "data"),
        Input("judgement", "data"),
        State(_id("panel-slot", MATCH, kind), "data"),
    )
    def fill_panel(
        search: str | None,
        view: dict[str, str] | None,
        _snapshot: str | None,
        as_table: bool,
        _retry: float,
        _judgement: Any,
        slot: dict[str, Any],
    ) -> list[Any]:
        made = shown(ctx.outputs_list[0]["id"]["panel"], search, view, slot, as_table=bool(as_table))
        return [made.state, made.texts, made.figure, _size(made.height, made.figure)][: len(outputs)]


def shown(
    panel_id: str, search: str | None, view: dict[str, str] | None, slot: dict[str, Any], *, as_table: bool = False
) -> Shown:
    """What a slot shows for an address. A failure stays inside its own slot."""
    try:
        snapshot = server.snapshot()
        panel = build_panel(panel_id, snapshot, server.selection(search, snapshot), _view(view))
        narrow = _view(view).width == "narrow"
        return _shown(panel, search, slot, as_table=as_table, rows=slot.get("rows") if narrow else None)
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


def _shown(panel: Panel, search: str | None, slot: dict[str, Any], *, as_table: bool, rows: int | None = None) -> Shown:
    renderer = RENDERERS.get(slot.get("renderer") or "")
    drawn = panel.figure is not None and renderer is None
    classes = [slot["classes"], f"is-{panel.state.replace('_', '-')}"]
    if not drawn:
        classes.append("no-chart")
        if renderer is not None and renderer.has_table and not panel.table.empty:
            classes.append("has-table")
    elif as_table:
        classes.append("shows-table")
    under = panel.caption if drawn and not as_table else panel.subtitle
    subtitle = html.P(under, className="sub") if under else None
    texts = {
        "classes": " ".join(classes),
        "header": markup([html.H2(panel.sentence), subtitle, _marks(panel)]),
        "view": markup(_view_of(panel, renderer, drawn=drawn, as_table=as_table, rows=rows)),
        "caveats": markup(_caveats(panel, slot.get("notes"))),
        "source": markup(_source_line(panel)),
        "role": "group" if panel.is_map else "img",
        "label": panel.figure_alt or f"{panel.title}. {panel.sentence}",
        "title": panel.title,
        "reason": markup(_reason(panel)),
        "table": as_table,
        "csv": csv_address(panel.id, search),
        "query": panel.query,
        "formats": markup([_format(panel.id, each, search) for each in offered(panel) if each.ending != "csv"]),
    }
    figure = panel.figure if drawn and panel.figure else _NO_FIGURE
    return Shown(panel.state, " ".join(classes), texts, figure, panel.figure_height)


def _marks(panel: Panel) -> Component | None:
    if not panel.marks:
        return None
    return html.Ul(
        [html.Li([icon(mark.icon), mark.words], className=mark.tone) for mark in panel.marks], className="marks"
    )


def _caveats(panel: Panel, notes: int | None) -> list[Component]:
    """The caveats, those beyond the first `notes` folded away behind one line that counts them."""
    said: list[Component] = [html.P(caveat, className="caveat") for caveat in panel.caveats]
    if notes is None or len(said) <= notes + 1:
        return said
    summary = html.Summary(f"{len(said) - notes} more notes on these figures")
    return [*said[:notes], html.Details([summary, *said[notes:]], className="more-notes")]


def _view_of(
    panel: Panel, renderer: Renderer | None, *, drawn: bool, as_table: bool, rows: int | None
) -> Component | None:
    """What stands in the figure's place: nothing beside a chart, else a named view, the table, or words."""
    if renderer is not None and renderer.has_table and panel.state == "no_data":
        return _words(panel)
    if renderer is not None and not (as_table and renderer.has_table and not panel.table.empty):
        return renderer.build(panel, first=rows) if renderer.folds else renderer.build(panel)
    if drawn and not as_table:
        return None
    if panel.table.empty or (panel.state in {"none_recorded", "no_data"} and not drawn):
        return _words(panel)
    return panel_table(panel, first=rows)


def csv_address(panel_id: str, search: str | None, ending: str = "csv") -> str:
    """The address of a panel's download, with the selection it shows."""
    return f"/download/{quote(panel_id)}.{ending}{search or ''}"


def _format(panel_id: str, made: Format, search: str | None) -> Component:
    """The link to a further download of a panel."""
    return html.A(
        made.name,
        className=icon_before(made.icon),
        href=csv_address(panel_id, search, made.ending),
        download="",
        title=f"{made.name}: {made.purpose}",
        **attributes(data_action=made.ending),
    )


def _source_line(panel: Panel) -> str:
    named = "; ".join(dict.fromkeys(str(source) for source in panel.sources)).removesuffix(".")
    return f"{named}." if named else ""


def _ways(panel: Panel) -> list[Component]:
    return [html.A(way.label, href=way.href, **attributes(data_page="")) for way in panel.ways]


def _reason(panel: Panel) -> Component | None:
    """Why there is no data and what helps: the browser says it once above the panels that share it (`sayOnce`)."""
    if panel.state != "no_data" or not panel.message:
        return None
    words = [html.B(panel.sentence), " ", panel.message, *(part for way in _ways(panel) for part in (" ", way))]
    return html.Div([icon("diamond"), html.P(words)], className="notice unknown")


def _words(panel: Panel) -> Component:
    """The words that take the figure's place where there is none."""
    symbol, name = _STATES.get(panel.state, ("none", "Nothing to show"))
    ways = _ways(panel)
    body: list[Any] = [html.Strong(name), html.P(panel.message) if panel.message else None]
    if ways:
        body.append(html.Div(ways, className="ways"))
    style = {"minHeight": f"{panel.figure_height}px"}
    if panel.state in {"no_data", "hidden"}:
        return html.Div(html.Div(body, className="plate"), className="state-body none", style=style)
    return html.Div([icon(symbol), *body], className="state-body", style=style)


def _failed(panel_id: str, search: str | None, slot: dict[str, Any], reference: str) -> Shown:
    title = panel_specs()[panel_id].title if panel_id in panel_specs() else panel_id
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    details = f"Panel {panel_id}, reference {reference}, {when}, choices {search or '(as it starts)'}"
    again = attributes(data_action="retry", data_panel=panel_id)
    copy = attributes(data_action="copy", data_text=details)
    body = html.Div(
        [
            icon("warning"),
            html.Strong("This panel could not be worked out"),
            html.P("The other panels are not affected. Nothing was changed."),
            html.Div(
                [
                    html.Button([icon("reset"), "Try again"], type="button", className="btn", **again),
                    html.Button("Copy details", type="button", className="btn", **copy),
                ],
                className="pair",
            ),
        ],
        className="state-body problem",
    )
    classes = f"{slot['classes']} no-chart is-error"
    texts = {
        "classes": classes,
        "header": markup(html.H2(title)),
        "view": markup(body),
        "caveats": "",
        "source": "",
        "role": "img",
        "label": title,
        "table": False,
        "csv": csv_address(panel_id, search),
        "formats": "",
    }
    return Shown("error", classes, texts, _NO_FIGURE, 10)
