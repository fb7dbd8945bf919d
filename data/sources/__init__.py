"""Official sources: one module per kind of file, each declaring ``SOURCE`` and reading its own format.

Add a source by adding a module here: the configuration knows its key, and the manifest names it when it is absent.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from data.sources._source import Source

__all__ = ["all_sources"]


@lru_cache(maxsize=1)
def all_sources() -> dict[str, Source]:
    """Every declared source by name, in the order of the names of their modules."""
    found: dict[str, Source] = {}
    for module_info in pkgutil.iter_modules(__path__):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        source: Source = module.SOURCE
        found[source.name] = source
    return found
