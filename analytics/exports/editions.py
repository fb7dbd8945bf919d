"""What changed since the last assessment: two editions side by side, each the conclusions of one snapshot and query.

An edition is plain data, so that it can be kept when its snapshot is gone. Comparing two reads no store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from analytics.context import Context
from analytics.months import parse_month, write_months
from analytics.panels import Panel
from analytics.words import and_list, count_of, is_missing, percent

__all__ = ["Changed", "Conclusion", "Edition", "changes", "edition_from_json", "edition_of", "edition_to_json"]

Kind = Literal["data", "definition", "boundary", "conclusion", "ranking", "decision"]
_BOUNDARIES = ("ward_boundaries", "lsoa_boundaries", "lsoa_lookup", "lsoa_2011_lookup", "partnership_lookup")
_LATER = {"Weights of the criteria", "Problems ranked"}
_MOST_VERDICTS = 10
_NOT_A_NAME = {"verdict", "band", "band_alone", "against", "position", "status"}


@dataclass(frozen=True)
class Conclusion:
    """What one panel said: its finding, and the verdict of each row that has one (name, verdict)."""

    panel: str
    title: str
    finding: str
    verdicts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Edition:
    """One assessment as it was: where its figures are from, how they were defined, what was concluded."""

    snapshot: str
    query: str
    period: str
    made: str
    months: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    """Rows kept by force and month: ("Essex Police 2025-03", 13101)."""
    files: tuple[tuple[str, str, str], ...]
    """(source, title, SHA-256) of each input."""
    definitions: tuple[tuple[str, str], ...]
    """(what, its value): categories, wards, families, filters, breaks."""
    conclusions: tuple[Conclusion, ...]
    ranking: tuple[str, ...] = ()
    """The problems by score, the first first."""
    decision: tuple[tuple[str, str], ...] = ()
    """(what, its words): the priorities chosen, why each, its objectives, dissent; empty: none was taken."""
    session: str = ""
    """The name of the workshop's session whose settings it was made with, where it was asked for as such."""


@dataclass(frozen=True)
class Changed:
    """One difference: what, as it was and as it is."""

    kind: Kind
    what: str
    before: str
    now: str
    panel: str = ""


def edition_of(
    context: Context, *, query: str, period: str, made: str, filters: Mapping[str, str], panels: Iterable[Panel],
    decision: Iterable[tuple[str, str]] = (),
) -> Edition:  # fmt: skip
    """The edition made by these panels of one snapshot, and by the decision of a workshop."""
    ready = [panel for panel in panels if panel.state in {"ready", "none_recorded"}]
    breaks = next((panel for panel in ready if panel.id == "breaks"), None)
    kept: dict[str, int] = {}
    for file in context.manifest.files:
        if file.month:
            name = f"{file.force} {file.month:%Y-%m}"
            kept[name] = kept.get(name, 0) + file.kept
    by_id = {panel.id: panel.table for panel in ready}
    ranked = by_id["priority_ranking"].sort_values("rank") if "priority_ranking" in by_id else None
    definitions = {
        "Wards": "; ".join(f"{ward.name} ({ward.code})" for ward in context.wards),
        "Categories": "; ".join(category.name for category in context.categories),
        "Similar areas": "; ".join(f"{family.name}: {family.members} areas" for family in context.families) or "none",
        "Residents of the year": str(context.population_year or "none"),
        "Dated breaks": "; ".join(map(str, breaks.table["label"])) if breaks is not None else "none",
        "Weights of the criteria": _weights(by_id.get("criteria")),
        "Problems ranked": "; ".join(sorted(map(str, ranked["problem"]))) if ranked is not None else "none",
        **filters,
    }
    return Edition(
        snapshot=context.snapshot,
        query=query,
        period=period,
        made=made,
        months=tuple(f"{month:%Y-%m}" for month in context.months_loaded),
        rows=tuple(sorted(kept.items())),
        files=tuple((s.source, s.title, s.sha256) for s in context.manifest.sources if s.source != "street_crime"),
        definitions=tuple(definitions.items()),
        conclusions=tuple(Conclusion(p.id, p.title, p.sentence, _verdicts(p)) for p in ready),
        ranking=tuple(map(str, ranked["problem"])) if ranked is not None else (),
        decision=tuple(decision),
    )


def _weights(criteria: pd.DataFrame | None) -> str:
    """ "Volume 20 %; Change 80 %" of those that count."""
    if criteria is None:
        return "none"
    counting = criteria.dropna(subset=["weight_pct"])
    return "; ".join(f"{row.criterion} {percent(row.weight_pct)}" for row in counting.itertuples()) or "none"


def _verdicts(panel: Panel) -> tuple[tuple[str, str], ...]:
    verdict = next((column.key for column in panel.columns if column.format == "verdict" and not column.hidden), None)
    texts = [c.key for c in panel.columns if c.format == "text" and not c.key.endswith("_code")]
    name = next((key for key in texts if key not in _NOT_A_NAME), None)
    if verdict is None or name is None:
        return ()
    rows: list[Mapping[str, Any]] = [*([panel.total] if panel.total else []), *panel.table.to_dict("records")]
    said = [
        (str(row[name]), str(row[verdict]))
        for row in rows
        if not is_missing(row.get(name)) and not is_missing(row.get(verdict))
    ]
    return tuple(said) if len({name for name, _ in said}) == len(said) else ()


def changes(before: Edition, now: Edition) -> tuple[Changed, ...]:
    """Every difference between two editions: decisions and the ranking first, then data, definitions, boundaries and
    conclusions."""
    return (
        *_decisions(before, now),
        *_ranking(before, now),
        *_data(before, now),
        *_definitions(before, now),
        *_boundaries(before, now),
        *_conclusions(before, now),
    )


def _decisions(before: Edition, now: Edition) -> Iterable[Changed]:
    was, is_now = dict(before.decision), dict(now.decision)
    for what in dict.fromkeys([*was, *is_now]):
        old, new = was.get(what, "none"), is_now.get(what, "none")
        if old != new:
            yield Changed("decision", what, old, new)


def _ranking(before: Edition, now: Edition) -> Iterable[Changed]:
    """The problems that stand at another place, with their places; nothing where one of the two has no ranking."""
    if not before.ranking or not now.ranking:
        return
    was, is_now = ({name: i for i, name in enumerate(one.ranking, 1)} for one in (before, now))
    moved = [name for name in dict.fromkeys([*is_now, *was]) if was.get(name) != is_now.get(name)]
    for name in moved[:_MOST_VERDICTS]:
        old, new = (f"place {places[name]}" if name in places else "not ranked" for places in (was, is_now))
        yield Changed("ranking", name, old, new, "priority_ranking")
    if len(moved) > _MOST_VERDICTS:
        more = count_of(len(moved) - _MOST_VERDICTS, "problem")
        yield Changed("ranking", "Further down", "", f"{more} at another place", "priority_ranking")


def _data(before: Edition, now: Edition) -> Iterable[Changed]:
    if before.period != now.period:
        yield Changed("data", "Period", before.period, now.period)
    if before.snapshot != now.snapshot:
        yield Changed("data", "Snapshot", before.snapshot, now.snapshot)
    new, gone = (_months(set(a) - set(b)) for a, b in ((now.months, before.months), (before.months, now.months)))
    if new:
        yield Changed("data", "Months loaded", "not loaded", new)
    if gone:
        yield Changed("data", "Months no longer loaded", gone, "not loaded")
    was, is_now = dict(before.rows), dict(now.rows)
    revised = [name for name in is_now if name in was and was[name] != is_now[name]]
    for name in revised[:12]:
        yield Changed("data", f"Rows of {name}", f"{was[name]:,}", f"{is_now[name]:,}")
    if len(revised) > 12:
        yield Changed("data", "Rows of further months", "", f"{count_of(len(revised) - 12, 'month')} revised")
    yield from _files(before, now, kind="data")


def _files(before: Edition, now: Edition, *, kind: Kind) -> Iterable[Changed]:
    was = {(source, title): sha for source, title, sha in before.files}
    is_now = {(source, title): sha for source, title, sha in now.files}
    for source, title in dict.fromkeys([*was, *is_now]):
        if (source in _BOUNDARIES) != (kind == "boundary"):
            continue
        old, new = was.get((source, title), ""), is_now.get((source, title), "")
        if old != new:
            yield Changed(kind, title, *(f"file {sha[:8]}" if sha else "not loaded" for sha in (old, new)))


def _definitions(before: Edition, now: Edition) -> Iterable[Changed]:
    was, is_now = dict(before.definitions), dict(now.definitions)
    for what in dict.fromkeys([*was, *is_now]):
        if what == "Wards" or (what in _LATER and what not in was):  # not kept by an older program
            continue
        old, new = was.get(what, "none"), is_now.get(what, "none")
        if old != new:
            yield Changed("definition", what, *_only_different(old, new))


def _boundaries(before: Edition, now: Edition) -> Iterable[Changed]:
    yield from _files(before, now, kind="boundary")
    old, new = dict(before.definitions).get("Wards", ""), dict(now.definitions).get("Wards", "")
    if old != new:
        yield Changed("boundary", "Wards", *_only_different(old, new))


def _only_different(old: str, new: str) -> tuple[str, str]:
    """Of two lists only what the other lacks."""
    a, b = old.split("; "), new.split("; ")
    lost, gained = [item for item in a if item not in b], [item for item in b if item not in a]
    return and_list(lost, 8) or "none of the new", and_list(gained, 8) or "no longer"


def _conclusions(before: Edition, now: Edition) -> Iterable[Changed]:
    """Findings that read otherwise, then verdicts that differ: each once, many of one panel in one line."""
    was = {conclusion.panel: conclusion for conclusion in before.conclusions}
    for conclusion in now.conclusions:
        earlier = was.get(conclusion.panel)
        then = earlier.finding if earlier else "not available"
        if then != conclusion.finding:
            yield Changed("conclusion", conclusion.title, then, conclusion.finding, conclusion.panel)
    said_now = {conclusion.panel for conclusion in now.conclusions}
    for panel_id, earlier in was.items():
        if panel_id not in said_now:
            yield Changed("conclusion", earlier.title, earlier.finding, "not available", panel_id)
    seen: set[tuple[str, str, str]] = set()
    for conclusion in now.conclusions:
        verdicts = dict(was[conclusion.panel].verdicts) if conclusion.panel in was else {}
        altered = [
            (name, verdicts[name], verdict)
            for name, verdict in conclusion.verdicts
            if verdicts.get(name, verdict) != verdict
        ]
        fresh = [row for row in altered if row not in seen]
        seen |= set(fresh)
        if len(fresh) > _MOST_VERDICTS:
            then, after = _tally(row[1] for row in fresh), _tally(row[2] for row in fresh)
            what = f"{conclusion.title}: {len(fresh)} of {len(conclusion.verdicts)} verdicts"
            yield Changed("conclusion", what, then, after, conclusion.panel)
            continue
        for name, then, verdict in fresh:
            yield Changed("conclusion", f"{conclusion.title}: {name}", then, verdict, conclusion.panel)


def _tally(verdicts: Iterable[str]) -> str:
    """ "12 no clear change and 2 rose"."""
    counted = Counter(verdicts)
    return and_list(f"{n} {verdict}" for verdict, n in counted.most_common())


def _months(names: Iterable[str]) -> str:
    return write_months([month for name in sorted(names) if (month := parse_month(name))])


def edition_to_json(edition: Edition) -> dict[str, Any]:
    """The edition as plain lists and texts."""
    return asdict(edition)


def edition_from_json(kept: Mapping[str, Any]) -> Edition:
    """The edition that was kept. Raises ValueError where a part is missing or of the wrong kind."""
    try:
        return Edition(
            **{name: str(kept[name]) for name in ("snapshot", "query", "period", "made")},
            months=tuple(map(str, kept["months"])),
            rows=tuple((str(name), int(rows)) for name, rows in kept["rows"]),
            files=tuple((str(a), str(b), str(c)) for a, b, c in kept["files"]),
            definitions=tuple((str(a), str(b)) for a, b in kept["definitions"]),
            conclusions=tuple(
                Conclusion(
                    str(one["panel"]),
                    str(one["title"]),
                    str(one["finding"]),
                    tuple((str(a), str(b)) for a, b in one["verdicts"]),
                )
                for one in kept["conclusions"]
            ),
            ranking=tuple(map(str, kept.get("ranking", ()))),
            decision=tuple((str(a), str(b)) for a, b in kept.get("decision", ())),
            session=str(kept.get("session", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this earlier assessment cannot be read: {error!r}") from error
