"""Disclosure a second time: a patient reader tries every way in which the hidden cells could be filled."""

import itertools

import numpy as np

from analytics.statistics.disclosure import exposed_tables, suppress_table


def deduced(counts, hidden, threshold):
    """Small cells that have the same value in every filling that agrees with all shown figures and with "c" = small."""
    rows, columns = counts.shape
    full = np.zeros((rows + 1, columns + 1))
    full[:-1, :-1] = counts
    full[-1], full[:, -1] = full.sum(axis=0), full.sum(axis=1)
    full[-1, -1] = counts.sum()
    small = (full > 0) & (full < threshold)
    inside = [
        range(1, threshold) if small[i, j] else range(int(full.max()) + 1)
        for i, j in itertools.product(range(rows), range(columns))
        if hidden[i, j]
    ]
    fillings = np.array(list(itertools.product(*inside)), dtype=float).reshape(-1, len(inside))
    tables = np.repeat(full[None], len(fillings), axis=0)
    tables[:, :-1, :-1][:, hidden[:-1, :-1]] = fillings
    tables[:, -1, :-1], tables[:, :-1, -1] = tables[:, :-1, :-1].sum(axis=1), tables[:, :-1, :-1].sum(axis=2)
    tables[:, -1, -1] = tables[:, :-1, :-1].sum(axis=(1, 2))
    agree = (tables == full)[:, ~hidden].all(axis=1)
    within = np.where(small & hidden, (tables >= 1) & (tables < threshold), True).all(axis=(1, 2))
    possible = tables[agree & within]
    return small & (possible.min(axis=0) == possible.max(axis=0))


def test_no_small_cell_can_be_deduced():
    rng = np.random.default_rng(6)
    tried = 0
    while tried < 80:
        counts = rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 9], (2, int(rng.integers(2, 4))))
        result = suppress_table(counts, threshold=4)
        if not 0 < result.hidden[:-1, :-1].sum() <= 5:
            continue
        tried += 1
        assert (deduced(counts, result.hidden, 4) <= result.exposed).all(), counts
        assert result.hidden[(result.reason == "small number")].all()


def test_the_patient_reader_does_find_what_is_not_guarded():
    counts = np.array([[2, 8, 9], [9, 9, 9]])
    hidden = np.zeros((3, 4), dtype=bool)
    hidden[0, 0] = True

    assert deduced(counts, hidden, 4)[0, 0]


def test_what_is_exposed_is_what_the_patient_reader_finds():
    rng = np.random.default_rng(9)
    tried = found = 0
    while tried < 40:
        counts = rng.choice([0, 1, 2, 3, 4, 5], (2, int(rng.integers(2, 4))))
        hidden = np.zeros((3, counts.shape[1] + 1), dtype=bool)
        hidden[:-1, :-1] = rng.random(counts.shape) < 0.5
        if not 0 < hidden.sum() <= 4:
            continue
        tried += 1
        rows = [((i, j), counts[i, j], hidden[i, j]) for i, j in np.ndindex(*counts.shape)]
        rows += [((i, None), counts[i].sum(), False) for i in range(2)]
        rows += [((None, j), counts[:, j].sum(), False) for j in range(counts.shape[1])]
        rows += [((None, None), counts.sum(), False)]
        keys, values, covered = zip(*rows, strict=True)
        told = dict(zip(keys, exposed_tables([(keys, values, covered)], threshold=4)[0], strict=True))
        expected = deduced(counts, hidden, 4)
        for i, j in np.ndindex(*counts.shape):
            assert told[i, j] == expected[i, j], (counts, hidden)
        found += int(expected.any())
    assert 5 < found < tried
