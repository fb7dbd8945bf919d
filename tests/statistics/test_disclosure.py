"""Nothing small can be read off, subtracted or deduced from what is shown; the rest stays visible."""

import time

import numpy as np
import pytest

from analytics.statistics.disclosure import suppress, suppress_table, suppress_tables


def test_counts_of_one_to_four_are_hidden_and_zero_is_not():
    result = suppress([0, 1, 4, 5, np.nan], [])

    assert result.hidden.tolist() == [False, True, True, False, False]
    assert result.reason.tolist() == ["", "small number", "small number", "", ""]


def test_threshold_can_be_set():
    assert suppress([9, 10], [], threshold=10).hidden.tolist() == [True, False]
    with pytest.raises(ValueError, match="threshold"):
        suppress([1], [], threshold=2)


def test_a_second_cell_is_hidden_where_the_total_would_give_the_first_away():
    result = suppress([3, 20, 30, 53], [(3, [0, 1, 2])])

    assert result.reason.tolist() == ["small number", "protects another", "", ""]


def test_two_small_cells_protect_each_other():
    result = suppress([3, 2, 30, 35], [(3, [0, 1, 2])])

    assert result.hidden.tolist() == [True, True, False, False]


def test_two_ones_under_their_sum_do_not_protect_each_other():
    """2 = 1 + 1 is the only way when both are known to be 1 to 4; the same with 8 = 4 + 4."""
    assert suppress([1, 1, 30, 32], [(3, [0, 1, 2])]).hidden.tolist() == [True, True, True, False]
    assert suppress([4, 4, 30, 38], [(3, [0, 1, 2])]).hidden.tolist() == [True, True, True, False]


def test_a_total_that_is_itself_small_is_hidden():
    result = suppress([2, 0, 2], [(2, [0, 1])])

    assert result.hidden.tolist() == [True, False, True]
    assert not result.exposed.any()


def test_in_a_table_both_directions_are_guarded():
    result = suppress_table([[2, 10, 40], [30, 20, 15], [60, 70, 80]])

    assert result.hidden[:2, :2].all()
    assert result.hidden.sum() == 4
    assert (result.reason == "small number").sum() == 1


def test_chains_of_subtraction_are_guarded():
    """Each line has two hidden cells, but one of them links two blocks and would follow from both sums."""
    table = [
        [3, 3, 50, 50, 50],
        [3, 3, 2, 50, 50],
        [50, 50, 50, 3, 3],
        [50, 50, 50, 3, 3],
        [50, 50, 60, 50, 50],
    ]
    result = suppress_table(table)

    assert result.hidden.sum() > 9
    assert not result.exposed.any()


def test_missing_cells_are_neither_hidden_nor_used():
    result = suppress_table([[2, np.nan, 40], [30, np.nan, 15]])

    assert not result.hidden[:2, 1].any()
    assert result.hidden[0, [0, 2]].all()


def test_small_cells_that_nothing_can_protect_are_named():
    """Four cells of 1 to 4 under a total of at most 4 can only be four ones."""
    result = suppress([1, 1, 1, 1, 4], [(4, [0, 1, 2, 3])])

    assert result.exposed.tolist() == [True] * 5


def test_tables_exported_together_are_one_puzzle():
    wards = ([("A", None), ("B", None), (None, None)], [3, 50, 53])
    wards_by_kind = ([("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")], [3, 0, 30, 20])

    ward_result, kind_result = suppress_tables([wards, wards_by_kind])

    assert ward_result.hidden.tolist() == [True, True, False]
    assert kind_result.hidden[0]
    assert kind_result.hidden[2:].any()  # otherwise B = 30 + 20 would give back the hidden 50, and with it A


def test_the_same_cell_is_hidden_in_every_table_it_appears_in():
    first = ([("A",), ("B",), ("C",), (None,)], [2, 7, 9, 18])
    second = ([("B",), ("C",)], [7, 9])

    _, again = suppress_tables([first, second])

    assert again.hidden.tolist() == [True, False]


def test_one_cell_with_two_values_is_refused():
    with pytest.raises(ValueError, match="Two tables"):
        suppress_tables([([("A",)], [2]), ([("A",)], [3])])


def test_parts_above_their_total_are_refused():
    with pytest.raises(ValueError, match="more than their total"):
        suppress([5, 6, 10], [(2, [0, 1])])


def test_most_of_a_wide_table_stays_visible_and_it_takes_a_moment_only():
    counts = np.random.default_rng(5).negative_binomial(1, 0.03, (20, 14))
    started = time.process_time()
    result = suppress_table(counts)

    primary = ((counts > 0) & (counts < 5)).sum()
    assert not result.exposed.any()
    assert result.hidden.sum() <= 1.6 * primary
    assert time.process_time() - started < 5
