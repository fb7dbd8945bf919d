"""The declared table of addresses and layouts: ``addresses.toml``, read into a small domain type."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.get.errors import GetError

__all__ = ["Addresses", "DirectFile", "Layer", "Statistic", "StreetCrime", "read_addresses"]

_TABLE = Path(__file__).with_name("addresses.toml")


@dataclass(frozen=True)
class StreetCrime:
    """The monthly archives of street-level files."""

    title: str
    publisher: str
    archive: str
    months_held: int
    member: str
    folder: str


@dataclass(frozen=True)
class Layer:
    """One layer (or table) of a feature service."""

    name: str
    title: str
    services: tuple[str, ...]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    file: str
    select: str | None = None


@dataclass(frozen=True)
class Statistic:
    """One figure per area from the Nomis service."""

    name: str
    title: str
    dataset: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class DirectFile:
    """One file at one address."""

    name: str
    title: str
    publisher: str
    address: str
    file: str
    first_column: str


@dataclass(frozen=True)
class Addresses:
    """All of it."""

    street_crime: StreetCrime
    services_base: str
    services_page: int
    codes_per_query: int
    layers: Mapping[str, Layer]
    nomis_base: str
    nomis_page: int
    statistics: Mapping[str, Statistic]
    tables: Mapping[str, str]
    files: Mapping[str, DirectFile]


def read_addresses(overrides: Path | None = None) -> Addresses:
    """The program's table, with the keys of another such file put over it.

    Raises
    ------
    GetError
        The other file is not there, is no TOML, or has a key this table does not have.
    """
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    if overrides is not None:
        try:
            changes = tomllib.loads(overrides.read_text("utf-8"))
        except OSError as error:
            raise GetError(f"{overrides}: cannot be read ({error.strerror})", "Check --addresses.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise GetError(f"{overrides}: it is not valid TOML ({error})", "Correct it.") from error
        _put_over(table, changes, overrides, "")
    return Addresses(
        street_crime=StreetCrime(**table["street_crime"]),
        services_base=table["feature_services"]["base"].rstrip("/"),
        services_page=table["feature_services"]["page"],
        codes_per_query=table["feature_services"]["codes_per_query"],
        layers={
            name: Layer(
                name=name,
                title=layer["title"],
                services=tuple(layer["services"]),
                columns=tuple(layer["columns"]),
                key=tuple(layer["key"]),
                file=layer["file"],
                select=layer.get("select"),
            )
            for name, layer in table["layers"].items()
        },
        nomis_base=table["nomis"]["base"].rstrip("/"),
        nomis_page=table["nomis"]["page"],
        statistics={name: Statistic(name=name, **entry) for name, entry in table["statistics"].items()},
        tables=table["tables"],
        files={name: DirectFile(name=name, **entry) for name, entry in table["files"].items()},
    )


def _put_over(table: dict[str, Any], changes: dict[str, Any], file: Path, where: str) -> None:
    """Replace values of the table by those of the changes; a key it does not have is a mistake in the file."""
    for key, value in changes.items():
        name = f"{where}{key}"
        if key not in table or type(table[key]) is not type(value):
            known = ", ".join(table)
            raise GetError(f"{file}: {name} is not a key of the table of addresses", f"It has {known}.")
        if isinstance(value, dict) and key != "query":
            _put_over(table[key], value, file, f"{name}.")
        else:
            table[key] = value
