"""Deprivation beside the measure, ward by ward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.ward_scatter import ward_scatter, ward_scatter_height
from analytics.frames import records
from analytics.measures import measures
from analytics.months import write_months
from analytics.panels._empty import nothing_to_show
from analytics.panels._model import Column, Panel, View, Way
from analytics.panels._registry import panel
from analytics.panels._tables import areas_of, loaded_sources, police_source, ward_table
from analytics.panels._wards import measure_columns, not_measurable
from analytics.panels.ward_totals import VISITOR_NOTE, ward_hover, with_measure
from analytics.selection import Selection
from analytics.statistics.association import RankCorrelation, rank_correlation
from analytics.summaries import categories_words, lower_first, subject
from analytics.words import count_of, is_missing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_ward_deprivation_panel"]

ID = "ward_deprivation"
NAMED = {"wide": 5, "narrow": 3}


def _columns(selection: Selection) -> tuple[Column, ...]:
    return (
        Column("ward_code", "Code", hidden=True),
        Column("ward_name", "Ward"),
        Column("imd_score", "Deprivation score", "rate"),
        *measure_columns(selection),
        Column("visitor_ward", "Many visitors", hidden=True),
    )


@panel(
    ID,
    page="categories_wards",
    title="Do more deprived wards have more?",
    uses={"period", "categories", "wards", "measure"},
)
def build_ward_deprivation_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is a ward: its deprivation score (residents' mean of its LSOAs), and the measure with its interval.

    The finding is Spearman's rank correlation over the wards shown, put into words only where its 95 % interval
    excludes zero.
    """
    table = ward_table(cursor, selection, context)
    frame = with_measure(table, selection)
    areas = areas_of(cursor, context)
    scores = areas[areas["area_type"] == "ward"].set_index("code")["imd_score"].astype("float64")
    frame["imd_score"] = frame["ward_code"].map(scores)
    columns = _columns(selection)
    made: dict[str, Any] = {
        "id": ID,
        "title": "Deprivation and the measure",
        "table": frame[[column.key for column in columns]],
        "columns": columns,
        "sources": (police_source(context, selection), *loaded_sources(context, "population_lsoa", "deprivation")),
        "figure_height": ward_scatter_height(view),
    }
    if frame["imd_score"].isna().all():
        return Panel(**made, **_no_deprivation())
    empty = nothing_to_show(table, selection, context, subject=subject(selection, context))
    empty = empty or not_measurable(frame, selection, context)
    if empty:
        return Panel(**made, **empty)
    measure = measures()[selection.measure]
    shown = frame[frame["imd_score"].notna() & frame["value"].notna()].reset_index(drop=True)
    link = rank_correlation(shown["imd_score"], shown["value"])
    return Panel(
        **made,
        sentence=_finding(link, selection),
        subtitle=(
            f"{categories_words(selection, context)}, {lower_first(measure.title)}, {write_months(table.months)}, "
            "by the ward’s deprivation score, with 95 % intervals"
        ),
        figure=ward_scatter(
            shown.assign(
                x=shown["imd_score"],
                y=shown["value"],
                y_lower=shown["value_lower"],
                y_upper=shown["value_upper"],
                hover=[
                    f"{ward_hover(row, selection)}<br>Deprivation score {row['imd_score']:.1f}"
                    for row in records(shown)
                ],
            ),
            named=_named(shown, selection, NAMED[view.width]),
            focus=selection.focus,
            y_title=measure.title,
            x_title="Deprivation score",
            x_ends=("less deprived", "more deprived"),
            view=view,
        ),
        figure_alt=f"{measure.title} of {len(shown)} wards by their deprivation score. The table holds the figures.",
        caveats=_caveats(shown, link, measure.denominator),
        facts={"rank_correlation": link.value, "lower_cl": link.lower_cl, "upper_cl": link.upper_cl, "n": link.n},
    )


def _named(shown: pd.DataFrame, selection: Selection, most: int) -> list[str]:
    """Wards that stand apart: the one looked at, the highest and lowest, and those farthest from their neighbours."""
    x, y = (shown[key].rank() / len(shown) for key in ("imd_score", "value"))
    apart = (y - x).abs().sort_values(ascending=False, kind="stable").index
    order = [*shown.index[shown["ward_code"] == selection.focus], 0, 1, len(shown) - 1, *apart]
    kept = list(dict.fromkeys(int(i) for i in order if 0 <= i < len(shown)))[:most]
    return [str(shown["ward_code"].iloc[i]) for i in kept]


def _finding(link: RankCorrelation, selection: Selection) -> str:
    more, less = ("more", "less") if selection.measure in {"count", "share"} else ("higher rates", "lower rates")
    noun = {"count": "incidents", "share": "incidents"}.get(selection.measure, "")
    if is_missing(link.value):
        return f"Too few wards to judge: {count_of(link.n, 'ward')} with both figures"
    if link.lower_cl > 0:
        return f"More deprived wards tend to have {more} {noun}".strip()
    if link.upper_cl < 0:
        return f"More deprived wards tend to have {less.replace('less', 'fewer')} {noun}".strip()
    return "Deprived wards show no clear tendency to more or fewer incidents"


def _caveats(shown: pd.DataFrame, link: RankCorrelation, denominator: str | None) -> tuple[str, ...]:
    said = []
    if not is_missing(link.value):
        said.append(
            f"Rank correlation {link.value:.2f} (95 % interval {link.lower_cl:.2f} to {link.upper_cl:.2f}) over "
            f"{count_of(link.n, 'ward')}.".replace("-", "−")
        )
    said.append("A link between wards says nothing about the people in them, nor what causes it.")
    if shown["visitor_ward"].fillna(False).any() and denominator in {"population", "households"}:
        said.append(VISITOR_NOTE)
    return tuple(said)


def _no_deprivation() -> dict[str, Any]:
    return {
        "sentence": "Deprivation is not loaded",
        "subtitle": "No scores for these wards",
        "state": "no_data",
        "message": "Name the Indices of Deprivation by LSOA under [context] deprivation in the configuration.",
        "ways": (Way("What is loaded", "/data"),),
    }
