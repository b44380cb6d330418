"""What a view says of the form it was sent, to what keeps a form from doing its deed twice."""

from typing import TypeVar

from django.http import HttpResponseBase

Answer = TypeVar("Answer", bound=HttpResponseBase)
_MARK = "form_is_done"


def done(response: Answer) -> Answer:
    """For a view that has done something and answers with a page instead of leading to one: it is not done again."""
    setattr(response, _MARK, True)
    return response


def is_done(response: HttpResponseBase) -> bool:
    """A page as the answer means that something is to be put right first, unless the view says that it is done."""
    return 300 <= response.status_code < 400 or getattr(response, _MARK, False)
