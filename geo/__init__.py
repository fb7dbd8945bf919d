"""Geometry only: boundaries, assignment of points to areas, vintages of areas, layers for the web map.

Everything here works in metres on the British National Grid (EPSG:27700) and knows nothing of incidents, files of
counts or pages. Longitude and latitude appear only at the edges: :mod:`geo.projection` turns them into metres,
:mod:`geo.web` back.
"""

from geo.errors import BoundaryError

__all__ = ["BoundaryError"]
