"""How much of it there is."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.criteria._model import Criterion, Facts, Scale, Score, straight
from analytics.words import integer


def _scale(facts: Sequence[Facts], _harm: tuple[float, float]) -> Scale:
    known = [one.incidents for one in facts if one.incidents > 0]
    most = max(known, default=1.0)
    return straight(0.0, most, "none", f"{integer(most)}, the most of any problem here")


def _scores(facts: Sequence[Facts], scale: Scale) -> list[Score]:
    return [
        scale.score(integer(one.incidents), one.incidents, one.incidents_lower, one.incidents_upper)
        if one.incidents >= 0
        else Score(one.note("volume"))
        for one in facts
    ]


CRITERION = Criterion(
    key="volume",
    name="Volume",
    short="Volume",
    question="How much of it is recorded?",
    explanation="Recorded incidents in the period, in proportion to the largest problem ranked here. Limits: chance, "
    "widened where months swing by more. What is not recorded is not in it.",
    order=1,
    unit="incidents",
    page="/",
    panel="category_totals",
    scale=_scale,
    scores=_scores,
)
