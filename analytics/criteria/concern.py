"""How much it concerns residents: entered by people."""

from __future__ import annotations

from analytics.criteria._model import Criterion

CRITERION = Criterion(
    key="concern",
    name="Residents’ concern",
    short="Residents’ concern",
    question="How much does it concern residents?",
    explanation="What residents say of it, from 0 (hardly mentioned) to 5 (their first concern). "
    "Enter a survey’s result with its source as the reason.",
    order=6,
)
