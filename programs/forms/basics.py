import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict

from participants.formkit import DayField, FilterForm, LongSelect, LookForm
from participants.forms import zone_choices
from participants.models import User
from programs.catalogue import registry
from programs.catalogue.advisor import Answers, plan_of
from programs.errors import ProgramError
from programs.forms.seen import SeenForm
from programs.models import ProfileField, Program, Role
from programs.services.fields import FieldSpec
from programs.services.programs import Basics


def put_error(form: forms.BaseForm, error: ProgramError) -> None:
    """Show a service's refusal at the field it concerns, or on top of the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


class BasicsForm(LookForm):
    name = forms.CharField(max_length=120, help_text="People see it in every mail.")
    description = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What it is for",
    )
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day")
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        widget=LongSelect,
        help_text="Dates of the program are meant in it.",
    )
    contact_name = forms.CharField(
        max_length=100, required=False, label="Who signs the mails", help_text="A person’s name is answered more often."
    )
    contact_email = forms.EmailField(required=False, label="Where replies go")
    # What this person has seen; a hidden field that does not come back is a form of the past, too.
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def basics(self) -> Basics:
        return Basics(**{name: value for name, value in self.cleaned_data.items() if name != "version"})

    def differences(self, program: Program) -> list[tuple[str, str, str]]:
        """Label, what is saved now and what was sent, of each field in which the two differ."""
        found = []
        for name, value in self.cleaned_data.items():
            saved = getattr(program, name)
            if name != "version" and saved != value:
                found.append((str(self[name].label), str(saved), str(value)))
        return found


class NewProgramForm(LookForm):
    name = forms.CharField(max_length=120, help_text="For example “Engineering mentoring, spring 2027”.")
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day")
    models = forms.MultipleChoiceField(
        label="Models",
        widget=forms.CheckboxSelectMultiple,
        help_text="Each becomes a track of the program. You can add and remove tracks later.",
        error_messages={"required": "Choose at least one model"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["models"].choices = [  # type: ignore[attr-defined]  # it is a choice field
            (model.slug, f"{model.name}: {model.one_line}") for model in registry.all_models()
        ]

    @staticmethod
    def first_values(query: QueryDict, now: dt.datetime) -> dict[str, Any]:
        """Models of the address, and from a Monday that leaves time to find people as long as they usually take."""
        known = {model.slug: model for model in registry.all_models()}
        chosen = [known[slug] for slug in query.getlist("models") if slug in known]
        if not chosen:
            return {}
        plan = plan_of(chosen, Answers(), now.date())
        days = {"starts_on": plan.starts_on, "ends_on": plan.ends_on}
        return {"models": [model.slug for model in chosen], "name": plan.name, **days}

    def basics(self, creator: User) -> Basics:
        """The creator signs the mails, in their own zone, until somebody changes that."""
        data = self.cleaned_data
        return Basics(
            data["name"],
            data["starts_on"],
            data["ends_on"],
            timezone=creator.timezone,
            contact_name=creator.name,
            contact_email=creator.email,
        )


class TrackForm(SeenForm):
    name = forms.CharField(max_length=80)
    capacity = forms.IntegerField(
        min_value=1,
        max_value=50,
        label="Mentees for each mentor",
        help_text="What a mentor takes on unless they say otherwise.",
    )
    cadence_days = forms.IntegerField(min_value=1, max_value=180, label="Days between sessions")
    session_minutes = forms.IntegerField(min_value=5, max_value=480, label="Minutes a session")


class NewTrackForm(LookForm):
    model = forms.ChoiceField(widget=forms.RadioSelect)
    name = forms.CharField(max_length=80, required=False, help_text="Empty: the model’s name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = [  # type: ignore[attr-defined]  # it is a choice field
            (model.slug, f"{model.name}: {model.one_line}") for model in registry.all_models()
        ]


class FieldForm(SeenForm):
    label = forms.CharField(max_length=120, label="Name", help_text="As people read it, for example “Grade”.")
    kind = forms.ChoiceField(choices=ProfileField.Kind.choices)
    options = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="For lists and skills: one a line. In an ordered list the lowest comes first.",
    )
    help = forms.CharField(max_length=300, required=False, label="Help", help_text="Shown under the question.")
    asked_of = forms.MultipleChoiceField(
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Who is asked",
        error_messages={"required": "Say who is asked"},
    )
    required = forms.BooleanField(required=False, label="Nobody can enrol without answering")
    shared = forms.BooleanField(required=False, label="The person they are matched with reads the answer")

    def spec(self) -> FieldSpec:
        data = self.cleaned_data
        return FieldSpec(
            label=data["label"],
            kind=data["kind"],
            options=data["options"].splitlines(),
            asked_of=data["asked_of"],
            required=data["required"],
            shared=data["shared"],
            help=data["help"],
        )


class CoordinatorForm(LookForm):
    email = forms.CharField(
        max_length=254,
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They sign in with a link sent there.",
    )


class HistoryFilterForm(FilterForm):
    words = forms.CharField(
        max_length=200, label="Name, or what was done", widget=forms.TextInput(attrs={"type": "search"})
    )
    since = DayField(label="From")
    until = DayField(label="Until")
