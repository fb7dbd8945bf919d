"""The frame of a panel: what stands in it in each state, and that a failure stays inside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from dash import dcc

from analytics.panels import Panel, Way
from pages._shared.panel_view import GRAPH_CONFIG, filled, panel_slot
from pages._shared.renderers import RENDERERS

from .conftest import made_up_panel
from .test_pages import parts

SLOT = {"classes": "panel", "renderer": None}
NAMES = ("classes", "head", "figure", "style", "role", "label", "view", "caveats", "source", "pressed", "csv")
Register = Callable[[Callable[[], Panel]], None]


def shown(register: Register, panel: Panel, *, as_table: bool = False, **slot: Any) -> dict[str, Any]:
    register(lambda: panel)
    return dict(zip(NAMES, filled("made_up", "?measure=count", None, {**SLOT, **slot}, as_table=as_table), strict=True))


def words(component: Any) -> str:
    return " ".join(str(part.children) for part in parts(component) if isinstance(part.children, str))


def test_graphs_send_nothing_anywhere() -> None:
    assert GRAPH_CONFIG["showSendToCloud"] is False
    assert GRAPH_CONFIG["displaylogo"] is False
    assert GRAPH_CONFIG["displayModeBar"] is False
    assert GRAPH_CONFIG["plotlyServerURL"] == ""


def test_every_slot_uses_the_one_configuration(in_app: None) -> None:
    graphs = [part for part in parts(panel_slot("category_totals")) if isinstance(part, dcc.Graph)]
    assert [graph.config for graph in graphs] == [GRAPH_CONFIG]


def test_a_ready_panel_shows_its_figure_and_names_it(in_app: None, register_panel: Register) -> None:
    made = shown(register_panel, made_up_panel())
    assert made["figure"]["data"][0]["type"] == "bar"
    assert (made["role"], made["label"]) == ("img", "Two bars")
    assert made["view"] is None
    assert made["csv"] == "/download/made_up.csv?measure=count"


def test_a_map_can_be_entered_so_it_is_no_picture(in_app: None, register_panel: Register) -> None:
    assert shown(register_panel, made_up_panel(is_map=True))["role"] == "group"


def test_the_table_takes_the_figures_place_when_asked(in_app: None, register_panel: Register) -> None:
    made = shown(register_panel, made_up_panel(), as_table=True)
    assert "shows-table" in made["classes"]
    assert made["pressed"] == "true"
    assert "1,234" in words(made["view"])


def test_a_panel_without_a_figure_is_its_table(in_app: None, register_panel: Register) -> None:
    made = shown(register_panel, made_up_panel(figure=None))
    assert "no-chart" in made["classes"]
    assert "Abbey" in words(made["view"])


@pytest.mark.parametrize(
    ("state", "name", "hatched"),
    [("none_recorded", "None recorded", False), ("no_data", "No data for these months", True)],
)
def test_empty_states_have_their_own_words(
    in_app: None, register_panel: Register, state: Any, name: str, hatched: bool
) -> None:
    panel = made_up_panel(
        state=state, figure=None, message="All months are loaded.", ways=(Way("What is loaded", "/data"),)
    )
    made = shown(register_panel, panel)
    assert name in words(made["view"])
    assert "All months are loaded." in words(made["view"])
    assert "What is loaded" in words(made["view"])
    assert ("none" in made["view"].className.split()) == hatched


def test_a_failure_stays_in_its_panel_and_tells_no_secrets(
    in_app: None, register_panel: Register, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Panel:
        raise RuntimeError("secret /home/analyst/path")

    register_panel(fail)
    with caplog.at_level(logging.ERROR):
        made = dict(zip(NAMES, filled("made_up", "?x=1", None, SLOT), strict=True))
    assert "is-error" in made["classes"]
    assert "This panel could not be worked out" in words(made["view"])
    assert "secret" not in str(made)
    assert "Traceback" not in str(made)
    assert "secret" in caplog.text


def test_a_panel_nobody_registered_takes_no_place(in_app: None) -> None:
    assert panel_slot("no_such_panel").hidden is True


def test_a_renderer_nobody_wrote_is_refused(in_app: None) -> None:
    with pytest.raises(KeyError, match="no_such_view"):
        panel_slot("category_totals", renderer="no_such_view")


def test_the_verdict_strip_names_each_group(in_app: None, register_panel: Register) -> None:
    groups = (
        {"kind": "up", "label": "Rose", "items": [{"name": "Drugs", "figure": "+29 %", "notes": ["163 to 209"]}]},
    )
    made = shown(register_panel, made_up_panel(facts={"groups": groups}), renderer="verdicts")
    said = str(made["view"])
    assert all(word in said for word in ("Rose", "Drugs", "+29 %", "163 to 209"))
    assert set(RENDERERS) >= {"verdicts", "line", "sources"}


def test_a_table_on_screen_does_not_change_the_panel_kept_for_others(in_app: None) -> None:
    first = filled("category_totals", "", None, SLOT, as_table=True)
    second = filled("category_totals", "", None, SLOT, as_table=True)
    assert str(first[6]) == str(second[6])
