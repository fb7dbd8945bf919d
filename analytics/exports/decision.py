"""The decision of a workshop as sentences of the assessment: what was chosen, why, what follows, who was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from analytics.context import Context
from analytics.decisions import Record, decision_record
from analytics.judgement import DEFAULT_POINTS
from analytics.words import and_list, count_of, percent, write_date
from data.state import State

__all__ = ["decision_facts", "decision_of", "decision_sentences"]

UNDECIDED = (
    "No decision of a workshop is part of this document. What follows ranks the problems by the evidence and the "
    "weights as they stand; it recommends nothing by itself."
)


def decision_of(context: Context, session: str | None) -> Record | None:
    """The record of a session of the context's store; None without a session. Raises StateError."""
    if not session:
        return None
    return decision_record(State(Path(context.folder).parent.parent), session, context)


def decision_facts(record: Record | None) -> Iterable[tuple[str, str]]:
    """(what, its words): the parts of a decision that can differ from an earlier one; nothing where none was taken."""
    if record is None or not record.chosen:
        return
    yield "Priorities chosen", and_list(one.name for one in record.chosen)
    for one in record.chosen:
        yield f"Why {one.name}", one.why.strip().removesuffix(".") or "no reason is recorded"
        objectives = [objective_words(objective) for objective in one.objectives]
        if objectives:
            yield f"Objectives for {one.name}", ". ".join(objectives)
    dissent = [said.get("text", "").strip() for said in record.dissent]
    if dissent:
        yield "Dissent", " ".join(dissent)


def objective_words(objective: Mapping[str, str]) -> str:
    """ "Fewer burglaries; indicator …; target …"."""
    told = [objective.get("objective", "")]
    told += [
        f"{part} {objective[part]}" for part in ("indicator", "baseline", "target", "owner") if objective.get(part)
    ]
    return "; ".join(told)


def decision_sentences(record: Record | None) -> Iterable[tuple[str, str, bool]]:
    """(part, sentence, whether it is a point of a list): the decision; that there is none, where there is none."""
    if record is None or not record.chosen:
        yield "undecided", UNDECIDED, False
        return
    yield "decision", f"The workshop “{record.name}” chose {and_list(one.name for one in record.chosen)}.", False
    day = write_date(date.fromisoformat((record.locked or record.changed)[:10]))
    state = f"locked on {day}" if record.locked else f"not locked; it was last changed on {day}"
    yield "state", f"Its record is {state}.", False
    for place, one in enumerate(record.chosen, 1):
        why = one.why.strip().removesuffix(".") or "no reason is recorded"
        yield f"priority {place}", f"{place}. {one.name}: {why}.", True
        for objective in one.objectives:
            yield f"objective of priority {place}", f"Objective for {one.name}: {objective_words(objective)}.", True
    there = [" of ".join(part for part in (who.get("role"), who.get("agency")) if part) for who in record.roles]
    if there:
        yield "attendance", f"Present: {and_list(there)}.", False
    given = any(points != DEFAULT_POINTS for _, points, _ in record.weights)
    weights = [
        f"{name} {percent(100 * share)}" + (f" ({points:g} points)" if given else "")
        for name, points, share in record.weights
    ]
    if weights:
        yield "weights", f"Weights of the criteria that count: {and_list(weights)}.", False
    if record.entries:
        yield "scores", f"{count_of(len(record.entries), 'score was', 'scores were')} entered by people.", False
    for i, said in enumerate(record.dissent, 1):
        role = f" ({said['role']})" if said.get("role") else ""
        yield f"dissent {i}", f"Dissent{role}: {said.get('text', '').strip()}", True
    if record.snapshot:
        yield "snapshot", f"The session began on the evidence of snapshot {record.snapshot}.", False
