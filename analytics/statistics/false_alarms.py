"""How often the rules of a control chart single out a month when nothing but chance is at work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics._arrays import Floats, as_floats
from analytics.statistics.control_chart import control_chart

__all__ = ["NULL_ALARMS", "NULL_MONTHS", "NULL_SERIES", "FalseAlarms", "false_alarm_rates", "new_alarm_rate"]

NULL_SERIES = 10_000
NULL_MONTHS = 48


@dataclass(frozen=True)
class FalseAlarms:
    """Shares (0 to 1) among simulated series that vary by chance alone.

    by_rule: (4,), months marked by each rule taken by itself, in the order of RULES[1:] (all points of a run count).
    any_rule: months marked by any. any_month: series with at least one marked month. new_latest: series whose latest
    month is newly marked, as :func:`analytics.statistics.watch.watch_latest` counts it.
    """

    by_rule: Floats
    any_rule: float
    any_month: float
    new_latest: float
    mean: float
    months: int
    series: int


def false_alarm_rates(
    mean: float, *, months: int = NULL_MONTHS, series: int = NULL_SERIES, seed: int = 1
) -> FalseAlarms:
    """Draw Poisson series of one mean and count what the rules say of them. No season is drawn and none taken out.

    The limits are the product's own: estimated from the same months, the moving ranges screened, the lower one at zero.

    >>> alarms = false_alarm_rates(20, series=2000)
    >>> bool(0.04 < alarms.any_rule < 0.07)
    True
    """
    counts = np.random.default_rng(seed).poisson(mean, (series, months)).astype(float)
    chart = control_chart(counts)
    before = control_chart(counts[:, :-1])
    new = (chart.rule[:, -1] > 0) & ~((before.rule[:, -1] > 0) & (before.side[:, -1] == chart.side[:, -1]))
    return FalseAlarms(
        by_rule=chart.flags.mean(axis=(1, 2)),
        any_rule=float((chart.rule > 0).mean()),
        any_month=float((chart.rule > 0).any(axis=1).mean()),
        new_latest=float(new.mean()),
        mean=mean,
        months=months,
        series=series,
    )


NULL_ALARMS = FalseAlarms(
    by_rule=np.array([0.00459, 0.00044, 0.00554, 0.04665]),
    any_rule=0.05581,
    any_month=0.4228,
    new_latest=0.0149,
    mean=20,
    months=NULL_MONTHS,
    series=NULL_SERIES,
)
"""false_alarm_rates(20), as the notes state it; a test makes it again."""

_MEANS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
_LENGTHS = (12, 18, 24, 36, 48, 72, 120)
_NEW_LATEST = (
    (0.0348, 0.0396, 0.0386, 0.0385, 0.0406, 0.0424, 0.0382),
    (0.0254, 0.0236, 0.0260, 0.0269, 0.0241, 0.0272, 0.0233),
    (0.0175, 0.0171, 0.0174, 0.0202, 0.0201, 0.0170, 0.0189),
    (0.0143, 0.0144, 0.0147, 0.0170, 0.0166, 0.0165, 0.0175),
    (0.0137, 0.0158, 0.0146, 0.0161, 0.0147, 0.0149, 0.0141),
    (0.0131, 0.0138, 0.0140, 0.0133, 0.0141, 0.0132, 0.0141),
    (0.0125, 0.0146, 0.0118, 0.0133, 0.0139, 0.0146, 0.0151),
    (0.0110, 0.0137, 0.0145, 0.0144, 0.0156, 0.0119, 0.0140),
)
"""`new_latest` of false_alarm_rates(mean, months=length), a row a mean, 10,000 series each, seed 1 (a test makes it
again): what the watch list states as its expected number of false alarms."""


def new_alarm_rate(means: ArrayLike, months: ArrayLike) -> Floats:
    """The chance that a series of this mean and length newly singles out its latest month by luck.

    means: incidents a month; months: how many there are. Both broadcast. Interpolated on log scales between simulated
    points, held at the ends (means under 1 are not watched by rules). NaN in, NaN out.
    """
    table = np.array(_NEW_LATEST)
    mean, length = np.broadcast_arrays(as_floats(means), as_floats(months))
    row = np.interp(np.log(np.clip(mean, _MEANS[0], _MEANS[-1])), np.log(_MEANS), np.arange(len(_MEANS)))
    column = np.interp(np.log(np.clip(length, _LENGTHS[0], _LENGTHS[-1])), np.log(_LENGTHS), np.arange(len(_LENGTHS)))
    unknown = np.isnan(mean) | np.isnan(length)
    row, column = np.where(unknown, 0.0, row), np.where(unknown, 0.0, column)
    r = np.minimum(row.astype(int), len(_MEANS) - 2)
    c = np.minimum(column.astype(int), len(_LENGTHS) - 2)
    a, b = row - r, column - c
    rate = (1 - a) * ((1 - b) * table[r, c] + b * table[r, c + 1]) + a * (
        (1 - b) * table[r + 1, c] + b * table[r + 1, c + 1]
    )
    return np.where(unknown, np.nan, rate)
