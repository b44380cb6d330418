"""A certificate of what somebody took part in: their name, the program, the sessions held. No scores and no notes.

The page is the accessible original; the PDF is made from it, tagged (PDF/UA-1) and with its letters inside.
"""

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string

from participants.models import User
from sessions.queries.closing import Closing

# They tell of every step and every font of every certificate.
for chatty in ("weasyprint", "fontTools"):
    logging.getLogger(chatty).setLevel(logging.ERROR)
STYLE = Path(__file__).with_name("certificate.css")


class NoPdf(Exception):
    """The libraries that draw a PDF are not on this machine."""


def facts_of(closing: Closing, user: User) -> dict[str, Any]:
    """What stands on it, for page and file alike."""
    mine, attended = closing.course.mine, closing.attended
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
    """The certificate as one A4 page. Raises NoPdf where the system's text libraries are missing."""
    try:
        # WeasyPrint loads Pango of the system: where that is missing everything but this one button works.
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]  # noqa: PLC0415
    except OSError as error:
        raise NoPdf("Pango is not installed") from error
    page = render_to_string("sessions/certificate_pdf.html", facts, request=request)
    fonts = FontConfiguration()
    sheet = CSS(string=STYLE.read_text(), base_url="font:", url_fetcher=_font, font_config=fonts)
    drawn = HTML(string=page, url_fetcher=_font)
    content: bytes = drawn.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
    return content


def _font(url: str, *_: object, **__: object) -> dict[str, Any]:
    """Our own fonts and nothing else: a name or a program's title never makes the server ask for an address."""
    path = finders.find(f"fonts/{url.removeprefix('font:')}") if url.startswith("font:") else None
    if not isinstance(path, str):
        raise ValueError("A certificate is made of its own text alone")  # noqa: TRY004 - not about a type
    return {"string": Path(path).read_bytes(), "mime_type": "font/woff2"}
