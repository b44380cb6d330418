from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows: the organisation's name and the reader's theme."""
    theme = request.COOKIES.get("theme", "")
    return {
        "organisation_name": settings.ORGANISATION_NAME,
        "theme": theme if theme in {"light", "dark"} else "",
    }
