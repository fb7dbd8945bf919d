from datetime import date

import pytest

from analytics.context import Category, Context, Family, Ward
from analytics.months import month_range


@pytest.fixture
def context() -> Context:
    """A small made-up snapshot: January to April 2024 and all of 2025 are loaded."""
    loaded = month_range(date(2024, 1, 1), date(2024, 4, 1)) + month_range(date(2025, 1, 1), date(2025, 12, 1))
    return Context(
        snapshot="20260101T000000Z-00000000",
        built_at="2026-01-01T00:00:00+00:00",
        demonstration=True,
        name="Testham Community Safety Partnership",
        short_name="Testham",
        forces=("Test Police",),
        districts=(("E06999001", "Testham"),),
        wards=(Ward("E05999001", "North", "E06999001"), Ward("E05999002", "South", "E06999001")),
        categories=(
            Category("Violence and sexual offences", "violence-and-sexual-offences", "Violence"),
            Category("Burglary", "burglary", "Burglary"),
            Category("Anti-social behaviour", "anti-social-behaviour", "ASB", True),
        ),
        families=(Family("neighbours", "Neighbours", 15), Family("local", "Local choice", 4)),
        sources=("police",),
        months_loaded=loaded,
        has_households=True,
        has_population=True,
        has_area=True,
    )
