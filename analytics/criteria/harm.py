"""How grave one incident of it is."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.criteria._model import Criterion, Facts, Scale, Score, logarithmic
from analytics.words import rate


def _scale(_facts: Sequence[Facts], harm: tuple[float, float]) -> Scale:
    low, high = harm if harm[1] > harm[0] else (harm[0], harm[0] * 2)
    return logarithmic(low, high, f"{short(low)}, the mildest category", f"{short(high)}, the gravest category")


def short(weight: float) -> str:
    """A weight in few figures: 194, 5, 0.5."""
    return f"{weight:,.0f}" if weight >= 10 else rate(weight).removesuffix(".0")


def _words(one: Facts) -> str:
    """ "194 days", "1 day"."""
    number = short(one.harm[1])
    unit = one.harm_unit.removesuffix("s") if number == "1" else one.harm_unit
    return f"{number} {unit}".strip()


def _scores(facts: Sequence[Facts], scale: Scale) -> list[Score]:
    return [
        scale.score(_words(one), one.harm[1], one.harm[0], one.harm[2]) if one.harm[1] >= 0 else Score(one.note("harm"))
        for one in facts
    ]


CRITERION = Criterion(
    key="harm",
    name="Harm of one incident",
    short="Harm",
    question="How grave is one incident of it?",
    explanation="The chosen weight set's harm of one incident; ten times the harm is one step, wherever it starts. "
    "Not the total harm: that would count the volume twice. Limits: the category's mildest and gravest kind.",
    order=2,
    unit="harm of one incident",
    page="/priorities",
    panel="harm_ranks",
    scale=_scale,
    scores=_scores,
)
