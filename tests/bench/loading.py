"""Building a store from a year of seven forces, against the plainest DuckDB route and pandas; ratios in one run.

    CSP_SHARED_DATA=… python -m tests.bench.loading [--rounds N]

The plain routes only extract the archive, read all rows with a fixed schema, sort them and write them; the build also
validates, removes repeated IDs, places every row, reconciles and writes all other tables. Every route runs in a process
of its own; what is compared is the best wall time of some rounds, and the peak of memory.
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


def our_build(shared: Path, folder: Path) -> None:
    """``python -m data build``."""
    from data.__main__ import main as data_main

    config = folder / "thurrock.toml"
    config.write_text(CONFIG.format(shared=shared.resolve()))
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    data_main(["build", str(config), "--store", str(folder / "store")])


ROUTES = {"build": our_build, "duckdb": plain_duckdb, "pandas": plain_pandas}


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
            f"{route:<8}{seconds:>8.2f} s{seconds / base:>8.2f} × DuckDB{processor:>8.2f} s of processors"
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
