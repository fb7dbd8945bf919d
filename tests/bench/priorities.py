"""Priorities: the robustness of a large ranking, and what a moved weight costs from address to panels.

python -m tests.bench.priorities [--store DIR]
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.context import load_context
from analytics.panels._priorities import evidence_of, ranking_of
from analytics.selection import Selection
from analytics.statistics.priorities import rank_robustness, score_range, tipping_weights
from data.warehouse import Warehouse
from tests.bench._common import DEMONSTRATION, best, met, store_argument

AIM_MS = 300
PROBLEMS, CRITERIA, DRAWS = 25, 8, 10_000


def large_ranking() -> None:
    """A workshop's ranking: uncertain scores, a tenth unscored; with all that a moved weight works out again."""
    random = np.random.default_rng(1)
    scores = random.random((PROBLEMS, CRITERIA))
    scores[random.random(scores.shape) < 0.1] = np.nan
    lower, upper = np.clip(scores - 0.1, 0, 1), np.clip(scores + 0.1, 0, 1)
    weights = random.random(CRITERIA)
    for name, order in (("all weightings", None), ("an order kept", np.arange(CRITERIA) + 1.0)):

        def work(order: Any = order) -> None:
            rank_robustness(scores, lower=lower, upper=upper, order=order, draws=DRAWS)
            score_range(scores, weights)
            tipping_weights(np.nan_to_num(scores, nan=0.5), weights)

        took = 1000 * best(work)
        mark = met(took < AIM_MS)
        print(f"{PROBLEMS} × {CRITERIA} × {DRAWS:,}, {name:15s} {took:7.1f} ms   aim < {AIM_MS} ms   {mark}")


def of_a_store(store: Path) -> None:
    """The evidence once, then a moved weight."""
    warehouse = Warehouse(store)
    context = load_context(warehouse)
    selection = Selection.default(context)
    with warehouse.cursor() as cursor:
        started = time.perf_counter()
        evidence_of(cursor, selection, context)
        first = 1000 * (time.perf_counter() - started)
        points = iter(np.linspace(1, 99, 40))

        def moved() -> None:
            said = replace(selection.judgement, weights=(("harm", float(next(points))),))
            ranking_of(cursor, replace(selection, judgement=said), context)

        again = 1000 * best(moved)
        print(f"{context.short_name}: evidence, once a selection {first:7.1f} ms; a moved weight {again:7.1f} ms")


def main() -> None:
    """Run both."""
    store = store_argument(__doc__) or DEMONSTRATION
    large_ranking()
    of_a_store(store)


if __name__ == "__main__":
    main()
