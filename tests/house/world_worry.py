"""What the mentee of a program has reported to the safeguarding lead, and what the lead has done about it."""

import datetime as dt
from uuid import uuid4

from participants.models import User
from safeguarding import services
from tests.house.world_place import LATER, Place, canary


def worry(place: Place, lead: User) -> None:
    """A case about the pair with a note; the pair's notes are open to the lead, and telling them is put off."""
    slug, reported_at = place.program.slug, LATER - dt.timedelta(hours=1)
    case = services.report(
        text=canary("concern" + slug),
        in_danger=True,
        contact=canary("reach" + slug),
        match_id=place.match.pk,
        key=uuid4(),
        by=place.mentee,
        now=reported_at,
    )
    services.write_note(case=case, body=canary("casenote" + slug), by=lead, now=reported_at)
    opening = services.open_notes(
        case=case, number=case.number, reason=canary("openingreason" + slug), with_private=True, by=lead, now=LATER
    )
    services.delay(opening=opening, days=7, reason=canary("delayreason" + slug), by=lead, now=LATER)
    place.args |= {
        "case": case.number,
        "receipt": str(case.receipt),
        "opening": opening.pk,
        "case_pk": case.pk,
        "lead": lead.pk,
        "people_of_case": {"one": place.mentor.email, "other": place.mentee.email, "version": 1},
        "opening_body": {"number": case.number, "reason": "Because of her safety"},
    }
