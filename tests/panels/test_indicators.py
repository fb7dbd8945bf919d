"""An indicator of the partnership's own: its direction colours the variation, its target is judged and drawn."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.context import load_context
from analytics.panels import Panel, build_panel
from analytics.selection import Selection
from data.schema import TABLES
from data.tables import write_frame
from data.warehouse import Warehouse

BURGLARY: dict[str, Any] = {
    "indicator_order": 0,
    "name": "Fewer burglaries",
    "categories": ["Burglary"],
    "wards": None,
    "measure": "count",
    "direction": "lower is better",
    "target": 200.0,
    "target_by": date(2027, 3, 1),
}


@pytest.fixture
def with_indicators(demo: Warehouse, tmp_path: Path) -> Callable[..., Warehouse]:
    """The demonstration with indicators in it, each the burglary one but for what is named."""

    def make(*changes: dict[str, Any]) -> Warehouse:
        store = tmp_path / f"store{len(list(tmp_path.iterdir()))}"
        shutil.copytree(demo.snapshot_dir.parents[1], store)
        rows = [BURGLARY | {"indicator_order": i, "name": f"Indicator {i}"} | c for i, c in enumerate(changes)]
        frame = pd.DataFrame(rows, columns=list(TABLES["indicators"].columns)).astype({"target_by": object})
        with duckdb.connect() as connection:
            write_frame(connection, "indicators", frame, store / "snapshots" / demo.snapshot)
        return Warehouse(store)

    return make


def chart(warehouse: Warehouse, query: str = "category=burglary") -> Panel:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return build_panel("control_chart", warehouse, selection)


def test_without_an_indicator_nothing_is_judged(demo: Warehouse):
    panel = chart(demo)
    [mark] = panel.marks
    assert mark.tone == ""
    assert panel.facts["indicator"] is None
    assert panel.table["target"].isna().all()


def test_target_is_judged_against_the_worst_and_best_month_of_a_year(with_indicators: Callable[..., Warehouse]):
    frame = chart(with_indicators({})).table
    recent = frame.tail(12)
    worst = (recent["upper_limit"] * recent["season"]).max()
    best = (recent["lower_limit"] * recent["season"]).min()
    cases = (
        (worst + 1, "lower is better", "passing", "will consistently meet the target", "improving"),
        (worst - 1, "lower is better", "hit_or_miss", "may or may not meet the target", ""),
        (best - 1, "lower is better", "failing", "won’t meet the target as things are", "concerning"),
        (best - 1, "higher is better", "passing", "will consistently meet the target", "improving"),
        (worst + 1, "higher is better", "failing", "won’t meet the target as things are", "concerning"),
    )
    for target, direction, key, words, tone in cases:
        panel = chart(with_indicators({"target": float(target), "direction": direction}))
        assert panel.facts["assurance"] == key
        assert panel.marks[-1].icon == f"assurance-{key}"
        assert panel.marks[-1].words.endswith(words)
        assert panel.marks[-1].tone == tone
        assert any("by March 2027" in caveat for caveat in panel.caveats)


def test_variation_goes_by_the_direction(with_indicators: Callable[..., Warehouse], demo: Warehouse):
    plain = chart(demo).table
    lower = chart(with_indicators({"direction": "lower is better", "target": np.nan, "target_by": None}))
    higher = chart(with_indicators({"direction": "higher is better"}))
    marked = plain["rule"] > 0
    assert marked.any()
    for word, panel, good in (("lower", lower, -1), ("higher", higher, 1)):
        words = ["improving" if side == good else "concerning" for side in plain.loc[marked, "side"]]
        assert list(panel.table.loc[marked, "variation"]) == [f"out of the ordinary, {w}" for w in words], word
    assert lower.facts["assurance"] is None
    assert len(lower.marks) == 1


def test_the_verdict_is_the_same_in_every_unit_shown_and_the_line_is_converted(with_indicators):
    store = with_indicators({"measure": "day", "target": 2.0})
    shown = {per: chart(store, f"category=burglary&per={per}") for per in ("month", "day", "rate")}
    assert len({(p.facts["assurance"], p.marks[-1].words) for p in shown.values()}) == 1
    days = [pd.Timestamp(m).days_in_month for m in shown["month"].table["month"]]
    np.testing.assert_allclose(shown["month"].table["target"], np.array(days) * 2.0)
    np.testing.assert_allclose(shown["day"].table["target"], 2.0)
    line = next(t for t in shown["day"].figure["data"] if t.get("line", {}).get("dash") == "dot")
    assert set(line["y"]) == {2.0}
    assert any("2.0 target" in a["text"] for a in shown["day"].figure["layout"]["annotations"])


def test_only_the_very_selection_is_judged(with_indicators: Callable[..., Warehouse], demo: Warehouse):
    ward = load_context(demo).wards[0].code
    store = with_indicators({}, {"wards": [ward], "target": 5.0}, {"measure": "rate", "target": 1.0})
    assert chart(store).facts["indicator"] == "Indicator 0"
    assert chart(store, "category=burglary&per=rate").facts["indicator"] == "Indicator 2"
    assert chart(store, f"category=burglary&focus={ward}").facts["indicator"] == "Indicator 1"
    for query in ("", "category=burglary,robbery", "category=robbery", f"ward={ward}"):
        assert chart(store, query).facts["indicator"] is None


def test_too_few_months_and_no_month(with_indicators: Callable[..., Warehouse]):
    store = with_indicators({})
    one = chart(store, "category=burglary&from=2024-05&to=2024-05&span=period")
    assert one.facts["assurance"] == "none"
    assert [mark.words for mark in one.marks] == ["Target at most 200 a month by March 2027: too few months to tell"]
    assert chart(store, "category=burglary&from=2019-01&to=2019-12").marks == ()
