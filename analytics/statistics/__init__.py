"""Statistics: arrays in, arrays out. Nothing here queries, draws or knows about pages.

One module per question:

- rates: how many per resident, and how sure (Byar, exact Poisson, Wilson, Newcombe); dispersion of months
- change: did it rise or fall; against the family
- adjustment: many judgements on one screen (Benjamini–Hochberg)
- families: level, band and rank among similar areas; funnel limits
- control_chart: which months are not ordinary
- trend, mann_kendall: change per year, season, rolling 12 months
- concentration, density, hotspots: where, how crowded, more than chance, does it hold
- harm, priorities: weighted counts; how far a ranking hangs on its weights
- disclosure: which small numbers to hide
- association, classes: two figures of the same areas; classes for a map

Words used the same way everywhere:

- counts: incidents. None, NA, NaN and masked entries mean "no data", never zero; they come back as NaN.
- denominator: what a rate is per (residents, households, km²); exposure: what a count grows with in time (days).
- baseline: the earlier of two periods. members: the areas of a family, `own` the index of ourselves.
- lower_cl, upper_cl: limits of the interval at `confidence` (0.95 unless said). method: how, in a reader's words.
- dispersion φ: how many times as much counts vary as chance alone makes them. Over 1 it widens an interval by √φ, on
  the square-root scale for a count, the log scale for a ratio, the coefficient for a trend; under 1 it narrows nothing.
- p_value: two-sided, of this series alone; p_adjusted: over all series judged in the same call.
- verdict, band, cluster: the words a reader may be told. They follow the interval and the adjusted p-value.
- seed: every routine that draws takes one, and gives the same figures for the same seed.

Series lie along the last axis; what comes before it (categories, wards) is worked out at once. Every function has a
slow second implementation in tests/alternatives.
"""
