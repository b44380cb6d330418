"""Moments at which the floors above must act inside the same transaction. They add themselves in AppConfig.ready."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from programs.models import Enrolment, Exclusion, Program

T = TypeVar("T")

# Called with (enrolment, now) when somebody leaves a track.
leaving: list[Callable[[Enrolment, dt.datetime], None]] = []
# Called with (exclusion, now) when two people are to be kept apart from now on.
parting: list[Callable[[Exclusion, dt.datetime], None]] = []
# Called with (program, now) just before a program and all that hangs on it is deleted.
deleting: list[Callable[[Program, dt.datetime], None]] = []
# Called with (ids of enrolments) to hear what stands on them that cannot go, in words, or "".
standing: list[Callable[[list[int]], str]] = []
# Called with (ids of enrolments, now) just before they are deleted, to take away what may go with them.
removing: list[Callable[[list[int], dt.datetime], None]] = []


def obstacles(enrolments: list[int]) -> str:
    """What keeps these enrolments from being deleted, or ""."""
    return next((words for call in standing if (words := call(enrolments))), "")


def run(calls: list[Callable[[T, dt.datetime], None]], subject: T, now: dt.datetime) -> None:
    for call in calls:
        call(subject, now)
