"""The agenda of the presentation: out of the address and back into it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics.agenda import MOST_SCREENS, Screen, agenda_query, read_agenda
from analytics.panels import panel_specs

QUERIES = st.sampled_from(["", "from=2024-01&to=2024-06", "category=burglary,drugs", "ward=E05999001&measure=count"])


@given(st.lists(st.builds(Screen, st.sampled_from(sorted(panel_specs())), QUERIES), min_size=1, max_size=8))
def test_an_agenda_comes_back_from_its_address(screens: list[Screen]) -> None:
    assert read_agenda(agenda_query(screens)) == (tuple(screens), ())


def test_the_usual_screens_take_the_filters_of_the_address() -> None:
    screens, said = read_agenda("?from=2024-01&to=2024-06&n=3&nonsense=1")
    assert not said
    assert {screen.query for screen in screens} == {"from=2024-01&to=2024-06"}
    assert {"overview_lead", "improvements"} <= {screen.panel for screen in screens}


def test_what_cannot_be_shown_is_said() -> None:
    screens, said = read_agenda("screen=overview_lead&screen=%3Cscript%3E%3Ffrom%3D2024-01")
    assert [screen.panel for screen in screens] == ["overview_lead"]
    assert len(said) == 1
    many, said = read_agenda("&".join(["screen=overview_lead"] * (MOST_SCREENS + 3)))
    assert len(many) == MOST_SCREENS
    assert "3" in said[0]
