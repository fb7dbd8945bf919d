"""The legend of stepped shading: boxes with the limits between them. Sizes are in pixels, below the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.figures._draw import text
from analytics.figures._theme import SIZE_AXIS, tokens
from analytics.panels._model import View

__all__ = ["LEGEND_HEIGHT", "step_legend"]

LEGEND_HEIGHT = 66
"""Pixels of bottom margin that the legend needs."""

_TOP, _BOTTOM = -29, -40


def step_legend(
    roles: Sequence[str],
    limit_words: Sequence[str],
    title: str,
    *,
    left: float,
    step: float,
    missing: str = "",
    view: View,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Boxes in the colours of `roles` from `left`, `step` wide, `limit_words` between them, the title above.

    missing: what a hatched box beside them stands for; empty for none. Returns shapes and annotations.
    """
    t = tokens(view.scheme)
    small: dict[str, Any] = {"view": view, "paper": "xy", "size": SIZE_AXIS, "color": "chart-note"}
    shapes = [_box(left + i * step, step, t[role]) for i, role in enumerate(roles)]
    notes = [text(title, 0, 0, xshift=left - 1, yshift=-17, **small)]
    notes += [
        text(words, 0, 0, xshift=left + (i + 1) * step, yshift=-52, anchor="center", **small)
        for i, words in enumerate(limit_words)
    ]
    if missing:
        at = left + len(roles) * step + 14
        shapes.append(_box(at, 22, t["unknown-wash"], t["unknown"]))
        notes.append(text(missing, 0, 0, xshift=at + 26, yshift=-35, **{**small, "color": "unknown-text"}))
    return shapes, notes


def _box(left: float, width: float, color: str, line: str | None = None) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": 0,
        "yanchor": 0,
        "x0": left,
        "x1": left + width,
        "y0": _BOTTOM,
        "y1": _TOP,
        "fillcolor": color,
        "line": {"width": 1 if line else 0, "color": line or color},
    }
