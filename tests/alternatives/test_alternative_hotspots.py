"""Hotspots a second time: the formula cell by cell, esda, and every choice of cells."""

import itertools
import math
import warnings

import numpy as np
import pytest

from analytics.statistics.hotspots import distance_band, gi_star, hits_within, predictive_accuracy


def slow_gi_star(values, x, y, band):
    n = len(values)
    mean = sum(values) / n
    deviation = math.sqrt(sum(v * v for v in values) / n - mean**2)
    z = []
    for i in range(n):
        near = [j for j in range(n) if math.hypot(x[i] - x[j], y[i] - y[j]) <= band]
        w = s1 = len(near)
        top = sum(values[j] for j in near) - mean * w
        z.append(top / (deviation * math.sqrt((n * s1 - w**2) / (n - 1))))
    return z


def test_gi_star():
    rng = np.random.default_rng(40)
    for _ in range(10):
        x, y = rng.uniform(0, 100, (2, 40))
        values = rng.gamma(2, 3, 40)
        fast = gi_star(values, distance_band(x, y, 25))
        assert fast.z == pytest.approx(slow_gi_star(values.tolist(), x, y, 25), abs=1e-9)


def test_gi_star_against_esda():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        libpysal = pytest.importorskip("libpysal")
        rng = np.random.default_rng(41)
        places = rng.uniform(0, 5000, (300, 2))
        values = rng.poisson(6, 300).astype(float)
        band = libpysal.weights.DistanceBand(places, threshold=600, binary=True, silence_warnings=True)
        theirs = esda.G_Local(values, band, transform="B", star=True, permutations=0)

    ours = gi_star(values, distance_band(*places.T, 600))

    assert np.abs(ours.z - theirs.Zs).max() < 1e-9
    assert ours.p_value / 2 == pytest.approx(theirs.p_norm, abs=1e-9)


def test_poisson_side_of_gi_star_by_adding_up_terms():
    rng = np.random.default_rng(45)
    x, y = rng.uniform(0, 100, (2, 40))
    counts, land = rng.poisson(1.5, 40), rng.uniform(0.2, 1, 40)
    weights = distance_band(x, y, 25)
    bare, found = gi_star(counts, weights), gi_star(counts, weights, exposure=land)

    for i in range(40):
        near = [j for j in range(40) if math.hypot(x[i] - x[j], y[i] - y[j]) <= 25]
        came, expected = int(sum(counts[near])), counts.sum() * sum(land[near]) / land.sum()
        terms = [math.exp(-expected) * expected**k / math.factorial(k) for k in range(60)]
        tail = sum(terms[came:]) if bare.z[i] > 0 else sum(terms[: came + 1])
        assert found.p_value[i] == pytest.approx(max(bare.p_value[i], min(2 * tail, 1)), abs=1e-9)


def test_accuracy_by_trying_every_choice_of_equal_cells():
    rng = np.random.default_rng(42)
    for _ in range(20):
        predicted, came = rng.integers(0, 4, 7), rng.integers(0, 6, 7)
        if came.sum() == 0:
            continue
        found = predictive_accuracy(predicted, came)
        for taken in range(1, 8):
            best = max(sum(came[list(chosen)]) for chosen in itertools.combinations(range(7), taken))
            ours = min(
                sum(came[list(chosen)])
                for chosen in itertools.combinations(range(7), taken)
                if min(predicted[list(chosen)]) >= max(np.delete(predicted, list(chosen)), default=-1)
            )
            assert found.pai[taken - 1] == pytest.approx((ours / came.sum()) / (taken / 7))
            assert found.pei[taken - 1] == pytest.approx(ours / best if best else 1)


def slow_hits(predicted, came, areas, share, against):
    """Cell by cell; a tie against us is walked from the emptiest, an even one is split over all cells alike."""
    left, hits = share * sum(areas), 0.0
    for score in sorted(set(predicted), reverse=True):
        alike = [i for i in range(len(predicted)) if predicted[i] == score]
        if against:
            for i in sorted(alike, key=lambda i: came[i] / areas[i]):
                part = min(1.0, left / areas[i])
                hits, left = hits + part * came[i], left - part * areas[i]
        else:
            part = min(1.0, left / sum(areas[i] for i in alike))
            hits, left = hits + part * sum(came[i] for i in alike), left - part * sum(areas[i] for i in alike)
        if left <= 1e-12:
            break
    return hits


def test_hits_within_a_share_equal_a_walk_over_the_cells():
    rng = np.random.default_rng(11)
    for _ in range(60):
        n = int(rng.integers(2, 30))
        predicted, came = rng.integers(0, 6, n), rng.integers(0, 5, n)
        areas, share = rng.uniform(0.1, 1, n), float(rng.uniform(0, 1))
        for against in (True, False):
            found = hits_within(predicted, came, [share], areas=areas, against=against)[0]
            wanted = slow_hits(predicted.tolist(), came.tolist(), areas.tolist(), share, against)
            assert found == pytest.approx(wanted, abs=1e-9)
