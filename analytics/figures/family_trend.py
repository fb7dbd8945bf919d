"""Our 12-month rate laid over the family's: mean, middle half and range."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures._breaks import break_lines, draw_breaks
from analytics.figures._draw import FIXED_AXIS, figure, line, nice_ticks, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.figures.control import month_ticks
from analytics.months import write_month
from analytics.panels._model import View
from analytics.words import rate

__all__ = ["HEIGHT", "family_trend"]

HEIGHT = {"wide": 330, "narrow": 300}


def family_trend(frame: pd.DataFrame, *, name: str, breaks: pd.DataFrame, view: View) -> dict[str, Any]:
    """frame: a row a 12-month window: month (its last), rate_per_1000, family_mean, quarter, three_quarters, lowest,
    highest. breaks: rows of the register.
    """
    t = tokens(view.scheme)
    months = list(frame["month"])
    x = list(range(len(months)))
    plot = view.tall(HEIGHT[view.width]) - 40
    highest = float(max(frame["highest"].max(), frame["rate_per_1000"].max()))
    top = highest * 1.08 * plot / max(plot - 20 * break_lines(breaks, months), 60)
    data: list[dict[str, Any]] = []
    for low, high, color in (("lowest", "highest", "chart-band"), ("quarter", "three_quarters", "chart-band-inner")):
        data.append({
            "type": "scatter", "mode": "lines", "x": [*x, *reversed(x)],
            "y": [*frame[high].round(4), *frame[low].round(4).tolist()[::-1]],
            "fill": "toself", "fillcolor": t[color], "line": {"width": 0}, "hoverinfo": "skip",
        })  # fmt: skip
    data.append({
        "type": "scatter", "mode": "lines", "x": x, "y": frame["family_mean"].round(4).tolist(), "hoverinfo": "skip",
        "line": {"color": t["level"], "width": 1.5},
    })  # fmt: skip
    data.append({
        "type": "scatter", "mode": "lines+markers" if len(x) <= 24 else "lines", "cliponaxis": False, "x": x,
        "y": frame["rate_per_1000"].round(4).tolist(),
        "hovertext": [
            f"<b>12 months to {write_month(row.month, full=True)}</b><br>{name} {rate(row.rate_per_1000)}<br>"
            f"family mean {rate(row.family_mean)}, middle half {rate(row.quarter)} to {rate(row.three_quarters)}"
            for row in frame.itertuples()
        ],
        "hoverinfo": "text",
        "line": {"color": t["chart-ours"], "width": 2.5},
        "marker": {"size": 7, "color": t["chart-ours"]},
    })  # fmt: skip
    last = frame.iloc[-1]
    ends = [(float(last["rate_per_1000"]), f"{name} {rate(last['rate_per_1000'])}", True)]
    ends.append((float(last["family_mean"]), f"mean {rate(last['family_mean'])}", False))
    apart = abs(ends[0][0] - ends[1][0]) / top * (view.tall(HEIGHT[view.width]) - 50)
    push = max(0.0, (19 - apart) / 2)
    notes: list[dict[str, Any]] = []
    for value, words, ours in ends:
        upper = value == max(ends[0][0], ends[1][0]) and (ours or ends[0][0] != ends[1][0])
        notes.append(
            text(
                words,
                x[-1],
                value,
                view=view,
                xshift=10,
                yshift=push if upper else -push,
                bold=ours,
                size=SIZE_AXIS,
                color="chart-ours" if ours else "chart-text",
            )
        )
    shapes = [line(0, 0, 1, 0, view=view, paper="x", color="chart-axis")]
    draw_breaks(breaks, months, top, shapes, notes, view=view)
    return figure(
        data,
        view,
        view.tall(HEIGHT[view.width]),
        margin={"l": 4, "r": 118, "t": 10, "b": 30},
        xaxis={
            **FIXED_AXIS,
            "range": [-0.5, len(x) - 0.5],
            **month_ticks(months, 300 if view.width == "wide" else 200),
        },
        yaxis={**FIXED_AXIS, "range": [0, top], "tickvals": nice_ticks(highest, 4), "showgrid": True},
        shapes=shapes,
        annotations=notes,
    )
