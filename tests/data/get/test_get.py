"""``python -m data get`` against a publisher on this computer."""

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from data.__main__ import main
from data.config import read_config
from data.get.fetch import Fetcher
from data.sources import (
    deprivation,
    lsoa_2011_lookup,
    lsoa_lookup,
    partnership_lookup,
    population_district,
    population_lsoa,
)
from geo.boundaries import read_boundaries
from tests.data.get.publisher import Publisher, archive, street_file


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's own fetcher does not sleep."""
    monkeypatch.setattr(Fetcher.__init__, "__kwdefaults__", Fetcher.__init__.__kwdefaults__ | {"sleep": lambda _: None})


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere else fails the test."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", f"a connection to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


def get(
    publisher: Publisher, into: Path, *more: str, partnership: str = "Borough", months: str = "2025-10 2025-12"
) -> int:
    first, last = months.split()
    table = str(publisher.addresses(into.parent))
    command = ["get", "--partnership", partnership, "--from", first, "--to", last, "--into", str(into)]
    return main([*command, "--addresses", table, *more])


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_folder_the_build_takes(publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(publisher, into) == 0
    assert files_in(into) == [
        "SHA256SUMS",
        "borough.toml",
        "boundaries/lsoas.geojson",
        "boundaries/wards.geojson",
        "deprivation/iod2025.csv",
        "downloads.json",
        "lookups/district-partnership-force.csv",
        "lookups/lsoa11-lsoa21.csv",
        "lookups/lsoa21-ward-district.csv",
        "population/residents-district.csv",
        "population/residents-households-lsoa21.csv",
        *(f"street-crime/{month}/{month}-essex-street.csv" for month in ("2025-10", "2025-11", "2025-12")),
    ]
    config = read_config(into / "borough.toml")
    assert config.partnership.name == "Borough Community Safety Partnership"
    assert config.partnership.short_name == "Borough"
    assert config.partnership.districts == ("E06999001",)
    assert config.partnership.forces == ("Essex Police",)
    assert sorted(config.files) == [
        "deprivation",
        "lsoa_2011_lookup",
        "lsoa_boundaries",
        "lsoa_lookup",
        "partnership_lookup",
        "population_district",
        "population_lsoa",
        "street_crime",
        "ward_boundaries",
    ]
    assert config.notes["street_crime"].covers == "2025-10 to 2025-12"
    assert config.notes["ward_boundaries"].note == "ONS Open Geography feature service WD_MAY_2025_UK_BGC_V2"
    assert "Next: python -m data build" in capsys.readouterr().out


def test_every_source_reads_its_file(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    config = read_config(into / "borough.toml")
    assert len(read_boundaries(str(config.file("ward_boundaries")))) == 3
    lsoas = read_boundaries(str(config.file("lsoa_boundaries")))
    assert lsoas["code"].tolist() == [f"E0199000{i}" for i in range(1, 6)]
    folder = into / "lookups"
    assert len(lsoa_lookup.read(folder / "lsoa21-ward-district.csv")) == 11
    assert set(lsoa_2011_lookup.read(folder / "lsoa11-lsoa21.csv")["change_code"]) == {"U"}
    assert len(partnership_lookup.read(folder / "district-partnership-force.csv")) == 2
    residents, year = population_lsoa.read(into / "population/residents-households-lsoa21.csv")
    assert year == 2021
    assert residents["population"].iloc[0] == 1500
    assert residents["households"].iloc[0] == 600
    districts, year = population_district.read(into / "population/residents-district.csv")
    assert year == 2024
    assert districts["population"].tolist() == [7_700, 9_100]
    assert deprivation.read(into / "deprivation/iod2025.csv")["imd_rank"].iloc[0] == 1000


def test_members_come_out_byte_for_byte(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    member = into / "street-crime/2025-11/2025-11-essex-street.csv"
    assert member.read_bytes() == street_file("2025-11", "Essex Police")


def test_a_second_run_asks_nothing(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    config, asked = (into / "borough.toml").read_bytes(), len(publisher.asked)
    assert get(publisher, into) == 0
    assert len(publisher.asked) == asked
    assert (into / "borough.toml").read_bytes() == config


def test_a_damaged_or_lost_file_is_downloaded_again_and_no_other(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    (into / "lookups/lsoa21-ward-district.csv").write_text("damaged")
    (into / "street-crime/2025-10/2025-10-essex-street.csv").unlink()
    publisher.asked.clear()
    assert get(publisher, into) == 0
    assert {re.split(r"[?]", path)[0].split("/")[2] for path in publisher.asked} == {
        "LSOA21_WD25_LAD25_EW_LU_v2",
        "2025-12.zip",
    }


def test_refresh_downloads_everything_again(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    asked = len(publisher.asked)
    assert get(publisher, into, "--refresh") == 0
    assert len(publisher.asked) == 2 * asked


def test_more_forces_and_months_fetch_only_what_is_new(publisher: Publisher, into: Path) -> None:
    get(publisher, into, months="2025-12 2025-12")
    publisher.asked.clear()
    assert get(publisher, into, "--forces", "Kent Police, cheshire", months="2025-11 2025-12") == 0
    assert {path for path in publisher.asked if not path.startswith("/archive")} == set()
    names = [name.rsplit("/", 1)[-1] for name in files_in(into / "street-crime")]
    assert names == [
        f"{month}-{force}-street.csv" for month in ("2025-11", "2025-12") for force in ("cheshire", "essex", "kent")
    ]


def test_stopped_anywhere_goes_on(publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The connection dies for good at ever later requests; each run ends with one line, the next goes on."""
    runs = 0
    for place in ("NM_2059_1", "WD_MAY_2025", "LSOA11_", "resultOffset=6", "/archive/2025-12.zip"):
        publisher.fail(place, *[("cut", 20)] * 6)
    while get(publisher, into) != 0:
        runs += 1
        assert runs < 9
        assert "Traceback" not in capsys.readouterr().err
    reached = into / "street-crime/2025-12/2025-12-essex-street.csv"
    assert reached.read_bytes() == street_file("2025-12", "Essex Police")
    assert runs >= 3
    assert not (into / ".partial").exists()
    assert publisher.asked_for("NM_2021_1") == 3


def test_killed_at_any_moment_the_next_run_goes_on(publisher: Publisher, into: Path) -> None:
    command = [sys.executable, "-m", "data", "get", "--partnership", "Borough", "--from", "2025-10", "--to", "2025-12"]
    command += ["--into", str(into), "--addresses", str(publisher.addresses(into.parent))]
    for place in ("resultOffset=6", "/archive/"):
        publisher.stalled.clear()
        publisher.fail(place, ("stall", 30))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert publisher.stalled.wait(30)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    publisher.go_on.set()
    assert publisher.asked_for("/archive/") == 1
    assert get(publisher, into) == 0
    assert publisher.asked_for("returnCountOnly") == 6 + 1  # the layer that was being read is counted again
    assert publisher.asked_for("resultOffset=3") == 1
    assert len(files_in(into)) == 14


def test_archive_that_is_not_published(publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert get(publisher, into, months="2025-12 2026-02") == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"Error: {publisher.base}/archive/2026-02.zip does not exist")
    assert "earlier --to" in error
    assert (into / "boundaries/wards.geojson").exists()


def test_force_that_published_nothing_for_a_month_is_said(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.files["/archive/2025-12.zip"] = archive(
        {f"{m}/{m}-essex-street.csv": street_file(m, "Essex Police") for m in ("2025-10", "2025-12")}
    )
    assert get(publisher, into) == 0
    assert "missing (never zero): essex 2025-11\n" in capsys.readouterr().out
    publisher.asked.clear()
    assert get(publisher, into) == 0
    assert publisher.asked == []
    assert "missing (never zero): essex 2025-11\n" in capsys.readouterr().out


def test_force_that_published_nothing_at_all(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    get(publisher, into)
    assert get(publisher, into, "--forces", "greater-manchester") == 0
    assert "missing (never zero): greater-manchester 2025-10 to 2025-12\n" in capsys.readouterr().out


def test_all_forces(publisher: Publisher, into: Path) -> None:
    assert get(publisher, into, "--forces", "all", months="2025-12 2025-12") == 0
    names = [path.name for path in sorted((into / "street-crime").rglob("*.csv"))]
    assert names == [f"2025-12-{force}-street.csv" for force in ("cheshire", "essex", "kent")]


def test_archive_of_another_layout(publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.files["/archive/2025-12.zip"] = archive({"2025-12-essex-street.csv": b""})
    assert get(publisher, into) == 1
    assert "holds no file such as 2025-10/2025-10-essex-street.csv" in capsys.readouterr().err


def test_server_that_gives_whole_archives_only(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.ranges = False
    publisher.fail("/archive/2025-12.zip", ("cut", 0), ("cut", 5000))
    assert get(publisher, into) == 0
    assert "whole archives only" in capsys.readouterr().err
    assert (into / "street-crime/2025-11/2025-11-essex-street.csv").read_bytes() == street_file(
        "2025-11", "Essex Police"
    )
    assert not (into / ".partial").exists()


def test_a_source_that_can_be_done_without_is_left_out_and_named(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del publisher.statistics["NM_2002_1"]
    publisher.files["/files/iod.csv"] = b"<html>moved</html>"
    assert get(publisher, into) == 1
    error = capsys.readouterr().err
    assert "Not downloaded: " in error
    assert "NM_2002_1" in error
    assert "first column is not LSOA code (2021)" in error
    config = read_config(into / "borough.toml")
    assert "population_district" not in config.files
    assert "deprivation" not in config.files
    assert "population_lsoa" in config.files


def test_ward_boundaries_cannot_be_done_without(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.services["WD_MAY_2025_UK_BGC_V2"].features = []
    assert get(publisher, into) == 1
    assert "holds nothing for E06999001" in capsys.readouterr().err


def test_a_configuration_edited_by_hand_is_left_alone(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    get(publisher, into)
    config = into / "borough.toml"
    edited = config.read_text().replace('short_name = "Borough"', 'short_name = "Our borough"')
    config.write_text(edited)
    assert get(publisher, into, months="2025-11 2025-12") == 0
    assert config.read_text() == edited
    assert read_config(into / "borough.new.toml").notes["street_crime"].covers == "2025-11 to 2025-12"
    assert "left as it is" in capsys.readouterr().out


def test_a_configuration_of_ours_is_brought_up_to_date(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    get(publisher, into, months="2025-11 2025-12")
    assert read_config(into / "borough.toml").notes["street_crime"].covers == "2025-11 to 2025-12"
    assert not (into / "borough.new.toml").exists()


def test_forces_of_similar_areas(publisher: Publisher, into: Path, tmp_path: Path) -> None:
    ranked = tmp_path / "ons_neighbours.csv"
    ranked.write_text("﻿AREACD,1,2\nE06999001,E07999002,S12000049\nE07999002,E06999001,S12000049\n", "utf-8")
    assert get(publisher, into, "--similar-areas", str(ranked), "--members", "1") == 0
    assert {path.name.split("-")[2] for path in (into / "street-crime").rglob("*.csv")} == {"essex", "kent"}
    (family,) = read_config(into / "borough.toml").families
    assert family.name == "ons neighbours"
    assert family.members == 1
    assert family.file is not None
    assert family.file.read_bytes() == ranked.read_bytes()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"partnership": "Burough"}, "Did you mean 'Borough'?"),
        ({"months": "2025-12 2025-10"}, "--from 2025-12 is later than --to 2025-10"),
        ({"months": "2025-1 2025-10"}, "'2025-1' is not a month"),
    ],
)
def test_mistakes_on_the_command_line(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str], more: dict[str, str], message: str
) -> None:
    assert get(publisher, into, **more) == 1
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_closed_network_is_one_line(publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        publisher.base = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert get(publisher, into) == 1
    assert capsys.readouterr().err == (
        "Error: There is no way from this computer to 127.0.0.1 (Connection refused). Run the same command where the "
        "network is open and bring the folder here; what it holds is kept.\n"
    )


def test_folder_that_cannot_be_written(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    assert get(publisher, tmp_path / "taken") == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: ")
    assert len(error.splitlines()) == 1


def test_stopped_by_hand(
    publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("data.get.download.read_member", stopped)
    assert get(publisher, into) == 130
    assert "goes on from there" in capsys.readouterr().err


def test_the_record_says_where_each_file_came_from(publisher: Publisher, into: Path) -> None:
    get(publisher, into)
    record = json.loads((into / "downloads.json").read_text("utf-8"))
    item = record["files"]["street-crime/2025-10/2025-10-essex-street.csv"]
    assert item["request"] == f"{publisher.base}/archive/2025-12.zip 2025-10/2025-10-essex-street.csv"
    assert item["source"] == "street_crime"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", item["retrieved"])


def test_from_download_to_store(publisher: Publisher, into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    get(publisher, into, "--forces", "kent")
    assert main(["build", str(into / "borough.toml"), "--store", str(into.parent / "store")]) == 0
    capsys.readouterr()
    assert main(["status", "--store", str(into.parent / "store"), "--json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert totals["read"] == totals["kept"] + totals["repeated"] + totals["set_aside"] == 120
    assert totals["placed"] == 120
