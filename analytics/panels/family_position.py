"""Where we stand in the family: every category on one screen, level, band, rank and change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.spine import SpineRow, heading_for, spine, spine_height
from analytics.frames import records
from analytics.months import write_months
from analytics.panels._families import (
    ALL_RECORDED,
    HIGHER,
    LOWER,
    POSITION_COLUMNS,
    FamilyTable,
    band_words,
    bands_words,
    comparison,
    counted_columns,
    family_sources,
    looked_at,
    measure_caveat,
    no_family,
    unit_words,
)
from analytics.panels._model import Panel, View
from analytics.panels._registry import panel
from analytics.panels._tables import ALL_CATEGORIES
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, change, integer, is_missing, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_position_panel", "position_finding"]

ID = "family_position"


@panel(
    ID,
    page="comparators",
    title="Where do we stand among areas like ours?",
    uses={"period", "comparison", "categories", "measure", "family"},
)
def build_family_position_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category: our rate, the family's mean, the band we are in, our rank, and both changes.

    band: METHODS section 3, leave one out, and only where it holds with all categories judged at once
    (Benjamini-Hochberg); band_alone: the category judged alone. Rank 1 is the lowest rate. against_ratio: our change
    over that of the others pooled, with its interval widened for our months' own swings.
    """
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Position in the family",
        "columns": counted_columns(POSITION_COLUMNS, table),
        "sources": family_sources(table, selection, context),
        "figure_height": spine_height(15, view),
    }
    empty = no_family(selection, context, table)
    if table is None or empty:
        return Panel(**made, table=_no_rows(), **(empty or {}))
    rows = ([table.total] if len(table.frame) > 1 else []) + records(table.frame)
    chosen = looked_at(table, selection) or ""
    with_changes = table.ours.compared.basis != "none"
    drawn = [_row(row, table, selection, chosen=chosen) for row in rows]
    made["figure_height"] = spine_height(len(drawn), view)
    name = context.short_name
    return Panel(
        **made,
        table=table.frame,
        sentence=position_finding(table, selection, context),
        subtitle=f"{_capital(unit_words(selection))}, {write_months(table.months)}",
        reading=f"Large mark: {name}; dots: other areas; band: ordinary for this family",
        figure=spine(
            drawn,
            members=len(table.complete),
            ours_heading=heading_for(name),
            with_changes=with_changes,
            view=view,
        ),
        figure_alt=_alt(table),
        caveats=_caveats(table, selection),
        facts={"total": table.total, "complete": len(table.complete), "members": len(table.members)},
        total=table.total if len(table.frame) > 1 else None,
    )


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=[column.key for column in POSITION_COLUMNS])


def _row(row: dict[str, Any], table: FamilyTable, selection: Selection, *, chosen: str) -> SpineRow:
    category = row["category"]
    is_total = category in {ALL_CATEGORIES, ALL_RECORDED}
    mean = row["family_mean"]
    others = table.rates[table.row(None if is_total else category)][1:]
    unit, noun = unit_words(selection), "offences" if table.recorded else "incidents"
    low, high = row["ordinary_lower"], row["ordinary_upper"]
    sure = row["against"] in {"rising against them", "falling against them"}
    both = (change(row["change_pct"]), change(row["family_change_pct"]))
    ratio = "" if is_missing(row["against_ratio"]) else (
        f"<br>changes {both[0]} and {both[1]}: ratio {row['against_ratio']:.2f}, "
        f"95 % interval {row['against_lower_cl']:.2f} to {row['against_upper_cl']:.2f}"
    )  # fmt: skip
    hover = (
        f"<b>{category}</b><br>{rate(row['rate_per_1000'])} {unit}, {integer(row['incidents'])} {noun}<br>"
        f"family mean {rate(mean)}, ordinary {rate(low)} to {rate(high)}<br>"
        f"{band_words(row)}; rank {row['rank_words']}{ratio}"
    )
    return SpineRow(
        name=category,
        ours=rate(row["rate_per_1000"]),
        mean=rate(mean),
        band=band_words(row),
        ratio=_over(row["rate_per_1000"], mean),
        ordinary=(_over(low, mean), _over(high, mean)),
        peers=[_over(value, mean) for value in others],
        rank=tuple(np.nan if is_missing(row[key]) else float(row[key]) for key in ("rank", "rank_lower", "rank_upper")),  # type: ignore[arg-type]
        rank_words=row["rank_words"],
        hover=hover,
        changes=(_short(row["change_pct"], row["against"]), _short(row["family_change_pct"], "")),
        change_kind=("up" if row["against_ratio"] > 1 else "down") if sure else "",
        key=category,
        is_total=is_total,
        is_chosen=category == chosen,
    )


def _short(value: Any, against: str) -> str:
    if is_missing(value):
        return "too few" if against == "too few to tell" else "–"
    return change(value)


def _over(value: Any, mean: Any) -> float:
    if is_missing(value) or is_missing(mean) or not mean > 0:
        return float("nan")
    return float(value) / float(mean)


def position_finding(table: FamilyTable, selection: Selection, context: Context) -> str:
    """How many categories are like the family's, and which are not: what is sure first."""
    frame, name = table.frame, context.short_name
    if table.total["band"] == "too few members":
        return f"{table.coverage_words}: too few to say what is ordinary"
    if len(frame) == 1:
        row = records(frame)[0]
        what = f"{name} is {band_words(row)}"
        joined = "as its family" if band_words(row) == "about the same" else "than its family"
        return _fitting(f"{row['category']}: {what} {joined}")
    words = bands_words(frame)
    n = len(frame)
    higher, lower = (list(frame.loc[words.isin(group), "category"]) for group in (HIGHER, LOWER))
    perhaps = {side: list(frame.loc[words == f"perhaps {side}", "category"]) for side in ("higher", "lower")}
    if not higher and not lower:
        like = n - sum(map(len, perhaps.values()))
        if like == n:
            return _fitting(f"{name} is about the same as its family in all {n} categories")
        parts = [f"{_names(those)} may be {side}" for side, those in perhaps.items() if those]
        return _fitting(
            f"{name} is about the same as its family in {like} of {n} categories; {' and '.join(parts)}",
            f"{name} is like its family in {like} of {n} categories; {' and '.join(parts)}",
            f"No category stands clear of the family; {number_word(n - like)} of {n} may",
        )
    sides = [(side, those) for side, those in (("higher", higher), ("lower", lower)) if those]
    verbs = [("is " if len(those) == 1 else "are ") if not index else "" for index, (_, those) in enumerate(sides)]
    parts = [f"{_names(those)} {verb}{side}" for verb, (side, those) in zip(verbs, sides, strict=True)]
    like = n - len(higher) - len(lower)
    only = [f"{number_word(len(those))} {verb}{side}" for verb, (side, those) in zip(verbs, sides, strict=True)]
    return _fitting(
        f"{name} is about the same as its family in {like} of {n} categories; {' and '.join(parts)}",
        f"{name} is like its family in {like} of {n} categories; {' and '.join(parts)}",
        f"{_capital(' and '.join(parts))} than in the family, of {n} categories",
        f"{_capital(' and '.join(parts))} than in the family",
        f"Of {n} categories {' and '.join(only)} than in the family",
    )


def _fitting(*sentences: str) -> str:
    """The first that is short enough for a headline; the last where none is."""
    return next((sentence for sentence in sentences if len(sentence) <= 90), sentences[-1][:90])


def _names(categories: list[str]) -> str:
    return and_list([lower_first(category) for category in categories])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _caveats(table: FamilyTable, selection: Selection) -> tuple[str, ...]:
    words = bands_words(table.frame)
    peers = len(table.complete) - 1
    said = [
        f"Band: where 19 of 20 areas like the {number_word(peers)} others would lie (95 % prediction interval); about "
        "the same: inside it. Rank 1 is the lowest rate; low is not always good: it can mean under-reporting."
    ]
    if words.str.startswith("perhaps").any():
        said.append(
            f"Perhaps: outside the ordinary range if looked at alone, but among {len(words)} categories one is often "
            "outside by luck. Worth watching, not yet a finding."
        )
    said += [part for part in (table.coverage_caveat, table.change_caveat) if part]
    if table.repeated:
        said.append(f"Listed twice, counted once: {and_list(table.repeated)}.")
    return (*said, *measure_caveat(selection))


def _alt(table: FamilyTable) -> str:
    words = bands_words(table.frame).value_counts()
    said = ", ".join(f"{count} {band}" for band, count in words.items())
    return f"Position against the family by category: {said}. The table holds the figures."
