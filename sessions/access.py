"""Loads what a page of /me/ is about and checks the right to it in one step; what one may not see is a 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from participants.models import User
from sessions.queries import course_of, course_with_notes, goal_of, session_of
from sessions.queries.closing import over_course
from sessions.queries.together import step_of

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request of a signed-in person to a page of a match they are in."""

    user: User


def _loads(find: Callable[[User, int], Any], key: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: MemberRequest, **kwargs: Any) -> HttpResponse:
            found = find(request.user, kwargs.pop(key))
            if found is None:
                raise Http404("There is no such page")
            parts = found if isinstance(found, tuple) else (found,)
            return view(request, *parts, **kwargs)

        return page

    return decorate


# The view gets (request, course), and with it the session, goal or next step that the page is about.
match_view = _loads(course_of, "match_id")
match_page = _loads(course_with_notes, "match_id")
session_view = _loads(session_of, "session_id")
goal_view = _loads(goal_of, "goal_id")
# Of a match that is over for the reader.
over_view = _loads(over_course, "match_id")
# Of a match that is on for the reader, or was.
any_match_view = _loads(lambda user, match_id: course_of(user, match_id) or over_course(user, match_id), "match_id")
step_view = _loads(step_of, "step_id")
