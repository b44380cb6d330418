"""What people answer. Every question may be skipped."""

from collections.abc import Sequence
from typing import Any

from django import forms

from participants.formkit import FaceScale, LookForm, Segmented
from surveys.models import Question

FACES = {1: "Not at all", 2: "A little", 3: "So-so", 4: "Quite", 5: "Very much"}
WHO_READS = "Coordinators read it only among five or more. Names in it may tell who you are."
LONGEST = 5000
# So many numbers stand beside each other on a phone.
IN_ONE_ROW = 8


def _choices(question: Question) -> list[tuple[str, str]]:
    if question.kind == Question.Kind.CHOICE:
        return [(str(number), words) for number, words in question.choices]
    return [(str(number), f"{number}: {words}" if words else str(number)) for number, words in question.choices]


def field_for(question: Question, label: str = "") -> forms.Field:
    """The field that answers a question."""
    label = label or question.text
    if question.kind == Question.Kind.TEXT:
        words = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(label=label, required=False, max_length=LONGEST, widget=words, help_text=WHO_READS)
    if question.kind == Question.Kind.CHOICE:
        return forms.ChoiceField(label=label, required=False, choices=_choices(question), widget=forms.RadioSelect())
    if list(question.values) == list(FACES):
        faces = [(str(number), word) for number, word in FACES.items()]
        choices, widget = (faces, FaceScale()) if question.scored else (_choices(question), Segmented())
        return forms.ChoiceField(label=label, required=False, choices=choices, widget=widget)
    return _long_scale(question, label)


def _long_scale(question: Question, label: str) -> forms.Field:
    """Numbers alone, so that they fit a phone; what the ends mean stands above them."""
    numbers = [(str(number), str(number)) for number in question.values]
    ends = [f"{number}: {words}." for number, words in question.choices if words]
    row = Segmented(small=len(numbers) <= IN_ONE_ROW)
    return forms.ChoiceField(label=label, required=False, choices=numbers, widget=row, help_text=" ".join(ends))


def _value(question: Question, given: str) -> int | str | None:
    return int(given) if given and question.kind != Question.Kind.TEXT else given or None


class SurveyForm(LookForm):
    """The questions after a session, on one page."""

    mark_optional = False

    contact_me = forms.BooleanField(
        required=False,
        label="I want the coordinator to contact me",
        help_text="Only the coordinators are told, at once. Your match is not, and it is in no figure.",
    )

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        contact = self.fields.pop("contact_me")
        for question in self.questions:
            self.fields[question.slug] = field_for(question)
        self.fields["contact_me"] = contact

    def answers(self) -> dict[str, int | str | None]:
        return {each.slug: _value(each, self.cleaned_data[each.slug]) for each in self.questions}


class OneQuestionForm(LookForm):
    """One question on a page of its own, whose heading it is."""

    mark_optional = False

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["answer"] = field_for(question, "Your answer")

    def answer(self) -> int | str | None:
        return _value(self.question, self.cleaned_data["answer"])


class SendForm(LookForm):
    """The last page: what goes with the answers."""

    mark_optional = False

    consent = forms.ChoiceField(
        required=False,
        label="May your answers stand, without your name, in a file for finding out what helps?",
        help_text="Your organisation may study such a file. No is as good an answer, and changes nothing for you.",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=Segmented(),
    )
    contact_me = forms.BooleanField(
        required=False,
        label="I want the coordinator to contact me",
        help_text="Only the coordinators are told, at once. Your match is not, and it is in no figure.",
    )

    def __init__(self, *args: Any, asks_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_consent:
            del self.fields["consent"]

    @property
    def consents(self) -> bool | None:
        """Yes, no, or nothing said."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("consent", ""))
