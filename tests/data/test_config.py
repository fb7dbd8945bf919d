"""The configuration is read strictly: what is wrong with it is said in one message, with the line and a remedy."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import data.config
from data.config import read_config
from data.errors import LoadError

NEEDED = """
[partnership]
name = "Alder Partnership"
districts = ["E06990001"]

[extracts]
street_crime = ["police"]

[geography]
ward_boundaries = ["wards.geojson"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "police").mkdir()
    for name in ("wards.geojson", "lookup.csv", "north.csv", "south.csv", "neighbours.csv"):
        (tmp_path / name).write_text("")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "alder.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_needed_is_enough(folder: Path) -> None:
    config = read_config(written(folder, NEEDED))
    assert config.partnership.short_name == "Alder Partnership"
    assert config.files["ward_boundaries"] == (folder / "wards.geojson",)
    assert config.file("lsoa_lookup") is None
    assert not config.partnership.demonstration
    assert config.families == config.breaks == ()


def test_the_documented_format_is_the_one_that_is_read(tmp_path: Path) -> None:
    # Given the example in the module's documentation, and the files it names
    example = re.sub(r"(?m)^    ", "", (data.config.__doc__ or "").split("::\n", 1)[1])
    for name in re.findall(r'"([\w./*-]+\.(?:csv|geojson|gpkg|ods|zip))"', example):
        path = tmp_path / name.replace("*", "2025")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "more-months").mkdir()
    example = example.replace('districts = ["E07000066"]', "").replace('partnerships = ["E22000366"]', "")
    # When it is read
    config = read_config(written(tmp_path, example))
    # Then every key is known
    assert config.partnership.forces == ("Essex Police",)
    assert config.ward_columns.code == "WARD"
    assert config.ward_columns.crs == "EPSG:27700"
    assert config.visitor_wards == ("E05002232",)
    assert config.district_population_year == 2023
    assert config.families[0].members == 14
    [entry] = config.breaks
    assert (entry.date_from, entry.date_to) == (date(2025, 4, 1), date(2025, 6, 30))
    assert (entry.kind, entry.excluded, entry.break_id) == ("recording", True, "athena-2025")
    [indicator] = config.indicators
    assert (indicator.name, indicator.target, indicator.by) == (
        "Vehicle crime in the town centre",
        20.0,
        date(2027, 3, 1),
    )
    assert (indicator.measure, indicator.direction) == ("count", "lower is better")
    west, slavery = config.problems
    assert (west.problem_id, west.codes) == ("vehicle-crime-west-wards", ("45", "48"))
    assert (slavery.categories, slavery.codes, slavery.wards) == ((), (), ())
    [harm] = config.harm
    assert harm.categories["Burglary"] == (180, 245, 270)
    assert harm.categories["Anti-social behaviour"] == (2, 2, 2)
    assert harm.codes == {"28E": (270, 270, 270)}
    assert config.notes["street_crime"].retrieved == "2026-11-01"
    assert len(config.files) == 12


def test_globs_are_sorted_and_paths_relative_to_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    (folder / "a").mkdir()
    for name in ("2.zip", "1.zip", "b/3.zip"):
        (folder / "a" / name).parent.mkdir(exist_ok=True)
        (folder / "a" / name).touch()
    config = read_config(written(folder, NEEDED.replace('["police"]', '["a/**/*.zip", "police"]')))
    assert [path.relative_to(folder).as_posix() for path in config.files["street_crime"]] == [
        "a/1.zip",
        "a/2.zip",
        "a/b/3.zip",
        "police",
    ]


FAULTS: dict[str, tuple[str, str, int | None, str]] = {
    "unknown key": (
        "districts =",
        "district =",
        4,
        "unknown key 'district' in [partnership]. Did you mean 'districts'?",
    ),
    "unknown section": ("[geography]", "[geograpy]", 9, "unknown section [geograpy]. Did you mean 'geography'?"),
    "unknown key of a source": ("ward_boundaries", "ward_boundarys", 10, "Did you mean 'ward_boundaries'?"),
    "wrong type": ('["E06990001"]', "6", 4, "districts should be a list of texts, not a number"),
    "text for a list": ('["E06990001"]', '"E06990001"', 4, 'Write districts = ["…"]'),
    "number in a list": ('["E06990001"]', "[6990001]", 4, "districts should be a list of texts"),
    "not a district's code": ("E06990001", "Alder", 4, "'Alder' is not a district code"),
    "number for a text": ('"Alder Partnership"', "7", 3, "name should be a text, not a number"),
    "empty text": ('"Alder Partnership"', '" "', 3, "name should be a text, not an empty text"),
    "missing key": ('name = "Alder Partnership"', "", 2, "[partnership] has no name. Add name to [partnership]"),
    "missing section": ("[partnership]", "[sources]", None, "[partnership] has no name"),
    "missing file": ("wards.geojson", "ward.geojson", 10, "no file 'ward.geojson' for ward_boundaries"),
    "empty glob": ("wards.geojson", "w/*.geojson", 10, "no file 'w/*.geojson'"),
    "not TOML": ("[extracts]", "[extracts", 6, "it is not valid TOML"),
    "section for a key": ("[extracts]", "[extracts.street_crime]", None, "street_crime should be a list of texts"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_with_line_and_remedy(folder: Path, fault: str) -> None:
    old, new, line, words = FAULTS[fault]
    path = written(folder, NEEDED.replace(old, new, 1))
    with pytest.raises(LoadError) as caught:
        read_config(path)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    if line is not None:
        assert caught.value.row == line
    assert caught.value.remedy
    assert "\n" not in message


MORE_FAULTS = {
    '[partnership]\ndemonstration = "yes"': "demonstration should be true or false, not a text",
    '[population]\nlsoa_year = "2021"': "lsoa_year should be a whole number, not a text",
    '[geography]\nlsoa_lookup = "*.csv"': "lsoa_lookup names 4 files",
    '[geography]\nward_columns = "WARD"': "ward_columns should be a section",
    '[geography]\nward_columns = { cod = "WARD" }': "Did you mean 'code'?",
    '[[families]]\nname = "F"': "needs either a file or a list of districts",
    '[[families]]\nname = "F"\nfile = "neighbours.csv"\ndistricts = ["E06990002"]': "needs either a file or a list",
    '[[families]]\nname = "F"\ndistricts = ["E06990002"]\nmembers = 3': "members is how many of a ranked file",
    '[[families]]\ndistricts = ["E06990002"]': "[families] has no name",
    '[families]\nname = "F"': "should be written as [[families]]",
    '[[breaks]]\nlabel = "L"': "[breaks] has no from",
    '[[breaks]]\nlabel = "L"\nfrom = "April"': "from should be a date, not 'April'",
    '[[breaks]]\nlabel = "L"\nfrom = "2025-13"': "from should be a date",
    '[[breaks]]\nlabel = "L"\nfrom = 2025-04-01\nto = "2025-01"': "ends before it begins",
    '[[breaks]]\nlabel = "L"\nfrom = 2025-04-01\nkind = "record"': "'record' is no kind of break",
    '[[indicators]]\ndirection = "lower is better"': "[indicators] has no name",
    '[[indicators]]\nname = "I"': "[indicators] has no direction",
    '[[indicators]]\nname = "I"\ndirection = "lower"': "'lower' is no direction. Did you mean \"lower is better\"?",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\ntarget = "20"': "target should be a number, not a text",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\ntarget = nan': "target should be a number",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\ntarget = -1': "the target of 'I' lies below zero",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\nby = "2027-03"': "'I' has a date and no target",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\nmeasure = "year"': "'year' is no measure",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\ncategories = ["Burglery"]': "Did you mean 'Burglary'?",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\ngoal = 3': "unknown key 'goal' in [indicators]",
    '[[indicators]]\nname = "I"\ndirection = "lower is better"\n[[indicators]]\nname = "I"\n'
    'direction = "lower is better"': "two indicators are called 'I'",
    '[indicators]\nname = "I"': "should be written as [[indicators]]",
    '[[problems]]\nname = "P"': "does not say what it covers",
    '[[problems]]\nname = "P"\npeople_only = true\nwards = ["W"]': "names what it covers and says people_only",
    '[[problems]]\nname = "P"\ncategories = ["Vehicle crimes"]': "'Vehicle crimes' is no published category",
    '[[problems]]\nname = "Burglary"\nwards = ["W"]': "'Burglary' is a published category",
    '[[problems]]\nname = "P"\npeople_only = true\n[[problems]]\nname = "p"\npeople_only = true': "stands there twice",
    '[[problems]]\nname = "P"\nward = ["W"]': "Did you mean 'wards'?",
    '[[harm]]\nname = "H"\nsource = "us"': "[harm] has no weights",
    '[[harm]]\nname = "H"\nweights = { "Burglary" = 3 }': "[harm] has no source",
    '[[harm]]\nname = "H"\nsource = "us"\nweights = { "Burglary" = [3, 2, 1] }': "low, central and high in this order",
    '[[harm]]\nname = "H"\nsource = "us"\nweights = { "Burglary" = "much" }': "should be one number",
    '[[harm]]\nname = "H"\nsource = "us"\nweights = { "Burglery" = 3 }': "'Burglery' is no published category",
    '[[harm]]\nname = "ONS"\nsource = "us"\nweights = { "Burglary" = 3 }': "is a set of the program's own",
    '[sources.street_crimes]\nretrieved = "2025-01-01"': "Did you mean 'street_crime'?",
    '[sources.street_crime]\nretreived = "2025-01-01"': "Did you mean 'retrieved'?",
}


@pytest.mark.parametrize("more", MORE_FAULTS)
def test_faults_in_optional_parts(folder: Path, more: str) -> None:
    section, _, rest = more.partition("\n")
    text = NEEDED.replace(section, f"{section}\n{rest}") if section in NEEDED else f"{NEEDED}\n{more}\n"
    with pytest.raises(LoadError) as caught:
        read_config(written(folder, text))
    assert MORE_FAULTS[more] in str(caught.value)
    assert caught.value.remedy


def test_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"nowhere\.toml: there is no such configuration"):
        read_config(tmp_path / "nowhere.toml")


def test_a_configuration_in_another_encoding(folder: Path) -> None:
    path = folder / "alder.toml"
    path.write_bytes(NEEDED.replace("Alder", "\xc5lder").encode("cp1252"))
    with pytest.raises(LoadError, match=r"not UTF-8"):
        read_config(path)
