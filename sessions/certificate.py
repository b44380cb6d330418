"""A certificate of what somebody took part in: their name, the program, the sessions held. No scores and no notes.

The page is the accessible original; the PDF is made from it, tagged (PDF/UA-1) and with its letters inside.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from participants.models import User
from participants.paper import draw
from sessions.queries.closing import Closing

STYLE = Path(__file__).with_name("certificate.css")


def facts_of(closing: Closing, user: User) -> dict[str, Any]:
    """What stands on it, for page and file alike."""
    mine, attended = closing.course.mine, closing.course.attended
    return {
        "name": user.name,
        "program": mine.program,
        "model": mine.model,
        "track": mine.track,
        "role": mine.my_word,
        "sessions": len(attended),
        "minutes": closing.minutes,
        "first": attended[0].starts_at if attended else None,
        "last": attended[-1].starts_at if attended else None,
        "organisation": settings.ORGANISATION_NAME,
        "signed_by": mine.program.contact_name,
    }


def pdf_of(facts: dict[str, Any], request: HttpRequest) -> bytes:
    """The certificate as one A4 page. Raises participants.paper.NoPdf where text cannot be drawn."""
    return draw(render_to_string("sessions/certificate_pdf.html", facts, request=request), STYLE.read_text())
