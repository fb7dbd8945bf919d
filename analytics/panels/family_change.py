"""Level and change at once: above or below the family, and rising or falling against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.quadrant import HEIGHT, QuadrantPoint, quadrant
from analytics.frames import records
from analytics.panels._families import (
    HIGHER,
    LOWER,
    POSITION_COLUMNS,
    FamilyTable,
    band_words,
    comparison,
    counted_columns,
    family_sources,
    measure_caveat,
    no_family,
    short_name,
    unit_words,
)
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, change, integer, is_missing, number_word, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_change_panel"]

ID = "family_change"
_KEYS = (
    "category", "against", "against_ratio", "against_lower_cl", "against_upper_cl", "against_p_adjusted", "previous",
    "compared", "change_pct", "change_lower_cl", "change_upper_cl", "family_previous", "family_compared",
    "family_change_pct", "members_changed", "band", "band_alone", "rate_per_1000", "lower_cl", "upper_cl",
    "family_mean", "dispersion",
)  # fmt: skip
_SHOWN = {"against_ratio", "against_lower_cl", "against_upper_cl", "family_previous", "family_compared", "band"}
_BY_KEY = {column.key: column for column in POSITION_COLUMNS}
COLUMNS = (
    *(
        Column(c.key, c.heading, c.format, hidden=c.hidden and c.key not in _SHOWN)
        for c in (_BY_KEY[key] for key in _KEYS)
    ),
    Column("quadrant", "Level and change", hidden=True),
)


@panel(
    ID,
    page="comparators",
    title="What is above the family and rising against it?",
    uses={"period", "comparison", "categories", "measure", "family"},
)
def build_family_change_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a category: both changes over the months compared, their ratio with its interval, and the level's band.

    against_ratio: our count now over before, divided by the same of the others pooled; the interval is widened for our
    own months' swings, and `against` adjusted for the number of categories. quadrant: by the figures as they are.
    """
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Level and change against the family",
        "columns": counted_columns(COLUMNS, table),
        "sources": family_sources(table, selection, context),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    empty = no_family(selection, context, table)
    if table is None or empty:
        return Panel(**made, table=pd.DataFrame(columns=[column.key for column in COLUMNS]), **(empty or {}))
    frame = table.frame.assign(quadrant=[_quadrant(row) for row in records(table.frame)])
    frame = frame[[column.key for column in COLUMNS]]
    known = frame[frame["against_ratio"].notna() & (frame["rate_per_1000"] > 0)]
    if known.empty:
        return Panel(
            **made,
            table=frame,
            sentence="The family’s change cannot be shown for these months",
            subtitle="Missing is not zero",
            state="no_data",
            message=table.change_caveat,
            ways=(Way("What is loaded", "/data"),),
        )
    compared = table.ours.compared
    points = [_point(row, selection, context) for row in records(known)]
    return Panel(
        **made,
        table=frame,
        sentence=_finding(known),
        subtitle=f"Level: {unit_words(selection)}. Change: {compared.current_label} against {compared.previous_label}, "
        "with 95 % intervals",
        figure=quadrant(points, view=view),
        figure_alt="Level and change against the family by category. The table holds the figures.",
        caveats=_caveats(table, frame, selection),
        facts={"total": table.total},
    )


def _quadrant(row: dict[str, Any]) -> str:
    if is_missing(row["against_ratio"]) or is_missing(row["family_mean"]):
        return "no data"
    level = "above" if row["rate_per_1000"] > row["family_mean"] else "below"
    return f"{level}, {'rising' if row['against_ratio'] > 1 else 'falling'} against them"


def _point(row: dict[str, Any], selection: Selection, context: Context) -> QuadrantPoint:
    mean = row["family_mean"]
    above, rising = row["band"] in HIGHER, row["against"] == "rising against them"
    hover = (
        f"<b>{row['category']}</b><br>{rate(row['rate_per_1000'])} {unit_words(selection)}, family mean {rate(mean)}: "
        f"{band_words(row)}<br>{integer(row['previous'])} to {integer(row['compared'])}, {change(row['change_pct'])}; "
        f"the others {change(row['family_change_pct'])}<br>ratio {row['against_ratio']:.2f}, 95 % interval "
        f"{row['against_lower_cl']:.2f} to {row['against_upper_cl']:.2f}: {row['against']}"
    )
    return QuadrantPoint(
        name=short_name(context, row["category"]),
        level=(row["rate_per_1000"] / mean, row["lower_cl"] / mean, row["upper_cl"] / mean),
        change=(row["against_ratio"], row["against_lower_cl"], row["against_upper_cl"]),
        sure=above or rising or row["band"] in LOWER or row["against"] == "falling against them",
        both=above and rising,
        hover=hover,
    )


def _finding(frame: pd.DataFrame) -> str:
    rising = frame["against"] == "rising against them"
    both = list(frame.loc[rising & frame["band"].isin(HIGHER), "category"])
    if both:
        verb = "is" if len(both) == 1 else "are"
        said = f"{and_list([lower_first(name) for name in both])} {verb} above the family and rising against it"
        if len(said) > 90:
            said = f"{number_word(len(both))} categories are above the family and rising against it"
        return said[:1].upper() + said[1:]
    if rising.any():
        names = and_list([lower_first(name) for name in frame.loc[rising, "category"]])
        said = f"{names} rose against the family; none is above it and rising"
        if len(said) <= 90:
            return said[:1].upper() + said[1:]
    return "No category is both above the family and rising against it"


def _caveats(table: FamilyTable, frame: pd.DataFrame, selection: Selection) -> tuple[str, ...]:
    said = ["Named and dark: told apart from the family in level or change, with all categories judged at once."]
    if table.change_caveat:
        said.append(table.change_caveat)
    few = list(frame.loc[frame["against"] == "too few to tell", "category"])
    if few:
        said.append(f"Under 20 in both periods, so not drawn: {and_list([lower_first(name) for name in few])}.")
    return (*said, *measure_caveat(selection))
