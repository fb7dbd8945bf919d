"""Read a query's .sql file once and run it with named parameters."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = ["run"]


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


def run(cursor: DuckDBPyConnection, name: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
    """The whole result of `<name>.sql` as a frame. Parameters are bound by name, never written into the text."""
    return cursor.execute(_sql(name), parameters or {}).df()
