"""What the Priorities panels share: problems, their evidence, scores, weights, and the ranking with its robustness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.criteria import Criterion, Facts, Scale, Score, criteria
from analytics.frames import records
from analytics.harm import HarmSet, Weight, subgroup_key
from analytics.judgement import NOTHING_SAID, EnteredCriterion, Entry, Problem
from analytics.memo import Memo
from analytics.months import write_months
from analytics.panels._families import family_table
from analytics.panels._hotspots import land_of, snap_points_date
from analytics.panels._model import Source
from analytics.panels._perceptions import Concern, Survey, concerns, survey_of
from analytics.panels._tables import ChangeTable, category_table, change_months, changes, police_source
from analytics.queries.own import (
    counts_by_offence,
    counts_of_problem,
    offence_coded_months,
    points_by_category,
    points_of_problem,
    recorded_by_offence,
)
from analytics.queries.reconciliation import recorded_members
from analytics.selection import Selection
from analytics.statistics.concentration import chance_places, places_against_chance, places_holding
from analytics.statistics.priorities import (
    Robustness,
    centroid_weights,
    rank_robustness,
    score_range,
    tipping_weights,
)
from analytics.statistics.rates import crime_rate
from analytics.words import percent
from data.reference import UNRECOGNISED, offence_categories
from geo.grids import Grid, grid_over

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "DRAWS",
    "FEWEST",
    "FILTERS_USED",
    "Cell",
    "Evidence",
    "Ranking",
    "evidence_link",
    "evidence_of",
    "judgement_words",
    "options_of",
    "priority_sources",
    "ranking_of",
    "scale_words",
    "unrecorded_why",
]

DRAWS = 10_000
SEED = 1
SQUARE = 250.0
"""Metres: side of the squares of the concentration."""
FEWEST = 20
"""Incidents under which no concentration is judged."""
FILTERS_USED = {"period", "comparison", "categories", "family"}

_evidence: Memo[Evidence] = Memo(size=64)
_rankings: Memo[Ranking] = Memo(size=256)
_squares: Memo[Grid | None] = Memo(size=32)


@dataclass(frozen=True, eq=False)
class Evidence:
    """The facts on each problem, and the months and weights they stand on."""

    problems: tuple[Problem, ...]
    own: frozenset[str]
    facts: tuple[Facts, ...]
    months: tuple[date, ...]
    table: ChangeTable
    harm: HarmSet | None
    mix_year: str
    """The financial year whose offences weigh the harm of a category; "" where the published mix does."""
    by_offence: bool
    """Incidents of every month looked at have offence codes: problems are counted and harm is weighed by them."""
    surveys: tuple[Source, ...] = ()
    """The surveys that the scores of residents' concern come from."""


@dataclass(frozen=True)
class Cell:
    """A problem on a criterion: the score that counts, that of the evidence, and what people entered."""

    problem: str
    criterion: str
    score: Score
    evidence: Score
    entry: Entry | None

    @property
    def state(self) -> str:
        if self.entry is not None:
            return "entered"
        return "evidence" if self.score.known else "unscored"


@dataclass(frozen=True, eq=False)
class Ranking:
    """Problems in their order with the scores, weights and robustness behind it.

    values, lower, upper: (problems, criteria); NaN unscored. weights: (criteria,), they add up to 1. places: of the
    criteria in the order of importance that counts, 1 first. idle: criteria that nobody has scored, which do not count.
    score, score_lower, score_upper: (problems,). robustness over all weightings asked for. tipping: (problems,
    criteria).
    """

    problems: tuple[Problem, ...]
    criteria: tuple[Criterion, ...]
    idle: tuple[Criterion, ...]
    unused: tuple[Criterion, ...]
    scales: dict[str, Scale]
    cells: dict[tuple[str, str], Cell]
    values: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    weights: np.ndarray
    points: np.ndarray
    places: np.ndarray
    score: np.ndarray
    score_lower: np.ndarray
    score_upper: np.ndarray
    robustness: Robustness | None
    tipping: np.ndarray
    top: int
    evidence: Evidence
    weighted_by: str
    """How the weights came about: "equal", "points" or "order"."""
    unranked: tuple[Problem, ...] = ()
    """Problems without a score on any criterion that counts: there is nothing to rank them by."""

    @property
    def ranks(self) -> np.ndarray:
        """Rank of each problem, 1 first; equals share the better rank."""
        return 1 + (self.score[None, :] > self.score[:, None] + 1e-12).sum(axis=1)

    @property
    def top_share(self) -> np.ndarray:
        """How often each problem is in the first `top`, in per cent of the weightings."""
        if self.robustness is None:
            return np.full(len(self.problems), np.nan)
        return 100 * self.robustness.top_acceptability


# ---- Problems and criteria ----------------------------------------------------------------------------------------


def options_of(selection: Selection, context: Context) -> tuple[tuple[Problem, ...], frozenset[str]]:
    """The problems that are ranked, and the keys of those of the partnership's own."""
    said = selection.judgement
    default = [
        Problem(category.slug, category.name, (category.name,))
        for category in context.categories
        if category.name != UNRECOGNISED
        and category.slug not in said.left_out
        and (selection.categories is None or category.name in selection.categories)
    ]
    taken = {problem.key for problem in default} | {category.slug for category in context.categories}
    own = []
    for problem in (*context.problems, *said.problems):
        if problem.key not in taken and problem.key not in said.left_out:
            taken.add(problem.key)
            own.append(problem)
    return (*default, *own), frozenset(problem.key for problem in own)


def criteria_of(selection: Selection) -> tuple[Criterion, ...]:
    """The declared criteria and the partnership's own entered ones."""
    declared = criteria()
    own = [
        _own_criterion(one, 100 + i) for i, one in enumerate(selection.judgement.criteria) if one.key not in declared
    ]
    return (*declared.values(), *own)


def _own_criterion(one: EnteredCriterion, order: int) -> Criterion:
    return Criterion(
        key=one.key,
        name=one.name,
        short=one.name,
        question=one.question or f"How does it stand on “{one.name}”?",
        explanation=f"The partnership’s own criterion, scored by people from 0 to {one.scale}.",
        order=order,
        people_scale=one.scale,
    )


# ---- The evidence -------------------------------------------------------------------------------------------------


def evidence_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Evidence:
    """The facts on each problem that is ranked, worked out once whatever the weights."""
    problems, own = options_of(selection, context)
    matters = Selection(
        start=selection.start,
        end=selection.end,
        comparison_start=selection.comparison_start,
        comparison_end=selection.comparison_end,
        categories=selection.categories,
        family=selection.family,
        source=selection.source,
        harm=selection.harm,
    )
    return _evidence.answer(
        (context.folder, matters, problems), lambda: _gathered(cursor, matters, context, problems, own)
    )


def _gathered(
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    problems: tuple[Problem, ...],
    own: frozenset[str],
) -> Evidence:
    table = category_table(cursor, selection, context)
    found: dict[str, dict[str, Any]] = {row["category"]: row for row in records(table.frame)}
    by_offence = set(change_months(selection, context)) <= offence_coded_months(cursor)
    countable = problems if by_offence else tuple(_without_codes(problem) for problem in problems)
    measured = [problem for problem in countable if problem.key in own and not problem.people_only]
    counted = {problem.key: _counts(cursor, problem, selection, context) for problem in measured}
    if counted:
        rows = pd.concat([frame.assign(problem=key) for key, frame in counted.items()], ignore_index=True)
        rows = rows.groupby(["problem", "month"], as_index=False)["incidents"].sum()
        moved = changes(rows, "problem", list(counted), selection, context).frame
        found |= {str(own_row["problem"]): own_row for own_row in records(moved)}
    harm = next((one for one in context.harm_sets if one.id == selection.harm), None) or next(
        iter(context.harm_sets), None
    )
    weights, year = _mix(cursor, context, harm)
    offences = counts_by_offence(cursor, table.months)
    places = _concentration(cursor, selection, context, countable, own, table.months)
    survey = survey_of(cursor, context)
    voiced = concerns(survey.table)
    family = family_table(cursor, replace(selection, categories=None), context, ranked=False)
    facts = []
    for problem in problems:
        notes: dict[str, str] = {}
        counted_as = problem.key if problem.key in own else problem.name
        unrecorded = unrecorded_why(problem, by_offence)
        row = None if unrecorded else found.get(counted_as)
        made: dict[str, Any] = {"key": problem.key, "name": problem.name}
        made |= _concern(problem, voiced, survey, notes)
        if row is None or not table.months:
            why = unrecorded or f"{selection.period_label} is not loaded"
            notes |= dict.fromkeys(("volume", "harm", "change", "family", "concentration"), why)
            facts.append(Facts(**made, notes=tuple(notes.items())))
            continue
        made |= _volume(row)
        made |= _change(row, table, notes)
        if problem.key in own:
            in_it = counted[problem.key]
            in_it = in_it[in_it["month"].isin([pd.Timestamp(m) for m in table.months])]
        else:
            in_it = offences[offences["category"] == problem.name]
        made["harm"] = _harm(in_it, harm, weights, notes)
        made["harm_unit"] = unit_word(harm)
        made |= _against_family(problem, own, family, cursor, selection, context, notes)
        made |= places.get(problem.key, {})
        if problem.key not in places:
            notes["concentration"] = places.get("", {}).get("why", f"under {FEWEST} incidents with a place")
        facts.append(Facts(**made, notes=tuple(notes.items())))
    used = {concern.survey for concern in voiced.values()}
    asked = tuple(source for source in survey.sources if source.title in used)
    return Evidence(problems, own, tuple(facts), table.months, table, harm, year, by_offence, asked)


def unrecorded_why(problem: Problem, by_offence: bool) -> str:
    """Why no incident can belong to a problem: "no recorded data", "no offence codes loaded"; "" where one can.

    by_offence: incidents of every month looked at have offence codes. Without them a problem of codes and categories
    is counted by its categories alone.
    """
    if problem.people_only:
        return "no recorded data"
    return "no offence codes loaded" if problem.codes and not problem.categories and not by_offence else ""


def _without_codes(problem: Problem) -> Problem:
    """Counted by its categories alone: where some months have codes, those would seem to have more than the others."""
    return replace(problem, codes=()) if problem.categories else problem


def _concern(
    problem: Problem, voiced: dict[str, Concern], survey: Survey, notes: dict[str, str]
) -> dict[str, tuple[float, float, float] | str]:
    """How many residents are concerned, by the question that concerns most of those that speak of its categories.

    A problem of some wards, or of offence codes, is not what the whole partnership was asked about.
    """
    whole = not problem.wards and not problem.codes
    found = [voiced[category] for category in problem.categories if whole and category in voiced]
    if not found:
        asked = "no survey is loaded" if survey.table.empty else "no survey asks of it"
        notes["concern"] = f"{asked}, nobody scored it"
        return {}
    one = max(found, key=lambda concern: concern.percent)
    other = "" if one.is_main else ", asked otherwise"
    return {"concern": (one.lower, one.percent, one.upper), "concern_words": f"{percent(one.percent)}{other}"}


def _counts(cursor: DuckDBPyConnection, problem: Problem, selection: Selection, context: Context) -> pd.DataFrame:
    months = change_months(selection, context)
    return counts_of_problem(cursor, months, categories=problem.categories, codes=problem.codes, wards=problem.wards)


def _volume(row: dict[str, Any]) -> dict[str, float]:
    counted = float(row["incidents"])
    limits = crime_rate(counted, 1, per=1, dispersion=row["dispersion"])
    return {
        "incidents": counted,
        "incidents_lower": float(limits.lower_cl),
        "incidents_upper": float(limits.upper_cl),
    }


def _change(row: dict[str, Any], table: ChangeTable, notes: dict[str, str]) -> dict[str, float]:
    if table.compared.basis == "none":
        notes["change"] = "no months to compare"
        return {}
    made = {"previous": float(row["previous"]), "compared": float(row["compared"])}
    limits = [row["change_lower_cl"], row["change_upper_cl"]]
    if row["verdict"] == "too few" or any(limit is None or not math.isfinite(limit) for limit in limits):
        notes["change"] = "too few to tell"
        return made
    low, middle, high = (math.log1p(max(x, -99.9) / 100) for x in (limits[0], row["change_pct"], limits[1]))
    return {**made, "change": middle, "change_se": (high - low) / (2 * 1.959964)}


def _harm(
    counts: pd.DataFrame, harm: HarmSet | None, weights: dict[str, Weight], notes: dict[str, str]
) -> tuple[float, float, float]:
    """The harm of one incident on average, low, central and high: by offence where its code is known."""
    nothing = (math.nan, math.nan, math.nan)
    if harm is None:
        notes["harm"] = "no harm weights"
        return nothing
    total, sums, unknown = 0.0, np.zeros(3), 0.0
    for row in records(counts.groupby(["category", "offence_code"], as_index=False, dropna=False)["incidents"].sum()):
        code, n = row["offence_code"], float(row["incidents"])
        weight = (harm.of_offence(code) if isinstance(code, str) else None) or weights.get(str(row["category"]))
        if weight is None:
            unknown += n
            continue
        total += n
        sums += n * np.array([weight.low, weight.central, weight.high])
    if not total or unknown > total:
        notes["harm"] = "no weight for it" if unknown else "none recorded"
        return nothing
    low, middle, high = sums / total
    return float(low), float(middle), float(high)


def _mix(cursor: DuckDBPyConnection, context: Context, harm: HarmSet | None) -> tuple[dict[str, Weight], str]:
    """The weight of each category: by the offences recorded here in the latest whole year of the Home Office's tables
    where nine in ten of them have a weight, else as the set has it; and that year."""
    if harm is None:
        return {}, ""
    weights = dict(harm.categories)
    years = recorded_members(cursor, {"ours": [code for code, _ in context.districts]})
    years = years[years["state"].isin(["published", "summed"]) & (years["quarters"] == 4)]
    if years.empty or not (harm.offences or harm.subgroups):
        return weights, ""
    latest = years.sort_values("year").iloc[-1]
    counts = recorded_by_offence(cursor, latest["partnership_codes"], latest["year"])
    by_code = {entry.offence_code: entry.category for entry in offence_categories() if entry.offence_code}
    by_group = {entry.offence_subgroup.casefold(): entry.category for entry in offence_categories()}
    groups = dict(harm.subgroups)
    sums: dict[str, list[float]] = {}
    for row in records(counts):
        code, group = row["offence_code"], str(row["offence_subgroup"] or "")
        category = by_code.get(code) or by_group.get(group.casefold())
        weight = (harm.of_offence(code) if isinstance(code, str) else None) or groups.get(subgroup_key(group))
        if category is None:
            continue
        known = sums.setdefault(category, [0.0, 0.0, 0.0])
        known[0] += row["incidents"]
        if weight is not None:
            known[1] += row["incidents"]
            known[2] += row["incidents"] * weight.central
    mixed = {
        category: Weight(total / known, total / known, total / known)
        for category, (every, known, total) in sums.items()
        if known and known >= 0.9 * every
    }
    return {**weights, **mixed}, str(latest["year"]) if mixed else ""


def _against_family(
    problem: Problem,
    own: frozenset[str],
    whole: Any,
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    notes: dict[str, str],
) -> dict[str, Any]:
    if whole is None:
        notes["family"] = "no family configured"
        return {}
    if problem.wards or problem.codes:
        notes["family"] = "not known of other areas"
        return {}
    if problem.key in own:
        asked = replace(selection, categories=problem.categories or None)
        table = family_table(cursor, asked, context, ranked=False)
        row = table.total if table is not None else None
    else:
        row = whole.position(problem.name) if problem.name in whole.categories else None
    numbers = [math.nan] * 4
    if row is not None and str(row["band"]) not in {"too few members", "no data"}:
        keys = ("rate_per_1000", "lower_cl", "upper_cl", "family_mean")
        numbers = [math.nan if row[key] is None else float(row[key]) for key in keys]
    rate, low, high, mean = numbers
    if math.isnan(rate) or math.isnan(mean) or not mean > 0:
        notes["family"] = "too few areas to compare"
        return {}
    return {"rate": rate, "family_mean": mean, "family": (low / mean, rate / mean, high / mean)}


def _concentration(
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    problems: Sequence[Problem],
    own: frozenset[str],
    months: tuple[date, ...],
) -> dict[str, dict[str, Any]]:
    """Places, squares, chance and concentration of each problem that can be judged; under "" why none can."""
    replaced = snap_points_date(cursor, context)
    if not months:
        return {}
    if replaced and months[0] < replaced <= months[-1]:
        return {"": {"why": "map points replaced within the period"}}
    made: dict[str, dict[str, Any]] = {}
    column = {pd.Timestamp(month): i for i, month in enumerate(months)}
    everything = points_by_category(cursor, months)
    for problem in problems:
        if problem.people_only:
            continue
        grid = _grid(cursor, selection, context, problem.wards)
        if grid is None or len(grid) < 10:
            continue
        if problem.key in own:
            rows = points_of_problem(
                cursor, months, categories=problem.categories, codes=problem.codes, wards=problem.wards
            )
        else:
            rows = everything[everything["category"] == problem.name]
        cell = grid.cell_of(rows["easting"], rows["northing"])
        inside = cell >= 0
        counts = np.zeros((len(grid), len(months)))
        when = rows["month"].map(column).to_numpy(dtype=int)
        np.add.at(counts, (cell[inside], when[inside]), rows["incidents"].to_numpy()[inside])
        total = counts.sum()
        if total < FEWEST:
            continue
        log_ratio, se = places_against_chance(counts)
        made[problem.key] = {
            "places": float(places_holding(counts.sum(axis=1))),
            "squares": float(len(grid)),
            "chance": chance_places(float(total), len(grid)),
            "concentration": log_ratio,
            "concentration_se": se,
        }
    return made


def _grid(cursor: DuckDBPyConnection, selection: Selection, context: Context, wards: tuple[str, ...]) -> Grid | None:
    def build() -> Grid | None:
        land = land_of(cursor, replace(selection, wards=wards or None), context)
        return None if land is None else grid_over(land.shape, SQUARE)

    return _squares.answer((context.folder, wards), build)


# ---- The ranking --------------------------------------------------------------------------------------------------


def ranking_of(cursor: DuckDBPyConnection, selection: Selection, context: Context) -> Ranking | None:
    """The ranking of the selection; None where there is no problem to rank or no criterion anyone has scored."""
    evidence = evidence_of(cursor, selection, context)
    matters = replace(
        Selection(selection.start, selection.end),
        comparison_start=selection.comparison_start,
        comparison_end=selection.comparison_end,
        categories=selection.categories,
        family=selection.family,
        source=selection.source,
        harm=selection.harm,
        judgement=selection.judgement,
        mix=selection.mix,
        top=selection.top,
    )
    found = _rankings.answer((context.folder, matters), lambda: _ranked(evidence, matters))
    return found if found.problems and found.criteria else None


def _ranked(evidence: Evidence, selection: Selection) -> Ranking:
    said = selection.judgement
    problems = evidence.problems
    every = criteria_of(selection)
    unused = tuple(one for one in every if one.key in said.unused)
    ends = evidence.harm.ends if evidence.harm else (1.0, 1.0)
    scales: dict[str, Scale] = {}
    cells: dict[tuple[str, str], Cell] = {}
    for criterion in every:
        scores = [Score("unscored")] * len(problems)
        if criterion.scale is not None and criterion.scores is not None:
            scales[criterion.key] = criterion.scale(evidence.facts, ends)
            scores = criterion.scores(evidence.facts, scales[criterion.key])
        for problem, found in zip(problems, scores, strict=True):
            entry = said.entry(problem.key, criterion.key)
            counts = found if entry is None else _entered(entry, criterion)
            cells[problem.key, criterion.key] = Cell(problem.key, criterion.key, counts, found, entry)
    asked = [one for one in every if one not in unused]
    used = tuple(one for one in asked if any(cells[problem.key, one.key].score.known for problem in problems))
    idle = tuple(one for one in asked if one not in used)
    ranked = tuple(p for p in problems if any(cells[p.key, one.key].score.known for one in used))
    unranked = tuple(problem for problem in problems if problem not in ranked)
    problems = ranked
    n = (len(problems), len(used))
    values, lower, upper = (
        np.array([[getattr(cells[p.key, c.key].score, part) for c in used] for p in problems], dtype=float).reshape(n)
        for part in ("value", "lower", "upper")
    )
    points = np.array([said.points(one.key) for one in used])
    weighted_by = "points" if said.weights else "order" if said.order else "equal"
    said_places = np.array([float(said.place(one.key)) for one in used])
    if weighted_by == "order" and len(used):
        weights = centroid_weights(said_places)
    else:
        weights = points / points.sum() if points.sum() > 0 else np.full(len(used), 1 / max(len(used), 1))
    places = said_places if said.order else np.array([1.0 + (points > own).sum() for own in points])
    top = min(int(selection.top), max(1, len(problems)))
    if not len(problems) or not len(used):
        empty = np.zeros(len(problems))
        score = low = high = empty
        robustness, tipping = None, values
    else:
        score, low, high = score_range(values, weights)
        order = places if selection.mix == "order" else None
        robustness = rank_robustness(values, lower=lower, upper=upper, order=order, top=top, draws=DRAWS, seed=SEED)
        tipping = tipping_weights(np.where(np.isnan(values), 0.5, values), weights, top=top)
    return Ranking(
        problems, used, idle, unused, scales, cells, values, lower, upper, weights, points, places,
        score, low, high, robustness, tipping, top, evidence, weighted_by, unranked,
    )  # fmt: skip


def _entered(entry: Entry, criterion: Criterion) -> Score:
    """What people entered, as a score; "2 of 5" in words."""
    low = entry.value if entry.lower is None else entry.lower
    high = entry.value if entry.upper is None else entry.upper
    return Score(scale_words(entry.value, criterion), entry.value, low, high, entry.value, low, high)


def scale_words(value: float, criterion: Criterion) -> str:
    """A value from 0 to 1 on the scale people score the criterion on: "2 of 5", "4.5 of 5"."""
    shown = value * criterion.people_scale
    words = f"{shown:.0f}" if abs(shown - round(shown)) < 0.05 else f"{shown:.1f}"
    return f"{words} of {criterion.people_scale}"


def unit_word(harm: HarmSet | None) -> str:
    """The unit of a set in one word, for narrow places: "days" of "days of prison"."""
    return harm.unit.split(" of ")[0].split()[-1] if harm is not None and harm.unit.split() else ""


# ---- Words --------------------------------------------------------------------------------------------------------


def evidence_link(criterion: Criterion, problem: Problem | None, selection: Selection, context: Context) -> str:
    """The address of the panel a criterion's evidence comes from, with the selection that shows the same figures."""
    if not criterion.page:
        return ""
    asked = replace(selection, judgement=NOTHING_SAID, session=None, wards=None, look=None)
    if criterion.page == "/priorities":
        asked = selection
    elif problem is not None and problem.wards:
        asked = replace(asked, categories=problem.categories or None, wards=problem.wards)
    elif problem is not None and problem.categories:
        asked = replace(asked, look=problem.categories[0] if len(problem.categories) == 1 else None)
    query = asked.to_query(context)
    return f"{criterion.page}?{query}" if query else criterion.page


def judgement_words(ranking: Ranking, selection: Selection) -> str:
    """What the weightings range over: "over all weightings", "over weightings that keep our order"."""
    return "over weightings that keep our order" if selection.mix == "order" else "over all weightings"


def priority_sources(
    evidence: Evidence, selection: Selection, context: Context, *, surveys: bool = True
) -> tuple[Source, ...]:
    """Where the evidence comes from: the police files, the family, the harm weights, surveys."""
    found = [police_source(context, selection)]
    harm = evidence.harm
    if harm is not None:
        found.append(Source(harm.publisher, harm.name, harm.version, ""))
    return (*found, *(evidence.surveys if surveys else ()))


def months_words(evidence: Evidence) -> str:
    return write_months(evidence.months)
