"""A publisher on this computer, and a fetcher that does not sleep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.get.fetch import Fetcher
from tests.data.get.publisher import Publisher, made_up_country, serving


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Everything the made-up partnership needs, published."""
    with serving(made_up_country()) as publisher:
        yield publisher


@pytest.fixture
def pauses() -> list[float]:
    """The pauses the fetcher took."""
    return []


@pytest.fixture
def fetcher(pauses: list[float]) -> Fetcher:
    return Fetcher(attempts=4, timeout=10, sleep=pauses.append)
