"""Whether it is growing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analytics.criteria._model import Criterion, Facts, Scale, Score, logarithmic
from analytics.statistics.priorities import pulled_towards_none
from analytics.words import change


def _scale(_facts: Sequence[Facts], _harm: tuple[float, float]) -> Scale:
    return logarithmic(2 / 3, 3 / 2, "a third fewer", "half as many again")


def _scores(facts: Sequence[Facts], scale: Scale) -> list[Score]:
    shrunk = pulled_towards_none([one.change for one in facts], [one.change_se for one in facts])
    made = []
    for one, middle, low, high in zip(facts, shrunk.value, shrunk.lower_cl, shrunk.upper_cl, strict=True):
        if math.isnan(middle):
            made.append(Score(one.note("change")))
            continue
        words = change(100 * (math.exp(one.change) - 1))
        made.append(scale.score(words, math.exp(middle), math.exp(low), math.exp(high)))
    return made


CRITERION = Criterion(
    key="change",
    name="Change",
    short="Change",
    question="Is it growing?",
    explanation="Change over the compared months, pulled towards none by as much as it could be chance: a rise on few "
    "incidents counts for little. Under 20 in both periods it is unscored.",
    order=3,
    unit="incidents now for each one before",
    page="/",
    panel="category_totals",
    scale=_scale,
    scores=_scores,
)
