"""Asks in a network: written once, sent to the few who can help, passed on where nobody answers, closed by the asker.

Locks are taken in the order program, people, ask, route, outbox: whoever sends an ask to somebody holds the program's,
so that nobody gets more asks in a week than the track allows, and leaving takes a person's before the ask's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from mail.quiet import shift
from mail.services import Draft, cancel, enqueue_many
from matching.errors import CannotMatch
from matching.services.booking import lock_people
from matching.services.rules import ensure_plan
from participants.models import User
from participants.services import record
from programs.models import Enrolment, Program, Track
from sessions.errors import NotInMatch, SessionError, TooFew, TooLate
from sessions.models import Ask, AskRoute, AskTerms
from sessions.models.asks import LEAST_CAP, MOST_CAP, MOST_REPLIES
from sessions.queries.ask_routing import Wanted, network_of, routing_for, wanted_by
from sessions.queries.asks import ask_desk, skills_of
from sessions.routing import Helper

ASKED, REMINDER = "ask", "ask-reminder"
SUBJECT, ROUTE_SUBJECT = "mentoring_sessions.ask", "mentoring_sessions.askroute"
LONGEST = 3000
# One person's open asks, and how many people one ask reaches in all: more of either would be noise.
MOST_OPEN, MOST_PEOPLE = 3, 10
# An ask that nobody has closed ends by itself.
LIVES = timedelta(days=28)
# How soon it is looked again for somebody who has become free.
AGAIN = timedelta(hours=6)
REMINDED_AFTER = timedelta(hours=24)
NOBODY = "Nobody who offers this is free for it at the moment. Ask for another skill, or try again in a few days."
State, RouteState = Ask.State, AskRoute.State


@transaction.atomic
def send_ask(
    *,
    asker: Enrolment,
    context: str,
    question: str,
    kind: str,
    skill: str,
    level: int,
    named: bool,
    few_will_do: bool,
    by: User,
    now: datetime,
) -> Ask:
    """Write an ask and send it to three to five people who can help, each of whom gets a mail.

    `kind` is a value of Ask.Help; `skill` one that the track's people offer, or empty, `level` from 1 on. Raises
    SessionError naming the field of what is missing, too long or
    unknown, or without a field where nobody can be asked or three asks are open; TooFew with their number where fewer
    than three can be asked and `few_will_do` is not set; NotInMatch unless `by` is the asker and may ask.
    """
    desk = _lock_desk(asker, by)
    words = {"context": checked(context, "context"), "question": checked(question, "question")}
    _check_choices(desk, kind, skill, level)
    if Ask.objects.filter(asker=desk, state=State.OPEN).count() >= MOST_OPEN:
        raise SessionError(
            f"{MOST_OPEN} asks of yours are open. Close one first: it frees those who would reply to it."
        )
    ensure_plan(track=desk.track, now=now)
    people = _first_people(desk, skill, level, now, few_will_do=few_will_do)
    ask = Ask.objects.create(
        asker=desk, help=kind, skill=skill, level=level, named=named, wanted=len(people),
        look_at=now + LIVES, created_at=now, **words,
    )  # fmt: skip
    send_to(ask, people, now)
    look_again(ask, now)
    # Without the program: coordinators read its history, and count asks without knowing whose they are.
    record(by=by, verb="ask sent", now=now, subject=ask)
    return ask


def checked(text: str, field: str) -> str:
    """The text as it is kept. Raises SessionError naming the field for one that is empty or too long."""
    kept = text.replace("\r\n", "\n").strip()
    if not 0 < len(kept) <= LONGEST:
        raise SessionError(f"Write this in at most {LONGEST:,} characters.", field=field)
    return kept


def _lock_desk(asker: Enrolment, by: User) -> Enrolment:
    try:
        lock_people(asker.track, [asker.pk])
    except CannotMatch as error:
        raise NotInMatch("You cannot ask here.") from error
    desk = ask_desk(by, asker.pk)
    if desk is None:
        raise NotInMatch("You cannot ask here.")
    return desk


def _check_choices(desk: Enrolment, kind: str, skill: str, level: int) -> None:
    skills = skills_of(desk)
    if kind not in Ask.Help.values:
        raise SessionError("Choose what kind of help you want.", field="help")
    if skill and skill not in skills.options:
        raise SessionError("Choose one of the skills.", field="skill")
    if not 1 <= level <= max(1, len(skills.levels)):
        raise SessionError("Choose one of the levels.", field="level")


def _first_people(desk: Enrolment, skill: str, level: int, now: datetime, *, few_will_do: bool) -> list[Enrolment]:
    """Those an ask goes to at first, locked."""
    terms = network_of(desk.track)
    chosen = routing_for(Wanted(desk, skill, level), now).first(terms.routed_least, terms.routed_most)
    people = _locked(chosen)
    if not people:
        raise SessionError(NOBODY)
    if len(people) < terms.routed_least and not few_will_do:
        raise TooFew(len(people), terms.routed_least)
    return people


def _locked(helpers: Sequence[Helper]) -> list[Enrolment]:
    """These people, locked, in the order given; who has left this minute is not among them."""
    ids = [each.enrolment_id for each in helpers]
    found = Enrolment.objects.select_for_update(of=("self",)).select_related("user", "track").order_by("pk")
    there = {each.pk: each for each in found.filter(pk__in=ids, state=Enrolment.State.ACTIVE)}
    return [there[pk] for pk in ids if pk in there]


def send_to(ask: Ask, people: Iterable[Enrolment], now: datetime) -> None:
    """Send it to these, who get a mail now or in the morning, and a reminder half-way to their answer being due."""
    hours, drafts = timedelta(hours=network_of(ask.asker.track).answer_hours), []
    for helper in people:
        zone = ZoneInfo(helper.user.timezone)
        leaves = shift(now, zone, "later")
        due = leaves + hours
        route = AskRoute.objects.create(ask=ask, helper=helper, routed_at=now, answer_by=due)
        reminded = shift(leaves + REMINDED_AFTER, zone, "later")
        drafts += [draft_for(route, kind, at) for kind, at in ((ASKED, leaves), (REMINDER, reminded))]
    enqueue_many(drafts, now=now)


def draft_for(route: AskRoute, kind: str, at: datetime, *, sequence: int = 0) -> Draft:
    """A mail about an ask to the helper it went to, worth sending until their answer is due."""
    return Draft(
        kind=kind,
        subject_type=ROUTE_SUBJECT,
        subject_id=route.pk,
        sequence=sequence,
        recipient_id=route.helper.user_id,
        not_before=at,
        expires_at=route.answer_by,
        program_id=route.helper.track.program_id,
    )


@transaction.atomic
def decline_ask(*, route: AskRoute, why: str, by: User, now: datetime) -> AskRoute:
    """Say “not mine” or “no time this week”: the next best is asked. `why` is AskRoute.State NOT_MINE or NO_TIME.

    The asker does not hear who declined. The same again changes nothing. Raises NotInMatch, SessionError for another
    `why`, TooLate once it is answered otherwise or not needed any more.
    """
    if why not in (RouteState.NOT_MINE, RouteState.NO_TIME):
        raise SessionError("Choose one of the two.")
    next_best = find_next(route.ask, now)
    found = lock_route(route, by)
    if found.state == why:
        return found
    if found.state not in AskRoute.ANSWERABLE or found.ask.state != State.OPEN:
        raise TooLate("This ask does not need an answer any more.")
    found.state, found.answered_at = RouteState(why), now
    found.save(update_fields=["state", "answered_at"])
    drop_mails([found], now)
    _fill(found.ask, next_best, now)
    record(by=by, verb="ask declined", now=now, subject=found)
    return found


def lock_route(route: AskRoute, by: User) -> AskRoute:
    """The route, locked behind its ask. Raises NotInMatch unless it leads to `by`, who still takes part."""
    ask = lock_ask(route.ask_id)
    found = AskRoute.objects.select_for_update(of=("self",)).select_related("helper__user", "helper__track")
    mine = found.get(pk=route.pk)
    if mine.helper.user_id != by.pk or mine.helper.state != Enrolment.State.ACTIVE:
        raise NotInMatch("This was not put to you.")
    mine.ask = ask
    return mine


def lock_ask(pk: int) -> Ask:
    """The ask, locked, with the people and the track it belongs to."""
    found = Ask.objects.select_for_update(of=("self",)).select_related("asker__user", "asker__track__program")
    return found.get(pk=pk)


def find_next(ask: Ask, now: datetime) -> list[Enrolment]:
    """Who would be asked next, locked behind the program; nobody where the ask goes no further."""
    whole = Ask.objects.select_related("asker__user", "asker__track__program").get(pk=ask.pk)
    program = Program.objects.select_for_update().get(pk=whole.asker.track.program_id)
    resting = whole.asker.user.is_paused(now)
    if whole.state != State.OPEN or resting or program.state == Program.State.CLOSED:
        return []
    return _locked(routing_for(wanted_by(whole), now).order[:MOST_REPLIES])


def _fill(ask: Ask, next_best: Sequence[Enrolment], now: datetime) -> None:
    """Send it to as many more as are lacking. Called with the ask locked."""
    routes = list(ask.routes.values_list("state", flat=True))
    standing = sum(state in (RouteState.WAITING, RouteState.REPLIED) for state in routes)
    lacking = max(0, min(ask.wanted - standing, MOST_PEOPLE - len(routes)))
    send_to(ask, next_best[:lacking], now)
    look_again(ask, now, lacking=lacking > len(next_best) and len(routes) < MOST_PEOPLE)


def look_again(ask: Ask, now: datetime, *, lacking: bool = False) -> None:
    """When the minute tick is to look: an answer is due, the ask ends, or there were not enough people."""
    due = ask.routes.filter(state=RouteState.WAITING).values_list("answer_by", flat=True)
    ask.look_at = min([ask.created_at + LIVES, *due, *([now + AGAIN] if lacking else [])])
    ask.save(update_fields=["look_at"])


def care_for_asks(*, now: datetime) -> int:
    """Pass on what was not answered in time, or lies with somebody who pauses, and end what is too old. Returns how
    many asks were looked at. Safe to run twice, or twice at once."""
    paused = Q(routes__state=RouteState.WAITING, routes__helper__user__paused_until__gt=now)
    due = Ask.objects.filter(Q(look_at__lte=now) | paused, state=State.OPEN).order_by("pk")
    numbers = sorted(set(due.values_list("pk", flat=True)))
    for pk in numbers:
        _care(pk, now)
    return len(numbers)


@transaction.atomic
def _care(pk: int, now: datetime) -> None:
    next_best = find_next(Ask(pk=pk), now)
    ask = lock_ask(pk)
    if ask.state != State.OPEN:
        return
    if ask.created_at + LIVES <= now or ask.asker.track.program.state == Program.State.CLOSED:
        end_ask(ask, State.LAPSED, now)
        return
    waiting = AskRoute.objects.select_for_update(of=("self",)).filter(ask=ask, state=RouteState.WAITING)
    for route in waiting.select_related("helper__user").order_by("pk"):
        if route.helper.user.is_paused(now):
            end_routes([route], now)
        elif route.answer_by <= now:
            AskRoute.objects.filter(pk=route.pk).update(state=RouteState.LATE)
    _fill(ask, next_best, now)


@transaction.atomic
def close_ask(*, ask: Ask, outcome: str, by: User, now: datetime) -> Ask:
    """Close one's ask as HELPED, ELSEWHERE or DROPPED: nobody is asked or reminded any more. The same again changes
    nothing. Raises NotInMatch, TooLate once it is closed otherwise, SessionError for another outcome."""
    if outcome not in (State.HELPED, State.ELSEWHERE, State.DROPPED):
        raise SessionError("Choose how it ended.")
    found = lock_mine(ask, by)
    if found.state == outcome:
        return found
    if found.state != State.OPEN:
        raise TooLate("This ask is closed already.")
    end_ask(found, State(outcome), now)
    record(by=by, verb="ask closed", now=now, subject=found)
    return found


@transaction.atomic
def show_name(*, ask: Ask, by: User, now: datetime) -> Ask:
    """Let those who have the ask read who asks. It is not taken back. Raises NotInMatch."""
    found = lock_mine(ask, by)
    if not found.named:
        found.named = True
        found.save(update_fields=["named"])
        record(by=by, verb="name shown", now=now, subject=found)
    return found


def lock_mine(ask: Ask, by: User) -> Ask:
    """One's own ask, locked. Raises NotInMatch unless `by` asked it and still takes part."""
    found = lock_ask(ask.pk)
    if found.asker.user_id != by.pk or found.asker.state != Enrolment.State.ACTIVE:
        raise NotInMatch("This is not yours.")
    return found


def end_ask(ask: Ask, state: Ask.State, now: datetime) -> None:
    """Called with the ask locked: nothing about it leaves any more."""
    ask.state, ask.closed_at = state, now
    ask.save(update_fields=["state", "closed_at"])
    end_routes(ask.routes.filter(state__in=AskRoute.ANSWERABLE), now)
    cancel(subject_type=SUBJECT, subject_id=ask.pk, now=now)


def end_routes(routes: Iterable[AskRoute], now: datetime) -> None:
    """These need not answer any more. Called with their ask locked."""
    over = list(routes)
    AskRoute.objects.filter(pk__in=[each.pk for each in over]).update(state=RouteState.OVER)
    drop_mails(over, now)


def drop_mails(routes: Iterable[AskRoute], now: datetime) -> None:
    for route in routes:
        cancel(subject_type=ROUTE_SUBJECT, subject_id=route.pk, now=now)


@transaction.atomic
def drop_asks_of(enrolment: Enrolment, now: datetime) -> None:
    """Somebody leaves the track: what they asked is closed, and what they were asked goes on to others at the next
    tick."""
    locked = Ask.objects.select_for_update(of=("self",)).filter(state=State.OPEN).order_by("pk")
    for ask in locked.filter(asker=enrolment):
        end_ask(ask, State.DROPPED, now)
    theirs = AskRoute.objects.filter(helper=enrolment, state__in=AskRoute.ANSWERABLE)
    asks = list(locked.filter(pk__in=list(theirs.values_list("ask", flat=True))))
    end_routes(theirs.select_for_update(of=("self",)).filter(ask__in=[each.pk for each in asks]).order_by("pk"), now)
    Ask.objects.filter(pk__in=[each.pk for each in asks]).update(look_at=now)


@transaction.atomic
def set_weekly_cap(*, track: Track, cap: int, by: User, now: datetime) -> AskTerms:
    """How many asks a helper of the track gets in any seven days. Raises SessionError naming the field `cap`."""
    network_of(track)
    if not LEAST_CAP <= cap <= MOST_CAP:
        raise SessionError(f"Give a number from {LEAST_CAP} to {MOST_CAP}.", field="cap")
    terms, _ = AskTerms.objects.update_or_create(track=track, defaults={"weekly_cap": cap})
    record(by=by, verb="cap of asks set", now=now, program_id=track.program_id, subject=track, cap=cap)
    return terms
