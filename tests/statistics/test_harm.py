"""Harm carries its uncertainty, and a rank that hangs on the weights is not settled."""

import numpy as np
import pytest

from analytics.statistics.harm import harm_ranks, harm_score


def test_harm_and_its_variance():
    score = harm_score([100, 30], [10, 350])

    assert score.harm == 100 * 10 + 30 * 350
    assert score.variance == 100 * 10**2 + 30 * 350**2
    assert score.lower_cl < score.harm < score.upper_cl


def test_equal_weights_give_the_interval_of_the_count():
    score = harm_score([40, 25], [2, 2])

    assert score.lower_cl == pytest.approx(2 * 50.1631877, abs=1e-6)
    assert score.upper_cl == pytest.approx(2 * 82.8491385, abs=1e-6)


def test_interval_covers_the_true_harm_about_95_times_in_100():
    mean, weights = np.array([200, 30, 4]), np.array([1, 20, 300])
    counts = np.random.default_rng(43).poisson(mean, (20_000, 3))
    score = harm_score(counts, weights)
    true = (mean * weights).sum()

    assert ((score.lower_cl <= true) & (true <= score.upper_cl)).mean() > 0.9


def test_a_category_without_a_weight_is_counted_and_not_scored():
    score = harm_score([[100, 40], [100, None]], [10, None])

    assert score.harm.tolist() == [1000, 1000]
    assert score.unscored.tolist() == [40, 0]


def test_a_missing_count_is_no_data():
    assert np.isnan(harm_score([None, 3], [10, 20]).harm)


def test_no_incident_has_an_upper_limit():
    score = harm_score([0, 0], [10, 365])

    assert (score.harm, score.lower_cl) == (0, 0)
    assert score.upper_cl == pytest.approx(365 * 3.6889, abs=0.05)


def test_rank_that_survives_the_weights_is_settled():
    ranks = harm_ranks([5000, 100, 100], low=[10, 2, 1], central=[20, 3, 2], high=[30, 4, 3])

    assert ranks.rank.tolist() == [1, 2, 3]
    assert ranks.settled.tolist() == [True, False, False]
    assert ranks.best.tolist() == [1, 2, 2]
    assert ranks.worst.tolist() == [1, 3, 3]


def test_unscored_categories_have_no_rank():
    ranks = harm_ranks([10, 900], low=[1, np.nan], central=[2, np.nan], high=[3, np.nan])

    assert ranks.rank[0] == 1
    assert np.isnan(ranks.rank[1])
    assert ranks.settled.tolist() == [True, False]


def test_weights_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="low, central, high"):
        harm_ranks([1], low=[5], central=[2], high=[9])
