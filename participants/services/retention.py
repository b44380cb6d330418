"""Deleting what has been kept long enough, once a day."""

import datetime as dt
import logging

from django.db import transaction

from mail.models import Message
from mail.services import slots_taken, take_slot
from participants import hooks, queries
from participants.models import RetentionChoice, User
from participants.retention import Rule
from participants.services.accounts import record

logger = logging.getLogger(__name__)


@transaction.atomic
def set_retention(*, days: dict[str, int], by: User, now: dt.datetime) -> list[str]:
    """Set for how many days things are kept, by the keys of the rules; the keys of those that changed come back.

    Raises ValueError for an unknown key or a number outside a rule's bounds, and then nothing is changed.
    """
    rules = {rule.key: rule for rule in hooks.retaining}
    kept, changed = queries.all_days_kept(), []
    for key, number in days.items():
        rule = rules.get(key)
        if rule is None or not rule.lowest <= number <= rule.highest:
            raise ValueError(f"{key} is not kept for {number} days")
        if kept[key] != number:
            RetentionChoice.objects.update_or_create(key=key, defaults={"days": number})
            record(by=by, verb="retention changed", now=now, what=key, days=number, before=kept[key])
            changed.append(key)
    return changed


def keep_to_retention(*, now: dt.datetime) -> dict[str, int]:
    """Delete what is too old by each rule that has not run today; how many rows went, by the rule's key.

    Each rule is a transaction of its own with its mark that it has run, so that one that breaks is tried again with
    the next call and does not stop the others. Raises ExceptionGroup with what broke.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    done = slots_taken(names=[_mark(rule) for rule in hooks.retaining], slot=today)
    rules = [rule for rule in hooks.retaining if _mark(rule) not in done]
    if not rules:
        return {}
    days, gone, failed = queries.all_days_kept(), {}, []
    for rule in rules:
        try:
            count = _run(rule, days[rule.key], today, now)
        except Exception as error:
            logger.exception("Retention of %s failed", rule.key)
            failed.append(error)
            continue
        if count is not None:
            gone[rule.key] = count
    if failed:
        raise ExceptionGroup("parts of the retention failed", failed)
    return gone


def _mark(rule: Rule) -> str:
    return f"retention-{rule.key}"[:60]


@transaction.atomic
def _run(rule: Rule, days: int, today: dt.datetime, now: dt.datetime) -> int | None:
    """How many rows went; None where the rule has run today."""
    if not take_slot(name=_mark(rule), slot=today):
        return None
    count = rule.run(now - dt.timedelta(days=days), now)
    if count:
        record(by=None, verb="deleted after its time", now=now, what=rule.key, days=days, count=count)
    return count


def forget_mail_errors(before: dt.datetime, _now: dt.datetime) -> int:
    """Forget what the mail server said about older messages, which may quote an address. Bodies are never kept."""
    return Message.objects.filter(created_at__lt=before).exclude(last_error="").update(last_error="")
