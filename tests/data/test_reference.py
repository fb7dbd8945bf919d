"""The small committed tables and the declarations of sources are whole."""

from __future__ import annotations

from collections import Counter

from data.reference import UNRECOGNISED, breaks, categories, forces
from data.sources import all_sources


def test_fourteen_published_categories_and_the_unrecognised() -> None:
    assert len(categories()) == 15
    assert categories()[-1].category == UNRECOGNISED
    assert [entry.order for entry in categories()] == list(range(1, 16))
    assert len({entry.slug for entry in categories()}) == len({entry.short_name for entry in categories()}) == 15
    assert [entry.category for entry in categories() if entry.is_asb] == ["Anti-social behaviour"]


def test_every_police_force_of_england_and_wales_is_known() -> None:
    territorial = [force for force in forces() if force.pfa_code]
    assert len(territorial) == 43
    assert Counter(force.pfa_code[0] for force in territorial if force.pfa_code) == {"E": 39, "W": 4}
    assert {force.force_slug for force in forces() if not force.pfa_code} == {"btp", "northern-ireland"}
    assert len({force.force for force in forces()}) == len({force.force_slug for force in forces()}) == 45


def test_breaks_name_their_cause_and_source() -> None:
    found = {entry.break_id: entry for entry in breaks()}
    assert {"snap-points-2022", "covid-2020", "lsoa-2021", "gmp-2019"} <= set(found)
    assert all(entry.cause and entry.source for entry in breaks())
    assert [entry.date_from for entry in breaks()] == sorted(entry.date_from for entry in breaks())
    slugs = {force.force_slug for force in forces()}
    assert all(set(entry.forces) <= slugs for entry in breaks())


def test_sources_say_who_publishes_them_and_what_their_absence_disables() -> None:
    sources = all_sources()
    assert len(sources) >= 10
    for name, source in sources.items():
        assert source.name == name
        assert source.title
        assert source.publisher
        assert source.licence
        assert source.required or source.disables
    keys = [(source.section, source.key) for source in sources.values()]
    assert len(set(keys)) == len(keys)
