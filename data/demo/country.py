"""The made-up country around the borough: every district's LSOAs with codes, names, residents and deprivation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.stats import norm

from data.demo.geography import Borough, on_grid, street_points
from data.demo.places import (
    COUNTY_DISTRICTS,
    DISTRICT_CODE,
    DISTRICT_NAME,
    FORCE,
    PARTNERSHIP_CODE,
    WARDS,
    District,
)
from geo.projection import to_degrees

__all__ = ["Country", "deprivation_table", "make_country", "ward_code"]

_LSOAS_IN_ENGLAND = 33_755
_RESIDENTS = {"centre": 1380, "inner": 1610, "retail": 1490, "estate": 1660, "suburb": 1570, "village": 1450}
_PER_HOUSEHOLD = {"centre": 1.72, "inner": 2.12, "retail": 2.35, "estate": 2.52, "suburb": 2.44, "village": 2.36}
_WARD_WORDS = (
    "Central", "North", "South", "East", "West", "Abbey", "Castle Hill", "Millfields", "Riverside", "Parklands",
    "Heath", "Old Town", "Greenway", "Station", "Priory", "Woodside", "Meads", "Northgate", "Southgate", "Commons",
)  # fmt: skip
_SECTORS = {"north": (66.0, 134.0), "west": (138.0, 192.0), "east": (24.0, 62.0)}  # degrees from east, as seen from us
_DOMAINS = ("Income", "Employment", "Education", "Health", "Crime", "Housing_and_Services", "Environment")


@dataclass(frozen=True)
class Country:
    """All tables of the made-up country; district 0 is ours.

    ``districts``: ``code, name, partnership_code, partnership_name, force, residents`` (Census 2021),
    ``residents_2023``. ``lsoas`` (2021): ``lsoa21_code, lsoa21_name, ward_code, ward_name, district`` (number),
    ``residents, households, deprivation`` (z-score), ``x, y``; ours come first, in the order of the borough's LSOAs.
    ``lsoa11``: the exact-fit lookup, ``lsoa11_code, lsoa11_name, change_code, lsoa21_code, lsoa21_name, district``.
    ``points``: published points, ``is_new, easting, northing, longitude, latitude`` (texts), ``location, lsoa`` (row of
    ``lsoas``), ``lsoa11`` (row of ``lsoa11``), ``district, landmark, is_afloat, weight``.
    """

    districts: pd.DataFrame
    lsoas: pd.DataFrame
    lsoa11: pd.DataFrame
    points: pd.DataFrame


def ward_code(number: int) -> str:
    """Code of one of our wards."""
    return f"E05999{number + 1:03d}"


def make_country(borough: Borough, seed: int) -> Country:
    """Everything about places that does not change from month to month."""
    rng = np.random.default_rng([seed, 3])
    ours = _our_lsoas(borough, rng)
    lsoas = pd.concat([ours, _other_lsoas(borough, rng)], ignore_index=True)
    lsoa11, parents = _lookup_2011(borough, lsoas)
    points = _points(borough, lsoas, parents, seed)
    return Country(_districts(lsoas, rng), lsoas, lsoa11, points)


def _our_lsoas(borough: Borough, rng: np.random.Generator) -> pd.DataFrame:
    frame = borough.lsoas
    residents = np.rint(frame["kind"].map(_RESIDENTS) * rng.normal(1, 0.08, len(frame))).astype(int)
    per_household = frame["kind"].map(_PER_HOUSEHOLD) * rng.normal(1, 0.03, len(frame))
    letter = frame.groupby("ward").cumcount().map(lambda i: "ABCDEFGH"[i])
    names = DISTRICT_NAME + " " + (frame["ward"] + 1).map("{:03d}".format) + letter
    plans = pd.Series(WARDS)
    return pd.DataFrame(
        {
            "lsoa21_code": [f"E01990{number + 1:03d}" for number in frame["number"]],
            "lsoa21_name": names,
            "ward_code": frame["ward"].map(ward_code),
            "ward_name": frame["ward"].map(lambda ward: plans[ward].name),
            "district": 0,
            "residents": residents,
            "households": np.rint(residents / per_household).astype(int),
            "deprivation": frame["ward"].map(lambda ward: plans[ward].deprivation) + rng.normal(0, 0.3, len(frame)),
            "x": frame["x"],
            "y": frame["y"],
        }
    )


def _other_lsoas(borough: Borough, rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    code, ward = 1000, 100
    for number, district in enumerate(COUNTY_DISTRICTS, 1):
        count = round(district.residents / 1550)
        wards = np.sort(np.arange(count) % min(len(_WARD_WORDS), max(count // 5, 1)))
        shares = rng.normal(1, 0.1, count)
        residents = np.rint(district.residents * shares / shares.sum()).astype(int)
        x, y = _lsoa_middles(borough, district, count, rng).T
        letter = pd.Series(wards).groupby(wards).cumcount().map(lambda i: "ABCDEFGHIJKLMNOP"[i])
        frames.append(
            pd.DataFrame(
                {
                    "lsoa21_code": [f"E0199{code + i:04d}" for i in range(count)],
                    "lsoa21_name": [f"{district.name} {w + 1:03d}" for w in wards] + letter,
                    "ward_code": [f"E05999{ward + w:03d}" for w in wards],
                    "ward_name": [f"{district.name} {_WARD_WORDS[w]}" for w in wards],
                    "district": number,
                    "residents": residents,
                    "households": np.rint(residents / rng.normal(2.35, 0.12, count)).astype(int),
                    "deprivation": rng.normal(0.1, 0.9, count),
                    "x": x,
                    "y": y,
                }
            )
        )
        code, ward = code + count, ward + len(set(wards))
    return pd.concat(frames, ignore_index=True)


def _lsoa_middles(
    borough: Borough, district: District, count: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Where a district's LSOAs lie: around its middle, or along our border where it adjoins us."""
    if not district.border:
        return np.array(on_grid(district.x, district.y)) + rng.normal(0, 3200, (count, 2))
    middle = np.array(on_grid(7.5, 6.0))
    angles = np.deg2rad(rng.uniform(*_SECTORS[district.border], count))
    beyond = np.where(rng.random(count) < 0.3, rng.uniform(350, 1300, count), rng.uniform(1300, 9000, count))
    rays = [shapely.LineString([middle, middle + 30_000 * np.array([np.cos(a), np.sin(a)])]) for a in angles]
    ends = shapely.get_coordinates([shapely.Point(shapely.get_coordinates(shapely.intersection(
        ray, borough.outline))[-1]) for ray in rays])  # fmt: skip
    return ends + beyond[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])


def _lookup_2011(borough: Borough, lsoas: pd.DataFrame) -> tuple[pd.DataFrame, dict[int, list[int]]]:
    """The exact-fit lookup, and of each changed LSOA the rows of its LSOAs of 2011: west of its middle, then east.

    Unchanged everywhere except in our borough: two were split, two merged, two re-cut irregularly.
    """
    columns = [lsoas[column].tolist() for column in ("lsoa21_code", "lsoa21_name", "district")]
    rows = [(code, name, "U", code, name, district) for code, name, district in zip(*columns, strict=True)]
    parents: dict[int, list[int]] = {}

    def old(number: int, suffix: str) -> tuple[str, str]:
        code, name = rows[number][0], rows[number][1]
        return f"E01998{code[-3:]}", f"{name[:-1]}{suffix}"

    changed: list[tuple[tuple[str, str], str, int]] = []
    for ward in ("Silverthorn", "Longacre Heath"):
        for number in (pair := _adjacent_pair(borough, ward)):
            changed.append((old(pair[0], "K"), "S", number))
    merged = _adjacent_pair(borough, "Tannery Wharf")[0]
    changed += [(old(merged, "K"), "M", merged), ((f"E01997{rows[merged][0][-3:]}", old(merged, "L")[1]), "M", merged)]
    first, second = _adjacent_pair(borough, "Hallowdene")
    changed += [(old(first, "K"), "X", first), (old(first, "K"), "X", second), (old(second, "L"), "X", second)]
    touched = {number for _, _, number in changed}
    kept = [row for number, row in enumerate(rows) if number not in touched]
    table = kept + [(*code_name, change, *rows[number][3:]) for code_name, change, number in changed]
    frame = pd.DataFrame(
        table, columns=["lsoa11_code", "lsoa11_name", "change_code", "lsoa21_code", "lsoa21_name", "district"]
    )
    for row, (_, _, number) in enumerate(changed, len(kept)):
        parents.setdefault(number, []).append(row)
    return frame, parents


def _adjacent_pair(borough: Borough, ward: str) -> tuple[int, int]:
    """The two LSOAs of a ward with the longest common boundary."""
    wanted = next(i for i, plan in enumerate(WARDS) if plan.name == ward)
    inside = borough.lsoas[borough.lsoas["ward"] == wanted]
    pairs = {
        (i, j): a.intersection(b).length
        for i, a in zip(inside["number"].tolist(), inside.geometry, strict=True)
        for j, b in zip(inside["number"].tolist(), inside.geometry, strict=True)
        if i < j
    }
    return max(pairs, key=lambda pair: pairs[pair])


def _points(borough: Borough, lsoas: pd.DataFrame, parents: dict[int, list[int]], seed: int) -> pd.DataFrame:
    ours = street_points(borough, seed).assign(district=0)
    points = pd.concat([ours, _other_points(borough, lsoas, seed)], ignore_index=True)
    longitude, latitude = to_degrees(points["easting"], points["northing"])
    points["longitude"] = [f"{value:.6f}" for value in longitude]
    points["latitude"] = [f"{value:.6f}" for value in latitude]
    unchanged = [number for number in range(len(lsoas)) if number not in parents]
    row_2011 = pd.Series(range(len(unchanged)), index=unchanged)
    is_east = points["easting"].to_numpy() > lsoas["x"].to_numpy()[points["lsoa"]]
    points["lsoa11"] = [
        parents[lsoa][east * (len(parents[lsoa]) - 1)] if lsoa in parents else row_2011[lsoa]
        for lsoa, east in zip(points["lsoa"], is_east.astype(int), strict=True)
    ]
    return points


def _other_points(borough: Borough, lsoas: pd.DataFrame, seed: int, per_lsoa: int = 6) -> pd.DataFrame:
    """A few published points around the middle of each LSOA elsewhere, none of them in our borough."""
    rng = np.random.default_rng([seed, 4])
    others = lsoas[lsoas["district"] > 0]
    names = ("Park Road", "Station Road", "Parking Area", "Church Lane", "Supermarket", "Mill Street", "The Green",
             "Shopping Area", "Sports/Recreation Area", "New Road", "Petrol Station", "Chapel Close")  # fmt: skip
    frames = []
    for is_new in (False, True):
        repeated = others.loc[others.index.repeat(per_lsoa)]
        xy = repeated[["x", "y"]].to_numpy() + rng.normal(0, 130, (len(repeated), 2))
        frames.append(
            pd.DataFrame(
                {
                    "easting": xy[:, 0].round(1),
                    "northing": xy[:, 1].round(1),
                    "location": ["On or near " + names[i] for i in rng.integers(0, len(names), len(repeated))],
                    "lsoa": repeated.index.to_numpy(),
                    "landmark": "",
                    "is_afloat": False,
                    "is_new": is_new,
                    "weight": rng.gamma(1.5, 1 / 1.5, len(repeated)).round(4) + 0.05,
                    "district": repeated["district"].to_numpy(),
                }
            )
        )
    points = pd.concat(frames, ignore_index=True)
    near = shapely.buffer(shapely.simplify(borough.outline, 10), 40)
    shapely.prepare(near)
    return points[~shapely.contains_xy(near, points["easting"], points["northing"])]


def _districts(lsoas: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    ours = (DISTRICT_CODE, DISTRICT_NAME, PARTNERSHIP_CODE, DISTRICT_NAME, FORCE)
    rows = [ours] + [(d.code, d.name, d.partnership_code, d.partnership_name, d.force) for d in COUNTY_DISTRICTS]
    frame = pd.DataFrame(rows, columns=["code", "name", "partnership_code", "partnership_name", "force"])
    frame["residents"] = lsoas.groupby("district")["residents"].sum()
    frame["residents_2023"] = np.rint(frame["residents"] * rng.uniform(1.004, 1.028, len(frame))).astype(int)
    return frame


def deprivation_table(country: Country, seed: int) -> pd.DataFrame:
    """The made-up country's Indices of Deprivation: ranks among all of England's 33,755 LSOAs, 1 the most deprived."""
    rng = np.random.default_rng([seed, 5])
    z = country.lsoas["deprivation"].to_numpy()
    measures = {"IMD": z} | {domain: 0.75 * z + rng.normal(0, 0.65, len(z)) for domain in _DOMAINS}
    table = pd.DataFrame({"lsoa21_code": country.lsoas["lsoa21_code"]})
    ranks = {name: _national_ranks(values) for name, values in measures.items()}
    for name in measures:
        table[f"{name}_decile"] = np.ceil(ranks[name] / _LSOAS_IN_ENGLAND * 10)
    for name in measures:
        table[f"{name}_rank"] = ranks[name].astype(float)
    for name, values in measures.items():
        table[f"{name}_score"] = (19.0 * np.exp(0.55 * values) if name == "IMD" else values).round(3)
    return table


def _national_ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Distinct ranks, 1 the highest value, where the values would stand in a standard normal country."""
    order = np.argsort(-values, kind="stable")
    ranks = np.clip(np.rint(norm.sf(values[order]) * _LSOAS_IN_ENGLAND), 1, _LSOAS_IN_ENGLAND).astype(np.int64)
    ranks = np.maximum.accumulate(ranks - np.arange(len(ranks))) + np.arange(len(ranks))
    overflow = ranks[-1] - _LSOAS_IN_ENGLAND
    if overflow > 0:
        ranks = np.minimum(ranks, _LSOAS_IN_ENGLAND - np.arange(len(ranks))[::-1])
    result = np.empty(len(ranks), dtype=np.int64)
    result[order] = ranks
    return result
