"""Race 21: what a coordinator sends while the program is taken out of her hands."""

from collections.abc import Sequence
from typing import Any

from django.contrib.messages.storage import default_storage
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse

from mentorship.forms_sent import FIELD, FormsSentMiddleware
from participants import lasting
from participants.browsers import SessionStore
from participants.models import User
from programs import services
from programs.models import Coordinator
from tests.factories.programs import NOW
from tests.races.race import Race, Round, Said
from tests.races.standing import LATER, people, program


def sent(user: User, url: str, body: dict[str, str]) -> int:
    """A form by its door, as the last of the middlewares calls it; the status of the answer."""
    request: Any = RequestFactory().post(url, body)
    found = resolve(url)
    request.user, request.session, request.resolver_match = user, SessionStore(), found
    request._messages = default_storage(request)  # where Django's middleware puts it
    door = FormsSentMiddleware(lambda _: None)  # type: ignore[arg-type,return-value]  # never called
    answer = door.process_view(request, found.func, found.args, found.kwargs)
    assert answer is not None
    return answer.status_code


class CoordinatorRemoved(Race):
    number = 21
    what = "A coordinator is removed while what she has sent waits"
    guard = "a last look at her role before it is kept; row lock: the role"
    refused = (Http404,)
    # Behind the door's first look, before what she writes.
    at = r'INSERT INTO "participants_user"'

    def leaders(self, clients: int) -> int:
        return clients - 1

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        where, users = [program() for _ in range(rounds)], people(2 * rounds)
        twos = list(zip(where, users[::2], users[1::2], strict=True))
        made = [Coordinator(program=p, user=u, since=NOW) for p, one, other in twos for u in (one, other)]
        made = Coordinator.objects.bulk_create(made)
        return [
            Round([(p.slug, one, n, None) for n in range(clients - 1)] + [(p.slug, other, 0, hers)], p)
            for (p, one, other), hers in zip(twos, made[::2], strict=True)
        ]

    def deed(self, *job: Any) -> str:
        slug, user, number, hers = job
        lasting.guards.last_look = not self.off
        if hers is not None:
            services.remove_coordinator(coordinator=hers, by=user, now=LATER)
            return "removed"
        body = {"email": f"friend{number}@{slug}.example.org", FIELD: f"a-key-of-the-page-{number:05}"}
        status = sent(user, reverse("programs:coordinators", args=[slug]), body)
        return "written" if status == 302 else f"!{status}"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        friends = Coordinator.objects.filter(program=was.facts).count() - 1
        written = sum(each.word == "written" for each in said)
        return friends != written or any(each.word == "written" and each.behind for each in said)
