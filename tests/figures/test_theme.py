"""The theme: the same colours in Python as in the style sheet, and a template that Plotly accepts."""

import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from analytics.figures._theme import FONT, template, tokens

CSS = (Path(__file__).parents[2] / "assets" / "tokens.css").read_text(encoding="utf-8")


def colours_in_css(selector: str) -> dict[str, str]:
    block = CSS.split(selector, 1)[1].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_light_tokens_are_those_of_the_style_sheet() -> None:
    assert dict(tokens("light")) == colours_in_css('[data-mantine-color-scheme="light"]')


def test_dark_tokens_are_the_light_ones_with_the_dark_overrides() -> None:
    dark = colours_in_css('\n[data-mantine-color-scheme="dark"]')
    light = colours_in_css('[data-mantine-color-scheme="light"]')
    assert dict(tokens("dark")) == {**light, **dark}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plotly_accepts_the_template_and_takes_its_colours(scheme: str) -> None:
    figure = go.Figure(go.Scatter(y=[1, 2]), layout={"template": template(scheme)})
    assert figure.layout.template.layout.font.color == tokens(scheme)["chart-text"]
    assert figure.layout.template.layout.font.family == FONT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("text", "surface", 4.5),
        ("text-quiet", "surface", 4.5),
        ("text-faint", "surface-page", 4.5),
        ("text-faint", "surface-selected", 4.5),
        ("action", "surface-selected", 4.5),
        ("text-on-strong", "action", 4.5),
        ("higher-text", "higher-wash", 4.5),
        ("lower-text", "lower-wash", 4.5),
        ("unknown-text", "unknown-wash", 4.5),
        ("problem-text", "problem-wash", 4.5),
        ("chart-note", "chart-band", 4.5),
        ("chart-ours", "surface", 3.0),
        ("chart-peer-dot", "surface", 3.0),
        ("line-control", "surface", 3.0),
        ("higher", "surface", 3.0),
        ("lower", "surface", 3.0),
    ],
)
def test_text_and_marks_stand_out_from_their_ground(scheme: str, ink: str, ground: str, least: float) -> None:
    assert contrast(tokens(scheme)[ink], tokens(scheme)[ground]) >= least - 0.01
