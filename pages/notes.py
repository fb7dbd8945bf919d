"""Notes: the methods in plain words, the words used, and how accessible the dashboard is."""

from typing import Any

import dash
from dash import html
from dash.development.base_component import Component

from analytics.glossary import WORDS
from analytics.measures import measures
from analytics.statistics.false_alarms import NULL_ALARMS
from analytics.words import percent
from pages._shared.attributes import attributes
from pages._shared.icons import verdict

dash.register_page(
    __name__,
    path="/notes",
    name="Notes",
    order=91,
    group="below",
    icon="notes",
    question="How are the figures worked out, what do the words mean, who can use this?",
)


def layout(**_: Any) -> Component:
    sections: list[Any] = [
        _what_the_figures_are(),
        _how_sure(),
        _change(),
        _missing(),
        _rates(),
        _ordinary(),
        _places(),
        _where_exactly(),
        _similar_areas(),
        _surveys(),
        _priorities(),
        _cannot_tell(),
        _glossary(),
        _accessibility(),
        _licences(),
    ]
    contents = html.Nav(
        [
            html.H2("On this page"),
            html.Ul([html.Li(html.A(section.children[0].children, href=f"#{section.id}")) for section in sections]),
        ],
        className="contents",
        **attributes(aria_label="On this page"),
    )
    return html.Div([html.Div(sections, className="panel notes"), contents], className="reading")


def _section(key: str, title: str, *body: Any) -> html.Section:
    return html.Section(
        [html.H2(title), *(html.P(part) if isinstance(part, (str, list)) else part for part in body)], id=key
    )


def _page(words: str, path: str) -> Component:
    return html.A(words, href=path, **attributes(data_page=""))


def _list(*items: Any) -> Component:
    return html.Ul([html.Li(item) for item in items])


def _what_the_figures_are() -> html.Section:
    return _section(
        "figures",
        "What the figures are",
        "The figures are incidents of crime and anti-social behaviour that the police recorded and published at "
        "street level on data.police.uk. They are what came to the notice of the police and was recorded: a rise can "
        "mean that more happened, that more was reported, or that recording changed. That is why this dashboard "
        "writes “rose” and “fell” and never “worse” or “better”.",
        "Each incident counts once. Where a crime’s number is repeated in the files, one row is kept, in the first "
        "month it appears, with its latest outcome. Anti-social behaviour has no number in these files, so rows that "
        "look alike are kept as different incidents. Incidents belong to the partnership by where they happened, not "
        "by which force’s file they came in.",
        "Street-level counts are not the Home Office’s published statistics and will differ from them. The files "
        "give the month only: no day, no hour. Locations are moved to a nearby map point before publication, so "
        "nobody can be found from them.",
        [
            "Every row of every file is accounted for: read, kept, repeated, set aside with a reason, placed on the "
            "map or not. The whole of it is on the ",
            _page("Data page", "/data"),
            ".",
        ],
    )


def _how_sure() -> html.Section:
    return _section(
        "sure",
        "How sure a figure is",
        "All recorded incidents are counted; only surveys are samples. Still, part of every count is chance: with the "
        "same underlying risk another year would have brought somewhat more or fewer. The 95 % interval shows how "
        "wide that play of chance is. It is drawn as a line through the dot, and written “between −30 and −6 %”.",
        "Rates use Byar’s interval for ten incidents or more and the exact Poisson interval below that. Shares use "
        "Wilson’s.",
        "Months often swing more than chance alone would make them: warm weekends, one prolific offender, a police "
        "operation. Where they do, the interval is widened by the measured extra variation (the square root of the "
        "dispersion φ), so a noisy series needs a larger move before it is called a change.",
    )


def _change() -> html.Section:
    signs = [
        ("rose", "The whole interval lies above no change."),
        ("fell", "The whole interval lies below no change. It is not “better”: less may be reported."),
        ("no clear change", "The interval holds no change. It is not “stable”: the figure may have moved, but not by "
                            "more than chance and ordinary swings could explain."),
        ("too few to tell", "Under 20 incidents in both periods: both counts are shown, without a percentage."),
        ("no data", "Not loaded, or hidden. Never the same as zero."),
    ]  # fmt: skip
    rows = [
        html.Tr(
            [
                html.Th(verdict(words), scope="row", role="rowheader"),
                html.Td(meaning, role="cell", **attributes(data_label="When")),
            ],
            role="row",
        )
        for words, meaning in signs
    ]
    head = html.Thead(
        html.Tr(
            [
                html.Th("Sign", scope="col", role="columnheader"),
                html.Th("When it is given", scope="col", role="columnheader"),
            ],
            role="row",
        ),
        role="rowgroup",
    )
    table = html.Table(
        [html.Caption("The words for a change", className="vh"), head, html.Tbody(rows, role="rowgroup")],
        className="t",
        role="table",
    )
    return _section(
        "change",
        "Change between two periods",
        "Change is the ratio of two rates with its exact interval: given the incidents of both periods together, how "
        "many fell into the later one. It is worked out per day, so a leap year or a shorter month makes no "
        "difference.",
        table,
        "When many categories or wards stand on one screen, a few would look like changes by luck alone. The "
        "verdicts of one screen are therefore adjusted together (Benjamini–Hochberg): of all that is called “rose” "
        "or “fell”, at most one in twenty is expected to be luck. An interval is given for each figure by itself, so "
        "one may just exclude no change while the verdict says “no clear change”.",
        "Only like months are compared. If some months of either period are not loaded, the same months are left out "
        "on both sides, and the panel names them: “Jan to Apr 2025 against Jan to Apr 2024”. Periods that hold "
        "different months of the year are compared per day, and the panel says so.",
    )


def _missing() -> html.Section:
    return _section(
        "missing",
        "Missing, none, hidden",
        _list(
            [html.B("No data"), " (purple hatch): the months or files are not loaded. We do not know. Missing is "
                                "never counted as zero, drawn as zero or filled in."],
            [html.B("None recorded"), " (plain): all files are loaded, and nothing was recorded. That is a true zero."],
            [html.B("Hidden"), " (“c”): a count of 1 to 4 in a partner’s own extract, hidden in charts, tables and "
                               "downloads alike. Published street-level data needs no hiding."],
            [html.B("Not placed"), ": a row without a location. It counts in totals that need no place, never in a "
                                   "ward, and is never shared out among the wards."],
        ),
    )  # fmt: skip


def _rates() -> html.Section:
    defined = [
        part
        for measure in measures().values()
        for part in (html.Dt(measure.title), html.Dd(" ".join([measure.definition, *measure.caveats])))
    ]
    return _section(
        "rates",
        "Rates and what they stand over",
        html.Dl(defined),
        "Residents of small areas and wards are those of the census; those of whole districts are the latest yearly "
        "estimate. A ward’s rate and the partnership’s rate on the other figure can therefore differ a little; the "
        "panel names the source.",
        "In a town centre, a shopping park or around a station most people present are visitors. A rate for each "
        "resident then says more about how few live there than about risk. Such wards are marked and are not ranked "
        "on that rate alone.",
    )


def _ordinary() -> html.Section:
    return _section(
        "ordinary",
        "What is ordinary for a month",
        "Monthly figures go up and down without anything having changed. The grey band shows the ordinary range: the "
        "mean plus and minus 2.66 times the average step from one month to the next (an XmR chart, as used across "
        "the NHS). With 24 months or more the season is taken out first. With fewer than 12 months the band is "
        "called provisional.",
        "A month stands out when it lies outside the band, or is part of a run: seven rising or falling, two of "
        "three near one limit, or seven on one side of the mean. The months of the pandemic are left out of the "
        "band, and it is set anew only at a dated, named break, never by itself.",
        "Whether a month out of the ordinary is good or bad news is judged only for an indicator that the partnership "
        "has given a direction; recorded crime may rise because more is reported. Where the indicator has a target, "
        "the ordinary range with its season says what to expect if nothing changes: the target will consistently be "
        "met where even the worse end of every month of the year meets it, won’t be met where even the better end "
        "misses it, and else may or may not be met, by chance. (The variation and assurance icons of the NHS’s "
        "“Making data count”, which calls ordinary variation common cause, and a month out of the ordinary special "
        "cause.)",
        "The latest month is drawn hollow: later files may complete it.",
        _false_alarms(),
        "A trend is the steady change per year behind the months, season and month lengths taken out; Sen’s slope and "
        "the Mann–Kendall test, which take outliers lightly, stand beside it as a check. “No clear trend” is a result.",
        "A projection carries level and season on, “if nothing changes”. It is shown only where projections made at "
        "every earlier month would have had a smaller error than repeating the year before, and where its 95 % range "
        "held at least 85 % of what came.",
    )


def _false_alarms() -> str:
    """How often the rules cry wolf, from the simulation that a test makes again."""
    null = NULL_ALARMS
    outside, rising, near, side = (percent(100 * share, 2) for share in null.by_rule)
    return (
        f"The rules also single out months by chance alone. Among {null.series:,} made-up series of {null.months} "
        f"months with a mean of {null.mean:.0f}, nothing but chance at work, {outside} of months lay outside a "
        "limit, "
        f"{rising} belonged to seven rising or falling, {near} to two of three near a limit and {side} to seven on one "
        "side; "
        f"{percent(100 * null.any_month)} of series had at least one such month in four years, and "
        f"{percent(100 * null.new_latest, 1)} were newly marked in their last. The list of what changed this month "
        "therefore says first whether anything on it is beyond chance, every count judged at once, and how many faint "
        "signs chance alone would bring."
    )


def _places() -> html.Section:
    return _section(
        "places",
        "Wards and small areas",
        "An incident with a map point belongs to the ward around the point; where a point lies just outside every "
        "ward of its district, on a river bank for example, to the nearest one. Without a point, the best-fit ward "
        "of its small area is used. The boundaries are one vintage throughout.",
        "Small areas are lower layer super output areas (LSOAs) of 2021, with about 1,500 residents each. Older "
        "files use the areas of 2011; they are translated with the official lookup, and where an area was split, by "
        "the point. The map points themselves were replaced in July 2022: below the level of small areas nothing is "
        "compared across that date.",
        "Deprivation is the Index of Multiple Deprivation. For a ward it is the average of its small areas’ scores, "
        "weighted by residents. That two things go together across wards does not make one the cause of the other.",
    )


def _where_exactly() -> html.Section:
    return _section(
        "hotspots",
        "Hotspots",
        "The density spreads every incident over the chosen distance, most near its point and nothing at the end (a "
        "quartic kernel), and adds them up: incidents per km². Incidents just outside the boundary count near it. Per "
        "1,000 residents it is divided by the density of residents, spread over the land of their small areas and "
        "smoothed alike.",
        "The chance test asks of each cell whether it and its neighbours together hold more, or fewer, incidents than "
        "the same incidents shared out by chance would put there: Getis and Ord’s Gi*. It supposes large counts: "
        "a cell stands out only where the exact chance of so many incidents (Poisson) says so too. Of thousands "
        "of cells some would stand out by luck: the test is adjusted for all of them, so that at most about 5 % of "
        "those marked are luck. With incidents thrown at random 2 maps of 100 showed anything.",
        "Counts find the places where people are. Thrown at random by residents, incidents still make hotspots of "
        "counts in town centres and housing estates; the test of rates, over small areas, does not. The caption says "
        "which of the two is shown.",
        "“Held in 9 of 10” means: the test was made ten times more, leaving out a part of the months or moving the "
        "grid, and in nine of them at least half of the hotspot’s incidents lay in hot cells again.",
        "Concentration sorts places by their incidents, the busiest first, and asks how few hold half. Beside it "
        "stands what chance alone gives: as many incidents thrown at random over the same places, two hundred times. "
        "Incidents that are few must lie in few places whatever happens; the generalised Gini coefficient takes that "
        "out (Bernasco & Steenbeek 2017): 0 is spread evenly, 1 is all in one place.",
        "Whether hotspots hold is judged on months they have not seen: each month is foretold from the twelve before "
        "it alone. PAI is the share of incidents caught over the share of area searched, 1 being chance; PEI is what "
        "was caught over the most that any choice of that area could catch. Two plain baselines stand beside: the "
        "counts of the last twelve months, and the same month a year before. Cells foretold alike are taken in the "
        "order that suits the hotspots least. Intervals come from drawing the months again 2,000 times. A hotspot can "
        "be more than chance and hold, and plain counts can still say better where the next incident is.",
        "A drawn area counts the published points inside it. Nobody publishes residents below the small area: those of "
        "a drawn area or a hotspot are shared out by land, and its rate is called “about”.",
        "Over time the test is made for each quarter, eight or more in a row. New: hot in the latest quarter, and in "
        "none before the last four. Hot in three quarters of them or more: intensifying where Gi* rises, fading where "
        "it falls (Mann–Kendall), else persistent. Hot less often: intensifying where it rises and is hot now, fading "
        "where it falls and is not, else sporadic. Nothing below small areas is compared across July 2022, when the "
        "map points were replaced.",
        "Shades of areas are natural breaks (Fisher–Jenks: areas in one shade are as alike as can be) or quantiles "
        "(about as many areas in each); the limits stand in the legend. An outline says more than the shade: dashed "
        "where an area has clearly more incidents than the rest of the map would give it by its residents (or homes, "
        "or land, as the measure has it), dotted where clearly fewer. It is the exact test of two rates, widened for "
        "unrest between months and adjusted for all areas shown.",
    )


def _similar_areas() -> html.Section:
    return _section(
        "family",
        "Similar areas",
        "A family is the partnership with the areas most like it, by a published list or by the partnership’s own "
        "choice. Being similar is not mutual: it is this partnership’s family. An area whose force has not published "
        "all months of the period is left out, by name, and counted: “11 of 15 have the 12 months”.",
        "The family mean is the mean of the areas’ rates, ours among them, each area counting alike; the others "
        "together are all their incidents over all their residents, ours left out.",
        "The verdict of the first panel leads, and the others refer to it. It asks whether we would be an ordinary "
        "member of a family made of the others alone: the band holds 19 of 20 areas like them (a 95 % prediction "
        "interval from a random-effects model; Higgins, Thompson and Spiegelhalter 2009). Inside it is “about the "
        "same”. Outside it is “higher” or “lower” where that holds with all categories judged at once, “much” where it "
        "is far outside, and “perhaps” where it holds only for the category by itself: of 14 categories one is often "
        "outside by luck.",
        "A rank is only an order: somebody is always highest. Its range says where else chance could have put us. "
        "The check by size (a funnel; Spiegelhalter 2005) asks another question: whether an area is unusual for how "
        "many residents it has. Of 20 areas one lies past its dashed line by luck, and it does not allow for how few "
        "areas a family has; so we can be highest, high for our size, and still about the same as the family.",
        "Our change stands against that of the others together, as the ratio of the two; “rising against them” needs "
        "more than chance and our own swings, with all categories judged at once.",
    )


def _surveys() -> html.Section:
    return _section(
        "surveys",
        "What residents say",
        "Recorded incidents are what came to the notice of the police; surveys ask what residents feel. A result is "
        "the share of those asked who gave an answer. Where they were drawn as a sample, the 95 % interval shows how "
        "far another sample might have come out (Wilson’s interval, with the number asked divided by the design effect "
        "where the survey states one; or the interval the survey itself publishes).",
        "A change is the share of the latest wave minus that of the wave before, in percentage points, with "
        "Newcombe’s interval. A ward is set against the whole partnership of the same wave, allowing for its being a "
        "part of it. Verdicts of one screen are adjusted together, as everywhere.",
        "Where people chose themselves to answer (an online consultation, a paper form at an event), the result speaks "
        "for them alone: there is no interval, no verdict, and it is no evidence on Priorities.",
        "Shares of a police force’s area, a region or the country stand beside as context. They are never the "
        "partnership’s own result; only the force’s area, where nothing closer is loaded, is evidence on Priorities.",
        "With under 30 people asked nothing is shown. Where 1 to 4 people gave an answer, or did not, the result is "
        "hidden, and with it any other from which it could be worked out.",
        "On Priorities the criterion “Residents’ concern” is the share concerned in the latest wave, in proportion to "
        "the problem that concerns most. Shares of differently worded questions are not alike, so the set of questions "
        "that speaks of most categories comes first; a category that only another question speaks of is marked “asked "
        "otherwise”. A problem of some wards has no score from a survey of the whole partnership.",
    )


def _priorities() -> html.Section:
    return _section(
        "priorities",
        "How priorities are ranked",
        "Each problem gets a value from 0 (no reason for priority) to 1 (every reason) on each criterion. The drawings "
        "on the Priorities page show how the evidence becomes a value. The score is the sum of the values, each by its "
        "criterion’s weight. Ranks of people’s marks are never multiplied with each other.",
        "Weights are a matter of opinion, so the ranking is worked out for 10,000 mixes of weights, every mix being as "
        "likely as any other (or every mix that keeps the order of importance, where one was said), with the values "
        "drawn within their limits. “In the top three in 93 % of weightings” counts how often that came out (SMAA-2, "
        "Lahdelma and Salminen 2001).",
        "What nobody has scored is not 0. In the mixes it is drawn evenly from 0 to 1; in the score it stands half "
        "way, and the range of the score is shown. A criterion that nobody has scored for any problem does not count, "
        "and a problem without any score is not ranked.",
        "People may enter a value in place of the evidence, with a reason and a name or role. The evidence stays "
        "visible beside it.",
        "Harm is the weight of one incident in a published set (Cambridge Crime Harm Index: days of prison; ONS Crime "
        "Severity Score: points) or in one of the partnership’s own. A category is a mixture, so its weight is a range "
        "from its mildest to its gravest kind; a rank by harm that this range could change is hidden. Where offence "
        "codes are loaded, incidents weigh as their offence does. Anti-social behaviour has no published weight.",
        "A change is pulled towards none by as much as it could be chance. Concentration is measured against what "
        "chance alone would do with as many incidents, so that rare problems do not look concentrated for being rare.",
    )


def _cannot_tell() -> html.Section:
    return _section(
        "cannot",
        "What these figures cannot tell",
        _list(
            "How much crime there is that nobody reports. Surveys are better at that.",
            "How serious an incident was. The published categories are mixtures: “violence and sexual offences” runs "
            "from a threat to a murder.",
            "Who did it, who suffered, or at what hour.",
            "Why a figure moved. They can say where to look, not what to find.",
            "The exact spot. Points are shared by all incidents around them.",
        ),
    )


def _glossary() -> html.Section:
    parts = [part for word, meaning in WORDS for part in (html.Dt(word), html.Dd(meaning))]
    return _section("words", "Words", html.Dl(parts))


def _accessibility() -> html.Section:
    return _section(
        "accessibility",
        "Accessibility statement",
        "Present, the page for meetings, is drawn for 1920 by 1080 and magnified to the screen as a whole: finding "
        "80 px, figures 96 px, text 32 px, notes and charts at least 26 px, text contrast at least 7 to 1 (level AAA). "
        "On an image 2 metres wide capitals of the finding are then 55 mm high, of the text 22 mm, of notes and axes "
        "18 mm; from 8 metres normal sight (6/6) reads letters of 12 mm.",
        "This dashboard is meant to meet the Web Content Accessibility Guidelines 2.2 at level AA. Every page is "
        "checked automatically, in light and in dark colours, with axe-core, and every control is reached by "
        "keyboard in a test. It has not yet been audited by people who use assistive technology every day.",
        _list(
            "Every chart has its finding in a sentence and, behind “Table”, the same figures as a real table; "
            "nothing is found only in a hover.",
            "Colour never stands alone: verdicts have a shape and a word, missing data a hatch and words.",
            "With the keyboard: Tab moves from control to control, Enter or Space opens a filter, the arrow keys "
            "move in its list, Escape closes it unchanged. The first Tab offers to skip to the findings.",
            "Text can be enlarged to 200 %, pages work at 320 pixels wide, and nothing moves where less motion is "
            "asked for.",
        ),
        html.H3("What does not work fully"),
        _list(
            "Points in a chart and areas on a map cannot be reached one by one with the keyboard. The table holds "
            "the same figures, and the list of wards beside the small areas makes the same choice as a click on the "
            "map.",
            "A picture of a panel saved as PNG has no text alternative; its finding is written in it, and the CSV "
            "holds its figures.",
        ),
        "If something keeps you from using the dashboard, tell the partnership’s analyst who gave you its address: "
        "every figure can be had as a table, a CSV or on paper. If the answer does not satisfy you, the Equality "
        "Advisory and Support Service advises on the Public Sector Bodies (Websites and Mobile Applications) "
        "Accessibility Regulations 2018.",
    )


def _licences() -> html.Section:
    return _section(
        "licences",
        "Licences and privacy",
        "Police data, boundaries, lookups, population and deprivation are published under the Open Government "
        "Licence v3.0; boundaries contain OS data © Crown copyright and database right. The typeface is Source Sans "
        "3 (SIL Open Font Licence). The dashboard’s own code is under the MIT licence.",
        "The dashboard asks nothing of any other server (but for a background map, where the configuration names one). "
        "It keeps two things in this browser: whether its colours are light or dark, and the agenda of a presentation. "
        "Where it asks for a passphrase, a cookie holds that it was given; on a phone that joins a workshop, another "
        "holds a number drawn by lot and the agency chosen. Neither says who anybody is, and no script can read them.",
    )
