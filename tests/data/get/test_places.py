"""Names of partnerships, districts and forces."""

import pandas as pd
import pytest

from data.get.errors import GetError
from data.get.places import find_force, find_place, forces_of_areas

LOOKUP = pd.DataFrame(
    [
        ("E06000034", "Thurrock", "E22000291", "Thurrock", "E23000028", "Essex"),
        ("E07000107", "Dartford", "E22000352", "Dartford and Gravesham", "E23000032", "Kent"),
        ("E07000109", "Gravesham", "E22000352", "Dartford and Gravesham", "E23000032", "Kent"),
        ("E06000062", "West Northamptonshire", "E22000237", "Northampton", "E23000022", "Northamptonshire"),
        ("E06000062", "West Northamptonshire", "E22000357", "Daventry", "E23000022", "Northamptonshire"),
        ("E07000043", "North Devon", "E22000363", "North Devon", "E23000035", "Devon & Cornwall"),
        ("E07000046", "Torridge", "E22000363", "North Devon", "E23000035", "Devon & Cornwall"),
        ("E06999999", "Nowhere", "E22999999", "Nowhere", "E23999999", "Nowhere"),
    ],
    columns=["district_code", "district_name", "partnership_code", "partnership_name", "pfa_code", "pfa_name"],
)


@pytest.mark.parametrize(
    "wanted", ["Thurrock", "thurrock", "E22000291", "E06000034", "Thurrock Community Safety Partnership"]
)
def test_one_district(wanted: str) -> None:
    place = find_place(wanted, LOOKUP)
    assert place.code == "E22000291"
    assert place.districts == (("E06000034", "Thurrock"),)
    assert [force.force_slug for force in place.forces] == ["essex"]
    assert place.note == ""


@pytest.mark.parametrize("wanted", ["Dartford and Gravesham", "Dartford & Gravesham", "Gravesham"])
def test_several_districts(wanted: str) -> None:
    place = find_place(wanted, LOOKUP)
    assert place.name == "Dartford and Gravesham"
    assert place.district_codes == ["E07000107", "E07000109"]


def test_a_partnerships_name_goes_before_a_districts() -> None:
    assert find_place("North Devon", LOOKUP).district_codes == ["E07000043", "E07000046"]


def test_a_district_of_several_partnerships_is_taken_whole_and_said() -> None:
    district = find_place("West Northamptonshire", LOOKUP)
    assert district.code == "E06000062"
    assert district.districts == (("E06000062", "West Northamptonshire"),)
    partnership = find_place("Northampton", LOOKUP)
    assert partnership.district_codes == ["E06000062"]
    assert "West Northamptonshire is taken whole; it also holds the partnership of Daventry" in partnership.note


def test_a_name_nobody_has() -> None:
    with pytest.raises(GetError, match=r"Did you mean 'Thurrock'\?"):
        find_place("Thurock", LOOKUP)
    with pytest.raises(GetError, match="as the ONS writes it"):
        find_place("Zzz", LOOKUP)


def test_a_police_force_area_nobody_knows() -> None:
    with pytest.raises(GetError, match="police force of Nowhere is not known"):
        find_place("Nowhere", LOOKUP)


@pytest.mark.parametrize(
    ("wanted", "slug"),
    [
        ("essex", "essex"),
        ("Essex Police", "essex"),
        ("btp", "btp"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("devon and cornwall", "devon-and-cornwall"),
        ("E23000032", "kent"),
    ],
)
def test_forces_by_any_of_their_names(wanted: str, slug: str) -> None:
    assert find_force(wanted).force_slug == slug


def test_a_force_nobody_knows() -> None:
    with pytest.raises(GetError, match=r"Did you mean .*essex"):
        find_force("essecks")


def test_forces_of_districts_and_partnerships() -> None:
    found = forces_of_areas(["E07000109", "E22000363", "S12000049", "E07000107"], LOOKUP)
    assert [force.force_slug for force in found] == ["kent", "devon-and-cornwall"]
