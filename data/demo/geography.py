"""The map of the made-up borough: outline, LSOAs, wards and published street points. All in EPSG:27700 metres."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.cluster.vq import kmeans2

from data.demo.places import (
    CREEK,
    ISLAND,
    LAND_BORDER,
    LANDMARKS,
    ORIGIN,
    SHORE,
    STREET_ENDINGS,
    STREET_STEMS,
    WARDS,
    WardPlan,
)

__all__ = ["Borough", "draw_borough", "on_grid", "street_points"]

FloatArray = npt.NDArray[np.float64]

_CRS = "EPSG:27700"
_EDGE_STEP = 45.0  # metres between the bends of a boundary
_GRID = 0.1  # metres: every corner lies on this grid, so that neighbours share their corners exactly
_URBAN = ("centre", "inner", "retail", "estate", "suburb")


@dataclass(frozen=True)
class Borough:
    """The borough's ``outline`` and its areas.

    ``lsoas``: one row per LSOA of 2021, in the order of their numbers: ``number`` (0…99), ``ward`` (number of its
    ward), ``kind``, ``x, y`` (middle of its settlement), ``is_core`` (built up: town, suburb or village), ``geometry``.
    ``wards``: one row per ward, ``ward, name, kind, geometry``: its LSOAs dissolved.
    """

    outline: shapely.Polygon | shapely.MultiPolygon
    lsoas: gpd.GeoDataFrame
    wards: gpd.GeoDataFrame


def on_grid(x: float, y: float) -> tuple[float, float]:
    """Metres on the National Grid of a place given in kilometres on the plan."""
    return ORIGIN[0] + 1000 * x, ORIGIN[1] + 1000 * y


def draw_borough(seed: int) -> Borough:
    """Draw the borough; the same seed gives the same borough.

    The LSOAs are the cells nearest to 100 middles, thrown closely in town and widely among the villages, with
    boundaries bent by midpoint displacement; every bend is shared by the two LSOAs it divides, so they tessellate
    without gaps. The wards are LSOAs dissolved, so the two nest.
    """
    rng = np.random.default_rng([seed, 1])
    mainland = _mainland(rng)
    middles = _middles(mainland, rng)
    cells = _cells(mainland, middles[["x", "y"]].to_numpy(), rng)
    levels = int(np.flatnonzero(middles["name"] == "Sallowby and the Levels")[-1])
    cells[levels] = shapely.union(cells[levels], _island(rng))
    lsoas = gpd.GeoDataFrame(middles, geometry=cells, crs=_CRS)
    lsoas.insert(0, "number", np.arange(len(lsoas)))
    wards = lsoas.dissolve("ward", aggfunc="first", method="coverage")[["name", "kind", "geometry"]].reset_index()
    return Borough(shapely.coverage_union_all(lsoas.geometry.to_numpy()), lsoas.drop(columns="name"), wards)


def _mainland(rng: np.random.Generator) -> shapely.Polygon:
    """The borough without its island: the land between river and border, less the creek and a few marsh inlets."""
    shore = _shoreline([on_grid(*point) for point in SHORE], rng)
    border = np.array([on_grid(*point) for point in LAND_BORDER])
    inland = [_bent(start, end, 0.17, rng) for start, end in pairwise(border)]
    land = shapely.Polygon(np.vstack([shore, *[line[1:] for line in inland]])).buffer(0)
    creek = _tapered([(*on_grid(x, y), width * 1000) for x, y, width in CREEK], rng)
    marsh = [
        _tapered([(*on_grid(x, y), width * 1000) for x, y, width in inlet], rng)
        for inlet in (
            [(12.55, 2.20, 0.14), (12.48, 2.65, 0.09), (12.62, 2.95, 0.05), (12.55, 3.20, 0.02)],
            [(14.35, 1.80, 0.13), (14.20, 2.30, 0.08), (13.90, 2.50, 0.03)],
            [(15.80, 5.85, 0.16), (15.25, 5.75, 0.10), (14.90, 5.95, 0.06), (14.60, 5.85, 0.02)],
            [(1.65, 2.30, 0.10), (1.60, 2.75, 0.06), (1.75, 3.05, 0.02)],
        )
    ]
    land = shapely.difference(land, shapely.union_all([creek, *marsh]))
    return max(shapely.get_parts(shapely.set_precision(land, _GRID)), key=lambda part: part.area)


def _shoreline(points: list[tuple[float, float]], rng: np.random.Generator) -> FloatArray:
    """A smooth line through the points (Catmull-Rom), made uneven by a few waves and grains."""
    p = np.array(points)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    pieces = []
    for i in range(1, len(p) - 2):
        steps = max(int(np.hypot(*(p[i + 1] - p[i])) // _EDGE_STEP), 2)
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        a, b, c, d = p[i - 1], p[i], p[i + 1], p[i + 2]
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    line = np.vstack([*pieces, p[-2]])
    tangent = np.gradient(line, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.hypot(tangent[:, 0], tangent[:, 1])[:, None]
    along = np.arange(len(line)) * _EDGE_STEP
    uneven = sum(
        height * np.sin(2 * np.pi * along / length + rng.uniform(0, 2 * np.pi))
        for height, length in ((26, 1450), (17, 640), (11, 290))
    ) + rng.normal(0, 5, len(line))
    uneven[[0, -1]] = 0
    return line + normal * np.asarray(uneven)[:, None]


def _bent(start: FloatArray, end: FloatArray, roughness: float, rng: np.random.Generator) -> FloatArray:
    """A line from start to end bent by midpoint displacement until its steps are short."""
    line = np.array([start, end])
    while np.hypot(*(line[1] - line[0])) > 1.6 * _EDGE_STEP:
        step = np.diff(line, axis=0)
        sideways = np.column_stack([-step[:, 1], step[:, 0]])
        shift = np.clip(rng.normal(0, roughness, len(step)), -2 * roughness, 2 * roughness)
        middle = line[:-1] + step / 2 + sideways * shift[:, None]
        bent = np.empty((2 * len(line) - 1, 2))
        bent[::2], bent[1::2] = line, middle
        line = bent
    return line


def _tapered(points: list[tuple[float, float, float]], rng: np.random.Generator) -> shapely.Polygon:
    """A channel along a middle line with a width at each of its points."""
    p = np.array(points)
    middle = _shoreline([(x, y) for x, y, _ in points], rng)
    share = np.linspace(0, 1, len(middle))
    width = np.interp(share, np.linspace(0, 1, len(p)), p[:, 2]) * rng.uniform(0.9, 1.1, len(middle))
    discs = shapely.buffer(shapely.points(middle), width / 2, quad_segs=4)
    return shapely.union_all([shapely.convex_hull(shapely.union(a, b)) for a, b in pairwise(discs)])


def _island(rng: np.random.Generator) -> shapely.Polygon:
    x, y, half_width, half_height = ISLAND
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    reach = 1 + 0.16 * np.sin(3 * angle + rng.uniform(0, 6)) + 0.10 * np.sin(5 * angle + 1) + rng.normal(0, 0.02, 40)
    middle = on_grid(x, y)
    ring = np.column_stack(
        [
            middle[0] + 1000 * half_width * reach * np.cos(angle),
            middle[1] + 1000 * half_height * reach * np.sin(angle) + 60 * np.cos(angle),
        ]
    )
    return shapely.set_precision(shapely.Polygon(ring), _GRID)


def _middles(mainland: shapely.Polygon, rng: np.random.Generator) -> pd.DataFrame:
    """Middles of the LSOAs, by ward: thrown where people live, then spread out evenly (k-means)."""
    box = shapely.bounds(mainland)
    thrown = np.column_stack([rng.uniform(box[0], box[2], 60_000), rng.uniform(box[1], box[3], 60_000)])
    thrown = thrown[shapely.contains_xy(shapely.buffer(mainland, -60), thrown[:, 0], thrown[:, 1])]
    ward_middles = np.array([on_grid(ward.x, ward.y) for ward in WARDS])
    nearest = np.argmin(np.linalg.norm(thrown[:, None] - ward_middles[None], axis=2), axis=1)
    rows = []
    for number, ward in enumerate(WARDS):
        inside = thrown[nearest == number]
        if ward.kind == "village":
            middles = _village_middles(ward, inside, rng)
        else:
            distance = np.linalg.norm(inside - ward_middles[number], axis=1)
            lived_in = inside[rng.random(len(inside)) < 0.10 + np.exp(-((distance / 620) ** 2))]
            start = lived_in[rng.choice(len(lived_in), ward.lsoas, replace=False)]
            middles, _ = kmeans2(lived_in, start, iter=30, minit="matrix")
        rows += [
            {
                "ward": number, "name": ward.name, "kind": ward.kind, "x": x, "y": y,
                "is_core": ward.kind != "village" or i < 1 + len(ward.cores),
            }
            for i, (x, y) in enumerate(middles)
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _village_middles(ward: WardPlan, inside: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One middle on each village, the others spread over the fields around."""
    cores = np.array([on_grid(ward.x, ward.y), *[on_grid(*core) for core in ward.cores]])
    start = np.vstack([cores, inside[rng.choice(len(inside), ward.lsoas - len(cores), replace=False)]])
    middles = start
    for _ in range(25):
        owner = np.argmin(np.linalg.norm(inside[:, None] - middles[None], axis=2), axis=1)
        means = [inside[owner == i].mean(axis=0) for i in range(len(cores), ward.lsoas)]
        middles = np.vstack([cores, *means])
    return middles


def _cells(mainland: shapely.Polygon, middles: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """The bent cells nearest to each middle, clipped to the mainland: one polygon each."""
    straight = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(middles), extend_to=shapely.buffer(mainland, 3000), only_edges=True)
    )
    lines = [
        shapely.LineString(_bent(ends[0], ends[1], 0.14, rng))
        for ends in (shapely.get_coordinates(edge) for edge in sorted(straight, key=lambda edge: edge.bounds))
    ]
    network = shapely.set_precision(shapely.union_all([*lines, mainland.boundary]), _GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    inside = shapely.point_on_surface(faces)
    faces = faces[shapely.contains(mainland, inside)]
    at = shapely.get_coordinates(shapely.point_on_surface(faces))
    owner = np.argmin(np.linalg.norm(at[:, None] - middles[None], axis=2), axis=1)
    return _in_one_piece(faces, owner, len(middles))


def _in_one_piece(faces: npt.NDArray[np.object_], owner: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.object_]:
    """Give every stray face of a cell to the neighbour with the longest common boundary, then join the faces."""
    owner = owner.copy()
    while True:
        cells = np.array([shapely.coverage_union_all(faces[owner == i]) for i in range(count)])
        strays = []
        for i in np.flatnonzero(shapely.get_num_geometries(cells) > 1):
            parts = shapely.get_parts(cells[i])
            main = parts[np.argmax(shapely.area(parts))]
            strays += [f for f in np.flatnonzero(owner == i) if not shapely.covers(main, faces[f])]
        if not strays:
            return cells
        for face in strays:
            common = shapely.length(shapely.intersection(faces[face].boundary, shapely.boundary(cells)))
            common[owner[face]] = 0
            owner[face] = int(np.argmax(common))


def street_points(borough: Borough, seed: int) -> pd.DataFrame:
    """The published points of the borough: those in use up to June 2022 and those that replaced them in July 2022.

    A row is one point: ``is_new`` (in use from July 2022), ``easting, northing``, ``location`` ("On or near Alder
    Road"), ``lsoa`` (number), ``landmark`` (key of the landmark it belongs to, or ""), ``is_afloat`` (a few points on
    quays lie just outside every ward), ``weight`` (how much happens there, mean about 1). They lie some 80 m apart in
    town.
    """
    points = [_points_of_generation(borough, np.random.default_rng([seed, 2, int(new)]), new) for new in (False, True)]
    return pd.concat(points, ignore_index=True)


def _points_of_generation(borough: Borough, rng: np.random.Generator, is_new: bool) -> pd.DataFrame:
    streets = pd.concat([_streets(lsoa, borough, rng) for lsoa in _lsoas(borough)], ignore_index=True)
    marks = _landmark_points(borough, rng)
    others = [_everyday_places(borough, streets, rng), _quay_points(borough, rng)]
    near_mark = np.zeros(len(streets), dtype=bool)
    for mark in LANDMARKS.values():
        x, y = on_grid(mark.x, mark.y)
        near_mark |= np.hypot(streets["easting"] - x, streets["northing"] - y) < 0.6 * mark.radius_m
    points = pd.concat([streets[~near_mark], marks, *others], ignore_index=True)
    points["location"] = "On or near " + points["location"]
    points["is_new"] = is_new
    points["weight"] = rng.gamma(0.45, 1 / 0.45, len(points)).round(4) + 0.02
    points[["easting", "northing"]] = points[["easting", "northing"]].round(1)
    return points.drop_duplicates(["easting", "northing"], ignore_index=True)


@dataclass(frozen=True)
class _Lsoa:
    """A row of the borough's ``lsoas``."""

    number: int
    ward: int
    kind: str
    x: float
    y: float
    is_core: bool
    geometry: shapely.Polygon


def _lsoas(borough: Borough) -> list[_Lsoa]:
    names = ("number", "ward", "kind", "x", "y", "is_core", "geometry")
    return [_Lsoa(*row) for row in zip(*(borough.lsoas[name].tolist() for name in names), strict=True)]


def _streets(lsoa: _Lsoa, borough: Borough, rng: np.random.Generator) -> pd.DataFrame:
    """Street points of one LSOA: a turned grid of about 80 m where it is built up, lanes elsewhere."""
    inner = shapely.buffer(lsoa.geometry, -12)
    if lsoa.is_core:
        angle = np.deg2rad((37 * lsoa.ward + 11 * (lsoa.number % 3)) % 90)
        i, j = np.meshgrid(np.arange(-9, 10), np.arange(-9, 10), indexing="ij")
        shift = rng.uniform(-40, 40, 2) + rng.normal(0, 9, (i.size, 2))
        local = np.column_stack([i.ravel() * 84.0, j.ravel() * 86.0]) + shift
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        xy = local @ turn.T + [lsoa.x, lsoa.y]
        street = j.ravel() * 10 + (i.ravel() + 9) // 4
        built = _is_built_up(lsoa, borough, xy) & (rng.random(len(xy)) < 0.9)
    else:
        others = borough.lsoas[["x", "y"]].to_numpy()
        nearest = np.argsort(np.hypot(others[:, 0] - lsoa.x, others[:, 1] - lsoa.y))[1:5]
        lanes = []
        for lane, other in enumerate(nearest):
            line = _bent(np.array([lsoa.x, lsoa.y]), others[other], 0.08, rng)[1:]
            lanes.append(np.column_stack([line[::3], np.full(len(line[::3]), lane)]))
        along = np.vstack(lanes)
        middle = lsoa.geometry.point_on_surface()
        hamlet = np.array([middle.x, middle.y]) + rng.normal(0, 90, (7, 2))
        xy = np.vstack([along[:, :2] + rng.normal(0, 8, (len(along), 2)), hamlet])
        street = np.append(along[:, 2], np.full(len(hamlet), len(lanes))).astype(int)
        built = np.ones(len(xy), dtype=bool)
    built &= shapely.contains_xy(inner, xy[:, 0], xy[:, 1])
    xy, street = xy[built], street[built]
    names = _street_names(lsoa)
    return pd.DataFrame(
        {
            "easting": xy[:, 0], "northing": xy[:, 1], "location": [names[s % len(names)] for s in street],
            "lsoa": lsoa.number, "landmark": "", "is_afloat": False,
        }
    )  # fmt: skip


def _is_built_up(lsoa: _Lsoa, borough: Borough, xy: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether a place is near enough to the middle of a built-up LSOA; how near is near enough wavers over the map."""
    if lsoa.kind in _URBAN:
        middles, reach = borough.lsoas.loc[borough.lsoas["kind"].isin(_URBAN), ["x", "y"]].to_numpy(), 480.0
    else:
        middles, reach = np.array([[lsoa.x, lsoa.y]]), 290.0
    nearest = np.min(np.linalg.norm(xy[:, None] - middles[None], axis=2), axis=1)
    x, y = xy.T / 1000
    waver = np.sin(5.1 * x + 2.3 * y) + np.sin(3.7 * y - 4.4 * x + 1) + 0.8 * np.sin(9.7 * x + 8.1 * y + 2)
    return nearest < reach * (1 + 0.16 * waver)


def _street_names(lsoa: _Lsoa) -> list[str]:
    """The LSOA's streets: the same names whichever generation of points."""
    rng = np.random.default_rng([7, lsoa.number])
    kind = {"centre": "town", "inner": "town", "retail": "estate"}.get(lsoa.kind, lsoa.kind)
    stems = rng.permutation(len(STREET_STEMS))[:37]
    endings = STREET_ENDINGS[kind]
    return [f"{STREET_STEMS[stem]} {endings[int(rng.integers(len(endings)))]}" for stem in stems]


def _landmark_points(borough: Borough, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for key, mark in LANDMARKS.items():
        x, y = on_grid(mark.x, mark.y)
        for i, place in enumerate(mark.places):
            angle = 2 * np.pi * (i * 0.618 + rng.normal(0, 0.02))
            distance = 0.75 * mark.radius_m * np.sqrt((i + 0.5) / len(mark.places))
            easting = x + distance * np.cos(angle) + rng.normal(0, 12)
            northing = y + distance * np.sin(angle) + rng.normal(0, 12)
            rows.append((easting, northing, place, key))
    marks = pd.DataFrame(rows, columns=["easting", "northing", "location", "landmark"]).assign(is_afloat=False)
    marks.insert(3, "lsoa", _lsoa_of(borough, marks))
    return marks[marks["lsoa"] >= 0]


def _everyday_places(borough: Borough, streets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A supermarket here, a petrol station there: one such place in most LSOAs, beside one of its streets."""
    places = (
        "Supermarket",
        "Petrol Station",
        "Parking Area",
        "Park/Open Space",
        "Sports/Recreation Area",
        "Shopping Area",
    )
    rows = []
    for lsoa, in_lsoa in streets.groupby("lsoa", sort=True):
        number = int(str(lsoa))
        for place in (places[number % 6], places[(number * 5 + 2) % 6])[: 1 + number % 2]:
            at = in_lsoa.iloc[int(rng.integers(len(in_lsoa)))]
            rows.append((at.easting + rng.normal(0, 14), at.northing + rng.normal(0, 14), place, "", False))
    found = pd.DataFrame(rows, columns=["easting", "northing", "location", "landmark", "is_afloat"])
    found.insert(3, "lsoa", _lsoa_of(borough, found))
    return found[found["lsoa"] >= 0]


def _quay_points(borough: Borough, rng: np.random.Generator) -> pd.DataFrame:
    """Three points on quays and piers a few metres out on the river, in no ward at all."""
    rows = []
    for x, y, name in ((5.75, 2.1, "Town Pier"), (8.35, 2.2, "East Quay"), (4.70, 2.7, "Tannery Steps")):
        bank = shapely.shortest_line(shapely.Point(*on_grid(x, y - 0.6)), borough.outline)
        start, land = shapely.get_coordinates(bank)
        out = (start - land) / np.hypot(*(start - land))
        at = land + out * rng.uniform(14, 26)
        rows.append((at[0], at[1], name, "", True))
    quays = pd.DataFrame(rows, columns=["easting", "northing", "location", "landmark", "is_afloat"])
    nearest = shapely.STRtree(borough.lsoas.geometry.to_numpy()).nearest(
        shapely.points(quays["easting"], quays["northing"])
    )
    quays.insert(3, "lsoa", nearest)
    return quays


def _lsoa_of(borough: Borough, points: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Number of the LSOA each point lies in, -1 where in none."""
    tree = shapely.STRtree(borough.lsoas.geometry.to_numpy())
    point, lsoa = tree.query(shapely.points(points["easting"], points["northing"]), predicate="within")
    found = np.full(len(points), -1)
    found[point] = lsoa
    return found
