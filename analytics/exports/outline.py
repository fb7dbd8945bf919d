"""The outline of the strategic assessment: its sections and the panels each is made of.

A panel that is not registered is skipped, and one that is registered later enters by itself: by name where it stands
here, else at the end of the section that takes its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["LEFT_OUT", "OUTLINE", "SUMMARY", "Chart", "Item", "Section", "items_of"]


@dataclass(frozen=True)
class Chart:
    """A native chart on a slide: one column of names, one or more of numbers, from the panel's own table.

    most: rows at most, in the table's order (a line: the last). beside: counts that stand after each name. limits: the
    columns of each bar's interval, lower and upper. verdict: the column that colours each bar. behind: columns of
    `values` that are drawn in grey, for comparison. shown: what is drawn, where the panel's own words say more than
    that, "{value}" being the first column's heading. number: how the numbers are written, where not as in the column.
    same: a column whose heading the first of `values` takes where the two hold the same.
    """

    kind: Literal["bar", "column", "line"]
    names: str
    values: tuple[str, ...]
    most: int = 20
    beside: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    verdict: str = ""
    behind: tuple[str, ...] = ()
    shown: str = ""
    number: str = ""
    same: str = ""


@dataclass(frozen=True)
class Item:
    """A panel in the document. columns: keys of its printed table, () for none; None: chosen from the table.

    picture: whether its figure is printed. width: pixels the figure is laid out for. room: it is drawn anew for that
    width, as it would not fit otherwise. lead: its finding stands in the summary. slide: whether it has a slide of its
    own. chart: its native chart; None: its picture, else its table.
    """

    panel: str
    columns: tuple[str, ...] | None = None
    picture: bool = True
    width: int = 860
    room: bool = False
    lead: bool = False
    slide: bool = True
    chart: Chart | None = None


@dataclass(frozen=True)
class Section:
    """A section: its key, title, the question it answers, its panels, and the pages whose other panels it takes.

    absent: what is said where none of its panels is there (a panel that is there and empty says it itself); to_do: what
    brings the evidence in. entered: it is people who fill this section, so that commentary takes the place of `absent`
    and an empty panel is not told. also: sentences said in any case.
    """

    key: str
    title: str
    question: str
    items: tuple[Item, ...] = ()
    pages: tuple[str, ...] = ()
    absent: str = ""
    to_do: str = ""
    entered: bool = False
    also: tuple[str, ...] = ()


_CHANGE = ("previous", "compared", "change_pct", "change_lower_cl", "change_upper_cl")
_CHANGE_CHART = Chart(
    "bar", "category", ("change_pct",), beside=("previous", "compared"), limits=("change_lower_cl", "change_upper_cl"),
    verdict="verdict",
)  # fmt: skip
_LIMITS = ("lower_cl", "upper_cl")
_MONTHS = Chart(
    "line", "month", ("adjusted", "centre", "upper_limit", "lower_limit"), most=60,
    behind=("centre", "upper_limit", "lower_limit"),
    shown="Incidents a month with their mean and limits; the season is taken out where it is known", number="integer",
    same="incidents",
)  # fmt: skip

_SURVEY = ("base", "percent", "lower_cl", "upper_cl", "change_words", "verdict")

OUTLINE: tuple[Section, ...] = (
    Section(
        "levels",
        "Levels and patterns of crime and ASB",
        "How much is recorded, of what kind, and when?",
        (
            Item(
                "category_bars",
                ("category", "incidents", "share", "rate_per_1000", "lower_cl", "upper_cl"),
                width=1000,
                room=True,
                lead=True,
                chart=Chart("bar", "category", ("incidents",)),
            ),
            Item("control_chart", (), width=1060, lead=True, chart=_MONTHS),
            Item("monthly_series", (), slide=False),
            Item("seasonal_pattern", ()),
        ),
        pages=("overview", "categories_wards"),
    ),
    Section(
        "changes",
        "Changes since the last assessment, and why",
        "What rose, what fell, and what is known of the reasons?",
        (
            Item(
                "category_totals",
                ("category", *_CHANGE, "verdict"),
                lead=True,
                chart=_CHANGE_CHART,
            ),
            Item("improvements", ("category", *_CHANGE), picture=False, chart=_CHANGE_CHART),
            Item(
                "trend_estimates",
                ("series", "pct_per_year", "lower_cl", "upper_cl", "verdict", "incidents"),
                lead=True,
                width=1000,
                chart=Chart("bar", "series", ("pct_per_year",), limits=_LIMITS, verdict="verdict"),
            ),
            Item("ward_trends", (), width=900, room=True, slide=False),
            Item("watch_list", ("category", "where", "incidents", "usual", "finding", "status", "p_adjusted")),
            Item("breaks", ("label", "when", "cause", "effect", "within"), picture=False, slide=False),
        ),
        pages=("trends",),
        also=(
            "Change and trend are two questions: change sets the period against the one it is compared with, trend is "
            "the steady movement over all months loaded. A category can have the one without the other.",
            "The figures say what moved; they cannot say why. Known changes of recording, boundaries and systems stand "
            "in the register of breaks; other reasons are for the commentary.",
        ),
    ),
    Section(
        "places",
        "Places",
        "Where does it happen, and where is it concentrated?",
        (
            Item("ward_map", (), width=700, lead=True),
            Item(
                "ward_totals",
                ("ward_name", "incidents", "share", "rate_per_1000", "lower_cl", "upper_cl", "change_pct", "verdict"),
                width=900,
                lead=True,
                chart=Chart("bar", "ward_name", ("rate_per_1000",), limits=_LIMITS),
            ),
            Item("wards_most", (), lead=True, width=700, chart=Chart("bar", "ward_name", ("incidents",), most=12)),
            Item("ward_category", (), width=1000),
            Item(
                "ward_lsoas",
                ("lsoa_name", "value", "value_lower", "value_upper", "incidents", "imd_decile"),
                chart=Chart("bar", "lsoa_name", ("value",), limits=("value_lower", "value_upper")),
            ),
            Item("ward_deprivation", (), lead=True),
            Item("hotspot_map", (), width=700),
            Item(
                "hotspot_list",
                ("rank", "name", "incidents", "share", "previous", "compared", "held", "runs"),
                lead=True,
                chart=Chart("bar", "name", ("incidents",)),
            ),
            Item("concentration", (), lead=True),
            Item("hotspots_hold", ()),
            Item("repeat_locations", ()),
            Item("area_profile", (), width=820),
        ),
        pages=("hotspots",),
    ),
    Section(
        "comparison",
        "Comparison with similar areas",
        "Is the level, the rank or the change unlike that of areas like ours?",
        (
            Item(
                "family_position",
                ("category", "rate_per_1000", "family_mean", "ordinary_lower", "ordinary_upper", "rank_words", "band"),
                width=1000,
                lead=True,
                chart=Chart("bar", "category", ("rate_per_1000", "family_mean"), behind=("family_mean",)),
            ),
            Item(
                "family_rates",
                ("member_name", "incidents", "population", "rate_per_1000", "lower_cl", "upper_cl", "state"),
                lead=True,
                chart=Chart("bar", "member_name", ("rate_per_1000",), limits=_LIMITS),
            ),
            Item("family_members", ("member_name", "forces", "months_present", "state"), slide=False),
            Item("family_trend", ()),
        ),
        pages=("comparators",),
        absent="No family of similar areas is loaded, so levels cannot be compared.",
        to_do="Name a family and the police forces of its members in the configuration, then build the store again.",
    ),
    Section(
        "harm",
        "Harm",
        "Which problems do most harm, beside those that are most frequent?",
        (Item("harm", lead=True), Item("harm_ranks", lead=True)),
        pages=("harm",),
        absent="No weights of harm are entered, so no figure of harm is shown. The published categories are mixtures "
        "of very unlike offences: one average weight for each would decide the order by itself.",
        to_do="Load offence codes from a local extract, or enter a set of weights with its source, on Priorities.",
    ),
    Section(
        "perceptions",
        "Perceptions and indicators",
        "Do residents feel it as it is recorded, and are we meeting what we said?",
        (
            Item("public_perceptions", ("question", "answer", "area_name", *_SURVEY), width=1060, lead=True),
            Item("indicator_list"),
        ),
        pages=("perceptions", "indicators", "asb"),
        absent="No survey of residents and no indicator with baseline and target is loaded.",
        to_do="Load survey results and partner extracts, and enter the indicators of the last plan.",
    ),
    Section(
        "unrecorded",
        "Matters with no recorded data",
        "What do partners know that these figures do not hold?",
        (Item("unrecorded_problems", ("problem", "criterion", "score", "reason", "by", "rank_words"), lead=True),),
        absent="Nothing is entered yet. Recorded crime does not show what is not reported: domestic abuse, "
        "exploitation, hate crime, modern slavery and serious violence known only to health services are examples.",
        to_do="Ask each responsible authority what it knows, and enter it on Priorities as a problem without recorded "
        "data, with who says so.",
        entered=True,
    ),
    Section(
        "quality",
        "Data gaps and quality",
        "What is missing, set aside or uncertain?",
        (
            Item("coverage_line", (), lead=True, slide=False, picture=False),
            Item("coverage_matrix", (), width=900),
            Item("unplaced_share", (), slide=False),
            Item("row_flow", ("step", "rows", "share_pct"), picture=False, slide=False),
            Item("quarantine", None, picture=False, slide=False),
            Item("warnings", ("message", "file", "remedy"), picture=False, slide=False),
            Item("lsoa_vintages", ("group", "rows", "share_pct", "sureness"), picture=False, slide=False),
            Item("absent", ("item", "state", "disables"), picture=False, slide=False),
            Item("reconciliation"),
            Item(
                "sources",
                ("title", "publisher", "covers", "licence", "retrieved", "fingerprint"),
                picture=False,
                slide=False,
            ),
        ),
        pages=("data",),
    ),
    Section(
        "priorities",
        "Recommended priorities and the reasons",
        "Which few problems come first, and how robust is that choice?",
        (
            Item("priority_matrix", (), lead=True, width=1000, slide=False),
            Item(
                "priority_ranking",
                lead=True,
                chart=Chart(
                    "bar",
                    "problem",
                    ("top_share",),
                    most=25,
                    shown="Share of all weightings, by problem: {value}",
                    number="percent",
                ),
            ),
            Item("priority_robustness"),
            Item("priority_places", slide=False),
            Item("criteria", ("criterion", "question", "explanation", "scored", "counts"), slide=False),
            Item("value_functions", (), slide=False),
            Item("entered_scores", ("score", "evidence", "entered", "why"), slide=False),
        ),
        pages=("priorities", "workshop"),
        entered=True,
        absent="No priorities are recommended here: no workshop has scored the problems, and none is made up.",
        to_do="Hold the workshop on Priorities, record the decision with its reasons, then build this document again.",
    ),
)

SUMMARY = Section("summary", "Summary", "What should be remembered?")

LEFT_OUT = frozenset(
    {"overview_lead", "change_table", "series", "monthly_recent", "district_totals", "files", "overview_family",
     "gi_star_cells", "session_differences", "session_rankings"}
)  # fmt: skip
"""Panels that do not stand in the document: said there by another (two sessions: by what changed since last time), or
too long. The data pack has them all."""


def items_of(section: Section, pages: Mapping[str, str]) -> Iterable[Item]:
    """The section's panels that are registered. `pages`: each registered panel's page, in the registry's order.

    Those the outline names come first, then those of the section's pages that no section names. A panel of a page that
    no section takes stands in the first section.
    """
    named = {item.panel for one in OUTLINE for item in one.items}
    taken = {page for one in OUTLINE for page in one.pages}
    yield from (item for item in section.items if item.panel in pages and item.panel not in LEFT_OUT)
    for panel, page in pages.items():
        ours = page in section.pages or (page not in taken and section is OUTLINE[0])
        if ours and panel not in named and panel not in LEFT_OUT:
            yield Item(panel)
