from typing import Any

from django import forms

from matching.models import Match
from participants.formkit import LookForm, Segmented
from participants.models import User
from safeguarding.models import Case
from safeguarding.queries import called
from safeguarding.services.opening import DELAYS, LEAST, LONGEST_REASON
from safeguarding.services.reporting import LONGEST

_SENT_ON_THE_WAY = "This page was changed on its way here. Open it again"


class ConcernForm(LookForm):
    """What somebody is worried about. `about` is only there for people with matches."""

    about = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, label="Is it about one of your matches?"
    )
    text = forms.CharField(
        max_length=LONGEST,
        label="What happened, or what worries you?",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="As much or as little as you like. You need not be sure.",
    )
    in_danger = forms.ChoiceField(
        choices=[("no", "No"), ("yes", "Yes")],
        initial="no",
        required=False,
        label="Is somebody in danger now?",
        widget=Segmented,
    )
    contact = forms.CharField(max_length=300, required=False, label="How can we reach you?")
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": _SENT_ON_THE_WAY, "required": _SENT_ON_THE_WAY}
    )

    def __init__(self, *args: Any, user: User | None, matches: list[Match], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user and matches:
            about: Any = self.fields["about"]
            about.choices = [("", "No, in general"), *((match.pk, called(match, user)) for match in matches)]
        else:
            del self.fields["about"]
        self.fields["contact"].help_text = (
            "Left empty: by the address you sign in with."
            if user
            else "An address or a number that is safe for you. Without it nobody can ask or tell you anything."
        )

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "text": said["text"],
            "in_danger": said["in_danger"] == "yes",
            "contact": said["contact"],
            "match_id": said.get("about"),
            "key": said["key"],
        }


class NoteForm(LookForm):
    body = forms.CharField(
        max_length=LONGEST,
        label="Add a note",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Read by whoever deals with this case. It cannot be changed afterwards.",
    )


class AssignForm(LookForm):
    to = forms.TypedChoiceField(coerce=int, label="Who looks after it?")

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = [("", "Choose"), *((user.pk, user.name) for user in people)]


class CloseForm(LookForm):
    outcome = forms.ChoiceField(choices=Case.Outcome.choices, widget=forms.RadioSelect, label="What came of it?")


class MatchForm(LookForm):
    one = forms.CharField(max_length=254, label="Address of one person in the match")
    other = forms.CharField(max_length=254, label="Address of another")


class OpenForm(LookForm):
    number = forms.CharField(
        max_length=20, label="Number of this case", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        min_length=LEAST,
        label="Why do you need to read the notes?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"At least {LEAST} characters. It is kept with the case.",
        error_messages={"min_length": f"Give the reason in at least {LEAST} characters"},
    )
    with_private = forms.BooleanField(
        required=False,
        label="Private notes too",
        help_text="What each wrote for themselves alone. Tick it only if the shared notes cannot be enough.",
    )


class DelayForm(LookForm):
    days = forms.TypedChoiceField(
        coerce=int,
        choices=[(days, f"{days} days from now") for days in DELAYS],
        label="Tell them",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        min_length=LEAST,
        label="Why would telling them sooner be a risk?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"min_length": f"Give the reason in at least {LEAST} characters"},
    )


class WordingForm(LookForm):
    emergency = forms.CharField(
        max_length=1000,
        required=False,
        label="What to do when somebody is in danger now",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Stands at the top of the form: whom to call, where and when. Left empty: the usual words.",
    )
