"""Whether it sits in few places, so that it can be targeted."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analytics.criteria._model import Criterion, Facts, Scale, Score, logarithmic
from analytics.words import THIN, integer


def _scale(_facts: Sequence[Facts], _harm: tuple[float, float]) -> Scale:
    return logarithmic(1.0, 0.02, "spread as chance would", "in a fiftieth of the places")


def _scores(facts: Sequence[Facts], scale: Scale) -> list[Score]:
    made = []
    for one in facts:
        if math.isnan(one.concentration):
            made.append(Score(one.note("concentration")))
            continue
        half = 1.959964 * one.concentration_se
        limits = [math.exp(one.concentration + side * half) for side in (-1, 1)]
        made.append(scale.score(share_words(one.places, one.squares), math.exp(one.concentration), *limits))
    return made


def share_words(places: float, squares: float) -> str:
    """ "half in 2.1 %"."""
    share = 100 * places / squares
    return f"half in {share:.1f}{THIN}%" if share < 10 else f"half in {integer(share)}{THIN}%"


CRITERION = Criterion(
    key="concentration",
    name="Concentration in places",
    short="Concentration",
    question="Does it sit in few places, so that it can be targeted?",
    explanation="The fewest 250 m squares that hold half of it, over those that as many incidents would need by chance "
    "alone: rare incidents do not look concentrated because they are rare. Limits: leaving out each month in turn.",
    order=5,
    unit="places that hold half, over chance",
    page="/priorities",
    panel="priority_places",
    scale=_scale,
    scores=_scores,
)
