"""What the Comparators page costs: 15 members × 14 categories, and every district of England and Wales as one family.

    python -m tests.bench.comparators

The small store is the demonstration; the large one is made up from it: 330 districts with counts for every month. Each
selection is asked once, cold; the page's time is the sum over its panels, figures serialised, beside its SQL alone.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.context import load_context
from analytics.panels import panel_specs
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.bench._common import DEMONSTRATION, met
from tests.bench.pages import _page

DISTRICTS = 330


def country(folder: Path) -> Path:
    """A copy of the demonstration in which 330 districts, ours among them, are one family with every month."""
    shutil.copytree(DEMONSTRATION, folder)
    snapshot = folder / "snapshots" / (folder / "CURRENT").read_text(encoding="utf-8").strip()
    counts, districts, families = (
        pd.read_parquet(snapshot / f"{name}.parquet") for name in ("district_counts", "districts", "families")
    )
    ours = counts[counts["district_code"] == "E06999001"]
    us, me = districts[districts["is_ours"]], families[families["is_self"]].head(1)
    random = np.random.default_rng(5)
    codes = [f"E07777{number:03}" for number in range(DISTRICTS - 1)]
    others = [
        ours.assign(district_code=code, incidents=random.poisson(ours["incidents"] * size).astype("int32"))
        for code, size in zip(codes, random.uniform(0.6, 1.6, len(codes)), strict=True)
    ]
    people = [
        us.assign(district_code=code, district_name=f"District {code[-3:]}", partnership_code=None, is_ours=False)
        for code in codes
    ]
    members = [
        me.assign(
            district_code=code, member_id=code, member_name=f"District {code[-3:]}", member_order=i, is_self=False
        )
        for i, code in enumerate(codes, 1)
    ]
    made = {
        "district_counts": pd.concat([ours, *others]),
        "districts": pd.concat([us, *people]),
        "families": pd.concat([me, *members]),
    }
    for name, frame in made.items():
        frame.to_parquet(snapshot / f"{name}.parquet", index=False)
    return folder


def selections(warehouse: Warehouse) -> Iterator[Selection]:
    """Periods, categories and denominators as people choose them."""
    context = load_context(warehouse)
    slugs = [category.slug for category in context.categories]
    periods = ["", "from=2023-01&to=2023-12", "from=2024-07&to=2024-12", "from=2022-01&to=2022-12"]
    looks = ["", "look=vehicle-crime", "look=drugs&among=all", "measure=households", f"category={','.join(slugs[1:])}"]
    for period, look in itertools.product(periods, looks):
        yield Selection.from_query("&".join(filter(None, [period, look])), context)[0]


def measure(name: str, store: Path, aim: float) -> None:
    """One line: median and p95 of the page, and its ratio to the SQL alone."""
    warehouse = Warehouse(store)
    context = load_context(warehouse)
    specs = [spec for spec in panel_specs().values() if spec.page == "comparators"]
    chosen = list(selections(warehouse))
    _page(specs, warehouse, context, Selection.from_query("from=2021-06&to=2022-05", context)[0])
    times = [_page(specs, warehouse, context, selection) for selection in chosen]
    totals, sql = [1000 * total for total, _ in times], [1000 * in_sql for _, in_sql in times]
    p95, median, in_sql = float(np.percentile(totals, 95)), statistics.median(totals), statistics.median(sql)
    ratio = median / max(in_sql, 1e-9)
    figures = f"{len(specs):>7}{median:>9.0f}{p95:>8.0f}{in_sql:>9.1f}{ratio:>7.1f}"
    print(f"{name:<28}{figures}   aim p95 < {aim:.0f}: {met(p95 < aim)}")


def main() -> None:
    """Measure both stores."""
    print(f"{'Comparators, milliseconds':<28}{'panels':>7}{'median':>9}{'p95':>8}{'SQL med':>9}{'× SQL':>7}")
    measure("15 members, 14 categories", DEMONSTRATION, 150)
    with tempfile.TemporaryDirectory() as folder:
        measure(f"{DISTRICTS} districts", country(Path(folder) / "store"), 500)


if __name__ == "__main__":
    main()
