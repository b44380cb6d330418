"""A concern somebody has reported, and the pages of the lead who looks into it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.test import Client

from matching.models import Match
from participants.models import RoleGrant, User
from participants.services import grant_role
from participants.views import CONFIRMED
from safeguarding import services
from tests.browser.sample_kit import DAY, Shown, at, signed_in

WORDS = "Sessions are always late in the evening and at his home. She says that she would rather not, and goes."


@dataclass
class Worried:
    """Who may look at which pages, and the lead's browser."""

    browser: Client
    participant: list[Shown]
    lead: list[Shown]


def worry(match: Match, reporter: User, now: dt.datetime) -> Worried:
    """One case with everything in it, one closed, one that nobody looks after."""
    lead, other = (_lead(name, now) for name in ("Lena", "Omar"))
    facts: dict[str, Any] = {"in_danger": False, "contact": "", "key": uuid4()}
    case = services.report(
        **{**facts, "in_danger": True}, text=WORDS, match_id=match.pk, by=reporter, now=now - 2 * DAY
    )
    services.write_note(case=case, body="Spoke to her. She is safe tonight.", by=other, now=now - DAY)
    case = services.assign(case=case, to=lead, version=case.version, by=other, now=now - DAY)
    opening = services.open_notes(case=case, number=case.number, reason=WORDS, with_private=True, by=lead, now=now)
    services.delay(opening=opening, days=7, reason=WORDS, by=lead, now=now)
    for text in ("Somebody reads over my shoulder.", "Sent by mistake."):
        last = services.report(**{**facts, "key": uuid4()}, text=text, match_id=None, by=None, now=now)
    services.close(case=last, outcome="mistake", version=1, by=other, now=now)
    browser = signed_in(lead)
    session = browser.session
    session[CONFIRMED] = (now + DAY).isoformat()
    session.save()
    number = {"number": case.number}
    return Worried(
        browser,
        [
            at("concern:report", "about a match", f"?match={match.pk}"),
            at("concern:receipt", receipt=str(case.receipt)),
        ],
        [
            at("safeguarding:cases"),
            at("safeguarding:case", **number),
            at("safeguarding:case", "closed", number=last.number),
            at("safeguarding:open", **number),
            at("safeguarding:confirm", **number),
            at("safeguarding:link_sent", **number),
            at("safeguarding:delay", **number, pk=opening.pk),
            at("safeguarding:opened", pk=opening.pk),
            at("safeguarding:settings"),
        ],
    )


def _lead(name: str, now: dt.datetime) -> User:
    user = User.objects.create(email=f"{name.lower()}@example.org", first_name=name, last_name="Berg")
    grant_role(user=user, role=RoleGrant.Role.SAFEGUARDING_LEAD, by=None, now=now)
    return user
