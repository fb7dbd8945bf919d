"""Frames to plain rows, with one type for all who read them."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["records"]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as mappings by column.

    >>> records(pd.DataFrame({"force": ["Essex Police"], "months": [12]}))
    [{'force': 'Essex Police', 'months': 12}]
    """
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
