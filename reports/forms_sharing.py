from decimal import Decimal
from typing import Any

from django import forms

from participants.formkit import LookForm
from reports.services.sharing import MOST_DAYS


class LinkForm(LookForm):
    """For how long a report can be read by its link."""

    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        label="For how many days should the link work?",
        help_text="At most a year. Whoever has the link reads the report as it stands now, without an account.",
    )


class PriceForm(LookForm):
    """What an hour of a mentor costs, and what a program costs beside."""

    hour = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        required=False,
        label="What does an hour of a mentor cost?",
        help_text="As your organisation reckons it. Empty: hours have no price, and no cost is shown.",
    )
    costs = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        label="What does the program cost beside?",
        help_text="People who run it, rooms, materials; for all of its time.",
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        max_length=3,
        label="Currency",
        help_text="Three letters, such as EUR.",
        error_messages={"invalid": "Write the currency as three letters, such as EUR."},
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_costs(self) -> Any:  # noqa: ANN401 - a Decimal or nothing, as the field has it
        return self.cleaned_data["costs"] or Decimal(0)
