"""A whole program as one JSON file: what programs, matching and surveys each add, checked against one schema."""

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from django.db import transaction

from matching import definition as matching_part
from participants.models import User
from programs import definition as programs_part
from programs.errors import ProgramError
from programs.models import Program
from surveys import definition as surveys_part

MAX_BYTES = 2_000_000


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
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadProgramFile([f"The file is not UTF-8 text (byte {error.start})"]) from error
    except json.JSONDecodeError as error:
        raise BadProgramFile([f"Line {error.lineno}, column {error.colno}: {error.msg}"]) from error
    except RecursionError as error:
        raise BadProgramFile(["The file is nested too deeply"]) from error
    problems = [_sentence(error) for error in _validator().iter_errors(data)]
    if problems:
        raise BadProgramFile(problems[:20])
    return dict(data)


def _sentence(error: jsonschema.ValidationError) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    return f"{place or 'top level'}: {error.message[:300]}"


def dump_program(program: Program) -> dict[str, Any]:
    """The whole definition, so that loading it makes an equal program."""
    data = programs_part.dump(program)
    for track, item in zip(program.tracks.all(), data["tracks"], strict=True):
        item["matching"] = matching_part.dump_part(track)
    data["surveys"] = surveys_part.dump_part(program)
    return data


@transaction.atomic
def load_program(data: Mapping[str, Any], *, by: User | None, now: dt.datetime) -> tuple[Program, bool]:
    """Make or bring up to date the program a checked file describes; whether it is new. One transaction.

    Raises BadProgramFile with the place in the file for what the schema cannot see.
    """
    try:
        program, new = programs_part.load(data, by=by, now=now)
        programs_part.load_fields(program, data["fields"], by=by, now=now)
        fields = {field.slug: field for field in program.fields.all()}
        tracks = {track.slug: track for track in program.tracks.all()}
        for position, item in enumerate(data["tracks"]):
            try:
                matching_part.load_part(tracks[item["slug"]], item.get("matching", {}), fields, now=now)
            except ValueError as error:
                raise BadProgramFile([f"tracks[{position}].matching.{error}"]) from error
        programs_part.drop_fields(program, data["fields"], by=by, now=now)
        surveys_part.load_part(program, data.get("surveys", []))
    except ProgramError as error:
        raise BadProgramFile([str(error)]) from error
    return program, new
