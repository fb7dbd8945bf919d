"""Control charts (XmR): what is ordinary for a monthly series, and which months are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from analytics.statistics._arrays import Bools, Floats, as_counts, as_floats
from analytics.statistics._months import calendar_months, month_numbers
from analytics.statistics._poisson import poisson_fit, season_effects, season_terms

__all__ = ["RULES", "ControlChart", "assurance", "control_chart", "variation"]

RULES = (
    "ordinary variation",
    "outside a limit",
    "7 points rising or falling",
    "2 of 3 points near a limit, on one side",
    "7 points in a row on one side",
)
"""The words for each rule number; 0 is common cause."""

MIN_POINTS = 12
MIN_MONTHS_FOR_SEASON = 24


@dataclass(frozen=True)
class ControlChart:
    """All arrays (…, months) unless said. Limits belong to `adjusted`; times `season` they belong to the values given.

    adjusted: the values, seasonally adjusted where `seasonally_adjusted` (one per series). season: the factor taken
    out (1 where none). rule: the first of RULES that holds, 0 for none, missing and excluded months. side: 1 high or
    rising, −1 low or falling, 0 where rule is 0. flags: (4, …, months), each rule by itself. provisional: limits from
    fewer than 12 points. points: how many points the limits come from.
    """

    adjusted: Floats
    season: Floats
    seasonally_adjusted: Bools
    centre: Floats
    lower: Floats
    upper: Floats
    rule: NDArray[np.int64]
    side: NDArray[np.int64]
    flags: Bools
    provisional: Bools
    points: NDArray[np.int64]


def control_chart(
    values: ArrayLike,
    *,
    months: ArrayLike | Any | None = None,
    excluded: ArrayLike | None = None,
    segments: ArrayLike | None = None,
    floor: float = 0.0,
) -> ControlChart:
    """Centre, limits and special causes of each series.

    values: (…, months) on an unbroken axis, NaN = missing: no range is measured and no run counted across it.
    months: their dates; without them nothing is seasonally adjusted. excluded: months (with a named cause) left out of
    limits, season and rules, (months,) or as values. segments: a label per month: limits start afresh, and runs end,
    where it changes; only ever at a dated, named break. floor: no lower limit below it (−inf for values under 0).

    Method: NHS "Making data count". Centre the mean; limits 2.66 mean moving ranges away, the mean range taken again
    without ranges of at least 3.267 times it. Rules in order: outside a limit; 7 points each above (below) the last;
    2 of 3 beyond two thirds of the way to a limit, on one side; 7 in a row on one side of the centre. All points of a
    run are marked, and of 2 of 3 those beyond. Season: where at least 24 months are used and each calendar month has
    been seen twice and is not all zero, the month-of-year factors of a Poisson regression with trend, drawn towards
    none by 1 − 1/F: where the months differ no more than chance would make them (F ≤ 1) nothing is adjusted.

    >>> chart = control_chart([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], floor=-np.inf)
    >>> print(f"{chart.centre[0]:.4f} ({chart.lower[0]:.4f} to {chart.upper[0]:.4f})")
    1.9444 (-0.7156 to 4.6044)
    >>> [RULES[rule] for rule in chart.rule[4:6]]
    ['outside a limit', 'ordinary variation']
    """
    given = as_floats(values)
    shape, length = given.shape, given.shape[-1]
    y = given.reshape(-1, length)
    out = np.broadcast_to(np.asarray(False if excluded is None else excluded, dtype=bool), shape).reshape(y.shape)
    used = ~np.isnan(y) & ~out
    labels = np.zeros(length) if segments is None else np.asarray(segments)
    if labels.shape != (length,):
        raise ValueError(f"segments needs one label per month: {length}, not {labels.size}.")
    starts = np.flatnonzero(labels[1:] != labels[:-1]) + 1

    season, adjustable = _season(y, used, months, starts)
    adjusted = y / season
    judged = np.where(used, adjusted, np.nan)
    centre, mean_range = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    points = np.zeros(y.shape, dtype=np.int64)
    for first, last in zip(np.r_[0, starts], np.r_[starts, length], strict=True):
        piece = judged[:, first:last]
        centre[:, first:last] = _mean(piece)[:, None]
        mean_range[:, first:last] = _screened_mean_range(piece)[:, None]
        points[:, first:last] = (~np.isnan(piece)).sum(axis=1)[:, None]

    apart = _with_gaps(judged - centre, starts)
    flags, rising = _special_causes(apart, _with_gaps(judged, starts), _with_gaps(mean_range, starts))
    kept = np.arange(length) + np.searchsorted(starts, np.arange(length), side="right")
    flags, rising, apart = flags[:, :, kept], rising[:, kept], apart[:, kept]
    rule = np.where(flags.any(axis=0), flags.argmax(axis=0) + 1, 0)
    side = np.where(rule == 2, np.where(rising, 1, -1), np.where(rule > 0, np.sign(np.nan_to_num(apart)), 0))
    return ControlChart(
        adjusted=adjusted.reshape(shape),
        season=season.reshape(shape),
        seasonally_adjusted=adjustable.reshape(shape[:-1])[()],
        centre=centre.reshape(shape),
        lower=np.maximum(centre - 2.66 * mean_range, floor).reshape(shape),
        upper=(centre + 2.66 * mean_range).reshape(shape),
        rule=rule.reshape(shape),
        side=side.astype(np.int64).reshape(shape),
        flags=flags.reshape(4, *shape),
        provisional=(points < MIN_POINTS).reshape(shape),
        points=points.reshape(shape),
    )


def variation(rule: int, side: int, direction: str = "none") -> tuple[str, str]:
    """What kind of variation a month shows: a key for its icon, and the words.

    rule, side: as in :class:`ControlChart`. direction: "lower is better", "higher is better", or "none" where more or
    fewer is no judgement by itself. Keys: common, improving, concerning, high, low (the last two: no judgement).

    Method: NHS "Making data count", variation icons; its words are common cause and special cause.

    >>> variation(1, -1, "lower is better"), variation(4, 1)
    (('improving', 'out of the ordinary, improving'), ('high', 'out of the ordinary, high: no judgement'))
    """
    if not rule:
        return "common", RULES[0]
    if direction == "none":
        side_word = "high" if side > 0 else "low"
        return side_word, f"out of the ordinary, {side_word}: no judgement"
    better = (side > 0) == (direction == "higher is better")
    key = "improving" if better else "concerning"
    return key, f"out of the ordinary, {key}"


def assurance(lower: float, upper: float, target: float | None, direction: str) -> tuple[str, str]:
    """Whether a target will be met as things are: a key for its icon, and the words.

    lower, upper: the control limits. Keys: passing (even the worse limit meets it), failing (even the better limit
    misses it), hit_or_miss, none (no target, no direction, or no limits).

    Method: NHS "Making data count", assurance icons.

    >>> assurance(10, 20, 25, "lower is better"), assurance(10, 20, 15, "lower is better")
    (('passing', 'will consistently meet the target'), ('hit_or_miss', 'may or may not meet the target'))
    """
    if target is None or direction == "none" or np.isnan([lower, upper]).any():
        return "none", "no target to judge by"
    worse, better = (upper, lower) if direction == "lower is better" else (-lower, -upper)
    goal = target if direction == "lower is better" else -target
    if worse <= goal:
        return "passing", "will consistently meet the target"
    if better > goal:
        return "failing", "won’t meet the target as things are"
    return "hit_or_miss", "may or may not meet the target"


def _mean(values: Floats) -> Floats:
    """Row means without NaN; NaN for a row of nothing."""
    known = ~np.isnan(values)
    n = known.sum(axis=1)
    return np.where(n > 0, np.where(known, values, 0.0).sum(axis=1) / np.fmax(n, 1), np.nan)


def _screened_mean_range(values: Floats) -> Floats:
    ranges = np.abs(np.diff(values, axis=1))
    first = _mean(ranges)[:, None]
    return _mean(np.where((first > 0) & (ranges >= 3.267 * first), np.nan, ranges))


def _season(y: Floats, used: Bools, months: ArrayLike | Any | None, starts: NDArray[np.int64]) -> tuple[Floats, Bools]:
    """The seasonal factor of every month (1 where none) and which series are adjusted."""
    season, adjusted = np.ones(y.shape), np.zeros(len(y), dtype=bool)
    if months is None:
        return season, adjusted
    numbers = month_numbers(months)
    if numbers.size != y.shape[1]:
        raise ValueError(f"values have {y.shape[1]} months, months has {numbers.size}.")
    terms = season_terms(calendar_months(numbers))
    complete = ((used.astype(float) @ terms) >= 2).all(axis=1) & (used.sum(axis=1) >= MIN_MONTHS_FOR_SEASON)
    positive = (np.where(used, y, 0.0) @ terms > 0).all(axis=1)
    rows = np.flatnonzero(complete & positive)
    if not rows.size:
        return season, adjusted
    steps = (np.arange(numbers.size)[:, None] >= starts).astype(float)  # a level of its own for each segment
    time = (numbers - numbers.mean())[:, None] / 12
    fit = poisson_fit(as_counts(y[rows], "values"), np.hstack([steps, time, terms]), used=used[rows])
    effects = season_effects(fit, used[rows], terms, fit.dispersion)
    kept = 1 - 1 / np.fmax(effects.f, 1.0)
    factor = np.exp(kept[:, None] * effects.log_factor)
    factor = factor / factor.mean(axis=1, keepdims=True)
    found = fit.sound & (kept > 0)
    season[rows[found]] = factor[found][:, calendar_months(numbers)]
    adjusted[rows[found]] = True
    return season, adjusted


def _with_gaps(values: Floats, starts: NDArray[np.intp]) -> Floats:
    """Values with a missing month before each start, where runs end, and seven after the last."""
    return np.pad(np.insert(values, starts, np.nan, axis=1), ((0, 0), (0, 7)), constant_values=np.nan)


def _special_causes(apart: Floats, judged: Floats, mean_range: Floats) -> tuple[Bools, Bools]:
    """The four rules, (4, series, months), and which months are part of a rise. apart: distance from the centre."""
    outside = np.abs(apart) > 2.66 * mean_range
    same_side = _marked(apart > 0, 7, 7) | _marked(apart < 0, 7, 7)
    step = np.diff(judged, axis=1)
    rising, falling = _marked(step > 0, 6, 7), _marked(step < 0, 6, 7)
    three_known = _runs(~np.isnan(apart), 3) == 3
    near_limit = np.zeros(outside.shape, dtype=bool)
    for beyond in (apart > 1.7733 * mean_range, apart < -1.7733 * mean_range):
        near_limit |= beyond & _spread_out((_runs(beyond, 3) >= 2) & three_known, 3)
    return np.stack([outside, rising | falling, near_limit, same_side]), rising


def _runs(flags: Bools, length: int) -> NDArray[np.int64]:
    """How many are true in each window of this length: (series, months − length + 1)."""
    return sliding_window_view(flags, length, axis=1).sum(axis=-1)


def _spread_out(windows: Bools, width: int) -> Bools:
    """The points that lie in any true window of this width."""
    count = windows.shape[1]
    points = np.zeros((len(windows), count + width - 1), dtype=bool)
    for offset in range(width):
        points[:, offset : offset + count] |= windows
    return points


def _marked(flags: Bools, run: int, width: int) -> Bools:
    """The points of unbroken runs: `run` flags in a row mark `width` points (six steps up join seven points)."""
    return _spread_out(_runs(flags, run) == run, width)
