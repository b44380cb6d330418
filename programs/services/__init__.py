"""Writes about programs: what is offered and who is in it."""

from programs.services.choosing import add_from_advice, add_model_track, create_from_advice, default_plan
from programs.services.enrolments import change_enrolment, enrol, leave, take_back
from programs.services.fields import add_field, change_field, move_field, remove_field
from programs.services.programs import (
    Basics,
    change_program,
    close_program,
    create_program,
    delete_program,
    start_meeting,
)
from programs.services.staff import add_coordinator, remove_coordinator
from programs.services.tracks import add_track, change_track, remove_track

__all__ = [
    "Basics",
    "add_coordinator",
    "add_field",
    "add_from_advice",
    "add_model_track",
    "add_track",
    "change_enrolment",
    "change_field",
    "change_program",
    "change_track",
    "close_program",
    "create_from_advice",
    "create_program",
    "default_plan",
    "delete_program",
    "enrol",
    "leave",
    "move_field",
    "remove_coordinator",
    "remove_field",
    "remove_track",
    "start_meeting",
    "take_back",
]
