"""Rebuild the committed store of the demonstration, or check that it is what the generator and the build make.

``python -m data.demo.refresh`` after a change of the generator, of the build or of the store's format, then commit
``data/demo/store`` and ``data/demo/truths.json``. ``python -m data.demo.refresh --check`` only compares.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.build import build
from data.demo.extracts import FILE_DATE, write_extracts
from data.schema import TABLES
from data.store import Store

__all__ = ["STORE", "TRUTHS", "differences", "main", "rebuild"]

STORE = Path(__file__).parent / "store"
TRUTHS = Path(__file__).parent / "truths.json"


def rebuild(extracts: Path, store: Path) -> None:
    """Write the extracts into one folder and build a store of them, with one snapshot, in another."""
    config = write_extracts(extracts)
    build(config, store, keep=1, built_at=FILE_DATE)


def differences(one: Path, other: Path) -> list[str]:
    """What differs between the serving snapshots of two stores: a sentence each, none where they are equal.

    Every table is compared row by row and every web layer letter by letter. Left out are the snapshot's name and the
    hashes and sizes of the inputs, because ZIP files differ between versions of the compressor. Numbers with decimals
    may differ by a billionth.
    """
    folders = [store / "snapshots" / str(Store(store).current()) for store in (one, other)]
    found = [f"{table}: {difference}" for table in TABLES if (difference := _table_difference(folders, table))]
    layers = [{path.name: path.read_bytes() for path in (folder / "geo").glob("*.geojson")} for folder in folders]
    names = sorted(layers[0].keys() | layers[1].keys())
    found += [f"geo/{name} differs" for name in names if layers[0].get(name) != layers[1].get(name)]
    manifests = [_comparable(json.loads((folder / "manifest.json").read_text("utf-8"))) for folder in folders]
    found += [
        f"manifest: {key} differs"
        for key in sorted(manifests[0].keys() | manifests[1].keys())
        if manifests[0].get(key) != manifests[1].get(key)
    ]
    return found


def _table_difference(folders: Sequence[Path], table: str) -> str:
    """How two tables differ, "" where they do not."""
    paths = [folder / f"{table}.parquet" for folder in folders]
    if not all(path.exists() for path in paths):  # a table that older stores lack
        return "" if not any(path.exists() for path in paths) else "it is in one of the stores only"
    one, other = (_table(path) for path in paths)
    plain = [frame.drop(columns="geometry", errors="ignore") for frame in (one, other)]
    try:
        pd.testing.assert_frame_equal(plain[0], plain[1], rtol=1e-9, atol=1e-9)
    except AssertionError as error:
        return " ".join(str(error).split())
    if isinstance(one, gpd.GeoDataFrame) and isinstance(other, gpd.GeoDataFrame):
        equal = one.geometry.geom_equals_exact(other.geometry, tolerance=1e-3)
        equal |= one.geometry.isna() & other.geometry.isna()
        if not np.all(equal):
            return f"{int((~equal).sum())} shapes differ"
    return ""


def _table(path: Path) -> pd.DataFrame:
    return gpd.read_parquet(path) if path.stem == "areas" else pd.read_parquet(path)


def _comparable(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest without what names this very build or depends on the compressor."""
    kept = {key: value for key, value in manifest.items() if key not in {"snapshot", "inputs_hash"}}
    return kept | {
        "sources": [{k: v for k, v in source.items() if k not in {"sha256", "bytes"}} for source in manifest["sources"]]
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild the committed store, or with ``--check`` compare only."""
    parser = argparse.ArgumentParser(prog="python -m data.demo.refresh", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 where something differs")
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        extracts, store = Path(folder) / "extracts", Path(folder) / "store"
        rebuild(extracts, store)
        if parsed.check:
            found = differences(STORE, store)
            if (extracts / "truths.json").read_bytes() != TRUTHS.read_bytes():
                found.append("truths.json differs")
            print("\n".join(found) or "The committed store is what the generator and the build make.")
            return 1 if found else 0
        (store / "build.lock").unlink(missing_ok=True)
        shutil.rmtree(STORE, ignore_errors=True)
        shutil.copytree(store, STORE)
        shutil.copyfile(extracts / "truths.json", TRUTHS)
    size = sum(path.stat().st_size for path in STORE.rglob("*") if path.is_file())
    print(f"{STORE}: snapshot {Store(STORE).current()}, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
