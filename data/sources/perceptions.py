"""Results of surveys and consultations of residents: one row per survey, wave, area, question and answer.

Surveys have no layout in common, so the file is the partnership's own: copied from the report of its residents' survey,
the police force's confidence survey, the Crime Survey for England and Wales (by force area), a "your voice"
consultation. The README lists the columns. A row that cannot be used is set aside with its reason; what is in it is
never guessed. Which area a name stands for is settled later, in ``data.perceptions``.

One published layout is read too: the UK indicators for the Sustainable Development Goals of the ONS (16.1.4, who feels
safe walking alone after dark), by financial year for England and Wales and each region, without the number asked.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from data.errors import LoadError
from data.reference import UNRECOGNISED, categories
from data.sources._source import Column, Source
from data.sources._tables import TextTable, read_header, read_text_table

__all__ = ["COUNTRY", "INDICATOR", "ONS", "SOURCE", "PerceptionFile", "Result", "SetAside", "read"]

SOURCE = Source(
    name="perceptions",
    section="context",
    key="perceptions",
    title="Surveys and consultations of residents",
    publisher="The partnership",
    licence="Not stated",
    disables="what residents say beside what is recorded, and residents’ concern from a survey on Priorities",
    many=True,
    columns={
        "survey": Column(("survey", "survey name")),
        "publisher": Column(("publisher", "carried out for"), required=False),
        "wave": Column(("wave", "wave name"), required=False),
        "from": Column(("from", "wave from", "fieldwork from", "start", "month", "date")),
        "to": Column(("to", "wave to", "fieldwork to", "end"), required=False),
        "area": Column(("area", "area code", "area name", "ward", "ward code"), required=False),
        "question": Column(("question", "question text")),
        "answer": Column(("answer", "measure", "response")),
        "category": Column(("category", "categories", "crime type"), required=False),
        "direction": Column(("direction", "polarity"), required=False),
        "base": Column(("base", "unweighted base", "number asked", "respondents", "sample size")),
        "weighted_base": Column(("weighted base",), required=False),
        "percent": Column(("percent", "percentage", "per cent", "%"), required=False),
        "count": Column(("count", "weighted count", "number answering"), required=False),
        "design_effect": Column(("design effect", "deff"), required=False),
        "lower": Column(("lower", "lower 95%", "lower 95% limit", "lower cl"), required=False),
        "upper": Column(("upper", "upper 95%", "upper 95% limit", "upper cl"), required=False),
        "sampled": Column(("sampled", "random sample")),
        "note": Column(("note", "notes"), required=False),
    },
)

INDICATOR_COLUMNS: Mapping[str, Column] = {
    "year": Column(("Year",)),
    "series": Column(("Series",)),
    "units": Column(("Units",)),
    "area": Column(("GeoCode",)),
    "value": Column(("Value",)),
}
"""The ONS's layout of indicators; any other column but these and the three below divides people into groups."""
_ABOUT_THE_ROW = ("Observation status", "Unit multiplier", "Region")
COUNTRY = "England and Wales"
ONS = "Office for National Statistics"
INDICATOR = "UK indicators for the Sustainable Development Goals"
DIRECTIONS = ("lower is better", "higher is better")
_YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y")
_MONTHS = ("%Y-%m", "%m/%Y", "%B %Y", "%b %Y")
_FIRST_YEAR = 1981
"""The first British Crime Survey asked about this year."""
_ROUNDING = 1.0
"""Percentage points by which a count and a percent of one row may differ."""


@dataclass(frozen=True)
class Result:
    """A usable row. percent and its published limits: 0 to 100. sampled: False where people chose themselves.

    area: as written, None for the whole partnership. wave_from, wave_to: first and last day. base: None where the
    publisher gives none.
    """

    line: int
    survey: str
    publisher: str | None
    wave: str | None
    wave_from: date
    wave_to: date
    area: str | None
    question: str
    answer: str
    categories: tuple[str, ...]
    direction: str | None
    base: int | None
    weighted_base: float | None
    percent: float
    design_effect: float | None
    lower: float | None
    upper: float | None
    sampled: bool
    note: str | None
    raw: str


@dataclass(frozen=True)
class SetAside:
    """A row that cannot be used: why, in which column, and what would mend it."""

    line: int
    reason: str
    message: str
    remedy: str
    column: str
    value: str | None
    raw: str


@dataclass(frozen=True)
class PerceptionFile:
    """What a file holds. unread: headers of columns that are none of the declared ones. left_out: rows of a published
    table about groups of people or without a value, which are no result for an area. published: laid out by the ONS."""

    path: Path
    results: tuple[Result, ...]
    set_aside: tuple[SetAside, ...]
    unread: tuple[str, ...]
    left_out: int = 0
    published: bool = False

    @property
    def rows(self) -> int:
        """Rows read, apart from the header and blank ones."""
        return len(self.results) + len(self.set_aside) + self.left_out


class _Fault(Exception):
    """Why one row cannot be used."""

    def __init__(self, reason: str, column: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.reason, self.column, self.message, self.remedy = reason, column, message, remedy


def read(path: Path) -> PerceptionFile:
    """Read a file of results.

    Raises
    ------
    LoadError
        No such file, empty, not UTF-8, a missing column, shares in place of percentages, or no usable row.
    """
    header = read_header(path, SOURCE)
    if {column.names[0] for column in INDICATOR_COLUMNS.values()} <= set(header):
        return _read_indicator(path, header)
    table = read_text_table(path, SOURCE)
    if not {"percent", "count"} & set(table.headers):
        raise LoadError(
            "missing_column",
            f"no column percent, and no column count ({SOURCE.title})",
            file=path,
            row=1,
            remedy="Add a column percent (62 for 62 %), or count: how many of those asked gave the answer.",
        )
    results: list[Result] = []
    broken: list[SetAside] = []
    for position, cells in enumerate(table.frame.to_dict("records")):
        text = {str(name): value if isinstance(value, str) else None for name, value in cells.items()}
        if not any(text.values()):
            continue
        raw = ",".join(text[name] or "" for name in SOURCE.columns)
        try:
            results.append(_result(text, table, table.line(position), raw))
        except _Fault as fault:
            column = table.headers.get(fault.column, SOURCE.columns[fault.column].names[0])
            broken.append(
                SetAside(
                    table.line(position), fault.reason, fault.message, fault.remedy, column, text[fault.column], raw
                )
            )
    _check_percentages(path, table, results)
    if not results and not broken:
        raise LoadError("header_only", "the file has a header but no rows", file=path, remedy="Add the results.")
    if not results:
        first = broken[0]
        raise LoadError(
            "no_rows",
            f"the file holds no row that can be used ({first.message})",
            file=path,
            row=first.line,
            remedy=first.remedy,
        )
    unread = tuple(name for name in header if name and name not in table.headers.values())
    return PerceptionFile(path, tuple(results), tuple(broken), unread)


def _read_indicator(path: Path, header: list[str]) -> PerceptionFile:
    """A file in the ONS's layout of indicators: the rows about everyone in an area."""
    groups = {
        f"group {number}": Column((name,), required=False)
        for number, name in enumerate(header)
        if name not in {column.names[0] for column in INDICATOR_COLUMNS.values()} | set(_ABOUT_THE_ROW)
    }
    table = read_text_table(path, SOURCE, {**INDICATOR_COLUMNS, **groups})
    results: list[Result] = []
    broken: list[SetAside] = []
    left_out = 0
    for position, cells in enumerate(table.frame.to_dict("records")):
        text = {str(name): value if isinstance(value, str) else None for name, value in cells.items()}
        if any(text[name] for name in groups) or text["value"] is None:
            left_out += 1
            continue
        raw = ",".join(text[name] or "" for name in INDICATOR_COLUMNS)
        try:
            results.append(_indicator(text, table.line(position), raw))
        except _Fault as fault:
            column = INDICATOR_COLUMNS[fault.column].names[0]
            value = text[fault.column]
            line = table.line(position)
            broken.append(SetAside(line, fault.reason, fault.message, fault.remedy, column, value, raw))
    if not results:
        raise LoadError(
            "no_rows",
            "the file holds no value for an area" + (f" ({broken[0].message})" if broken else ""),
            file=path,
            row=broken[0].line if broken else None,
            remedy="Take the indicator's CSV as the ONS publishes it.",
        )
    return PerceptionFile(path, tuple(results), tuple(broken), (), left_out, published=True)


def _indicator(text: dict[str, str | None], line: int, raw: str) -> Result:
    year = _needed(text, "year")
    found = re.fullmatch(r"(\d{4})(?:/(\d\d))?", year)
    if found is None or (found[2] and int(found[2]) != (int(found[1]) + 1) % 100):
        raise _Fault("impossible_dates", "year", f"{year!r} is not a year", 'The ONS writes "2022/23" or "2022".')
    first = int(found[1])
    span = (date(first, 4, 1), date(first + 1, 3, 31)) if found[2] else (date(first, 1, 1), date(first, 12, 31))
    if "percent" not in (text["units"] or "").casefold():
        raise _Fault("other_unit", "units", f"{text['units']!r} is no percentage", "Only shares of people are read.")
    value = _number(text, "value")
    if value is None or not 0 <= value <= 100:
        raise _Fault("impossible_percent", "value", f"{text['value']} % cannot be", "Download the file again.")
    return Result(
        line=line, survey=INDICATOR, publisher=ONS, wave=year, wave_from=span[0], wave_to=span[1],
        area=text["area"] or COUNTRY, question=_needed(text, "series"), answer="Share of the population", categories=(),
        direction=None, base=None, weighted_base=None, percent=value, design_effect=None, lower=None, upper=None,
        sampled=True, note=None, raw=raw,
    )  # fmt: skip


def _check_percentages(path: Path, table: TextTable, results: list[Result]) -> None:
    """A file in which nothing is over 1 holds shares, and 0.62 is not 62 %."""
    given = [one for one in results if "percent" in table.headers and one.percent > 0]
    if len(given) >= 3 and all(one.percent <= 1 for one in given):
        raise LoadError(
            "shares",
            f"every {table.headers['percent']} is 1 or less, as if they were shares",
            file=path,
            row=given[0].line,
            remedy="Write 62 for 62 %.",
        )


def _result(text: dict[str, str | None], table: TextTable, line: int, raw: str) -> Result:
    survey, question, answer = (_needed(text, name) for name in ("survey", "question", "answer"))
    wave_from, wave_to = _wave(text)
    base = _number(text, "base")
    if base is None or base < 1 or base % 1:
        shown = "is blank" if text["base"] is None else f"is {text['base']}"
        raise _Fault(
            "no_base", "base", f"base {shown}: nobody was asked", "Give how many people were asked, unweighted."
        )
    weighted = _number(text, "weighted_base")
    if weighted is not None and weighted <= 0:
        raise _Fault("no_base", "weighted_base", "weighted base is not over 0", "Correct it, or leave it blank.")
    percent = _percent(text, weighted or base)
    effect = _number(text, "design_effect")
    if effect is not None and not 0.2 <= effect <= 50:
        raise _Fault(
            "design_effect",
            "design_effect",
            f"a design effect of {effect:g} cannot be",
            "Give the factor by which the survey's variance exceeds a simple random sample's, such as 1.4.",
        )
    lower, upper = _limits(text, percent)
    sampled = _YES.get((text["sampled"] or "").casefold())
    if sampled is None:
        shown = "is blank" if text["sampled"] is None else f"says {text['sampled']!r}"
        raise _Fault(
            "not_sampled_or_not",
            "sampled",
            f"sampled {shown}",
            "Write yes where the people asked were drawn as a sample, no where they chose themselves to answer.",
        )
    return Result(
        line=line,
        survey=survey,
        publisher=text["publisher"],
        wave=text["wave"],
        wave_from=wave_from,
        wave_to=wave_to,
        area=text["area"],
        question=question,
        answer=answer,
        categories=_categories(text),
        direction=_direction(text),
        base=int(base),
        weighted_base=weighted,
        percent=percent,
        design_effect=effect,
        lower=lower,
        upper=upper,
        sampled=sampled,
        note=text["note"],
        raw=raw,
    )


def _needed(text: dict[str, str | None], name: str) -> str:
    value = text[name]
    if value is None:
        raise _Fault(f"no_{name}", name, f"no {name}", "Fill it in, or take the row out.")
    return " ".join(value.split())


def _number(text: dict[str, str | None], name: str) -> float | None:
    """A finite number, blank is None; a % sign is let pass."""
    value = text[name]
    if value is None:
        return None
    try:
        number = float(value.replace(",", "").removesuffix("%").strip())
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        what = name.replace("_", " ")
        raise _Fault(
            "not_a_number", name, f"{value!r} in {what} is not a number", "Give a number, or take the row out."
        )
    return number


def _percent(text: dict[str, str | None], out_of: float) -> float:
    """The share in per cent: as given, else worked out from the count."""
    percent, count = _number(text, "percent"), _number(text, "count")
    if percent is None and count is None:
        raise _Fault("no_result", "percent", "neither percent nor count", "Fill in one of them, or take the row out.")
    if percent is not None and not 0 <= percent <= 100:
        raise _Fault("impossible_percent", "percent", f"{percent:g} % cannot be", "A percent lies between 0 and 100.")
    if count is not None and not 0 <= count <= out_of:
        raise _Fault(
            "impossible_count",
            "count",
            f"{count:g} of {out_of:g} asked cannot be",
            "Give how many of those asked gave the answer; a weighted count needs its weighted base.",
        )
    if count is None or percent is None:
        return percent if percent is not None else 100 * float(count or 0) / out_of
    if abs(percent - 100 * count / out_of) > _ROUNDING:
        raise _Fault(
            "two_results",
            "percent",
            f"percent is {percent:g}, and {count:g} of {out_of:g} are {100 * count / out_of:.1f} %",
            "Correct one of them; a weighted percent needs the weighted count and weighted base, or no count.",
        )
    return percent


def _limits(text: dict[str, str | None], percent: float) -> tuple[float | None, float | None]:
    lower, upper = _number(text, "lower"), _number(text, "upper")
    if lower is None and upper is None:
        return None, None
    if lower is None or upper is None or not 0 <= lower <= percent <= upper <= 100:
        raise _Fault(
            "impossible_interval",
            "lower" if lower is None else "upper",
            "the published interval is not lower ≤ percent ≤ upper, between 0 and 100",
            "Give both 95 % limits in per cent, or neither.",
        )
    return lower, upper


def _wave(text: dict[str, str | None]) -> tuple[date, date]:
    """First and last day asked; without an end the wave is its one month or day."""
    needed = _needed(text, "from")
    first, last = _span(needed, "from")
    if text["to"] is not None:
        last = _span(text["to"], "to")[1]
    if last < first:
        raise _Fault(
            "impossible_dates", "to", f"the wave ends ({text['to']}) before it begins ({needed})", "Exchange the dates."
        )
    if first.year < _FIRST_YEAR or first > date.today():
        why = "lies in the future" if first > date.today() else f"is before {_FIRST_YEAR}"
        raise _Fault("impossible_dates", "from", f"{needed} {why}", "Correct the date.")
    return first, last


def _span(text: str, name: str) -> tuple[date, date]:
    """The first and last day of a day or a month, however it is written."""
    plain = " ".join(text.split())
    for pattern in (*_DAYS, *_MONTHS):
        try:
            day = datetime.strptime(plain, pattern).date()
        except ValueError:
            continue
        if pattern in _DAYS:
            return day, day
        return day, day.replace(day=calendar.monthrange(day.year, day.month)[1])
    raise _Fault(
        "impossible_dates", name, f"{text!r} is not a date", 'Write a month as "2024-09", a day as "2024-09-16".'
    )


def _categories(text: dict[str, str | None]) -> tuple[str, ...]:
    """The published categories a question speaks of, divided by semicolons; short names are known too."""
    known = {entry.category.casefold(): entry.category for entry in categories() if entry.category != UNRECOGNISED}
    known |= {entry.short_name.casefold(): entry.category for entry in categories() if entry.category != UNRECOGNISED}
    found: dict[str, None] = {}
    for part in re.split(r"[;|]", text["category"] or ""):
        name = " ".join(part.split())
        if not name:
            continue
        if name.casefold() not in known:
            raise _Fault(
                "unknown_category", "category", f"{name!r} is no published category", _did_you_mean(name, known)
            )
        found[known[name.casefold()]] = None
    return tuple(found)


def _did_you_mean(name: str, known: dict[str, str]) -> str:
    near = get_close_matches(name.casefold(), known, 1, 0.5)
    return f'Did you mean "{known[near[0]]}"?' if near else f"Known: {', '.join(sorted(set(known.values())))}."


def _direction(text: dict[str, str | None]) -> str | None:
    value = text["direction"]
    if value is None:
        return None
    first = value.split()[0].casefold()
    found = next((one for one in DIRECTIONS if one.startswith(first)), None)
    if found is None:
        listed = " or ".join(f'"{one}"' for one in DIRECTIONS)
        raise _Fault(
            "unknown_direction", "direction", f"{value!r} is no direction", f"Write {listed}, or leave it blank."
        )
    return found
