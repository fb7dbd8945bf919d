"""The watch over many series: what is found, what is not, and how often it cries wolf."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.statistics.control_chart import control_chart
from analytics.statistics.watch import watch_latest

MONTHS = np.arange("2022-01", "2025-01", dtype="datetime64[M]")


def quiet(n: int, mean: float = 20, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (n, MONTHS.size)).astype(float)


def test_the_expected_number_of_false_alarms_is_the_number_seen():
    counts = np.vstack([quiet(2000, mean, seed) for seed, mean in enumerate((2, 6, 20, 80))])
    watch = watch_latest(counts, MONTHS)
    seen = int((watch.status == "new").sum())
    assert watch.expected_false_alarms == pytest.approx(seen, rel=0.25)
    assert (watch.p_adjusted <= 0.05).sum() <= 2


def test_a_jump_is_new_and_beyond_chance_and_a_month_later_it_continues():
    counts = quiet(60)
    counts[3, -1] = 55
    watch = watch_latest(counts, MONTHS)
    assert watch.status[3] == "new"
    assert watch.side[3] == 1
    assert watch.p_adjusted[3] < 0.001
    counts[3, -2] = 55
    again = watch_latest(counts, MONTHS)
    assert again.status[3] == "continues"


def test_rules_are_those_of_the_control_chart():
    counts = quiet(300)
    watch = watch_latest(counts, MONTHS)
    for row in range(0, 300, 13):
        chart = control_chart(counts[row], months=MONTHS)
        assert watch.rule[row] == chart.rule[-1]
        assert (watch.status[row] in {"new", "continues"}) == bool(chart.rule[-1])


def test_a_rare_series_is_judged_by_its_p_alone():
    counts = np.zeros((40, MONTHS.size))
    counts[:, ::9] = 1
    counts[0, -1] = 1
    counts[1, -1] = 9
    watch = watch_latest(counts, MONTHS)
    assert not watch.by_rules.any()
    assert watch.status[0] == "ordinary"
    assert watch.status[1] == "stands out"
    assert watch.expected_false_alarms == 0


def test_bad_input_is_not_watched():
    counts = quiet(6)
    counts[0, -1] = np.nan  # the latest month is not loaded
    counts[1] = 0  # never an incident
    counts[2, :-8] = np.nan  # eight months
    watch = watch_latest(counts, MONTHS)
    assert watch.status[:3].tolist() == ["not watched"] * 3
    assert np.isnan(watch.p_value[:3]).all()
    one = watch_latest(np.array([[3.0]]), MONTHS[:1])
    assert one.status.tolist() == ["not watched"]
    latest_out = watch_latest(quiet(4), MONTHS, excluded=np.arange(MONTHS.size) == MONTHS.size - 1)
    assert set(latest_out.status) == {"not watched"}


def test_months_out_of_order_are_refused():
    with pytest.raises(ValueError, match="in order"):
        watch_latest(quiet(2), MONTHS[::-1])


def test_limits_start_afresh_at_a_named_break():
    counts = quiet(5)
    counts[:, 18:] *= 3
    labels = (np.arange(MONTHS.size) >= 18).astype(int)
    assert (watch_latest(counts, MONTHS, segments=labels).usual > 45).all()
    assert (watch_latest(counts, MONTHS).usual < 45).all()
