"""The partnership's own places for the map, as the configuration names them."""

from __future__ import annotations

import pandas as pd
import shapely

from data.config import Config, slug
from data.errors import LoadError
from data.geography import Geography
from geo.boundaries import read_places

__all__ = ["REACH", "overlays_frame"]

REACH = 2000.0
"""Metres around the partnership's wards within which places are kept."""
_KINDS = {0: "point", 1: "line", 2: "area"}


def overlays_frame(config: Config, geography: Geography) -> pd.DataFrame:
    """A row is a place of one overlay: overlay (slug), overlay_name, overlay_order, label, kind, shape (WKB, metres).

    Places further than 2 km from the partnership are left out.

    Raises
    ------
    LoadError
        No place of an overlay lies in or near the partnership.
    geo.BoundaryError
        A file that cannot be read, without or with an unknown CRS, or without the label's column.
    """
    wards = geography.wards
    near = shapely.buffer(shapely.box(*shapely.total_bounds(wards.geometry.to_numpy())), REACH)
    frames = []
    for order, overlay in enumerate(config.overlays):
        places = read_places(overlay.file, label=overlay.label, crs=overlay.crs)
        shapes = places.geometry.to_numpy()
        kept = shapely.intersects(near, shapes)
        if not kept.any():
            raise LoadError(
                "overlay_elsewhere",
                f"none of the {len(places):,} places of the overlay {overlay.name!r} lies in or near the partnership",
                file=overlay.file,
                remedy="Check that it is the right file and its CRS, or take the overlay out.",
            )
        frames.append(
            pd.DataFrame(
                {
                    "overlay": slug(overlay.name),
                    "overlay_name": overlay.name,
                    "overlay_order": order,
                    "label": places["label"][kept],
                    "kind": pd.Series(shapely.get_dimensions(shapes), index=places.index)[kept].map(_KINDS),
                    "shape": pd.Series(shapely.to_wkb(shapes), index=places.index, dtype=object)[kept],
                }
            )
        )
    columns = ["overlay", "overlay_name", "overlay_order", "label", "kind", "shape"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({name: [] for name in columns})
