"""One of the two programs, the time they are looked at, and the words that stand in their confidential fields."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from matching.models import Match
from participants.models import User
from programs.models import Program
from sessions.models import Session
from tests.factories.programs import NOW

# Everything was set up at NOW; the pages are looked at ten days later.
LATER = NOW + dt.timedelta(days=10)


def canary(name: str) -> str:
    """A word that stands in one confidential field and nowhere else."""
    return f"canary{name}{sum(map(ord, name))}"


# Every confidential field of the program that is looked at, by what it is.
CANARIES = {
    "place": canary("placespring"),
    "note for the pair, of the mentor": canary("sharedmentorspring"),
    "note for the pair, of the mentee": canary("sharedmenteespring"),
    "own note of the mentor": canary("privatementorspring"),
    "own note of the mentee": canary("privatementeespring"),
    "key of the mentee's calendar": canary("feedspring"),
    "goal of the mentor": canary("goalmentorspring"),
    "goal of the mentee": canary("goalmenteespring"),
    "agreement": canary("agreementspring"),
    "next step": canary("stepspring"),
    "topic to teach": canary("topicspring"),
    "question to an expert": canary("questionspring"),
    "context of an ask": canary("contextspring"),
    "question of an ask": canary("askedspring"),
    "reply to an ask": canary("replyspring"),
    "words shown to coordinators on purpose": canary("shownspring"),
    "words in a check-in": canary("wordsspring"),
    "words in a survey that is not sent": canary("draftspring"),
    "why somebody said no": canary("reasonspring"),
    "answer that is not shared": canary("unsharedspring"),
    "to whom the mentee reports": canary("managerspring"),
    "whom the mentee must not meet": canary("apartspring"),
    "why a coordinator keeps two apart": canary("apartnotespring"),
    "why somebody was declined": canary("declinedspring"),
    "why the mentee ended a match": canary("endingspring"),
    "why the mentee is ending one": canary("endingsoonspring"),
    "thanks of the mentor": canary("thanksmentorspring"),
    "thanks of the mentee": canary("thanksmenteespring"),
    "concern that was reported": canary("concernspring"),
    "how to reach who reported it": canary("reachspring"),
    "note on a case": canary("casenotespring"),
    "why notes were opened": canary("openingreasonspring"),
    "why telling was put off": canary("delayreasonspring"),
}


@dataclass
class Place:
    """One program: what its addresses are made of, by the names that permissions.yaml uses."""

    program: Program
    coordinator: User
    mentor: User
    mentee: User
    match: Match
    args: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    invitation: Any = None
    survey: Any = None
    offered_to: Any = None
