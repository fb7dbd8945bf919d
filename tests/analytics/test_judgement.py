"""What people add to the evidence: kept as it was said, and refused with the place where it cannot be used."""

import base64
import copy
import json
import re
import zlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from analytics.judgement import DEFAULT_POINTS, EnteredCriterion, Entry, Judgement, JudgementError, Problem, key_for

AT = datetime(2026, 11, 27, 10, 30, tzinfo=UTC)


def full() -> Judgement:
    return Judgement(
        problems=(
            Problem("vehicle-crime-west", "Vehicle crime, west", ("Vehicle crime",), ("45", "48"), ("E05002232",)),
            Problem("modern-slavery", "Modern slavery"),
        ),
        left_out=("other-crime",),
        criteria=(EnteredCriterion("fit", "Fits our plans", "Does it fit?", 10),),
        unused=("family",),
        weights=(("harm", 80.0), ("fit", 0.0)),
        order=(("harm",), ("volume", "change")),
        entries=(
            Entry("modern-slavery", "harm", 0.9, "Safeguarding lead", AT, "Two referrals", 0.8, 1.0),
            Entry("vehicle-crime-west", "fit", 0.4, "Council", AT),
        ),
    )


def test_a_judgement_comes_back_from_json_as_it_went() -> None:
    assert Judgement.from_json(json.loads(json.dumps(full().to_json()))) == full()
    assert hash(Judgement.from_json(full().to_json())) == hash(full())
    assert Judgement.from_json({}) == Judgement()
    assert Judgement().to_json() == {}


def test_times_are_kept_whatever_their_zone() -> None:
    there = Entry("a", "b", 0.5, "Police", datetime(2026, 11, 27, 12, 30, tzinfo=timezone(timedelta(hours=2))))
    written = Judgement(entries=(there,)).to_json()
    assert written["entries"][0]["at"] == "2026-11-27T10:30:00Z"
    assert Judgement.from_json(written).entries[0].at == AT


def test_what_was_not_said_has_a_default() -> None:
    judgement = full()
    assert judgement.points("harm") == 80
    assert judgement.points("fit") == 0
    assert judgement.points("volume") == DEFAULT_POINTS
    assert [judgement.place(key) for key in ("harm", "volume", "change", "fit")] == [1, 2, 2, 3]
    assert judgement.problems[1].people_only
    assert not judgement.problems[0].people_only
    assert judgement.entry("modern-slavery", "harm").value == 0.9
    assert judgement.entry("x", "harm") is None


def test_changes_leave_the_rest_alone() -> None:
    judgement = full()
    again = Entry("modern-slavery", "harm", 0.2, "Chair", AT)
    changed = judgement.with_entry(again)
    assert changed.entry("modern-slavery", "harm") == again
    assert len(changed.entries) == 2
    assert len(judgement.with_entry(Entry("burglary", "harm", 1, "Chair", AT)).entries) == 3
    assert judgement.without_entry("modern-slavery", "harm").entries == judgement.entries[1:]
    gone = judgement.without_problem("modern-slavery")
    assert gone.problem("modern-slavery") is None
    assert gone.entries == judgement.entries[1:]
    gone = judgement.with_order([["fit"], ["harm"]]).without_criterion("fit")
    assert (gone.criteria, gone.order, gone.weights) == ((), (("harm",),), (("harm", 80.0),))
    assert gone.entries == judgement.entries[:1]
    renamed = judgement.with_problem(Problem("modern-slavery", "Exploitation"))
    assert [problem.name for problem in renamed.problems] == ["Vehicle crime, west", "Exploitation"]
    assert judgement.with_weights({"harm": 50, "volume": 10}).weights == (("volume", 10.0),)
    assert judgement == full()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["entries"][0].update(value=7), r"entries\[0\]\.value: must be a number from 0 to 1, not 7"),
        (lambda d: d["entries"][0].update(value=True), r"entries\[0\]\.value: .*not yes or no"),
        (lambda d: d["entries"][0].update(value=float("nan")), r"entries\[0\]\.value: .*not nan"),
        (lambda d: d["entries"][0].update(lower=0.95), r"entries\[0\]\.value: must lie between"),
        (lambda d: d["entries"][0].update(at="yesterday"), r"entries\[0\]\.at: 'yesterday' is no date"),
        (lambda d: d["entries"][0].update(at="2026-11-27T10:30:00"), r"entries\[0\]\.at: .*time zone"),
        (lambda d: d["entries"][0].update(by=" "), r"entries\[0\]\.by: must not be empty"),
        (lambda d: d["entries"][0].update(reason="x" * 501), r"entries\[0\]\.reason: at most 500"),
        (lambda d: d["entries"][0].pop("criterion"), r"entries\[0\]\.criterion: is missing"),
        (lambda d: d["entries"].append(d["entries"][0]), r"entries: .*'modern-slavery and harm' stands there twice"),
        (lambda d: d["problems"][0].update(key="Vehicle Crime"), r"problems\[0\]\.key: .*no key"),
        (lambda d: d["problems"][0].update(wards="E05002232"), r"problems\[0\]\.wards: must be a list, not text"),
        (lambda d: d["problems"][0].update(wards=[5]), r"problems\[0\]\.wards\[0\]: must be text, not a number"),
        (lambda d: d["problems"][1].update(name="vehicle crime, WEST"), r"problems: the name .* twice"),
        (lambda d: d["problems"][1].update(name="Two\nlines"), r"problems\[1\]\.name: holds a line break"),
        (lambda d: d["criteria"][0].update(scale=0), r"criteria\[0\]\.scale: .*1 to 100, not 0"),
        (lambda d: d["weights"].update(harm=101), r"weights\.harm: must be a number from 0 to 100, not 101"),
        (lambda d: d.update(weights=[1, 2]), r"weights: must be an object"),
        (lambda d: d["order"].append(["harm"]), r"order: the criterion 'harm' stands there twice"),
        (lambda d: d["order"].append([]), r"order: a group is empty"),
        (lambda d: d.update(extra=1), r"'extra' is not known; known are criteria, entries"),
        (lambda d: d.update(problems={}), r"problems: must be a list, not an object"),
        (lambda d: d.update(left_out=["x"] * 61), r"left_out: at most 60, not 61"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(change, says) -> None:
    data = copy.deepcopy(full().to_json())
    change(data)
    with pytest.raises(JudgementError, match=says):
        Judgement.from_json(data)


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_only_an_object_is_a_judgement(data) -> None:
    with pytest.raises(JudgementError, match="must be an object"):
        Judgement.from_json(data)


def test_keys_are_made_of_names() -> None:
    assert key_for("Anti-social behaviour") == "anti-social-behaviour"
    assert len(key_for("word " * 40)) <= 60
    assert not key_for("word " * 40).endswith("-")


def test_an_address_holds_a_judgement() -> None:
    text = full().packed()
    assert Judgement.unpacked(text) == full()
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert len(text) < 700
    assert Judgement().packed() == ""


@pytest.mark.parametrize("text", ["", "x", "%%%", "é", full().packed()[:-9], "eJwLBgAAVABU"])
def test_a_changed_address_is_refused(text) -> None:
    with pytest.raises(JudgementError, match="cut off or was changed"):
        Judgement.unpacked(text)


def test_an_address_that_swells_is_refused() -> None:
    text = base64.urlsafe_b64encode(zlib.compress(b" " * 10_000_000 + b"{}", 9)).decode().rstrip("=")
    with pytest.raises(JudgementError, match="cut off or was changed"):
        Judgement.unpacked(text)
