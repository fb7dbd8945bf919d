"""The robustness of a ranking: the exact case, and what must hold of any."""

import time

import numpy as np
import pytest

from analytics.statistics.priorities import (
    centroid_weights,
    pulled_towards_none,
    rank_robustness,
    score_range,
    tipping_weights,
    value_scores,
    weighted_scores,
)

THREE = [[1, 0], [0, 1], [0.6, 0.6]]


def test_exact_first_rank_acceptabilities():
    found = rank_robustness(THREE, draws=400_000)

    assert found.rank_acceptability[:, 0] == pytest.approx([0.4, 0.4, 0.2], abs=0.003)
    assert found.central_weights == pytest.approx(np.array([[0.8, 0.2], [0.2, 0.8], [0.5, 0.5]]), abs=0.003)
    assert found.confidence.tolist() == [1, 1, 1]


def test_every_option_has_some_rank_and_every_rank_some_option():
    scores = np.random.default_rng(46).random((12, 5))
    share = rank_robustness(scores).rank_acceptability

    assert share.sum(axis=0) == pytest.approx(np.ones(12))
    assert share.sum(axis=1) == pytest.approx(np.ones(12))


def test_a_dominated_option_is_never_first():
    scores = np.random.default_rng(47).uniform(0.2, 1, (8, 4))
    scores[3] = scores[5] - 0.1

    found = rank_robustness(scores)

    assert found.rank_acceptability[3, 0] == 0
    assert np.isnan(found.central_weights[3]).all()
    assert found.confidence[3] == 0


def test_permuting_the_options_permutes_the_result():
    scores = np.random.default_rng(48).random((9, 4))
    mixed = np.random.default_rng(49).permutation(9)

    plain, permuted = rank_robustness(scores), rank_robustness(scores[mixed])

    assert (permuted.rank_acceptability == plain.rank_acceptability[mixed]).all()
    assert permuted.confidence.tolist() == plain.confidence[mixed].tolist()


def test_weights_are_free_of_scale():
    assert weighted_scores(THREE, [2, 6]) == pytest.approx(weighted_scores(THREE, [0.25, 0.75]))
    assert tipping_weights(THREE, [2, 6], top=1) == pytest.approx(
        tipping_weights(THREE, [0.25, 0.75], top=1), nan_ok=True
    )


def test_equal_options_share_the_better_rank():
    found = rank_robustness([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1]], top=1)

    assert found.rank_acceptability[:, 0].tolist() == [1, 1, 0]
    assert found.rank_acceptability[2, 2] == 1


def test_an_order_of_importance_is_respected():
    """With the first criterion at least as important as the second, (1, 0) scores at least 0.5."""
    found = rank_robustness(THREE, order=[1, 2], draws=200_000)

    assert found.rank_acceptability[:, 0] == pytest.approx([0.8, 0, 0.2], abs=0.005)


def test_equal_numbers_in_the_order_say_nothing_between_them():
    said, unsaid = rank_robustness(THREE, order=[1, 1], draws=100_000), rank_robustness(THREE, draws=100_000)

    assert said.rank_acceptability[:, 0] == pytest.approx(unsaid.rank_acceptability[:, 0], abs=0.01)


def test_uncertain_scores_spread_the_ranks():
    scores = np.array([[0.6, 0.6], [0.5, 0.5]])
    sure = rank_robustness(scores)
    unsure = rank_robustness(scores, lower=scores - 0.3, upper=scores + 0.3)

    assert sure.rank_acceptability[0, 0] == 1
    assert 0.6 < unsure.rank_acceptability[0, 0] < 0.95
    assert unsure.confidence[0] < 1


def test_a_score_without_limits_is_taken_as_it_is():
    scores = np.array([[0.6, 0.6], [0.5, 0.5]])
    limits = np.full((2, 2), np.nan)

    assert rank_robustness(scores, lower=limits, upper=limits).rank_acceptability[0, 0] == 1


def test_what_is_not_scored_may_be_anything():
    """Against 0.3 a score that may be anything from 0 to 1 wins in seven of ten draws, and is never counted as 0."""
    found = rank_robustness([[np.nan], [0.3]], draws=200_000)

    assert found.rank_acceptability[:, 0] == pytest.approx([0.7, 0.3], abs=0.005)


def test_an_option_nobody_scored_is_neither_favoured_nor_punished():
    found = rank_robustness([[np.nan] * 3, [0.5] * 3, [0.5] * 3], draws=100_000, top=1)

    assert found.rank_acceptability[0, 0] == pytest.approx(0.5, abs=0.01)
    middle, low, high = score_range([[np.nan, 0.4], [0.2, 0.4]], [1, 3])
    assert (middle.tolist(), low.tolist(), high.tolist()) == (
        pytest.approx([0.425, 0.35]), pytest.approx([0.3, 0.35]), pytest.approx([0.55, 0.35]),
    )  # fmt: skip


def test_an_order_has_its_middle_weights():
    """Published: 0.6111, 0.2778, 0.1111 for three criteria; 0.5208, 0.2708, 0.1458, 0.0625 for four."""
    assert centroid_weights([1, 2, 3]) == pytest.approx([0.6111, 0.2778, 0.1111], abs=5e-5)
    assert centroid_weights([4, 3, 2, 1]) == pytest.approx([0.0625, 0.1458, 0.2708, 0.5208], abs=5e-5)
    assert centroid_weights([1, 1, 1]) == pytest.approx([1 / 3] * 3)
    assert centroid_weights([2, 1, 2]) == pytest.approx([0.1944, 0.6111, 0.1944], abs=5e-5)


def test_changes_that_could_be_chance_are_pulled_towards_none():
    shrunk = pulled_towards_none([0.5, 0.5, np.nan, -0.4], [0.02, 0.5, 0.1, 0.05])

    assert shrunk.value[0] == pytest.approx(0.5, abs=0.01)
    assert 0 < shrunk.value[1] < 0.25
    assert np.isnan(shrunk.value[2])
    assert shrunk.lower_cl[3] < shrunk.value[3] < shrunk.upper_cl[3] < 0


def test_changes_that_together_could_be_chance_are_none():
    shrunk = pulled_towards_none([0.05, -0.04], [0.2, 0.3])

    assert (shrunk.tau2, shrunk.value.tolist()) == (0, [0, 0])


def test_top_counts_the_first_ranks():
    scores = np.random.default_rng(50).random((6, 3))
    found = rank_robustness(scores, top=2)

    assert found.top_acceptability == pytest.approx(found.rank_acceptability[:, :2].sum(axis=1))
    assert found.top_acceptability.sum() == pytest.approx(2)


def test_the_same_seed_gives_the_same_shares():
    scores = np.random.default_rng(51).random((6, 3))
    assert (rank_robustness(scores).rank_acceptability == rank_robustness(scores).rank_acceptability).all()


def test_tipping_weights():
    assert tipping_weights(THREE, [0.45, 0.55], top=1) == pytest.approx(np.array([[0.6, 0.4], [0.4, 0.6], [0.4, 0.6]]))
    assert np.isnan(tipping_weights([[0.9, 0.9], [0.1, 0.1]], [1, 1], top=1)).all()
    assert np.isnan(tipping_weights(THREE, [1, 1], top=3)).all()


def test_value_scores():
    assert value_scores([0, 5, 20], low=0, high=10).tolist() == [0, 0.5, 1]
    assert value_scores([0, 5, 20], low=0, high=10, more_is_worse=False).tolist() == [1, 0.5, 0]
    assert np.isnan(value_scores([np.nan], low=0, high=1)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rank_robustness([[1.2, 0]]), "between 0 and 1"),
        (lambda: weighted_scores([[np.nan, 0]], [1, 1]), "complete, each between 0 and 1"),
        (lambda: rank_robustness([[0.5, 0.5]], lower=[[0.6, 0.5]]), "between its limits"),
        (lambda: rank_robustness(THREE, order=[1, 2, 3]), "one number per criterion"),
        (lambda: weighted_scores(THREE, [-1, 2]), "below zero"),
        (lambda: weighted_scores(THREE, [0, 0]), "below zero"),
        (lambda: value_scores([1], low=3, high=3), "above low"),
    ],
)
def test_unsound_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_workshop_of_25_problems_is_recomputed_in_a_moment():
    scores = np.random.default_rng(52).random((25, 8))
    rank_robustness(scores, draws=100)
    started = time.process_time()
    rank_robustness(scores, lower=scores * 0.8, upper=scores + (1 - scores) * 0.2)

    assert time.process_time() - started < 0.6  # of processor time, on two cores at once; the aim is 0.3 by the clock
