"""What can stand in the way of a concern, a case or an opening; str() is the sentence that is read."""


class ConcernError(ValueError):
    """Something that cannot be done. `field` names the form field it belongs to, if there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class OtherBody(ConcernError):
    """A form was sent again under its key, but with other words."""

    def __init__(self) -> None:
        super().__init__("Something else was sent from this page already. Open it again to report something more.")


class NotYours(ConcernError):
    """Somebody who may not, or may not any more, do this to the case."""


class CaseChanged(ConcernError):
    """Somebody else has changed the case since the page was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody has changed this case since you opened it. Look at what stands now, then decide.")
