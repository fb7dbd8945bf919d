"""The words the dashboard and its documents use, and what they mean."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: tuple[tuple[str, str], ...] = (
    ("Adjusted p", "How often chance alone would show as much, raised because many are judged at once. Up to 0.05 "
                   "is called beyond chance."),
    ("Agenda", "The screens of a presentation, in their order."),
    ("Anti-social behaviour (ASB)", "Incidents reported to the police that are nuisance, not notifiable crime. "
                                    "Councils and housing associations hold others, which are not in these files."),
    ("Beyond chance", "More than the play of chance and ordinary swings would leave in 19 of 20 cases, with all "
                      "that stands on the screen judged at once."),
    ("Break", "A dated, named cause after which figures are not alike: new recording, new codes, the pandemic."),
    ("Category", "One of the 14 published kinds of crime and anti-social behaviour."),
    ("Comparison", "The period a change is measured against; the same months a year before, unless another is "
                   "chosen."),
    ("Coverage", "Which months of which police force are loaded."),
    ("Deprivation", "The Index of Multiple Deprivation; 1 of 10 is the most deprived tenth of small areas in "
                    "England."),
    ("Design effect", "How many times as unsure a survey is as a simple random sample of as many people."),
    ("Dispersion (φ)", "How many times as much the months vary as chance alone would make them. 1 is chance."),
    ("Evidence key", "E1, E2 …: the number under which a figure of the assessment is found again in its appendix."),
    ("Family", "The partnership and the areas most like it."),
    ("Family mean", "The mean of the rates of all areas of the family, ours among them, each counting alike."),
    ("Finding", "The sentence over a figure, written from its numbers."),
    ("Funnel", "Rates by the number of residents, with the limits within which areas of that size ordinarily lie."),
    ("Generalised Gini", "How far incidents crowd into few places, beyond what their number alone explains: 0 "
                         "spread evenly, 1 all in one place."),
    ("Gi*", "Getis and Ord’s statistic: how far a cell and its neighbours together lie above or below the average."),
    ("Harm", "The published or own weight of an incident: what one of its kind does, not how many there are."),
    ("Hidden (c)", "A small number that could point at a person; shown as c, and never as zero."),
    ("Hollow", "The latest month: later files may still complete it."),
    ("Interval (95 %)", "The range within which chance would leave the figure in 19 of 20 cases."),
    ("Location quotient", "A category’s share in a ward divided by its share in the whole partnership: 2 means "
                          "twice as prominent there as elsewhere."),
    ("LSOA", "Lower layer super output area: a small area of about 1,500 residents, for statistics."),
    ("MASE", "The error of a projection over that of repeating the year before: under 1 is better."),
    ("Middle half", "The areas between the lowest and the highest quarter."),
    ("Ordinary for the family", "Within the range in which 19 of 20 areas like the others would lie."),
    ("Ordinary range", "The band within which a month says nothing by itself."),
    ("PAI, PEI", "How well a choice of places made beforehand catches what comes after: share of incidents over "
                 "share of area (1 is chance), and the part of the most that area could catch (1 is perfect)."),
    ("Perhaps higher, perhaps lower", "Outside what is ordinary for the family if looked at alone, but not with all "
                                      "categories judged at once."),
    ("Prediction interval (95 %)", "The range in which 19 of 20 further cases of the same kind would lie."),
    ("Quarantine", "Rows that could not be used, kept with file, line and reason."),
    ("Rank acceptability", "The share of weightings in which a problem takes a rank."),
    ("Rank, with range", "The place in order of the rates, 1 the lowest, and the places chance could have given as "
                         "well."),
    ("Season taken out", "Each month divided by what that month of the year usually adds or takes."),
    ("Sen’s slope", "The middle one of all slopes between two months: a trend that single months cannot bend."),
    ("Shopping or station centre (◆)", "A ward where most people are visitors, so a rate for its residents says "
                                       "more about how few live there than about risk."),
    ("Singled out", "A month outside its limits, or part of a run that ordinary variation seldom makes."),
    ("Snap point", "The map point to which the police move an incident before publishing it."),
    ("Snapshot", "The data as built at one time. Every figure and download names its snapshot."),
    ("Source fingerprint", "The SHA-256 of a file: two files with the same fingerprint are the same file."),
    ("Unscored", "No value was given, by evidence or by people. It is not 0."),
    ("Value function", "How the evidence on a criterion becomes a value from 0 to 1."),
    ("Wave", "One round of a survey that is repeated."),
    ("Weighting", "One way of dividing all the weight among the criteria."),
)  # fmt: skip
