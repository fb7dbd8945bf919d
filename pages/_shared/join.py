"""The join page: people come into a live workshop on their own devices and answer for themselves. Phone first.

It works without JavaScript; with it (``assets/join.js``) the page follows the workshop by itself. It shows the
partnership's name and what the open round asks, and no figures.
"""

from __future__ import annotations

from typing import Any

from dash import html
from flask import Flask, Response, redirect, request
from itsdangerous import BadSignature
from werkzeug.wrappers import Response as AnyResponse

from analytics.context import Context
from analytics.session_keeper import state_of
from data.state import (
    Live,
    Participant,
    Round,
    State,
    StateError,
    find_live,
    give_answers,
    join_workshop,
    live_workshop,
    own_answers,
    read_participant,
    read_round,
)
from pages._shared import server
from pages._shared.access import Attempts, Gate
from pages._shared.attributes import attributes
from pages._shared.markup import element, markup
from pages._shared.plain import plain_page

__all__ = ["register"]

COOKIE = "csp_device"
HOURS = 14


def register(app: Flask, gate: Gate) -> None:
    """Add the join page's routes."""
    guesses = Attempts(free=10, longest=60.0, forget=600.0)

    def guarded(work: Any) -> AnyResponse:
        try:
            answer: AnyResponse = work()
        except StateError as error:
            return _page(_brand(), [html.H1("Something is wrong"), _problem(str(error))], status=409)
        return answer

    app.add_url_rule("/join", view_func=lambda: guarded(lambda: arrive(gate, guesses, "")), endpoint="join")
    app.add_url_rule(
        "/join/<code>", view_func=lambda code: guarded(lambda: arrive(gate, guesses, code)), endpoint="join_code"
    )
    app.add_url_rule(
        "/join", view_func=lambda: guarded(lambda: come_in(gate, guesses)), methods=["POST"], endpoint="join_in"
    )
    app.add_url_rule(
        "/join/answers", view_func=lambda: guarded(lambda: answer(gate)), methods=["POST"], endpoint="join_answers"
    )
    app.add_url_rule("/join/now", view_func=lambda: now(gate), endpoint="join_now")
    app.add_url_rule("/join/leave", view_func=lambda: leave(), methods=["POST"], endpoint="join_leave")


def _state() -> State:
    return state_of(server.context().folder)


def _brand() -> Context:
    return server.context()


def _device(gate: Gate) -> Participant | None:
    held = request.cookies.get(COOKIE)
    if not held:
        return None
    try:
        said = gate.signer("device").loads(held, max_age=HOURS * 3600)
    except BadSignature:
        return None
    return read_participant(_state(), str(said))


def arrive(gate: Gate, guesses: Attempts, code: str) -> AnyResponse:
    """Where a device stands: asked for the code, for its agency, or in the workshop."""
    code = code or request.args.get("code", "")
    device = _device(gate)
    if device is not None:
        live = live_workshop(_state(), device.session)
        if live is not None and (not code or find_live(_state(), code) == live):
            if code:
                return redirect("/join", 303)
            return _in_workshop(live, device)
        if not code:
            return _page(
                _brand(),
                [
                    html.H1("The workshop has ended"),
                    html.P("Thank you. You can close this page."),
                    _leave("Join another"),
                ],
                token="over",
            )
    if not code:
        return _page(_brand(), _code_form())
    found = _looked_up(guesses, code)
    if isinstance(found, Live):
        return _page(_brand(), _agency_form(found))
    return _page(_brand(), _code_form(found), status=429 if "Wait" in found else 404)


def _looked_up(guesses: Attempts, code: str) -> Live | str:
    """The live workshop of a code, or what to say: codes are few, so guesses are limited."""
    who = request.remote_addr or "?"
    wait = guesses.wait(who)
    if wait:
        return f"Too many wrong codes. Wait {wait} seconds, then try again."
    live = find_live(_state(), code)
    if live is None:
        guesses.failed(who)
        return "No workshop is open under this code. Check it against the screen."
    return live


def now(gate: Gate) -> Response:
    """What a device's page should show at this moment, as a word: cheap enough for a whole room to ask every second."""
    try:
        device = _device(gate)
        live = live_workshop(_state(), device.session) if device else None
        word = "over" if live is None else _token(read_round(_state(), live.session))
    except StateError as error:
        return Response(f"{error}\n", status=409, mimetype="text/plain")
    answer = Response(word, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _token(asked: Round | None) -> str:
    if asked is None:
        return "wait-0"
    return f"wait-{asked.id}" if asked.closed else f"round-{asked.id}"


def come_in(gate: Gate, guesses: Attempts) -> AnyResponse:
    """The forms of the code and of the agency come here."""
    code, agency = request.form.get("code", ""), request.form.get("agency", "")
    live = _looked_up(guesses, code)
    if isinstance(live, str):
        return _page(_brand(), _code_form(live), status=429 if "Wait" in live else 404)
    if not agency:
        return redirect(f"/join/{live.code}", 303)
    if agency not in live.agencies:
        return _page(_brand(), _agency_form(live, "Choose your agency from the list."), status=400)
    device = join_workshop(_state(), code, agency)
    there = redirect("/join", 303)
    gate.cookie(there, COOKIE, gate.signer("device").dumps(device.id), hours=HOURS, path="/join")
    return there


def answer(gate: Gate) -> AnyResponse:
    """A device's answers to a round."""
    device = _device(gate)
    if device is None:
        return redirect("/join", 303)
    values: dict[str, float] = {}
    for name, text in request.form.items():
        if name.startswith("item:"):
            try:
                values[name.removeprefix("item:")] = float(text)
            except ValueError:
                raise StateError("An answer is no number. Go back and choose again.") from None
    try:
        number = int(request.form.get("round", ""))
    except ValueError:
        raise StateError("This form belongs to no round. Open the join page again.") from None
    if values:
        give_answers(_state(), device.id, number, values)
    return redirect("/join", 303)


def leave() -> AnyResponse:
    """Forget this device's place, to join another workshop."""
    there = redirect("/join", 303)
    there.delete_cookie(COOKIE, path="/join")
    return there


# ---- What it shows ------------------------------------------------------------------------------------------------


def _page(context: Context, parts: list[Any], *, status: int = 200, token: str = "") -> Response:
    brand = html.P([context.short_name, html.Span("Community safety workshop")], className="brandline")
    card = html.Div(parts, className="card", id="join", **attributes(data_token=token))
    follow = (
        '<script src="/assets/join.js" defer></script>\n<noscript><meta http-equiv="refresh" content="15"></noscript>\n'
    )
    return plain_page(
        f"Join – {context.short_name}", markup([brand, card]), status=status, head=follow if token else ""
    )


def _problem(words: str) -> Any:
    return html.P(words, className="problem", role="alert", id="problem") if words else None


def _code_form(problem: str = "") -> list[Any]:
    field: dict[str, Any] = {
        "type": "text",
        "name": "code",
        "id": "code",
        "class": "code",
        "required": True,
        "maxlength": "12",
        "autocomplete": "off",
        "autocapitalize": "characters",
        "spellcheck": "false",
    }
    if problem:
        field |= attributes(aria_invalid="true", aria_describedby="problem")
    form = element(
        "form",
        {"method": "post", "action": "/join", "class": "form"},
        [
            html.Label("Code on the screen", htmlFor="code"),
            element("input", field),
            html.Button("Join", type="submit", className="btn primary"),
        ],
    )
    return [html.H1("Join the workshop"), _problem(problem), form]


def _agency_form(live: Live, problem: str = "") -> list[Any]:
    choices = [
        html.Label([element("input", {"type": "radio", "name": "agency", "value": agency, "required": True}), agency])
        for agency in live.agencies
    ]
    form = element(
        "form",
        {"method": "post", "action": "/join", "class": "form"},
        [
            element("input", {"type": "hidden", "name": "code", "value": live.code}),
            element("fieldset", {}, [html.Legend("Where are you from?"), html.Div(choices, className="choices")]),
            html.Button("Join", type="submit", className="btn primary"),
            html.P("No name is asked for. The screen shows what all answered together, never who.", className="aside"),
        ],
    )
    return [html.H1(live.name), _problem(problem), form]


def _in_workshop(live: Live, device: Participant) -> Response:
    asked = read_round(_state(), live.session)
    head: list[Any] = [html.H1(live.name)]
    foot = [html.P(f"You joined for {device.agency}.", className="aside"), _not_mine(live)]
    if asked is None or asked.closed:
        words = "The round is closed. Look at the shared screen." if asked else "You are in. Look at the shared screen."
        body = html.Div(
            [html.Strong(words), html.P("The next question appears here by itself.")],
            className="waiting",
            role="status",
        )
        return _page(_brand(), [*head, body, *foot], token=_token(asked))
    own = own_answers(_state(), device.id, asked.id)
    return _page(_brand(), [*head, *_round_form(asked, own), *foot], token=_token(asked))


def _round_form(asked: Round, own: dict[str, float]) -> list[Any]:
    sent = None
    if own:
        sent = html.P("Sent. You can change it until the round is closed.", className="done", role="status")
    parts = [_weigh(asked, own)] if asked.kind == "weight" else [_score(asked, item, own) for item in asked.items]
    form = element(
        "form",
        {"method": "post", "action": "/join/answers", "class": "form", "id": "answers", "data-kind": asked.kind},
        [
            element("input", {"type": "hidden", "name": "round", "value": str(asked.id)}),
            *parts,
            html.Button("Send again" if own else "Send", type="submit", className="btn primary"),
        ],
    )
    hint = (
        "How much should each count? What you give is turned into shares."
        if asked.kind == "weight"
        else "Leave out what you cannot judge."
    )
    return [html.H2(asked.title), sent, html.P(hint, className="aside"), form]


def _score(asked: Round, item: tuple[str, str], own: dict[str, float]) -> Any:
    key, words = item
    low, high = int(float(asked.detail.get("low", 0))), int(float(asked.detail.get("high", 5)))
    steps = [
        html.Label(
            [
                element(
                    "input",
                    {"type": "radio", "name": f"item:{key}", "value": str(step), "checked": own.get(key) == step},
                ),
                str(step),
            ]
        )
        for step in range(low, high + 1)
    ]
    ends = html.Div(
        [
            html.Span(str(asked.detail.get("low_words") or "not at all")),
            html.Span(str(asked.detail.get("high_words") or "very much")),
        ],
        className="ends",
    )
    return element("fieldset", {"class": "item"}, [html.Legend(words), html.Div(steps, className="scale"), ends])


def _weigh(asked: Round, own: dict[str, float]) -> Any:
    rows = []
    questions = dict(asked.detail.get("questions", {}))
    for key, words in asked.items:
        value = f"{own.get(key, 5.0):g}"
        rows.append(
            html.Div(
                [
                    html.Label(words, htmlFor=f"w-{key}"),
                    element("output", {"for": f"w-{key}"}, value),
                    html.P(questions[key], className="aside", id=f"q-{key}") if key in questions else None,
                    element(
                        "input",
                        {
                            "type": "range",
                            "name": f"item:{key}",
                            "id": f"w-{key}",
                            "min": "0",
                            "max": "10",
                            "step": "1",
                            "value": value,
                            **({"aria-describedby": f"q-{key}"} if key in questions else {}),
                        },
                    ),
                ],
                className="weigh item",
            )
        )
    return html.Div(rows)


def _not_mine(live: Live) -> Any:
    """The way out, away from what people send: what it takes with it is said first."""
    asks = html.P(f"Leave “{live.name}”? What you have not sent is lost. You can join again with the code.")
    summary = element("summary", {}, "Not your workshop?")
    return element("details", {"class": "leave noprint"}, [summary, asks, _leave("Leave this workshop")])


def _leave(words: str) -> Any:
    button = html.Button(words, type="submit", className="btn")
    return element("form", {"method": "post", "action": "/join/leave", "class": "noprint"}, button)
