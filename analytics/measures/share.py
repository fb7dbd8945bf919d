"""Share of the partnership's incidents."""

from analytics.measures._model import Measure

MEASURE = Measure(
    key="share",
    title="Share of incidents",
    unit="% of incidents",
    definition="Incidents as a percentage of all incidents in the selection.",
    numerator="incidents",
    denominator="total",
    per=100,
    order=5,
)
