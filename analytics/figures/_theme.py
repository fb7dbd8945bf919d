"""The theme: every colour by its role, for each scheme, and one Plotly template made from them.

Plotly cannot read CSS variables, so the colours of ``assets/tokens.css`` stand here once more; a test compares the
two. A figure names a colour by its role (``tokens(scheme)["chart-ours"]``), never by its value.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["FONT", "SIZE_AXIS", "SIZE_HOVER", "SIZE_TEXT", "Scheme", "template", "tokens"]

Scheme = Literal["light", "dark"]

FONT = "'Source Sans 3', system-ui, 'Segoe UI', Arial, sans-serif"
SIZE_TEXT = 14
"""Text in a chart: names, values."""
SIZE_AXIS = 13.5
"""Axes and notes in a chart: the smallest size on a page."""
SIZE_HOVER = 15

# fmt: off
_LIGHT: dict[str, str] = {
    "af-dark-blue": "#12436D", "af-turquoise": "#28A197", "af-dark-pink": "#801650", "af-orange": "#F46A25",
    "af-dark-grey": "#3D3D3D", "af-light-purple": "#A285D1", "surface-page": "#F3F5F7", "surface": "#FFFFFF",
    "surface-quiet": "#F7F9FA", "surface-selected": "#E6EEF5", "surface-caution": "#FFF6E0", "line": "#DDE2E7",
    "line-control": "#75808C", "text": "#15202B", "text-quiet": "#485460", "text-faint": "#5A6672",
    "text-on-strong": "#FFFFFF", "link": "#12436D", "action": "#12436D", "action-hover": "#0C3050",
    "higher": "#F46A25", "higher-text": "#A03C06", "higher-wash": "#FEEFE6", "lower": "#28A197",
    "lower-text": "#0B635C", "lower-wash": "#E3F4F2", "level": "#5A6672", "level-text": "#485460",
    "level-wash": "#EEF1F3", "unknown": "#A285D1", "unknown-text": "#5D3F8F", "unknown-wash": "#F3EFFA",
    "present-higher": "#8A3204", "present-lower": "#09544E", "problem": "#801650", "problem-text": "#801650",
    "problem-wash": "#FAEDF4", "chart-ours": "#12436D", "chart-ours-wash": "#C9D9E7", "chart-peer": "#B5BDC6",
    "chart-peer-dot": "#77828E", "chart-peer-line": "#87919C", "chart-second": "#28A197", "chart-third": "#801650",
    "chart-fourth": "#F46A25", "chart-grid": "#E7EBEE", "chart-axis": "#75808C", "chart-zero": "#3D4650",
    "chart-text": "#3A4550", "chart-note": "#485460", "chart-band": "#E4E9EE", "chart-band-inner": "#CDD6DF",
    "chart-shade": "#EFEAF7", "chart-shade-text": "#5D3F8F", "chart-break": "#801650", "chart-halo": "#FFFFFF",
    "seq-1": "#E4EDF5", "seq-2": "#B7D0E5", "seq-3": "#7FABD0", "seq-4": "#3F79AD", "seq-5": "#12436D",
    "heat-1": "#F3E4EC", "heat-2": "#DFB8CD", "heat-3": "#C285A8", "heat-4": "#A04A7E", "heat-5": "#6A0F42",
    "div-1": "#0B5F59", "div-2": "#28A197", "div-3": "#A6DAD5", "div-4": "#EDF0F2", "div-5": "#FBC9AC",
    "div-6": "#F46A25", "div-7": "#8F3505", "on-div-1": "#FFFFFF", "on-div-2": "#15202B", "on-div-3": "#15202B",
    "on-div-4": "#15202B", "on-div-5": "#15202B", "on-div-6": "#15202B", "on-div-7": "#FFFFFF",
    "map-water": "#E3E9EE", "map-land": "#FAFAF8", "map-line": "#A9B3BD", "map-line-outer": "#55616D",
    "map-label": "#3A4550", "map-gi": "#15202B", "focus-inner": "#15202B", "focus-outer": "#FFDD00",
}

_DARK: dict[str, str] = {
    **_LIGHT,
    "surface-page": "#0F1720", "surface": "#17212C", "surface-quiet": "#1C2733", "surface-selected": "#233B52",
    "surface-caution": "#352C14", "line": "#2D3A47", "line-control": "#7D8B99", "text": "#EBF0F4",
    "text-quiet": "#B9C4CE", "text-faint": "#9FACB8", "text-on-strong": "#0F1720", "link": "#8CC3F0",
    "action": "#8CC3F0", "action-hover": "#B3D9F7", "higher": "#F5854B", "higher-text": "#FFAB80",
    "higher-wash": "#3B2519", "lower": "#3DBBB0", "lower-text": "#72D6CD", "lower-wash": "#143433",
    "level": "#788591", "level-text": "#B9C4CE", "level-wash": "#263340", "unknown": "#A285D1",
    "unknown-text": "#CBB8EA", "unknown-wash": "#2A2540", "present-higher": "#FFAB80", "present-lower": "#72D6CD",
    "problem": "#E283B5", "problem-text": "#F0A3CA", "problem-wash": "#3A1D2E", "chart-ours": "#7CBBEE",
    "chart-ours-wash": "#2B4C69", "chart-peer": "#5A6977", "chart-peer-dot": "#84919E",
    "chart-peer-line": "#7D8B99", "chart-second": "#3DBBB0", "chart-third": "#E283B5", "chart-fourth": "#F5854B",
    "chart-grid": "#263340", "chart-axis": "#7D8B99", "chart-zero": "#B9C4CE", "chart-text": "#C9D2DA",
    "chart-note": "#B9C4CE", "chart-band": "#263442", "chart-band-inner": "#34475A", "chart-shade": "#272541",
    "chart-shade-text": "#CBB8EA", "chart-break": "#E283B5", "chart-halo": "#17212C", "seq-1": "#1D3042",
    "seq-2": "#244C70", "seq-3": "#2F73A9", "seq-4": "#69A9DD", "seq-5": "#BFE0F8", "heat-1": "#33233A",
    "heat-2": "#5E2C55", "heat-3": "#94407A", "heat-4": "#CC6AA3", "heat-5": "#FAC9E2", "div-1": "#A6E5DF",
    "div-2": "#3DBBB0", "div-3": "#1D5A57", "div-4": "#2D3A47", "div-5": "#6E3A1E", "div-6": "#F5854B",
    "div-7": "#FFD0B5", "on-div-1": "#0F1720", "on-div-2": "#0F1720", "on-div-3": "#EBF0F4", "on-div-4": "#EBF0F4",
    "on-div-5": "#EBF0F4", "on-div-6": "#0F1720", "on-div-7": "#0F1720", "map-water": "#0F1720",
    "map-land": "#1C2733", "map-line": "#465564", "map-line-outer": "#8D99A5", "map-label": "#DCE3E9",
    "map-gi": "#FFFFFF", "focus-inner": "#0F1720",
}
# fmt: on

_SCHEMES = {"light": MappingProxyType(_LIGHT), "dark": MappingProxyType(_DARK)}


def tokens(scheme: Scheme) -> MappingProxyType[str, str]:
    """The colours of a scheme, by role: the names of ``tokens.css`` without the two dashes.

    >>> tokens("light")["chart-ours"], tokens("dark")["chart-ours"]
    ('#12436D', '#7CBBEE')
    """
    return _SCHEMES[scheme]


@cache
def _template(scheme: Scheme) -> dict[str, Any]:
    t = tokens(scheme)
    axis = {
        "gridcolor": t["chart-grid"],
        "linecolor": t["chart-axis"],
        "zerolinecolor": t["chart-zero"],
        "tickcolor": t["chart-axis"],
        "tickfont": {"size": SIZE_AXIS, "color": t["chart-note"]},
        "automargin": True,
        "title": {"text": "", "standoff": 6, "font": {"size": SIZE_AXIS, "color": t["chart-note"]}},
        "zeroline": False,
    }
    error = {"thickness": 2, "width": 0}
    return {
        "layout": {
            "font": {"family": FONT, "size": SIZE_TEXT, "color": t["chart-text"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 0, "r": 0, "t": 8, "b": 28},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "colorway": [t["chart-ours"], t["chart-second"], t["chart-third"], t["chart-fourth"]],
            "hoverlabel": {
                "bgcolor": t["text"],
                "bordercolor": t["text"],
                "font": {"family": FONT, "size": SIZE_HOVER, "color": t["surface"]},
                "align": "left",
            },
            "xaxis": axis,
            "yaxis": axis,
            "separators": ".,",
        },
        "data": {
            "scatter": [{"line": {"width": 2.5}, "error_x": error, "error_y": error}],
            "bar": [{"marker": {"color": t["chart-peer"], "line": {"width": 0}}, "error_x": error, "error_y": error}],
        },
    }


def template(scheme: Scheme) -> dict[str, Any]:
    """The Plotly template of a scheme, for ``layout.template``: a plain dict."""
    made = _template(scheme)
    return {"layout": dict(made["layout"]), "data": dict(made["data"])}
