"""A track's people, answers and rules as the criteria and the engine want them: six queries, however many people."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from django.db.models import QuerySet

from matching.criteria import Condition, Field, Person, Rule, Scores, Words, score_peers, score_two_sided
from matching.models import Match, MatchingPlan, MatchRule, Seat
from programs.catalogue import registry
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, ProfileField, Role, Track

# Raised whenever the same people and rules may come out otherwise: an older proposal is then computed again.
ENGINE_VERSION = "1"
# These ended without anybody having said no to anybody, so the same people may be proposed again.
NO_OBSTACLE = (Match.EndReason.EXPIRED, Match.EndReason.REPLACED, Match.EndReason.WITHDRAWN)


@dataclass(frozen=True)
class Entrant:
    """One enrolment as matching sees it. `free` counts the places still open, `places` all of them."""

    person: Person
    enrolment_id: int
    role: str
    email: str
    name: str
    places: int
    free: int


@dataclass(frozen=True)
class Inputs:
    """All a run is computed from. In one-sided tracks takers and givers are the same people."""

    track: Track
    model: MentoringModel
    plan: MatchingPlan
    objective: str
    capacity: int
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    takers: tuple[Entrant, ...]
    givers: tuple[Entrant, ...]
    # Pairs of enrolments that are joined already, or were and said no: never proposed (again).
    barred: frozenset[frozenset[int]]

    @property
    def peers(self) -> bool:
        return self.model.shape == Shape.ONE_SIDED

    @property
    def two_way(self) -> str:
        """How a pair of peers is scored, see matching.criteria.score_peers."""
        return self.model.recipe.two_way

    @property
    def words(self) -> Words:
        return words_of(self.track)

    @cached_property
    def scores(self) -> Scores:
        """Takers × givers, with the pairs that are joined or said no taken out."""
        takers, givers = [e.person for e in self.takers], [e.person for e in self.givers]
        if self.peers:
            scores = score_peers(takers, self.fields, self.rules, self.two_way)
        else:
            scores = score_two_sided(takers, givers, self.fields, self.rules)
        allowed = scores.allowed.copy()
        for row, column in self._barred_cells():
            allowed[row, column] = False
        return Scores(scores.points, allowed)

    @cached_property
    def taker_row(self) -> dict[int, int]:
        return {entrant.enrolment_id: row for row, entrant in enumerate(self.takers)}

    @cached_property
    def giver_column(self) -> dict[int, int]:
        return {entrant.enrolment_id: column for column, entrant in enumerate(self.givers)}

    def score_of(self, taker_id: int, giver_id: int) -> int | None:
        """The points of these two enrolments; None where a rule forbids them or one of them is not in it any more."""
        row, column = self.taker_row.get(taker_id), self.giver_column.get(giver_id)
        if row is None or column is None or not self.scores.allowed[row, column]:
            return None
        return int(self.scores.points[row, column])

    def _barred_cells(self) -> Iterable[tuple[int, int]]:
        for pair in self.barred:
            for one, other in ((a, b) for a in pair for b in pair if a != b):
                if one in self.taker_row and other in self.giver_column:
                    yield self.taker_row[one], self.giver_column[other]

    @property
    def fingerprint(self) -> str:
        """A hash over people, answers, places, rules, aim and versions: where it is equal, a run would be equal."""
        people = {entrant.enrolment_id: entrant for entrant in (*self.takers, *self.givers)}
        data = {
            "people": [
                [e.enrolment_id, e.person.who, e.role, e.places, e.free, dict(e.person.answers)]
                for _, e in sorted(people.items())
            ],
            "barred": sorted(sorted(pair) for pair in self.barred),
            "fields": [[f.slug, f.kind, list(f.options), f.private] for f in self.fields],
            "rules": [{**rule, "key": ""} for rule in rules_as_data(self.rules)],
            "asked": [self.objective, self.capacity],
            "versions": [ENGINE_VERSION, self.model.slug, self.model.version],
        }
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def model_of(track: Track) -> MentoringModel:
    return registry.get(track.model)


def words_of(track: Track) -> Words:
    """What the two sides are called in sentences about this track."""
    called = model_of(track).words
    return Words(called.taker, called.giver)


def fields_of(track: Track) -> tuple[Field, ...]:
    """The program's profile fields; what is not shared with the person one is matched with is private."""
    return tuple(field_as_criterion(field) for field in ProfileField.objects.filter(program_id=track.program_id))


def field_as_criterion(field: ProfileField) -> Field:
    return Field(field.slug, field.label, field.kind, tuple(field.options), private=not field.shared)


def rules_of(plan: MatchingPlan) -> tuple[Rule, ...]:
    saved = plan.rules.select_related("taker_field", "giver_field", "condition_field")
    return tuple(rule_as_criterion(rule) for rule in saved)


def rule_as_criterion(rule: MatchRule) -> Rule:
    """A saved rule as matching.criteria understands it; its key is its number."""
    condition = None
    if rule.condition_field is not None:
        condition = Condition(rule.condition_side, rule.condition_field.slug, rule.condition_equals)
    return Rule(
        key=str(rule.pk),
        kind=rule.kind,
        label=rule.label,
        taker_field=rule.taker_field.slug,
        giver_field=rule.giver_field.slug,
        strength=rule.strength,
        points=rule.points,
        by_gap={int(gap): points for gap, points in rule.by_gap.items()},
        others_forbidden=rule.others_forbidden,
        params=rule.params,
        condition=condition,
    )


def rules_as_data(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The rules as plain data, for the record of a proposal."""
    return [
        {
            "key": rule.key,
            "kind": rule.kind,
            "label": rule.label,
            "taker_field": rule.taker_field,
            "giver_field": rule.giver_field,
            "strength": rule.strength,
            "points": rule.points,
            "by_gap": {str(gap): points for gap, points in sorted(rule.by_gap.items())},
            "others_forbidden": rule.others_forbidden,
            "params": dict(rule.params),
            "condition": [rule.condition.side, rule.condition.field, rule.condition.equals] if rule.condition else None,
        }
        for rule in rules
    ]


def inputs_of(track: Track, *, capacity: int | None = None, objective: str | None = None) -> Inputs:
    """What a run over the track would be computed from now; `capacity` stands in for the track's own.

    The track has to have a plan (services.ensure_plan).
    """
    plan, model = track.plan, model_of(track)
    default = capacity or track.capacity
    taken, barred = _standing(track)
    entrants = _entrants(track, default, taken)
    one_sided = model.shape == Shape.ONE_SIDED
    taker_roles, giver_roles = ({Role.PEER}, {Role.PEER}) if one_sided else ({Role.MENTEE}, {Role.MENTOR})
    return Inputs(
        track=track,
        model=model,
        plan=plan,
        objective=objective or plan.objective,
        capacity=default,
        fields=fields_of(track),
        rules=rules_of(plan),
        takers=tuple(e for e in entrants if e.role in taker_roles),
        givers=tuple(e for e in entrants if e.role in giver_roles),
        barred=barred,
    )


def _entrants(track: Track, default: int, taken: Mapping[int, int]) -> list[Entrant]:
    """Everybody taking part, in the order of their addresses, so that the order of an import decides nothing."""
    active = Enrolment.objects.filter(track=track, state=Enrolment.State.ACTIVE, user__is_active=True)
    found = active.select_related("user").order_by("user__email", "role")
    return [_entrant(enrolment, default, taken.get(enrolment.pk, 0)) for enrolment in found]


def _entrant(enrolment: Enrolment, default: int, taken: int) -> Entrant:
    user = enrolment.user
    places = places_of(enrolment, default)
    person = Person(id=enrolment.pk, answers=enrolment.answers, who=user.pk, name=user.short_name)
    return Entrant(person, enrolment.pk, enrolment.role, user.email, user.name, places, max(0, places - taken))


def places_of(enrolment: Enrolment, default: int) -> int:
    """How many matches at once: as agreed with the person, else as the track says; everybody but a mentor has one."""
    if enrolment.role != Role.MENTOR:
        return 1
    return default if enrolment.capacity is None else enrolment.capacity


def open_offers(track: Track) -> QuerySet[Match]:
    """Offers nobody has said yes to: a later proposal takes their place."""
    return Match.objects.filter(track=track, state=Match.State.OFFERED).exclude(seats__answer=Seat.Answer.ACCEPTED)


def _standing(track: Track) -> tuple[Counter[int], frozenset[frozenset[int]]]:
    """What earlier proposals leave behind: places taken, by enrolment, and pairs that are not proposed (again).

    Offers nobody has said yes to count for nothing: a later proposal takes their place.
    """
    over = Seat.objects.filter(match__track=track).exclude(match__state=Match.State.DRAFT).order_by("pk")
    seats: dict[int, list[tuple[int, bool, str]]] = {}
    matches: dict[int, tuple[str, str]] = {}
    columns = ("match_id", "match__state", "match__end_reason", "enrolment_id", "live", "answer")
    for match_id, state, end_reason, enrolment_id, live, answer in over.values_list(*columns):
        seats.setdefault(match_id, []).append((enrolment_id, live, answer))
        matches[match_id] = (state, end_reason)
    taken: Counter[int] = Counter()
    barred: set[frozenset[int]] = set()
    for match_id, (state, end_reason) in matches.items():
        around = seats[match_id]
        if state == Match.State.OFFERED and all(answer != Seat.Answer.ACCEPTED for _, _, answer in around):
            continue
        taken.update(enrolment_id for enrolment_id, live, _ in around if live)
        if end_reason not in NO_OBSTACLE:
            barred.update(frozenset(pair) for pair in combinations([enrolment_id for enrolment_id, _, _ in around], 2))
    return taken, frozenset(barred)
