"""Trends: its panels, and the watch and trends of all series at once against statsmodels fitted in a loop.

python -m tests.bench.trends [--store DIR]
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np

from analytics.context import load_context
from analytics.panels import View, panel_specs
from analytics.panels._trends import monthly_counts
from analytics.panels.watch_list import _watched, _with_totals
from analytics.selection import Selection
from analytics.statistics.trend import trend_per_year
from data.warehouse import Warehouse
from tests.bench._common import DEMONSTRATION, best, met, store_argument

AIM_PAGE_MS = 150
AIM_WATCH_S = 2.0


def watch_and_trends(warehouse: Warehouse) -> None:
    """All series: query and watch; trends in one call against a loop of statsmodels GLMs."""
    context = load_context(warehouse)
    selection = Selection.default(context)
    with warehouse.cursor() as cursor:
        watch = best(lambda: _watched(cursor, selection, context), rounds=3)
        monthly = monthly_counts(cursor, selection, context, by=("category", "ward_code"))
    counts, _ = _with_totals(monthly, context)
    months = list(monthly.months)
    ours = best(lambda: trend_per_year(counts, months, excluded=monthly.excluded), rounds=3)
    loop = best(lambda: _in_a_loop(counts, months, monthly.excluded), rounds=1)
    print(f"{context.short_name}: {len(counts)} series of {len(months)} months")
    print(f"watch of all series, query included  {watch:7.3f} s   aim < {AIM_WATCH_S} s   {met(watch < AIM_WATCH_S)}")
    print(f"trends of all series, one call       {ours:7.3f} s")
    print(f"the same by statsmodels in a loop    {loop:7.3f} s   {loop / ours:.0f} times as long")


def _in_a_loop(counts: np.ndarray, months: list[Any], excluded: np.ndarray) -> None:
    import statsmodels.api as sm

    axis = np.asarray(months, dtype="datetime64[M]")
    calendar = axis.astype(int) % 12
    days = ((axis + 1).astype("datetime64[D]") - axis.astype("datetime64[D]")).astype(float)
    terms = np.column_stack([np.arange(axis.size) / 12] + [(calendar == m).astype(float) for m in range(12)])
    for series in counts:
        used = ~np.isnan(series) & ~excluded
        if series[used].sum() < 20:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = sm.GLM(series[used], terms[used], family=sm.families.Poisson(), offset=np.log(days[used]))
            model.fit(scale="X2")


def page(warehouse: Warehouse) -> None:
    """The page's panels, projection apart, over mixed selections: each asked once."""
    context = load_context(warehouse)
    slugs = [category.slug for category in context.categories]
    wards = [ward.code for ward in context.wards]
    queries = ["", "per=day", "show=rolling", "lines=category", "lines=ward", "rows=ward", "span=period"]
    queries += [f"category={slug}" for slug in slugs] + [f"focus={code}" for code in wards]
    specs = [spec for spec in panel_specs().values() if spec.page == "trends"]
    seconds: dict[str, list[float]] = {spec.id: [] for spec in specs}
    for number, query in enumerate(["", *queries]):  # the first fills what belongs to the snapshot alone
        selection = Selection.from_query(query, context)[0]
        for spec in specs:
            with warehouse.cursor() as cursor:
                started = time.perf_counter()
                spec.builder(cursor, selection, context=context, view=View())
                if number:
                    seconds[spec.id].append(time.perf_counter() - started)
    whole = np.sum([values for name, values in seconds.items() if name != "projection"], axis=0)
    p95 = 1000 * float(np.percentile(whole, 95))
    print(
        f"page without projection, {len(queries)} selections: median {1000 * float(np.median(whole)):.0f} ms, "
        f"p95 {p95:.0f} ms   aim < {AIM_PAGE_MS} ms   {met(p95 < AIM_PAGE_MS)}"
    )
    for name, values in sorted(seconds.items(), key=lambda item: -float(np.median(item[1]))):
        low, high = (1000 * float(np.percentile(values, share)) for share in (50, 95))
        print(f"    {name:<20}{low:7.1f} median{high:8.1f} p95 ms")


def main() -> None:
    """Measure the demonstration, or the store named."""
    warehouse = Warehouse(store_argument(__doc__) or DEMONSTRATION)
    watch_and_trends(warehouse)
    page(warehouse)


if __name__ == "__main__":
    main()
