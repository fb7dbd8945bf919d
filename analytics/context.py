"""What is loaded: the facts of one snapshot that filters, sentences and pages need before any question is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from analytics.frames import records
from analytics.harm import HarmSet, own_harm_sets, published_harm_sets
from analytics.judgement import Problem
from analytics.manifest import Manifest, read_manifest
from analytics.memo import Memo
from analytics.months import parse_month
from data.warehouse import Snapshot, Warehouse

__all__ = ["Basemap", "Category", "Context", "Family", "Ward", "load_context"]


@dataclass(frozen=True)
class Category:
    """A published category: its name, its slug in addresses, and a short name for narrow columns."""

    name: str
    slug: str
    short_name: str
    is_asb: bool = False


@dataclass(frozen=True)
class Ward:
    code: str
    name: str
    district_code: str


@dataclass(frozen=True)
class Family:
    """A named list of similar areas; `members` counts ourselves too."""

    id: str
    name: str
    members: int


@dataclass(frozen=True)
class Basemap:
    """The picture service behind the map of hotspots: address with places to fill, origin, credit."""

    url: str
    origin: str
    credit: str


@dataclass(frozen=True)
class Context:
    """The frame of every selection. `months_loaded` are the months its own forces have a file for: each of them."""

    snapshot: str
    built_at: str
    demonstration: bool
    name: str
    short_name: str
    forces: tuple[str, ...]
    districts: tuple[tuple[str, str], ...]
    wards: tuple[Ward, ...]
    categories: tuple[Category, ...]
    families: tuple[Family, ...]
    sources: tuple[str, ...]
    months_loaded: tuple[date, ...]
    has_households: bool
    has_population: bool
    has_area: bool
    folder: str = ""
    """Where the snapshot lies: tells the snapshots of two stores apart."""
    manifest: Manifest = field(default_factory=Manifest)
    """Sources, files, warnings and what is not configured, as the build wrote them down."""
    overlays: tuple[tuple[str, str], ...] = ()
    """Slug and name of each overlay of the map."""
    basemap: Basemap | None = None
    """None unless the configuration names one."""
    population_year: int | None = None
    """The year the wards' residents and households stand for."""
    offences: tuple[str, ...] = ()
    """Offence subgroups of the Home Office's tables of recorded crime; none where these are not loaded."""
    quarters: tuple[date, ...] = ()
    """First days of the quarters those tables cover."""
    problems: tuple[Problem, ...] = ()
    """Those of the partnership's own, from the configuration."""
    harm_sets: tuple[HarmSet, ...] = ()
    """Weight sets for harm: the partnership's own, then the published ones; the first is used unless one is chosen."""

    @property
    def last_month(self) -> date | None:
        return self.months_loaded[-1] if self.months_loaded else None

    @property
    def first_month(self) -> date | None:
        return self.months_loaded[0] if self.months_loaded else None

    def category_by_slug(self) -> dict[str, Category]:
        return {category.slug: category for category in self.categories}

    def category(self, name: str) -> Category:
        return next(category for category in self.categories if category.name == name)

    def ward_names(self) -> dict[str, str]:
        return {ward.code: ward.name for ward in self.wards}


def load_context(warehouse: Warehouse | Snapshot) -> Context:
    """The context of the warehouse's current snapshot (or of the snapshot given), read once per snapshot."""
    snapshot = warehouse if isinstance(warehouse, Snapshot) else warehouse.current
    return _contexts.answer(str(snapshot.folder), lambda: _load(snapshot))


_contexts: Memo[Context] = Memo(size=8)


def _load(snapshot: Snapshot) -> Context:
    from analytics.queries.loaded import loaded_areas, loaded_categories, loaded_families, loaded_sources
    from analytics.queries.own import own_harm_weights, own_problems
    from analytics.queries.recorded import recorded_in_use
    from analytics.queries.shapes import loaded_overlays

    manifest = snapshot.manifest
    partnership = manifest["partnership"]
    with snapshot.cursor() as cursor:
        areas = loaded_areas(cursor)
        categories = loaded_categories(cursor)
        families = loaded_families(cursor)
        sources = loaded_sources(cursor)
        overlays = loaded_overlays(cursor)
        recorded = recorded_in_use(cursor)
        problems = own_problems(cursor)
        weights = own_harm_weights(cursor)
    wards = areas[areas["area_type"] == "ward"]
    months = sorted(month for text in manifest["months_loaded"] if (month := parse_month(text[:7])))
    forces = partnership["force"]
    return Context(
        snapshot=snapshot.snapshot,
        built_at=manifest["built_at"],
        demonstration=bool(manifest["demonstration"]),
        name=partnership["name"],
        short_name=partnership["short_name"],
        forces=(forces,) if isinstance(forces, str) else tuple(forces),
        districts=tuple((d["code"], d["name"]) for d in partnership["districts"]),
        wards=tuple(Ward(w["code"], w["name"], w["district_code"]) for w in records(wards)),
        categories=tuple(
            Category(c["category"], c["slug"], c["short_name"], bool(c["is_asb"])) for c in records(categories)
        ),
        families=tuple(Family(f["family_id"], f["family_name"], int(f["members"])) for f in records(families)),
        sources=tuple(sources["source"]),
        months_loaded=tuple(months),
        has_households=bool(wards["households"].notna().any()),
        has_population=bool(wards["population"].notna().any()),
        has_area=bool(wards["area_km2"].notna().any()),
        folder=str(snapshot.folder),
        manifest=read_manifest(manifest),
        basemap=Basemap(**manifest["basemap"]) if manifest.get("basemap") else None,
        overlays=tuple(zip(overlays["overlay"], overlays["overlay_name"], strict=True)),
        offences=tuple(sorted(set(recorded["offence"]))),
        quarters=tuple(sorted({first.date() for first in recorded["quarter_start"]})),
        problems=tuple(
            Problem(p["problem_id"], p["name"], *(tuple(p[part]) for part in ("categories", "codes", "wards")))
            for p in records(problems)
        ),
        harm_sets=(*own_harm_sets(records(weights)), *published_harm_sets()),
        population_year=None if wards["population_year"].isna().all() else int(wards["population_year"].max()),
    )
