"""What never stands in a log: the tokens of links, which are rights, and line breaks that would forge an entry."""

import logging
import re

_TOKEN = re.compile(r"(/t/)[^/\s]+")
_BREAKS = str.maketrans({"\r": "\\r", "\n": "\\n"})


class MaskTokens(logging.Filter):
    """Puts the finished message in the place of its parts, on one line and without tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = _TOKEN.sub(lambda found: f"{found[1]}…", record.getMessage())
        record.msg, record.args = message.translate(_BREAKS), ()
        return True
