"""Sending what is due, one message after the other, so that none can stop the next."""

import logging
import smtplib
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError

from mail import registry
from mail.models import Message
from mail.services import outcomes
from mail.services.composing import compose
from mail.services.leases import claim, hand_over, is_short, release
from mail.services.ticks import beat

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
BATCH = 10
# All of one message's talk with the mail server; shorter than what the fence leaves of the lease.
SEND_SECONDS = 45
# Answers that speak of our account at the server, not of the person's address.
OUR_FAULT = frozenset({530, 534, 535, 538})


class RecipientRefused(smtplib.SMTPResponseException):
    """The server's answer to the one address of a message."""


class Outcome(StrEnum):
    SENT = "sent"
    UNWANTED = "unwanted"
    FAILED = "failed"
    PUT_OFF = "put off"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"


@dataclass
class Tally:
    """What one drain did, and whether it left due messages behind (limit, budget or a stop)."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    more: bool = False

    def __str__(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items())) or "nothing due"


class Post:
    """One connection to the mail server for many messages."""

    def __init__(self) -> None:
        self._backend: Any = get_connection(fail_silently=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def ready(self) -> None:
        """Connect, or see that the connection still lives: a dead one found later would leave a doubt."""
        talk = getattr(self._backend, "connection", None)
        if isinstance(talk, smtplib.SMTP) and not _alive(talk):
            self.close()
        self._backend.open()

    def send(self, email: EmailMultiAlternatives) -> None:
        with _deadline(getattr(getattr(self._backend, "connection", None), "sock", None)):
            self._backend.send_messages([email])

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()


def _alive(talk: smtplib.SMTP) -> bool:
    try:
        return talk.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


@contextmanager
def _deadline(sock: socket.socket | None) -> Iterator[None]:
    """Cut the line after SEND_SECONDS. The socket's own time-out is for each answer, and there are several."""
    if sock is None:
        yield
        return
    timer = threading.Timer(SEND_SECONDS, _cut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def drain(
    *,
    clock: Clock,
    limit: int | None = None,
    budget: timedelta | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Tally:
    """Send what is due until nothing is, or `limit` messages or the `budget` of time are used up, or `stopping()`.

    Safe to run in any number of processes at once. A stop lets the current message finish and gives the others back.
    """
    tally = Tally()
    ends = None if budget is None else clock() + budget
    beat(component="drainer", now=clock())
    with Post() as post:
        while not tally.more:
            room = BATCH if limit is None else min(BATCH, limit - tally.outcomes.total())
            batch = claim(room, clock()) if room > 0 else []
            if not batch:
                tally.more = room <= 0
                break
            if not _deliver_all(batch, post, clock, tally, lambda: stopping() or (ends is not None and clock() > ends)):
                break
    if tally.outcomes[Outcome.SENT]:
        beat(component="mail", now=clock())
    return tally


def _deliver_all(batch: list[Message], post: Post, clock: Clock, tally: Tally, stopping: Callable[[], bool]) -> bool:
    """Deliver a batch; False if the mail server cannot be reached, when the rest is not tried."""
    rest = deque(batch)
    try:
        while rest:
            tally.more = stopping()
            if tally.more or is_short(rest[0], clock()):
                return True
            outcome = deliver_one(rest.popleft(), post=post, clock=clock)
            tally.outcomes[outcome] += 1
            if outcome == Outcome.UNREACHABLE:
                return False
        return True
    finally:
        release(rest)


def deliver_one(message: Message, *, post: Post, clock: Clock) -> Outcome:
    """Send one claimed message and write what became of it. Raises only what says that the database is gone."""
    try:
        email = compose(message, now=clock())
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  one bad row must not stop the others
        return _failed(message, error)
    if email is None:
        outcomes.mark_unwanted(message)
        return Outcome.UNWANTED
    try:
        post.ready()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("The mail server cannot be reached: %s", type(error).__name__)
        outcomes.put_off(message, error, now=clock())
        return Outcome.UNREACHABLE
    if not hand_over(message, now=clock()):
        release([message])
        return Outcome.STOPPED
    return _send(message, email, post, clock)


def _send(message: Message, email: EmailMultiAlternatives, post: Post, clock: Clock) -> Outcome:
    try:
        post.send(email)
    except Exception as error:  # noqa: BLE001  every way this can end has its own state
        return _settle(message, error, post, clock)
    return _sent(message, clock())


def _settle(message: Message, error: Exception, post: Post, clock: Clock) -> Outcome:
    """Past the fence and not accepted: refused, refused for now, impossible, or nobody knows."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refused(message, RecipientRefused(*next(iter(error.recipients.values()))), clock())
    # Our own address or account is refused: somebody will mend that, and nothing is lost until then.
    if isinstance(error, smtplib.SMTPSenderRefused) or _is_passing(error):
        return _put_off(message, error, clock())
    if isinstance(error, (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError, ValueError)):
        return _failed(message, error)
    post.close()
    logger.warning("Message %s: connection lost while sending (%s)", message.pk, type(error).__name__)
    again = outcomes.leave_in_doubt(message, error, now=clock())
    return Outcome.PUT_OFF if again else Outcome.UNKNOWN


def _is_passing(error: Exception) -> bool:
    """SMTP's "not now": under 500. Our account's answers are over it and can be mended all the same."""
    return isinstance(error, smtplib.SMTPResponseException) and (error.smtp_code < 500 or error.smtp_code in OUR_FAULT)


def _sent(message: Message, now: datetime) -> Outcome:
    if not outcomes.mark_sent(message, now=now):
        logger.warning("Message %s was claimed again while it was being sent", message.pk)
    if registry.get(message.kind).transactional:
        # Sign-in links are tried at suppressed addresses too; one that arrives shows that the address lives.
        outcomes.lift_suppression(email=message.recipient.email)
    return Outcome.SENT


def _put_off(message: Message, error: Exception, now: datetime) -> Outcome:
    outcomes.put_off(message, error, now=now)
    return Outcome.PUT_OFF


def _failed(message: Message, error: Exception) -> Outcome:
    logger.error("Message %s (%s) cannot be sent: %s", message.pk, message.kind, type(error).__name__)
    outcomes.mark_failed(message, error)
    return Outcome.FAILED


def _refused(message: Message, error: RecipientRefused, now: datetime) -> Outcome:
    """The server does not take mail for this person: for now, for good, or because of us."""
    if _is_passing(error):
        return _put_off(message, error, now)
    if _is_about_the_address(error):
        outcomes.suppress(message.recipient.email, error, now=now)
    return _failed(message, error)


def _is_about_the_address(error: RecipientRefused) -> bool:
    """RFC 3463: 5.7.x is the server's policy and 5.2.2 a full mailbox; neither says that the address is dead."""
    text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    return not text.startswith(("5.7.", "5.2.2"))
