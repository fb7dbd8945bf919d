"""What was planted, and what exactly came of it: the content of ``truths.json``, which the tests recover."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from data.demo.country import Country, ward_code
from data.demo.geography import Borough, on_grid
from data.demo.incidents import FORCES, OUTCOMES, Rows, crime_ids, family_levels, first_rows
from data.demo.places import COUNTY_DISTRICTS, LANDMARKS, NEIGHBOURS, WARDS
from data.demo.plan import (
    CATEGORIES,
    FIRST_2021_CODES,
    HOTSPOTS,
    LOCKDOWN,
    MISSING_MONTHS,
    MONTHS,
    NEW_SNAP_POINTS,
    NO_CHANGE,
    POSITIONS,
    RARE,
    SILENT_FORCE,
    SPOILED,
    STEP,
    UNPLACED,
    UNPLACED_JUMP,
    CategoryPlan,
    expected_counts,
)
from geo.projection import to_degrees

__all__ = ["planted_truths"]

_NAMES = [plan.name for plan in CATEGORIES]


def planted_truths(borough: Borough, country: Country, rows: Rows, seed: int) -> dict[str, Any]:
    """Everything a careful analysis should find, as plain values.

    "planted" values are expectations that chance has blurred; "exact" values are what the files hold, with a repeated
    Crime ID counted once, in the first month it appears in.
    """
    incidents = _frame(first_rows(rows), borough, country)
    ours = incidents[incidents["district"] == 0]
    return {
        "seed": seed,
        "months": {"first": f"{MONTHS[0]:%Y-%m}", "last": f"{MONTHS[-1]:%Y-%m}", "count": len(MONTHS)},
        "borough": _borough(borough, country),
        "exact": _exact(incidents, ours, country),
        "files": _files(rows, country),
        "hotspots": [_hotspot(spot.landmark, spot.category, borough, country, ours) for spot in HOTSPOTS],
        "trend": {"category": "Burglary", "change_per_year_pct": round(100 * (_plan("Burglary").yearly - 1), 1)},
        "last_year": {plan.name: _last_year(plan.name, ours) for plan in CATEGORIES},
        "no_change": list(NO_CHANGE),
        "season": {
            "category": "Anti-social behaviour",
            "amplitude": _plan("Anti-social behaviour").season,
            "peak_month": _plan("Anti-social behaviour").peak,
        },
        "dispersion": {plan.name: plan.dispersion for plan in CATEGORIES},
        "step": _step(ours),
        "lockdown": {
            "months": {f"{month:%Y-%m}": strength for month, strength in LOCKDOWN.items()},
            "factor_when_full": {plan.name: plan.lockdown for plan in CATEGORIES},
        },
        "family": _family(seed),
        "visitor_ward": {"ward_code": ward_code(0), "ward_name": WARDS[0].name},
        "rare": [_rare(ward, category, ours) for ward, category, _ in RARE],
    }


def _plan(category: str) -> CategoryPlan:
    return CATEGORIES[_NAMES.index(category)]


def _frame(rows: Rows, borough: Borough, country: Country) -> pd.DataFrame:
    """Rows with their year, category, ward (of ours), coordinates."""
    points = country.points
    at = np.where(rows.point < 0, 0, rows.point)
    ward = borough.lsoas["ward"].to_numpy()
    lsoa = points["lsoa"].to_numpy()[at]
    return pd.DataFrame(
        {
            "month": rows.month,
            "year": np.array([month.year for month in MONTHS])[rows.month],
            "category": np.array(_NAMES, dtype=object)[rows.category],
            "district": rows.district,
            "ward": np.where(rows.district == 0, ward[np.where(rows.district == 0, lsoa, 0)], -1),
            "easting": points["easting"].to_numpy()[at],
            "northing": points["northing"].to_numpy()[at],
            "is_afloat": points["is_afloat"].to_numpy()[at] & (rows.district == 0),
            "force": rows.force,
        }
    )


def _borough(borough: Borough, country: Country) -> dict[str, Any]:
    ours = country.lsoas.iloc[: len(borough.lsoas)]
    return {
        "wards": len(borough.wards),
        "lsoas": len(borough.lsoas),
        "area_km2": round(borough.outline.area / 1e6, 2),
        "residents_2021": int(ours["residents"].sum()),
        "households_2021": int(ours["households"].sum()),
        "residents_2023": int(country.districts["residents_2023"].iloc[0]),
    }


def _exact(incidents: pd.DataFrame, ours: pd.DataFrame, country: Country) -> dict[str, Any]:
    codes = country.districts["code"].to_numpy()
    years = range(MONTHS[0].year, MONTHS[-1].year + 1)
    by_year = ours.groupby(["category", "year"]).size()
    last = incidents[(incidents["year"] == years[-1]) & (incidents["district"] >= 0)]
    of_district = np.bincount(last["district"], minlength=len(codes))
    of_ward = np.bincount(last.loc[last["district"] == 0, "ward"], minlength=len(WARDS))
    return {
        "incidents": len(ours),
        "by_category_and_year": {
            name: {str(year): int(by_year.get((name, year), 0)) for year in years} for name in _NAMES
        },
        "by_ward_2024": {ward_code(number): int(count) for number, count in enumerate(of_ward)},
        "by_district_2024": {str(code): int(n) for code, n in zip(codes, of_district, strict=True) if n},
        "outside_every_ward": int(ours["is_afloat"].sum()),
        "ours_in_the_neighbouring_force_file": int((ours["force"] == FORCES.index("Estermark Police")).sum()),
    }


def _files(rows: Rows, country: Country) -> dict[str, Any]:
    unplaced = pd.Series(rows.point < 0)
    by_file = unplaced.groupby([rows.force, rows.month]).mean()
    jump_force, jump_month, _ = UNPLACED_JUMP
    spoiled_force, spoiled_month, other_month, no_category = SPOILED
    missing_force, missing_months = MISSING_MONTHS
    read = len(rows) + other_month + no_category
    kept = len(first_rows(rows))
    return {
        "read": read,
        "kept": kept,
        "repeated": len(rows) - kept,
        "set_aside": other_month + no_category,
        "not_placed": int((first_rows(rows).point < 0).sum()),
        "repeated_by_kind": {
            kind: int((rows.copy == number).sum())
            for number, kind in enumerate(("same file", "later month", "other force's file"), 1)
        },
        "repeated_later": _later_outcomes(rows),
        "unplaced_share_planted": UNPLACED,
        "unplaced_jump": {
            "force": jump_force,
            "month": f"{jump_month:%Y-%m}",
            "share": round(float(by_file[FORCES.index(jump_force), MONTHS.index(jump_month)]), 4),
        },
        "set_aside_in": {"force": spoiled_force, "month": f"{spoiled_month:%Y-%m}", "other_month": other_month,
                         "no_category": no_category},
        "missing": {"force": missing_force, "months": [f"{month:%Y-%m}" for month in missing_months]},
        "never_publishes": SILENT_FORCE,
        "first_month_of_2021_codes": f"{FIRST_2021_CODES:%Y-%m}",
        "first_month_of_new_snap_points": f"{NEW_SNAP_POINTS:%Y-%m}",
        "changed_lsoas": {
            kind: sorted(set(country.lsoa11.loc[country.lsoa11["change_code"] == letter, "lsoa11_code"]))
            for kind, letter in (("split", "S"), ("merged", "M"), ("irregular", "X"))
        },
    }  # fmt: skip


def _later_outcomes(rows: Rows, examples: int = 3) -> list[dict[str, str]]:
    """A few of our Crime IDs that come again in a later month, with the outcome that counts."""
    found = np.flatnonzero((rows.copy == 2) & (rows.district == 0))
    chosen = found[np.linspace(0, len(found) - 1, examples).astype(int)]
    original = pd.Series(np.flatnonzero(rows.copy == 0), index=rows.crime[rows.copy == 0])
    return [
        {
            "crime_id": crime_ids(rows.crime[[row]]).tobytes().decode(),
            "first_month": f"{MONTHS[rows.month[original[rows.crime[row]]]]:%Y-%m}",
            "first_outcome": OUTCOMES[rows.outcome[original[rows.crime[row]]]],
            "latest_month": f"{MONTHS[rows.month[row]]:%Y-%m}",
            "latest_outcome": OUTCOMES[rows.outcome[row]],
        }
        for row in chosen
    ]


def _hotspot(landmark: str, category: str, borough: Borough, country: Country, ours: pd.DataFrame) -> dict[str, Any]:
    mark = LANDMARKS[landmark]
    spot = next(s for s in HOTSPOTS if s.landmark == landmark and s.category == category)
    x, y = on_grid(mark.x, mark.y)
    longitude, latitude = to_degrees([x], [y])
    mine = ours[ours["category"] == category]
    inside = mine[np.hypot(mine["easting"] - x, mine["northing"] - y) <= mark.radius_m]
    ward = borough.wards[borough.wards.contains(_point(x, y))]["ward"].iloc[0]
    truth: dict[str, Any] = {
        "landmark": landmark,
        "name": mark.name,
        "category": category,
        "ward_code": ward_code(int(ward)),
        "easting": x,
        "northing": y,
        "longitude": round(float(longitude[0]), 6),
        "latitude": round(float(latitude[0]), 6),
        "radius_m": mark.radius_m,
        "class": "persistent" if spot.grows_from is None else "new or intensifying",
        "share_planted": spot.share,
        "incidents_inside_by_year": {str(year): int((inside["year"] == year).sum()) for year in range(2021, 2025)},
        "share_inside_2024": round(float((inside["year"] == 2024).sum() / (mine["year"] == 2024).sum()), 4),
    }
    if spot.grows_from is not None:
        truth |= {"grows_from": f"{spot.grows_from:%Y-%m}", "share_planted_at_end": spot.share_at_end}
    return truth


def _point(x: float, y: float) -> shapely.Point:
    return shapely.Point(x, y)


def _last_year(category: str, ours: pd.DataFrame) -> dict[str, Any]:
    """2024 against 2023: the ratio as planted (without the step in one ward) and the counts as they came."""
    expected = expected_counts(_plan(category))
    counts = ours[ours["category"] == category].groupby("year").size()
    return {
        "ratio_planted": round(float(expected[36:].sum() / expected[24:36].sum()), 4),
        "counts": [int(counts[2023]), int(counts[2024])],
        "has_step": category == STEP.category,
    }


def _step(ours: pd.DataFrame) -> dict[str, Any]:
    number = next(i for i, ward in enumerate(WARDS) if ward.name == STEP.ward)
    series = ours[(ours["ward"] == number) & (ours["category"] == STEP.category)].groupby("month").size()
    series = series.reindex(range(len(MONTHS)), fill_value=0)
    start = MONTHS.index(STEP.start)
    return {
        "ward_code": ward_code(number),
        "ward_name": STEP.ward,
        "category": STEP.category,
        "start": f"{STEP.start:%Y-%m}",
        "factor": STEP.factor,
        "monthly_before": round(float(series[24:start].mean()), 2),
        "monthly_after": round(float(series[start:].mean()), 2),
    }


def _rare(ward: str, category: str, ours: pd.DataFrame) -> dict[str, Any]:
    number = next(i for i, plan in enumerate(WARDS) if plan.name == ward)
    mine = ours[(ours["ward"] == number) & (ours["category"] == category)]
    return {
        "ward_code": ward_code(number),
        "ward_name": ward,
        "category": category,
        "incidents": len(mine),
        "incidents_by_year": {str(year): int((mine["year"] == year).sum()) for year in range(2021, 2025)},
    }


def _family(seed: int) -> dict[str, Any]:
    """Members and our planted place among those with complete data, in 2024: rank 1 is the lowest rate."""
    levels = family_levels(seed)
    complete = {
        d.partnership_code: number
        for number, d in enumerate(COUNTY_DISTRICTS, 1)
        if d in NEIGHBOURS and d.force not in (MISSING_MONTHS[0], SILENT_FORCE)
    }
    return {
        "name": "Similar areas (demonstration)",
        "members_with_us": len({d.partnership_code for d in NEIGHBOURS}) + 1,
        "complete_in_2024_with_us": len(complete) + 1,
        "of_two_districts": {"partnership_code": "E22999010", "districts": ["E07999010", "E07999011"]},
        "with_missing_months": [d.code for d in NEIGHBOURS if d.force == MISSING_MONTHS[0]],
        "without_data": [d.code for d in NEIGHBOURS if d.force == SILENT_FORCE],
        "positions_2024": {
            plan.name: {
                "level": plan.level,
                "band": POSITIONS.get(plan.name, "about the same"),
                "rank_planted": 1 + int((levels.loc[list(complete.values()), plan.name] < plan.level).sum()),
                "family_ratio_2024": plan.family_last_year,
            }
            for plan in CATEGORIES
        },
    }
