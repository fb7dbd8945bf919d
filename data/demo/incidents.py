"""The incidents of the demonstration, drawn from the plan: what happened, when, where, and in whose file it stands."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.demo.country import Country
from data.demo.geography import Borough, on_grid
from data.demo.places import COUNTY_DISTRICTS, FORCE, LANDMARKS, NEIGHBOURS, WARDS
from data.demo.plan import (
    CATEGORIES,
    HOTSPOTS,
    MISSING_MONTHS,
    MONTHS,
    NEW_SNAP_POINTS,
    RARE,
    REPEATED,
    SILENT_FORCE,
    STEP,
    UNPLACED,
    UNPLACED_JUMP,
    CategoryPlan,
    HotspotPlan,
    expected_counts,
    month_index,
)

__all__ = ["FORCES", "OUTCOMES", "Rows", "crime_ids", "draw_incidents", "family_levels", "first_rows"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

FORCES = tuple(UNPLACED)
"""The police forces that publish, by number."""
ASB = next(i for i, plan in enumerate(CATEGORIES) if plan.name == "Anti-social behaviour")
NO_PLACE = -1

OUTCOMES = (
    "Under investigation",
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Awaiting court outcome",
    "Court result unavailable",
    "Local resolution",
    "Offender given a caution",
    "Action to be taken by another organisation",
    "Further investigation is not in the public interest",
    "Formal action is not in the public interest",
    "Status update unavailable",
)
_THEFT = (0.03, 0.76, 0.10, 0.02, 0.04, 0.01, 0.01, 0.0, 0.01, 0.01, 0.01)
_PERSON = (0.04, 0.26, 0.48, 0.03, 0.07, 0.02, 0.02, 0.04, 0.01, 0.02, 0.01)
_SHOP = (0.03, 0.50, 0.18, 0.05, 0.15, 0.05, 0.01, 0.0, 0.01, 0.01, 0.01)
_FOUND = (0.06, 0.08, 0.20, 0.09, 0.25, 0.20, 0.06, 0.02, 0.02, 0.01, 0.01)
_OUTCOME_SHARES = {
    "Shoplifting": _SHOP, "Drugs": _FOUND, "Possession of weapons": _FOUND, "Violence and sexual offences": _PERSON,
    "Public order": _PERSON, "Other crime": _PERSON, "Criminal damage and arson": _PERSON,
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Rows of the street-level files, one array per column, all of one length.

    ``month, category, force, outcome`` are numbers in :data:`MONTHS`, ``CATEGORIES``, :data:`FORCES`, :data:`OUTCOMES`
    (outcome −1: none); ``force`` is the one whose file holds the row; ``point`` is a row of ``country.points`` or −1;
    ``district`` is the district's number, −1 where the row has no place; ``crime`` is the number behind its Crime ID,
    0 where it has none; ``copy`` is 0 for the incident itself, 1 for its repetition in the same file, 2 in a later
    month's file, 3 in another force's.
    """

    month: IntArray
    category: IntArray
    force: IntArray
    point: IntArray
    district: IntArray
    crime: IntArray
    outcome: IntArray
    copy: IntArray

    def __len__(self) -> int:
        return len(self.month)

    def take(self, index: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(*(getattr(self, column.name)[index] for column in fields(self)))

    @staticmethod
    def joined(parts: list[Rows]) -> Rows:
        """All rows of several."""
        return Rows(*(np.concatenate([getattr(part, c.name) for part in parts]) for c in fields(Rows)))


def draw_incidents(borough: Borough, country: Country, seed: int) -> Rows:
    """All rows of all files, the awkward ones included. The same seed gives the same rows."""
    rng = np.random.default_rng([seed, 6])
    placed = Rows.joined([_our_rows(borough, country, rng), _other_rows(country, seed)])
    placed = _in_the_neighbours_file(borough, country, placed, np.random.default_rng([seed, 7]))
    rows = Rows.joined([placed, _without_place(placed, np.random.default_rng([seed, 8]))])
    rows = _with_ids_and_outcomes(rows, np.random.default_rng([seed, 9]))
    rows = Rows.joined([rows, *_repetitions(rows, np.random.default_rng([seed, 10]))])
    force, months = MISSING_MONTHS
    missing = (rows.force == FORCES.index(force)) & np.isin(rows.month, [month_index(month) for month in months])
    return rows.take(~missing)


def first_rows(rows: Rows) -> Rows:
    """The incidents: every row without Crime ID, and of each Crime ID the row in the first month it appears in."""
    order = np.lexsort((rows.copy, rows.month))
    _, first = np.unique(rows.crime[order], return_index=True)
    index = order[first]
    return rows.take(np.concatenate([np.flatnonzero(rows.crime == 0), index[rows.crime[index] > 0]]))


def crime_ids(crime: IntArray) -> npt.NDArray[np.uint8]:
    """Crime IDs of 64 hexadecimal digits, as published, a row of characters each; these begin with ``dec0de``."""
    mixed = crime.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) & np.uint64(0xFFFFFFFFFFFF)
    shifts = np.arange(44, -4, -4, dtype=np.uint64)
    digits = (mixed[:, None] >> shifts) & np.uint64(15)
    ids = np.full((len(crime), 64), ord("0"), dtype=np.uint8)
    ids[:, :6] = np.frombuffer(b"dec0de", dtype=np.uint8)
    ids[:, -12:] = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)[digits.astype(np.intp)]
    return ids


def family_levels(seed: int) -> pd.DataFrame:
    """Planted rate of each other district (index: number) over the similar areas' typical rate in 2024, by category.

    The two districts of one partnership share theirs. The log levels of the twelve similar areas with complete data
    have exactly the planned spread and mean 0.
    """
    rng = np.random.default_rng([seed, 11])
    partnerships = list(dict.fromkeys(d.partnership_code for d in COUNTY_DISTRICTS))
    complete = {d.partnership_code for d in NEIGHBOURS if d.force not in (MISSING_MONTHS[0], SILENT_FORCE)}
    levels = {}
    for plan in CATEGORIES:
        scores = _normal_scores(len(complete))
        drawn = dict(zip([p for p in partnerships if p in complete], rng.permutation(scores), strict=True))
        drawn |= {p: rng.normal() for p in partnerships if p not in complete}
        levels[plan.name] = [np.exp(plan.spread * drawn[d.partnership_code]) for d in COUNTY_DISTRICTS]
    return pd.DataFrame(levels, index=range(1, len(COUNTY_DISTRICTS) + 1))


def _normal_scores(count: int) -> FloatArray:
    """Evenly spread values with mean 0 and standard deviation 1."""
    evenly = np.sqrt(12 / (1 - count**-2.0)) * ((np.arange(count) + 0.5) / count - 0.5)
    return evenly / evenly.std(ddof=1)


def _our_rows(borough: Borough, country: Country, rng: np.random.Generator) -> Rows:
    points = country.points[country.points["district"] == 0]
    is_new = points["is_new"].to_numpy()
    new_from = month_index(NEW_SNAP_POINTS)
    parts = []
    for number, plan in enumerate(CATEGORIES):
        weights = _point_weights(borough, country, points, plan)
        expected = expected_counts(plan)
        spots = [spot for spot in HOTSPOTS if spot.category == plan.name]
        streams = [(expected * (1 - sum(spot.shares() for spot in spots)), weights)]
        streams += [(expected * spot.shares(), _hotspot_weights(points, spot)) for spot in spots]
        if plan.name == STEP.category:
            streams.append(_step_stream(borough, points, weights, expected))
        noise = _noise((plan.dispersion - 1) / expected, rng)
        for mean, at in streams:
            counts = rng.poisson(mean * noise)
            for new in (False, True):
                months = np.arange(len(MONTHS))[(np.arange(len(MONTHS)) >= new_from) == new]
                month = np.repeat(months, counts[months])
                share = np.where(is_new == new, at, 0.0)
                found = _drawn(share, len(month), rng)
                parts.append(_plain_rows(month, number, FORCES.index(FORCE), points.index.to_numpy()[found], 0))
    return Rows.joined(parts)


def _noise(variance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Factors with mean 1 and this variance (gamma): months in which more, or less, happens of all of a category."""
    noise = np.ones_like(variance)
    noisy = variance > 0
    noise[noisy] = rng.gamma(1 / variance[noisy], variance[noisy])
    return noise


def _plain_rows(
    month: IntArray, category: int | IntArray, force: int | IntArray, point: IntArray, district: int | IntArray
) -> Rows:
    zero = np.zeros(len(month), dtype=np.int64)
    return Rows(month, zero + category, zero + force, point, zero + district, zero, zero - 1, zero)


def _drawn(weights: FloatArray, count: int, rng: np.random.Generator) -> IntArray:
    """Numbers drawn with these weights."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges, rng.random(count) * edges[-1], side="right")


def _point_weights(borough: Borough, country: Country, points: pd.DataFrame, plan: CategoryPlan) -> FloatArray:
    """How much of a category happens at each point, hotspots aside: by residents, kind of ward and deprivation."""
    lsoas = country.lsoas.iloc[: len(borough.lsoas)]
    kind = borough.lsoas["kind"].map(plan.by_kind).to_numpy()
    of_lsoa = lsoas["residents"].to_numpy() * kind * np.exp(plan.by_deprivation * lsoas["deprivation"].to_numpy())
    for ward, category, factor in RARE:
        if category == plan.name:
            of_lsoa = np.where(borough.lsoas["ward"] == _ward_number(ward), factor * of_lsoa, of_lsoa)
    weight = points["weight"] ** plan.clustering
    at = weight / weight.groupby([points["is_new"], points["lsoa"]]).transform("sum")
    return at.to_numpy() * of_lsoa[points["lsoa"].to_numpy()]


def _hotspot_weights(points: pd.DataFrame, spot: HotspotPlan) -> FloatArray:
    """Weights of the points of a hotspot: its landmark's own, and the streets around it fading with distance."""
    mark = LANDMARKS[spot.landmark]
    x, y = on_grid(mark.x, mark.y)
    distance = np.hypot(points["easting"].to_numpy() - x, points["northing"].to_numpy() - y)
    own = (points["landmark"] == spot.landmark).to_numpy()
    near = np.where(distance <= mark.radius_m, 1 - (distance / mark.radius_m) ** 2, 0.0)
    return np.where(own, 3.0, near) * np.minimum(points["weight"].to_numpy() + 0.6, 2.0)


def _step_stream(
    borough: Borough, points: pd.DataFrame, weights: FloatArray, expected: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What the step in one ward adds: its months, and its points."""
    inside = (borough.lsoas["ward"] == _ward_number(STEP.ward)).to_numpy()[points["lsoa"].to_numpy()]
    is_new = points["is_new"].to_numpy()
    share = weights[inside & is_new].sum() / weights[is_new].sum()
    after = np.arange(len(MONTHS)) >= month_index(STEP.start)
    return expected * share * (STEP.factor - 1) * after, np.where(inside, weights, 0.0)


def _ward_number(name: str) -> int:
    return next(i for i, ward in enumerate(WARDS) if ward.name == name)


def _other_rows(country: Country, seed: int) -> Rows:
    """The other districts' rows, lighter: the same seasons and lockdown, their own levels, no hotspots."""
    rng = np.random.default_rng([seed, 12])
    levels = family_levels(seed)
    ours_2023 = country.districts["residents_2023"].iloc[0]
    point_rows = {
        (district, bool(new)): (group.index.to_numpy(), group["weight"].to_numpy())
        for (district, new), group in country.points[country.points["district"] > 0].groupby(["district", "is_new"])
    }
    new_from = month_index(NEW_SNAP_POINTS)
    parts = []
    for number, district in enumerate(COUNTY_DISTRICTS, 1):
        if district.force not in FORCES:
            continue
        per_head = country.districts["residents_2023"].iloc[number] / ours_2023
        expected = np.array(
            [expected_counts(p, of_family=True) * per_head * levels.at[number, p.name] / p.level for p in CATEGORIES]
        )
        spread = np.array([p.dispersion - 1 for p in CATEGORIES])[:, None] / (expected / per_head)
        counts = rng.poisson(expected * _noise(spread, rng))
        category, month = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), len(MONTHS))
        point = np.empty(len(month), dtype=np.int64)
        for new in (False, True):
            here = (month >= new_from) == new
            index, weights = point_rows[number, new]
            point[here] = index[_drawn(weights, int(here.sum()), rng)]
        parts.append(_plain_rows(month, category, FORCES.index(district.force), point, number))
    return Rows.joined(parts)


def _in_the_neighbours_file(borough: Borough, country: Country, rows: Rows, rng: np.random.Generator) -> Rows:
    """Near our eastern border a tenth of our rows stand in the neighbouring force's file, some of theirs in ours."""
    estermark, wexmoor = FORCES.index("Estermark Police"), FORCES.index(FORCE)
    eastern = [_ward_number("Great Ostrey"), _ward_number("Sallowby and the Levels")]
    ward = np.append(borough.lsoas["ward"].to_numpy(), -1)
    lsoa = country.points["lsoa"].to_numpy()[rows.point]
    ours = (rows.district == 0) & np.isin(ward[np.where(rows.district == 0, lsoa, -1)], eastern)
    saltreach = 1 + next(i for i, district in enumerate(COUNTY_DISTRICTS) if district.name == "Saltreach")
    theirs = rows.district == saltreach
    chance = rng.random(len(rows))
    force = np.where(ours & (chance < 0.10), estermark, rows.force)
    return replace(rows, force=np.where(theirs & (chance < 0.03), wexmoor, force))


def _without_place(placed: Rows, rng: np.random.Generator) -> Rows:
    """Rows without location, beside those that have one."""
    parts = []
    for number, force in enumerate(FORCES):
        mine = placed.take(placed.force == number)
        for month in range(len(MONTHS)):
            here = mine.category[mine.month == month]
            jump_force, jump_month, jump_share = UNPLACED_JUMP
            is_jump = force == jump_force and month == month_index(jump_month)
            share = jump_share if is_jump else UNPLACED[force] * rng.uniform(0.8, 1.2)
            count = round(share / (1 - share) * len(here))
            none = np.full(count, NO_PLACE)
            parts.append(_plain_rows(np.full(count, month), rng.choice(here, count), number, none, none))
    return Rows.joined(parts)


def _with_ids_and_outcomes(rows: Rows, rng: np.random.Generator) -> Rows:
    """Number every crime; anti-social behaviour has neither number nor outcome."""
    has_id = rows.category != ASB
    crime = np.where(has_id, np.cumsum(has_id), 0)
    outcome = np.full(len(rows), -1)
    for number, plan in enumerate(CATEGORIES):
        mine = np.flatnonzero(rows.category == number)
        if number != ASB:
            outcome[mine] = _drawn(np.array(_OUTCOME_SHARES.get(plan.name, _THEFT)), len(mine), rng)
    latest = has_id & (rows.month >= len(MONTHS) - 2) & (rng.random(len(rows)) < 0.45)
    return replace(rows, crime=crime, outcome=np.where(latest, 0, outcome))


def _repetitions(rows: Rows, rng: np.random.Generator) -> list[Rows]:
    """Rows whose Crime ID stands in the files a second time.

    In the same file, as they are; or one to three months later, then with a newer outcome (no other outcome is "Under
    investigation" there). None crosses the exchange of the snap points.
    """
    chance = np.array([REPEATED[force] for force in FORCES])[rows.force]
    chosen = np.flatnonzero((rows.crime > 0) & (rng.random(len(rows)) < chance))
    later = rng.random(len(chosen)) < 0.55
    delay = rng.integers(1, 4, len(chosen))
    month = rows.month[chosen]
    new_from = month_index(NEW_SNAP_POINTS)
    later &= (month + delay < len(MONTHS)) & ((month < new_from) == (month + delay < new_from))
    same = rows.take(chosen[~later])
    after = rows.take(chosen[later])
    after = replace(
        after,
        month=after.month + delay[later],
        outcome=1 + (after.outcome + rng.integers(0, 9, len(after))) % (len(OUTCOMES) - 1),
    )
    across = np.flatnonzero((rows.crime > 0) & (rows.district == 0) & (rows.force == FORCES.index(FORCE)))
    across = np.setdiff1d(rng.choice(across, 60, replace=False), chosen)[:40]
    elsewhere = replace(rows.take(across), force=np.full(len(across), FORCES.index("Estermark Police")))
    return [replace(part, copy=np.full(len(part), kind)) for kind, part in ((1, same), (2, after), (3, elsewhere))]
