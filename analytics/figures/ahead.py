"""The projection: the months recorded, then the months to come with their bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.figures._breaks import break_lines, draw_breaks
from analytics.figures._draw import FIXED_AXIS, figure, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.figures.control import month_ticks
from analytics.months import write_month
from analytics.panels._model import View

__all__ = ["projection_figure"]

_WIDTH = {"wide": 520, "narrow": 318}


def projection_figure(
    frame: pd.DataFrame,
    *,
    breaks: pd.DataFrame,
    write: Callable[[Any], str],
    view: View,
    height: int,
) -> dict[str, Any]:
    """frame: a row a month in order: month, incidents (NaN to come), expected, lower_80, upper_80, lower_95, upper_95
    (NaN where recorded), hover. breaks: rows of the register, drawn over the recorded months."""
    t = tokens(view.scheme)
    wide = view.width == "wide"
    months: list[date] = list(frame["month"])
    n = len(months)
    known = int(frame["incidents"].notna().sum())
    highest = max(frame["incidents"].max(), frame["upper_95"].max(), 1.0)
    plot = height - 58
    top = highest * 1.06 * plot / (plot - 6 - 20 * break_lines(breaks, months))
    ticks = [tick for tick in nice_ticks(highest * 1.04, 5) if tick <= top]
    shapes = [line(-0.5, tick, n - 0.5, tick, view=view, color="chart-grid") for tick in ticks[1:]]
    edge = known - 0.5
    shapes.append(line(edge, 0, edge, top, view=view, color="chart-axis", width=1.5))
    small: dict[str, Any] = {"view": view, "size": SIZE_AXIS, "color": "chart-note", "valign": "bottom"}
    notes = [
        text("recorded", edge, top, anchor="right", xshift=-5, **small),
        text("projected", edge, top, xshift=5, **small),
    ]
    ahead = frame.iloc[known:]
    xs = list(range(known, n))
    plain: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": xs, "hoverinfo": "skip", "line": {"width": 0}}
    data: list[dict[str, Any]] = []
    for share, role in (("95", "chart-band"), ("80", "chart-band-inner")):
        data.append({**plain, "y": _listed(ahead[f"lower_{share}"])})
        data.append({**plain, "y": _listed(ahead[f"upper_{share}"]), "fill": "tonexty", "fillcolor": t[role]})
    ours = {"color": t["chart-ours"], "width": 2.5}
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(range(known)),
            "y": _listed(frame["incidents"].iloc[:known]),
            "hovertext": list(frame["hover"].iloc[:known]),
            "hoverinfo": "text",
            "line": ours,
        }
    )
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": xs,
            "y": _listed(ahead["expected"]),
            "hovertext": list(ahead["hover"]),
            "hoverinfo": "text",
            "line": {**ours, "dash": "dot"},
        }
    )
    last = ahead.iloc[-1]
    words = [
        f"{write(last['expected'])} in {write_month(last['month'])}",
        f"95 % range {write(last['lower_95'])} to {write(last['upper_95'])}",
    ]
    room = (max(text_width(w, SIZE_AXIS, bold=True) for w in words) + 14) if wide else 0.0
    if wide:
        notes.append(
            text(
                f"<b>{words[0]}</b><br>{words[1]}", n - 0.4, last["expected"],
                view=view, size=SIZE_AXIS, color="chart-ours", xshift=5,
            )
        )  # fmt: skip
    draw_breaks(breaks, months, top, shapes, notes, view=view)
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 26, "b": 30},
        xaxis={
            **FIXED_AXIS,
            "range": [-0.6, n - 0.4],
            "domain": [0, 1 - room / (view.room or _WIDTH[view.width])],
            "showline": True,
            "automargin": False,
            **month_ticks(months, (view.room or _WIDTH[view.width]) - room),
        },
        yaxis={
            **FIXED_AXIS,
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [write(tick) if tick else "0" for tick in ticks],
            "ticklabelstandoff": 6,
        },
        shapes=shapes,
        annotations=notes,
    )


def _listed(values: Sequence[Any] | pd.Series) -> list[float | None]:
    return [None if pd.isna(v) else float(v) for v in values]
