"""Robustness a second time: one set of weights after the other, and weights tried in small steps."""

import math
import random

import numpy as np
import pytest

from analytics.statistics.priorities import centroid_weights, pulled_towards_none, rank_robustness, tipping_weights


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


def test_unscored_and_uncertain_cells_drawn_one_by_one():
    rng = random.Random(3)
    scores = [[0.7, None, 0.2], [0.4, 0.6, 0.5], [None, 0.3, 0.9]]
    spread = 0.15
    seen, draws = np.zeros((3, 3)), 20_000
    for _ in range(draws):
        drawn = [
            [rng.random() if v is None else min(1, max(0, rng.gauss(v, spread / 1.959964))) for v in row]
            for row in scores
        ]
        for option, rank in enumerate(ranks_of(drawn, random_weights(rng, 3))):
            seen[option, rank] += 1

    values = np.array(scores, dtype=float)
    lower, upper = np.clip(values - spread, None, None), values + spread
    fast = rank_robustness(values, lower=lower, upper=upper, draws=100_000)

    assert fast.rank_acceptability == pytest.approx(seen / draws, abs=0.015)


def test_centroid_weights_are_the_mean_of_the_weights_that_keep_the_order():
    rng = random.Random(4)
    kept = []
    while len(kept) < 5_000:
        w = random_weights(rng, 4)
        if min(w[1], w[2]) >= max(w[0], w[3]):
            kept.append(w)

    assert centroid_weights([2, 1, 1, 2]) == pytest.approx(np.mean(kept, axis=0), abs=0.01)


def test_pulled_towards_none_step_by_step():
    rng = random.Random(5)
    for _ in range(20):
        y = [rng.gauss(0, 0.3) for _ in range(8)]
        se = [rng.uniform(0.02, 0.6) for _ in range(8)]
        q = sum((a / s) ** 2 for a, s in zip(y, se, strict=True))
        tau2 = max(0, (q - len(y)) / sum(1 / s**2 for s in se))
        shrunk = pulled_towards_none(y, se)
        for i, (a, s) in enumerate(zip(y, se, strict=True)):
            kept = tau2 / (tau2 + s * s)
            assert shrunk.value[i] == pytest.approx(kept * a)
            assert shrunk.upper_cl[i] - shrunk.value[i] == pytest.approx(1.959964 * math.sqrt(kept) * s, rel=1e-5)
