"""Feature services: paging, names that changed, answers that lie."""

import json
from pathlib import Path

import pytest

from data.get.addresses import Addresses, read_addresses
from data.get.errors import GetError, NotPublishedError
from data.get.feature_service import PublishedLayer, find_layer, read_features
from data.get.fetch import Fetcher
from tests.data.get.publisher import OUR_DISTRICT, Publisher

LOOKUP = "LSOA21_WD25_LAD25_EW_LU_v2"
WARDS = "WD_MAY_2025_UK_BGC_V2"


@pytest.fixture
def addresses(publisher: Publisher, tmp_path: Path) -> Addresses:
    return read_addresses(publisher.addresses(tmp_path))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def lookup(fetcher: Fetcher, addresses: Addresses) -> PublishedLayer:
    return find_layer(fetcher, addresses, addresses.layers["lsoa_lookup"])


def test_all_pages_in_order(fetcher: Fetcher, addresses: Addresses, work: Path, publisher: Publisher) -> None:
    published = lookup(fetcher, addresses)
    assert published.page == 3  # the layer gives fewer at once than we would ask for
    rows = read_features(fetcher, work, published)
    codes = [row["LSOA21CD"] for row in rows]
    assert codes == sorted(codes)
    assert len(codes) == 11
    assert publisher.asked_for("resultOffset") == 4


def test_a_service_that_gives_less_than_it_says(
    fetcher: Fetcher, addresses: Addresses, work: Path, publisher: Publisher
) -> None:
    published = lookup(fetcher, addresses)
    publisher.services[LOOKUP].most = 2  # fewer than maxRecordCount said: the offset follows what came
    assert len(read_features(fetcher, work, published)) == 11


def test_shapes_come_as_geojson(fetcher: Fetcher, addresses: Addresses, work: Path) -> None:
    published = find_layer(fetcher, addresses, addresses.layers["ward_boundaries"])
    features = read_features(fetcher, work, published, f"LAD25CD IN ('{OUR_DISTRICT}')", shapes=True)
    assert [feature["properties"]["WD25CD"] for feature in features] == ["E05990000", "E05990001", "E05990002"]
    assert features[0]["geometry"]["type"] == "Polygon"


def test_the_next_name_is_tried_where_a_service_is_gone(
    fetcher: Fetcher, addresses: Addresses, publisher: Publisher
) -> None:
    publisher.services["LSOA21_WD24_LAD24_EW_LU"] = publisher.services.pop(LOOKUP)
    publisher.services["LSOA21_WD24_LAD24_EW_LU"].fields = [
        "lsoa21cd", "lsoa21nm", "wd24cd", "wd24nm", "lad24cd", "lad24nm",
    ]  # fmt: skip
    published = lookup(fetcher, addresses)
    assert "LSOA21_WD24_LAD24_EW_LU" in published.address
    assert published.fields["WD##CD"] == "wd24cd"


def test_no_name_works(fetcher: Fetcher, addresses: Addresses, publisher: Publisher) -> None:
    publisher.services.clear()
    with pytest.raises(NotPublishedError, match=r"none of LSOA21_WD25.*geoportal"):
        lookup(fetcher, addresses)


def test_a_column_that_is_gone(fetcher: Fetcher, addresses: Addresses, publisher: Publisher) -> None:
    publisher.services[LOOKUP].fields.remove("WD25CD")
    with pytest.raises(GetError, match=r"no column WD##CD; it has LSOA21CD, LSOA21NM, WD25NM"):
        lookup(fetcher, addresses)


def test_fewer_features_than_announced(
    fetcher: Fetcher, addresses: Addresses, work: Path, publisher: Publisher
) -> None:
    publisher.services[LOOKUP].announced = 12
    with pytest.raises(GetError, match="announced 12 features and gave 11"):
        read_features(fetcher, work, lookup(fetcher, addresses))


def test_a_feature_given_twice(fetcher: Fetcher, addresses: Addresses, work: Path, publisher: Publisher) -> None:
    features = publisher.services[LOOKUP].features
    features[3] = features[4]
    with pytest.raises(GetError, match="1 twice"):
        read_features(fetcher, work, lookup(fetcher, addresses))


def test_pages_already_here_are_not_asked_for_again(
    addresses: Addresses, work: Path, publisher: Publisher, fetcher: Fetcher
) -> None:
    publisher.fail("resultOffset=6", ("cut", 10))
    with pytest.raises(GetError, match="cut"):
        read_features(Fetcher(attempts=1), work, lookup(fetcher, addresses))
    assert publisher.asked_for("resultOffset") == 3
    assert len(read_features(fetcher, work, lookup(fetcher, addresses))) == 11
    assert publisher.asked_for("resultOffset") == 5


def test_an_error_sent_with_status_200(
    fetcher: Fetcher,
    addresses: Addresses,
    work: Path,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [
        {"error": {"code": 503, "message": "busy"}},
        {"error": {"code": 500, "message": "oops"}},
        {"fields": [{"name": "LSOA21CD"}], "maxRecordCount": 3},
    ]
    monkeypatch.setattr(fetcher, "read", lambda _: json.dumps(answers.pop(0)).encode())
    with pytest.raises(GetError, match="no column LSOA21NM"):
        lookup(fetcher, addresses)
    assert answers == []
    answers = [{"error": {"code": 403, "message": "Token required"}}]
    with pytest.raises(GetError, match="error 403: Token required"):
        lookup(fetcher, addresses)


@pytest.mark.parametrize("body", [b"<html>", b"[1, 2]"])
def test_an_answer_that_is_something_else(
    fetcher: Fetcher, addresses: Addresses, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(fetcher, "read", lambda _: body)
    with pytest.raises(GetError, match=r"did not answer with JSON|something else"):
        lookup(fetcher, addresses)
