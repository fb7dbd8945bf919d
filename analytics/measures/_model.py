"""What a measure declares: its words, its denominator and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Measure"]


@dataclass(frozen=True)
class Measure:
    """One way of measuring incidents. `denominator` names the column of `areas` or `districts`; None for none.

    per: how many units of the denominator the figure is given for. order: its place in the filter bar.
    direction: "none" where more or fewer is no judgement by itself (recorded crime may rise because more is reported).
    """

    key: str
    title: str
    """As in the filter bar: "Per 1,000 residents"."""
    unit: str
    """As behind a figure: "per 1,000 residents"."""
    definition: str
    numerator: str
    denominator: Literal["population", "households", "area_km2", "total", None]
    per: float
    order: int
    direction: Literal["none", "lower is better", "higher is better"] = "none"
    caveats: tuple[str, ...] = ()
