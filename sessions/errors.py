"""What can stand in the way of a session, a note or a goal; str() is the sentence a participant reads."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions.models import Session, Week


class SessionError(ValueError):
    """Something that cannot be done. `field` names the form field it belongs to, if there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotInMatch(SessionError):
    """Somebody who is not one of the match's people."""


class NotActive(SessionError):
    """The match has not begun, or is over."""


class TimeTaken(SessionError):
    """One of the people has another session then: the one from `starts_at` to `ends_at`."""

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__("One of you has another session at that time. Choose another time.", field="time")
        self.starts_at, self.ends_at = starts_at, ends_at


class TooLate(SessionError):
    """It can no longer be changed so."""


class ChangedSince(SessionError):
    """Somebody has moved or logged the session since the page was opened: `session` is what stands now."""

    def __init__(self, session: "Session") -> None:
        super().__init__("This session was changed meanwhile. Look at what stands now, and correct it if it is wrong.")
        self.session = session


class OtherBody(SessionError):
    """A log was sent again under its key, but not the same log."""

    def __init__(self) -> None:
        super().__init__("Something else was saved from this page already. Open it again to correct that.")


class NoteChanged(SessionError):
    """The note was changed elsewhere since this page was opened: `stored` stands now, as version `version`."""

    def __init__(self, stored: str, version: int) -> None:
        super().__init__("This note was changed elsewhere since you opened it. Nothing is lost: choose what to keep.")
        self.stored, self.version = stored, version


class AgreementChanged(SessionError):
    """Somebody else has proposed other words since this page was opened: version `version` stands now."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "Somebody has changed the agreement since you opened it. Nothing is lost: read what stands now, then "
            "decide about your words."
        )
        self.version = version


class PreparationChanged(SessionError):
    """What one wrote was changed in another window: `stored` stands now, as version `version`."""

    def __init__(self, stored: dict[str, str], version: int) -> None:
        super().__init__("You changed this elsewhere since you opened it. Nothing is lost: choose what to keep.")
        self.stored, self.version = stored, version


class WeekChanged(SessionError):
    """Somebody else has written the week since this page was opened: `stored` stands now."""

    def __init__(self, stored: "Week") -> None:
        super().__init__(
            "Somebody has changed this week since you opened it. Nothing is lost: read what stands now, then decide "
            "about your words."
        )
        self.stored = stored


class AlreadyDelivered(SessionError):
    """Members have handed in what this week asks for."""


class TooFew(SessionError):
    """Fewer people can be asked than an ask should go to: `count` of them."""

    def __init__(self, count: int, least: int) -> None:
        people = "Only one person" if count == 1 else f"Only {count} people"
        super().__init__(
            f"{people} can be asked about this now, and an ask usually goes to at least {least}. Send it all the same, "
            "or ask for another skill or level."
        )
        self.count = count
