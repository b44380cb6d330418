"""The name under which an uploaded file is remembered: never a path, never more than one line."""

import re
import unicodedata

LONGEST_NAME = 100
_NOT_IN_A_NAME = re.compile(r"[^\w .,()+@&-]")


def own_name(filename: str) -> str:
    """A harmless file name close to the one given. It is shown and logged, and never used to open anything."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", filename[:1000]))[-1]
    stem, dot, extension = _NOT_IN_A_NAME.sub("", last).strip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = extension[:10]
    stem = stem[: LONGEST_NAME - len(extension) - 1].strip(" .") or "list"
    return f"{stem}.{extension}" if extension else stem
