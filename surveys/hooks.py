"""What floors above know that is needed when answers are cut from people. They add themselves in AppConfig.ready."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """Where a pseudonym stands in comparisons, by family of models and by model.

    unit    the number of its component of people and matches
    arm     the arm it is compared in; chosen: that of its matches, which differs where lots decide; "" where in none
    again   whether its person learns in an older program too
    """

    code: str
    unit: int
    arm: str
    arm_by_model: str
    chosen: str
    chosen_by_model: str
    again: bool


# Called with a program's number: the moments that divide answers into those that count for something and those later.
dividing: list[Callable[[int], list[dt.datetime]]] = []
# Called with a program's number just before its key is destroyed: where everybody stands who is compared.
standing: list[Callable[[int], list[Standing]]] = []
