"""Count of incidents."""

from analytics.measures._model import Measure

MEASURE = Measure(
    key="count",
    title="Count",
    unit="incidents",
    definition="Recorded incidents of crime and anti-social behaviour in the period.",
    numerator="incidents",
    denominator=None,
    per=1,
    order=1,
    caveats=("A count favours large places: use a rate to compare places of different size.",),
)
