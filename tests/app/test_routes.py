"""Downloads, pictures, boundaries and headers, asked for over HTTP."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import orjson
import pytest
from dash import Dash
from flask.testing import FlaskClient

from analytics.panels import Panel, panel_specs
from pages._shared import server

from .conftest import made_up_panel

OTHER_HOST = re.compile(r"https?://(?!127\.0\.0\.1)")


@pytest.mark.parametrize("panel_id", sorted(panel_specs()))
def test_every_panel_can_be_downloaded_with_its_heading(client: FlaskClient, panel_id: str) -> None:
    answer = client.get(f"/download/{panel_id}.csv?from=2024-01&to=2024-06")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert re.fullmatch(
        rf'attachment; filename="wrenmouth_{panel_id}_2024-01_2024-06.csv"', answer.headers["Content-Disposition"]
    )
    text = answer.get_data(as_text=True)
    assert "# Snapshot: " in text
    rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if not row[0].startswith("#")]
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("path", ["/download/..%2f..%2fCURRENT.csv", "/geo/..%2f..%2f/wards.geojson"])
def test_no_address_leads_out_of_the_snapshot(client: FlaskClient, path: str) -> None:
    assert client.get(path).mimetype == "text/html"


@pytest.mark.parametrize("path", ["/download/none.csv", "/figure/none.json"])
def test_an_unknown_panel_is_not_found_without_a_stack_trace(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.get_data(as_text=True)


def test_a_failing_panel_gives_no_stack_trace(
    client: FlaskClient, register_panel: Callable[[Callable[[], Panel]], None]
) -> None:
    def fail() -> Panel:
        raise RuntimeError("secret /home/analyst/path")

    register_panel(fail)
    answer = client.get("/download/made_up.csv")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_a_picture_is_made_from_the_light_figure_with_its_words(client: FlaskClient) -> None:
    drawing = orjson.loads(client.get("/figure/category_totals.json?from=2024-01&to=2024-06").data)
    assert drawing["figure"]["data"]
    assert drawing["finding"]
    assert any("snapshot" in note for note in drawing["notes"])
    assert drawing["notes"][-1] == "Demonstration data: every figure is invented."
    assert drawing["file"].endswith(".png")


def test_a_table_has_no_picture(client: FlaskClient, register_panel: Callable[[Callable[[], Panel]], None]) -> None:
    register_panel(lambda: made_up_panel(figure=None))
    assert client.get("/figure/made_up.json").status_code == 404


def test_boundaries_are_kept_by_the_browser(client: FlaskClient, dashboard: Dash) -> None:
    snapshot = dashboard.server.config[server.WAREHOUSE].snapshot
    answer = client.get(f"/geo/{snapshot}/wards.geojson")
    assert answer.status_code == 200
    assert answer.get_json()["type"] == "FeatureCollection"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/geo/x/wards.geojson", "/geo/20250214T090000Z-81460e1c/none.geojson", "/geo/../wards.geojson"]
)
def test_boundaries_that_are_not_there_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_serving_snapshot_can_be_asked_for(client: FlaskClient, dashboard: Dash) -> None:
    answer = client.get("/snapshot")
    assert answer.get_data(as_text=True).strip() == dashboard.server.config[server.WAREHOUSE].snapshot
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/data", "/snapshot", "/assets/base.css", "/download/category_totals.csv", "/nope"]
)
def test_every_answer_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert not OTHER_HOST.search(headers["Content-Security-Policy"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_first_page_names_its_language_and_no_other_host(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert '<html lang="en-GB"' in page
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert linked
    assert not [address for address in linked if OTHER_HOST.match(address)]


def test_every_inline_script_is_allowed_by_its_hash(client: FlaskClient) -> None:
    import base64
    import hashlib

    answer = client.get("/")
    inline = re.findall(r"<script(?![^>]*src=)([^>]*)>(.*?)</script>", answer.get_data(as_text=True), re.S)
    for attributes, script in inline:
        if "application/json" in attributes:
            continue
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_answers_are_compressed(client: FlaskClient) -> None:
    answer = client.get("/_dash-layout", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(("ending", "mimetype"), [("geojson", "application/geo+json"), ("gpkg", "geopackage+sqlite3")])
def test_hotspots_can_be_had_for_a_map(client: FlaskClient, ending: str, mimetype: str) -> None:
    answer = client.get(f"/download/hotspot_list.{ending}?category=vehicle-crime&from=2024-01&to=2024-12")
    assert answer.status_code == 200
    assert answer.mimetype.endswith(mimetype)
    assert f"hotspot_list_2024-01_2024-12.{ending}" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["category_totals.gpkg", "category_totals.docm", "none.geojson"])
def test_a_download_there_is_not_says_so(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/download/{name}")
    assert answer.status_code == 404
    assert answer.get_data(as_text=True).startswith("There is no ")
