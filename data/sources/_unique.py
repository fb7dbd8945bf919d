"""A key column that must be filled, and filled once."""

from __future__ import annotations

import numpy as np

from data.errors import LoadError
from data.sources._tables import TextTable

__all__ = ["require_unique"]


def require_unique(table: TextTable, column: str, *more: str) -> None:
    """Raise LoadError, with the line, where a key is blank or stands in the file twice."""
    keys = table.frame[[column, *more]]
    for name in keys.columns:
        blank = keys[name].isna()
        if not blank.any():
            continue
        row = int(np.argmax(blank))
        raise LoadError(
            "blank_code",
            f"no code in {table.headers[name]}",
            file=table.file,
            row=table.line(row),
            remedy="Use the publisher's file as downloaded, or take the row out.",
        )
    repeated = keys.duplicated()
    if repeated.any():
        row = int(np.argmax(repeated))
        raise LoadError(
            "repeated_code",
            f"{' '.join(str(value) for value in keys.iloc[row])} stands in {table.headers[column]} a second time",
            file=table.file,
            row=table.line(row),
            remedy="Use the publisher's file as downloaded, or take the repeated row out.",
        )
