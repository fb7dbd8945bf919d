"""How much it concerns residents: by the latest survey that asks of it; else entered by people."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analytics.criteria._model import Criterion, Facts, Scale, Score, straight
from analytics.words import percent


def _scale(facts: Sequence[Facts], _harm: tuple[float, float]) -> Scale:
    known = [one.concern[1] for one in facts if one.concern[1] > 0]
    most = max(known, default=100.0)
    return straight(0.0, most, "nobody", f"{percent(most)}, the most for any problem here")


def _scores(facts: Sequence[Facts], scale: Scale) -> list[Score]:
    return [
        Score(one.note("concern"))
        if math.isnan(one.concern[1])
        else scale.score(one.concern_words, one.concern[1], one.concern[0], one.concern[2])
        for one in facts
    ]


CRITERION = Criterion(
    key="concern",
    name="Residents’ concern",
    short="Residents’ concern",
    question="How much does it concern residents?",
    explanation="The share of those a survey asked who are concerned, in proportion to the problem that concerns most: "
    "latest wave, one set of questions where it can be; limits: the sample’s. Without a survey people enter it, from 0 "
    "(hardly mentioned) to 5 (their first concern), with its source as the reason.",
    order=6,
    unit="residents concerned, in 100 asked",
    page="/priorities",
    panel="public_perceptions",
    scale=_scale,
    scores=_scores,
)
