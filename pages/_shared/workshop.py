"""The facilitator's side of a workshop: sessions, the live round on the shared screen, and the decision record.

A page puts in the parts it wants with :func:`workshop_part`; ``assets/workshop.js`` asks `/workshop/parts` for them
every second and a half and sends their forms to `/workshop/do`. Parts are HTML text; nothing in them names a person.
"""

from __future__ import annotations

import json
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, request

from analytics.decisions import (
    FEWEST,
    ItemSpread,
    Record,
    Tally,
    criterion_names,
    criterion_question,
    criterion_scale,
    decision_record,
    entered_by_round,
    problem_names,
    record_csv,
    record_json,
    round_tally,
    session_judgement_of,
)
from analytics.judgement import Judgement, JudgementError
from analytics.session_keeper import state_of
from analytics.sessions import change_judgement
from data.state import (
    Round,
    Session,
    State,
    StateError,
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

__all__ = ["PARTS", "register", "workshop_part"]

PARTS = ("sessions", "live", "round", "compare", "record")
"""Parts a page can show: the bar of sessions, joining and rounds, the answers, a comparison, the decision record."""
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
_LONGEST = 1000


def workshop_part(part: str, *, label: str) -> Component:
    """The place of one part on a page; the browser fills it and keeps it up to date."""
    if part not in PARTS:
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
    app.add_url_rule("/workshop/record", view_func=record_page)
    app.add_url_rule("/workshop/record.json", view_func=lambda: record_file("json"), endpoint="record_json")
    app.add_url_rule("/workshop/record.csv", view_func=lambda: record_file("csv"), endpoint="record_csv")


def _state() -> State:
    return state_of(server.context().folder)


# ---- What the parts show ------------------------------------------------------------------------------------------


def parts() -> Response:
    """The parts for the session in the address, as JSON: {part: HTML}. A fault stands in the sessions' place."""
    asked = request.args.get("session", "")
    made: dict[str, str] = {}
    try:
        state = _state()
        session = read_session(state, asked) if asked else None
        made["sessions"] = markup(_sessions(state, session, asked))
        for part, build in (("live", _live), ("round", _round), ("compare", _compare), ("record", _record)):
            made[part] = markup(build(state, session)) if session else _nothing_yet(part)
    except StateError as error:
        made = dict.fromkeys(PARTS, "") | {"sessions": markup(_fault(str(error)))}
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
    options += [(one.id, f"{one.name}{' (locked)' if one.locked else ''}") for one in list_sessions(state)]
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
        return [*made, html.Div(save, className="lines")]
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
    made.append(
        html.P(
            html.A("Shared screen, rounds and decision record", href=f"/workshop?session={session.id}"),
            className="to-screen",
        )
    )
    more = element("details", {}, [element("summary", {}, "Save, rename, lock"), html.Div(tools, className="lines")])
    return [*made, more]


def _state_words(session: Session) -> str:
    return f"Locked {session.locked[:10]}" if session.locked else f"Saved {session.changed[11:16]} UTC"


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
    address = f"{request.scheme if not gate.https else 'https'}://{_others_call_us(gate)}/join/{live.code}"
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
    number = request.args.get("round", "")
    found = [one for one in rounds_of(state, session.id) if str(one.id) == number]
    asked = found[0] if found else read_round(state, session.id)
    if asked is None:
        return []
    tally = round_tally(state, asked)
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
    made += [_spread_table(tally), _spread_note(tally)]
    if asked.closed is not None and not session.locked:
        words = "Use the medians as scores" if asked.kind == "score" else "Use the mean shares as weights"
        made.append(_form("use", [_hidden("round", str(asked.id)), _button(words)]))
    return [*made, _other_rounds(state, session, asked)]


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


def _spread_table(tally: Tally) -> Any:
    ordered = list(tally.items)  # nothing moves while people look; the order of the medians comes with the end
    if tally.round.closed is not None:
        ordered.sort(key=lambda one: -(one.spread.median if one.spread else -1))
    head = html.Thead(
        html.Tr(
            [
                html.Th("Problem" if tally.round.kind == "score" else "Criterion", scope="col"),
                html.Th(["Each answer a dot, the middle half a bar, the median a line", _axis(tally)], scope="col"),
                html.Th("Median", scope="col", className="n"),
                html.Th("Middle half", scope="col", className="n"),
                html.Th("Answers", scope="col", className="n"),
                html.Th("Agreement", scope="col"),
            ]
        )
    )
    return html.Table([head, html.Tbody([_spread_row(one, tally) for one in ordered])], className="spread")


def _spread_row(one: ItemSpread, tally: Tally) -> Any:
    if one.spread is None:
        few = html.Td(f"under {FEWEST} answers", colSpan=5, className="quiet")
        return html.Tr([html.Th(one.name, scope="row"), few])
    s = one.spread
    words = {"close": "close together", "mixed": "mixed", "apart": "far apart"}[s.agreement]
    return html.Tr(
        [
            html.Th(one.name, scope="row"),
            html.Td(_strip(one, tally), className="strip"),
            html.Td(_written(s.median, tally), className="n"),
            html.Td(f"{_written(s.lower_quartile, tally)} to {_written(s.upper_quartile, tally)}", className="n"),
            html.Td(str(s.n), className="n"),
            html.Td(html.Span(words, className=f"chip {s.agreement}")),
        ]
    )


def _written(value: float, tally: Tally) -> str:
    if tally.round.kind == "weight":
        return f"{100 * value:.0f}\u202f%"
    return f"{value:g}" if value == round(value, 1) else f"{value:.2f}"


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
        marks.append(_mark("dot", f"left:{place}%;bottom:{3 + level * step:.1f}px"))
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


def _spread_note(tally: Tally) -> Any:
    if tally.round.kind == "weight":
        words = (
            "Each person’s weights as shares that add up to 100\u202f%. Close together: the middle half of the answers "
            "spans at most 0.4 of an equal share; far apart: 0.8 or more."
        )
    else:
        words = (
            f"From {tally.low:g} ({_end(tally.round, 'low')}) to {tally.high:g} ({_end(tally.round, 'high')}). "
            "Close together: the middle half of the answers spans at most a fifth of the scale; far apart: two "
            "fifths or more."
        )
    return html.P(words, className="quiet")


def _end(asked: Round, side: str) -> str:
    return str(asked.detail.get(f"{side}_words") or {"low": "not at all", "high": "very much"}[side])


# ---- Two sessions side by side ------------------------------------------------------------------------------------


def _compare(state: State, session: Session) -> list[Any]:
    other = read_session(state, request.args.get("compare", "")) if request.args.get("compare") else None
    if other is None or other.id == session.id:
        return []
    ours, theirs = session_judgement_of(state, session.id), session_judgement_of(state, other.id)
    context = server.context()
    problems = {**problem_names(context, theirs), **problem_names(context, ours)}
    criteria = {**criterion_names(theirs), **criterion_names(ours)}
    rows: list[tuple[str, str, str]] = []

    def put(what: str, left: str, right: str) -> None:
        if left != right:
            rows.append((what, left, right))

    shares = [_shares(said, criteria) for said in (ours, theirs)]
    for key, name in criteria.items():
        put(f"Weight of {name}", shares[0].get(key, "not used"), shares[1].get(key, "not used"))
    put("Order of importance", *(_order_words(said, criteria) for said in (ours, theirs)))
    cells = dict.fromkeys(entry.cell for said in (ours, theirs) for entry in said.entries)
    for problem, criterion in cells:
        what = f"{problems.get(problem, problem)}, {criteria.get(criterion, criterion)}"
        values = [said.entry(problem, criterion) for said in (ours, theirs)]
        put(what, *(f"{one.value:.2f} ({one.by})" if one else "from the evidence" for one in values))
    for key in dict.fromkeys([*problems, *ours.left_out, *theirs.left_out]):
        states = ["left out" if key in said.left_out else "ranked" for said in (ours, theirs)]
        put(problems.get(key, key), *states)
    chosen = [_chosen_words(state, one.id, problems) for one in (session, other)]
    put("Chosen priorities", *chosen)
    put("Evidence", session.snapshot, other.snapshot)
    if not rows:
        return [html.H2(f"Nothing differs from “{other.name}”")]
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in ("What", session.name, other.name)]))
    body = html.Tbody(
        [html.Tr([html.Th(what, scope="row"), html.Td(left), html.Td(right)]) for what, left, right in rows]
    )
    things = "thing differs" if len(rows) == 1 else "things differ"
    return [html.H2(f"{len(rows)} {things} from “{other.name}”"), html.Table([head, body], className="compare")]


def _shares(said: Judgement, criteria: Mapping[str, str]) -> dict[str, str]:
    points = {key: said.points(key) for key in criteria if key not in said.unused}
    total = sum(points.values())
    return {key: f"{100 * n / total:.0f}\u202f%" if total else "0" for key, n in points.items()}


def _order_words(said: Judgement, criteria: Mapping[str, str]) -> str:
    return ", then ".join(" = ".join(criteria.get(key, key) for key in group) for group in said.order) or "none"


def _chosen_words(state: State, session: str, names: Mapping[str, str]) -> str:
    found = sorted(read_values(state, session, "chosen"), key=lambda value: str(value.body.get("place", "99")))
    return ", ".join(names.get(value.key, value.key) for value in found) or "none"


# ---- The decision record ------------------------------------------------------------------------------------------


def _record(state: State, session: Session) -> list[Any]:
    context = server.context()
    record = decision_record(state, session.id, context)
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
    made.append(
        element(
            "details",
            {"open": not record.chosen or None},
            [
                element("summary", {}, "Add to the record"),
                html.Div(
                    [
                        _form(
                            "choose",
                            [_select("problem", "Priority", free), _area("why", "Why", needed=True), _button("Choose")],
                        ),
                        *(
                            [
                                _form(
                                    "objective",
                                    [
                                        _select(
                                            "problem", "Objective for", [(one.key, one.name) for one in record.chosen]
                                        ),
                                        _field("objective", "Objective", wide=True, needed=True),
                                        _field("indicator", "Indicator", wide=True),
                                        _field("baseline", "Baseline"),
                                        _field("target", "Target"),
                                        _field("owner", "Owner (role)"),
                                        _button("Attach"),
                                    ],
                                )
                            ]
                            if record.chosen
                            else []
                        ),
                        _form(
                            "attendance",
                            [_field("role", "Role present", needed=True), _field("agency", "Agency"), _button("Add")],
                        ),
                        _form(
                            "dissent",
                            [_area("text", "Dissent", needed=True), _field("role", "Whose (role)"), _button("Record")],
                        ),
                        _form(
                            "note", [_area("text", "Note", needed=True), _field("role", "Whose (role)"), _button("Add")]
                        ),
                    ],
                    className="lines",
                ),
            ],
        )
    )
    return made


def _take_out(kind: str, key: str, what: str, editable: bool) -> Any:
    if not editable:
        return None
    button = html.Button("Remove", type="submit", className="link", **attributes(aria_label=f"Remove {what}"))
    return _form("remove", [_hidden("kind", kind), _hidden("key", key), button], ask=f"Remove {what}?")


def _record_body(record: Record, *, editable: bool = False) -> list[Any]:
    """The record as HTML; the same on the page and on paper."""
    made: list[Any] = []
    if not record.chosen:
        made.append(html.P("No priority has been chosen yet.", className="quiet"))
    for place, one in enumerate(record.chosen, start=1):
        objectives = [
            html.Li(
                [
                    html.B(o.get("objective", "")),
                    "".join(
                        f" {word}: {o[part]}."
                        for part, word in (
                            ("indicator", "Indicator"),
                            ("baseline", "Baseline"),
                            ("target", "Target"),
                            ("owner", "Owner"),
                        )
                        if o.get(part)
                    ),
                    _take_out("objective", o["key"], f"the objective {o.get('objective', '')}", editable),
                ]
            )
            for o in one.objectives
        ]
        made.append(
            html.Div(
                [
                    html.Div(
                        [html.H3(f"{place}. {one.name}"), _take_out("chosen", one.key, one.name, editable)],
                        className="headline",
                    ),
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
        [
            [
                ", ".join(filter(None, [one.get("role"), one.get("agency")])),
                _take_out("attendance", one["key"], one.get("role", ""), editable),
            ]
            for one in record.roles
        ],
    )
    listed("Devices that joined", [f"{agency}: {n}" for agency, n in record.joined.items()])
    listed(
        "Dissent",
        [
            [
                f"{one.get('text', '')}{' – ' + one['role'] if one.get('role') else ''}",
                _take_out("dissent", one["key"], "this dissent", editable),
            ]
            for one in record.dissent
        ],
    )
    listed(
        "Notes",
        [
            [
                f"{one.get('text', '')}{' – ' + one['role'] if one.get('role') else ''}",
                _take_out("note", one["key"], "this note", editable),
            ]
            for one in record.notes
        ],
    )
    listed("Weights", [f"{name} {100 * share:.0f}\u202f%" for name, _, share in record.weights])
    listed(
        "Scores entered",
        [
            f"{e['problem']}, {e['criterion']}: {e['value']:.2f} ({e['by']}, {e['at'][:10]}). {e['reason']}"
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
    evidence = f"Evidence: snapshot {record.snapshot}{', selection ' + record.query if record.query else ''}."
    made.append(html.P(evidence, className="quiet"))
    return made


def _with_role(one: Mapping[str, str]) -> str:
    return f"{one.get('text', '')} – {one['role']}" if one.get("role") else one.get("text", "")


def _round_line(one: Mapping[str, Any], weigh: bool) -> str:
    middle, low, high = (_plain(one[part], weigh) for part in ("median", "lower_quartile", "upper_quartile"))
    return f"{one['name']}: median {middle}, middle half {low} to {high}"


def _plain(value: float, weigh: bool) -> str:
    return f"{100 * value:.0f}\u202f%" if weigh else f"{value:g}"


def _asked_record() -> Record | Response:
    try:
        record = decision_record(_state(), request.args.get("session", ""), server.context())
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
            ],
            className="card paper",
        )
    ]
    return plain_page(f"{record.name} – {record.partnership}", markup(content), main="wide")


def record_file(kind: str) -> Response:
    """The decision record as JSON or CSV."""
    record = _asked_record()
    if isinstance(record, Response):
        return record
    name = re.sub(r"[^a-z0-9]+", "-", record.name.lower()).strip("-") or "session"
    if kind == "json":
        said = {**record_json(record), "history": [asdict(change) for change in history_of(_state(), record.id)]}
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


def _lock(state: State, session: str, form: Form) -> dict[str, str]:
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
    items = [(key, name) for key, name in criterion_names(judgement).items() if key not in judgement.unused]
    open_round(state, session, "weight", "How much should each criterion count?", items)
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
    return {"said": "Taken into the session: the ranking now uses it"}


def _choose(state: State, session: str, form: Form) -> dict[str, str]:
    names = problem_names(server.context(), session_judgement_of(state, session))
    key = form.get("problem", "")
    if key not in names:
        raise StateError("Choose a problem from the list.")
    place = len(read_values(state, session, "chosen")) + 1
    body = {"name": names[key], "why": _text(form, "why", needed=True), "place": place}
    put_value(state, session, "chosen", key, body, version=0)
    return {"said": f"{names[key]} is chosen"}


def _objective(state: State, session: str, form: Form) -> dict[str, str]:
    if form.get("problem", "") not in {value.key for value in read_values(state, session, "chosen")}:
        raise StateError("Choose the priority first that this objective is for.")
    body = {name: _text(form, name) for name in ("problem", "indicator", "baseline", "target", "owner")}
    body["objective"] = _text(form, "objective", needed=True)
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
    if kind not in {"chosen", "objective", "attendance", "dissent", "note"}:
        raise StateError("This cannot be removed here.")
    if kind == "chosen":
        attached = [v for v in read_values(state, session, "objective") if v.body.get("problem") == form.get("key")]
        for value in attached:
            delete_value(state, session, "objective", value.key)
    delete_value(state, session, kind, form.get("key", ""))
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
    "objective": _objective,
    "attendance": _attendance,
    "dissent": _say("dissent"),
    "note": _say("note"),
    "remove": _remove,
}
