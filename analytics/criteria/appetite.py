"""Whether partners want to work on it: entered by people."""

from __future__ import annotations

from analytics.criteria._model import Criterion

CRITERION = Criterion(
    key="appetite",
    name="Partner appetite",
    short="Partners’ appetite",
    question="Do partners want to work on it together?",
    explanation="How many partners would put people or money into it, from 0 (none) to 5 (all of those needed).",
    order=8,
)
