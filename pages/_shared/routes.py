"""Addresses beside the pages: downloads, figures for pictures, boundaries, and which snapshot serves."""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Flask, Response, request, send_from_directory

from analytics.context import Context, load_context
from analytics.exports.formats import FORMATS, offered
from analytics.figures._theme import tokens
from analytics.panels import Panel, View, build_panel, panel_specs
from analytics.selection import Selection
from analytics.words import write_date
from pages._shared import server

__all__ = ["register"]

_SNAPSHOT = re.compile(r"[0-9TZ]{8,20}-[0-9a-f]{6,16}")
_YEAR = 31_536_000


def register(app: Flask) -> None:
    """Add the routes to Flask."""
    app.add_url_rule("/download/<panel_id>.<ending>", view_func=download)
    app.add_url_rule("/figure/<panel_id>.json", view_func=figure)
    app.add_url_rule("/geo/<snapshot>/<layer>.geojson", view_func=boundaries)
    app.add_url_rule("/snapshot", view_func=serving)


def _asked_panel(panel_id: str) -> tuple[Panel, Context] | Response:
    if panel_id not in panel_specs():
        return _plain(f"There is no panel called {panel_id[:60]!r}.", 404)
    snapshot = server.snapshot()
    context = load_context(snapshot)
    selection, _ = Selection.from_query(request.query_string.decode("utf-8", "replace"), context)
    return build_panel(panel_id, snapshot, selection, View("light", "wide")), context


def download(panel_id: str, ending: str) -> Response:
    """A panel's table as a file that says what it is and where it comes from."""
    if ending not in FORMATS:
        return _plain(f"There is no download ending in {ending[:20]!r}. There are: {', '.join(FORMATS)}.", 404)
    asked = _asked_panel(panel_id)
    if isinstance(asked, Response):
        return asked
    panel, context = asked
    made = FORMATS[ending]
    if made not in offered(panel):
        return _plain(f"There is no {made.name} of this panel for this selection. The CSV holds its table.", 404)
    response = Response(made.write(panel, context), mimetype=made.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(panel, context)}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def figure(panel_id: str) -> Response:
    """A panel's figure in light colours with its words, from which the browser makes a picture."""
    asked = _asked_panel(panel_id)
    if isinstance(asked, Response):
        return asked
    panel, context = asked
    if panel.figure is None:
        return _plain("This panel has no figure for this selection.", 404)
    light = tokens("light")
    built = write_date(_built_at(context))
    sources = "; ".join(dict.fromkeys(str(source) for source in panel.sources))
    notes = [
        *(f"{mark.words}." for mark in panel.marks),
        *panel.caveats,
        f"{sources}. {context.name}, snapshot {built}.",
    ]
    if context.demonstration:
        notes.append("Demonstration data: every figure is invented.")
    drawing: dict[str, Any] = {
        "figure": panel.figure,
        "height": panel.figure_height,
        "finding": panel.sentence,
        "subtitle": panel.caption,
        "notes": notes,
        "file": f"{_file_name(panel, context)}.png",
        "ink": {"text": light["text"], "quiet": light["text-quiet"], "surface": light["surface"]},
    }
    return Response(orjson.dumps(drawing, option=orjson.OPT_SERIALIZE_NUMPY), mimetype="application/json")


def boundaries(snapshot: str, layer: str) -> Response:
    """A snapshot's boundary layer. It never changes, so a browser keeps it."""
    current = server.snapshot()
    if not _SNAPSHOT.fullmatch(snapshot) or not re.fullmatch(r"[a-z_]+", layer):
        return _plain("There is no such layer.", 404)
    folder = current.folder if snapshot == current.snapshot else current.folder.parent / snapshot
    file = folder / "geo" / f"{layer}.geojson"
    if not file.is_file():
        return _plain("There is no such layer.", 404)
    response = send_from_directory(file.parent, file.name, mimetype="application/geo+json", max_age=_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def serving() -> Response:
    """The id of the snapshot that serves."""
    response = _plain(server.snapshot().snapshot, 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(words: str, status: int) -> Response:
    return Response(words + "\n", status=status, mimetype="text/plain")


def _built_at(context: Context) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(context.built_at)


def _file_name(panel: Panel, context: Context) -> str:
    """thurrock_category_totals_2025-01_2025-12"""
    name = "".join(c if c.isalnum() else "-" for c in context.short_name.lower()).strip("-")
    period = re.findall(r"(?:^|&)(?:from|to)=(\d{4}-\d\d)", panel.query)
    return "_".join([name, panel.id, *period])
