"""What is offered and who is in it. Every write goes through programs.services."""

from programs.models.joining import Application, Exclusion, Intake, Wishes
from programs.models.lots import Draw, Lot, SetAside
from programs.models.offered import SLUG, Coordinator, ProfileField, Program, Role, Track
from programs.models.people import Enrolment, Import, LineManager

__all__ = [
    "SLUG",
    "Application",
    "Coordinator",
    "Draw",
    "Enrolment",
    "Exclusion",
    "Import",
    "Intake",
    "LineManager",
    "Lot",
    "ProfileField",
    "Program",
    "Role",
    "SetAside",
    "Track",
    "Wishes",
]
