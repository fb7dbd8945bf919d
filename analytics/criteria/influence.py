"""How much the partnership can change it: entered by people."""

from __future__ import annotations

from analytics.criteria._model import Criterion

CRITERION = Criterion(
    key="influence",
    name="Ability to influence",
    short="Can we influence it?",
    question="How much can the partnership change it?",
    explanation="How much the partners can do about it, from 0 (nothing) to 5 (much, "
    "with means that are known to work).",
    order=7,
)
