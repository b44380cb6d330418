"""Moments at which the floors above join in. They add themselves in AppConfig.ready; sessions never looks up."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from matching.models import Match
from participants.models import User
from sessions.models import AskFlag, Session

# Called with (session, the people of its match, now) inside the transaction that logs a session, or takes a log back,
# with the match locked.
logged: list[Callable[[Session, Sequence[User], datetime], None]] = []
# Called with (flag, words, now) inside the transaction in which somebody reports an ask or a reply for how somebody
# behaves; `words` are those its reader chose to show, or "". At least one floor above has to take it in.
reported: list[Callable[[AskFlag, str, datetime], None]] = []
# Called with (match, user, now) for the page that closes a match: a part to show there, as for the receipt.
closing: list[Callable[[Match, User, datetime], dict[str, Any] | None]] = []
# Called with (session, user, now) for the receipt after a log: a part to show there, as a dict with the key
# "template" and that template's context, or None.
receipt: list[Callable[[Session, User, datetime], dict[str, Any] | None]] = []
