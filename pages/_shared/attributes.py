"""HTML attributes with dashes in their names."""

from __future__ import annotations

from typing import Any

__all__ = ["attributes"]


def attributes(**values: str) -> dict[str, Any]:
    """Attributes for a component: an underscore in a name stands for a dash.

    >>> attributes(data_action="table", aria_pressed="false")
    {'data-action': 'table', 'aria-pressed': 'false'}
    """
    return {name.replace("_", "-"): value for name, value in values.items()}
