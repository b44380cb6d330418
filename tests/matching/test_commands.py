"""propose and publish on the command line: what they print, their exit status, and that refusals write nothing."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from mail.models import Message
from matching.models import MatchingPlan, Proposal
from participants.models import AuditEntry
from tests.factories.programs import EnrolmentFactory, ProgramFactory, TrackFactory


def run(capsys, *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def refused(*arguments: str) -> str:
    """The message; nothing is written."""
    before = Proposal.objects.count(), MatchingPlan.objects.count(), AuditEntry.objects.count(), Message.objects.count()
    with pytest.raises(CommandError) as caught:
        call_command(*arguments)
    assert caught.value.returncode == 2
    after = Proposal.objects.count(), MatchingPlan.objects.count(), AuditEntry.objects.count(), Message.objects.count()
    assert after == before
    return str(caught.value)


def mentor(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.org", "role": "mentor"}


def mentee(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.org", "role": "mentee"}


def test_propose_answers_with_one_json_object(town, capsys):
    answer = json.loads(run(capsys, "propose", "town", "--json"))
    seconds = answer.pop("seconds")
    assert 0 <= seconds < 60
    assert answer == {
        "program": "town",
        "track": "mentoring",
        "proposal": 1,
        "objective": "cover",
        "capacity": 1,
        "placed": 2,
        "possible": 2,
        "total": 21,
        "optimal": True,
        "bound": 21,
        "matches": [["mona@example.org", "tom@example.org"], ["nils@example.org", "una@example.org"]],
        "groups": [
            {"score": 12, "members": [mentor("mona"), mentee("tom")]},
            {"score": 9, "members": [mentor("nils"), mentee("una")]},
        ],
        "aims": [
            {"objective": aim, "placed": 2, "total": 21, "lowest": 9, "optimal": True, "chosen": aim == "cover"}
            for aim in ("cover", "floor", "score", "stable")
        ],
        "unplaced": [
            {
                "email": "vera@example.org",
                "reason": "The only mentor who fits has no free place: Mona Town. “Level above” keeps 1 of 2 mentors "
                "away, 1 of them for no other reason.",
            }
        ],
    }


def test_capacity_and_objective_are_for_this_run(town, capsys):
    answer = json.loads(run(capsys, "propose", "town", "--track", "mentoring", "--capacity", "2", "--json"))
    assert (answer["placed"], answer["total"], answer["capacity"], answer["unplaced"]) == (3, 30, 2, [])
    answer = json.loads(run(capsys, "propose", "town", "--objective", "score", "--json"))
    assert (answer["objective"], answer["total"], answer["capacity"]) == ("score", 21, 1)
    assert MatchingPlan.objects.get().objective == "cover"


def test_the_same_run_twice_gives_the_same_matches(town, capsys):
    one, two = (json.loads(run(capsys, "propose", "town", "--json")) for _ in range(2))
    assert one["matches"] == two["matches"]
    assert (one["proposal"], two["proposal"]) == (1, 2)


def test_people_get_words(town, capsys):
    assert run(capsys, "propose", "town") == (
        "Proposal 1 for town/mentoring\n"
        "2 of 2 possible places filled, 21 points, proven optimal.\n"
        "  mona@example.org + tom@example.org\n"
        "  nils@example.org + una@example.org\n"
        "Left over: 1\n"
        "  vera@example.org: The only mentor who fits has no free place: Mona Town. "
        "“Level above” keeps 1 of 2 mentors away, 1 of them for no other reason.\n"
    )


def test_publish_publishes(town, capsys):
    run(capsys, "propose", "town")
    assert json.loads(run(capsys, "publish", "town", "1", "--json")) == {
        "program": "town",
        "proposal": 1,
        "offers": 2,
        "mails": 4,
        "kept": 0,
        "withdrawn": 0,
    }
    assert Proposal.objects.get().state == "published"
    assert refused("publish", "town", "1") == "Proposal 1 was already published."
    run(capsys, "propose", "town", "--capacity", "2")
    assert run(capsys, "publish", "town", "2") == "Proposal 2 is published: 1 matches offered, 2 e-mails queued.\n"


def test_what_cannot_be_is_refused(town):
    assert refused("propose", "nope") == "There is no program “nope”."
    assert refused("propose", "town", "--track", "x") == "“town” has no track “x”. Its tracks: mentoring."
    assert refused("propose", "town", "--capacity", "99") == "Enter a number of places from 1 to 50"
    assert refused("publish", "nope", "1") == "There is no program “nope”."
    assert refused("publish", "town", "7") == "“town” has no proposal 7."


def test_a_program_with_several_tracks_needs_to_know_which(town):
    TrackFactory.create(program=town.track.program, slug="peers", name="Peers", model="peer")
    assert refused("propose", "town") == ("“town” has 2 tracks: say which with --track. Its tracks: mentoring, peers.")
    assert refused("propose", "town", "--track", "peers") == "“Peers” needs at least two people."


def test_a_run_that_comes_to_nothing_leaves_nothing(town):
    town.track.program.fields.filter(slug="level").update(kind="text", options=[])
    assert refused("propose", "town") == ("Level above: “Gap between two levels” does not work with “Level” (text).")


def test_a_track_without_people_is_refused(db):
    track = TrackFactory.create(program=ProgramFactory.create(slug="empty"), name="Mentoring")
    assert refused("propose", "empty") == "“Mentoring” has no mentees and no mentors yet."
    EnrolmentFactory.create(track=track)
    assert refused("propose", "empty") == "“Mentoring” has no mentors yet."


def test_a_word_that_is_no_number_ends_with_status_2(root, tmp_path):
    command = [sys.executable, "manage.py", "publish", "town", "first"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "invalid int value: 'first'" in done.stderr
