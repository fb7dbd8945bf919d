"""The season: each calendar month against the average one, with its interval."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, line, segments, text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.frames import records
from analytics.panels._model import View
from analytics.words import change

__all__ = ["season_figure"]

_TICKS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0)


def season_figure(frame: pd.DataFrame, *, view: View, height: int) -> dict[str, Any]:
    """frame: twelve rows, January first: name, difference_pct, lower_cl, upper_cl (NaN where unknown), apart (the
    interval leaves out the average), hover."""
    t = tokens(view.scheme)
    known = frame[frame["difference_pct"].notna()]
    logs = [_log(v) for key in ("lower_cl", "upper_cl") for v in known[key]]
    reach = min(max([math.log(1.16), *(abs(v) for v in logs if math.isfinite(v))]), math.log(2.2))
    ticks = [k for k in _TICKS if abs(math.log(k)) <= reach]
    ticks = [k for k in ticks if k == 1.0 or len(ticks) <= 5 or k in {0.5, 0.7, 0.8, 1.2, 1.3, 1.5, 2.0}]
    shapes = [
        line(-0.5, math.log(k), 11.5, math.log(k), view=view, color="chart-zero" if k == 1 else "chart-grid",
             width=1.5 if k == 1 else 1)
        for k in ticks
    ]  # fmt: skip
    data: list[dict[str, Any]] = []
    for apart in (False, True):
        part = [row for row in records(known.assign(at=known.index)) if bool(row["apart"]) == apart]
        if not part:
            continue
        color = t["chart-ours"] if apart else t["level"]
        ends = [(max(_log(r["lower_cl"]), -reach), min(_log(r["upper_cl"]), reach), r["at"]) for r in part]
        ys, xs = segments(*zip(*ends, strict=True))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": xs,
                "y": ys,
                "hoverinfo": "skip",
                "line": {"color": color, "width": 2},
            }
        )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [r["at"] for r in part],
                "y": [min(max(_log(r["difference_pct"]), -reach), reach) for r in part],
                "hovertext": [r["hover"] for r in part],
                "hoverinfo": "text",
                "marker": {"size": 10, "color": color, "line": {"width": 1.5, "color": t["chart-halo"]}},
            }
        )
    notes = []
    if view.width == "wide":
        for row in records(known.assign(at=known.index)):
            if row["apart"]:
                above = row["difference_pct"] > 0
                end = min(_log(row["upper_cl"]), reach) if above else max(_log(row["lower_cl"]), -reach)
                notes.append(
                    text(
                        change(row["difference_pct"]), row["at"], end, view=view, bold=True, size=SIZE_AXIS,
                        color="chart-ours", anchor="center", valign="bottom" if above else "top",
                        yshift=2 if above else -2,
                    )
                )  # fmt: skip
    return figure(
        data,
        view,
        height,
        margin={"l": 0, "r": 0, "t": 8, "b": 30},
        xaxis={
            **FIXED_AXIS,
            "range": [-0.6, 11.6],
            "tickvals": list(range(12)),
            "ticktext": [str(name)[: 3 if view.width == "wide" else 1] for name in frame["name"]],
            "showline": True,
            "automargin": False,
        },
        yaxis={
            **FIXED_AXIS,
            "range": [-reach * 1.18, reach * 1.18],
            "tickvals": [math.log(k) for k in ticks],
            "ticktext": ["average" if k == 1 else change(100 * (k - 1)) for k in ticks],
            "ticklabelstandoff": 6,
        },
        shapes=shapes,
        annotations=notes,
    )


def _log(percent: float) -> float:
    ratio = 1 + percent / 100
    return math.log(ratio) if ratio > 0 else -math.inf
