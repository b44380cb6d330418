"""Forms about the end of a match."""

from django import forms

from matching.models import Ending
from matching.services.parting import LONGEST_WORDS
from participants.formkit import DayField, LookForm


class EndForm(LookForm):
    """Why a match, or somebody's part in it, ends: nothing of it is needed."""

    reason = forms.ChoiceField(
        label="Why?",
        choices=[("", "I would rather not say"), *Ending.Reason.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text="Only coordinators who are not in this match read it.",
    )
    words = forms.CharField(
        label="In your own words",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only coordinators who are not in this match read it. It is stored encrypted.",
    )
    another = forms.BooleanField(label="Offer me somebody else", required=False)


class LastDayForm(LookForm):
    mark_optional = False

    ends_on = DayField(
        label="Last day of this match",
        required=False,
        help_text="Empty: the last day of the program.",
        error_messages={"invalid": "Give a day, such as 2027-05-14"},
    )


class GoOnForm(LookForm):
    """The new match of people who all would go on, where the program has no time left for it."""

    mark_optional = False

    ends_on = DayField(
        label="Last day of their new match",
        error_messages={"invalid": "Give a day, such as 2027-05-14", "required": "Give a day"},
    )
