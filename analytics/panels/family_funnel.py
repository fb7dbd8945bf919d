"""The funnel: which areas differ by more than chance and the ordinary spread, given their size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.figures.funnel import HEIGHT, funnel
from analytics.frames import records
from analytics.months import write_months
from analytics.panels._families import (
    HIGHER,
    LOWER,
    VERDICTS,
    band_words,
    comparison,
    counted_columns,
    counted_words,
    every_district,
    family_sources,
    looked_at,
    measure_caveat,
    no_family,
    rate_words,
    unit_words,
)
from analytics.panels._model import Column, Panel, View
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.families import funnel_dispersion, funnel_limits
from analytics.words import rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_family_funnel_panel"]

ID = "family_funnel"
LEAST = 5
"""Areas under which a funnel says nothing."""
_SIZED = {
    "above 99.8 %": "very high for its size",
    "above 95 %": "high for its size",
    "inside": "as expected for its size",
    "below 95 %": "low for its size",
    "below 99.8 %": "very low for its size",
}
COLUMNS = (
    Column("member_name", "Area"),
    Column("incidents", "Incidents", "integer"),
    Column("population", "Residents", "integer"),
    Column("rate_per_1000", "Rate per 1,000", "rate"),
    Column("position", "Against the limits"),
    Column("lower_95", "95 % from", "rate"),
    Column("upper_95", "95 % to", "rate"),
    Column("lower_998", "99.8 % from", "rate"),
    Column("upper_998", "99.8 % to", "rate"),
    Column("chance_lower_95", "Chance alone, 95 % from", "rate", hidden=True),
    Column("chance_upper_95", "Chance alone, 95 % to", "rate", hidden=True),
    Column("chance_lower_998", "Chance alone, 99.8 % from", "rate", hidden=True),
    Column("chance_upper_998", "Chance alone, 99.8 % to", "rate", hidden=True),
    Column("chance_position", "Against chance alone", hidden=True),
    Column("expected", "Expected incidents", "rate", hidden=True),
    Column("is_self", "Ours", hidden=True),
    Column("member_id", "Code", hidden=True),
    Column("method", "Method", hidden=True),
)


@panel(
    ID,
    page="comparators",
    title="Who differs by more than chance, given their size?",
    uses={"period", "categories", "measure", "family"},
)
def build_family_funnel_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is an area with a figure: its rate and the limits at its number of residents, the highest rate first.

    Limits stand around the pooled rate of all areas drawn: interpolated Poisson quantiles, moved √φ as far where the
    areas differ by more than chance (METHODS section 3); chance_...: without that.
    """
    table = comparison(cursor, selection, context)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Funnel",
        "columns": counted_columns(COLUMNS, table),
        "sources": family_sources(table, selection, context),
        "figure_height": view.tall(HEIGHT[view.width]),
    }
    empty = no_family(selection, context, table)
    if table is None or empty:
        return Panel(**made, table=pd.DataFrame(columns=[column.key for column in COLUMNS]), **(empty or {}))
    category = looked_at(table, selection)
    areas = (
        every_district(cursor, selection, context, table, category)
        if selection.among == "all"
        else table.places(category)
    )
    band = "" if selection.among == "all" else band_words(table.position(category))
    frame, phi, centre = _judged(areas)
    what = category or counted_words(table, selection, context)
    whose = "loaded districts" if selection.among == "all" else "areas of the family"
    if len(frame) < LEAST or not centre > 0:
        reason = "No incident was recorded in any of them." if not centre > 0 else "A funnel needs at least five."
        return Panel(
            **made,
            table=frame,
            sentence=f"{what}: nothing to judge in {len(frame)} {whose}",
            subtitle=write_months(table.months),
            state="too_few",
            message=f"{len(frame)} {whose} have these months. {reason}",
        )
    unit = unit_words(selection)
    frame["hover"] = [
        f"<b>{row['member_name']}</b><br>{rate_words(row['rate_per_1000'], row['incidents'], unit, table)}<br>"
        f"{row['position']}: 95 % limits {rate(row['lower_95'])} to {rate(row['upper_95'])}"
        for row in records(frame)
    ]
    frame["outside"] = frame["position"] != "inside"
    top = float(frame["population"].max()) * 1.12
    sizes = np.linspace(top / 60, top, 60)
    limits = _limits(sizes, centre, phi).assign(population=sizes)
    base = "households" if selection.measure == "households" else "residents"
    return Panel(
        **made,
        table=frame[[column.key for column in COLUMNS]],
        sentence=_finding(frame, what, context, whose, band),
        subtitle=f"{unit[:1].upper()}{unit[1:]}, {write_months(table.months)}, by number of {base}",
        figure=funnel(frame, limits=limits, centre=1000 * centre, base=base, view=view),
        figure_alt=f"Funnel of {len(frame)} {whose}; {int(frame['outside'].sum())} outside the 95 % limits. "
        "The table holds the figures.",
        caveats=_caveats(phi, frame, band, selection),
        facts={"dispersion": phi, "pooled": 1000 * centre, "areas": len(frame)},
    )


def _judged(areas: pd.DataFrame) -> tuple[pd.DataFrame, float, float]:
    """The table (COLUMNS), φ (NaN where unknown) and the pooled rate per resident."""
    counts, people = areas["incidents"].to_numpy(dtype=float), areas["population"].to_numpy(dtype=float)
    centre = float(counts.sum() / people.sum()) if len(areas) else float("nan")
    phi = funnel_dispersion(counts, people * centre) if centre > 0 else float("nan")
    limits = _limits(people, centre, phi)
    value = 1000 * counts / people
    frame = pd.DataFrame(
        {
            "member_name": areas["member_name"],
            "incidents": areas["incidents"].astype("Int64"),
            "population": areas["population"].round().astype("Int64"),
            "rate_per_1000": value,
            "position": _position(value, limits, ""),
            **{name: limits[name] for name in ("lower_95", "upper_95", "lower_998", "upper_998")},
            **{
                f"chance_{name}": limits[f"chance_{name}"]
                for name in ("lower_95", "upper_95", "lower_998", "upper_998")
            },
            "chance_position": _position(value, limits, "chance_"),
            "expected": people * centre,
            "is_self": areas["is_self"],
            "member_id": areas["member_id"],
            "method": f"interpolated Poisson quantiles, φ {phi:.2f}",
        }
    )
    return frame.sort_values(["rate_per_1000", "member_name"], ascending=[False, True], ignore_index=True), phi, centre


def _limits(people: np.ndarray, centre: float, phi: float) -> pd.DataFrame:
    """Limits as rates at numbers of residents, with the dispersion and without."""
    made: dict[str, np.ndarray] = {}
    widened = phi if phi > 1 else 1.0
    for name, confidence in (("95", 0.95), ("998", 0.998)):
        for start, dispersion in (("", widened), ("chance_", 1.0)):
            found = funnel_limits(
                people * (centre if centre > 0 else 0.0), confidence=confidence, dispersion=dispersion
            )
            made[f"{start}lower_{name}"] = 1000 * np.asarray(found.lower) / people
            made[f"{start}upper_{name}"] = 1000 * np.asarray(found.upper) / people
    return pd.DataFrame(made)


def _position(value: np.ndarray, limits: pd.DataFrame, start: str) -> list[str]:
    edges = [limits[f"{start}{name}"].to_numpy() for name in ("lower_998", "lower_95", "upper_95", "upper_998")]
    chosen = [value < edges[0], value > edges[3], value < edges[1], value > edges[2]]
    words = ["below 99.8 %", "above 99.8 %", "below 95 %", "above 95 %"]
    return [str(word) for word in np.select(chosen, words, "inside")]


def _finding(frame: pd.DataFrame, what: str, context: Context, whose: str, band: str) -> str:
    """Ours for its size, with the family's own verdict beside it where the two could be taken for one."""
    ours = str(frame[frame["is_self"]].iloc[0]["position"])
    n, outside = len(frame), int(frame["outside"].sum())
    said = f"{what}: {context.short_name} is {_SIZED[ours]}"
    short = f"{context.short_name} is {_SIZED[ours]}"
    if ours == "inside":
        if band in VERDICTS:
            return fitting(f"{said}, yet {band} than the family", f"{short}, yet {band} than the family")
        if not outside:
            return fitting(f"{what}: all {n} {whose} are as expected for their size", short)
        verb = "is" if outside == 1 else "are"
        return fitting(f"{said}; {outside} of {n} {whose} {verb} not", said, short)
    if band == "about the same":
        return fitting(f"{said}, yet ordinary for this family", f"{short}, yet ordinary for this family")
    agrees = band in (HIGHER if ours.startswith("above") else LOWER)
    return fitting(f"{said} and {band} than the family" if agrees else said, said, short)


def _caveats(phi: float, frame: pd.DataFrame, band: str, selection: Selection) -> tuple[str, ...]:
    by_chance = int((frame["chance_position"] != "inside").sum())
    said = [
        "Between the dashed lines 19 of 20 areas of that size would lie (95 % limits), between the outer ones 998 of "
        "1,000. Areas outside are named."
    ]
    if band == "about the same" and frame.loc[frame["is_self"], "position"].iloc[0] != "inside":
        said.append(
            "One area in 20 is past a dashed line by luck. The verdict “about the same” allows for how few areas there "
            "are as well, and leads."
        )
    if phi > 1:
        said.append(
            f"The areas differ {phi:.0f} times as much as chance alone (φ), and the limits are widened for it; dotted: "
            f"chance alone, which {by_chance} of {len(frame)} would break."
        )
    else:
        said.append("The areas differ no more than chance makes them: the limits are not widened.")
    return (*said, *measure_caveat(selection))
