from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from mail.tasks import ring
from matching import services
from matching.errors import MatchingError
from matching.management.commands._command import MatchingCommand


class Command(MatchingCommand):
    help = "Publish a proposal: everybody in it gets an e-mail and can accept or decline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", metavar="SLUG", help="the program")
        parser.add_argument("proposal", type=int, metavar="PROPOSAL", help="the proposal's number")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        program = self.program(options["program"])
        proposal = program.proposals.filter(number=options["proposal"]).first()
        if proposal is None:
            self.refuse(f"“{program.slug}” has no proposal {options['proposal']}.")
        try:
            done = services.publish(proposal=proposal, by=None, now=timezone.now())
        except MatchingError as error:
            self.refuse(str(error))
        ring()
        data = {
            "program": program.slug,
            "proposal": proposal.number,
            "offers": done.offers,
            "mails": done.mails,
            "kept": done.kept,
            "withdrawn": done.withdrawn,
        }
        text = f"Proposal {proposal.number} is published: {done.offers} matches offered, {done.mails} e-mails queued."
        self.answer(data, text, as_json=options["json"])
