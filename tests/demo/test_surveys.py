"""The demonstration's surveys: the panel is what the raw CSV says, counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.context import load_context
from analytics.panels import build_panel
from analytics.selection import Selection
from data.demo.refresh import STORE
from data.warehouse import Warehouse


def test_the_panel_is_what_the_raw_file_says(extracts: Path) -> None:
    raw = pd.read_csv(extracts / "surveys" / "residents.csv")
    warehouse = Warehouse(STORE)
    panel = build_panel("public_perceptions", warehouse, Selection.default(load_context(warehouse)))
    names = {"E06999001": "Wrenmouth", "Wexmoor Police": "Wexmoor Police area"}
    wards = json.loads((extracts / "boundaries" / "wards-2025" / "E06999001.geojson").read_text("utf-8"))["features"]
    names |= {ward["properties"]["WD25CD"]: ward["properties"]["WD25NM"] for ward in wards}
    raw["area"] = raw["area"].fillna("E06999001").map(names)
    latest = raw.sort_values("from").groupby(["survey", "question", "answer", "area"], sort=False).tail(1)
    asked = latest.set_index(["question", "area"])
    found = panel.table.set_index(["question", "area_name"])
    assert set(found.index) == set(asked.index)
    assert found["base"].to_dict() == asked["base"].to_dict()
    shown = found[found["state"] == "shown"]
    assert shown["percent"].to_dict() == pytest.approx(asked.loc[shown.index, "percent"].to_dict())
    assert set(asked.loc[found.index[found["state"] != "shown"], "base"]) == {27}
    [asb] = [
        value for (question, _), value in found["change_points"].items() if "worried" in question and "anti" in question
    ]
    worried = raw[raw["question"] == "How worried are you about anti-social behaviour?"].set_index("from")["percent"]
    assert asb == pytest.approx(worried["2024-09"] - worried["2023-09"])
