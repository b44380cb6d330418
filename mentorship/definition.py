"""A whole program as one JSON file: what programs, matching, sessions and surveys add, checked against one schema."""

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from django.db import transaction
from django.db.models import Prefetch

from matching import definition as matching_part
from matching.models import MatchRule
from participants.models import User
from participants.texts import first_hidden
from programs import definition as programs_part
from programs.errors import ProgramError
from programs.models import Program, Track
from programs.services.programs import slug_for
from sessions import definition as sessions_part
from sessions.errors import SessionError
from surveys import definition as surveys_part

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
# The largest whole number every database here keeps.
MOST = 2**31 - 1


class BadProgramFile(ValueError):
    """A file that is no program; `problems` says what is wrong where, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "program_file.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))


def read_file(content: bytes) -> dict[str, Any]:
    """The checked content of a program file. Raises BadProgramFile."""
    if len(content) > MAX_BYTES:
        raise BadProgramFile(["The file is larger than 2 MB, which no program needs"])
    data = _parsed(content)
    # What cannot be stored comes first: the schema's own sentences quote what they refuse.
    problems = list(unstorable(data)) or [_sentence(error) for error in _validator().iter_errors(data)]
    if problems:
        raise BadProgramFile(problems[:20])
    return dict(data)


def _parsed(content: bytes) -> Any:  # noqa: ANN401  whatever JSON holds
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadProgramFile([f"The file is not UTF-8 text (byte {error.start})"]) from error
    except json.JSONDecodeError as error:
        raise BadProgramFile([f"Line {error.lineno}, column {error.colno}: {error.msg}"]) from error
    except RecursionError as error:
        raise BadProgramFile(["The file is nested too deeply"]) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise BadProgramFile(["There is a number in the file that no program needs"]) from error


def unstorable(data: object, place: str = "", depth: int = 0) -> Iterator[str]:
    """What JSON allows and the database does not, one sentence each: NUL and half characters, NaN, endless numbers.

    Characters that cannot be seen are refused with them: they would hide what a name says.
    """
    where = place or "top level"
    if depth > MAX_DEPTH:
        yield f"{where}: nested too deeply"
    elif isinstance(data, str):
        found = first_hidden(data)
        if found is not None:
            yield f"{where}: holds a character that cannot be seen or stored (U+{ord(found):04X})"
    elif isinstance(data, float) and not math.isfinite(data):
        yield f"{where}: is not a number"
    elif isinstance(data, int) and abs(data) > MOST:
        yield f"{where}: is too large a number"
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from unstorable(item, f"{place}[{number}]", depth + 1)
    elif isinstance(data, dict):
        for key, item in data.items():
            yield from unstorable(key, f"{where}, a name", depth + 1)
            yield from unstorable(item, f"{place}.{_ascii(key)}".lstrip("."), depth + 1)


def _ascii(key: str) -> str:
    return key[:40].encode("ascii", "replace").decode()


def _sentence(error: jsonschema.ValidationError) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    return f"{place or 'top level'}: {error.message[:300]}"


def dump_program(program: Program) -> dict[str, Any]:
    """The whole definition, so that loading it makes an equal program. A fixed number of queries."""
    rules = MatchRule.objects.select_related("taker_field", "giver_field", "condition_field")
    around = program.tracks.select_related("intake", "plan")
    tracks = list(around.prefetch_related(Prefetch("plan__rules", rules), "weeks"))
    data = programs_part.dump(program, tracks)
    for track, item in zip(tracks, data["tracks"], strict=True):
        item["matching"] = matching_part.dump_part(track)
        if weeks := sessions_part.dump_part(track):
            item["weeks"] = weeks
    data["surveys"] = surveys_part.dump_part(program)
    return data


@transaction.atomic
def add_program(data: Mapping[str, Any], *, by: User, now: dt.datetime) -> Program:
    """A new program from a checked file. Where its address is taken it gets another, and that program stays as it is.

    Raises BadProgramFile as load_program does.
    """
    if Program.objects.filter(slug=data["slug"]).exists():
        data = {**data, "slug": slug_for(data["name"])}
    return load_program(data, by=by, now=now, only_new=True)[0]


@transaction.atomic
def load_program(
    data: Mapping[str, Any], *, by: User | None, now: dt.datetime, only_new: bool = False
) -> tuple[Program, bool]:
    """Make or bring up to date the program a checked file describes; whether it is new. One transaction.

    Raises BadProgramFile with the place in the file for what the schema cannot see, and with `only_new` for a slug that
    is taken.
    """
    try:
        program, new = programs_part.load(data, by=by, now=now, only_new=only_new)
        programs_part.load_fields(program, data["fields"], by=by, now=now)
        fields = {field.slug: field for field in program.fields.all()}
        tracks = {track.slug: track for track in program.tracks.all()}
        for position, item in enumerate(data["tracks"]):
            try:
                matching_part.load_part(tracks[item["slug"]], item.get("matching", {}), fields, now=now)
            except ValueError as error:
                raise BadProgramFile([f"tracks[{position}].matching.{error}"]) from error
            _load_weeks(tracks[item["slug"]], item, f"tracks[{position}]", by, now)
        programs_part.drop_fields(program, data["fields"], by=by, now=now)
        surveys_part.load_part(program, data.get("surveys", []))
    except ProgramError as error:
        raise BadProgramFile([str(error)]) from error
    return program, new


def _load_weeks(track: Track, item: Mapping[str, Any], place: str, by: User | None, now: dt.datetime) -> None:
    """A file that says nothing of weeks leaves them as they are."""
    if "weeks" not in item:
        return
    try:
        sessions_part.load_part(track, item["weeks"], by=by, now=now)
    except SessionError as error:
        raise BadProgramFile([f"{place}.{error}"]) from error
