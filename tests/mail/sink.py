"""A mail server for tests: keeps what it was given, and can be told to answer badly."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from mentorship.processes import free_port

# Takes the message and then breaks the connection instead of saying so.
LOSE_THE_ANSWER = "lose the answer"


class Sink:
    """Answers are used up one a message (DATA) or one a recipient (RCPT); then all is well."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.data_answers: deque[str] = deque()
        self.rcpt_answers: dict[str, str] = {}
        self.seconds = 0.0
        self.drops_repeats_by = ""
        self.repeats = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  the name aiosmtpd looks for
        if address in self.rcpt_answers:
            return self.rcpt_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  as above
        answer = self.data_answers.popleft() if self.data_answers else "250 OK"
        if answer.startswith(("4", "5")):
            return answer
        self._keep(message_from_bytes(envelope.content, policy=policy.default), envelope.rcpt_tos)
        await asyncio.sleep(self.seconds)
        if answer == LOSE_THE_ANSWER:
            server.transport.abort()
        return "250 OK"

    def _keep(self, message: EmailMessage, recipients: list[str]) -> None:
        key = self.drops_repeats_by
        if key and message[key] in [earlier[key] for earlier in self.messages]:
            self.repeats += 1
            return
        self.messages.append(message)
        self.recipients.extend(recipients)

    @property
    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.messages]


@contextlib.contextmanager
def running_sink(port: int | None = None) -> Iterator[tuple[Sink, int]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield sink, controller.port
    finally:
        controller.stop()
