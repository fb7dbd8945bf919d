"""Sentences about a ranking: what leads, how surely, and what a careful reader must know."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.context import Context
from analytics.criteria import Criterion
from analytics.panels._model import Way
from analytics.panels._priorities import Ranking
from analytics.panels._wards import fitting
from analytics.selection import Selection
from analytics.summaries import lower_first
from analytics.words import and_list, count_of, number_word, percent

__all__ = ["idle_words", "nothing_to_rank", "overlaps", "ranking_caveats", "ranking_finding", "top_words", "why_idle"]

_SURE, _OPEN = 90.0, 60.0
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def top_words(top: int) -> str:
    """ "top three", "first"."""
    return "first" if top == 1 else f"top {number_word(top)}"


def nothing_to_rank(selection: Selection, context: Context) -> dict[str, Any]:
    """The fields of a panel without a problem to rank or a criterion that is scored."""
    return {
        "sentence": "There is nothing to rank",
        "subtitle": "A ranking needs a problem, and a criterion with a score",
        "state": "no_data",
        "message": f"{selection.period_label} may not be loaded, or every problem or criterion is left out.",
        "ways": (Way("Start again", "/priorities"), Way("What is loaded", "/data")),
    }


def ranking_finding(ranking: Ranking) -> str:
    """Who is among the first whatever the weights, and which place is open."""
    share, top = ranking.top_share, ranking.top
    names = [problem.name for problem in ranking.problems]
    words = top_words(top)
    sure = [names[i] for i in np.argsort(-share, kind="stable") if share[i] >= _SURE]
    if len(names) <= top:
        return f"Only {count_of(len(names), 'problem')} to rank: all are in the {words}"
    best = int(np.argmax(share))
    if len(sure) >= top:
        return fitting(
            f"{_list(sure[:top])} are in the {words} in at least {percent(_SURE)} of weightings",
            f"The {words} hold in at least {percent(_SURE)} of weightings",
        )
    if share[best] < _OPEN:
        return fitting(f"No problem is {words} in most weightings: the choice is open", "The choice is open")
    open_places = top - int((share >= _OPEN).sum())
    if top == 1 or not open_places:
        return fitting(f"{names[best]} is {_in(words)} in {percent(share[best])} of weightings")
    place = f"{_PLACES[top - 1]} place is open" if open_places == 1 else f"{number_word(open_places)} places are open"
    return fitting(
        f"{names[best]} is in the {words} in {percent(share[best])} of weightings; {place}",
        f"{names[best]}: {words} in {percent(share[best])} of weightings; {place}",
        f"{names[best]}: {words} in {percent(share[best])}; {place}",
        f"{place[:1].upper()}{place[1:]}",
    )


def _in(words: str) -> str:
    return words if words == "first" else f"in the {words}"


def _list(names: list[str]) -> str:
    return and_list([names[0], *(lower_first(name) for name in names[1:])])


def ranking_caveats(ranking: Ranking, selection: Selection) -> tuple[str, ...]:
    """How the order came about, and how missing scores are treated."""
    said = []
    gaps = int(np.isnan(ranking.values).sum())
    if gaps:
        said.append(
            f"Unscored is not 0: {count_of(gaps, 'missing score')} may be anything from 0 to 1 in the weightings, and "
            f"{'stands' if gaps == 1 else 'stand'} half way in the score."
        )
    how = {
        "equal": "Every criterion counts the same until you say otherwise.",
        "points": "Weights as set with the sliders.",
        "order": "Weights are the middle of all that keep the order of importance.",
    }[ranking.weighted_by]
    kept = "that keep our order" if selection.mix == "order" else "of every mix"
    said.append(f"{how} Places: 10,000 weightings {kept}, scores drawn within their limits.")
    if ranking.unranked:
        names = and_list([lower_first(problem.name) for problem in ranking.unranked], most=4)
        said.append(f"Not ranked, as there is neither evidence nor a score: {names}.")
    said += idle_words(ranking)
    halved = [one.name for one in ranking.problems if one.codes and one.categories]
    if halved and not ranking.evidence.by_offence:
        names = and_list([halved[0], *(lower_first(name) for name in halved[1:])], most=4)
        they = "is" if len(halved) == 1 else "are"
        said.append(f"{names} {they} counted by categories alone: not every month looked at has offence codes.")
    both = overlaps(ranking)
    if both:
        said.append(f"{both[0]} lies within {lower_first(both[1])}: its incidents count in both.")
    return tuple(said)


def idle_words(ranking: Ranking) -> tuple[str, ...]:
    """Which criteria do not count, as nobody has scored them or there is no evidence on any problem."""
    said = []
    entered = [one for one in ranking.idle if one.entered]
    if entered:
        names = and_list([lower_first(one.name) for one in entered])
        they = "it does" if len(entered) == 1 else "they do"
        said.append(f"Nobody has scored {names} yet: {they} not count.")
    for one in ranking.idle:
        if not one.entered:
            said.append(f"{one.name} does not count: {why_idle(ranking, one)}.")
    return tuple(said)


def why_idle(ranking: Ranking, criterion: Criterion) -> str:
    """Why a criterion has no score at all: the reason most problems share."""
    if criterion.entered:
        return "nobody scored it"
    words = [ranking.cells[problem.key, criterion.key].evidence.words for problem in ranking.problems]
    return max(words, key=words.count) if words else "no data"


def overlaps(ranking: Ranking) -> tuple[str, str] | None:
    """The first own problem that shares its incidents with a category that is ranked, too."""
    ranked = {problem.name for problem in ranking.problems if problem.key not in ranking.evidence.own}
    for problem in ranking.problems:
        if problem.key in ranking.evidence.own:
            for category in problem.categories:
                if category in ranked:
                    return problem.name, category
    return None
