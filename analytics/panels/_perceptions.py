"""What surveys and consultations found: each result with its interval, its change, its distance from the whole.

Rules: under 30 asked, nothing is shown. 1 to 4 people who gave an answer, or who did not, are hidden, and with them
whatever would give them away. Only where the people asked were drawn as a sample is there an interval, and only then
a verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import label_range
from analytics.panels._model import HIDDEN, Source
from analytics.queries.loaded import perceptions
from analytics.statistics.adjustment import adjusted_p_values
from analytics.statistics.disclosure import Total, suppress
from analytics.statistics.rates import (
    Estimate,
    difference_from_whole,
    interval_p_value,
    proportion,
    share_difference,
)
from analytics.words import MINUS, is_missing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FEWEST", "Concern", "Survey", "concerns", "points_words", "speaks_of", "survey_of"]

FEWEST = 30
"""People asked under whom no share is shown."""
_AREAS = ("partnership", "district", "ward", "force", "region", "country")
_WHOLE = tuple(kind for kind in _AREAS if kind != "ward")
_NONE = float("nan")

_surveys: Memo[Survey] = Memo(size=8)


@dataclass(frozen=True, eq=False)
class Survey:
    """The results and who published them.

    table: a row is an answer to a question in one area, in its latest wave and the one before. counts: how many gave
    the answer, of each row; never printed where small.
    """

    table: pd.DataFrame
    counts: tuple[float, ...]
    sources: tuple[Source, ...]


@dataclass
class _Result:
    """One row of the store, with what may be said of it."""

    row: dict[str, Any]
    n: float
    """People asked; NaN where the publisher does not say."""
    x: float
    effect: float
    share: Estimate
    hidden: bool = False
    """A small number stands behind it."""

    @property
    def state(self) -> str:
        if self.n < FEWEST:
            return f"under {FEWEST} asked"
        return "hidden: 1 to 4 people" if self.hidden else ""

    @property
    def sampled(self) -> bool:
        return bool(self.row["sampled"])

    @property
    def wave(self) -> str:
        return _when(self.row["wave_from"].date(), self.row["wave_to"].date())


@dataclass
class _Measure:
    """One answer to one question in one area, over its waves from the first to the latest."""

    results: list[_Result] = field(default_factory=list)

    @property
    def latest(self) -> _Result:
        return self.results[-1]

    @property
    def before(self) -> _Result | None:
        return self.results[-2] if len(self.results) > 1 else None


def _when(first: date, last: date) -> str:
    """The months of a wave: "Sep 2024", "Sep to Oct 2024"."""
    return label_range(first.replace(day=1), last.replace(day=1))


def survey_of(cursor: DuckDBPyConnection, context: Context) -> Survey:
    """Everything loaded: our own areas first, the wider ones last, within each in the order of the files."""
    return _surveys.answer(context.folder, lambda: _worked_out(cursor))


def _worked_out(cursor: DuckDBPyConnection) -> Survey:
    rows = records(perceptions(cursor))
    results = [_result(row) for row in rows]
    for result, hidden in zip(results, _hidden(results), strict=True):
        result.hidden = hidden
    measures: dict[tuple[Any, ...], _Measure] = defaultdict(_Measure)
    for result in results:
        row = result.row
        code = None if is_missing(row["area_code"]) else row["area_code"]
        measures[(row["survey"], row["question"], row["answer"], row["area_type"], code)].results.append(result)
    for measure in measures.values():
        measure.results.sort(key=lambda result: result.row["wave_from"])
    measures = dict(sorted(measures.items(), key=lambda entry: _AREAS.index(entry[0][3])))
    spoken = _latest_words(measures)
    table = pd.DataFrame([_table_row(key, measure, measures, spoken) for key, measure in measures.items()])
    counts = tuple(float(np.round(measure.latest.x)) for measure in measures.values())
    if len(table):
        table[["base", "previous_base"]] = table[["base", "previous_base"]].astype("Int64")
        _judge(table)
    return Survey(table, counts, _sources(measures))


def _result(row: dict[str, Any]) -> _Result:
    n = _NONE if is_missing(row["base"]) else float(row["base"])
    effect = 1.0 if is_missing(row["design_effect"]) else float(row["design_effect"])
    x = row["percent"] * n / 100
    value, nothing = np.array(row["percent"] / 100), np.array(_NONE)
    if not row["sampled"]:
        share = Estimate.of(value, nothing, nothing, np.array("not a sample: no interval"), 0.95)
    elif not is_missing(row["lower_cl"]):
        lower, upper = np.array(row["lower_cl"] / 100), np.array(row["upper_cl"] / 100)
        share = Estimate.of(value, lower, upper, np.array("as published"), 0.95)
    elif is_missing(n):
        share = Estimate.of(value, nothing, nothing, np.array("number asked not published: no interval"), 0.95)
    else:
        share = proportion(x, n, design_effect=effect)
    return _Result(row, n, x, effect, share)


def _hidden(results: Sequence[_Result]) -> list[bool]:
    """Which shares would tell a number of 1 to 4 people.

    Cells: those who gave the answer, those who did not, all who were asked. Sums: the two make up all; the answers to
    one question make up all; wards make up the partnership.
    """
    cells: list[float] = []
    totals: list[Total] = []
    asked: dict[tuple[Any, ...], int] = {}
    own: list[tuple[int, int, int] | None] = []
    answers: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    areas: dict[tuple[Any, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, result in enumerate(results):
        row = result.row
        if is_missing(result.n):  # a published share: nobody can be counted back from it
            own.append(None)
            continue
        code = None if is_missing(row["area_code"]) else row["area_code"]
        wave = (row["survey"], row["wave_from"], row["question"])
        gave, n = min(round(result.x), round(result.n)), round(result.n)
        key = (*wave, row["area_type"], code, n)
        if key not in asked:
            asked[key] = len(cells)
            cells.append(n)
        first = len(cells)
        cells += [gave, n - gave]
        totals.append((asked[key], [first, first + 1]))
        own.append((first, first + 1, asked[key]))
        answers[key].append(first)
        areas[(*wave, row["answer"])][row["area_type"]].append(number)
    for key, gave_cells in answers.items():
        if len(gave_cells) > 1 and abs(sum(cells[cell] for cell in gave_cells) - cells[asked[key]]) <= len(gave_cells):
            _add_total(cells, totals, asked[key], gave_cells)
    for kinds in areas.values():
        wards = kinds.get("ward", [])
        for whole in kinds.get("partnership", []):
            places = [own[number] for number in (whole, *wards)]
            if wards and sum(results[ward].n for ward in wards) == results[whole].n:
                _add_total(cells, totals, *_whole_and_parts(places))
    if not cells or not any(0 < cell < 5 for cell in cells):
        return [False] * len(results)
    hidden = suppress(cells, totals).hidden
    return [places is not None and bool(hidden[list(places)].any()) for places in own]


def _whole_and_parts(places: Sequence[tuple[int, int, int] | None]) -> tuple[int, list[int]]:
    """The cells of those who gave the answer: of the whole first, then of its parts."""
    whole, *parts = [place[0] for place in places if place is not None]
    return whole, parts


def _add_total(cells: list[float], totals: list[Total], whole: int, parts: list[int]) -> None:
    """A sum that holds; percentages are rounded, so parts may come to a little more than their total."""
    if sum(cells[part] for part in parts) <= cells[whole]:
        totals.append((whole, parts))


def _latest_words(measures: dict[tuple[Any, ...], _Measure]) -> dict[tuple[Any, ...], tuple[Any, tuple[str, ...]]]:
    """Direction and categories of each question and answer, as its latest wave says."""
    found: dict[tuple[Any, ...], tuple[Any, Any, tuple[str, ...]]] = {}
    for key, measure in measures.items():
        row = measure.latest.row
        if key[:3] not in found or row["wave_from"] > found[key[:3]][0]:
            direction = None if is_missing(row["direction"]) else row["direction"]
            found[key[:3]] = (row["wave_from"], direction, tuple(row["categories"]))
    return {key: words[1:] for key, words in found.items()}


def _table_row(
    key: tuple[Any, ...],
    measure: _Measure,
    measures: dict[tuple[Any, ...], _Measure],
    spoken: dict[tuple[Any, ...], tuple[Any, tuple[str, ...]]],
) -> dict[str, Any]:
    survey, question, answer, area_type, code = key
    now, before = measure.latest, measure.before
    shown = not now.state
    direction, categories = spoken[key[:3]]
    share = _in_percent(now.share) if shown else (_NONE, _NONE, _NONE)
    earlier = _in_percent(before.share) if before is not None and not before.state else (_NONE, _NONE, _NONE)
    change = _NOTHING
    if shown and before is not None and not before.state:
        change = share_difference(now.share, before.share)
    apart = _NOTHING
    if shown and now.sampled and area_type in {"ward", "district"}:
        apart = _apart(now, measures.get((survey, question, answer, "partnership", None)))
    row = now.row
    return {
        "question": question,
        "answer": answer,
        "area_name": row["area_name"],
        "wave_words": now.wave,
        "base": now.n,
        "percent": share[0],
        "lower_cl": share[1],
        "upper_cl": share[2],
        "previous_wave": before.wave if before is not None else "",
        "previous_percent": earlier[0],
        "change_words": points_words(*_points(change)),
        "verdict": "",
        "apart_words": points_words(*_points(apart)),
        "apart_verdict": "",
        "state": now.state or "shown",
        "survey": survey,
        "publisher": _text(row["publisher"]),
        "wave": _text(row["wave"]),
        "wave_from": row["wave_from"].date(),
        "wave_to": row["wave_to"].date(),
        "area_type": area_type,
        "area_code": code or "",
        "categories": "; ".join(categories),
        "direction": direction or "",
        "sampled": "yes" if now.sampled else "no",
        "answered": _answered(now),
        "design_effect": now.effect,
        "method": str(now.share.method) if shown else now.state,
        "previous_base": _NONE if before is None else before.n,
        "previous_lower_cl": earlier[1],
        "previous_upper_cl": earlier[2],
        "previous_state": "" if before is None else before.state or "shown",
        "change_points": _points(change)[0],
        "change_lower_cl": _points(change)[1],
        "change_upper_cl": _points(change)[2],
        "p_value": float(interval_p_value(change)),
        "p_adjusted": _NONE,
        "apart_points": _points(apart)[0],
        "apart_lower_cl": _points(apart)[1],
        "apart_upper_cl": _points(apart)[2],
        "apart_p_value": float(interval_p_value(apart)),
        "apart_p_adjusted": _NONE,
    }


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)


def _answered(now: _Result) -> Any:
    """About how many gave the answer: a number, "c" where it may not be told, missing where too few were asked."""
    if now.hidden:
        return HIDDEN
    if is_missing(now.n):
        return "not published"
    return _NONE if now.state else round(now.x)


_NOTHING = Estimate.of(np.array(_NONE), np.array(_NONE), np.array(_NONE), np.array("no data"), 0.95)


def _in_percent(share: Estimate) -> tuple[float, float, float]:
    return 100 * float(share.value), 100 * float(share.lower_cl), 100 * float(share.upper_cl)


_points = _in_percent


def _apart(now: _Result, whole: _Measure | None) -> Estimate:
    """An area's share minus the partnership's in the same wave."""
    same = [one for one in whole.results if one.row["wave_from"] == now.row["wave_from"]] if whole else []
    if not same or same[0].state or not same[0].sampled:
        return _NOTHING
    return difference_from_whole(now.x, now.n, same[0].x, same[0].n, design_effect=now.effect)


def points_words(value: float, lower: float, upper: float) -> str:
    """ "+7.0 (2.8 to 11.2)", in percentage points; without limits the difference alone, nothing where there is none.

    >>> points_words(7, 2.8, 11.2), points_words(-4.04, float("nan"), float("nan"))
    ('+7.0 (2.8 to 11.2)', '−4.0')
    """
    if is_missing(value):
        return ""
    said = _signed(value)
    return said if is_missing(lower) else f"{said} ({_plain(lower)} to {_plain(upper)})"


def _signed(value: float) -> str:
    text = f"{abs(value):.1f}"
    return text if text == "0.0" else f"{'+' if value > 0 else MINUS}{text}"


def _plain(value: float) -> str:
    return f"{value:.1f}".replace("-", MINUS) if f"{value:.1f}" != "-0.0" else "0.0"


def _judge(table: pd.DataFrame) -> None:
    """Verdicts: the interval must leave out zero, and the p adjusted over all rows of its kind must be under 0.05."""
    whole = table["area_type"].isin(_WHOLE)
    for rows in (whole, ~whole):
        if rows.any():
            table.loc[rows, "p_adjusted"] = adjusted_p_values(table.loc[rows, "p_value"])
    table["apart_p_adjusted"] = adjusted_p_values(table["apart_p_value"])
    table["verdict"] = [_verdict(row) for row in records(table)]
    table["apart_verdict"] = [
        ""
        if is_missing(row["apart_points"])
        else _side(row["apart_points"], row["apart_p_adjusted"], "higher", "lower", "no clear difference")
        for row in records(table)
    ]


def _verdict(row: dict[str, Any]) -> str:
    if row["state"] != "shown" or row["previous_state"] not in {"", "shown"}:
        return "too few"
    if not row["previous_wave"]:
        return "first wave"
    if is_missing(row["change_lower_cl"]):
        return "not a sample" if row["sampled"] == "no" else "not judged"
    return _side(row["change_points"], row["p_adjusted"], "rose", "fell", "no clear change")


def _side(value: float, p: float, above: str, below: str, neither: str) -> str:
    if not p < 0.05:
        return neither
    return above if value > 0 else below


def _sources(measures: dict[tuple[Any, ...], _Measure]) -> tuple[Source, ...]:
    """A line a survey: who asked, and when first and last."""
    waves: dict[tuple[str, str], list[tuple[Any, Any]]] = defaultdict(list)
    for measure in measures.values():
        for result in (measure.latest, measure.before):
            if result is not None:
                row = result.row
                waves[(_text(row["publisher"]), row["survey"])].append((row["wave_from"].date(), row["wave_to"].date()))
    return tuple(
        Source(publisher, survey, _when(min(a for a, _ in spans), max(b for _, b in spans)), "")
        for (publisher, survey), spans in waves.items()
    )


@dataclass(frozen=True)
class Concern:
    """How many are concerned about a category, in per cent with limits: whose question, and whether others were asked
    the same."""

    percent: float
    lower: float
    upper: float
    survey: str
    question: str
    answer: str
    wave: str
    area: str
    is_main: bool
    """It belongs to the set of questions that speaks of most categories: only within it are shares comparable."""


def concerns(table: pd.DataFrame) -> dict[str, Concern]:
    """By category: the concern residents voice, from the latest wave that may stand for the partnership.

    Of several: of the whole partnership before the force's area; then the survey and answer that speak of most
    categories, so that categories are compared by one question; then the latest wave; then the largest share.
    "Higher is better" turns round: those who did not answer so are concerned. Consultations in which people chose
    themselves do not count: their doubt cannot be told.
    """
    if table.empty:
        return {}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    covered: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for row in records(table):
        if row["area_type"] not in {"partnership", "force"} or row["sampled"] != "yes" or row["state"] != "shown":
            continue
        if not row["direction"] or not row["categories"]:
            continue
        for category in row["categories"].split("; "):
            found[category].append(row)
            covered[_set_of(row)].add(category)
    if not found:
        return {}
    largest = max(covered, key=lambda one: (one[-1] == "partnership", len(covered[one])))
    return {
        category: _concern(max(rows, key=lambda row: _rank(row, covered)), largest) for category, rows in found.items()
    }


def _set_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["survey"], row["answer"], row["direction"], row["area_type"]


def _rank(row: dict[str, Any], covered: dict[tuple[Any, ...], set[str]]) -> tuple[Any, ...]:
    return row["area_type"] == "partnership", len(covered[_set_of(row)]), row["wave_to"], _concerned(row)[0]


def _concerned(row: dict[str, Any]) -> tuple[float, float, float]:
    share = (row["percent"], row["lower_cl"], row["upper_cl"])
    return share if row["direction"].startswith("lower") else (100 - share[0], 100 - share[2], 100 - share[1])


def _concern(row: dict[str, Any], largest: tuple[Any, ...]) -> Concern:
    return Concern(
        *_concerned(row), row["survey"], row["question"], row["answer"], row["wave_words"], row["area_name"],
        _set_of(row) == largest,
    )  # fmt: skip


def speaks_of(table: pd.DataFrame, categories: Iterable[str]) -> pd.Series:
    """Which rows speak of one of the categories."""
    asked = set(categories)
    return table["categories"].map(lambda words: not asked.isdisjoint(words.split("; ")))
