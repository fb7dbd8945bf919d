"""A background for the map: off unless the configuration names one; then that host gives pictures and nothing else."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from data.config import read_config
from data.errors import LoadError
from data.warehouse import Warehouse
from tests.data.world import SOUTH, W1, W4, WEST, World, row

from .conftest import Arrive, Served

QUERY = "?bbox={west},{south},{east},{north}&width={width}&height={height}"


def png() -> bytes:
    """A grey picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")


@pytest.fixture
def pictures() -> Iterator[tuple[str, list[str]]]:
    """A service on another port, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
            self.end_headers()
            self.wfile.write(png())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


def world(folder: Path, address: str) -> World:
    made = World.make(folder)
    made.street([row(W1)] * 9 + [row(W4)])
    made.settings["map"] = {"basemap": address, "basemap_credit": "© The mapmakers"}
    return made


def test_a_named_background_is_asked_for_the_view_and_nothing_else(
    arrive: Arrive, tmp_path: Path, pictures: tuple[str, list[str]]
) -> None:
    origin, asked = pictures
    made = world(tmp_path, f"{origin}/wms{QUERY}")
    made.build()
    served = Served(made.store)
    try:
        policy = served.app.server.test_client().get("/hotspots").headers["Content-Security-Policy"]
        assert [part for part in policy.split("; ") if origin in part] == [f"img-src 'self' data: blob: {origin}"]
        visitor = arrive(address=served.address)
        page = visitor.go("/hotspots")
        page.wait_for_selector("[data-panel=hotspot_map] .imagelayer image")
        assert "The mapmakers" in page.locator("[data-panel=hotspot_map] .chart").inner_html()
        assert origin in page.locator("[data-panel=hotspot_map] .caveats").inner_text()
        west, south, east, north = map(int, parse_qs(urlsplit(asked[0]).query)["bbox"][0].split(","))
        assert west < WEST < WEST + 2000 < east
        assert south < SOUTH < SOUTH + 2000 < north
        before = len(asked)
        visitor.go("/")
        assert len(asked) == before, "no other page asks"
    finally:
        served.close()


def test_without_a_name_no_host_stands_in_the_policy(served: Served) -> None:
    policy = served.app.server.test_client().get("/hotspots").headers["Content-Security-Policy"]
    assert "http" not in policy
    assert Warehouse(Path("data/demo/store")).current.manifest.get("basemap") is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("maps.example/wms" + QUERY, "is not an address"),
        ("javascript:alert(1)/" + QUERY, "is not an address"),
        ("https://a.example; script-src */" + QUERY, "is not an address"),
        ("https://maps.example/{z}/{x}/{y}.png", "each of {west}, {south}"),
        ("https://maps.example/wms?bbox={west},{south},{east},{north}", "each of {west}, {south}"),
    ],
)
def test_an_address_that_cannot_be_used_is_named(tmp_path: Path, address: str, words: str) -> None:
    with pytest.raises(LoadError, match=words.replace("{", r"\{")):
        read_config(world(tmp_path, address).config())
