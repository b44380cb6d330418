"""A report as a PDF: the same text, tables and charts as its page, set for A4, tagged and with its letters inside."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string

from participants.paper import draw

STYLE = Path(__file__).with_name("paper.css")
# Drawings take their colours from classes; a PDF's drawing sees no sheet but its own.
_SHEETS = ("charts.css", "components.css")
_DRAWN = re.compile(r"^(?:svg|\.(?:[fs]-|gl |pale|dash|d-|o\d))")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")
_FONTS = {"font-ui": 'Inter,"Inter Ext","Noto Sans","DejaVu Sans",sans-serif', "font-head": "serif"}


def pdf_of(template: str, context: dict[str, Any], request: HttpRequest) -> bytes:
    """A report's page as a file. Raises participants.paper.NoPdf where text cannot be drawn."""
    page = render_to_string(template, context, request=request)
    return draw(_with_colours(page), _resolved(STYLE.read_text()))


def _with_colours(page: str) -> str:
    """The same with each drawing's own colours in it."""
    sheet = f"<style>{_drawing_sheet()}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda found: found[1] + sheet, page)


@cache
def _drawing_sheet() -> str:
    """The rules about drawings out of the sheets of the pages, with the colours of paper."""
    rules = [
        f"{selector.strip()}{{{body.strip()}}}"
        for name in _SHEETS
        for selector, body in _RULE.findall(_outside_media(_static(name)))
        if _DRAWN.match(selector.strip()) and "width" not in body.replace("stroke-width", "")
    ]
    return _resolved("".join(rules))


def _outside_media(sheet: str) -> str:
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"@(?:media|supports)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", bare)


def _resolved(sheet: str) -> str:
    """With every colour written out."""
    return _VARIABLE.sub(lambda found: _FONTS.get(found[1]) or _colours()[found[1]], sheet)


@cache
def _colours() -> dict[str, str]:
    """The light ones: the first rule of the sheet that tools/tokens.py writes."""
    light = _static("tokens.css").split("}", 1)[0]
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9A-Fa-f]+);", light))


def _static(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path).read_text()
