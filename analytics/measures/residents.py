"""Incidents per 1,000 residents."""

from analytics.measures._model import Measure

MEASURE = Measure(
    key="rate",
    title="Per 1,000 residents",
    unit="per 1,000 residents",
    definition="Incidents in the period for every 1,000 usual residents.",
    numerator="incidents",
    denominator="population",
    per=1000,
    order=2,
    caveats=("Where most people present are visitors, the rate for residents overstates the risk.",),
)
