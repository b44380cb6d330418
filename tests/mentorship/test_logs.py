import logging

import pytest
from django.conf import settings

from mentorship.logs import MaskTokens


def shown(message: str, *args: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, message, args, None)
    assert MaskTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    ("message", "args", "expected"),
    [
        ("%s: %s", ("Gone", "/t/4.1.6.abc..F5z-_x/session/saved/"), "Gone: /t/…/session/saved/"),
        ("Not Found: /t/4.1.6.abc..F5z/survey/?a=1", (), "Not Found: /t/…/survey/?a=1"),
        ("Not Found: %s", ("/programs/x/",), "Not Found: /programs/x/"),
        ("user %s", ("a\r\n2027-01-01 INFO forged",), "user a\\r\\n2027-01-01 INFO forged"),
        ("100%", (), "100%"),
    ],
)
def test_a_log_line_is_one_line_without_tokens(message: str, args: tuple[object, ...], expected: str) -> None:
    assert shown(message, *args) == expected


def test_every_handler_masks() -> None:
    assert {
        name for name, handler in settings.LOGGING["handlers"].items() if "tokens" not in handler["filters"]
    } == set()
