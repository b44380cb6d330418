"""One-off sessions that people book themselves: an expert offers times, somebody asks for one, yes makes a session."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mail.services import cancel, enqueue
from matching.errors import CannotMatch
from matching.models import Match
from matching.services.booking import book_session, lock_people
from matching.services.rules import ensure_plan
from participants.models import User
from participants.services import record
from participants.texts import one_line
from programs.catalogue import registry
from programs.errors import ProgramError
from programs.models import Enrolment, Program, Role
from programs.services import change_enrolment
from sessions import timing
from sessions.errors import NotInMatch, SessionError, TimeTaken, TooLate
from sessions.models import Slot, SlotAsk
from sessions.models.slots import LONGEST_TOPIC, MOST_TOPICS
from sessions.queries.slots import bookable, terms_of
from sessions.queries.times import planned_of
from sessions.services.preparing import LONGEST_ANSWER, write_preparation
from sessions.services.scheduling import FURTHEST, checked_moment

ASKED, NOT_POSSIBLE = "slot-ask", "slot-not-possible"
SUBJECT = "mentoring_sessions.slotask"
MOST_SLOTS = 40
# How long it is worth telling somebody that a time came to nothing.
NEWS = timedelta(days=2)
GONE = "This time is not open any more. Choose another."
State = SlotAsk.State


@transaction.atomic
def offer_slot(
    *, enrolment: Enrolment, starts: datetime, zone: str, topics: Sequence[str] = (), by: User, now: datetime
) -> Slot:
    """Offer the wall time `starts` (naive) of `zone` to everybody of the track, as long as the track's sessions are.

    The same time again gives the slot that is there. Raises NotInMatch unless `by` is that expert, TimeTaken where they
    have another slot or session then, SessionError naming the field: a time too near or too far, or topics too long.
    """
    expert = _lock_expert(enrolment, by)
    moment, terms = checked_moment(starts, zone), terms_of(expert.track)
    if moment.at < now + timedelta(hours=terms.notice_hours):
        raise SessionError(f"Offer times at least {terms.notice_hours} hours ahead.", field="day")
    if moment.at > now + FURTHEST:
        raise SessionError("That is more than two years away.", field="day")
    kept, minutes = _topics(topics), expert.track.session_minutes
    ends_at = moment.at + timedelta(minutes=minutes)
    mine = Slot.objects.filter(enrolment=expert, withdrawn_at=None)
    same = mine.filter(starts_at=moment.at).first()
    if same:
        return same
    _check_room(expert, mine.filter(starts_at__gt=now).count(), moment.at, ends_at)
    ensure_plan(track=expert.track, now=now)
    slot = Slot.objects.create(
        enrolment=expert,
        starts_at=moment.at,
        ends_at=ends_at,
        wall_start=moment.wall.strftime(timing.WALL),
        zone=moment.zone,
        minutes=minutes,
        topics=kept,
        created_at=now,
    )
    _recorded(expert, "time offered for a session", slot, by, now)
    return slot


@transaction.atomic
def withdraw_slot(*, slot: Slot, by: User, now: datetime) -> Slot:
    """Offer a time no longer. Twice is once. Raises NotInMatch, and TooLate where somebody has asked for it by now."""
    expert = _lock_expert(slot.enrolment, by)
    found = Slot.objects.select_for_update().get(pk=slot.pk, enrolment=expert)
    if found.withdrawn_at is not None:
        return found
    if found.asks.filter(state__in=SlotAsk.HOLDS).exists():
        raise TooLate("Somebody has asked for this time. Accept or decline that first.")
    found.withdrawn_at = now
    found.save(update_fields=["withdrawn_at"])
    _recorded(expert, "time withdrawn", found, by, now)
    return found


@transaction.atomic
def set_monthly_cap(*, enrolment: Enrolment, cap: int, by: User, now: datetime) -> Enrolment:
    """Hold at most so many sessions a calendar month. Raises NotInMatch, and SessionError where that is too many."""
    expert = _lock_expert(enrolment, by)
    if not 0 <= cap <= most_a_month(expert):
        raise SessionError(f"Give a number from 0 to {most_a_month(expert)}.", field="cap")
    try:
        return change_enrolment(enrolment=expert, answers=expert.answers, capacity=cap, by=by, now=now)
    except ProgramError as error:
        raise SessionError(str(error), field="cap") from error


def most_a_month(enrolment: Enrolment) -> int:
    """The most sessions a month that anybody can agree to hold in this track."""
    return registry.get(enrolment.track.model).capacity_most


@transaction.atomic
def ask_for_slot(*, slot: Slot, asker: Enrolment, topic: str, question: str, by: User, now: datetime) -> SlotAsk:
    """Ask an expert for one of their times, who hears of it by mail; until they answer nobody else gets it.

    It waits for as many days as the model says, and no longer than until the notice begins. Raises TooLate in the same
    words for whatever keeps the time from this person, SessionError naming the field for a question or topic that is
    missing or too long, or where one's other ask still waits; NotInMatch unless `by` is the asker.
    """
    text = question.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise SessionError(f"Write your question in at most {LONGEST_ANSWER:,} characters.", field="question")
    _lock(asker, slot.enrolment_id)
    mine = Enrolment.objects.select_related("track__program", "user").get(pk=asker.pk)
    if mine.user_id != by.pk or mine.role != Role.MENTEE or mine.state != Enrolment.State.ACTIVE:
        raise NotInMatch("You cannot ask for a session here.")
    found = Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if found.topics and topic not in found.topics:
        raise SessionError("Choose one of the topics.", field="topic")
    if SlotAsk.objects.filter(asker=mine, state=State.WAITING).exists():
        raise SessionError("You have asked for a time already. Wait for the answer, or take it back first.")
    if found.pk not in {each.pk for each in bookable(mine, now)}:
        raise TooLate(GONE)
    terms = terms_of(mine.track)
    ask = SlotAsk.objects.create(
        slot=found,
        asker=mine,
        topic=topic if found.topics else "",
        question=text,
        created_at=now,
        expires_at=min(now + timedelta(days=terms.request_days), found.starts_at - timedelta(hours=terms.notice_hours)),
    )
    _mail(ask, ASKED, slot.enrolment.user_id, mine, ask.expires_at, now)
    _recorded(mine, "session asked for", ask, by, now)
    return ask


@transaction.atomic
def answer_slot_ask(*, ask: SlotAsk, accept: bool, by: User, now: datetime) -> SlotAsk:
    """Say yes or no as the expert. Yes makes the match, the session and the question on its page; no tells the asker.

    The same answer again changes nothing. Raises NotInMatch unless `by` is the expert, TimeTaken where one of the two
    has another session then by now, TooLate where it can no longer be answered so.
    """
    found = _lock_ask(ask)
    if found.slot.enrolment.user_id != by.pk:
        raise NotInMatch("This was not put to you.")
    if found.state == (State.ACCEPTED if accept else State.DECLINED):
        return found
    if found.state != State.WAITING or found.expires_at <= now:
        raise TooLate("This cannot be answered any more.")
    if accept:
        _accept(found, by, now)
    else:
        _close(found, State.DECLINED, now)
        _tell_asker(found, now)
    _recorded(found.asker, "ask accepted" if accept else "ask declined", found, by, now)
    return found


@transaction.atomic
def take_back_ask(*, ask: SlotAsk, by: User, now: datetime) -> SlotAsk:
    """Take one's ask back while it waits: the time is free again. Raises NotInMatch, TooLate once it is answered."""
    found = _lock_ask(ask)
    if found.asker.user_id != by.pk:
        raise NotInMatch("This is not yours.")
    if found.state == State.WITHDRAWN:
        return found
    if found.state != State.WAITING:
        raise TooLate("This was answered already.")
    _close(found, State.WITHDRAWN, now)
    _recorded(found.asker, "ask taken back", found, by, now)
    return found


def expire_slot_asks(*, now: datetime) -> int:
    """End the asks nobody has answered in time, and tell those who asked. Returns how many. Safe to run twice."""
    late = SlotAsk.objects.filter(state=State.WAITING, expires_at__lte=now).order_by("pk")
    return sum(_expire(ask, now) for ask in late)


@transaction.atomic
def _expire(ask: SlotAsk, now: datetime) -> bool:
    found = _lock_ask(ask)
    if found.state != State.WAITING or found.expires_at > now:
        return False
    _close(found, State.EXPIRED, now)
    _tell_asker(found, now)
    return True


@transaction.atomic
def drop_slots_of(enrolment: Enrolment, now: datetime) -> None:
    """Somebody leaves the track: their times are not offered any more, and nothing they asked or were asked waits."""
    waiting = SlotAsk.objects.select_for_update(of=("self",)).filter(state=State.WAITING).order_by("pk")
    whole = waiting.select_related("asker__track", "asker__user", "slot__enrolment")
    for ask in whole.filter(asker=enrolment):
        _close(ask, State.WITHDRAWN, now)
    for ask in whole.filter(slot__enrolment=enrolment):
        _close(ask, State.DECLINED, now)
        _tell_asker(ask, now)
    Slot.objects.filter(enrolment=enrolment, withdrawn_at=None, starts_at__gt=now).update(withdrawn_at=now)


def _accept(ask: SlotAsk, by: User, now: datetime) -> None:
    slot, asker = ask.slot, ask.asker
    users = sorted({asker.user_id, slot.enrolment.user_id})
    list(User.objects.select_for_update(no_key=True).filter(pk__in=users).order_by("pk").values_list("pk"))
    taken = [span for spans in planned_of(users, slot.starts_at, slot.ends_at).values() for span in spans]
    if taken:
        raise TimeTaken(*min(taken))
    try:
        ask.match = _booked(ask, by, now)
    except CannotMatch as error:
        raise TooLate("This session cannot be booked any more.") from error
    _close(ask, State.ACCEPTED, now)


def _booked(ask: SlotAsk, by: User, now: datetime) -> Match:
    slot = ask.slot
    match = book_session(
        asker=ask.asker,
        helper=slot.enrolment,
        starts_at=slot.starts_at,
        minutes=slot.minutes,
        topic=ask.topic,
        by=by,
        now=now,
    )
    write_preparation(match=match, words={"question": ask.question}, version=0, by=ask.asker.user, now=now)
    return match


def _close(ask: SlotAsk, state: SlotAsk.State, now: datetime) -> None:
    ask.state, ask.answered_at = state, now
    ask.save(update_fields=["state", "answered_at", "match"])
    cancel(subject_type=SUBJECT, subject_id=ask.pk, now=now)


def _tell_asker(ask: SlotAsk, now: datetime) -> None:
    if ask.asker.state == Enrolment.State.ACTIVE:
        _mail(ask, NOT_POSSIBLE, ask.asker.user_id, ask.asker, now + NEWS, now)


def _mail(ask: SlotAsk, kind: str, user_id: int, place: Enrolment, until: datetime, now: datetime) -> None:
    enqueue(
        kind=kind,
        subject_type=SUBJECT,
        subject_id=ask.pk,
        recipient=user_id,
        not_before=now,
        expires_at=until,
        program_id=place.track.program_id,
        now=now,
    )


def _lock(asker: Enrolment, expert: int) -> None:
    """Program and people in the order in which publishing takes them."""
    try:
        lock_people(asker.track, [asker.pk, expert])
    except CannotMatch as error:
        raise TooLate(GONE) from error


def _lock_ask(ask: SlotAsk) -> SlotAsk:
    """The ask, locked after its program and its people, as publishing takes them."""
    pair = SlotAsk.objects.select_related("slot", "asker__track").get(pk=ask.pk)
    Program.objects.select_for_update().get(pk=pair.asker.track.program_id)
    ids = [pair.asker_id, pair.slot.enrolment_id]
    list(Enrolment.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    found = SlotAsk.objects.select_for_update(of=("self",)).select_related(
        "asker__track__program", "asker__user", "slot__enrolment__user", "slot__enrolment__track__program"
    )
    return found.get(pk=ask.pk)


def _lock_expert(enrolment: Enrolment, by: User) -> Enrolment:
    found = Enrolment.objects.select_for_update(of=("self",)).select_related("track__program", "user")
    expert = found.get(pk=enrolment.pk)
    if expert.user_id != by.pk or expert.role != Role.MENTOR or expert.state != Enrolment.State.ACTIVE:
        raise NotInMatch("You cannot offer times here.")
    return expert


def _topics(topics: Sequence[str]) -> list[str]:
    kept = list(dict.fromkeys(one_line(each) for each in topics if one_line(each)))
    if len(kept) > MOST_TOPICS or any(len(each) > LONGEST_TOPIC for each in kept):
        raise SessionError(
            f"Give at most {MOST_TOPICS} topics of at most {LONGEST_TOPIC} characters each.", field="topics"
        )
    return kept


def _check_room(expert: Enrolment, offered: int, starts_at: datetime, ends_at: datetime) -> None:
    """Raises TimeTaken for a time at which the expert offers or has something else, in any of their tracks."""
    if offered >= MOST_SLOTS:
        raise SessionError(f"You offer {MOST_SLOTS} times already. Withdraw some first.")
    others = Slot.objects.filter(enrolment__user=expert.user_id, withdrawn_at=None)
    clash = others.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if clash:
        raise SessionError("You offer another time that overlaps this one.", field="time")
    taken = planned_of([expert.user_id], starts_at, ends_at).get(expert.user_id)
    if taken:
        raise TimeTaken(*min(taken))


def _recorded(place: Enrolment, verb: str, subject: Slot | SlotAsk, by: User, now: datetime) -> None:
    record(by=by, verb=verb, now=now, program_id=place.track.program_id, subject=subject)
