"""What the services of surveys refuse."""


class SurveyClosed(Exception):
    """It cannot be answered any more, or what it asked about was taken back."""


class AlreadySent(SurveyClosed):
    """It has been answered and sent, perhaps in another window."""


class BadAnswer(ValueError):
    """An answer the question does not offer; `field` is the question's slug."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class QuestionFixed(ValueError):
    """The product's own items are asked in the same words at every moment and in every program."""
