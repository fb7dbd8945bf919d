"""Pages: each opens, shows the panels it declares, and no address written by hand breaks one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import dash
import pytest
from dash import Dash
from dash.development.base_component import Component
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.panels import build_panel, panel_specs
from analytics.selection import QUERY_KEYS
from pages._shared import filter_bar, server, shell
from pages._shared.panel_view import shown

from ..paths import PATHS


def parts(component: Any) -> Iterator[Component]:
    """A component and everything in it."""
    if isinstance(component, (list, tuple)):
        for part in component:
            yield from parts(part)
    elif isinstance(component, Component):
        yield component
        yield from parts(getattr(component, "children", None))


def panels_shown(content: Any) -> list[str]:
    return [
        part.id["panel"]
        for part in parts(content)
        if isinstance(getattr(part, "id", None), dict) and part.id.get("type") == "panel"
    ]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_opens_with_its_heading_question_and_title(in_app: None, path: str) -> None:
    name, question, content, known = shell.arrived(path)
    assert name
    assert question.endswith("?")
    assert content is not None
    assert known["title"].startswith(f"{name} – ")


LACKING = {"family_map"}
"""Panels that the demonstration has no data for: what lacks is named on the Data page, and no frame stands empty."""


def test_the_map_of_the_family_has_its_place_where_boundaries_are_loaded(
    in_app: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = next(page for page in dash.page_registry.values() if page["path"] == "/comparators")
    context = server.context()
    own = next(source for source in context.manifest.sources if source.source == "ward_boundaries")
    sources = (*context.manifest.sources, replace(own, source="district_boundaries"))
    loaded = replace(context, manifest=replace(context.manifest, sources=sources))
    monkeypatch.setattr(server, "context", lambda: loaded)
    assert sorted(panels_shown(page["layout"]())) == sorted(page["panels"])


@pytest.mark.parametrize("path", PATHS)
def test_every_panel_a_page_declares_is_registered_and_has_its_slot(in_app: None, path: str) -> None:
    page = next(page for page in dash.page_registry.values() if page["path"] == path)
    declared = list(page.get("panels", ()))
    assert [panel for panel in declared if panel not in panel_specs()] == []
    assert sorted(panels_shown(page["layout"]())) == sorted(set(declared) - LACKING)


def test_every_registered_panel_of_a_page_that_exists_is_shown_on_it(dashboard: Dash) -> None:
    declared = {panel for page in dash.page_registry.values() for panel in page.get("panels", ())}
    names = {page["module"].split(".")[-1] for page in dash.page_registry.values()}
    left_out = {spec.id for spec in panel_specs().values() if spec.page in names} - declared
    assert left_out == set()


def test_an_unknown_address_says_so(in_app: None) -> None:
    assert shell.arrived("/no-such-page")[0] == "Page not found"


def test_a_slash_at_the_end_makes_no_difference(in_app: None) -> None:
    assert shell.arrived("/data/")[0] == "Data"


@pytest.mark.parametrize("path", [*PATHS, "/no-such-page"])
@pytest.mark.parametrize("query", ["", "?unknown=1", "?from=2024-13", "?from=&to=", "?%00=%ff", "?category=a,b,,c"])
def test_the_server_answers_every_address(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(path + query).status_code == 200


KEYS = [*QUERY_KEYS, "x"]
VALUES = st.one_of(
    st.sampled_from(
        ["", "2024-01", "2024-12", "2021-01", "1950-01", "2999-12", "2024-00", "vehicle-crime", "E05999001", "count"]
    ),
    st.sampled_from(["rate", "households", "km2", "share", "lq", "vehicle-crime,burglary", ",,,", "nan", "0", "-1"]),
    st.text(max_size=12),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_no_query_string_breaks_the_filter_bar_or_a_panel(dashboard: Dash, query: dict[str, str]) -> None:
    search = "?" + "&".join(f"{key}={value}" for key, value in query.items())
    with dashboard.server.test_request_context("/"):
        said = filter_bar.describe(server.snapshot(), search, list(filter_bar.CHOICES))
        assert list(said["choices"]) == list(filter_bar.CHOICES)
        made = shown("category_totals", search, None, {"classes": "panel", "renderer": None})
        assert made.state != "error"


@pytest.mark.parametrize("panel_id", sorted(panel_specs()))
@pytest.mark.parametrize(
    "search",
    [
        "",
        "?from=2024-02&to=2024-02&category=bicycle-theft&measure=count",
        "?from=2019-01&to=2019-12",
        "?from=2021-01&to=2024-12&measure=km2",
        "?measure=households&ward=E05999001",
        "?measure=share&category=burglary,robbery&focus=E05999002&cells=lq",
        "?from=2024-01&to=2024-01&category=robbery,bicycle-theft&ward=E05999003&cells=change&layer=clusters",
    ],
)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_every_panel_answers_every_kind_of_selection(in_app: None, panel_id: str, search: str, width: str) -> None:
    slot = {"classes": "panel", "renderer": None}
    made = shown(panel_id, search, {"scheme": "dark", "width": width}, slot, as_table=width == "wide")
    assert made.state != "error"
    said = re.sub(r"<[^>]*>", " ", " ".join(made.texts[part] for part in ("header", "view", "caveats")))
    assert not re.search(r"\b(nan|NaN|NaT|inf|None(?! of| recorded))\b|&lt;NA&gt;|−0(\.0*)?(?![.\d])", said)


@pytest.mark.parametrize("path", PATHS)
def test_only_filters_that_do_something_are_offered(in_app: None, path: str) -> None:
    page = next(page for page in dash.page_registry.values() if page["path"] == path)
    uses = shell.page_uses(page)
    said = filter_bar.describe(server.snapshot(), "", uses)
    for name, choice in said["choices"].items():
        if name not in uses:
            assert choice == {"words": "Not used here", "off": True, "changed": False, "menu": ""}
    assert said["empty"] == (not uses)


@pytest.mark.parametrize("path", PATHS)
def test_a_slot_without_a_graph_never_has_a_figure(in_app: None, path: str) -> None:
    page = next(page for page in dash.page_registry.values() if page["path"] == path)
    plain = [
        part.id["panel"]
        for part in parts(page["layout"]())
        if isinstance(getattr(part, "id", None), dict) and (part.id["type"], part.id.get("kind")) == ("panel", "plain")
    ]
    own_view = {"overview_lead", "coverage_line", "sources"}
    drawn = [one for one in plain if build_panel(one, server.snapshot(), server.selection("")).figure is not None]
    assert set(drawn) <= own_view


def test_callbacks_answer_over_http(client: FlaskClient) -> None:
    slot = {"kind": "charted", "panel": "category_totals"}
    dependencies = client.get("/_dash-dependencies").get_json()
    fill = next(one for one in dependencies if '"type":"panel-graph"' in one["output"] and "charted" in one["output"])

    def with_panel(raw: str) -> dict[str, Any]:
        return {**json.loads(raw), "panel": slot["panel"]}

    ids = [part.rsplit(".", 1) for part in fill["output"].strip(".").split("...")]
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": fill["output"],
            "outputs": [{"id": with_panel(raw), "property": prop} for raw, prop in ids],
            "inputs": [
                {"id": "url", "property": "search", "value": "?measure=count"},
                {"id": "view", "property": "data", "value": {"scheme": "light", "width": "wide"}},
                {"id": "snapshot", "property": "data", "value": None},
                {"id": {**slot, "type": "panel-table"}, "property": "data", "value": False},
                {"id": {**slot, "type": "panel-retry"}, "property": "data", "value": 0},
                {"id": "judgement", "property": "data", "value": None},
            ],
            "state": [
                {
                    "id": {**slot, "type": "panel-slot"},
                    "property": "data",
                    "value": {"classes": "panel", "renderer": None},
                }
            ],
            "changedPropIds": ["url.search"],
        },
    )
    assert answer.status_code == 200
    response = answer.get_json()["response"]
    graph = next(value for key, value in response.items() if "panel-graph" in key)
    assert graph["figure"]["data"]
