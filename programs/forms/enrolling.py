"""What is asked of people who apply, of those who take part, and of coordinators who decide."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms

from participants.formkit import DayField, FilterForm, LongSelect, LookForm
from programs.forms.answers import AnswersForm
from programs.models import Application, Enrolment, Intake, ProfileField, Role, Track
from programs.queries.enrolling import Opening
from programs.queries.wishing import Candidate
from programs.services.enrolling import MOST_PLACES, MOST_WISHES, IntakeSpec

STATES = Application.State


class ApplyForm(LookForm):
    """Which role in which track; who is not signed in also says where the link goes."""

    what = forms.ChoiceField(label="What do you want to take part as?", widget=forms.RadioSelect)
    email = forms.CharField(
        max_length=254,
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="A link goes there. It opens your application, today and later.",
    )

    def __init__(self, *args: Any, openings: Sequence[Opening], signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [(each.key, _offered(each)) for each in openings]  # type: ignore[attr-defined]
        if len(openings) == 1:
            self.initial.setdefault("what", openings[0].key)
        if signed_in:
            del self.fields["email"]


def _offered(opening: Opening) -> str:
    name = f"{opening.word.capitalize()}: {opening.track.name}"
    return f"{name} (waiting list)" if opening.left == 0 else name


class QuestionForm(AnswersForm):
    """One question of an application; without a field, how many mentees somebody takes."""

    def __init__(self, *args: Any, field: ProfileField | None, application: Application, **kwargs: Any) -> None:
        # An application has all that the form reads of an enrolment: role, track, answers, places.
        enrolment = cast("Enrolment", application)
        super().__init__(*args, fields=[field] if field else [], enrolment=enrolment, **kwargs)
        for name in {"capacity", "manager"} & set(self.fields):
            if field or name == "manager":
                del self.fields[name]


class OrientationForm(LookForm):
    """Every point has to be ticked."""

    points = forms.MultipleChoiceField(
        label="I have read and agree to each of these",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick every point to take part"},
    )

    def __init__(self, *args: Any, points: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].choices = [(str(at), point) for at, point in enumerate(points)]  # type: ignore[attr-defined]
        if not points:
            del self.fields["points"]

    def ticked(self) -> set[int]:
        return {int(at) for at in self.cleaned_data.get("points", ())}


class WishesForm(LookForm):
    """Fields wish_1 to wish_N, best first."""

    only = forms.BooleanField(required=False, label="Match me only with somebody I have named")

    def __init__(self, *args: Any, candidates: Sequence[Candidate], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Nobody in particular"), *((str(each.enrolment_id), each.name) for each in candidates)]
        only = self.fields.pop("only")
        for number in range(1, most + 1):
            label = "First choice" if number == 1 else f"Choice {number}"
            field = forms.ChoiceField(label=label, choices=choices, required=False, widget=LongSelect)
            self.fields[f"wish_{number}"] = field
        self.fields["only"] = only
        only.help_text = "If none of them is free, you stay without a match until the coordinator has talked to you."

    def liked(self) -> list[int]:
        """The choices made, best first; gaps close up."""
        return [int(value) for name, value in self.cleaned_data.items() if name.startswith("wish_") and value]


class AvoidForm(LookForm):
    """One of those somebody may be matched with, or the address of anybody else."""

    mark_optional = False

    person = forms.ChoiceField(required=False, label="Somebody you might be matched with", widget=LongSelect)
    email = forms.CharField(
        max_length=254,
        required=False,
        label="Or somebody else’s e-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They need not be here yet. If they join later, it holds for them too.",
    )

    def __init__(self, *args: Any, candidates: Iterable[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(each.enrolment_id), each.name) for each in candidates]
        self.fields["person"].choices = [("", "Choose a name"), *people]  # type: ignore[attr-defined]
        if not people:
            del self.fields["person"]
            self.fields["email"].label = "Their e-mail address"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("person") and not data.get("email"):
            self.add_error("email", "Choose a name, or write an e-mail address")
        return data

    def enrolment_id(self) -> int | None:
        chosen = self.cleaned_data.get("person")
        return int(chosen) if chosen else None


class EnrolmentForm(LookForm):
    """Between which days people can apply."""

    first = DayField(required=False, label="First day", help_text="Empty: today.")
    last = DayField(required=False, label="Last day", help_text="Empty: until you close enrolment.")


class IntakeForm(LookForm):
    """How one track takes people in; only the places of roles that its model has."""

    screened = forms.BooleanField(
        required=False,
        label="A coordinator decides about each application",
        help_text="Without the tick, people are in at once as long as there are places.",
    )
    mentor_places = forms.IntegerField(min_value=0, max_value=MOST_PLACES, required=False, label="Places for mentors")
    mentee_places = forms.IntegerField(min_value=0, max_value=MOST_PLACES, required=False, label="Places for mentees")
    peer_places = forms.IntegerField(min_value=0, max_value=MOST_PLACES, required=False, label="Places for peers")
    wishes = forms.IntegerField(
        min_value=0,
        max_value=MOST_WISHES,
        label="How many people one may wish for",
        help_text="They see the names of the other side with the answers that matches read. 0: no wishes, no names.",
    )
    orientation = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        label="What everybody reads before they are matched",
    )
    orientation_points = forms.CharField(
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="What they tick, one point a line",
        help_text="Who applied and has not ticked every point is not matched. Imported people are not asked.",
    )

    def __init__(self, *args: Any, intake: Intake, roles: Iterable[str], **kwargs: Any) -> None:
        names = ("screened", "wishes", "orientation", *(f"{role}_places" for role in Role.values))
        kwargs["initial"] = {name: getattr(intake, name) for name in names} | {
            "orientation_points": "\n".join(intake.orientation_points)
        }
        super().__init__(*args, **kwargs)
        for role in set(Role.values) - set(roles):
            del self.fields[f"{role}_places"]
        for role in roles:
            self.fields[f"{role}_places"].help_text = "Empty: as many as come."

    def spec(self) -> IntakeSpec:
        data = dict(self.cleaned_data)
        points = data.pop("orientation_points").splitlines()
        return IntakeSpec(**data, orientation_points=points)


class ApplicationFilterForm(FilterForm):
    words = forms.CharField(max_length=200, label="Name or address", widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        choices=[("", "All but withdrawn"), *(each for each in STATES.choices if each[0] != STATES.STARTED)]
    )
    role = forms.ChoiceField(choices=[("", "Every role"), *Role.choices])
    track = forms.ChoiceField()

    def __init__(self, *args: Any, tracks: Iterable[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Every track"), *((track.slug, track.name) for track in tracks)]
        self.fields["track"].choices = choices  # type: ignore[attr-defined]  # it is a choice field


class DeclineForm(LookForm):
    reason = forms.CharField(
        max_length=1000,
        label="Why not",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The applicant reads it in the e-mail. Other coordinators of this program read it too.",
    )


class ApartForm(LookForm):
    """Two people of the program, by their addresses."""

    one = forms.CharField(
        max_length=254, label="E-mail address of one", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    other = forms.CharField(
        max_length=254, label="E-mail address of the other", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only coordinators of this program read it; neither of the two ever does.",
    )
