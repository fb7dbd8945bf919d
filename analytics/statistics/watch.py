"""What changed this month: of many series, those whose latest month is newly singled out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics._arrays import Bools, Floats, as_counts
from analytics.statistics.adjustment import adjusted_p_values
from analytics.statistics.change import rate_ratio
from analytics.statistics.control_chart import MIN_POINTS, control_chart
from analytics.statistics.false_alarms import new_alarm_rate
from analytics.statistics.rates import dispersion

__all__ = ["Watch", "watch_latest"]

MIN_MEAN = 1.0
"""Under this many incidents a month on average the rules cry wolf too often: such a series is judged by p alone."""


@dataclass(frozen=True)
class Watch:
    """One row per series.

    status: "new" (a rule singles out the latest month and did not, on that side, a month before), "continues",
    "stands out" (too rare for the rules, but the adjusted p is at most 0.05), "ordinary", or "not watched" (fewer than
    12 months, no latest month, or never an incident). rule, side: of the latest month, as in ControlChart. usual: what
    the months before lead one to expect of the latest. lower, upper: its control limits. ratio, p_value: the latest
    month against the months before, season taken out, widened for their dispersion; p_adjusted over all watched.
    by_rules: watched by the rules. false_alarm: the chance of "new" by luck (0 where not watched by rules).
    expected_false_alarms: their sum.
    """

    status: NDArray[np.str_]
    rule: NDArray[np.int64]
    side: NDArray[np.int64]
    usual: Floats
    lower: Floats
    upper: Floats
    ratio: Floats
    p_value: Floats
    p_adjusted: Floats
    by_rules: Bools
    false_alarm: Floats
    expected_false_alarms: float


def watch_latest(
    counts: ArrayLike, months: ArrayLike | Any, *, excluded: ArrayLike | None = None, segments: ArrayLike | None = None
) -> Watch:
    """Judge the latest month of each series, all in one go.

    counts: (series, months) on an unbroken axis, NaN = missing. excluded, segments: as in
    :func:`analytics.statistics.control_chart.control_chart`, of whose charts the rules here are the last month's.

    Method: XmR charts with and without the latest month. p: the exact conditional test of the latest month's count
    against the sum of the others in its segment, exposures being the seasonal factors fitted without it, widened by
    their dispersion; Benjamini–Hochberg over all series watched. False alarms: simulated (false_alarms).

    >>> rng = np.random.default_rng(1)
    >>> counts = rng.poisson(20, (50, 36))
    >>> counts[7, -1] = 60
    >>> watch = watch_latest(counts, np.arange("2022-01", "2025-01", dtype="datetime64[M]"))
    >>> watch.status[7], bool(watch.p_adjusted[7] < 0.001), bool(0.3 < watch.expected_false_alarms < 1.5)
    (np.str_('new'), True, True)
    """
    y = np.atleast_2d(as_counts(counts))
    n = y.shape[1]
    labels = np.zeros(n, dtype=int) if segments is None else np.asarray(segments)
    out = np.broadcast_to(np.asarray(False if excluded is None else excluded, dtype=bool), (n,))
    without = y.copy()
    without[:, -1] = np.nan
    chart = control_chart(y, months=months, excluded=out, segments=labels)
    before = control_chart(without, months=months, excluded=out, segments=labels)

    own = (labels == labels[-1]) & ~out & (np.arange(n) < n - 1)
    history = np.where(own, y, np.nan)
    known = ~np.isnan(history)
    latest = y[:, -1]
    points = known.sum(axis=1)
    past = np.where(known, history, 0.0).sum(axis=1)
    exposure = np.where(known, before.season, 0.0).sum(axis=1)
    level = np.divide(past, exposure, out=np.zeros_like(past), where=exposure > 0)
    watched = ~np.isnan(latest) & (points + 1 >= MIN_POINTS) & ~out[-1] & (past + np.nan_to_num(latest) > 0)
    by_rules = watched & (level >= MIN_MEAN)

    phi = np.atleast_1d(dispersion(history, exposure=before.season))
    test = rate_ratio(
        np.where(watched, latest, np.nan), before.season[:, -1], past, np.where(exposure > 0, exposure, np.nan),
        dispersion=phi,
    )  # fmt: skip
    p_adjusted = np.asarray(adjusted_p_values(test.p_value))
    marked = by_rules & (chart.rule[:, -1] > 0)
    previous = n - 2
    earlier = (
        (before.rule[:, previous] > 0) & (before.side[:, previous] == chart.side[:, -1])
        if n > 1
        else np.zeros(len(y), dtype=bool)
    )
    rare = watched & ~by_rules & (p_adjusted <= 0.05)
    false_alarm = np.where(by_rules, new_alarm_rate(np.where(by_rules, level, np.nan), points + 1), 0.0)
    return Watch(
        status=np.select(
            [~watched, marked & ~earlier, marked, rare], ["not watched", "new", "continues", "stands out"], "ordinary"
        ),
        rule=np.where(by_rules, chart.rule[:, -1], 0),
        side=np.where(marked, chart.side[:, -1], np.where(rare, np.sign(test.ratio - 1), 0)).astype(np.int64),
        usual=np.where(watched, level * before.season[:, -1], np.nan),
        lower=chart.lower[:, -1] * chart.season[:, -1],
        upper=chart.upper[:, -1] * chart.season[:, -1],
        ratio=np.atleast_1d(test.ratio),
        p_value=np.atleast_1d(test.p_value),
        p_adjusted=p_adjusted,
        by_rules=by_rules,
        false_alarm=false_alarm,
        expected_false_alarms=float(false_alarm.sum()),
    )
