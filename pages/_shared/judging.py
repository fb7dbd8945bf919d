"""What people say of priorities on the page: weights, their order, own problems and scores.

Weights and order are controls of the browser's own that write the address (``say`` in ``assets/judging.js``). The rest
is sent here once, checked, and goes into the session that is open, else into the address.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import Response, request

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.decisions import other_filters
from analytics.judgement import DEFAULT_POINTS, EnteredCriterion, Entry, Judgement, JudgementError, Problem, key_for
from analytics.panels._priorities import Ranking, criteria_of, evidence_of, options_of, ranking_of
from analytics.selection import Selection, judgement_pairs, read_order, read_weights
from analytics.sessions import change_judgement
from analytics.summaries import lower_first
from analytics.words import percent
from data.state import StateError, read_session
from pages._shared import server
from pages._shared.attributes import attributes
from pages._shared.icons import icon
from pages._shared.markup import Element, markup

__all__ = ["LONGEST_ADDRESS", "changed", "controls", "forms", "register"]

Said = Mapping[str, Any]

LONGEST_ADDRESS = 3000
"""Characters of an address; what people say beyond it needs a session."""


def controls() -> Component:
    """The place of the weights, above the matrix."""
    head = html.Div(
        [
            html.Header(
                [
                    html.H2("How much does each criterion count?"),
                    html.P("Points from 0 to 100; the share of the whole follows. The ranking below moves with them",
                           className="sub"),
                ]
            ),
            html.Div(id="weights-how"),
        ],
        className="headrow",
    )  # fmt: skip
    told = html.P(id="weights-told", className="told", role="alert")
    locked = html.P(id="weights-locked", className="sub")
    return html.Section(
        [head, locked, told, html.Div(id="weights-sliders", className="weights"), html.Div(id="weights-order")],
        id="weights",
        className="panel",
        **attributes(aria_label="Weights"),
    )


def forms() -> Component:
    """The place of the forms for problems and scores, below the panels."""
    summary = html.Summary("Add a problem, a criterion or a score; choose what is ranked")
    told = html.P(id="say-told", className="told", role="alert")
    return html.Section(
        [html.Details([summary, told, html.Div(id="judging-forms", className="judging")], id="judging")],
        className="panel",
        **attributes(aria_label="Problems and scores"),
    )


def stores() -> list[Component]:
    """What the page needs beside its panels: what the controls show, what was said last, and what came of it."""
    return [dcc.Store(id="weights-shown"), dcc.Store(id="say"), dcc.Store(id="say-done")]


def register(app: Dash) -> None:
    """The callbacks: what the controls show for an address, and what happens to what people say."""

    @app.callback(
        Output("weights-shown", "data"),
        Input("url", "search"),
        Input("snapshot", "data"),
        Input("judgement", "data"),
    )
    def show(search: str | None, _snapshot: str | None, _judgement: Any) -> dict[str, Any]:
        return shown(search)

    @app.callback(
        Output("say-done", "data"),
        Output("judgement", "data"),
        Input("say", "data"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def hear(said: dict[str, Any] | None, search: str | None) -> list[Any]:
        if not said:
            return [no_update, no_update]
        return heard(said, search)

    app.server.add_url_rule("/priorities/said", view_func=said_so_far)
    app.clientside_callback(ClientsideFunction("judging", "show"), Input("weights-shown", "data"))
    app.clientside_callback(ClientsideFunction("judging", "done"), Input("say-done", "data"))


def said_so_far() -> Response:
    """A sign that changes with what people said in a session, and with its lock; empty without a session."""
    answer = Response(
        _said_sign(server.selection(request.query_string.decode("utf-8", "replace"))), mimetype="text/plain"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _said_sign(selection: Selection) -> str:
    if not selection.session:
        return ""
    said = json.dumps([selection.judgement.to_json(), _locked(selection)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


# ---- What people say ----------------------------------------------------------------------------------------------


def heard(said: Mapping[str, Any], search: str | None) -> list[Any]:
    """What came of something said: new keys of the address or a message; and a sign for the panels of a session."""
    now = datetime.now(UTC).replace(microsecond=0)
    snapshot = server.snapshot()
    context = server.context()
    selection = server.selection(search, snapshot)
    answer: dict[str, Any] = {"query": {}, "told": "", "at": said.get("at"), "kind": said.get("kind")}
    try:
        if selection.session:
            held = change_judgement(
                context.folder, selection.session, lambda held: changed(held, said, selection, context, now)
            )
            return [{**answer, "seen": _seen(replace(selection, judgement=held), context)}, said.get("at")]
        judgement = changed(selection.judgement, said, selection, context, now)
        keys: dict[str, str | None] = {"weights": None, "order": None, "said": None, **dict(judgement_pairs(judgement))}
        if sum(len(value or "") for value in keys.values()) > LONGEST_ADDRESS:
            raise JudgementError("The address holds no more: open a workshop session, which keeps any number.")
    except JudgementError as error:
        return [{**answer, "told": _sentence(str(error))}, said.get("at") if selection.session else no_update]
    return [{**answer, "query": keys}, no_update]


def _seen(selection: Selection, context: Context) -> dict[str, Any]:
    """What stands there now, as the browser says it back with the next change: points a criterion, a sign of all
    weights, and a sign of each score, so that what someone else changed in the meantime is not overwritten unseen."""
    ranking = _ranking(selection, context)
    said = selection.judgement
    return {
        "points": {} if ranking is None else _points_by_key(ranking),
        "weights": _sign(said),
        "entries": {"/".join(entry.cell): _entry_sign(entry) for entry in said.entries},
    }


def _ranking(selection: Selection, context: Context) -> Ranking | None:
    with server.snapshot().cursor() as cursor:
        return ranking_of(cursor, selection, context)


def _points_by_key(ranking: Ranking) -> dict[str, float]:
    return {one.key: float(points) for one, points in zip(ranking.criteria, _points(ranking), strict=True)}


def _sign(said: Judgement) -> str:
    """Changes with the weights and their order."""
    return json.dumps([sorted(said.weights), said.order])


def _entry_sign(entry: Entry | None) -> str:
    return "" if entry is None else f"{entry.value:g} {entry.by} {entry.at.isoformat()}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def changed(
    held: Judgement, said: Mapping[str, Any], selection: Selection, context: Context, now: datetime
) -> Judgement:
    """The judgement with one thing said. Raises JudgementError in plain words where it cannot be."""
    kind = str(said.get("kind", ""))
    if kind not in _KINDS:
        raise JudgementError(f"“{kind[:40]}” is nothing that can be said here.")
    return _KINDS[kind](held, said, replace(selection, judgement=held), context, now)


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key, "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _names(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = said.get(key, [])
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _problem(
    held: Judgement, said: Mapping[str, Any], selection: Selection, context: Context, _: datetime
) -> Judgement:
    name = _text(said, "name")
    if not name:
        raise JudgementError("The problem needs a name.")
    taken = {problem.name.casefold() for problem in options_of(selection, context)[0]}
    taken |= {category.name.casefold() for category in context.categories}
    slugs = {category.slug for category in context.categories} | {problem.key for problem in context.problems}
    if name.casefold() in taken or key_for(name) in slugs:
        raise JudgementError(f"There is a problem called “{name}” already.")
    by_slug = context.category_by_slug()
    categories = tuple(by_slug[slug].name for slug in _names(said, "categories") if slug in by_slug)
    wards = tuple(code for code in _names(said, "wards") if code in context.ward_names())
    codes = tuple(part for part in _text(said, "codes").replace(",", " ").split() if part)
    return held.with_problem(Problem(key_for(name) or "problem", name, categories, codes, wards))


def _criterion(held: Judgement, said: Said, selection: Selection, _c: Context, _n: datetime) -> Judgement:
    name = _text(said, "name")
    if not name or not key_for(name):
        raise JudgementError("The criterion needs a name.")
    if key_for(name) in {one.key for one in criteria_of(selection)}:
        raise JudgementError(f"There is a criterion called “{name}” already.")
    return held.with_criterion(EnteredCriterion(key_for(name), name, _text(said, "question")))


def _score(
    held: Judgement, said: Mapping[str, Any], selection: Selection, context: Context, now: datetime
) -> Judgement:
    problem, criterion = _text(said, "problem"), _text(said, "criterion")
    known = {one.key: one for one in criteria_of(selection)}
    if criterion not in known or problem not in {one.key for one in options_of(selection, context)[0]}:
        raise JudgementError("Choose a problem and a criterion.")
    scale = known[criterion].people_scale
    try:
        points = float(_text(said, "value").replace(",", "."))
    except ValueError:
        raise JudgementError(f"The score needs a number from 0 to {scale}.") from None
    if not 0 <= points <= scale:
        raise JudgementError(f"The score must lie between 0 and {scale}.")
    if not _text(said, "by"):
        raise JudgementError("Say who enters it: a name or a role.")
    if not known[criterion].entered and not _text(said, "reason"):
        raise JudgementError("Say why: a score on a criterion that evidence can fill needs its reason.")
    there = held.entry(problem, criterion)
    if "seen" in said and said["seen"] != _entry_sign(there):
        theirs = "took away the score" if there is None else f"entered {round(there.value * scale, 1):g} ({there.by})"
        raise JudgementError(f"Someone else {theirs} there in the meantime. Look at it, then enter yours again.")
    return held.with_entry(Entry(problem, criterion, points / scale, _text(said, "by"), now, _text(said, "reason")))


def _remove(held: Judgement, said: Said, _s: Selection, _c: Context, _n: datetime) -> Judgement:
    what, key = _text(said, "what"), _text(said, "key")
    if what == "entry":
        problem, _, criterion = key.partition("/")
        return held.without_entry(problem, criterion)
    return held.without_problem(key) if what == "problem" else held.without_criterion(key)


def _ticked(before: Sequence[str], said: Said) -> tuple[str, ...]:
    """Keys that are off: those before, with what was ticked (`on`) and unticked (`off`) now; the rest is left alone."""
    on, off = _names(said, "on"), _names(said, "off")
    return tuple(dict.fromkeys(key for key in (*before, *off) if key not in on))


def _ranked(held: Judgement, said: Said, _s: Selection, _c: Context, _n: datetime) -> Judgement:
    return replace(held, left_out=_ticked(held.left_out, said))


def _counted(held: Judgement, said: Said, _s: Selection, _c: Context, _n: datetime) -> Judgement:
    return replace(held, unused=_ticked(held.unused, said))


def _weights(held: Judgement, said: Said, _s: Selection, _c: Context, _n: datetime) -> Judgement:
    """All weights and their order at once. `seen`: the sign of those this was chosen in view of."""
    if "seen" in said and said["seen"] != _sign(held):
        raise JudgementError("Someone else changed the weights in the meantime. Look at theirs, then choose again.")
    return replace(held, weights=read_weights(_text(said, "weights")), order=read_order(_text(said, "order")))


def _moved_weights(held: Judgement, said: Said, selection: Selection, context: Context, _n: datetime) -> Judgement:
    """The sliders that were moved, and no other. `seen`: where each stood before for the one who moved it."""
    ranking = _ranking(selection, context)
    names = {one.key: one.name for one in criteria_of(selection)}
    points = dict(held.weights)
    if ranking is not None and ranking.weighted_by == "order":
        points = _points_by_key(ranking)
    seen = dict(read_weights(_text(said, "seen")))
    for key, value in read_weights(_text(said, "weights")):
        there = points.get(key, DEFAULT_POINTS)
        if abs(there - seen.get(key, there)) > 0.01:
            raise JudgementError(
                f"Someone else set {lower_first(names.get(key, key))} to {there:.0f} in the meantime; your {value:.0f} "
                "was not taken. Move it again to change theirs."
            )
        points[key] = value
    return replace(held.with_weights(points), order=())


def _placed(held: Judgement, said: Said, selection: Selection, context: Context, _n: datetime) -> Judgement:
    """One criterion moved in the order of importance as it stands now."""
    ranking = _ranking(selection, context)
    if ranking is None or ranking.weighted_by != "order":
        raise JudgementError("Someone else set the weights with the sliders in the meantime: there is no order now.")
    groups = _groups(ranking)
    one = next((one for one in ranking.criteria if one.key == _text(said, "criterion")), None)
    how = _text(said, "how")
    if one is None or how not in {"up", "down", "equal"}:
        raise JudgementError("Choose a criterion that counts.")
    order = _joined(groups, one) if how == "equal" else _moved(groups, one, -1 if how == "up" else 1)
    return held if order is None else replace(held, order=read_order(order))


_KINDS: dict[str, Callable[[Judgement, Mapping[str, Any], Selection, Context, datetime], Judgement]] = {
    "problem": _problem,
    "criterion": _criterion,
    "score": _score,
    "remove": _remove,
    "ranked": _ranked,
    "counted": _counted,
    "weights": _weights,
    "weight": _moved_weights,
    "place": _placed,
}


# ---- What the controls show ---------------------------------------------------------------------------------------


def shown(search: str | None) -> dict[str, Any]:
    """Sliders, order and forms as HTML for an address; `keys` tells whether the sliders are the same as before."""
    snapshot = server.snapshot()
    context = server.context()
    selection = server.selection(search, snapshot)
    with snapshot.cursor() as cursor:
        ranking = ranking_of(cursor, selection, context)
        coded = evidence_of(cursor, selection, context).by_offence
    seen = _seen(selection, context)
    made = {
        "sign": _said_sign(selection),
        "locked": _locked(selection),
        "forms": _forms(selection, context, coded=coded),
        "seen": seen,
    }
    if ranking is None:
        return {**made, "keys": "", "values": {}, "sliders": "", "order": "", "how": ""}
    values = {
        one.key: {"points": seen["points"][one.key], "share": percent(100 * weight)}
        for one, weight in zip(ranking.criteria, ranking.weights, strict=True)
    }
    return {
        **made,
        "keys": " ".join(values),
        "values": values,
        "sliders": markup([_slider(one, values[one.key]) for one in ranking.criteria]),
        "order": markup(_order(ranking)) if ranking.weighted_by == "order" else "",
        "how": markup(_how(ranking)),
    }


def _locked(selection: Selection) -> str:
    """Why nothing can be entered, where the session is locked."""
    try:
        session = read_session(server.state(), selection.session) if selection.session else None
        locked = session is not None and bool(session.locked)
        other = locked and other_filters(server.state(), str(selection.session), selection, server.context())
    except StateError:
        return ""  # the page says so where the sessions stand
    if session is None or not locked:
        return ""
    words = f"“{session.name}” is locked: weights and scores can be looked at. To go on, open it again or take a copy."
    return (
        f"{words} Shown with other filters than those of its record: ranks and shares can differ from it."
        if other
        else words
    )


def _points(ranking: Ranking) -> np.ndarray:
    """Where the sliders stand: at the points given; under an order, at the weights that follow from it."""
    if ranking.weighted_by != "order":
        return ranking.points
    return np.maximum(5, 5 * np.round(20 * ranking.weights / ranking.weights.max()))


def _slider(one: Criterion, value: Mapping[str, Any]) -> Element:
    name = f"weight-{one.key}"
    field = Element(
        "input",
        {
            "type": "range", "id": name, "min": "0", "max": "100", "step": "5", "value": f"{value['points']:g}",
            **attributes(data_weight=one.key, aria_valuetext=f"{value['share']} of the weight"),
        },
    )  # fmt: skip
    label: Any = Element("label", {"for": name}, [one.name])
    head = html.Div(
        [label, html.Output(value["share"], **attributes(data_share=one.key))],
        className="weight-head",
    )
    return Element("div", {"class": "weight"}, [head, field])


def _how(ranking: Ranking) -> Component:
    """Equal weights, sliders or an order: what each button would say."""
    keys = [one.key for one in sorted(ranking.criteria, key=lambda one: _place(ranking, one))]
    buttons = [
        ("Equal", {"weights": "", "order": "", "mix": ""}, ranking.weighted_by == "equal"),
        ("Own weights", None, ranking.weighted_by == "points"),
        (
            "Order of importance",
            {"weights": "", "order": ",".join(keys), "mix": "order"},
            ranking.weighted_by == "order",
        ),
    ]
    made = []
    for label, said, on in buttons:
        how = {"data_say": _json({"kind": "weights", **said})} if said is not None else {"data_action": "to-sliders"}
        made.append(
            html.Button(label, type="button", **attributes(aria_pressed=str(on).lower(), data_focus=label, **how))
        )
    return html.Div(made, className="seg", role="group", **attributes(aria_label="How the weights are set"))


def _place(ranking: Ranking, one: Criterion) -> tuple[float, float]:
    index = ranking.criteria.index(one)
    return float(ranking.places[index]), -float(ranking.weights[index])


def _groups(ranking: Ranking) -> list[list[Criterion]]:
    """The criteria that count from the most to the least important, equals together."""
    groups: list[list[Criterion]] = []
    for one in sorted(ranking.criteria, key=lambda one: _place(ranking, one)):
        same = groups and _place(ranking, groups[-1][0])[0] == _place(ranking, one)[0]
        groups[-1].append(one) if same else groups.append([one])
    return groups


def _order(ranking: Ranking) -> Component:
    """The criteria from the most to the least important, each with buttons that move it."""
    groups = _groups(ranking)
    items = []
    for i, group in enumerate(groups):
        for one in group:
            up, down = _moved(groups, one, -1), _moved(groups, one, 1)
            buttons = [
                _move("More important", "up", up, one),
                _move("Less important", "down", down, one),
                _move("Equal with the one above", "equal", _joined(groups, one), one),
            ]
            items.append(
                html.Li(
                    [html.Span(f"{i + 1}.", className="no"), html.Span(one.name), html.Span(buttons, className="moves")]
                )
            )
    return html.Ol(items, className="importance", **attributes(aria_label="Order of importance"))


def _move(label: str, sign: str, order: str | None, one: Criterion) -> html.Button:
    marks = {"up": "icon-up", "down": "icon-down"}
    face: Any = (
        html.Span(className=f"icon {marks[sign]} icon-mark", **attributes(aria_hidden="true")) if sign in marks else "="
    )
    return html.Button(
        face,
        type="button",
        disabled=order is None,
        title=label,
        **attributes(
            aria_label=f"{label}: {one.name}",
            data_focus=f"{sign}-{one.key}",
            data_say=_json(
                {
                    "kind": "weights",
                    "weights": "",
                    "order": order or "",
                    "mix": "order",
                    "place": {"criterion": one.key, "how": sign},
                }
            ),
        ),
    )


def _written(groups: Sequence[Sequence[Criterion]]) -> str:
    return ",".join("~".join(one.key for one in group) for group in groups if group)


def _moved(groups: Sequence[Sequence[Criterion]], one: Criterion, by: int) -> str | None:
    """The order with a criterion one place further up or down; out of its group first. None at the end."""
    i = next(index for index, group in enumerate(groups) if one in group)
    rest = [[other for other in group if other is not one] for group in groups]
    if len(groups[i]) > 1:
        rest.insert(i if by < 0 else i + 1, [one])
    elif 0 <= i + by < len(groups):
        rest.pop(i)
        rest.insert(i + by, [one])
    else:
        return None
    return _written(rest)


def _joined(groups: Sequence[Sequence[Criterion]], one: Criterion) -> str | None:
    """The order with a criterion as important as the one above it; None where it is, or stands first."""
    i = next(index for index, group in enumerate(groups) if one in group)
    if i == 0 or len(groups[i]) > 1:
        return None
    joined = [list(group) for group in groups]
    joined[i - 1].append(joined.pop(i)[0])
    return _written(joined)


def _json(value: Any) -> str:
    return json.dumps(value)


# ---- Forms --------------------------------------------------------------------------------------------------------


def _forms(selection: Selection, context: Context, *, coded: bool) -> str:
    """coded: incidents of every month looked at have offence codes."""
    problems, _ = options_of(selection, context)
    said = selection.judgement
    everything = options_of(replace(selection, judgement=replace(said, left_out=())), context)[0]
    every = criteria_of(selection)
    score = _form(
        "score",
        "Enter a score",
        "From 0 (no reason for priority) to 5 (every reason). It counts in place of the evidence, which stays visible.",
        [
            _select("Problem", "problem", [(one.key, one.name) for one in problems]),
            _select("Criterion", "criterion", [(one.key, _with_scale(one)) for one in every]),
            _field("Score", "value", inputmode="decimal", maxlength="6"),
            _field("Reason", "reason", maxlength="500"),
            _field("Name or role", "by", maxlength="80"),
        ],
        "Enter the score",
    )
    problem = _form(
        "problem",
        "Add a problem",
        "Nothing chosen: a problem without recorded data, scored by people only.",
        [
            _field("Name", "name", maxlength="80"),
            _ticks("Categories", "categories", [(c.slug, c.name) for c in context.categories]),
            _ticks("Wards", "wards", sorted(context.ward_names().items(), key=lambda pair: pair[1])),
            _field("Offence codes", "codes", maxlength="200"),
            None if coded else html.P(_NO_CODES, className="note"),
        ],
        "Add the problem",
    )
    criterion = _form(
        "criterion",
        "Add a criterion",
        "One that people score, from 0 to 5. It counts once a problem has a score on it.",
        [_field("Name", "name", maxlength="80"), _field("What it asks", "question", maxlength="200")],
        "Add the criterion",
    )
    choose = [
        _form(
            "ranked",
            "Problems that are ranked",
            "Take out what is not up for choice.",
            [_ticks("Problems", "left_out", [(p.key, p.name) for p in everything], off=said.left_out)],
            "Apply",
        ),
        _form(
            "counted",
            "Criteria that count",
            "A criterion nobody has scored does not count, whatever is ticked.",
            [_ticks("Criteria", "unused", [(one.key, one.name) for one in every], off=said.unused)],
            "Apply",
        ),
    ]
    return markup([score, problem, criterion, *choose, _held(said, every, everything)])


_NO_CODES = (
    "Not every month looked at has offence codes of incidents: published street-level files have none, your force's "
    "own extract may (a column “Offence code”). Until then a problem of codes alone has no recorded data and is scored "
    "by people; beside categories, the codes add nothing."
)


def _with_scale(one: Criterion) -> str:
    return one.name if one.people_scale == 5 else f"{one.name} (0 to {one.people_scale})"


def _form(kind: str, title: str, note: str, fields: list[Any], button: str) -> Element:
    submit = html.Button(button, type="submit", className="btn primary")
    return Element(
        "form",
        {"class": "judge", **attributes(data_kind=kind)},
        [html.H3(title), html.P(note, className="note"), *fields, submit],
    )


def _field(label: str, name: str, **more: str) -> Element:
    return Element(
        "label", {"class": "field"}, [html.Span(label), Element("input", {"type": "text", "name": name, **more})]
    )


def _select(label: str, name: str, options: Sequence[tuple[str, str]]) -> Element:
    made = [html.Option(words, value=value) for value, words in options]
    return Element("label", {"class": "field"}, [html.Span(label), Element("select", {"name": name}, made)])


def _ticks(label: str, name: str, options: Sequence[tuple[str, str]], off: Sequence[str] | None = None) -> Element:
    """Boxes to tick. `off`: those not ticked; None: none is ticked."""
    boxes = [
        Element(
            "label",
            {"class": "tick"},
            [
                Element("input", {"type": "checkbox", "name": name, "value": value,
                                  "checked": off is not None and value not in off}),
                html.Span(words),
            ],
        )
        for value, words in options
    ]  # fmt: skip
    return Element("fieldset", {"class": "ticks"}, [Element("legend", {}, [label]), *boxes])


def _held(said: Judgement, every: Sequence[Criterion], problems: Sequence[Problem]) -> Element:
    """What was added, each with a button that takes it away."""
    names = {one.key: one.name for one in every} | {problem.key: problem.name for problem in problems}
    rows = [("problem", one.key, one.name) for one in said.problems]
    rows += [("criterion", one.key, f"{one.name} (criterion)") for one in said.criteria]
    rows += [
        (
            "entry",
            "/".join(one.cell),
            f"{names.get(one.problem, one.problem)}, {names.get(one.criterion, one.criterion)}",
        )
        for one in said.entries
    ]
    items = [
        html.Li(
            [
                html.Span(words),
                html.Button(
                    [icon("close"), html.Span(f"Remove {words}", className="vh")],
                    type="button",
                    **attributes(data_say=_json({"kind": "remove", "what": what, "key": key})),
                ),
            ]
        )
        for what, key, words in rows
    ]
    body: Any = html.Ul(items, className="held") if items else html.P("Nothing yet.", className="note")
    return Element("div", {"class": "judge"}, [html.H3("Added here"), body])
