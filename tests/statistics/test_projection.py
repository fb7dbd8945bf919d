"""The projection and its back-test."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from analytics.statistics.projection import backtest, project, usable_run

MONTHS = np.arange("2020-01", "2024-01", dtype="datetime64[M]")
YEAR = 2 * np.pi * np.arange(48) / 12


def test_without_change_the_bands_hold_what_they_promise():
    rng = np.random.default_rng(3)
    tests = [backtest(rng.poisson(60 * (1 + 0.25 * np.cos(YEAR))), MONTHS) for _ in range(12)]
    assert np.mean([t.mase for t in tests]) < 1
    assert 0.72 < np.mean([t.coverage_80 for t in tests]) < 0.9
    assert 0.9 < np.mean([t.coverage_95 for t in tests]) <= 1
    assert {(t.origins, t.forecasts) for t in tests} == {(24, 12 * 13 + sum(range(1, 12)))}


def test_a_steep_and_even_climb_is_not_projected_well():
    climb = np.round(40 * 1.04 ** np.arange(48))
    test = backtest(climb, MONTHS)
    assert test.coverage_95 < 0.85


def test_the_season_is_carried_on_and_the_level_kept():
    counts = np.round(200 * (1 + 0.4 * np.cos(YEAR)))
    ahead = project(counts, MONTHS)
    assert ahead.expected == pytest.approx(counts[-12:], rel=0.06)


def test_bands_contain_each_other_and_never_go_below_zero():
    ahead = project(np.random.default_rng(1).poisson(2, 48), MONTHS)
    assert (ahead.lower_95 >= 0).all()
    assert (ahead.lower_95 <= ahead.lower_80).all()
    assert (ahead.lower_80 <= ahead.expected).all()
    assert (ahead.expected <= ahead.upper_80).all()
    assert (ahead.upper_80 <= ahead.upper_95).all()


def test_all_zeros_and_all_the_same():
    assert project(np.zeros(48), MONTHS).upper_95.max() == 0
    assert np.isnan(backtest(np.zeros(48), MONTHS).mase)
    assert project(np.full(48, 7.0), MONTHS).expected == pytest.approx(7)


@pytest.mark.parametrize("counts", [np.ones(23), np.r_[np.ones(30), np.nan, np.ones(17)], []])
def test_too_short_or_broken_is_refused(counts):
    with pytest.raises(ValueError, match=r"months in a row|in order"):
        project(counts, MONTHS[: len(counts)])
    with pytest.raises(ValueError, match="at least"):
        backtest(np.ones(35), MONTHS[:35])


def test_the_run_that_can_be_used():
    assert usable_run([1, 2, 3]) == slice(0, 3)
    assert usable_run([1, np.nan, 3], excluded=[False, False, True]) == slice(3, 3)
    assert usable_run([np.nan, 2, 3], excluded=[False, True, False]) == slice(2, 3)


def test_statsmodels_is_not_loaded_at_the_start():
    code = (
        "import sys, app; from analytics.panels import panel_specs; panel_specs(); "
        "sys.exit('statsmodels' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
