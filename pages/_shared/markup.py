"""Dash components as HTML text.

Every Dash component on a page listens to every change of state, so a table of a thousand cells must not be a thousand
components. What panels say and what filters offer is built from ``dash.html`` as usual, written as text here, and put
in its place by the browser (``assets/dashboard.js``). All text is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from dash.development.base_component import Component

__all__ = ["Element", "element", "markup"]

_NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan"}
_VOID = {"br", "hr", "img", "input"}


@dataclass(frozen=True)
class Element:
    """An element that ``dash.html`` does not have, such as input."""

    tag: str
    attributes: dict[str, Any] = field(default_factory=dict)
    children: Any = None


def element(tag: str, attributes: dict[str, Any] | None = None, children: Any = None) -> Any:
    """An Element typed so that ``html.*`` takes it among its children."""
    return Element(tag, attributes or {}, children)


def markup(part: Any) -> str:
    """The HTML of text, a number, a component of ``dash.html``, an Element, or a list of these; None is nothing.

    >>> from dash import html
    >>> markup([html.P("5 < 6", className="note"), None, Element("input", {"type": "checkbox", "checked": True})])
    '<p class="note">5 &lt; 6</p><input type="checkbox" checked>'
    """
    if part is None:
        return ""
    if isinstance(part, (list, tuple)):
        return "".join(markup(one) for one in part)
    if isinstance(part, Element):
        return _element(part.tag, part.attributes, part.children)
    if isinstance(part, Component):
        if part._namespace != "dash_html_components":
            raise TypeError(f"{type(part).__name__} is not plain HTML")
        properties = part.to_plotly_json()["props"]
        children = properties.pop("children", None)
        return _element(type(part).__name__.lower(), properties, children)
    return escape(str(part), quote=False)


def _element(tag: str, properties: dict[str, Any], children: Any) -> str:
    written = "".join(_attribute(_NAMES.get(name, name), value) for name, value in properties.items())
    if tag in _VOID:
        return f"<{tag}{written}>"
    return f"<{tag}{written}>{markup(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name == "style" and isinstance(value, dict):
        value = ";".join(f"{_dashed(key)}:{part}" for key, part in value.items())
    if isinstance(value, dict):
        raise TypeError(f"{name} must be text")
    return f' {name}="{escape(str(value))}"'


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
