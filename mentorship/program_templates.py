"""The template library: programs to start from, shipped with the product or the organisation's own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mentorship.definition import BadProgramFile, add_program, dump_program, read_file
from participants.models import User
from programs import catalogue
from programs.catalogue import registry
from programs.catalogue.base import MentoringModel
from programs.definition import dump
from programs.models import Program
from programs.services.programs import FIRST_YEAR, LAST_YEAR, slug_for

FOLDER = Path(catalogue.__file__).parent / "templates"
LONGEST_DAYS = 366 * 5


class UnknownTemplate(LookupError):
    """No template of ours has this name."""


@dataclass(frozen=True)
class Template:
    """A program file to start from, as its page shows it."""

    slug: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def text(self) -> str:
        return str(self.data.get("description", ""))

    @property
    def tracks(self) -> list[tuple[MentoringModel, str, str]]:
        """Model, name, and how often people meet."""
        return [(registry.get(each["model"]), each["name"], _rhythm(each)) for each in self.data["tracks"]]

    @property
    def questions(self) -> list[str]:
        return [each["label"] for each in self.data["fields"]]

    @property
    def days(self) -> dt.timedelta:
        first, last = (dt.date.fromisoformat(self.data[key]) for key in ("starts_on", "ends_on"))
        return min(last - first, dt.timedelta(days=LONGEST_DAYS))


def _rhythm(track: Mapping[str, Any]) -> str:
    return f"{track['session_minutes']} minutes every {track['cadence_days']} days"


@cache
def shipped() -> tuple[Template, ...]:
    """Ours, by name; each passes the same check as a file somebody uploads."""
    found = [Template(path.stem, read_file(path.read_bytes())) for path in FOLDER.glob("*.json")]
    return tuple(sorted(found, key=lambda template: template.name))


def get(slug: str) -> Template:
    """Raises UnknownTemplate."""
    for template in shipped():
        if template.slug == slug:
            return template
    raise UnknownTemplate(slug)


def of_program(program: Program) -> Template:
    """A program of the organisation's own as a template: everything but its people."""
    return Template(program.slug, dump_program(program))


def outline_of(program: Program) -> Template:
    """Of such a template only what its page shows: name, questions and tracks. Queries: two."""
    return Template(program.slug, dump(program, program.tracks.select_related("intake")))


def start_from(template: Template, *, name: str, starts_on: dt.date, by: User, now: dt.datetime) -> Program:
    """A new program like this one under another name, as long as it, in the calendar and the name of its maker.

    Raises BadProgramFile as add_program does, also for a name or a day that no program can have.
    """
    if not FIRST_YEAR <= starts_on.year <= LAST_YEAR:  # beyond, not even the last day can be told
        raise BadProgramFile([f"Enter a year from {FIRST_YEAR} to {LAST_YEAR}"])
    data = {
        **template.data,
        "slug": slug_for(name),
        "version": 1,
        "name": name,
        "starts_on": starts_on.isoformat(),
        "ends_on": (starts_on + template.days).isoformat(),
        "timezone": by.timezone,
        "contact": {"name": by.name, "email": by.email},
    }
    return add_program(data, by=by, now=now)
