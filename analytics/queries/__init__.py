"""Questions to the store: one module and one .sql file per question, cursor first, values as named parameters."""

from analytics.queries._run import run

__all__ = ["run"]
