"""The facilitator's side of a workshop: sessions, the live round on the shared screen, and the decision record.

A page puts in the parts it wants with :func:`workshop_part`; ``assets/workshop.js`` asks `/workshop/parts` for them
every second and a half and sends their forms to `/workshop/do`. Parts are HTML text; nothing in them names a person.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, g, request

from analytics.decisions import (
    FEWEST,
    FIELDS,
    RANKING,
    ItemSpread,
    Record,
    Tally,
    asked_round,
    counted_shares,
    criterion_by_people,
    criterion_names,
    criterion_question,
    criterion_scale,
    decided_ranking,
    decision_record,
    entered_by_round,
    place_of,
    problem_names,
    record_csv,
    record_json,
    round_tally,
    session_judgement_of,
    taken,
)
from analytics.judgement import Judgement, JudgementError
from analytics.panels import Panel, build_panel
from analytics.selection import Selection
from analytics.session_keeper import state_of
from analytics.sessions import change_judgement
from analytics.words import is_missing, percent, write_date
from data.state import (
    Live,
    Round,
    Session,
    State,
    StateError,
    change_values,
    close_round,
    close_workshop,
    copy_session,
    delete_session,
    delete_value,
    history_of,
    list_sessions,
    live_workshop,
    lock_session,
    new_session,
    open_round,
    open_workshop,
    put_value,
    read_round,
    read_session,
    read_values,
    rename_session,
    rounds_of,
    tally_agencies,
)
from pages._shared import server
from pages._shared.access import ACCESS, Gate, is_loopback
from pages._shared.attributes import attributes
from pages._shared.markup import element, markup
from pages._shared.plain import plain_page
from pages._shared.tables import panel_table

__all__ = ["PARTS", "register", "workshop_part"]

PARTS = ("sessions", "live", "round", "record")
"""Parts a page can show: the bar of sessions, joining and rounds, the answers, the decision record."""
AGENCIES = (
    "Council",
    "Police",
    "Fire and rescue",
    "Probation",
    "Health",
    "Housing provider",
    "Voluntary sector",
    "Youth justice",
    "Police and crime commissioner’s office",
    "Other",
)
"""Agencies offered at first: the responsible authorities of a partnership and who usually sits with them."""
SPREAD, DECIDED = "workshop_spread", "decision_ranking"
_LONGEST = 1000
_CLOCKS = ZoneInfo("Europe/London")


def workshop_part(part: str, *, label: str) -> Component:
    """The place of one part on a page; the browser fills it and keeps it up to date."""
    if part not in {*PARTS, "screen"}:
        raise KeyError(part)
    return html.Section(
        html.P("…", className="starting"),
        className=f"workshop-part {part}",
        **attributes(data_workshop=part, aria_label=label),
    )


def register(app: Flask) -> None:
    """Add the routes of the facilitator's side."""
    app.add_url_rule("/workshop/parts", view_func=parts)
    app.add_url_rule("/workshop/do", view_func=do, methods=["POST"])
    app.add_url_rule("/workshop/screen", view_func=shared_screen)
    app.add_url_rule("/workshop/record", view_func=record_page)
    app.add_url_rule("/workshop/record.json", view_func=lambda: record_file("json"), endpoint="record_json")
    app.add_url_rule("/workshop/record.csv", view_func=lambda: record_file("csv"), endpoint="record_csv")


def _state() -> State:
    return state_of(server.context().folder)


def _tally(state: State, asked: Round) -> Tally:
    """The tally of a round, read once a request."""
    tallies: dict[int, Tally] = g.setdefault("tallies", {})
    if asked.id not in tallies:
        tallies[asked.id] = round_tally(state, asked)
    return tallies[asked.id]


# ---- What the parts show ------------------------------------------------------------------------------------------


def parts() -> Response:
    """The parts for the session in the address, as JSON: {part: HTML}, and a sign of them all. A fault stands
    in the sessions' place."""
    asked = request.args.get("session", "")
    made: dict[str, str] = {}
    try:
        state = _state()
        session = read_session(state, asked) if asked else None
        if "screen" in request.args:
            made["screen"] = markup(_screen(state, session))
            return _parts(made)
        made["sessions"] = markup(_sessions(state, session, asked))
        for part, build in (("live", _live), ("round", _round), ("record", _record)):
            made[part] = markup(build(state, session)) if session else _nothing_yet(part)
    except StateError as error:
        fault = markup(_fault(str(error)))
        made = {"screen" if "screen" in request.args else "sessions": fault}
    return _parts(made)


def _parts(made: dict[str, str]) -> Response:
    made = dict.fromkeys((*PARTS, "screen"), "") | made
    made["sign"] = hashlib.sha256("".join(made.values()).encode()).hexdigest()[:16]
    answer = Response(json.dumps(made), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _fault(words: str) -> Any:
    return html.Div(html.P(words), className="notice", role="alert")


def _nothing_yet(part: str) -> str:
    if part != "live":
        return ""
    steps = (
        "Begin a session above, or open one: weights, scores and choices are then kept in it.",
        "Open it for joining: people enter its short code on their own devices and choose their agency, not a name.",
        "Ask a round: what should weigh most, or how a problem scores. The spread shows here, never who said what.",
        "Close the round, talk about where you differ, choose the priorities with the reason, and print the record.",
    )
    return markup([html.H2("How a workshop runs"), html.Ol([html.Li(step) for step in steps], className="steps")])


def _form(action: str, children: Any, *, ask: str = "", **more: str) -> Any:
    held: dict[str, Any] = {"class": "line", "data-do": action, **more}
    if ask:
        held["data-ask"] = ask
    return element("form", held, children)


def _field(name: str, label: str, *, value: str = "", wide: bool = False, needed: bool = False) -> Any:
    field = element("input", {"type": "text", "name": name, "value": value, "required": needed, "maxlength": "400"})
    return html.Label([html.Span(label), field], className="wide" if wide else "")


def _area(name: str, label: str, value: str = "", *, needed: bool = False) -> Any:
    held = {"name": name, "rows": "2", "maxlength": str(_LONGEST), "required": needed}
    return html.Label([html.Span(label), element("textarea", held, value)], className="wide")


def _select(name: str, label: str, options: list[tuple[str, str]], chosen: str = "", **more: str) -> Any:
    listed = [html.Option(words, value=value, selected=value == chosen or None) for value, words in options]
    return html.Label([html.Span(label), element("select", {"name": name, **more}, listed)])


def _button(words: str, **more: Any) -> html.Button:
    return html.Button(words, type="submit", className="btn", **more)


def _hidden(name: str, value: str) -> Any:
    return element("input", {"type": "hidden", "name": name, "value": value})


def _sessions(state: State, session: Session | None, asked: str) -> list[Any]:
    options = [("", "None open")]
    for one in list_sessions(state):  # that the open one is locked stands beside it: its name has the room on a phone
        options.append((one.id, f"{one.name}{' (locked)' if one.locked and one.id != asked else ''}"))
    made: list[Any] = []
    if asked and session is None:
        made.append(_fault("The session in this address is not there (any more). Choose another, or begin a new one."))
    if not state.writable():
        made.append(_fault("The store’s folder is read-only: sessions can be looked at, and none can be saved."))
    made.append(
        html.Div(
            _select("session", "Session", options, session.id if session else "", **{"data-open": ""}), className="line"
        )
    )
    save = _form("new", [_field("name", "New session", needed=True), _button("Begin")])
    if session is None:
        how = html.P(html.A("How a workshop runs", href="/workshop"), className="to-rounds")
        return [*made, html.Div([save, how], className="lines")]
    tools = [
        _form("copy", [_field("name", "Save a copy as", value=f"{session.name}, copy", needed=True), _button("Copy")]),
        save,
    ]
    if session.locked:
        tools.append(_form("unlock", _button("Unlock"), ask="Open this session to changes again?"))
    else:
        tools += [
            _form("rename", [_field("name", "Name", value=session.name, needed=True), _button("Rename")]),
            _form("lock", _button("Lock"), ask="Lock this session? Its workshop ends, and nothing can be changed."),
            _form("delete", _button("Delete"), ask=f"Delete “{session.name}” with everything entered in it?"),
        ]
    others = [("", "none"), *((one.id, one.name) for one in list_sessions(state) if one.id != session.id)]
    made[-1].children = [
        made[-1].children,
        _select("compare", "Compare with", others, request.args.get("compare", ""), **{"data-compare": ""}),
        html.Span(_state_words(session), className="chip none" if session.locked else "chip"),
    ]
    query = urlencode({"session": session.id})
    asked_now = read_round(state, session.id)
    answered = None
    if asked_now is not None and asked_now.closed is None:
        tally = _tally(state, asked_now)
        answered = html.Span(f"Round open: {tally.people} of {tally.joined} answered", className="chip caution")
    made.append(
        html.Div(
            [
                html.A("Shared screen", href=f"/workshop/screen?{query}", target="_blank", className="btn"),
                html.A("Rounds and decision", href=f"/workshop?{query}", className="btn to-rounds"),
                answered,
            ],
            className="line",
        )
    )
    more = element("details", {}, [element("summary", {}, "Save, rename, lock"), html.Div(tools, className="lines")])
    return [*made, more]


def _state_words(session: Session) -> str:
    """When it was locked or last saved, by the clocks of England and Wales."""
    when = datetime.fromisoformat(session.locked or session.changed).astimezone(_CLOCKS)
    if session.locked:
        return f"Locked {write_date(when, short=True)}"
    today = when.date() == datetime.now(_CLOCKS).date()
    return f"Saved {when:%H:%M}" if today else f"Saved {write_date(when, short=True)}"


# ---- The shared screen --------------------------------------------------------------------------------------------

_SCREEN = (
    '<link rel="stylesheet" href="/assets/workshop.css"><link rel="stylesheet" href="/assets/icons.css">'
    '<script src="/assets/workshop.js" defer></script>'
)


def shared_screen() -> Response:
    """The round for everyone in the room: how to join, and the answers without names, large; nothing else."""
    try:
        session = read_session(_state(), request.args.get("session", ""))
    except StateError as error:
        return plain_page("Workshop", markup(html.Div([html.H1("Workshop"), _fault(str(error))], className="card")))
    name = session.name if session else "Workshop"
    place = workshop_part("screen", label="Joining and answers")
    return plain_page(f"{name} – shared screen", markup(html.Div(place, id="stage")), head=_SCREEN, main="shared")


def _screen(state: State, session: Session | None) -> list[Any]:
    if session is None:
        return [html.H1("This session is not there (any more)"), html.P(html.A("Choose another", href="/workshop"))]
    live = live_workshop(state, session.id)
    asked = asked_round(state, session.id, request.args.get("round") or None)
    back = html.A("Rounds and decision", href=f"/workshop?{urlencode({'session': session.id})}", className="btn")
    head: list[Any] = [html.P(session.name, className="kicker"), html.H1(asked.title if asked else "Welcome")]
    controls: list[Any] = [back]
    tally = None if asked is None else _tally(state, asked)
    if asked is not None and tally is not None:
        status = "Open" if asked.closed is None else "Closed"
        answered = f"{tally.people} of {tally.joined} joined {'has' if tally.people == 1 else 'have'} answered"
        head.append(html.P(f"{status}: {answered}", role="status"))
        if asked.closed is None:
            close = html.Button("Close the round", type="submit", className="btn primary")
            controls.insert(0, _form("close-round", [_hidden("round", str(asked.id)), close]))
    made: list[Any] = [html.Header([html.Div(head), _how_to_join(live, state, session)])]
    if tally is None or asked is None:
        made.append(html.P("Waiting for the first question.", className="lead"))
    elif not tally.shown:
        words = f"Answers are shown from the {_ordinal(FEWEST)} on, so that nobody can be told by theirs."
        made.append(html.P(words, className="lead"))
    else:
        panel = build_panel(SPREAD, server.snapshot(), _of_session(session, round=str(asked.id)))
        rows = element("div", {"class": "rows", "style": f"--rows:{len(panel.table)}"}, [_spread_table(tally, panel)])
        made += [html.P(panel.sentence, className="lead"), rows]
        made += [html.P(caveat, className="note") for caveat in panel.caveats]
    return [*made, html.Div(controls, className="line")]


def _how_to_join(live: Live | None, state: State, session: Session) -> Any:
    if live is None:
        words = "This session is locked" if session.locked else "The workshop is not open for joining"
        return html.Div(html.P(words), className="join")
    number = sum(tally_agencies(state, session.id).values())
    return html.Div(
        [
            html.P(["Join at ", html.B(_join_address(live.code).removeprefix("http://"), className="address")]),
            html.P(["Code ", html.Strong(f"{live.code[:3]} {live.code[3:]}"), f" {number} joined"], className="code"),
        ],
        className="join",
    )


def _join_address(code: str) -> str:
    gate = _gate()
    return f"{request.scheme if not gate.https else 'https'}://{_others_call_us(gate)}/join/{code}"


def _live(state: State, session: Session) -> list[Any]:
    if session.locked:
        return [html.P("This session is locked: it can be looked at, copied and exported.", className="quiet")]
    live = live_workshop(state, session.id)
    if live is None:
        area = _area("agencies", "Agencies to choose from, one a line", "\n".join(AGENCIES), needed=True)
        area.children[1].attributes["rows"] = "5"
        return [
            html.H2("Work together"),
            html.P(
                "People open a link on their own devices, choose their agency and answer for themselves.",
                className="quiet",
            ),
            _form("open", [area, html.Button("Open the workshop", type="submit", className="btn primary")]),
        ]
    gate: Gate = _gate()
    address = _join_address(live.code)
    joined = tally_agencies(state, session.id)
    total = sum(joined.values())
    made: list[Any] = [
        html.Div(
            [
                html.Div([html.Span("Code"), html.Strong(f"{live.code[:3]} {live.code[3:]}")], className="code"),
                html.Div([html.Span("Open on your own device"), html.B(address, className="address")]),
                html.Div(
                    [
                        html.Span("Joined"),
                        html.Strong(str(total)),
                        html.Span(", ".join(f"{agency} {n}" for agency, n in joined.items()) or "nobody yet"),
                    ]
                ),
            ],
            className="joinline",
        )
    ]
    if not gate.guarded:
        made.append(
            html.P(
                "Only this computer can open the link: the dashboard was started for it alone. To let devices in the "
                "room join, set a passphrase and start it with --host 0.0.0.0.",
                className="notice quiet",
            )
        )
    asked = read_round(state, session.id)
    end = _form("close", _button("End the workshop"), ask="End the workshop? Its code stops working.")
    if asked is not None and asked.closed is None:
        close = html.Button("Close the round", type="submit", className="btn primary")
        made.append(html.Div([_form("close-round", [_hidden("round", str(asked.id)), close]), end], className="line"))
    else:
        made += [_ask_forms(session_judgement_of(state, session.id)), end]
    return made


def _others_call_us(gate: Gate) -> str:
    """Host and port for the link: as this browser calls us, unless that name means "this computer" to everyone."""
    name, _, port = (
        request.host.rpartition(":") if request.host.rpartition(":")[2].isdigit() else (request.host, "", "")
    )
    if not gate.wide or not is_loopback(name):
        return request.host
    with socket.socket(
        socket.AF_INET, socket.SOCK_DGRAM
    ) as asked:  # asks the system for its own address; sends nothing
        try:
            asked.connect(("192.0.2.1", 9))
            own = str(asked.getsockname()[0])
        except OSError:
            return request.host
    return f"{own}:{port}" if port else own


def _gate() -> Gate:
    from flask import current_app

    gate: Gate = current_app.config[ACCESS]
    return gate


def _ask_forms(judgement: Judgement) -> Any:
    names = criterion_names(judgement)
    used = [(key, name) for key, name in names.items() if key not in judgement.unused]
    return html.Div(
        [
            _form(
                "ask-scores",
                [_select("criterion", "Score every problem on", used, "influence"), _button("Ask for scores")],
            ),
            _form("ask-weights", _button("Ask how much each criterion should count")),
        ],
        className="lines",
    )


def _round(state: State, session: Session) -> list[Any]:
    number = request.args.get("round") or None
    asked = asked_round(state, session.id, number)
    if asked is None:
        return []
    tally = _tally(state, asked)
    panel = build_panel(SPREAD, server.snapshot(), _of_session(session, round=str(asked.id)))
    status = "Open" if asked.closed is None else "Closed"
    made: list[Any] = [
        html.H2(asked.title),
        html.P(
            f"{status}. {tally.people} of {tally.joined} joined {'has' if tally.people == 1 else 'have'} answered.",
            className="quiet",
            role="status",
        ),
    ]
    if not tally.shown:
        made.append(
            html.P(
                f"Answers are shown from the {_ordinal(FEWEST)} on, so that nobody can be told by theirs.",
                className="waiting",
            )
        )
        return made
    made += [html.P(panel.sentence, className="finding"), _spread_table(tally, panel)]
    made += [html.P(caveat, className="quiet") for caveat in panel.caveats]
    if asked.closed is not None and not session.locked:
        words = "Use the medians as scores" if asked.kind == "score" else "Use the mean shares as weights"
        if taken(session_judgement_of(state, session.id), tally):
            made.append(html.P(f"✓ {_TAKEN[asked.kind]}", className="quiet"))
        else:
            made.append(_form("use", [_hidden("round", str(asked.id)), _button(words)]))
    return [*made, _other_rounds(state, session, asked)]


_TAKEN = {
    "score": "The medians are taken as scores: the ranking uses them.",
    "weight": "The mean shares are taken as weights: scores and ranks use them. How often a problem is among the first "
    "stays over all weightings; choose “Keep our order” on Priorities for those of your order.",
}


def _of_session(session: Session, **more: str) -> Selection:
    """What a session looks at: the query it was begun with, changed by what the address says."""
    said = parse_qsl(request.values.get("search", "").lstrip("?"))
    keys = {**dict(parse_qsl(session.query)), **dict(said), "session": session.id, **more}
    return server.selection(urlencode(keys, safe=","))


def _other_rounds(state: State, session: Session, shown: Round) -> Any:
    others = [one for one in rounds_of(state, session.id) if one.id != shown.id]
    if not others:
        return None
    links = [
        html.Li(html.A(one.title, href=f"/workshop?{urlencode({'session': session.id, 'round': one.id})}"))
        for one in others
    ]
    return html.Div([html.H3("Other rounds"), html.Ul(links)])


def _ordinal(n: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(n, f"{n}th")


def _spread_table(tally: Tally, panel: Panel) -> Any:
    """The panel's table with each answer as a dot; figures and order are the panel's."""
    head = html.Thead(
        html.Tr(
            [
                html.Th(panel.columns[0].heading, scope="col"),
                html.Th(["Dot: an answer; bar: the middle half; line: the median", _axis(tally)], scope="col"),
                html.Th("Median", scope="col", className="n"),
                html.Th("Middle half", scope="col", className="n"),
                html.Th("Answers", scope="col", className="n"),
                html.Th("Agreement", scope="col"),
            ]
        )
    )
    items = {one.key: one for one in tally.items}
    rows = [_spread_row(row, items[row["item_key"]], tally) for row in panel.table.to_dict("records")]
    return html.Table([head, html.Tbody(rows)], className="spread")


def _spread_row(row: Mapping[Any, Any], one: ItemSpread, tally: Tally) -> Any:
    if one.spread is None or is_missing(row["median"]):
        few = html.Td(row["agreement"], colSpan=5, className="quiet")
        return html.Tr([html.Th(one.name, scope="row"), few])
    return html.Tr(
        [
            html.Th(one.name, scope="row"),
            html.Td(_strip(one, tally), className="strip"),
            html.Td(row["median_words"], className="n"),
            html.Td(row["middle_words"], className="n"),
            html.Td(row["answers"], className="n"),
            html.Td(html.Span(row["agreement"], className=f"chip {one.spread.agreement}")),
        ]
    )


def _strip(one: ItemSpread, tally: Tally) -> Any:
    """Dots, stacked where they meet, over the middle half and the median."""
    assert one.spread is not None
    low, high = _ends(tally)

    def at(value: float) -> float:
        return round(100 * (value - low) / (high - low), 2)

    left, right = at(one.spread.lower_quartile), at(one.spread.upper_quartile)
    marks: list[Any] = [_mark("half", f"left:{left}%;width:{max(right - left, 0.6)}%")]
    places = [at(round(value, 2) if tally.round.kind == "weight" else value) for value in one.answers]
    step = min(11.0, 38 / max(1, max(map(places.count, places)) - 1))  # every dot shows, however many meet
    seen: dict[float, int] = {}
    for place in places:
        level = seen.get(place, 0)
        seen[place] = level + 1
        marks.append(_mark("dot", f"left:{place}%;bottom:{100 * (3 + level * step) / 54:.1f}%"))
    marks.append(_mark("median", f"left:{at(one.spread.median)}%"))
    return html.Div(marks, className="dots", **attributes(aria_hidden="true"))


def _mark(kind: str, style: str) -> Any:
    return element("i", {"class": kind, "style": style})  # thousands of them: components would cost four times as much


def _ends(tally: Tally) -> tuple[float, float]:
    """The ends of the strip: the scale; for shares from none to the largest given, at least 30 %."""
    if tally.round.kind != "weight":
        return tally.low, tally.high
    return 0.0, max(0.3, *(max(one.answers) for one in tally.items if one.answers))


def _axis(tally: Tally) -> Any:
    low, high = _ends(tally)
    if tally.round.kind == "weight":
        ticks = [(share / 10, f"{share * 10}\u202f%") for share in range(int(high * 10 + 1e-9) + 1)]
    else:
        ticks = [(value, str(value)) for value in range(int(low), int(high) + 1)]
    marks = [html.I(words, style={"left": f"{100 * (at - low) / (high - low):.2f}%"}) for at, words in ticks]
    return html.Div(marks, className="axis", **attributes(aria_hidden="true"))


# ---- The decision record ------------------------------------------------------------------------------------------


WORDS = {
    "why": "Why", "objective": "Objective", "indicator": "Indicator", "baseline": "Baseline", "target": "Target",
    "owner": "Owner (role)", "role": "Role", "agency": "Agency", "text": "Words",
}  # fmt: skip
"""What the fields of the decision record are called."""


def _record(state: State, session: Session) -> list[Any]:
    context = server.context()
    record = decision_record(state, session.id, context, shares=counted_shares(server.snapshot(), _of_session(session)))
    if record is None:
        return []
    names = problem_names(context, session_judgement_of(state, session.id))
    query = urlencode({"session": session.id})
    files = html.Div(
        [
            html.A("Print", href=f"/workshop/record?{query}", className="btn", target="_blank"),
            html.A("JSON", href=f"/workshop/record.json?{query}", className="btn", download=""),
            html.A("CSV", href=f"/workshop/record.csv?{query}", className="btn", download=""),
        ],
        className="line",
    )
    made: list[Any] = [html.Div([html.H2("Decision record"), files], className="headline")]
    made += _record_body(record, editable=not session.locked)
    if session.locked:
        return made
    free = [(key, name) for key, name in names.items() if key not in {one.key for one in record.chosen}]
    forms = [_form("choose", [_select("problem", "Priority", free), *_fields("chosen"), _button("Choose")])]
    if record.chosen:
        problems = _select("problem", "Objective for", [(one.key, one.name) for one in record.chosen])
        forms.append(_form("objective", [problems, *_fields("objective"), _button("Attach")]))
    forms += [
        _form("attendance", [*_fields("attendance", role="Role present"), _button("Add")]),
        _form("dissent", [*_fields("dissent", text="Dissent", role="Whose (role)"), _button("Record")]),
        _form("note", [*_fields("note", text="Note", role="Whose (role)"), _button("Add")]),
    ]
    held = {"open": not record.chosen or None, "data-keep": "add"}
    lines = html.Div(forms, className="lines")
    made.append(element("details", held, [element("summary", {}, "Add to the record"), lines]))
    return made


def _fields(kind: str, values: Mapping[str, str] | None = None, **words: str) -> list[Any]:
    """The fields of a part of the record, filled in; the first is needed."""
    made = []
    for index, name in enumerate(FIELDS[kind]):
        label, value = words.get(name, WORDS[name]), (values or {}).get(name, "")
        if name in {"why", "text"}:
            made.append(_area(name, label, value, needed=not index))
        else:
            wide = name in {"objective", "indicator"}
            made.append(_field(name, label, value=value, wide=wide, needed=not index))
    return made


def _tools(kind: str, one: Mapping[str, str], what: str, editable: bool, places: tuple[int, int] = (0, 0)) -> Any:
    """What can be done with a part of the record: change its words, take it away, and move it among its like.

    places: its own place and how many there are; (0, 0) where it stands in no order.
    """
    if not editable:
        return None
    known = [_hidden("kind", kind), _hidden("key", one["key"])]
    made = []
    place, last = places
    for words, by, free in (("Earlier", "-1", place > 1), ("Later", "1", place < last)):
        if last:
            mark = html.Span(className=f"icon icon-{'up' if by == '-1' else 'down'} icon-mark")
            button = html.Button(
                [mark, html.Span(f"{words}: {what}", className="vh")], type="submit", className="move", title=words,
                disabled=not free, **attributes(data_focus=f"{words} {one['key']}"),
            )  # fmt: skip
            made.append(_form("move", [*known, _hidden("by", by), button]))
    change = html.Button("Save", type="submit", className="btn", **attributes(aria_label=f"Save {what}"))
    fields = [*known, _hidden("version", one["version"]), *_fields(kind, one), change]
    summary = element("summary", {"aria-label": f"Change {what}"}, "Change")
    button = html.Button("Remove", type="submit", className="link", **attributes(aria_label=f"Remove {what}"))
    made.append(_form("remove", [*known, button], ask=f"Remove {what}?"))
    edit = element("details", {"class": "edit", "data-keep": f"{kind}/{one['key']}"}, [summary, _form("edit", fields)])
    return html.Div([*made, edit], className="tools")


def _record_body(record: Record, *, editable: bool = False) -> list[Any]:
    """The record as HTML; the same on the page and on paper."""
    made: list[Any] = []
    if not record.chosen:
        made.append(html.P("No priority has been chosen yet.", className="quiet"))
    for place, one in enumerate(record.chosen, start=1):
        objectives = [
            html.Li([*_objective(o), _tools("objective", o, f"the objective {o.get('objective', '')}", editable)])
            for o in one.objectives
        ]
        words = {"key": one.key, "version": one.version, "why": one.why}
        tools = _tools("chosen", words, one.name, editable, (place, len(record.chosen)))
        made.append(
            html.Div(
                [
                    html.Div([html.H3(f"{place}. {one.name}"), tools], className="headline"),
                    html.P(one.why),
                    html.Ul(objectives) if objectives else html.P("No objective attached yet.", className="quiet"),
                ],
                className="priority",
            )
        )

    def listed(title: str, lines: list[Any]) -> None:
        if lines:
            many = "many" if len(lines) > 5 else ""
            made.extend([html.H3(title), html.Ul([html.Li(line) for line in lines], className=many)])

    listed(
        "Who was there",
        [[_who(one), _tools("attendance", one, one.get("role", ""), editable)] for one in record.roles],
    )
    listed("Devices that joined", [f"{agency}: {n}" for agency, n in record.joined.items()])
    listed("Dissent", [[_with_role(one), _tools("dissent", one, "this dissent", editable)] for one in record.dissent])
    listed("Notes", [[_with_role(one), _tools("note", one, "this note", editable)] for one in record.notes])
    listed("Weights", [f"{name} {percent(100 * share)}" for name, _, share in record.weights])
    listed(
        "Scores entered",
        [
            f"{e['problem']}, {e['criterion']}: {e['words']} ({e['by']}, {e['at'][:10]})"
            + (f". {e['reason']}" if e["reason"] and not e["round"] else "")
            for e in record.entries
        ],
    )
    for asked in record.rounds:
        if asked["items"]:
            weigh = asked["kind"] == "weight"
            listed(
                f"Round: {asked['title']} ({asked['people']} people)",
                [_round_line(one, weigh) for one in asked["items"]],
            )
    basis = [f"{what}: {words}" for what, words in record.basis]
    listed("Evidence", [*basis, f"Begun on snapshot {record.snapshot}"])
    return made


def _objective(one: Mapping[str, str]) -> list[Any]:
    parts = [f" {WORDS[part].split(' (')[0]}: {one[part]}." for part in FIELDS["objective"][1:] if one.get(part)]
    return [html.B(one.get("objective", "")), "".join(parts)]


def _who(one: Mapping[str, str]) -> str:
    return ", ".join(filter(None, [one.get("role"), one.get("agency")]))


def _with_role(one: Mapping[str, str]) -> str:
    return f"{one.get('text', '')} – {one['role']}" if one.get("role") else one.get("text", "")


def _round_line(one: Mapping[str, Any], weigh: bool) -> str:
    middle, low, high = (_plain(one[part], weigh) for part in ("median", "lower_quartile", "upper_quartile"))
    return f"{one['name']}: median {middle}, middle half {low} to {high}"


def _plain(value: float, weigh: bool) -> str:
    return f"{100 * value:.0f}\u202f%" if weigh else f"{value:g}"


def _decided_panel(record: Record) -> Panel:
    """The ranking kept with the decision beside that of today."""
    return build_panel(DECIDED, server.snapshot(), server.selection(urlencode({"session": record.id})))


def _asked_record() -> Record | Response:
    try:
        session = read_session(_state(), request.args.get("session", ""))
        shares = {} if session is None else counted_shares(server.snapshot(), _of_session(session))
        record = decision_record(_state(), request.args.get("session", ""), server.context(), shares=shares)
    except StateError as error:
        return Response(f"{error}\n", status=409, mimetype="text/plain")
    if record is None:
        return Response("There is no such session.\n", status=404, mimetype="text/plain")
    return record


def record_page() -> Response:
    """The decision record to print."""
    record = _asked_record()
    if isinstance(record, Response):
        return record
    state = (
        f"Locked on {record.locked[:10]}." if record.locked else f"A draft of {record.changed[:10]}: not locked yet."
    )
    content = [
        html.Div(
            [
                html.P([record.partnership, html.Span(state)], className="brandline"),
                html.H1(record.name),
                *_record_body(record),
                *_ranking_on_paper(record),
            ],
            className="card paper",
        )
    ]
    return plain_page(f"{record.name} – {record.partnership}", markup(content), main="wide")


def _ranking_on_paper(record: Record) -> list[Any]:
    if record.decided is None:
        return []
    panel = _decided_panel(record)
    caveats = [html.P(caveat, className="quiet") for caveat in panel.caveats]
    return [
        html.H3("The ranking at the decision"),
        html.P(html.B(f"{panel.sentence}.")),
        html.P(panel.subtitle),
        panel_table(panel),
        *caveats,
    ]


def record_file(kind: str) -> Response:
    """The decision record as JSON or CSV."""
    record = _asked_record()
    if isinstance(record, Response):
        return record
    name = re.sub(r"[^a-z0-9]+", "-", record.name.lower()).strip("-") or "session"
    if kind == "json":
        said = {**record_json(record), "history": [asdict(change) for change in history_of(_state(), record.id)]}
        if record.decided is not None:
            panel = _decided_panel(record)
            rows = json.loads(panel.table.to_json(orient="records"))
            said["agreement"] = {"finding": panel.sentence, "snapshot": panel.as_at, "rows": rows}
        answer = Response(json.dumps(said, indent=1, ensure_ascii=False), mimetype="application/json")
    else:
        answer = Response(record_csv(record), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="decision-record_{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


# ---- What forms do ------------------------------------------------------------------------------------------------


def do() -> Response:
    """One change, from a form of a part. Answers JSON: said (words for a toast), session (the one to open), problem."""
    action = _ACTIONS.get(request.form.get("do", ""))
    if action is None:
        return _said({"problem": "This page is older than the program: open it again."}, 400)
    try:
        return _said(action(_state(), request.form.get("session", ""), request.form))
    except (StateError, JudgementError) as error:
        return _said({"problem": str(error)}, 409)


def _said(said: Mapping[str, str], status: int = 200) -> Response:
    return Response(json.dumps(said), status=status, mimetype="application/json")


Form = Mapping[str, str]
Action = Callable[[State, str, Form], dict[str, str]]


def _text(form: Form, name: str, *, needed: bool = False) -> str:
    found = " ".join(form.get(name, "").split())[:_LONGEST]
    if needed and not found:
        raise StateError("Fill in the field first.")
    return found


def _begin(state: State, _session: str, form: Form) -> dict[str, str]:
    """A new session, with what the address holds already said in it."""
    context = server.context()
    pairs = dict(parse_qsl(form.get("search", "").lstrip("?")))
    said = server.selection(form.get("search", "")).judgement
    kept = {k: v for k, v in pairs.items() if k not in {"session", "weights", "order", "said", "compare", "round"}}
    made = new_session(state, form.get("name", ""), snapshot=context.snapshot, query=urlencode(kept, safe=","))
    if said != Judgement():
        change_judgement(context.folder, made.id, lambda _: said)
    return {"session": made.id, "said": f"“{made.name}” has begun: everything entered is kept in it"}


def _copy(state: State, session: str, form: Form) -> dict[str, str]:
    made = copy_session(state, session, form.get("name", ""))
    return {"session": made.id, "said": f"You are now in “{made.name}”"}


def _rename(state: State, session: str, form: Form) -> dict[str, str]:
    rename_session(state, session, form.get("name", ""))
    return {"said": "Renamed"}


def _keep_ranking(state: State, session: str) -> None:
    """Keep the ranking as it stands now with the decision."""
    there = read_session(state, session)
    if there is None:
        return
    body = decided_ranking(server.snapshot(), _of_session(there), server.context())
    if body is not None:
        kind, key = RANKING
        put_value(state, session, kind, key, body)


def _lock(state: State, session: str, form: Form) -> dict[str, str]:
    there = read_session(state, session)
    if there is not None and not there.locked:
        _keep_ranking(state, session)
    lock_session(state, session)
    return {"said": "Locked: nothing in it can be changed"}


def _unlock(state: State, session: str, form: Form) -> dict[str, str]:
    lock_session(state, session, locked=False)
    return {"said": "Open to changes again"}


def _delete(state: State, session: str, form: Form) -> dict[str, str]:
    delete_session(state, session)
    return {"session": "", "said": "Deleted"}


def _open(state: State, session: str, form: Form) -> dict[str, str]:
    open_workshop(state, session, form.get("agencies", "").splitlines()[:40])
    return {"said": "The workshop is open"}


def _close(state: State, session: str, form: Form) -> dict[str, str]:
    close_workshop(state, session)
    return {"said": "The workshop has ended; what was answered is kept"}


def _ask_scores(state: State, session: str, form: Form) -> dict[str, str]:
    judgement = session_judgement_of(state, session)
    criterion = form.get("criterion", "")
    names = criterion_names(judgement)
    if criterion not in names:
        raise StateError("Choose a criterion from the list.")
    items = list(problem_names(server.context(), judgement).items())
    detail = {"criterion": criterion, "low": 0, "high": min(criterion_scale(judgement, criterion), 10)}
    open_round(state, session, "score", criterion_question(judgement, criterion), items, detail)
    return {"said": "The question is on every device"}


def _ask_weights(state: State, session: str, form: Form) -> dict[str, str]:
    judgement = session_judgement_of(state, session)
    there = read_session(state, session)
    counted = {} if there is None else counted_shares(server.snapshot(), _of_session(there))
    names = criterion_names(judgement)
    items = [
        (key, name)
        for key, name in names.items()
        if key not in judgement.unused and (name in counted or criterion_by_people(judgement, key))
    ]
    detail = {"questions": {key: criterion_question(judgement, key) for key, _ in items}}
    open_round(state, session, "weight", "How much should each criterion count?", items, detail)
    return {"said": "The question is on every device"}


def _own_round(state: State, session: str, form: Form) -> Round:
    found = [one for one in rounds_of(state, session) if str(one.id) == form.get("round", "")]
    if not found:
        raise StateError("This round is not there any more.")
    return found[0]


def _close_round(state: State, session: str, form: Form) -> dict[str, str]:
    close_round(state, _own_round(state, session, form).id)
    return {"said": "The round is closed"}


def _use(state: State, session: str, form: Form) -> dict[str, str]:
    tally = round_tally(state, _own_round(state, session, form))
    if tally.round.closed is None:
        raise StateError("Close the round first.")
    change_judgement(server.context().folder, session, lambda there: entered_by_round(there, tally))
    return {"said": _TAKEN[tally.round.kind]}


def _choose(state: State, session: str, form: Form) -> dict[str, str]:
    names = problem_names(server.context(), session_judgement_of(state, session))
    key = form.get("problem", "")
    if key not in names:
        raise StateError("Choose a problem from the list.")
    why = _text(form, "why", needed=True)

    def add(there: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
        if ("chosen", key) in there:
            raise StateError(f"Someone else chose {names[key]} in the meantime: change its words in the list.")
        ordered = _in_order(there)
        return {**ordered, ("chosen", key): {"name": names[key], "why": why, "place": len(ordered) + 1}}

    change_values(state, session, {"chosen"}, add)
    _keep_ranking(state, session)
    return {"said": f"{names[key]} is chosen"}


def _in_order(there: Mapping[tuple[str, str], Any], moved: str = "", by: int = 0) -> dict[tuple[str, str], Any]:
    """The chosen problems numbered from 1 in their order, one of them moved up or down."""
    keys = sorted((key for _, key in there), key=lambda key: (place_of(there["chosen", key]), key))
    if moved in keys:
        at = keys.index(moved)
        keys.insert(max(0, at + by), keys.pop(at))
    return {("chosen", key): {**there["chosen", key], "place": place} for place, key in enumerate(keys, 1)}


def _move(state: State, session: str, form: Form) -> dict[str, str]:
    key, by = form.get("key", ""), form.get("by", "")
    if form.get("kind") != "chosen" or by not in {"-1", "1"}:
        raise StateError("This cannot be moved here.")

    def move(there: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
        if ("chosen", key) not in there:
            raise StateError("This priority is not there any more: someone removed it.")
        return _in_order(there, key, int(by))

    change_values(state, session, {"chosen"}, move)
    return {"said": "Moved"}


def _edit(state: State, session: str, form: Form) -> dict[str, str]:
    """Other words for a part of the record; who changes it second is told."""
    kind, key, version = form.get("kind", ""), form.get("key", ""), form.get("version", "")
    if kind not in FIELDS or not version.isdigit():
        raise StateError("This cannot be changed here.")
    there = next((value for value in read_values(state, session, kind) if value.key == key), None)
    if there is None:
        raise StateError("This is not there any more: someone removed it.")
    words = {name: _text(form, name, needed=not index) for index, name in enumerate(FIELDS[kind])}
    put_value(state, session, kind, key, {**there.body, **words}, version=int(version))
    return {"said": "Changed; the session’s history keeps what stood there"}


def _attach(state: State, session: str, form: Form) -> dict[str, str]:
    if form.get("problem", "") not in {value.key for value in read_values(state, session, "chosen")}:
        raise StateError("Choose the priority first that this objective is for.")
    words = {name: _text(form, name, needed=not index) for index, name in enumerate(FIELDS["objective"])}
    body = {"problem": form.get("problem", ""), **words}
    put_value(state, session, "objective", _new_key(), body)
    return {"said": "Attached"}


def _attendance(state: State, session: str, form: Form) -> dict[str, str]:
    body = {"role": _text(form, "role", needed=True), "agency": _text(form, "agency")}
    put_value(state, session, "attendance", _new_key(), body)
    return {"said": "Added"}


def _say(kind: str) -> Action:
    def say(state: State, session: str, form: Form) -> dict[str, str]:
        body = {"text": _text(form, "text", needed=True), "role": _text(form, "role")}
        put_value(state, session, kind, _new_key(), body)
        return {"said": "Recorded"}

    return say


def _remove(state: State, session: str, form: Form) -> dict[str, str]:
    kind = form.get("kind", "")
    if kind not in FIELDS:
        raise StateError("This cannot be removed here.")
    if kind == "chosen":
        attached = [v for v in read_values(state, session, "objective") if v.body.get("problem") == form.get("key")]
        for value in attached:
            delete_value(state, session, "objective", value.key)
    delete_value(state, session, kind, form.get("key", ""))
    if kind == "chosen":
        _keep_ranking(state, session)
    return {"said": "Removed; the session’s history keeps it"}


def _new_key() -> str:
    return secrets.token_hex(5)


_ACTIONS: dict[str, Action] = {
    "new": _begin,
    "copy": _copy,
    "rename": _rename,
    "lock": _lock,
    "unlock": _unlock,
    "delete": _delete,
    "open": _open,
    "close": _close,
    "ask-scores": _ask_scores,
    "ask-weights": _ask_weights,
    "close-round": _close_round,
    "use": _use,
    "choose": _choose,
    "objective": _attach,
    "edit": _edit,
    "move": _move,
    "attendance": _attendance,
    "dissent": _say("dissent"),
    "note": _say("note"),
    "remove": _remove,
}
