"""What the tables of this app hold about people, who gets it, and when it goes."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from participants.models import User
from participants.personal_data import Part, declare
from participants.retention import Rule
from participants.services import CannotErase, erase
from programs.models import Application, Coordinator, Enrolment, Exclusion, LineManager, Lot, Program, SetAside, Wishes

_COUNTED = "places, matches and statistics are counted from it"
_OTHERS = "a deed of somebody who ran the program"

DECLARED = declare(
    {
        "programs.Program": {
            "none": (
                "id slug name description state starts_on ends_on timezone takes_applications applications_from"
                " applications_until by_lot is_sample version created_at"
            ),
            "personal, erase": "contact_name contact_email",
            f"pseudonymous, keep: {_OTHERS}": "created_by",
        },
        "programs.Coordinator": {
            "personal, export, erase": "program since",
            "pseudonymous, erase": "id user",
        },
        "programs.Track": {
            "none": "id program slug name model position capacity cadence_days session_minutes",
        },
        "programs.Draw": {
            "none": "id program kind first second places changes_on changed_at stratum seed at told_at undone_at",
            f"pseudonymous, keep: {_OTHERS}": "by undone_by",
        },
        "programs.Lot": {
            "pseudonymous, export, keep: anybody can work out again who was drawn where": "stratum waits",
            "pseudonymous, keep: anybody can work out again who was drawn where": "user track",
            "none": "id draw program came_from next_place",
        },
        "programs.SetAside": {
            "personal, export, erase": "reason at",
            "pseudonymous, erase": "id user",
            "none": "program",
            f"pseudonymous, keep: {_OTHERS}": "by",
        },
        "programs.ProfileField": {
            "none": "id program slug label help kind options asked_of required shared position",
        },
        "programs.Enrolment": {
            "personal, export, erase": "answers capacity",
            f"pseudonymous, export, keep: {_COUNTED}": "id role state joined_at left_at",
            f"pseudonymous, keep: {_COUNTED}": "track user",
        },
        "programs.LineManager": {"personal, export, erase": "email", "pseudonymous, erase": "id user"},
        "programs.Import": {
            "none": (
                "id track role state filename sha256 encoding mapping skipped_rows progress total result created_at"
                " started_at finished_at"
            ),
            "personal, erase": "file effects error",
            f"pseudonymous, keep: {_OTHERS}": "created_by",
        },
        "programs.Intake": {
            "none": ("id track screened mentor_places mentee_places peer_places orientation orientation_points wishes"),
        },
        "programs.Application": {
            "personal, export, erase": (
                "role state answers capacity started_at sent_at waiting_since decided_at reason oriented_at"
            ),
            "personal, erase": "before news steps_done",
            "pseudonymous, erase": "id track user enrolment",
            f"pseudonymous, keep: {_OTHERS}": "decided_by",
        },
        "programs.Wishes": {
            "personal, export, erase": "liked only_liked saved_at",
            "pseudonymous, erase": "id enrolment",
        },
        "programs.Exclusion": {
            "personal, export, erase": "people note at",
            "pseudonymous, erase": "owner",
            "pseudonymous, keep: coordinators keep two people apart by the numbers of accounts": "id program by",
        },
    }
)


def _enrolments(user: User) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(user=user).select_related("track__program").order_by("pk")


def _track(row: Enrolment | Application | Lot) -> str:
    return f"{row.track.program.name}: {row.track.name}"


def _program(row: Coordinator | Exclusion | SetAside) -> str:
    return row.program.name


def accounts_over(before: dt.datetime) -> QuerySet[User]:
    """People whose last program was over by then, who have no role, and have not signed in since."""
    mine = Enrolment.objects.filter(user=OuterRef("pk"))
    over = Q(state=Enrolment.State.LEFT, left_at__lt=before) | Q(track__program__ends_on__lt=before.date())
    runs = Coordinator.objects.filter(user=OuterRef("pk"))
    idle = Q(last_login=None) | Q(last_login__lt=before)
    people = User.objects.filter(idle, erased_at=None, role_grants=None, is_superuser=False)
    return people.filter(Exists(mine), ~Exists(mine.exclude(over)), ~Exists(runs)).order_by("pk")


# So many a day, as each is a transaction's worth of work.
AT_ONCE = 200


def _erase_accounts(before: dt.datetime, now: dt.datetime) -> int:
    count = 0
    for user in accounts_over(before)[:AT_ONCE]:
        try:
            erase(user=user, by=None, now=now)
        except CannotErase:  # a role came to them between the look and the lock
            continue
        count += 1
    return count


PARTS = (
    Part("enrolments", "Programs you take part in", DECLARED, _enrolments, {"track": _track}),
    Part(
        "lots",
        "Where you are by lot",
        DECLARED,
        lambda user: Lot.objects.filter(user=user).select_related("track__program", "draw").order_by("pk"),
        {"track": _track, "drawn": lambda row: row.draw.at},
    ),
    Part(
        "set_aside",
        "Where you begin whatever the lots say",
        DECLARED,
        lambda user: SetAside.objects.filter(user=user).select_related("program").order_by("pk"),
        {"program": _program, "why": lambda row: row.get_reason_display()},
    ),
    Part(
        "applications",
        "Applications",
        DECLARED,
        lambda user: Application.objects.filter(user=user).select_related("track__program").order_by("pk"),
        {"track": _track},
    ),
    Part(
        "wishes",
        "Whom you wished for",
        DECLARED,
        lambda user: Wishes.objects.filter(enrolment__user=user).order_by("pk"),
    ),
    Part(
        "exclusions",
        "Whom you asked never to be matched with",
        DECLARED,
        lambda user: Exclusion.objects.filter(owner=user).select_related("program").order_by("pk"),
        {"program": _program},
    ),
    Part("line_manager", "To whom you report", DECLARED, lambda user: LineManager.objects.filter(user=user)),
    Part(
        "coordinating",
        "Programs you run",
        DECLARED,
        lambda user: Coordinator.objects.filter(user=user).select_related("program").order_by("pk"),
        {"program": _program},
    ),
)

RULES = (
    Rule(
        "accounts", "Accounts of people without a role", "their last program was over", 365, 30, 3650, _erase_accounts
    ),
)


def programs_of(user: User) -> QuerySet[Program]:
    """The programs somebody takes or took part in, or runs: each has its own wishes about mail."""
    mine = Q(tracks__enrolments__user=user) | Q(coordinators__user=user)
    return Program.objects.filter(mine).distinct().order_by("name", "pk")
