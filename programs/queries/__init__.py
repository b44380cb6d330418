"""Reads about programs and the people in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from mail.prepared import prepared
from participants.finding import with_words, words_of
from participants.models import AuditEntry, User, full_name
from participants.permissions import is_admin
from programs.history import NOBODY, has_sentence, verbs_with
from programs.models import Coordinator, Enrolment, LineManager, Program, Role, Track

STATES = Enrolment.State
# Databases take only so many values in one query; SQLite 32,766.
_CHUNK = 10_000
# Somebody, their manager, and their manager's manager.
Line = tuple[int, int | None, int | None]


def programs_of(user: User) -> QuerySet[Program]:
    """The programs a coordinator runs; an admin sees every program's name and dates.

    Each with `people` (how many take part) and `is_mine` (whether this user coordinates it).
    """
    programs = Program.objects.annotate(
        people=Count("tracks__enrolments__user", filter=Q(tracks__enrolments__state=STATES.ACTIVE), distinct=True),
        is_mine=Exists(Coordinator.objects.filter(program=OuterRef("pk"), user=user)),
    ).prefetch_related("tracks")
    return programs if is_admin(user) else programs.filter(coordinators__user=user)


@dataclass(frozen=True)
class PeopleFilter:
    role: str = ""
    track: str = ""
    words: str = ""
    left: bool = False


class Listed(NamedTuple):
    """One line of a list of people: fifty are read at once, and whole rows of three tables would take longer."""

    pk: int
    role: str
    track: str
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name, self.email)


LISTED = ("pk", "role", "track__name", "user__first_name", "user__last_name", "user__email")


# So many stand on one page.
A_PAGE = 50


@prepared
def first_people(program: int) -> QuerySet[Enrolment, tuple[Any, ...]]:
    """The first page of everybody who takes part, which is what is nearly always asked for."""
    return people_of(program, PeopleFilter()).values_list(*LISTED)[:A_PAGE]


def people_of(program: Program | int, wanted: PeopleFilter) -> QuerySet[Enrolment]:
    """Everyone in a program who fits the filter; words are looked for in names and addresses."""
    people = Enrolment.objects.filter(track__program=program)
    people = people.filter(state=STATES.LEFT if wanted.left else STATES.ACTIVE)
    if wanted.role in Role.values:
        people = people.filter(role=wanted.role)
    if wanted.track:
        people = people.filter(track__slug=wanted.track)
    return people.filter(with_words(wanted.words, "user"))


def head_count(program: Program) -> dict[str, int]:
    """How many people take part in each role, and in all (a person in two roles counts once in all, and is two
    `entries` of the list)."""
    return _heads.first(program.pk) or dict.fromkeys([*Role.values, "all", "entries"], 0)


@prepared
def _heads(program: int) -> QuerySet[Enrolment, dict[str, int]]:
    """One row, or none where nobody takes part."""
    active = Enrolment.objects.filter(track__program=program, state=STATES.ACTIVE).order_by()
    roles = {role: Count("user", filter=Q(role=role), distinct=True) for role in Role.values}
    counted = active.values("track__program").annotate(**roles, all=Count("user", distinct=True), entries=Count("pk"))
    return counted.values(*Role.values, "all", "entries")  # type: ignore[no-any-return]  # names out of a list


@prepared
def tracks_of(program: int) -> QuerySet[Track]:
    """In the program's own order."""
    return Track.objects.filter(program=program)


def history_of(
    program: Program, *, words: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[AuditEntry]:
    """Newest first; with words, each of which is in the name of who did it or in what it says they did, and within
    days, both included, of the clock that is set (django.utils.timezone).
    """
    rows = AuditEntry.objects.filter(program_id=program.pk).select_related("by")
    for word in words_of(words):
        rows = rows.filter(_said(word))
    if since:
        rows = rows.filter(at__date__gte=since)
    return rows.filter(at__date__lte=until) if until else rows


def _said(word: str) -> Q:
    told_by_verb = Q(verb__icontains=word) & ~Q(verb__in=has_sentence())
    by_nobody = Q(by__email__isnull=True) if word.casefold() in NOBODY.casefold() else Q(pk__in=())
    return Q(verb__in=verbs_with(word)) | told_by_verb | by_nobody | with_words(word, "by")


def manager_of(user_id: int) -> str:
    """The address of the person somebody reports to, or ""."""
    return LineManager.objects.filter(user=user_id).values_list("email", flat=True).first() or ""


def reporting_lines(user_ids: Collection[int]) -> frozenset[frozenset[int]]:
    """The pairs of these people who must be kept apart: one is the other's manager, or their manager's manager.

    People without a manager, managers who have no account, circles, and somebody said to manage themselves are
    harmless. One query for each 10,000 people.
    """
    known = list(dict.fromkeys(user_ids))
    above = (line for at in range(0, len(known), _CHUNK) for line in _managers_of(known[at : at + _CHUNK]))
    return lines_among(known, above)


def lines_among(user_ids: Collection[int], above: Iterable[Line]) -> frozenset[frozenset[int]]:
    """What reporting_lines says, where everybody's managers are known already. No query."""
    among = set(user_ids)
    pairs = ((user, boss) for user, *bosses in above for boss in bosses if boss in among and boss != user)
    return frozenset(frozenset(pair) for pair in pairs)


def with_managers(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Each with `manager` and `next_manager`: the numbers of their accounts, or None."""
    manager = User.objects.filter(email=OuterRef("user__line_manager__email"))
    next_line = LineManager.objects.filter(user__email=OuterRef("user__line_manager__email"))
    next_manager = User.objects.filter(email=OuterRef("next_email"))
    found = enrolments.annotate(manager=Subquery(manager.values("pk")), next_email=Subquery(next_line.values("email")))
    return found.annotate(next_manager=Subquery(next_manager.values("pk")))


def _managers_of(user_ids: list[int]) -> QuerySet[LineManager, Line]:
    """User, manager, and manager's manager, each by the number of their account or None."""
    manager = User.objects.filter(email=OuterRef("email"))
    next_line = LineManager.objects.filter(user__email=OuterRef("email"))
    next_manager = User.objects.filter(email=OuterRef("next_email"))
    lines = LineManager.objects.filter(user__in=user_ids).annotate(
        manager=Subquery(manager.values("pk")), next_email=Subquery(next_line.values("email"))
    )
    return lines.annotate(next_manager=Subquery(next_manager.values("pk"))).values_list(
        "user_id", "manager", "next_manager"
    )
