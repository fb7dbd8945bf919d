"""Survey results in the store: whose area each is, and that no two rows tell different stories.

A row is identified by survey, first day of the wave, area, question and answer. Two rows of one identity that say the
same are counted once; if they differ, neither can be trusted and both are set aside. Every row of every file is
accounted for: read = kept + repeated + set aside + left out; left out are rows of a published table about groups of
people, about other areas, or without a value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from data.config import Config
from data.errors import LoadError
from data.partnership_names import plain_force
from data.reference import Force, regions
from data.schema import TABLES
from data.sources import perceptions as source
from data.sources._source import OGL
from data.sources.perceptions import COUNTRY, INDICATOR, ONS, PerceptionFile, Result, SetAside

__all__ = ["Perceptions", "load_perceptions"]

_WHOLE = ("partnership", "whole partnership", "the whole partnership", "all", "total")


@dataclass(frozen=True)
class _Area:
    kind: str
    code: str | None
    name: str


@dataclass
class Perceptions:
    """What came of reading: the table, and what the manifest and the quarantine take.

    ``entries`` holds, by file, rows ``read`` = ``kept`` + ``repeated`` + ``set_aside`` + ``left_out``, and the time
    covered.
    """

    frame: pd.DataFrame
    entries: dict[Path, dict[str, Any]] = field(default_factory=dict)
    quarantine: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TABLES["quarantine"].columns)))
    warnings: list[dict[str, Any]] = field(default_factory=list)


def load_perceptions(
    config: Config, wards: pd.DataFrame, districts: pd.DataFrame, forces: Iterable[Force]
) -> Perceptions:
    """The configured results; an empty table without files.

    Parameters
    ----------
    wards : DataFrame
        The partnership's wards: ``code, name``.
    districts : DataFrame
        ``district_code, district_name, is_ours``.
    forces : Force
        The partnership's own: a result for a whole force area is kept as such.

    Raises
    ------
    LoadError
        A file that cannot be read, or holds nothing that can be used.
    """
    files = [source.read(path) for path in config.files.get("perceptions", ())]
    names = [file.path.name for file in files]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise LoadError(
            "same_name",
            f"two files of perceptions are called {twice!r}",
            file=config.path,
            remedy="Rename one: rows are told apart by file and line.",
        )
    areas = _Areas(config, wards, districts, forces)
    set_aside: dict[int, list[SetAside]] = {number: list(file.set_aside) for number, file in enumerate(files)}
    left_out = {number: file.left_out for number, file in enumerate(files)}
    placed: dict[tuple[Any, ...], list[tuple[int, Result, _Area]]] = defaultdict(list)
    for number, file in enumerate(files):
        for result in file.results:
            found = areas.find(result.area)
            if isinstance(found, _Area):
                key = (result.survey, result.wave_from, found.kind, found.code, result.question, result.answer)
                placed[key].append((number, result, found))
            elif file.published:  # of everywhere: the other areas are no fault
                left_out[number] += 1
            else:
                message, remedy = found
                set_aside[number].append(_aside(result, "unknown_area", "area", result.area, message, remedy))
    rows: list[tuple[int, Result, _Area]] = []
    repeated: dict[int, int] = defaultdict(int)
    for alike in placed.values():
        if len({_said(result) for _, result, _ in alike}) == 1:
            rows.append(alike[0])
            for number, _, _ in alike[1:]:
                repeated[number] += 1
            continue
        for number, result, _ in alike:
            others = [
                f"line {other.line}" + ("" if where == number else f" of {files[where].path.name}")
                for where, other, _ in alike
                if other is not result
            ]
            message = f"{others[0]} says something else of the same survey, wave, area, question and answer"
            remedy = "Keep the right one; neither counts until then."
            set_aside[number].append(_aside(result, "contradiction", "percent", f"{result.percent:g}", message, remedy))
    rows.sort(key=lambda row: (row[0], row[1].line))
    made = Perceptions(_frame(files, rows))
    made.quarantine = _quarantine(files, set_aside)
    for number, file in enumerate(files):
        kept = [result for where, result, _ in rows if where == number]
        made.entries[file.path] = {
            "read": file.rows,
            "kept": len(kept),
            "repeated": repeated[number],
            "set_aside": len(set_aside[number]),
            "left_out": left_out[number],
            "covers": _covers(kept),
            **({"title": INDICATOR, "publisher": ONS, "licence": OGL} if file.published else {}),
        }
        made.warnings += _warnings(file, set_aside[number], kept)
    made.warnings += _turned(files, rows)
    return made


class _Areas:
    """Which of the partnership's areas a code or name stands for."""

    def __init__(self, config: Config, wards: pd.DataFrame, districts: pd.DataFrame, forces: Iterable[Force]) -> None:
        own = config.partnership
        whole = _Area("partnership", None, own.short_name)
        self.known: dict[str, _Area] = {}
        word: str | None
        self.twice: set[str] = set()
        for word in (*_WHOLE, own.name, own.short_name):
            self.known[word.casefold()] = whole
        for code, name in wards[["code", "name"]].itertuples(index=False):
            self._add(code, _Area("ward", code, name))
            self._add(name, _Area("ward", code, name))
        ours = districts[districts["is_ours"]]
        for code, name in ours[["district_code", "district_name"]].itertuples(index=False):
            here = whole if len(ours) == 1 else _Area("district", code, name)
            self.known.setdefault(str(code).casefold(), here)
            self.known.setdefault(str(name).casefold(), here)
        for force in forces:
            area = _Area(
                "force",
                force.pfa_code or force.force_slug,
                f"{force.pfa_name} police area" if force.pfa_name else f"{force.force} area",
            )
            for word in (force.force, force.pfa_name, force.pfa_code, force.force_slug, plain_force(force.force)):
                if word:
                    self.known.setdefault(word.casefold(), area)
            region = regions().get(force.pfa_code or "")
            if region is not None:
                for word in region:
                    self.known.setdefault(word.casefold(), _Area("region", *region))
        for word in (COUNTRY, "K04000001"):
            self.known.setdefault(word.casefold(), _Area("country", "K04000001", COUNTRY))

    def _add(self, word: Any, area: _Area) -> None:
        plain = str(word).casefold()
        other = self.known.get(plain)
        if other is not None and other.code != area.code:
            self.twice.add(plain)
        self.known.setdefault(plain, area)

    def find(self, text: str | None) -> _Area | tuple[str, str]:
        """The area; or what is wrong with the text, and the remedy."""
        plain = " ".join((text or _WHOLE[0]).split()).casefold()
        if plain in self.twice:
            return f"two areas are called {text!r}", "Give the ward's code; blank is the whole partnership."
        area = self.known.get(plain)
        if area is not None:
            return area
        near = get_close_matches(plain, self.known, 1, 0.6)
        remedy = (
            f'Did you mean "{self.known[near[0]].name}"?'
            if near
            else "Give a ward or district of the partnership by code or name, its police force, or leave it blank for "
            "the whole partnership."
        )
        return f"{text!r} is no area of the partnership", remedy


def _said(result: Result) -> tuple[Any, ...]:
    """All that a row says beside what identifies it."""
    return (
        result.wave_to, result.categories, result.direction, result.base, result.weighted_base,
        round(result.percent, 6), result.design_effect, result.lower, result.upper, result.sampled,
    )  # fmt: skip


def _aside(result: Result, reason: str, column: str, value: str | None, message: str, remedy: str) -> SetAside:
    return SetAside(result.line, reason, message, remedy, column, value, result.raw)


def _frame(files: list[PerceptionFile], rows: list[tuple[int, Result, _Area]]) -> pd.DataFrame:
    made = [
        {
            "survey": result.survey,
            "publisher": result.publisher,
            "wave": result.wave,
            "wave_from": result.wave_from,
            "wave_to": result.wave_to,
            "area_type": area.kind,
            "area_code": area.code,
            "area_name": area.name,
            "question": result.question,
            "answer": result.answer,
            "categories": list(result.categories),
            "direction": result.direction,
            "base": result.base,
            "weighted_base": result.weighted_base,
            "percent": result.percent,
            "design_effect": result.design_effect,
            "lower_cl": result.lower,
            "upper_cl": result.upper,
            "sampled": result.sampled,
            "note": result.note,
            "file": files[number].path.name,
            "line": result.line,
            "position": position,
        }
        for position, (number, result, area) in enumerate(rows)
    ]
    return pd.DataFrame(made, columns=list(TABLES["perceptions"].columns), dtype=object)


def _quarantine(files: list[PerceptionFile], set_aside: dict[int, list[SetAside]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "source_name": "perceptions",
                "file": files[number].path.name,
                "line": row.line,
                "reason": row.reason,
                "message": f"{row.message}. {row.remedy}",
                "column_name": row.column,
                "value": row.value,
                "raw": row.raw,
            }
            for number, rows in set_aside.items()
            for row in sorted(rows, key=lambda row: row.line)
        ],
        columns=list(TABLES["quarantine"].columns),
    )


def _covers(kept: list[Result]) -> str | None:
    """ "September 2023 to October 2024"."""
    if not kept:
        return None
    first, last = min(result.wave_from for result in kept), max(result.wave_to for result in kept)
    same = (first.year, first.month) == (last.year, last.month)
    return f"{first:%B %Y}" if same else f"{first:%B %Y} to {last:%B %Y}"


def _warnings(file: PerceptionFile, set_aside: list[SetAside], kept: list[Result]) -> list[dict[str, Any]]:
    found = []
    if set_aside:
        first = min(set_aside, key=lambda row: row.line)
        rows = "1 row was" if len(set_aside) == 1 else f"{len(set_aside):,} rows were"
        like = "" if len(set_aside) == 1 else ", and the like"
        found.append(_warning("set_aside", f"{rows} set aside ({first.message}{like})", file, first.line, first.remedy))
    if file.unread:
        names = ", ".join(repr(name) for name in file.unread)
        plural = len(file.unread) > 1
        found.append(
            _warning(
                "unread_column",
                f"the column{'s' if plural else ''} {names} {'are' if plural else 'is'} not read",
                file,
                1,
                "Nothing to do, unless it is meant to be one of the columns listed in the README.",
            )
        )
    undirected = [result for result in kept if result.categories and result.direction is None]
    if undirected:
        found.append(
            _warning(
                "no_direction",
                f"{len(undirected):,} rows name a category and no direction: they are no concern on Priorities",
                file,
                undirected[0].line,
                'Write "lower is better" where a smaller share is the better answer, else "higher is better".',
            )
        )
    return found


def _turned(files: list[PerceptionFile], rows: list[tuple[int, Result, _Area]]) -> list[dict[str, Any]]:
    """Questions whose waves disagree on which way is better, or what they speak of: the latest wave's word counts."""
    by_question: dict[tuple[str, str, str], list[tuple[int, Result]]] = defaultdict(list)
    for number, result, _ in rows:
        by_question[result.survey, result.question, result.answer].append((number, result))
    found = []
    for same in by_question.values():
        if len({(result.direction, result.categories) for _, result in same}) > 1:
            number, result = min(same, key=lambda one: (one[1].wave_from, one[0], one[1].line))
            message = f"the rows of {result.question!r} name different directions or categories"
            remedy = "The latest wave's count. Write the same in all of them."
            found.append(_warning("question_turned", message, files[number], result.line, remedy))
    return found


def _warning(code: str, message: str, file: PerceptionFile, row: int, remedy: str) -> dict[str, Any]:
    return {"code": code, "message": message, "file": file.path.name, "row": row, "remedy": remedy}
