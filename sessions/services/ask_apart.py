"""Two people are kept apart after one of them was asked: the ask comes back, and nobody reads why."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from programs.models import Exclusion
from programs.queries.wishing import refs_in
from sessions.models import Ask, AskRoute
from sessions.services.asks import end_routes


@transaction.atomic
def call_back_asks(exclusion: Exclusion, now: datetime) -> None:
    """Take back what either of the two has asked the other and what is not answered, with its mails; the tick of the
    minute asks the next best. Called with the program locked, as whoever sends an ask holds it too.

    Both read what they would if somebody had no time, whoever asked for it. A reply that was sent stays.
    """
    one, other = refs_in(exclusion)
    between = _is("ask__asker", one) & _is("helper", other) | _is("ask__asker", other) & _is("helper", one)
    here = Q(helper__track__program=exclusion.program_id, state__in=AskRoute.ANSWERABLE, ask__state=Ask.State.OPEN)
    ids = list(AskRoute.objects.filter(here & between).values_list("ask", flat=True))
    asks = list(Ask.objects.select_for_update(of=("self",)).filter(pk__in=ids, state=Ask.State.OPEN).order_by("pk"))
    numbers = list(AskRoute.objects.filter(here & between, ask__in=asks).values_list("pk", flat=True))
    end_routes(AskRoute.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"), now)
    Ask.objects.filter(pk__in=[each.pk for each in asks]).update(look_at=now)


def _is(place: str, ref: str) -> Q:
    """An exclusion names an account, or an address that somebody may have."""
    return Q(**{f"{place}__user__email": ref}) if "@" in ref else Q(**{f"{place}__user": int(ref[1:])})
