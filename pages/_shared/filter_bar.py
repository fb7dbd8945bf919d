"""The filter bar: what period, against what, which crime, where, measured how, compared with whom.

The address holds the choices. The bar's frame never changes; one callback writes, for an address, what each choice says
and what its list offers. The browser's part (``assets/dashboard.js``) only writes the address.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from analytics.context import Category, Context, load_context
from analytics.measures import DEFAULT_MEASURE, Measure, measures
from analytics.months import add_months, label_range, month_range, runs, write_month, write_months
from analytics.periods import compared_months
from analytics.queries.counts import counts_by_ward_category
from analytics.selection import Selection
from data.warehouse import Snapshot
from pages._shared import server
from pages._shared.attributes import attributes
from pages._shared.icons import icon, icon_before
from pages._shared.markup import Element, markup

__all__ = ["CHOICES", "describe", "dominant_category", "filter_bar", "register", "without"]

CHOICES: dict[str, str] = {
    "period": "Period",
    "comparison": "Compared with",
    "categories": "Crime and ASB",
    "wards": "Wards",
    "measure": "Measure",
    "family": "Family",
}
"""The filters by name, in the order of the bar. A new filter is one line here, one in `_MENUS` and `_says`, and one
field of Selection."""

_QUERY_KEYS = {"categories": "category", "wards": "ward"}
_RANGE_KEYS = {"period": ("from", "to"), "comparison": ("cfrom", "cto")}
_WIDTHS = {"wards": "narrow", "measure": "wide", "family": "wide"}
_SEARCH_FROM = 9
"""Wards from which a list can be searched."""


# ---- The frame ----------------------------------------------------------------------------------------------------


def filter_bar() -> list[Component]:
    """The line that stands for the bar on a phone, and the bar. What they say is put in by the browser."""
    phone = html.Button(
        [html.Span(className="what"), html.Span("Filters", className=f"go {icon_before('filters')}")],
        id="filters-phone",
        className="filters-phone",
        type="button",
        **attributes(data_action="open-filters", aria_haspopup="dialog"),
    )
    head = html.Div(
        [html.H2("Filters"), _button("Reset all", "reset"), _button("Close", "close-sheet")], className="sheethead"
    )
    copy_link = _button(
        "", "link", className=icon_before("link"), title="Copy link", **attributes(aria_label="Copy link")
    )
    end = html.Div(
        [_button("Reset", "reset", id="filters-reset", className=icon_before("reset")), copy_link], className="end"
    )
    note = html.P("The address bar holds these choices: copy it, and a colleague sees the same.", className="sheetnote")
    foot = html.Div(
        [
            _button("Copy link", "link", className=f"btn {icon_before('link')}"),
            _button("Show", "close-sheet", id="filters-show", className="btn primary"),
        ],
        className="sheetfoot",
    )
    bar = html.Div(
        [head, *(_choice(name, label) for name, label in CHOICES.items()), end, note, foot],
        id="filters",
        className="filters",
        role="group",
        **attributes(aria_label="Filters"),
    )
    return [dcc.Store(id="bar"), html.Div([phone, bar], id="filters-place", className="is-starting")]


def _choice(name: str, label: str) -> Component:
    first, last = _RANGE_KEYS.get(name, ("", ""))
    keys = attributes(data_key=_QUERY_KEYS.get(name, ""), data_from=first, data_to=last)
    button = html.Button(
        [html.Span(label, className="k"), html.Span(className="val")],
        id=f"filter-{name}",
        className="f",
        type="button",
        **attributes(aria_haspopup="dialog", aria_expanded="false", aria_controls=f"filter-{name}-menu"),
    )
    # It can hold the focus, so that a press between its controls does not take the focus, and with it the list, away.
    menu = html.Div(
        id=f"filter-{name}-menu", className="menu", role="dialog", tabIndex=-1, **attributes(aria_label=label)
    )
    return html.Div(
        [button, menu],
        className=" ".join(filter(None, ["choice", _WIDTHS.get(name)])),
        **keys,
    )


def _button(content: Any, action: str, **more: Any) -> html.Button:
    return html.Button(content, type="button", **attributes(data_action=action), **more)


# ---- What the choices say and offer -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One choice: its words, whether it differs from the start, and whether there is anything to choose."""

    words: str
    changed: bool = False
    empty: bool = False


def describe(snapshot: Snapshot, search: str | None, uses: Collection[str]) -> dict[str, Any]:
    """What every part of the bar holds for an address; `menu`, `notices` and `phone` are HTML."""
    context = load_context(snapshot)
    selection, warnings = Selection.from_query(search or "", context)
    counts = _counts(snapshot, selection.months, selection.source)
    dominant = dominant_category(snapshot)
    asked = _Asked(selection, context, counts, dominant)
    said = _says(asked)
    choices = {}
    for name, label in CHOICES.items():
        one = said[name]
        used = name in uses
        off = not used or one.empty
        choices[name] = {
            "words": one.words if used else "Not used here",
            "off": off,
            "changed": used and one.changed,
            "menu": "" if off else markup([_back(label), *_MENUS[name](asked)]),
        }
    total = counts.total(selection)
    what = f"{said['period'].words}, {_lower_first(said['categories'].words)}"
    where = f"{said['wards'].words} · {_lower_first(said['measure'].words)}"
    notices = [
        html.Div([icon("info"), html.P(warning)], className="notice unknown", role="status") for warning in warnings
    ]
    return {
        "choices": choices,
        "phone": markup([html.B(what), html.Small(where)]),
        "show": "Show the figures" if total is None else f"Show {total:,} incident{'' if total == 1 else 's'}",
        "notices": markup(notices),
        "empty": not uses,
        "start": not search,
        "paper": " · ".join(f"{label}: {said[name].words}" for name, label in CHOICES.items() if name in uses),
    }


def _says(asked: _Asked) -> dict[str, Said]:
    selection, context = asked.selection, asked.context
    default = Selection.default(context)
    return {
        "period": Said(selection.period_label, (selection.start, selection.end) != (default.start, default.end)),
        "comparison": Said(_compared(selection, context), selection.comparison_start is not None),
        "categories": Said(_categories_words(selection, context, asked.dominant), selection.categories is not None),
        "wards": Said(_wards_words(selection, context), selection.wards is not None),
        "measure": Said(measures()[selection.measure].title, selection.measure != DEFAULT_MEASURE),
        "family": _family_words(selection, context, default),
    }


def _lower_first(words: str) -> str:
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _compared(selection: Selection, context: Context) -> str:
    compared = compared_months(selection, context.months_loaded)
    if compared.basis == "none":
        return f"{label_range(*selection.comparison)}: no data"
    stretches = runs(compared.previous)
    return label_range(*stretches[0]) if len(stretches) == 1 else write_months(compared.previous)


def _categories_words(selection: Selection, context: Context, dominant: Category | None) -> str:
    chosen = selection.categories
    if chosen is None:
        return "All categories"
    if dominant and set(chosen) == {c.name for c in context.categories} - {dominant.name}:
        return without(dominant)
    return chosen[0] if len(chosen) == 1 else f"{len(chosen)} categories"


def without(category: Category) -> str:
    """Without violence: the selection of all categories but one, in words."""
    return f"Without {_lower_first(category.short_name.split(' and ')[0])}"


def _wards_words(selection: Selection, context: Context) -> str:
    if selection.wards is None:
        return f"All {len(context.wards)} wards"
    names = context.ward_names()
    return names[selection.wards[0]] if len(selection.wards) == 1 else f"{len(selection.wards)} wards"


def _family_words(selection: Selection, context: Context, default: Selection) -> Said:
    family = next((f for f in context.families if f.id == selection.family), None)
    if family is None:
        return Said("None loaded", empty=True)
    return Said(f"{family.name}, {family.members}", selection.family != default.family)


# ---- Counts beside the names ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Counts:
    """Incidents of a period by ward and category; None where no month of it is loaded."""

    by_pair: Mapping[tuple[str, str], int] | None

    def total(self, selection: Selection) -> int | None:
        if self.by_pair is None:
            return None
        return sum(
            n
            for (ward, category), n in self.by_pair.items()
            if (selection.wards is None or ward in selection.wards)
            and (selection.categories is None or category in selection.categories)
        )

    def of_category(self, name: str, selection: Selection) -> int | None:
        return self.total(replace(selection, categories=(name,)))

    def of_ward(self, code: str, selection: Selection) -> int | None:
        return self.total(replace(selection, wards=(code,)))


@lru_cache(maxsize=256)
def _counts(snapshot: Snapshot, months: tuple[date, ...], source: str | None) -> _Counts:
    context = load_context(snapshot)
    loaded = set(context.months_loaded)
    counted = [month for month in months if month in loaded]
    if not counted:
        return _Counts(None)
    whole = replace(Selection.default(context), source=source)
    with snapshot.cursor() as cursor:
        frame = counts_by_ward_category(cursor, counted, whole)
    grouped = frame.groupby(["ward_code", "category"], dropna=False, as_index=False)["incidents"].sum()
    pairs = zip(grouped["ward_code"].astype(str), grouped["category"].astype(str), strict=True)
    return _Counts(dict(zip(pairs, grouped["incidents"].astype(int).tolist(), strict=True)))


def dominant_category(snapshot: Snapshot) -> Category | None:
    """The category with most incidents over the last 12 months loaded; None where nothing is loaded."""
    context = load_context(snapshot)
    start = Selection.default(context)
    counts = _counts(snapshot, start.months, None)
    if not counts.by_pair:
        return None
    return max(context.categories, key=lambda category: counts.of_category(category.name, start) or 0)


@dataclass(frozen=True)
class _Asked:
    """A selection with what its lists need."""

    selection: Selection
    context: Context
    counts: _Counts
    dominant: Category | None


# ---- The lists --------------------------------------------------------------------------------------------------


def _back(label: str) -> Component:
    return _button(label, "close-menu", className=f"back {icon_before('back')}")


def _option(
    label: Any,
    keys: dict[str, str | None],
    *,
    chosen: bool,
    aside: Any = None,
    thin: bool = False,
    disabled: bool = False,
) -> html.Button:
    content = [html.Span(label), html.Small(aside)] if aside is not None else [html.Span(label)]
    return html.Button(
        content,
        type="button",
        className="opt thin" if thin else "opt",
        disabled=disabled,
        **attributes(data_set=json.dumps(keys), aria_pressed="true" if chosen else "false"),
    )


def _loaded_aside(months: Sequence[date], loaded: Collection[date]) -> tuple[Any, bool]:
    """What stands beside a period: its months, or a chip where some are not loaded; and whether it is thin."""
    have = sum(month in loaded for month in months)
    if have == len(months):
        return label_range(months[0], months[-1]), False
    if have == 0:
        return html.Span("not loaded", className="chip none"), True
    return html.Span(f"{have} of {len(months)} months", className="chip none"), True


def periods(context: Context) -> list[tuple[str, date, date]]:
    """The periods offered by name: label, first and last month."""
    last = context.last_month
    first = context.first_month
    if last is None or first is None:
        return []
    year = last.year if last.month >= 4 else last.year - 1
    this_year = (date(year, 4, 1), date(year + 1, 3, 1))
    offered = [
        ("Last 12 months", add_months(last, -11), last),
        ("Last 3 months", add_months(last, -2), last),
    ]
    if last < this_year[1]:
        offered.append(("Financial year to date", this_year[0], last))
    else:
        offered.append((f"Financial year {year}/{(year + 1) % 100:02d}", *this_year))
    before = (date(year - 1, 4, 1), date(year, 3, 1))
    if before[1] >= first:
        offered.append((f"Financial year {year - 1}/{year % 100:02d}", *before))
    for calendar_year in range(last.year, first.year - 1, -1):
        offered.append((f"Calendar year {calendar_year}", date(calendar_year, 1, 1), date(calendar_year, 12, 1)))
    return offered[:9]


def _period_menu(asked: _Asked) -> list[Any]:
    selection, context = asked.selection, asked.context
    loaded = set(context.months_loaded)
    default = Selection.default(context)
    rows = []
    marked = False  # two names may stand for the same months: the first is marked
    for label, start, end in periods(context):
        aside, thin = _loaded_aside(month_range(start, end), loaded)
        usual = (start, end) == (default.start, default.end)
        keys = {"from": None if usual else f"{start:%Y-%m}", "to": None if usual else f"{end:%Y-%m}"}
        chosen = (start, end) == (selection.start, selection.end) and not marked
        marked = marked or chosen
        rows.append(_option(label, keys, chosen=chosen, aside=aside, thin=thin))
    return [html.Div(rows, className="list"), _range("period", selection.start, selection.end, context)]


def _comparison_menu(asked: _Asked) -> list[Any]:
    selection, context = asked.selection, asked.context
    loaded = set(context.months_loaded)
    usual = replace(selection, comparison_start=None, comparison_end=None).comparison
    length = len(selection.months)
    offered = [("Same months, a year before" if length <= 12 else "The years before", *usual)]
    just_before = (add_months(selection.start, -length), add_months(selection.start, -1))
    if just_before != usual:
        offered.append((f"The {length} months before" if length > 1 else "The month before", *just_before))
    if length <= 12:
        two_years = (add_months(selection.start, -24), add_months(selection.end, -24))
        offered.append(("Same months, two years before", *two_years))
    rows = []
    for label, start, end in offered:
        aside, thin = _loaded_aside(month_range(start, end), loaded)
        is_usual = (start, end) == usual
        keys = {"cfrom": None if is_usual else f"{start:%Y-%m}", "cto": None if is_usual else f"{end:%Y-%m}"}
        chosen = (start, end) == selection.comparison
        rows.append(_option(label, keys, chosen=chosen, aside=aside, thin=thin))
    return [html.Div(rows, className="list"), _range("comparison", *selection.comparison, context)]


def _range(name: str, start: date, end: date, context: Context) -> Component:
    """From … to …: two lists of months and a button."""
    loaded = set(context.months_loaded)
    first = min([*loaded, start, end])
    last = max([*loaded, start, end])
    months = list(reversed(month_range(first, last)))
    fields: list[Any] = []
    for which, label, month in (("from", "From", start), ("to", "To", end)):
        field_id = f"filter-{name}-{which}"
        options = [
            html.Option(
                write_month(m) + ("" if m in loaded else " (not loaded)"), value=f"{m:%Y-%m}", selected=m == month
            )
            for m in months
        ]
        field: Any = Element("select", {"id": field_id}, options)
        fields.append(html.Label([html.Span(label), field], htmlFor=field_id))
    return html.Div([*fields, _button("Apply", "apply", className="btn primary")], className="range")


def _ticks(name: str, rows: Sequence[tuple[str, str, int | None]], chosen: Collection[str]) -> list[Any]:
    """A list of boxes to tick (value, name, count) and its foot: how many are chosen, Clear and Apply."""
    boxes: list[Any] = [
        Element(
            "label",
            {"class": "opt", **attributes(data_name=label)},
            [
                Element("input", {"type": "checkbox", "value": value, "checked": value in chosen}),
                html.Span(label),
                html.Small("" if count is None else f"{count:,}"),
            ],
        )
        for value, label, count in rows
    ]
    apply = _button("Apply", "apply", id=f"filter-{name}-apply", className="btn primary")
    foot = html.Div(
        [
            html.Span(id=f"filter-{name}-count", className="count", role="status"),
            html.Span([_button("Clear", "clear", className="btn"), apply], className="pair"),
        ],
        className="menufoot",
    )
    return [html.Div(boxes, className="list"), foot]


def _quick(label: str, options: Sequence[tuple[str, Sequence[str]]]) -> Component:
    """Buttons that tick several boxes at once."""
    buttons = [
        _button(text, "fill", **attributes(data_values=json.dumps(list(values)), aria_pressed="false"))
        for text, values in options
    ]
    return html.Div(buttons, className="seg", role="group", **attributes(aria_label=label))


def _category_menu(asked: _Asked) -> list[Any]:
    selection, context = asked.selection, asked.context
    rows = [(c.slug, c.name, asked.counts.of_category(c.name, selection)) for c in context.categories]
    rows.sort(key=lambda row: -(row[2] or 0))
    every = [c.slug for c in context.categories]
    slugs = {c.name: c.slug for c in context.categories}
    chosen = every if selection.categories is None else [slugs[name] for name in selection.categories]
    options: list[tuple[str, Sequence[str]]] = [("All", every)]
    dominant = asked.dominant
    if dominant:
        options.append((without(dominant), [slug for slug in every if slug != dominant.slug]))
    options.append(("Chosen", []))
    return [_quick("Categories", options), *_ticks("categories", rows, chosen)]


def _ward_menu(asked: _Asked) -> list[Any]:
    selection, context = asked.selection, asked.context
    districts = dict(context.districts)
    several = len(districts) > 1
    rows = [
        (
            ward.code,
            f"{ward.name}, {districts.get(ward.district_code, '')}" if several else ward.name,
            asked.counts.of_ward(ward.code, selection),
        )
        for ward in sorted(context.wards, key=lambda ward: (ward.district_code if several else "", ward.name))
    ]
    every = [ward.code for ward in context.wards]
    parts: list[Any] = []
    if len(rows) >= _SEARCH_FROM:
        kind = {"type": "search", "id": "filter-wards-search", "placeholder": "Find a ward"}
        find: Any = Element("input", {**kind, **attributes(aria_label="Find a ward")})
        parts.append(html.Div([icon("search"), find], className="find"))
    quick = _quick("Wards", [("All", every), ("None", [])])
    return [*parts, quick, *_ticks("wards", rows, every if selection.wards is None else selection.wards)]


def _measure_menu(asked: _Asked) -> list[Any]:
    selection, context = asked.selection, asked.context
    rows = []
    for measure in measures().values():
        reason = _not_measurable(measure, context)
        keys = {"measure": None if measure.key == DEFAULT_MEASURE else measure.key}
        chosen = measure.key == selection.measure
        rows.append(_option(measure.title, keys, chosen=chosen, aside=reason, disabled=reason is not None))
    return [html.Div(rows, className="list")]


def _not_measurable(measure: Measure, context: Context) -> Component | None:
    have = {
        "population": (context.has_population, "residents not loaded"),
        "households": (context.has_households, "households not loaded"),
        "area_km2": (context.has_area, "boundaries not loaded"),
    }
    loaded, words = have.get(measure.denominator or "", (True, ""))
    return None if loaded else html.Span(words, className="chip none")


def _family_menu(asked: _Asked) -> list[Any]:
    selection, context = asked.selection, asked.context
    default = Selection.default(context)
    rows = [
        _option(
            family.name,
            {"family": None if family.id == default.family else family.id},
            chosen=family.id == selection.family,
            aside=f"{family.members} areas",
        )
        for family in context.families
    ]
    return [html.Div(rows, className="list")]


_MENUS = {
    "period": _period_menu,
    "comparison": _comparison_menu,
    "categories": _category_menu,
    "wards": _ward_menu,
    "measure": _measure_menu,
    "family": _family_menu,
}


# ---- Callbacks --------------------------------------------------------------------------------------------------


def register(app: Dash) -> None:
    """One callback works out what the bar says for an address; the browser puts it in."""

    @app.callback(Output("bar", "data"), Input("url", "search"), Input("page", "data"), Input("snapshot", "data"))
    def write_bar(search: str | None, page: dict[str, Any] | None, _snapshot: str | None) -> dict[str, Any]:
        return describe(server.snapshot(), search, (page or {}).get("uses", ()))

    app.clientside_callback(ClientsideFunction("dashboard", "bar"), Input("bar", "data"))
