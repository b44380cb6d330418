"""The apostrophe that keeps a spreadsheet from running a text as a formula: put on by exports, taken off by imports."""

import re

# What makes Excel, LibreOffice or Google Sheets take a text for a formula, also after blanks; full-width signs count.
_FORMULA = r"[\s\x00]*[=+\-@\t\r\x00＝＋－＠]"
_TO_GUARD = re.compile(rf"'*{_FORMULA}")
_GUARDED = re.compile(rf"'+{_FORMULA}")


def guard(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet could run it. unguard(guard(text)) == text, always."""
    return "'" + text if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """The text as it was before guard()."""
    return text[1:] if _GUARDED.match(text) else text
