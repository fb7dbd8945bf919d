"""The table of addresses."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data.get.addresses import read_addresses
from data.get.errors import GetError


def test_every_address_is_the_publishers_own() -> None:
    addresses = read_addresses()
    hosts = {
        urlsplit(address).hostname
        for address in (
            addresses.street_crime.archive,
            addresses.services_base,
            addresses.nomis_base,
            *(file.address for file in addresses.files.values()),
        )
    }
    assert hosts == {
        "data.police.uk",
        "services1.arcgis.com",
        "www.nomisweb.co.uk",
        "assets.publishing.service.gov.uk",
    }
    assert addresses.street_crime.archive.format(month="2025-12") == "https://data.police.uk/data/archive/2025-12.zip"
    assert addresses.street_crime.months_held == 36


def test_every_layer_orders_and_selects_by_columns_it_declares() -> None:
    for layer in read_addresses().layers.values():
        assert layer.services
        assert set(layer.key) <= set(layer.columns)
        assert layer.select is None or layer.select in layer.columns


def test_corrections_go_over_the_table(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[layers.lsoa_lookup]\nservices = ["NEW/FeatureServer/0"]\n[statistics.residents]\nquery = { date = "2031" }\n'
    )
    addresses = read_addresses(path)
    assert addresses.layers["lsoa_lookup"].services == ("NEW/FeatureServer/0",)
    assert addresses.layers["lsoa_lookup"].columns == read_addresses().layers["lsoa_lookup"].columns
    assert addresses.statistics["residents"].query == {"date": "2031"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[layers.lsoa_lokup]\nservices = []", "layers.lsoa_lokup is not a key"),
        ('[nomis]\npage = "many"', "nomis.page is not a key"),
        ("nomis = [", "not valid TOML"),
    ],
)
def test_corrections_that_are_mistakes(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(GetError, match=message):
        read_addresses(path)


def test_corrections_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(GetError, match="cannot be read"):
        read_addresses(tmp_path / "none.toml")
