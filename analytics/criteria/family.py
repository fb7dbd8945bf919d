"""Whether there is more of it than in areas like ours."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.criteria._model import Criterion, Facts, Scale, Score, logarithmic
from analytics.words import rate


def _scale(_facts: Sequence[Facts], _harm: tuple[float, float]) -> Scale:
    return logarithmic(0.5, 2.0, "half the family’s mean", "twice the family’s mean")


def _scores(facts: Sequence[Facts], scale: Scale) -> list[Score]:
    return [
        scale.score(f"{rate(one.rate)} v {rate(one.family_mean)}", *_middle_first(one.family))
        if one.family[1] >= 0
        else Score(one.note("family"))
        for one in facts
    ]


def _middle_first(limits: tuple[float, float, float]) -> tuple[float, float, float]:
    low, middle, high = limits
    return middle, low, high


CRITERION = Criterion(
    key="family",
    name="Against the family",
    short="Against family",
    question="Is there more of it than in areas like ours?",
    explanation="Our rate per 1,000 residents over the family’s mean; as high as the mean is half way. A low rate can "
    "mean under-reporting. Only what covers the whole partnership can be compared.",
    order=4,
    unit="our rate over the family’s mean",
    page="/comparators",
    panel="family_position",
    scale=_scale,
    scores=_scores,
)
