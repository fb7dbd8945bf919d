"""Spread of answers: published quartiles, and a slow second way on random answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.statistics.spread import answer_spread


def slow_quantile(values: list[float], share: float) -> float:
    """Definition 7 of Hyndman and Fan, written out."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def test_quartiles_of_the_first_ten_numbers_are_those_of_r() -> None:
    """R: quantile(1:10) gives 3.25, 5.50, 7.75."""
    found = answer_spread(range(1, 11), low=0, high=10)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (3.25, 5.5, 7.75)
    assert (found.n, found.lowest, found.highest) == (10, 1, 10)


def test_random_answers_agree_with_the_slow_way() -> None:
    random = np.random.default_rng(5)
    for _ in range(200):
        values = random.integers(0, 6, random.integers(1, 30)).astype(float).tolist()
        found = answer_spread(values, low=0, high=5)
        slow = [slow_quantile(values, share) for share in (0.25, 0.5, 0.75)]
        assert [found.lower_quartile, found.median, found.upper_quartile] == pytest.approx(slow)


@pytest.mark.parametrize(
    ("values", "word"),
    [([3, 3, 3], "close"), ([2, 3, 3, 4], "close"), ([0, 5, 0, 5], "apart"), ([1, 2, 3, 4], "mixed"), ([4], "")],
)
def test_agreement_is_what_the_middle_half_spans(values: list[float], word: str) -> None:
    assert answer_spread(values, low=0, high=5).agreement == word


def test_agreement_can_be_held_against_less_than_the_scale() -> None:
    shares = [0.04, 0.05, 0.13, 0.14]
    assert answer_spread(shares, low=0, high=1).agreement == "close"
    assert answer_spread(shares, low=0, high=1, span=2 / 10).agreement == "apart"


def test_no_answers_are_no_number() -> None:
    found = answer_spread([], low=0, high=5)
    assert found.n == 0
    assert math.isnan(found.median)
    assert found.agreement == ""


@pytest.mark.parametrize("values", [[6], [-1], [float("nan")], [[1, 2]]])
def test_what_lies_off_the_scale_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="between low and high"):
        answer_spread(values, low=0, high=5)
