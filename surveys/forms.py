from typing import Any

from django import forms

from participants.formkit import FaceScale, LookForm, Segmented
from surveys.models import Question, Survey

FACES = {1: "Not at all", 2: "A little", 3: "So-so", 4: "Quite", 5: "Very much"}


def _choices(question: Question) -> list[tuple[str, str]]:
    words = {1: question.low_label, question.points: question.high_label}
    return [(str(n), f"{n}: {words[n]}" if words.get(n) else str(n)) for n in range(1, question.points + 1)]


class SurveyForm(LookForm):
    """A survey's questions; every one of them may be skipped."""

    mark_optional = False

    contact_me = forms.BooleanField(
        required=False,
        label="I want the coordinator to contact me",
        help_text="Only the coordinators are told, at once. Your match is not, and it is in no figure.",
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(survey.questions.all())
        contact = self.fields.pop("contact_me")
        for question in self.questions:
            self.fields[question.slug] = self._field(question)
        self.fields["contact_me"] = contact

    def _field(self, question: Question) -> forms.Field:
        if question.kind == Question.Kind.TEXT:
            return forms.CharField(
                label=question.text,
                required=False,
                max_length=5000,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text="Coordinators read it only among five or more. Names in it may tell who you are.",
            )
        faces = question.points == 5 and question.scored
        choices = [(str(n), word) for n, word in FACES.items()] if faces else _choices(question)
        widget = FaceScale() if faces else Segmented()
        return forms.ChoiceField(label=question.text, required=False, choices=choices, widget=widget)

    def answers(self) -> dict[str, int | str | None]:
        scales = {question.slug: question.kind == Question.Kind.SCALE for question in self.questions}
        data = self.cleaned_data
        return {slug: int(data[slug]) if scale and data[slug] else data[slug] or None for slug, scale in scales.items()}


class QuestionsForm(LookForm):
    """The words of the survey after a session; slugs and scales stay, so that figures can be compared."""

    def __init__(self, *args: Any, items: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = items
        for number, item in enumerate(items, start=1):
            label = f"Question {number}" if item.get("scored", True) else f"Question {number}, not part of the figures"
            self.fields[item["slug"]] = forms.CharField(max_length=200, label=label, initial=item["text"])

    def items(self) -> list[dict[str, Any]]:
        """The questions with the words of the form."""
        return [{**item, "text": self.cleaned_data[item["slug"]]} for item in self.questions]
