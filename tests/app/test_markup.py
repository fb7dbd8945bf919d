"""Components written as HTML text: the same elements, everything escaped."""

from __future__ import annotations

import pytest
from dash import dcc, html

from pages._shared.markup import Element, markup


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (None, ""),
        (3, "3"),
        ("a & b", "a &amp; b"),
        (html.P("x", className="note", tabIndex=0), '<p class="note" tabindex="0">x</p>'),
        (html.Label("x", htmlFor="y"), '<label for="y">x</label>'),
        (html.Div(["a", html.Br(), html.B("c")]), "<div>a<br><b>c</b></div>"),
        (html.Button("x", disabled=True), "<button disabled>x</button>"),
        (html.Button("x", disabled=False), "<button>x</button>"),
        (html.Span("x", style={"minHeight": "2px", "color": "red"}), '<span style="min-height:2px;color:red">x</span>'),
        (html.Span("x", title='a "b" <c>'), '<span title="a &quot;b&quot; &lt;c&gt;">x</span>'),
        (Element("input", {"type": "checkbox", "checked": True}), '<input type="checkbox" checked>'),
    ],
)
def test_a_part_is_written(part: object, text: str) -> None:
    assert markup(part) == text


def test_a_component_with_a_life_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="Store"):
        markup(html.Div(dcc.Store(id="x")))
