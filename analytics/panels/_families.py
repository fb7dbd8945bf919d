"""The family of similar areas: its members, what each has loaded, and where we stand, worked out in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.context import Context, Family
from analytics.frames import records
from analytics.memo import Memo
from analytics.months import write_months
from analytics.panels._data import as_months
from analytics.panels._districts import district_months
from analytics.panels._empty import no_data
from analytics.panels._members import Listing, Member, members_by_month, members_by_quarter
from analytics.panels._model import Column, Source, Way
from analytics.panels._recorded import (
    Quarterly,
    Year,
    months_of,
    own_change,
    quarterly,
    recorded_source,
    year_asked,
    year_before,
)
from analytics.panels._tables import (
    ALL_CATEGORIES,
    ChangeTable,
    category_table,
    denominator_name,
    loaded_sources,
    police_source,
    whole,
)
from analytics.queries.counts import counts_by_district
from analytics.queries.families import family_counts
from analytics.queries.loaded import districts
from analytics.selection import Selection
from analytics.statistics.adjustment import adjusted_p_values
from analytics.statistics.change import change_against_family
from analytics.statistics.families import MIN_PEERS, FamilyPosition, FamilyRank, family_position, family_rank
from analytics.summaries import categories_words
from analytics.words import and_list, count_of, integer, rate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "ALL_RECORDED",
    "HIGHER",
    "LOWER",
    "POSITION_COLUMNS",
    "STANDING_OUT",
    "VERDICTS",
    "FamilyTable",
    "band_words",
    "bands_words",
    "comparison",
    "counted_columns",
    "counted_words",
    "every_district",
    "family_sources",
    "family_table",
    "looked_at",
    "measure_caveat",
    "member_series",
    "no_family",
    "ordinal",
    "possessive",
    "rate_words",
    "short_name",
    "unit_words",
]

DRAWS, LARGE, DRAWS_LARGE = 10_000, 60, 2_000
"""Draws behind a rank; in families of more than LARGE members DRAWS_LARGE, as the range is wide there anyway."""
HIGHER = ("much higher", "higher")
LOWER = ("lower", "much lower")
STANDING_OUT = (*HIGHER, *LOWER)
VERDICTS = (*STANDING_OUT, "perhaps higher", "perhaps lower")
"""The words of a band that say more than "about the same"."""
_BAND_ORDER = {"much higher": 0, "higher": 1, "perhaps higher": 2, "perhaps lower": 4, "lower": 5, "much lower": 6}

ALL_RECORDED = "All recorded crime"

_COUNTS = ("previous", "compared", "family_previous", "family_compared")

POSITION_COLUMNS: tuple[Column, ...] = (
    Column("category", "Category"),
    Column("band", "Against the family", "verdict"),
    Column("band_alone", "Judged alone", "verdict"),
    Column("incidents", "Incidents", "integer"),
    Column("rate_per_1000", "Rate per 1,000", "rate"),
    Column("lower_cl", "Rate, lower 95 %", "rate"),
    Column("upper_cl", "Rate, upper 95 %", "rate"),
    Column("family_mean", "Family mean", "rate"),
    Column("pooled_others", "Others together", "rate"),
    Column("ordinary_lower", "Ordinary from", "rate"),
    Column("ordinary_upper", "Ordinary to", "rate"),
    Column("rank_words", "Rank, with range"),
    Column("rank", "Rank", "integer", hidden=True),
    Column("rank_lower", "Rank, lower 95 %", "integer", hidden=True),
    Column("rank_upper", "Rank, upper 95 %", "integer", hidden=True),
    Column("rank_observed", "Rank of the rates as they are", "integer", hidden=True),
    Column("members", "Areas compared", "integer"),
    Column("previous", "Before", "integer"),
    Column("compared", "Now, same months", "integer"),
    Column("change_pct", "Change", "change", given=("previous", "compared")),
    Column("change_lower_cl", "Change, lower 95 %", "change", given=("previous", "compared"), hidden=True),
    Column("change_upper_cl", "Change, upper 95 %", "change", given=("previous", "compared"), hidden=True),
    Column("family_change_pct", "The others’ change", "change", given=_COUNTS[2:]),
    Column("against", "Change against the others"),
    Column(
        "against_ratio",
        "Ratio of the changes",
        "ratio",
        given=_COUNTS,
    ),
    Column(
        "against_lower_cl",
        "Ratio, lower 95 %",
        "ratio",
        given=_COUNTS,
    ),
    Column(
        "against_upper_cl",
        "Ratio, upper 95 %",
        "ratio",
        given=_COUNTS,
    ),
    Column("against_p_adjusted", "p of the ratio, adjusted", "p_value", hidden=True),
    Column("members_changed", "Areas in the change", "integer", hidden=True),
    Column("family_previous", "The others before", "integer", hidden=True),
    Column("family_compared", "The others now", "integer", hidden=True),
    Column("population", "Residents", "integer", hidden=True),
    Column("p_value", "p of the band", "p_value", hidden=True),
    Column("p_adjusted", "p of the band, adjusted", "p_value", hidden=True),
    Column("t", "T", "ratio", hidden=True),
    Column("tau2", "τ²", "ratio", hidden=True),
    Column("dispersion", "Dispersion", "ratio", hidden=True),
    Column("method", "Method", hidden=True),
)


@dataclass(frozen=True)
class FamilyTable:
    """Where we stand in one family over one selection.

    frame: a row a category (POSITION_COLUMNS), highest bands first, then by our rate. total: all of them together.
    members: ourselves first. counts, rates: (1 + categories, members), the total first, then `categories` as in the
    reference; NaN where the member does not take part. months: those counted, ours that are loaded.
    """

    family: Family
    members: tuple[Member, ...]
    repeated: tuple[str, ...]
    categories: tuple[str, ...]
    counts: np.ndarray
    rates: np.ndarray
    frame: pd.DataFrame
    total: dict[str, Any]
    ours: ChangeTable
    months: tuple[date, ...]
    listing: Listing
    rows: Mapping[str, Mapping[str, Any]]
    """The frame's rows by category."""
    recorded: Quarterly | None = None
    """Where recorded crime is compared: its counts by quarter."""

    @property
    def complete(self) -> tuple[Member, ...]:
        """The members with a figure, ourselves among them."""
        return tuple(member for member in self.members if member.state == "complete")

    @property
    def left_out(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.state != "complete")

    @property
    def coverage_words(self) -> str:
        """ "11 of 15 areas have the 12 months"."""
        span = f"the {len(self.months)} months" if len(self.months) > 1 else "the month"
        span = "the four quarters" if self.recorded else span
        n = len(self.complete)
        return f"{n} of {count_of(len(self.members), 'area')} {'has' if n == 1 else 'have'} {span}"

    @property
    def coverage_caveat(self) -> str:
        """Who is left out and that missing is not zero; "" where nobody is."""
        gone = self.left_out
        if not gone:
            return f"All {len(self.members)} areas have {write_months(self.months)}."
        names = and_list([member.name for member in gone], most=4)
        verb = "is" if len(gone) == 1 else "are"
        return f"{self.coverage_words}; {names} {verb} left out, not counted as zero."

    @property
    def change_caveat(self) -> str:
        """Which areas the family's change is taken from; "" where no change can be shown."""
        n = sum(member.compares for member in self.members if not member.is_self)
        if self.ours.compared.basis == "none":
            return self.ours.compared.note
        if n < MIN_PEERS:
            return (
                f"Only {count_of(n, 'other area')} {'has' if n == 1 else 'have'} the months of both sides: no change."
            )
        others = len(self.members) - 1
        words = f"The others’ change: {n} of {others} areas, taken together."
        return f"{self.ours.compared.note} {words}".strip()

    def row(self, category: str | None) -> int:
        """The row of `counts` and `rates` for a category; None: all together."""
        return 0 if category is None else 1 + self.categories.index(category)

    def position(self, category: str | None) -> dict[str, Any]:
        """The frame's row of a category; None: the total."""
        return self.total if category is None else dict(self.rows[category])

    def places(self, category: str | None) -> pd.DataFrame:
        """A row is a member with a figure, the highest rate first: name, is_self, incidents, residents, rate."""
        row = self.row(category)
        made = pd.DataFrame(
            {
                "member_id": [member.id for member in self.members],
                "member_name": [member.name for member in self.members],
                "is_self": [member.is_self for member in self.members],
                "incidents": self.counts[row],
                "population": [member.residents for member in self.members],
                "rate_per_1000": self.rates[row],
            }
        )
        made = made[made["rate_per_1000"].notna()]
        return made.sort_values(["rate_per_1000", "member_name"], ascending=[False, True], ignore_index=True)


def comparison(
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    *,
    family: str | None = None,
    ranked: bool = True,
) -> FamilyTable | None:
    """Where we stand by the counts the address asks for: street-level files or recorded crime, never both.

    None where no family is configured, or recorded crime is asked for and not loaded.
    """
    if selection.counts != "recorded":
        return family_table(cursor, selection, context, family=family, ranked=ranked)
    known = _known(selection, context, family)
    if known is None or not context.quarters:
        return None
    now = year_asked(selection, context)
    then = year_before(now, selection)
    households = selection.measure == "households"
    return _answered(
        ("recorded", context.folder, known.id, now, then, households, ranked),
        lambda: _recorded_table(cursor, selection, context, known, now, then, ranked=ranked),
    )


def _recorded_table(
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    family: Family,
    now: Year,
    then: Year,
    *,
    ranked: bool,
) -> FamilyTable:
    members, found = members_by_quarter(cursor, selection, context, family, now, then)
    residents = np.array([member.residents for member in members.every])
    sides = {year: found.year(year) for year in (now, then)}
    offences = tuple(name for index, name in enumerate(found.offences, 1) if np.isfinite(found.year(now)[index]).any())
    rows = [0, *(1 + found.offences.index(name) for name in offences)]
    complete = np.array([member.state == "complete" for member in members.every])
    compares = np.array([member.compares for member in members.every])
    counts = np.where(complete, sides[now][rows], np.nan)
    current, before = (np.where(compares, sides[year][rows], np.nan) for year in (now, then))
    ours = own_change(found, float(residents[0]), now, then, offences)
    frame, total = _frame(counts, current, before, residents, members.every, offences, ours, ranked=ranked)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = 1000 * counts / np.where(residents > 0, residents, np.nan)
    return FamilyTable(
        family, members.every, members.repeated, offences, counts, rates, frame, {**total, "category": ALL_RECORDED},
        ours, months_of(now), members.listing, {row["category"]: row for row in records(frame)}, found,
    )  # fmt: skip


_answers: Memo[FamilyTable] = Memo(size=128)


def _answered(key: Any, work: Callable[[], FamilyTable]) -> FamilyTable:
    """The table worked out once; each who asks gets a frame of their own."""
    found = _answers.answer(key, work)
    return replace(found, frame=found.frame.copy(), total=dict(found.total))


def _known(selection: Selection, context: Context, family: str | None) -> Family | None:
    """The family named, else the selection's; None where it is not configured."""
    return next((one for one in context.families if one.id == (family or selection.family)), None)


def family_table(
    cursor: DuckDBPyConnection,
    selection: Selection,
    context: Context,
    *,
    family: str | None = None,
    ranked: bool = True,
) -> FamilyTable | None:
    """Where we stand in the selection's family (or the one named); None where no family is configured.

    The whole partnership is compared whatever wards are chosen, police records alone, per resident or household.
    ranked: False leaves the ranks out, which cost most of the work.
    """
    known = _known(selection, context, family)
    if known is None:
        return None
    matters = Selection(
        start=selection.start,
        end=selection.end,
        comparison_start=selection.comparison_start,
        comparison_end=selection.comparison_end,
        categories=selection.categories,
        measure="households" if selection.measure == "households" else "rate",
        source="police" if len(context.sources) > 1 else None,
    )
    return _answered(
        (context.folder, known.id, matters, ranked),
        lambda: _worked_out(cursor, matters, context, known, ranked=ranked),
    )


def _worked_out(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, family: Family, *, ranked: bool
) -> FamilyTable:
    ours = category_table(cursor, selection, context)
    months, compared = ours.months, ours.compared
    found_members = members_by_month(cursor, selection, context, family, ours)
    members = found_members.every
    categories = tuple(
        c.name for c in context.categories if selection.categories is None or c.name in selection.categories
    )
    found = family_counts(
        cursor,
        sorted({code for member in members for code in member.districts}),
        period=months,
        current=compared.current,
        previous=compared.previous,
        categories=selection.categories,
    )
    sides = [_matrix(found, side, members, categories) for side in ("incidents", "compared", "previous")]
    complete = np.array([member.state == "complete" for member in members])
    compares = np.array([member.compares for member in members])
    counts = np.where(complete, sides[0], np.nan)
    now, before = (np.where(compares, side, np.nan) for side in sides[1:])
    residents = np.array([member.residents for member in members])
    frame, total = _frame(counts, now, before, residents, members, categories, ours, ranked=ranked)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = 1000 * counts / np.where(residents > 0, residents, np.nan)
    rows = {row["category"]: row for row in records(frame)}
    return FamilyTable(
        family, members, found_members.repeated, categories, counts, rates, frame, total, ours, months,
        found_members.listing, rows,
    )  # fmt: skip


def every_district(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, table: FamilyTable, category: str | None
) -> pd.DataFrame:
    """A row is an area with all the table's months and known residents: ourselves whole, then every other district.

    Columns: member_id, member_name, is_self, incidents, population.
    """
    loaded = district_months(cursor, context)
    needed = set(table.months)
    ours = table.members[0]
    areas = [(ours.id, ours.name, ours.districts, ours.residents)]
    if table.recorded:
        return _every_recorded(cursor, selection, context, table, category)
    for row in records(districts(cursor)):
        people = row[denominator_name(selection)]
        present = loaded.present(loaded.force(row["district_code"], row["force"]))
        if not row["is_ours"] and not pd.isna(people) and people > 0 and needed <= present:
            areas.append((row["district_code"], row["district_name"], (row["district_code"],), float(people)))
    found = family_counts(
        cursor,
        [code for _, _, codes, _ in areas for code in codes],
        period=table.months,
        current=(),
        previous=(),
        categories=(category,) if category else selection.categories,
    )
    counts = found.groupby("district_code")["incidents"].sum().to_dict()
    return pd.DataFrame(
        {
            "member_id": [area_id for area_id, _, _, _ in areas],
            "member_name": [name for _, name, _, _ in areas],
            "is_self": [index == 0 for index in range(len(areas))],
            "incidents": [float(sum(counts.get(code, 0) for code in codes)) for _, _, codes, _ in areas],
            "population": [people for _, _, _, people in areas],
        }
    )


def _every_recorded(
    cursor: DuckDBPyConnection, selection: Selection, context: Context, table: FamilyTable, category: str | None
) -> pd.DataFrame:
    ours = table.members[0]
    others = [row for row in records(districts(cursor)) if not row["is_ours"]]
    areas = {ours.id: ours.districts, **{row["district_code"]: (row["district_code"],) for row in others}}
    found = quarterly(cursor, context, areas)
    people = [ours.residents, *(row[denominator_name(selection)] for row in others)]
    frame = pd.DataFrame(
        {
            "member_id": list(areas),
            "member_name": [ours.name, *(row["district_name"] for row in others)],
            "is_self": [index == 0 for index in range(len(areas))],
            "incidents": found.year(table.months[::3])[found.offences.index(category) + 1 if category else 0],
            "population": pd.Series(people, dtype="float64"),
        }
    )
    return frame[frame["incidents"].notna() & (frame["population"] > 0)].reset_index(drop=True)


def member_series(
    cursor: DuckDBPyConnection,
    table: FamilyTable,
    selection: Selection,
    category: str | None,
    months: Sequence[date],
) -> np.ndarray:
    """Incidents (members, months), or offences (members, quarters) where `months` are the quarters of recorded crime.

    A month without rows is zero here: which months a member has is its own to say (`Member.present`).
    """
    if table.recorded:
        column = [table.recorded.quarters.index(quarter) for quarter in months]
        row = table.recorded.offences.index(category) + 1 if category else 0
        return table.recorded.counts[row][:, column]
    asked = Selection(
        start=months[0], end=months[-1], categories=(category,) if category else selection.categories, source="police"
    )
    found = counts_by_district(cursor, months, asked)
    place = {month: index for index, month in enumerate(months)}
    member = {code: index for index, one in enumerate(table.members) for code in one.districts}
    found = found[found["district_code"].isin(member)]
    series = np.zeros((len(table.members), len(months)))
    columns = pd.Series(as_months(found["month"]), index=found.index).map(place).to_numpy(dtype=int)
    np.add.at(
        series,
        (found["district_code"].map(member).to_numpy(dtype=int), columns),
        found["incidents"].to_numpy(dtype=float),
    )
    return series


def _matrix(found: pd.DataFrame, side: str, members: Sequence[Member], categories: tuple[str, ...]) -> np.ndarray:
    """Incidents (1 + categories, members), the total first; a pair that is not found is zero here."""
    column = {code: index for index, member in enumerate(members) for code in member.districts}
    row = {name: index + 1 for index, name in enumerate(categories)}
    made = np.zeros((len(categories) + 1, len(members)))
    rows = found["category"].map(row).to_numpy()
    columns = found["district_code"].map(column).to_numpy()
    np.add.at(made, (rows.astype(int), columns.astype(int)), found[side].to_numpy(dtype=float))
    made[0] = made[1:].sum(axis=0)
    return made


def _frame(
    counts: np.ndarray,
    now: np.ndarray,
    before: np.ndarray,
    residents: np.ndarray,
    members: Sequence[Member],
    categories: tuple[str, ...],
    ours: ChangeTable,
    *,
    ranked: bool,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    draws = 1 if not ranked else DRAWS_LARGE if len(members) > LARGE else DRAWS
    rank = family_rank(counts, residents, draws=draws)
    every = family_position(counts, residents, adjust=False)
    band_p = np.concatenate([every.p_value[:1], adjusted_p_values(every.p_value[1:])])
    changes = pd.concat([pd.DataFrame([ours.total]), ours.frame], ignore_index=True).set_index("category")
    changes = changes.reindex([ALL_CATEGORIES, *categories])
    others_now, others_before, compared = _others(now), _others(before), _compared(now)
    against = change_against_family(now[:, 0], before[:, 0], others_now, others_before, dispersion=_phi(changes))
    few = (changes["verdict"] == "too few").to_numpy()
    p = np.where(few, np.nan, against.p_value)
    p_adjusted = np.concatenate([p[:1], adjusted_p_values(p[1:])])
    known = ~np.isnan(p)

    def shown(values: np.ndarray) -> np.ndarray:
        return np.where(known, values, np.nan)

    frame = pd.DataFrame(
        {
            "category": [ALL_CATEGORIES, *categories],
            "band": np.where((band_p < 0.05) | ~np.isin(every.band, STANDING_OUT), every.band, "about the same"),
            "band_alone": every.band,
            "incidents": whole(counts[:, 0]),
            "rate_per_1000": every.rate,
            "lower_cl": changes["lower_cl"].to_numpy(dtype=float),
            "upper_cl": changes["upper_cl"].to_numpy(dtype=float),
            "family_mean": every.family_mean,
            "pooled_others": every.pooled_others,
            "ordinary_lower": every.lower_cl,
            "ordinary_upper": every.upper_cl,
            "rank_words": _rank_words(rank, every),
            "rank": whole(rank.rank),
            "rank_lower": whole(rank.lower_cl),
            "rank_upper": whole(rank.upper_cl),
            "rank_observed": whole(rank.observed),
            "members": whole(np.asarray(every.members, dtype=float)),
            "previous": changes["previous"].to_numpy(),
            "compared": changes["compared"].to_numpy(),
            "change_pct": changes["change_pct"].to_numpy(dtype=float),
            "change_lower_cl": changes["change_lower_cl"].to_numpy(dtype=float),
            "change_upper_cl": changes["change_upper_cl"].to_numpy(dtype=float),
            "family_change_pct": _percent(others_now, others_before),
            "against": [
                _against(*row)
                for row in zip(known, few, p_adjusted < 0.05, against.ratio, changes["verdict"], strict=True)
            ],
            "against_ratio": shown(against.ratio),
            "against_lower_cl": shown(against.lower_cl),
            "against_upper_cl": shown(against.upper_cl),
            "against_p_adjusted": p_adjusted,
            "members_changed": whole(compared),
            "family_previous": whole(others_before),
            "family_compared": whole(others_now),
            "population": whole(np.full(len(counts), residents[0])),
            "p_value": every.p_value,
            "p_adjusted": band_p,
            "t": every.t,
            "tau2": every.tau2,
            "dispersion": _phi(changes),
            "method": f"{every.method}; rank: {rank.method}; change: {against.method}",
        }
    )
    total = {str(key): value for key, value in frame.iloc[0].to_dict().items()}
    rest = frame.iloc[1:]
    order = [_BAND_ORDER.get(words, 3) for words in bands_words(rest)]
    rest = rest.assign(order=order).sort_values(
        ["order", "rate_per_1000", "category"], ascending=[True, False, True], ignore_index=True
    )
    return rest.drop(columns="order"), total


def _others(counts: np.ndarray) -> np.ndarray:
    """Incidents of the other members that have a figure; NaN where fewer than MIN_PEERS have."""
    return np.where(_compared(counts) >= MIN_PEERS, np.nansum(counts[:, 1:], axis=1), np.nan)


def _compared(counts: np.ndarray) -> np.ndarray:
    """How many other members have a figure."""
    return (~np.isnan(counts[:, 1:])).sum(axis=1).astype(float)


def _phi(changes: pd.DataFrame) -> np.ndarray:
    """How much our own months swing beyond chance; 1 where it is not known."""
    return changes["dispersion"].astype("float64").fillna(1.0).to_numpy()


def _percent(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    return 100 * (now / np.where(before > 0, before, np.nan) - 1)


def _against(known: bool, few: bool, sure: bool, ratio: float, verdict: str) -> str:
    if few:
        return "too few to tell"
    if not known or verdict == "no data":
        return "no data"
    if not sure:
        return "no clear difference"
    return "rising against them" if ratio > 1 else "falling against them"


def _rank_words(rank: FamilyRank, position: FamilyPosition) -> list[str]:
    """ "8th of 11 (7 to 9)", "no data" where we or all others have no figure."""
    words = []
    for median, low, high, members in zip(rank.rank, rank.lower_cl, rank.upper_cl, position.members, strict=True):
        if np.isnan(median) or members < 2:
            words.append("no data")
        else:
            span = "" if low == high else f" ({low:.0f} to {high:.0f})"
            words.append(f"{ordinal(int(median))} of {members}{span}")
    return words


def band_words(row: Mapping[str, Any]) -> str:
    """The band on screen: "higher" where it holds with every category judged at once, else "perhaps higher"."""
    band, alone = str(row["band"]), str(row["band_alone"])
    if band == "about the same" and alone in STANDING_OUT:
        return "perhaps higher" if alone in HIGHER else "perhaps lower"
    return band


def bands_words(frame: pd.DataFrame) -> pd.Series:
    """The band on screen of every row."""
    pairs = zip(frame["band"], frame["band_alone"], strict=True)
    words = [band_words({"band": band, "band_alone": alone}) for band, alone in pairs]
    return pd.Series(words, index=frame.index, dtype="str")


def looked_at(table: FamilyTable, selection: Selection) -> str | None:
    """The category the panels of one category show: the one chosen to look at, else all together (None)."""
    if selection.look in table.categories:
        return selection.look
    if table.recorded and selection.look is not None:
        same = (name for name in table.categories if name.casefold() == str(selection.look).casefold())
        return next(same, None)
    return table.categories[0] if len(table.categories) == 1 else None


def no_family(selection: Selection, context: Context, table: FamilyTable | None) -> dict[str, Any] | None:
    """The fields of a panel that cannot compare: no family, none of our months, or nobody to compare with."""
    if table is None and context.families and selection.counts == "recorded":
        return {
            "sentence": "No police recorded crime is loaded",
            "subtitle": "The Home Office’s tables by community safety partnership",
            "state": "no_data",
            "message": "Download the tables (prc-csp-….ods) from the Home Office’s open data page, name them under "
            "recorded_crime in [extracts] of the configuration, and build again.",
            "ways": (Way("Compare street-level counts", "?counts="), Way("What is loaded", "/data")),
        }
    if table is None:
        return {
            "sentence": "No family of similar areas is configured",
            "subtitle": "A family is a named list of areas like ours",
            "state": "no_data",
            "message": "Name one or several under [[families]] in the configuration, with their source and date.",
            "ways": (Way("What is loaded", "/data"),),
        }
    if not table.months:
        return no_data(selection, context)
    if table.members[0].state != "complete":
        return {
            "sentence": f"{context.short_name} cannot be compared: {table.members[0].state_words}",
            "subtitle": table.family.name,
            "state": "no_data",
            "message": "A rate needs our own months and residents. The Data page names what is missing.",
            "ways": (Way("What is loaded", "/data"),),
        }
    if len(table.complete) < 2:
        return {
            "sentence": f"No other area of the family has {write_months(table.months)}",
            "subtitle": table.family.name,
            "state": "no_data",
            "message": f"{table.coverage_words}: there is nobody to compare with.",
            "ways": (Way("What is loaded", "/data"),),
        }
    return None


def counted_words(table: FamilyTable | None, selection: Selection, context: Context) -> str:
    """What is counted where no category is looked at: "Crime and ASB", "Recorded crime"."""
    return "Recorded crime" if table is not None and table.recorded else categories_words(selection, context)


def short_name(context: Context, name: str) -> str:
    """A category's short name; an offence subgroup's own."""
    return next((category.short_name for category in context.categories if category.name == name), name)


def unit_words(selection: Selection) -> str:
    """ "per 1,000 residents", or households where they are the measure."""
    return f"per 1,000 {'households' if selection.measure == 'households' else 'residents'}"


def measure_caveat(selection: Selection) -> tuple[str, ...]:
    """A word where the chosen measure cannot compare areas of different size."""
    said = []
    if selection.counts == "recorded" and selection.categories is not None:
        said.append("The choice of categories is for street-level counts: recorded crime has offences of its own.")
    if selection.measure not in {"rate", "households"}:
        said.append("Areas of different size are compared per 1,000 residents, whatever the measure chosen.")
    return tuple(said)


def family_sources(table: FamilyTable | None, selection: Selection, context: Context) -> tuple[Source, ...]:
    """The police files by the number of forces, the districts' residents with their year, and the family's list."""
    if table is None and selection.counts == "recorded" and not context.quarters:
        return (recorded_source(context, ""),)
    if table is None:
        return (police_source(context, selection),)
    forces = {force for member in table.complete for force in member.forces}
    police = police_source(context, selection)
    named = f"{len(forces)} forces" if len(forces) > 1 else police.title
    years = {member.residents_year for member in table.complete if member.residents_year}
    people = [
        replace(source, period=f"mid-{max(years)}" if years and not source.period else source.period)
        for source in loaded_sources(context, "population_district")
    ]
    if table.recorded:
        counted = recorded_source(context, write_months(table.months))
        return (counted, *people, Source(table.family.name, "", table.listing.date_words, ""))
    return (replace(police, title=named), *people, Source(table.family.name, "", table.listing.date_words, ""))


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 102)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '21st', '102nd']
    """
    ending = "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"


def possessive(name: str) -> str:
    """Thurrock’s, Wards’.

    >>> possessive("Thurrock"), possessive("St Helens")
    ('Thurrock’s', 'St Helens’')
    """
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def rate_words(value: Any, incidents: Any, unit: str, table: FamilyTable) -> str:
    """A hover's line: "10.0 per 1,000 residents, 1,789 incidents"."""
    return f"{rate(value)} {unit}<br>{integer(incidents)} {'offences' if table.recorded else 'incidents'}"


def counted_columns(columns: Sequence[Column], table: FamilyTable | None) -> tuple[Column, ...]:
    """The columns headed for what is counted: offences where recorded crime is compared."""
    if table is None or not table.recorded:
        return tuple(columns)
    headings = {"Incidents": "Offences", "Category": "Offence", "Months loaded": "Months published"}
    return tuple(replace(column, heading=headings.get(column.heading, column.heading)) for column in columns)
