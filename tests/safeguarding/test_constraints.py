"""Each constraint, broken."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from safeguarding.models import Case, CaseNote, Opening, Wording
from tests.factories.programs import NOW

OF_A_CASE = [
    ("case_state_known|case_closed_with_an_outcome", {"state": "lost"}),
    ("case_outcome_known|case_closed_with_an_outcome", {"outcome": "forgotten", "state": "closed", "closed_at": NOW}),
    ("case_closed_with_an_outcome", {"state": "closed", "closed_at": NOW}),
    ("case_closed_with_an_outcome", {"state": "closed", "outcome": "acted"}),
    ("case_closed_with_an_outcome", {"outcome": "acted"}),
    ("case_closed_with_an_outcome", {"closed_at": NOW}),
    ("case_says_something", {"text": ""}),
]
OF_AN_OPENING = [
    ("opening_has_a_reason", {"reason": ""}),
    ("opening_ends_after_it_began", {"ended_at": NOW - dt.timedelta(seconds=1)}),
    ("opening_told_of_afterwards", {"tell_at": NOW}),
    ("opening_told_when_it_is_time", {"told_at": NOW}),
]


@pytest.mark.parametrize(("name", "facts"), OF_A_CASE)
def test_a_case_is_whole(report, name, facts):
    case = report()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**facts)


@pytest.mark.parametrize(("name", "facts"), OF_AN_OPENING)
def test_an_opening_is_whole(cast, report, name, facts):
    whole = {"reason": "Because of her safety", "opened_at": NOW, "tell_at": NOW + dt.timedelta(hours=72)}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Opening.objects.create(case=report(), match=cast.match, by=cast.sally, **{**whole, **facts})


def test_a_note_says_something_and_there_is_one_wording(cast, report):
    with pytest.raises(IntegrityError, match="case_note_says_something"), transaction.atomic():
        CaseNote.objects.create(case=report(), author=cast.sally, body="", at=NOW)
    with pytest.raises(IntegrityError, match="one_wording_of_safeguarding"), transaction.atomic():
        Wording.objects.create(pk=2, emergency="Run")


@pytest.mark.parametrize("column", ["number", "receipt", "key"])
def test_a_number_a_receipt_and_a_form_are_of_one_case(report, column):
    one, other = report(), report()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=other.pk).update(**{column: getattr(one, column)})
