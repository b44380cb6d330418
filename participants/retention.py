"""How long things about people are kept, as data: what, how long unless an admin says otherwise, and how it goes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One thing that is deleted by itself after a number of days.

    run  called with (the moment before which it is too old, now) inside a transaction; deletes and returns how many.
    """

    key: str
    title: str
    counted_from: str
    days: int
    lowest: int
    highest: int
    run: Callable[[dt.datetime, dt.datetime], int]
