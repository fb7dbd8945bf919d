"""Harm a second time: by trying the extreme weights, and by drawing counts."""

import itertools

import numpy as np
import pytest

from analytics.statistics.harm import harm_ranks, harm_score


def test_best_and_worst_rank_over_every_mix_of_low_and_high():
    rng = np.random.default_rng(44)
    for _ in range(20):
        counts = rng.integers(1, 200, 5)
        low, central, high = np.sort(rng.uniform(1, 20, (3, 5)), axis=0)
        fast = harm_ranks(counts, low, central, high)

        ranks = []
        for choice in itertools.product(range(3), repeat=5):
            weights = [(low, central, high)[pick][i] for i, pick in enumerate(choice)]
            harm = [count * weight for count, weight in zip(counts, weights, strict=True)]
            ranks.append([1 + sum(other > own for other in harm) for own in harm])
        assert fast.best.tolist() == np.min(ranks, axis=0).tolist()
        assert fast.worst.tolist() == np.max(ranks, axis=0).tolist()


def test_variance_is_that_of_redrawn_counts():
    counts, weights = np.array([300, 40, 12]), np.array([1, 15, 80])
    redrawn = np.random.default_rng(45).poisson(counts, (200_000, 3)) @ weights

    assert harm_score(counts, weights).variance == pytest.approx(redrawn.var(), rel=0.02)
