"""What the tests of the pages behind links share."""

import datetime as dt
import re

from django.db import connection

from mail import links
from sessions.models import Session

UTC = dt.UTC
State = Session.State
WRITES = re.compile(r"^\s*(EXECUTE (INSERT|UPDATE)_|INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)
PAGES = ("session", "session/move", "session/saved", "session/undo")
NEUTRAL = "This link no longer works"


def token(user, meeting, *, purpose="session", days=14, now=None):
    return links.make(purpose, user, meeting.pk, days=days, now=now)


def address(tok, page="session"):
    return f"/t/{tok}/{page}/"


def details(**changes):
    return {"outcome": "met", "day": "2027-03-08", "minutes": "45", "channel": "video", "note": "", **changes}


def text(response):
    """What the page says, without its markup."""
    plain = re.sub(r"<(svg|head|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def snapshot():
    """Every row of every table, for what must not change."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names come from the database
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows
