"""A track's people, answers and rules as the criteria and the engine want them: a fixed number of queries, and one more
for each 10,000 people."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q

from matching.criteria import Condition, Field, Person, Rule, Scores, Words, score_peers, score_two_sided
from matching.models import MatchingPlan, MatchRule, Proposal, Seat
from matching.queries import wished
from matching.queries.board_steps import reason_of
from matching.queries.standing import Held, OpenOffer, default_places, open_offers, places_of, standing_of
from programs.catalogue import registry
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Coordinator, Enrolment, ProfileField, Role, Track
from programs.queries import lines_among, with_managers
from programs.queries.wishing import exclusions_of, wish_lists

__all__ = ["ENGINE_VERSION", "Entrant", "Inputs", "inputs_for", "inputs_of", "model_of", "open_offers", "places_of"]

# Raised whenever the same people and rules may come out otherwise: an older proposal is then computed again.
ENGINE_VERSION = "2"
# Why two people are kept apart whatever the rules say.
REPORTING_LINE, EXCLUDED = "reporting_line", "excluded"
# What each rule gives to a match, as it is stored.
Shares = Sequence[Mapping[str, Any]]


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
    zone: str = "UTC"
    # Whether they coordinate the program, and so read the pages of matching, also those about themselves.
    reads: bool = False

    @property
    def user_id(self) -> int:
        """The human behind it: two roles of one human share it."""
        return self.person.who or 0


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
    # Pairs of enrolments that are kept apart whatever the rules say, and why.
    apart: Mapping[frozenset[int], str] = field(default_factory=dict)
    # Pairs a coordinator has put together against a rule, with a reason, and locked: the rules do not part them.
    made: frozenset[frozenset[int]] = frozenset()
    # One-off sessions: the moment from which times are offered, and those that are agreed on already.
    now: dt.datetime | None = None
    held: tuple[Held, ...] = ()
    # Offers of the track that nobody has said yes to.
    offers: tuple[OpenOffer, ...] = ()
    # When each locked one-off session is, by asker and expert: it keeps its time as well as its people.
    kept_at: Mapping[tuple[int, ...], dt.datetime] = field(default_factory=dict)
    # Looked at while somebody waits: matches only, without proofs, reasons and what other aims would give.
    tried: bool = False

    @property
    def peers(self) -> bool:
        """Whether everybody is on the same side."""
        return only_peers(self.model)

    @cached_property
    def read_by_members(self) -> bool:
        """Whether somebody who takes part reads its pages: what keeps people apart then has one name for everything."""
        return any(entrant.reads for entrant in (*self.takers, *self.givers))

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
        for row, column in self._cells(self.made):
            allowed[row, column] = True
        for row, column in self._cells((*self.barred, *self.apart)):
            allowed[row, column] = False
        return Scores(scores.points, allowed)

    @cached_property
    def taker_row(self) -> dict[int, int]:
        return {entrant.enrolment_id: row for row, entrant in enumerate(self.takers)}

    @cached_property
    def giver_column(self) -> dict[int, int]:
        return {entrant.enrolment_id: column for column, entrant in enumerate(self.givers)}

    def _cells(self, pairs: Iterable[frozenset[int]]) -> Iterable[tuple[int, int]]:
        for pair in pairs:
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
            "apart": sorted(sorted(pair) for pair in self.apart),
            "times": self._times(),
            "fields": [[f.slug, f.kind, list(f.options), f.private] for f in self.fields],
            "rules": [{**rule, "key": ""} for rule in rules_as_data(self.rules)],
            "asked": [self.objective, self.capacity],
            "versions": [ENGINE_VERSION, self.model.slug, self.model.version],
            **({"repeats": True} if self.plan.allow_repeats else {}),
            **({"made": sorted(sorted(pair) for pair in self.made)} if self.made else {}),
        }
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    def _times(self) -> list[Any]:
        """Where sessions are booked, what time it was, whose clocks say what, and what is booked already."""
        if self.model.shape != Shape.SLOTS or self.now is None:
            return []
        zones = sorted((entrant.enrolment_id, entrant.zone) for entrant in (*self.takers, *self.givers))
        held = sorted((each.asker, each.helper, each.start.timestamp(), each.minutes) for each in self.held)
        return [self.now.timestamp(), self.track.session_minutes, self.track.program.timezone, zones, held]


def model_of(track: Track) -> MentoringModel:
    return registry.get(track.model)


def only_peers(model: MentoringModel) -> bool:
    """Whether everybody in a track of this model is on the same side."""
    return model.roles == (Role.PEER,)


def words_of(track: Track) -> Words:
    """What the two sides are called in sentences about this track."""
    called = model_of(track).words
    return Words(called.taker, called.giver)


def fields_of(track: Track, asked: Sequence[ProfileField] | None = None) -> tuple[Field, ...]:
    """The program's profile fields; what is not shared with the person one is matched with is private."""
    found = ProfileField.objects.filter(program_id=track.program_id) if asked is None else asked
    return tuple(field_as_criterion(field) for field in found)


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


def inputs_for(
    proposal: Proposal, asked: Sequence[ProfileField] | None = None, made: Iterable[frozenset[int]] | None = None
) -> Inputs:
    """What a proposal would be computed from now, as it was asked for, with the exceptions locked in the one before;
    `made` are those, where they are read already."""
    inputs = inputs_of(
        proposal.track, capacity=proposal.capacity, objective=proposal.objective, now=proposal.created_at, asked=asked
    )
    return replace(inputs, made=frozenset(exceptions_of(proposal.based_on_id) if made is None else made))


def exceptions_of(proposal_id: int | None) -> dict[frozenset[int], str]:
    """The people of each locked match that a coordinator made against the rules, and the reason for it. One query."""
    if proposal_id is None:
        return {}
    seats = Seat.objects.filter(match__proposal=proposal_id, match__locked=True)
    return exceptions_among(seats.values_list("match", "enrolment", "match__shares"))


def exceptions_among(locked: Iterable[tuple[int, int, Shares]]) -> dict[frozenset[int], str]:
    """As exceptions_of, from match, person and shares of each seat in a locked match."""
    people: dict[int, set[int]] = {}
    reasons: dict[int, str] = {}
    for match, person, shares in locked:
        people.setdefault(match, set()).add(person)
        reasons[match] = reason_of(shares)
    return {frozenset(people[match]): reason for match, reason in reasons.items() if reason}


def with_the_one_before(proposal: Proposal) -> Q:
    """The seats of a proposal and, where it is based on another, those of its locked matches: they tell exceptions."""
    own = Q(match__proposal=proposal)
    return own | Q(match__proposal=proposal.based_on_id, match__locked=True) if proposal.based_on_id else own


def inputs_of(
    track: Track,
    *,
    capacity: int | None = None,
    objective: str | None = None,
    now: dt.datetime | None = None,
    asked: Sequence[ProfileField] | None = None,
) -> Inputs:
    """What a run over the track would be computed from; `capacity` stands in for the track's own.

    One-off sessions are offered from `now` on. The track has to have a plan (services.ensure_plan). `asked` are the
    program's profile fields, where they are read already.
    """
    plan, model = track.plan, model_of(track)
    everybody = _present(track)
    standing = standing_of(track, model, everybody, repeats=plan.allow_repeats)
    present = [each for each in everybody if each.pk not in standing.resting]
    default = default_places(track, model, capacity)
    entrants = [_entrant(each, places_of(each, model, default), standing.taken.get(each.pk, 0)) for each in present]
    takers, givers = _sides(model)
    written = [each.wishes for each in present if hasattr(each, "wishes")]
    wishes, called = wish_lists(written, {each.pk for each in present}), words_of(track)
    people = wished.with_wishes([entrant.person for entrant in entrants], wishes)
    entrants = [replace(entrant, person=person) for entrant, person in zip(entrants, people, strict=True)]
    wish_rules = wished.rules_for(wishes, peers=only_peers(model), taker=called.taker, giver=called.giver)
    return Inputs(
        track=track,
        model=model,
        plan=plan,
        objective=objective or plan.objective,
        capacity=capacity or track.capacity,
        fields=(*fields_of(track, asked), *(wished.FIELDS if wishes else ())),
        rules=(*rules_of(plan), *wish_rules),
        takers=tuple(e for e in entrants if e.role in takers),
        givers=tuple(e for e in entrants if e.role in givers),
        barred=frozenset(standing.barred),
        apart=_kept_apart(track, entrants, present),
        now=now,
        held=tuple(standing.held),
        offers=tuple(standing.offers),
    )


def _sides(model: MentoringModel) -> tuple[set[str], set[str]]:
    """The roles on either side. In a network, peers help as mentors do."""
    if only_peers(model):
        return {Role.PEER}, {Role.PEER}
    return {Role.MENTEE}, {Role.MENTOR, Role.PEER} if Role.PEER in model.roles else {Role.MENTOR}


def _kept_apart(track: Track, entrants: Sequence[Entrant], people: Iterable[Enrolment]) -> dict[frozenset[int], str]:
    """What holds in every model, whatever its rules: nobody meets their manager, their manager's manager, or somebody
    they are never to be matched with."""
    seats: dict[int, list[int]] = {}
    for entrant in entrants:
        seats.setdefault(entrant.user_id, []).append(entrant.enrolment_id)
    above = [(each.user_id, getattr(each, "manager", None), getattr(each, "next_manager", None)) for each in people]
    lines = lines_among(seats, above)
    pairs = ((one, other) for line in lines for a, b in [sorted(line)] for one in seats[a] for other in seats[b])
    apart = {frozenset(pair): REPORTING_LINE for pair in pairs}
    present = [(entrant.enrolment_id, entrant.user_id, entrant.email) for entrant in entrants]
    return apart | dict.fromkeys(exclusions_of(track, present), EXCLUDED)


def apart_among(track: Track, enrolments: Iterable[int]) -> dict[frozenset[int], str]:
    """Which of these people of a track are kept apart whatever its rules say, and why; also of those at rest."""
    found = Enrolment.objects.filter(track=track, pk__in=list(enrolments)).select_related("user", "wishes")
    coordinates = Coordinator.objects.filter(program=track.program_id, user=OuterRef("user"))
    people = list(with_managers(found.annotate(reads=Exists(coordinates))))
    return _kept_apart(track, [_entrant(each, 0, 0) for each in people], people)


def _present(track: Track) -> list[Enrolment]:
    """Everybody taking part, in the order of their addresses, so that the order of an import decides nothing; with
    their wishes, their managers, and whether they coordinate the program.

    Whose match has ended is in it again once they have asked for somebody else.
    """
    active = Enrolment.objects.filter(track=track, state=Enrolment.State.ACTIVE, user__is_active=True)
    coordinates = Coordinator.objects.filter(program=track.program_id, user=OuterRef("user"))
    found = active.select_related("user", "wishes").annotate(reads=Exists(coordinates))
    return list(with_managers(found).order_by("user__email", "role"))


def _entrant(enrolment: Enrolment, places: int, taken: int) -> Entrant:
    user = enrolment.user
    person = Person(id=enrolment.pk, answers=enrolment.answers, who=user.pk, name=user.short_name)
    return Entrant(
        person=person,
        enrolment_id=enrolment.pk,
        role=enrolment.role,
        email=user.email,
        name=user.name,
        places=places,
        # Who pauses keeps the matches they have and is proposed for none.
        free=0 if user.paused_until else max(0, places - taken),
        zone=user.timezone,
        reads=bool(getattr(enrolment, "reads", False)),
    )
