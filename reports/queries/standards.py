"""How a program stands by what good programs do: read from its data where that says, and said plainly where not.

The standards are those that MENTOR (Elements of Effective Practice), EMCC (ISMCP) and the UK Approved Provider Standard
have in common, in own words. Nobody from outside has looked: it is a self-assessment, and no accreditation.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, FilteredRelation, Q, Subquery
from django.db.models.functions import Coalesce

from participants.models import RoleGrant
from programs.models import Intake, Program
from reports.figures import LEAST_PEOPLE
from reports.queries.base import MatchRow, ProgramData, load
from sessions.models import Signature
from surveys.models import Survey

State = Literal["met", "partly", "not_yet", "unknown"]
MET, PARTLY, NOT_YET, UNKNOWN = "met", "partly", "not_yet", "unknown"
# Of the matches a standard is counted over: so many of them for "met", and for "partly".
ENOUGH, SOME = 0.8, 0.5
FIRST_CONTACT, FIRST_GOALS, RECENT = dt.timedelta(days=14), dt.timedelta(days=30), dt.timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """standard  what good programs do
    found     what is so here, or why that cannot be told
    page      the name of the address that shows it, under the program's slug; "" where no page does
    link      the words of the link there
    """

    standard: str
    state: str
    found: str
    page: str = ""
    link: str = ""


@dataclass(frozen=True)
class Assessment:
    program: Program
    as_of: dt.datetime
    rows: list[Row]

    @property
    def told(self) -> int:
        return sum(row.state != UNKNOWN for row in self.rows)

    @property
    def met(self) -> int:
        return sum(row.state == MET for row in self.rows)

    @property
    def partly(self) -> int:
        return sum(row.state == PARTLY for row in self.rows)

    @property
    def complete(self) -> float | None:
        """Rows met, and half of those partly met, out of those that can be told."""
        return (self.met + self.partly / 2) / self.told if self.told else None


@dataclass(frozen=True)
class _Known:
    data: ProgramData
    planned: bool
    intakes: dict[int, Intake]
    surveys: set[str]
    signed: set[int]
    leads: int
    now: dt.datetime

    @property
    def program(self) -> Program:
        return self.data.program

    @property
    def began(self) -> list[MatchRow]:
        return [match for match in self.data.matches if match.began]


def assess(program: Program, now: dt.datetime) -> Assessment:
    """Every standard with its state. Queries: those of load() and three more, whatever the size."""
    planned, surveys, leads = _set_up(program)
    known = _Known(
        data=load(program),
        planned=planned,
        intakes={each.track_id: each for each in Intake.objects.filter(track__program=program)},
        surveys=surveys,
        signed=_signed(program),
        leads=leads,
        now=now,
    )
    makers = (_purpose, _recruiting, _screening, _orientation, _criteria, _agreement, _first_contact, _contact)
    more = (_rematch, _goals, _closure, _ethics)
    return Assessment(program, now, [make(known) for make in (*makers, *more)])


def _set_up(program: Program) -> tuple[bool, set[str], int]:
    """Whether what the comparison goes by is fixed, the kinds of surveys in use, and how many look after concerns."""
    leads = RoleGrant.objects.filter(role=RoleGrant.Role.SAFEGUARDING_LEAD, user__is_active=True)
    counted = leads.order_by().values("role").annotate(people=Count("pk")).values("people")
    found = (
        Program.objects.filter(pk=program.pk)
        .order_by()
        .annotate(
            used=FilteredRelation("surveys", condition=Q(surveys__active=True)), leads=Coalesce(Subquery(counted), 0)
        )
    )
    rows = list(found.values_list("comparison_plan", "used__kind", "leads"))
    kinds = {kind for _, kind, _ in rows if kind}
    return any(plan for plan, _, _ in rows), kinds, max((people for _, _, people in rows), default=0)


def _signed(program: Program) -> set[int]:
    """Matches with an agreement that two people or more have signed."""
    rows = Signature.objects.filter(agreement__match__track__program=program)
    people: dict[int, set[int]] = {}
    for match, user in rows.values_list("agreement__match", "user"):
        people.setdefault(match, set()).add(user)
    return {match for match, own in people.items() if len(own) > 1}


def _of_several(done: Iterable[bool]) -> str:
    each = list(done)
    return MET if each and all(each) else PARTLY if any(each) else NOT_YET


def _share(standard: str, matches: list[MatchRow], good: Iterable[bool], what: str, page: str, link: str) -> Row:
    """A standard counted over matches; nothing is said of the matches of fewer than five people."""
    if len({member.user for match in matches for member in match.members}) < LEAST_PEOPLE:
        return Row(standard, UNKNOWN, "Too few matches to say.", page, link)
    number = sum(good)
    share = number / len(matches)
    state = MET if share >= ENOUGH else PARTLY if share >= SOME else NOT_YET
    return Row(standard, state, f"{number:,} of {len(matches):,} {what}.", page, link)


def _purpose(known: _Known) -> Row:
    state = _of_several([bool(known.program.description), known.planned])
    found = {
        MET: "The program says what it is for, and what its comparison goes by was fixed before the answers.",
        PARTLY: "Of two things one is there: what the program is for, and what its comparison goes by.",
        NOT_YET: "The program does not say what it is for, and what its comparison goes by is not fixed.",
    }[state]
    standard = "Its purpose and its main outcome are fixed when it is set up"
    return Row(standard, state, found, "reports:comparison_plan", "How models are compared")


def _recruiting(known: _Known) -> Row:
    standard = "It recruits honestly: hours, duration, and who it is not for"
    link = ("programs:enrolment", "Enrolment")
    if not known.program.takes_applications:
        return Row(standard, UNKNOWN, "People are brought in by a list; what they were told is not kept here.", *link)
    if not known.program.description:
        return Row(standard, NOT_YET, "The public page gives dates and rhythm, and no word on whom it is for.", *link)
    return Row(standard, PARTLY, "Dates, rhythm and a description are public. Whether they say who it is not for "
                                 "cannot be told from data.", *link)  # fmt: skip


def _screening(_: _Known) -> Row:
    return Row(
        "Mentors are screened, and when and by whom is on record",
        UNKNOWN,
        "Records of checks are not kept in this app. Where they are kept, the date, who checked and until when count.",
    )


def _orientation(known: _Known) -> Row:
    asks = [_asks(known.intakes.get(track.pk)) for track in known.data.tracks]
    state = _of_several(asks)
    found = f"{sum(asks)} of {len(asks)} tracks have people read, and confirm, what they need to know before."
    page = "programs:enrolment"
    return Row("Nobody starts before an orientation", state, found, page, "Enrolment")


def _asks(intake: Intake | None) -> bool:
    return intake is not None and intake.asks_orientation


def _criteria(known: _Known) -> Row:
    standard = "People know why they were matched, and both accept"
    link = ("matching:proposals", "Matching")
    if not known.began:
        return Row(standard, UNKNOWN, "There is no match yet.", *link)
    return Row(standard, MET, "A match begins when everybody in it has accepted, and each of them reads why.", *link)


def _agreement(known: _Known) -> Row:
    return _share(
        "What they agreed on is written down and signed",
        known.began,
        [match.pk in known.signed for match in known.began],
        "matches have an agreement that two people or more have signed",
        "curriculum:signing",
        "Who has signed",
    )


def _first_contact(known: _Known) -> Row:
    old = [match for match in known.began if _since(match) <= known.now - FIRST_CONTACT]
    return _share(
        "They meet within 14 days",
        old,
        [any(each.starts_at <= _since(match) + FIRST_CONTACT for each in match.held) for match in old],
        "matches that are two weeks old met within 14 days",
        "reports:pairs",
        "Pairs",
    )


def _since(match: MatchRow) -> dt.datetime:
    """When a match began; of those that did."""
    if match.activated_at is None:
        raise ValueError("This match never began")
    return match.activated_at


def _contact(known: _Known) -> Row:
    """Of those on now who have had the time; of a program that is over nobody is."""
    standard = "It hears regularly whether they meet, and how it goes"
    link = ("reports:overview", "Overview")
    asked = Survey.Kind.PULSE.value in known.surveys
    old = [match for match in known.began if match.live and _since(match) <= known.now - RECENT]
    if len({member.user for match in old for member in match.members}) < LEAST_PEOPLE:
        said = "People are asked after sessions" if asked else "Nobody is asked after sessions"
        return Row(standard, PARTLY if asked else NOT_YET, f"{said}; too few matches are on to count who met.", *link)
    met = [any(known.now - RECENT <= each.starts_at <= known.now for each in match.held) for match in old]
    row = _share(standard, old, met, "active matches met in the last 30 days", *link)
    return row if asked else Row(standard, NOT_YET, f"{row.found} Nobody is asked after sessions.", *link)


def _rematch(known: _Known) -> Row:
    standard = "There is help, and another match without blame"
    if not known.began:
        return Row(standard, UNKNOWN, "There is no match yet.", "matching:proposals", "Matching")
    found = "Anybody can end a match and ask for another one; the others hear the same whoever ended it."
    return Row(standard, MET, found, "matching:over", "Matches that are over")


def _goals(known: _Known) -> Row:
    standard = "They set goals within 30 days, and look at them half-way"
    early: dict[int, bool] = {}
    began = {match.pk: _since(match) for match in known.began}
    for goal in known.data.goals:
        if goal.match in began and goal.created_at <= began[goal.match] + FIRST_GOALS:
            early[goal.match] = True
    old = [match for match in known.began if _since(match) <= known.now - FIRST_GOALS]
    what = "matches that are 30 days old had a goal by then"
    row = _share(standard, old, [early.get(match.pk, False) for match in old], what, "surveys:list", "Surveys")
    if row.state == MET and Survey.Kind.MIDPOINT.value not in known.surveys:
        return Row(standard, PARTLY, f"{row.found} Nobody is asked half-way.", row.page, row.link)
    return row


def _closure(known: _Known) -> Row:
    standard = "It ends as planned: a look back, thanks, and a certificate"
    link = ("closing:all", "Closing")
    if Survey.Kind.CLOSING.value not in known.surveys:
        return Row(standard, PARTLY, "Everybody gets a closing page with a certificate; nobody is asked at the end.",
                   *link)  # fmt: skip
    return Row(standard, MET, "Everybody gets a closing page with thanks and a certificate, and is asked at the end.",
               *link)  # fmt: skip


def _ethics(known: _Known) -> Row:
    standard = "Notes stay private, there is a way to complain, and what is kept goes after a time"
    link = ("programs:history", "Who changed what")
    if not known.leads:
        found = "Notes are encrypted and deleted after a time, and anybody can report a concern. Nobody is named who "
        return Row(standard, PARTLY, f"{found}looks after concerns.", *link)
    return Row(standard, MET, "Notes are encrypted and deleted after a time; anybody can report a concern, and "
                              "somebody is named who looks after it.", *link)  # fmt: skip
