"""One app over the demonstration for all tests without a browser, and panels made up to show each state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import Dash
from flask.testing import FlaskClient

from analytics.memo import Memo
from analytics.panels import Column, Panel, PanelSpec, _registry, panel_specs
from app import Settings, create_app

DEMONSTRATION = Path(__file__).parents[2] / "data" / "demo" / "store"


@pytest.fixture(scope="session")
def dashboard() -> Dash:
    return create_app(Settings(store=DEMONSTRATION))


@pytest.fixture
def client(dashboard: Dash) -> FlaskClient:
    """As a page of this dashboard asks: browsers name the origin of whatever may change something."""
    made = dashboard.server.test_client()
    made.environ_base["HTTP_ORIGIN"] = "http://localhost"
    return made


@pytest.fixture
def in_app(dashboard: Dash) -> Iterator[None]:
    """Layouts and callbacks called directly, as within a request."""
    with dashboard.server.test_request_context("/"):
        yield


def made_up_panel(**changes: Any) -> Panel:
    panel = Panel(
        id="made_up",
        title="How many are there?",
        sentence="Burglary fell in two wards",
        subtitle="Incidents, 2024",
        table=pd.DataFrame({"ward": ["Abbey", "Brook"], "incidents": [1234, 0]}),
        columns=(Column("ward", "Ward"), Column("incidents", "Incidents", "integer")),
        figure={"data": [{"type": "bar", "x": [1234, 0], "y": ["Abbey", "Brook"]}], "layout": {}},
        figure_alt="Two bars",
    )
    return replace(panel, **changes)


@pytest.fixture
def register_panel(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Panel]], None]:
    """Put a made-up panel into the registry for one test."""

    def put(make: Callable[[], Panel]) -> None:
        monkeypatch.setattr(_registry, "_answers", Memo(size=8))
        spec = PanelSpec("made_up", "tests", "How many are there?", frozenset(), lambda *_, **__: make(), 999)
        monkeypatch.setitem(panel_specs(), "made_up", spec)

    return put
