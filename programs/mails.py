"""The mails of enrolment: the link that confirms an address, and how an application stands. Made when they leave."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from participants.models import User
from participants.services import sign_in_mark
from programs.catalogue import registry
from programs.models import Application, Enrolment, Lot, Program, Role, Track
from programs.planning import UNCONFIRMED, UNFINISHED
from programs.queries.drawing import my_invitation
from programs.queries.enrolling import intake_of, place_in_line, window_of
from programs.services.drawing import BEGINS, CHANGED, DRAWN, INVITED, ORDER, WAITS, learners_role
from programs.services.enrolling_applying import JOIN_LINK, LINK_MINUTES, TRACK
from programs.services.enrolling_deciding import ACCEPTED, DECLINED, RECEIVED, WAITING
from programs.services.waiting import NEXT

PURPOSE = "join"
State = Application.State
_LABELS = {
    State.APPLIED: "Change my answers",
    State.ACCEPTED: "See what comes next",
    State.WAITING: "See where you stand",
    State.DECLINED: "See your application",
}


def join_path(user: User, track: Track, role: str, *, now: dt.datetime) -> str:
    """The link's page. Like a sign-in link it works once, because what it is bound to changes with each sign-in."""
    extra = f"{role}-{sign_in_mark(user)}"
    token = links.make(PURPOSE, user, track.pk, days=LINK_MINUTES / 1440, extra=extra, now=now)
    return reverse("join_links:confirm", kwargs={"tok": token})


def signed_by(program: Program) -> dict[str, Any]:
    """Who signs the program's mails and gets the answers."""
    return {
        "program_name": program.name,
        "from_name": program.contact_name or program.name,
        "reply_to": program.contact_email,
    }


def word_for(track: Track, role: str) -> str:
    """What somebody in this role is called in the track's model."""
    words = registry.get(track.model).words
    return {Role.MENTEE: words.taker, Role.MENTOR: words.giver}.get(Role(role), "peer")


def _link(message: Message, now: dt.datetime) -> Context | None:
    track = Track.objects.select_related("program").filter(pk=message.subject_id).first()
    role = message.subject_type.removeprefix(f"{TRACK}.")
    user: User = message.recipient
    if track is None or not user.is_active or window_of(track.program, now) != "open":
        return None
    return {
        **signed_by(track.program),
        "role_word": word_for(track, role),
        "url": links.url(join_path(user, track, role, now=now)),
        "minutes": LINK_MINUTES,
        "why": f"You get this because somebody entered your address to apply for {track.program.name}.",
    }


def _news(state: str, message: Message) -> Context | None:
    """How it stands now; None if that is no longer what this message was to say."""
    related = ("track__program", "track__intake", "user", "enrolment")
    application = Application.objects.select_related(*related).filter(pk=message.subject_id, state=state).first()
    if application is None or application.news != message.sequence or not application.user.is_active:
        return None
    program = application.track.program
    waits = state == State.ACCEPTED and application.enrolment is None
    return {
        **signed_by(program),
        "application": application,
        "program": program,
        "role_word": word_for(application.track, application.role),
        "place": place_in_line(application) if state == State.WAITING else 0,
        "orientation": waits,
        "asks_wishes": intake_of(application.track).wishes > 0,
        "url": links.url(reverse("joining:sent", kwargs={"pk": application.pk})),
        "label": _LABELS[State(state)] if not waits else "Read and confirm",
        "why": f"You get this because you applied for {program.name}.",
    }


def _received(message: Message, _now: dt.datetime) -> Context | None:
    return _news(State.APPLIED, message)


def _accepted(message: Message, _now: dt.datetime) -> Context | None:
    return _news(State.ACCEPTED, message)


def _waiting(message: Message, _now: dt.datetime) -> Context | None:
    return _news(State.WAITING, message)


def _declined(message: Message, _now: dt.datetime) -> Context | None:
    return _news(State.DECLINED, message)


def _nudge(state: str, message: Message, now: dt.datetime) -> Context | None:
    """What is left to do, by somebody who may still do it; None once it is done, or nobody can apply any more."""
    related = ("track__program", "track__intake", "user", "enrolment")
    application = Application.objects.select_related(*related).filter(pk=message.subject_id, state=state).first()
    if application is None or application.enrolment or not application.user.is_active:
        return None
    program = application.track.program
    if application.user.is_paused(now) or program.state == Program.State.CLOSED:
        return None
    if state == State.STARTED and window_of(program, now) != "open":
        return None
    return {
        **signed_by(program),
        "application": application,
        "program": program,
        "role_word": word_for(application.track, application.role),
        "url": links.url(reverse("joining:sent", kwargs={"pk": application.pk})),
        "why": f"You get this because you applied for {program.name}.",
    }


def _unfinished(message: Message, now: dt.datetime) -> Context | None:
    return _nudge(State.STARTED, message, now)


def _unconfirmed(message: Message, now: dt.datetime) -> Context | None:
    return _nudge(State.ACCEPTED, message, now)


def _lot(message: Message) -> Lot | None:
    """What chance has given somebody who is still here."""
    related = ("program", "draw__first", "draw__second", "track", "next_place__track__program")
    lot = Lot.objects.select_related(*related).filter(pk=message.subject_id).first()
    gone = lot is None or not message.recipient.is_active or lot.program.state == Program.State.CLOSED
    return None if gone else lot


def _told(lot: Lot, **more: Any) -> Context:
    return {
        **signed_by(lot.program),
        "program": lot.program,
        "track": lot.track,
        "url": links.url(reverse("sessions:home")),
        "why": f"You get this because you take part in {lot.program.name}.",
        **more,
    }


def _drawn(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    """Where somebody is by lot, unless they have left or are elsewhere since."""
    lot = _lot(message)
    if lot is None or not _is_in(lot, Enrolment.State.ACTIVE):
        return None
    return _told(lot, model=registry.get(lot.track.model), role_word=word_for(lot.track, learners_role(lot.track)))


def _order(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    """With which track somebody begins, and when they change over; not once they have."""
    lot = _lot(message)
    if lot is None or lot.draw.changed_at or not _is_in(lot, Enrolment.State.ACTIVE):
        return None
    other = _other(lot)
    return {
        **_told(lot, model=registry.get(lot.track.model), role_word=word_for(lot.track, learners_role(lot.track))),
        "draw": lot.draw,
        "other": other,
        "other_word": word_for(other, learners_role(other)),
    }


def _other(lot: Lot) -> Track:
    """The track of the two in which somebody did not begin."""
    return lot.draw.second if lot.draw.second and lot.track_id == lot.draw.first_id else lot.draw.first


def _changed_over(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    lot = _lot(message)
    track = _other(lot) if lot else None
    if lot is None or track is None or not track.enrolments.filter(user=lot.user_id, state="active").exists():
        return None
    word = word_for(track, learners_role(track))
    return {**_told(lot, model=registry.get(track.model), role_word=word), "track": track}


def _is_in(lot: Lot, state: str) -> bool:
    return lot.track.enrolments.filter(user=lot.user_id, state=state).exists()


def _begins(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    """That somebody begins now: by lot, or because they have been let begin though their lot was to wait."""
    lot = _lot(message)
    return _told(lot) if lot and _is_in(lot, Enrolment.State.ACTIVE) else None


def _waits(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    lot = _lot(message)
    return _told(lot) if lot and _is_in(lot, Enrolment.State.WAITING) else None


def _next_round(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    """That the next round is there; the program that somebody has waited in may be closed by then."""
    lot = Lot.objects.select_related("next_place__track__program", "program").filter(pk=message.subject_id).first()
    there = lot.next_place if lot else None
    if lot is None or there is None or there.state != Enrolment.State.ACTIVE or not message.recipient.is_active:
        return None
    return {**_told(lot), **signed_by(there.track.program), "next": there.track.program, "track": there.track}


def _invited(message: Message, now: dt.datetime) -> Context | None:  # noqa: ARG001 - what every mail is made from
    """To which of two ways somebody is invited, as long as they are in one of them and can still choose."""
    found = my_invitation(message.recipient, message.subject_id)
    if found is None:
        return None
    lot, here = found
    other = lot.draw.second if lot.track_id == lot.draw.first_id else lot.draw.first
    page = links.url(reverse("joining:way", kwargs={"lot": lot.pk}))
    return _told(lot, other=other, here=here.track, model=registry.get(lot.track.model), url=page)


def _kinds(*table: tuple[str, str, Callable[[Message, dt.datetime], Context | None]], **rules: Any) -> tuple[Kind, ...]:
    """Mails of enrolment, each its slug, what it is in a word, and what it says."""
    return tuple(
        Kind(slug=slug, template=f"programs/mail/{slug}", description=description, context=context, **rules)
        for slug, description, context in table
    )


# All of these answer what the reader has just done, so that none can be switched off or wait for next week.
NEWS = _kinds(
    (JOIN_LINK, "The link that confirms your address and leads into the application", _link),
    (RECEIVED, "Your application is in", _received),
    (ACCEPTED, "You are accepted", _accepted),
    (WAITING, "You are on the waiting list", _waiting),
    (DECLINED, "There is no place for you this time", _declined),
    transactional=True,
    quiet_hours="exempt",
)
# Nobody has just done anything, so these wait for the morning; and each is told once.
LOTS = _kinds(
    (DRAWN, "Which model you are in, where lots were drawn", _drawn),
    (INVITED, "To which of two models you are invited by lot", _invited),
    (BEGINS, "You begin now, where there were more people than places", _begins),
    (WAITS, "You begin in the next round, where there were more people than places", _waits),
    (ORDER, "With which of two models you begin by lot, and when you change over", _order),
    (CHANGED, "You have changed over to the other model", _changed_over),
    (NEXT, "The next round begins, and your place is there", _next_round),
    transactional=True,
    quiet_hours="later",
)
# These come unasked, once each: they can be switched off, and wait for room in the weekly two.
NUDGES = _kinds(
    (UNFINISHED, "An application that was begun a week ago and not sent", _unfinished),
    (UNCONFIRMED, "A place that was not confirmed for two weeks", _unconfirmed),
    quiet_hours="later",
)
KINDS = (*NEWS, *NUDGES, *LOTS)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
