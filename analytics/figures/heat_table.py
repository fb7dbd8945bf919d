"""A table whose cells are shaded: the figure in the cell, the colour for how far it lies from the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.figures._draw import FIXED_AXIS, figure, text, text_width
from analytics.figures._legend import LEGEND_HEIGHT, step_legend
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.frames import records
from analytics.panels._model import View

__all__ = ["heat_table", "heat_table_height"]

_ROW = {"wide": 25, "narrow": 46}
_HEAD = 42
_NAMES = 236
_SYLLABLES = {"Shoplifting": "Shop-<br>lifting", "Unrecognised": "Unrecog-<br>nised"}


def heat_table_height(rows: int, view: View) -> int:
    """Pixels for a heat table of so many rows with its heads and its legend."""
    return _HEAD + rows * _ROW[view.width] + LEGEND_HEIGHT


def heat_table(
    cells: pd.DataFrame,
    *,
    row_keys: Sequence[str],
    row_names: Sequence[str],
    columns: Sequence[str],
    column_names: Sequence[str],
    roles: Sequence[str],
    limit_words: Sequence[str],
    legend: str,
    marked: str | None,
    view: View,
) -> dict[str, Any]:
    """The heat table as drawn in the design.

    cells: a row a cell: row_key, column_key, words (what is written), role (the shade's role in the theme, empty for
    an unshaded cell) and hover. roles, limit_words, legend: the shades from low to high, what lies between them, and
    what they tell. marked: the key of the row looked at. A click hands on `[row key, column key]`.
    """
    wide = view.width == "wide"
    t = tokens(view.scheme)
    n, k = len(row_keys), len(columns)
    shades = list(roles)
    by_place = {(cell["row_key"], cell["column_key"]): cell for cell in records(cells)}
    grid = [[by_place[row, column] for column in columns] for row in row_keys]
    middle = 0.5 if wide else 0.74
    heights = [n - i - middle for i in range(n)]
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": list(range(k)),
            "y": heights,
            "z": [[shades.index(cell["role"]) if cell["role"] else None for cell in line] for line in grid],
            "zmin": -0.5,
            "zmax": len(shades) - 0.5,
            "colorscale": _steps([t[role] for role in shades]),
            "showscale": False,
            "xgap": 2,
            "ygap": 2 if wide else 22,
            "hoverinfo": "skip",
        }
    ]
    # The words carry hover and click, not the shades: Dash hands on a point's customdata, but none of a heat map's.
    for ink in sorted({_ink(cell["role"], t) for line in grid for cell in line}):
        placed = [
            (x, heights[y], cell)
            for y, line in enumerate(grid)
            for x, cell in enumerate(line)
            if _ink(cell["role"], t) == ink
        ]
        data.append(
            {
                "type": "scatter",
                "mode": "text",
                "x": [x for x, _, _ in placed],
                "y": [y for _, y, _ in placed],
                "text": [cell["words"] for _, _, cell in placed],
                "textfont": {"size": SIZE_AXIS, "color": ink},
                "customdata": [[cell["row_key"], cell["column_key"]] for _, _, cell in placed],
                "hovertext": [cell["hover"] for _, _, cell in placed],
                "hoverinfo": "text",
            }
        )
    names = min(_NAMES, max([text_width(name, bold=True) for name in row_names], default=0) + 12) if wide else 0
    notes = [
        text(
            _SYLLABLES.get(name, "<br>".join(_in_two(name))), x, 1,
            view=view, paper="y", anchor="center", valign="bottom", color="chart-note", size=SIZE_AXIS, yshift=2,
        )
        for x, name in enumerate(column_names)
    ]  # fmt: skip
    for i, (key, name) in enumerate(zip(row_keys, row_names, strict=True)):
        y = heights[i] if wide else n - i
        notes.append(
            text(
                name, 0, y,
                view=view, paper="x", bold=key == marked, color="text" if key == marked else "chart-text",
                xshift=-names, valign="middle" if wide else "top", yshift=0 if wide else -2,
            )
        )  # fmt: skip
    shapes, words = step_legend(roles, limit_words, legend, left=1, step=42 if wide else 40, view=view)
    if marked in list(row_keys):
        shapes.append(_frame(heights[list(row_keys).index(str(marked))], k, 0.5 if wide else 0.26, t["text"]))
    return figure(
        data,
        view,
        heat_table_height(n, view),
        hoverdistance=60,
        margin={"l": names, "r": 0, "t": _HEAD, "b": LEGEND_HEIGHT},
        xaxis={**FIXED_AXIS, "range": [-0.5, k - 0.5], "showticklabels": False, "automargin": False},
        yaxis={**FIXED_AXIS, "range": [0, n], "showticklabels": False, "automargin": False},
        shapes=shapes,
        annotations=notes + words,
    )


def _ink(role: str, t: Any) -> str:
    """The ink on a shade: a diverging one names its own; of the others the two strongest turn it."""
    if not role:
        return t["text-faint"]
    return t.get(f"on-{role}") or t["text-on-strong" if role[-1] in "45" else "text"]


def _steps(colors: Sequence[str]) -> list[list[Any]]:
    """A colour scale without gradients: each colour over its share."""
    width = 1 / len(colors)
    return [[round(edge, 9), color] for i, color in enumerate(colors) for edge in (i * width, (i + 1) * width)]


def _in_two(name: str) -> list[str]:
    """A head in two lines where it has two words.

    >>> _in_two("Violence and sexual"), _in_two("ASB")
    (['Violence', 'and sexual'], ['ASB'])
    """
    words = name.split()
    if len(words) < 2:
        return [name]
    cuts = range(1, len(words))
    best = min(cuts, key=lambda i: max(len(" ".join(words[:i])), len(" ".join(words[i:]))))
    return [" ".join(words[:best]), " ".join(words[best:])]


def _frame(y: float, columns: int, half: float, color: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": -0.5,
        "x1": columns - 0.5,
        "y0": y - half,
        "y1": y + half,
        "line": {"color": color, "width": 2},
        "layer": "above",
    }
