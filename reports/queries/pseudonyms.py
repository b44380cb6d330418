"""Whose answers are whose in a comparison: by the program's key while there is one, and afterwards by what was kept.

A program whose key is destroyed has no people any more, only respondents with the unit and the arm they stand in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.models import Seat
from programs.models import Program, Role
from surveys.models import AnswerKey, Respondent
from surveys.pseudonyms import person_code

# Program, and person (the number of an account) or, once the key is destroyed, pseudonym. A person in two programs is
# two of them, as they had two goals.
Key = tuple[int, int | str]


@dataclass(frozen=True)
class Kept:
    """What a comparison of some programs can still know of people.

    live    the programs whose people are known by their seats
    keys    the keys of those of them in which somebody has begun to answer
    stood   everybody of the other programs who stands somewhere, in the order of their pseudonyms
    again   who is to be left out where people of several programs are counted
    """

    live: list[Program]
    keys: Mapping[int, str]
    stood: list[Respondent]
    again: frozenset[Key]

    def names(self, people: Iterable[Key]) -> dict[tuple[int, str], Key]:
        """(program, pseudonym) -> key of these people and of everybody who stands somewhere."""
        found: dict[tuple[int, str], Key] = {(each.program_id, each.code): _key(each) for each in self.stood}
        for key in people:
            if key[0] in self.keys and isinstance(key[1], int):
                found[key[0], person_code(self.keys[key[0]], key[1])] = key
        return found

    def units(self) -> dict[Key, str]:
        return {_key(each): f"unit {each.program_id}.{each.unit}" for each in self.stood}

    def arms(self, *, by_model: bool) -> dict[Key, str]:
        arms = {_key(each): each.arm_by_model if by_model else each.arm for each in self.stood}
        return {key: arm for key, arm in arms.items() if arm}

    def chosen(self, *, by_model: bool) -> dict[Key, str]:
        arms = {_key(each): each.chosen_by_model if by_model else each.chosen for each in self.stood}
        return {key: arm for key, arm in arms.items() if arm}


def _key(each: Respondent) -> Key:
    return each.program_id, each.code


def kept_of(programs: Sequence[Program], keys: Iterable[AnswerKey] | None = None) -> Kept:
    """Queries: one, none where the `keys` are known; one more where a key has been destroyed, and one where there are
    several programs."""
    rows = list(AnswerKey.objects.filter(program__in=programs) if keys is None else keys)
    gone = {each.program_id for each in rows if each.destroyed_at is not None}
    live = [each for each in programs if each.pk not in gone]
    stood = list(_stood(gone)) if gone else []
    again = _again(live) if len(programs) > 1 and live else frozenset()
    again |= {_key(each) for each in stood if each.again}
    return Kept(live, {each.program_id: each.key for each in rows if each.program_id not in gone}, stood, again)


def _stood(programs: set[int]) -> Iterable[Respondent]:
    return Respondent.objects.filter(program__in=programs, unit__isnull=False).order_by("program", "code")


def _again(programs: Sequence[Program]) -> frozenset[Key]:
    """Who learns in one of these programs and in an older one too, whichever that is. Queries: one."""
    seats = Seat.objects.filter(match__activated_at__isnull=False, answer=Seat.Answer.ACCEPTED)
    learns = seats.exclude(role=Role.MENTOR)
    here = learns.filter(match__track__program__in=programs).values("enrolment__user")
    rows = learns.filter(enrolment__user__in=here).values_list("match__track__program", "enrolment__user")
    own = {each.pk for each in programs}
    found = sorted(set(rows.order_by()))
    oldest: dict[int, int] = {}
    for program, user in found:
        oldest.setdefault(user, program)
    return frozenset((program, user) for program, user in found if program in own and oldest[user] < program)


def is_again(program: Program) -> frozenset[Key]:
    """The same of one program, for what is kept of it."""
    return _again([program])
