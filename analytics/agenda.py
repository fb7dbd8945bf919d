"""The agenda of a presentation: which panels are shown, one a screen, each with the choices it was added with.

An agenda travels in the address: `screen=<panel id>?<query>` once a screen, in order, so a link shows the same screens
whatever filters stand around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from analytics.panels import panel_specs
from analytics.selection import QUERY_KEYS

__all__ = ["DEFAULT_SCREENS", "MOST_SCREENS", "Screen", "agenda_query", "read_agenda"]

MOST_SCREENS = 40
KEY = "screen"
DEFAULT_SCREENS = (
    "overview_lead",
    "category_totals",
    "improvements",
    "overview_family",
    "control_chart",
    "hotspot_map",
    "hotspot_list",
    "priority_ranking",
)
"""What a meeting sees where nobody chose anything: those of them that are registered."""


@dataclass(frozen=True)
class Screen:
    """One screen: a panel and the query string it is shown with."""

    panel: str
    query: str = ""

    def __str__(self) -> str:
        return f"{self.panel}?{self.query}" if self.query else self.panel


def read_agenda(query: str) -> tuple[tuple[Screen, ...], tuple[str, ...]]:
    """The screens of an address, and a sentence for each that cannot be shown. Without any: the usual ones.

    The usual ones are shown with the filters of the address itself. Keys that no panel knows are left out.

    >>> screens, said = read_agenda("screen=category_totals%3Ffrom%3D2024-01%26to%3D2024-12&screen=nonsense")
    >>> screens
    (Screen(panel='category_totals', query='from=2024-01&to=2024-12'),)
    >>> said
    ('There is no panel called “nonsense”: left out.',)
    """
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=False)
    asked = [value for key, value in pairs if key == KEY]
    if not asked:
        around = _known(pairs)
        return tuple(Screen(panel, around) for panel in DEFAULT_SCREENS if panel in panel_specs()), ()
    screens: list[Screen] = []
    said: list[str] = []
    for text in asked:
        panel, _, own = text.partition("?")
        if panel not in panel_specs():
            said.append(f"There is no panel called “{panel[:40]}”: left out.")
        else:
            screens.append(Screen(panel, _known(parse_qsl(own))))
    if len(screens) > MOST_SCREENS:
        said.append(
            f"An agenda has at most {MOST_SCREENS} screens: the other {len(screens) - MOST_SCREENS} are left out."
        )
    return tuple(screens[:MOST_SCREENS]), tuple(said)


def agenda_query(screens: Sequence[Screen]) -> str:
    """The query string that holds an agenda.

    >>> agenda_query([Screen("category_totals", "from=2024-01&to=2024-12"), Screen("improvements")])
    'screen=category_totals%3Ffrom%3D2024-01%26to%3D2024-12&screen=improvements'
    """
    return urlencode([(KEY, str(screen)) for screen in screens])


def _known(pairs: Iterable[tuple[str, str]]) -> str:
    return urlencode([(key, value) for key, value in pairs if key in QUERY_KEYS], safe=",")
