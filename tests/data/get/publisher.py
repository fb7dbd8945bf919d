"""A local server that speaks the publishers' protocols: archives by range, feature services, Nomis, plain files.

It listens on 127.0.0.1 only. Faults can be put in the way of a path: a status, a cut after so many bytes, a stall.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import socket
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

OUR_DISTRICT = "E06999001"
OTHER_DISTRICT = "E07999002"
STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


@dataclass
class Service:
    """A layer: its features as (attributes, ring of longitude and latitude or None)."""

    fields: list[str]
    features: list[tuple[dict[str, Any], list[list[float]] | None]]
    most: int = 2000
    announced: int | None = None


@dataclass
class Publisher:
    """What is published, what goes wrong, and what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    statistics: dict[str, list[tuple[str, str, str, int]]] = field(default_factory=dict)
    nomis_most: int = 25_000
    ranges: bool = True
    faults: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    asked: list[str] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    base: str = ""
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def fail(self, path: str, *faults: tuple[str, int]) -> None:
        """The next requests whose path contains ``path`` meet these faults: ("status", 503), ("cut", bytes sent),
        ("stall", seconds at most)."""
        self.faults[path] += faults

    def fault(self, path: str) -> tuple[str, int] | None:
        for part, queue in self.faults.items():
            if part in path and queue:
                return queue.pop(0)
        return None

    def asked_for(self, part: str) -> int:
        return sum(part in path for path in self.asked)

    def addresses(self, folder: Path) -> Path:
        """An address table that leads here."""
        path = folder / "addresses.toml"
        path.write_text(
            f'[street_crime]\narchive = "{self.base}/archive/{{month}}.zip"\n'
            f'[feature_services]\nbase = "{self.base}/services"\npage = 4\ncodes_per_query = 3\n'
            f'[nomis]\nbase = "{self.base}/nomis"\npage = 5\n'
            f'[files.deprivation]\naddress = "{self.base}/files/iod.csv"\n',
            "utf-8",
        )
        return path


@contextmanager
def serving(publisher: Publisher) -> Iterator[Publisher]:
    """The publisher, answering on a free port."""

    class Handler(_Handler):
        content = publisher

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    content: Publisher

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self.content.asked.append(self.path)
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        self.cut_after: int | None = None
        fault = self.content.fault(self.path)
        if fault and fault[0] == "status":
            self.reply(b"busy", fault[1], {"Retry-After": "0"})
            return
        if fault and fault[0] == "stall":
            self.content.stalled.set()
            self.content.go_on.wait(fault[1])
        elif fault:
            self.cut_after = fault[1]
        if url.path in self.content.redirects:
            self.reply(b"", 302, {"Location": self.content.redirects[url.path]})
        elif url.path in self.content.files:
            self.file(self.content.files[url.path])
        elif url.path.startswith("/services/"):
            self.service(url.path.removeprefix("/services/"), query)
        elif url.path.startswith("/nomis/"):
            self.nomis(url.path.removeprefix("/nomis/").removesuffix(".data.csv"), query)
        else:
            self.reply(b"not found", 404)

    def file(self, body: bytes) -> None:
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", tag) == tag
        if not (self.content.ranges and asked and same):
            self.reply(body, 200, {"ETag": tag})
            return
        start, stop = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else len(body), len(body))
        if start >= len(body):
            self.reply(b"", 416, {"Content-Range": f"bytes */{len(body)}"})
            return
        headers = {"ETag": tag, "Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
        self.reply(body[start:stop], 206, headers)

    def service(self, path: str, query: dict[str, str]) -> None:
        found = re.fullmatch(r"(.+)/FeatureServer/0(/query)?", path)
        service = self.content.services.get(found[1]) if found else None
        if found is None or service is None:
            self.json({"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}})
        elif not found[2]:
            fields = [{"name": name, "type": "esriFieldTypeString"} for name in service.fields]
            self.json({"name": found[1], "maxRecordCount": service.most, "fields": fields})
        else:
            self.json(_answer(service, query))

    def nomis(self, dataset: str, query: dict[str, str]) -> None:
        rows = self.content.statistics.get(dataset)
        if rows is None:
            self.reply(b"", 404)
            return
        columns = [name.upper() for name in query["select"].split(",")]
        start = int(query["RecordOffset"])
        page = rows[start : start + min(int(query["RecordLimit"]), self.content.nomis_most)]
        lines = [",".join(f'"{name}"' for name in columns)]
        for code, name, when, value in page:
            of = {
                "GEOGRAPHY_CODE": f'"{code}"',
                "GEOGRAPHY_NAME": f'"{name}"',
                "DATE_NAME": when,
                "OBS_VALUE": value,
                "RECORD_COUNT": len(rows),
            }
            lines.append(",".join(str(of[column]) for column in columns))
        self.reply("\r\n".join([*lines, ""]).encode("utf-8-sig"))

    def json(self, answer: dict[str, Any]) -> None:
        self.reply(json.dumps(answer).encode())

    def reply(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = body if self.cut_after is None else body[: self.cut_after]
        self.content.sent[urlsplit(self.path).path] += len(sent)
        self.wfile.write(sent)
        if self.cut_after is not None:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)


def _answer(service: Service, query: dict[str, str]) -> dict[str, Any]:
    chosen = [feature for feature in service.features if _fits(query["where"], feature[0])]
    if query.get("returnCountOnly") == "true":
        return {"count": len(chosen) if service.announced is None else service.announced}
    order = query["orderByFields"].split(",")
    wanted = query["outFields"].split(",")
    if not {*order, *wanted} <= set(service.fields):
        return {"error": {"code": 400, "message": "'Invalid field' parameter is invalid"}}
    chosen = sorted(chosen, key=lambda feature: [feature[0][name] for name in order])
    start, most = int(query["resultOffset"]), min(int(query["resultRecordCount"]), service.most)
    page, more = chosen[start : start + most], start + most < len(chosen)
    rows = [{name: attributes[name] for name in wanted} for attributes, _ in page]
    if query["f"] == "geojson":
        features = [
            {"type": "Feature", "properties": row, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for row, (_, ring) in zip(rows, page, strict=True)
        ]
        crs = {"type": "name", "properties": {"name": "EPSG:4326"}}
        extra = {"properties": {"exceededTransferLimit": True}} if more else {}
        return {"type": "FeatureCollection", "crs": crs, **extra, "features": features}
    return {"exceededTransferLimit": more, "features": [{"attributes": row} for row in rows]}


def _fits(where: str, attributes: dict[str, Any]) -> bool:
    if where == "1=1":
        return True
    found = re.fullmatch(r"(\w+) IN \(((?:'\w+'(?:, )?)+)\)", where)
    assert found, where
    return attributes[found[1]] in re.findall(r"'(\w+)'", found[2])


def street_file(month: str, force_name: str, rows: int = 20) -> bytes:
    """A street-level file of one force and month, of our district's first LSOA."""
    lines = [STREET_HEADER]
    lines += [
        f"{hashlib.sha256(f'{month}{force_name}{i}'.encode()).hexdigest()},{month},{force_name},{force_name},"
        f"0.305,51.505,On or near High Street,E01990001,Borough 001A,Burglary,Under investigation,"
        for i in range(rows)
    ]
    return "\n".join([*lines, ""]).encode()


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP archive of these files; beside each street file an outcomes file that nobody asked for."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in files.items():
            target.writestr(name, body)
            noise = hashlib.shake_256(name.encode()).digest(20_000)  # does not compress
            target.writestr(name.replace("-street", "-outcomes"), noise)
    return content.getvalue()


def square(column: int) -> list[list[float]]:
    """A ring about 700 m wide; neighbours by number touch."""
    west, south, side = 0.30 + 0.01 * column, 51.50, 0.01
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    return [[round(west + side * x, 6), round(south + side * y, 6)] for x, y in corners]


def made_up_country() -> Publisher:
    """Two districts, one of them ours with three wards and five LSOAs; three months of two forces in one archive."""
    publisher = Publisher()
    lsoas = [(f"E0199{i:04}", f"Borough 00{i}A", 0 if i < 3 else 1 if i < 5 else 2) for i in range(1, 6)]
    wards = [(f"E0599{i:04}", f"Ward {i}") for i in range(3)]
    other_lsoas = [(f"E0198{i:04}", f"Elsewhere 00{i}A") for i in range(1, 7)]
    csp = {"CSP25CD": "E22999001", "CSP25NM": "Borough"}
    publisher.services["LAD25_CSP25_PFA25_EW_LU"] = Service(
        ["LAD25CD", "LAD25NM", *csp, "PFA25CD", "PFA25NM", "ObjectId"],
        [
            (
                {"LAD25CD": code, "LAD25NM": name, "CSP25CD": f"E22999{n}", "CSP25NM": name, "PFA25CD": pfa}
                | {"PFA25NM": force, "ObjectId": int(n)},
                None,
            )
            for code, name, n, pfa, force in (
                (OUR_DISTRICT, "Borough", "001", "E23000028", "Essex"),
                (OTHER_DISTRICT, "Elsewhere", "002", "E23000032", "Kent"),
            )
        ],
    )
    lookup = ["LSOA21CD", "LSOA21NM", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM"]
    rows = [(code, name, *wards[ward], OUR_DISTRICT, "Borough") for code, name, ward in lsoas]
    rows += [(code, name, "E05990100", "Far ward", OTHER_DISTRICT, "Elsewhere") for code, name in other_lsoas]
    publisher.services["LSOA21_WD25_LAD25_EW_LU_v2"] = Service(
        lookup, [(dict(zip(lookup, row, strict=True)), None) for row in rows], most=3
    )
    exact = ["LSOA11CD", "LSOA11NM", "LSOA21CD", "LSOA21NM", "CHGIND"]
    publisher.services["LSOA11_LSOA21_LAD22_EW_LU_v5"] = Service(
        exact, [(dict(zip(exact, (row[0], row[1], row[0], row[1], "U"), strict=True)), None) for row in rows]
    )
    publisher.services["WD_MAY_2025_UK_BGC_V2"] = Service(
        ["FID", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM"],
        [
            ({"FID": i, "WD25CD": code, "WD25NM": name, "LAD25CD": OUR_DISTRICT, "LAD25NM": "Borough"}, square(i))
            for i, (code, name) in enumerate(wards)
        ]
        + [
            (
                {"FID": 9, "WD25CD": "E05990100", "WD25NM": "Far", "LAD25CD": OTHER_DISTRICT, "LAD25NM": "Elsewhere"},
                square(9),
            )
        ],
    )
    publisher.services["Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5"] = Service(
        ["FID", "LSOA21CD", "LSOA21NM"],
        [
            ({"FID": i, "LSOA21CD": code, "LSOA21NM": name}, square(i))
            for i, (code, name) in enumerate([*((code, name) for code, name, _ in lsoas), *other_lsoas])
        ],
        most=2,
    )
    everyone = sorted([(code, name) for code, name, _ in lsoas] + other_lsoas)
    publisher.statistics["NM_2021_1"] = [(code, name, "2021", 1500 + i) for i, (code, name) in enumerate(everyone)]
    publisher.statistics["NM_2059_1"] = [(code, name, "2021", 600 + i) for i, (code, name) in enumerate(everyone)]
    publisher.statistics["NM_2002_1"] = [
        (OUR_DISTRICT, "Borough", "2024", 7_700),
        (OTHER_DISTRICT, "Elsewhere", "2024", 9_100),
    ]
    imd = "Index of Multiple Deprivation (IMD)"
    head = f"LSOA code (2021),{imd} Score,{imd} Rank (where 1 is most deprived),"
    head += f"{imd} Decile (where 1 is most deprived 10% of LSOAs)"
    body = "".join(f"{code},{20 + i}.5,{1000 + i},{1 + i % 10}\r\n" for i, (code, _) in enumerate(everyone))
    publisher.files["/files/iod.csv"] = f"{head}\r\n{body}".encode("utf-8-sig")
    publisher.files["/archive/2025-12.zip"] = archive(
        {
            f"{month}/{month}-{slug}-street.csv": street_file(month, name)
            for month in ("2025-10", "2025-11", "2025-12")
            for slug, name in (
                ("cheshire", "Cheshire Constabulary"),
                ("essex", "Essex Police"),
                ("kent", "Kent Police"),
            )
        }
    )
    return publisher
