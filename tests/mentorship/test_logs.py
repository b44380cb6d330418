import logging

import pytest

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


def test_every_handler_of_the_root_masks() -> None:
    handlers = logging.getLogger().handlers
    ours = [handler for handler in handlers if type(handler) is logging.StreamHandler]
    assert ours
    assert all(any(isinstance(each, MaskTokens) for each in handler.filters) for handler in ours)
