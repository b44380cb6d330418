from argparse import ArgumentParser
from typing import Any

from django.db import transaction
from django.utils import timezone

from matching import services
from matching.errors import MatchingError
from matching.management.commands._command import MatchingCommand
from matching.models import MatchingPlan, Proposal
from matching.queries.inputs import model_of
from matching.queries.proposals import result_of
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Track


class Command(MatchingCommand):
    help = "Match the people of a track: makes a proposal that only its coordinators see."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", metavar="SLUG", help="the program")
        parser.add_argument("--track", metavar="SLUG", help="needed where the program has several")
        parser.add_argument(
            "--capacity", type=int, metavar="N", help="matches a mentor may have in this run, unless agreed otherwise"
        )
        parser.add_argument("--objective", choices=MatchingPlan.Objective.values, help="instead of the track's own")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        program = self.program(options["program"])
        track = self.track(program, options["track"])
        with transaction.atomic():  # what comes to nothing leaves nothing behind
            result = self.result(track, options)
        self.answer(result, told(result, model_of(track)), as_json=options["json"])

    def result(self, track: Track, options: dict[str, Any]) -> dict[str, Any]:
        try:
            queued = services.start_proposal(
                track=track,
                capacity=options["capacity"],
                objective=options["objective"],
                by=None,
                now=timezone.now(),
            )
        except MatchingError as error:
            self.refuse(str(error))
        done = services.run_proposal(queued.pk, clock=timezone.now)
        if done is None or done.state != Proposal.State.DRAFT:
            self.refuse(done.error if done else "Somebody else has taken this proposal up.")
        return result_of(done)


def told(result: dict[str, Any], model: MentoringModel) -> str:
    """The same for people."""
    proof = "proven optimal" if result["optimal"] else f"at most {result['bound']} is possible"
    lines = [
        f"Proposal {result['proposal']} for {result['program']}/{result['track']}",
        f"{_placed(result, model)}, {result['total']} points, {proof}.",
        *(_match(number, each, model) for number, each in enumerate(result["groups"], start=1)),
    ]
    if result["unplaced"]:
        lines += [f"Left over: {len(result['unplaced'])}"]
        lines += [f"  {entry['email']}: {entry['reason']}" for entry in result["unplaced"]]
    return "\n".join(lines)


def _placed(result: dict[str, Any], model: MentoringModel) -> str:
    if model.shape in (Shape.TWO_SIDED, Shape.ONE_SIDED):
        return f"{result['placed']} of {result['possible']} possible places filled"
    return f"{result['placed']} of {result['possible']} people who can have a {model.words.one} have one"


def _match(number: int, match: dict[str, Any], model: MentoringModel) -> str:
    """“  mona@example.org + tom@example.org”, with what there is to say of a session, a group or a network."""
    emails = " + ".join(_member(member) for member in match["members"])
    if "start" in match:
        about = f": {match['topic']}" if match["topic"] else ""
        return f"  {emails}, {match['start']}, {match['minutes']} minutes{about}"
    if model.shape in (Shape.GROUPS, Shape.CONSTELLATION):
        return f"  {model.words.one.capitalize()} {number} ({match['score']} points): {emails}"
    return f"  {emails}"


def _member(member: dict[str, Any]) -> str:
    return f"{member['email']} ({member['part'].replace('_', '-')})" if "part" in member else member["email"]
