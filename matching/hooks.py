"""Moments at which the floors above must act inside the same transaction. They add themselves in AppConfig.ready."""

import datetime as dt
from collections.abc import Callable

from matching.models import Match, Seat

# Called with (match, now) when a match is on.
begun: list[Callable[[Match, dt.datetime], None]] = []
# Called with (match, now) when a match that was on has ended, early or at its time: match.end_reason says which.
ended: list[Callable[[Match, dt.datetime], None]] = []
# Called with (seat, now) when somebody goes and the others of that match go on.
parted: list[Callable[[Seat, dt.datetime], None]] = []
