"""Nomis: ONS statistics by area as CSV, in pages."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from data.get.addresses import Addresses, Statistic
from data.get.errors import GetError
from data.get.fetch import Fetcher
from data.get.pages import PageFolder

__all__ = ["AreaValue", "read_statistic", "statistic_request"]

_COLUMNS = ("GEOGRAPHY_CODE", "GEOGRAPHY_NAME", "DATE_NAME", "OBS_VALUE", "RECORD_COUNT")


@dataclass(frozen=True)
class AreaValue:
    """The statistic's value for one area, and the date it is of ("2021", "2024")."""

    code: str
    name: str
    date: str
    value: int


def statistic_request(addresses: Addresses, statistic: Statistic) -> str:
    """The address of the statistic, without the page."""
    query = {**statistic.query, "select": ",".join(column.lower() for column in _COLUMNS)}
    return f"{addresses.nomis_base}/{statistic.dataset}.data.csv?{urlencode(query, safe=',')}"


def read_statistic(fetcher: Fetcher, work: Path, addresses: Addresses, statistic: Statistic) -> list[AreaValue]:
    """The statistic for every area, in the order of their codes.

    Parameters
    ----------
    work : Path
        Of the file the statistic is for; pages are kept there, so that a stopped download goes on.

    Raises
    ------
    GetError
        An answer of another layout, or another number of rows than announced.
    """
    request = statistic_request(addresses, statistic)
    pages = PageFolder(work, request)
    values: list[AreaValue] = []
    announced: int | None = None
    while announced is None or len(values) < announced:
        paging = urlencode({"RecordLimit": addresses.nomis_page, "RecordOffset": len(values)})
        page, of_all = _values(pages.page(len(values), partial(_checked, fetcher, f"{request}&{paging}")), request)
        if not page:
            break
        values, announced = values + page, of_all
    areas = len({value.code for value in values})
    if areas != len(values) or len(values) != announced:
        pages.drop()
        raise GetError(
            f"{request} announced {announced or 'no'} rows and gave {len(values)}, for {areas} areas",
            "Run the same command again.",
        )
    return sorted(values, key=lambda value: value.code)


def _checked(fetcher: Fetcher, address: str) -> bytes:
    """A page, after making sure that it is one: a refusal in words is not to be kept."""
    body = fetcher.read(address)
    _values(body, address)
    return body


def _values(body: bytes, request: str) -> tuple[list[AreaValue], int]:
    """The values of a page, and how many rows are announced for all pages together."""
    rows = _rows(body, request)
    try:
        values = [
            AreaValue(
                row["GEOGRAPHY_CODE"].strip(),
                row["GEOGRAPHY_NAME"].strip(),
                row["DATE_NAME"].strip(),
                int(float(row["OBS_VALUE"])),
            )
            for row in rows
        ]
        return values, int(rows[0]["RECORD_COUNT"]) if rows else 0
    except (ValueError, TypeError, AttributeError) as error:
        raise GetError(
            f"{request} answered with a row that is no number for an area ({error})", "Try again later."
        ) from error


def _rows(body: bytes, request: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig", errors="replace")))
    header = {(name or "").strip().upper() for name in reader.fieldnames or []}
    missing = [column for column in _COLUMNS if column not in header]
    if header and missing:
        raise GetError(
            f"{request} answered without the columns {', '.join(missing)}",
            "Nomis may have refused the question: check the address table (--addresses).",
        )
    reader.fieldnames = [(name or "").strip().upper() for name in reader.fieldnames or []]
    return list(reader)
