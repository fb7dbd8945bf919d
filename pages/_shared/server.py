"""What pages and routes need from the running server: its warehouse, and the selection an address stands for."""

from __future__ import annotations

from typing import cast

from flask import current_app

from analytics.context import Context, load_context
from analytics.panels._tables import areas_of
from analytics.selection import Selection
from data.state import State
from data.warehouse import Snapshot, Warehouse

__all__ = ["WAREHOUSE", "areas", "context", "selection", "snapshot", "state", "warehouse"]

WAREHOUSE = "CSP_WAREHOUSE"
"""The key of the warehouse in Flask's configuration."""


def warehouse() -> Warehouse:
    """The warehouse of the app that answers this request."""
    return cast(Warehouse, current_app.config[WAREHOUSE])


def snapshot() -> Snapshot:
    """The snapshot that serves now; one piece of work takes it once and keeps to it."""
    return warehouse().current


def state() -> State:
    """What people entered: beside the store's snapshots."""
    return State(warehouse().store_folder)


def context() -> Context:
    """The context of the current snapshot."""
    return load_context(snapshot())


def areas() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The wards and the LSOAs loaded, each as code and name, by name."""
    current = snapshot()
    with current.cursor() as cursor:
        found = areas_of(cursor, load_context(current)).sort_values("name")
    wards, lsoas = (found[found["area_type"] == kind] for kind in ("ward", "lsoa"))
    return list(zip(wards["code"], wards["name"], strict=True)), list(zip(lsoas["code"], lsoas["name"], strict=True))


def selection(search: str | None, current: Snapshot | None = None) -> Selection:
    """The selection of a query string; what cannot be used in it is left out."""
    return Selection.from_query(search or "", load_context(current or snapshot()))[0]
