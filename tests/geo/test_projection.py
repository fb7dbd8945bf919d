"""Degrees to metres and back."""

import subprocess
import sys

import numpy as np
import pyproj
from hypothesis import given
from hypothesis import strategies as st

from geo.projection import to_degrees, to_metres

# The Ordnance Survey's test points for its grid-based transformation (OSTN15): longitude, latitude, easting, northing.
OSTN15_POINTS = [
    (-6.29977752014, 49.9222639373, 91492.146, 11318.804),  # St Mary's, Scilly
    (1.44454730409, 51.3744702555, 639821.835, 169565.858),  # North Foreland
    (-0.11992557180, 51.4893656495, 530624.974, 178388.464),  # Lambeth
    (-4.30852476960, 51.8589089640, 241124.584, 220332.641),  # Carmarthen
    (0.89724327012, 51.8943663735, 599445.590, 225722.826),  # Colchester
    (-2.15458614387, 52.2552938163, 389544.190, 261912.153),  # Droitwich
    (-1.66379168242, 53.8002151963, 422242.186, 433818.701),  # Leeds
]


def test_within_five_metres_of_the_grid_based_transformation() -> None:
    longitude, latitude, easting, northing = np.array(OSTN15_POINTS).T
    x, y = to_metres(longitude, latitude)
    assert np.hypot(x - easting, y - northing).max() < 5


def test_is_the_published_seven_parameter_formula() -> None:
    slow = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
        "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
        "+convention=position_vector +step +inv +proj=cart +ellps=airy +step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    grid = pyproj.Transformer.from_crs("EPSG:4277", "EPSG:27700", always_xy=True)  # same datum: projection alone
    expected = grid.transform(*slow.transform(0.3252, 51.4774))
    x, y = to_metres(0.3252, 51.4774)
    np.testing.assert_allclose([float(x), float(y)], expected, atol=1e-6)


@given(
    st.lists(
        st.tuples(st.floats(-7.5, 2.0), st.floats(49.8, 60.9)),
        min_size=1,
        max_size=20,
    )
)
def test_back_again(points: list[tuple[float, float]]) -> None:
    longitude, latitude = np.array(points).T
    longitude_again, latitude_again = to_degrees(*to_metres(longitude, latitude))
    # About a millimetre: the formula is inverted by iteration, heights are left out.
    np.testing.assert_allclose(longitude_again, longitude, atol=2e-7)
    np.testing.assert_allclose(latitude_again, latitude, atol=2e-7)


def test_no_location_stays_no_location_and_impossible_places_become_none() -> None:
    x, y = to_metres([np.nan, 0.3, np.inf, 200.0, 0.3], [51.5, np.nan, 51.5, 51.5, 91.0])
    assert np.isnan(x).all()
    assert np.isnan(y).all()
    longitude, latitude = to_degrees([np.nan, 500_000.0], [200_000.0, np.inf])
    assert np.isnan(longitude).all()
    assert np.isnan(latitude).all()


def test_empty() -> None:
    x, y = to_metres([], [])
    assert x.shape == y.shape == (0,)


def test_what_it_is_given_is_not_changed() -> None:
    longitude, latitude = np.array([0.3]), np.array([51.5])
    to_metres(longitude, latitude)
    assert longitude[0] == 0.3
    assert latitude[0] == 51.5


def test_proj_may_not_download_even_where_the_environment_asks_for_it() -> None:
    script = "import geo.projection, pyproj.network; print(pyproj.network.is_network_enabled())"
    answer = subprocess.run(
        [sys.executable, "-c", script], env={"PROJ_NETWORK": "ON"}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"
