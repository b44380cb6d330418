"""What the tables of this app hold about people, who gets it, and when it goes."""

from django.db.models import QuerySet

from matching.models import Ending, EndingToCome, GoesOn, Match, Seat, Thanks
from participants.models import User
from participants.personal_data import Part, declare

_COUNTED = "others are in it, and statistics are counted from it"
_RUNS = "a deed of somebody who ran the program"

DECLARED = declare(
    {
        "matching.MatchingPlan": {"none": "id track objective answer_days allow_repeats"},
        "matching.MatchRule": {
            "none": (
                "id plan position kind label taker_field giver_field strength points by_gap others_forbidden params"
                " condition_side condition_field condition_equals"
            ),
        },
        "matching.Proposal": {
            "none": (
                "id program track number state objective capacity based_on rules input_hash engine_version"
                " model_version placed possible total bound optimal proof aims max_points seconds step attempts"
                " progress error version created_at started_at published_at"
            ),
            "personal, erase": "left_over",
            f"pseudonymous, keep: {_RUNS}": "created_by published_by",
            "pseudonymous, keep: which seats were changed, by their numbers": "steps",
        },
        "matching.Match": {
            "personal, erase": "shares topic",
            f"pseudonymous, keep: {_COUNTED}": (
                "id track proposal state number score most starts_at minutes locked people_key created_at offered_at"
                " answer_until activated_at ended_at end_reason ends_on closes_at continues"
            ),
            f"pseudonymous, keep: {_RUNS}": "ended_by",
        },
        "matching.Seat": {
            "personal, export, erase": "decline_reason",
            f"pseudonymous, export, keep: {_COUNTED}": "id role part answer answered_at left_at keeps_notes",
            f"pseudonymous, keep: {_COUNTED}": "match enrolment live rests place places",
        },
        "matching.Ending": {
            "personal, export, erase": "words",
            "pseudonymous, export, keep: reasons for early ends are counted": "reason at",
            "pseudonymous, keep: reasons for early ends are counted": "id match seat by",
        },
        "matching.EndingToCome": {
            "personal, export, erase": "words",
            "pseudonymous, export, keep: it takes effect within a quarter of an hour, or is taken back": (
                "match reason another at due_at"
            ),
            "pseudonymous, keep: it takes effect within a quarter of an hour, or is taken back": "id seat by",
        },
        "matching.GoesOn": {
            "pseudonymous, export, erase": "wishes with_goals at",
            "pseudonymous, erase": "id seat settled_at",
        },
        "matching.Thanks": {
            "personal, export, erase": "words",
            f"pseudonymous, export, keep: {_COUNTED}": "match at",
            f"pseudonymous, keep: {_COUNTED}": "id author",
        },
    }
)


def _seats(user: User) -> QuerySet[Seat]:
    """Those that were offered: of a draft its people do not know."""
    mine = Seat.objects.filter(enrolment__user=user).exclude(match__state=Match.State.DRAFT)
    related = mine.select_related("match__track__program", "enrolment")
    return related.prefetch_related("match__seats__enrolment__user").order_by("pk")


def _with(seat: Seat) -> list[str]:
    """By name those that are in the match; who said no or never answered is not named."""
    present = [each for each in seat.match.seats.all() if each.answer == Seat.Answer.ACCEPTED and each.pk != seat.pk]
    both = seat.match.activated_at and seat.answer == Seat.Answer.ACCEPTED
    return [each.enrolment.user.name for each in present] if both else []


def _why(seat: Seat) -> list[str]:
    told = (share.get("told", {}).get(str(seat.enrolment_id), "") for share in seat.match.shares)
    return [sentence for sentence in told if sentence]


def _thanks(user: User) -> QuerySet[Thanks]:
    mine = Match.objects.filter(seats__enrolment__user=user, seats__left_at=None, end_reason=Match.EndReason.FINISHED)
    return Thanks.objects.filter(match__in=mine).order_by("pk")


PARTS = (
    Part(
        "matches",
        "Your matches",
        DECLARED,
        _seats,
        {
            "match": lambda seat: seat.match_id,
            "track": lambda seat: f"{seat.match.track.program.name}: {seat.match.track.name}",
            "state": lambda seat: seat.match.state,
            "with": _with,
            "why": _why,
            "topic": lambda seat: seat.match.topic,
            "began": lambda seat: seat.match.activated_at,
            "ended": lambda seat: seat.match.ended_at,
        },
    ),
    Part(
        "endings", "Why you ended a match early", DECLARED, lambda user: Ending.objects.filter(by=user).order_by("pk")
    ),
    Part(
        "endings-to-come",
        "Matches you are ending at this moment",
        DECLARED,
        lambda user: EndingToCome.objects.filter(by=user).order_by("pk"),
    ),
    Part(
        "going-on",
        "Whether you would go on with the people of a match",
        DECLARED,
        lambda user: GoesOn.objects.filter(seat__enrolment__user=user).order_by("pk"),
        {"match": lambda wish: wish.seat.match_id},
    ),
    Part("thanks", "Thanks between you and your matches", DECLARED, _thanks),
)
