"""The criteria of the Priorities page: a declared file each, found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from analytics.criteria._model import UNSCORED, Criterion, Facts, Scale, Score

__all__ = ["UNSCORED", "Criterion", "Facts", "Scale", "Score", "criteria"]


@cache
def criteria() -> dict[str, Criterion]:
    """Every declared criterion by key, in their order.

    >>> list(criteria())
    ['volume', 'harm', 'change', 'family', 'concentration', 'concern', 'influence', 'appetite']
    """
    found = []
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            found.append(importlib.import_module(f"analytics.criteria.{module.name}").CRITERION)
    return {criterion.key: criterion for criterion in sorted(found, key=lambda one: one.order)}
