"""Robustness a second time: one set of weights after the other, and weights tried in small steps."""

import random

import numpy as np
import pytest

from analytics.statistics.priorities import rank_robustness, tipping_weights


def random_weights(rng, n):
    """Uniform on the simplex: the gaps between sorted cuts of a stick."""
    cuts = sorted(rng.random() for _ in range(n - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 1], strict=True)]


def ranks_of(scores, weights):
    totals = [sum(w * v for w, v in zip(weights, row, strict=True)) for row in scores]
    return [sum(other > own for other in totals) for own in totals]


def test_rank_robustness():
    scores = np.random.default_rng(53).random((6, 4)).round(2).tolist()
    rng = random.Random(1)
    draws = 20_000
    seen = np.zeros((6, 6))
    central, firsts = np.zeros((6, 4)), np.zeros(6)
    for _ in range(draws):
        weights = random_weights(rng, 4)
        for option, rank in enumerate(ranks_of(scores, weights)):
            seen[option, rank] += 1
            if rank == 0:
                central[option] += weights
                firsts[option] += 1

    fast = rank_robustness(scores, draws=100_000)

    assert fast.rank_acceptability == pytest.approx(seen / draws, abs=0.015)
    for option in np.flatnonzero(firsts > 500):
        assert fast.central_weights[option] == pytest.approx(central[option] / firsts[option], abs=0.02)


def test_rank_robustness_with_an_order_keeps_only_weights_that_agree():
    scores = np.random.default_rng(54).random((5, 3)).round(2).tolist()
    order = [2, 1, 2]
    rng = random.Random(2)
    seen, kept = np.zeros((5, 5)), 0
    while kept < 10_000:
        weights = random_weights(rng, 3)
        if weights[1] >= max(weights[0], weights[2]):
            kept += 1
            for option, rank in enumerate(ranks_of(scores, weights)):
                seen[option, rank] += 1

    fast = rank_robustness(scores, order=order, draws=60_000)

    assert fast.rank_acceptability == pytest.approx(seen / kept, abs=0.02)


def test_tipping_weights_in_small_steps():
    rng = np.random.default_rng(55)
    for _ in range(8):
        scores, weights, top = rng.random((6, 3)), rng.dirichlet(np.ones(3)), int(rng.integers(1, 5))
        fast = tipping_weights(scores, weights, top=top)
        now = [rank < top for rank in ranks_of(scores, weights)]
        steps = np.linspace(0, 1, 2001)
        for criterion in range(3):
            members = []
            for step in steps:
                trial = weights * (1 - step) / (1 - weights[criterion])
                trial[criterion] = step
                members.append([rank < top for rank in ranks_of(scores, trial)])
            for option in range(6):
                changed = [step for step, member in zip(steps, members, strict=True) if member[option] != now[option]]
                if changed:
                    nearest = min(changed, key=lambda step: abs(step - weights[criterion]))
                    assert fast[option, criterion] == pytest.approx(nearest, abs=0.001)
