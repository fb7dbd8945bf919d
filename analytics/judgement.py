"""What people add to the evidence when priorities are chosen: problems, criteria, weights, and scores of their own.

A :class:`Judgement` is a plain value: frozen, hashable, to and from a JSON object, without any reading or writing.
Where it is kept (in the address, in a workshop's session) is for others to say (``analytics.sessions``). It holds no
evidence: which criteria are filled from the data, and which problems there are by default, stands elsewhere.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

__all__ = [
    "DEFAULT_POINTS",
    "MAX_POINTS",
    "NOTHING_SAID",
    "EnteredCriterion",
    "Entry",
    "Judgement",
    "JudgementError",
    "Problem",
    "key_for",
]

DEFAULT_POINTS = 50.0
"""Points of a criterion about which nothing has been said."""
MAX_POINTS = 100.0
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_BYTES = 500_000
_LONGEST = {"key": 60, "name": 80, "question": 200, "reason": 500, "by": 80}
_MOST = {"problems": 60, "criteria": 20, "entries": 2000, "left_out": 60, "unused": 40, "weights": 40, "order": 40}


class JudgementError(ValueError):
    """Something entered cannot be used; `str(error)` says where it stands, what is wrong, and what would do."""


def key_for(name: str) -> str:
    """The key of something that people name: lower case, words joined by hyphens.

    >>> key_for("Vehicle crime, west wards")
    'vehicle-crime-west-wards'
    """
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()
    return "-".join(words)[: _LONGEST["key"]].strip("-")


@dataclass(frozen=True)
class Problem:
    """A problem of the partnership's own. An incident belongs to it that is in one of the categories or has one of the
    offence codes, and lies in one of the wards; empty: all of them. With nothing named it has no recorded data and is
    scored by people only.

    categories: names as published; codes: offence codes of the Home Office; wards: codes.
    """

    key: str
    name: str
    categories: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_key(self.key, "key")
        _check_text(self.name, "name", needed=True)
        for part in ("categories", "codes", "wards"):
            _check_list(getattr(self, part), part)

    @property
    def people_only(self) -> bool:
        """No recorded data: scored by people only."""
        return not (self.categories or self.codes or self.wards)


@dataclass(frozen=True)
class EnteredCriterion:
    """A criterion that only people can score, of the partnership's own. `scale`: people score from 0 to this number."""

    key: str
    name: str
    question: str = ""
    scale: int = 5

    def __post_init__(self) -> None:
        _check_key(self.key, "key")
        _check_text(self.name, "name", needed=True)
        _check_text(self.question, "question")
        if isinstance(self.scale, bool) or not isinstance(self.scale, int) or not 1 <= self.scale <= 100:
            raise JudgementError(f"scale: must be a whole number from 1 to 100, not {self.scale!r}.")


@dataclass(frozen=True)
class Entry:
    """A score given by people to one problem on one criterion, in place of the evidence or where there is none.

    value: 0 (no reason for priority) to 1 (every reason). lower, upper: within which it could as well lie, for instance
    the spread of a workshop's scores; None: no doubt was stated. by: a name or role. at: with its time zone.
    """

    problem: str
    criterion: str
    value: float
    by: str
    at: datetime
    reason: str = ""
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        _check_key(self.problem, "problem")
        _check_key(self.criterion, "criterion")
        object.__setattr__(self, "value", _check_number(self.value, "value", 0.0, 1.0))
        for side in ("lower", "upper"):
            limit = getattr(self, side)
            if limit is not None:
                object.__setattr__(self, side, _check_number(limit, side, 0.0, 1.0))
        if (self.lower is not None and self.lower > self.value) or (self.upper is not None and self.upper < self.value):
            raise JudgementError("value: must lie between lower and upper.")
        _check_text(self.by, "by", needed=True)
        _check_text(self.reason, "reason")
        if not isinstance(self.at, datetime) or self.at.tzinfo is None:
            raise JudgementError("at: must be a date and time with its time zone, such as 2026-11-27T10:30:00Z.")

    @property
    def cell(self) -> tuple[str, str]:
        """Problem and criterion: there is one entry a cell."""
        return self.problem, self.criterion


@dataclass(frozen=True)
class Judgement:
    """All that people have said. Empty: the evidence alone, every criterion with the same weight.

    problems: of the partnership's own, beside the default ones. left_out: keys of default problems that are not
    ranked. criteria: entered ones of the partnership's own. unused: keys of criteria that do not count. weights: points
    from 0 to 100 a criterion; one without has DEFAULT_POINTS; they need not add up to anything. order: of importance,
    groups of criteria from the most to the least important, those within a group being equal; criteria not named come
    last, together; empty: no order. entries: one a problem and criterion.

    >>> Judgement(weights=(("harm", 80.0),), order=(("harm",), ("volume", "change"))).points("volume")
    50.0
    """

    problems: tuple[Problem, ...] = ()
    left_out: tuple[str, ...] = ()
    criteria: tuple[EnteredCriterion, ...] = ()
    unused: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    order: tuple[tuple[str, ...], ...] = ()
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        for part, most in _MOST.items():
            if len(getattr(self, part)) > most:
                raise JudgementError(f"{part}: at most {most}, not {len(getattr(self, part))}.")
        _check_once([p.key for p in self.problems], "problems", "key")
        _check_once([p.name.casefold() for p in self.problems], "problems", "name")
        _check_once([c.key for c in self.criteria], "criteria", "key")
        _check_once([e.cell for e in self.entries], "entries", "problem and criterion")
        for part in ("left_out", "unused"):
            _check_once(list(getattr(self, part)), part, "key")
            for index, key in enumerate(getattr(self, part)):
                _check_key(key, f"{part}[{index}]")
        _check_once([key for key, _ in self.weights], "weights", "criterion")
        checked = []
        for key, points in self.weights:
            _check_key(key, "weights")
            checked.append((key, _check_number(points, f"weights.{key}", 0.0, MAX_POINTS)))
        object.__setattr__(self, "weights", tuple(checked))
        if any(not group for group in self.order):
            raise JudgementError("order: a group is empty.")
        _check_once([key for group in self.order for key in group], "order", "criterion")
        for group in self.order:
            for key in group:
                _check_key(key, "order")

    # ---- Asking

    def points(self, criterion: str) -> float:
        """The weight given to a criterion, in points."""
        return dict(self.weights).get(criterion, DEFAULT_POINTS)

    def place(self, criterion: str) -> int:
        """Its place in the order of importance, 1 for the first; those not named share the last."""
        for place, group in enumerate(self.order, start=1):
            if criterion in group:
                return place
        return len(self.order) + 1

    def entry(self, problem: str, criterion: str) -> Entry | None:
        """What people entered for a problem on a criterion."""
        return next((entry for entry in self.entries if entry.cell == (problem, criterion)), None)

    def problem(self, key: str) -> Problem | None:
        """The own problem with this key."""
        return next((problem for problem in self.problems if problem.key == key), None)

    # ---- Changing: each gives a new judgement

    def with_problem(self, problem: Problem) -> Judgement:
        """With a problem added, or changed where its key is known."""
        return replace(self, problems=_put(self.problems, problem, lambda one: one.key))

    def without_problem(self, key: str) -> Judgement:
        """Without an own problem and what was entered for it."""
        return replace(
            self,
            problems=tuple(problem for problem in self.problems if problem.key != key),
            entries=tuple(entry for entry in self.entries if entry.problem != key),
        )

    def with_criterion(self, criterion: EnteredCriterion) -> Judgement:
        """With an entered criterion added, or changed where its key is known."""
        return replace(self, criteria=_put(self.criteria, criterion, lambda one: one.key))

    def without_criterion(self, key: str) -> Judgement:
        """Without an entered criterion of the partnership's own, its weight, its place and its scores."""
        order = tuple(tuple(one for one in group if one != key) for group in self.order)
        return replace(
            self,
            criteria=tuple(criterion for criterion in self.criteria if criterion.key != key),
            weights=tuple(pair for pair in self.weights if pair[0] != key),
            order=tuple(group for group in order if group),
            entries=tuple(entry for entry in self.entries if entry.criterion != key),
        )

    def with_entry(self, entry: Entry) -> Judgement:
        """With a score entered; it takes the place of an earlier one in the same cell."""
        return replace(self, entries=_put(self.entries, entry, lambda one: one.cell))

    def without_entry(self, problem: str, criterion: str) -> Judgement:
        """With the evidence again where people had entered a score."""
        return replace(self, entries=tuple(e for e in self.entries if e.cell != (problem, criterion)))

    def with_weights(self, weights: Mapping[str, float]) -> Judgement:
        """With these points in place of all given before; criteria at DEFAULT_POINTS are left out."""
        return replace(self, weights=tuple((k, float(v)) for k, v in weights.items() if v != DEFAULT_POINTS))

    def with_order(self, order: Iterable[Iterable[str]]) -> Judgement:
        """With this order of importance in place of the one before."""
        return replace(self, order=tuple(tuple(group) for group in order))

    # ---- JSON

    def to_json(self) -> dict[str, Any]:
        """A plain object for JSON; what is empty is left out.

        >>> Judgement(problems=(Problem("modern-slavery", "Modern slavery"),)).to_json()
        {'problems': [{'key': 'modern-slavery', 'name': 'Modern slavery'}]}
        """
        made: dict[str, Any] = {
            "problems": [_plain(problem) for problem in self.problems],
            "left_out": list(self.left_out),
            "criteria": [_plain(criterion) for criterion in self.criteria],
            "unused": list(self.unused),
            "weights": dict(self.weights),
            "order": [list(group) for group in self.order],
            "entries": [_plain(entry) for entry in self.entries],
        }
        return {part: value for part, value in made.items() if value}

    @classmethod
    def from_json(cls, data: Any) -> Judgement:
        """The judgement of a plain object, as `to_json` makes it.

        Raises JudgementError naming the place ("entries[2].value") for anything that cannot be used, unknown keys too.
        """
        values = _object(data, "", {field.name for field in fields(cls)})
        order = _list(values.get("order", []), "order")
        weights = values.get("weights", {})
        if not isinstance(weights, Mapping):
            raise JudgementError("weights: must be an object of criterion and points.")
        return cls(
            problems=tuple(_read(Problem, one, f"problems[{i}]") for i, one in _numbered(values, "problems")),
            left_out=_texts(values.get("left_out", []), "left_out"),
            criteria=tuple(_read(EnteredCriterion, one, f"criteria[{i}]") for i, one in _numbered(values, "criteria")),
            unused=_texts(values.get("unused", []), "unused"),
            weights=tuple((str(key), points) for key, points in weights.items()),
            order=tuple((one,) if isinstance(one, str) else _texts(one, f"order[{i}]") for i, one in enumerate(order)),
            entries=tuple(_read(Entry, one, f"entries[{i}]") for i, one in _numbered(values, "entries")),
        )

    # ---- In the address

    def packed(self) -> str:
        """The judgement as letters, figures, "-" and "_", for an address; empty where nothing was said."""
        if self == Judgement():
            return ""
        text = json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")

    @classmethod
    def unpacked(cls, text: str) -> Judgement:
        """The judgement that `packed` wrote. Raises JudgementError for anything else.

        >>> said = Judgement(unused=("family",))
        >>> Judgement.unpacked(said.packed()) == said
        True
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            stream = zlib.decompressobj()
            plain = stream.decompress(raw, _MOST_BYTES)
            if stream.unconsumed_tail or not stream.eof:
                raise ValueError("cut off, or too long")
            data = json.loads(plain.decode())
        except (ValueError, zlib.error, RecursionError):
            raise JudgementError("it is cut off or was changed by hand.") from None
        return cls.from_json(data)


# ---- Reading and writing parts ------------------------------------------------------------------------------------


def _plain(part: Any) -> dict[str, Any]:
    """The fields that say something, in plain types."""
    made: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if value == field.default:
            continue
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        made[field.name] = list(value) if isinstance(value, tuple) else value
    return made


def _read(kind: Any, data: Any, place: str) -> Any:
    declared = {field.name: field for field in fields(kind)}
    values = _object(data, place, set(declared))
    for name, field in declared.items():
        if name not in values and not _has_default(field):
            raise JudgementError(f"{place}.{name}: is missing.")
        if name in values and field.type == "tuple[str, ...]":
            values[name] = _texts(values[name], f"{place}.{name}")
    if isinstance(values.get("at"), str):
        values["at"] = _time(values["at"], f"{place}.at")
    try:
        return kind(**values)
    except JudgementError as error:
        raise JudgementError(f"{place}.{error}") from None


def _has_default(field: Any) -> bool:
    return type(field.default).__name__ != "_MISSING_TYPE"


def _time(text: str, place: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise JudgementError(f"{place}: {text[:40]!r} is no date and time such as 2026-11-27T10:30:00Z.") from None


def _object(data: Any, place: str, known: set[str]) -> dict[str, Any]:
    where = f"{place}: " if place else ""
    if not isinstance(data, Mapping):
        raise JudgementError(f"{where}must be an object, not {_kind(data)}.")
    unknown = [str(key) for key in data if key not in known]
    if unknown:
        raise JudgementError(f"{where}{unknown[0][:40]!r} is not known; known are {', '.join(sorted(known))}.")
    return {str(key): value for key, value in data.items()}


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise JudgementError(f"{place}: must be a list, not {_kind(value)}.")
    return list(value)


def _numbered(values: Mapping[str, Any], part: str) -> Iterable[tuple[int, Any]]:
    return enumerate(_list(values.get(part, []), part))


def _texts(value: Any, place: str) -> tuple[str, ...]:
    found = _list(value, place)
    for index, one in enumerate(found):
        if not isinstance(one, str):
            raise JudgementError(f"{place}[{index}]: must be text, not {_kind(one)}.")
    return tuple(found)


def _kind(value: Any) -> str:
    names = {str: "text", bool: "yes or no", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)


# ---- Checks -------------------------------------------------------------------------------------------------------


def _check_key(value: Any, place: str) -> None:
    if not isinstance(value, str) or len(value) > _LONGEST["key"] or not _KEY.fullmatch(value):
        shown = repr(value[:40]) if isinstance(value, str) else _kind(value)
        raise JudgementError(f"{place}: {shown} is no key; a key has lower-case letters, figures and hyphens.")


def _check_text(value: Any, place: str, *, needed: bool = False) -> None:
    if not isinstance(value, str):
        raise JudgementError(f"{place}: must be text, not {_kind(value)}.")
    if needed and not value.strip():
        raise JudgementError(f"{place}: must not be empty.")
    if len(value) > _LONGEST[place]:
        raise JudgementError(f"{place}: at most {_LONGEST[place]} characters, not {len(value)}.")
    if any(not c.isprintable() for c in value):
        raise JudgementError(f"{place}: holds a line break or a character that cannot be shown.")


def _check_list(values: Any, place: str) -> None:
    if not isinstance(values, tuple) or len(values) > 500:
        raise JudgementError(f"{place}: must be a list of at most 500.")
    for index, value in enumerate(values):
        if not isinstance(value, str) or not value.strip() or len(value) > 80 or not value.isprintable():
            raise JudgementError(f"{place}[{index}]: must be text of 1 to 80 characters.")
    _check_once(list(values), place, "entry")


def _check_number(value: Any, place: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        shown = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else _kind(value)
        raise JudgementError(f"{place}: must be a number from {low:g} to {high:g}, not {shown}.")
    return float(value)


def _check_once(keys: list[Any], place: str, word: str) -> None:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            shown = " and ".join(key) if isinstance(key, tuple) else str(key)
            raise JudgementError(f"{place}: the {word} {shown[:90]!r} stands there twice.")


def _put(held: tuple[Any, ...], one: Any, key: Any) -> tuple[Any, ...]:
    """The parts with one in the place of the part with the same key, or at the end."""
    if any(key(other) == key(one) for other in held):
        return tuple(one if key(other) == key(one) else other for other in held)
    return (*held, one)


NOTHING_SAID = Judgement()
"""The evidence alone."""
