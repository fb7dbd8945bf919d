"""Comparators against a plain recount of the store's Parquet, the planted truths, real figures, and bad input."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import shapely
from scipy import stats

from analytics.context import load_context
from analytics.months import month_range
from analytics.panels import Panel, View, build_panel
from analytics.selection import Selection
from data.errors import LoadError
from data.warehouse import Warehouse
from tests.data.world import LSOAS, RESIDENTS, W1, W2, A, B, C, World, geojson, row

IDS = (
    "family_position", "family_rates", "family_change", "family_funnel", "family_trend", "family_sensitivity",
    "family_members", "overview_family",
)  # fmt: skip
TRUTHS = json.loads((Path(__file__).parents[2] / "data" / "demo" / "truths.json").read_text(encoding="utf-8"))
YEAR = month_range(date(2024, 1, 1), date(2024, 12, 1))


def shown(panel_id: str, warehouse: Warehouse, query: str = "", view: View | None = None) -> Panel:
    selection, warnings = Selection.from_query(query, load_context(warehouse))
    assert not warnings
    return build_panel(panel_id, warehouse, selection, view)


def stored(warehouse: Warehouse, name: str) -> pd.DataFrame:
    return _read(warehouse.snapshot_dir / f"{name}.parquet").copy()


@cache
def _read(path: Path) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    if "month" in frame:
        frame["month"] = pd.to_datetime(frame["month"]).dt.date
    return frame


def recounted(
    warehouse: Warehouse, months: tuple[date, ...], category: str | None = None
) -> dict[str, tuple[int, int]]:
    """Incidents and residents of the members of the first family that have all months, by id: a slow second count."""
    families, districts = stored(warehouse, "families"), stored(warehouse, "districts").set_index("district_code")
    coverage, counts = stored(warehouse, "coverage"), stored(warehouse, "district_counts")
    loaded = {(r.force, r.month) for r in coverage.itertuples()}
    out = {}
    for member, rows in families[families["family_order"] == 0].groupby("member_id"):
        codes = list(rows["district_code"])
        if any((districts.loc[code, "force"], month) not in loaded for code in codes for month in months):
            continue
        mine = counts[counts["district_code"].isin(codes) & counts["month"].isin(months)]
        if category:
            mine = mine[mine["category"] == category]
        out[str(member)] = int(mine["incidents"].sum()), int(districts.loc[codes, "population"].sum())
    return out


def slow_band(own: str, members: dict[str, tuple[int, int]]) -> str:
    """METHODS section 3, one member after the other."""
    y = {m: math.log((x + 0.5) / k) for m, (x, k) in members.items()}
    v = {m: 1 / (x + 0.5) for m, (x, _) in members.items()}
    peers = [m for m in members if m != own]
    w = {m: 1 / v[m] for m in peers}
    fixed = sum(w[m] * y[m] for m in peers) / sum(w.values())
    q = sum(w[m] * (y[m] - fixed) ** 2 for m in peers)
    tau2 = max(0.0, (q - len(peers) + 1) / (sum(w.values()) - sum(a * a for a in w.values()) / sum(w.values())))
    w = {m: 1 / (v[m] + tau2) for m in peers}
    centre = sum(w[m] * y[m] for m in peers) / sum(w.values())
    t = (y[own] - centre) / math.sqrt(tau2 + v[own] + 1 / sum(w.values()))
    p = 2 * stats.t.sf(abs(t), len(peers) - 2)
    if p >= 0.05:
        return "about the same"
    return ("much " if p < 0.002 else "") + ("higher" if t > 0 else "lower")


@pytest.mark.parametrize("panel_id", IDS)
@pytest.mark.parametrize(
    "query",
    [
        "", "look=vehicle-crime&among=all", "category=robbery", "measure=households", "measure=count&ward=E05999001",
        "from=2021-01&to=2024-12", "from=2024-04&to=2024-04", "from=2019-01&to=2019-12",
        "family=estuary-towns-local-choice&category=drugs,burglary",
    ],
)  # fmt: skip
def test_every_panel_keeps_the_rules_of_the_page(demo: Warehouse, panel_id: str, query: str):
    for view in (View(), View("dark", "narrow")):
        panel = shown(panel_id, demo, query, view)
        assert panel.sentence
        assert len(panel.sentence) <= 90
        assert not panel.sentence.endswith(".")
        assert [column.key for column in panel.columns] == list(panel.table.columns)
        assert panel.sources
        if panel.figure is not None:
            assert go.Figure(panel.figure).layout.height == panel.figure_height
            assert panel.figure_alt
        if panel.state != "ready":
            assert panel.message


def test_the_rates_are_a_plain_recount(demo: Warehouse):
    for category, query in ((None, ""), ("Vehicle crime", "look=vehicle-crime"), ("Robbery", "category=robbery")):
        table = shown("family_rates", demo, query).table
        found = table[table["incidents"].notna()].set_index("member_id")
        expected = recounted(demo, YEAR, category)
        assert {m: (int(r.incidents), int(r.population)) for m, r in found.iterrows()} == expected
        for member, (incidents, residents) in expected.items():
            assert found.loc[member, "rate_per_1000"] == pytest.approx(1000 * incidents / residents)
        assert list(found["rate_per_1000"]) == sorted(found["rate_per_1000"], reverse=True)


def test_the_planted_counts_of_districts_are_there(demo: Warehouse):
    table = shown("family_rates", demo).table
    counted = table[table["incidents"].notna()]
    planted = TRUTHS["exact"]["by_district_2024"]
    for entry in counted.itertuples():
        assert entry.incidents == sum(planted[code] for code in entry.district_codes.split())
    assert len(counted) == TRUTHS["family"]["complete_in_2024_with_us"]
    gone = set(table.loc[table["incidents"].isna(), "member_id"])
    assert gone == {*TRUTHS["family"]["with_missing_months"], *TRUTHS["family"]["without_data"]}


def test_planted_positions_are_recovered(demo: Warehouse):
    panel = shown("family_position", demo)
    table = panel.table.set_index("category")
    for category, planted in TRUTHS["family"]["positions_2024"].items():
        found = table.loc[category]
        assert found["band_alone"] == planted["band"], category
        assert found["rank_lower"] - 3 <= planted["rank_planted"] <= found["rank_upper"] + 3, category
        assert found["band"] in {planted["band"], "about the same"}, category
    assert table.loc["Vehicle crime", "band"] == "much higher"
    assert table.loc["Drugs", "band"] == "much lower"
    assert (panel.table["category"].iloc[0], panel.table["category"].iloc[-1]) == ("Vehicle crime", "Drugs")


def test_positions_recounted(demo: Warehouse):
    table = shown("family_position", demo).table.set_index("category")
    for category in table.index:
        members = recounted(demo, YEAR, category)
        rates = {m: 1000 * x / k for m, (x, k) in members.items()}
        found = table.loc[category]
        assert found["rate_per_1000"] == pytest.approx(rates["E06999001"])
        assert found["family_mean"] == pytest.approx(sum(rates.values()) / len(rates))
        others = [m for m in members if m != "E06999001"]
        pooled = 1000 * sum(members[m][0] for m in others) / sum(members[m][1] for m in others)
        assert found["pooled_others"] == pytest.approx(pooled)
        assert found["rank_observed"] == 1 + sum(r < rates["E06999001"] for r in rates.values())
        assert found["band_alone"] == slow_band("E06999001", members)
        assert found["members"] == len(members)


def test_bands_are_adjusted_for_the_categories_on_the_screen(demo: Warehouse):
    table = shown("family_position", demo).table
    np.testing.assert_allclose(table["p_adjusted"], stats.false_discovery_control(table["p_value"]))
    standing = table["band"] != "about the same"
    assert (standing == (table["p_adjusted"] < 0.05)).all()
    alone = shown("family_position", demo, "category=shoplifting").table.iloc[0]
    assert alone["band"] == alone["band_alone"] == "higher"


def test_the_change_against_the_others_recounted(demo: Warehouse):
    """Given both years, when our change is set against the others pooled, then it is the ratio of the ratios."""
    panel = shown("family_change", demo)
    now, then = (month_range(date(year, 1, 1), date(year, 12, 1)) for year in (2024, 2023))
    for entry in panel.table.itertuples():
        after, before = recounted(demo, now, entry.category), recounted(demo, then, entry.category)
        others = [m for m in after if m in before and m != "E06999001"]
        x1, x0 = after["E06999001"][0], before["E06999001"][0]
        f1, f0 = sum(after[m][0] for m in others), sum(before[m][0] for m in others)
        assert (entry.compared, entry.previous, entry.family_compared, entry.family_previous) == (x1, x0, f1, f0)
        assert entry.members_changed == len(others)
        assert entry.against_ratio == pytest.approx((x1 / x0) / (f1 / f0))
        error = math.sqrt((1 / x1 + 1 / x0 + 1 / f1 + 1 / f0) * max(entry.dispersion, 1))
        reach = stats.norm.ppf(0.975) * error
        assert math.log(entry.against_upper_cl) == pytest.approx(math.log(entry.against_ratio) + reach)
    assert panel.sentence == "Vehicle crime is above the family and rising against it"


def test_the_overview_and_the_position_table_say_the_same(demo: Warehouse):
    lead, position = shown("overview_lead", demo), shown("family_position", demo)
    assert lead.sentence == "Crime and ASB rose by 4\u202f%, and is about the same as in similar areas"
    groups = {group["label"]: group for group in lead.facts["groups"]}
    higher = position.table[position.table["band"].isin(["higher", "much higher"])]
    assert [item["name"] for item in groups["Higher than similar areas"]["items"]] == list(higher["category"])
    categories = shown("category_totals", demo).table.set_index("category")
    for entry in position.table.itertuples():
        same = categories.loc[entry.category]
        for key in ("incidents", "rate_per_1000", "lower_cl", "previous", "compared", "change_pct"):
            assert getattr(entry, key) == pytest.approx(same[key])
    assert "similar areas" not in shown("overview_lead", demo, "ward=E05999001").sentence


def test_figures_show_what_the_tables_say(demo: Warehouse):
    position = shown("family_position", demo)
    assert position.figure is not None
    marks = {
        data[0]: x
        for trace in position.figure["data"]
        if "customdata" in trace
        for data, x in zip(trace["customdata"], trace["x"], strict=True)
    }
    for entry in position.table.itertuples():
        assert marks[entry.category] == pytest.approx(math.log(entry.rate_per_1000 / entry.family_mean))
    rates = shown("family_rates", demo)
    assert rates.figure is not None
    drawn = [x for trace in rates.figure["data"] if trace.get("mode") == "markers" for x in trace["x"]]
    assert sorted(drawn) == sorted(rates.table["rate_per_1000"].dropna())
    words = {note["text"] for note in rates.figure["layout"]["annotations"]}
    assert {"Norrick", "Greyminster"} <= words


def test_the_funnel_recounted(demo: Warehouse):
    panel = shown("family_funnel", demo, "among=all")
    counts, districts = stored(demo, "district_counts"), stored(demo, "districts").set_index("district_code")
    loaded = {(r.force, r.month) for r in stored(demo, "coverage").itertuples()}
    people = districts["population"]
    whole = [
        code
        for code, force in districts["force"].items()
        if people[code] > 0 and all((force, month) in loaded for month in YEAR)
    ]
    year = counts[counts["month"].isin(YEAR)].groupby("district_code")["incidents"].sum()
    table = panel.table.set_index("member_id")
    assert sorted(table.index) == sorted(whole)
    assert all(table.loc[code, "incidents"] == year[code] for code in whole)
    centre = year[whole].sum() / districts.loc[whole, "population"].sum()
    expected = districts.loc["E06999001", "population"] * centre
    assert table.loc["E06999001", "expected"] == pytest.approx(expected)
    z = (year[whole] - districts.loc[whole, "population"] * centre) / np.sqrt(
        districts.loc[whole, "population"] * centre
    )
    low, high = np.quantile(z.astype(float), (0.1, 0.9))
    assert panel.facts["dispersion"] == pytest.approx(np.mean(np.clip(z.astype(float), low, high) ** 2))
    assert (table["upper_95"] >= table["chance_upper_95"]).all()


def test_one_verdict_leads_and_the_other_panels_refer_to_it(demo: Warehouse):
    """Highest of all and past a limit for its size, yet about the same as the family: no panel says it alone."""
    assert shown("family_position", demo).total["band"] == "about the same"
    assert shown("family_rates", demo).sentence == "Crime and ASB: highest of 13 areas, yet ordinary for this family"
    funnel = shown("family_funnel", demo)
    assert funnel.table.set_index("is_self").loc[True, "position"] == "above 95 %"
    assert funnel.sentence == "Crime and ASB: Wrenmouth is high for its size, yet ordinary for this family"
    assert any("“about the same”" in caveat and "leads" in caveat for caveat in funnel.caveats)
    assert shown("family_rates", demo, "look=vehicle-crime").sentence.endswith("and much higher than the family")
    for slug in (category.slug for category in load_context(demo).categories):
        for panel_id in ("family_rates", "family_funnel"):
            assert len(shown(panel_id, demo, f"look={slug}").sentence) <= 90


def test_the_rate_of_all_covers_no_area_of_the_funnel(demo: Warehouse):
    figure = shown("family_funnel", demo).figure
    [label] = [note for note in figure["layout"]["annotations"] if note["text"].startswith("all ")]
    ours = figure["data"][-1]
    assert (label["yanchor"] == "top") == (ours["y"][0] > label["y"]), "ours lies at the right end, above the line"


def test_the_trend_recounted(demo: Warehouse):
    table = shown("family_trend", demo, "look=vehicle-crime").table
    assert list(table["month"])[-1] == date(2024, 12, 1)
    assert len(table) == 48 - 11
    members = recounted(demo, month_range(date(2021, 1, 1), date(2024, 12, 1)))
    last = recounted(demo, YEAR, "Vehicle crime")
    rates = [1000 * last[m][0] / last[m][1] for m in members]
    end = table.iloc[-1]
    assert end["members"] == len(members)
    assert end["family_mean"] == pytest.approx(np.mean(rates))
    assert (end["lowest"], end["highest"]) == pytest.approx((min(rates), max(rates)))
    assert end["rate_per_1000"] == pytest.approx(1000 * last["E06999001"][0] / last["E06999001"][1])


def test_every_family_is_asked(demo: Warehouse):
    panel = shown("family_sensitivity", demo)
    assert panel.sentence == "Vehicle crime: higher in 2 of 2 families"
    assert set(panel.table["family_id"]) == {"similar-areas-demonstration", "estuary-towns-local-choice"}
    first = panel.table[panel.table["family_id"] == "similar-areas-demonstration"].set_index("category")
    position = shown("family_position", demo).table.set_index("category")
    for key in ("band", "rate_per_1000", "family_mean", "p_adjusted"):
        assert first.loc[position.index, key].equals(position[key])


def test_members_are_named_with_force_residents_and_state(demo: Warehouse):
    panel = shown("family_members", demo)
    assert panel.table["is_self"].tolist() == [True] + [False] * 14
    by_id = panel.table.set_index("member_id")
    assert by_id.loc["E06999008", "state"] == "no: Mar to May 2024 not loaded"
    assert by_id.loc["E06999008", "months_present"] == 9
    assert by_id.loc["E22999010", "districts"] == 2
    assert by_id.loc["E06999012", "months_present"] == 0
    assert panel.sentence == "13 of 15 areas have the 12 months"
    assert "as at January 2025" in panel.subtitle
    assert any("not mutual" in caveat for caveat in panel.caveats)


def test_households_are_another_denominator(demo: Warehouse):
    districts = stored(demo, "districts").set_index("district_code")
    table = shown("family_rates", demo, "measure=households").table.set_index("member_id")
    assert table.loc["E06999001", "population"] == districts.loc["E06999001", "households"]
    counted = shown("family_position", demo, "measure=count")
    assert any("whatever the measure" in caveat for caveat in counted.caveats)
    assert counted.table["rate_per_1000"].equals(shown("family_position", demo).table["rate_per_1000"])


# -- Real figures -----------------------------------------------------------------------------------------------------


def test_real_thurrock_2025(thurrock: Warehouse):
    """Ten of 14 neighbours have the 12 months; incidents with repeated IDs counted once."""
    table = shown("family_rates", thurrock, "from=2025-01&to=2025-12").table
    counted = table[table["incidents"].notna()]
    assert dict(zip(counted["member_name"], counted["incidents"], strict=True)) == {
        "Thurrock": 17_230, "Medway": 30_595, "Basildon": 18_847, "West Northamptonshire": 39_513, "Gravesham": 10_656,
        "Stevenage": 10_148, "Colchester": 17_757, "Harlow": 10_079, "Warrington": 15_597, "Welwyn Hatfield": 12_301,
        "Bedford": 17_786,
    }  # fmt: skip
    assert set(table.loc[table["incidents"].isna(), "member_name"]) == {"Havering", "Bexley", "Stockport", "Solihull"}
    position = shown("family_position", thurrock, "from=2025-01&to=2025-12")
    assert position.total is not None
    assert position.total["rate_per_1000"] == pytest.approx(96.69, abs=0.01)
    assert position.total["family_mean"] == pytest.approx(97.09, abs=0.01)
    assert position.total["rank_words"] == "5th of 11 (5 to 6)"
    assert position.table.set_index("category").loc["Vehicle crime", "band_alone"] == "higher"
    lead = shown("overview_lead", thurrock, "from=2025-01&to=2025-12")
    assert lead.sentence == "Crime and ASB shows no clear change, and is about the same as in similar areas"


def test_real_leicester_has_no_family_and_all_else_works(leicester: Warehouse):
    for panel_id in IDS:
        panel = shown(panel_id, leicester)
        assert panel.state == "no_data"
        assert "No family" in panel.sentence
    assert shown("overview_lead", leicester).state == "ready"


# -- Bad input --------------------------------------------------------------------------------------------------------


def neighbours(tmp_path: Path, families: str, *, files: Mapping[str, str | bytes] | None = None) -> Warehouse:
    """The small world in January 2025: ours and Beck in Essex, Cole in Kent, whose file is not loaded."""
    world = World.make(tmp_path)
    world.more = families
    for name, text in (files or {}).items():
        world.write(name, text)
    rows = [row(W1) for _ in range(6)] + [row(W2) for _ in range(4)] + [row("E05990005") for _ in range(3)]
    world.street(rows)
    world.build()
    return Warehouse(world.store)


def test_a_family_of_two_says_it_is_too_few(tmp_path: Path):
    store = neighbours(tmp_path, f'[[families]]\nname = "Two"\ndistricts = ["{B}"]\n')
    position = shown("family_position", store)
    assert position.state == "ready"
    assert position.total is None
    assert set(position.table["band"]) == {"too few members"}
    assert position.sentence == "2 of 2 areas have the month: too few to say what is ordinary"
    rates = shown("family_rates", store)
    assert dict(zip(rates.table["member_name"], rates.table["incidents"], strict=True)) == {"Alder": 10, "Beck": 3}
    assert shown("family_funnel", store).state == "too_few"
    assert "similar areas" not in shown("overview_lead", store).sentence


def test_members_without_data_leave_nobody_to_compare_with(tmp_path: Path):
    """Given Kent's file is missing, when its district is the whole family, then it is missing and not zero."""
    store = neighbours(tmp_path, f'[[families]]\nname = "Far"\ndistricts = ["{C}"]\n')
    for panel_id in ("family_position", "family_rates", "family_change", "family_funnel", "overview_family"):
        panel = shown(panel_id, store)
        assert panel.state == "no_data"
        assert "Jan 2025" in panel.sentence
    members = shown("family_members", store).table.set_index("member_name")
    assert members.loc["Cole", "state"] == "no: no data loaded"


def test_ourselves_in_the_list_and_a_member_twice_are_counted_once(tmp_path: Path):
    store = neighbours(tmp_path, f'[[families]]\nname = "Twice"\ndistricts = ["{A}", "{B}", "{B}"]\n')
    rates = shown("family_rates", store)
    assert list(rates.table["member_name"]) == ["Alder", "Beck"]
    members = shown("family_members", store)
    assert any("counted once" in caveat for caveat in members.caveats)


def test_a_member_without_residents_is_left_out_and_named(tmp_path: Path):
    world = World.make(tmp_path)
    del world.settings["population"]["lsoa"]
    world.write("districts.csv", f"lad_code,lad_name,population\n{A},Alder,9000\n{C},Cole,7000\n")
    world.more = f'[[families]]\nname = "Two"\ndistricts = ["{B}"]\n'
    world.street([row(W1), row("E05990005")])
    world.build()
    rates = shown("family_rates", Warehouse(world.store))
    assert rates.state == "no_data"
    members = shown("family_members", Warehouse(world.store)).table.set_index("member_name")
    assert members.loc["Beck", "state"] == "no: residents not known"


@pytest.mark.parametrize("head", ["\ufeff", ""])
def test_a_neighbour_file_with_a_bom_reads_alike(tmp_path: Path, head: str, shared_data: Path):
    text = (shared_data / "similar-areas" / "ons_statistical_neighbours_global.csv").read_text(encoding="utf-8-sig")
    lines = [line.replace("E06000034", A) for line in text.splitlines()]
    kept = [lines[0], *(line for line in lines[1:] if line.startswith(A))]
    world_file = {"similar.csv": (head + "\n".join(kept) + "\n").encode()}
    store = neighbours(tmp_path, '[[families]]\nname = "File"\nfile = "similar.csv"\nmembers = 3\n', files=world_file)
    assert len(shown("family_members", store).table) == 4


def test_deprivation_and_the_place_of_members(tmp_path: Path):
    """Given boundaries of two of three districts, then they are drawn, and deprivation is the LSOAs' by residents."""
    world = World.make(tmp_path)
    world.settings["geography"]["district_boundaries"] = ["districts.geojson"]
    shapes = {A: shapely.box(560_000, 180_000, 562_000, 182_000), B: shapely.box(562_000, 180_000, 563_000, 182_000)}
    names = {A: {"LAD25CD": A, "LAD25NM": "Alder"}, B: {"LAD25CD": B, "LAD25NM": "Beck"}}
    world.write("districts.geojson", geojson(shapes, names))
    world.more = f'[[families]]\nname = "Three"\ndistricts = ["{B}", "{C}"]\n'
    world.street([row(W1), row("E05990005")])
    world.build()
    store = Warehouse(world.store)
    members = shown("family_members", store)
    score = {code: 10.0 + number for number, code in enumerate(RESIDENTS)}
    people = {district: {code: n for code, n in RESIDENTS.items() if LSOAS.get(code, ("", C))[1] == district}
              for district in (A, B, C)}  # fmt: skip
    for district, name in ((A, "Alder"), (B, "Beck"), (C, "Cole")):
        mean = sum(score[code] * n for code, n in people[district].items()) / sum(people[district].values())
        assert members.table.set_index("member_name").loc[name, "imd_score"] == pytest.approx(mean)
    assert any("Deprivation" in caveat for caveat in members.caveats)
    panel = shown("family_map", store)
    assert panel.state == "ready"
    assert panel.table.set_index("member_name")["distance_km"].to_dict() == {"Alder": 0, "Beck": 2}
    assert any("No boundary of Cole" in caveat for caveat in panel.caveats)
    assert panel.figure is not None
    assert {note["text"] for note in panel.figure["layout"]["annotations"]} == {"<b>Alder</b>", "Beck"}


def test_without_boundaries_the_map_says_what_is_absent(demo: Warehouse):
    panel = shown("family_map", demo)
    assert panel.state == "no_data"
    assert "district_boundaries" in panel.message


def test_a_family_of_one_compares_with_nobody(tmp_path: Path):
    store = neighbours(tmp_path, f'[[families]]\nname = "Alone"\ndistricts = ["{A}"]\n')
    for panel_id in ("family_position", "family_rates", "family_change", "family_funnel", "family_trend"):
        panel = shown(panel_id, store)
        assert panel.state == "no_data"
        assert panel.message
    assert shown("family_members", store).sentence == "The family has no other area than ours"


def test_a_family_with_an_unknown_district_says_which_and_what_to_do(tmp_path: Path):
    with pytest.raises(LoadError, match="nobody knows 'E06123456'") as caught:
        neighbours(tmp_path, '[[families]]\nname = "Odd"\ndistricts = ["E06123456"]\n')
    assert "districts" in str(caught.value.remedy)


def test_a_neighbour_file_of_another_kind_is_one_clear_error(tmp_path: Path):
    with pytest.raises(LoadError) as caught:
        neighbours(
            tmp_path,
            '[[families]]\nname = "File"\nfile = "similar.csv"\nmembers = 3\n',
            files={"similar.csv": "area,most like\nAlder,Beck\n"},
        )
    assert caught.value.remedy
    assert "similar.csv" in str(caught.value)


def test_no_family_configured(tmp_path: Path):
    store = neighbours(tmp_path, "")
    for panel_id in IDS:
        panel = shown(panel_id, store)
        assert panel.state == "no_data"
        assert panel.sentence == "No family of similar areas is configured"
    assert shown("overview_lead", store).state == "ready"


def test_the_category_looked_at_is_part_of_the_address(demo: Warehouse):
    context = load_context(demo)
    selection, warnings = Selection.from_query("look=vehicle-crime&among=all", context)
    assert (selection.look, selection.among, warnings) == ("Vehicle crime", "all", ())
    assert Selection.from_query(selection.to_query(context), context)[0] == selection
    selection, warnings = Selection.from_query("look=witchcraft&among=some", context)
    assert (selection.look, selection.among) == (None, "family")
    assert len(warnings) == 2
