"""Views of a panel that are neither chart nor plain table, by name; `panel_slot(renderer=…)` asks for one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.panels import Panel
from pages._shared.attributes import attributes
from pages._shared.icons import icon, verdict
from pages._shared.tables import panel_table

__all__ = ["RENDERERS", "Renderer"]


@dataclass(frozen=True)
class Renderer:
    """How a named view is built. classes: set on the panel's frame. has_table: the table can be had instead. folds: it
    is a table of which the `first` rows may stand open alone."""

    build: Callable[..., Component | None]
    classes: str = ""
    has_table: bool = False
    folds: bool = False


def verdict_strip(panel: Panel) -> Component | None:
    """What rose, fell, stands out or did not change: `facts["groups"]`, each with kind, label and items.

    An item has a name, a figure ("+33 %") or None, and notes: short lines below it.
    """
    groups: list[Mapping[str, Any]] = list(panel.facts.get("groups", ()))
    if not groups:
        return None
    return html.Div([_group(group) for group in groups], className="verdicts")


def _group(group: Mapping[str, Any]) -> html.Div:
    items = list(group["items"])
    return html.Div(
        [verdict(group["label"], group["kind"]), html.Dl([_item(item, group["kind"]) for item in items])],
        className="verdict",
        **attributes(data_items=str(len(items))),
    )


def _item(item: Mapping[str, Any], kind: str) -> html.Div:
    notes = html.Dd([html.Span([note, " "]) for note in item.get("notes", ())], className="small")
    figure = item.get("figure")
    number = [html.Dd(figure, className=f"num v {kind}")] if figure else []
    return html.Div([html.Dt(item["name"]), *number, notes])


def line(panel: Panel) -> Component:
    """One slim line: the sentence, what else there is to say, and where to read more."""
    words: list[Any] = [html.B(panel.sentence)]
    if panel.message:
        words += [" ", panel.message]
    for way in panel.ways:
        words += [" ", html.A(way.label, href=way.href, **attributes(data_page=""))]
    known = panel.state in {"ready", "none_recorded"}
    return html.Div(
        [icon("info" if known else "diamond"), html.P(words)], className="notice quiet" if known else "notice unknown"
    )


def source_table(panel: Panel, *, first: int | None = None) -> Component:
    """The sources' table: a tick where a source is complete, a chip where it is not."""
    return panel_table(panel, drawn={"state": _state}, classes="lead-bold", first=first)


def _state(words: Any) -> Component:
    if str(words).lower().startswith("complete"):
        return html.Span([icon("check"), str(words)], className="okay")
    return html.Span(str(words), className="chip none")


def spot_list(panel: Panel) -> Component:
    """The hotspots as a list to hand to a meeting: `facts["spots"]`, those beyond the map's numbers folded away."""
    spots: list[Mapping[str, Any]] = list(panel.facts.get("spots", ()))
    if not spots:
        ways = [html.A(way.label, href=way.href, **attributes(data_page="")) for way in panel.ways]
        words = [icon("none"), html.P(panel.message), html.Div(ways, className="ways") if ways else None]
        return html.Div(words, className="state-body")
    shown = [spot for spot in spots if spot["numbered"]]
    rest = spots[len(shown) :]
    parts: list[Any] = [html.Ol([_spot(spot) for spot in shown], className="spots")]
    if rest:
        opened = any(spot["chosen"] for spot in rest)
        summary = html.Summary(f"{len(rest):,} more, without a number on the map")
        listed = html.Ol([_spot(spot) for spot in rest], className="spots", start=str(len(shown) + 1))
        parts.append(html.Details([summary, listed], className="more-spots", open=opened))
    return html.Div(parts)


def _spot(spot: Mapping[str, Any]) -> Component:
    """One hotspot; the whole of it is a button that shows it on the map."""
    kept = [html.I(className="" if i < spot["held"] else "off") for i in range(spot["runs"])]
    kind = {"new": "up", "intensifying": "up", "fading": "down"}.get(spot["class"], "")
    chip = html.Span(spot["class"].capitalize(), className=f"chip {kind}".strip()) if spot["class"] else None
    go = {"spot": None, "at": None} if spot["chosen"] else {"spot": str(spot["rank"]), "at": spot["view"]}
    moved = html.Span([verdict(spot["verdict"]), f" {spot['change']}"], className="moved") if spot["change"] else None
    about = html.Span(spot["about"], className="where")
    held = f"held in {spot['held']} of {spot['runs']}"
    classes = [
        about,
        html.Span(spot["one_point"], className="chip one") if spot["one_point"] else None,
        chip,
        html.Span([html.Span(kept, className="pips", **attributes(aria_hidden="true")), held], className="held"),
        moved,
    ]
    parts = [
        html.Span(str(spot["rank"]), className="no"),
        html.Span([html.Span(spot["ward"], className="place"), html.Span(spot["places"], className="where")]),
        html.Span([spot["incidents"], html.Span(spot["share"])], className="n"),
        html.Span(classes, className="cls"),
    ]
    button = html.Button(
        parts, type="button", **attributes(data_set=json.dumps(go), aria_pressed=str(spot["chosen"]).lower())
    )
    return html.Li(button, className="sel" if spot["chosen"] else "")


def criteria_table(panel: Panel) -> Component:
    """The criteria with a link to the page each one's evidence stands on."""
    links = dict(zip(panel.table["evidence"], panel.table["link"], strict=True))

    def drawn(page: Any) -> Any:
        href = links.get(page)
        return html.A(str(page), href=str(href), **attributes(data_page="")) if href else str(page)

    return panel_table(panel, drawn={"evidence": drawn}, classes="lead-bold wide")


RENDERERS: dict[str, Renderer] = {
    "verdicts": Renderer(verdict_strip, "inshort no-foot"),
    "line": Renderer(line, "frameless"),
    "sources": Renderer(source_table, folds=True),
    "spots": Renderer(spot_list, has_table=True),
    "criteria": Renderer(criteria_table),
}
"""A new view is one function and one line here."""
