"""The frame of a panel: what stands in it in each state, and that a failure stays inside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from dash import dcc

from analytics.figures._draw import ROWS
from analytics.panels import Panel, Way
from pages._shared.panel_view import GRAPH_CONFIG, Shown, _size, panel_slot, shown
from pages._shared.renderers import RENDERERS

from .conftest import made_up_panel
from .test_pages import parts

SLOT = {"classes": "panel", "renderer": None}
Register = Callable[[Callable[[], Panel]], None]


def show(register: Register, panel: Panel, *, as_table: bool = False, **slot: Any) -> Shown:
    register(lambda: panel)
    return shown("made_up", "?measure=count", None, {**SLOT, **slot}, as_table=as_table)


def test_graphs_send_nothing_anywhere() -> None:
    assert GRAPH_CONFIG["showSendToCloud"] is False
    assert GRAPH_CONFIG["displaylogo"] is False
    assert GRAPH_CONFIG["displayModeBar"] is False
    assert GRAPH_CONFIG["plotlyServerURL"] == ""


def test_every_slot_uses_the_one_configuration(in_app: None) -> None:
    graphs = [part for part in parts(panel_slot("category_totals")) if isinstance(part, dcc.Graph)]
    assert [graph.config for graph in graphs] == [GRAPH_CONFIG]


def test_a_ready_panel_shows_its_figure_and_names_it(in_app: None, register_panel: Register) -> None:
    made = show(register_panel, made_up_panel())
    assert made.figure["data"][0]["type"] == "bar"
    assert (made.texts["role"], made.texts["label"]) == ("img", "Two bars")
    assert made.texts["view"] == ""
    assert made.texts["csv"] == "/download/made_up.csv?measure=count"


def test_a_map_can_be_entered_so_it_is_no_picture(in_app: None, register_panel: Register) -> None:
    assert show(register_panel, made_up_panel(is_map=True)).texts["role"] == "group"


def test_the_table_takes_the_figures_place_when_asked(in_app: None, register_panel: Register) -> None:
    made = show(register_panel, made_up_panel(), as_table=True)
    assert "shows-table" in made.classes
    assert made.texts["table"] is True
    assert "1,234" in made.texts["view"]


def test_a_panel_without_a_figure_is_its_table(in_app: None, register_panel: Register) -> None:
    made = show(register_panel, made_up_panel(figure=None))
    assert "no-chart" in made.classes
    assert "Abbey" in made.texts["view"]


@pytest.mark.parametrize(
    ("state", "name", "hatched"),
    [("none_recorded", "None recorded", False), ("no_data", "No data loaded", True)],
)
def test_empty_states_have_their_own_words(
    in_app: None, register_panel: Register, state: Any, name: str, hatched: bool
) -> None:
    panel = made_up_panel(
        state=state, figure=None, message="All months are loaded.", ways=(Way("What is loaded", "/data"),)
    )
    made = show(register_panel, panel)
    assert name in made.texts["view"]
    assert "All months are loaded." in made.texts["view"]
    assert "What is loaded" in made.texts["view"]
    assert ('class="state-body none"' in made.texts["view"]) == hatched


def test_a_failure_stays_in_its_panel_and_tells_no_secrets(
    in_app: None, register_panel: Register, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Panel:
        raise RuntimeError("secret /home/analyst/path")

    register_panel(fail)
    with caplog.at_level(logging.ERROR):
        made = shown("made_up", "?x=1", None, SLOT)
    assert "is-error" in made.classes
    assert "This panel could not be worked out" in made.texts["view"]
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
    made = show(register_panel, made_up_panel(facts={"groups": groups}), renderer="verdicts")
    said = made.texts["view"]
    assert all(word in said for word in ("Rose", "Drugs", "+29 %", "163 to 209"))
    assert set(RENDERERS) >= {"verdicts", "line", "sources"}


def test_nothing_in_a_panel_becomes_markup(in_app: None, register_panel: Register) -> None:
    table = pd.DataFrame({"ward": ["<script>alert(1)</script>"], "incidents": [1]})
    made = show(register_panel, made_up_panel(sentence="<b>5 < 6</b>", table=table, figure=None))
    assert "<script>" not in made.texts["view"]
    assert "&lt;b&gt;5 &lt; 6&lt;/b&gt;" in made.texts["header"]


def test_few_rows_do_not_lie_far_apart() -> None:
    """A chart of rows may grow by half, a chart of months as far as its panel does."""
    rows, months = ({"layout": {"meta": ROWS}}, {"layout": {}})
    assert _size(100, rows) == {"minHeight": "100px", "maxHeight": "150px"}
    assert _size(100, months) == {"minHeight": "100px"}
