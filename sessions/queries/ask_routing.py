"""Who could help with an ask, as sessions.routing wants them: a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from matching.criteria import Field, Rule, score_two_sided
from matching.criteria.answers import Levels, items, read, same_key
from matching.models import Match, MatchRule, Seat
from matching.queries.inputs import Entrant, Inputs, inputs_of, model_of
from participants.models import User
from programs.catalogue.base import Network
from programs.catalogue.fields import STANDARD_FIELDS
from programs.models import Enrolment, ProfileField, Track
from sessions.models import Ask, AskRoute, AskTerms
from sessions.routing import Helper, Need, Routing, route

WEEK, LATELY = timedelta(days=7), timedelta(days=28)
# Rules about what somebody knows: an ask names its own skill instead.
_ABOUT_SKILLS = ("covered", "overlap")
# Where no levels are asked, nobody is left out for theirs.
_ANY_LEVEL = 10


def network_of(track: Track) -> Network:
    """How asks go in a track. Raises ValueError for a track in which nobody asks a network."""
    network = model_of(track).network
    if network is None:
        raise ValueError(f"{track} has no networks")
    return network


def cap_of(track: Track) -> int:
    """How many asks a helper of the track gets in any seven days."""
    terms = AskTerms.objects.filter(track=track).first()
    return terms.weekly_cap if terms else network_of(track).weekly_cap


def skills_field(track: Track) -> ProfileField | None:
    """The question in which helpers say what they offer; None where the program has none with a list."""
    rules = MatchRule.objects.filter(plan__track=track, kind="covered").select_related("giver_field")
    rule = rules.first()
    usual = STANDARD_FIELDS["skills_offered"].slug
    field = rule.giver_field if rule else ProfileField.objects.filter(program=track.program_id, slug=usual).first()
    return field if field and field.options and field.kind in ("skills", "multi", "choice") else None


@dataclass(frozen=True)
class Wanted:
    """What an ask looks for, before or after it is written down."""

    asker: Enrolment
    skill: str
    level: int
    asked: frozenset[int] = frozenset()


def wanted_by(ask: Ask) -> Wanted:
    """The same of an ask that is on: whoever has got it is not asked again."""
    users = AskRoute.objects.filter(ask=ask).values_list("helper__user", flat=True)
    return Wanted(ask.asker, ask.skill, ask.level, frozenset(users))


def routing_for(wanted: Wanted, now: datetime) -> Routing:
    """Everybody who helps in the track, in the order in which they would be asked. The track has to have a plan."""
    track = wanted.asker.track
    level = wanted.level if wanted.skill else 0
    need = Need(wanted.asker.user_id, level, cap_of(track), wanted.asked)
    return route(_helpers(inputs_of(track, now=now), wanted, now), need)


def _helpers(inputs: Inputs, wanted: Wanted, now: datetime) -> list[Helper]:
    me = wanted.asker.pk
    own, went, resting = _own_network(wanted.asker), _went_to(inputs.track, now), _resting(inputs, now)
    field = _field(inputs)
    allowed = _allowed(inputs, me, field)
    return [
        Helper(
            enrolment_id=each.enrolment_id,
            user_id=each.user_id,
            level=_offered(each, field, wanted.skill) if field else 0,
            own=each.enrolment_id in own,
            apart=frozenset({me, each.enrolment_id}) in inputs.apart,
            allowed=allowed[each.enrolment_id]
            and (each.enrolment_id in own or frozenset({me, each.enrolment_id}) not in inputs.barred),
            here=each.places > 0 and each.user_id not in resting,
            lately=len(went[each.user_id]),
            this_week=sum(at > now - WEEK for at in went[each.user_id]),
            last_at=max(went[each.user_id], default=None),
        )
        for each in inputs.givers
    ]


def _own_network(asker: Enrolment) -> set[int]:
    """The enrolments of those who sit in a match with this person that is on."""
    there = Seat.objects.filter(match__state=Match.State.ACTIVE, left_at=None, answer=Seat.Answer.ACCEPTED)
    mine = there.filter(enrolment=asker).values("match")
    return set(there.filter(match__in=mine).exclude(enrolment=asker).values_list("enrolment", flat=True))


def _went_to(track: Track, now: datetime) -> dict[int, list[datetime]]:
    went: dict[int, list[datetime]] = defaultdict(list)
    lately = AskRoute.objects.filter(helper__track=track, routed_at__gt=now - LATELY)
    for user, at in lately.values_list("helper__user", "routed_at"):
        went[user].append(at)
    return went


def _resting(inputs: Inputs, now: datetime) -> set[int]:
    pausing: QuerySet[User] = User.objects.filter(enrolments__track=inputs.track, paused_until__gt=now)
    return set(pausing.values_list("pk", flat=True))


def _allowed(inputs: Inputs, asker: int, field: Field | None) -> Mapping[int, bool]:
    """Whom the rules that forbid, such as a language in common, leave for this person."""
    row = inputs.taker_row.get(asker)
    if row is None or not inputs.givers:
        return dict.fromkeys((each.enrolment_id for each in inputs.givers), False)
    people = [each.person for each in inputs.givers]
    found = score_two_sided([inputs.takers[row].person], people, inputs.fields, _forbidding(inputs, field)).allowed[0]
    return {each.enrolment_id: bool(found[column]) for column, each in enumerate(inputs.givers)}


def _forbidding(inputs: Inputs, field: Field | None) -> list[Rule]:
    skills = field.slug if field else ""
    return [
        rule
        for rule in inputs.rules
        if rule.forbids and not (rule.kind in _ABOUT_SKILLS and rule.giver_field == skills)
    ]


def _field(inputs: Inputs) -> Field | None:
    found = skills_field(inputs.track)
    return next((each for each in inputs.fields if found and each.slug == found.slug), None)


def _offered(helper: Entrant, field: Field, skill: str) -> int:
    """At what level somebody offers a skill, 0 for not at all; in a plain list whoever names it counts as any level."""
    answer = read(field, helper.person.answers.get(field.slug))
    if answer is None or not skill:
        return 0
    if isinstance(answer, Levels):
        return next((rank for name, rank in answer.given if same_key(name) == same_key(skill)), 0)
    return _ANY_LEVEL if same_key(skill) in {same_key(each) for each in items(answer)} else 0
