"""Races about sessions, notes and surveys, and the order of locks: races 7, 9, 10, 11, 12, 13 and 19."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from matching.models import Match
from matching.services import end_match
from participants import services as accounts
from participants.models import SentForm, User
from programs.models import Role
from sessions import services
from sessions.errors import NotActive, NoteChanged, TimeTaken
from sessions.models import Note, Session
from surveys import definition
from surveys import services as surveys
from surveys.models import Answer, Invitation, Response
from surveys.services import AlreadySent
from tests.factories.programs import NOW
from tests.races.race import Race, Round, Said, gone, words
from tests.races.standing import (
    LATER,
    Pair,
    enrolled,
    pairs,
    people,
    planned,
    program,
    seated,
    tracks,
)

WALL = dt.datetime(2027, 3, 8, 6)
FIVE = {"zone": "UTC", "minutes": 30, "channel": "video", "now": NOW}


def plan(match: Match, by: User, hours: int) -> Session:
    return services.plan_session(match=match, starts=WALL + dt.timedelta(hours=hours), by=by, **FIVE)  # type: ignore[arg-type]  # as named


def shared_mentor(count: int) -> list[Pair]:
    """So many pairs that are on, all with one mentor."""
    (track,) = tracks(program(), 1)
    mentor, *mentees = enrolled([(track, Role.MENTOR)] + [(track, Role.MENTEE)] * count)
    return seated(track, [(mentor, each) for each in mentees])


class OneHour(Race):
    number = 7
    what = "Everybody takes the same hour of one mentor"
    guard = "row locks: the people of the session"
    refused = (TimeTaken,)
    at = r'INSERT INTO "mentoring_sessions_session"'

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        some = shared_mentor(clients)
        return [
            Round([(each.match, each.mentee.user, turn) for each in some], some[0].mentor.pk) for turn in range(rounds)
        ]

    def deed(self, *job: Any) -> str:
        plan(*job)
        return "planned"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        at = (WALL + dt.timedelta(hours=was.jobs[0][2])).replace(tzinfo=dt.UTC)
        return Session.objects.filter(match__seats__enrolment=was.facts, starts_at=at).count() != 1


def asked(rounds: int) -> list[Invitation]:
    """Closing questions, put to somebody new each time."""
    where = program()
    facts = {"survey": definition.survey_of(where, "closing"), "created_at": NOW}
    closes = NOW + dt.timedelta(days=14)
    return Invitation.objects.bulk_create(
        [Invitation(user=user, closes_at=closes, with_core=True, **facts) for user in people(rounds)]
    )


class SentTwice(Race):
    number = 9
    what = "One survey is sent in by all at once"
    guard = "row lock: invitation; unique: response of an invitation"
    refused = (AlreadySent,)

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        made = asked(rounds)
        return [Round([(each, number % 2 == 0) for number in range(clients)], each) for each in made]

    def deed(self, *job: Any) -> str:
        invitation, consent = job
        surveys.send(invitation=invitation, consent=consent, contact_me=False, now=LATER)
        return f"sent {consent}"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        sent = [each for each in words(said) if each.startswith("sent")]
        return sent != [f"sent {Response.objects.get(invitation=was.facts).consent}"]


class TwoDevices(Race):
    number = 10
    what = "One question is answered to and fro from two devices"
    guard = "row lock: invitation; unique: response of an invitation, answer to a question"
    constraints = (gone(Response, "invitation_id"), gone(Answer, "response_id", "question_id"))
    at = r'INSERT INTO "surveys_response"'

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        made = asked(rounds)
        slug = made[0].survey.questions.filter(kind="scale").order_by("position").values_list("slug", flat=True)[0]
        return [Round([(each, slug, 1 + number % 2) for number in range(clients)], each) for each in made]

    def deed(self, *job: Any) -> str:
        invitation, slug, value = job
        surveys.save_answer(invitation=invitation, slug=slug, value=value, now=LATER)
        return "kept"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        kept = Answer.objects.filter(response__invitation=was.facts).values_list("value", flat=True)
        return len(kept) != 1 or kept[0] not in (1, 2)


class SentAgain(Race):
    """As mentorship.forms_sent does it for every form."""

    number = 11
    what = "One form is sent many times with one key, by half with other words"
    guard = "unique: key of a person, taken in the transaction of the deed"
    constraints = (gone(SentForm, "owner", "key"),)
    at = r'INSERT INTO "participants_sentform"'

    def unguarded(self, sql: str) -> str:
        return super().unguarded(sql).replace("ON CONFLICT DO NOTHING", "")

    def quorum(self, clients: int) -> int:
        return clients // 2 + 1

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        ready = []
        for pair in pairs(program(), rounds):
            by, key = pair.mentee.user, uuid.uuid4().hex
            ready.append(Round([(pair.match, by, key, hours % 2) for hours in range(clients)], pair.match))
        return ready

    def deed(self, *job: Any) -> str:
        match, by, key, hours = job
        owner, body = accounts.owner_of(by), str(hours)
        with transaction.atomic():
            before = accounts.claim_form(owner=owner, key=key, body=body, now=NOW)
            if before is None:
                before = SentForm(body=body, led_to=str(plan(match, by, hours).pk))
                accounts.keep_form(owner=owner, key=key, led_to=before.led_to)
        return f"session {before.led_to}" if before.body == body else "other words"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        """One session, and whoever sent the same words is led to it."""
        told = set(words(said)) - {"other words"}
        made = Session.objects.filter(match=was.facts).values_list("pk", flat=True)
        return len(made) != 1 or told != {f"session {made[0]}"}


class NoteOverwritten(Race):
    number = 12
    what = "One note is changed in all windows at once"
    guard = "row locks: match and session, before its version is compared"
    refused = (NoteChanged,)

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        some = pairs(program(), rounds)
        meetings = planned([each.match for each in some])
        facts = {"visibility": "private", "body": "As it was", "created_at": NOW, "updated_at": NOW}
        authors = [each.mentee.user for each in some]
        notes = [Note(session=one, author=by, **facts) for one, by in zip(meetings, authors, strict=True)]
        made = Note.objects.bulk_create(notes)
        three = zip(meetings, authors, made, strict=True)
        return [Round([(one, by, f"Words {n}") for n in range(clients)], note) for one, by, note in three]

    def deed(self, *job: Any) -> str:
        session, by, body = job
        services.write_note(session=session, by=by, visibility="private", body=body, version=1, now=LATER)
        return str(body)

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        note = Note.objects.get(pk=was.facts.pk)
        kept = [each for each in words(said) if each != "NoteChanged"]
        return (kept, note.version) != ([note.body], 2)


class WrittenWhileEnding(Race):
    number = 13
    what = "Notes are written while the match ends"
    guard = "row lock: match"
    refused = (NotActive,)
    pause = 5.0

    def leaders(self, clients: int) -> int:
        return clients - 2

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        (by,), writers = people(1), self.leaders(clients)
        some = pairs(program(), rounds)
        starts = [NOW + dt.timedelta(days=1 + n) for n in range(writers)]
        drafts = [
            Session(
                match=each.match, starts_at=at, ends_at=at + dt.timedelta(minutes=30), minutes=30, zone="UTC",
                wall_start=f"{at:%Y-%m-%dT%H:%M}", planned_at=NOW, created_at=NOW,
            )
            for each in some
            for at in starts
        ]  # fmt: skip
        made = Session.objects.bulk_create(drafts)
        return [
            Round(
                [(one, None, each.mentee.user) for one in made[n * writers : (n + 1) * writers]]
                + [(None, each.match, by)] * 2
            )
            for n, each in enumerate(some)
        ]

    def deed(self, *job: Any) -> str:
        session, match, by = job
        if match is not None:
            end_match(match=match, by=by, now=LATER)
            return "ended"
        services.write_note(session=session, by=by, visibility="private", body="Words", version=0, now=LATER)
        return "written"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return any(each.word == "written" and each.behind for each in said)


class LocksCrossed(Race):
    number = 19
    what = "Sessions of two matches with one mentor are planned, all at once"
    guard = "one order of locks: match, people, session; without it, half begin with the people"
    refused = (TimeTaken,)
    locks = False
    at = r"SELECT .* FOR (NO KEY )?UPDATE"
    nth = 2

    def quorum(self, clients: int) -> int:
        return clients

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        some = shared_mentor(2)
        jobs = [(n % 2 == 1, some[n // 2 % 2], n) for n in range(clients)]
        return [Round([(*job, clients * turn + job[2]) for job in jobs]) for turn in range(rounds)]

    def deed(self, *job: Any) -> str:
        backwards, pair, _, hours = job
        with transaction.atomic():
            if self.off and backwards:
                ids = sorted([pair.mentor.user_id, pair.mentee.user_id])
                list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
            plan(pair.match, pair.mentee.user, hours)
        return "planned"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return set(words(said)) != {"planned"}
