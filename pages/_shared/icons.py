"""Icons and verdict marks: shapes of ``assets/icons.css`` in the colour of the text around them."""

from __future__ import annotations

from dash import html

from pages._shared.attributes import attributes

__all__ = ["VERDICTS", "icon", "icon_before", "verdict"]

VERDICTS = {
    "rose": "up",
    "rising": "up",
    "higher": "up",
    "much higher": "up",
    "fell": "down",
    "falling": "down",
    "lower": "down",
    "much lower": "down",
    "no clear change": "flat",
    "no clear trend": "flat",
    "about the same": "flat",
    "too few": "plain",
    "too few to tell": "plain",
    "no data": "none",
}
"""A verdict's kind, by its words: its shape and colour. "plain": words alone, no shape and no colour."""

_SHAPES = {"up": "up", "down": "down", "flat": "flat", "none": "diamond"}


def icon(name: str) -> html.Span:
    """A decorative icon; the words stand beside it."""
    mark = " icon-mark" if name in _SHAPES.values() else ""
    return html.Span(className=f"icon icon-{name}{mark}", **attributes(aria_hidden="true"))


def verdict(words: str, kind: str | None = None) -> html.Span:
    """Shape, word and colour together."""
    kind = kind or VERDICTS.get(words.lower(), "plain")
    if kind == "plain":
        return html.Span("too few to tell" if words == "too few" else words, className="v flat plain")
    return html.Span([icon(_SHAPES[kind]), words], className=f"v {kind}")


def icon_before(name: str) -> str:
    """The class that draws an icon before an element's words."""
    return f"with-icon icon-{name}"
