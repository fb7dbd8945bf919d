"""What people said differently in two sessions: weights, scores, problems, criteria and the choice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.decisions import decision_record
from analytics.judgement import Judgement
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, Ranking, scale_words
from analytics.panels._registry import panel
from analytics.panels._sessions import Two, nothing_to_compare, two_sessions
from analytics.selection import Selection
from analytics.session_keeper import state_of
from analytics.summaries import lower_first
from analytics.words import MINUS, and_list, count_of, number_word, percent
from data.state import StateError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_session_differences_panel"]

ID = "session_differences"
NONE = float("nan")
KINDS = {"order": "Order of importance", "choice": "Chosen priorities", "evidence": "Begun on the evidence of"}


@panel(ID, page="priorities", title="What did two sessions say differently?", uses=FILTERS_USED, live=True)
def build_session_differences_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a thing that differs: a weight, a score given by people, a problem or criterion, the choice.

    difference: here less there, points of per cent for weights, 0 to 1 for scores; missing where there are not two
    numbers.
    """
    made: dict[str, Any] = {"id": ID, "title": "What differs between two sessions"}
    two = two_sessions(cursor, selection, context)
    columns = _columns(("here", "there") if isinstance(two, str) else two.names)
    if not isinstance(two, str):
        try:
            rows = [*_weights(two), *_scores(two), *_scope(two), *_choices(two, context)]
        except StateError as error:
            two = str(error)
    if isinstance(two, str):
        nothing = pd.DataFrame(columns=[column.key for column in columns])
        return Panel(**made, columns=columns, table=nothing, **nothing_to_compare(two))
    frame = pd.DataFrame(rows, columns=[column.key for column in columns])
    return Panel(
        **made,
        columns=columns,
        table=frame,
        sentence=_finding(frame),
        subtitle="Weights as shares of the whole; scores on the scale people score on, 0: no reason for priority",
        message="Weights, scores, problems, criteria and choice are the same." if frame.empty else "",
        state="none_recorded" if frame.empty else "ready",
        figure_height=120,
    )


def _columns(names: tuple[str, str]) -> tuple[Column, ...]:
    return (
        Column("what", "What"),
        Column("here", names[0]),
        Column("there", names[1]),
        Column("difference_words", "Difference"),
        Column("difference", "Difference as a number", "ratio", hidden=True),
        Column("kind", "Kind", hidden=True),
    )


def _row(kind: str, what: str, both: tuple[str, str], difference: float = NONE, words: str = "") -> dict[str, Any]:
    here, there = both
    return {
        "kind": kind,
        "what": what,
        "here": here,
        "there": there,
        "difference": difference,
        "difference_words": words,
    }


def _signed(value: float, places: int) -> str:
    return ("+" if value > 0 else MINUS) + f"{abs(value):.{places}f}"


def _weights(two: Two) -> Iterable[dict[str, Any]]:
    """Weights that differ among the criteria that count in both: that one more counts makes no other weight differ."""
    shares = [dict(zip((one.key for one in made.criteria), made.weights, strict=True)) for made in two.rankings]
    names = {one.key: one.name for made in two.rankings for one in made.criteria}
    both = [key for key in names if key in shares[0] and key in shares[1]]
    among = [sum(float(share[key]) for key in both) or 1.0 for share in shares]
    for key in both:
        a, b = (float(share[key]) for share in shares)
        if abs(a / among[0] - b / among[1]) >= 0.005:
            by = 100 * (a - b)
            words = f"{_signed(by, 0)} points" if abs(by) >= 0.5 else ""
            yield _row("weight", f"Weight of {lower_first(names[key])}", (_share(a), _share(b)), by, words)
    for key in names:
        if key not in both:
            states = ("counts", "does not count") if key in shares[0] else ("does not count", "counts")
            yield _row("criterion", f"Criterion: {lower_first(names[key])}", states)
    first, second = (_order(said.judgement, names) for said in two.selections)
    if first != second:
        yield _row("order", KINDS["order"], (first, second))


def _share(share: float) -> str:
    return percent(100 * share)


def _order(said: Judgement, names: dict[str, str]) -> str:
    return ", then ".join(" = ".join(names.get(key, key) for key in group) for group in said.order) or "none"


def _scores(two: Two) -> Iterable[dict[str, Any]]:
    cells = dict.fromkeys(entry.cell for said in two.selections for entry in said.judgement.entries)
    asked = {one.key: one for made in two.rankings for one in (*made.criteria, *made.idle, *made.unused)}
    problems = {one.key: one.name for made in two.rankings for one in (*made.problems, *made.unranked)}
    for problem, criterion in cells:
        if criterion not in asked:
            continue
        told = [
            _score(said.judgement, made, problem, asked[criterion])
            for said, made in zip(two.selections, two.rankings, strict=True)
        ]
        (a, here), (b, there) = told
        if here == there:
            continue
        what = f"{problems.get(problem, problem)}, {lower_first(asked[criterion].name)}"
        by = a - b if a == a and b == b else NONE
        points = by * asked[criterion].people_scale
        yield _row("score", what, (here, there), by, _signed(points, 1) if abs(points) >= 0.05 else "")


def _score(said: Judgement, ranking: Ranking, problem: str, criterion: Criterion) -> tuple[float, str]:
    entry = said.entry(problem, criterion.key)
    if entry is not None:
        spread = entry.lower is not None  # the outcome of a round: its reason only repeats the question
        return entry.value, f"{scale_words(entry.value, criterion)} ({entry.by})" + (
            f": {entry.reason}" if entry.reason and not spread else ""
        )
    cell = ranking.cells.get((problem, criterion.key))
    if cell is None or not cell.evidence.known:
        return float("nan"), "unscored"
    return cell.evidence.value, f"{scale_words(cell.evidence.value, criterion)}, from the evidence"


def _scope(two: Two) -> Iterable[dict[str, Any]]:
    """Problems that are ranked in one of the two alone, or up for choice in one alone."""
    names = {one.key: one.name for made in two.rankings for one in (*made.problems, *made.unranked)}
    for key, name in names.items():
        here, there = (_standing(key, made) for made in two.rankings)
        if here != there:
            yield _row("problem", f"Problem: {lower_first(name)}", (here, there))


def _standing(problem: str, ranking: Ranking) -> str:
    if problem in {one.key for one in ranking.problems}:
        return "ranked"
    waits = problem in {one.key for one in ranking.unranked}
    return "not ranked: neither evidence nor a score" if waits else "not ranked: not up for choice"


def _choices(two: Two, context: Context) -> Iterable[dict[str, Any]]:
    state = state_of(context.folder)
    records = [decision_record(state, str(one.session), context) for one in two.selections]
    chosen = ["" if one is None else ", ".join(each.name for each in one.chosen) or "none yet" for one in records]
    if chosen[0] != chosen[1]:
        yield _row("choice", KINDS["choice"], (chosen[0], chosen[1]))
    begun = ["" if one is None else one.snapshot for one in records]
    if begun[0] != begun[1]:
        yield _row("evidence", KINDS["evidence"], (begun[0], begun[1]))


def _finding(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "Nothing was said differently in the two sessions"
    counts = frame["kind"].value_counts()
    parts = []
    for kind, plural in (
        ("weight", "weights"),
        ("score", "scores"),
        ("problem", "problems"),
        ("criterion", "criteria"),
    ):
        if n := int(counts.get(kind, 0)):
            parts.append(f"{number_word(n)} {kind if n == 1 else plural}")
    parts += [words for kind, words in (("order", "the order"), ("choice", "the choice"), ("evidence", "the snapshot"))
              if counts.get(kind, 0)]  # fmt: skip
    said = f"{and_list(parts)} {'differs' if len(frame) == 1 else 'differ'} between the two sessions"
    if len(said) > 90:
        said = f"{count_of(len(frame), 'thing')} differ between the two sessions"
    return said[:1].upper() + said[1:]
