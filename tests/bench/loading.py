"""Building a store from a year of seven forces, against the plainest DuckDB route and pandas; ratios in one run.

    CSP_SHARED_DATA=… python -m tests.bench.loading [--rounds N]

The plain routes (``duckdb``, ``pandas``) only extract the archive, read all rows with a fixed schema, sort them and
write them; the build also validates, removes repeated IDs, places every row, reconciles and writes all other tables.
``pandas_same`` is the build's core as one would write it with pandas and geopandas: repeated IDs count once with their
latest outcome, rows of the district and around it are placed by point or best fit, districts' totals are counted; it
checks nothing and writes three tables. Every route runs in a process of its own; what is compared is the best wall time
of some rounds, and the peak of memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

__all__ = ["main"]

ARCHIVE = "police-uk/2025-seven-forces.zip"
COLUMNS = [
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
]  # fmt: skip
CONFIG = """
[partnership]
name = "Thurrock Community Safety Partnership"
districts = ["E06000034"]
force = "Essex Police"
[extracts]
street_crime = ["{shared}/police-uk/2025-seven-forces.zip"]
[geography]
ward_boundaries = ["{shared}/boundaries/wards-2025/E06000034.geojson"]
lsoa_boundaries = ["{shared}/boundaries/lsoa-2021/E06000034.geojson"]
lsoa_lookup = "{shared}/lookups/lsoa21_ward24_lad24.csv"
lsoa_2011_lookup = "{shared}/lookups/lsoa11_lsoa21_lad22.csv"
partnership_lookup = "{shared}/lookups/lad24_csp24_pfa24.csv"
[population]
lsoa = "{shared}/population/census2021_residents_households_lsoa21.csv"
district = "{shared}/population/local_authority_population.csv"
[context]
deprivation = "{shared}/deprivation/iod2025_lsoa21.csv"
"""


def plain_duckdb(shared: Path, folder: Path) -> None:
    """Extract all, read_csv with a fixed schema, sort, write Parquet."""
    import duckdb

    with zipfile.ZipFile(shared / ARCHIVE) as archive:
        archive.extractall(folder)
    types = {name: "DOUBLE" if name in {"Longitude", "Latitude"} else "VARCHAR" for name in COLUMNS}
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            COPY (
                SELECT * FROM read_csv($files, header = true, auto_detect = false, delim = ',', quote = '"',
                                       columns = {types})
                ORDER BY "LSOA code", "Month"
            ) TO '{folder}/street.parquet' (FORMAT parquet, COMPRESSION zstd)
            """,  # noqa: S608 - our own names
            {"files": f"{folder}/*/*-street.csv"},
        )


def plain_pandas(shared: Path, folder: Path) -> None:
    """The same with pandas."""
    import pandas as pd

    frames = []
    with zipfile.ZipFile(shared / ARCHIVE) as archive:
        for name in archive.namelist():
            if name.endswith("-street.csv"):
                with archive.open(name) as member:
                    frames.append(pd.read_csv(member))
    rows = pd.concat(frames, ignore_index=True).sort_values(["LSOA code", "Month"])
    rows.to_parquet(folder / "street.parquet", compression="zstd")


def pandas_same(shared: Path, folder: Path) -> None:
    """The same result with pandas and geopandas: repeated IDs once, placed, counted, sorted; nothing is checked."""
    import geopandas as gpd
    import pandas as pd

    frames = []
    with zipfile.ZipFile(shared / ARCHIVE) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith("-street.csv"):
                with archive.open(name) as member:
                    frames.append(pd.read_csv(member))
    rows = pd.concat(frames, ignore_index=True)
    known = rows["Crime ID"].notna()
    repeated = rows[known & rows["Crime ID"].duplicated(keep=False)]
    latest = repeated.groupby("Crime ID")["Last outcome category"].last()
    rows = rows[~(known & rows["Crime ID"].duplicated())]
    rows["outcome"] = rows["Crime ID"].map(latest).fillna(rows["Last outcome category"])
    lookup = pd.read_csv(shared / "lookups/lsoa21_ward24_lad24.csv").set_index("lsoa21_code")
    older = pd.read_csv(shared / "lookups/lsoa11_lsoa21_lad22.csv").drop_duplicates("lsoa11_code")
    older = older.set_index("lsoa11_code")["lsoa21_code"]
    rows["lsoa"] = rows["LSOA code"].where(rows["LSOA code"].isin(lookup.index), rows["LSOA code"].map(older))
    rows["district"] = rows["lsoa"].map(lookup["ltla24_code"])
    wards = gpd.read_file(shared / "boundaries/wards-2025/E06000034.geojson").to_crs("EPSG:27700")
    # What can be ours or near: the district's LSOAs, and points in a box around it.
    west, south, east, north = wards.buffer(1500).to_crs("EPSG:4326").total_bounds
    in_box = rows["Longitude"].between(west, east) & rows["Latitude"].between(south, north)
    near = rows[in_box | rows["district"].eq("E06000034")]
    points = gpd.GeoDataFrame(
        near, geometry=gpd.points_from_xy(near["Longitude"], near["Latitude"]), crs="EPSG:4326"
    ).to_crs("EPSG:27700")
    placed = points.sjoin(wards[["WD25CD", "geometry"]], how="left", predicate="intersects")
    placed = placed[~placed.index.duplicated()]
    astray = placed.index[placed["WD25CD"].isna() & placed["district"].eq("E06000034") & placed["Longitude"].notna()]
    nearest = points.loc[astray].sjoin_nearest(wards[["WD25CD", "geometry"]])
    nearest = nearest.loc[~nearest.index.duplicated(), "WD25CD"]
    best_fit = placed["lsoa"].map(lookup["ward24_code"])
    placed["ward"] = placed["WD25CD"].fillna(nearest).fillna(best_fit)
    ours = placed[placed["district"].eq("E06000034")]
    placed["easting"], placed["northing"] = placed.geometry.x, placed.geometry.y
    placed.drop(columns="geometry").sort_values(["district", "Month", "lsoa"]).to_parquet(
        folder / "incidents.parquet", compression="zstd"
    )
    for name, frame, keys in (
        ("counts", ours, ["Month", "ward", "lsoa", "Crime type"]),
        ("district_counts", rows, ["Month", "district", "Crime type"]),
    ):
        frame.groupby(keys).size().rename("incidents").reset_index().to_parquet(folder / f"{name}.parquet")


def our_build(shared: Path, folder: Path) -> None:
    """``python -m data build``."""
    from data.__main__ import main as data_main

    config = folder / "thurrock.toml"
    config.write_text(CONFIG.format(shared=shared.resolve()))
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    data_main(["build", str(config), "--store", str(folder / "store")])


ROUTES = {"build": our_build, "duckdb": plain_duckdb, "pandas": plain_pandas, "pandas_same": pandas_same}


def main() -> None:
    """Print the table of times and ratios."""
    parser = argparse.ArgumentParser(description="Benchmark of loading.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--route", choices=ROUTES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not os.environ.get("CSP_SHARED_DATA"):
        print("Left out: CSP_SHARED_DATA does not name the folder of real open data.")
        return
    shared = Path(os.environ["CSP_SHARED_DATA"])
    if arguments.route:
        with tempfile.TemporaryDirectory() as folder:
            ROUTES[arguments.route](shared, Path(folder))
        return
    best: dict[str, tuple[float, float, float]] = {}
    for _ in range(arguments.rounds):
        for route in ROUTES:
            best[route] = min(best.get(route, (float("inf"), 0.0, 0.0)), _timed(route))
    base = best["duckdb"][0]
    print(f"{multiprocessing.cpu_count()} processors, best of {arguments.rounds}; processes as a whole")
    for route, (seconds, processor, megabytes) in best.items():
        print(
            f"{route:<12}{seconds:>8.2f} s{seconds / base:>8.2f} × DuckDB{processor:>8.2f} s of processors"
            f"{megabytes:>8,.0f} MB at most"
        )


def _timed(route: str) -> tuple[float, float, float]:
    """Wall seconds of a route in a process of its own, seconds of all processors, and its peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.loading", "--route", route])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"{route} failed")
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    return seconds, usage.ru_utime + usage.ru_stime, _peak(usage) / scale


def _peak(usage: resource.struct_rusage) -> float:
    return float(usage.ru_maxrss)


if __name__ == "__main__":
    main()
