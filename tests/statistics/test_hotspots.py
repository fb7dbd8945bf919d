"""Gi* gives the published values and finds little where there is nothing; PAI and PEI the published ones."""

import numpy as np
import pytest

from analytics.statistics.hotspots import distance_band, gi_star, hits_within, predictive_accuracy

X, Y = [10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30]
VALUES = [2, 3, 3.2, 5, 8, 7]
SIDE = 30


def grid(distance=1.5):
    rows, columns = np.indices((SIDE, SIDE))
    return distance_band(rows.ravel(), columns.ravel(), distance)


def test_published_values():
    found = gi_star(VALUES, distance_band(X, Y, 15))

    assert found.z == pytest.approx(
        [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331], abs=5e-9
    )
    assert (found.cluster == "not significant").all()
    assert found.p_value[5] < 0.05 < found.p_adjusted[5]


def test_unadjusted_is_said_to_be():
    found = gi_star(VALUES, distance_band(X, Y, 15), adjust=False)

    assert found.cluster[5] == "hot 95"
    assert "not adjusted" in found.method


def test_a_planted_hotspot_and_coldspot_are_found():
    counts = np.random.default_rng(36).poisson(10, (SIDE, SIDE))
    counts[5:8, 5:8] = 30
    counts[20:24, 20:24] = 1
    cluster = gi_star(counts.ravel(), grid()).cluster.reshape(SIDE, SIDE)

    assert (cluster[5:8, 5:8] == "hot 99").all()
    assert (cluster[21:23, 21:23] == "cold 99").all()


def test_chance_alone_gives_a_false_cluster_in_about_five_per_cent_of_maps():
    counts = np.random.default_rng(37).poisson(8, (300, SIDE * SIDE))
    any_found = [(gi_star(row, grid()).cluster != "not significant").any() for row in counts]

    assert np.mean(any_found) < 0.09


@pytest.mark.parametrize("incidents", [60, 300, 900, 9000])
def test_few_incidents_thrown_evenly_make_no_hotspot(incidents):
    """The normal p alone finds one in most such maps: sparse counts are far from normal."""
    rng = np.random.default_rng(43)
    land = np.ones((SIDE, SIDE))
    land[:, -1] = 0.2  # cells cut by the boundary
    share = (land / land.sum()).ravel()
    weights = grid()
    counts = rng.multinomial(incidents, share, 200)
    guarded = [(gi_star(row, weights, exposure=share).cluster != "not significant").any() for row in counts]

    assert np.mean(guarded) < 0.08
    if incidents == 300:
        bare = [np.char.startswith(gi_star(row, weights).cluster, "hot").any() for row in counts]
        assert np.mean(bare) > 0.3


def test_a_plain_hotspot_is_found_all_the_same():
    counts = np.random.default_rng(44).poisson(1, (SIDE, SIDE))
    counts[5:8, 5:8] += 5
    found = gi_star(counts.ravel(), grid(), exposure=np.ones(SIDE * SIDE))

    assert (found.cluster.reshape(SIDE, SIDE)[5:8, 5:8] == "hot 99").all()
    assert "Poisson" in found.method


def test_exposure_needs_a_value_per_cell():
    weights = distance_band(X, Y, 15)
    with pytest.raises(ValueError, match="exposure"):
        gi_star(VALUES, weights, exposure=[1, 1])
    with pytest.raises(ValueError, match="exposure"):
        gi_star(VALUES, weights, exposure=[0] * 6)


def test_slices_of_time_at_once_equal_each_alone():
    slices = np.random.default_rng(38).poisson(5, (4, SIDE * SIDE))
    together = gi_star(slices, grid())

    assert together.z.shape == slices.shape
    assert together.z[2] == pytest.approx(gi_star(slices[2], grid()).z)


@pytest.mark.parametrize("values", [[5.0] * 6, [0.0] * 6])
def test_all_alike_is_no_cluster(values):
    found = gi_star(values, distance_band(X, Y, 15))

    assert np.isnan(found.z).all()
    assert (found.cluster == "not significant").all()


def test_neighbours_of_all_and_one_cell_alone():
    assert np.isnan(gi_star(VALUES, distance_band(X, Y, 100)).z).all()
    assert np.isnan(gi_star([4], distance_band([0], [0], 10)).z).all()


def test_missing_values_and_weights_without_self_are_refused():
    weights = distance_band(X, Y, 15)
    with pytest.raises(ValueError, match="every cell"):
        gi_star([*VALUES[:5], np.nan], weights)
    weights.setdiag(0)
    with pytest.raises(ValueError, match="diagonal"):
        gi_star(VALUES, weights)
    with pytest.raises(ValueError, match="cells"):
        gi_star(VALUES[:5], distance_band(X, Y, 15))


def test_published_accuracy():
    found = predictive_accuracy([8, 4, 4, 2, 1, 0], [6, 7, 3, 2, 1, 0])

    assert found.pai == pytest.approx([1.8947, 1.4211, 1.6842, 1.4211, 1.2, 1], abs=5e-5)
    assert found.pei == pytest.approx([0.8571, 0.6923, 1, 1, 1, 1], abs=5e-5)


def test_ties_are_broken_against_us():
    assert predictive_accuracy([1, 1, 1], [9, 0, 0]).hit_rate.tolist() == [0, 0, 1]


def test_a_perfect_order_has_efficiency_one():
    came = np.random.default_rng(39).poisson(3, 40)
    assert predictive_accuracy(came, came).pei == pytest.approx(np.ones(40))


def test_no_incident_came():
    assert np.isnan(predictive_accuracy([3, 2], [0, 0]).pai).all()


def test_cells_need_everything():
    with pytest.raises(ValueError, match="Every cell"):
        predictive_accuracy([3, np.nan], [1, 2])
    with pytest.raises(ValueError, match="Every cell"):
        predictive_accuracy([3, 1], [1, 2], areas=[1, 0])


def test_hits_within_a_share_agree_with_the_published_indices():
    predicted, came = [8, 4, 4, 2, 1, 0], [6, 7, 3, 2, 1, 0]
    shares = np.arange(1, 7) / 6
    hits = hits_within(predicted, came, shares)
    assert (hits / 19 / shares).round(4).tolist() == [1.8947, 1.4211, 1.6842, 1.4211, 1.2, 1]
    assert (hits / hits_within(came, came, shares)).round(4).tolist() == [0.8571, 0.6923, 1, 1, 1, 1]


def test_a_cell_is_searched_in_part():
    assert hits_within([2, 1], [8, 2], [0.25, 0.75], areas=[1, 1]).tolist() == [4, 9]


def test_hits_need_whole_figures():
    with pytest.raises(ValueError, match="a prediction"):
        hits_within([np.nan], [1], [1])
