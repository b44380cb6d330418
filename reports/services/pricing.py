"""What an hour of a mentor and a program cost."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from participants.models import User
from participants.services import record
from programs.models import Program
from reports.models import Price


@transaction.atomic
def set_price(
    *, program: Program, hour: Decimal | None, costs: Decimal, currency: str, by: User, now: dt.datetime
) -> Price | None:
    """Say what an hour of a mentor costs and what the program costs beside; without an hour nothing has a price.

    `currency` is a code of three letters. What stood there before is replaced; figures follow at once.
    """
    Program.objects.select_for_update().get(pk=program.pk)
    record(
        by=by,
        verb="price set",
        now=now,
        program_id=program.pk,
        subject=program,
        hour=str(hour) if hour else "",
        costs=str(costs),
        currency=currency,
    )
    if not hour:
        Price.objects.filter(program=program).delete()
        return None
    values = {"hour": hour, "costs": costs, "currency": currency, "set_at": now, "set_by": by}
    price, _ = Price.objects.update_or_create(program=program, defaults=values)
    return price
