"""Moments at which the floors above must act inside the same transaction. They add themselves in AppConfig.ready."""

import datetime as dt
from collections.abc import Callable

from matching.models import Match

# Called with (match, now) when a match is on.
begun: list[Callable[[Match, dt.datetime], None]] = []
