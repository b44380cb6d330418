"""A small track of groups, networks or sessions whose best matches are found by hand."""

from dataclasses import dataclass, field
from typing import Any

from matching import services
from matching.models import Match, Proposal
from matching.queries.choices import Choice, PlacePage, place_page
from matching.queries.seating import Sit
from programs.models import Enrolment, Track
from tests.factories.crowds import make_crowd
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory

TUESDAYS = {"zone": "UTC", "times": ["Tue 09:00-10:00"]}
FRIDAYS = {"zone": "UTC", "times": ["Fri 09:00-10:00"]}
ALWAYS = {"zone": "UTC", "times": ["Tue 09:00-12:00", "Fri 09:00-12:00"]}

SAME_AREA = services.RuleSpec(
    kind="equal", label="Same area", taker_field="area", giver_field="area", strength="points", points=10
)
LANGUAGE = services.RuleSpec(
    kind="equal", label="Same language", taker_field="tongue", giver_field="tongue", strength="must"
)


@dataclass
class Village:
    """A track in which two people of one area are worth 10 points, and only those of one language may meet."""

    track: Track
    people: dict[str, Enrolment] = field(default_factory=dict)

    def join(self, names: str, role: str, area: str, language: str = "English", **more: object) -> None:
        for name in names.split():
            user = UserFactory.create(email=f"{name.lower()}@example.org", first_name=name, last_name="Hill")
            answers = {"area": area, "tongue": language, **more}
            self.people[name] = EnrolmentFactory.create(track=self.track, user=user, role=role, answers=answers)

    def propose(self, **options: object) -> Proposal:
        queued = services.start_proposal(track=self.track, by=None, now=NOW, **options)  # type: ignore[arg-type]
        done = services.run_proposal(queued.pk, clock=lambda: NOW)
        assert done is not None
        assert done.state == "draft", done.error
        return done

    def id(self, name: str) -> int:
        return self.people[name].pk

    def of(self, proposal: Proposal, name: str) -> Match:
        return Match.objects.get(proposal=proposal, seats__enrolment=self.people[name])

    def names(self, match: Match) -> str:
        known = {enrolment.pk: name for name, enrolment in self.people.items()}
        return " ".join(sorted(known[pk] for pk in match.seats.values_list("enrolment_id", flat=True)))

    def page(self, proposal: Proposal, name: str, **more: object) -> PlacePage:
        page = place_page(proposal, self.id(name), now=NOW, **more)  # type: ignore[arg-type]
        assert page is not None
        return page

    def choice(self, proposal: Proposal, name: str, title: str) -> Choice:
        choices = [choice for section in self.page(proposal, name).sections for choice in section.choices]
        return next(choice for choice in choices if choice.title.startswith(title))

    def sit(self, name: str, leaves: Match | None, joins: Match | None) -> Sit:
        return Sit(self.id(name), leaves.pk if leaves else 0, joins.pk if joins else 0)


def make_village(model: str, **track: Any) -> Village:
    crowd = make_crowd(model, {}, **track)
    plan = crowd.track.plan
    for rule in plan.rules.all():
        services.remove_rule(rule=rule, by=None, now=NOW)
    known = set(crowd.track.program.fields.values_list("slug", flat=True))
    for slug in {"area", "tongue"} - known:
        FieldFactory.create(program=crowd.track.program, slug=slug, label=slug.title(), shared=True)
    for spec in (SAME_AREA, LANGUAGE):
        services.add_rule(plan=plan, spec=spec, by=None, now=NOW)
    return Village(crowd.track)


def parts(match: Match, village: Village) -> dict[str, str]:
    known = {enrolment.pk: name for name, enrolment in village.people.items()}
    return {known[seat.enrolment_id]: seat.part for seat in match.seats.all() if seat.part}
