"""What a criterion is: a question, a value function from the evidence to 0–1, and where its evidence comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["UNSCORED", "Criterion", "Facts", "Scale", "Score", "logarithmic", "straight"]

_NONE = float("nan")


@dataclass(frozen=True)
class Facts:
    """The evidence on one problem; NaN where there is none, and the note says why.

    incidents with 95 % limits, widened where months swing by more than chance. change: log of the ratio of the counts
    over compared months, with its standard error. harm: of one incident, low, central, high. family: our rate over the
    family's mean, with limits. places: the fewest map squares that hold half of the incidents, of `squares`; chance:
    what chance alone would need; concentration: log of places over chance, with its standard error. concern: how many
    residents in 100 are concerned about it, with limits, in words too.
    """

    key: str
    name: str
    incidents: float = _NONE
    incidents_lower: float = _NONE
    incidents_upper: float = _NONE
    previous: float = _NONE
    compared: float = _NONE
    change: float = _NONE
    change_se: float = _NONE
    harm: tuple[float, float, float] = (_NONE, _NONE, _NONE)
    harm_unit: str = ""
    rate: float = _NONE
    family_mean: float = _NONE
    family: tuple[float, float, float] = (_NONE, _NONE, _NONE)
    places: float = _NONE
    squares: float = _NONE
    chance: float = _NONE
    concentration: float = _NONE
    concentration_se: float = _NONE
    concern: tuple[float, float, float] = (_NONE, _NONE, _NONE)
    concern_words: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    """(criterion, why there is no evidence on it)."""

    def note(self, criterion: str) -> str:
        return dict(self.notes).get(criterion, "no data")


@dataclass(frozen=True)
class Score:
    """A problem on a criterion: its evidence as a figure and in words, and its value from 0 to 1 with 95 % limits.

    NaN: unscored, `words` says why.
    """

    words: str
    value: float = _NONE
    lower: float = _NONE
    upper: float = _NONE
    evidence: float = _NONE
    evidence_lower: float = _NONE
    evidence_upper: float = _NONE

    @property
    def known(self) -> bool:
        return not math.isnan(self.value)


UNSCORED = Score("unscored")


@dataclass(frozen=True)
class Scale:
    """Where a value function starts and ends, in the evidence's own unit; log: equal ratios make equal steps."""

    low: float
    high: float
    log: bool = False
    low_words: str = ""
    high_words: str = ""

    def value(self, evidence: float) -> float:
        """0 at `low`, 1 at `high`, kept between them; NaN stays NaN.

        >>> Scale(0.5, 2, log=True).value(1), Scale(0, 10).value(25)
        (0.5, 1.0)
        """
        if math.isnan(evidence):
            return evidence
        if self.log:
            if evidence <= 0:
                return 0.0 if self.high > self.low else 1.0
            share = math.log(evidence / self.low) / math.log(self.high / self.low)
        else:
            share = (evidence - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))

    def score(self, words: str, evidence: float, lower: float, upper: float) -> Score:
        """The evidence with its limits as a score; limits that are not known are the evidence itself."""
        limits = [evidence if math.isnan(limit) else limit for limit in (lower, upper)]
        ends = sorted(self.value(limit) for limit in limits)
        value = self.value(evidence)
        return Score(words, value, min(ends[0], value), max(ends[1], value), evidence, *limits)


def straight(low: float, high: float, low_words: str, high_words: str) -> Scale:
    """A value function along a straight line."""
    return Scale(low, high, False, low_words, high_words)


def logarithmic(low: float, high: float, low_words: str, high_words: str) -> Scale:
    """A value function in which equal ratios make equal steps. `low` may be the larger: then less is worse."""
    return Scale(low, high, True, low_words, high_words)


Scored = Callable[[Sequence[Facts], Scale], list[Score]]


@dataclass(frozen=True)
class Criterion:
    """A criterion. `scale` and `scores` None: only people can score it, from 0 to `people_scale`.

    question: what it asks of a problem. explanation: how the evidence becomes a value, in a few sentences. unit: of the
    evidence, on the axis of its value function. page, panel: where its evidence stands; "" where nowhere.
    """

    key: str
    name: str
    short: str
    question: str
    explanation: str
    order: int
    unit: str = ""
    page: str = ""
    panel: str = ""
    scale: Callable[[Sequence[Facts], tuple[float, float]], Scale] | None = None
    scores: Scored | None = None
    people_scale: int = 5

    @property
    def entered(self) -> bool:
        return self.scores is None
