"""Reading the Home Office's partnership tables: 300,000 rows of ODS, against the readers that could do it; in one run.

    python -m tests.bench.recorded_crime [--rows N]

The file is made up, in exactly the published layout. ``bare`` is python-calamine without anything made of its rows; the
others make a frame or lists of text. Every route runs in a process of its own: CPU seconds, and the peak of memory.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from data.reference import offence_categories
from tests.data.home_office import NEW_HEADER, NOTES, write_ods

__all__ = ["main"]

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def make(path: Path, rows: int) -> None:
    """A file with one year of made-up counts."""
    offences = [entry for entry in offence_categories() if entry.offence_code]
    names = [f"Partnership number {number}" for number in range(1, 331)]
    combinations = itertools.islice(itertools.cycle(itertools.product((1, 2, 3, 4), names, offences)), rows)
    table = [
        ["2025/26", quarter, "Avon and Somerset", name, entry.offence_description or "", entry.offence_group,
         entry.offence_subgroup, entry.offence_code or "", number % 200]
        for number, (quarter, name, entry) in enumerate(combinations)
    ]  # fmt: skip
    write_ods(path, {"Notes": NOTES, "2025_26": [NEW_HEADER, *table]})


def ours(path: Path) -> int:
    """Typed columns, checked."""
    from data.sources.recorded_crime import read

    return read(path).read


def bare(path: Path) -> int:
    """python-calamine, the rows counted."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as workbook:
        return sum(1 for _ in workbook.get_sheet_by_name("2025_26").iter_rows()) - 1


def pandas_calamine(path: Path) -> int:
    """pandas with the same library: a frame of text."""
    import pandas as pd

    return len(pd.read_excel(path, sheet_name="2025_26", engine="calamine", dtype=str))


def standard_library(path: Path) -> int:
    """xml.etree over the document as it is unpacked: lists of text."""
    from xml.etree.ElementTree import iterparse

    rows = []
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        for _, element in iterparse(content):
            if element.tag == f"{TABLE}table-row":
                rows.append([cell.get(f"{OFFICE}value") or "".join(cell.itertext()) for cell in element])
                element.clear()
    return sum(len(row) >= len(NEW_HEADER) for row in rows) - 1


ROUTES: dict[str, Callable[[Path], int]] = {
    "ours": ours,
    "bare python-calamine": bare,
    "pandas with calamine": pandas_calamine,
    "standard library": standard_library,
}


def _measured(name: str, path: Path, results: multiprocessing.Queue[tuple[int, float, float, float]]) -> None:
    started = time.perf_counter()
    rows = ROUTES[name](path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    results.put((rows, time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))


def _in_process(process: multiprocessing.process.BaseProcess) -> None:
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def main() -> int:
    """Measure every route; the exit code says whether all read the same number of rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    rows = parser.parse_args().rows
    context = multiprocessing.get_context("spawn")
    seen: dict[str, tuple[int, float, float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prc-csp-mar2025-mar2026-tables-230726.ods"
        _in_process(context.Process(target=make, args=(path, rows)))  # a process takes its parent's peak for its own
        for name in ROUTES:
            results = context.Queue()
            _in_process(context.Process(target=_measured, args=(name, path, results)))
            seen[name] = results.get()
    for name, (count, wall, cpu, peak) in seen.items():
        ratio = cpu / seen["ours"][2]
        print(f"{name:22} {count:>9,} rows  {wall:6.1f} s  {cpu:6.1f} s CPU  {ratio:5.2f} of ours  {peak:6,.0f} MB")
    return 0 if {count for count, *_ in seen.values()} == {rows} else 1


if __name__ == "__main__":
    sys.exit(main())
