"""Volume and harm side by side; a harm rank that hangs on the choice of weights is hidden, with the reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context
from analytics.criteria.harm import short
from analytics.figures.rank_pairs import RankPair, rank_pairs, rank_pairs_height
from analytics.frames import records
from analytics.panels._empty import no_data
from analytics.panels._families import ordinal
from analytics.panels._model import Column, Panel, View
from analytics.panels._priorities import FILTERS_USED, Evidence, evidence_of, months_words, priority_sources
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.statistics.harm import harm_ranks
from analytics.summaries import lower_first
from analytics.words import and_list, integer, is_missing, number_word

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_harm_ranks_panel"]

ID = "harm_ranks"
COLUMNS = (
    Column("problem", "Problem"),
    Column("incidents", "Incidents", "integer"),
    Column("volume_rank", "Volume rank", "integer"),
    Column("weight_words", "Harm of one"),
    Column("harm", "Harm", "integer"),
    Column("harm_lower_cl", "Lower 95 %, chance", "integer"),
    Column("harm_upper_cl", "Upper 95 %, chance", "integer"),
    Column("rank_words", "Harm rank"),
    Column("harm_rank", "Harm rank as a number", "integer", hidden=True),
    Column("best_rank", "Best it could be", "integer", hidden=True),
    Column("worst_rank", "Worst it could be", "integer", hidden=True),
    Column("weight_low", "Weight, low", "ratio", hidden=True),
    Column("weight_central", "Weight, central", "ratio", hidden=True),
    Column("weight_high", "Weight, high", "ratio", hidden=True),
    Column("harm_low", "Harm, low weights", "integer", hidden=True),
    Column("harm_high", "Harm, high weights", "integer", hidden=True),
    Column("why", "Why no rank", hidden=True),
    Column("weight_set", "Weight set", hidden=True),
)


@panel(ID, page="priorities", title="Which problems do most harm, beside being many?", uses=FILTERS_USED)
def build_harm_ranks_panel(cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel:
    """A row is a problem with recorded data: incidents, harm (incidents × weight) and both ranks, 1 the most.

    harm_rank is missing where the rank with a problem's own weight at its highest and the others' at their lowest, or
    the other way round, is another (METHODS section 6). harm_lower_cl, harm_upper_cl: chance alone, central weights.
    """
    evidence = evidence_of(cursor, selection, context)
    harm = evidence.harm
    made: dict[str, Any] = {
        "id": ID,
        "title": "Volume and harm",
        "columns": COLUMNS,
        "sources": priority_sources(evidence, selection, context, surveys=False),
    }
    frame = _table(evidence)
    if frame.empty or harm is None:
        return Panel(**made, table=frame, **no_data(selection, context))
    rows = records(frame)
    named = f"{harm.name}, {harm.version}" if harm.version else harm.name
    return Panel(
        **made,
        table=frame,
        sentence=_finding(frame),
        subtitle=f"Rank by incidents and by harm ({harm.unit}), {months_words(evidence)}. {named}",
        figure=rank_pairs([_pair(row, harm.unit) for row in rows], left="By volume", right="By harm", view=view),
        figure_height=rank_pairs_height(len(rows)),
        figure_alt="Ranks by volume and by harm side by side. The table holds the figures.",
        caveats=_caveats(frame, evidence),
        facts={"set": harm.name},
    )


def _table(evidence: Evidence) -> pd.DataFrame:
    facts = [one for one in evidence.facts if not math.isnan(one.incidents)]
    if not facts:
        return pd.DataFrame(columns=[column.key for column in COLUMNS])
    counts = np.array([one.incidents for one in facts])
    low, central, high = (np.array([one.harm[i] for one in facts]) for i in range(3))
    found = harm_ranks(counts, low, central, high)
    volume = 1 + (counts[None, :] > counts[:, None]).sum(axis=1)
    rows = []
    for i in np.lexsort((np.arange(len(facts)), volume)):
        one = facts[i]
        known, settled = not math.isnan(central[i]), bool(found.settled[i])
        best, worst = found.best[i], found.worst[i]
        why = "" if settled else f"{best:.0f} to {worst:.0f}: depends on the weight" if known else one.note("harm")
        words = short(central[i]) if known else "no weight"
        if known and high[i] > low[i]:
            words += f" ({short(low[i])} to {short(high[i])})"
        # Chance: limits of the count, as all incidents of one problem weigh alike here.
        rows.append(
            {
                "problem": one.name,
                "incidents": int(counts[i]),
                "volume_rank": int(volume[i]),
                "weight_words": words,
                "harm": counts[i] * central[i],
                "harm_lower_cl": one.incidents_lower * central[i],
                "harm_upper_cl": one.incidents_upper * central[i],
                "rank_words": f"{found.rank[i]:.0f}" if settled else why,
                "harm_rank": found.rank[i] if settled else float("nan"),
                "best_rank": best,
                "worst_rank": worst,
                "weight_low": low[i],
                "weight_central": central[i],
                "weight_high": high[i],
                "harm_low": counts[i] * low[i],
                "harm_high": counts[i] * high[i],
                "why": why,
                "weight_set": evidence.harm.name if evidence.harm else "",
            }
        )
    return pd.DataFrame(rows, columns=[column.key for column in COLUMNS])


def _pair(row: dict[str, Any], unit: str) -> RankPair:
    hidden = is_missing(row["harm_rank"])
    harm = "" if is_missing(row["harm"]) else f"<br>harm {integer(row['harm'])} ({unit}), weight {row['weight_words']}"
    return RankPair(
        name=row["problem"],
        left=float(row["volume_rank"]),
        left_words=str(row["volume_rank"]),
        right=float("nan") if hidden else float(row["harm_rank"]),
        right_words="" if hidden else f"{row['harm_rank']:.0f}  {row['problem']}",
        best=row["best_rank"],
        worst=row["worst_rank"],
        why=_why(row),
        hover=f"<b>{row['problem']}</b><br>{integer(row['incidents'])} incidents{harm}<br>"
        f"harm rank {row['rank_words']}",
    )


def _why(row: dict[str, Any]) -> str:
    """The reason in the chart, short: the ranks it could have."""
    if is_missing(row["weight_central"]):
        return "no weight"
    return f"{row['best_rank']:.0f} to {row['worst_rank']:.0f}"


def _finding(frame: pd.DataFrame) -> str:
    """The problem that rises most from volume to harm whatever the weights, else the one that falls most."""
    known = frame[frame["weight_central"].notna()]
    hidden = int(known["harm_rank"].isna().sum())
    among = known["incidents"].rank(method="min", ascending=False)  # harm ranks those alone that have a weight
    up, down = among - known["worst_rank"], known["best_rank"] - among
    rest = (
        f"; {number_word(hidden)} harm {'rank depends' if hidden == 1 else 'ranks depend'} on the weight"
        if hidden
        else ""
    )
    for by in (up, down):
        if len(by) and by.max() >= 2:
            row = known.loc[by.idxmax()]
            ends = [ordinal(int(row[end])) for end in ("best_rank", "worst_rank")]
            harm = ends[0] if ends[0] == ends[1] else " to ".join(ends)
            said = f"{row['problem']}: {ordinal(int(row['volume_rank']))} by volume, {harm} by harm"
            return fitting(said + rest, said)
    if hidden == len(known):
        return "No harm rank holds whatever the weights"
    return fitting(f"Harm ranks much as volume does{rest}", "Harm ranks much as volume does")


def _caveats(frame: pd.DataFrame, evidence: Evidence) -> tuple[str, ...]:
    said = []
    harm = evidence.harm
    assert harm is not None
    if evidence.by_offence:
        said.append("Incidents with an offence code are weighed by their offence.")
    if evidence.mix_year:
        said.append(f"Categories weigh as the offences recorded here in {evidence.mix_year} do (Home Office).")
    if (frame["why"].str.contains("depends")).any():
        said.append(
            "Hatched, dotted: no single rank, as it depends on the weights. The ranks it could have: with its own "
            "weight at its highest and the others’ at their lowest, to the other way round."
        )
    none = list(frame.loc[frame["weight_central"].isna(), "problem"])
    if none:
        said.append(f"No published weight, so not scored: {and_list([lower_first(name) for name in none])}.")
    said.append(harm.note)
    return tuple(said)
