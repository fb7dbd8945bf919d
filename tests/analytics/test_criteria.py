"""The criteria: values between 0 and 1, unscored where there is no evidence, and harm weights as published."""

import math

import pytest

from analytics.criteria import Facts, criteria
from analytics.harm import own_harm_sets, published_harm_sets, subgroup_key
from data.reference import categories, harm_sources, harm_weights, offence_categories

ENDS = (1.0, 365.0)
FULL = Facts(
    "burglary", "Burglary", 516, 450, 590, 700, 516, math.log(516 / 700), 0.1, (183.5, 244.68, 273.5), "days", 2.9, 3.0,
    (0.9, 2.9 / 3.0, 1.1), 67, 2818, 214, math.log(67 / 214), 0.1, (28.0, 31.0, 34.0), "31 %",
)  # fmt: skip
MORE = Facts(
    "shoplifting", "Shoplifting", 1992, 1900, 2100, 1500, 1992, math.log(1992 / 1500), 0.05, (1, 1, 1),
    concern=(58.0, 62.0, 66.0), concern_words="62 %",
)  # fmt: skip
NOTHING = Facts("modern-slavery", "Modern slavery", notes=(("volume", "no recorded data"),))


def scores(key: str):
    criterion = criteria()[key]
    facts = [FULL, MORE, NOTHING]
    return criterion.scores(facts, criterion.scale(facts, ENDS))


@pytest.mark.parametrize("key", [key for key, one in criteria().items() if not one.entered])
def test_values_lie_within_their_limits_and_what_has_no_evidence_is_unscored(key: str):
    burglary, _, slavery = scores(key)
    assert 0 <= burglary.lower <= burglary.value <= burglary.upper <= 1
    assert burglary.words
    assert math.isnan(slavery.value)
    assert slavery.words in {"no recorded data", "no data"}


def test_values_worked_out_by_hand():
    assert scores("volume")[0].value == pytest.approx(516 / 1992)
    assert scores("volume")[1].value == 1
    assert scores("harm")[0].value == pytest.approx(math.log(244.68) / math.log(365))
    assert scores("harm")[1].value == 0
    assert scores("family")[0].value == pytest.approx(0.5 + math.log(2.9 / 3.0) / (2 * math.log(2)))
    assert scores("concentration")[0].value == pytest.approx(math.log(214 / 67) / math.log(50))
    assert [scores("concern")[i].value for i in (0, 1)] == [pytest.approx(0.5), 1]
    assert (scores("concern")[0].lower, scores("concern")[0].upper) == pytest.approx((28 / 62, 34 / 62))
    assert scores("change")[0].value < 0.3 < 0.7 < scores("change")[1].value


def test_words_are_the_evidence():
    assert [scores(key)[0].words for key in ("volume", "harm", "family")] == ["516", "245 days", "2.9 v 3.0"]
    assert scores("change")[0].words.replace("\u202f", " ") == "−26 %"
    assert scores("concentration")[0].words.replace("\u202f", " ") == "half in 2.4 %"


def test_every_criterion_is_explained():
    assert list(criteria()) == [
        "volume", "harm", "change", "family", "concentration", "concern", "influence", "appetite",
    ]  # fmt: skip
    for criterion in criteria().values():
        assert criterion.question.endswith("?")
        assert len(criterion.explanation) > 40
        assert criterion.entered == (criterion.scale is None) == (criterion.page == "")


def test_the_published_averages_of_the_crime_harm_index():
    """As published by category: 194.21, 11.18, 244.68 and 3.66 days."""
    cambridge = published_harm_sets()[0]
    found = {name: round(weight.central, 2) for name, weight in cambridge.categories}
    assert found["Violence and sexual offences"] == 194.21
    assert found["Criminal damage and arson"] == 11.18
    assert found["Burglary"] == 244.68
    assert found["Drugs"] == 3.66
    assert (found["Shoplifting"], found["Robbery"], found["Vehicle crime"]) == (1, 365, 5)
    violence = cambridge.of_category("Violence and sexual offences")
    assert (violence.low, violence.high) == (10, 5475)
    assert cambridge.of_category("Anti-social behaviour") is None


def test_the_weights_of_single_offences():
    ons = published_harm_sets()[1]
    assert ons.of_offence("56A").central == pytest.approx(826.19, abs=0.01)
    assert ons.of_offence("92E").central == pytest.approx(1.77, abs=0.01)
    assert ons.of_offence("none") is None
    assert len(ons.offences) == len({code for code, _ in ons.offences}) == 134


def test_harm_tables_name_their_source_and_fit_the_other_tables():
    known = {category.category for category in categories()}
    subgroups = {subgroup_key(entry.offence_subgroup) for entry in offence_categories()}
    for source in harm_sources():
        assert source.unit
        assert source.source
        mine = [weight for weight in harm_weights() if weight.set_id == source.set_id]
        assert {weight.category for weight in mine} <= known
        assert all(weight.weight > 0 for weight in mine)
        assert all(subgroup_key(weight.subgroup) in subgroups for weight in mine)
    assert {w.set_id for w in harm_weights()} == {source.set_id for source in harm_sources()}
    for one in published_harm_sets():
        assert all(w.low <= w.central <= w.high for _, w in one.categories)
        assert "Anti-social behaviour" not in dict(one.categories)


def test_own_weights():
    rows = [
        {"set_id": "ours", "set_name": "Ours", "version": "1", "unit": "points", "source": "Workshop", "low": 1.0,
         "central": 2.0, "high": 3.0, "category": "Burglary", "offence_code": None},
        {"set_id": "ours", "set_name": "Ours", "version": "1", "unit": "points", "source": "Workshop", "low": 4.0,
         "central": 4.0, "high": 4.0, "category": None, "offence_code": "45"},
    ]  # fmt: skip
    [ours] = own_harm_sets(rows)
    assert (ours.own, ours.of_category("Burglary").high, ours.of_offence("45").central) == (True, 3, 4)
