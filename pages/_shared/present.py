"""Present: one finding a screen, large, by keyboard. A page beside Dash, so that a link opens fast and alone.

`/present` is the page, `/present/agenda.json` its screens, `/present/screen.json` one of them, `/present/agendas.json`
the agendas saved by name. Every number is a panel's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pandas as pd
import plotly
from flask import Flask, Response, request, send_from_directory

from analytics.agenda import Screen, agenda_query, read_agenda
from analytics.context import load_context
from analytics.figures._draw import text_width
from analytics.figures._theme import tokens
from analytics.panels import Column, Panel, View, build_panel, panel_specs
from analytics.selection import Selection
from analytics.words import write, write_date
from data.errors import StateError
from data.state import Document, delete_document, list_documents, save_document
from pages._shared import server
from pages._shared.markup import markup
from pages._shared.tables import panel_table

__all__ = ["register", "screen"]

_YEAR = 31_536_000
_MOST_FIGURES = 3
_MOST_CARDS = 6
_KIND = "agenda"
_LONGEST_NAME = 80

_ZOOM = 26 / 13.5
"""How much larger a chart is shown than it is laid out (`ZOOM` in assets/present.js)."""
_ACROSS = {"all": 1728, "beside figures": 1186, "source": 928}
"""Pixels of the stage across a chart, a chart beside large figures, and the lines of source."""
_CELL = 22
"""Pixels between the columns of a table."""
_MARK = 38
"""Pixels of a mark before the words of a cell."""
_TABLE = 1866
"""Pixels for a table by the widths of its words, which are reckoned 8 % on the wide side."""
_WIDEST = 340
"""Pixels after which a cell of a table breaks its line."""
_DOWN = 1080 - 56 - 44 - 34 - 22
"""Pixels of the stage for heading, chart and source together."""

_DARKER = {
    "higher-text": "present-higher",
    "lower-text": "present-lower",
    "problem-text": "present-higher",
    "text-faint": "text-quiet",
}
"""Text in a figure that reaches 4.5 to 1 on a desk and must reach 7 to 1 in a room, by role."""

PAGE = """<!DOCTYPE html>
<html lang="en-GB" data-mantine-color-scheme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Present – {name}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="preload" as="font" type="font/woff2" crossorigin href="/assets/fonts/source-sans-3-latin-wght-normal.woff2">
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/icons.css">
<link rel="stylesheet" href="/assets/present.css">
<script src="/present/plotly-{version}.js" defer></script>
<script src="/assets/present.js" defer></script>
</head>
<body>
<div id="stage" class="stage">
<main id="screen" class="screen" tabindex="-1" aria-live="polite"><p class="starting">Starting …</p></main>
<nav class="keys" aria-label="Screens">
<button type="button" data-go="back" aria-label="Back" title="Back (←)"><span class="icon icon-back"></span></button>
<button type="button" data-go="list" class="pager" aria-haspopup="dialog" title="All screens (J)"></button>
<button type="button" data-go="on" aria-label="On" title="On (→)"><span class="icon icon-forward"></span></button>
<button type="button" data-go="table" aria-pressed="false"><kbd>T</kbd> table</button>
<button type="button" data-go="black"><kbd>B</kbd> black</button>
<button type="button" data-go="leave"><kbd>Esc</kbd> close</button>
</nav>
</div>
<dialog id="list" aria-labelledby="list-title"><h2 id="list-title">Screens</h2><ol></ol>
<p>Keys: ← → or Page Up and Page Down, Home, End; J this list; T table,
↓ reads on in a long one; B or . black; F full screen; Esc close.</p>
</dialog>
<div id="black" class="black" hidden><button type="button">Black screen: any key brings the figures back</button></div>
<noscript>The presentation draws its charts in the browser and needs JavaScript.</noscript>
</body>
</html>"""


def register(app: Flask) -> None:
    """Add the presentation's addresses to Flask."""
    app.add_url_rule("/present", view_func=page)
    app.add_url_rule("/present/agenda.json", view_func=agenda)
    app.add_url_rule("/present/screen.json", view_func=one_screen)
    app.add_url_rule("/present/agendas.json", view_func=saved_agendas)
    app.add_url_rule("/present/agendas.json", "save_agenda", save_agenda, methods=["POST"])
    app.add_url_rule("/present/agendas/<agenda_id>.json", "delete_agenda", delete_agenda, methods=["DELETE"])
    app.add_url_rule(f"/present/plotly-{plotly.__version__}.js", "present_plotly", _plotly)


def page() -> Response:
    """The page; its screens are asked for by the browser."""
    name = markup([server.context().name])
    return Response(PAGE.replace("{name}", name).replace("{version}", plotly.__version__), mimetype="text/html")


def agenda() -> Response:
    """The screens of an address, their panels' questions, and a sentence for each that cannot be shown."""
    screens, said = read_agenda(request.query_string.decode("utf-8", "replace"))
    listed = [
        {"panel": s.panel, "query": s.query, "title": panel_specs()[s.panel].title, "address": agenda_query([s])}
        for s in screens
    ]
    return _json({"screens": listed, "said": said, "name": server.context().name})


def one_screen() -> Response:
    """One screen: `panel`, and the query string of its choices."""
    asked = request.query_string.decode("utf-8", "replace")
    panel_id = request.args.get("panel", "")
    if panel_id not in panel_specs():
        return _refused(f"There is no panel called {panel_id[:60]!r}.", 404)
    return _json(screen(Screen(panel_id, asked), narrow=request.args.get("narrow") == "1"))


def saved_agendas() -> Response:
    """The agendas saved by name, the one changed last first."""
    try:
        found = list_documents(server.state(), _KIND)
    except StateError as error:
        return _refused(str(error), 503)
    return _json([_listed(document) for document in found])


def save_agenda() -> Response:
    """Save an agenda under a name; one of the same name is replaced. Body: {"name": …, "screens": [...]}."""
    if not _from_here():
        return _refused("This was not sent by the dashboard.", 403)
    body = request.get_json(silent=True)
    name = body.get("name") if isinstance(body, dict) else None
    asked = body.get("screens") if isinstance(body, dict) else None
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        return _refused(f"An agenda needs a name of at most {_LONGEST_NAME} characters.", 400)
    if not isinstance(asked, list) or not asked or not all(isinstance(one, str) for one in asked):
        return _refused("An agenda needs at least one screen.", 400)
    screens, said = read_agenda(urlencode([("screen", one) for one in asked]))
    if said:
        return _refused(" ".join(said), 400)
    try:
        same = next((d.id for d in list_documents(server.state(), _KIND) if d.name == name.strip()), None)
        saved = save_document(server.state(), _KIND, [str(one) for one in screens], name=name, id=same)
    except StateError as error:
        return _refused(str(error), 503)
    return _json(_listed(saved))


def delete_agenda(agenda_id: str) -> Response:
    """Delete a saved agenda."""
    if not _from_here():
        return _refused("This was not sent by the dashboard.", 403)
    try:
        gone = delete_document(server.state(), _KIND, agenda_id)
    except StateError as error:
        return _refused(str(error), 503)
    return _json({"deleted": gone}) if gone else _refused("There is no such agenda: somebody deleted it before.", 404)


def _listed(document: Document) -> dict[str, Any]:
    screens = [one for one in document.body if isinstance(one, str)] if isinstance(document.body, list) else []
    return {"id": document.id, "name": document.name, "changed": document.changed, "screens": screens}


def _from_here() -> bool:
    """A header that no form of another site can send."""
    return request.headers.get("X-Dashboard") == "1"


def _refused(words: str, status: int) -> Response:
    return Response(words + "\n", status=status, mimetype="text/plain")


def screen(asked: Screen, *, narrow: bool = False) -> dict[str, Any]:
    """What a screen shows. narrow: for a phone, where the link may be opened too."""
    snapshot = server.snapshot()
    context = load_context(snapshot)
    selection, _ = Selection.from_query(asked.query, context)
    panel = build_panel(asked.panel, snapshot, selection, View("light", "narrow" if narrow else "wide"))
    if panel.is_map and not narrow:  # a map's names are placed for its drawing: large type needs the drawing with few
        panel = build_panel(asked.panel, snapshot, selection, View("light", "narrow"))
    elif panel.figure is not None and not narrow:  # words in a chart are placed for the room it has
        room, height = _room(panel, _notes(panel, context.demonstration))
        panel = build_panel(asked.panel, snapshot, selection, View("light", "wide", room=room, height=height))
    drawn = panel.figure is not None
    every = [] if drawn else _cards(panel)
    cards = every[:_MOST_CARDS]
    fitting = panel if narrow else _fitting(panel)
    as_table = not panel.table.empty
    return {
        "kicker": panel.caption,
        "kicker_of_table": panel.subtitle,
        "finding": panel.sentence,
        "figures": list(panel.facts.get("figures", ()))[:_MOST_FIGURES] if drawn else [],
        "cards": cards,
        "cards_left": len(every) - len(cards),
        "figure": _in_room(panel.figure) if panel.figure is not None else None,
        "height": panel.figure_height,
        "is_map": panel.is_map,
        "alt": panel.figure_alt or panel.sentence,
        "table": markup(panel_table(fitting)) if as_table else "",
        "columns_left": _hidden(fitting) - _hidden(panel),
        "opens_as_table": as_table and not drawn and not cards,
        "message": panel.message if panel.state != "ready" or not (drawn or cards or as_table) else "",
        "notes": _notes(panel, context.demonstration),
        "as_at": f"{context.short_name}, snapshot {write_date(_day(context.built_at))}",
        "page": server_path(panel_specs()[asked.panel].page),
        "query": selection.to_query(context),
    }


def server_path(page_name: str) -> str:
    """The address of the page a panel stands on, by the page's name in the registry of panels."""
    return "/" if page_name == "overview" else "/" + page_name.replace("_", "-")


def _room(panel: Panel, notes: list[str]) -> tuple[int, int]:
    """Pixels across and down for a chart as it is laid out, below the panel's finding and above its source."""
    head = 8 + 42 * _lines(panel.caption, 32) + 88 * _lines(panel.sentence, 80, bold=True)
    foot = max(18 + 36 * sum(_lines(note, 26, across=_ACROSS["source"]) for note in notes), 92)
    across = _ACROSS["beside figures" if panel.facts.get("figures") else "all"]
    return int(across / _ZOOM), int((_DOWN - head - foot) / _ZOOM)


def _lines(words: str, size: int, *, bold: bool = False, across: int = _ACROSS["all"]) -> int:
    return math.ceil(text_width(words, size, bold=bold) / across)


def _fitting(panel: Panel) -> Panel:
    """The panel with the columns of its table that fit the stage.

    Links say nothing on a screen. Codes give way first, then months, the ends of intervals, and columns at the right.
    """
    glance = panel.glance
    frame, columns = (panel.table, panel.columns) if glance is None else (glance, panel.glance_columns)
    columns = tuple(column for column in columns if column.key != "link")
    wide = {
        column.key: _CELL
        + _MARK * (column.format == "verdict" or bool(column.side))
        + min(max([text_width(column.heading, 26, bold=True), *_widths(frame, column)]), _WIDEST)
        for column in columns
    }
    within = {key for column in columns for key in column.between}
    keys = [column.key for column in columns if not column.hidden and column.key not in within]
    uppers = [key for key in keys if "upper" in key]
    codes, months = ([k for k in keys if k.endswith("_code")], [k for k in keys if k[:4].isdigit()])
    turns = [codes, months, *([key, key.replace("upper", "lower")] for key in reversed(uppers))]
    for turn in [*turns, *([key] for key in keys[:1:-1])]:
        if sum(wide[shown.key] for shown in columns if not shown.hidden and shown.key not in within) <= _TABLE:
            break
        columns = tuple(replace(one, hidden=True) if one.key in turn else one for one in columns)
    return replace(panel, columns=columns) if glance is None else replace(panel, glance_columns=columns)


def _widths(frame: pd.DataFrame, column: Column) -> list[float]:
    values = frame[column.key].head(20) if column.key in frame else []
    limits = [frame[key].head(20) for key in column.between if key in frame]
    beneath = [" to ".join(write(limit, column.format) for limit in row) for row in zip(*limits, strict=True)]
    return [text_width(words, 28) for words in [*(write(value, column.format) for value in values), *beneath]]


def _hidden(panel: Panel) -> int:
    return sum(column.hidden for column in (*panel.columns, *panel.glance_columns))


def _notes(panel: Panel, demonstration: bool) -> list[str]:
    """One line of source; before it what must be said with the figure."""
    sources = "; ".join(dict.fromkeys(str(source) for source in panel.sources)).removesuffix(".")
    invented = ["Demonstration data: every figure is invented."] if demonstration else []
    said = [*(f"{mark.words}." for mark in panel.marks)]
    said += [caveat for caveat in panel.caveats if caveat not in panel.subtitle][:1]
    return [*([" ".join(said)] if said else []), " ".join([f"{sources}." if sources else "", *invented]).strip()]


def _cards(panel: Panel) -> list[dict[str, Any]]:
    """Large figures for panels without a chart: a strip of verdicts, a list of places."""
    cards: list[dict[str, Any]] = []
    for group in panel.facts.get("groups", ()):
        for item in group["items"]:
            if item.get("figure"):
                words = " ".join(str(note) for note in item.get("notes", ())).rstrip(";")
                cards.append({
                    "kind": group["kind"], "label": group["label"], "number": item["figure"],
                    "words": item["name"], "note": words,
                })  # fmt: skip
    for spot in panel.facts.get("spots", ()):
        cards.append({
            "kind": "flat-plain", "label": f"Place {spot['rank']}", "number": spot["incidents"], "words": spot["ward"],
            "note": f"{spot['places']}. Held in {spot['held']} of {spot['runs']} re-runs",
        })  # fmt: skip
    return cards


def _in_room(figure: Mapping[str, Any]) -> Any:
    """The figure with text colours that reach 7 to 1."""
    light = tokens("light")
    swap = {light[old]: light[new] for old, new in _DARKER.items()}

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: walk(value) for key, value in part.items()}
        if isinstance(part, (list, tuple)):
            return [walk(value) for value in part]
        if isinstance(part, str):
            return _recoloured(part, swap)
        return part

    return walk(dict(figure))


def _recoloured(words: str, swap: Mapping[str, str]) -> str:
    for old, new in swap.items():
        if old in words:
            words = words.replace(old, new)
    return words


def _day(built_at: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(built_at)


@cache
def _plotly_folder() -> Path:
    return Path(plotly.__file__).parent / "package_data"


def _plotly() -> Response:
    """plotly.js as the installed package brings it; the address names its version, so a browser keeps it."""
    response = send_from_directory(_plotly_folder(), "plotly.min.js", max_age=_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def _json(body: Any) -> Response:
    response = Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
