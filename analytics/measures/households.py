"""Incidents per 1,000 households."""

from analytics.measures._model import Measure

MEASURE = Measure(
    key="households",
    title="Per 1,000 households",
    unit="per 1,000 households",
    definition="Incidents in the period for every 1,000 households: the usual denominator for domestic burglary.",
    numerator="incidents",
    denominator="households",
    per=1000,
    order=3,
    caveats=("The published burglary category also holds burglary of business premises.",),
)
