"""What residents say in surveys and consultations, beside what is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.context import Context
from analytics.figures.survey_dots import DotGroup, DotRow, survey_dots, survey_dots_height, that_fit
from analytics.frames import records
from analytics.panels._model import Column, Panel, Sensitive, View, Way
from analytics.panels._perceptions import FEWEST, Concern, Survey, concerns, speaks_of, survey_of
from analytics.panels._registry import panel
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, count_of, integer, is_missing, number_word, percent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["build_public_perceptions_panel"]

ID = "public_perceptions"
_ALWAYS = ("wave_words",)
"""Given in every row: a share or limit that is missing cannot be shown, whatever else is known."""
COLUMNS = (
    Column("question", "Question"),
    Column("answer", "Answer"),
    Column("area_name", "Area"),
    Column("wave_words", "Asked"),
    Column("base", "People asked", "integer", given=_ALWAYS),
    Column("percent", "Share", "percent1", given=_ALWAYS),
    Column("lower_cl", "Lower 95 %", "percent1", given=_ALWAYS),
    Column("upper_cl", "Upper 95 %", "percent1", given=_ALWAYS),
    Column("previous_percent", "Wave before", "percent1", given=_ALWAYS),
    Column("change_words", "Change, points"),
    Column("verdict", "Verdict", "verdict"),
    Column("apart_words", "From the partnership, points"),
    Column("apart_verdict", "Against the partnership", "verdict"),
    Column("state", "Shown"),
    Column("previous_wave", "Asked before", hidden=True),
    Column("survey", "Survey", hidden=True),
    Column("publisher", "Publisher", hidden=True),
    Column("wave", "Wave", hidden=True),
    Column("wave_from", "First day asked", "date", hidden=True),
    Column("wave_to", "Last day asked", "date", hidden=True),
    Column("area_type", "Kind of area", hidden=True),
    Column("area_code", "Area code", hidden=True),
    Column("categories", "Speaks of", hidden=True),
    Column("direction", "Direction", hidden=True),
    Column("sampled", "Drawn as a sample", hidden=True),
    Column("answered", "About how many gave it", hidden=True),
    Column("design_effect", "Design effect", "ratio", hidden=True),
    Column("method", "Interval", hidden=True),
    Column("previous_base", "People asked before", "integer", hidden=True),
    Column("previous_lower_cl", "Lower 95 % before", "percent1", hidden=True),
    Column("previous_upper_cl", "Upper 95 % before", "percent1", hidden=True),
    Column("previous_state", "Shown before", hidden=True),
    Column("change_points", "Change", "rate", hidden=True),
    Column("change_lower_cl", "Change, lower 95 %", "rate", hidden=True),
    Column("change_upper_cl", "Change, upper 95 %", "rate", hidden=True),
    Column("p_value", "p of the change", "p_value", hidden=True),
    Column("p_adjusted", "p of the change, adjusted", "p_value", hidden=True),
    Column("apart_points", "Difference from the partnership", "rate", hidden=True),
    Column("apart_lower_cl", "Difference, lower 95 %", "rate", hidden=True),
    Column("apart_upper_cl", "Difference, upper 95 %", "rate", hidden=True),
    Column("apart_p_value", "p of the difference", "p_value", hidden=True),
    Column("apart_p_adjusted", "p of the difference, adjusted", "p_value", hidden=True),
)
_AT_A_GLANCE = (
    Column("asked", "Question and answer"),
    Column("area_name", "Area"),
    Column("when", "Asked"),
    Column("percent", "Share", "percent1", given=_ALWAYS),
    Column("interval", "95 % interval"),
    Column("previous_percent", "Wave before", "percent1", given=_ALWAYS),
)
_CHANGED = (Column("change_words", "Change, points"), Column("verdict", "Verdict", "verdict"))
_APART = (Column("apart_words", "From the partnership, points"), Column("apart_verdict", "Verdict", "verdict"))
_OWN_AREAS = ("partnership", "district")
_WIDER_AREAS = ("force", "region", "country")
_TOTAL_AREAS = (*_OWN_AREAS, *_WIDER_AREAS)


@panel(ID, page="priorities", title="Do residents feel it as we record it?", uses={"categories", "wards"})
def build_public_perceptions_panel(
    cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View
) -> Panel:
    """A row is an answer to a question of a survey in one area: its share in the latest wave and the one before.

    percent: of those asked; limits: Wilson's at base / design effect, or as published; missing where people chose
    themselves. change_points: latest minus before (Newcombe). apart_points: the area's share minus the partnership's in
    the same wave. Verdicts need the interval and the p adjusted over all rows (METHODS sections 1 and 2). Missing where
    under 30 were asked, or 1 to 4 people would be told.

    Categories chosen: questions that speak of them. Wards chosen: their results. The period does not count: a survey
    has its own dates.
    """
    loaded = survey_of(cursor, context)
    made: dict[str, Any] = {"id": ID, "title": "What residents say", "columns": COLUMNS}
    if loaded.table.empty:
        return Panel(
            **made,
            table=pd.DataFrame(columns=[column.key for column in COLUMNS]),
            sentence="No survey of residents is loaded",
            subtitle="Recorded crime does not tell what worries people",
            state="no_data",
            message="Bring results as a CSV, a row a question and wave, and name it under [context] perceptions.",
            ways=(Way("What is loaded", "/data"),),
            figure_height=120,
        )
    kept = _asked_for(loaded, selection)
    table = loaded.table[kept].reset_index(drop=True)
    counts = tuple(count for count, keep in zip(loaded.counts, kept, strict=True) if keep)
    sources = tuple(source for source in loaded.sources if source.title in set(table["survey"]))
    made |= {"sources": sources or loaded.sources, "table": table[[column.key for column in COLUMNS]]}
    if table.empty:
        return Panel(
            **made,
            sentence="No question that is loaded speaks of what is chosen",
            subtitle=f"{count_of(len(loaded.table), 'result')} are loaded",
            state="no_data",
            message="Choose other categories to see what residents say.",
            ways=(Way("All categories", "?"),),
            figure_height=120,
        )
    drawn = _drawn(table, selection)
    every = _groups(drawn)
    groups = that_fit(every, view) or every
    said = _caveats(table, drawn, selection)
    if groups != every:
        n = sum(len(group.rows) for group in groups)
        said = (f"Drawn: the first {n} of {len(drawn)} results; the table has all.", *said)
    whole = drawn["area_type"].isin(_TOTAL_AREAS).all()
    return Panel(
        **made,
        sentence=_finding(drawn, concerns(drawn) if whole else {}),
        subtitle=_subtitle(drawn),
        glance=_glance(drawn),
        glance_columns=(*_AT_A_GLANCE, *(_APART if _of_wards(drawn) else _CHANGED)),
        figure=survey_dots(groups, beside="From the partnership" if _of_wards(drawn) else "Change, points", view=view),
        figure_height=survey_dots_height(groups, view),
        figure_alt="Share of each answer with its interval, and of the wave before. The table holds the figures.",
        caveats=said,
        facts={"results": len(table), "drawn": len(drawn)},
        sensitive=(
            Sensitive(
                "Survey results",
                "answered",
                {name: name for name in ("survey", "wave_from", "area_type", "area_name", "question", "answer")},
                counts,
                derived=("percent", "lower_cl", "upper_cl", "change_points", "apart_points"),
            ),
        ),
    )


def _asked_for(loaded: Survey, selection: Selection) -> list[bool]:
    table = loaded.table
    if selection.categories is None:
        return [True] * len(table)
    return [bool(speaks) for speaks in speaks_of(table, selection.categories)]


def _drawn(table: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """The results of the wards chosen, else those of the whole partnership; where there are none, all there are."""
    if selection.wards is not None:
        wards = table[table["area_code"].isin(selection.wards)]
        if len(wards):
            return wards
    whole = table[table["area_type"].isin(_TOTAL_AREAS)]
    return whole if len(whole) else table


def _glance(drawn: pd.DataFrame) -> pd.DataFrame:
    """The results drawn, with what belongs together in one column: the whole table is too wide for a screen."""
    rows = records(drawn)
    return drawn.assign(
        asked=[_both(row["question"], row["answer"]) for row in rows],
        when=[f"{_asked(row).capitalize()}, {row['wave_words']}" for row in rows],
        interval=[
            row["state"] if row["state"] != "shown"
            else "no interval" if is_missing(row["lower_cl"])
            else f"{row['lower_cl']:.1f} to {row['upper_cl']:.1f}"
            for row in rows
        ],
    )  # fmt: skip


def _both(question: Any, answer: Any) -> str:
    """Question and answer in one line: "Safe after dark? Yes", "Feel safe after dark: yes"."""
    return f"{question}{'' if str(question)[-1] in '?!.:…' else ':'} {answer}"


def _of_wards(drawn: pd.DataFrame) -> bool:
    """The results are of single wards, so they are set beside each other and against the partnership."""
    return bool((drawn["area_type"] == "ward").any())


def _groups(drawn: pd.DataFrame) -> tuple[DotGroup, ...]:
    """Results of one survey, wave, answer and area together; of wards: of one question. The largest share first."""
    groups = []
    wards = _of_wards(drawn)
    keys = ["survey", "wave_words", "answer", "question" if wards else "area_name", "sampled"]
    for (survey, wave, answer, common, sampled), rows in drawn.groupby(keys, sort=False):
        asked = sorted({int(base) for base in rows["base"].dropna()})
        people = "number asked not published"
        if asked:
            people = f"{integer(asked[0])}{f' to {integer(asked[-1])}' if len(asked) > 1 else ''} asked"
        chosen = "" if sampled == "yes" else ", not a sample"
        where = "" if wards or rows["area_type"].iloc[0] == "partnership" else f", {common}"
        ordered = rows.sort_values("percent", ascending=False, kind="stable", na_position="last")
        heading = _both(common, answer) if wards else str(answer)
        dots = tuple(_dot(row, ward=wards) for row in records(ordered))
        groups.append(DotGroup(heading, f"{survey}{where}, {wave}, {people}{chosen}", dots))
    return tuple(groups)


def _dot(row: dict[str, Any], *, ward: bool) -> DotRow:
    """A row of the chart. ward: named by its ward, and its distance from the partnership stands beside it."""
    interval = "" if is_missing(row["lower_cl"]) else f" ({row['lower_cl']:.0f} to {row['upper_cl']:.0f})"
    before = "no earlier wave"
    if row["previous_wave"]:
        told = percent(row["previous_percent"]) if row["previous_state"] == "shown" else row["previous_state"]
        before = f"{told} in {row['previous_wave']}: {row['verdict']}"
    apart = f"{row['apart_words']} points from the partnership: {row['apart_verdict']}" if row["apart_words"] else ""
    if ward:
        beside, verdict = row["apart_words"] or "not compared", row["apart_verdict"]
    else:
        beside = row["change_words"] or ("not shown before" if row["previous_wave"] else "first wave")
        verdict = row["verdict"]
    return DotRow(
        label=row["area_name"] if ward else row["question"],
        value=row["percent"],
        lower=row["lower_cl"],
        upper=row["upper_cl"],
        words=f"{percent(row['percent'])}{interval}",
        before=row["previous_percent"],
        before_lower=row["previous_lower_cl"],
        before_upper=row["previous_upper_cl"],
        change=beside,
        verdict=verdict,
        sampled=row["sampled"] == "yes",
        why=row["state"],
        hover=f"<b>{row['question']}</b><br>{row['answer']}, {row['area_name']}<br>"
        f"{percent(row['percent'], 1)}{interval} of {_asked(row)}, {row['wave_words']}<br>{before}"
        + (f"<br>{apart}" if apart else ""),
    )


def _asked(row: dict[str, Any]) -> str:
    return "those asked" if is_missing(row["base"]) else f"{integer(row['base'])} asked"


def _finding(drawn: pd.DataFrame, concern: dict[str, Concern]) -> str:
    shown = drawn[drawn["state"] == "shown"]
    if shown.empty:
        return "No result can be shown: too few people were asked, or gave an answer"
    if not drawn["area_type"].isin([*_OWN_AREAS, "ward"]).any():
        return "No result of the partnership itself is loaded, only of wider areas"
    if _of_wards(drawn):
        return _finding_of_wards(shown)
    rest = _movement(shown)
    main = {category: one for category, one in concern.items() if one.is_main}
    if main:
        leads = _leading(main)
        return fitting(*(f"{lead}; {rest}" for lead in leads), leads[-1])
    return rest[:1].upper() + rest[1:]


def _movement(shown: pd.DataFrame) -> str:
    """How many results moved by more than chance, after a semicolon or alone."""
    judged = shown[shown["verdict"].isin(["rose", "fell", "no clear change"])]
    moved = judged[judged["verdict"] != "no clear change"]
    if judged.empty:
        own = shown[~shown["area_type"].isin(_WIDER_AREAS)]
        return "no change can be judged" if (own["previous_wave"] != "").any() else "there is no earlier wave"
    if len(judged) == 1:
        return f"the share {moved['verdict'].iloc[0]} clearly" if len(moved) else "it shows no clear change"
    if moved.empty:
        return f"none of {number_word(len(judged))} results moved clearly"
    return f"{number_word(len(moved))} of {number_word(len(judged))} results moved clearly"


def _finding_of_wards(shown: pd.DataFrame) -> str:
    compared = shown[shown["apart_verdict"] != ""]
    apart = int(compared["apart_verdict"].isin(["higher", "lower"]).sum())
    if compared.empty:
        return "No result of these wards can be set against the partnership"
    if len(compared) == 1:
        side = compared["apart_verdict"].iloc[0]
        words = "shows no clear difference from" if side == "no clear difference" else f"lies clearly {side} than"
        return f"The result of {compared['area_name'].iloc[0]} {words} the partnership’s"
    some = f"{number_word(apart, capital=True)} of {number_word(len(compared))} results of wards"
    return f"{some} {'lies' if apart == 1 else 'lie'} clearly apart from the partnership’s"


def _leading(main: dict[str, Concern]) -> tuple[str, ...]:
    """Which category concerns most, the longest wording first; those within its interval are named too."""
    ordered = sorted(main, key=lambda category: -main[category].percent)
    first = main[ordered[0]]
    share = percent(first.percent)
    if len(ordered) == 1:
        return f"{ordered[0]} concerns {share} of those asked", f"{ordered[0]} concerns {share}"
    near = [name for name in ordered[1:] if main[name].percent >= first.lower and main[name].question != first.question]
    if not near:
        said = f"{ordered[0]} concerns most: {share}"
        return f"{said} {lower_first(first.answer)}", said
    if len(near) == 1:
        said = f"{ordered[0]} and {lower_first(near[0])} concern most"
        return f"{said}: {share} and {percent(main[near[0]].percent)}", said
    said = f"{ordered[0]} and {number_word(len(near))} others concern most"
    return f"{said}: up to {share}", said


def _subtitle(drawn: pd.DataFrame) -> str:
    areas = and_list(dict.fromkeys(drawn["area_name"]), most=3)
    beside = "and how far from the partnership’s" if _of_wards(drawn) else "latest wave and the one before"
    interval = " with 95 % interval" if drawn["lower_cl"].notna().any() else ""
    return f"Share of those asked{interval}, {areas}; {beside}"


def _caveats(table: pd.DataFrame, drawn: pd.DataFrame, selection: Selection) -> tuple[str, ...]:
    said = []
    if (drawn["sampled"] == "no").any():
        names = and_list(dict.fromkeys(drawn.loc[drawn["sampled"] == "no", "survey"]))
        said.append(
            f"{names}: people chose themselves to answer, so it speaks for them alone; no interval, no verdict."
        )
    effects = drawn.loc[(drawn["sampled"] == "yes") & (drawn["method"] == "Wilson"), "design_effect"]
    if len(effects):
        up_to = (
            f", with the base divided by the design effect (up to {effects.max():.1f})" if (effects > 1).any() else ""
        )
        said.append(f"Intervals are Wilson’s{up_to}.")
    if (effects == 1).any():
        said.append("Without a design effect a weighted survey is less sure than its interval looks.")
    few = int(table["state"].str.startswith("under").sum())
    if few:
        said.append(f"{count_of(few, 'result')} with under {FEWEST} people asked: not shown.")
    hidden = int(table["state"].str.startswith("hidden").sum())
    if hidden:
        said.append(f"{count_of(hidden, 'result')} that would tell of 1 to 4 people: hidden.")
    clear = (drawn["change_lower_cl"] > 0) | (drawn["change_upper_cl"] < 0)
    if (clear & (drawn["verdict"] == "no clear change")).any():
        said.append("Verdicts are judged together: an interval may just leave out 0 and the change still be luck.")
    bare = drawn.loc[drawn["base"].isna() & drawn["lower_cl"].isna(), "survey"]
    if len(bare):
        said.append(
            f"{and_list(dict.fromkeys(bare))}: the number asked is not published, so no interval and no verdict."
        )
    wider = drawn.loc[drawn["area_type"].isin(_WIDER_AREAS), "area_name"]
    if len(wider):
        said.append(f"{and_list(dict.fromkeys(wider))}: context, of which the partnership is only a part.")
    said += _about_wards(table, drawn, selection)
    return tuple(said)


def _about_wards(table: pd.DataFrame, drawn: pd.DataFrame, selection: Selection) -> Sequence[str]:
    of_wards = table[table["area_type"] == "ward"]
    apart = int(of_wards["apart_verdict"].isin(["higher", "lower"]).sum())
    if selection.wards is not None and not drawn["area_code"].isin(selection.wards).any():
        return ["No result is loaded for the wards chosen: the whole partnership is shown."]
    if selection.wards is None and len(of_wards):
        clear = number_word(apart) if apart else "none"
        lies, stand = ("lie" if apart > 1 else "lies"), ("stands" if len(of_wards) == 1 else "stand")
        return [
            f"{count_of(len(of_wards), 'result')} of single wards {stand} in the CSV and the data pack; {clear} {lies} "
            "clearly apart from the partnership."
        ]
    return []
