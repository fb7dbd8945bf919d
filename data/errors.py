"""The errors of this layer. Each carries one clear message: what, in which file, at which row, and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["LoadError", "StateConflict", "StateError", "StoreError"]


class LoadError(Exception):
    """Something given to the build cannot be used. The build stops; what was loaded before stays as it is.

    Attributes
    ----------
    code : str
        A slug for the kind of fault, for example ``"missing_column"``.
    message, file, row, remedy
        The parts of the sentence. ``row`` is a line number, counted from 1 (the header is line 1).
    """

    def __init__(
        self, code: str, message: str, *, file: str | Path | None = None, row: int | None = None, remedy: str = ""
    ) -> None:
        self.code = code
        self.message = message
        self.file = None if file is None else str(file)
        self.row = row
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = self.file or ""
        if self.row is not None:
            where = f"{where}, line {self.row}" if where else f"line {self.row}"
        sentence = self.message.rstrip(".")
        return f"{where}: {sentence}. {self.remedy}".strip() if where else f"{sentence}. {self.remedy}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_load_error, (self.code, self.message, self.file, self.row, self.remedy))


def _load_error(code: str, message: str, file: str | None, row: int | None, remedy: str) -> LoadError:
    return LoadError(code, message, file=file, row=row, remedy=remedy)


class StoreError(Exception):
    """The store cannot be read or written: its one message says why and what to do."""


class StateError(Exception):
    """What people have entered cannot be read or written: its one message says why and what to do. Figures are not
    affected."""


class StateConflict(StateError):
    """Someone else changed the same thing first. `current` is what is there now; nothing was overwritten."""

    def __init__(self, message: str, current: Any = None) -> None:
        super().__init__(message)
        self.current = current
