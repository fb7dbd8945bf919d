"""The assessment: its panels worked out cold and warm, and each file.

python -m tests.bench.assessment [--store DIR]
"""

from __future__ import annotations

import argparse
import io
import time
from pathlib import Path

from pptx import Presentation

from analytics.exports.assessment import SUFFIXES, assessment_file, collect
from data.warehouse import Warehouse

AIM_DECK_S = 10.0
AIM_COLD_S = 30.0


def main() -> None:
    """Measure the demonstration, or the store named."""
    parser = argparse.ArgumentParser(description="Benchmark of the assessment.")
    parser.add_argument("--store", type=Path, default=Path("data/demo/store"))
    warehouse = Warehouse(parser.parse_args().store)
    started = time.perf_counter()
    made = collect(warehouse)
    cold = time.perf_counter() - started
    started = time.perf_counter()
    collect(warehouse)
    warm = time.perf_counter() - started
    mark = "met" if cold < AIM_COLD_S else "not met"
    print(f"{len(made.pack)} panels, {len(list(made.ledger.entries())):,} numbers: cold {cold:.1f} s, warm {warm:.2f} s"
          f"   aim cold < {AIM_COLD_S:.0f} s   {mark}")  # fmt: skip
    for suffix in SUFFIXES:
        made = collect(warehouse)
        started = time.perf_counter()
        content = assessment_file(made, suffix)
        seconds = time.perf_counter() - started
        words = f"{suffix}  {seconds:5.1f} s  {len(content) / 1e6:.2f} MB"
        if suffix == ".pptx":
            mark = "met" if seconds < AIM_DECK_S else "not met"
            words += f", {len(Presentation(io.BytesIO(content)).slides)} slides   aim < {AIM_DECK_S:.0f} s   {mark}"
        print(words)


if __name__ == "__main__":
    main()
