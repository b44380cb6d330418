"""Two leads at the same case at once, and one form sent twice at once."""

import datetime as dt
import uuid
from functools import partial

import pytest
from django.db import connection

from mail.models import Message
from participants.models import RoleGrant, User
from safeguarding import services
from safeguarding.models import Case, Opening
from safeguarding.services.guards import guards
from tests.factories.programs import NOW
from tests.people import Cast, make_cast, person
from tests.racing import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def second(cast: Cast) -> User:
    user = person("Tess")
    RoleGrant.objects.create(user=user, role="safeguarding_lead", granted_at=NOW)
    return user


def _report(cast: Cast, key: uuid.UUID | None = None) -> Case:
    return services.report(
        text="Words", in_danger=False, contact="", match_id=cast.match.pk, key=key or uuid.uuid4(), by=cast.mia, now=NOW
    )


@pytest.mark.parametrize("_round", range(3))
def test_of_two_leads_who_decide_at_once_one_is_shown_what_the_other_did(cast, second, _round):
    case = _report(cast)
    results = together(
        lambda: services.close(case=case, outcome="acted", version=1, by=cast.sally, now=NOW),
        lambda: services.assign(case=case, to=second, version=1, by=second, now=NOW),
        lambda: services.set_hold(case=case, held=True, version=1, by=second, now=NOW),
    )
    assert kinds(results) == ["Case", "CaseChanged", "CaseChanged"]
    case.refresh_from_db()
    assert case.version == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one transaction writes at a time anyway")
def test_without_the_lock_both_decide(cast, second, monkeypatch):
    monkeypatch.setattr(guards, "row_locks", False)
    both = 0
    for _ in range(10):
        case = _report(cast)
        deeds = (
            partial(services.close, case=case, outcome="acted", version=1, by=cast.sally, now=NOW),
            partial(services.assign, case=case, to=second, version=1, by=second, now=NOW),
        )
        results = together(*deeds)
        both += kinds(results) == ["Case", "Case"]
    assert both > 0


def test_one_form_sent_twice_at_once_is_one_case_and_one_mail(cast):
    key = uuid.uuid4()
    results = together(*[lambda: _report(cast, key)] * 3)
    assert kinds(results) == ["Case"] * 3
    assert Case.objects.count() == Message.objects.filter(kind="concern-reported").count() == 1


def test_opened_twice_at_once_is_opened_once_and_the_pair_is_told_once(cast):
    case = _report(cast)
    facts = {"case": case, "number": case.number, "reason": "Because of her safety", "by": cast.sally, "now": NOW}
    results = together(*[lambda: services.open_notes(**facts, with_private=False)] * 3)
    assert kinds(results) == ["Opening"] * 3
    assert Opening.objects.count() == 1
    later = NOW + dt.timedelta(days=4)
    assert sorted(map(str, together(*[lambda: services.tell_due(later)] * 3))) == ["0", "0", "1"]
    assert Message.objects.filter(kind="notes-were-opened").count() == 2
