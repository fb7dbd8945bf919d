"""The workshop: what a round said, what it adds to the judgement, and the decision record.

The record is one plain value; the screen, the print, JSON, CSV and the assessment document all take it from here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.judgement import NOTHING_SAID, Entry, Judgement, JudgementError
from analytics.months import label_range
from analytics.panels import build_panel
from analytics.panels._priorities import criteria_of, options_of, scale_words
from analytics.selection import Selection
from analytics.session_keeper import KINDS, rows_judgement
from analytics.statistics.spread import Spread, answer_spread
from analytics.words import and_list, write_date
from data.state import (
    Answers,
    Round,
    Session,
    State,
    StateError,
    answers_of,
    read_round,
    read_session,
    read_values,
    rounds_of,
    tally_agencies,
)
from data.warehouse import Snapshot

__all__ = [
    "FEWEST",
    "FIELDS",
    "RANKING",
    "RECORD_KINDS",
    "Decided",
    "ItemSpread",
    "Record",
    "Tally",
    "asked_round",
    "counted_shares",
    "criterion_by_people",
    "criterion_names",
    "criterion_question",
    "criterion_scale",
    "decided_ranking",
    "decision_record",
    "decision_time",
    "entered_by_round",
    "other_filters",
    "place_of",
    "problem_names",
    "read_decided",
    "record_csv",
    "record_json",
    "round_tally",
    "session_judgement_of",
    "taken",
]

FEWEST = 3
"""Answers from which a spread is shown: with fewer, who looks on knows whose they are."""
FIELDS: dict[str, tuple[str, ...]] = {
    "chosen": ("why",),
    "objective": ("objective", "indicator", "baseline", "target", "owner"),
    "attendance": ("role", "agency"),
    "dissent": ("text", "role"),
    "note": ("text", "role"),
}
"""What people write in each part of the decision record; the first field is needed."""
RECORD_KINDS = tuple(FIELDS)
"""Kinds of a session's values that make up its decision record, besides the judgement and the ranking."""
RANKING = ("ranking", "decided")
"""Kind and key of the value that holds the ranking as it stood at the decision."""


def criterion_names(judgement: Judgement) -> dict[str, str]:
    """Names of the criteria by key: the declared ones and the session's own."""
    return {key: one.name for key, one in _criteria(judgement).items()}


def criterion_question(judgement: Judgement, key: str) -> str:
    """What a criterion asks of a problem."""
    return _criteria(judgement)[key].question


def criterion_by_people(judgement: Judgement, key: str) -> bool:
    """Whether only people score it: it counts as soon as they do."""
    return _criteria(judgement)[key].entered


def criterion_scale(judgement: Judgement, key: str) -> int:
    """The highest score people can give on a criterion."""
    return _criteria(judgement)[key].people_scale


def _criteria(judgement: Judgement) -> dict[str, Criterion]:
    nothing_else = Selection(start=date.min, end=date.min, judgement=judgement)
    return {one.key: one for one in criteria_of(nothing_else)}


def problem_names(context: Context, judgement: Judgement) -> dict[str, str]:
    """Names of the problems that are ranked, by key: the categories loaded, and those of the partnership's own."""
    selection = replace(Selection.default(context), judgement=judgement)
    return {one.key: one.name for one in options_of(selection, context)[0]}


def session_judgement_of(state: State, session: str) -> Judgement:
    """What people said in a session. Raises StateError where it was changed by hand."""
    rows = {(v.kind, v.key): v.body for v in read_values(state, session) if v.kind in KINDS}
    try:
        return rows_judgement(rows)
    except JudgementError as error:
        raise StateError(f"What was entered in this session cannot be used: {error}") from error


# ---- Rounds -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemSpread:
    """One item of a round: its answers without names, and their spread (None under FEWEST answers)."""

    key: str
    name: str
    answers: tuple[float, ...]
    spread: Spread | None


@dataclass(frozen=True)
class Tally:
    """A round as it stands. low, high: the ends of its scale (weights: shares from 0 to 1)."""

    round: Round
    people: int
    joined: int
    low: float
    high: float
    items: tuple[ItemSpread, ...]

    @property
    def shown(self) -> bool:
        """Enough people answered for the answers to be shown."""
        return self.people >= FEWEST


def asked_round(state: State, session: str, number: str | None = None) -> Round | None:
    """The round of that number, else the latest; None where none was asked."""
    found = [one for one in rounds_of(state, session) if str(one.id) == number] if number else []
    return found[0] if found else read_round(state, session)


def round_tally(state: State, asked: Round) -> Tally:
    """What everyone answered in a round, item by item, without who."""
    answers: Answers = answers_of(state, asked)
    low, high = (0.0, 1.0) if asked.kind == "weight" else _scale(asked)
    span = 2 / len(asked.items) if asked.kind == "weight" else None  # twice an equal share
    items = []
    for key, name in asked.items:
        values = answers.by_item[key]
        enough = answers.people >= FEWEST and len(values) >= FEWEST
        spread = answer_spread(values, low=low, high=high, span=span) if enough else None
        items.append(ItemSpread(key, name, values if enough else (), spread))
    return Tally(asked, answers.people, answers.joined, low, high, tuple(items))


def _scale(asked: Round) -> tuple[float, float]:
    return float(asked.detail.get("low", 0)), float(asked.detail.get("high", 5))


def entered_by_round(judgement: Judgement, tally: Tally, *, at: datetime | None = None) -> Judgement:
    """The judgement with a round's outcome in it.

    Scores: the median as the value, the quartiles as the limits within which it could as well lie. Weights: each
    criterion's mean share, as points of which the largest is 100.

    Raises
    ------
    JudgementError
        Fewer than FEWEST people answered.
    """
    if not tally.shown:
        raise JudgementError(f"fewer than {FEWEST} people have answered: nothing was taken over.")
    if tally.round.kind == "weight":
        means = {one.key: sum(one.answers) / len(one.answers) for one in tally.items if one.answers}
        most = max(means.values())
        kept = dict(judgement.weights) | {key: round(100 * mean / most, 1) for key, mean in means.items()}
        return judgement.with_weights(kept)
    moment = at or datetime.now(UTC)
    criterion = str(tally.round.detail.get("criterion", ""))
    for one in tally.items:
        if one.spread is None:
            continue
        value, lower, upper = (
            (x - tally.low) / (tally.high - tally.low)
            for x in (one.spread.median, one.spread.lower_quartile, one.spread.upper_quartile)
        )
        entry = Entry(
            one.key,
            criterion,
            value,
            by=f"Workshop, {one.spread.n} people",
            at=moment,
            reason=f"Median of {one.spread.n} answers to “{tally.round.title}”"[:500],
            lower=lower,
            upper=upper,
        )
        judgement = judgement.with_entry(entry)
    return judgement


def taken(judgement: Judgement, tally: Tally) -> bool:
    """Whether the judgement holds a round's outcome as it came out of it."""
    if not tally.shown:
        return False
    there = entered_by_round(judgement, tally, at=datetime.min.replace(tzinfo=UTC))
    if there.weights != judgement.weights:
        return False
    return all(
        (kept := judgement.entry(*entry.cell)) is not None and replace(entry, at=kept.at) == kept
        for entry in there.entries
    )


# ---- The ranking at the decision --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """The ranking as it stood when a decision was recorded. at: when (UTC); query: the selection it was made for.

    weights: {criterion: share of all}. problems: rows with key, name, rank, rank_low, rank_high, score, top_share (per
    cent of the weightings with which it is among the first `top`). judgement: all that people had said.
    """

    at: str
    snapshot: str
    query: str
    top: int
    weights: dict[str, float]
    problems: tuple[dict[str, Any], ...]
    judgement: dict[str, Any]
    shown: str = ""
    """The selection with its defaults written out, as they were then; `query` follows the defaults of today."""


_ROW = ("rank", "rank_low", "rank_high", "score", "top_share")


def counted_shares(snapshot: Snapshot, selection: Selection) -> dict[str, float]:
    """{criterion: share of all} of the criteria that count, as on Priorities; empty where nothing is ranked."""
    return dict(build_panel("priority_matrix", snapshot, selection).facts.get("weights", {}))


def decided_ranking(snapshot: Snapshot, selection: Selection, context: Context) -> dict[str, Any] | None:
    """The ranking of the selection as a session keeps it with a decision; None where there is nothing to rank.

    The figures are those of the panels `priority_ranking` and `priority_matrix`.
    """
    table = build_panel("priority_ranking", snapshot, selection).table
    if table.empty:
        return None
    weights = counted_shares(snapshot, selection)
    rows = [
        {"key": str(row["problem_key"]), "name": str(row["problem"]), **{part: float(row[part]) for part in _ROW}}
        for row in table.to_dict("records")
    ]
    made = Decided(
        datetime.now(UTC).isoformat(timespec="seconds"), context.snapshot, selection.to_query(context),
        min(int(selection.top), len(rows)), weights, tuple(rows), selection.judgement.to_json(), selection.to_query(),
    )  # fmt: skip
    return asdict(made)


def read_decided(state: State, session: str) -> Decided | None:
    """The ranking kept with a session's decision; None where none was recorded. StateError where changed by hand."""
    kind, key = RANKING
    body = next((value.body for value in read_values(state, session, kind) if value.key == key), None)
    if body is None:
        return None
    try:
        problems = tuple(
            {"key": str(row["key"]), "name": str(row["name"]), **{part: float(row[part]) for part in _ROW}}
            for row in body["problems"]
        )
        weights = {str(name): float(share) for name, share in body["weights"].items()}
        datetime.fromisoformat(body["at"])
        at, snapshot, query = (str(body[part]) for part in ("at", "snapshot", "query"))
        return Decided(
            at,
            snapshot,
            query,
            int(body["top"]),
            weights,
            problems,
            dict(body["judgement"]),
            str(body.get("shown") or query),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StateError(
            "The ranking kept with this session's decision was changed by hand: record the decision again."
        ) from error


def decision_time(decided: Decided) -> str:
    """ "3 December 2025, 14:05 UTC"."""
    at = datetime.fromisoformat(decided.at).astimezone(UTC)
    return f"{write_date(at)}, {at:%H:%M} UTC"


# ---- The record -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """A chosen priority, in its place; objectives: those attached to it, each with its indicator. version: how often it
    was written, so that a change made in view of an older one is noticed."""

    key: str
    name: str
    why: str
    version: str
    objectives: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Record:
    """What was decided, on what, by whom. roles: who was there; joined: devices by agency, without names.

    weights: (criterion, points, share of all): as kept with the decision; before one, as they count now. entries:
    scores given by people; round: the outcome of a round, whose question is the reason. rounds: title, people and the
    spread of each item.
    """

    id: str
    name: str
    partnership: str
    snapshot: str
    query: str
    changed: str
    locked: str | None
    chosen: tuple[Chosen, ...]
    roles: tuple[dict[str, str], ...]
    joined: dict[str, int]
    weights: tuple[tuple[str, float, float], ...]
    entries: tuple[dict[str, Any], ...]
    dissent: tuple[dict[str, str], ...]
    notes: tuple[dict[str, str], ...]
    rounds: tuple[dict[str, Any], ...]
    basis: tuple[tuple[str, str], ...] = ()
    """What the evidence was filtered to, in words: (Period, …), (Compared with, …), (Family, …), (Harm weights, …)."""
    decided: Decided | None = None
    """The ranking as it stood when the choice was recorded or the session locked."""


def decision_record(
    state: State, session_id: str, context: Context, *, shares: Mapping[str, float] | None = None
) -> Record | None:
    """The record of a session as it stands; None where there is no such session.

    shares: those of `counted_shares`, shown until a decision keeps its own.

    Raises
    ------
    StateError
        The state cannot be read, or a part of the session was changed by hand; it is named.
    """
    session: Session | None = read_session(state, session_id)
    if session is None:
        return None
    values = read_values(state, session_id)
    judgement = session_judgement_of(state, session_id)
    names = problem_names(context, judgement)
    criteria = criterion_names(judgement)
    parts: dict[str, list[dict[str, str]]] = {kind: [] for kind in RECORD_KINDS}
    for value in values:
        if value.kind in parts:
            if not isinstance(value.body, dict):
                raise StateError(f"The {value.kind} “{value.key}” of this session was changed by hand: delete it.")
            said = {str(k): str(v) for k, v in value.body.items()}
            parts[value.kind].append({**said, "key": value.key, "version": str(value.version)})
    decided = read_decided(state, session_id)
    keys = {name: key for key, name in criteria.items()}
    counted = decided.weights if decided is not None else shares or {}
    weights = [(name, judgement.points(keys.get(name, "")), share) for name, share in counted.items()]
    filtered = _filtered(session, decided, context)
    weights.sort(key=lambda weight: -weight[2])
    return Record(
        id=session.id,
        name=session.name,
        partnership=context.name,
        snapshot=session.snapshot,
        query=filtered.to_query(),
        basis=_basis(filtered, context),
        changed=session.changed,
        locked=session.locked,
        chosen=tuple(
            Chosen(
                one["key"],
                names.get(one["key"], one.get("name", one["key"])),
                one.get("why", ""),
                one["version"],
                tuple(o for o in parts["objective"] if o.get("problem") == one["key"]),
            )
            for one in sorted(parts["chosen"], key=lambda one: (place_of(one), one["key"]))
        ),
        roles=tuple(parts["attendance"]),
        joined=tally_agencies(state, session_id),
        weights=tuple(weights),
        entries=tuple(
            {
                "problem": names.get(entry.problem, entry.problem),
                "criterion": criteria.get(entry.criterion, entry.criterion),
                "value": round(entry.value, 3),
                "words": _entry_words(entry, judgement),
                "by": entry.by,
                "at": entry.at.astimezone(UTC).isoformat(timespec="minutes"),
                "reason": entry.reason,
                "round": entry.lower is not None,
            }
            for entry in judgement.entries
        ),
        dissent=tuple(parts["dissent"]),
        notes=tuple(parts["note"]),
        rounds=tuple(_round_part(state, asked) for asked in rounds_of(state, session_id) if asked.closed),
        decided=decided,
    )


def _entry_words(entry: Entry, judgement: Judgement) -> str:
    """ "4.5 of 5"."""
    criterion = _criteria(judgement).get(entry.criterion)
    return f"{entry.value:.2f} of 1" if criterion is None else scale_words(entry.value, criterion)


def _filtered(session: Session, decided: Decided | None, context: Context) -> Selection:
    """The filters of the decision; before one, those the session was begun with. Without what people said."""
    query = session.query if decided is None else decided.shown
    return replace(Selection.from_query(query, context)[0], session=None, judgement=NOTHING_SAID, compare=None)


def _basis(selection: Selection, context: Context) -> tuple[tuple[str, str], ...]:
    family = next((one.name for one in context.families if one.id == selection.family), "none")
    harm = next((one for one in context.harm_sets if one.id == selection.harm), next(iter(context.harm_sets), None))
    said = [
        ("Period", selection.period_label),
        ("Compared with", label_range(*selection.comparison)),
        ("Family", family),
        ("Harm weights", f"{harm.name}, {harm.version}" if harm else "none"),
    ]
    if selection.categories is not None:
        said.append(("Categories", and_list(selection.categories)))
    return tuple(said)


def other_filters(state: State, session_id: str, selection: Selection, context: Context) -> bool:
    """Whether a selection shows other evidence or weightings than the ranking kept with the session's decision."""
    decided = read_decided(state, session_id)
    if decided is None:
        return False
    then = Selection.from_query(decided.shown, context)[0]
    parts = ("start", "end", "comparison", "categories", "family", "source", "harm", "mix", "top")
    return any(getattr(then, part) != getattr(selection, part) for part in parts)


def place_of(chosen: Mapping[str, Any]) -> float:
    """The place of a chosen problem among the chosen; last where none can be read."""
    try:
        return float(chosen.get("place", "99"))
    except (TypeError, ValueError):
        return 99.0


def _round_part(state: State, asked: Round) -> dict[str, Any]:
    tally = round_tally(state, asked)
    return {
        "title": asked.title,
        "kind": asked.kind,
        "opened": asked.opened,
        "closed": asked.closed,
        "people": tally.people,
        "items": [
            {"name": one.name, "n": one.spread.n, "median": round(one.spread.median, 4),
             "lower_quartile": round(one.spread.lower_quartile, 4),
             "upper_quartile": round(one.spread.upper_quartile, 4), "agreement": one.spread.agreement}
            for one in tally.items if one.spread
        ],
    }  # fmt: skip


def record_json(record: Record) -> dict[str, Any]:
    """The record as a plain object for JSON."""
    said = asdict(record)
    said["weights"] = [
        {"criterion": name, "points": points, "share": round(share, 4)} for name, points, share in record.weights
    ]
    return {"format": "community-safety decision record 1", **said}


def record_csv(record: Record) -> str:
    """The record as CSV: one row a fact, under part, item, detail, value and by."""
    rows: list[tuple[Any, ...]] = [
        ("session", record.name, "id", record.id, ""),
        ("session", record.name, "evidence snapshot", record.snapshot, ""),
        ("session", record.name, "selection", record.query, ""),
        *(("session", record.name, what.lower(), words, "") for what, words in record.basis),
        ("session", record.name, "last changed", record.changed, ""),
        ("session", record.name, "locked", record.locked or "no", ""),
    ]
    for place, one in enumerate(record.chosen, start=1):
        rows.append(("priority", one.name, "place", place, ""))
        rows.append(("priority", one.name, "why", one.why, ""))
        for objective in one.objectives:
            rows += [
                ("objective", one.name, part, objective[part], objective.get("owner", ""))
                for part in ("objective", "indicator", "baseline", "target")
                if objective.get(part)
            ]
    rows += [("attendance", one.get("role", ""), "agency", one.get("agency", ""), "") for one in record.roles]
    rows += [("devices", agency, "joined", n, "") for agency, n in record.joined.items()]
    rows += [("weight", name, "points", points, "") for name, points, _ in record.weights]
    rows += [("score", e["problem"], e["criterion"], e["value"], f"{e['by']}: {e['reason']}") for e in record.entries]
    rows += [("dissent", one.get("text", ""), "", "", one.get("role", "")) for one in record.dissent]
    rows += [("note", one.get("text", ""), "", "", one.get("role", "")) for one in record.notes]
    if record.decided:
        when = decision_time(record.decided)
        rows.append(("ranking", "at the decision", "snapshot", record.decided.snapshot, when))
        rows += [("ranking weight", name, "share", round(n, 4), when) for name, n in record.decided.weights.items()]
        for row in record.decided.problems:
            rows += [("ranking", row["name"], part, round(row[part], 4), when) for part in _ROW]
    for asked in record.rounds:
        rows += [("round", asked["title"], f"{i['name']}, median", i["median"], i["agreement"]) for i in asked["items"]]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("part", "item", "detail", "value", "by"))
    writer.writerows([tuple(_harmless(cell) for cell in row) for row in rows])
    return "\ufeff" + out.getvalue()


def _harmless(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula, marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
