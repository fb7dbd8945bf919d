"""The words the dashboard and its documents use, and what they mean."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: tuple[tuple[str, str], ...] = (
    ("Category", "One of the 14 published kinds of crime and anti-social behaviour."),
    ("Anti-social behaviour (ASB)", "Incidents reported to the police that are nuisance, not notifiable crime. "
                                    "Councils and housing associations hold others, which are not in these files."),
    ("Comparison", "The period a change is measured against; the same months a year before, unless another is chosen."),
    ("Coverage", "Which months of which police force are loaded."),
    ("Design effect", "How many times as unsure a survey is as a simple random sample of as many people."),
    ("Dispersion (φ)", "How many times as much the months vary as chance alone would make them. 1 is chance."),
    ("Family", "The partnership and the areas most like it."),
    ("Finding", "The sentence over a figure, written from its numbers."),
    ("Generalised Gini", "How far incidents crowd into few places, beyond what their number alone explains: 0 spread "
                         "evenly, 1 all in one place."),
    ("Gi*", "Getis and Ord’s statistic: how far a cell and its neighbours together lie above or below the average."),
    ("Interval (95 %)", "The range within which chance would leave the figure in 19 of 20 cases."),
    ("Location quotient", "A category’s share in a ward divided by its share in the whole partnership: 2 means twice "
                          "as prominent there as elsewhere."),
    ("LSOA", "Lower layer super output area: a small area of about 1,500 residents, for statistics."),
    ("Ordinary range", "The band within which a month says nothing by itself."),
    ("PAI, PEI", "How well a choice of places made beforehand catches what comes after: share of incidents over "
                 "share of area (1 is chance), and the part of the most that area could catch (1 is perfect)."),
    ("Quarantine", "Rows that could not be used, kept with file, line and reason."),
    ("Rank acceptability", "The share of weightings in which a problem takes a rank."),
    ("Snap point", "The map point to which the police move an incident before publishing it."),
    ("Snapshot", "The data as built at one time. Every figure and download names its snapshot."),
    ("Source fingerprint", "The SHA-256 of a file: two files with the same fingerprint are the same file."),
    ("Unscored", "No value was given, by evidence or by people. It is not 0."),
    ("Value function", "How the evidence on a criterion becomes a value from 0 to 1."),
    ("Wave", "One round of a survey that is repeated."),
    ("Weighting", "One way of dividing all the weight among the criteria."),
)  # fmt: skip
