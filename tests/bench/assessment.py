"""The assessment: its panels worked out cold and warm, and each file.

python -m tests.bench.assessment [--store DIR]
"""

from __future__ import annotations

import io
import time

from pptx import Presentation

from analytics.exports.assessment import SUFFIXES, assessment_file, collect
from data.warehouse import Warehouse
from tests.bench._common import DEMONSTRATION, met, store_argument

AIM_DECK_S = 10.0
AIM_COLD_S = 30.0


def main() -> None:
    """Measure the demonstration, or the store named."""
    warehouse = Warehouse(store_argument(__doc__) or DEMONSTRATION)
    started = time.perf_counter()
    made = collect(warehouse)
    cold = time.perf_counter() - started
    started = time.perf_counter()
    collect(warehouse)
    warm = time.perf_counter() - started
    print(f"{len(made.pack)} panels, {len(list(made.ledger.entries())):,} numbers: cold {cold:.1f} s, warm {warm:.2f} s"
          f"   aim cold < {AIM_COLD_S:.0f} s   {met(cold < AIM_COLD_S)}")  # fmt: skip
    for suffix in SUFFIXES:
        made = collect(warehouse)
        started = time.perf_counter()
        content = assessment_file(made, suffix)
        seconds = time.perf_counter() - started
        words = f"{suffix}  {seconds:5.1f} s  {len(content) / 1e6:.2f} MB"
        if suffix == ".pptx":
            slides = len(Presentation(io.BytesIO(content)).slides)
            words += f", {slides} slides   aim < {AIM_DECK_S:.0f} s   {met(seconds < AIM_DECK_S)}"
        print(words)


if __name__ == "__main__":
    main()
