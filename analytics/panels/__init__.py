"""Panels: the one place where a number is computed for the screen, its table, its sentence and every download."""

from analytics.panels._model import HIDDEN, Column, Mark, Panel, Sensitive, Source, View, Way
from analytics.panels._registry import FILTERS, PanelSpec, build_panel, panel, panel_specs

__all__ = [
    "FILTERS",
    "HIDDEN",
    "Column",
    "Mark",
    "Panel",
    "PanelSpec",
    "Sensitive",
    "Source",
    "View",
    "Way",
    "build_panel",
    "panel",
    "panel_specs",
]
