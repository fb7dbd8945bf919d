"""ArcGIS feature services: layers queried page by page, as the ONS Open Geography portal serves them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from data.get.addresses import Addresses, Layer
from data.get.errors import GetError, NotPublishedError
from data.get.fetch import Fetcher
from data.get.pages import PageFolder

__all__ = ["PublishedLayer", "find_layer", "read_features"]

_BUSY_CODES = {429, 500, 503, 504}


@dataclass(frozen=True)
class PublishedLayer:
    """A layer as its service describes it.

    ``fields`` gives the layer's own name of each declared column (WD##CD → WD25CD).
    """

    layer: Layer
    address: str
    fields: dict[str, str]
    page: int

    def names(self, columns: Sequence[str]) -> list[str]:
        """The layer's own names of declared columns."""
        return [self.fields[column] for column in columns]


def find_layer(fetcher: Fetcher, addresses: Addresses, layer: Layer) -> PublishedLayer:
    """The first of the layer's services that is published, with its field names.

    Raises
    ------
    NotPublishedError
        None of them is.
    GetError
        The layer no longer has a declared column.
    """
    for service in layer.services:
        address = f"{addresses.services_base}/{service}"
        try:
            description = _read_json(fetcher, f"{address}?f=json")
        except NotPublishedError:
            continue
        published = [str(field["name"]) for field in description.get("fields") or []]
        fields = {}
        for column in layer.columns:
            pattern = re.escape(column).replace(r"\#\#", r"\d\d")
            name = next((field for field in published if re.fullmatch(pattern, field, re.IGNORECASE)), None)
            if name is None:
                raise GetError(
                    f"{address} has no column {column}; it has {', '.join(published) or 'none'}",
                    "Correct the layer in the address table (--addresses).",
                )
            fields[column] = name
        page = min(addresses.services_page, int(description.get("maxRecordCount") or addresses.services_page))
        return PublishedLayer(layer, address, fields, max(page, 1))
    raise NotPublishedError(
        f"{layer.title}: none of {', '.join(layer.services)} is published at {addresses.services_base}",
        "Look up its present name on geoportal.statistics.gov.uk and give it in an address table (--addresses).",
    )


def read_features(
    fetcher: Fetcher, work: Path, published: PublishedLayer, where: str = "1=1", *, shapes: bool = False
) -> list[dict[str, Any]]:
    """All features that fit a condition, in the order of the layer's key.

    Each page is kept in the work folder, so that a stopped download goes on.

    Parameters
    ----------
    work : Path
        Of the file the features are for.
    where : str
        The condition, in the layer's own field names.
    shapes : bool
        True for GeoJSON features (longitude and latitude) with their properties; else a dict of the columns each.

    Raises
    ------
    GetError
        The service announced another number of features than it gave, or gave one twice.
    """
    order = published.names(published.layer.key)
    query = {
        "where": where,
        "outFields": ",".join(published.fields.values()),
        "returnGeometry": "true" if shapes else "false",
        "orderByFields": ",".join(order),
        **({"outSR": "4326"} if shapes else {}),
        "f": "geojson" if shapes else "json",
    }
    request = f"{published.address}/query?{urlencode(query)}"
    counted = {"where": where, "returnCountOnly": "true", "f": "json"}
    count = int(_read_json(fetcher, f"{published.address}/query?{urlencode(counted)}")["count"])
    pages = PageFolder(work, request)
    features: list[dict[str, Any]] = []
    while len(features) < count:
        paging = {"resultOffset": len(features), "resultRecordCount": published.page}
        body = pages.page(len(features), partial(_features, fetcher, f"{request}&{urlencode(paging)}"))
        page = json.loads(body)
        if not page:
            break
        features += page
    rows = [feature["properties"] if shapes else feature["attributes"] for feature in features]
    keys = [tuple(row.get(name) for name in order) for row in rows]
    twice = len(keys) - len(set(keys))
    if twice or len(keys) != count:
        pages.drop()
        raise GetError(
            f"{published.address} announced {count} features and gave {len(keys)}, of which {twice} twice",
            "It may have changed while it was read: run the same command again.",
        )
    return features if shapes else rows


def _features(fetcher: Fetcher, address: str) -> bytes:
    return json.dumps(_read_json(fetcher, address).get("features") or []).encode()


def _read_json(fetcher: Fetcher, address: str) -> dict[str, Any]:
    """The answer, after looking for the error that these services send with status 200."""
    for attempt in range(1, fetcher.attempts + 1):
        body = fetcher.read(address)
        short = address.split("?")[0]
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise GetError(f"{short} did not answer with JSON", "Check the address table (--addresses).") from error
        if not isinstance(answer, dict):
            raise GetError(f"{short} answered with something else than an object", "Check the address table.")
        if "error" not in answer:
            return answer
        code, message = answer["error"].get("code"), answer["error"].get("message", "")
        if code not in _BUSY_CODES:
            break
        if attempt < fetcher.attempts:
            fetcher.sleep(min(fetcher.first_pause * 2 ** (attempt - 1), 60.0))
    if code == 404 or (code == 400 and "invalid url" in message.casefold()):
        raise NotPublishedError(f"{short} does not exist ({message})", "Check the address table (--addresses).")
    raise GetError(f"{short} answered with error {code}: {message}", "Check the address table, or try again later.")
