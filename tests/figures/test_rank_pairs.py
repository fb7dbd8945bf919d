"""Ranks side by side: the right column is in the order of its own ranks, whatever is missing in it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from analytics.figures.rank_pairs import RankPair, rank_pairs
from analytics.panels import View


def _pair(name: str, left: float, right: float) -> RankPair:
    words = "" if math.isnan(right) else f"{right:.0f}  {name}"
    return RankPair(name, left, f"{left:.0f}", right, words, math.nan, math.nan, "not ranked", name)


def _right(figure: dict[str, Any]) -> list[str]:
    notes = [note for note in figure["layout"]["annotations"] if note["x"] > 0.56 and note["y"] >= 0]
    return [note["text"] for note in sorted(notes, key=lambda note: note["y"])]


def test_a_rank_missing_on_the_right_lets_the_next_move_up():
    rows = [_pair("a", 1, 1), _pair("b", 2, 4), _pair("c", 3, math.nan), _pair("d", 4, 3), _pair("e", 5, 6)]
    told = _right(rank_pairs(rows, left="Here", right="There", view=View()))
    assert [words.split("  ")[0].strip("<b>") for words in told] == ["1", "3", "4", "6", "c: not ranked"]


def test_the_right_column_is_in_order_for_any_ranks():
    random = np.random.default_rng(3)
    for _ in range(200):
        n = int(random.integers(1, 12))
        ranks = random.choice(np.arange(1, n + 6), n, replace=False).astype(float)
        ranks[random.random(n) < 0.2] = math.nan
        rows = [_pair(f"p{i}", i + 1.0, rank) for i, rank in enumerate(ranks)]
        heads = [
            words.replace("<b>", "").split("  ")[0]
            for words in _right(rank_pairs(rows, left="l", right="r", view=View()))
        ]
        known = [float(head) for head in heads if head.isdigit()]
        assert len(known) == int(np.isfinite(ranks).sum())
        assert all(a < b for a, b in pairwise(known))
        assert not any(head.isdigit() for head in heads[len(known) :])
