"""Reads about concerns and cases. No other app joins these tables, and no figure is counted from them but one."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from matching.models import Match, Seat
from participants.models import AuditEntry, RoleGrant, User
from programs.models import Coordinator
from safeguarding.models import Case, CaseNote, Opening, Wording
from safeguarding.permissions import HOUR, is_lead, may_manage, may_read
from sessions.models import Goal, Note, Session

EMERGENCY = (
    "If somebody is in danger now, call the emergency number of the country you are in first, for example 112 or 911. "
    "What you write here is read by people, who do not look at it at every hour."
)
_ROLE = RoleGrant.Role


def leads(*, but: Iterable[int] = ()) -> list[User]:
    """The organisation's safeguarding leads, without those of these numbers."""
    return _holders(_ROLE.SAFEGUARDING_LEAD, but)


def admins(*, but: Iterable[int] = ()) -> list[User]:
    return _holders(_ROLE.ADMIN, but)


def _holders(role: str, but: Iterable[int]) -> list[User]:
    held = User.objects.filter(is_active=True, role_grants__role=role).exclude(pk__in=list(but))
    return list(held.order_by("first_name", "pk"))


def somebody_leads() -> bool:
    """Whether anybody is named as a safeguarding lead."""
    return RoleGrant.objects.filter(role=_ROLE.SAFEGUARDING_LEAD, user__is_active=True).exists()


def emergency_words() -> str:
    """What to do when somebody is in danger, in the organisation's own words if there are any."""
    own = Wording.objects.values_list("emergency", flat=True).first()
    return own or EMERGENCY


def seats_in(match_id: int) -> QuerySet[Seat]:
    """Everybody who is or was in a match, also those who have left it."""
    taken = Seat.objects.filter(match=match_id, answer=Seat.Answer.ACCEPTED)
    return taken.select_related("enrolment__user").order_by("pk")


def matches_of(user: User) -> list[Match]:
    """The matches somebody is or was in, the newest first, each with its seats. Queries: two."""
    mine = Seat.objects.filter(enrolment__user=user, answer=Seat.Answer.ACCEPTED).values("match")
    around = Prefetch("seats", Seat.objects.filter(answer=Seat.Answer.ACCEPTED).select_related("enrolment__user"))
    began = Match.objects.filter(pk__in=mine, activated_at__isnull=False).select_related("track__program")
    return list(began.prefetch_related(around).order_by("-activated_at", "-pk"))


def called(match: Match, user: User) -> str:
    """“Bob Example, Spring program”: what a match is to one of its people."""
    names = [seat.enrolment.user.name for seat in match.seats.all() if seat.enrolment.user_id != user.pk]
    others = f"{len(names) - 3} others" if len(names) > 4 else ""
    return ", ".join([*(names[:3] if others else names), *([others] if others else []), match.track.program.name])


def reported_by(user: User) -> list[Case]:
    """The last concerns somebody has reported: of these they may see the number, the day and whether it is open."""
    return list(Case.objects.filter(reporter=user).only("number", "receipt", "state", "reported_at")[:20])


def receipt_of(user: User | None, receipt: str) -> Case | None:
    """A receipt: to whoever reported it signed in, or, where nobody was, to whoever has its address."""
    try:
        number = uuid.UUID(receipt)
    except ValueError:
        return None
    found = Case.objects.only("number", "state", "reported_at", "reporter_id").filter(receipt=number).first()
    return found if found and found.reporter_id in (None, user.pk if user else None) else None


def cases_for(user: User) -> QuerySet[Case] | None:
    """What somebody may read, without its text; None for people for whom there is no such page."""
    rows = Case.objects.defer("text", "contact", "concerned").select_related("lead", "match__track__program")
    rows = rows.order_by("-state", "-reported_at", "-pk")
    if is_lead(user):
        return rows.exclude(people=user)
    own = rows.filter(lead=user, match__track__program__coordinators__user=user)
    return own if user.is_active and own.exists() else None


def case_of(user: User, number: str) -> Case | None:
    """One case, if this person may read it."""
    rows = Case.objects.select_related("lead", "reporter", "match__track__program").prefetch_related("people")
    found = rows.filter(number=number).first()
    return found if found and may_read(user, found) else None


@dataclass(frozen=True)
class CaseWords:
    """What a case says: what was reported, how to reach who did, the names of then, and the notes on it."""

    text: str
    contact: str
    concerned: str
    notes: list[CaseNote]


def words_of(case: Case) -> CaseWords:
    """Called by the service that writes down that it was read. Queries: one."""
    notes = list(case.notes.select_related("author").order_by("at", "pk"))
    return CaseWords(case.text, case.contact, case.concerned, notes)


def managed_case(user: User, number: str) -> Case | None:
    """One case, if this person may decide about it."""
    found = Case.objects.select_related("lead", "match__track__program").filter(number=number).first()
    return found if found and may_manage(user, found) else None


def may_take(case: Case) -> list[User]:
    """To whom it can be assigned: leads and, if it is about a match, its program's coordinators; nobody in it."""
    involved = [each.pk for each in case.people.all()]
    found = leads(but=involved)
    if case.match:
        running = Coordinator.objects.filter(program=case.match.track.program_id, user__is_active=True)
        known = {*involved, *(lead.pk for lead in found)}
        found += [each.user for each in running.select_related("user").exclude(user__in=known).order_by("pk")]
    return found


def done_with(case: Case) -> list[AuditEntry]:
    """Who did what with a case, as the record has it, the oldest first."""
    entries = AuditEntry.objects.filter(subject_type=Case._meta.label_lower, subject_id=case.pk)
    return list(entries.select_related("by").order_by("pk"))


def match_with(addresses: Sequence[str]) -> Match | None:
    """The newest match that has all the people of these addresses in it."""
    found = Match.objects.filter(activated_at__isnull=False)
    for address in addresses:
        theirs = Seat.objects.filter(answer=Seat.Answer.ACCEPTED, enrolment__user__email=address.strip().lower())
        found = found.filter(pk__in=theirs.values("match"))
    return found.order_by("-activated_at", "-pk").first()


def opened_in(year: int) -> int:
    """How often notes were opened in a year, by its days in UTC: the one figure everybody may see."""
    return Opening.objects.filter(opened_at__year=year).count()


def running(by: User, pk: int, now: dt.datetime) -> Opening | None:
    """An opening of this person's that is still on, for as long as they may decide about its case."""
    rows = Opening.objects.select_related("case", "match__track__program", "by")
    found = rows.filter(pk=pk, by=by, ended_at=None, opened_at__lte=now, opened_at__gt=now - HOUR).first()
    return found if found and found.case.state == Case.State.OPEN and may_manage(by, found.case) else None


@dataclass(frozen=True)
class Page:
    """One session with the notes that may be read."""

    session: Session
    notes: list[Note]


@dataclass(frozen=True)
class Reading:
    """What an opening shows: people, goals, and session by session what was noted."""

    people: list[User]
    goals: list[Goal]
    pages: list[Page]

    @property
    def notes(self) -> int:
        return sum(len(page.notes) for page in self.pages)


def all_of(opening: Opening) -> Reading:
    """Everything an opening is for. Queries: four. Called by the service that writes down that it was read."""
    wanted = Q() if opening.with_private else Q(visibility=Note.Visibility.SHARED)
    notes = Note.objects.filter(wanted).select_related("author").order_by("created_at", "pk")
    meetings = Session.objects.filter(match=opening.match_id).prefetch_related(Prefetch("notes", notes))
    pages = [Page(each, list(each.notes.all())) for each in meetings]
    goals = list(Goal.objects.filter(match=opening.match_id).select_related("owner").order_by("pk"))
    return Reading(list(opening.people.order_by("pk")), goals, pages)
