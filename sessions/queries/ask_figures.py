"""What coordinators see of asks: figures, the load of each helper, and what somebody chose to show them. No words of
an ask or a reply are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from participants.models import User
from programs.models import Program, Track
from sessions.models import Ask, AskFlag, AskRoute, AskTerms
from sessions.queries.ask_routing import LATELY, WEEK, network_of
from sessions.queries.asks import asking_models

# Shares are of at least so many people's asks, and go up in steps of so many, so that no single one shows.
FEWEST = 5
MOST_ROWS = 50


@dataclass(frozen=True)
class Share:
    """So many of so many; `of` is 0 while fewer than five people's asks stand behind it."""

    count: int = 0
    of: int = 0


@dataclass(frozen=True)
class Load:
    """How many asks went to one helper."""

    name: str
    lately: int
    this_week: int


@dataclass(frozen=True)
class TrackAsks:
    """A track in which people ask, and how many asks a helper gets there in seven days."""

    track: Track
    cap: int


@dataclass(frozen=True)
class Flagged:
    """What somebody reported: who wrote it, who reports it, and the words they chose to show."""

    flag: AskFlag
    author: User
    is_reply: bool


@dataclass(frozen=True)
class AskFigures:
    tracks: list[TrackAsks]
    hours: int
    asks: int
    open: int
    unanswered: int
    replies: int
    in_time: Share
    helped: Share
    loads: list[Load]
    flags: list[Flagged]


def ask_figures(program: Program, reader: User, now: datetime) -> AskFigures:
    """A fixed number of queries. A flag about what the reader wrote themselves is not listed to them."""
    tracks = list(program.tracks.filter(model__in=asking_models()))
    caps = dict(AskTerms.objects.filter(track__in=tracks).values_list("track", "weekly_cap"))
    hours = max((network_of(each).answer_hours for each in tracks), default=0)
    rows = list(
        Ask.objects.filter(asker__track__program=program)
        .annotate(first=Min("replies__created_at"), answers=Count("replies"))
        .order_by("created_at", "pk")
        .values_list("created_at", "first", "asker__user", "state", "closed_at", "answers")
    )
    due = timedelta(hours=hours)
    open_asks = [row for row in rows if row[3] == Ask.State.OPEN]
    judged = [(user, first is not None and first <= at + due) for at, first, user, *_ in rows if at + due <= now]
    said = (Ask.State.HELPED, Ask.State.ELSEWHERE, Ask.State.DROPPED)
    closed = sorted((row for row in rows if row[3] in said), key=lambda row: row[4] or row[0])
    return AskFigures(
        tracks=[TrackAsks(each, caps.get(each.pk, network_of(each).weekly_cap)) for each in tracks],
        hours=hours,
        asks=len(rows),
        open=len(open_asks),
        unanswered=sum(row[1] is None and row[0] + due <= now for row in open_asks),
        replies=sum(row[5] for row in rows),
        in_time=share_of(judged),
        helped=share_of([(row[2], row[3] == Ask.State.HELPED) for row in closed]),
        loads=_loads(program, now),
        flags=_flags(program, reader),
    )


def share_of(said: Sequence[tuple[int, bool]]) -> Share:
    """Of what these people's asks came to, in order of time: as many as make full steps, of five people or more."""
    shown = said[: len(said) // FEWEST * FEWEST]
    if len({user for user, _ in shown}) < FEWEST:
        return Share()
    return Share(sum(good for _, good in shown), len(shown))


def _loads(program: Program, now: datetime) -> list[Load]:
    """The helpers with most asks in four weeks, first."""
    routes = AskRoute.objects.filter(helper__track__program=program, routed_at__gt=now - LATELY)
    by_user = routes.values("helper__user").annotate(
        lately=Count("pk"), this_week=Count("pk", filter=Q(routed_at__gt=now - WEEK)), last=Max("routed_at")
    )
    rows = list(by_user.order_by("-lately", "-this_week", "helper__user")[:MOST_ROWS])
    names = {user.pk: user.name for user in User.objects.filter(pk__in=[row["helper__user"] for row in rows])}
    return [Load(names[row["helper__user"]], row["lately"], row["this_week"]) for row in rows]


def _flags(program: Program, reader: User) -> list[Flagged]:
    found = AskFlag.objects.filter(ask__asker__track__program=program, settled_at=None, for_leads=False)
    # Of the ask and the reply only who wrote them: their words stay where they are.
    whole = found.select_related("by", "ask__asker__user", "reply__route__helper__user").defer(
        "ask__context", "ask__question", "reply__strength", "reply__question", "reply__suggestion"
    )
    listed = [Flagged(flag, author_of(flag), flag.reply_id is not None) for flag in whole]
    return [each for each in listed if each.author.pk != reader.pk]


def author_of(flag: AskFlag) -> User:
    """Who wrote what was reported."""
    return flag.reply.route.helper.user if flag.reply else flag.ask.asker.user
