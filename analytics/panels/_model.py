"""The panel: one figure, its table, its sentence and all that a careful reader needs beside it.

Everything the dashboard says leaves `analytics` as a :class:`Panel`. The screen, the table view, the CSV, the picture,
the slide and the assessment take their numbers from the same object, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

__all__ = ["HIDDEN", "Column", "Mark", "Panel", "Sensitive", "Source", "State", "View", "Way"]

HIDDEN = "c"
"""What stands in a table instead of a small number that may not be shown."""

_READABLE_ROW = 19
"""Pixels of a row in which lines of text do not touch."""

State = Literal["ready", "none_recorded", "no_data", "hidden", "too_few", "elsewhere"]
"""ready: there is something to show. none_recorded: a zero we are sure of. no_data: months or inputs are not loaded.
hidden: a small number may not be shown. too_few: there is data, but not enough to judge.
elsewhere: what was asked for lies outside the partnership."""

Format = Literal[
    "text", "integer", "rate", "percent", "percent1", "change", "ratio", "month", "date", "p_value", "verdict"
]


@dataclass(frozen=True)
class Column:
    """One column of a panel's table: its key in the frame, its heading, and how a value is written."""

    key: str
    heading: str
    format: Format = "text"
    hidden: bool = False
    """True: in the CSV and the evidence, not in the table on screen."""
    given: tuple[str, ...] = ()
    """What a value is worked out from. Where all of it is known and the value is missing, there is none (a dash:
    too few to judge, nothing to divide by), and not "no data"."""
    between: tuple[str, str] | tuple[()] = ()
    """The keys of its 95 % limits: on screen they stand in its own cell, not in columns of theirs."""
    side: str = ""
    """The key of the side (1 high, −1 low, 0 ordinary) whose variation icon stands before the words."""


@dataclass(frozen=True)
class Source:
    """Who published the figures and what they cover, as printed under the panel."""

    publisher: str
    title: str
    period: str = ""
    licence: str = "Open Government Licence v3.0"

    def __str__(self) -> str:
        return ", ".join(part for part in (self.publisher, self.title, self.period) if part)


@dataclass(frozen=True)
class Mark:
    """A judgement that stands under the finding: an icon, the words it stands for, and its colour.

    icon: a shape of the icon set. tone: "improving", "concerning", or "" where nothing is judged.
    """

    icon: str
    words: str
    tone: Literal["", "improving", "concerning"] = ""


@dataclass(frozen=True)
class Way:
    """A way out of an empty state: words and the link behind them (a path with a query string)."""

    label: str
    href: str


@dataclass(frozen=True)
class View:
    """How a figure is drawn, apart from what it says: colour scheme and room. It never changes a number.

    room, height: the pixels a figure has to fit into, as on a screen of the presentation; None: those of a page.
    """

    scheme: Literal["light", "dark"] = "light"
    width: Literal["wide", "narrow"] = "wide"
    room: int | None = None
    height: int | None = None

    def tall(self, usual: int) -> int:
        """The height of a figure that can be drawn at any height."""
        return usual if self.height is None else self.height

    def rows(self, beside: int) -> int | None:
        """How many rows of text can be read in the height given, less `beside` pixels; None: any number."""
        return None if self.height is None else max((self.height - beside) // _READABLE_ROW, 3)

    def across(self, usual: float) -> float:
        """The pixels between the ends of an axis; usual: those on a page."""
        return usual if self.room is None else self.room - 80


@dataclass(frozen=True)
class Sensitive:
    """Counts in a panel's table that come from a partner's extract, so that small ones may not be told.

    source: the extract; cells of one source are weighed together over everything exported. column: the printed column,
    "c" where hidden. dimensions: name → the column that holds a row's value, such as ward → ward_code; a dimension that
    is not named: all of it. fixed: name → the one value of every row, such as months → 2025. counts: the true number of
    each row, NaN where there is no data; never printed. total: the true number of the panel's total row, if it has one.
    derived: columns a reader could work a count out from (rates, shares): "c" or empty wherever the count is hidden.
    """

    source: str
    column: str
    dimensions: Mapping[str, str]
    counts: tuple[float, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    total: float | None = None
    derived: tuple[str, ...] = ()
    threshold: int = 5


@dataclass(frozen=True)
class Panel:
    """What one panel shows. A row of `table` is described by the builder's docstring.

    figure: a Plotly figure as a plain dict (data, layout), or None where the table itself is the view.
    sentence: the finding, at most 90 characters, with a verb. subtitle: what is drawn, with unit, period and interval.
    """

    id: str
    title: str
    sentence: str
    subtitle: str
    table: pd.DataFrame
    columns: tuple[Column, ...]
    glance: pd.DataFrame | None = None
    """Where the table is too long for a screen: the shorter one that stands there. Downloads take `table`."""
    glance_columns: tuple[Column, ...] = ()
    figure: dict[str, Any] | None = None
    reading: str = ""
    """How the drawing is read (what dots, bars and shades are): told after the subtitle where it is drawn."""
    figure_alt: str = ""
    figure_height: int = 360
    """Pixels; the frame keeps this height in every state."""
    state: State = "ready"
    message: str = ""
    """What an empty state says below its own name."""
    ways: tuple[Way, ...] = ()
    caveats: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    as_at: str = ""
    """The snapshot the figures come from."""
    query: str = ""
    """The selection's query string."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Numbers the sentence uses, by evidence key, for the documents and for custom views of the panel."""
    total: Mapping[str, Any] | None = None
    """One more row with the table's columns for everything together: shown on screen, never among the table's rows."""
    is_map: bool = False
    shapes: Sequence[Any] | Callable[[], Sequence[Any]] | None = None
    """A shape (shapely, metres of EPSG:27700) for each row of `table`, or what makes them when asked: the panel can
    then be had as GeoJSON and GeoPackage."""
    marks: tuple[Mark, ...] = ()
    """Judgements under the finding, each with its icon and words."""
    sensitive: tuple[Sensitive, ...] = ()
    """Counts of partner extracts in the table: exports refuse what would give a small one away."""

    @property
    def caption(self) -> str:
        """What stands under the finding where the figure is drawn: the subtitle, and how the drawing is read."""
        return f"{self.subtitle}. {self.reading}" if self.reading else self.subtitle

    @property
    def evidence_key(self) -> str:
        return f"{self.id}@{self.as_at}?{self.query}"
