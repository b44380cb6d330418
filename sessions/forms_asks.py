"""Forms of asks in a network. They say what was typed; services decide what can be done."""

from typing import Any, cast

from django import forms

from participants.formkit import LookForm
from sessions.models import Ask, AskFlag
from sessions.models.asks import LEAST_CAP, MOST_CAP
from sessions.queries.asks import Skills
from sessions.services.asks import LONGEST

NO_SKILL = "No skill in particular"


class AskForm(LookForm):
    """Context, question, and the help that is wanted."""

    context = forms.CharField(
        label="The context",
        help_text="What somebody has to know to help, in a few sentences.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the context, in a few sentences"},
    )
    question = forms.CharField(
        label="Your question",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write your question, in one sentence if you can"},
    )
    help = forms.ChoiceField(
        label="What would help?",
        choices=Ask.Help.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what would help"},
    )
    skill = forms.ChoiceField(label="Which skill is it about?", required=False)
    level = forms.TypedChoiceField(label="How well should they know it?", coerce=int)
    named = forms.BooleanField(
        label="Show my name to those who get it",
        required=False,
        help_text="Without it they read “Somebody in your program”, until you show it.",
    )

    def __init__(self, *args: Any, skills: Skills, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [("", NO_SKILL), *((each, each) for each in skills.options)]
        cast(forms.ChoiceField, self.fields["skill"]).choices = listed
        more = [(rank, f"{name} or more") for rank, name in enumerate(skills.levels, 1) if rank > 1]
        cast(forms.ChoiceField, self.fields["level"]).choices = [(1, "Any level"), *more]
        if not skills.options:
            del self.fields["skill"]
        if not skills.levels:
            del self.fields["level"]

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "context": data["context"],
            "question": data["question"],
            "kind": data["help"],
            "skill": data.get("skill", ""),
            "level": data.get("level", 1),
            "named": data["named"],
        }


class ReplyForm(LookForm):
    """A strength, a question, a suggestion. `refused` is why another button of its page could not be done."""

    refused = ""

    strength = forms.CharField(
        label="A strength you see in what was asked",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Name a strength you see in what was asked"},
    )
    question = forms.CharField(
        label="A question back", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    suggestion = forms.CharField(
        label="A suggestion", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class FlagForm(LookForm):
    """What is wrong with it, and whether those who hear of it may read it."""

    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=AskFlag.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong with it"},
    )
    show = forms.BooleanField(label="Let those who hear of it read these words", required=False)


class WeeklyCapForm(LookForm):
    """How many asks a helper gets in any seven days."""

    mark_optional = False

    cap = forms.TypedChoiceField(
        label="How many asks does a helper get in seven days?",
        coerce=int,
        choices=[(number, str(number)) for number in range(LEAST_CAP, MOST_CAP + 1)],
    )
