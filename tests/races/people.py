"""Races about who takes part and who may: races 4, 8, 14, 15, 16, 17, 18 and 20."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from participants import services as accounts
from participants.models import DataExport, RoleGrant, User
from programs import services
from programs.errors import ProgramError
from programs.models import Application, Coordinator, Enrolment, Import, Intake, Role
from programs.services import importing
from programs.services.enrolling_applying import send_application
from safeguarding.errors import NotYours
from safeguarding.models import Case
from safeguarding.services import write_note
from tests.factories.programs import NOW
from tests.races.race import Race, Round, Said, gone, words
from tests.races.standing import LATER, alternately, people, program, tracks


class LastPlaces(Race):
    number = 4
    what = "Three places, and everybody applies at once"
    guard = "row lock: intake of the track"
    places = 3
    at = r'INSERT INTO "programs_enrolment"'

    def quorum(self, clients: int) -> int:
        return min(clients, self.places + 1)

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        where, users = tracks(program(takes_applications=True), rounds), people(clients)
        Intake.objects.bulk_create([Intake(track=each, screened=False, mentee_places=self.places) for each in where])
        facts = {"role": Role.MENTEE, "started_at": NOW}
        wanted = [Application(track=track, user=user, **facts) for track in where for user in users]
        made = Application.objects.bulk_create(wanted)
        some = [made[n : n + clients] for n in range(0, len(made), clients)]
        return [Round([(each,) for each in these], track) for track, these in zip(where, some, strict=True)]

    def deed(self, *job: Any) -> str:
        (application,) = job
        return str(send_application(application=application, by=application.user, now=LATER).state)

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        taken = Enrolment.objects.filter(track=was.facts, state=Enrolment.State.ACTIVE).count()
        return taken != min(self.places, len(said)) or words(said).count("accepted") != taken


def files(where: Sequence[Any], each: int, email: str) -> list[list[Import]]:
    """For each track so many imports of one file, ready to run."""
    name = default_storage.save(f"imports/{uuid.uuid4().hex}.csv", ContentFile(f"email\n{email}\n".encode()))
    facts = {"role": Role.MENTEE, "state": Import.State.QUEUED, "filename": "people.csv", "file": name, "total": 1}
    facts |= {"sha256": uuid.uuid4().hex * 2, "mapping": {"email": "email"}, "created_at": NOW}
    made = Import.objects.bulk_create([Import(track=track, **facts) for track in where for _ in range(each)])
    return [made[n : n + each] for n in range(0, len(made), each)]


def run_import(item: Import) -> str:
    done = importing.run_import(item.pk, clock=lambda: LATER)
    return done.state if done else "not mine"


class ImportedTwice(Race):
    number = 8
    what = "One file is imported by all at once"
    guard = "row lock: track; unique: file of a track that is in force"
    constraints = (gone(Import, "track_id", "role", "sha256"),)
    at = r'UPDATE "programs_import" SET "track_id"'

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        where, (user,) = tracks(program(), rounds), people(1)
        # Who is in already is not written again: what is tried is the import alone.
        Enrolment.objects.bulk_create([Enrolment(track=t, user=user, role=Role.MENTEE, joined_at=NOW) for t in where])
        some = files(where, clients, user.email)
        return [Round([(each,) for each in these], track) for track, these in zip(where, some, strict=True)]

    def deed(self, *job: Any) -> str:
        return run_import(*job)

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        done = Import.objects.filter(track=was.facts, state=Import.State.DONE).count()
        return (done, sorted(words(said))) != (1, ["done"] + ["failed"] * (len(said) - 1))


class LastCoordinator(Race):
    number = 14
    what = "Two coordinators remove each other"
    guard = "row lock: program"
    refused = (ProgramError,)

    def quorum(self, clients: int) -> int:
        return clients // 2 + 1

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        where, users = [program() for _ in range(rounds)], people(2)
        made = Coordinator.objects.bulk_create(
            [Coordinator(program=p, user=u, since=NOW) for p in where for u in users]
        )
        twos = zip(where, made[::2], made[1::2], strict=True)
        return [
            Round(alternately(clients, (one, users[1]), (other, users[0])), place)  # type: ignore[arg-type]  # two jobs
            for place, one, other in twos
        ]

    def deed(self, *job: Any) -> str:
        coordinator, by = job
        services.remove_coordinator(coordinator=coordinator, by=by, now=LATER)
        return "removed"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return Coordinator.objects.filter(program=was.facts).count() != 1


class LinkUsedTwice(Race):
    number = 15
    what = "One link to sign in is used by all at once"
    guard = "row lock: account"

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        return [Round([(each,)] * clients) for each in people(rounds)]

    def deed(self, *job: Any) -> str:
        (user,) = job
        return "signed in" if accounts.use_sign_in_link(user=user, mark="0", now=LATER) else "used"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return words(said).count("signed in") != 1


class OneAddress(Race):
    number = 16
    what = "Sign-up, a coordinator and an import make an account of one address"
    guard = "unique: address"
    constraints = (gone(User, "email"),)
    at = r'INSERT INTO "participants_user" '

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        ready = []
        for place in tracks(program(), rounds):
            email = f"new{place.pk}@example.org"
            ((item,),) = files([place], 1, email)
            jobs: list[tuple[Any, ...]] = [(email, None, item), (email, place.program, None)]
            ready.append(Round([*jobs, *[(email.upper(), None, None)] * (clients - 2)], email))
        return ready

    def deed(self, *job: Any) -> str:
        email, place, item = job
        if item is not None:
            return run_import(item)
        if place is not None:
            services.add_coordinator(program=place, email=email, by=None, now=LATER)
            return "coordinator"
        accounts.ensure_account(email=email)
        return "account"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return User.objects.filter(email=was.facts).count() != 1 or "failed" in words(said)


class RoleTakenAway(Race):
    number = 17
    what = "A lead's role is taken away while she writes into cases"
    guard = "row lock: the grant, looked at in the writing transaction"
    refused = (NotYours,)

    def leaders(self, clients: int) -> int:
        return clients - 2

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        each_has = self.leaders(clients)
        leads = people(rounds)
        RoleGrant.objects.bulk_create([RoleGrant(user=u, role="safeguarding_lead", granted_at=NOW) for u in leads])
        facts = {"text": "Words", "reported_at": NOW}
        cases = [Case(number=uuid.uuid4().hex[:9], key=uuid.uuid4(), **facts) for _ in range(rounds * each_has)]
        cases = Case.objects.bulk_create(cases)
        ready = []
        for n, lead in enumerate(leads):
            mine = cases[n * each_has : (n + 1) * each_has]
            jobs = [(each, lead) for each in mine] + [(None, lead)] * 2
            ready.append(Round(jobs, mine))
        return ready

    def deed(self, *job: Any) -> str:
        case, lead = job
        if case is None:
            accounts.revoke_role(user=lead, role="safeguarding_lead", by=None, now=LATER)
            return "taken away"
        write_note(case=case, body="Mine", by=lead, now=LATER)
        return "written"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return any(each.word == "written" and each.behind for each in said)


class EnrolledTwice(Race):
    number = 18
    what = "One person is enrolled by all at once (what is made if it is not there)"
    guard = "unique: person, track and role"
    constraints = (gone(Enrolment, "track_id", "user_id", "role"),)
    at = r'INSERT INTO "programs_enrolment"'

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        (user,) = people(1)
        return [Round([(each, user)] * clients, each) for each in tracks(program(), rounds)]

    def deed(self, *job: Any) -> str:
        track, user = job
        services.enrol(track=track, user=user, role=Role.MENTEE, answers={}, by=None, now=LATER)
        return "enrolled"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        return Enrolment.objects.filter(track=was.facts).count() != 1


class ErasedWhileExported(Race):
    number = 20
    what = "Somebody is erased while the file of their data is made"
    guard = "row locks: account, then the order of the file"
    at = r'UPDATE "participants_dataexport" SET "user_id"'
    pause = 5.0

    def leaders(self, clients: int) -> int:
        return clients - 1

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        users = people(rounds)
        orders = DataExport.objects.bulk_create([DataExport(user=each, asked_at=NOW) for each in users])
        return [
            Round([(order.pk, user)] * (clients - 1) + [(None, user)], user)
            for order, user in zip(orders, users, strict=True)
        ]

    def deed(self, *job: Any) -> str:
        order, user = job
        if order is None:
            accounts.erase(user=user, by=None, now=LATER)
            return "erased"
        made = accounts.run_export(order, make=lambda who: who.email.encode(), clock=lambda: LATER)
        return "ready" if made else "not wanted any more"

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        """Of somebody who is erased there is no file."""
        return DataExport.objects.filter(user=was.facts).exists()
