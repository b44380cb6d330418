"""Matches, the sessions people had in them, and how many goals they set. Nothing that anybody wrote is in here."""

from collections import defaultdict

from matching.models import Match, Seat
from programs.catalogue import registry
from programs.permissions import Right
from reports.exports.declaring import Column, Reading, Scope, Table, Values
from reports.exports.people import ROLES
from reports.figures import LEAST_PEOPLE
from sessions.models import Goal, Session

MODELS = {model.slug: model.name for model in registry.all_models()}
_MATCH = Column("Match", "number", "The match’s own number, the same in every table.")
TRACK = Column("Track", "text", "The part of the program.")
MODEL = Column("Model", "code", "The mentoring model of the track.", MODELS)

_SEATS = (
    (_MATCH, "match_id"),
    (TRACK, "match__track__name"),
    (MODEL, "match__track__model"),
    (
        Column(
            "State",
            "code",
            "How far the match is.",
            {state.value: state.label for state in Match.State if state != Match.State.DRAFT},
        ),
        "match__state",
    ),
    (Column("First name", "text", "Of the person in the match."), "enrolment__user__first_name"),
    (Column("Last name", "text", "Of the same person."), "enrolment__user__last_name"),
    (Column("E-mail address", "text", "The address of their account."), "enrolment__user__email"),
    (Column("Role", "code", "In the match.", ROLES), "role"),
    (
        Column("Part", "code", "In a network: what somebody is to the person at its centre.", dict(Seat.Part.choices)),
        "part",
    ),
    (Column("Answer", "code", "To the offer.", dict(Seat.Answer.choices)), "answer"),
    (Column("Answered", "moment", "When they answered the offer."), "answered_at"),
    (Column("Score", "number", "The points matching gave the match."), "match__score"),
    (Column("Offered", "moment", "When it was offered to everybody in it."), "match__offered_at"),
    (Column("Active since", "moment", "When everybody in it had accepted."), "match__activated_at"),
    (Column("Ended", "moment", "When it ended; empty while it goes on."), "match__ended_at"),
    (
        Column("How it ended", "code", "In the words everybody in it may read.", dict(Match.EndReason.choices)),
        "match__end_reason",
    ),
    (Column("Left the match", "moment", "When this person went and the others went on."), "left_at"),
)
_SESSIONS = (
    (Column("Session", "number", "The session’s own number."), "pk"),
    (_MATCH, "match_id"),
    (TRACK, "match__track__name"),
    (MODEL, "match__track__model"),
    (Column("State", "code", "Whether it took place.", dict(Session.State.choices)), "state"),
    (Column("Begins", "moment", "When it began or is to begin."), "starts_at"),
    (Column("Minutes", "number", "As planned, or as it was written down afterwards."), "minutes"),
)


def _matches(scope: Scope) -> Reading:
    seats = Seat.objects.filter(match__track__program=scope.of).exclude(match__state=Match.State.DRAFT)
    names = [name for _, name in _SEATS]
    return Reading([column for column, _ in _SEATS], seats.order_by("match_id", "pk").values_list(*names))


def _sessions(scope: Scope) -> Reading:
    sessions = Session.objects.filter(match__track__program=scope.of).order_by("pk")
    return Reading([column for column, _ in _SESSIONS], sessions.values_list(*(name for _, name in _SESSIONS)))


_GOALS = (
    TRACK,
    MODEL,
    Column("People with a goal", "number", "Everybody who has set one, each counted once."),
    Column("Goals set", "number", "Those dropped again included."),
    Column("Goals reached", "number", "As those who set them say."),
    Column("Goals dropped", "number", "Given up before they were reached."),
    Column("Goals open", "number", "Neither reached nor dropped."),
    Column(
        "Shown",
        "text",
        f"Under {LEAST_PEOPLE} people a track is left empty, and beside one alone the next smallest.",
    ),
)


def _goals(scope: Scope) -> Reading:
    return Reading(_GOALS, lambda: _goal_rows(scope))


def _goal_rows(scope: Scope) -> list[Values]:
    counted: dict[tuple[str, str], list[tuple[int, bool, bool]]] = defaultdict(list)
    goals = Goal.objects.filter(match__track__program=scope.of).order_by("match__track__position", "match__track")
    for name, model, owner, reached, dropped in goals.values_list(
        "match__track__name", "match__track__model", "owner", "reached_at", "dropped_at"
    ):
        counted[name, model].append((owner, reached is not None, dropped is not None))
    people = {track: len({owner for owner, *_ in found}) for track, found in counted.items()}
    hidden = _hidden(people)
    return [
        [*track, *([None] * 5), f"no: fewer than {LEAST_PEOPLE} people, or one could subtract"]
        if track in hidden
        else [*track, people[track], *_counts(found), "yes"]
        for track, found in counted.items()
    ]


def _counts(found: list[tuple[int, bool, bool]]) -> list[int]:
    reached, dropped = sum(each[1] for each in found), sum(each[2] for each in found)
    return [len(found), reached, dropped, len(found) - reached - dropped]


def _hidden(people: dict[tuple[str, str], int]) -> set[tuple[str, str]]:
    """Small tracks, and beside one alone the next smallest: all together stand in the report."""
    small = {track for track, count in people.items() if count < LEAST_PEOPLE}
    others = sorted((count, track) for track, count in people.items() if track not in small)
    together = sum(people[track] for track in small)
    if small and others and (len(small) == 1 or together < LEAST_PEOPLE):
        small.add(others[0][1])
    return small


MATCHES = Table(
    "matches",
    "Matches",
    "Everybody in a match that was offered or has begun, a row for each person in it. Why somebody said no or ended a "
    "match, and what is still a proposal, is not in it.",
    Right.MATCH,
    _matches,
)
SESSIONS = Table(
    "sessions",
    "Sessions",
    "When sessions were, how long, and whether they took place. No notes, no places, and nothing of what was said.",
    Right.SEE,
    _sessions,
)
GOALS = Table(
    "goals",
    "Goals",
    "How many goals people set and reached, by track. What the goals are is for the people of a match.",
    Right.SEE,
    _goals,
)
