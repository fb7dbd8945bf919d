"""The offline map style and its arithmetic."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.mapstyle import map_view, offline_style, scale_bar


def test_style_asks_nobody_for_anything() -> None:
    style = offline_style("#0f1c2e")
    assert style["sources"] == {}
    assert "glyphs" not in style
    assert "sprite" not in style
    assert [layer["type"] for layer in style["layers"]] == ["background"]
    assert style["layers"][0]["paint"]["background-color"] == "#0f1c2e"
    assert offline_style("red") is not offline_style("red")


def pixel(longitude: float, latitude: float, zoom: float) -> tuple[float, float]:
    """Web map pixel of a place, straight from the definition of the Mercator projection."""
    world = 512 * 2**zoom
    x = (longitude + 180) / 360 * world
    y = (1 - math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / math.pi) / 2 * world
    return x, y


@given(
    west=st.floats(-7, 1),
    south=st.floats(50, 58),
    wide=st.floats(0.001, 3),
    high=st.floats(0.001, 3),
    width=st.integers(200, 2000),
    height=st.integers(200, 1500),
)
def test_bounds_fit_and_touch_one_pair_of_edges(
    west: float, south: float, wide: float, high: float, width: int, height: int
) -> None:
    view = map_view((west, south, west + wide, south + high), width, height, padding=20)
    left, bottom = pixel(west, south, view.zoom)
    right, top = pixel(west + wide, south + high, view.zoom)
    middle_x, middle_y = pixel(view.longitude, view.latitude, view.zoom)
    room = 1e-3
    assert right - left <= width - 40 + room
    assert bottom - top <= height - 40 + room
    assert right - left == pytest.approx(width - 40) or bottom - top == pytest.approx(height - 40)
    assert (left + right) / 2 == pytest.approx(middle_x)
    assert (top + bottom) / 2 == pytest.approx(middle_y)


def test_a_single_point_is_not_infinitely_close() -> None:
    assert map_view((0.3, 51.5, 0.3, 51.5), 600, 400).zoom == 20


@pytest.mark.parametrize("bounds", [(float("nan"), 0, 1, 1), (1, 0, 0, 1), (0, 1, 1, 0)])
def test_bounds_that_are_none(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="west, south, east, north"):
        map_view(bounds, 600, 400)


@given(latitude=st.floats(-70, 70), zoom=st.floats(0, 20), largest=st.integers(60, 300))
def test_scale_bar_is_round_and_fits(latitude: float, zoom: float, largest: int) -> None:
    bar = scale_bar(latitude, zoom, largest_pixels=largest)
    assert bar.pixels <= largest + 1e-9
    assert bar.pixels > largest / 2.5 - 1e-9
    assert str(bar.metres).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize(("zoom", "label"), [(18, "20 m"), (11, "2 km"), (0, "5,000 km")])
def test_scale_bar_label(zoom: float, label: str) -> None:
    assert scale_bar(51.5, zoom).label == label


def test_pages_can_use_it_without_loading_the_geometry_libraries() -> None:
    script = "import geo.mapstyle, sys; print('shapely' in sys.modules or 'pandas' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
