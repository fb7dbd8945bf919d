"""The presentation over HTTP: screens, agendas saved by name, bad addresses."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from analytics.context import load_context
from analytics.panels import build_panel, panel_specs
from analytics.selection import Selection
from app import Settings, create_app
from data.warehouse import Warehouse

STORE = Path(__file__).parents[2] / "data" / "demo" / "store"
HERE = {"X-Dashboard": "1", "Origin": "http://localhost"}


@pytest.mark.parametrize("panel_id", sorted(panel_specs()))
def test_every_panel_has_a_screen_that_says_what_the_panel_says(
    client: FlaskClient, demo: Warehouse, panel_id: str
) -> None:
    query = "from=2024-01&to=2024-06"
    answer = client.get(f"/present/screen.json?panel={panel_id}&{query}")
    assert answer.status_code == 200
    said = answer.get_json()
    panel = build_panel(panel_id, demo, Selection.from_query(query, load_context(demo))[0])
    assert said["finding"] == panel.sentence
    assert said["figure"] or said["table"] or said["cards"] or said["message"] or said["finding"]
    assert any("Demonstration data" in note for note in said["notes"])
    assert client.get(said["page"]).status_code == 200


def test_a_screen_with_nothing_to_draw_says_why(client: FlaskClient) -> None:
    said = client.get("/present/screen.json?panel=improvements").get_json()
    assert said["figure"] is None
    assert said["message"]


def test_a_wide_table_keeps_verdicts_and_says_that_columns_are_left(client: FlaskClient) -> None:
    said = client.get("/present/screen.json?panel=ward_totals").get_json()
    heads = re.findall(r"<th[^>]*columnheader[^>]*>([^<]*)<", said["table"])
    assert heads[0] == "Ward"
    assert "Verdict" in heads
    assert sum("lower" in head for head in heads) == sum("upper" in head for head in heads)
    assert said["columns_left"] > 0
    phone = client.get("/present/screen.json?panel=ward_totals&narrow=1").get_json()
    assert phone["columns_left"] == 0


def test_a_table_is_not_told_how_the_drawing_is_read(client: FlaskClient) -> None:
    said = client.get("/present/screen.json?panel=family_position").get_json()
    assert said["kicker"].endswith("Large mark: Wrenmouth; dots: other areas; band: ordinary for this family")
    assert said["kicker_of_table"] == "Per 1,000 residents, 2024"
    assert "/comparators" not in client.get("/present/screen.json?panel=criteria").get_json()["table"]
    judged = client.get("/present/screen.json?panel=watch_list").get_json()
    assert judged["notes"][0].startswith("Reasons to ask, not findings")


def test_an_unknown_screen_is_one_line(client: FlaskClient) -> None:
    answer = client.get("/present/screen.json?panel=%3Cscript%3E")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True).count("\n") == 1
    listed = client.get("/present/agenda.json?screen=nonsense").get_json()
    assert listed["screens"] == []
    assert listed["said"] == ["There is no panel called “nonsense”: left out."]


def test_the_page_and_its_drawing_library_come_from_here(client: FlaskClient) -> None:
    page = client.get("/present").get_data(as_text=True)
    assert "https://" not in page
    library = page.split('<script src="')[1].split('"')[0]
    answer = client.get(library)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.fixture
def own(tmp_path: Path) -> FlaskClient:
    """A dashboard whose store may be written."""
    shutil.copytree(STORE, tmp_path / "store")
    return create_app(Settings(store=tmp_path / "store")).server.test_client()


def test_agendas_are_saved_by_name(own: FlaskClient) -> None:
    body = {"name": "Board, January", "screens": ["overview_lead?from=2024-01&to=2024-06", "improvements"]}
    assert own.get("/present/agendas.json").get_json() == []
    saved = own.post("/present/agendas.json", json=body, headers=HERE).get_json()
    assert (saved["name"], saved["screens"]) == (body["name"], body["screens"])
    again = own.post("/present/agendas.json", json={**body, "screens": ["improvements"]}, headers=HERE).get_json()
    assert again["id"] == saved["id"]
    assert [agenda["screens"] for agenda in own.get("/present/agendas.json").get_json()] == [["improvements"]]
    assert own.delete(f"/present/agendas/{saved['id']}.json", headers=HERE).status_code == 200
    assert own.delete(f"/present/agendas/{saved['id']}.json", headers=HERE).status_code == 404
    assert own.get("/present/agendas.json").get_json() == []


BAD = (
    None,
    [],
    {},
    {"name": "", "screens": ["improvements"]},
    {"name": "A", "screens": []},
    {"name": "A", "screens": [3]},
    {"name": "A", "screens": ["nonsense"]},
    {"name": "A" * 200, "screens": ["improvements"]},
)


@pytest.mark.parametrize("body", BAD)
def test_a_bad_agenda_is_refused_in_words(own: FlaskClient, body: object) -> None:
    answer = own.post("/present/agendas.json", json=body, headers=HERE)
    assert answer.status_code == 400
    assert answer.get_data(as_text=True).count("\n") == 1
    assert own.get("/present/agendas.json").get_json() == []


def test_another_site_cannot_save(own: FlaskClient) -> None:
    body = {"name": "A", "screens": ["improvements"]}
    assert own.post("/present/agendas.json", json=body).status_code == 403
    assert own.delete("/present/agendas/abc.json").status_code == 403


def test_a_damaged_state_is_one_line(own: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "store" / "state.sqlite").write_bytes(b"not a database" * 100)
    answer = own.get("/present/agendas.json")
    assert answer.status_code == 503
    assert answer.get_data(as_text=True).count("\n") == 1
    assert own.get("/present/agenda.json").status_code == 200
