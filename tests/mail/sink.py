"""A mail server for tests: keeps what it was given, and can be told to answer badly."""

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

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  the name aiosmtpd looks for
        if address in self.rcpt_answers:
            return self.rcpt_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  as above
        answer = self.data_answers.popleft() if self.data_answers else "250 OK"
        if answer.startswith(("4", "5")):
            return answer
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.extend(envelope.rcpt_tos)
        if answer == LOSE_THE_ANSWER:
            server.transport.abort()
        return "250 OK"

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
