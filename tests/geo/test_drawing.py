"""Areas as rings: nothing lost, neighbours still meeting, largest parts kept; and names that cover nothing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.drawing import drawing
from geo.labels import placed_labels


def as_wkb(*shapes: shapely.Geometry) -> tuple[bytes, ...]:
    return tuple(shapely.to_wkb(shape) for shape in shapes)


def filled(rings) -> shapely.Geometry:
    """What the rings fill by the non-zero rule: outer rings add, holes (the other way round) take away."""
    shape = shapely.Polygon()
    for x, y in rings:
        ring = shapely.LinearRing(np.column_stack([x, y]))
        part = shapely.Polygon(ring)
        shape = shape.union(part) if ring.is_ccw else shape.difference(part)
    return shape


def wavy(west: float, east: float) -> shapely.Polygon:
    """A tall area whose left and right edges are drawn in thousands of small steps."""
    y = np.linspace(0, 10_000, 4_000)
    left = np.column_stack([west + 60 * np.sin(y / 90), y])
    right = np.column_stack([east + 60 * np.sin(y / 90), y])
    return shapely.Polygon(np.vstack([right, left[::-1]]))


def test_neighbours_still_meet_and_vertices_are_few():
    made = drawing(("a", "b"), as_wkb(wavy(0, 5_000), wavy(5_000, 10_000)))
    a, b = filled(made.rings["a"]), filled(made.rings["b"])
    assert a.intersection(b).area < 1
    assert a.union(b).area == pytest.approx(filled(made.outline).area, rel=1e-6)
    assert a.area + b.area == pytest.approx(1e8, rel=0.005)
    assert sum(len(x) for rings in made.rings.values() for x, _ in rings) < 2_000


def test_a_hole_stays_a_hole():
    ring = shapely.box(0, 0, 1_000, 1_000).difference(shapely.box(400, 400, 600, 600))
    made = drawing(("ring", "core"), as_wkb(ring, shapely.box(400, 400, 600, 600)))
    assert filled(made.rings["ring"]).area == pytest.approx(1e6 - 4e4)
    assert filled(made.rings["core"]).area == pytest.approx(4e4)
    assert filled(made.rings["ring"]).contains(shapely.Point(*made.points["ring"]))


def test_specks_are_left_out_but_never_an_area():
    mainland = shapely.box(0, 0, 100_000, 50_000)
    speck = shapely.box(100_500, 0, 100_520, 20)
    islands = shapely.union(mainland, speck)
    tiny = shapely.box(101_000, 0, 101_030, 30)
    made = drawing(("islands", "tiny"), as_wkb(islands, tiny))
    assert len(made.rings["islands"]) == 1
    assert len(made.rings["tiny"]) == 1


def test_coordinates_start_at_the_south_west_corner():
    made = drawing(("a",), as_wkb(shapely.box(563_000, 178_000, 564_000, 180_000)))
    assert (made.width, made.height) == (1_000, 2_000)
    assert set(made.rings["a"][0][0]) == {0, 1_000}
    assert set(made.rings["a"][0][1]) == {0, 2_000}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(20, 480), st.floats(20, 280)), min_size=1, max_size=5, unique=True),
    st.floats(30, 140),
)
def test_names_never_lie_on_each_other_or_outside(marks, width):
    land = shapely.box(100, 60, 400, 240)
    sizes = [(width, 38.0)] * len(marks)
    labels = placed_labels(marks, sizes, land=land, pixel=1, frame=(-200, -200, 700, 500))
    boxes = [shapely.box(*label.box) for label in labels]
    for i, box in enumerate(boxes):
        assert shapely.box(-200, -200, 700, 500).covers(box)
        assert not any(box.intersects(other) for other in boxes[i + 1 :])
        assert not any(box.intersects(shapely.Point(mark)) for mark in marks)


def test_a_name_stands_beside_the_land_where_there_is_room():
    land = shapely.Point(0, 0).buffer(100)
    (label,) = placed_labels([(50, 0)], [(80, 20)], land=land, pixel=1, frame=(-300, -300, 300, 300))
    assert not label.over_land
    (label,) = placed_labels(
        [(0, 0)], [(80, 20)], land=shapely.Point(0, 0).buffer(900), pixel=1, frame=(-1e3, -1e3, 1e3, 1e3)
    )
    assert label.over_land


def test_places_scale_with_the_map():
    land = shapely.box(0, 0, 100, 100)
    near = placed_labels([(90, 50)], [(60, 20)], land=land, pixel=1, frame=(-300, -300, 400, 400))[0]
    far = placed_labels(
        [(9_000, 5_000)],
        [(60, 20)],
        land=shapely.box(0, 0, 10_000, 10_000),
        pixel=100,
        frame=(-30_000, -30_000, 40_000, 40_000),
    )[0]
    assert far.box == pytest.approx(tuple(100 * edge for edge in near.box))


def test_names_of_places_that_lie_close_do_not_lie_on_each_other() -> None:
    rng = np.random.default_rng(3)
    for spread in (25, 60, 120):
        marks = [tuple(np.clip(mark, 5, 295)) for mark in rng.normal((150, 260), spread, (15, 2))]
        sizes = [(float(width), 19.0) for width in rng.uniform(50, 140, 15)]
        frame = (-12.0, -12.0, 313.0, 548.0)
        labels = placed_labels(marks, sizes, land=shapely.box(0, 0, 300, 536), pixel=1, frame=frame)
        boxes = [shapely.box(*label.box) for label in labels]
        assert all(shapely.box(*frame).covers(box) for box in boxes)
        assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i]), spread
