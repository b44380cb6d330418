"""The file of own data: a ZIP with each list as JSON, which keeps everything exactly, and as CSV, for a spreadsheet."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from participants import hooks
from participants.models import User
from programs.reading import guard

README = """These are your data from {organisation}, as of {moment}.

Each list is here twice: as JSON, which keeps every value as it is, and as CSV, which opens in a spreadsheet.
An apostrophe before a value in a CSV file keeps the spreadsheet from running it as a formula.

{lists}

What others wrote for themselves, whom others asked not to be matched with, and the points by which matching compared
people are not in it: they are not yours, or would tell about somebody else.
"""
LINK_TO_ALL = "readme.txt"


def own_data(user: User, *, organisation: str, moment: str) -> bytes:
    """The ZIP of everything that the floors of the house keep about a person and hand out to them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        lists = []
        for part in hooks.parts:
            rows = part.read(user)
            lists.append(f"{part.name}: {part.title}, {len(rows)} {'row' if len(rows) == 1 else 'rows'}")
            archive.writestr(f"{part.name}.json", _json(rows))
            archive.writestr(f"{part.name}.csv", _csv(rows))
        words = README.format(organisation=organisation, moment=moment, lists="\n".join(sorted(lists)))
        archive.writestr(LINK_TO_ALL, words)
    return made.getvalue()


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    """With the mark that makes Excel read it as UTF-8; empty but for that without rows."""
    made = io.StringIO("\ufeff")
    made.seek(0, io.SEEK_END)
    writer = csv.writer(made)
    if rows:
        writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return made.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return guard(text.strip('"') if not isinstance(value, str | list | dict) else text)
