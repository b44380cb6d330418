"""Realistic groups for any mentoring model: levels, departments, reporting lines, languages, times, skills."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from matching import services
from matching.models import Proposal
from programs.catalogue import registry
from programs.catalogue.base import StandardField
from programs.catalogue.fields import STANDARD_FIELDS
from programs.models import Enrolment, LineManager, Program, Role, Track
from programs.services import add_track
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, ProgramFactory

DEPARTMENTS = ("Engineering", "Product", "Data", "Design", "Sales", "Support")
LEVELS = {Role.MENTOR: (3, 5), Role.MENTEE: (0, 2), Role.PEER: (0, 3)}
MOST_CHOSEN = {"goal": 3, "skills_wanted": 3, "skills_offered": 4, "time": 6, "problem": 2}
ZONES = ("Europe/Berlin", "Europe/London", "Europe/Lisbon")


@dataclass
class Crowd:
    """A track with people; `people` by role in the order in which they were invented."""

    track: Track
    people: dict[str, list[Enrolment]] = field(default_factory=dict)

    def propose(self, **options: Any) -> Proposal:
        queued = services.start_proposal(track=self.track, by=None, now=NOW, **options)
        done = services.run_proposal(queued.pk, clock=lambda: NOW)
        assert done is not None
        return done

    def join(self, role: str, answers: Mapping[str, object], name: str = "", **more: object) -> Enrolment:
        number = Enrolment.objects.count() + 1
        user = UserFactory.create(
            email=f"{(name or 'p').lower()}{number}@example.org",
            first_name=name or f"P{number}",
            last_name="Crowd",
            timezone=ZONES[number % len(ZONES)],
        )
        joined = EnrolmentFactory.create(track=self.track, user=user, role=role, answers=dict(answers), **more)
        self.people.setdefault(role, []).append(joined)
        return joined


def make_crowd(
    model: str,
    counts: Mapping[str, int],
    *,
    seed: int = 1,
    lines: bool = True,
    same: Mapping[str, object] | None = None,
    **track: object,
) -> Crowd:
    """So many people of each role, with answers to everything the model asks; the same seed gives the same people.

    `same` has answers that everybody gives alike, `lines` says whether some report to others.
    """
    rng = Random(seed)
    program: Program = ProgramFactory.create(slug=model.replace("_", "-"), name=f"{model} program", contact_name="Dana")
    made = add_track(program=program, model=model, by=None, now=NOW)
    Track.objects.filter(pk=made.pk).update(**track)
    made.refresh_from_db()
    asked = [STANDARD_FIELDS[purpose] for purpose in registry.get(model).recipe.purposes]
    for each in asked:
        FieldFactory.create(
            program=program, slug=each.slug, label=each.label, kind=each.kind, options=list(each.options), shared=True,
            asked_of=list(each.asked_of),
        )  # fmt: skip
    services.ensure_plan(track=made, now=NOW)
    crowd = Crowd(made)
    for role, count in counts.items():
        for _ in range(count):
            crowd.join(role, {e.slug: answer_to(e, role, rng) for e in asked if role in e.asked_of} | dict(same or {}))
    if lines:
        report_to_one_another(crowd, rng)
    return crowd


def answer_to(asked: StandardField, role: str, rng: Random) -> object:
    """An answer as the form would store it."""
    if asked.purpose == "level":
        low, high = LEVELS[Role(role)]
        return asked.options[rng.randint(low, high)]
    if asked.purpose == "language":
        return ["English", *rng.sample(asked.options[1:], rng.randint(0, 1))]
    if asked.kind == "week":
        days = rng.sample(("Mon", "Tue", "Wed", "Thu", "Fri"), 3)
        return {
            "zone": rng.choice(ZONES),
            "times": [f"{day} {rng.choice(('09:00-12:00', '13:00-17:00'))}" for day in days],
        }
    if asked.kind in ("multi", "skills"):
        most = MOST_CHOSEN.get(asked.purpose, 2)
        chosen = rng.sample(asked.options, rng.randint(max(1, most - 1), most))
        return {each: rng.randint(1, 4) for each in chosen} if asked.kind == "skills" else chosen
    if asked.kind == "number":
        return rng.randint(1, 20)
    return rng.choice(DEPARTMENTS[:2] if asked.purpose == "path" else DEPARTMENTS)


def report_to_one_another(crowd: Crowd, rng: Random) -> None:
    """Every third person has a manager among the others."""
    everybody = [each for people in crowd.people.values() for each in people]
    for each in everybody[::3]:
        boss = rng.choice([other for other in everybody if other.user_id != each.user_id])
        LineManager.objects.create(user=each.user, email=boss.user.email)
