"""The measures, one declared file each; a new file in this folder is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from analytics.measures._model import Measure

__all__ = ["DEFAULT_MEASURE", "Measure", "measures"]

DEFAULT_MEASURE = "rate"


@cache
def measures() -> dict[str, Measure]:
    """Every declared measure by key, in the order of the filter bar.

    >>> list(measures())
    ['count', 'rate', 'households', 'km2', 'share']
    """
    found = [
        importlib.import_module(f"{__name__}.{module.name}").MEASURE
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return {measure.key: measure for measure in sorted(found, key=lambda measure: measure.order)}
