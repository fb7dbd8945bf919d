"""How far the answers of a workshop's round lie apart, without anybody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.decisions import FEWEST, Tally, asked_round, round_tally
from analytics.panels._model import Column, Format, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.session_keeper import state_of
from analytics.summaries import lower_first
from analytics.words import count_of, number_word, percent
from data.state import StateError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_workshop_spread_panel"]

ID = "workshop_spread"
WORDS = {"close": "close together", "mixed": "mixed", "apart": "far apart"}


@panel(ID, page="priorities", title="Where does the room agree, and where not?", uses=frozenset(), live=True)
def build_workshop_spread_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is an item of the round: median, quartiles and number of the answers, and how far they lie apart.

    Scores stand on the round's scale, weights as per cent of each person's whole. Missing: under three answers, as who
    looks on would know whose they are. Quartiles and agreement: `statistics.spread`.
    """
    made: dict[str, Any] = {"id": ID, "title": "Spread of the answers"}
    if not selection.session:
        return _none(made, "No session is open", "Open a session of a workshop, and ask a round.")
    state = state_of(context.folder)
    try:
        asked = asked_round(state, selection.session, selection.round)
        tally = None if asked is None else round_tally(state, asked)
    except StateError as error:
        return _none(made, "The round cannot be read", str(error))
    if tally is None:
        return _none(made, "No round was asked yet", "Ask one on the Workshop page.")
    frame = _table(tally)
    status = "open" if tally.round.closed is None else "closed"
    answered = f"{tally.people} of {tally.joined} joined {'has' if tally.people == 1 else 'have'} answered"
    unit = "share of each person’s weights" if tally.round.kind == "weight" else f"{tally.low:g} to {tally.high:g}"
    return Panel(
        **made,
        table=frame,
        columns=_columns(tally),
        sentence=_finding(frame, tally),
        subtitle=f"“{tally.round.title}”: {unit}. Round {status}, {answered}",
        caveats=(_note(tally),),
        sources=(),
        state="ready" if tally.shown else "too_few",
        message=f"Answers are shown from the third on. {answered[:1].upper()}{answered[1:]}.",
        facts={"people": tally.people, "joined": tally.joined, "apart": int((frame["agreement"] == "far apart").sum())},
    )


def _none(made: dict[str, Any], sentence: str, message: str) -> Panel:
    columns = _columns(None)
    return Panel(
        **made,
        table=pd.DataFrame(columns=[column.key for column in columns]),
        columns=columns,
        sentence=sentence,
        subtitle="Median and middle half of what people answered, without names",
        state="no_data",
        message=message,
        ways=(Way("Workshop", "/workshop"),),
    )


def _columns(tally: Tally | None) -> tuple[Column, ...]:
    kind: Format = "percent" if tally is not None and tally.round.kind == "weight" else "ratio"
    what = "Criterion" if tally is not None and tally.round.kind == "weight" else "Problem"
    return (
        Column("item", what),
        Column("median_words", "Median"),
        Column("middle_words", "Middle half"),
        Column("answers", "Answers"),
        Column("agreement", "Agreement"),
        Column("median", "Median as a number", kind, hidden=True),
        Column("lower_quartile", "Lower quartile", kind, hidden=True),
        Column("upper_quartile", "Upper quartile", kind, hidden=True),
        Column("n", "Number of answers", "integer", hidden=True),
        Column("item_key", "Key", hidden=True),
    )


def _table(tally: Tally) -> pd.DataFrame:
    """In the order asked while the round is open (nothing moves while people look), by the median once it is closed."""
    times = 100.0 if tally.round.kind == "weight" else 1.0
    missing = float("nan")
    rows = []
    for one in tally.items:
        s = one.spread
        rows.append(
            {
                "item": one.name,
                "median_words": "" if s is None else _written(s.median, tally),
                "middle_words": ""
                if s is None
                else f"{_written(s.lower_quartile, tally)} to {_written(s.upper_quartile, tally)}",
                "answers": "" if s is None else f"{s.n}",
                "median": missing if s is None else times * s.median,
                "lower_quartile": missing if s is None else times * s.lower_quartile,
                "upper_quartile": missing if s is None else times * s.upper_quartile,
                "n": missing if s is None else float(s.n),
                "agreement": f"under {number_word(FEWEST)} answers" if s is None else WORDS.get(s.agreement, ""),
                "item_key": one.key,
            }
        )
    frame = pd.DataFrame(rows, columns=[column.key for column in _columns(tally)])
    if tally.round.closed is not None:
        frame = frame.sort_values("median", ascending=False, kind="stable", na_position="last", ignore_index=True)
    return frame


def _written(value: float, tally: Tally) -> str:
    """ "25 %", "2.5", "2.75"."""
    if tally.round.kind == "weight":
        return percent(100 * value)
    return f"{value:g}" if value == round(value, 1) else f"{value:.2f}"


def _middle(low: float, high: float, tally: Tally) -> str:
    """ "2.5 to 4"; "3" where half of the answers are the same."""
    words = [_written(end, tally) for end in (low, high)]
    return words[0] if words[0] == words[1] else " to ".join(words)


def _finding(frame: pd.DataFrame, tally: Tally) -> str:
    if not tally.shown:
        return f"{count_of(tally.people, 'answer')} so far: shown from the third on"
    known = frame[frame["median"].notna()]
    n = len(known)
    things = ("criterion", "criteria") if tally.round.kind == "weight" else ("problem", "problems")
    if not n:
        return f"No {things[0]} has {number_word(FEWEST)} answers yet"
    many = f"{number_word(n)} {things[n != 1]}"
    apart = known[known["agreement"] == WORDS["apart"]]
    if len(apart):
        widest = apart.iloc[int((apart["upper_quartile"] - apart["lower_quartile"]).to_numpy().argmax())]
        if len(apart) == 1:
            said = f"The room is split on {lower_first(widest['item'])}"
            others = "" if n == 1 else f", and not on the other {number_word(n - 1)}"
            return fitting(said + others, said, f"The room is split on one of {many}")
        said = f"{number_word(len(apart), capital=True)} of {many} split the room"
        return fitting(f"{said}, most of all {lower_first(widest['item'])}", said)
    mixed = int((known["agreement"] == WORDS["mixed"]).sum())
    if mixed:
        return f"Nothing splits the room; answers on {number_word(mixed)} of {many} are mixed"
    return f"The room agrees: answers on {'all ' if n > 1 else ''}{many} lie close together"


def _note(tally: Tally) -> str:
    if tally.round.kind == "weight":
        return (
            "Each person’s weights as shares of their whole. Close together: the middle half of the answers spans at "
            "most 0.4 of an equal share; far apart: 0.8 or more."
        )
    ends = {side: str(tally.round.detail.get(f"{side}_words") or usual)
            for side, usual in (("low", "not at all"), ("high", "very much"))}  # fmt: skip
    return (
        f"From {tally.low:g} ({ends['low']}) to {tally.high:g} ({ends['high']}). Close together: the middle half of "
        "the answers spans at most a fifth of the scale; far apart: two fifths or more."
    )
