"""Words on screen: findings are plain, and every term that stands beside a figure is in the glossary."""

from __future__ import annotations

import re

import pytest

from analytics.context import load_context
from analytics.glossary import WORDS
from analytics.panels import Panel, build_panel, panel_specs
from analytics.selection import Selection
from data.warehouse import Warehouse

TERMS = {
    "Gi*": r"Gi\*", "PAI": r"\bPAI\b", "PEI": r"\bPEI\b", "MASE": r"\bMASE\b", "φ": "φ", "Sen’s slope": "Sen’s slope",
    "LSOA": r"\bLSOAs?\b", "Adjusted p": r"\bp, adjusted\b", "Prediction interval": r"prediction interval",
    "Interval (95 %)": r"95 % interval", "Location quotient": r"[Ll]ocation quotient", "Gini": r"\bGini\b",
    "Rank acceptability": r"acceptability", "Snap point": r"[Ss]nap points?\b", "Perhaps higher": r"\b[Pp]erhaps\b",
    "Beyond chance": r"[Bb]eyond chance", "Family mean": r"[Ff]amily mean", "Deprivation": r"[Dd]eprivation",
    "Shopping or station centre": r"[Ss]hopping or station centre", "Hollow": r"\bHollow\b",
    "Singled out": r"singled? out",
}  # fmt: skip
"""A term of the glossary, and how it is recognised."""
FOR_SPECIALISTS = ("Gi*", "PAI", "PEI", "MASE", "φ", "Sen’s slope", "Adjusted p", "Gini", "Prediction interval")
NEVER = ("random effects", "common cause", "special cause", "pooled", "significant", "null hypothesis", "quasi-Poisson")
"""Words of the methods that have plain ones."""


@pytest.fixture(scope="module")
def panels(demo: Warehouse) -> list[Panel]:
    selection, _ = Selection.from_query("", load_context(demo))
    return [build_panel(panel_id, demo, selection) for panel_id in panel_specs()]


def said(panel: Panel) -> str:
    headings = [column.heading for column in panel.columns if not column.hidden]
    marks = [mark.words for mark in panel.marks]
    return "\n".join([panel.sentence, panel.caption, panel.message, *panel.caveats, *marks, *headings])


def test_a_finding_is_short_and_needs_no_glossary(panels: list[Panel]) -> None:
    for panel in panels:
        assert 0 < len(panel.sentence) <= 90, panel.id
        assert [term for term in FOR_SPECIALISTS if re.search(TERMS[term], panel.sentence)] == [], panel.id


def test_every_term_on_screen_is_in_the_glossary(panels: list[Panel]) -> None:
    glossary = " ".join(word for word, _ in WORDS)
    seen = {term for term, pattern in TERMS.items() for panel in panels if re.search(pattern, said(panel))}
    assert len(seen) > 10
    assert [term for term in sorted(seen) if term.removesuffix(" (95 %)") not in glossary] == []
    assert [word for word, _ in WORDS] == sorted((word for word, _ in WORDS), key=str.casefold)


def test_words_of_the_methods_stay_in_the_notes(panels: list[Panel]) -> None:
    for panel in panels:
        assert [word for word in NEVER if word in said(panel).lower()] == [], panel.id
