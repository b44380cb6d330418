"""What comparisons must keep of a program when its answers are cut from people."""

import datetime as dt

from programs.models import Program
from reports.models import ComparisonLook
from reports.queries.answers import BY_FAMILY, BY_MODEL, gather
from reports.queries.looks import due_dates
from reports.queries.pseudonyms import is_again
from surveys.hooks import Standing
from surveys.models import Survey
from surveys.pseudonyms import keys_of, person_code


def dividing(program_id: int) -> list[dt.datetime]:
    """The moments until which answers count at the two looks, opened or not."""
    program = Program.objects.get(pk=program_id)
    looked = ComparisonLook.objects.filter(program=program).values_list("as_of", flat=True)
    return [*looked, *(due for due in due_dates(program).values() if due is not None)]


def standing_in(program_id: int) -> list[Standing]:
    """Where everybody stands who is compared; units are numbered in the order of pseudonyms, which is nobody's."""
    program, key = Program.objects.get(pk=program_id), keys_of([program_id])[program_id]
    family, model = (gather([program], after=Survey.Kind.CLOSING, by=by) for by in (BY_FAMILY, BY_MODEL))
    people = {each[1]: each for each in {**family.chosen, **family.arms} if isinstance(each[1], int)}
    codes = sorted((person_code(key, user), each) for user, each in people.items())
    numbers: dict[str, int] = {}
    again = is_again(program)
    return [
        Standing(
            code=code,
            unit=numbers.setdefault(family.units[each], len(numbers) + 1),
            arm=family.arms.get(each, ""),
            arm_by_model=model.arms.get(each, ""),
            chosen=family.chosen.get(each, ""),
            chosen_by_model=model.chosen.get(each, ""),
            again=each in again,
        )
        for code, each in codes
    ]
