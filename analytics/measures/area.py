"""Incidents per square kilometre."""

from analytics.measures._model import Measure

MEASURE = Measure(
    key="km2",
    title="Per km²",
    unit="per km²",
    definition="Incidents in the period for every square kilometre of land in the boundary file.",
    numerator="incidents",
    denominator="area_km2",
    per=1,
    order=4,
)
