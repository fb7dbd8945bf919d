"""Classes of a map: as alike within as any other division, and rounding moves nobody."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics.classes import class_of, map_limits, natural_breaks


def spread(values, limits):
    """Sum of squares within the classes."""
    classes = class_of(values, limits)
    return sum(((part - part.mean()) ** 2).sum() for c in set(classes) if len(part := np.asarray(values)[classes == c]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=9), st.integers(1, 5))
def test_no_other_division_is_more_alike_within(counts, classes):
    values = np.array(counts, dtype=float)
    limits = natural_breaks(values, classes)
    distinct = sorted(set(counts))
    assert len(limits) == min(classes, len(distinct)) - 1
    best = min(spread(values, cut) for cut in itertools.combinations(distinct[1:], len(limits)))
    assert spread(values, limits) == pytest.approx(best, abs=1e-6)


def test_a_limit_is_a_round_number_in_its_gap():
    rates = [221.6, 174.8, 140.7, 132.8, 102.2, 93.4, 90.8, 89.8, 86.0, 77.7, 71.6, 68.5, 67.5, 67.4, 64.8, 63.3, 61.1]
    assert natural_breaks([*rates, 56.7, 52.9, 31.4], 5) == (75.0, 120.0, 160.0, 200.0)


def test_missing_values_are_left_out():
    assert natural_breaks([1.0, float("nan"), 100.0], 2) == (50.0,)
    assert np.isnan(class_of([float("nan")], (50.0,))).all()


def test_one_value_is_one_class():
    assert natural_breaks([7, 7, 7]) == ()
    assert natural_breaks([]) == ()


def test_very_small_values_keep_their_classes():
    values = np.array([0.0, 1e-7, 2e-7, 5e-7])
    assert len(set(class_of(values, natural_breaks(values, 4)))) == 4


def test_a_value_is_in_the_class_of_its_quantile():
    rng = np.random.default_rng(46)
    for values in (rng.gamma(2, 40, 57), rng.poisson(3, 80).astype(float), rng.integers(0, 3, 30).astype(float)):
        cuts = sorted(set(np.quantile(values, [0.2, 0.4, 0.6, 0.8])))
        below = [sum(cut < value for cut in cuts) for value in values]
        in_order = {number: place for place, number in enumerate(sorted(set(below)))}
        assert class_of(values, map_limits(values, "quantiles", 5)).tolist() == [in_order[n] for n in below]


def test_quantiles_of_nothing_or_of_one_value():
    assert map_limits([], "quantiles") == map_limits([4, 4, None], "quantiles") == ()
    with pytest.raises(ValueError, match="scheme"):
        map_limits([1, 2], "rainbow")
    with pytest.raises(ValueError, match="at least 1"):
        map_limits([1, 2], "natural", 0)


def test_importing_the_page_does_not_import_mapclassify():
    code = "import analytics.panels, sys; analytics.panels.panel_specs(); sys.exit('mapclassify' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
