"""What can stand in the way of matching; str() is the sentence a coordinator or a participant reads."""


class MatchingError(ValueError):
    """Something about matching that cannot be done. `field` names the form field it belongs to, if there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BadRule(MatchingError):
    """A rule that cannot be used; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class CannotMatch(MatchingError):
    """The track cannot be matched as it stands."""


class NotADraft(MatchingError):
    """Only a draft can be changed or published."""


class AlreadyPublished(NotADraft):
    """Somebody has published it, or another proposal of the same track, meanwhile."""


class DataChanged(MatchingError):
    """People, answers, places or rules are no longer what the proposal was computed from."""


class ChangedMeanwhile(MatchingError):
    """Somebody else has changed the proposal since the page was loaded."""


class SwapRefused(MatchingError):
    """The swap would break a rule, or is not possible in this proposal."""


class OfferOver(MatchingError):
    """The offer can no longer be answered: it was answered, taken back, or its time is over."""


class MatchOver(MatchingError):
    """The match is not on any more, or has not begun."""
