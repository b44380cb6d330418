"""Reading pages as people do."""

import datetime as dt
import re

from sessions.models import Session

UTC = dt.UTC
State = Session.State
WRITES = re.compile(r"^\s*(EXECUTE (INSERT|UPDATE)_|INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)
TIME = {"day": "2027-03-12", "time": "09:30", "zone": "Europe/Berlin", "minutes": "45", "channel": "video"}
CANARIES = {"shared": "canary-shared", "private": "canary-private", "goal": "canary-goal"}


def text(response):
    plain = re.sub(r"<(svg|head|style|header|footer).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def heading(response):
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())
