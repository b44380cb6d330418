"""Whom one would like to be matched with, and with whom never. Of the latter, whoever is named may never learn."""

import datetime as dt
import json
from collections.abc import Sequence

from django.db import transaction

from participants.emails import BadEmail, canonical_email
from participants.models import User
from participants.services import record
from participants.texts import visible
from programs import hooks
from programs.errors import ProgramError
from programs.models import Enrolment, Exclusion, Program, Wishes
from programs.queries.enrolling import intake_of
from programs.queries.wishing import account_ref, candidates_for, refs_in

# Enough for anybody, and an end to what a script could pile up.
MOST_EXCLUSIONS = 50
LONGEST_NOTE = 500


@transaction.atomic
def save_wishes(*, enrolment: Enrolment, liked: Sequence[int], only: bool, by: User, now: dt.datetime) -> Wishes:
    """Keep whom somebody would like, as numbers of enrolments, best first; `only` makes it a condition.

    Raises ProgramError for somebody who is not there to be wished for, for one named twice, for more than the track
    asks, and for a condition that names nobody.
    """
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("track__intake").get(pk=enrolment.pk)
    most = intake_of(locked.track).wishes
    if len(liked) > most:
        raise ProgramError(f"Name at most {most} people")
    if len(set(liked)) < len(liked):
        raise ProgramError("You have named somebody twice")
    if set(liked) - set(candidates_for(locked).values_list("pk", flat=True)):
        raise ProgramError("Choose people from the list")
    if only and not liked:
        raise ProgramError("Name somebody first, or take the tick away", field="only")
    wishes, _ = Wishes.objects.update_or_create(
        enrolment=locked, defaults={"liked": json.dumps(list(liked)), "only_liked": only, "saved_at": now}
    )
    record(by=by, verb="wishes changed", now=now, program_id=locked.track.program_id, subject=locked)
    return wishes


@transaction.atomic
def avoid(*, program: Program, user: User, enrolment_id: int | None, email: str, now: dt.datetime) -> Exclusion:
    """Somebody's own wish never to be matched with another: one of those they may be matched with, or an address.

    An address is kept as it was written, and nothing says whether anybody has it. Raises ProgramError.
    """
    mine = Enrolment.objects.filter(track__program=program, user=user, state=Enrolment.State.ACTIVE)
    if enrolment_id is not None:
        there = [candidates_for(each) for each in mine]
        other = next((found for people in there for found in people.filter(pk=enrolment_id)), None)
        if other is None:
            raise ProgramError("Choose somebody from the list", field="person")
        ref = account_ref(other.user_id)
    else:
        ref = _address(email, field="email")
    if ref in (account_ref(user.pk), user.email):
        raise ProgramError("That is you", field="email")
    return _keep(program=program, one=account_ref(user.pk), other=ref, owner=user, by=user, note="", now=now)


def _address(email: str, *, field: str) -> str:
    try:
        return canonical_email(email)
    except BadEmail as error:
        raise ProgramError(str(error), field=field) from error


@transaction.atomic
def keep_apart(*, program: Program, one: str, other: str, note: str, by: User, now: dt.datetime) -> Exclusion:
    """A coordinator's word that two people, named by their addresses, are never to be matched in the program.

    Raises ProgramError for an address nobody in the program has, or the same person twice.
    """
    refs = [_participant(program, address, field) for address, field in ((one, "one"), (other, "other"))]
    if refs[0] == refs[1]:
        raise ProgramError("Name two different people", field="other")
    if len(note) > LONGEST_NOTE:
        raise ProgramError(f"Write at most {LONGEST_NOTE} letters", field="note")
    return _keep(program=program, one=refs[0], other=refs[1], owner=None, by=by, note=visible(note).strip(), now=now)


def _participant(program: Program, address: str, field: str) -> str:
    email = _address(address, field=field)
    people = User.objects.filter(email=email, enrolments__track__program=program) | User.objects.filter(
        email=email, applications__track__program=program, applications__sent_at__isnull=False
    )
    user = people.distinct().first()
    if user is None:
        raise ProgramError(f"Nobody in this program has the address {email}", field=field)
    return account_ref(user.pk)


def _keep(
    *, program: Program, one: str, other: str, owner: User | None, by: User, note: str, now: dt.datetime
) -> Exclusion:
    """Once is enough: the same two, asked for by the same side, are one row."""
    Program.objects.select_for_update().get(pk=program.pk)
    asked = list(Exclusion.objects.filter(program=program, owner=owner))
    same = next((each for each in asked if set(refs_in(each)) == {one, other}), None)
    if same:
        return same
    if owner and len(asked) >= MOST_EXCLUSIONS:
        raise ProgramError(f"You can name {MOST_EXCLUSIONS} people. Write to the person who runs the program.")
    kept = Exclusion.objects.create(
        program=program, owner=owner, by=by, people=json.dumps([one, other]), note=note, at=now
    )
    # No name, no number: others read the history than may read this.
    record(by=by, verb="wishes changed" if owner else "exclusion added", now=now, program_id=program.pk)
    hooks.run(hooks.parting, kept, now)
    return kept


@transaction.atomic
def lift(*, exclusion: Exclusion, by: User, now: dt.datetime) -> None:
    """These two may be matched again. Lifting twice changes nothing."""
    removed, _ = Exclusion.objects.filter(pk=exclusion.pk).delete()
    if removed:
        verb = "wishes changed" if exclusion.owner_id == by.pk else "exclusion removed"
        record(by=by, verb=verb, now=now, program_id=exclusion.program_id)
