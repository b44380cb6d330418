"""What can stand in the way of a change to a program; str() is the sentence a coordinator reads."""


class ProgramError(ValueError):
    """A change that cannot be made. `field` names the form field it belongs to, if there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class InUse(ProgramError):
    """Something else still stands on what was to be removed or changed."""


class Outdated(Exception):
    """Somebody has changed it since this person looked; `now` is how it is."""

    def __init__(self, now: object) -> None:
        super().__init__("It was changed meanwhile")
        self.now = now
