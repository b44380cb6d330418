"""A page as a PDF: tagged (PDF/UA-1), with its letters inside, made of its own text and our own fonts alone."""

import logging
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

# They tell of every step and every font of every file.
for chatty in ("weasyprint", "fontTools"):
    logging.getLogger(chatty).setLevel(logging.ERROR)


class NoPdf(Exception):
    """The libraries that draw a PDF are not on this machine."""


def draw(page: str, style: str) -> bytes:
    """An HTML document with one sheet as a PDF. Raises NoPdf where the system's text libraries are missing.

    In the sheet `url("font:<file>")` is a file of static/fonts; nothing else is ever fetched.
    """
    try:
        # WeasyPrint loads Pango of the system: where that is missing everything but the buttons for a PDF works.
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]  # noqa: PLC0415
    except OSError as error:
        raise NoPdf("Pango is not installed") from error
    fonts = FontConfiguration()
    sheet = CSS(string=style, base_url="font:", url_fetcher=_font, font_config=fonts)
    drawn = HTML(string=page, url_fetcher=_font)
    content: bytes = drawn.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
    return content


def _font(url: str, *_: object, **__: object) -> Any:  # noqa: ANN401 - a response of WeasyPrint, which has no types
    """Our own fonts and nothing else: a name or a program's title never makes the server ask for an address."""
    from weasyprint.urls import URLFetcherResponse  # type: ignore[import-untyped]  # noqa: PLC0415 - as in draw

    path = finders.find(f"fonts/{url.removeprefix('font:')}") if url.startswith("font:") else None
    if not isinstance(path, str):
        raise ValueError("A PDF is made of its own text alone")  # noqa: TRY004 - not about a type
    return URLFetcherResponse(url, _letters(path), {"Content-Type": "font/ttf"})


@cache
def _letters(path: str) -> bytes:
    """A font unpacked, as every PDF needs it: unpacking four took a quarter of the time that a PDF takes."""
    from fontTools.ttLib import woff2  # type: ignore[import-untyped]  # noqa: PLC0415 - as in draw

    unpacked = BytesIO()
    woff2.decompress(BytesIO(Path(path).read_bytes()), unpacked)
    return unpacked.getvalue()
