"""What improved: the falls of the change table, and nothing that police work alone could move."""

from __future__ import annotations

from analytics.context import load_context
from analytics.panels import build_panel
from analytics.panels.improvements import FOUND_BY_POLICE
from analytics.selection import Selection
from data.warehouse import Warehouse


def _panels(store: Warehouse, query: str = ""):
    selection, _ = Selection.from_query(query, load_context(store))
    return build_panel("improvements", store, selection), build_panel("category_totals", store, selection)


def test_the_falls_are_those_of_the_change_table(thurrock: Warehouse) -> None:
    panel, changes = _panels(thurrock, "from=2025-01&to=2025-12")
    fell = changes.table[(changes.table["verdict"] == "fell") & ~changes.table["category"].isin(FOUND_BY_POLICE)]
    assert set(panel.table["category"]) == set(fell["category"]) == {"Vehicle crime", "Burglary"}
    assert panel.sentence == "Jan to Apr 2025 against Jan to Apr 2024: vehicle crime and burglary fell"
    for row in panel.table.to_dict("records"):
        same = changes.table.set_index("category").loc[row["category"]]
        assert (row["previous"], row["compared"], row["change_pct"]) == (
            same["previous"], same["compared"], same["change_pct"],
        )  # fmt: skip
    drops = (panel.table["compared"] - panel.table["previous"]).tolist()
    assert drops == sorted(drops)
    assert [figure["words"] for figure in panel.facts["figures"]] == [
        "Vehicle crime: 726 to 582",
        "Burglary: 237 to 166",
    ]


def test_no_fall_is_said_in_words(demo: Warehouse) -> None:
    panel, changes = _panels(demo)
    assert not (changes.table["verdict"] == "fell").any()
    assert panel.table.empty
    assert panel.sentence == "2024 against 2023: no category fell by more than chance"
    assert panel.figure is None


def test_police_found_offences_are_named_but_not_counted(demo: Warehouse) -> None:
    """Whatever the period, drugs and weapons never stand among what improved."""
    for query in (
        "from=2022-01&to=2022-12",
        "from=2023-01&to=2023-12",
        "from=2021-04&to=2021-06&cfrom=2023-04&cto=2023-06",
    ):
        panel, changes = _panels(demo, query)
        assert not set(panel.table["category"]) & FOUND_BY_POLICE
        police = set(changes.table.loc[changes.table["verdict"] == "fell", "category"]) & FOUND_BY_POLICE
        assert any("fewer may mean less looking" in caveat for caveat in panel.caveats) == bool(police)


def test_nothing_to_compare_with(demo: Warehouse) -> None:
    panel, _ = _panels(demo, "from=2021-01&to=2021-06")
    assert panel.state == "no_data"
    assert panel.sentence == "Change cannot be shown for these months"
