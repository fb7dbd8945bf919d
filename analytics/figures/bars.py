"""Horizontal bars from zero, the largest first, the value at the end of each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, ROWS, figure, line, nice_ticks, text, text_width
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View
from analytics.words import integer

__all__ = ["bars", "bars_height"]

_ROW = {"wide": 26, "narrow": 44}
_BESIDE = 0.19
_VERDICTS = {"rose": ("triangle-up", "higher", "higher-text"), "fell": ("triangle-down", "lower", "lower-text")}
_NARROWEST = 430
"""Pixels of the narrowest wide drawing: five columns of twelve at 1,440."""


def bars_height(rows: int, view: View) -> int:
    """Pixels for so many bars with their axis."""
    return 8 + rows * _ROW[view.width] + 28


def bars(
    frame: pd.DataFrame,
    *,
    name: str,
    value: str,
    words: str,
    hover: str,
    key: str,
    strong: int,
    view: View,
    height: int | None = None,
    beside: str | None = None,
    verdict: str | None = None,
    heading: str = "",
) -> dict[str, Any]:
    """Bars as drawn in the design.

    frame: a row a bar, in order. The first `strong` bars are in ours blue; grey ones always carry their value.
    beside: a column of words that stand right of the bars, under `heading`; verdict: the column with their verdict,
    which "rose" and "fell" give a mark and a colour.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    across = view.room or _NARROWEST
    n = len(frame)
    values = frame[value].astype("float64").to_numpy()
    longest = max([text_width(str(label)) for label in frame[name]], default=40)
    names_share = min((longest + 12) / across, 0.55)
    room = max([text_width(str(w), bold=True) + 10 for w in frame[words]], default=40)
    right = 1 - _BESIDE if beside and wide else 1.0
    drawn = across * (right - names_share) if wide else across - 100
    top = max(float(values.max()) if n else 1.0, 1.0) / (1 - min(room / drawn, 0.6))
    ticks = [tick for tick in nice_ticks(float(values.max()) if n else 1.0, 4) if tick == round(tick)]
    shapes = [line(tick, 0, tick, n, view=view, color="chart-grid" if tick else "chart-axis") for tick in ticks]
    places = [n - i - (0.5 if wide else 0.72) for i in range(n)]
    notes = []
    for index, row in enumerate(frame.to_dict("records")):
        is_strong = index < strong
        label_y = n - index - (0.5 if wide else 0.26)
        notes.append(
            text(str(row[name]), 0, label_y, view=view, paper="x", color="text" if is_strong else "chart-text")
        )
        notes.append(
            text(
                str(row[words]),
                float(values[index]),
                places[index],
                view=view,
                xshift=5,
                bold=True,
                color="chart-ours" if is_strong else "chart-text",
            )
        )
        if beside:
            _, _, role = _VERDICTS.get(str(row[verdict]) if verdict else "", ("", "", "chart-text"))
            strong_word = role != "chart-text"
            notes.append(
                text(
                    str(row[beside]), 1, label_y,
                    view=view, paper="x", anchor="right", xshift=-16, bold=strong_word, color=role,
                )
            )  # fmt: skip
    if heading and wide:
        head: dict[str, Any] = {
            "anchor": "right",
            "valign": "bottom",
            "color": "chart-note",
            "size": SIZE_AXIS,
            "xshift": -16,
        }
        notes.append(text(heading, 1, 1, view=view, paper="xy", **head))
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": values.tolist(),
            "y": places,
            "width": 0.6 if wide else 0.36,
            "marker": {
                "color": [t["chart-ours"] if i < strong else t["chart-peer"] for i in range(n)],
                "cornerradius": 2,
            },
            "customdata": [[k] for k in frame[key]],
            "hovertext": list(frame[hover]),
            "hoverinfo": "text",
        }
    ]
    if beside and verdict:
        data += _verdict_marks(frame, verdict, n, 1 - 6.5 / across, 0.5 if wide else 0.26, t)
    return figure(
        data,
        view,
        height or bars_height(n, view),
        meta=ROWS,
        margin={"l": 0, "r": 0, "t": 24 if heading and wide else 4, "b": 26},
        xaxis={
            **FIXED_AXIS,
            "range": [0, top],
            "domain": [names_share if wide else 0.0, right],
            "tickvals": ticks,
            "ticktext": [integer(v) for v in ticks],
        },
        xaxis2={**FIXED_AXIS, "range": [0, 1], "domain": [0, 1], "anchor": "y", "showticklabels": False},
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False},
        shapes=shapes,
        annotations=notes,
    )


def _verdict_marks(
    frame: pd.DataFrame, verdict: str, n: int, right: float, below: float, t: Any
) -> list[dict[str, Any]]:
    """A triangle at the right edge of each row that rose or fell."""
    marks = []
    for word, (symbol, color, _) in _VERDICTS.items():
        rows = [i for i, given in enumerate(frame[verdict]) if given == word]
        if rows:
            marks.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": [right] * len(rows),
                    "y": [n - i - below for i in rows],
                    "xaxis": "x2",
                    "hoverinfo": "skip",
                    "cliponaxis": False,
                    "marker": {"symbol": symbol, "size": 10, "color": t[color]},
                }
            )
    return marks
