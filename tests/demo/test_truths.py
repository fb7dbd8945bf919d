"""What was planted is found again in the raw extracts, by plain counting and short textbook formulas."""

from __future__ import annotations

from calendar import monthrange
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

AFTER_LOCKDOWN = "2021-07"


def fitted(series: pd.Series) -> Any:
    """Quasi-Poisson regression of monthly counts on years and month of year, with the days as exposure."""
    months = [(int(month[:4]), int(month[5:])) for month in series.index]
    years = np.array([year + (month - 0.5) / 12 for year, month in months]) - 2023
    season = np.array([[month == m for m in range(2, 13)] for _, month in months], dtype=float)
    days = [monthrange(year, month)[1] for year, month in months]
    design = sm.add_constant(np.column_stack([years, season]))
    return sm.GLM(series.to_numpy(), design, family=sm.families.Poisson(), offset=np.log(days)).fit(scale="X2")


def year_total(monthly: pd.DataFrame, category: str, year: int) -> int:
    return int(monthly.loc[f"{year}-01" : f"{year}-12", category].sum())


def test_counts_are_exactly_those_recorded(ours: pd.DataFrame, incidents: pd.DataFrame, truths) -> None:
    exact = truths["exact"]
    assert len(ours) == exact["incidents"] == pytest.approx(70_000, rel=0.02)
    by_year = pd.crosstab(ours["Crime type"], ours["year"])
    recorded = pd.DataFrame(exact["by_category_and_year"]).T.rename(columns=int)
    assert (by_year == recorded.loc[by_year.index]).all(axis=None)
    assert ours[ours["year"] == 2024].groupby("ward_code").size().to_dict() == exact["by_ward_2024"]
    assert incidents[incidents["year"] == 2024].groupby("district").size().to_dict() == exact["by_district_2024"]
    repeated_there = truths["files"]["repeated_by_kind"]["other force's file"]  # read first: its file comes first
    assert (ours["slug"] == "estermark").sum() == exact["ours_in_the_neighbouring_force_file"] + repeated_there


def test_hotspots_hold_their_planted_share(ours: pd.DataFrame, truths) -> None:
    """Inside the radius lies the planted share and a little of the surroundings, with old and new snap points."""
    for spot in truths["hotspots"]:
        mine = ours[ours["Crime type"] == spot["category"]]
        inside = np.hypot(mine["easting"] - spot["easting"], mine["northing"] - spot["northing"]) <= spot["radius_m"]
        counts = mine[inside].groupby("year").size()
        assert {str(year): int(n) for year, n in counts.items()} == spot["incidents_inside_by_year"]
        if spot["class"] != "persistent":
            continue
        for year in range(2021, 2025):
            share = inside[mine["year"] == year].mean()
            error = 3 * np.sqrt(spot["share_planted"] / (mine["year"] == year).sum())
            assert spot["share_planted"] - error < share < spot["share_planted"] + 0.06 + error, (spot, year)


def test_emerging_hotspot_starts_on_time_and_grows(ours: pd.DataFrame, truths) -> None:
    [spot] = [spot for spot in truths["hotspots"] if spot["class"] != "persistent"]
    mine = ours[ours["Crime type"] == spot["category"]]
    inside = np.hypot(mine["easting"] - spot["easting"], mine["northing"] - spot["northing"]) <= spot["radius_m"]
    quarter = pd.PeriodIndex(mine["Month"], freq="M").asfreq("Q")
    share = inside.groupby(quarter).mean()
    before, after = share[:"2023Q4"].iloc[-6:], share["2024Q1":]
    assert before.max() < 0.06
    assert after.is_monotonic_increasing
    assert after.iloc[-1] == pytest.approx(spot["share_planted_at_end"], abs=0.05)


def test_retail_park_leads_vehicle_crime(ours: pd.DataFrame, truths) -> None:
    """On a 250 m grid the three busiest cells of vehicle crime in 2024 all touch the retail park."""
    spot = truths["hotspots"][0]
    mine = ours[(ours["Crime type"] == "Vehicle crime") & (ours["year"] == 2024)]
    cells = mine.groupby([mine["easting"] // 250, mine["northing"] // 250]).size().nlargest(3)
    for (column, row), _ in cells.items():
        distance = np.hypot(250 * (column + 0.5) - spot["easting"], 250 * (row + 0.5) - spot["northing"])
        assert distance < spot["radius_m"] + 180


def test_burglary_falls_by_the_planted_rate(monthly: pd.DataFrame, truths) -> None:
    category = truths["trend"]["category"]
    fit = fitted(monthly.loc[AFTER_LOCKDOWN:, category])
    low, high = 100 * (np.exp(fit.conf_int()[1]) - 1)
    assert low < truths["trend"]["change_per_year_pct"] < high
    assert high < 0


def test_year_on_year_ratios_are_as_planted(monthly: pd.DataFrame, truths) -> None:
    """2024 over 2023 lies within two standard errors, widened for dispersion."""
    for category, planted in truths["last_year"].items():
        before, after = year_total(monthly, category, 2023), year_total(monthly, category, 2024)
        assert [before, after] == planted["counts"]
        if planted["has_step"]:
            continue
        error = np.sqrt(truths["dispersion"][category] * (1 / before + 1 / after))
        assert abs(np.log(after / before / planted["ratio_planted"])) < 2 * error, category
    rising = truths["last_year"]["Shoplifting"]["counts"]
    assert stats.binomtest(rising[1], sum(rising)).pvalue < 1e-6


def test_unchanging_categories_show_no_clear_change(monthly: pd.DataFrame, truths) -> None:
    for category in truths["no_change"]:
        before, after = truths["last_year"][category]["counts"]
        interval = stats.binomtest(after, before + after).proportion_ci(0.95)
        assert interval.low < 0.5 < interval.high


def test_season_is_found(monthly: pd.DataFrame, truths) -> None:
    season = truths["season"]
    fit = fitted(monthly.loc[AFTER_LOCKDOWN:, season["category"]])
    effects = np.exp(np.append(0, fit.params[2:]))
    wave = np.exp(-2j * np.pi * np.arange(1, 13) / 12) @ (effects / effects.mean()) / 6
    assert abs(wave) == pytest.approx(season["amplitude"], abs=0.05)
    peak = (-np.angle(wave) * 12 / (2 * np.pi)) % 12
    assert peak == pytest.approx(season["peak_month"], abs=1)


def test_dispersion_is_found(monthly: pd.DataFrame, truths) -> None:
    """Over all categories the fitted dispersion averages the planted; the two noisiest are clearly above 1."""
    series = monthly.loc[AFTER_LOCKDOWN:].drop(columns=truths["step"]["category"])
    found = {category: fitted(series[category]).scale for category in series}
    planted = {category: truths["dispersion"][category] for category in series}
    assert np.mean(list(found.values())) == pytest.approx(np.mean(list(planted.values())), rel=0.25)
    for category in ("Anti-social behaviour", "Violence and sexual offences"):
        assert 1.4 < found[category] < 3.5


def test_step_happens_in_its_ward_in_its_month(ours: pd.DataFrame, truths) -> None:
    step = truths["step"]
    mine = ours[(ours["Crime type"] == step["category"]) & (ours["year"] >= 2023)]
    series = pd.crosstab(mine["Month"], mine["ward_code"])
    before, after = series[: step["start"]].iloc[:-1], series[step["start"] :]
    ratio = after.mean() / before.mean()
    assert ratio.idxmax() == step["ward_code"]
    assert ratio[step["ward_code"]] == pytest.approx(step["factor"], rel=0.15)
    assert before[step["ward_code"]].mean() == pytest.approx(step["monthly_before"], abs=0.01)
    assert after[step["ward_code"]].mean() == pytest.approx(step["monthly_after"], abs=0.01)
    likelihood = [
        stats.poisson(series[step["ward_code"]].iloc[:i].mean()).logpmf(series[step["ward_code"]].iloc[:i]).sum()
        + stats.poisson(series[step["ward_code"]].iloc[i:].mean()).logpmf(series[step["ward_code"]].iloc[i:]).sum()
        for i in range(3, len(series) - 3)
    ]
    found = series.index[3 + int(np.argmax(likelihood))]
    assert abs(list(series.index).index(found) - list(series.index).index(step["start"])) <= 1


def test_lockdown_changes_what_it_should(monthly: pd.DataFrame, truths) -> None:
    """January to March 2021 against the same months of the two years after."""
    for category in ("Shoplifting", "Anti-social behaviour", "Violence and sexual offences", "Vehicle crime"):
        locked = monthly.loc["2021-01":"2021-03", category].sum()
        free = (monthly.loc["2022-01":"2022-03", category].sum() + monthly.loc["2023-01":"2023-03", category].sum()) / 2
        assert locked / free == pytest.approx(truths["lockdown"]["factor_when_full"][category], abs=0.17), category


# The family


def band(x: int, k: float, peers: np.ndarray, populations: np.ndarray) -> str:
    """The leave-one-out band, written out from its definition (prediction interval of a random-effects mean)."""
    y, s2 = np.log(peers + 0.5) - np.log(populations), 1 / (peers + 0.5)
    w = 1 / s2
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    tau2 = max(0.0, (q - (len(y) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    w = 1 / (s2 + tau2)
    mean = (w * y).sum() / w.sum()
    t = (np.log(x + 0.5) - np.log(k) - mean) / np.sqrt(tau2 + 1 / (x + 0.5) + 1 / w.sum())
    if abs(t) <= stats.t.ppf(0.975, len(y) - 2):
        return "about the same"
    much = "much " if abs(t) > stats.t.ppf(0.999, len(y) - 2) else ""
    return much + ("higher" if t > 0 else "lower")


@pytest.fixture(scope="module")
def family_2024(extracts: Path, incidents: pd.DataFrame, truths) -> tuple[pd.DataFrame, pd.Series]:
    """Counts of 2024 by member (rows) and category, complete members only; and their residents. Ours is "us"."""
    family = truths["family"]
    codes = pd.read_csv(extracts / "similar-areas" / "statistical_neighbours.csv").set_index("AREACD")
    members = codes.loc["E06999001"].tolist()[: family["members_with_us"] - 1]
    pair = family["of_two_districts"]
    member_of = {code: code for code in members} | dict.fromkeys(pair["districts"], pair["partnership_code"])
    member_of["E06999001"] = "us"
    complete = set(member_of.values()) - set(family["with_missing_months"]) - set(family["without_data"])
    rows = incidents[incidents["year"] == 2024]
    counts = pd.crosstab(rows["district"].map(member_of), rows["Crime type"])
    population = pd.read_csv(extracts / "population" / "local_authority_population.csv").set_index("lad_code")
    residents = population["population"].groupby(population.index.map(member_of)).sum()
    return counts.loc[sorted(complete)], residents


def test_family_is_as_described(family_2024, incidents: pd.DataFrame, truths) -> None:
    counts, _ = family_2024
    family = truths["family"]
    assert family["members_with_us"] == 15
    assert len(counts) == family["complete_in_2024_with_us"] == 13
    [incomplete], [silent] = family["with_missing_months"], family["without_data"]
    months = incidents.loc[(incidents["district"] == incomplete) & (incidents["year"] == 2024), "Month"].nunique()
    assert months == 9
    assert silent not in set(incidents["district"])


def test_positions_in_the_family_are_as_planted(family_2024, truths) -> None:
    counts, residents = family_2024
    peers = counts.drop("us")
    for category, planted in truths["family"]["positions_2024"].items():
        found = band(
            counts.at["us", category],
            residents["us"],
            peers[category].to_numpy(),
            residents[peers.index].to_numpy(),
        )
        assert found == planted["band"], category
        if planted["band"] != "about the same":
            rates = counts[category] / residents[counts.index]
            assert rates.rank()["us"] == planted["rank_planted"], category


def test_family_changes_less_than_we_do(incidents: pd.DataFrame, family_2024, truths) -> None:
    """Shoplifting rises in the family too, but less; vehicle crime rises with us only."""
    single = [code for code in family_2024[0].index if code not in {"us", "E22999010"}]
    rows = incidents[incidents["district"].isin(single)]
    for category in ("Shoplifting", "Vehicle crime"):
        years = rows[rows["Crime type"] == category].groupby("year").size()
        planted = truths["family"]["positions_2024"][category]["family_ratio_2024"]
        assert years[2024] / years[2023] == pytest.approx(planted, abs=0.04)


# Small numbers and the town centre


def test_rare_cells_are_zero_and_small(ours: pd.DataFrame, truths) -> None:
    zero, small = truths["rare"]
    for rare in (zero, small):
        cell = ours[(ours["ward_code"] == rare["ward_code"]) & (ours["Crime type"] == rare["category"])]
        assert len(cell) == rare["incidents"]
    assert zero["incidents"] == 0
    assert 0 < max(small["incidents_by_year"].values()) < 20


def test_town_centre_has_visitors_not_residents(ours: pd.DataFrame, extracts: Path, truths) -> None:
    residents = pd.read_csv(extracts / "population" / "census2021_residents_households_lsoa21.csv")
    residents = residents.groupby("ward24_code")["residents_census21"].sum()
    rate = 1000 * ours[ours["year"] == 2024].groupby("ward_code").size() / residents
    rate = rate.dropna().sort_values()
    assert rate.index[-1] == truths["visitor_ward"]["ward_code"]
    assert rate.iloc[-1] > 2 * rate.iloc[-2]


def test_every_lsoa_has_incidents_every_year(ours: pd.DataFrame) -> None:
    late = ours[ours["Month"] >= "2023-06"]
    assert late.groupby("year")["LSOA code"].nunique().eq(100).all()
