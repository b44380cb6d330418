"""Taking a whole import back, as long as nobody has heard of it."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from mail.models import Message
from participants.models import User
from participants.services import record
from programs import hooks
from programs.errors import ProgramError
from programs.models import Enrolment, Import, LineManager
from programs.services.enrolments import hold_people
from programs.services.managers import write_managers

UNDO_WITHIN = dt.timedelta(hours=24)
_BATCH = 500


class TooLate(ProgramError):
    """The import can no longer be undone; str() says why."""


@transaction.atomic
def undo_import(*, item: Import, by: User | None, now: dt.datetime) -> Import:
    """Take back what an import did: remove the enrolments and accounts it made, restore the answers it changed.

    Answers that somebody has changed since are left alone, and so is an account that is used for anything else.
    Raises TooLate after a day, once a mail went out to any of these people, or once something stands on them.
    """
    locked = Import.objects.select_for_update(of=("self",)).select_related("track").get(pk=item.pk)
    reason = why_not(locked, now=now)
    if reason:
        raise TooLate(reason)
    hold_people(locked.track_id)
    made = [effect for effect in locked.effects if effect["new"]]
    changed = [effect for effect in locked.effects if not effect["new"]]
    _put_managers_back(locked.effects)
    _delete([effect["enrolment"] for effect in made], now)
    removed = _remove_accounts([effect["user"] for effect in made if effect["account"]])
    _restore(changed, now)
    locked.state, locked.effects = Import.State.UNDONE, []
    locked.save(update_fields=["state", "effects"])
    record(
        by=by,
        verb="import undone",
        now=now,
        program_id=locked.track.program_id,
        subject=locked,
        removed=len(made),
        restored=len(changed),
        accounts=removed,
    )
    return locked


def _delete(enrolments: list[int], now: dt.datetime) -> None:
    """Remove enrolments with what may go with them. Raises TooLate if anything else still refers to one of them."""
    for call in hooks.removing:
        call(enrolments, now)
    uses = next(_uses(Enrolment, enrolments), None)
    if uses:
        raise TooLate(f"Something stands on these people ({uses})")
    for part in _parts(enrolments):
        Enrolment.objects.filter(pk__in=part).delete()


def why_not(item: Import, *, now: dt.datetime) -> str:
    """The reason why this import cannot be undone now, or "" if it can."""
    if item.state != Import.State.DONE or item.finished_at is None:
        return f"This import is {item.get_state_display().lower()}; there is nothing to undo"
    if now - item.finished_at > UNDO_WITHIN:
        return "An import can be undone for a day; that is over"
    people = [effect["user"] for effect in item.effects]
    mailed = _mailed(item, people)
    if mailed:
        return f"{mailed} of these people {'has' if mailed == 1 else 'have'} had mail from the program since"
    made = [effect["enrolment"] for effect in item.effects if effect["new"]]
    return hooks.obstacles(made)


def _mailed(item: Import, people: list[int]) -> int:
    went_out = Q(sent_at__gte=item.finished_at) | Q(handed_over_at__gte=item.finished_at)
    since = Message.objects.filter(went_out, program_id=item.track.program_id)
    return len(
        {
            person
            for part in _parts(people)
            for person in since.filter(recipient__in=part).values_list("recipient", flat=True)
        }
    )


def _parts(keys: list[int]) -> Iterator[list[int]]:
    return (keys[at : at + _BATCH] for at in range(0, len(keys), _BATCH))


def _relations(model: type[models.Model]) -> Iterable[Any]:
    fields = model._meta.get_fields(include_hidden=True)
    return (
        each for each in fields if each.auto_created and not each.concrete and (each.one_to_many or each.one_to_one)
    )


def _uses(model: type[models.Model], keys: list[int]) -> Iterator[str]:
    """What else refers to these rows, whichever app it belongs to: the floors above are not known here."""
    for relation in _relations(model):
        rows = relation.related_model._base_manager  # noqa: SLF001 - every row counts, also those a manager hides
        count = sum(rows.filter(**{f"{relation.field.name}__in": part}).count() for part in _parts(keys))
        if count:
            yield f"{count} {relation.related_model._meta.verbose_name_plural}"


def _remove_accounts(keys: list[int]) -> int:
    """Delete accounts nobody has signed in to and nothing refers to."""
    in_use: set[int] = set()
    # To whom somebody reports is no use of an account: it goes with it.
    for relation in (each for each in _relations(User) if each.related_model is not LineManager):
        rows = relation.related_model._base_manager  # noqa: SLF001 - every row counts, also those a manager hides
        name = relation.field.name
        for part in _parts(keys):
            in_use.update(rows.filter(**{f"{name}__in": part}).values_list(name, flat=True))
    removed = 0
    for part in _parts(sorted(set(keys) - in_use)):
        removed += User.objects.filter(pk__in=part, last_login__isnull=True).delete()[1].get(User._meta.label, 0)
    return removed


def _restore(effects: list[dict[str, Any]], now: dt.datetime) -> None:
    notes = {effect["enrolment"]: effect for effect in effects}
    for part in _parts(list(notes)):
        enrolments = list(Enrolment.objects.select_for_update(of=("self",)).select_related("track").filter(pk__in=part))
        for enrolment in enrolments:
            if _put_back(enrolment, notes[enrolment.pk]):
                hooks.run(hooks.leaving, enrolment, now)
        Enrolment.objects.bulk_update(enrolments, ["answers", "capacity", "state", "left_at"])


def _put_managers_back(effects: list[dict[str, Any]]) -> None:
    """As they were, where nobody has named another since."""
    moved = {effect["user"]: effect["manager"] for effect in effects if "manager" in effect}
    found: dict[int, str] = {}
    for part in _parts(list(moved)):
        found |= dict(LineManager.objects.select_for_update().filter(user__in=part).values_list("user_id", "email"))
    write_managers({user: before for user, (before, after) in moved.items() if found.get(user) == after})


def _put_back(enrolment: Enrolment, note: dict[str, Any]) -> bool:
    """Restore what the import wrote and nobody has touched since; True if the person thereby leaves again."""
    for slug, value in note["before"].items():
        if enrolment.answers.get(slug) == note["after"][slug]:
            if value is None:
                enrolment.answers.pop(slug, None)
            else:
                enrolment.answers[slug] = value
    before, after = note["capacity"]
    if enrolment.capacity == after:
        enrolment.capacity = before
    if not note["left_at"] or enrolment.state == Enrolment.State.LEFT:
        return False
    enrolment.state, enrolment.left_at = Enrolment.State.LEFT, dt.datetime.fromisoformat(note["left_at"])
    return True
