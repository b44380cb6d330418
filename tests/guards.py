"""What no test may do, and what notices it even where the code under test catches the error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.mail.backends import console, filebased, smtp


@contextmanager
def no_mail_leaves() -> Iterator[None]:
    """Fail at once, and again at the end, if mail is sent by a back end that really sends, writes or prints it."""
    left: list[str] = []

    def refuse(self: object, messages: list[Any]) -> int:
        left.extend(str(message.subject) for message in messages)
        raise AssertionError(f"Mail left by {type(self).__module__}: {left}")

    with pytest.MonkeyPatch.context() as patch:
        for backend in (smtp, filebased, console):
            patch.setattr(backend.EmailBackend, "send_messages", refuse)
        yield
    assert left == []
