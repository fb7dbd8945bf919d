"""The truths planted in the demonstration: how much of what happens when and where. Only tables and two formulas.

Everything a test or a page should recover is declared here once; :func:`data.demo.truths.planted_truths` writes it
beside the extracts as ``truths.json``.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

__all__ = [
    "CATEGORIES",
    "FIRST_2021_CODES",
    "HOTSPOTS",
    "LOCKDOWN",
    "MAP_SEED",
    "MISSING_MONTHS",
    "MONTHS",
    "NEW_SNAP_POINTS",
    "NO_CHANGE",
    "POSITIONS",
    "RARE",
    "REPEATED",
    "SEED",
    "SILENT_FORCE",
    "SPOILED",
    "STEP",
    "UNPLACED",
    "UNPLACED_JUMP",
    "CategoryPlan",
    "HotspotPlan",
    "StepPlan",
    "days_in",
    "expected_counts",
    "month_index",
]

MAP_SEED = 7
"""Of the borough and the country. Changing it draws another map."""

SEED = 80
"""Of the incidents. Picked among 90 as one in which chance blurs little of what is planted: no category's change from
2023 to 2024 lies more than 1.6 standard errors from its planted ratio. Over all 90 the average is as planted."""

MONTHS: tuple[date, ...] = tuple(date(year, month, 1) for year in range(2021, 2025) for month in range(1, 13))
NEW_SNAP_POINTS = date(2022, 7, 1)
FIRST_2021_CODES = date(2023, 6, 1)  # earlier files carry LSOA codes of 2011
LOCKDOWN = {date(2021, 1, 1): 1.0, date(2021, 2, 1): 1.0, date(2021, 3, 1): 0.9, date(2021, 4, 1): 0.5,
            date(2021, 5, 1): 0.35, date(2021, 6, 1): 0.2}  # fmt: skip
"""How much of its lockdown effect a category shows in each month."""

UNPLACED = {"Wexmoor Police": 0.021, "Loxshire Police": 0.034, "Estermark Police": 0.046, "Norrick Police": 0.013}
"""Share of a file's rows that have no location."""
UNPLACED_JUMP = ("Wexmoor Police", date(2023, 11, 1), 0.083)
REPEATED = {"Wexmoor Police": 0.012, "Loxshire Police": 0.008, "Estermark Police": 0.075, "Norrick Police": 0.004}
"""Share of the rows with a Crime ID that stand in the files a second time."""
MISSING_MONTHS = ("Norrick Police", (date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)))
SILENT_FORCE = "Carrowdale Police"
SPOILED = ("Wexmoor Police", date(2023, 3, 1), 6, 2)
"""Rows in one file that no reader may count: so many of another month than the file's, so many without a category."""


@dataclass(frozen=True)
class CategoryPlan:
    """What is planted for one published category.

    Attributes
    ----------
    per_year : float
        Incidents expected in the borough in 2023.
    dispersion : float
        Variance of a month's count over its expectation (1: chance alone).
    season, peak : float, int
        Amplitude of the yearly wave (0.25: 25 % above the mean at the peak) and the month of its peak.
    lockdown : float
        Factor under full lockdown.
    yearly : float
        Change per year over all 48 months, as a factor.
    last_year : float
        Ratio of 2024 to 2023, beyond ``yearly``, in a step at January 2024.
    level : float
        Our rate over the typical (geometric mean) rate of the similar areas in 2024.
    spread : float
        Standard deviation of the similar areas' log rates.
    family_last_year : float
        Ratio of 2024 to 2023 in the similar areas.
    by_kind : mapping
        Incidents per resident by kind of ward, relative to one another.
    by_deprivation : float
        Change of the log rate per standard deviation of deprivation.
    clustering : float
        How strongly incidents keep to the busier points of an LSOA (0: not at all).
    """

    name: str
    per_year: float
    dispersion: float = 1.3
    season: float = 0.0
    peak: int = 7
    lockdown: float = 0.9
    yearly: float = 1.0
    last_year: float = 1.0
    level: float = 1.0
    spread: float = 0.12
    family_last_year: float = 1.0
    by_kind: dict[str, float] = field(default_factory=dict)
    by_deprivation: float = 0.15
    clustering: float = 1.0


_VIOLENCE = {"centre": 2.2, "inner": 1.35, "retail": 0.9, "estate": 1.15, "suburb": 0.70, "village": 0.50}
_ACQUISITIVE = {"centre": 1.3, "inner": 1.1, "retail": 1.0, "estate": 1.0, "suburb": 0.9, "village": 0.8}
_SHOPS = {"centre": 2.5, "inner": 1.2, "retail": 1.5, "estate": 1.0, "suburb": 0.8, "village": 0.5}
_NIGHT = {"centre": 4.0, "inner": 1.6, "retail": 0.8, "estate": 0.9, "suburb": 0.5, "village": 0.3}

CATEGORIES = (
    CategoryPlan("Violence and sexual offences", 5_900, 2.0, 0.07, 7, 0.82, level=1.04, by_kind=_VIOLENCE),
    CategoryPlan("Anti-social behaviour", 2_150, 2.4, 0.25, 7, 1.65, level=1.02, by_kind=_VIOLENCE, by_deprivation=0.2,
                 clustering=1.7),
    CategoryPlan("Shoplifting", 1_640, 1.2, 0.05, 12, 0.52, last_year=1.25, level=1.33, spread=0.10,
                 family_last_year=1.08, by_kind=_SHOPS, by_deprivation=0.05),
    CategoryPlan("Vehicle crime", 1_760, 1.2, 0.06, 11, 0.62, last_year=1.12, level=1.78, spread=0.10,
                 family_last_year=0.97, by_kind=_ACQUISITIVE, by_deprivation=0.05),
    CategoryPlan("Criminal damage and arson", 1_430, 1.3, 0.05, 5, 0.80, level=0.97, by_kind=_VIOLENCE),
    CategoryPlan("Public order", 1_150, 1.1, 0.08, 7, 0.85, level=1.03, by_kind=_VIOLENCE),
    CategoryPlan("Other theft", 1_060, 1.1, 0.06, 8, 0.60, level=0.98, by_kind=_ACQUISITIVE, by_deprivation=0.0),
    CategoryPlan("Burglary", 740, 1.1, 0.12, 12, 0.70, yearly=0.88, level=0.72, spread=0.09,
                 family_last_year=0.95, by_kind=_ACQUISITIVE),
    CategoryPlan("Drugs", 560, 1.5, 0.0, 7, 1.20, level=0.54, spread=0.10, by_kind=_VIOLENCE, by_deprivation=0.3),
    CategoryPlan("Other crime", 380, 1.2, 0.0, 7, 0.90, level=1.05, by_kind=_ACQUISITIVE),
    CategoryPlan("Robbery", 165, 1.0, 0.0, 11, 0.60, level=0.95, by_kind=_NIGHT, by_deprivation=0.2),
    CategoryPlan("Possession of weapons", 185, 1.0, 0.0, 7, 0.90, level=1.05, by_kind=_VIOLENCE, by_deprivation=0.25),
    CategoryPlan("Theft from the person", 135, 1.0, 0.0, 12, 0.35, level=0.93, by_kind=_NIGHT, by_deprivation=0.0),
    CategoryPlan("Bicycle theft", 150, 1.0, 0.35, 8, 0.80, yearly=0.94, level=1.0, by_kind=_SHOPS, by_deprivation=0.0),
)  # fmt: skip
"""In the order of data/reference/categories.csv."""


NO_CHANGE = ("Public order", "Other theft")
"""Categories in which nothing changes from 2023 to 2024."""

POSITIONS = {"Vehicle crime": "much higher", "Shoplifting": "higher", "Burglary": "lower", "Drugs": "much lower"}
"""Our place in the family in 2024 by the leave-one-out band; the other categories are about the same as the family."""


@dataclass(frozen=True)
class HotspotPlan:
    """A share of a category that happens at a landmark, beyond what its surroundings would have.

    The share is ``share`` until ``grows_from`` (if given), then grows in a straight line to ``share_at_end`` in the
    last month.
    """

    landmark: str
    category: str
    share: float
    grows_from: date | None = None
    share_at_end: float | None = None

    def shares(self) -> npt.NDArray[np.float64]:
        """The share in each month."""
        if self.grows_from is None or self.share_at_end is None:
            return np.full(len(MONTHS), self.share)
        start = month_index(self.grows_from)
        grown = np.clip((np.arange(len(MONTHS)) - start + 1) / (len(MONTHS) - start), 0, 1)
        return self.share + (self.share_at_end - self.share) * grown


HOTSPOTS = (
    HotspotPlan("retail_park", "Vehicle crime", 0.15),
    HotspotPlan("retail_park", "Shoplifting", 0.17),
    HotspotPlan("brindlewood_parade", "Anti-social behaviour", 0.015, date(2024, 1, 1), 0.20),
    HotspotPlan("town_centre", "Shoplifting", 0.25),
    HotspotPlan("town_centre", "Violence and sexual offences", 0.10),
    HotspotPlan("town_centre", "Public order", 0.09),
    HotspotPlan("town_centre", "Anti-social behaviour", 0.07),
    HotspotPlan("town_centre", "Other theft", 0.06),
    HotspotPlan("town_centre", "Drugs", 0.06),
    HotspotPlan("town_centre", "Robbery", 0.12),
    HotspotPlan("town_centre", "Theft from the person", 0.30),
    HotspotPlan("town_centre", "Bicycle theft", 0.18),
)


@dataclass(frozen=True)
class StepPlan:
    """A category in one ward that jumps to ``factor`` times its level in month ``start`` and stays there."""

    ward: str
    category: str
    start: date
    factor: float


STEP = StepPlan("Copperfields", "Criminal damage and arson", date(2024, 2, 1), 2.4)

RARE = (("Great Ostrey", "Robbery", 0.0), ("Hobbleden Vale", "Theft from the person", 0.5))
"""Ward, category, factor: nothing at all ever happens in the first; the second stays well under 20 a year."""


def month_index(month: date) -> int:
    """Position of a month in :data:`MONTHS`."""
    return MONTHS.index(month)


def days_in(month: date) -> int:
    return monthrange(month.year, month.month)[1]


def expected_counts(plan: CategoryPlan, *, of_family: bool = False) -> npt.NDArray[np.float64]:
    """Incidents of a category expected in each month, shape (48,), without the step planted in one ward.

    With ``of_family``, the shape of a similar area's series (a family's own change from 2023 to 2024, no trend before),
    scaled so that 2024 has as many incidents as ours.
    """
    last = month_index(date(2024, 1, 1))
    counts = np.empty(len(MONTHS))
    for i, month in enumerate(MONTHS):
        wave = 1 + plan.season * np.cos(2 * np.pi * (month.month - plan.peak) / 12)
        lockdown = 1 + (plan.lockdown - 1) * LOCKDOWN.get(month, 0.0)
        trend = 1.0 if of_family else plan.yearly ** ((i - month_index(date(2023, 6, 1)) - 0.5) / 12)
        step = (plan.family_last_year if of_family else plan.last_year) if i >= last else 1.0
        counts[i] = plan.per_year / 365.25 * days_in(month) * wave * lockdown * trend * step
    if of_family:
        counts *= expected_counts(plan)[last:].sum() / counts[last:].sum()
    return counts
