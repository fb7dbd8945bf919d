"""What a page costs: its panels server-side against their bare SQL, and what a browser waits for and receives.

python -m tests.bench.pages [--store DIR]

With CSP_SHARED_DATA the store is real Thurrock, built for the run; otherwise the demonstration. Each selection is asked
once, cold: no answer comes from the cache. A callback fills one panel; a page's time is the sum over its panels, as one
processor would need. What panels share is worked out by the first that asks, as in the server.
The browser part needs a Chromium and is left out, with a line, where there is none.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from analytics.context import Context, load_context
from analytics.panels import View, panel_specs
from analytics.panels._registry import PanelSpec
from analytics.selection import Selection
from data.warehouse import Warehouse
from tests.bench._common import met, served, store_argument, thurrock_or_demonstration

AIM_P95_MS = 100
AIM_KB = 300


class TimedCursor:
    """A cursor that adds up the seconds spent in DuckDB, results fetched."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.seconds = 0.0

    def execute(self, *arguments: Any) -> TimedResult:
        started = time.perf_counter()
        result = self.cursor.execute(*arguments)
        self.seconds += time.perf_counter() - started
        return TimedResult(self, result)


class TimedResult:
    """A result whose fetching is timed too."""

    def __init__(self, timed: TimedCursor, result: Any) -> None:
        self.timed = timed
        self.result = result

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.result, name)

        def fetch(*arguments: Any) -> Any:
            started = time.perf_counter()
            fetched = method(*arguments)
            self.timed.seconds += time.perf_counter() - started
            return fetched

        return fetch


def selections(context: Context) -> list[Selection]:
    """A mixed list, one in three of all: periods, categories, wards and measures as people choose them."""
    slugs = [c.slug for c in context.categories]
    wards = [w.code for w in context.wards]
    last = context.last_month
    assert last is not None
    queries = ["", "measure=count", "measure=share", "measure=km2", f"from={last:%Y-%m}&to={last:%Y-%m}"]
    queries += [f"category={slug}" for slug in slugs]
    queries += [f"ward={code}" for code in wards]
    queries += [f"category={slug}&ward={code}&measure=count" for slug, code in zip(slugs, itertools.cycle(wards))]
    queries += [f"category={','.join(slugs[1:])}&ward={a},{b}" for a, b in itertools.pairwise(wards)]
    return [Selection.from_query(query, context)[0] for query in queries[::3]]


def server_side(warehouse: Warehouse) -> None:
    """p95 of every page over the selections, and how much of it is SQL."""
    context = load_context(warehouse)
    chosen = selections(context)
    by_page: dict[str, list[PanelSpec]] = defaultdict(list)
    for spec in panel_specs().values():
        by_page[spec.page].append(spec)
    print(f"{context.short_name}: {len(chosen)} selections, each asked once; figures serialised; milliseconds")
    print(f"{'page':<18}{'panels':>7}{'callback':>10}{'p95':>8}{'SQL':>8}{'× SQL':>7}{'page':>9}{'p95':>8}"
          f"   aim: callback p95 < {AIM_P95_MS}")  # fmt: skip
    for page, specs in by_page.items():
        _page(specs, warehouse, context, chosen[0])
        asked = [[_timed_panel(spec, warehouse, context, one) for spec in specs] for one in chosen[1:]]
        callbacks = np.array([[1000 * total for total, _ in answers] for answers in asked])
        in_sql = 1000 * statistics.median(sql for answers in asked for _, sql in answers)
        median, p95 = float(np.median(callbacks)), float(np.percentile(callbacks, 95))
        whole, whole_p95 = np.median(callbacks.sum(axis=1)), np.percentile(callbacks.sum(axis=1), 95)
        all_sql = 1000 * sum(sql for answers in asked for _, sql in answers)
        ratio = callbacks.sum() / all_sql if all_sql > 1 else float("nan")  # a page that hardly asks has no ratio
        print(f"{page:<18}{len(specs):>7}{median:>10.1f}{p95:>8.1f}{in_sql:>8.1f}{ratio:>7.1f}{whole:>9.1f}{whole_p95:>8.1f}"
              f"   {met(p95 < AIM_P95_MS)}")  # fmt: skip
        slow = {spec.id: float(p) for spec, p in zip(specs, np.percentile(callbacks, 95, axis=0), strict=True)}
        over = sorted(((p, name) for name, p in slow.items() if p >= AIM_P95_MS), reverse=True)
        if over:
            print("    over the aim: " + ", ".join(f"{name} {p:.0f}" for p, name in over))


def _page(specs: list[PanelSpec], warehouse: Warehouse, context: Context, selection: Selection) -> tuple[float, float]:
    parts = [_timed_panel(spec, warehouse, context, selection) for spec in specs]
    return sum(total for total, _ in parts), sum(sql for _, sql in parts)


def _timed_panel(spec: PanelSpec, warehouse: Warehouse, context: Context, selection: Selection) -> tuple[float, float]:
    with warehouse.cursor() as cursor:
        timed = TimedCursor(cursor)
        started = time.perf_counter()
        panel = spec.builder(timed, selection, context=context, view=View())  # type: ignore[arg-type]
        orjson.dumps(panel.figure, option=orjson.OPT_SERIALIZE_NUMPY)
        return time.perf_counter() - started, timed.seconds


def in_the_browser(store: Path) -> None:
    """Start-up to first page, bytes received by page, and the server's peak memory."""
    from tests.browser.chromium import find_chromium

    executable = find_chromium()
    if executable is None:
        print("No Chromium: start-up, payload and memory are not measured.")
        return
    from playwright.sync_api import sync_playwright

    started = time.perf_counter()
    with served(store) as (base, process):
        answered = time.perf_counter() - started
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=arguments)
            for number, (name, address) in enumerate(_pages()):
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                devtools = context.new_cdp_session(page)
                devtools.send("Network.enable")
                received: dict[str, float] = {}
                address_of: dict[str, str] = {}
                devtools.on(
                    "Network.responseReceived", lambda e, a=address_of: a.update({e["requestId"]: e["response"]["url"]})
                )
                devtools.on(
                    "Network.loadingFinished", lambda e, r=received: r.update({e["requestId"]: e["encodedDataLength"]})
                )
                opened = time.perf_counter()
                page.goto(base + address)
                page.wait_for_function(
                    "() => { const g = [...document.querySelectorAll('.js-plotly-plot')];"
                    " return document.querySelector('main h2') && g.every(x => x._fullLayout); }"
                )
                page.wait_for_load_state("networkidle")
                seconds = time.perf_counter() - opened
                if not number:
                    drawn = time.perf_counter() - started
                    print(f"start to first answer {answered:.1f} s, to first page drawn {drawn:.1f} s")
                    print(
                        f"{'page':<20}{'beyond libraries kB':>20}{'libraries kB':>14}{'drawn s':>9}   aim < {AIM_KB} kB"
                    )
                libraries = sum(v for k, v in received.items() if "_dash-component-suites" in address_of.get(k, ""))
                ours = sum(received.values()) - libraries
                good = met(ours < AIM_KB * 1024)
                print(f"{name:<20}{ours / 1024:>20.0f}{libraries / 1024:>14.0f}{seconds:>9.1f}   {good}")
                context.close()
            browser.close()
        status = Path(f"/proc/{process}/status")
        if status.exists():
            peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            print(f"server's peak memory {int(peak.split()[1]) / 1024:.0f} MB")


def _pages() -> list[tuple[str, str]]:
    import dash

    import app

    app.create_app(app.Settings())
    return [(page["name"], page["path"]) for page in dash.page_registry.values() if "404" not in page["module"]]


def main() -> None:
    """Measure the pages and print the tables."""
    with thurrock_or_demonstration(store_argument(__doc__)) as store:
        server_side(Warehouse(store))
        in_the_browser(store)


if __name__ == "__main__":
    main()
