"""The one registry of panels: a builder registers under its id, and every screen and export asks here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Protocol

from analytics.context import Context, load_context
from analytics.memo import Memo
from analytics.panels._model import Panel, View
from analytics.selection import Selection
from data.warehouse import Snapshot, Warehouse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FILTERS", "PanelSpec", "build_panel", "panel", "panel_specs"]

FILTERS = frozenset({"period", "comparison", "categories", "wards", "measure", "family"})


class Builder(Protocol):
    """cursor first; the context and the view by keyword."""

    def __call__(self, cursor: DuckDBPyConnection, selection: Selection, *, context: Context, view: View) -> Panel: ...


@dataclass(frozen=True)
class PanelSpec:
    """A registered panel: its id, its page, the question it answers, and the filters that change it."""

    id: str
    page: str
    title: str
    uses: frozenset[str]
    builder: Builder
    order: int
    live: bool = False
    """It shows what people enter beside the selection, and is worked out anew each time."""


_specs: dict[str, PanelSpec] = {}


def panel(
    panel_id: str, *, page: str, title: str, uses: frozenset[str] | set[str] = FILTERS, live: bool = False
) -> Callable[[Builder], Builder]:
    """Register a builder. The title is the panel's question; its finding comes from the figures."""

    def register(builder: Builder) -> Builder:
        if panel_id in _specs and _specs[panel_id].builder.__module__ != builder.__module__:
            raise ValueError(f"two panels are called {panel_id}")
        unknown = set(uses) - FILTERS
        if unknown:
            raise ValueError(f"panel {panel_id} names unknown filters: {sorted(unknown)}")
        _specs[panel_id] = PanelSpec(panel_id, page, title, frozenset(uses), builder, len(_specs), live)
        return builder

    return register


@cache
def panel_specs() -> dict[str, PanelSpec]:
    """Every panel by id; modules in this folder are found by themselves."""
    package = importlib.import_module("analytics.panels")
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"analytics.panels.{module.name}")
    return dict(_specs)


def build_panel(
    panel_id: str, warehouse: Warehouse | Snapshot, selection: Selection, view: View | None = None
) -> Panel:
    """The panel for a selection on the current snapshot (or the one given); equal questions are answered once, but for
    panels that are live.

    Raises KeyError for an unknown id. Callers get their own tables: changing one never reaches another user.
    """
    spec = panel_specs()[panel_id]
    built = _built(spec, warehouse if isinstance(warehouse, Snapshot) else warehouse.current, selection, view or View())
    glance = None if built.glance is None else built.glance.copy()
    return replace(built, table=built.table.copy(), glance=glance)


_answers: Memo[Panel] = Memo(size=1024)


def _built(spec: PanelSpec, snapshot: Snapshot, selection: Selection, view: View) -> Panel:
    def build() -> Panel:
        context = load_context(snapshot)
        with snapshot.cursor() as cursor:
            built = spec.builder(cursor, selection, context=context, view=view)
        return replace(built, as_at=snapshot.snapshot, query=selection.to_query())

    return build() if spec.live else _answers.answer((spec.id, str(snapshot.folder), selection, view), build)
