"""The demonstration's surveys: made-up results in the layout the partnership's own file has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.demo.country import ward_code
from data.demo.places import DISTRICT_CODE

__all__ = ["survey_results"]

_WORRIED = "How worried are you about {}?"
_WORRY: tuple[tuple[str, str, float, float], ...] = (
    # of what, the categories it speaks of, share in 2023 and in 2024
    ("anti-social behaviour", "Anti-social behaviour", 38, 45),
    ("drug use or dealing", "Drugs", 42, 43),
    ("theft from or of your car", "Vehicle crime", 27, 34),
    ("burglary", "Burglary", 33, 31),
    ("being attacked", "Violence and sexual offences; Robbery", 24, 23),
    ("people carrying knives", "Possession of weapons", 29, 31),
    ("vandalism and graffiti", "Criminal damage and arson", 22, 18),
    ("shop theft", "Shoplifting", 16, 24),
)
_OTHER: tuple[tuple[str, str, float, float], ...] = (
    ("How safe do you feel outside after dark?", "Very or fairly safe", 61, 56),
    ("How safe do you feel outside during the day?", "Very or fairly safe", 89, 90),
    ("Do police and council deal with what matters here?", "Agree", 47, 43),
)
_BASES = {2023: 1012, 2024: 1024}
_EFFECT = 1.3
_AFTER_DARK = (38, 47, 44, 49, 52, 55, 58, 61, 45, 63, 57, 60, 62, 59, 64, 68, 66, 65, 67, 70)
"""Share of each ward who feel safe after dark, in 2024: least in the town centre."""
_SURVEY = "Wrenmouth residents’ survey"


def survey_results(seed: int) -> pd.DataFrame:
    """A row is an answer in one wave and area; the columns are those the README lists."""
    rng = np.random.default_rng([seed, 17])
    rows: list[dict[str, Any]] = []

    def add(question: str, answer: str, percent: float, base: int, **more: Any) -> None:
        rows.append({"question": question, "answer": answer, "percent": percent, "base": base, **more})

    asked = [
        *(
            (_WORRIED.format(of), "Very or fairly worried", named, "lower is better", a, b)
            for of, named, a, b in _WORRY
        ),
        *((question, answer, "", "higher is better", a, b) for question, answer, a, b in _OTHER),
    ]
    for place, year in enumerate(_BASES):
        wave = {
            "survey": _SURVEY, "publisher": "Safer Wrenmouth Partnership", "wave": f"Autumn {year}",
            "from": f"{year}-09", "to": f"{year}-10", "sampled": "yes", "design_effect": _EFFECT,
        }  # fmt: skip
        for question, answer, named, direction, *of_years in asked:
            add(question, answer, of_years[place], _BASES[year], category=named, direction=direction,
                area=DISTRICT_CODE, **wave)  # fmt: skip
    spread = rng.multinomial(_BASES[2024] - 20 * 38, np.full(20, 1 / 20)) + 38
    spread[19], spread[0] = 27, spread[0] + spread[19] - 27  # the last ward: too few were asked to show
    for ward, (base, safe) in enumerate(zip(spread, _AFTER_DARK, strict=True)):
        gave = int(rng.binomial(int(base), safe / 100))
        add(_OTHER[0][0], _OTHER[0][1], round(100 * gave / int(base), 1), int(base), direction="higher is better",
            area=ward_code(ward), **wave)  # fmt: skip
    add("Is anti-social behaviour a problem where you live?", "A big problem", 58, 611,
        category="Anti-social behaviour", direction="lower is better", survey="Your voice online consultation",
        publisher="Safer Wrenmouth Partnership", **{"from": "2024-03", "to": "2024-04"}, sampled="no")  # fmt: skip
    for year, share in ((2023, 55.2), (2024, 52.4)):
        add("Do the police do a good job around here?", "Good or excellent", share, 2180, direction="higher is better",
            area="Wexmoor Police", survey="Wexmoor confidence survey", publisher="Wexmoor Police",
            **{"from": f"{year - 1}-10", "to": f"{year}-09"}, sampled="yes", lower=share - 2.6, upper=share + 2.6,
            note="Weighted by age, sex and district")  # fmt: skip
    columns = [
        "survey", "publisher", "wave", "from", "to", "area", "question", "answer", "category", "direction", "base",
        "percent", "design_effect", "lower", "upper", "sampled", "note",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
