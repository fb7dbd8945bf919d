"""Survey results: what is read, what is set aside and why, and that no row is lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.context import load_context
from analytics.exports.disclosure import refuse_small_numbers
from analytics.panels import build_panel
from analytics.selection import Selection
from data.check import check_store
from data.errors import LoadError
from data.reference import forces, regions
from data.sources import perceptions as source
from data.status import status_report, status_text
from data.warehouse import Warehouse
from tests.data.world import W1, A, World, csv_text, row

COLUMNS = [
    "survey", "wave", "from", "to", "area", "question", "answer", "category", "direction", "base", "percent", "count",
    "design effect", "lower", "upper", "sampled",
]  # fmt: skip
GOOD = {
    "survey": "Residents' survey", "from": "2024-09", "to": "2024-10",
    "question": "How worried are you about burglary?", "answer": "Very or fairly worried", "category": "Burglary",
    "direction": "lower is better", "base": "1024", "percent": "31", "sampled": "yes",
}  # fmt: skip


def results(*changes: dict[str, str], columns: list[str] = COLUMNS) -> str:
    return csv_text([[{**GOOD, **change}.get(name, "") for name in columns] for change in changes], columns)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World.make(tmp_path)
    made.street([row(W1)])
    made.settings["context"]["perceptions"] = ["survey.csv"]
    return made


def sums(world: World) -> tuple[int, int, int, int]:
    [source] = [one for one in status_report(world.store)["sources"] if one["source"] == "perceptions"]
    return source["rows_read"], source["kept"], source["repeated"], source["set_aside"]


def test_every_way_of_writing_a_row_is_read(world: World):
    world.write(
        "survey.csv",
        results(
            {},
            {"area": "Northwest", "base": "210", "percent": "", "count": "84", "lower": "33", "upper": "47"},
            {"area": W1, "from": "16/09/2023", "to": "", "percent": "29.4 %", "design effect": "1.4"},
            {"area": "Essex Police", "category": "burglary; ASB", "direction": "higher"},
            {"area": "Alder", "question": "Do you feel safe?", "category": "", "direction": "", "sampled": "No"},
        ),
    )
    world.build()
    assert world.query(
        "SELECT area_type, area_code, wave_from, wave_to, percent, base, design_effect, lower_cl, categories, "
        "direction, sampled FROM perceptions ORDER BY position"
    ) == [
        ("partnership", None, date(2024, 9, 1), date(2024, 10, 31), 31.0, 1024, None, None, ["Burglary"],
         "lower is better", True),
        ("ward", W1, date(2024, 9, 1), date(2024, 10, 31), 40.0, 210, None, 33.0, ["Burglary"],
         "lower is better", True),
        ("ward", W1, date(2023, 9, 16), date(2023, 9, 16), 29.4, 1024, 1.4, None, ["Burglary"],
         "lower is better", True),
        ("force", "E23000028", date(2024, 9, 1), date(2024, 10, 31), 31.0, 1024, None, None,
         ["Burglary", "Anti-social behaviour"], "higher is better", True),
        ("partnership", None, date(2024, 9, 1), date(2024, 10, 31), 31.0, 1024, None, None, [], None, False),
    ]  # fmt: skip
    assert sums(world) == (5, 5, 0, 0)
    assert check_store(world.store)[1] == []


FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "percent over 100": ({"percent": "131"}, "impossible_percent", "131 % cannot be. A percent lies between"),
    "percent below 0": ({"percent": "-3"}, "impossible_percent", "-3 % cannot be"),
    "percent is NaN": ({"percent": "NaN"}, "not_a_number", "'NaN' in percent is not a number"),
    "no result": ({"percent": ""}, "no_result", "neither percent nor count"),
    "more answered than asked": ({"percent": "", "count": "2000"}, "impossible_count", "2000 of 1024 asked cannot be"),
    "count and percent differ": ({"count": "900"}, "two_results", "900 of 1024 are 87.9 %"),
    "base 0": ({"base": "0"}, "no_base", "base is 0: nobody was asked"),
    "base is half a person": ({"base": "10.5"}, "no_base", "base is 10.5"),
    "base blank": ({"base": ""}, "no_base", "base is blank"),
    "unknown ward": ({"area": "Northwets"}, "unknown_area", "'Northwets' is no area of the partnership. Did you mean "
                                                            '"Northwest"?'),
    "a ward elsewhere": ({"area": "E05990005"}, "unknown_area", "is no area of the partnership"),
    "another force": ({"area": "Kent Police"}, "unknown_area", "'Kent Police' is no area of the partnership"),
    "unknown category": ({"category": "Burglery"}, "unknown_category", "'Burglery' is no published category. Did you "
                                                                       'mean "Burglary"?'),
    "unknown direction": ({"direction": "down"}, "unknown_direction", "'down' is no direction"),
    "month 13": ({"from": "2024-13"}, "impossible_dates", "'2024-13' is not a date"),
    "ends before it begins": ({"to": "2024-08"}, "impossible_dates", "ends (2024-08) before it begins (2024-09)"),
    "in the future": ({"from": "2204-09", "to": ""}, "impossible_dates", "2204-09 lies in the future"),
    "interval beside its percent": ({"lower": "40", "upper": "50"}, "impossible_interval", "Give both 95 % limits"),
    "half an interval": ({"upper": "50"}, "impossible_interval", "not lower ≤ percent ≤ upper"),
    "design effect": ({"design effect": "0"}, "design_effect", "a design effect of 0 cannot be"),
    "sampled or not": ({"sampled": ""}, "not_sampled_or_not", "sampled is blank. Write yes"),
    "no question": ({"question": ""}, "no_question", "no question"),
}  # fmt: skip


def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(world: World):
    """Each fault in a row of its own: one message with file, line and remedy, and the row itself is kept."""
    world.write("survey.csv", results({}, *(change for change, _, _ in FAULTS.values())))
    result = world.build()
    found = world.query(
        "SELECT line, reason, message, raw FROM quarantine WHERE source_name = 'perceptions' ORDER BY line"
    )
    assert [line for line, *_ in found] == list(range(3, 3 + len(FAULTS)))
    for (_, reason, message, raw), (name, (_, code, words)) in zip(found, FAULTS.items(), strict=True):
        assert reason == code, name
        assert words in message, name
        assert "How worried" in raw or "no_question" in code
    assert sums(world) == (1 + len(FAULTS), 1, 0, len(FAULTS))
    [warning] = [one for one in result.manifest["warnings"] if one["file"] == "survey.csv"]
    assert warning["row"] == 3
    assert warning["message"] == f"{len(FAULTS)} rows were set aside (131 % cannot be, and the like)"
    assert warning["remedy"] == "A percent lies between 0 and 100."
    assert check_store(world.store)[1] == []


def test_rows_that_contradict_each_other_count_for_nothing_and_repeated_ones_once(world: World):
    world.settings["context"]["perceptions"] = ["survey.csv", "again.csv"]
    world.write("survey.csv", results({}, {"question": "ASB?"}, {"question": "ASB?", "percent": "44"}))
    world.write("again.csv", results({}, {"question": "Drugs?"}))
    world.build()
    assert world.query("SELECT question, file FROM perceptions ORDER BY position") == [
        ("How worried are you about burglary?", "survey.csv"), ("Drugs?", "again.csv"),
    ]  # fmt: skip
    aside = world.query("SELECT line, reason, message FROM quarantine ORDER BY line")
    assert [(line, reason) for line, reason, _ in aside] == [(3, "contradiction"), (4, "contradiction")]
    assert aside[0][2].startswith("line 4 says something else")
    text = status_text(status_report(world.store))
    assert "survey.csv: 3 read = 1 kept + 0 repeated + 2 set aside + 0 left out (survey results)" in text
    assert "again.csv: 2 read = 1 kept + 1 repeated + 0 set aside + 0 left out (survey results)" in text
    assert check_store(world.store)[1] == []


def test_a_turned_question_an_unread_column_and_a_missing_direction_are_said(world: World):
    world.write(
        "survey.csv",
        results(
            {"from": "2023-09", "to": "2023-10", "direction": "higher"}, {}, {"question": "Drugs?", "direction": ""},
            columns=[*COLUMNS, "desing effect"],
        ),
    )  # fmt: skip
    warnings = {one["code"]: one for one in world.build().manifest["warnings"]}
    assert "'desing effect' is not read" in warnings["unread_column"]["message"]
    assert warnings["no_direction"]["row"] == 4
    assert warnings["question_turned"]["remedy"].startswith("The latest wave's count")


@pytest.mark.parametrize(
    ("text", "row_of", "words"),
    [
        (results({}, columns=[name for name in COLUMNS if name != "base"]), 1, "no column base"),
        (results({}, columns=[name for name in COLUMNS if name not in {"percent", "count"}]), 1, "no column percent"),
        (results({}, columns=[name for name in COLUMNS if name != "sampled"]), 1, "no column sampled"),
        (results({"percent": "0.3"}, {"percent": "0.9", "area": W1}, {"percent": "1", "area": "Northeast"}), 2,
         "as if they were shares. Write 62 for 62 %"),
        (results({"base": "0"}), 2, "no row that can be used (base is 0"),
        (csv_text([], COLUMNS), None, "a header but no rows"),
        ("", None, "the file is empty"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_stops_the_build_with_one_message(world: World, text: str, row_of, words: str):
    world.write("survey.csv", text)
    with pytest.raises(LoadError) as raised:
        world.build()
    assert raised.value.file.endswith("survey.csv")
    assert raised.value.row == row_of
    assert words in str(raised.value)
    assert raised.value.remedy


def test_the_rows_of_the_readme_are_read_and_its_columns_are_those_there_are(tmp_path: Path):
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    part = readme.partition("## Survey results")[2].partition("\n## ")[0]
    path = tmp_path / "readme.csv"
    path.write_text(part.partition("```csv\n")[2].partition("```")[0], "utf-8")
    found = source.read(path)
    assert (len(found.results), found.set_aside, found.unread) == (3, (), ())
    assert [one.categories for one in found.results] == [("Burglary",), (), ("Anti-social behaviour",)]
    for column in source.SOURCE.columns:
        assert f"`{column}`" in part, column


def test_a_snapshot_without_surveys_has_none_and_says_what_that_leaves_out(world: World):
    del world.settings["context"]["perceptions"]
    manifest = world.build().manifest
    assert world.query("SELECT count(*) FROM perceptions") == [(0,)]
    absent = {entry["source"]: entry["disables"] for entry in manifest["absent"]}
    assert "residents’ concern" in absent["perceptions"]
    assert check_store(world.store)[1] == []


def test_check_finds_a_result_that_was_lost(world: World):
    world.write("survey.csv", results({}, {"question": "Drugs?"}))
    world.build()
    [folder] = (world.store / "snapshots").iterdir()
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    [source] = [one for one in manifest["sources"] if one["source"] == "perceptions"]
    source["kept"] = 3
    path.write_text(json.dumps(manifest), "utf-8")
    assert {failure.message for failure in check_store(world.store)[1]} == {
        "survey.csv does not balance", "survey.csv: 3 rows kept, perceptions has 2",
    }  # fmt: skip


def test_two_districts_are_areas_of_their_own(tmp_path: Path):
    world = World.make(tmp_path, districts=(A, "E06990002"))
    world.street([row(W1)])
    world.settings["context"]["perceptions"] = ["survey.csv"]
    world.write("survey.csv", results({}, {"area": "Beck"}))
    world.build()
    assert world.query("SELECT area_type, area_name FROM perceptions ORDER BY position") == [
        ("partnership", "Alder"), ("district", "Beck"),
    ]  # fmt: skip


INDICATOR = ["Year", "Series", "Sex", "Region", "Observation status", "Unit multiplier", "Units", "GeoCode", "Value"]


def indicator(*rows: tuple[str, str, str, str], units: str = "Percentage (%)") -> str:
    """Rows of year, sex, code of the region and value, in the layout of the ONS."""
    return csv_text(
        [[year, "Feel safe", sex, "somewhere", "Normal value", "Units", units, code, value]
         for year, sex, code, value in rows],
        INDICATOR,
    )  # fmt: skip


def test_a_published_indicator_gives_the_own_region_and_the_country_without_a_base(world: World):
    """Essex lies in the East of England; London, women and a year without a value are no result for us."""
    world.write(
        "survey.csv",
        indicator(
            ("2021/22", "", "", "78.4"), ("2022/23", "", "", "79.1"), ("2022/23", "", "E12000006", "79.04"),
            ("2022/23", "", "E12000007", "70"), ("2022/23", "Female", "", "65"), ("2021/22", "", "E12000006", ""),
            ("2022/24", "", "", "79"),
        ),
    )  # fmt: skip
    world.build()
    assert world.query(
        "SELECT area_type, area_code, area_name, wave_from, wave_to, percent, base, categories, publisher"
        " FROM perceptions ORDER BY position"
    ) == [
        ("country", "K04000001", "England and Wales", date(2021, 4, 1), date(2022, 3, 31), 78.4, None, [],
         "Office for National Statistics"),
        ("country", "K04000001", "England and Wales", date(2022, 4, 1), date(2023, 3, 31), 79.1, None, [],
         "Office for National Statistics"),
        ("region", "E12000006", "East of England", date(2022, 4, 1), date(2023, 3, 31), 79.04, None, [],
         "Office for National Statistics"),
    ]  # fmt: skip
    assert world.query("SELECT line, message FROM quarantine") == [
        (8, '\'2022/24\' is not a year. The ONS writes "2022/23" or "2022".')
    ]
    assert sums(world) == (7, 3, 0, 1)
    [given] = [one for one in status_report(world.store)["sources"] if one["source"] == "perceptions"]
    assert (given["publisher"], given["licence"]) == ("Office for National Statistics", "Open Government Licence v3.0")
    text = status_text(status_report(world.store))
    assert "survey.csv: 7 read = 3 kept + 0 repeated + 1 set aside + 3 left out (survey results)" in text
    assert check_store(world.store)[1] == []


def test_an_indicator_that_is_no_share_is_refused(world: World):
    world.write("survey.csv", indicator(("2022/23", "", "", "79"), units="Number"))
    with pytest.raises(LoadError, match=r"holds no value for an area .*'Number' is no percentage"):
        world.build()


def test_every_police_area_lies_in_one_region():
    areas = {force.pfa_code for force in forces() if force.pfa_code}
    assert set(regions()) == areas
    assert regions()["W15000001"] == ("W92000004", "Wales")
    assert len(set(regions().values())) == 10


@pytest.mark.shared_data
def test_the_real_indicator_of_the_ons(world: World, shared_data: Path):
    """405 rows: 13 years of England and Wales and four of the East of England hold a value for everyone."""
    path = shared_data / "perceptions" / "safe_walking_after_dark_ons_sdg_16-1-4.csv"
    world.settings["context"]["perceptions"] = [str(path)]
    world.build()
    plain = pd.read_csv(path, keep_default_na=False, na_values=[""])  # one group is called "None"
    groups = plain.columns.difference([*INDICATOR[:2], *INDICATOR[3:]])
    everyone = plain[plain[groups].isna().all(axis=1) & plain["Value"].notna()]
    ours = everyone[everyone["GeoCode"].isna() | (everyone["GeoCode"] == "E12000006")]
    assert sums(world)[:3] == (len(plain), len(ours), 0)
    stored = dict(world.query("SELECT year(wave_from), percent FROM perceptions WHERE area_type = 'region'"))
    east = ours[ours["GeoCode"] == "E12000006"]
    assert stored == pytest.approx(
        {int(year[:4]): value for year, value in zip(east["Year"], east["Value"], strict=True)}
    )
    assert stored[2022] == pytest.approx(79.03934999)
    warehouse = Warehouse(world.store)
    panel = build_panel("public_perceptions", warehouse, Selection.default(load_context(warehouse)))
    assert panel.sentence == "No result of the partnership itself is loaded, only of wider areas"
    assert panel.table["lower_cl"].isna().all()
    assert set(panel.table["verdict"]) == {"not judged"}
    assert any("the number asked is not published" in caveat for caveat in panel.caveats)
    assert any("context, of which the partnership is only a part" in caveat for caveat in panel.caveats)
    refuse_small_numbers([panel])
