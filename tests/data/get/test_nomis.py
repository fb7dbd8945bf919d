"""Nomis statistics in pages."""

from pathlib import Path

import pytest

from data.get.addresses import Addresses, read_addresses
from data.get.errors import GetError, NotPublishedError
from data.get.fetch import Fetcher
from data.get.nomis import AreaValue, read_statistic
from tests.data.get.publisher import Publisher


@pytest.fixture
def addresses(publisher: Publisher, tmp_path: Path) -> Addresses:
    return read_addresses(publisher.addresses(tmp_path))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.mark.parametrize("most", [25_000, 3, 1])
def test_all_pages(fetcher: Fetcher, work: Path, addresses: Addresses, publisher: Publisher, most: int) -> None:
    publisher.nomis_most = most
    values = read_statistic(fetcher, work, addresses, addresses.statistics["residents"])
    assert len(values) == 11
    assert values[0] == AreaValue("E01980001", "Elsewhere 001A", "2021", 1500)
    assert [value.code for value in values] == sorted(value.code for value in values)


def test_goes_on_where_it_stopped(fetcher: Fetcher, work: Path, addresses: Addresses, publisher: Publisher) -> None:
    publisher.fail("RecordOffset=5", ("cut", 3))
    with pytest.raises(GetError, match="cut"):
        read_statistic(Fetcher(attempts=1), work, addresses, addresses.statistics["residents"])
    assert len(read_statistic(fetcher, work, addresses, addresses.statistics["residents"])) == 11
    assert publisher.asked_for("RecordOffset=0") == 1


def test_a_refusal_in_words_is_not_kept(
    fetcher: Fetcher, work: Path, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fetcher, "read", lambda _: b"Too busy\r\n")
        with pytest.raises(GetError, match="without the columns"):
            read_statistic(fetcher, work, addresses, addresses.statistics["residents"])
    assert len(read_statistic(fetcher, work, addresses, addresses.statistics["residents"])) == 11


def test_no_such_dataset(fetcher: Fetcher, work: Path, addresses: Addresses, publisher: Publisher) -> None:
    publisher.statistics.clear()
    with pytest.raises(NotPublishedError):
        read_statistic(fetcher, work, addresses, addresses.statistics["residents"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "gave 0, for 0 areas"),
        (b"Error: too many cells\r\n", "without the columns GEOGRAPHY_CODE"),
        (
            b'"GEOGRAPHY_CODE","GEOGRAPHY_NAME","DATE_NAME","OBS_VALUE","RECORD_COUNT"\r\nE1,One,2021,..,1\r\n',
            "no number for an area",
        ),
        (
            b'"GEOGRAPHY_CODE","GEOGRAPHY_NAME","DATE_NAME","OBS_VALUE","RECORD_COUNT"\r\nE1,One,2021,5,2\r\n',
            "for 1 areas",
        ),
    ],
)
def test_answers_that_cannot_be_used(
    fetcher: Fetcher,
    work: Path,
    addresses: Addresses,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
    message: str,
) -> None:
    monkeypatch.setattr(fetcher, "read", lambda _: body)
    with pytest.raises(GetError, match=message):
        read_statistic(fetcher, work, addresses, addresses.statistics["residents"])
