"""What can be wrong with a boundary file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["BoundaryError"]


class BoundaryError(Exception):
    """A boundary file cannot be used: says which file, which row where one is to blame, and what to do about it.

    Attributes
    ----------
    code : str
        A slug for the kind of fault, for example ``"no_crs"``.
    file : str
    row : int or None
        Number of the feature in the file, counted from 1.
    remedy : str
    """

    def __init__(self, code: str, message: str, *, file: str | Path, remedy: str, row: int | None = None) -> None:
        self.code = code
        self.message = message
        self.file = str(file)
        self.row = row
        self.remedy = remedy
        where = self.file if row is None else f"{self.file}, feature {row}"
        super().__init__(f"{where}: {message}. {remedy}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_boundary_error, (self.code, self.message, self.file, self.remedy, self.row))


def _boundary_error(code: str, message: str, file: str, remedy: str, row: int | None) -> BoundaryError:
    return BoundaryError(code, message, file=file, remedy=remedy, row=row)
