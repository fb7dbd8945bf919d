"""Published coefficients, and chance beside what was seen."""

import numpy as np
import pytest

from analytics.statistics.concentration import (
    concentration,
    concentration_curve,
    generalised_gini,
    gini,
    places_holding,
)

EIGHT_SINGLES = [1] * 8 + [0] * 92


@pytest.mark.parametrize(
    ("counts", "standard", "generalised"),
    [
        ([10, 8, 2] + [0] * 7, 0.78, 0.78),
        ([5, 2, 1] + [0] * 7, 0.80, 0.75),
        ([10] + [0] * 9, 0.9, 0.9),
        (EIGHT_SINGLES, 0.92, 0),
    ],
)
def test_published_coefficients(counts, standard, generalised):
    assert gini(counts) == pytest.approx(standard)
    assert generalised_gini(counts) == pytest.approx(generalised, abs=1e-12)


def test_coefficients_of_nothing_are_not_known():
    assert np.isnan(gini([0, 0, 0]))
    assert np.isnan(generalised_gini([0, 0, 0]))
    assert np.isnan(places_holding([0, 0, 0]))


def test_many_categories_at_once():
    counts = [[10, 8, 2, 0], [5, 5, 5, 5]]

    assert gini(counts).tolist() == [gini(counts[0]), pytest.approx(0)]
    assert places_holding(counts).tolist() == [1, 2]
    assert places_holding(counts, 0.95).tolist() == [3, 4]


def test_curve_starts_at_nothing_and_ends_at_all():
    areas, held = concentration_curve([[1, 6, 3], [2, 2, 2]])

    assert areas.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert held[0].tolist() == pytest.approx([0, 0.6, 0.9, 1])
    assert held[1].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_crowded_incidents_stand_out_against_chance():
    found = concentration([60, 30] + [1] * 98)

    assert found.places_for_half < found.chance_lower
    assert found.top_share[1] > found.chance_top_share[1]
    assert found.top_share[0] == pytest.approx(60 / 188)


def test_random_incidents_look_like_chance():
    found = concentration(np.random.default_rng(30).multinomial(500, [0.01] * 100))

    assert found.chance_lower <= found.places_for_half <= found.chance_upper
    assert found.top_share == pytest.approx(found.chance_top_share, abs=0.03)


def test_chance_can_follow_residents():
    residents = np.r_[np.full(10, 900), np.full(90, 10)]
    found = concentration(np.r_[np.full(10, 90), np.full(90, 1)], chance_weights=residents)

    assert found.places_for_half == 6
    assert found.chance_for_half == pytest.approx(5.6, abs=1)


def test_one_incident_or_one_area_or_none():
    assert concentration([0, 1, 0]).places_for_half == 1
    assert concentration([7]).places_for_half == 1
    assert concentration([7]).top_share.tolist() == pytest.approx([0.01, 0.05, 0.10, 0.25])
    nothing = concentration([0, 0])
    assert np.isnan(nothing.places_for_half)
    assert np.isnan(nothing.top_share).all()


def test_missing_areas_are_refused():
    with pytest.raises(ValueError, match="every area"):
        gini([3, None])


def test_the_same_seed_gives_the_same_chance():
    assert concentration([5, 3, 1, 0]).chance_for_half == concentration([5, 3, 1, 0]).chance_for_half
