"""In how many matches answers point to something. Never in which: a single answer is its author's alone.

Counted over what had been sent when a survey's figures were published, and shown only where five people gave such
answers and five gave others; so that no number tells about fewer, as with the figures themselves.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef

from participants.models import Pause
from programs.models import Role
from reports.health import Limits
from reports.health.rules import Around, is_frequent, is_unmoved
from reports.queries.base import MatchRow
from surveys.models import GROUP, Answer, Invitation, Publication, Question, Survey
from surveys.pseudonyms import keys_of, match_code, person_code

Person = TypeVar("Person", bound=Hashable)
TALK = "talk"
# The questions after a session that the rules about it are worded for, and those of the check of the relationship.
FIVE_POINTS = 5
OF_PULSE = ("low_pulse", "one_sided", "dominance")
OF_MIDPOINT = ("expertise", "dependency")


@dataclass(frozen=True)
class Names:
    """What the program's key makes of the people and the matches that are looked at."""

    matches: Mapping[str, int]
    roles: Mapping[tuple[int, str], str]
    people: Mapping[int, str]


def names_of(survey: Survey, matches: Mapping[int, MatchRow]) -> Names:
    """Empty where nobody has answered yet, or the key has been destroyed. Queries: one."""
    key = keys_of([survey.program_id]).get(survey.program_id)
    if key is None:
        return Names({}, {}, {})
    people = {each.user: person_code(key, each.user) for match in matches.values() for each in match.members}
    roles = {(match.pk, people[each.user]): each.role for match in matches.values() for each in match.members}
    return Names({match_code(key, pk): pk for pk in matches}, roles, people)


@dataclass(frozen=True)
class Said:
    """What one person answered about one session: the values of scored items, and who talked more.

    user  their pseudonym
    """

    user: str
    role: str
    match: int
    values: tuple[int, ...]
    talk: int | None

    @property
    def mean(self) -> float | None:
        return sum(self.values) / len(self.values) if self.values else None


@dataclass(frozen=True)
class Count:
    """Matches something was said about, out of those anything was said about; None where too few people said it."""

    matches: int | None
    out_of: int | None


def counts_of(
    publication: Publication, matches: Mapping[int, MatchRow], around: Mapping[int, Around], limits: Limits
) -> dict[str, Count]:
    """For each rule that rests on answers to this survey, in how many matches it holds. Queries: three at most."""
    survey, as_of = publication.survey, publication.as_of
    if survey.kind == Survey.Kind.PULSE:
        return _of_pulse(survey, as_of, names_of(survey, matches), limits)
    if survey.kind == Survey.Kind.MIDPOINT:
        return _of_midpoint(survey, as_of, matches, around, limits)
    return {}


def hide_few(authors: Mapping[int, set[Person]], heard: Mapping[int, set[Person]]) -> Count:
    """`authors`: by match, who said it; `heard`: by match, who said anything. Hidden unless five people are on each
    side.
    """
    said = set().union(*authors.values())
    others = set().union(*heard.values()) - said
    if len(said) < GROUP or len(others) < GROUP:
        return Count(None, None)
    return Count(sum(bool(people) for people in authors.values()), len(heard))


def _of_pulse(survey: Survey, as_of: dt.datetime, names: Names, limits: Limits) -> dict[str, Count]:
    by_match: dict[int, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for said in _after_sessions(survey, as_of, names):
        by_match[said.match][said.user].append(said)
    silent = {
        match: {names.people[user] for user in users if user in names.people}
        for match, users in _silent(survey, as_of, limits).items()
    }
    heard = {match: set(people) for match, people in by_match.items()}
    found = {
        "low_pulse": {match: low(people, limits) for match, people in by_match.items()},
        "dominance": {match: dominated(people, limits) for match, people in by_match.items()},
        "one_sided": {match: apart(people, limits) | silent.get(match, set()) for match, people in by_match.items()},
    }
    return {rule: hide_few(authors, heard) for rule, authors in found.items()}


def _after_sessions(survey: Survey, as_of: dt.datetime, names: Names) -> Iterator[Said]:
    """Every answered check-in of the matches looked at, each person's in the order in which they sent them."""
    rows = Answer.objects.filter(
        response__survey=survey,
        response__submitted_at__lte=as_of,
        question__kind=Question.Kind.SCALE,
        question__points=FIVE_POINTS,
        value__isnull=False,
    ).order_by("response__number", "response", "pk")
    columns = (
        "response__respondent__code",
        "response__about",
        "response",
        "question__slug",
        "question__scored",
        "value",
    )
    scored: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    talked: dict[tuple[str, str, int], int] = {}
    for person, about, response, slug, counts, value in rows.values_list(*columns):
        scored[person, about, response] += [value] if counts else []
        if slug == TALK:
            talked[person, about, response] = value
    for (person, about, response), values in scored.items():
        if about in names.matches:
            match = names.matches[about]
            role = names.roles.get((match, person), "")
            yield Said(person, role, match, tuple(values), talked.get((person, about, response)))


def low(people: Mapping[str, list[Said]], limits: Limits) -> set[str]:
    """Who gave one low answer last time, or was lukewarm two sessions running."""
    low = set()
    for user, said in people.items():
        means = [each.mean for each in said[-2:]]
        lukewarm = len(means) == 2 and all(mean is not None and mean <= limits["pulse_mean"] for mean in means)
        if lukewarm or any(value <= limits["pulse_item"] for value in said[-1].values):
            low.add(user)
    return low


def dominated(people: Mapping[str, list[Said]], limits: Limits) -> set[str]:
    """Which learners said that the other mostly talked (4 or 5 of 5)."""
    of, count = int(limits["talk_of"]), limits["talk_count"]
    return {
        user
        for user, said in people.items()
        if said[-1].role != Role.MENTOR and sum((each.talk or 0) > 3 for each in said[-of:]) >= count
    }


def apart(people: Mapping[str, list[Said]], limits: Limits) -> set[str]:
    """The two of a pair whose means over the last sessions lie far apart."""
    wanted = int(limits["gap_sessions"])
    means = {user: [each.mean for each in said if each.mean is not None][-wanted:] for user, said in people.items()}
    if len(means) != 2 or any(len(each) < wanted for each in means.values()):
        return set()
    one, other = (sum(each) / wanted for each in means.values())
    return set(means) if abs(one - other) >= limits["gap_points"] else set()


def _silent(survey: Survey, as_of: dt.datetime, limits: Limits) -> dict[int, set[int]]:
    """By match, who has left the last so many check-ins unanswered until they closed; those of a pause do not count."""
    wanted = int(limits["unanswered"])
    paused = Pause.objects.filter(
        user=OuterRef("user"), begins_at__lt=OuterRef("closes_at"), ends_at__gt=OuterRef("created_at")
    )
    rows = Invitation.objects.filter(survey=survey, closes_at__lte=as_of, session__isnull=False)
    rows = rows.exclude(Exists(paused), answered_at=None)
    answers: dict[tuple[int, int], list[bool]] = defaultdict(list)
    columns = ("session__match", "user", "answered_at")
    for match, user, at in rows.order_by("session__starts_at", "pk").values_list(*columns):
        answers[match, user].append(at is not None)
    found: dict[int, set[int]] = defaultdict(set)
    for (match, user), given in answers.items():
        if len(given) >= wanted and not any(given[-wanted:]):
            found[match].add(user)
    return found


def _of_midpoint(
    survey: Survey,
    as_of: dt.datetime,
    matches: Mapping[int, MatchRow],
    around: Mapping[int, Around],
    limits: Limits,
) -> dict[str, Count]:
    """What somebody said of the know-how, and all three signs of dependency together."""
    constructs = {"expertise": Question.Construct.EXPERTISE, "dependency": Question.Construct.DEPENDENCY}
    rows = Answer.objects.filter(
        response__survey=survey,
        response__submitted_at__lte=as_of,
        question__construct__in=constructs.values(),
        value__isnull=False,
    )
    heard: dict[str, dict[int, set[str]]] = {rule: defaultdict(set) for rule in constructs}
    authors: dict[str, dict[int, set[str]]] = {rule: defaultdict(set) for rule in constructs}
    names = names_of(survey, matches)
    columns = ("response__about", "response__respondent__code", "question__construct", "value")
    for about, user, construct, value in rows.order_by("pk").values_list(*columns):
        match = names.matches.get(about)
        if match is None or match not in around:
            continue
        rule = next(rule for rule, each in constructs.items() if each == construct)
        heard[rule][match].add(user)
        if value <= limits[f"{rule}_item"] and (rule == "expertise" or _leans(matches, around, match, as_of, limits)):
            authors[rule][match].add(user)
    return {rule: hide_few(authors[rule], heard[rule]) for rule in constructs}


def _leans(
    matches: Mapping[int, MatchRow], around: Mapping[int, Around], match: int, now: dt.datetime, limits: Limits
) -> bool:
    row, here = matches[match], around[match]
    return is_frequent(row, here, now, limits) and is_unmoved(row, here, now, limits)
