"""The selection: which months, crimes, wards and measure a page shows, and its query string.

The query string is the one truth for the filters. Keys: `from`, `to`, `cfrom`, `cto` (months, YYYY-MM), `category`
(slugs), `ward` (codes), `measure`, `family`, `source`, `focus` (the ward looked at), `look` (the category looked at),
`at` (the view of the map: easting, northing, width in metres), `only` (one month of the period), `overlay` (of the
map), `area` (a ward, an LSOA, or the corners of an area in metres), then the choices that belong to one page
(`OPTIONS`); lists are divided by commas. What people said of priorities: `weights` (harm~80,volume~20), `order`
(harm,volume~change: ~ between equals), `said` (the rest of it, packed), or all of it under the `session` it is kept in;
`compare`: another session beside it; `round`: the number of one of its rounds.
A key that stands for the default is left out; an unknown key, and a value that cannot be used, are ignored with a
warning in words, so an address written by hand never breaks a page nor shows something else in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from urllib.parse import parse_qsl, urlencode

from analytics.context import Context
from analytics.judgement import NOTHING_SAID, Judgement, JudgementError
from analytics.measures import DEFAULT_MEASURE, measures
from analytics.months import add_months, label_range, month_range, parse_month
from analytics.sessions import session_judgement

__all__ = [
    "DEFAULT_PERIOD_MONTHS",
    "OPTIONS",
    "QUERY_KEYS",
    "Selection",
    "judgement_pairs",
    "read_order",
    "read_weights",
]

DEFAULT_PERIOD_MONTHS = 12
OPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "cells": (("count", "rate", "change", "share", "lq"), "content of a cell"),
    "span": (("all", "period"), "span of months"),
    "per": (("month", "day", "rate"), "unit"),
    "season": (("out", "in"), "treatment of the season"),
    "lines": (("total", "category", "ward"), "set of lines"),
    "show": (("months", "rolling", "year"), "kind of line"),
    "rows": (("category", "ward"), "set of rows"),
    "scale": (("own", "common"), "scale"),
    "among": (("family", "all"), "group of areas"),
    "counts": (("street", "recorded"), "kind of counts"),
    "layer": (("density", "clusters", "points", "areas", "change", "emerging"), "layer of the map"),
    "zones": (("ward", "lsoa"), "kind of area"),
    "grid": (("square", "hexagon", "lsoa"), "kind of cell"),
    "cell": (("250", "200", "300", "400", "500", "750", "1000"), "cell size"),
    "bandwidth": (("400", *(str(metres) for metres in range(200, 1001, 50) if metres != 400)), "bandwidth"),
    "over": (("km2", "residents"), "base of the density"),
    "test": (("count", "rate"), "thing to test"),
    "adjust": (("all", "none"), "adjustment"),
    "classes": (("natural", "quantiles"), "kind of classes"),
    "shade": (("measure", "share", "change"), "content of an area"),
    "units": (("lsoa", "cells", "points"), "kind of place"),
    "spot": (("0", *(str(rank) for rank in range(1, 51))), "number of a hotspot"),
    "mix": (("all", "order"), "set of weightings"),
    "top": (("3", "1", "2", "4", "5", "6", "7", "8"), "number of priorities"),
}
"""Choices of one page, by query key: the values, the default first, and what a value is called in a warning.

cells: what a cell of the ward by category table holds (lq: location quotient). Of Trends: span: all months loaded up to
the period's end, or the period alone. per: incidents a month, per day, or per 1,000 residents. season: taken out of the
chart, or left in. lines: one line, or one a category or ward. show: months, 12-month sums, or years laid over each
other. rows: of the change table. scale: of the small charts of wards. Of Comparators: among: the areas in the funnel,
the family's members or all districts loaded. counts: of the street-level files, or police recorded crime of the Home
Office's tables (with `until`, the month a year of four quarters ends in); never both in one figure.
Of Hotspots: layer: what the map shows. zones: areas that are shaded.
grid, cell: kind and size (metres) of the cells of the chance test; test: counts or rates in them; adjust: for all cells
together or not. bandwidth: metres over which the density is smoothed; over: incidents per km² or per 1,000 residents.
shade: what an area's colour stands for; classes: how its limits are found. spot: the hotspot looked at, by its rank; 0
for none. Of Priorities: mix: all weightings, or those that keep
our order. top: how many are to be chosen.
"""
_FILTER_KEYS = (
    "from",
    "to",
    "cfrom",
    "cto",
    "category",
    "ward",
    "measure",
    "family",
    "source",
    "focus",
    "look",
    "at",
    "only",
    "area",
    "until",
    "overlay",
    "harm",
    "session",
    "compare",
    "round",
    "weights",
    "order",
    "said",
)
QUERY_KEYS = (*_FILTER_KEYS, *OPTIONS)
"""Every key of the query string, in its order."""
_PAGE_KEYS = ("screen", "n", "code")
"""Keys of an address that one page reads for itself and that choose no figures."""
_MAX_PERIOD_MONTHS = 600


@dataclass(frozen=True)
class Selection:
    """What is asked. `categories` and `wards` None: all; months are first-of-month dates, both ends included.

    >>> from datetime import date
    >>> s = Selection(start=date(2025, 1, 1), end=date(2025, 12, 1))
    >>> s.comparison
    (datetime.date(2024, 1, 1), datetime.date(2024, 12, 1))
    >>> s.to_query()
    'from=2025-01&to=2025-12'
    """

    start: date
    end: date
    comparison_start: date | None = None
    comparison_end: date | None = None
    categories: tuple[str, ...] | None = None
    wards: tuple[str, ...] | None = None
    measure: str = DEFAULT_MEASURE
    family: str | None = None
    source: str | None = None
    focus: str | None = None
    look: str | None = None
    cells: str = "count"
    span: str = "all"
    per: str = "month"
    season: str = "out"
    lines: str = "total"
    show: str = "months"
    rows: str = "category"
    scale: str = "own"
    among: str = "family"
    counts: str = "street"
    layer: str = "density"
    zones: str = "ward"
    grid: str = "square"
    cell: str = "250"
    bandwidth: str = "400"
    over: str = "km2"
    test: str = "count"
    adjust: str = "all"
    classes: str = "natural"
    shade: str = "measure"
    units: str = "lsoa"
    spot: str = "0"
    mix: str = "all"
    top: str = "3"
    harm: str | None = None
    """The set of harm weights; None: the first there is."""
    session: str | None = None
    """The workshop's session that `judgement` comes from."""
    judgement: Judgement = NOTHING_SAID
    """What people said of priorities; empty: the evidence alone, with equal weights."""
    compare: str | None = None
    """Another session, whose judgement is `compared`."""
    compared: Judgement = NOTHING_SAID
    round: str | None = None
    """The number of the session's round that is looked at; None: the latest."""
    at: tuple[int, int, int] | None = None
    """The map's view: easting and northing of its middle and its width, in metres; None: everything."""
    area: str | None = None
    """The area profiled: a ward's or LSOA's code, or its corners as easting,northing,easting,northing… in metres."""
    only: date | None = None
    """The one month of the period that points and density show; None: all of it."""
    until: date | None = None
    """The last month of the year of recorded crime; None: of the last quarter within the period."""
    overlay: str | None = None
    """The one overlay of the map, "none", or None for all."""

    @property
    def months(self) -> tuple[date, ...]:
        return month_range(self.start, self.end)

    @property
    def comparison(self) -> tuple[date, date]:
        """The comparison period: the one chosen, else the same months of the year before the period's first year."""
        if self.comparison_start and self.comparison_end:
            return self.comparison_start, self.comparison_end
        years = -(-len(self.months) // 12)
        return add_months(self.start, -12 * years), add_months(self.end, -12 * years)

    @property
    def comparison_months(self) -> tuple[date, ...]:
        return month_range(*self.comparison)

    @property
    def period_label(self) -> str:
        return label_range(self.start, self.end)

    @classmethod
    def default(cls, context: Context) -> Selection:
        """The last 12 months up to the last one loaded, everything else unfiltered."""
        last = context.last_month or date(date.today().year, 1, 1)
        family = context.families[0].id if context.families else None
        return cls(start=add_months(last, 1 - DEFAULT_PERIOD_MONTHS), end=last, family=family)

    @classmethod
    def from_query(cls, query: str, context: Context) -> tuple[Selection, tuple[str, ...]]:
        """The selection a query string stands for, and a sentence for each value that could not be used."""
        values = dict(parse_qsl(query.lstrip("?"), keep_blank_values=False))
        default = cls.default(context)
        warnings: list[str] = _unknown_keys(values)

        start, end = _months(values, "from", "to", (default.start, default.end), warnings) or (
            default.start,
            default.end,
        )
        comparison_start, comparison_end = _months(values, "cfrom", "cto", None, warnings) or (None, None)
        names = {category.slug: category.name for category in context.categories}
        looks = {**{slug(offence): offence for offence in context.offences}, **names}
        session, judgement = _judgement(values, context, warnings)
        compare, compared = _compared(values, context, session, warnings)
        return (
            cls(
                start=start,
                end=end,
                comparison_start=comparison_start,
                comparison_end=comparison_end,
                categories=_several(values, "category", names, "category", warnings),
                wards=_several(values, "ward", {w.code: w.code for w in context.wards}, "ward", warnings),
                measure=_one(values, "measure", measures(), "measure", warnings) or default.measure,
                family=_one(values, "family", [f.id for f in context.families], "family", warnings) or default.family,
                source=_one(values, "source", context.sources, "source", warnings),
                focus=_one(values, "focus", [w.code for w in context.wards], "ward", warnings),
                look=looks.get(_one(values, "look", looks, "category", warnings) or ""),
                at=_place(values, warnings),
                only=_only(values, start, end, warnings),
                area=_area(values, context, warnings),
                until=_until(values, context, warnings),
                overlay=_one(values, "overlay", ["none", *(slug for slug, _ in context.overlays)], "overlay", warnings),
                harm=_one(values, "harm", [one.id for one in context.harm_sets], "set of harm weights", warnings),
                session=session,
                judgement=judgement,
                compare=compare,
                compared=compared,
                round=_round(values, warnings),
                **{
                    key: _one(values, key, choices, word, warnings) or choices[0]
                    for key, (choices, word) in OPTIONS.items()
                },
            ),
            tuple(warnings),
        )

    def to_query(self, context: Context | None = None) -> str:
        """The query string; with a context, defaults are left out and categories are written as slugs.

        Without a context nothing is left out but unset keys, and a category's slug is made from its name.
        """
        default = Selection.default(context) if context else None
        slugs = {category.name: category.slug for category in context.categories} if context else {}
        pairs: list[tuple[str, str]] = []
        if default is None or (self.start, self.end) != (default.start, default.end):
            pairs += [("from", f"{self.start:%Y-%m}"), ("to", f"{self.end:%Y-%m}")]
        if self.comparison_start and self.comparison_end:
            pairs += [("cfrom", f"{self.comparison_start:%Y-%m}"), ("cto", f"{self.comparison_end:%Y-%m}")]
        if self.categories is not None:
            pairs.append(("category", ",".join(slugs.get(name, slug(name)) for name in self.categories)))
        if self.wards is not None:
            pairs.append(("ward", ",".join(self.wards)))
        if self.measure != DEFAULT_MEASURE:
            pairs.append(("measure", self.measure))
        if self.family and (default is None or self.family != default.family):
            pairs.append(("family", self.family))
        if self.source:
            pairs.append(("source", self.source))
        if self.focus:
            pairs.append(("focus", self.focus))
        if self.look:
            pairs.append(("look", slugs.get(self.look, slug(self.look))))
        if self.at:
            pairs.append(("at", ",".join(str(metres) for metres in self.at)))
        if self.area:
            pairs.append(("area", self.area))
        if self.only:
            pairs.append(("only", f"{self.only:%Y-%m}"))
        if self.until:
            pairs.append(("until", f"{self.until:%Y-%m}"))
        if self.overlay:
            pairs.append(("overlay", self.overlay))
        if self.harm:
            pairs.append(("harm", self.harm))
        pairs += [("session", self.session)] if self.session else judgement_pairs(self.judgement)
        pairs += [(key, value) for key, value in (("compare", self.compare), ("round", self.round)) if value]
        chosen = ((key, getattr(self, key)) for key in OPTIONS)
        pairs += [(key, value) for key, value in chosen if value != OPTIONS[key][0][0]]
        return urlencode(pairs, safe=",")


def _unknown_keys(values: Iterable[str]) -> list[str]:
    """A sentence for each key that is none, with the one that was probably meant."""
    said = []
    for key in values:
        if key not in (*QUERY_KEYS, *_PAGE_KEYS) and not key.startswith("utm_"):
            near = get_close_matches(key, QUERY_KEYS, n=1)
            meant = f" Did you mean “{near[0]}”?" if near else ""
            said.append(f"There is no filter “{key[:40]}”: it was left out.{meant}")
    return said


def judgement_pairs(judgement: Judgement) -> list[tuple[str, str]]:
    """The keys and values under which an address holds a judgement that is kept in no session.

    >>> judgement_pairs(Judgement(weights=(("harm", 80.0),), order=(("harm",), ("volume", "change"))))
    [('weights', 'harm~80'), ('order', 'harm,volume~change')]
    """
    weights = ",".join(f"{key}~{points:g}" for key, points in judgement.weights)
    order = ",".join("~".join(group) for group in judgement.order)
    rest = replace(judgement, weights=(), order=()).packed()
    return [(key, text) for key, text in (("weights", weights), ("order", order), ("said", rest)) if text]


def _judgement(values: dict[str, str], context: Context, warnings: list[str]) -> tuple[str | None, Judgement]:
    """What people said: as the session keeps it, else as the address does; what cannot be used is left out."""
    session = values.get("session")
    if session is not None:
        try:
            kept = session_judgement(context.folder, session) if re.fullmatch(r"[\w-]{1,64}", session) else None
        except JudgementError as error:
            warnings.append(f"The session cannot be used: {error}")
        else:
            if kept is not None:
                return session, kept
            warnings.append(f"There is no session “{session[:40]}” here: what the address itself holds is shown.")
    said = Judgement()
    try:
        said = Judgement.unpacked(values["said"]) if "said" in values else said
    except JudgementError as error:
        warnings.append(f"What the address holds of problems and scores cannot be used: {error}")
    try:
        said = replace(said, weights=read_weights(values.get("weights", "")))
    except JudgementError as error:
        warnings.append(f"“weights” in the address cannot be used: {error}")
    try:
        said = said.with_order(read_order(values.get("order", "")))
    except JudgementError as error:
        warnings.append(f"“order” in the address cannot be used: {error}")
    return None, said


def _compared(
    values: dict[str, str], context: Context, session: str | None, warnings: list[str]
) -> tuple[str | None, Judgement]:
    """The session to compare with and what was said in it; None, with a warning, where there is no such session."""
    asked = values.get("compare")
    if asked is None or asked == session:
        return None, NOTHING_SAID
    try:
        kept = session_judgement(context.folder, asked) if re.fullmatch(r"[\w-]{1,64}", asked) else None
    except JudgementError as error:
        warnings.append(f"The session to compare with cannot be used: {error}")
        return None, NOTHING_SAID
    if kept is None:
        warnings.append(f"There is no session “{asked[:40]}” here to compare with.")
        return None, NOTHING_SAID
    return asked, kept


def _round(values: dict[str, str], warnings: list[str]) -> str | None:
    """The number under `round`; None, with a warning, where it is none."""
    asked = values.get("round")
    if asked is None or re.fullmatch(r"\d{1,9}", asked):
        return asked
    warnings.append(f"“{asked[:40]}” in the address is no number of a round and was ignored.")
    return None


def read_order(text: str) -> tuple[tuple[str, ...], ...]:
    """The order of importance as an address writes it.

    >>> read_order("harm,volume~change")
    (('harm',), ('volume', 'change'))
    """
    return tuple(tuple(group.split("~")) for group in text.split(",") if group)


def read_weights(text: str) -> tuple[tuple[str, float], ...]:
    """The weights as an address writes them. Raises JudgementError where there is no number.

    >>> read_weights("harm~80,volume~20")
    (('harm', 80.0), ('volume', 20.0))
    """
    found = []
    for part in filter(None, text.split(",")):
        key, _, points = part.partition("~")
        try:
            found.append((key, float(points)))
        except ValueError:
            raise JudgementError(f"“{part[:40]}” needs a criterion and its points, such as harm~80.") from None
    return tuple(found)


def _place(values: dict[str, str], warnings: list[str]) -> tuple[int, int, int] | None:
    """Easting, northing and width in metres under `at`; None, with a warning, where they are none."""
    if "at" not in values:
        return None
    match = re.fullmatch(r"(\d{1,7}),(\d{1,7}),(\d{3,6})", values["at"].strip())
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    warnings.append("“at” in the address needs an easting, a northing and a width in metres: ignored.")
    return None


_MOST_CORNERS = 40
_GRID_ENDS = (700_000, 1_300_000)


def _area(values: dict[str, str], context: Context, warnings: list[str]) -> str | None:
    """A ward's code, an LSOA's code, or 3 to 40 corners to 10 m; None, with a warning, where it is none of these."""
    if "area" not in values:
        return None
    asked = values["area"].strip()
    if re.fullmatch(r"[EWNS]01\d{6}", asked) or asked in {ward.code for ward in context.wards}:
        return asked
    parts = [part for part in re.split(r"[,;\s]+", asked) if part]
    if (
        len(parts) % 2 == 0
        and 3 <= len(parts) // 2 <= _MOST_CORNERS
        and all(re.fullmatch(r"\d{1,7}", p) for p in parts)
    ):
        metres = [round(int(part), -1) for part in parts]
        if max(metres[::2]) <= _GRID_ENDS[0] and max(metres[1::2]) <= _GRID_ENDS[1]:
            return ",".join(str(one) for one in metres)
    warnings.append(
        f"“area” in the address needs a ward or LSOA loaded here, or 3 to {_MOST_CORNERS} corners in metres "
        "(easting,northing,easting,northing…): ignored."
    )
    return None


def _only(values: dict[str, str], start: date, end: date, warnings: list[str]) -> date | None:
    """The month under `only`; None, with a warning, where it is no month of the period."""
    if "only" not in values:
        return None
    month = parse_month(values["only"])
    if month is not None and start <= month <= end:
        return month
    warnings.append(f"“{values['only'][:40]}” in the address is no month of the period and was ignored.")
    return None


def _until(values: dict[str, str], context: Context, warnings: list[str]) -> date | None:
    """The month under `until`; None, with a warning, where no quarter of the recorded crime loaded ends in it."""
    if "until" not in values:
        return None
    month = parse_month(values["until"])
    if month is not None and add_months(month, -2) in context.quarters:
        return month
    warnings.append(f"“{values['until'][:40]}” in the address ends no quarter of recorded crime loaded: ignored.")
    return None


def slug(name: str) -> str:
    """A name as it stands in addresses.

    >>> slug("Theft from the person")
    'theft-from-the-person'
    """
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _months(
    values: dict[str, str], first: str, last: str, default: tuple[date, date] | None, warnings: list[str]
) -> tuple[date, date] | None:
    """The months under two keys; the default, with a warning, where they are no usable range."""
    if first not in values and last not in values:
        return default
    start, end = parse_month(values.get(first, "")), parse_month(values.get(last, ""))
    if default and first not in values and end:
        start = min(default[0], add_months(end, 1 - DEFAULT_PERIOD_MONTHS))
    if default and last not in values and start:
        end = max(default[1], start)
    if start is None or end is None:
        warnings.append(f"“{first}” and “{last}” in the address need two months, written 2025-01: ignored.")
        return default
    if start > end:
        warnings.append(f"“{first}” lies after “{last}” in the address: the two were exchanged.")
        start, end = end, start
    if len(month_range(start, end)) > _MAX_PERIOD_MONTHS:
        warnings.append(f"“{first}” and “{last}” in the address lie over 50 years apart: ignored.")
        return default
    return start, end


def _several(
    values: dict[str, str], key: str, known: dict[str, str], word: str, warnings: list[str]
) -> tuple[str, ...] | None:
    if key not in values:
        return None
    asked = list(dict.fromkeys(part.strip() for part in values[key].split(",") if part.strip()))
    for part in asked:
        if part not in known:
            warnings.append(f"“{part[:40]}” in the address is no {word} loaded here and was left out.")
    found = tuple(known[part] for part in known if part in set(asked))
    return found or None


def _one(values: dict[str, str], key: str, known: Iterable[str], word: str, warnings: list[str]) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    choices = list(known)
    if value in choices:
        return value
    sizes = sorted(int(choice) for choice in choices) if all(choice.isdigit() for choice in choices) else []
    if len(sizes) > 1:
        near = f"{sizes[0]} to {sizes[-1]:,} are"
        warnings.append(f"“{value[:40]}” in the address is no {word} known here and was ignored: {near} possible.")
        return None
    warnings.append(f"“{value[:40]}” in the address is no {word} known here and was ignored.")
    return None
